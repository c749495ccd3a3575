// SPDX-License-Identifier: MIT
// Values and their boxes. A box is one allocation: a count, then the payload of its kind. Copying a value shares its
// box, so that a future, a gathered list and an awaiting coroutine can hold the same text without three copies.
// Invariant: value.boxed tells whether the box member is active; only boxes are counted.
#include "asyncio/value.h"

#include <math.h>
#include <string.h>

#include "alloc.h"
#include "barrier.h"
#include "box.h"

struct asyncio__box {
  unsigned references;
  unsigned js;                      // ASYNCIO_JS: the handle; ASYNCIO_ERROR: the status
  void (*release)(unsigned handle);  // ASYNCIO_JS
  void *pointer;                    // ASYNCIO_POINTER; ASYNCIO_ERROR: the error
  void (*destroy)(void *pointer);   // ASYNCIO_POINTER
  size_t size;                      // bytes of text or bytes, items of a list
  union {
    char bytes[1];
    asyncio_value items[1];
  } payload;
};

asyncio_value asyncio_none(void) { return (asyncio_value){.kind = ASYNCIO_NONE}; }

asyncio_value asyncio_bool(bool boolean) {
  return (asyncio_value){.kind = ASYNCIO_BOOL, .asyncio__as.boolean = boolean};
}

asyncio_value asyncio_int(int64_t integer) {
  return (asyncio_value){.kind = ASYNCIO_INT64, .asyncio__as.integer = integer};
}

asyncio_value asyncio_double(double number) {
  return (asyncio_value){.kind = ASYNCIO_DOUBLE, .asyncio__as.number = number};
}

asyncio_value asyncio_pointer(void *pointer) {
  return (asyncio_value){.kind = ASYNCIO_POINTER, .asyncio__as.pointer = pointer};
}

// What is to become of [value] is not known yet.
static asyncio_status begin(asyncio_value *value) {
  if (!value) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [value] to be a pointer, got NULL");
  *value = asyncio_none();
  return ASYNCIO_OK;
}

static asyncio_status box_new(asyncio_value *value, asyncio_kind kind, size_t payload) {
  ASYNCIO_TRY(begin(value));
  bool possible = payload <= PTRDIFF_MAX - sizeof(asyncio__box);
  asyncio__box *box = possible ? asyncio__alloc(sizeof *box + payload) : NULL;
  if (!box) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a value of %zu bytes", payload);
  *box = (asyncio__box){.references = 1};
  *value = (asyncio_value){.kind = kind, .boxed = true, .asyncio__as.box = box};
  return ASYNCIO_OK;
}

asyncio_status asyncio__value_reserve(asyncio_value *value, asyncio_kind kind, size_t size) {
  ASYNCIO_TRY(box_new(value, kind, size));
  asyncio__box *box = value->asyncio__as.box;
  box->size = size;
  box->payload.bytes[size] = '\0';  // the union's own first byte leaves room for it
  return ASYNCIO_OK;
}

static asyncio_status copy_bytes(asyncio_value *value, asyncio_kind kind, const void *bytes, size_t size) {
  ASYNCIO_TRY(asyncio__value_reserve(value, kind, size));
  if (size) memcpy(value->asyncio__as.box->payload.bytes, bytes, size);
  return ASYNCIO_OK;
}

asyncio_status asyncio_text(asyncio_value *value, const char *text) {
  if (text) return copy_bytes(value, ASYNCIO_TEXT, text, strlen(text));
  ASYNCIO_TRY(begin(value));
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [text] to be a string, got NULL");
}

asyncio_status asyncio_bytes(asyncio_value *value, const void *bytes, size_t size) {
  if (bytes || size == 0) return copy_bytes(value, ASYNCIO_BYTES, bytes, size);
  ASYNCIO_TRY(begin(value));
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [bytes] to point at %zu bytes, got NULL", size);
}

ASYNCIO__OUTLINED asyncio_status asyncio_owned_pointer(asyncio_value *value, void *pointer, void (*destroy)(void *)) {
  ASYNCIO__NEVER_SUSPENDS(asyncio_owned_pointer);
  asyncio_status status = box_new(value, ASYNCIO_POINTER, 0);
  if (status) {
    if (destroy) destroy(pointer);
    return status;
  }
  value->asyncio__as.box->pointer = pointer;
  value->asyncio__as.box->destroy = destroy;
  return ASYNCIO_OK;
}

asyncio_status asyncio_list(asyncio_value *value, size_t count) {
  ASYNCIO_TRY(begin(value));
  if (count > PTRDIFF_MAX / sizeof(asyncio_value))
    return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a list of %zu values", count);
  ASYNCIO_TRY(box_new(value, ASYNCIO_LIST, count * sizeof(asyncio_value)));
  asyncio__box *box = value->asyncio__as.box;
  box->size = count;
  for (size_t i = 0; i < count; i++) box->payload.items[i] = asyncio_none();
  return ASYNCIO_OK;
}

