/*
 * codes.c - which code a feature's value has, and which cell of a table a row is in.
 */
#include <string.h>

#include "kernel/calibrators/calibrator.h"

/* FNV-1a, then mixed, as only the low bits are looked at. */
uint32_t sy_text_hash(const char *text, size_t length) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3;
  return (uint32_t)(hash ^ (hash >> 32));
}

static const sy_feature *feature_of(const sy_calibrator *calibrator, size_t feature) {
  return feature < calibrator->parts.features ? &calibrator->parts.feature[feature] : NULL;
}

int32_t sy_calibrator_code_of_text(const sy_calibrator *calibrator, size_t feature,
                                   const char *text, size_t length) {
  const sy_feature *f = feature_of(calibrator, feature);
  const uint32_t *slots = f && f->values ? calibrator->texts[feature] : NULL;
  size_t mask, at;
  if (!slots) return -1;
  mask = sy_text_slots(f->size) - 1;
  for (at = sy_text_hash(text, length) & mask; slots[at]; at = (at + 1) & mask) {
    const char *value = f->values[slots[at] - 1];
    if (strlen(value) == length && memcmp(value, text, length) == 0) return (int32_t)slots[at] - 1;
  }
  return -1;
}

int32_t sy_calibrator_code_of_number(const sy_calibrator *calibrator, size_t feature,
                                     double number) {
  const sy_feature *f = feature_of(calibrator, feature);
  size_t at;
  if (!f || f->values || number != number) return -1;
  if (!f->numbers) return (int32_t)sy_count_below(f->edges, f->size - 1, number);
  at = sy_count_below(f->numbers, f->size, number);
  return at < f->size && f->numbers[at] == number ? (int32_t)at : -1;
}

void sy_offset_cells(const double *logits, size_t n, const double *edge, size_t edges,
                     const int32_t *const *codes, const size_t *sizes, size_t features,
                     int32_t *cells) {
  for (size_t i = 0; i < n; i++) {
    int64_t cell = (int64_t)sy_count_below(edge, edges, logits[i]);
    for (size_t f = 0; f < features && cell >= 0; f++) {
      int32_t code = codes[f][i];
      cell = code < 0 || (size_t)code >= sizes[f] ? -1 : cell * (int64_t)sizes[f] + code;
    }
    cells[i] = (int32_t)cell;
  }
}
