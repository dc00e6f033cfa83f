/*
 * file.c - files replaced atomically.
 */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/message.h"

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

sy_status sy_fail_system(sy_error *error, const char *path, const char *action, int number) {
  char words[128] = "unknown error";
  if (number == ENOMEM) return sy_fail_memory(error);
  if (strerror_r(number, words, sizeof words) != 0) {
    snprintf(words, sizeof words, "error %d", number);
  }
  return sy_fail(error, SY_E_IO, "%s: %s: %s", sy_show_path(path).text, action, words);
}

/* The file that is meant: the end of symbolic links. */
static int find_target(sy_output *output) {
  struct stat info;
  size_t length = strlen(output->path);
  if (lstat(output->path, &info) == 0 && S_ISLNK(info.st_mode)) {
    char *real = realpath(output->path, NULL);
    if (!real) return errno;
    length = strlen(real);
    if (length < sizeof output->target) memcpy(output->target, real, length + 1);
    free(real);
  } else if (length < sizeof output->target) {
    memcpy(output->target, output->path, length + 1);
  }
  return length < sizeof output->target ? 0 : ENAMETOOLONG;
}

static size_t directory_length(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (size_t)(slash - path) + 1 : 0;
}

/* A new file in the target's directory. O_EXCL makes its name ours among threads and processes. */
static int open_temporary(sy_output *output) {
  int prefix = (int)directory_length(output->target);
  for (int attempt = 0; attempt < 1000; attempt++) {
    int length = snprintf(output->temporary, sizeof output->temporary, "%.*s.steelyard-%ld-%d.tmp",
                          prefix, output->target, (long)getpid(), attempt);
    if (length < 0 || (size_t)length >= sizeof output->temporary) return ENAMETOOLONG;
    output->handle = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (output->handle >= 0) return 0;
    if (errno != EEXIST) return errno;
  }
  return EEXIST;
}

sy_status sy_output_open(sy_output *output, const char *path, sy_error *error) {
  struct stat info;
  int exists, failure;
  output->path = path;
  output->handle = -1;
  output->direct = 0;
  output->temporary[0] = 0;
  exists = stat(path, &info) == 0;
  output->direct = exists && !S_ISREG(info.st_mode);
  if (output->direct) { /* a pipe or a device, maybe behind a link that has no real path */
    output->handle = open(path, O_WRONLY | O_CLOEXEC);
    if (output->handle < 0) return sy_fail_system(error, path, "cannot write", errno);
    return SY_OK;
  }
  failure = find_target(output);
  if (failure) return sy_fail_system(error, path, "cannot write", failure);
  failure = open_temporary(output);
  if (failure) return sy_fail_system(error, path, "cannot write", failure);
  if (exists && fchmod(output->handle, info.st_mode & 07777) != 0) {
    failure = errno;
    sy_output_discard(output);
    return sy_fail_system(error, path, "cannot keep the permissions", failure);
  }
  return SY_OK;
}

sy_status sy_output_write(sy_output *output, const void *bytes, size_t size, sy_error *error) {
  const char *from = bytes;
  while (size) {
    ssize_t wrote = write(output->handle, from, size < (1u << 30) ? size : 1u << 30);
    if (wrote < 0) {
      if (errno == EINTR) continue;
      return sy_fail_system(error, output->path, "cannot write", errno);
    }
    from += wrote;
    size -= (size_t)wrote;
  }
  return SY_OK;
}

/* So that the new name, too, outlives a crash. Some file systems cannot; then nothing is lost. */
static void sync_directory(const sy_output *output) {
  char name[sizeof output->target + 2];
  size_t length = directory_length(output->target);
  int handle;
  memcpy(name, output->target, length);
  memcpy(name + length, ".", 2);
  handle = open(name, O_RDONLY | O_CLOEXEC);
  if (handle < 0) return;
  fsync(handle);
  close(handle);
}

sy_status sy_output_commit(sy_output *output, sy_error *error) {
  int failure = 0;
  if (!output->direct && fsync(output->handle) != 0) failure = errno;
  if (close(output->handle) != 0 && !failure) failure = errno;
  output->handle = -1;
  if (!failure && !output->direct && rename(output->temporary, output->target) != 0) {
    failure = errno;
  }
  if (failure) {
    sy_output_discard(output);
    return sy_fail_system(error, output->path, "cannot write", failure);
  }
  if (!output->direct) sync_directory(output);
  return SY_OK;
}

void sy_output_discard(sy_output *output) {
  if (output->handle >= 0) close(output->handle);
  output->handle = -1;
  if (!output->direct && output->temporary[0]) unlink(output->temporary);
  output->temporary[0] = 0;
}
