// SPDX-License-Identifier: MIT
// src/core/task.c: cancellation. A request is handed to what the task waits for, reaches its C code as the status of
// the wait, and may be refused there; the task is cancelled only if its coroutine ends so.
#include <stdio.h>

#include "common.h"

static const char *describe(asyncio_status status) {
  static char words[128];
  snprintf(words, sizeof words, "%s: %s", asyncio_error_name(status), asyncio_error_message(status));
  return words;
}

ASYNCIO_COROUTINE(cancel_sleeper, (double, delay)) {
  trace("starts");
  asyncio_status status = asyncio_sleep(delay);
  trace("%s", describe(status));
  return status;
}

ASYNCIO_COROUTINE(cancel_awaiter, (asyncio_future *, awaitable)) {
  asyncio_status status = asyncio_await(awaitable, result);
  trace("awaiter: %s", describe(status));
  return status;
}

static asyncio_task *start(asyncio_loop *loop, asyncio_future *coroutine) {
  asyncio_task *task = asyncio_create_task(coroutine, .loop = loop);
  run_once(loop);
  return task;
}

static void finish(asyncio_loop *loop, asyncio_task *task) {
  asyncio_unref(task);
  close_loop(loop);
}

TEST(cancelled_before_its_first_step_a_body_never_runs) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(cancel_sleeper_coroutine(1), .loop = loop);
  asyncio_task *sleep = asyncio_create_task(asyncio_sleep_coroutine(1, traced_value("value")), .loop = loop);
  CHECK(asyncio_task_cancel(task, "never mind"));
  CHECK(asyncio_task_cancel(sleep, NULL));
  CHECK(!asyncio_future_done(task) && !asyncio_future_cancelled(task));
  run_once(loop);
  EXPECT_TRACE("destroyed value");
  CHECK(asyncio_future_done(task) && asyncio_future_cancelled(task) && asyncio_future_cancelled(sleep));
  CHECK_ERROR(asyncio_future_result(task, NULL), ASYNCIO_CANCELLED_ERROR, "never mind");
  asyncio_unref(sleep);
  finish(loop, task);
}

TEST(a_cancelled_sleep_ends_in_the_next_iteration_and_leaves_no_timer) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = start(loop, cancel_sleeper_coroutine(100));
  double before = asyncio_loop_time(loop);
  CHECK(asyncio_task_cancel(task, "enough"));
  CHECK(!asyncio_future_cancelled(task));
  EXPECT_TRACE("starts");
  run_once(loop);
  EXPECT_TRACE("CancelledError: enough");
  CHECK(asyncio_future_cancelled(task));
  CHECK(!asyncio_task_cancel(task, "too late"));
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK_DOUBLE(asyncio_loop_time(loop), before);
  finish(loop, task);
}

TEST(cancelling_a_task_cancels_the_future_that_it_awaits) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_task *task = start(loop, cancel_awaiter_coroutine(future));
  CHECK(asyncio_task_cancel(task, "stop"));
  CHECK(asyncio_future_cancelled(future));
  CHECK(!asyncio_future_done(task));
  run_once(loop);
  EXPECT_TRACE("awaiter: CancelledError: stop");
  CHECK_ERROR(asyncio_future_result(future, NULL), ASYNCIO_CANCELLED_ERROR, "stop");
  asyncio_unref(future);
  finish(loop, task);
}

TEST(a_message_travels_through_a_chain_of_tasks_and_back) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *inner = start(loop, cancel_sleeper_coroutine(100));
  asyncio_task *middle = start(loop, cancel_awaiter_coroutine(inner));
  asyncio_task *outer = start(loop, cancel_awaiter_coroutine(middle));
  CHECK(asyncio_task_cancel(outer, "stop"));
  CHECK_INT(asyncio_task_cancelling(outer), 1);
  CHECK_INT(asyncio_task_cancelling(inner), 1);
  for (int i = 0; i < 3; i++) run_once(loop);
  EXPECT_TRACE("starts", "CancelledError: stop", "awaiter: CancelledError: stop", "awaiter: CancelledError: stop");
  CHECK(asyncio_future_cancelled(inner) && asyncio_future_cancelled(middle) && asyncio_future_cancelled(outer));
  asyncio_unref(inner);
  asyncio_unref(middle);
  finish(loop, outer);
}

