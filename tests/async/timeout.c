// SPDX-License-Identifier: MIT
// src/async/timeout.c: limits on a stretch of a task, moved, nested, and against cancellations from elsewhere.
#include <math.h>

#include "actors.h"

#define OUT_OF_TIME "The time limit was reached"

static double now(void) { return asyncio_loop_time(asyncio_get_running_loop()); }

static unsigned requests(void) { return asyncio_task_cancelling(asyncio_current_task()); }

// Begins a limit, sleeps, and gives what the end makes of it.
static asyncio_status limited_sleep(asyncio_timeout *limit, double timeout, double delay) {
  ASYNCIO_TRY(asyncio_timeout_begin(limit, timeout));
  CHECK(!asyncio_timeout_expired(limit));
  return asyncio_timeout_end(limit, asyncio_sleep(delay));
}

ASYNCIO_STATIC_COROUTINE(limits_sleeps) {
  asyncio_timeout limit;
  clock_start();
  CHECK_OK(limited_sleep(&limit, 2, 1));
  CHECK(!asyncio_timeout_expired(&limit));
  CHECK_DOUBLE(clock_elapsed(), 1);
  CHECK_ERROR(limited_sleep(&limit, 2, 9), ASYNCIO_TIMEOUT_ERROR, OUT_OF_TIME);
  CHECK(asyncio_timeout_expired(&limit));
  CHECK_DOUBLE(clock_elapsed(), 3);
  CHECK_DOUBLE(asyncio_timeout_when(&limit), now());
  CHECK_INT(requests(), 0);
  CHECK_OK(limited_sleep(&limit, INFINITY, 100));
  CHECK(!asyncio_timeout_expired(&limit));
  CHECK_DOUBLE(asyncio_timeout_when(&limit), INFINITY);
  CHECK_OK(asyncio_timeout_begin_at(&limit, now() + 1));
  CHECK_ERROR(asyncio_timeout_end(&limit, asyncio_sleep(9)), ASYNCIO_TIMEOUT_ERROR, OUT_OF_TIME);
  CHECK_DOUBLE(clock_elapsed(), 104);
  return asyncio_sleep(1);
}

TEST(timeout_cuts_what_takes_too_long_and_leaves_the_rest) { run(limits_sleeps_coroutine()); }

static asyncio_status sleep_in_halves(double delay) {
  ASYNCIO_TRY(asyncio_sleep(delay / 2));
  trace_at("halves", "half way");
  return asyncio_sleep(delay / 2);
}

ASYNCIO_STATIC_COROUTINE(limits_a_stretch) {
  asyncio_timeout limit;
  clock_start();
  CHECK_OK(asyncio_timeout_begin(&limit, 3));
  CHECK_ERROR(asyncio_timeout_end(&limit, sleep_in_halves(4)), ASYNCIO_TIMEOUT_ERROR, NULL);
  trace_at("limit", "passed");
  return ASYNCIO_OK;
}

TEST(timeout_counts_over_all_waits_of_its_stretch) {
  run(limits_a_stretch_coroutine());
  EXPECT_TRACE("halves half way at 2", "limit passed at 3");
}

// ---- No time at all

ASYNCIO_STATIC_COROUTINE(has_passed_before, (double, delay)) {
  asyncio_timeout limit;
  asyncio_task *ticks = asyncio_create_task(ticking_actor_coroutine(3));
  CHECK_OK(asyncio_timeout_begin(&limit, delay));
  trace("began");
  CHECK_OK(asyncio_timeout_end(&limit, ASYNCIO_OK));
  CHECK(!asyncio_timeout_expired(&limit));
  CHECK_OK(asyncio_timeout_begin(&limit, delay));
  asyncio_status status = asyncio_sleep(INFINITY);
  trace("%s", asyncio_error_name(status));
  CHECK_ERROR(asyncio_timeout_end(&limit, status), ASYNCIO_TIMEOUT_ERROR, OUT_OF_TIME);
  check_gives(ticks, 0);
  asyncio_unref(ticks);
  return ASYNCIO_OK;
}

TEST(timeout_that_has_passed_cancels_in_the_next_iteration_and_not_before) {
  const double delays[] = {0, -1, -INFINITY};
  for (int i = 0; i < 3; i++) {
    run(has_passed_before_coroutine(delays[i]));
    EXPECT_TRACE("began", "tick 1", "tick 2", "CancelledError", "tick 3");
  }
}

