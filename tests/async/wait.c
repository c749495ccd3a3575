// SPDX-License-Identifier: MIT
// src/async/wait.c: when a wait ends, in which order it leaves the array, and that the futures never notice.
#include <math.h>

#include "actors.h"

enum { MOST = 8 };

static asyncio_task *tasks[MOST];  // as they were made
static size_t task_count;

static asyncio_task *made(asyncio_future *coroutine, const char *name) {
  tasks[task_count] = asyncio_create_task(coroutine, .name = name);
  return tasks[task_count++];
}

// Awaits what is left, whatever becomes of it, and drops all.
static void end_tasks(void) {
  for (size_t i = 0; i < task_count; i++) {
    asyncio_task_cancel(tasks[i], NULL);
    asyncio_status status = asyncio_await(tasks[i], NULL);
    (void)status;
    asyncio_unref(tasks[i]);
  }
  task_count = 0;
}

// Waits for all made so far, and traces "done a b | pending c at T".
static void wait_and_trace(double timeout, asyncio_return_when when) {
  asyncio_future *futures[MOST];
  char text[100] = "done";
  size_t done;
  memcpy(futures, tasks, sizeof futures);
  CHECK_OK(asyncio_wait(futures, task_count, timeout, when, &done));
  for (size_t i = 0; i < task_count; i++) {
    CHECK_INT(asyncio_future_done(futures[i]), i < done);
    if (i == done) strcat(text, " | pending");
    strcat(strcat(text, " "), asyncio_task_get_name(futures[i]));
  }
  trace_at(text, "");
}

// ---- Modes

ASYNCIO_COROUTINE(waits_for_three, (double, timeout), (asyncio_return_when, when)) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  made(actor_coroutine("a", 3, 1), "a");
  made(failing_actor_coroutine("b", 2, ASYNCIO_VALUE_ERROR), "b");
  made(actor_coroutine("c", 1, 3), "c");
  wait_and_trace(timeout, when);
  end_tasks();
  return ASYNCIO_OK;
}

TEST(wait_for_all_ends_with_the_last_in_the_former_order) {
  run(waits_for_three_coroutine(INFINITY, ASYNCIO_ALL_COMPLETED));
  EXPECT_TRACE("c done at 1", "b failed at 2", "a done at 3", "done a b c  at 3");
}

TEST(wait_for_the_first_ends_with_it_and_puts_it_first) {
  run(waits_for_three_coroutine(INFINITY, ASYNCIO_FIRST_COMPLETED));
  EXPECT_TRACE("c done at 1", "done c | pending a b  at 1", "a cancelled at 1 (The task was cancelled)",
               "b cancelled at 1 (The task was cancelled)");
}

TEST(wait_for_the_first_exception_ends_with_it) {
  run(waits_for_three_coroutine(INFINITY, ASYNCIO_FIRST_EXCEPTION));
  EXPECT_TRACE("c done at 1", "b failed at 2", "done b c | pending a  at 2",
               "a cancelled at 2 (The task was cancelled)");
}

ASYNCIO_COROUTINE(waits_for_an_exception_that_does_not_come) {
  clock_start();
  made(actor_coroutine("a", 2, 1), "a");
  asyncio_task *cancelled = made(actor_coroutine("b", 9, 2), "b");
  CHECK_OK(asyncio_sleep(1));
  asyncio_task_cancel(cancelled, NULL);
  wait_and_trace(INFINITY, ASYNCIO_FIRST_EXCEPTION);
  end_tasks();
  return ASYNCIO_OK;
}

TEST(cancelled_future_is_no_exception_to_a_wait) {
  run(waits_for_an_exception_that_does_not_come_coroutine());
  EXPECT_TRACE("b cancelled at 1 (The task was cancelled)", "a done at 2", "done a b  at 2");
}

// ---- Time

TEST(timeout_ends_a_wait_and_cancels_nothing) {
  run(waits_for_three_coroutine(1.5, ASYNCIO_ALL_COMPLETED));
  EXPECT_TRACE("c done at 1", "done c | pending a b  at 1.5", "a cancelled at 1.5 (The task was cancelled)",
               "b cancelled at 1.5 (The task was cancelled)");
}

ASYNCIO_COROUTINE(waits_without_time, (double, timeout)) {
  asyncio_task *ticks = asyncio_create_task(ticking_actor_coroutine(4));
  clock_start();
  made(actor_coroutine("a", 3, 1), "a");
  wait_and_trace(timeout, ASYNCIO_ALL_COMPLETED);
  end_tasks();
  check_gives(ticks, 0);
  asyncio_unref(ticks);
  return ASYNCIO_OK;
}

