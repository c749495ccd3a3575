// SPDX-License-Identifier: MIT
// src/async/sleep.c: a sleep takes its time and no more than its iterations; cancelling it leaves nothing behind; as an
// object it hands its value on.
#include <math.h>

#include "actors.h"

static asyncio_status trace_words(void *arg) {
  trace("%s", (const char *)arg);
  return ASYNCIO_OK;
}

static asyncio_status cancel_task(void *arg) {
  trace("cancel %s", asyncio_task_cancel(arg, "enough") ? "accepted" : "refused");
  return ASYNCIO_OK;
}

// ---- Iterations

ASYNCIO_COROUTINE(sleeps_without_delay, (double, delay)) {
  asyncio_task *other = asyncio_create_task(ticking_actor_coroutine(4));
  for (int i = 0; i < 3; i++) {
    trace("before");
    ASYNCIO_TRY(asyncio_sleep(delay));
  }
  trace("after");
  ASYNCIO_TRY(asyncio_await(other, NULL));
  asyncio_unref(other);
  return ASYNCIO_OK;
}

TEST(sleep_of_zero_takes_exactly_one_iteration_in_which_others_run) {
  run(sleeps_without_delay_coroutine(0));
  EXPECT_TRACE("before", "tick 1", "before", "tick 2", "before", "tick 3", "after", "tick 4");
}

TEST(sleep_of_less_than_zero_takes_exactly_one_iteration_too) {
  run(sleeps_without_delay_coroutine(-5));
  EXPECT_TRACE("before", "tick 1", "before", "tick 2", "before", "tick 3", "after", "tick 4");
  run(sleeps_without_delay_coroutine(-INFINITY));
  EXPECT_TRACE("before", "tick 1", "before", "tick 2", "before", "tick 3", "after", "tick 4");
}

ASYNCIO_COROUTINE(sleeps_as_objects) {
  asyncio_task *other = asyncio_create_task(ticking_actor_coroutine(3));
  trace("before");
  ASYNCIO_TRY(asyncio_await(asyncio_sleep_coroutine(0, asyncio_none()), NULL));
  trace("between");
  ASYNCIO_TRY(asyncio_await(asyncio_sleep_coroutine(-1, asyncio_none()), NULL));
  trace("after");
  ASYNCIO_TRY(asyncio_await(other, NULL));
  asyncio_unref(other);
  return ASYNCIO_OK;
}

TEST(sleep_of_zero_as_an_object_takes_one_iteration) {
  run(sleeps_as_objects_coroutine());
  EXPECT_TRACE("before", "tick 1", "between", "tick 2", "after", "tick 3");
}

// The timer's own iteration, and one more for the task to go on: a callback queued by a timer of the same time comes
// first.
ASYNCIO_COROUTINE(sleeps_beside_a_timer) {
  asyncio_loop *loop = asyncio_get_running_loop();
  CHECK_OK(asyncio_loop_call_later(loop, 1, trace_words, "timer before", NULL));
  asyncio_task *sleeper = asyncio_create_task(actor_coroutine("sleeper", 1, 0));
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK_OK(asyncio_loop_call_later(loop, 1, trace_words, "timer after", NULL));
  ASYNCIO_TRY(asyncio_await(sleeper, NULL));
  asyncio_unref(sleeper);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(clocked, (asyncio_future *, inner)) {
  clock_start();
  return asyncio_await(inner, result);
}

TEST(sleeper_goes_on_in_the_iteration_after_its_timer) {
  run(clocked_coroutine(sleeps_beside_a_timer_coroutine()));
  EXPECT_TRACE("timer before", "timer after", "sleeper done at 1");
}

// ---- Time

ASYNCIO_COROUTINE(sleeps_in_sequence) {
  const double delays[] = {0.25, 1e-6, 86400 * 40.0, 0.5};
  double expected = 0;
  clock_start();
  for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
    ASYNCIO_TRY(asyncio_sleep(delays[i]));
    expected += delays[i];
    CHECK(fabs(clock_elapsed() - expected) < 1e-6);
  }
  return ASYNCIO_OK;
}

TEST(sleep_takes_its_delay_however_short_or_long) { run(sleeps_in_sequence_coroutine()); }

