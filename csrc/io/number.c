/*
 * number.c - decimal text to the nearest double.
 *
 * Up to 19 significant digits and powers of ten from -27 to 27, which is nearly every number in
 * nearly every file, are done in integers: m * 5^e has at most 127 bits and m / 5^-e needs only 64
 * bits of quotient and the fact whether a remainder is left. The rest goes to strtod as digits and
 * an exponent without a point, so that no locale can change its meaning.
 */
#include "io/number.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"

/* A double's halfway points have at most 767 digits: beyond 800 only "more is coming" matters. */
#define DIGITS 800
#define EXPONENT_LIMIT 5000

__extension__ typedef unsigned __int128 wide;

const double sy_number_powers[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static const uint64_t fives[28] = {UINT64_C(1),
                                   UINT64_C(5),
                                   UINT64_C(25),
                                   UINT64_C(125),
                                   UINT64_C(625),
                                   UINT64_C(3125),
                                   UINT64_C(15625),
                                   UINT64_C(78125),
                                   UINT64_C(390625),
                                   UINT64_C(1953125),
                                   UINT64_C(9765625),
                                   UINT64_C(48828125),
                                   UINT64_C(244140625),
                                   UINT64_C(1220703125),
                                   UINT64_C(6103515625),
                                   UINT64_C(30517578125),
                                   UINT64_C(152587890625),
                                   UINT64_C(762939453125),
                                   UINT64_C(3814697265625),
                                   UINT64_C(19073486328125),
                                   UINT64_C(95367431640625),
                                   UINT64_C(476837158203125),
                                   UINT64_C(2384185791015625),
                                   UINT64_C(11920928955078125),
                                   UINT64_C(59604644775390625),
                                   UINT64_C(298023223876953125),
                                   UINT64_C(1490116119384765625),
                                   UINT64_C(7450580596923828125)};

/* top (its highest bit set) * 2^exponent, and a little more where sticky, to nearest even. */
static double round_even(uint64_t top, int sticky, int exponent) {
  uint64_t mantissa = top >> 11, rest = top & 0x7ff, bits;
  double power;
  mantissa += rest > 0x400 || (rest == 0x400 && (sticky || (mantissa & 1)));
  bits = (uint64_t)(exponent + 11 + 1023) << 52;
  memcpy(&power, &bits, sizeof power);
  return (double)(int64_t)mantissa * power; /* exact: the power is 2^(exponent + 11) */
}

double sy_number_scale(uint64_t m, int e) {
  int shift;
  if (m == 0) return 0.0;
  shift = __builtin_clzll(m);
  m <<= shift;
  if (e >= 0) {
    wide product = (wide)m * fives[e];
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    int lead = high ? __builtin_clzll(high) : 64;
    if (lead == 64) return round_even(low, 0, e - shift);
    if (lead) high = high << lead | low >> (64 - lead);
    return round_even(high, (low << lead) != 0, e - shift + 64 - lead);
  } else {
    uint64_t five = fives[-e];
    int lead = __builtin_clzll(five), last;
    wide dividend = (wide)m << 63;
    uint64_t divisor = five << lead;
    uint64_t quotient = (uint64_t)(dividend / divisor);
    int sticky = quotient * divisor != (uint64_t)dividend;
    last = __builtin_clzll(quotient);
    return round_even(quotient << last, sticky, e - shift - 63 + lead - last);
  }
}

/* The digits of a number as they are read: the first 19 as an integer, the first 800 as text. */
typedef struct reading {
  uint64_t m;
  int count;        /* significant digits kept in text */
  int more;         /* a digit other than 0 was left out */
  int64_t exponent; /* of the last digit kept */
  char text[DIGITS + 32];
} reading;

static void take_digit(reading *r, char digit, int fraction) {
  if (r->count == 0 && digit == '0') {
    r->exponent -= fraction;
  } else if (r->count < DIGITS) {
    if (r->count < 19) r->m = r->m * 10 + (uint64_t)(digit - '0');
    r->text[1 + r->count++] = digit;
    r->exponent -= fraction;
  } else {
    r->more |= digit != '0';
    r->exponent += !fraction;
  }
}

/* The value of what was read: exactly by integers where that is possible, else by strtod. */
static double value_of(reading *r, int negative) {
  double x;
  if (r->count == 0) {
    x = 0.0;
  } else if (r->count <= 19 && r->exponent >= -27 && r->exponent <= 27) {
    x = sy_number_scale(r->m, (int)r->exponent);
  } else {
    int saved = errno;
    int64_t exponent = r->exponent;
    char *end = r->text + 1 + r->count;
    if (r->more) {
      *end++ = '1';
      exponent--;
    }
    if (exponent > EXPONENT_LIMIT) exponent = EXPONENT_LIMIT;
    if (exponent < -EXPONENT_LIMIT) exponent = -EXPONENT_LIMIT;
    snprintf(end, 16, "e%d", (int)exponent);
    x = strtod(r->text + 1, NULL);
    errno = saved;
  }
  return negative ? -x : x;
}

static int is_word(const char *text, size_t length, const char *word) {
  size_t i;
  for (i = 0; i < length && word[i]; i++) {
    if ((text[i] | 0x20) != word[i]) return 0;
  }
  return i == length && !word[i];
}

static sy_spelling parse_word(const char *text, size_t length, double *value) {
  size_t sign = length && (*text == '-' || *text == '+');
  const char *word = text + sign;
  size_t rest = length - sign;
  *value = (double)NAN;
  if (is_word(text, length, "na") || is_word(text, length, "null") || length == 0) {
    return SY_SPELLING_MISSING;
  }
  if (is_word(word, rest, "nan")) return SY_SPELLING_INFINITE;
  if (is_word(word, rest, "inf") || is_word(word, rest, "infinity")) {
    *value = *text == '-' ? -(double)INFINITY : (double)INFINITY;
    return SY_SPELLING_INFINITE;
  }
  return SY_SPELLING_TEXT;
}

/* [e [sign] digits] up to end; 0 where the text goes on otherwise. */
static int parse_exponent(const char *p, const char *end, int64_t *exponent) {
  int64_t power = 0;
  int below;
  if (p == end) return 1;
  if ((*p | 0x20) != 'e') return 0;
  p++;
  below = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+')) p++;
  if (p == end) return 0;
  for (; p < end && (unsigned)(*p - '0') < 10u; p++) {
    if (power < INT64_C(1000000000000)) power = power * 10 + (*p - '0');
  }
  *exponent += below ? -power : power;
  return p == end;
}

sy_spelling sy_number_parse(const char *text, size_t length, double *value) {
  const char *p = text, *end = text + length, *first;
  reading r;
  int negative, digits = 0;
  while (p < end && (*p == ' ' || *p == '\t')) p++;
  while (p < end && (end[-1] == ' ' || end[-1] == '\t')) end--;
  first = p;
  r.m = 0;
  r.count = r.more = 0;
  r.exponent = 0;
  negative = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+')) p++;
  for (; p < end && (unsigned)(*p - '0') < 10u; p++, digits = 1) take_digit(&r, *p, 0);
  if (p < end && *p == '.') {
    for (p++; p < end && (unsigned)(*p - '0') < 10u; p++, digits = 1) take_digit(&r, *p, 1);
  }
  if (!digits || !parse_exponent(p, end, &r.exponent)) {
    return parse_word(first, (size_t)(end - first), value);
  }
  *value = value_of(&r, negative);
  return isinf(*value) ? SY_SPELLING_INFINITE : SY_SPELLING_NUMBER;
}
