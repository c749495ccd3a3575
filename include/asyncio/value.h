// SPDX-License-Identifier: MIT
// Values: what a coroutine returns and a future holds.
//
// A value is 16 bytes, passed and copied as a struct. Numbers and plain pointers live in it; text, bytes, lists,
// errors, JavaScript values and pointers with a destructor live in a counted box that it refers to. Who owns a value
// calls asyncio_value_clear() on it once; for a value without a box that does nothing. Nothing here suspends.
#ifndef ASYNCIO_VALUE_H
#define ASYNCIO_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum asyncio_kind {
  ASYNCIO_NONE,
  ASYNCIO_BOOL,
  ASYNCIO_INT64,
  ASYNCIO_DOUBLE,
  ASYNCIO_POINTER,
  ASYNCIO_TEXT,
  ASYNCIO_BYTES,
  ASYNCIO_LIST,
  ASYNCIO_ERROR,  // in the list of a gather that returns exceptions
  ASYNCIO_JS
} asyncio_kind;

typedef struct asyncio__box asyncio__box;

typedef struct asyncio_value {
  asyncio_kind kind;
  unsigned boxed;  // 1: asyncio__as.box is the active member; as wide as [kind], so that both are written as one word
  union {
    bool boolean;
    int64_t integer;
    double number;
    void *pointer;
    asyncio__box *box;
  } asyncio__as;
} asyncio_value;

// Values that need no memory.
asyncio_value asyncio_none(void);
asyncio_value asyncio_bool(bool boolean);
asyncio_value asyncio_int(int64_t integer);
asyncio_value asyncio_double(double number);
asyncio_value asyncio_pointer(void *pointer);

// Makes [value] own a copy of zero-terminated [text] / of [size] bytes at [bytes]. What [value] held before is not
// looked at; a failure leaves it none. MemoryError, TypeError when [value], [text] or [bytes] is NULL.
asyncio_status asyncio_text(asyncio_value *value, const char *text);
asyncio_status asyncio_bytes(asyncio_value *value, const void *bytes, size_t size);

// Makes [value] own [pointer]: [destroy] is called with it when the last reference goes; after a failure, MemoryError
// or TypeError for a [value] of NULL, at once.
asyncio_status asyncio_owned_pointer(asyncio_value *value, void *pointer, void (*destroy)(void *pointer));

// Makes [value] a list of [count] values, all none. Failures are those of asyncio_text.
asyncio_status asyncio_list(asyncio_value *value, size_t count);

// Makes [item], which is taken over, the item of the list at [index], and clears the former one; past the end, or in
// what is no list, [item] itself is cleared.
void asyncio_list_set(asyncio_value list, size_t index, asyncio_value item);

// A second reference to what [value] holds; each is cleared by its owner.
asyncio_value asyncio_value_ref(asyncio_value value);

// Gives up [value]'s reference and makes it none; NULL is fine.
void asyncio_value_clear(asyncio_value *value);

// Readers. Each answers a zero (false, 0, NaN, NULL) when [value] is of another kind: look at value.kind where that
// matters. asyncio_value_int also reads a double that is a whole number, asyncio_value_double also an int64. What they
// point to is borrowed from [value].
bool asyncio_value_bool(asyncio_value value);
int64_t asyncio_value_int(asyncio_value value);
double asyncio_value_double(asyncio_value value);
void *asyncio_value_pointer(asyncio_value value);
const char *asyncio_value_text(asyncio_value value);
const void *asyncio_value_bytes(asyncio_value value, size_t *size);
const asyncio_error *asyncio_value_error(asyncio_value value);  // may be NULL: the status alone then speaks
const char *asyncio_value_message(asyncio_value value);         // the words of an ASYNCIO_ERROR; never NULL
asyncio_status asyncio_value_status(asyncio_value value);       // of an ASYNCIO_ERROR; 0 for every other kind

// The errors in an ASYNCIO_EXCEPTION_GROUP, such as a task group's: a list of values of kind ASYNCIO_ERROR. None for
// another error, and for one without words. Borrowed from [error].
asyncio_value asyncio_error_exceptions(const asyncio_error *error);

// A list's length and its items; an index past the end gives none. The item is borrowed from the list.
size_t asyncio_value_count(asyncio_value value);
asyncio_value asyncio_value_at(asyncio_value value, size_t index);

#ifdef __cplusplus
}
#endif
#endif
