/*
 * ranking.h - one ranked request as metrics see it, and what metrics share.
 *
 * Relevance is a bit per rank, so that most metrics are a few population counts whatever the cutoff.
 */
#ifndef SY_RANKING_H
#define SY_RANKING_H

#include <math.h>

#include "kernel/dcg.h"
#include "kernel/sum.h"

/* What is remembered of a ranking, so that NDCG, DCG and regret at one cutoff cost one. */
#define SY_DCG_MEMOS 8

typedef struct sy_memo {
  size_t sorted; /* labels in ranking.ideal */
  size_t dcgs;
  struct {
    size_t k;
    sy_gain gain;
    sy_discount discount;
    double base;
    sy_dcg dcg;
  } dcg[SY_DCG_MEMOS];
} sy_memo;

struct sy_ranking {
  const sy_log *log;
  const sy_work *work;
  sy_slot *slot;
  size_t from;        /* the request's first row */
  size_t items;       /* all of its items */
  size_t candidates;  /* its first so many items may be ranked */
  size_t retrieved;   /* how many of them are: the log's depth and judged_only leave some out */
  size_t depth;       /* ranks known here: enough for every metric that looks at this ranking */
  size_t ideal_depth; /* how far sorted labels are asked for at most */
  sy_reals scores, labels;  /* of all items, by row */
  double largest;           /* the log's largest label, where a metric asks for it */
  double relevance;         /* label >= this is relevant; NaN: label > 0 */
  const int32_t *order;     /* depth rows, counted from `from` */
  const double *grades;     /* the label at each of depth ranks; padded */
  const uint64_t *relevant; /* a bit for each of depth ranks, then zeroes */
  const uint64_t *judged;   /* the same; NULL where all are judged */
  const uint64_t *pooled;   /* judged, or pooled without a judgment; NULL where all are judged */
  size_t relevant_count;    /* among all items, ranked or not */
  size_t nonrelevant_count; /* judged and not relevant, among all items */
  int marked;               /* are there bits? Only where a metric looks at them */
  const int32_t *ends;      /* groups of equal scores: the rank behind each one's last */
  size_t groups;            /* 0 where the order is one order, and no mean over orders is wanted */
  double *ideal;            /* labels, largest first; memo->sorted of them are there */
  double *room;             /* scratch: items + SY_PAD numbers */
  struct sy_memo *memo;     /* what was computed before; no part of what the ranking is */
};

/* The ranks that count under the metric's cutoff, no more than there are. */
static inline size_t sy_ranks(const sy_ranking *r, const sy_metric *m) {
  return m->k && m->k < r->retrieved ? m->k : r->retrieved;
}

static inline size_t sy_bit(const uint64_t *bits, size_t i) { return bits[i / 64] >> i % 64 & 1; }

/* The bits set in a word, by sums of ever wider fields: the oldest processors have no instruction. */
static inline size_t sy_word_bits(uint64_t word) {
  word -= word >> 1 & UINT64_C(0x5555555555555555);
  word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
  word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
  return (size_t)(word * UINT64_C(0x0101010101010101) >> 56);
}

/* How many of the first n bits are set. */
static inline size_t sy_bits(const uint64_t *bits, size_t n) {
  size_t count = 0, w = 0;
  for (; w < n / 64; w++) count += sy_word_bits(bits[w]);
  if (n % 64) count += sy_word_bits(bits[w] << (64 - n % 64));
  return count;
}

/* How many of the bits from first to last - 1 are set; what stands before them takes no time. */
static inline size_t sy_bits_between(const uint64_t *bits, size_t first, size_t last) {
  const uint64_t *from = bits + first / 64;
  return sy_bits(from, last - first / 64 * 64) - sy_bits(from, first % 64);
}

/* The first set bit from i on, or n where there is none below n. */
static inline size_t sy_next_bit(const uint64_t *bits, size_t i, size_t n) {
  while (i < n) {
    uint64_t word = bits[i / 64] >> i % 64;
    if (word) {
      i += (size_t)__builtin_ctzll(word);
      return i < n ? i : n;
    }
    i = (i / 64 + 1) * 64;
  }
  return n;
}

