-- Where the specs find the checkout, the shared reference data and a place for temporary files.
local paths = {}

local function exists(path)
  local file = io.open(path, "rb")
  if file then
    file:close()
  end
  return file ~= nil
end

local here = debug.getinfo(1, "S").source:match("^@(.*)spec/support/paths%.lua$") or ""
paths.root = here == "" and "." or here:gsub("/$", "")

--- The path of reference data beside the checkout (../shared/data/NAME), or nil where it is not.
function paths.shared(name)
  local base = os.getenv("STEELYARD_SHARED") or (paths.root .. "/../shared")
  local path = base .. "/data/" .. name
  return exists(path) and path or nil
end

--- A fresh temporary path that is removed by `paths.clean`.
local temporaries = {}
function paths.temporary(suffix)
  local base = os.tmpname()
  temporaries[#temporaries + 1] = base
  local path = base .. (suffix or "")
  if suffix then
    temporaries[#temporaries + 1] = path
  end
  return path
end

function paths.clean()
  for i = #temporaries, 1, -1 do
    os.remove(temporaries[i])
    temporaries[i] = nil
  end
end

function paths.read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

function paths.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

return paths
