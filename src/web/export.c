// SPDX-License-Identifier: MIT
// Exports: C's coroutine functions as JavaScript calls them. Each ASYNCIO_EXPORT links its record into a list before
// main, and by that pulls this file, and with it all that a loaded program needs, out of the archive: a program without
// exports has none of it. JavaScript checks the arguments and writes them to where the body reads them; the result is
// checked here, once, so that a task, a gather and a callback all see the same. Invariant: values among the arguments
// are cleared once, by the release of their coroutine.
#include "asyncio/export.h"

#include <stdio.h>
#include <string.h>

#include "../core/await.h"
#include "../core/loop.h"
#include "api.h"
#include "asyncio/generator.h"
#include "export.h"

// From the loader: a handle of a bigint.
asyncio_js asyncio_host_bigint(double high, unsigned low);

// What api.c and js_coroutine.c call is here, so that only such programs have it: the loader's owner is who loaded this
// one.
EM_JS(uintptr_t, asyncio_host_step,
      (asyncio_js handle, asyncio_status sent, const asyncio_value *value, asyncio__frame *frame),
      { return asyncio.owner.step(handle >>> 0, sent, value, frame); });
EM_JS(asyncio_status, asyncio_host_call, (asyncio_js callback), { return asyncio.owner.call(callback >>> 0); });
EM_JS(bool, asyncio_host_settled,
      (asyncio_js half, asyncio_status status, int flags, const void *value, const void *error, unsigned number,
       unsigned cancels),
      { return asyncio.owner.settled(half >>> 0, status, flags, value, error, number, cancels); });
EM_JS(void, asyncio_host_exception,
      (void *loop, const void *context, void *future, const char *message, asyncio_status status, const void *error),
      { asyncio.owner.exception(loop, future, message, status, error); });

static asyncio__export *first, **last = &first;

static void release(const asyncio__owner *owner, void *arguments) {
  const asyncio__export *self = (const asyncio__export *)(const void *)owner;
  for (size_t i = 0; i < self->count; i++)
    if (self->parameters[i].type == ASYNCIO__VALUE)
      asyncio_value_clear((asyncio_value *)(void *)((char *)arguments + self->parameters[i].offset));
}

static bool has_values(const asyncio__export *self) {
  for (size_t i = 0; i < self->count; i++)
    if (self->parameters[i].type == ASYNCIO__VALUE) return true;
  return false;
}

void asyncio__export_add(asyncio__export *self) {
  if (has_values(self)) self->owner.release = release;
  *last = self;
  last = &self->next;
}

// A coroutine object for a call, with room for [bytes] behind the struct of arguments. NULL with the error raised.
static asyncio_future *call(const asyncio__export *self, size_t bytes) {
  const asyncio__owner *owner = self->owner.release ? &self->owner : NULL;
  asyncio_future *coroutine = asyncio__stackful_coroutine(self->name, self->body, self->size + bytes, owner);
  if (coroutine && owner) memset(asyncio__stackful_arguments(coroutine), 0, self->size);
  return coroutine;
}

// Reading what only C makes.
static const void *bytes_of(const asyncio_value *value) { return asyncio_value_bytes(*value, NULL); }

static size_t size_of(const asyncio_value *value) {
  size_t size;
  asyncio_value_bytes(*value, &size);
  return size;
}

static void *pointer_of(const asyncio_value *value) { return asyncio_value_pointer(*value); }

static bool has_asyncgens(const asyncio_loop *loop) { return !asyncio__list_empty(&loop->generators); }

#define FUNCTIONS(_) \
  _(call_export, call) _(arguments, asyncio__stackful_arguments) \
  _(shutdown_asyncgens, asyncio_loop_shutdown_asyncgens) _(has_asyncgens, has_asyncgens) _(value, asyncio__js_value) \
  _(bytes, bytes_of) _(size, size_of) _(pointer, pointer_of) _(error_name, asyncio_error_name)

static const asyncio__functions functions = ASYNCIO__TABLE(FUNCTIONS);

// What the loader asks a program for.
typedef struct exported {
  const asyncio__functions *tables[7];
  const asyncio__export *first;
} exported;

