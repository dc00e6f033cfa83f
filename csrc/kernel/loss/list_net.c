/*
 * list_net.c - ListNet: the cross-entropy between two distributions over which item comes first.
 */
#include <math.h>

#include "kernel/loss/loss.h"

/* softmax of the worths, or the worths themselves, made to add up to 1. */
static void label_distribution(const sy_loss_request *q, double *target) {
  int soft = q->options->labels == SY_LABELS_SOFTMAX;
  double most = q->worths[0], sum = 0;
  for (size_t i = 1; i < q->n; i++) most = q->worths[i] > most ? q->worths[i] : most;
  for (size_t i = 0; i < q->n; i++) {
    target[i] = soft ? exp(q->worths[i] - most) : q->worths[i] / most;
    sum += target[i];
  }
  for (size_t i = 0; i < q->n; i++) target[i] /= sum;
}

static int list_net(const sy_loss_request *q, double *value) {
  if (sy_loss_all_equal(q->worths, q->n)) return 0;
  label_distribution(q, q->slot->pulls);
  *value = sy_loss_cross_entropy(q, q->slot->pulls);
  return 1;
}

static int refuses_negative(const sy_loss_options *options) {
  return options->labels == SY_LABELS_NORMALIZED;
}

const sy_loss_kind sy_loss_list_net = {
    .name = "list_net",
    .help = "- sum of P_i log softmax(s / temperature)_i, P = softmax(g) or g / sum of g; "
            "Cao et al. 2007",
    .refuses_negative = refuses_negative,
    .request = list_net};
