/*
 * list_mle.c - ListMLE: the likelihood of the order by gain under the Plackett-Luce model.
 *
 * With items numbered in the order by gain and z_r their scores in temperatures, let the rest's
 * mass be L_r = log of the sum over q >= r of exp(z_q). The value is the sum over r within the
 * cutoff of L_r - z_r; its derivative by z_p is exp(z_p + log of the sum over such r <= p of
 * exp(-L_r)), less 1 within the cutoff. Both sums are kept as logarithms: scores may lie any
 * distance apart.
 */
#include <math.h>

#include "kernel/loss/loss.h"

/* Scores by gain, in temperatures, to z, and the rest's masses. */
static void rest_masses(const sy_loss_request *q, const int32_t *order, double *z, double *masses) {
  double first = q->scores[order[0]];
  for (size_t r = 0; r < q->n; r++) z[r] = (q->scores[order[r]] - first) / q->options->temperature;
  masses[q->n - 1] = z[q->n - 1];
  for (size_t r = q->n - 1; r-- > 0;) masses[r] = sy_log_add(masses[r + 1], z[r]);
}

static void fill_gradient(const sy_loss_request *q, const int32_t *order, const double *z,
                          const double *masses) {
  size_t places = sy_loss_places(q);
  double chance = -masses[0];
  for (size_t r = 0; r < q->n; r++) {
    if (r > 0 && r < places) chance = sy_log_add(chance, -masses[r]);
    double slope = exp(z[r] + chance) - (r < places ? 1.0 : 0.0);
    q->gradient[order[r]] = slope / q->options->temperature;
  }
}

static int list_mle(const sy_loss_request *q, double *value) {
  int32_t *order = q->slot->order;
  double *z = q->slot->keys, *masses = q->slot->selected, sum = 0;
  size_t places = sy_loss_places(q);
  if (sy_loss_all_equal(q->worths, q->n)) return 0;
  sy_loss_order(q, q->worths, order);
  rest_masses(q, order, z, masses);
  for (size_t r = 0; r < places; r++) sum += masses[r] - z[r];
  if (q->gradient) fill_gradient(q, order, z, masses);
  *value = sum;
  return 1;
}

const sy_loss_kind sy_loss_list_mle = {
    .name = "list_mle",
    .help =
        "- log of the Plackett-Luce probability, by scores / temperature, of the first k items in "
        "the order by gain; Xia et al. 2008",
    .has_cutoff = 1,
    .refuses_negative = sy_loss_allows_negative,
    .request = list_mle};
