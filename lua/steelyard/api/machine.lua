-- The description of JSON, random numbers, threads and the machine.

return {
  title = "JSON, random numbers, the machine",
  text = "Beside the functions: `sy.version` is the version (\"0.1.0\"), `sy.abi` the Lua that the "
    .. "module was built for "
    .. "(\"lua54\"), `sy.json.null` JSON's null, and `setmetatable({}, sy.json.array)` an empty "
    .. "JSON array.",
  classes = {
    {
      name = "random",
      title = "A random generator",
      text = "Made by sy.random; the same seed gives the same numbers on every machine.",
      fields = {},
    },
  },
  functions = {
    {
      name = "sy.json.decode",
      call = "sy.json.decode(text)",
      purpose = "The value of a JSON text. null becomes sy.json.null; numbers keep every bit.",
      args = { { "text", "string", "The JSON." } },
      returns = { { "any", "The value, or nil." }, { "string?",
        "What is wrong, with line and column." } },
      example = [[
print(sy.json.decode('{"a": [1, 2.5]}').a[2])  --> 2.5
print((sy.json.decode("[1,")))                 --> nil]],
    },
    {
      name = "sy.json.encode",
      call = "sy.json.encode(value [, options])",
      purpose = "JSON text of a value; keys are sorted, and numbers read back to the same bits.",
      args = {
        { "value", "any",
          "Tables with text keys, or 1 to n; texts, numbers, booleans, arrays, sy.json.null." },
        { "options?", "{indent: boolean}", "indent: one member a line." },
      },
      returns = { { "string", "The JSON." } },
      errors = "NaN, infinities, cycles, mixed keys: the message names the JSON path.",
      example = 'print(sy.json.encode({ b = { 1, 2 }, a = true }))  --> {"a":true,"b":[1,2]}',
    },
    {
      name = "sy.random",
      call = "sy.random(seed)",
      purpose = "A seeded random generator.",
      args = { { "seed", "integer", "Any whole number." } },
      returns = { { "random", "The generator." } },
      source = "xoshiro256++ (Blackman and Vigna 2019), seeded by SplitMix64",
      example = "print(sy.random(1):uniform() == sy.random(1):uniform())  --> true",
    },
    {
      name = "random:uniform",
      call = "random:uniform()",
      purpose = "A number from 0 to below 1, of 53 random bits.",
      args = {},
      returns = { { "number", "The number." } },
      example = "print(sy.random(1):uniform() < 1)  --> true",
    },
    {
      name = "random:normal",
      call = "random:normal()",
      purpose = "A normally distributed number of mean 0 and deviation 1.",
      args = {},
      returns = { { "number", "The number." } },
      example = "print(sy.random(1):normal() < 9)  --> true",
    },
    {
      name = "random:below",
      call = "random:below(n)",
      purpose = "A whole number from 1 to n, each as likely.",
      args = { { "n", "integer", "The largest." } },
      returns = { { "integer", "The number." } },
      example = "print(sy.random(1):below(1))  --> 1",
    },
    {
      name = "random:shuffle",
      call = "random:shuffle(array)",
      purpose = "Shuffles an array (or its rows) in place.",
      args = { { "array", "array", "What to shuffle." } },
      returns = { { "array", "The same array." } },
      source = "Fisher and Yates",
      example = "print(sy.random(1):shuffle(sy.array.range(9)):sum())  --> 45",
    },
    {
      name = "random:state",
      call = "random:state()",
      purpose = "The whole state as 64 hexadecimal digits.",
      args = {},
      returns = { { "string", "The state." } },
      example = [[
local r = sy.random(1)
local state = r:state()
local x = r:uniform()
print(r:restore(state):uniform() == x)  --> true]],
    },
    {
      name = "random:restore",
      call = "random:restore(state)",
      purpose = "Goes back to a state.",
      args = { { "state", "string", "As random:state gave it." } },
      returns = { { "random", "The generator itself." } },
      errors = "A text that is no state.",
      example = "print(#sy.random(1):restore(sy.random(2):state()):state())  --> 64",
    },
    {
      name = "sy.threads",
      call = "sy.threads([n])",
      purpose = "Uses n threads from now on, or tells how many are used. One until a program asks "
        .. "for more; results have the same bits for any number, networks' too, but for the "
        .. "factorization of EASE, which the BLAS may cut differently. OpenBLAS starts a thread "
        .. "for each core "
        .. "when networks are first used, which sleep until asked for; a process that must have "
        .. "none sets OPENBLAS_NUM_THREADS=1 in its environment.",
      args = { { "n?", 'integer|"all"', "How many; all: as many as the machine has." } },
      returns = { { "integer", "How many are used." } },
      example = "print(sy.threads() >= 1)  --> true",
    },
    {
      name = "sy.cpu",
      call = "sy.cpu()",
      purpose = "The instruction sets that this build and this machine have, best first.",
      args = {},
      returns = { { "string[]", 'Names: "avx512", "avx2", "baseline".' } },
      example = "local sets = sy.cpu()\nprint(sets[#sets])  --> baseline",
    },
  },
}
