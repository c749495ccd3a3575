// SPDX-License-Identifier: MIT
// src/core/loop.c, runtime.c: who keeps a loop alive, who closes it, and what may outlive it. A user's last
// reference closes; futures keep the memory alone.
#include "common.h"

ASYNCIO_COROUTINE(lifetime_sleep, (const char *, name)) {
  trace("%s starts", name);
  asyncio_status status = asyncio_sleep(100);
  trace("%s: %s", name, asyncio_error_name(status));
  return status;
}

TEST(the_last_reference_closes_a_loop_with_pending_tasks) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(lifetime_sleep_coroutine("a"), .loop = loop));
  run_once(loop);
  EXPECT_TRACE("a starts");
  asyncio_loop_unref(loop);
  EXPECT_TRACE("Task was destroyed but it is pending", "a: CancelledError");
}

TEST(a_future_may_outlive_its_loop) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_add_done_callback(future, trace_done, "never"));
  asyncio_loop_unref(loop);
  CHECK(asyncio_loop_is_closed(asyncio_future_get_loop(future)));
  CHECK(asyncio_future_cancel(future, NULL));
  CHECK(asyncio_future_cancelled(future));
  asyncio_unref(future);
}

static asyncio_status lifetime_close(void *arg) {
  CHECK_OK(asyncio_loop_close(arg));
  CHECK(asyncio_get_running_loop() != NULL);
  CHECK(asyncio_get_running_loop() != arg);
  return ASYNCIO_OK;
}

TEST(a_callback_may_close_another_loop) {
  asyncio_loop *outer = asyncio_new_event_loop(), *inner = asyncio_new_event_loop();
  trace_exceptions(inner);
  asyncio_unref(asyncio_create_task(lifetime_sleep_coroutine("inner"), .loop = inner));
  run_once(inner);
  EXPECT_TRACE("inner starts");
  CHECK_OK(asyncio_loop_call_soon(outer, lifetime_close, inner, NULL));
  run_once(outer);
  EXPECT_TRACE("Task was destroyed but it is pending", "inner: CancelledError");
  close_loop(outer);
  close_loop(inner);
}

ASYNCIO_COROUTINE(lifetime_close_inside, (asyncio_loop *, loop)) {
  asyncio_task *self = asyncio_current_task();
  asyncio_loop *running = asyncio_get_running_loop();
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK_OK(asyncio_loop_close(loop));
  CHECK(asyncio_current_task() == self);
  CHECK(asyncio_get_running_loop() == running);
  ASYNCIO_TRY(asyncio_sleep(1));
  trace("goes on");
  return ASYNCIO_OK;
}

TEST(a_coroutine_may_close_another_loop_and_goes_on) {
  asyncio_loop *inner = asyncio_new_event_loop();
  trace_exceptions(inner);
  asyncio_unref(asyncio_create_task(lifetime_sleep_coroutine("inner"), .loop = inner));
  run_once(inner);
  EXPECT_TRACE("inner starts");
  run(lifetime_close_inside_coroutine(inner));
  EXPECT_TRACE("Task was destroyed but it is pending", "inner: CancelledError", "goes on");
  close_loop(inner);
}

ASYNCIO_COROUTINE(lifetime_close_self, (asyncio_loop *, loop)) {
  asyncio_status status = asyncio_sleep(100);
  CHECK_OK(asyncio_loop_close(loop));
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK(!asyncio_loop_is_closed(loop));
  CHECK(asyncio_get_running_loop() == loop);
  return status;
}

TEST(a_task_that_ends_with_its_loop_cannot_close_it_a_second_time) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  for (int i = 0; i < 2; i++) asyncio_unref(asyncio_create_task(lifetime_close_self_coroutine(loop), .loop = loop));
  run_once(loop);
  close_loop(loop);
  EXPECT_TRACE("Task was destroyed but it is pending", "Task was destroyed but it is pending");
}

static asyncio_status drop_reference(void *arg) {
  asyncio_loop_unref(arg);
  CHECK(!asyncio_loop_is_closed(arg));
  CHECK_OK(asyncio_loop_call_soon(arg, stop_loop, arg, NULL));
  return ASYNCIO_OK;
}

TEST(a_loop_whose_last_reference_goes_while_it_runs_closes_after_the_run) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_loop_call_soon(loop, drop_reference, loop, NULL));
  CHECK_OK(asyncio_loop_run_forever(loop));
  CHECK(asyncio_loop_is_closed(asyncio_future_get_loop(future)));
  asyncio_unref(future);
}

TEST(the_loop_of_a_future_that_outlived_it_can_be_referenced_again) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_loop_unref(loop);
  asyncio_loop *again = asyncio_loop_ref(asyncio_future_get_loop(future));
  asyncio_unref(future);
  CHECK(asyncio_loop_is_closed(again));
  asyncio_loop_unref(again);
}

static void keep_loop(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  trace("%s", context->message);
  *(asyncio_loop **)arg = asyncio_loop_ref(loop);
}

TEST(an_exception_handler_may_keep_the_loop_that_closes) {
  asyncio_loop *loop = asyncio_new_event_loop(), *kept = NULL;
  asyncio_loop_set_exception_handler(loop, keep_loop, &kept);
  asyncio_unref(asyncio_create_task(lifetime_sleep_coroutine("a"), .loop = loop));
  asyncio_loop_unref(loop);
  EXPECT_TRACE("Task was destroyed but it is pending");
  CHECK(asyncio_loop_is_closed(kept));
  asyncio_loop_unref(kept);
}

// ---- What outlives every loop

ASYNCIO_COROUTINE(lifetime_return, (int, number)) {
  *result = asyncio_int(number);
  return ASYNCIO_OK;
}

TEST(a_coroutine_may_be_made_before_a_loop_and_used_after_others_have_gone) {
  asyncio_value value;
  asyncio_future *first = lifetime_return_coroutine(1), *second = lifetime_return_coroutine(2);
  CHECK_OK(asyncio_run(first, &value));
  CHECK_INT(asyncio_value_int(value), 1);
  CHECK_OK(asyncio_run(second, &value));
  CHECK_INT(asyncio_value_int(value), 2);
}

TEST(a_coroutine_that_was_never_used_leaves_nothing_behind) {
  asyncio_future *unused[100];
  for (int i = 0; i < 100; i++) unused[i] = lifetime_return_coroutine(i);
  run(lifetime_return_coroutine(1));
  for (int i = 0; i < 100; i++) asyncio_unref(unused[i]);
}

ASYNCIO_COROUTINE(lifetime_await, (asyncio_future *, coroutine)) { return asyncio_await(coroutine, result); }

TEST(a_coroutine_that_was_awaited_may_be_kept_longer_than_its_loop) {
  asyncio_future *kept = asyncio_ref(lifetime_return_coroutine(1));
  run(lifetime_await_coroutine(kept));
  CHECK(!asyncio_iscoroutine(kept));
  asyncio_unref(kept);
}

TEST(a_result_may_outlive_its_loop) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_value value = traced_value("value"), copy = asyncio_value_ref(value);
  asyncio_future *sleep = asyncio_sleep_coroutine(0, value);
  CHECK_OK(asyncio_loop_run_until_complete(loop, sleep, &value));
  close_loop(loop);
  asyncio_value_clear(&copy);
  EXPECT_TRACE();
  asyncio_value_clear(&value);
  EXPECT_TRACE("destroyed value");
}
