// SPDX-License-Identifier: MIT
// Values, words and errors as they cross. What JavaScript made stays JavaScript's: only a handle goes through C, so
// that the very same object comes out again.
#include "api.h"

#include <stdarg.h>

#include "../core/runtime.h"

static asyncio_status fetch_bytes(asyncio_value *value, asyncio_kind kind, size_t size) {
  ASYNCIO_TRY(asyncio__value_reserve(value, kind, size));
  asyncio_host_fill((void *)(uintptr_t)asyncio_value_bytes(*value, NULL));
  return ASYNCIO_OK;
}

asyncio_status asyncio__js_text(asyncio_value *value, unsigned size) { return fetch_bytes(value, ASYNCIO_TEXT, size); }

asyncio_status asyncio__js_text_or_none(asyncio_value *text, unsigned size) {
  *text = asyncio_none();
  return size == (unsigned)ASYNCIO__NO_TEXT ? ASYNCIO_OK : asyncio__js_text(text, size);
}

static int64_t from_halves(double high, unsigned low) { return (int64_t)high * 0x100000000 + low; }

asyncio_status asyncio__js_value(asyncio_value *value, int kind, double number, unsigned size) {
  *value = asyncio_none();
  if (kind == ASYNCIO_BOOL) *value = asyncio_bool(number != 0);
  if (kind == ASYNCIO_DOUBLE) *value = asyncio_double(number);
  if (kind == ASYNCIO_INT64) *value = asyncio_int(from_halves(number, size));
  if (kind == ASYNCIO_TEXT || kind == ASYNCIO_BYTES) return fetch_bytes(value, (asyncio_kind)kind, size);
  if (kind == ASYNCIO_JS) return asyncio__value_of_js(value, size, asyncio_host_release);
  return ASYNCIO_OK;
}

static asyncio_error *error_of(asyncio_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  asyncio_error *error = asyncio__error_new(status, NULL, format, arguments);
  va_end(arguments);
  return error;
}

asyncio_error *asyncio__js_error(asyncio_status status, unsigned size, asyncio_js thrown) {
  asyncio_value words = asyncio_none();
  asyncio_error *error = asyncio__js_text(&words, size) ? NULL : error_of(status, "%s", asyncio_value_text(words));
  asyncio_value_clear(&words);
  if (error && thrown)
    (void)asyncio__value_of_js(&error->cause, thrown, asyncio_host_release);
  else if (thrown)
    asyncio_host_release(thrown);
  return error;
}

// ---- The other way: what JavaScript needs beyond the public functions to read values and errors.

unsigned asyncio__js_count(const asyncio_value *list) { return asyncio_value_count(*list); }

const asyncio_value *asyncio__js_items(const asyncio_value *list) {
  return asyncio__value_items(*list);
}

asyncio_js asyncio__js_handle(const asyncio_value *value) { return asyncio__value_js(*value); }

const asyncio_error *asyncio__js_item_error(const asyncio_value *value) {
  return asyncio_value_error(*value);
}

asyncio_status asyncio__js_item_status(const asyncio_value *value) {
  return asyncio_value_status(*value);
}

const asyncio_value *asyncio__js_exceptions(const asyncio_error *error) { return &error->exceptions; }

const char *asyncio__js_words(const asyncio_error *error, asyncio_status status) {
  if (error) return error->words;
  return status == ASYNCIO_CANCELLED_ERROR ? "" : asyncio__status_words(status);
}

// [thrown] is what JavaScript knows this error as from now on.
void asyncio__js_keep(asyncio_error *error, asyncio_js thrown) {
  asyncio_value_clear(&error->cause);
  (void)asyncio__value_of_js(&error->cause, thrown, asyncio_host_release);
}

// Records what JavaScript threw, in the task or callback that it is about.
asyncio_status asyncio__js_raise(asyncio_status status, unsigned size, asyncio_js thrown) {
  asyncio__errors_push(asyncio__errors_here(), status, asyncio__js_error(status, size, thrown));
  return status;
}