void asyncio_list_set(asyncio_value list, size_t index, asyncio_value item) {
  if (index >= asyncio_value_count(list)) {
    asyncio_value_clear(&item);
    return;
  }
  asyncio_value *slot = &list.asyncio__as.box->payload.items[index];
  asyncio_value_clear(slot);
  *slot = item;
}

asyncio_status asyncio__value_of_error(asyncio_value *value, asyncio_error *error, asyncio_status status) {
  ASYNCIO_TRY(box_new(value, ASYNCIO_ERROR, 0));
  value->asyncio__as.box->pointer = asyncio__error_ref(error);
  value->asyncio__as.box->js = (unsigned)status;
  return ASYNCIO_OK;
}

ASYNCIO__OUTLINED asyncio_status asyncio__value_of_js(asyncio_value *value, unsigned handle,
                                                      void (*release)(unsigned)) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__value_of_js);
  asyncio_status status = box_new(value, ASYNCIO_JS, 0);
  if (status) {
    release(handle);
    return status;
  }
  value->asyncio__as.box->js = handle;
  value->asyncio__as.box->release = release;
  return ASYNCIO_OK;
}

unsigned asyncio__value_js(asyncio_value value) { return value.kind == ASYNCIO_JS ? value.asyncio__as.box->js : 0; }

asyncio_value asyncio_value_ref(asyncio_value value) {
  if (value.boxed) value.asyncio__as.box->references++;
  return value;
}

static void call_destructor(const asyncio__box *box) {
  void *parkable = asyncio__coro_parkable;
  asyncio__coro_parkable = NULL;
  box->destroy(box->pointer);
  asyncio__coro_parkable = parkable;
}

ASYNCIO__OUTLINED static void box_free(asyncio_kind kind, asyncio__box *box) {
  ASYNCIO__NEVER_SUSPENDS(box_free);
  if (kind == ASYNCIO_POINTER && box->destroy) call_destructor(box);
  if (kind == ASYNCIO_ERROR) asyncio__error_unref(box->pointer);
  if (kind == ASYNCIO_JS) box->release(box->js);
  for (size_t i = 0; kind == ASYNCIO_LIST && i < box->size; i++) asyncio_value_clear(&box->payload.items[i]);
  asyncio__free(box);
}

void asyncio_value_clear(asyncio_value *value) {
  if (!value) return;
  asyncio_value held = *value;
  *value = asyncio_none();
  if (held.boxed && --held.asyncio__as.box->references == 0) box_free(held.kind, held.asyncio__as.box);
}

bool asyncio_value_bool(asyncio_value value) { return value.kind == ASYNCIO_BOOL && value.asyncio__as.boolean; }

int64_t asyncio_value_int(asyncio_value value) {
  if (value.kind == ASYNCIO_INT64) return value.asyncio__as.integer;
  double number = value.kind == ASYNCIO_DOUBLE ? value.asyncio__as.number : 0;
  bool whole = number >= -0x1p63 && number < 0x1p63 && number == floor(number);
  return whole ? (int64_t)number : 0;
}

double asyncio_value_double(asyncio_value value) {
  if (value.kind == ASYNCIO_DOUBLE) return value.asyncio__as.number;
  return value.kind == ASYNCIO_INT64 ? (double)value.asyncio__as.integer : NAN;
}

void *asyncio_value_pointer(asyncio_value value) {
  if (value.kind != ASYNCIO_POINTER) return NULL;
  return value.boxed ? value.asyncio__as.box->pointer : value.asyncio__as.pointer;
}

const char *asyncio_value_text(asyncio_value value) {
  return value.kind == ASYNCIO_TEXT ? value.asyncio__as.box->payload.bytes : NULL;
}

const void *asyncio_value_bytes(asyncio_value value, size_t *size) {
  bool readable = value.kind == ASYNCIO_BYTES || value.kind == ASYNCIO_TEXT;
  if (size) *size = readable ? value.asyncio__as.box->size : 0;
  return readable ? value.asyncio__as.box->payload.bytes : NULL;
}

const asyncio_error *asyncio_value_error(asyncio_value value) {
  return value.kind == ASYNCIO_ERROR ? value.asyncio__as.box->pointer : NULL;
}

asyncio_status asyncio_value_status(asyncio_value value) {
  return value.kind == ASYNCIO_ERROR ? (asyncio_status)value.asyncio__as.box->js : ASYNCIO_OK;
}

const char *asyncio_value_message(asyncio_value value) {
  const asyncio_error *error = asyncio_value_error(value);
  return error ? asyncio_error_words(error) : asyncio__status_words(asyncio_value_status(value));
}

size_t asyncio_value_count(asyncio_value value) {
  return value.kind == ASYNCIO_LIST ? value.asyncio__as.box->size : 0;
}

asyncio_value asyncio_value_at(asyncio_value value, size_t index) {
  return index < asyncio_value_count(value) ? value.asyncio__as.box->payload.items[index] : asyncio_none();
}

asyncio_value *asyncio__value_items(asyncio_value list) {
  return list.kind == ASYNCIO_LIST ? list.asyncio__as.box->payload.items : NULL;
}
