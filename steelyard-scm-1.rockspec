rockspec_format = "3.0"
package = "steelyard"
version = "scm-1"

-- Built from a checkout: `luarocks make` in its root.
source = {
  url = "git+file://.",
}

description = {
  summary = "Value-model tuning for recommenders: C primitives, composed in Lua",
  detailed = [[
A value model turns a ranking model's many predictions for one item (click, long view, comment ...)
into the one score by which a recommender sorts. Steelyard finds weights with which each task matters
as much as intended, measures rankings, and scores and ranks candidates within microseconds.]],
  license = "MIT",
  labels = { "ranking", "recommender", "ndcg", "tuning", "optimization" },
}

-- The command line also needs argparse, which LuaRocks need not fetch where the system packages it.
dependencies = {
  "lua >= 5.1, < 5.5",
}

-- Networks and closed forms need OpenBLAS (with its LAPACK) besides. Systems put its header where LuaRocks does not look but pkg-config
-- does; elsewhere OPENBLAS_INCDIR and OPENBLAS_LIBDIR in the environment tell.
external_dependencies = {
  CJSON = { header = "cjson/cJSON.h", library = "cjson" },
  ZLIB = { header = "zlib.h", library = "z" },
  NLOPT = { header = "nlopt.h", library = "nlopt" },
}

build = {
  type = "make",
  build_target = "modules",
  install_target = "install-lua",
  -- Both targets get the same flags, and a tree of objects of their own below build/.
  variables = {
    FLAVOR = "rock",
    CFLAGS = "$(CFLAGS) -O3",
    LUA = "$(LUA)",
    LUA_INCDIR = "$(LUA_INCDIR)",
    CJSON_INCDIR = "$(CJSON_INCDIR)",
    CJSON_LIBDIR = "$(CJSON_LIBDIR)",
    ZLIB_INCDIR = "$(ZLIB_INCDIR)",
    ZLIB_LIBDIR = "$(ZLIB_LIBDIR)",
    NLOPT_INCDIR = "$(NLOPT_INCDIR)",
    NLOPT_LIBDIR = "$(NLOPT_LIBDIR)",
    LUA_SHARE = "$(LUADIR)",
    LUA_LIB = "$(LIBDIR)",
    BINDIR = "$(BINDIR)",
  },
}

test = {
  type = "command",
  command = "scripts/test",
}
