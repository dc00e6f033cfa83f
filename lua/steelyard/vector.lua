-- Arithmetic over whole arrays, for recipes that compose their own losses and updates.
--
--   local v = sy.vector
--   local residual = v.subtract(predictions, labels)
--   v.accumulate(weights, v.times(features, residual), -rate)
--
-- Arrays may be of any type, views and tables of numbers; results are new arrays unless said, f64,
-- or f32 where all arrays are. All is computed in doubles and rounded once; NaN and infinities go
-- through as IEEE 754 says. Two arrays have one shape, or one is a matrix and the other a vector as
-- long as its rows, which then goes with every row.

local core = require("steelyard.core")
local options = require("steelyard.options")

local vector = {}

local is_array = core.array.is

-- An array as it is, or one of a table.
local function array(what, name, value)
  if is_array(value) then
    return value
  end
  options.need(type(value) == "table", ("vector.%s: %s"):format(what, name),
    "an array or a table of numbers", value)
  return core.array(value)
end

-- The same, or a number.
local function operand(what, name, value)
  if type(value) == "number" or is_array(value) then
    return value
  end
  options.need(type(value) == "table", ("vector.%s: %s"):format(what, name),
    "an array, a table of numbers or a number", value)
  return core.array(value)
end

local function number(what, name, value)
  options.need(type(value) == "number", ("vector.%s: %s"):format(what, name), "a number", value)
  return value
end

local function factor_of(what, factor)
  return factor == nil and 1 or number(what, "factor", factor)
end

-- ------------------------------------------------------------------------ number by number --

--- a + b, or a + factor * b.
function vector.add(a, b, factor)
  return core.vector_combine("add", operand("add", "a", a), operand("add", "b", b),
    factor_of("add", factor))
end

for _, kind in ipairs({ "subtract", "multiply", "divide" }) do
  vector[kind] = function(a, b)
    return core.vector_combine(kind, operand(kind, "a", a), operand(kind, "b", b))
  end
end

for _, kind in ipairs({ "exp", "log", "sigmoid", "square", "sqrt", "abs", "negate" }) do
  vector[kind] = function(a)
    return core.vector_map(kind, operand(kind, "a", a))
  end
end

--- The numbers of a, held within low and high; NaN stays.
function vector.clip(a, low, high)
  number("clip", "low", low)
  number("clip", "high", high)
  if low > high or low ~= low or high ~= high then
    options.fail("vector.clip: low is %s, which is not below or at high, %s", options.show(low),
      options.show(high))
  end
  return core.vector_map("clip", operand("clip", "a", a), low, high)
end

-- -------------------------------------------------------------------------------- in place --

local function place(what, y)
  options.need(is_array(y), ("vector.%s: y"):format(what), "an array", y)
  return y
end

--- y += factor * x, in place. x may be what it may be in add, or a number.
-- @return y
function vector.accumulate(y, x, factor)
  return core.vector_accumulate(place("accumulate", y), operand("accumulate", "x", x),
    factor_of("accumulate", factor))
end

--- y = x, in place, of the same shape; every bit is kept where both are of one type.
-- @return y
function vector.assign(y, x)
  return core.vector_assign(place("assign", y), array("assign", "x", x))
end

-- -------------------------------------------------------------------------------- products --

--- The sum of products, in an order that is the same everywhere.
function vector.dot(a, b)
  return core.vector_dot(array("dot", "a", a), array("dot", "b", b))
end

--- A matrix times a vector as long as its rows.
function vector.times(matrix, v)
  return core.vector_times(array("times", "matrix", matrix), array("times", "vector", v))
end

--- The matrix of all products a[i] b[j].
function vector.outer(a, b)
  return core.vector_outer(array("outer", "a", a), array("outer", "b", b))
end

-- ---------------------------------------------------------------------------------- groups --

--- Sums of values (a vector, or a matrix by columns) by codes: from 1 to count; 0 counts nowhere.
function vector.group_sums(values, codes, count)
  return core.vector_group_sums(array("group_sums", "values", values),
    array("group_sums", "codes", codes), number("group_sums", "count", count))
end

--- The other way: for each code the number (or the row) of that group; zero for code 0.
function vector.spread(per_group, codes)
  return core.vector_spread(array("spread", "per_group", per_group),
    array("spread", "codes", codes))
end

return vector
