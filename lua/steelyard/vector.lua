-- temporary
local core=require"steelyard.core"
local v={}
function v.sigmoid(a) local c=core.array(a,"f64") for i=1,c.shape[1] do for j=1,c.shape[2] or 1 do c:set(i,j,1/(1+math.exp(-c:get(i,j)))) end end return c end
return v
