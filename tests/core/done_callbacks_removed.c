// SPDX-License-Identifier: MIT
// src/core/future.c: callbacks that are taken back before and as they run, and outcomes that nobody looks at.
#include "common.h"

enum { COUNT = 3 };
static char *const names[COUNT] = {(char[]){"a"}, (char[]){"b"}, (char[]){"c"}};

// With the callbacks [removed] (bits) taken back, the others are called in their order.
static void check_left(asyncio_loop *loop, unsigned removed) {
  asyncio_future *future = asyncio_loop_create_future(loop);
  for (int i = 0; i < COUNT; i++) CHECK_OK(asyncio_future_add_done_callback(future, trace_done, names[i]));
  for (int i = 0; i < COUNT; i++) {
    if (!(removed >> i & 1)) continue;
    CHECK_INT(asyncio_future_remove_done_callback(future, trace_done, names[i]), 1);
    CHECK_INT(asyncio_future_remove_done_callback(future, trace_done, names[i]), 0);
  }
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  asyncio_unref(future);
  run_once(loop);
}

TEST(callbacks_taken_back_from_anywhere_leave_the_others_in_order) {
  asyncio_loop *loop = asyncio_new_event_loop();
  check_left(loop, 1);
  EXPECT_TRACE("b: OK", "c: OK");
  check_left(loop, 3);
  EXPECT_TRACE("c: OK");
  check_left(loop, 4);
  EXPECT_TRACE("a: OK", "b: OK");
  check_left(loop, 2);
  EXPECT_TRACE("a: OK", "c: OK");
  check_left(loop, 7);
  EXPECT_TRACE();
  close_loop(loop);
}

static asyncio_status take_others_back(asyncio_future *future, void *arg) {
  trace("%s", (const char *)arg);
  for (int i = 0; i < COUNT; i++) CHECK_INT(asyncio_future_remove_done_callback(future, trace_done, names[i]), 0);
  return ASYNCIO_OK;
}

TEST(a_callback_that_takes_back_others_which_are_queued_already_changes_nothing) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_add_done_callback(future, take_others_back, "takes back"));
  for (int i = 0; i < COUNT; i++) CHECK_OK(asyncio_future_add_done_callback(future, trace_done, names[i]));
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  run_once(loop);
  EXPECT_TRACE("takes back", "a: OK", "b: OK", "c: OK");
  asyncio_unref(future);
  close_loop(loop);
}

// ---- Outcomes that nobody looks at

TEST(a_result_is_not_reported_whether_anybody_looked_at_it_or_not) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  for (int looks = 0; looks < 2; looks++) {
    asyncio_future *future = asyncio_loop_create_future(loop);
    CHECK_OK(asyncio_future_set_result(future, asyncio_int(42)));
    if (looks) CHECK_OK(asyncio_future_result(future, NULL));
    asyncio_unref(future);
  }
  EXPECT_TRACE();
  close_loop(loop);
}

TEST(a_pending_future_that_is_dropped_is_not_reported) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_loop_set_debug(loop, true);
  asyncio_unref(asyncio_loop_create_future(loop));
  EXPECT_TRACE();
  close_loop(loop);
}

TEST(a_failure_that_nobody_retrieved_is_reported_in_debug_mode_too) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_loop_set_debug(loop, true);
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_MEMORY_ERROR, "lost"));
  asyncio_unref(future);
  EXPECT_TRACE("Exception was never retrieved: MemoryError: lost");
  close_loop(loop);
}
