// SPDX-License-Identifier: MIT
// src/core/loop.c: iterations and turns.
#include "../support/test.h"

static asyncio_status trace_arg(void *arg) {
  trace("%s", (const char *)arg);
  return ASYNCIO_OK;
}

static asyncio_status stop_loop(void *arg) {
  asyncio_loop_stop(arg);
  return ASYNCIO_OK;
}

// asyncio's own order: 1, 2, 4, then the timer.
TEST(callbacks_run_in_order_and_a_timer_of_no_delay_one_iteration_later) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "1", NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "2", NULL));
  CHECK_OK(asyncio_loop_call_later(loop, 0, trace_arg, "3", NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "4", NULL));
  CHECK_OK(asyncio_loop_call_later(loop, 0.001, stop_loop, loop, NULL));
  CHECK_OK(asyncio_loop_run_forever(loop));
  EXPECT_TRACE("1", "2", "4", "3");
  asyncio_loop_unref(loop);
}