enum { MANY_SLEEPERS = 500 };
static int woken_order[MANY_SLEEPERS];
static size_t woken_count;

ASYNCIO_COROUTINE(one_of_many, (int, number), (double, delay)) {
  ASYNCIO_TRY(asyncio_sleep(delay));
  woken_order[woken_count++] = number;
  return ASYNCIO_OK;
}

static double delay_of(int number) { return (number * 37 % 50) * 0.01; }

ASYNCIO_COROUTINE(many_sleepers) {
  asyncio_task *tasks[MANY_SLEEPERS];
  woken_count = 0;
  for (int i = 0; i < MANY_SLEEPERS; i++) tasks[i] = asyncio_create_task(one_of_many_coroutine(i, delay_of(i)));
  for (int i = 0; i < MANY_SLEEPERS; i++) {
    ASYNCIO_TRY(asyncio_await(tasks[i], NULL));
    asyncio_unref(tasks[i]);
  }
  return ASYNCIO_OK;
}

TEST(many_sleepers_wake_by_delay_and_equal_delays_in_the_order_they_began) {
  run(many_sleepers_coroutine());
  CHECK_INT(woken_count, MANY_SLEEPERS);
  for (int i = 1; i < MANY_SLEEPERS; i++) {
    double before = delay_of(woken_order[i - 1]), after = delay_of(woken_order[i]);
    CHECK(before < after || (before == after && woken_order[i - 1] < woken_order[i]));
  }
}

// ---- Cancelling

ASYNCIO_COROUTINE(cancels_a_sleep, (double, delay)) {
  clock_start();
  asyncio_task *sleeper = asyncio_create_task(actor_coroutine("sleeper", delay, 0));
  ASYNCIO_TRY(asyncio_sleep(1));
  CHECK_TEXT(asyncio_task_waiting_for(sleeper), "sleep");
  CHECK(asyncio_task_cancel(sleeper, "enough"));
  check_fails(sleeper, ASYNCIO_CANCELLED_ERROR, "enough");
  CHECK_DOUBLE(clock_elapsed(), 1);
  CHECK(asyncio_future_cancelled(sleeper));
  asyncio_unref(sleeper);
  return ASYNCIO_OK;
}

TEST(cancelled_sleep_ends_at_once) {
  run(cancels_a_sleep_coroutine(60));
  EXPECT_TRACE("sleeper cancelled at 1 (enough)");
}

TEST(sleep_of_infinity_lasts_until_cancelled) {
  run(cancels_a_sleep_coroutine(INFINITY));
  EXPECT_TRACE("sleeper cancelled at 1 (enough)");
}

// A timer that was left would carry the clock of this loop to its end.
TEST(cancelled_sleep_leaves_no_timer) {
  asyncio_loop *loop = asyncio_new_event_loop();
  double began = asyncio_loop_time(loop);
  CHECK_OK(asyncio_loop_run_until_complete(loop, cancels_a_sleep_coroutine(3600), NULL));
  EXPECT_TRACE("sleeper cancelled at 1 (enough)");
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR,
              "The event loop can never continue: nothing is ready, no timer is set");
  CHECK_DOUBLE(asyncio_loop_time(loop) - began, 1);
  asyncio_loop_unref(loop);
}

// The canceller's timer was set later for the same time: it runs in the batch of the sleeper's timer, after it.
ASYNCIO_COROUTINE(cancels_after_the_timer) {
  asyncio_loop *loop = asyncio_get_running_loop();
  clock_start();
  asyncio_task *sleeper = asyncio_create_task(actor_coroutine("sleeper", 1, 0));
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK_OK(asyncio_loop_call_later(loop, 1, cancel_task, sleeper, NULL));
  check_fails(sleeper, ASYNCIO_CANCELLED_ERROR, "enough");
  asyncio_unref(sleeper);
  return ASYNCIO_OK;
}

TEST(sleep_cancelled_after_its_timer_fired_but_before_its_step_is_cancelled) {
  run(cancels_after_the_timer_coroutine());
  EXPECT_TRACE("cancel accepted", "sleeper cancelled at 1 (enough)");
}

