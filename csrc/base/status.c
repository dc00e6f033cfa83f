/*
 * status.c - what went wrong, in one line.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/base.h"

const char *sy_version(void) { return SY_VERSION; }

const char *sy_status_text(sy_status status) {
  switch (status) {
    case SY_OK: return "ok";
    case SY_E_MEMORY: return "not enough memory";
    case SY_E_ARGUMENT: return "bad argument";
    case SY_E_NUMBER: return "not a finite number";
    case SY_E_IO: return "input or output failed";
    case SY_E_FORMAT: return "malformed data";
    case SY_E_UNSUPPORTED: return "not supported here";
    case SY_E_LIMIT: return "limit exceeded";
  }
  return "unknown status";
}

size_t sy_dtype_size(sy_dtype dtype) {
  switch (dtype) {
    case SY_F32: return sizeof(float);
    case SY_F64: return sizeof(double);
    case SY_I32: return sizeof(int32_t);
    case SY_I64: return sizeof(int64_t);
  }
  return 0;
}

sy_status sy_fail(sy_error *error, sy_status status, const char *format, ...) {
  if (error) {
    va_list arguments;
    error->status = status;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
  }
  return status;
}

sy_status sy_fail_memory(sy_error *error) {
  return sy_fail(error, SY_E_MEMORY, "%s", sy_status_text(SY_E_MEMORY));
}
