/*
 * calibrator_block.c - calibrators in blocks of their own.
 */
#include <string.h>

#include "io/calibrator_json.h"
#include "io/message.h"

/* What stands before a calibrator that sy_calibrator_make made. */
typedef struct held {
  sy_memory memory;
  void *block;
  size_t size;
} held;

sy_status sy_calibrator_make(const sy_calibrator_parts *parts, const sy_memory *memory,
                             sy_calibrator **calibrator, sy_error *error) {
  size_t bytes = sy_calibrator_bytes(parts, error), size = sizeof(held) + bytes;
  char *block;
  held owner;
  if (!bytes) return error && error->status ? error->status : SY_E_ARGUMENT;
  block = size > bytes ? sy_allocate(memory, size) : NULL;
  if (!block) return sy_fail_memory(error);
  owner = (held){sy_memory_of(memory), block, size};
  *calibrator = sy_calibrator_init(block + sizeof owner, parts);
  memcpy((char *)*calibrator - sizeof owner, &owner, sizeof owner);
  return SY_OK;
}

void sy_calibrator_destroy(sy_calibrator *calibrator) {
  held owner;
  if (!calibrator) return;
  memcpy(&owner, (char *)calibrator - sizeof owner, sizeof owner);
  sy_release(&owner.memory, owner.block, owner.size);
}
