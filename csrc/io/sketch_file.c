/*
 * sketch_file.c - files of sketches.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"
#include "io/message.h"
#include "steelyard/sketches.h"

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

sy_status sy_sketches_save(const sy_named_sketch *sketches, size_t count, const char *note,
                           const char *path, const sy_memory *memory, sy_error *error) {
  sy_error fault = {SY_OK, ""};
  size_t size = sy_sketches_size(sketches, count, note, &fault);
  sy_output output;
  sy_status status;
  void *bytes;
  if (!size) return sy_fail(error, fault.status, "%s", fault.message);
  bytes = sy_allocate(memory, size);
  if (!bytes) return sy_fail_memory(error);
  sy_sketches_encode(sketches, count, note, bytes);
  status = sy_output_open(&output, path, error);
  if (status == SY_OK) {
    status = sy_output_write(&output, bytes, size, error);
    if (status == SY_OK) status = sy_output_commit(&output, error);
    else sy_output_discard(&output);
  }
  sy_release(memory, bytes, size);
  return status;
}

/* Up to `size` bytes; how many there were. */
static sy_status read_all(int handle, const char *path, char *to, size_t size, size_t *read_,
                          sy_error *error) {
  *read_ = 0;
  while (*read_ < size) {
    size_t want = size - *read_ < (1u << 30) ? size - *read_ : 1u << 30;
    ssize_t got = read(handle, to + *read_, want);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return sy_fail_system(error, path, "cannot read", errno);
    if (got == 0) break;
    *read_ += (size_t)got;
  }
  return SY_OK;
}

static sy_status load(int handle, const char *path, const sy_memory *memory, sy_sketch_file **file,
                      sy_error *error) {
  struct stat info;
  size_t size, got;
  sy_status status;
  char *bytes;
  if (fstat(handle, &info) != 0 || !S_ISREG(info.st_mode))
    return sy_fail(error, SY_E_IO, "%s: not a regular file", sy_show_path(path).text);
  if ((uint64_t)info.st_size > SIZE_MAX / 4) return sy_fail_memory(error);
  size = (size_t)info.st_size;
  bytes = sy_allocate(memory, size);
  if (!bytes) return sy_fail_memory(error);
  status = read_all(handle, path, bytes, size, &got, error);
  if (status == SY_OK) status = sy_sketches_decode(bytes, got, path, memory, file, error);
  sy_release(memory, bytes, size);
  return status;
}

sy_status sy_sketches_load(const char *path, const sy_memory *memory, sy_sketch_file **file,
                           sy_error *error) {
  int handle =
      open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is refused, not waited for */
  sy_status status;
  if (handle < 0) return sy_fail_system(error, path, "cannot open", errno);
  status = load(handle, path, memory, file, error);
  close(handle);
  return status;
}