TEST(a_chain_of_many_tasks_is_cancelled_from_its_end) {
  enum { LENGTH = 3000 };
  static asyncio_task *tasks[LENGTH];
  asyncio_loop *loop = asyncio_new_event_loop();
  tasks[0] = asyncio_create_task(asyncio_sleep_coroutine(100, asyncio_none()), .loop = loop);
  for (int i = 1; i < LENGTH; i++)
    tasks[i] = asyncio_create_task(asyncio_wait_for_coroutine(tasks[i - 1], INFINITY), .loop = loop);
  run_once(loop);
  CHECK(asyncio_task_cancel(tasks[LENGTH - 1], "all"));
  run_for(loop, 1);
  CHECK_ERROR(asyncio_future_result(tasks[LENGTH - 1], NULL), ASYNCIO_CANCELLED_ERROR, "all");
  for (int i = 0; i < LENGTH; i++) {
    CHECK(asyncio_future_cancelled(tasks[i]));
    asyncio_unref(tasks[i]);
  }
  close_loop(loop);
}

TEST(an_awaiter_of_a_cancelled_task_gets_the_error_and_is_cancelled_only_if_it_passes_it_on) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *inner = start(loop, cancel_sleeper_coroutine(100)),
               *outer = start(loop, cancel_awaiter_coroutine(inner));
  CHECK(asyncio_task_cancel(inner, "inner alone"));
  run_for(loop, 1);
  EXPECT_TRACE("starts", "CancelledError: inner alone", "awaiter: CancelledError: inner alone");
  CHECK(asyncio_future_cancelled(outer));
  CHECK_INT(asyncio_task_cancelling(outer), 0);
  asyncio_unref(inner);
  finish(loop, outer);
}

// ---- A wake and a request in the same iteration

TEST(a_request_after_the_wake_is_delivered_all_the_same) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_task *task = start(loop, cancel_awaiter_coroutine(future));
  CHECK_OK(asyncio_future_set_result(future, traced_value("value")));
  CHECK(asyncio_task_cancel(task, "late"));
  asyncio_unref(future);
  run_once(loop);
  EXPECT_TRACE("destroyed value", "awaiter: CancelledError: late");
  CHECK(asyncio_future_cancelled(task));
  finish(loop, task);
}

TEST(a_request_after_an_exception_takes_its_place) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  trace_exceptions(loop);
  asyncio_task *task = start(loop, cancel_awaiter_coroutine(future));
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "bad"));
  CHECK(asyncio_task_cancel(task, "late"));
  run_once(loop);
  EXPECT_TRACE("awaiter: CancelledError: late");
  asyncio_unref(future);
  finish(loop, task);
}

TEST(a_request_during_a_bare_yield_is_delivered_at_its_end) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = start(loop, cancel_sleeper_coroutine(0));
  CHECK(asyncio_task_cancel(task, "late"));
  run_once(loop);
  EXPECT_TRACE("starts", "CancelledError: late");
  CHECK(asyncio_future_cancelled(task));
  finish(loop, task);
}

static asyncio_status cancel_task(void *arg) {
  trace("cancels");
  asyncio_task_cancel(arg, "by a timer");
  return ASYNCIO_OK;
}

TEST(a_request_in_the_iteration_that_ends_the_sleep_is_delivered) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(cancel_sleeper_coroutine(1), .loop = loop);
  run_once(loop);
  CHECK_OK(asyncio_loop_call_later(loop, 1, cancel_task, task, NULL));
  run_for(loop, 2);
  EXPECT_TRACE("starts", "cancels", "CancelledError: by a timer");
  CHECK(asyncio_future_cancelled(task));
  finish(loop, task);
}

