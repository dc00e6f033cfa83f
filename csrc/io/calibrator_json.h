/*
 * calibrator_json.h - calibrators as JSON: inside value models and in files of their own. What each
 * key means stands in steelyard/calibrators.h.
 */
#ifndef SY_IO_CALIBRATOR_JSON_H
#define SY_IO_CALIBRATOR_JSON_H

#include "io/json.h"

/*
 * The calibrator that the item at a place of a checked tree describes (sy_calibrator_destroy). name
 * stands for the file in messages, which name the JSON path.
 */
sy_status sy_calibrator_read(const sy_json_step *at, const char *name, const sy_memory *memory,
                             sy_calibrator **calibrator, sy_error *error);

/*
 * A calibrator as a JSON object: on one line (depth -1), or over several, of which the last is
 * indented `depth` times. Reading gives back every bit; equal calibrators give equal bytes.
 * SY_E_ARGUMENT where what is told of the fit is no JSON object.
 */
sy_status sy_calibrator_write(const sy_calibrator *calibrator, int depth, sy_buffer *out,
                              sy_error *error);

/* The same with "format" and "version", as the text of a file. */
sy_status sy_calibrator_write_file(const sy_calibrator *calibrator, sy_buffer *out,
                                   sy_error *error);

/* Write a text to a file, whole or not at all; a buffer that failed is SY_E_MEMORY. */
sy_status sy_buffer_save(const sy_buffer *text, const char *path, sy_error *error);

/* A calibrator in a block of its own, for sy_calibrator_destroy. */
sy_status sy_calibrator_make(const sy_calibrator_parts *parts, const sy_memory *memory,
                             sy_calibrator **calibrator, sy_error *error);

#endif
