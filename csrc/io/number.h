/*
 * number.h - decimal text to the nearest double, whatever the locale.
 */
#ifndef SY_IO_NUMBER_H
#define SY_IO_NUMBER_H

#include <stdint.h>
#include <string.h>

#include "base/base.h"

/* What a field's text is, seen as a number. */
typedef enum sy_spelling {
  SY_SPELLING_NUMBER,   /* finite */
  SY_SPELLING_INFINITE, /* spelled or overflowing NaN or infinity */
  SY_SPELLING_MISSING,  /* nothing, NA, null */
  SY_SPELLING_TEXT      /* anything else */
} sy_spelling;

/*
 * Classify a field and give its value (NaN where missing). Blanks around it are passed over; the
 * whole rest must be a number in the form [sign] digits [. digits] [e [sign] digits] (no hex).
 * Rounds to nearest even, bit for bit what strtod gives in the C locale.
 */
sy_spelling sy_number_parse(const char *text, size_t length, double *value);

/* m * 10^e to the nearest double, for any 64-bit m and |e| <= 27. */
double sy_number_scale(uint64_t m, int e);

/* 10^0 .. 10^22: all that are exact. */
extern const double sy_number_powers[23];

#define SY_LIKELY(x) __builtin_expect(!!(x), 1)
#define SY_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* ------------------------------------------------------------ the hot path of CSV readers ----- */

static inline uint64_t sy_number_load8(const char *p) {
  uint64_t w;
  memcpy(&w, p, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  w = __builtin_bswap64(w);
#endif
  return w;
}

/* Eight digit values, first in the lowest byte, to one number: pairs, then fours, then eight. */
static inline uint64_t sy_number_join8(uint64_t t) {
  t = ((t * 2561) >> 8) & UINT64_C(0x00ff00ff00ff00ff);
  t = ((t * 6553601) >> 16) & UINT64_C(0x0000ffff0000ffff);
  return (t * UINT64_C(42949672960001)) >> 32;
}

/*
 * Append the run of digits at p to *m and return its end. Eight bytes at a time: the first byte
 * that is no digit is found by carries (t + 0x76 passes 0x7f for t > 9). Reads up to 8 bytes past
 * the run. *m may wrap around: the caller counts digits.
 */
static inline const char *sy_number_digits(const char *p, uint64_t *m) {
  static const uint64_t scale[8] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
  for (;;) {
    uint64_t t = sy_number_load8(p) ^ UINT64_C(0x3030303030303030);
    uint64_t other = ((t + UINT64_C(0x7676767676767676)) | t) & UINT64_C(0x8080808080808080);
    if (other) {
      int count = __builtin_ctzll(other) >> 3;
      if (count) *m = *m * scale[count] + sy_number_join8(t << (64 - 8 * count));
      return p + count;
    }
    *m = *m * 100000000 + sy_number_join8(t);
    p += 8;
  }
}

/*
 * Read a plain number that starts at p: returns its end, or NULL where it is none or needs the
 * careful parser. The text must be followed by 16 readable bytes, the first of them no digit.
 */
static inline const char *sy_number_scan(const char *p, double *value) {
  uint64_t m = 0;
  int negative = *p == '-';
  const char *start, *end;
  ptrdiff_t digits;
  int e = 0;
  p += negative;
  start = p;
  while ((unsigned)(*p - '0') < 10u) m = m * 10 + (uint64_t)(*p++ - '0');
  digits = p - start == 1 && *start == '0' ? 0 : p - start;
  end = p;
  if (*p == '.') {
    start = ++p;
    end = p = sy_number_digits(p, &m);
    e = (int)(start - p);
    digits -= e;
    if (SY_UNLIKELY(e == 0)) return NULL;
  } else if (SY_UNLIKELY(p == start)) {
    return NULL;
  }
  if (SY_UNLIKELY(digits > 19)) return NULL;
  if (SY_UNLIKELY((*p | 0x20) == 'e')) {
    int below = p[1] == '-';
    unsigned power = 0;
    start = p += 1 + (p[1] == '-' || p[1] == '+');
    while ((unsigned)(*p - '0') < 10u && p - start < 4) power = power * 10 + (unsigned)(*p++ - '0');
    if (p == start) return NULL;
    e += below ? -(int)power : (int)power;
    end = p;
  }
  if (SY_LIKELY(m <= (UINT64_C(1) << 53) && e <= 0 && e >= -22)) {
    double x = (double)(int64_t)m / sy_number_powers[-e];
    *value = negative ? -x : x;
    return end;
  }
  if (SY_UNLIKELY(e < -27 || e > 27)) return NULL;
  {
    double x = sy_number_scale(m, e);
    *value = negative ? -x : x;
  }
  return end;
}

#endif
