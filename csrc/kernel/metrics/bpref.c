/*
 * bpref.c - binary preference: judged items only.
 */
#include "kernel/measure/ranking.h"

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* What a relevant item is worth behind so many items that are judged not to be. */
static double preferred(const sy_ranking *r, size_t before) {
  size_t bound = smaller(r->nonrelevant_count, r->relevant_count);
  return before ? 1.0 - (double)smaller(before, r->relevant_count) / (double)bound : 1.0;
}

static double value(const sy_ranking *r, const sy_metric *m) {
  size_t found = 0, judged = 0, last = 0;
  double sum = 0;
  (void)m;
  SY_FOR_BITS(i, r->relevant, r->retrieved) {
    judged += r->judged ? sy_bits_between(r->judged, last, i) : i - last;
    sum += preferred(r, judged - found++);
    last = i;
  }
  return sum / (double)r->relevant_count;
}

/* Of b items judged not relevant in its group, 0 to b stand before a relevant one, all as likely. */
static double expected(const sy_ranking *r, const sy_metric *m) {
  sy_tie tie = {0};
  double sum = 0;
  (void)m;
  while (sy_next_tie(r, &tie)) {
    double group = 0;
    for (size_t b = 0; tie.relevant && b <= tie.nonrelevant; b++)
      group += preferred(r, tie.nonrelevant_before + b);
    sum += (double)tie.relevant * group / (double)(tie.nonrelevant + 1);
  }
  return sum / (double)r->relevant_count;
}

const sy_metric_kind sy_metric_bpref = {
    .name = "bpref",
    .help =
        "Mean over relevant items of 1 - min(n, R) / min(N, R): n of the N items that are judged "
        "not relevant stand before it, R items are relevant. Items without a judgment do not "
        "count.",
    .source = "Buckley and Voorhees 2004; trec_eval bpref",
    .flags = SY_METRIC_RELEVANCE,
    .perfect = 1,
    .value = value,
    .expected = expected,
};
