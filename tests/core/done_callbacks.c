// SPDX-License-Identifier: MIT
// src/core/future.c: done callbacks. Never called from within the call that made the future done; in the order they
// were added; each with a reference to the future until it has run.
#include "common.h"

TEST(callbacks_are_called_in_order_in_an_iteration_after_the_future_is_done) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  static const char *const names[] = {"a", "b", "a", "c"};
  for (int i = 0; i < 4; i++)
    CHECK_OK(asyncio_future_add_done_callback(future, trace_done, (void *)(uintptr_t)names[i]));
  run_once(loop);
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  EXPECT_TRACE();
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "soon", NULL));
  run_once(loop);
  EXPECT_TRACE("a: OK", "b: OK", "a: OK", "c: OK", "soon");
  run_once(loop);
  EXPECT_TRACE();
  asyncio_unref(future);
  close_loop(loop);
}

TEST(callbacks_are_called_after_exceptions_and_cancellations_too) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *failed = asyncio_loop_create_future(loop), *cancelled = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_add_done_callback(failed, trace_done, "failed"));
  CHECK_OK(asyncio_future_add_done_callback(cancelled, trace_done, "cancelled"));
  asyncio_future_cancel(cancelled, NULL);
  CHECK_OK(asyncio_future_set_exception(failed, ASYNCIO_VALUE_ERROR, "bad"));
  run_once(loop);
  EXPECT_TRACE("cancelled: CancelledError", "failed: ValueError");
  asyncio_unref(failed);
  asyncio_unref(cancelled);
  close_loop(loop);
}

TEST(a_callback_added_to_a_done_future_is_called_in_the_next_iteration) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  CHECK_OK(asyncio_future_add_done_callback(future, trace_done, "late"));
  EXPECT_TRACE();
  asyncio_unref(future);  // the callback holds it
  run_once(loop);
  EXPECT_TRACE("late: OK");
  close_loop(loop);
}

static asyncio_status add_another(asyncio_future *future, void *arg) {
  trace("%s", (const char *)arg);
  return asyncio_future_add_done_callback(future, trace_done, "added");
}

TEST(a_callback_added_by_a_callback_is_called_an_iteration_later) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_add_done_callback(future, add_another, "first"));
  CHECK_OK(asyncio_future_add_done_callback(future, trace_done, "second"));
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  run_once(loop);
  EXPECT_TRACE("first", "second: OK");
  run_once(loop);
  EXPECT_TRACE("added: OK");
  asyncio_unref(future);
  close_loop(loop);
}

TEST(removed_callbacks_are_not_called) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  static char first[] = "first", second[] = "second";
  for (int i = 0; i < 3; i++) {
    CHECK_OK(asyncio_future_add_done_callback(future, trace_done, first));
    CHECK_OK(asyncio_future_add_done_callback(future, trace_done, second));
  }
  CHECK_INT(asyncio_future_remove_done_callback(future, add_another, first), 0);
  CHECK_INT(asyncio_future_remove_done_callback(future, trace_done, NULL), 0);
  CHECK_INT(asyncio_future_remove_done_callback(future, trace_done, first), 3);
  CHECK_INT(asyncio_future_remove_done_callback(future, trace_done, first), 0);
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  CHECK_INT(asyncio_future_remove_done_callback(future, trace_done, second), 0);
  run_once(loop);
  EXPECT_TRACE("second: OK", "second: OK", "second: OK");
  asyncio_unref(future);
  close_loop(loop);
}

ASYNCIO_COROUTINE(callbacks_await, (asyncio_future *, future)) {
  ASYNCIO_TRY(asyncio_await(future, result));
  trace("woken");
  return ASYNCIO_OK;
}

