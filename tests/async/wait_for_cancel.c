// SPDX-License-Identifier: MIT
// src/async/wait_for.c: cancellations from outside, alone and in the same iteration as the limit or the end; limits
// within limits; what a closed loop leaves.
#include <math.h>

#include "actors.h"

static asyncio_status cancel_outer(void *arg) {
  CHECK(asyncio_task_cancel(arg, "outer"));
  return ASYNCIO_OK;
}

static asyncio_status set_five(void *arg) {
  return asyncio_future_done(arg) ? ASYNCIO_OK : asyncio_future_set_result(arg, asyncio_int(5));
}

static asyncio_future *new_future(void) { return asyncio_loop_create_future(asyncio_get_running_loop()); }

static asyncio_task *limited(asyncio_future *awaitable, double timeout) {
  return asyncio_create_task(asyncio_wait_for_coroutine(awaitable, timeout));
}

// The outcome of [task], which is used up.
static void check_ends(asyncio_task *task, asyncio_status status, const char *words) {
  check_fails(task, status, words);
  CHECK_INT(asyncio_future_cancelled(task), status == ASYNCIO_CANCELLED_ERROR);
  asyncio_unref(task);
}

// ---- Cancelled from outside

ASYNCIO_COROUTINE(cancels_limited) {
  clock_start();
  asyncio_task *task = limited(actor_coroutine("a", 9, 1), 5);
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(task, "outer"));
  check_ends(task, ASYNCIO_CANCELLED_ERROR, "outer");
  asyncio_future *future = new_future();
  task = limited(future, 5);
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(task, "outer"));
  CHECK(asyncio_future_cancelled(future));
  check_ends(task, ASYNCIO_CANCELLED_ERROR, "outer");
  asyncio_unref(future);
  future = new_future();
  task = limited(future, 5);
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_future_cancel(future, "the future alone"));
  check_ends(task, ASYNCIO_CANCELLED_ERROR, "the future alone");
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(cancelled_wait_for_cancels_what_it_waits_for) {
  run(cancels_limited_coroutine());
  EXPECT_TRACE("a cancelled at 1 (outer)");
}

ASYNCIO_COROUTINE(cancels_itself) {
  CHECK(asyncio_task_cancel(asyncio_current_task(), "self"));
  return asyncio_sleep(0);
}

ASYNCIO_COROUTINE(limits_one_that_cancels_itself) {
  check_ends(limited(cancels_itself_coroutine(), 5), ASYNCIO_CANCELLED_ERROR, "self");
  return ASYNCIO_OK;
}

TEST(coroutine_that_cancels_its_task_is_not_out_of_time) { run(limits_one_that_cancels_itself_coroutine()); }

// ---- In the same iteration

// The limit's timer is set with the task's first step, the canceller's before or after it.
ASYNCIO_COROUTINE(cancels_in_the_iteration_of_the_limit, (bool, before)) {
  asyncio_loop *loop = asyncio_get_running_loop();
  clock_start();
  asyncio_task *task = limited(actor_coroutine("a", 9, 1), 1);
  if (!before) CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_loop_call_later(loop, 1, cancel_outer, task, NULL));
  check_ends(task, ASYNCIO_CANCELLED_ERROR, before ? "outer" : "The task was cancelled");
  return ASYNCIO_OK;
}

TEST(cancellation_in_the_iteration_of_the_limit_wins) {
  run(cancels_in_the_iteration_of_the_limit_coroutine(true));
  EXPECT_TRACE("a cancelled at 1 (outer)");
  run(cancels_in_the_iteration_of_the_limit_coroutine(false));
  EXPECT_TRACE("a cancelled at 1 (The task was cancelled)");
}

ASYNCIO_COROUTINE(is_set_in_the_iteration_of_the_limit, (bool, before)) {
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio_future *future = new_future();
  asyncio_task *task = limited(future, 1);
  if (!before) CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_loop_call_later(loop, 1, set_five, future, NULL));
  check_ends(task, ASYNCIO_TIMEOUT_ERROR, "The time limit was reached");
  CHECK_INT(asyncio_future_cancelled(future), !before);
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(limit_in_the_iteration_of_the_result_wins) {
  run(is_set_in_the_iteration_of_the_limit_coroutine(true));
  run(is_set_in_the_iteration_of_the_limit_coroutine(false));
}

ASYNCIO_COROUTINE(is_set_and_cancelled) {
  asyncio_future *future = new_future();
  asyncio_task *task = limited(future, 1);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(5)));
  CHECK(asyncio_task_cancel(task, "outer"));
  check_ends(task, ASYNCIO_CANCELLED_ERROR, "outer");
  CHECK(!asyncio_future_cancelled(future));
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(cancellation_after_the_result_in_one_iteration_is_not_lost) { run(is_set_and_cancelled_coroutine()); }

// ---- While the end of the cancelled is waited for

