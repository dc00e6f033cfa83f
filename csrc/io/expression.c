/*
 * expression.c - metrics as people write them: "ndcg@10", "rbp(p=0.8)@100".
 */
#include <math.h>
#include <string.h>

#include "io/message.h"
#include "io/number.h"

/* A piece of the text. */
typedef struct piece {
  const char *text;
  size_t length;
} piece;

typedef struct reader {
  piece whole;
  sy_metric *metric;
  sy_error *error;
} reader;

typedef struct word {
  const char *name;
  int value;
} word;

static const word ties_words[] = {{"input", SY_TIES_INPUT}, {"average", SY_TIES_AVERAGE},
                                  {"best", SY_TIES_BEST},   {"worst", SY_TIES_WORST},
                                  {"name", SY_TIES_NAME},   {NULL, 0}};
static const word empty_words[] = {
    {"skip", SY_EMPTY_SKIP}, {"zero", SY_EMPTY_ZERO}, {"one", SY_EMPTY_ONE}, {NULL, 0}};
static const word mean_words[] = {{"arithmetic", SY_MEAN_ARITHMETIC},
                                  {"geometric", SY_MEAN_GEOMETRIC},
                                  {"sum", SY_MEAN_SUM},
                                  {NULL, 0}};
static const word weight_words[] = {{"equal", SY_WEIGHT_EQUAL},
                                    {"items", SY_WEIGHT_ITEMS},
                                    {"relevant", SY_WEIGHT_RELEVANT},
                                    {NULL, 0}};
static const word gain_words[] = {{"linear", SY_GAIN_LINEAR},
                                  {"exponential", SY_GAIN_EXPONENTIAL},
                                  {"table", SY_GAIN_TABLE},
                                  {NULL, 0}};
static const word discount_words[] = {{"log2", SY_DISCOUNT_LOG2},
                                      {"jarvelin", SY_DISCOUNT_JARVELIN},
                                      {"reciprocal", SY_DISCOUNT_RECIPROCAL},
                                      {"none", SY_DISCOUNT_NONE},
                                      {"table", SY_DISCOUNT_TABLE},
                                      {NULL, 0}};

/* The settings that are words: of all metrics, or of those with a gain. */
static const struct setting {
  const char *name;
  const word *words;
  int of_gain;
} settings[] = {{"ties", ties_words, 0}, {"empty", empty_words, 0},
                {"mean", mean_words, 0}, {"weight", weight_words, 0},
                {"gain", gain_words, 1}, {"discount", discount_words, 1}};

enum { TIES, EMPTY, MEAN, WEIGHT, GAIN, DISCOUNT };

static piece trim(piece p) {
  while (p.length && (*p.text == ' ' || *p.text == '\t')) p.text++, p.length--;
  while (p.length && (p.text[p.length - 1] == ' ' || p.text[p.length - 1] == '\t')) p.length--;
  return p;
}

static int equals(piece p, const char *name) {
  return name && strlen(name) == p.length && memcmp(p.text, name, p.length) == 0;
}

static piece part(piece p, size_t from, size_t to) {
  return trim((piece){p.text + from, to - from});
}

static size_t find(piece p, char c) {
  const char *at = p.length ? memchr(p.text, c, p.length) : NULL;
  return at ? (size_t)(at - p.text) : p.length;
}

#define SHOW(p) sy_show((p).text, (p).length).text

/* ---------------------------------------------------------------------------------- names -- */

static sy_status fail_name(const reader *r, piece name) {
  sy_suggestion near;
  const sy_metric_kind *const *kinds = sy_metric_kinds();
  sy_suggest(&near, name.text, name.length);
  for (size_t i = 0; kinds[i]; i++) {
    sy_suggest_offer(&near, kinds[i]->name, strlen(kinds[i]->name));
    if (kinds[i]->alias) sy_suggest_offer(&near, kinds[i]->alias, strlen(kinds[i]->alias));
  }
  return sy_fail(r->error, SY_E_ARGUMENT, "metric %s: no metric is called %s%s", SHOW(r->whole),
                 SHOW(name), sy_suggest_text(&near));
}

static sy_status read_name(reader *r, piece name) {
  const sy_metric_kind *const *kinds = sy_metric_kinds();
  for (size_t i = 0; kinds[i]; i++) {
    if (!equals(name, kinds[i]->name) && !equals(name, kinds[i]->alias)) continue;
    r->metric->kind = kinds[i];
    return SY_OK;
  }
  return fail_name(r, name);
}

