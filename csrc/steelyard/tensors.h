/*
 * steelyard/tensors.h - named arrays in one file that PyTorch and NumPy read, too. Part of
 * steelyard.h.
 *
 * The format is safetensors (https://github.com/huggingface/safetensors): the header's length (8
 * bytes, little-endian), a JSON header, the numbers. Nothing in a file is run, and nothing is
 * allocated for what the file does not hold.
 */
#include "steelyard.h" /* which includes this file, so that its parts stand in order */

#ifndef STEELYARD_TENSORS_H
#define STEELYARD_TENSORS_H

#ifdef __cplusplus
extern "C" {
#endif

/* A header may have so many bytes; more is SY_E_LIMIT when written, SY_E_FORMAT when read. */
#define SY_TENSORS_HEADER ((size_t)100000000)

/* A named array. One without dimensions in a file (a number) is read as one of 1 number. */
typedef struct sy_tensor {
  const char *name; /* UTF-8, not empty, not "__metadata__" */
  sy_dtype dtype;
  int dimensions;   /* 1 or 2 */
  size_t shape[2];  /* shape[1] is 1 for one dimension */
  size_t stride[2]; /* elements between neighbours in each dimension */
  const void *data; /* NULL in a file that is open */
} sy_tensor;

/* What else a file says, by keys. Both are UTF-8. */
typedef struct sy_tensor_note {
  const char *key, *text;
} sy_tensor_note;

/*
 * Write a file atomically, as sy_value_model_save does. Any order of tensors and notes gives the
 * same bytes: the header goes by names, byte by byte; the numbers do too, but those of 8 bytes come
 * first, so that all are aligned. Every bit of a number is kept, NaN's too.
 * SY_E_ARGUMENT: a name, key or text as above; one that is there twice.
 */
SY_API sy_status sy_tensors_save(const sy_tensor *tensors, size_t count,
                                 const sy_tensor_note *notes, size_t note_count, const char *path,
                                 const sy_memory *memory, sy_error *error);

/* A file whose header was read and checked. */
typedef struct sy_tensors sy_tensors;

/*
 * Open a file and check all of its header: SY_E_FORMAT, with the tensor's name, for types other
 * than F32, F64, I32 and I64, more than two dimensions, data that do not fit shapes, overlap, have
 * holes between them or do not end with the file, and for names that are there twice.
 */
SY_API sy_status sy_tensors_open(const char *path, const sy_memory *memory, sy_tensors **file,
                                 sy_error *error);
/* Tensors and notes by ascending name and key; what is given belongs to the file. */
SY_API size_t sy_tensors_count(const sy_tensors *file);
SY_API sy_tensor sy_tensors_get(const sy_tensors *file, size_t index);
SY_API size_t sy_tensors_note_count(const sy_tensors *file);
SY_API sy_tensor_note sy_tensors_note(const sy_tensors *file, size_t index);
/* The numbers of a tensor, row by row, into room for all of them. */
SY_API sy_status sy_tensors_read(const sy_tensors *file, size_t index, void *destination,
                                 sy_error *error);
SY_API void sy_tensors_close(sy_tensors *file); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif /* STEELYARD_TENSORS_H */