static asyncio_status must_have_expired(void *arg) {
  CHECK(asyncio_timeout_expired(arg));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(passes_before_what_comes_after) {
  asyncio_timeout limit;
  CHECK_OK(asyncio_timeout_begin_at(&limit, now()));
  CHECK_OK(asyncio_loop_call_soon(asyncio_get_running_loop(), must_have_expired, &limit, NULL));
  CHECK_ERROR(asyncio_timeout_end(&limit, asyncio_sleep(1)), ASYNCIO_TIMEOUT_ERROR, NULL);
  return ASYNCIO_OK;
}

TEST(timeout_that_has_passed_has_its_place_in_the_ready_queue) { run(passes_before_what_comes_after_coroutine()); }

// ---- Moving it

ASYNCIO_STATIC_COROUTINE(moves_limits) {
  asyncio_timeout limit;
  clock_start();
  CHECK_OK(asyncio_timeout_begin(&limit, 1));
  CHECK_OK(asyncio_timeout_reschedule(&limit, now() + 5));
  CHECK_DOUBLE(asyncio_timeout_when(&limit), now() + 5);
  CHECK_OK(asyncio_sleep(3));
  CHECK_OK(asyncio_timeout_reschedule(&limit, now() - 1));
  CHECK_DOUBLE(asyncio_timeout_when(&limit), now() - 1);
  CHECK_ERROR(asyncio_timeout_end(&limit, asyncio_sleep(9)), ASYNCIO_TIMEOUT_ERROR, NULL);
  CHECK_DOUBLE(clock_elapsed(), 3);
  CHECK_OK(asyncio_timeout_begin(&limit, 0));
  CHECK_OK(asyncio_timeout_reschedule(&limit, INFINITY));
  CHECK_OK(asyncio_sleep(1000));
  CHECK_OK(asyncio_timeout_reschedule(&limit, now() + 2));
  CHECK_ERROR(asyncio_timeout_end(&limit, asyncio_sleep(9)), ASYNCIO_TIMEOUT_ERROR, NULL);
  CHECK_DOUBLE(clock_elapsed(), 1005);
  return ASYNCIO_OK;
}

TEST(timeout_moves_later_earlier_into_the_past_and_away) { run(moves_limits_coroutine()); }

ASYNCIO_STATIC_COROUTINE(moves_what_cannot) {
  asyncio_timeout limit;
  CHECK_ERROR(asyncio_timeout_begin(&limit, NAN), ASYNCIO_VALUE_ERROR, "Expected [delay] to be a number, got NaN");
  CHECK_ERROR(asyncio_timeout_reschedule(&limit, 1), ASYNCIO_RUNTIME_ERROR, "Timeout has not been entered");
  CHECK_ERROR(asyncio_timeout_end(&limit, ASYNCIO_OK), ASYNCIO_RUNTIME_ERROR, "Timeout has not been entered");
  CHECK_OK(asyncio_timeout_begin(&limit, 1));
  CHECK_ERROR(asyncio_timeout_reschedule(&limit, NAN), ASYNCIO_VALUE_ERROR, "Expected [when] to be a number, got NaN");
  CHECK_ERROR(asyncio_sleep(9), ASYNCIO_CANCELLED_ERROR, NULL);
  CHECK(asyncio_timeout_expired(&limit));
  CHECK_ERROR(asyncio_timeout_reschedule(&limit, INFINITY), ASYNCIO_RUNTIME_ERROR,
              "Cannot change state of expiring Timeout");
  CHECK_ERROR(asyncio_timeout_end(&limit, ASYNCIO_CANCELLED_ERROR), ASYNCIO_TIMEOUT_ERROR, NULL);
  CHECK_ERROR(asyncio_timeout_reschedule(&limit, 1), ASYNCIO_RUNTIME_ERROR, "Cannot change state of expired Timeout");
  CHECK_OK(limited_sleep(&limit, 9, 1));
  CHECK_ERROR(asyncio_timeout_reschedule(&limit, 1), ASYNCIO_RUNTIME_ERROR, "Cannot change state of finished Timeout");
  CHECK_ERROR(asyncio_timeout_end(&limit, ASYNCIO_OK), ASYNCIO_RUNTIME_ERROR,
              "Cannot change state of finished Timeout");
  return ASYNCIO_OK;
}

TEST(timeout_that_is_not_active_cannot_be_moved_or_ended) { run(moves_what_cannot_coroutine()); }

ASYNCIO_STATIC_COROUTINE(has_no_memory_for_a_limit) {
  asyncio_timeout limit;
  CHECK_OK(asyncio_timeout_begin(&limit, INFINITY));
  test_fail_allocation(1);
  CHECK_ERROR(asyncio_timeout_reschedule(&limit, now() + 1), ASYNCIO_MEMORY_ERROR, NULL);
  test_fail_allocation(0);
  CHECK_DOUBLE(asyncio_timeout_when(&limit), INFINITY);
  return asyncio_timeout_end(&limit, asyncio_sleep(2));
}

TEST(timeout_that_cannot_be_moved_for_want_of_memory_is_none) { run(has_no_memory_for_a_limit_coroutine()); }

// ---- Limits within limits

// The outcome of a sleep of 10 under two limits, as "<inner> <outer> at <time>".
ASYNCIO_STATIC_COROUTINE(nests, (double, outer_delay), (double, inner_delay)) {
  asyncio_timeout outer, inner;
  clock_start();
  CHECK_OK(asyncio_timeout_begin(&outer, outer_delay));
  CHECK_OK(asyncio_timeout_begin(&inner, inner_delay));
  asyncio_status inside = asyncio_timeout_end(&inner, asyncio_sleep(10));
  asyncio_status outside = asyncio_timeout_end(&outer, inside);
  trace("%s %s at %g, %d %d", asyncio_error_name(inside), asyncio_error_name(outside), clock_elapsed(),
        asyncio_timeout_expired(&inner), asyncio_timeout_expired(&outer));
  CHECK_INT(requests(), 0);
  return ASYNCIO_OK;
}

TEST(of_nested_timeouts_the_one_that_passed_takes_the_cancellation) {
  run(nests_coroutine(2, 1));
  run(nests_coroutine(1, 2));
  run(nests_coroutine(1, 1));
  run(nests_coroutine(0, 0));
  run(nests_coroutine(20, 20));
  EXPECT_TRACE("TimeoutError TimeoutError at 1, 1 0", "CancelledError TimeoutError at 1, 0 1",
               "CancelledError TimeoutError at 1, 1 1", "CancelledError TimeoutError at 0, 1 1", "OK OK at 10, 0 0");
}

// ---- Others' cancellations and failures

static asyncio_status cancel_it(void *arg) {
  CHECK(asyncio_task_cancel(arg, "outer"));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(is_limited, (double, timeout)) {
  asyncio_timeout limit;
  asyncio_status status = limited_sleep(&limit, timeout, 9);
  trace("%s (%s), expired %d, %u requests", asyncio_error_name(status), asyncio_error_message(status),
        asyncio_timeout_expired(&limit), requests());
  return status;
}

ASYNCIO_STATIC_COROUTINE(cancels_at, (double, delay), (double, timeout)) {
  asyncio_task *task = asyncio_create_task(is_limited_coroutine(timeout));
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_loop_call_later(asyncio_get_running_loop(), delay, cancel_it, task, NULL));
  asyncio_status status = asyncio_await(task, NULL);
  trace("task: %s", asyncio_error_name(status));
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(cancellation_from_outside_is_no_timeout) {
  run(cancels_at_coroutine(1, 2));
  EXPECT_TRACE("CancelledError (outer), expired 0, 1 requests", "task: CancelledError");
  run(cancels_at_coroutine(1, 1));
  EXPECT_TRACE("CancelledError (The task was cancelled), expired 1, 1 requests", "task: CancelledError");
}

ASYNCIO_STATIC_COROUTINE(ends_otherwise) {
  asyncio_timeout limit;
  CHECK_OK(asyncio_timeout_begin(&limit, 1));
  CHECK_ERROR(asyncio_sleep(2), ASYNCIO_CANCELLED_ERROR, NULL);
  CHECK_INT(requests(), 1);
  asyncio_status failed = asyncio_raise(ASYNCIO_VALUE_ERROR, "cleanup failed");
  CHECK_ERROR(asyncio_timeout_end(&limit, failed), ASYNCIO_VALUE_ERROR, "cleanup failed");
  CHECK_INT(requests(), 0);
  CHECK_OK(asyncio_timeout_begin(&limit, 1));
  CHECK_ERROR(asyncio_sleep(2), ASYNCIO_CANCELLED_ERROR, NULL);
  CHECK_OK(asyncio_timeout_end(&limit, ASYNCIO_OK));
  CHECK(asyncio_timeout_expired(&limit));
  CHECK_INT(requests(), 0);
  return asyncio_sleep(1);
}

TEST(stretch_that_ends_otherwise_after_its_timeout_keeps_its_outcome) { run(ends_otherwise_coroutine()); }

ASYNCIO_STATIC_COROUTINE(is_busy_past_its_limit) {
  asyncio_timeout limit;
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  CHECK_OK(asyncio_timeout_begin(&limit, 0));
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(1)));
  CHECK_OK(asyncio_await(future, NULL));
  CHECK_OK(asyncio_timeout_end(&limit, ASYNCIO_OK));
  asyncio_unref(future);
  CHECK_OK(asyncio_sleep(0));
  CHECK_INT(requests(), 0);
  CHECK_OK(asyncio_task_cancel(asyncio_current_task(), "earlier") ? ASYNCIO_OK : ASYNCIO_RUNTIME_ERROR);
  CHECK_ERROR(asyncio_sleep(0), ASYNCIO_CANCELLED_ERROR, "earlier");
  CHECK_ERROR(limited_sleep(&limit, 1, 9), ASYNCIO_TIMEOUT_ERROR, OUT_OF_TIME);
  CHECK_INT(asyncio_task_uncancel(asyncio_current_task()), 0);
  return ASYNCIO_OK;
}

