/*
 * machine.c - how much memory is free, as the system tells it.
 */
#include <stdio.h>
#include <string.h>

#include "base/base.h"

#define UNKNOWN SIZE_MAX

/* The number behind a word in a file ("": its first number), or UNKNOWN. */
static size_t read_number(const char *path, const char *word) {
  char line[256];
  size_t found = UNKNOWN, length = strlen(word);
  FILE *file = fopen(path, "r");
  if (!file) return UNKNOWN;
  while (found == UNKNOWN && fgets(line, sizeof line, file)) {
    unsigned long long number;
    if (strncmp(line, word, length) == 0 && sscanf(line + length, "%llu", &number) == 1)
      found = (size_t)number;
  }
  fclose(file);
  return found;
}

/* What a limit leaves: pages of files that are only cached would be given back. */
static size_t below_limit(size_t limit, size_t used, size_t cached) {
  if (limit == UNKNOWN || used == UNKNOWN) return UNKNOWN;
  if (cached != UNKNOWN) used -= cached < used ? cached : used;
  return limit > used ? limit - used : 0;
}

size_t sy_memory_available(void) {
  static const char v2[] = "/sys/fs/cgroup/memory.", v1[] = "/sys/fs/cgroup/memory/memory.";
  char limit[64], used[64], cached[64];
  size_t free_kilobytes = read_number("/proc/meminfo", "MemAvailable:");
  size_t available = free_kilobytes == UNKNOWN ? UNKNOWN : free_kilobytes * 1024;
  for (int i = 0; i < 2; i++) {
    size_t left;
    snprintf(limit, sizeof limit, "%s%s", i ? v1 : v2, i ? "limit_in_bytes" : "max");
    snprintf(used, sizeof used, "%s%s", i ? v1 : v2, i ? "usage_in_bytes" : "current");
    snprintf(cached, sizeof cached, "%sstat", i ? v1 : v2);
    left = below_limit(read_number(limit, ""), read_number(used, ""),
                       read_number(cached, i ? "total_inactive_file " : "inactive_file "));
    if (left < available) available = left;
  }
  return available == UNKNOWN ? 0 : available;
}
