-- No calibration: cross-entropy alone.

local plain = { summary = "cross-entropy alone", options = {} }

function plain.loss(batch, parts)
  return batch:cross_entropy(parts.logits)
end

return plain
