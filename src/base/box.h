// SPDX-License-Identifier: MIT
// Errors and boxed values from the inside: what status.h and value.h keep opaque.
#ifndef ASYNCIO__BASE_BOX_H
#define ASYNCIO__BASE_BOX_H

#include <stdarg.h>

#include "asyncio/value.h"

struct asyncio_error {
  unsigned references;
  asyncio_status status;
  asyncio_error *context;  // what was being handled when this was raised; owned
  asyncio_value cause;       // the JavaScript value behind it; none without one
  asyncio_value exceptions;  // of an ASYNCIO_EXCEPTION_GROUP the list of its errors; else none
  char words[];            // zero-terminated
};

// An error with printf's words, holding a reference to [context]. NULL when memory is out: the status alone then
// speaks.
asyncio_error *asyncio__error_new(asyncio_status status, asyncio_error *context, const char *format, va_list arguments);
asyncio_error *asyncio__error_ref(asyncio_error *error);  // NULL is fine in both
void asyncio__error_unref(asyncio_error *error);

// The general words of a status.
const char *asyncio__status_words(asyncio_status status);

// A value that holds a reference more to [error], for a list of outcomes; MemoryError leaves it none.
asyncio_status asyncio__value_of_error(asyncio_value *value, asyncio_error *error, asyncio_status status);

// Makes [value] text or bytes of [size] for the caller to fill; what asyncio_value_bytes points at is writable until
// then.
asyncio_status asyncio__value_reserve(asyncio_value *value, asyncio_kind kind, size_t size);

// A list's items where they are, for as long as the list; NULL for another kind.
asyncio_value *asyncio__value_items(asyncio_value list);

// A value that refers to JavaScript's value [handle] and calls [release] with it in the end. On MemoryError it is
// called at once.
asyncio_status asyncio__value_of_js(asyncio_value *value, unsigned handle, void (*release)(unsigned handle));
unsigned asyncio__value_js(asyncio_value value);  // 0 when it is of another kind

#endif
