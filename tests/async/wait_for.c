// SPDX-License-Identifier: MIT
// src/async/wait_for.c: who decides when a limit, an end and a cancellation meet, and that the awaitable has always
// ended before the wait does.
#include <math.h>

#include "actors.h"

#define OUT_OF_TIME "The time limit was reached"

static void check_limited(asyncio_future *awaitable, double timeout, int expected) {
  asyncio_value value;
  CHECK_OK(asyncio_wait_for(awaitable, timeout, &value));
  CHECK_INT(asyncio_value_int(value), expected);
  asyncio_value_clear(&value);
}

static void check_exceeded(asyncio_future *awaitable, double timeout) {
  asyncio_value value;
  CHECK_ERROR(asyncio_wait_for(awaitable, timeout, &value), ASYNCIO_TIMEOUT_ERROR, OUT_OF_TIME);
  CHECK_INT(value.kind, ASYNCIO_NONE);
  CHECK_INT(asyncio_task_cancelling(asyncio_current_task()), 0);
}

// ---- In time

ASYNCIO_COROUTINE(waits_in_time_for_each_kind) {
  asyncio_loop *loop = asyncio_get_running_loop();
  clock_start();
  check_limited(actor_coroutine("unlimited", 100, 1), INFINITY, 1);
  check_limited(actor_coroutine("coroutine", 1, 2), 2, 2);
  asyncio_task *task = asyncio_create_task(actor_coroutine("task", 1, 3));
  check_limited(task, 2, 3);
  check_limited(task, 2, 3);
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(4)));
  check_limited(future, 2, 4);
  check_limited(asyncio_shield(task), 2, 3);
  check_limited(asyncio_wait_for_coroutine(asyncio_sleep_coroutine(1, asyncio_int(5)), 2), 2, 5);
  CHECK_OK(asyncio_wait_for(asyncio_gather(task, future), 2, NULL));
  CHECK_ERROR(asyncio_wait_for(failing_actor_coroutine("failing", 1, ASYNCIO_VALUE_ERROR), 2, NULL),
              ASYNCIO_VALUE_ERROR, "failing failed");
  asyncio_unref(task);
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(wait_for_gives_the_outcome_that_comes_in_time) {
  run(waits_in_time_for_each_kind_coroutine());
  EXPECT_TRACE("unlimited done at 100", "coroutine done at 101", "task done at 102", "failing failed at 104");
}

static asyncio_task *seen_task;