EMSCRIPTEN_KEEPALIVE const exported *asyncio__exported(void) {
  static exported program;
  program = (exported){{asyncio__js_functions(), asyncio__js_context_functions(), asyncio__js_combinator_functions(),
                        asyncio__js_object_functions(), asyncio__js_inspection_functions(),
                        asyncio__js_generator_functions(), &functions},
                       first};
  return &program;
}

// ---- Results

static const struct {
  int64_t least, most;
} ranges[] = {
    [ASYNCIO__INT8] = {INT8_MIN, INT8_MAX},    [ASYNCIO__UINT8] = {0, UINT8_MAX},
    [ASYNCIO__INT16] = {INT16_MIN, INT16_MAX}, [ASYNCIO__UINT16] = {0, UINT16_MAX},
    [ASYNCIO__INT32] = {INT32_MIN, INT32_MAX}, [ASYNCIO__UINT32] = {0, UINT32_MAX},
    [ASYNCIO__INT64] = {INT64_MIN, INT64_MAX}, [ASYNCIO__UINT64] = {INT64_MIN, INT64_MAX},
};

// A promise's number is a double, whole or not.
static bool is_whole(asyncio_value value) {
  return value.kind == ASYNCIO_INT64 ||
         (value.kind == ASYNCIO_DOUBLE && (double)asyncio_value_int(value) == asyncio_value_double(value));
}

// Above 2^63 the bits of a uint64_t are those of a negative int64_t.
static asyncio_status to_bigint(asyncio_value *result, int64_t integer, asyncio__type type) {
  *result = asyncio_int(integer);
  if (type != ASYNCIO__UINT64 || integer >= 0) return ASYNCIO_OK;
  uint64_t bits = (uint64_t)integer;
  return asyncio__value_of_js(result, asyncio_host_bigint((double)(bits >> 32), (unsigned)bits), asyncio_host_release);
}

static bool fits(asyncio_value value, asyncio__type type) {
  static const asyncio_kind kinds[] = {
      [ASYNCIO__VOID] = ASYNCIO_NONE,
      [ASYNCIO__BOOL] = ASYNCIO_BOOL,
      [ASYNCIO__TEXT] = ASYNCIO_TEXT,
      [ASYNCIO__BUFFER] = ASYNCIO_BYTES,
  };
  if (type == ASYNCIO__VALUE) return true;
  if (type == ASYNCIO__FLOAT || type == ASYNCIO__DOUBLE)
    return value.kind == ASYNCIO_DOUBLE || value.kind == ASYNCIO_INT64;
  if (type < ASYNCIO__INT8 || type > ASYNCIO__UINT64) return value.kind == kinds[type];
  int64_t integer = asyncio_value_int(value);
  return is_whole(value) && integer >= ranges[type].least && integer <= ranges[type].most;
}

// Makes a value that fits what JavaScript reads: a number of the smaller integers, a bigint of the larger.
static asyncio_status convert(asyncio_value *result, asyncio__type type) {
  if (type == ASYNCIO__INT64 || type == ASYNCIO__UINT64) return to_bigint(result, asyncio_value_int(*result), type);
  if (type >= ASYNCIO__INT8 && type <= ASYNCIO__DOUBLE) *result = asyncio_double(asyncio_value_double(*result));
  return ASYNCIO_OK;
}

static const char *const names[] = {"nothing", "a bool", "an integer", "a double", "a pointer",
                                    "text",    "bytes",  "a list",     "an error", "a JavaScript value"};

static asyncio_status refuse(asyncio_value *result, const char *words, const char *name) {
  asyncio_value value = *result;
  char number[32] = "";
  if (value.kind == ASYNCIO_INT64) snprintf(number, sizeof number, ", %lld", (long long)asyncio_value_int(value));
  if (value.kind == ASYNCIO_DOUBLE) snprintf(number, sizeof number, ", %g", asyncio_value_double(value));
  asyncio_status status =
      asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Expected the result of %s() to be of type %s, got %s%s", name, words,
                    names[value.kind], number);
  asyncio_value_clear(result);
  return status;
}

asyncio_status asyncio__export_result(asyncio_status status, asyncio_value *result, asyncio__type type,
                                      const char *words, const char *name) {
  if (status) return status;
  return fits(*result, type) ? convert(result, type) : refuse(result, words, name);
}