TEST(requests_from_before_the_stretch_do_not_count) { run(is_busy_past_its_limit_coroutine()); }

// ---- Where it cannot be, and where its end is skipped

static asyncio_status begin_in_callback(void *arg) {
  (void)arg;
  asyncio_timeout limit;
  CHECK_ERROR(asyncio_timeout_begin(&limit, 1), ASYNCIO_RUNTIME_ERROR, "Timeout should be used inside a task");
  CHECK_ERROR(asyncio_timeout_end(&limit, ASYNCIO_OK), ASYNCIO_RUNTIME_ERROR, "Timeout has not been entered");
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(begins_in_callbacks) {
  CHECK_OK(asyncio_loop_call_soon(asyncio_get_running_loop(), begin_in_callback, NULL, NULL));
  return asyncio_sleep(0);
}

TEST(timeout_needs_a_task) {
  (void)begin_in_callback(NULL);
  run(begins_in_callbacks_coroutine());
}

ASYNCIO_STATIC_COROUTINE(skips_the_end) {
  asyncio_timeout limit;
  return asyncio_timeout_begin(&limit, 1);
}

ASYNCIO_STATIC_COROUTINE(waits_past_a_skipped_end) {
  CHECK_OK(asyncio_await(skips_the_end_coroutine(), NULL));
  return asyncio_sleep(0.5);
}

ASYNCIO_STATIC_COROUTINE(lets_skip_ends, (double, delay)) {
  trace_exceptions(asyncio_get_running_loop());
  asyncio_task *task = asyncio_create_task(waits_past_a_skipped_end_coroutine());
  CHECK_OK(asyncio_await(task, NULL));
  asyncio_unref(task);
  return asyncio_sleep(delay);
}

TEST(skipped_end_of_a_timeout_is_reported_when_its_task_is_done) {
  run(lets_skip_ends_coroutine(0));
  run(lets_skip_ends_coroutine(2));
  EXPECT_TRACE("Task is done without the end of its timeout", "Task is done without the end of its timeout");
}

ASYNCIO_STATIC_COROUTINE(is_left_waiting) {
  asyncio_timeout limit;
  CHECK_ERROR(limited_sleep(&limit, 60, INFINITY), ASYNCIO_CANCELLED_ERROR, "Event loop is closed");
  trace("ended");
  return ASYNCIO_CANCELLED_ERROR;
}

TEST(timeout_ends_with_the_task_of_a_closed_loop) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_set_event_loop(loop);
  asyncio_task *task = asyncio_create_task(is_left_waiting_coroutine(), .loop = loop);
  CHECK_OK(asyncio_loop_run_until_complete(loop, asyncio_sleep_coroutine(1, asyncio_none()), NULL));
  CHECK_OK(asyncio_loop_close(loop));
  CHECK(asyncio_future_cancelled(task));
  asyncio_unref(task);
  asyncio_set_event_loop(NULL);
  asyncio_loop_unref(loop);
  EXPECT_TRACE("Task was destroyed but it is pending", "ended");
}