ASYNCIO_COROUTINE(notes_its_task) {
  seen_task = asyncio_current_task();
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(compares_tasks) {
  asyncio_task *ticks = asyncio_create_task(ticking_actor_coroutine(2));
  CHECK_OK(asyncio_wait_for(notes_its_task_coroutine(), 1, NULL));
  CHECK(seen_task == asyncio_current_task());
  CHECK_OK(asyncio_wait_for(asyncio_wait_for_coroutine(notes_its_task_coroutine(), 1), 1, NULL));
  CHECK(seen_task == asyncio_current_task());
  trace("no iteration passed");
  check_limited(asyncio_sleep_coroutine(0, asyncio_int(4)), 1, 4);
  trace("one iteration passed");
  check_gives(ticks, 0);
  asyncio_unref(ticks);
  return ASYNCIO_OK;
}

TEST(limited_coroutine_runs_in_its_callers_task_without_an_iteration_more) {
  run(compares_tasks_coroutine());
  EXPECT_TRACE("no iteration passed", "tick 1", "one iteration passed", "tick 2");
}

ASYNCIO_COROUTINE(limits_as_tasks) {
  clock_start();
  asyncio_task *in_time = asyncio_create_task(asyncio_wait_for_coroutine(actor_coroutine("a", 1, 7), 2));
  asyncio_task *late = asyncio_create_task(asyncio_wait_for_coroutine(actor_coroutine("b", 3, 8), 2));
  check_gives(in_time, 7);
  check_fails(late, ASYNCIO_TIMEOUT_ERROR, OUT_OF_TIME);
  asyncio_unref(in_time);
  asyncio_unref(late);
  return ASYNCIO_OK;
}

TEST(wait_for_object_works_as_a_task) {
  run(limits_as_tasks_coroutine());
  EXPECT_TRACE("a done at 1", "b cancelled at 2 (The task was cancelled)");
}

TEST(wait_for_that_ends_in_time_leaves_no_timer) {
  asyncio_loop *loop = asyncio_new_event_loop();
  double began = asyncio_loop_time(loop);
  CHECK_OK(asyncio_loop_run_until_complete(
      loop, asyncio_wait_for_coroutine(asyncio_sleep_coroutine(1, asyncio_none()), 3600), NULL));
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK_DOUBLE(asyncio_loop_time(loop) - began, 1);
  asyncio_loop_unref(loop);
}

// ---- Out of time

ASYNCIO_COROUTINE(exceeds_each_kind) {
  asyncio_loop *loop = asyncio_get_running_loop();
  clock_start();
  check_exceeded(actor_coroutine("a", 9, 1), 1);
  asyncio_task *task = asyncio_create_task(actor_coroutine("b", 9, 1));
  check_exceeded(task, 1);
  CHECK(asyncio_future_cancelled(task));
  asyncio_unref(task);
  asyncio_future *future = asyncio_loop_create_future(loop);
  check_exceeded(future, 1);
  CHECK(asyncio_future_cancelled(future));
  asyncio_unref(future);
  check_exceeded(asyncio_gather(actor_coroutine("c", 9, 1), actor_coroutine("d", 9, 1)), 1);
  task = asyncio_create_task(actor_coroutine("e", 2, 6));
  check_exceeded(asyncio_shield(task), 1);
  check_gives(task, 6);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(limit_cancels_every_kind_of_awaitable_but_what_is_shielded) {
  run(exceeds_each_kind_coroutine());
  EXPECT_TRACE("a cancelled at 1 (The task was cancelled)", "b cancelled at 2 (The task was cancelled)",
               "c cancelled at 4 (The task was cancelled)", "d cancelled at 4 (The task was cancelled)", "e done at 6");
}

ASYNCIO_COROUTINE(exceeds_slowly) {
  clock_start();
  check_exceeded(tidy_actor_coroutine("tidy", 0.5, ASYNCIO_CANCELLED_ERROR), 1);
  trace_at("limit", "passed on");
  check_limited(stubborn_actor_coroutine("stubborn", 0.5, 42), 1, 42);
  CHECK_INT(asyncio_task_cancelling(asyncio_current_task()), 0);
  CHECK_ERROR(asyncio_wait_for(tidy_actor_coroutine("failing", 0.5, ASYNCIO_VALUE_ERROR), 1, NULL), ASYNCIO_VALUE_ERROR,
              "failing failed");
  CHECK_INT(asyncio_task_cancelling(asyncio_current_task()), 0);
  asyncio_task *task = asyncio_create_task(stubborn_actor_coroutine("task", 0.5, 43));
  check_limited(task, 1, 43);
  asyncio_unref(task);
  trace_at("all", "done");
  return asyncio_sleep(1);
}

TEST(end_of_what_was_cancelled_is_waited_for_and_its_result_or_failure_counts) {
  run(exceeds_slowly_coroutine());
  EXPECT_TRACE("tidy cancelled at 1 (The task was cancelled)", "tidy cleaned up at 1.5", "limit passed on at 1.5",
               "stubborn cancelled at 2.5 (The task was cancelled)", "stubborn cleaned up at 3",
               "failing cancelled at 4 (The task was cancelled)", "failing cleaned up at 4.5",
               "task cancelled at 5.5 (The task was cancelled)", "task cleaned up at 6", "all done at 6");
}

// ---- No time at all

ASYNCIO_COROUTINE(has_no_time, (double, timeout)) {
  asyncio_loop *loop = asyncio_get_running_loop();
  clock_start();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(1)));
  check_limited(future, timeout, 1);
  asyncio_unref(future);
  future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "failed before"));
  CHECK_ERROR(asyncio_wait_for(future, timeout, NULL), ASYNCIO_VALUE_ERROR, "failed before");
  asyncio_unref(future);
  future = asyncio_loop_create_future(loop);
  CHECK(asyncio_future_cancel(future, "cancelled before"));
  CHECK_ERROR(asyncio_wait_for(future, timeout, NULL), ASYNCIO_CANCELLED_ERROR, "cancelled before");
  asyncio_unref(future);
  check_exceeded(actor_coroutine("never started", 1, 1), timeout);
  asyncio_task *task = asyncio_create_task(actor_coroutine("started", 1, 1));
  CHECK_OK(asyncio_sleep(0));
  check_exceeded(task, timeout);
  asyncio_unref(task);
  task = asyncio_create_task(stubborn_actor_coroutine("stubborn", 1, 42));
  CHECK_OK(asyncio_sleep(0));
  check_limited(task, timeout, 42);
  asyncio_unref(task);
  task = asyncio_create_task(tidy_actor_coroutine("failing", 1, ASYNCIO_VALUE_ERROR));
  CHECK_OK(asyncio_sleep(0));
  CHECK_ERROR(asyncio_wait_for(task, timeout, NULL), ASYNCIO_VALUE_ERROR, "failing failed");
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(without_time_what_is_done_counts_and_the_rest_is_cancelled_and_waited_for) {
  const double timeouts[] = {0, -1, -INFINITY};
  for (int i = 0; i < 3; i++) {
    run(has_no_time_coroutine(timeouts[i]));
    EXPECT_TRACE("started cancelled at 0 (The task was cancelled)", "stubborn cancelled at 0 (The task was cancelled)",
                 "stubborn cleaned up at 1", "failing cancelled at 1 (The task was cancelled)",
                 "failing cleaned up at 2");
  }
}