// Here the canceller runs first, with the sleeper's timer due and queued behind it.
ASYNCIO_COROUTINE(cancels_before_the_timer) {
  asyncio_loop *loop = asyncio_get_running_loop();
  clock_start();
  asyncio_task *sleeper = asyncio_create_task(actor_coroutine("sleeper", 1, 0));
  CHECK_OK(asyncio_loop_call_later(loop, 1, cancel_task, sleeper, NULL));
  check_fails(sleeper, ASYNCIO_CANCELLED_ERROR, "enough");
  asyncio_unref(sleeper);
  return ASYNCIO_OK;
}

TEST(sleep_cancelled_with_its_timer_due_and_queued_is_cancelled_once) {
  run(cancels_before_the_timer_coroutine());
  EXPECT_TRACE("cancel accepted", "sleeper cancelled at 1 (enough)");
}

ASYNCIO_COROUTINE(cancels_a_sleep_of_zero) {
  clock_start();
  asyncio_task *sleeper = asyncio_create_task(actor_coroutine("sleeper", 0, 0));
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(sleeper, "enough"));
  check_fails(sleeper, ASYNCIO_CANCELLED_ERROR, "enough");
  asyncio_unref(sleeper);
  return ASYNCIO_OK;
}

TEST(sleep_of_zero_can_be_cancelled) {
  run(cancels_a_sleep_of_zero_coroutine());
  EXPECT_TRACE("sleeper cancelled at 0 (enough)");
}

// ---- As an object

ASYNCIO_COROUTINE(takes_a_value) {
  asyncio_value given, got;
  CHECK_OK(asyncio_text(&given, "the value"));
  CHECK_OK(asyncio_await(asyncio_sleep_coroutine(1, given), &got));
  CHECK_TEXT(asyncio_value_text(got), "the value");
  asyncio_value_clear(&got);
  check_gives(asyncio_sleep_coroutine(0, asyncio_int(7)), 7);
  asyncio_task *task = asyncio_create_task(asyncio_sleep_coroutine(1, asyncio_int(8)), .name = "sleeper");
  check_gives(task, 8);
  check_gives(task, 8);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(sleep_object_gives_its_value) { run(takes_a_value_coroutine()); }

// Each with a value in memory, which nobody takes.
ASYNCIO_COROUTINE(wastes_values) {
  asyncio_value given;
  CHECK_OK(asyncio_text(&given, "never awaited"));
  asyncio_unref(asyncio_sleep_coroutine(1, given));
  CHECK_OK(asyncio_text(&given, "not a number"));
  CHECK(!asyncio_sleep_coroutine(NAN, given));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "Expected [delay] to be a number, got NaN");
  CHECK_OK(asyncio_text(&given, "never started"));
  asyncio_task *task = asyncio_create_task(asyncio_sleep_coroutine(1, given));
  CHECK(asyncio_task_cancel(task, NULL));
  check_fails(task, ASYNCIO_CANCELLED_ERROR, NULL);
  asyncio_unref(task);
  CHECK_OK(asyncio_text(&given, "cancelled"));
  task = asyncio_create_task(asyncio_sleep_coroutine(1, given));
  ASYNCIO_TRY(asyncio_sleep(0.5));
  CHECK(asyncio_task_cancel(task, NULL));
  check_fails(task, ASYNCIO_CANCELLED_ERROR, NULL);
  asyncio_unref(task);
  CHECK_OK(asyncio_text(&given, "dropped"));
  return asyncio_await(asyncio_sleep_coroutine(1, given), NULL);
}

TEST(value_of_a_sleep_that_is_not_taken_is_freed) { run(wastes_values_coroutine()); }

ASYNCIO_COROUTINE(sleeps_for_nan) {
  CHECK_ERROR(asyncio_sleep(NAN), ASYNCIO_VALUE_ERROR, "Expected [delay] to be a number, got NaN");
  CHECK_ERROR(asyncio_sleep(-NAN), ASYNCIO_VALUE_ERROR, NULL);
  return asyncio_sleep(0.1);
}

TEST(sleep_of_nan_is_refused_and_nothing_else_happens) { run(sleeps_for_nan_coroutine()); }
