-- What predictions, labels and weights may be, and which number of an array is none of that.

local ranges = {}

--- Of predictions and labels.
ranges.share = {
  why = "not from 0 to 1",
  refuses = function(value)
    return not (value >= 0 and value <= 1)
  end,
}

--- Of predictions that a calibrator is applied to: NaN remains.
ranges.to_calibrate = {
  why = "not from 0 to 1, and a calibrator takes probabilities",
  refuses = function(value)
    return value < 0 or value > 1
  end,
}

--- Of weights.
ranges.weight = {
  why = "no weight, which is a finite number from 0 up",
  refuses = function(value)
    return not (value >= 0 and value < math.huge)
  end,
}

--- The first number of an array that is out of a range: its row and itself as text; else nil.
function ranges.first_outside(values, range)
  local low, high = values:min(), values:max()
  if not low or (low == low and not range.refuses(low) and not range.refuses(high)) then
    return nil -- with a NaN among them, both are NaN
  end
  for row = 1, #values do
    local value = values[row]
    if range.refuses(value) then
      return row, value ~= value and "NaN" or ("%.10g"):format(value)
    end
  end
end

return ranges