ASYNCIO_COROUTINE(counts_iterations_without_time) {
  asyncio_task *ticks = asyncio_create_task(ticking_actor_coroutine(6));
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  check_exceeded(actor_coroutine("never started", 1, 1), 0);
  trace("coroutine");
  check_exceeded(future, 0);
  trace("future");
  check_gives(ticks, 0);
  asyncio_unref(ticks);
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(cancelling_without_time_takes_three_iterations_for_a_coroutine_and_two_for_a_future) {
  run(counts_iterations_without_time_coroutine());
  EXPECT_TRACE("tick 1", "tick 2", "tick 3", "coroutine", "tick 4", "tick 5", "future", "tick 6");
}

// ---- Arguments

ASYNCIO_COROUTINE(limits_nothing) {
  CHECK_ERROR(asyncio_wait_for(NULL, 1, NULL), ASYNCIO_TYPE_ERROR, "Expected [awaitable] to be an awaitable, got NULL");
  asyncio_error_clear();
  CHECK(!asyncio_wait_for_coroutine(NULL, 1));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "Expected [awaitable] to be an awaitable, got NULL");
  CHECK_ERROR(asyncio_wait_for(actor_coroutine("a", 1, 1), NAN, NULL), ASYNCIO_VALUE_ERROR,
              "Expected [timeout] to be a number, got NaN");
  CHECK(!asyncio_wait_for_coroutine(actor_coroutine("a", 1, 1), NAN));
  CHECK_ERROR(asyncio_wait_for(asyncio_sleep_coroutine(NAN, asyncio_none()), 1, NULL), ASYNCIO_VALUE_ERROR,
              "Expected [delay] to be a number, got NaN");
  asyncio_unref(asyncio_wait_for_coroutine(actor_coroutine("dropped", 1, 1), 1));
  asyncio_task *unstarted = asyncio_create_task(asyncio_wait_for_coroutine(actor_coroutine("unstarted", 1, 1), 1));
  CHECK(asyncio_task_cancel(unstarted, "early"));
  check_fails(unstarted, ASYNCIO_CANCELLED_ERROR, "early");
  asyncio_unref(unstarted);
  return ASYNCIO_OK;
}

TEST(wrong_or_unused_arguments_are_dropped) { run(limits_nothing_coroutine()); }