// ---- What the task makes of it

ASYNCIO_COROUTINE(cancel_swallow, (int, times)) {
  for (int i = 0; i < times; i++) {
    asyncio_status status = asyncio_sleep(100);
    trace("%s", describe(status));
  }
  ASYNCIO_TRY(asyncio_sleep(1));
  *result = asyncio_int(7);
  return ASYNCIO_OK;
}

TEST(a_task_may_swallow_its_cancellation_and_go_on) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = start(loop, cancel_swallow_coroutine(2));
  asyncio_value value;
  CHECK(asyncio_task_cancel(task, "one"));
  run_once(loop);
  CHECK(!asyncio_future_done(task));
  CHECK_INT(asyncio_task_cancelling(task), 1);
  CHECK(asyncio_task_cancel(task, "two"));
  run_for(loop, 2);
  EXPECT_TRACE("CancelledError: one", "CancelledError: two");
  CHECK(!asyncio_future_cancelled(task));
  CHECK_OK(asyncio_future_result(task, &value));
  CHECK_INT(asyncio_value_int(value), 7);
  finish(loop, task);
}

TEST(two_requests_during_one_wait_end_it_once_with_the_first_ones_message) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = start(loop, cancel_swallow_coroutine(1));
  CHECK(asyncio_task_cancel(task, "first"));
  CHECK(asyncio_task_cancel(task, "second"));
  CHECK_INT(asyncio_task_cancelling(task), 2);
  run_for(loop, 2);
  EXPECT_TRACE("CancelledError: first");
  CHECK_OK(asyncio_future_result(task, NULL));
  finish(loop, task);
}

ASYNCIO_COROUTINE(cancel_fail) {
  asyncio_status status = asyncio_sleep(100);
  CHECK_INT(status, ASYNCIO_CANCELLED_ERROR);
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "cleanup failed");
}

TEST(a_task_that_fails_in_its_cleanup_has_that_failure_with_the_cancellation_as_its_context) {
  asyncio_loop *loop = asyncio_new_event_loop();
  const asyncio_error *error;
  asyncio_task *task = start(loop, cancel_fail_coroutine());
  CHECK(asyncio_task_cancel(task, "stop"));
  run_once(loop);
  CHECK(!asyncio_future_cancelled(task));
  CHECK_OK(asyncio_future_exception(task, &error));
  CHECK_TEXT(asyncio_error_words(error), "cleanup failed");
  CHECK_TEXT(asyncio_error_words(asyncio_error_context(error)), "stop");
  finish(loop, task);
}

ASYNCIO_COROUTINE(cancel_self, (bool, waits)) {
  CHECK(asyncio_task_cancel(asyncio_current_task(), "myself"));
  CHECK_INT(asyncio_task_cancelling(asyncio_current_task()), 1);
  trace("goes on");
  if (waits) {
    asyncio_status status = asyncio_sleep(100);
    trace("%s", describe(status));
    status = asyncio_sleep(1);
    trace("%s", describe(status));
  }
  *result = traced_value("value");
  return ASYNCIO_OK;
}

TEST(a_task_that_cancels_itself_is_cancelled_at_its_next_wait) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = start(loop, cancel_self_coroutine(true));
  run_for(loop, 2);
  EXPECT_TRACE("goes on", "CancelledError: myself", "OK: ");
  CHECK_OK(asyncio_future_result(task, NULL));
  finish(loop, task);
  EXPECT_TRACE("destroyed value");
}

TEST(a_task_that_cancels_itself_and_returns_is_cancelled) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = start(loop, cancel_self_coroutine(false));
  EXPECT_TRACE("goes on", "destroyed value");
  CHECK(asyncio_future_cancelled(task));
  CHECK_ERROR(asyncio_future_result(task, NULL), ASYNCIO_CANCELLED_ERROR, "myself");
  finish(loop, task);
}

