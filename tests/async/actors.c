// SPDX-License-Identifier: MIT
// See actors.h.
#include "actors.h"

#include <math.h>
#include <stdio.h>

static double started;

void clock_start(void) { started = asyncio_loop_time(asyncio_get_running_loop()); }

double clock_elapsed(void) { return asyncio_loop_time(asyncio_get_running_loop()) - started; }

void trace_at(const char *name, const char *event) { trace("%s %s at %g", name, event, clock_elapsed()); }

static void trace_cancelled(const char *name) {
  trace("%s cancelled at %g (%s)", name, clock_elapsed(), asyncio_error_message(ASYNCIO_CANCELLED_ERROR));
}

ASYNCIO_COROUTINE(actor, (const char *, name), (double, delay), (int, value)) {
  asyncio_status status = asyncio_sleep(delay);
  if (status)
    trace_cancelled(name);
  else
    trace_at(name, "done");
  if (!status && result) *result = asyncio_int(value);
  return status;
}

ASYNCIO_COROUTINE(failing_actor, (const char *, name), (double, delay), (asyncio_status, status)) {
  asyncio_status slept = asyncio_sleep(delay);
  if (slept) {
    trace_cancelled(name);
    return slept;
  }
  trace_at(name, "failed");
  return asyncio_raise(status, "%s failed", name);
}

// Until cancelled, and then the cleanup.
static asyncio_status resist(const char *name, double cleanup) {
  asyncio_status status = asyncio_sleep(INFINITY);
  trace_cancelled(name);
  if (status != ASYNCIO_CANCELLED_ERROR) return status;
  ASYNCIO_TRY(asyncio_sleep(cleanup));
  trace_at(name, "cleaned up");
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(stubborn_actor, (const char *, name), (double, cleanup), (int, value)) {
  ASYNCIO_TRY(resist(name, cleanup));
  if (result) *result = asyncio_int(value);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(tidy_actor, (const char *, name), (double, cleanup), (asyncio_status, status)) {
  ASYNCIO_TRY(resist(name, cleanup));
  return status == ASYNCIO_CANCELLED_ERROR ? status : asyncio_raise(status, "%s failed", name);
}

ASYNCIO_COROUTINE(ticking_actor, (int, count)) {
  for (int i = 1; i <= count; i++) {
    trace("tick %d", i);
    ASYNCIO_TRY(asyncio_sleep(0));
  }
  return ASYNCIO_OK;
}

static void describe(asyncio_value value, char *text, size_t size) {
  size_t used = 0;
  switch (value.kind) {
    case ASYNCIO_INT64:
      snprintf(text, size, "%d", (int)asyncio_value_int(value));
      return;
    case ASYNCIO_ERROR:
      snprintf(text, size, "%s: %s", asyncio_error_name(asyncio_value_status(value)),
               asyncio_error_words(asyncio_value_error(value)));
      return;
    case ASYNCIO_LIST:
      used += (size_t)snprintf(text, size, "[");
      for (size_t i = 0; i < asyncio_value_count(value) && used < size; i++) {
        if (i) used += (size_t)snprintf(text + used, size - used, ", ");
        describe(asyncio_value_at(value, i), text + used, size - used);
        used += strlen(text + used);
      }
      snprintf(text + used, size - used, "]");
      return;
    default:
      snprintf(text, size, "%s", value.kind == ASYNCIO_NONE ? "None" : "?");
  }
}

void trace_value(const char *name, asyncio_value value) {
  char text[120];
  describe(value, text, sizeof text);
  trace("%s got %s at %g", name, text, clock_elapsed());
}

ASYNCIO_COROUTINE(awaiting_actor, (const char *, name), (asyncio_future *, awaitable)) {
  asyncio_value value;
  asyncio_status status = asyncio_await(awaitable, &value);
  if (status)
    trace("%s got %s: %s at %g", name, asyncio_error_name(status), asyncio_error_message(status), clock_elapsed());
  else
    trace_value(name, value);
  asyncio_value_clear(&value);
  return status;
}

void check_gives(asyncio_future *awaitable, int expected) {
  asyncio_value value;
  CHECK_OK(asyncio_await(awaitable, &value));
  CHECK_INT(asyncio_value_int(value), expected);
  asyncio_value_clear(&value);
}

void check_fails(asyncio_future *awaitable, asyncio_status status, const char *words) {
  asyncio_value value;
  CHECK_ERROR(asyncio_await(awaitable, &value), status, words);
  CHECK_INT(value.kind, ASYNCIO_NONE);
  asyncio_value_clear(&value);
}