TEST(wait_with_no_or_negative_time_takes_two_iterations) {
  const double timeouts[] = {0, -1, -INFINITY};
  for (int i = 0; i < 3; i++) {
    run(waits_without_time_coroutine(timeouts[i]));
    EXPECT_TRACE("tick 1", "tick 2", "done | pending a  at 0", "tick 3", "a cancelled at 0 (The task was cancelled)",
                 "tick 4");
  }
}

ASYNCIO_COROUTINE(waits_in_time) {
  made(actor_coroutine("a", 1, 1), "a");
  wait_and_trace(100, ASYNCIO_ALL_COMPLETED);
  end_tasks();
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(notes_the_clock) {
  clock_start();
  return ASYNCIO_OK;
}

TEST(wait_that_ends_in_time_leaves_no_timer) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_run_until_complete(loop, notes_the_clock_coroutine(), NULL));
  double began = asyncio_loop_time(loop);
  CHECK_OK(asyncio_loop_run_until_complete(loop, waits_in_time_coroutine(), NULL));
  EXPECT_TRACE("a done at 1", "done a  at 1");
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK_DOUBLE(asyncio_loop_time(loop) - began, 1);
  asyncio_loop_unref(loop);
}

// ---- Futures done before, given twice, temporary

ASYNCIO_COROUTINE(waits_for_done) {
  asyncio_task *ticks = asyncio_create_task(ticking_actor_coroutine(4));
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  size_t done;
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(1)));
  CHECK_OK(asyncio_wait((asyncio_future *[]){future}, 1, INFINITY, ASYNCIO_ALL_COMPLETED, &done));
  CHECK_INT(done, 1);
  trace("waited");
  asyncio_unref(future);
  check_gives(ticks, 0);
  asyncio_unref(ticks);
  return ASYNCIO_OK;
}

TEST(wait_for_done_futures_takes_two_iterations) {
  run(waits_for_done_coroutine());
  EXPECT_TRACE("tick 1", "tick 2", "waited", "tick 3", "tick 4");
}

ASYNCIO_COROUTINE(waits_for_one_twice) {
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio_future *once = asyncio_loop_create_future(loop), *other = asyncio_loop_create_future(loop);
  asyncio_future *futures[] = {other, once, once};
  size_t done;
  CHECK_OK(asyncio_future_set_result(once, asyncio_int(1)));
  CHECK_OK(asyncio_wait(futures, 3, INFINITY, ASYNCIO_FIRST_COMPLETED, &done));
  CHECK_INT(done, 2);
  CHECK(futures[0] == once && futures[1] == once && futures[2] == other);
  CHECK_OK(asyncio_future_set_result(other, asyncio_int(1)));
  CHECK_OK(asyncio_wait(futures, 3, INFINITY, ASYNCIO_ALL_COMPLETED, NULL));
  asyncio_unref(once);
  asyncio_unref(other);
  return ASYNCIO_OK;
}

TEST(future_given_twice_stays_twice) { run(waits_for_one_twice_coroutine()); }

ASYNCIO_COROUTINE(waits_for_temporaries) {
  clock_start();
  asyncio_future *futures[] = {asyncio_gather(asyncio_sleep_coroutine(2, asyncio_int(1))),
                               asyncio_shield(asyncio_sleep_coroutine(1, asyncio_int(2)))};
  size_t done;
  CHECK_OK(asyncio_wait(futures, 2, INFINITY, ASYNCIO_FIRST_COMPLETED, &done));
  CHECK_INT(done, 1);
  check_gives(futures[0], 2);
  asyncio_value list;
  CHECK_OK(asyncio_await(futures[1], &list));
  CHECK_INT(asyncio_value_count(list), 1);
  asyncio_value_clear(&list);
  return ASYNCIO_OK;
}

TEST(gathers_and_shields_stay_the_callers_and_unused) { run(waits_for_temporaries_coroutine()); }

static asyncio_status set_future(void *arg) { return asyncio_future_set_result(arg, asyncio_int(1)); }