ASYNCIO_COROUTINE(cancel_self_and_yield) {
  CHECK(asyncio_task_cancel(asyncio_current_task(), "myself"));
  asyncio_status status = asyncio_sleep(0);
  trace("%s", describe(status));
  return status;
}

TEST(a_task_that_cancels_itself_is_cancelled_at_a_bare_yield_too) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = start(loop, cancel_self_and_yield_coroutine());
  EXPECT_TRACE();
  run_once(loop);
  EXPECT_TRACE("CancelledError: myself");
  CHECK(asyncio_future_cancelled(task));
  finish(loop, task);
}

ASYNCIO_COROUTINE(cancel_self_and_await_done, (asyncio_future *, done)) {
  CHECK(asyncio_task_cancel(asyncio_current_task(), "myself"));
  CHECK_OK(asyncio_await(done, NULL));
  trace("no wait, no cancellation");
  return asyncio_await(cancel_sleeper_coroutine(5), NULL);
}

TEST(a_request_waits_for_a_wait_that_suspends) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *done = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_set_result(done, asyncio_none()));
  asyncio_task *task = start(loop, cancel_self_and_await_done_coroutine(done));
  run_once(loop);
  EXPECT_TRACE("no wait, no cancellation", "starts", "CancelledError: myself");
  asyncio_unref(done);
  finish(loop, task);
}

// ---- Taking a request back

TEST(requests_are_counted_and_taken_back) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_task *task = start(loop, cancel_swallow_coroutine(1));
  CHECK_INT(asyncio_task_uncancel(task), 0);
  asyncio_task_cancel(task, NULL);
  asyncio_task_cancel(task, NULL);
  CHECK_INT(asyncio_task_cancelling(task), 2);
  CHECK_INT(asyncio_task_uncancel(task), 1);
  CHECK_INT(asyncio_task_uncancel(task), 0);
  CHECK_INT(asyncio_task_uncancel(task), 0);
  CHECK_INT(asyncio_task_cancelling(future), 0);
  CHECK_INT(asyncio_task_uncancel(future), 0);
  run_for(loop, 2);
  EXPECT_TRACE("CancelledError: The task was cancelled");
  CHECK_OK(asyncio_future_result(task, NULL));
  asyncio_unref(future);
  finish(loop, task);
}

ASYNCIO_COROUTINE(cancel_and_uncancel, (int, requests), (int, taken_back)) {
  asyncio_task *self = asyncio_current_task();
  for (int i = 0; i < requests; i++) asyncio_task_cancel(self, "mine");
  for (int i = 0; i < taken_back; i++) asyncio_task_uncancel(self);
  asyncio_status status = asyncio_sleep(1);
  trace("%s", describe(status));
  return status;
}

TEST(taking_the_last_request_back_drops_one_that_was_not_delivered) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *kept = start(loop, cancel_and_uncancel_coroutine(2, 1));
  asyncio_task *dropped = start(loop, cancel_and_uncancel_coroutine(2, 2));
  run_for(loop, 2);
  EXPECT_TRACE("CancelledError: mine", "OK: ");
  CHECK(asyncio_future_cancelled(kept));
  CHECK(!asyncio_future_cancelled(dropped));
  asyncio_unref(kept);
  finish(loop, dropped);
}

TEST(only_pending_futures_and_tasks_are_cancelled) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *coroutine = cancel_sleeper_coroutine(1);
  CHECK(!asyncio_future_cancel(coroutine, NULL));
  CHECK(!asyncio_future_cancel(NULL, NULL));
  CHECK(!asyncio_task_cancel(NULL, NULL));
  CHECK_INT(asyncio_task_cancelling(NULL), 0);
  CHECK_OK(asyncio_loop_run_until_complete(loop, coroutine, NULL));
  EXPECT_TRACE("starts", "OK: ");
  close_loop(loop);
}