/* ------------------------------------------------------------------------------- settings -- */

static void set_word(sy_metric *m, size_t setting, int value) {
  switch (setting) {
    case TIES: m->ties = (sy_ties)value; break;
    case EMPTY: m->empty = (sy_empty)value; break;
    case MEAN: m->mean = (sy_mean)value; break;
    case WEIGHT: m->weight = (sy_request_weight)value; break;
    case GAIN: m->gain = (sy_gain)value; break;
    case DISCOUNT: m->discount = (sy_discount)value; break;
  }
}

static sy_status read_word(reader *r, size_t setting, piece value) {
  const word *words = settings[setting].words;
  char list[128] = "";
  for (size_t i = 0; words[i].name; i++) {
    if (equals(value, words[i].name)) {
      set_word(r->metric, setting, words[i].value);
      return SY_OK;
    }
    strcat(list, i ? ", " : "");
    strcat(list, words[i].name);
  }
  return sy_fail(r->error, SY_E_ARGUMENT, "metric %s: %s=%s: it is one of %s", SHOW(r->whole),
                 settings[setting].name, SHOW(value), list);
}

static sy_status read_number(const reader *r, const char *name, piece text, double lowest,
                             double highest, double *value) {
  if (sy_number_parse(text.text, text.length, value) != SY_SPELLING_NUMBER)
    return sy_fail(r->error, SY_E_ARGUMENT, "metric %s: %s=%s: not a number", SHOW(r->whole), name,
                   SHOW(text));
  if (*value < lowest || *value > highest)
    return sy_fail(r->error, SY_E_ARGUMENT, "metric %s: %s=%s: it is from %g to %g", SHOW(r->whole),
                   name, SHOW(text), lowest, highest);
  return SY_OK;
}

static sy_status read_parameter(const reader *r, const sy_metric_parameter *p, piece text,
                                double *value) {
  sy_status status = read_number(r, p->name, text, p->lowest, p->highest, value);
  if (!status && p->whole && *value != floor(*value))
    return sy_fail(r->error, SY_E_ARGUMENT, "metric %s: %s=%s: it is a whole number",
                   SHOW(r->whole), p->name, SHOW(text));
  return status;
}

static sy_status fail_key(const reader *r, piece key) {
  sy_suggestion near;
  const sy_metric_kind *kind = r->metric->kind;
  int has_gain = (kind->flags & SY_METRIC_GAIN) != 0;
  sy_suggest(&near, key.text, key.length);
  for (const sy_metric_parameter *p = kind->parameters; p->name; p++)
    sy_suggest_offer(&near, p->name, strlen(p->name));
  for (size_t i = 0; i < SY_COUNT(settings); i++)
    if (has_gain || !settings[i].of_gain)
      sy_suggest_offer(&near, settings[i].name, strlen(settings[i].name));
  sy_suggest_offer(&near, "relevance", strlen("relevance"));
  return sy_fail(r->error, SY_E_ARGUMENT, "metric %s: %s has no parameter %s%s", SHOW(r->whole),
                 kind->name, SHOW(key), sy_suggest_text(&near));
}

static sy_status read_setting(reader *r, piece key, piece value) {
  sy_metric *m = r->metric;
  int has_gain = (m->kind->flags & SY_METRIC_GAIN) != 0;
  for (size_t i = 0; m->kind->parameters[i].name; i++) {
    const sy_metric_parameter *p = &m->kind->parameters[i];
    if (equals(key, p->name)) return read_parameter(r, p, value, &m->parameter[i]);
  }
  for (size_t i = 0; i < SY_COUNT(settings); i++)
    if ((has_gain || !settings[i].of_gain) && equals(key, settings[i].name))
      return read_word(r, i, value);
  if (equals(key, "relevance"))
    return read_number(r, "relevance", value, -HUGE_VAL, HUGE_VAL, &m->relevance);
  if (has_gain && equals(key, "base")) return read_number(r, "base", value, 1, 1e9, &m->base);
  return fail_key(r, key);
}

