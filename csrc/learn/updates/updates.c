/*
 * updates.c - one instruction set's inner loops of optimizers. Compiled once for each set, with
 * SY_SET naming it.
 */
#include "learn/updates/updates.h"

#include <math.h>

#define GLUE_(a, b) a##b
#define GLUE(a, b) GLUE_(a, b)
#define STRING_(x) #x
#define STRING(x) STRING_(x)

#define REAL float
#define ROOT sqrtf
#define F(name) name##_f32
#include "learn/updates/update.inc"
#undef REAL
#undef ROOT
#undef F

#define REAL double
#define ROOT sqrt
#define F(name) name##_f64
#include "learn/updates/update.inc"
#undef REAL
#undef ROOT
#undef F

const sy_updates GLUE(sy_updates_, SY_SET) = {
    STRING(SY_SET),
    {squares_f32, plain_f32, momentum_f32, adagrad_f32, adam_f32},
    {squares_f64, plain_f64, momentum_f64, adagrad_f64, adam_f64},
};
