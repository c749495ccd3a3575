// SPDX-License-Identifier: MIT
// What the core's tests share: callbacks that trace, and runs of a known length.
#ifndef TESTS_CORE_COMMON_H
#define TESTS_CORE_COMMON_H

#include <math.h>
#include <stdint.h>

#include "../support/test.h"

// Callbacks that trace their argument, a string; the second fails, too.
static inline asyncio_status trace_arg(void *arg) {
  trace("%s", (const char *)arg);
  return ASYNCIO_OK;
}

static inline asyncio_status trace_and_fail(void *arg) {
  trace("%s", (const char *)arg);
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "%s failed", (const char *)arg);
}

static inline asyncio_status stop_loop(void *arg) {
  asyncio_loop_stop(arg);
  return ASYNCIO_OK;
}

// A done callback that traces its argument, a string, and how the future ended.
static inline asyncio_status trace_done(asyncio_future *future, void *arg) {
  trace("%s: %s", (const char *)arg, asyncio_error_name(asyncio_future_result(future, NULL)));
  return ASYNCIO_OK;
}

// Runs one iteration.
static inline void run_once(asyncio_loop *loop) {
  asyncio_loop_stop(loop);
  CHECK_OK(asyncio_loop_run_forever(loop));
}

// Runs until [delay] seconds have passed on the loop's clock.
static inline void run_for(asyncio_loop *loop, double delay) {
  CHECK_OK(asyncio_loop_call_later(loop, delay, stop_loop, loop, NULL));
  CHECK_OK(asyncio_loop_run_forever(loop));
}

static inline void close_loop(asyncio_loop *loop) {
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
}

// A destructor that traces the string it is called with.
static inline void trace_destroyed(void *pointer) { trace("destroyed %s", (const char *)pointer); }

// A value that traces when its last reference goes.
static inline asyncio_value traced_value(const char *name) {
  asyncio_value value;
  CHECK_OK(asyncio_owned_pointer(&value, (void *)(uintptr_t)name, trace_destroyed));
  return value;
}

#endif
