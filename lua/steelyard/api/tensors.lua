-- The description of files of named arrays.

return {
  title = "Files of arrays",
  text = [[Named arrays in one file, in the safetensors format that PyTorch, NumPy and others share:
nothing in such a file is run, and a damaged one is refused in one line that names the file and
the array. Types are F32, F64, I32 and I64, of one or two dimensions (a single number is read as an
array of one).]],
  functions = {
    {
      name = "sy.tensors.save",
      call = "sy.tensors.save(path, tensors [, metadata])",
      purpose = "Saves named arrays; the old file is replaced whole or not at all. The same "
        .. "content gives the same bytes, and every bit of a number is kept.",
      args = {
        { "path", "string", "The file." },
        { "tensors", "table<string, numbers>", "The arrays by their names; views are fine, tables "
          .. "become f64." },
        { "metadata?", "table<string, string>", "Texts by their keys." },
      },
      returns = { { "true?", "Done, or nil." }, { "string?", "Why it could not be saved." } },
      errors = "A name or a text that is not UTF-8 or has a zero byte; an empty name or "
        .. "\"__metadata__\"; what is no array.",
      complexity = "O(bytes)",
      source = "https://github.com/huggingface/safetensors",
      example = [[
local path = os.tmpname()
local bias = sy.array({ 0.5 }, "f32")
assert(sy.tensors.save(path, { weights = { { 1, 2 }, { 3, 4 } }, bias = bias }, { step = "7" }))
local tensors, metadata = assert(sy.tensors.load(path))
print(tensors.weights, metadata.step)  --> array f64 [2x2]: 1 2; 3 4 7
os.remove(path)]],
    },
    {
      name = "sy.tensors.load",
      call = "sy.tensors.load(path)",
      purpose = "Loads all arrays of a file.",
      args = { { "path", "string", "The file." } },
      returns = {
        { "table<string, array>?", "The arrays by their names, or nil." },
        { "table<string, string>|string", "The metadata (an empty table where there is none); with "
          .. "nil: why it could not be loaded." },
      },
      complexity = "O(bytes)",
      source = "https://github.com/huggingface/safetensors",
      example = [[
local tensors, message = sy.tensors.load("/no/such/file")
print(message)  --> /no/such/file: cannot open: No such file or directory]],
    },
  },
}