ASYNCIO_COROUTINE(cancels_while_waiting_for_the_end) {
  clock_start();
  asyncio_task *inner = asyncio_create_task(stubborn_actor_coroutine("inner", 5, 42));
  CHECK_OK(asyncio_sleep(0));
  asyncio_task *task = limited(inner, 0);
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(task, "outer"));
  check_ends(task, ASYNCIO_CANCELLED_ERROR, "outer");
  CHECK(!asyncio_future_done(inner));
  check_gives(inner, 42);
  asyncio_unref(inner);
  task = limited(stubborn_actor_coroutine("cleanup", 2, 42), 1);
  CHECK_OK(asyncio_sleep(2));
  CHECK(asyncio_task_cancel(task, "outer"));
  check_ends(task, ASYNCIO_CANCELLED_ERROR, "outer");
  return ASYNCIO_OK;
}

TEST(cancellation_while_the_end_is_waited_for_ends_that_wait) {
  run(cancels_while_waiting_for_the_end_coroutine());
  EXPECT_TRACE("inner cancelled at 0 (The task was cancelled)", "inner cleaned up at 5",
               "cleanup cancelled at 6 (The task was cancelled)");
}

// ---- Limits within limits

ASYNCIO_COROUTINE(nests_limits, (double, outer), (double, inner)) {
  clock_start();
  asyncio_status status = asyncio_wait_for(asyncio_wait_for_coroutine(actor_coroutine("a", 9, 1), inner), outer, NULL);
  CHECK_ERROR(status, ASYNCIO_TIMEOUT_ERROR, "The time limit was reached");
  CHECK_INT(asyncio_task_cancelling(asyncio_current_task()), 0);
  return asyncio_sleep(5);
}

TEST(earlier_of_two_nested_limits_counts) {
  const double limits[][2] = {{1, 2}, {2, 1}, {1, 1}};
  for (int i = 0; i < 3; i++) {
    run(nests_limits_coroutine(limits[i][0], limits[i][1]));
    EXPECT_TRACE("a cancelled at 1 (The task was cancelled)");
  }
}

ASYNCIO_COROUTINE(recovers_within, (double, limit)) {
  CHECK_ERROR(asyncio_wait_for(actor_coroutine("a", 9, 1), limit, NULL), ASYNCIO_TIMEOUT_ERROR, NULL);
  ASYNCIO_TRY(asyncio_sleep(1));
  if (result) *result = asyncio_int(7);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(recovers_within_an_outer_limit) {
  asyncio_value value;
  clock_start();
  CHECK_OK(asyncio_wait_for(recovers_within_coroutine(1), 5, &value));
  CHECK_INT(asyncio_value_int(value), 7);
  CHECK_DOUBLE(clock_elapsed(), 2);
  return ASYNCIO_OK;
}

TEST(coroutine_may_go_on_after_an_inner_limit) {
  run(recovers_within_an_outer_limit_coroutine());
  EXPECT_TRACE("a cancelled at 1 (The task was cancelled)");
}

ASYNCIO_COROUTINE(limits_a_slow_end) {
  clock_start();
  CHECK_ERROR(asyncio_wait_for(asyncio_wait_for_coroutine(stubborn_actor_coroutine("a", 5, 42), 1), 3, NULL),
              ASYNCIO_TIMEOUT_ERROR, NULL);
  trace_at("outer limit", "reached");
  return ASYNCIO_OK;
}

TEST(outer_limit_ends_the_cleanup_after_an_inner_one) {
  run(limits_a_slow_end_coroutine());
  EXPECT_TRACE("a cancelled at 1 (The task was cancelled)", "outer limit reached at 3");
}

// ---- A closed loop

static asyncio_status stop_loop(void *arg) {
  asyncio_loop_stop(arg);
  return ASYNCIO_OK;
}

static asyncio_status note_the_clock(void *arg) {
  (void)arg;
  clock_start();
  return ASYNCIO_OK;
}

static void ignore(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)context, (void)arg;
}

// Task objects of every shape, waiting for [future] or a coroutine as the loop is closed.
static void start_waiting(asyncio_loop *loop, asyncio_future *future) {
  asyncio_future *const coroutines[] = {
      asyncio_wait_for_coroutine(future, INFINITY),
      asyncio_wait_for_coroutine(future, 60),
      asyncio_wait_for_coroutine(asyncio_wait_for_coroutine(future, 60), 70),
      asyncio_wait_for_coroutine(stubborn_actor_coroutine("inner", 5, 42), 60),
      awaiting_actor_coroutine("waiter", asyncio_wait_for_coroutine(future, 60)),
      asyncio_wait_for_coroutine(asyncio_sleep_coroutine(60, asyncio_none()), 60),
  };
  for (size_t i = 0; i < sizeof coroutines / sizeof *coroutines; i++)
    asyncio_unref(asyncio_create_task(coroutines[i], .loop = loop));
}

TEST(closed_loop_ends_waits_with_limits_and_frees_what_they_hold) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_loop_set_exception_handler(loop, ignore, NULL);
  start_waiting(loop, future);
  CHECK_OK(asyncio_loop_call_soon(loop, note_the_clock, NULL, NULL));
  CHECK_OK(asyncio_loop_call_later(loop, 1, stop_loop, loop, NULL));
  CHECK_OK(asyncio_loop_run_forever(loop));
  CHECK_OK(asyncio_loop_close(loop));
  EXPECT_TRACE("inner cancelled at 1 (Event loop is closed)", "waiter got CancelledError: Event loop is closed at 1");
  asyncio_unref(future);
  asyncio_loop_unref(loop);
}
