-- A busted helper. With STEELYARD_GC=aggressive in the environment the collector never rests: a
-- value that C forgot to anchor is gone, and the test that used it fails, as soon as can be.
if os.getenv("STEELYARD_GC") == "aggressive" then
  collectgarbage("setpause", 1)
  collectgarbage("setstepmul", 1000)
end
