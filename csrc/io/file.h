/*
 * file.h - whole files: replaced atomically; and the system's failures in words.
 */
#ifndef SY_IO_FILE_H
#define SY_IO_FILE_H

#include "base/base.h"

/* SY_E_IO with "path: cannot open: No such file or directory". */
sy_status sy_fail_system(sy_error *error, const char *path, const char *action, int number);

/*
 * A file that takes the place of `path` in one step when it is committed: until then it has another
 * name beside it. A symbolic link is followed, the old file's permissions are kept. What is no
 * regular file (a device, a pipe) is written directly.
 */
typedef struct sy_output {
  const char *path; /* as the caller calls it */
  int handle;
  int direct;
  char target[4096], temporary[4096];
} sy_output;

sy_status sy_output_open(sy_output *output, const char *path, sy_error *error);
/* After a failed write only sy_output_discard may follow. */
sy_status sy_output_write(sy_output *output, const void *bytes, size_t size, sy_error *error);
/* Sync, rename, sync the directory; on failure the temporary file is gone and the old one there. */
sy_status sy_output_commit(sy_output *output, sy_error *error);
void sy_output_discard(sy_output *output);

#endif
