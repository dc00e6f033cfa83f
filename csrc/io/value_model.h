/*
 * value_model.h - what the files of a value model need to know of it beyond steelyard.h.
 */
#ifndef SY_IO_VALUE_MODEL_H
#define SY_IO_VALUE_MODEL_H

#include "base/base.h"

/* The allocator that the model was made with. */
sy_memory sy_value_model_memory(const sy_value_model *model);

#endif
