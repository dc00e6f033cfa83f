-- The library runs on Lua 5.1, LuaJIT, 5.2, 5.3 and 5.4, so it uses what all of them have.
std = "min"
max_line_length = 100
self = false
exclude_files = { "build/", "quickstart-out/" }

-- The command line and its scripts are for the home version.
files["lua/steelyard/cli"] = { std = "lua54" }
files["lua/steelyard/cli.lua"] = { std = "lua54" }
files["scripts"] = { std = "lua54" }
files["examples"] = { std = "lua54" }

files["spec"] = { std = "max" }
files["spec/**/*_spec.lua"] = { std = "max+busted" }
