/*
 * npy.c - NumPy's array files. Format: numpy/lib/format.py, versions 1.0 to 3.0.
 *
 * A magic number, a version, the header's length, the header (a Python dict literal), the numbers.
 */
#include <stdio.h>
#include <string.h>

#include "io/binary.h"
#include "io/message.h"

#define HEADER_LIMIT 4096 /* ours is a dict of three short entries */

typedef struct source {
  sy_input input;
  uint64_t offset; /* where the numbers start */
} source;

static sy_status refuse(const source *s, sy_error *error, const char *what) {
  return sy_fail(error, SY_E_FORMAT, "%s: %s", sy_show_path(s->input.path).text, what);
}

/* ---------------------------------------------------------------- the header ----------------- */

typedef struct dict {
  const char *p;
  char descr[40];
  int fortran;
  int seen[3]; /* descr, fortran_order, shape */
  sy_npy npy;
  size_t entries; /* in shape */
} dict;

static void skip_blank(dict *d) {
  while (*d->p == ' ' || *d->p == '\n' || *d->p == '\t' || *d->p == '\r') d->p++;
}

static int take(dict *d, char c) {
  skip_blank(d);
  if (*d->p != c) return 0;
  d->p++;
  return 1;
}

static int take_string(dict *d, char *out, size_t size) {
  const char *start, *end;
  skip_blank(d);
  if (*d->p != '\'' && *d->p != '"') return 0;
  start = d->p + 1;
  end = strchr(start, *d->p);
  if (!end || (size_t)(end - start) >= size || memchr(start, '\\', (size_t)(end - start))) return 0;
  memcpy(out, start, (size_t)(end - start));
  out[end - start] = 0;
  d->p = end + 1;
  return 1;
}

static int take_word(dict *d, const char *word) {
  size_t length = strlen(word);
  skip_blank(d);
  if (strncmp(d->p, word, length) != 0) return 0;
  d->p += length;
  return 1;
}

static int take_shape(dict *d) {
  if (!take(d, '(')) return 0;
  while (!take(d, ')')) {
    size_t value = 0;
    skip_blank(d);
    if (*d->p < '0' || *d->p > '9') return 0;
    for (; *d->p >= '0' && *d->p <= '9'; d->p++) {
      size_t digit = (size_t)(*d->p - '0');
      if (value > (SIZE_MAX - digit) / 10) return 0;
      value = value * 10 + digit;
    }
    if (*d->p == 'L') d->p++; /* Python 2 */
    if (d->entries < 2) d->npy.shape[d->entries] = value;
    d->entries++;
    if (!take(d, ',')) return take(d, ')') && d->entries > 1; /* (3) is no tuple */
  }
  return 1;
}

static int take_entry(dict *d) {
  char key[20];
  if (!take_string(d, key, sizeof key) || !take(d, ':')) return 0;
  if (strcmp(key, "descr") == 0 && !d->seen[0]++) {
    /* A structured type is a list here; its text names it well enough. */
    if (take_string(d, d->descr, sizeof d->descr)) return 1;
    skip_blank(d);
    snprintf(d->descr, sizeof d->descr, "%.30s", d->p);
    return -1;
  }
  if (strcmp(key, "fortran_order") == 0 && !d->seen[1]++) {
    if (take_word(d, "False")) return 1;
    d->fortran = 1;
    return take_word(d, "True");
  }
  if (strcmp(key, "shape") == 0 && !d->seen[2]++) return take_shape(d);
  return 0;
}

/* {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }; -1: a structured type. */
static int take_dict(dict *d) {
  if (!take(d, '{')) return 0;
  while (!take(d, '}')) {
    int done = take_entry(d);
    if (done != 1) return done;
    if (!take(d, ',')) {
      if (!take(d, '}')) return 0;
      break;
    }
  }
  skip_blank(d);
  return *d->p == 0 && d->seen[0] && d->seen[1] && d->seen[2];
}

static sy_dtype find_dtype(const char *descr) {
  static const struct {
    const char *code;
    sy_dtype dtype;
  } known[] = {{"f4", SY_F32}, {"f8", SY_F64}, {"i4", SY_I32}, {"i8", SY_I64}};
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  int ours = *descr == '<';
#else
  int ours = *descr == '<' || *descr == '=' || *descr == '|';
#endif
  for (size_t i = 0; i < SY_COUNT(known) && ours; i++) {
    if (strcmp(descr + 1, known[i].code) == 0) return known[i].dtype;
  }
  return (sy_dtype)0;
}

static sy_status check_dict(const source *s, dict *d, sy_error *error) {
  uint64_t left = s->input.size - s->offset, need;
  char what[256];
  d->npy.dtype = find_dtype(d->descr);
  if (!d->npy.dtype) {
    snprintf(what, sizeof what, "dtype %s; only <f4, <f8, <i4 and <i8 can be read",
             sy_show(d->descr, strlen(d->descr)).text);
    return refuse(s, error, what);
  }
  if (d->entries < 1 || d->entries > 2) {
    snprintf(what, sizeof what, "%zu dimensions; only 1 or 2 can be read", d->entries);
    return refuse(s, error, what);
  }
  d->npy.dimensions = (int)d->entries;
  if (d->entries == 1) d->npy.shape[1] = 1;
  if (d->fortran && d->entries == 2) {
    return refuse(s, error, "Fortran order; save it with numpy.ascontiguousarray");
  }
  need = sy_dtype_size(d->npy.dtype);
  for (int i = 0; i < 2; i++) {
    /* An empty dimension makes nothing needed, whatever the other one is. */
    if (d->npy.shape[0] == 0 || d->npy.shape[1] == 0) need = 0;
    else if (need > UINT64_MAX / d->npy.shape[i]) need = UINT64_MAX;
    else need *= d->npy.shape[i];
  }
  if (need <= left && need <= SIZE_MAX) return SY_OK;
  snprintf(what, sizeof what, "the header promises %zu x %zu numbers, but only %llu bytes follow",
           d->npy.shape[0], d->npy.shape[1], (unsigned long long)left);
  return refuse(s, error, what);
}

