// SPDX-License-Identifier: MIT
// A program that is loaded: exports of each type, and some that wait, fail and clean up.
#include <asyncio.h>
#include <emscripten.h>
#include <malloc.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define ECHO(name, type, value_of) \
  ASYNCIO_EXPORT(type, name, (type, value)) { \
    ASYNCIO_TRY(asyncio_sleep(0)); \
    *result = value_of; \
    return ASYNCIO_OK; \
  }

ECHO(echo_bool, bool, asyncio_bool(value))
ECHO(echo_char, char, asyncio_int(value))
ECHO(echo_int8, int8_t, asyncio_int(value))
ECHO(echo_uint8, uint8_t, asyncio_int(value))
ECHO(echo_int16, int16_t, asyncio_int(value))
ECHO(echo_uint16, uint16_t, asyncio_int(value))
ECHO(echo_int, int, asyncio_int(value))
ECHO(echo_unsigned, unsigned, asyncio_int(value))
ECHO(echo_long, long, asyncio_int(value))
ECHO(echo_size, size_t, asyncio_int(value))
ECHO(echo_int64, int64_t, asyncio_int(value))
ECHO(echo_uint64, uint64_t, asyncio_int((int64_t)value))
ECHO(echo_float, float, asyncio_double((double)value))
ECHO(echo_double, double, asyncio_double(value))
ECHO(echo_value, asyncio_value, asyncio_value_ref(value))

ASYNCIO_EXPORT(const char *, echo_text, (const char *, value)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  return asyncio_text(result, value);
}

ASYNCIO_EXPORT(asyncio_buffer, echo_bytes, (asyncio_buffer, value)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  if ((uintptr_t)value.data % _Alignof(max_align_t) || ((const char *)value.data)[value.size])
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "the bytes do not lie as promised");
  return asyncio_bytes(result, value.data, value.size);
}

ASYNCIO_EXPORT(int, kind_of, (asyncio_value, value)) {
  *result = asyncio_int(value.kind);
  return ASYNCIO_OK;
}

// Every alignment next to another.
ASYNCIO_EXPORT(const char *, mixed, (bool, a), (double, b), (uint8_t, c), (int64_t, d), (const char *, e), (short, f),
               (asyncio_buffer, g), (const char *, h)) {
  char text[200];
  ASYNCIO_TRY(asyncio_sleep(0));
  const char *bytes = g.data;
  snprintf(text, sizeof text, "%d %g %d %lld %s %d %.*s %s", a, b, c, (long long)d, e, f, (int)g.size, bytes, h);
  return asyncio_text(result, text);
}

ASYNCIO_EXPORT(void, nothing) { return ASYNCIO_OK; }

ASYNCIO_EXPORT(int, returns_at_once, (int, number)) {
  *result = asyncio_int(number);
  return ASYNCIO_OK;
}

// ---- Waiting and being cancelled

static int running, cancelled;

ASYNCIO_EXPORT(const char *, rest, (double, seconds), (const char *, name)) {
  running++;
  asyncio_status status = asyncio_sleep(seconds);
  running--;
  if (status == ASYNCIO_CANCELLED_ERROR) cancelled++;
  return status ? status : asyncio_text(result, name);
}

ASYNCIO_EXPORT(double, spin, (double, steps)) {
  double done = 0;
  for (; done < steps; done++) ASYNCIO_TRY(asyncio_sleep(0));
  *result = asyncio_double(done);
  return ASYNCIO_OK;
}

ASYNCIO_EXPORT(int, running_now) {
  *result = asyncio_int(running);
  return ASYNCIO_OK;
}

ASYNCIO_EXPORT(int, cancelled_so_far) {
  *result = asyncio_int(cancelled);
  return ASYNCIO_OK;
}

EM_JS(asyncio_js, call, (asyncio_js called), { return asyncio.promise(asyncio.value(called)); });
EM_JS(void, throw_it, (asyncio_js value), { throw asyncio.value(value); });

// Awaits the promise that a function returns, which is given an AbortSignal.
ASYNCIO_EXPORT(asyncio_value, await_call, (asyncio_value, function)) {
  return asyncio_await(asyncio_promise(call(asyncio_value_js(function))), result);
}

// The same, with cleanup that meets a time limit and a failure of its own before the first failure is passed on.
ASYNCIO_EXPORT(asyncio_value, await_and_clean_up, (asyncio_value, function)) {
  asyncio_status status = asyncio_await(asyncio_promise(call(asyncio_value_js(function))), result);
  if (!status) return status;
  (void)!asyncio_wait_for(rest_coroutine(1000, "cleanup"), 0.5, NULL);
  (void)asyncio_raise(ASYNCIO_VALUE_ERROR, "cleanup failed");
  return status;
}

ASYNCIO_EXPORT(void, throw_from_javascript, (asyncio_value, value)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  throw_it(asyncio_value_js(value));
  return ASYNCIO_OK;
}

enum { QUOTA_ERROR = ASYNCIO_APPLICATION_ERROR - 2 };
ASYNCIO_ERROR_NAME(QUOTA_ERROR, "QuotaError");

ASYNCIO_EXPORT(void, fail, (int, status), (const char *, words)) { return asyncio_raise(status, "%s", words); }

// Runs two of its own tasks and gathers them: C's values as JavaScript reads them in a list.
ASYNCIO_EXPORT(asyncio_value, gather_own, (int, number)) {
  return asyncio_await(asyncio_gather(echo_int64_coroutine(number), rest_coroutine(0.1, "rested")), result);
}

ASYNCIO_EXPORT(asyncio_value, give_pointer) {
  *result = asyncio_pointer((void *)64);
  return ASYNCIO_OK;
}

// ---- Results that are not what was declared

ASYNCIO_EXPORT(int, text_for_int) { return asyncio_text(result, "text"); }
ASYNCIO_EXPORT(const char *, nothing_for_text) { return ASYNCIO_OK; }
ASYNCIO_EXPORT(int8_t, large_for_int8) {
  *result = asyncio_int(128);
  return ASYNCIO_OK;
}
ASYNCIO_EXPORT(int64_t, half_for_int64) {
  *result = asyncio_double(0.5);
  return ASYNCIO_OK;
}
ASYNCIO_EXPORT(void, text_for_void) { return asyncio_text(result, "text"); }
ASYNCIO_EXPORT(asyncio_buffer, text_for_bytes) { return asyncio_text(result, "text"); }
ASYNCIO_EXPORT(int, whole_double_for_int) {
  *result = asyncio_double(7);
  return ASYNCIO_OK;
}
ASYNCIO_EXPORT(double, int_for_double) {
  *result = asyncio_int(7);
  return ASYNCIO_OK;
}

// ---- Names that a runtime has for itself

ASYNCIO_EXPORT(int, gather, (int, value)) {
  *result = asyncio_int(value);
  return ASYNCIO_OK;
}
ASYNCIO_EXPORT(int, then, (int, value)) {
  *result = asyncio_int(value);
  return ASYNCIO_OK;
}

// ---- What is left behind, and how much stack there is

ASYNCIO_EXPORT(int, used_memory) {
  *result = asyncio_int(mallinfo().uordblks);
  return ASYNCIO_OK;
}

static int fill(int depth) {
  volatile char room[1024];
  memset((char *)room, depth, sizeof room);
  return depth ? fill(depth - 1) + room[7] : room[0];
}

ASYNCIO_EXPORT(int, deep, (int, kilobytes)) {
  *result = asyncio_int(fill(kilobytes) & 0);
  return ASYNCIO_OK;
}
