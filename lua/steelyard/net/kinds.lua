-- The kinds of layers: how many layers each reads, and what else describes it. A layer in a list is
-- {kind =, name =, inputs = {names}} with these fields, all of which JSON can carry.

local kinds = {}

-- What layers with parameters have, beside their own options.
local function owning(own)
  own.rate = { type = "number" }
  own.l2 = { type = "number" }
  own.frozen = { type = "boolean" }
  return own
end

local STARTS = { "fan_in", "glorot", "normal", "truncated", "zero" }

-- kind = {reads = 0, 1 or "many"; fields that must be given; options, by name}
local all = {
  input = { reads = 0, fields = { "width" }, options = { wants_gradient = { type = "boolean" } } },
  ids = { reads = 0 },
  embedding = {
    reads = 1,
    fields = { "rows", "width" },
    options = owning({
      bag = { type = "string", one_of = { "sum", "mean" } },
      hashed = { type = "boolean" },
      bias = { type = "boolean" },
      start = { type = "string", one_of = STARTS },
      deviation = { type = "number" },
    }),
  },
  dense = {
    reads = 1,
    fields = { "width" },
    options = owning({
      bias = { type = "boolean", default = true },
      start = { type = "string", one_of = STARTS },
      deviation = { type = "number" },
    }),
  },
  concat = { reads = "many" },
  add = { reads = "many" },
  multiply = { reads = "many" },
  sample = { reads = 2 },
  slice = { reads = 1, fields = { "first", "width" } },
  relu = { reads = 1 },
  tanh = { reads = 1 },
  sigmoid = { reads = 1 },
  gelu = { reads = 1 },
  softplus = { reads = 1 },
  batch_norm = {
    reads = 1,
    options = owning({
      affine = { type = "boolean", default = true },
      momentum = { type = "number" },
      epsilon = { type = "number" },
    }),
  },
  layer_norm = {
    reads = 1,
    options = owning({
      affine = { type = "boolean", default = true },
      epsilon = { type = "number" },
    }),
  },
  dropout = { reads = 1, fields = { "share" } },
  l2_normalize = { reads = 1, options = { epsilon = { type = "number" } } },
  mixture = { reads = "many" },
  scale = {
    reads = 1,
    options = owning({
      slope = { type = "string", one_of = { "free", "exp", "softplus" } },
    }),
  },
  stop_gradient = { reads = 1 },
}

local FIELDS = {
  width = { type = "integer" },
  rows = { type = "integer" },
  first = { type = "integer" },
  share = { type = "number" },
}

for _, kind in pairs(all) do
  kind.fields = kind.fields or {}
  kind.options = kind.options or {}
  kind.options.name = { type = "string" }
  -- Everything that a layer of the kind may say in a list of layers.
  kind.described = { kind = { type = "string" }, inputs = { type = "table" } }
  for name, option in pairs(kind.options) do
    kind.described[name] = option
  end
  for _, name in ipairs(kind.fields) do
    kind.described[name] = FIELDS[name]
  end
end

kinds.all = all
kinds.fields = FIELDS

return kinds
