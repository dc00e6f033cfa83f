-- Fits of every kind of map, made into calibrators and applied; offsets of cells; folds and losses.
local core = require "steelyard.core"
local p, y, w = { 0, 0.1, 0.4, 0.4, 0.9, 1 }, { 0, 0, 1, 0, 1, 1 }, { 1, 1, 2, 1, 1, 1 }
return function()
  local curve = core.curve_toward_identity(core.curve(p, y, w), 2)
  for _, map in ipairs({
    core.fit_logistic(curve, "beta_abm", true), core.fit_scale(curve),
    core.fit_isotonic(curve, "centred"), core.fit_histogram(curve, 3, 1),
    core.fit_piecewise(curve, 3, 1),
  }) do
    assert(core.calibrator_new({ method = "x", map = map }):apply(p)[3] < 1)
  end
  local cells = core.offset_cells({ -1, 0, 1 }, { 0 }, { { 0, 1, 1 } }, { 2 })
  assert(#core.fit_offsets({ -1, 0, 1 }, { 0, 1, 1 }, nil, cells, 4, 1) == 4)
  assert(#core.deal_folds({ p, y }, false, 2, 1) == 6)
  assert(#core.row_losses(p, y, "brier") == 6)
  assert(#core.undo_sampling(p, 0.5) == 6)
end
