-- The description of who chose what: interactions, files, splits, masks, measures.

local X = [[
local cf = sy.collaborative
local x = cf.interactions({
  users = { 1, 1, 1, 2, 2, 3 }, items = { 1, 2, 4, 2, 3, 4 },
  user_names = { "ann", "bob", "cid" }, item_names = { "a", "b", "c", "d" },
})
]]

local BAG = "A bag {ids, offsets}, or interactions."
local SCORES = "Rows x items, f32 or f64: an array or a table of rows. No NaN."
local RANKING = "Highest score first, equal ones by item number."

return {
  title = "Who chose what",
  text = [[Recommenders of `sy.collaborative` learn from *interactions*: a sparse matrix of users by
items, by rows, with names. Whatever takes a *bag* takes interactions, too: a bag is a table {ids
(i32: item numbers from 1, ascending within a row, each once), offsets (i64: 0, then where each row
ends), weights (f32, or nil where all are 1)}, which is also what `sy.net`'s embeddings take. A
split says who is trained on, who is measured on, and what is hidden of them; a mask draws afresh
what a model is shown in a step of training; measures tell how well hidden items are found among all
that were not seen. All of it is in the core and needs no BLAS.]],
  classes = {
    {
      name = "interactions",
      title = "Interactions",
      text = "Made by sy.collaborative.interactions and .read. They do not change: methods make "
        .. "new ones. Names, weights and times go with their users, items and entries.",
      fields = {
        { "rows", "integer", "Users." },
        { "columns", "integer", "Items." },
        { "count", "integer", "Entries." },
        { "ids", "array", "i32: the items of all rows, one row behind the other." },
        { "offsets", "array", "i64: row i has ids[offsets[i] + 1] to ids[offsets[i + 1]]." },
        { "weights", "array|nil", "f32: of each entry; nil where all are 1." },
        { "places", "array|nil", "f32: where times are known, of two entries of a row the later "
          .. "one has the larger number." },
        { "user_names", "string[]|nil", "Of each row." },
        { "item_names", "string[]|nil", "Of each column." },
        { "merged", "integer", "Pairs that came again where these were made." },
      },
    },
  },
  functions = {
    {
      name = "sy.collaborative.interactions",
      call = "sy.collaborative.interactions(options)",
      purpose = "Interactions of pairs in any order. Of a pair that comes several times the one "
        .. "with the largest value is kept, of equal ones the first.",
      args = { { "options", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.interactions", "interactions" },
        { "users", "numbers", "The user of each pair, from 1.", otherwise = "needed" },
        { "items", "numbers", "The item of each pair, from 1.", otherwise = "needed" },
        { "values", "numbers", "What each pair weighs: finite numbers.", otherwise = "1 each" },
        { "times", "numbers", "When it was: finite numbers, of which the order in a row is kept.",
          otherwise = "none" },
        { "rows", "integer", "How many users there are.", otherwise = "as many as names, or the "
          .. "largest number" },
        { "columns", "integer", "How many items there are.", otherwise = "as rows" },
        { "user_names", "string[]", "Of each user.", otherwise = "none" },
        { "item_names", "string[]", "Of each item.", otherwise = "none" },
      },
      returns = { { "interactions", "Them." } },
      errors = "Numbers out of range; lists of different lengths; a value that is not finite.",
      complexity = "O(pairs + users + items): two counting sorts.",
      example = X .. [[
print(x)                     --> interactions: 3 users, 4 items, 6 pairs
print(x.ids)                 --> array i32 [6]: 1 2 4 2 3 4
print(x.offsets)             --> array i64 [4]: 0 3 5 6]],
    },
    {
      name = "interactions:bag",
      call = "x:bag()",
      purpose = "The matrix alone: {ids, offsets, weights}, not copied.",
      args = {},
      returns = { { "table", "A bag." } },
      example = X .. [[print(x:bag().offsets)  --> array i64 [4]: 0 3 5 6]],
    },
    {
      name = "interactions:pick",
      call = "x:pick(rows)",
      purpose = "Some rows, in the order given; a row may come several times.",
      args = { { "rows", "numbers", "Row numbers." } },
      returns = { { "interactions", "These rows." } },
      complexity = "O(their entries).",
      example = X .. [[print(x:pick({ 3, 1 }).ids)  --> array i32 [4]: 4 1 2 4]],
    },
    {
      name = "interactions:keep_items",
      call = "x:keep_items(items)",
      purpose = "Some items, which get the numbers of their places; no user goes.",
      args = { { "items", "numbers|boolean[]|function", "Item numbers, each once; or a boolean for "
        .. "each item; or a function of an item's number." } },
      returns = { { "interactions", "With these items." } },
      example = X .. [[
local y = x:keep_items({ 4, 2 })
print(y.ids, y.item_names[1])  --> array i32 [4]: 1 2 2 1 d]],
    },
    {
      name = "interactions:filter",
      call = "x:filter(options)",
      purpose = "Leave out low ratings, then items of few users and users of few items, in one "
        .. "pass each: items may have fewer users again.",
      args = { { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.interactions", "filter" },
        { "min_rating", "number", "Only entries of at least this weight.", otherwise = "all" },
        { "users_at_least", "integer", "Only users with so many items.", default = 0 },
        { "items_at_least", "integer", "Only items with so many users.", default = 0 },
        { "order", '"items_first"|"users_first"', "Which are looked at first.",
          default = "items_first" },
      },
      returns = { { "interactions", "What is left." } },
      errors = "min_rating above 1 where there are no weights.",
      example = X .. [[
print(x:filter({ users_at_least = 2 }))  --> interactions: 2 users, 4 items, 5 pairs]],
    },
    {
      name = "interactions:part",
      call = "x:part(flags, other)",
      purpose = "Some entries; all users and items stay.",
      args = { { "flags", "numbers", "One for each entry: those that are not 0 are kept." },
        { "other?", "boolean", "Keep those that are 0." } },
      returns = { { "interactions", "With these entries." } },
      example = X .. [[print(x:part({ 1, 0, 0, 0, 1, 1 }).offsets)  --> array i64 [4]: 0 1 2 3]],
    },
    {
      name = "interactions:transpose",
      call = "x:transpose()",
      purpose = "Items by users.",
      args = {},
      returns = { { "interactions", "Names change sides; times are left out." } },
      example = X .. [[print(x:transpose().ids)  --> array i32 [6]: 1 1 2 2 1 3]],
    },
    {
      name = "interactions:row_sizes",
      call = "x:row_sizes()",
      purpose = "How many items each user has.",
      args = {},
      returns = { { "array", "i64." } },
      example = X .. [[print(x:row_sizes())  --> array i64 [3]: 3 2 1]],
    },
    {
      name = "interactions:item_counts",
      call = "x:item_counts()",
      purpose = "How many users each item has.",
      args = {},
      returns = { { "array", "i64." } },
      example = X .. [[print(x:item_counts())  --> array i64 [4]: 1 2 1 2]],
    },
    {
      name = "interactions:codes",
      call = "x:codes()",
      purpose = "The row of each entry.",
      args = {},
      returns = { { "array", "i32." } },
      example = X .. [[print(x:codes())  --> array i32 [6]: 1 1 1 2 2 3]],
    },
    {
      name = "interactions:row",
      call = "x:row(i)",
      purpose = "The items of one user.",
      args = { { "i", "integer", "The row." } },
      returns = { { "array", "A view of ids." }, { "array|nil", "A view of weights." } },
      example = X .. [[print(x:row(2))  --> array i32 [2]: 2 3 nil]],
    },
    {
      name = "interactions:union",
      call = "x:union(other)",
      purpose = "The entries of both; of an entry of both the larger weight.",
      args = { { "other", "interactions", "As many rows and columns." } },
      returns = { { "interactions", "With x's names; without times." } },
      example = X .. [[
print(x:union(x:pick({ 3, 2, 1 })))  --> interactions: 3 users, 4 items, 8 pairs]],
    },
    {
      name = "interactions:minus",
      call = "x:minus(other)",
      purpose = "The entries that are not in others.",
      args = { { "other", "interactions", "As many rows and columns." } },
      returns = { { "interactions", "What is left of x." } },
      example = X .. [[
print(x:minus(x:pick({ 3, 2, 1 })))  --> interactions: 3 users, 4 items, 2 pairs]],
    },
    {
      name = "sy.collaborative.read",
      call = "sy.collaborative.read(path, options)",
      purpose = [==[Read files, gzipped or not, in one streaming pass each. Lines are `user item
[rating [time]]`, parted by tabs, commas, semicolons, `::` or blanks, where a first line may name
the columns (userId, movieId, uid, sid, item_id:token, rating, timestamp and the like); or `user
item item ...`. Names are any text.]==],
      args = { { "path", "string|string[]", 'A file ("-" is standard input), or several, whose '
        .. "users and items get common numbers; or a folder of pro_sg." },
        { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.read", "read" },
        { "format", '"auto"|"ratings"|"adjacency"|"movielens"|"pro_sg"|"ncf"', "What the lines "
          .. "are. auto: by the first ones. movielens and pro_sg need names of columns.",
          default = "auto" },
        { "join", "boolean", "Take several files as one.", default = false },
        { "min_rating", "number", "Leave out lower ratings.", otherwise = "all" },
        { "ratings", "boolean", "Keep ratings as weights.", default = false },
        { "times", "boolean", "Keep the order of times.", default = false },
        { "numbering", '"appearance"|"number"', "Number users and items as they appear, or as the "
          .. "numbers that their names are.", default = "appearance" },
        { "columns", "table", "{user =, item =, rating =, time =}: names or numbers of columns.",
          otherwise = "by names, or the first four" },
      },
      returns = { { "interactions|interactions[]|table|nil", "Of a list of files a list (without "
        .. "join); of a folder {train, validation = {fold_in, held_out}, test}." },
        { "string|nil", "What is wrong: file:line: column and value." } },
      complexity = "O(bytes); 20 million lines take some 3 s of one core and 13 bytes a line.",
      example = [[
local path = os.tmpname()
local file = io.open(path, "w")
file:write("userId,movieId,rating\n7,31,2.5\n7,10,4\n15,31,5\n")
file:close()
local x = sy.collaborative.read(path, { min_rating = 3 })
os.remove(path)
print(x, x.user_names[1], x.item_names[1])  --> interactions: 2 users, 2 items, 2 pairs 7 10]],
    },
    {
      name = "sy.collaborative.read_negatives",
      call = "sy.collaborative.read_negatives(path, options)",
      purpose = "Read NCF's test sets: lines of `(user,item)` and items to rank it among.",
      args = { { "path", "string", "The file." }, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.read_negatives", "read_negatives" },
        { "user_names", "string[]", "Those of the interactions trained on, for their numbers.",
          otherwise = "as they appear" },
        { "item_names", "string[]", "The same of items.", otherwise = "as they appear" },
      },
      returns = { { "table|nil", "{users = row numbers (i64), positives = items (i32), negatives = "
        .. "interactions, a row for each, user_names, item_names}." },
        { "string|nil", "What is wrong." } },
      source = "He et al. 2017 (WWW), Neural collaborative filtering",
      example = [[
local path = os.tmpname()
local file = io.open(path, "w")
file:write("(0,25) 1064 174 25\n(1,133) 1064 3154\n")
file:close()
local test = sy.collaborative.read_negatives(path)
os.remove(path)
print(test.positives, test.negatives.count)  --> array i32 [2]: 1 2 5]],
    },
    {
      name = "sy.collaborative.split.strong",
      call = "sy.collaborative.split.strong(x, options)",
      purpose = [[Strong generalisation: other users are measured on than are trained on. Users are
shuffled: the last ones are for test, those before them for validation. Only items that users of
training have are kept, without gaps in their numbers. Of a user held out with n >= least items,
floor((1 - fold_in) n) are hidden; of others none. Users of whom no item is left are left out.]],
      args = { { "x", "interactions", "All." }, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.split", "strong" },
        { "validation", "integer", "Users held out to choose by.", default = 1000 },
        { "test", "integer", "Users held out to measure on.", default = 1000 },
        { "fold_in", "number", "The share of their items that a model sees.", default = 0.8 },
        { "least", "integer", "Nothing is hidden of users with fewer items.", default = 5 },
        { "seed", "integer", "What is drawn by; NumPy's are from 0 to 2^32 - 1.", default = 98765 },
        { "random", '"numpy"|"steelyard"', "numpy draws as numpy.random.seed, permutation and "
          .. "choice do: the users of published splits.", default = "numpy" },
        { "order", '"number"|"drawn"', "number: as Mult-VAE's notebook, drawing anew for "
          .. "validation and test, users by number; drawn: on and on, as they were shuffled.",
          default = "number" },
      },
      returns = { { "table", "{train = interactions, validation = {fold_in =, held_out =} (a row a "
        .. "user in each), test = {fold_in =, held_out =}, items = their former numbers}." } },
      source = "Liang et al. 2018 (WWW), Variational autoencoders for collaborative filtering",
      example = X .. [[
local data = cf.split.strong(x, { validation = 1, test = 1 })
print(data.train)  --> interactions: 1 users, 3 items, 3 pairs]],
    },
    {
      name = "sy.collaborative.split.leave_one_out",
      call = "sy.collaborative.split.leave_one_out(x, options)",
      purpose = "One item of each user is left out, to be ranked among items that the user does "
        .. "not have. Nobody and nothing is renumbered.",
      args = { { "x", "interactions", "All." }, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.split", "leave_one_out" },
        { "by", "string|numbers", "time (the latest), random, or the item of each user (0: none).",
          default = "time" },
        { "negatives", "integer", "How many items it is ranked among.", default = 99 },
        { "least", "integer", "Nothing is left out of users with fewer items.", default = 2 },
        { "seed", "integer", "What is drawn by.", default = 1 },
      },
      returns = { { "table", "{train = interactions, test = {users = row numbers (i64), positives "
        .. "= items (i32), negatives = bag}}." } },
      source = "He et al. 2017 (WWW), Neural collaborative filtering",
      example = X .. [[
local data = cf.split.leave_one_out(x, { by = { 4, 3, 0 }, negatives = 1 })
print(data.test.positives, data.train.count)  --> array i32 [2]: 4 3 4]],
    },
    {
      name = "sy.collaborative.mask",
      call = "sy.collaborative.mask(bag, options)",
      purpose = "Draw which entries of some rows are seen. A draw depends on seed, step, row "
        .. "number and item alone, not on which rows are masked together.",
      args = { { "bag", "table", BAG }, { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.mask", "mask" },
        { "rows", "numbers", "Row numbers.", otherwise = "all" },
        { "keep", "number|numbers", "How likely an entry is seen, above 0 and up to 1; or one "
          .. "number a row.", default = 0.5 },
        { "seed", "integer", "What is drawn by, with", default = 1 },
        { "step", "integer", "the number of the step.", default = 1 },
        { "normalize", "boolean", "Divide weights by the norm of the whole row.", default = false },
      },
      returns = { { "table", "What is seen, a bag with weights: 1 / keep, or 1 / (keep sqrt(n)) "
        .. "for n entries of the whole row (of weights w: w / (keep |w|))." },
        { "table", "What is not, a bag." } },
      complexity = "O(entries of these rows).",
      example = X .. [[
local seen, unseen = cf.mask(x, { rows = { 1 }, keep = 0.5, normalize = true, step = 4 })
print(#seen.ids + #unseen.ids)  --> 3]],
    },
    {
      name = "sy.collaborative.measure",
      call = "sy.collaborative.measure(scores, hidden, options)",
      purpose = [[How well hidden items are found among all that were not seen. ]] .. RANKING
        .. [[ Of n hidden items, at a cutoff k: `dcg@k` is the sum of 1 / log2(rank + 1) of those
among the first k, `ndcg@k` that divided by its largest value with min(n, k) items, at least .1;
`recall@k` their share in min(n, k), `precision@k` in k; `ap@k` the sum of precisions at their
ranks, divided by min(n, k);
`hit@k` is 1 where there is one, `rr@k` 1 / the first one's rank. Where n is 0 all are 0.]],
      args = { { "scores", "array|table", SCORES },
        { "hidden", "table", BAG .. " A row for each of scores." },
        { "options?", "options", "See below." } },
      options = {
        from = { "steelyard.collaborative.measure", "measure" },
        { "seen", "table", BAG .. " These are not ranked.", otherwise = "nothing was seen" },
        { "metrics", "string[]", "Names as above.", otherwise = "ndcg@100, recall@20, recall@50" },
        { "thresholds", "boolean", "Tell the last score that is looked at.", default = false },
      },
      returns = { { "table", "{name = f64 array, a number a row}." },
        { "table", "{thresholds = f64 array: the score at the largest cutoff's rank, -infinity "
          .. "where fewer items are left}." } },
      errors = "A score that is NaN; names that are none.",
      complexity = "O(items) a row for cutoffs up to 256; uses sy.threads.",
      source = "Liang et al. 2018 (WWW); Lobel et al. 2020 (ICLR)",
      example = X .. [[
local scores = { { 4, 3, 2, 1 }, { 1, 2, 3, 4 }, { 1, 1, 1, 1 } }
local hidden = cf.interactions({ users = { 1, 2, 3 }, items = { 3, 1, 1 }, columns = 4 })
local found = cf.measure(scores, hidden, { seen = x, metrics = { "ndcg@2", "hit@1" } })
print(found["ndcg@2"], found["hit@1"])  --> array f64 [3]: 1 0.63093 1 array f64 [3]: 1 0 1]],
    },
    {
      name = "sy.collaborative.measure.candidates",
      call = "sy.collaborative.measure.candidates(scores, positives, negatives [, options])",
      purpose = "One positive of each row is ranked among its negatives: NCF's protocol. A "
        .. "positive among its own negatives counts once.",
      args = { { "scores", "array|table", SCORES },
        { "positives", "numbers", "The item of each row." },
        { "negatives", "table", BAG },
        { "options?", "options", "See below; or a list of metrics alone." } },
      options = {
        from = { "steelyard.collaborative.measure", "candidates" },
        { "metrics", "string[]", "As of measure.", otherwise = '{"hit@10", "ndcg@10"}' },
        { "ties", '"number"|"worst"|"best"', "Where the positive stands among equal scores: by "
          .. "item number, last or first. The protocol's own code puts it last.",
          default = "number" },
      },
      returns = { { "table", "{name = f64 array}." }, { "table", "{ranks = i64 array}." } },
      source = "He et al. 2017 (WWW), Neural collaborative filtering",
      example = [[
local negatives = { ids = { 1, 3 }, offsets = { 0, 2 } }
local found, details = sy.collaborative.measure.candidates({ { 3, 2, 1 } }, { 2 }, negatives)
print(found["ndcg@10"], details.ranks)  --> array f64 [1]: 0.63093 array i64 [1]: 2]],
    },
    {
      name = "sy.collaborative.top",
      call = "sy.collaborative.top(scores, k, seen)",
      purpose = "The k best items of each row that were not seen. " .. RANKING,
      args = { { "scores", "array|table", SCORES }, { "k", "integer", "From 1." },
        { "seen?", "table", BAG } },
      returns = { { "array", "i32, rows x k: item numbers, 0 where fewer are left." },
        { "array", "Their scores, of the type of scores; -infinity there." } },
      complexity = "O(items) a row for k up to 256; uses sy.threads.",
      example = X .. [[
print((cf.top({ { 1, 2, 3, 4 }, { 4, 3, 2, 1 }, { 0, 5, 5, 5 } }, 2, x)))
--> array i32 [3x2]: 3 0; 1 4; 2 3]],
    },
  },
}