/* For every set bit i of the first n, in order. */
#define SY_FOR_BITS(i, bits, n)                                                                    \
  for (size_t i = sy_next_bit(bits, 0, n); i < (n); i = sy_next_bit(bits, i + 1, n))

/* Relevant items among the first n ranks. */
static inline size_t sy_hits(const sy_ranking *r, size_t n) { return sy_bits(r->relevant, n); }

/* Items without a judgment among the first n ranks. */
static inline size_t sy_unjudged(const sy_ranking *r, size_t n) {
  return r->judged ? n - sy_bits(r->judged, n) : 0;
}

/* Judged and not relevant, among the first n ranks. */
static inline size_t sy_misses(const sy_ranking *r, size_t n) {
  return n - sy_unjudged(r, n) - sy_hits(r, n);
}

/*
 * A group of equal scores, for means over its orders: its ranks and what stands there, and what stands
 * before it. Start with a zeroed one; sy_next_tie goes to the next group and returns 0 behind the last.
 */
typedef struct sy_tie {
  size_t group; /* how many were passed */
  size_t first, items;
  size_t relevant, nonrelevant;               /* of them; the rest is unjudged */
  size_t relevant_before, nonrelevant_before; /* of the ranks before */
} sy_tie;

int sy_next_tie(const sy_ranking *r, sy_tie *tie);

/* The mean number of relevant (unjudged) items among the first n ranks, over all orders of ties. */
double sy_expected_hits(const sy_ranking *r, size_t n);
double sy_expected_unjudged(const sy_ranking *r, size_t n);

/*
 * DCG under the metric's cutoff, gain and discount (the mean over all orders where ties are averaged),
 * and the ideal: the largest that all the request's items can have. Remembered.
 */
sy_dcg sy_ranking_dcg(const sy_ranking *r, const sy_metric *m);

/* What a label is worth under the metric's gain. */
double sy_worth(const sy_log *log, sy_gain gain, double label);

/* What the worth at a rank (from 0) is multiplied by. */
double sy_discount_at(const sy_ranking *r, const sy_metric *m, size_t rank);

/* The first n of all the request's labels, largest first. */
const double *sy_ideal_labels(const sy_ranking *r, size_t n);

/* What all the request's items are worth under the metric's gain, largest first; in room. */
const double *sy_ideal_worths(const sy_ranking *r, const sy_metric *m);

/* Leave out of an order of n items what has no judgment; returns how many are left. */
size_t sy_keep_judged(const sy_ranking *r, int32_t *order, size_t n);

/* The first n items by label of all that may be ranked, largest first, equal ones by row. */
const int32_t *sy_label_order(const sy_ranking *r, size_t n);

/* The largest label of all the request's items; 0 where there are none. */
double sy_largest_label(const sy_ranking *r);

/*
 * The value of a metric that gives no mean over orders itself: all orders of ties where they are few,
 * else a number of seeded ones that depends on the request's size only.
 */
double sy_sampled_value(const sy_ranking *r, const sy_metric *m);

/* What several metrics are made of. */
size_t sy_needed(const sy_ranking *r, double recall); /* relevant items, for this recall */
double sy_auc_value(const sy_ranking *r, const sy_metric *m);
double sy_auc_expected(const sy_ranking *r, const sy_metric *m);

/* `values` of a metric whose cutoffs have no work in common, from its `value`. */
#define SY_EACH_CUTOFF(value)                                                                      \
  static void values(const sy_ranking *r, const sy_metric *const *metrics, size_t count,           \
                     double *out) {                                                                \
    for (size_t i = 0; i < count; i++) out[i] = value(r, metrics[i]);                              \
  }

/* A metric's value in a strict order. */
static inline double sy_value(const sy_ranking *r, const sy_metric *m) {
  double value;
  if (m->kind->value) return m->kind->value(r, m);
  m->kind->values(r, &m, 1, &value);
  return value;
}

/* How far down a metric looks in a request: 0 for all ranks. */
static inline size_t sy_metric_depth(const sy_metric *m) {
  return m->kind->flags & SY_METRIC_ALL_RANKS ? 0 : m->k;
}

#endif