/* Is the key set in the list, too? */
static int is_set(piece list, piece key) {
  while (list.length) {
    size_t end = find(list, ','), equal = find(list, '=');
    piece other = part(list, 0, equal < end ? equal : end);
    if (other.length == key.length && memcmp(other.text, key.text, key.length) == 0) return 1;
    list = part(list, end < list.length ? end + 1 : end, list.length);
  }
  return 0;
}

/* "p=0.8, ties=best" */
static sy_status read_settings(reader *r, piece list) {
  int more = list.length > 0;
  while (more) {
    size_t end = find(list, ','), equal = find(list, '=');
    if (equal >= end)
      return sy_fail(r->error, SY_E_ARGUMENT, "metric %s: %s is not KEY=VALUE", SHOW(r->whole),
                     SHOW(part(list, 0, end)));
    piece key = part(list, 0, equal);
    sy_status status = read_setting(r, key, part(list, equal + 1, end));
    if (status) return status;
    more = end < list.length;
    list = part(list, more ? end + 1 : end, list.length);
    if (is_set(list, key))
      return sy_fail(r->error, SY_E_ARGUMENT, "metric %s: %s is there twice", SHOW(r->whole),
                     SHOW(key));
  }
  return SY_OK;
}

static sy_status read_cutoff(reader *r, piece text) {
  double k;
  if (!(r->metric->kind->flags & SY_METRIC_CUTOFF))
    return sy_fail(r->error, SY_E_ARGUMENT, "metric %s: %s has no cutoff", SHOW(r->whole),
                   r->metric->kind->name);
  if (sy_number_parse(text.text, text.length, &k) != SY_SPELLING_NUMBER || !(k >= 1) ||
      k != floor(k) || k > 0x1p53)
    return sy_fail(r->error, SY_E_ARGUMENT, "metric %s: @%s: a whole number from 1 up is needed",
                   SHOW(r->whole), SHOW(text));
  r->metric->k = (size_t)k;
  return SY_OK;
}

/* ----------------------------------------------------------------------------- expression -- */

static void set_defaults(sy_metric *m, const sy_metric_defaults *d) {
  static const sy_metric_defaults none = {0};
  const sy_metric_kind *kind = m->kind;
  int has_gain = (kind->flags & SY_METRIC_GAIN) != 0;
  if (!d) d = &none;
  m->k = kind->flags & SY_METRIC_CUTOFF ? d->k : 0;
  m->gain = has_gain ? d->gain : SY_GAIN_LINEAR;
  m->discount = has_gain ? d->discount : SY_DISCOUNT_LOG2;
  m->base = d->base > 0 ? d->base : 2;
  m->ties = d->has_ties ? d->ties : kind->ties;
  m->empty = d->empty;
  m->mean = kind->mean;
  m->weight = kind->weight;
  m->relevance = d->has_relevance ? d->relevance : (double)NAN;
  for (size_t i = 0; i < SY_METRIC_PARAMETERS; i++)
    m->parameter[i] = kind->parameters[i].name ? kind->parameters[i].standard : 0;
}

sy_status sy_metric_parse(const char *text, size_t length, const sy_metric_defaults *defaults,
                          sy_metric *metric, sy_error *error) {
  sy_metric read;
  piece whole = trim((piece){text, length}), list = {NULL, 0}, cutoff = {NULL, 0}, name;
  reader r = {whole, &read, error};
  size_t open = find(whole, '('), at, close;
  memset(&read, 0, sizeof read);
  if (open < whole.length) {
    close = find(whole, ')');
    if (close == whole.length || close < open)
      return sy_fail(error, SY_E_ARGUMENT, "metric %s: the bracket is not closed", SHOW(whole));
    list = part(whole, open + 1, close);
    cutoff = part(whole, close + 1, whole.length);
    name = part(whole, 0, open);
  } else {
    at = find(whole, '@');
    name = part(whole, 0, at);
    cutoff = part(whole, at, whole.length);
  }
  sy_status status = read_name(&r, name);
  if (status || !read.kind) return status;
  set_defaults(&read, defaults);
  status = read_settings(&r, list);
  if (!status && cutoff.length && *cutoff.text != '@')
    status = sy_fail(error, SY_E_ARGUMENT, "metric %s: %s: only @K may follow the bracket",
                     SHOW(whole), SHOW(cutoff));
  if (!status && cutoff.length) status = read_cutoff(&r, part(cutoff, 1, cutoff.length));
  if (!status) *metric = read;
  return status;
}