static sy_status read_header(source *s, sy_npy *npy, sy_error *error) {
  unsigned char start[12];
  char text[HEADER_LIMIT + 1];
  size_t length, prefix;
  sy_status status;
  dict d;
  int found;
  if (s->input.size < 10) return refuse(s, error, "not an NPY file");
  status = sy_input_read(&s->input, 0, start, 10, error);
  if (status != SY_OK) return status;
  if (memcmp(start, "\x93NUMPY", 6) != 0) return refuse(s, error, "not an NPY file");
  if (start[6] < 1 || start[6] > 3) return refuse(s, error, "NPY version above 3");
  prefix = start[6] == 1 ? 10 : 12;
  if (prefix == 12) status = sy_input_read(&s->input, 10, start + 10, 2, error);
  if (status != SY_OK) return status;
  length = start[8] | (size_t)start[9] << 8;
  if (prefix == 12) length |= (size_t)start[10] << 16 | (size_t)start[11] << 24;
  if (length > HEADER_LIMIT) return refuse(s, error, "the header is too long for a plain array");
  status = sy_input_read(&s->input, prefix, text, length, error);
  if (status != SY_OK) return status;
  text[length] = 0;
  s->offset = prefix + length;
  memset(&d, 0, sizeof d);
  d.p = text;
  found = strlen(text) == length ? take_dict(&d) : 0;
  if (found == 0) return refuse(s, error, "damaged NPY header");
  status = check_dict(s, &d, error);
  if (status == SY_OK) *npy = d.npy;
  return status;
}

sy_status sy_npy_probe(const char *path, sy_npy *header, sy_error *error) {
  source s = {{path, -1, 0}, 0};
  sy_status status = sy_input_open(&s.input, path, error);
  if (status != SY_OK) return status;
  status = read_header(&s, header, error);
  sy_input_close(&s.input);
  return status;
}

/* ---------------------------------------------------------------- the numbers ---------------- */

sy_status sy_npy_read(const char *path, const sy_npy *header, void *destination, sy_error *error) {
  source s = {{path, -1, 0}, 0};
  sy_npy now;
  sy_status status = sy_input_open(&s.input, path, error);
  if (status != SY_OK) return status;
  status = read_header(&s, &now, error);
  if (status == SY_OK && (now.dtype != header->dtype || now.dimensions != header->dimensions ||
                          now.shape[0] != header->shape[0] || now.shape[1] != header->shape[1])) {
    status = refuse(&s, error, "the file has changed since its header was read");
  }
  if (status == SY_OK) {
    size_t count = now.shape[0] && now.shape[1] ? now.shape[0] * now.shape[1] : 0;
    status =
        sy_input_read(&s.input, s.offset, destination, count * sy_dtype_size(now.dtype), error);
    if (status == SY_OK) sy_swap_numbers(destination, count, now.dtype);
  }
  sy_input_close(&s.input);
  return status;
}

/* The header as NumPy writes it: padded so that the numbers start at a multiple of 64. */
static size_t make_header(const sy_npy *npy, char out[256]) {
  static const char *const codes[] = {"", "<f4", "<f8", "<i4", "<i8"};
  char shape[64];
  size_t length;
  if (npy->dimensions == 1) snprintf(shape, sizeof shape, "(%zu,)", npy->shape[0]);
  else snprintf(shape, sizeof shape, "(%zu, %zu)", npy->shape[0], npy->shape[1]);
  memcpy(out, "\x93NUMPY\x01\x00", 8);
  length =
      10 + (size_t)snprintf(out + 10, 240, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }",
                            codes[npy->dtype], shape);
  while ((length + 1) % 64) out[length++] = ' ';
  out[length++] = '\n';
  out[8] = (char)((length - 10) & 255);
  out[9] = (char)((length - 10) >> 8);
  return length;
}

sy_status sy_npy_write(const char *path, const sy_npy *header, const void *data, size_t row_stride,
                       size_t element_stride, sy_error *error) {
  sy_output output;
  sy_npy npy = *header;
  char text[256];
  size_t length;
  sy_status status;
  if (!sy_dtype_size(npy.dtype) || npy.dimensions < 1 || npy.dimensions > 2) {
    return sy_fail(error, SY_E_ARGUMENT, "header: dtype %d in %d dimensions cannot be written",
                   (int)npy.dtype, npy.dimensions);
  }
  if (npy.dimensions == 1) npy.shape[1] = 1;
  length = make_header(&npy, text);
  status = sy_output_open(&output, path, error);
  if (status != SY_OK) return status;
  status = sy_output_write(&output, text, length, error);
  if (status == SY_OK) {
    sy_matrix_view matrix = {data,         npy.dtype,  npy.shape[0],
                             npy.shape[1], row_stride, element_stride};
    status = sy_output_numbers(&output, &matrix, error);
  }
  if (status == SY_OK) return sy_output_commit(&output, error);
  sy_output_discard(&output);
  return status;
}