ASYNCIO_COROUTINE(waits_for_a_future_set_by_a_callback) {
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  size_t done = 9;
  CHECK_OK(asyncio_loop_call_later(loop, 1, set_future, future, NULL));
  CHECK_OK(asyncio_wait(&future, 1, 1, ASYNCIO_ALL_COMPLETED, &done));
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(future_set_in_the_iteration_of_the_timeout_ends_the_wait_once) {
  run(waits_for_a_future_set_by_a_callback_coroutine());
}

// ---- Cancelling

ASYNCIO_COROUTINE(waits_for_what_is_made, (asyncio_return_when, when)) {
  asyncio_future *futures[MOST];
  memcpy(futures, tasks, sizeof futures);
  size_t done = 9;
  asyncio_status status = asyncio_wait(futures, 2, 60, when, &done);
  CHECK_INT(done, status ? 0 : 1);
  trace_at("wait", status ? asyncio_error_message(status) : "ended");
  return status;
}

ASYNCIO_COROUTINE(cancels_a_wait) {
  clock_start();
  made(actor_coroutine("a", 2, 1), "a");
  made(actor_coroutine("b", 3, 2), "b");
  asyncio_task *waiter = asyncio_create_task(waits_for_what_is_made_coroutine(ASYNCIO_ALL_COMPLETED));
  CHECK_OK(asyncio_sleep(1));
  CHECK_TEXT(asyncio_task_waiting_for(waiter), "wait");
  CHECK(asyncio_task_cancel(waiter, "stop"));
  check_fails(waiter, ASYNCIO_CANCELLED_ERROR, "stop");
  asyncio_unref(waiter);
  wait_and_trace(INFINITY, ASYNCIO_ALL_COMPLETED);
  end_tasks();
  return ASYNCIO_OK;
}

TEST(cancelled_wait_leaves_the_futures_alone) {
  run(cancels_a_wait_coroutine());
  EXPECT_TRACE("wait stop at 1", "a done at 2", "b done at 3", "done a b  at 3");
}

// The first future is done and has woken the wait, or is about to.
ASYNCIO_COROUTINE(cancels_a_wait_that_has_ended, (int, iterations)) {
  asyncio_loop *loop = asyncio_get_running_loop();
  clock_start();
  tasks[0] = asyncio_loop_create_future(loop);
  tasks[1] = asyncio_loop_create_future(loop);
  asyncio_task *waiter = asyncio_create_task(waits_for_what_is_made_coroutine(ASYNCIO_FIRST_COMPLETED));
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_future_set_result(tasks[0], asyncio_int(1)));
  for (int i = 0; i < iterations; i++) CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(waiter, "stop"));
  check_fails(waiter, ASYNCIO_CANCELLED_ERROR, "stop");
  CHECK(!asyncio_future_done(tasks[1]));
  asyncio_unref(waiter);
  asyncio_unref(tasks[0]);
  asyncio_unref(tasks[1]);
  return ASYNCIO_OK;
}

TEST(wait_cancelled_between_a_futures_end_and_its_own_is_cancelled) {
  for (int iterations = 0; iterations < 2; iterations++) {
    run(cancels_a_wait_that_has_ended_coroutine(iterations));
    EXPECT_TRACE("wait stop at 0");
  }
}

// ---- Wrong arguments: nothing is used up.

ASYNCIO_COROUTINE(waits_wrongly) {
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  asyncio_future *coroutine = actor_coroutine("a", 1, 7);
  size_t done = 9;
  CHECK_ERROR(asyncio_wait((asyncio_future *[]){future, coroutine}, 2, 1, ASYNCIO_ALL_COMPLETED, &done),
              ASYNCIO_TYPE_ERROR,
              "Expected [futures] to be futures or tasks, got a coroutine at 1: make it a task first");
  CHECK_INT(done, 0);
  CHECK_ERROR(asyncio_wait((asyncio_future *[]){NULL}, 1, 1, ASYNCIO_ALL_COMPLETED, &done), ASYNCIO_TYPE_ERROR,
              "Expected [futures] to be futures or tasks, got NULL at 0");
  CHECK_ERROR(asyncio_wait(NULL, 0, 1, ASYNCIO_ALL_COMPLETED, &done), ASYNCIO_VALUE_ERROR,
              "Set of Tasks/Futures is empty.");
  CHECK_ERROR(asyncio_wait(&future, 1, NAN, ASYNCIO_ALL_COMPLETED, &done), ASYNCIO_VALUE_ERROR,
              "Expected [timeout] to be a number, got NaN");
  CHECK(asyncio_iscoroutine(coroutine));
  CHECK(!asyncio_future_done(future));
  clock_start();
  check_gives(coroutine, 7);
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(wrong_arguments_of_wait_are_refused_and_not_used_up) {
  run(waits_wrongly_coroutine());
  EXPECT_TRACE("a done at 1");
}