TEST(removing_callbacks_leaves_waiting_tasks_alone) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_add_done_callback(future, trace_done, "first"));
  asyncio_task *task = asyncio_create_task(callbacks_await_coroutine(future), .loop = loop);
  run_once(loop);
  CHECK_OK(asyncio_future_add_done_callback(future, trace_done, "last"));
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  run_once(loop);
  EXPECT_TRACE("first: OK", "woken", "last: OK");
  CHECK_INT(asyncio_future_remove_done_callback(future, trace_done, "first"), 0);
  asyncio_unref(task);
  asyncio_unref(future);
  close_loop(loop);
}

static asyncio_status fail_done(asyncio_future *future, void *arg) {
  (void)future;
  return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "%s failed", (const char *)arg);
}

TEST(a_failing_callback_is_reported_and_the_others_are_called) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  trace_exceptions(loop);
  CHECK_OK(asyncio_future_add_done_callback(future, fail_done, "first"));
  CHECK_OK(asyncio_future_add_done_callback(future, trace_done, "second"));
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  run_once(loop);
  EXPECT_TRACE("Exception in done callback: RuntimeError: first failed", "second: OK");
  asyncio_unref(future);
  close_loop(loop);
}

static asyncio_status drop_future(asyncio_future *future, void *arg) {
  CHECK(!asyncio_current_task());
  trace("%s", (const char *)arg);
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(a_callback_may_drop_the_future) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_add_done_callback(future, drop_future, "drops"));
  CHECK_OK(asyncio_future_add_done_callback(future, trace_done, "second"));
  CHECK_OK(asyncio_future_set_result(future, traced_value("value")));
  run_once(loop);
  EXPECT_TRACE("drops", "second: OK", "destroyed value");
  close_loop(loop);
}

TEST(a_pending_future_that_is_dropped_calls_nothing) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  for (int i = 0; i < 3; i++) CHECK_OK(asyncio_future_add_done_callback(future, trace_done, "never"));
  asyncio_unref(future);
  run_once(loop);
  EXPECT_TRACE();
  close_loop(loop);
}

TEST(callbacks_that_are_queued_as_the_loop_closes_are_dropped) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  for (int i = 0; i < 3; i++) CHECK_OK(asyncio_future_add_done_callback(future, trace_done, "never"));
  CHECK_OK(asyncio_future_set_result(future, traced_value("value")));
  asyncio_unref(future);
  EXPECT_TRACE();
  close_loop(loop);
  EXPECT_TRACE("destroyed value");
}

ASYNCIO_COROUTINE(callbacks_nothing) { return ASYNCIO_OK; }

TEST(callbacks_of_tasks_are_called_after_the_tasks_end) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(callbacks_nothing_coroutine(), .loop = loop);
  CHECK_OK(asyncio_future_add_done_callback(task, trace_done, "task"));
  asyncio_unref(task);
  run_once(loop);
  EXPECT_TRACE();
  run_once(loop);
  EXPECT_TRACE("task: OK");
  close_loop(loop);
}

TEST(nothing_but_a_function_is_added_and_to_nothing_but_a_future) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop), *coroutine = callbacks_nothing_coroutine();
  CHECK_ERROR(asyncio_future_add_done_callback(NULL, trace_done, ""), ASYNCIO_TYPE_ERROR,
              "Expected [future] to be a future, got NULL");
  CHECK_ERROR(asyncio_future_add_done_callback(coroutine, trace_done, ""), ASYNCIO_TYPE_ERROR,
              "Expected [future] to be a future, got a coroutine");
  CHECK_ERROR(asyncio_future_add_done_callback(future, NULL, ""), ASYNCIO_TYPE_ERROR,
              "Expected [callback] to be a function, got NULL");
  asyncio_status status = ASYNCIO_OK;
  test_fail_allocation(1);
  for (int added = 0; added < 2000 && !status; added++)  // more than a slab of the pool holds
    status = asyncio_future_add_done_callback(future, trace_done, "");
  CHECK_ERROR(status, ASYNCIO_MEMORY_ERROR, "Out of memory for a done callback");
  asyncio_unref(coroutine);
  asyncio_unref(future);
  close_loop(loop);
}
