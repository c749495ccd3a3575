// SPDX-License-Identifier: MIT
// src/async/run.c: the outcome of the whole, a loop of its own each time, and an end that leaves no task and no failure
// behind.
#include <math.h>

#include "actors.h"

// ---- The outcome

ASYNCIO_COROUTINE(gives_text) { return asyncio_text(result, "the value"); }

TEST(run_gives_the_value) {
  asyncio_value value;
  CHECK_OK(asyncio_run(gives_text_coroutine(), &value));
  CHECK_TEXT(asyncio_value_text(value), "the value");
  asyncio_value_clear(&value);
  CHECK_OK(asyncio_run(gives_text_coroutine(), NULL));
}

ASYNCIO_COROUTINE(fails_with, (asyncio_status, status)) {
  ASYNCIO_TRY(asyncio_sleep(1));
  return asyncio_raise(status, "out of luck");
}

TEST(run_gives_the_failure_and_its_words) {
  asyncio_value value = asyncio_int(1);
  CHECK_ERROR(asyncio_run(fails_with_coroutine(ASYNCIO_VALUE_ERROR), &value), ASYNCIO_VALUE_ERROR, "out of luck");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  CHECK_ERROR(asyncio_run(fails_with_coroutine(-1234), NULL), -1234, "out of luck");
  CHECK_ERROR(asyncio_run(fails_with_coroutine(ASYNCIO_CANCELLED_ERROR), NULL), ASYNCIO_CANCELLED_ERROR, "out of luck");
}

ASYNCIO_COROUTINE(cancels_its_task) {
  CHECK(asyncio_task_cancel(asyncio_current_task(), "by itself"));
  return asyncio_sleep(1);
}

TEST(run_of_a_task_that_is_cancelled_gives_cancelled_error) {
  CHECK_ERROR(asyncio_run(cancels_its_task_coroutine(), NULL), ASYNCIO_CANCELLED_ERROR, "by itself");
}

// ---- The loop

static asyncio_loop *loops[3];

ASYNCIO_COROUTINE(notes_its_loop, (int, at)) {
  loops[at] = asyncio_loop_ref(asyncio_get_running_loop());
  CHECK(asyncio_get_event_loop() == loops[at]);
  CHECK(asyncio_loop_is_running(loops[at]));
  CHECK(asyncio_current_task() != NULL);
  return ASYNCIO_OK;
}

TEST(run_uses_a_new_loop_each_time_and_closes_it) {
  for (int i = 0; i < 3; i++) run(notes_its_loop_coroutine(i));
  CHECK(loops[0] != loops[1] && loops[1] != loops[2] && loops[0] != loops[2]);
  for (int i = 0; i < 3; i++) {
    CHECK(asyncio_loop_is_closed(loops[i]));
    CHECK(!asyncio_loop_is_running(loops[i]));
    asyncio_loop_unref(loops[i]);
  }
}

TEST(no_loop_is_set_after_a_run) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_set_event_loop(loop);
  CHECK(asyncio_get_event_loop() == loop);
  asyncio_loop_unref(loop);
  run(gives_text_coroutine());
  CHECK(!asyncio_get_event_loop());
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "There is no current event loop");
  CHECK(!asyncio_get_running_loop());
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "no running event loop");
  CHECK(!asyncio_current_task());
}

ASYNCIO_COROUTINE(runs_inside) {
  asyncio_value value;
  CHECK_ERROR(asyncio_run(gives_text_coroutine(), &value), ASYNCIO_RUNTIME_ERROR,
              "asyncio_run() cannot be called from a running event loop");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  return asyncio_sleep(1);
}

TEST(run_inside_a_running_loop_is_refused_and_the_coroutine_dropped) { run(runs_inside_coroutine()); }

TEST(run_of_what_is_no_coroutine_is_refused_and_leaves_it_alone) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_ERROR(asyncio_run(future, NULL), ASYNCIO_TYPE_ERROR,
              "Expected [coroutine] to be an unused coroutine, got a future");
  CHECK(!asyncio_future_done(future));
  asyncio_unref(future);
  asyncio_loop_unref(loop);
  asyncio_error_clear();
  CHECK_ERROR(asyncio_run(NULL, NULL), ASYNCIO_TYPE_ERROR, "Expected [coroutine] to be an awaitable, got NULL");
  CHECK_ERROR(asyncio_run(asyncio_sleep_coroutine(NAN, asyncio_none()), NULL), ASYNCIO_VALUE_ERROR,
              "Expected [delay] to be a number, got NaN");
}

// ---- The tasks that are left

ASYNCIO_COROUTINE(leaves_tasks) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  asyncio_unref(asyncio_create_task(actor_coroutine("a", 60, 1)));
  asyncio_unref(asyncio_create_task(tidy_actor_coroutine("b", 2, ASYNCIO_VALUE_ERROR)));
  asyncio_unref(asyncio_create_task(stubborn_actor_coroutine("c", 1, 3)));
  ASYNCIO_TRY(asyncio_sleep(1));
  asyncio_unref(asyncio_create_task(actor_coroutine("d", 60, 1)));
  trace("main ends");
  return ASYNCIO_OK;
}

TEST(tasks_left_over_are_cancelled_and_may_suspend_and_their_failures_are_reported) {
  run(leaves_tasks_coroutine());
  EXPECT_TRACE("main ends", "a cancelled at 1 (The task was cancelled)", "b cancelled at 1 (The task was cancelled)",
               "c cancelled at 1 (The task was cancelled)", "d cancelled at 1 (The task was cancelled)",
               "c cleaned up at 2", "b cleaned up at 3",
               "Unhandled exception during asyncio.run() shutdown: ValueError: b failed");
}

ASYNCIO_COROUTINE(leaves_tasks_and_fails) {
  ASYNCIO_TRY(leaves_tasks(NULL));
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "main failed");
}

TEST(failure_of_the_main_task_survives_the_cleanup_of_others) {
  CHECK_ERROR(asyncio_run(leaves_tasks_and_fails_coroutine(), NULL), ASYNCIO_TYPE_ERROR, "main failed");
  EXPECT_TRACE("main ends", "a cancelled at 1 (The task was cancelled)", "b cancelled at 1 (The task was cancelled)",
               "c cancelled at 1 (The task was cancelled)", "d cancelled at 1 (The task was cancelled)",
               "c cleaned up at 2", "b cleaned up at 3",
               "Unhandled exception during asyncio.run() shutdown: ValueError: b failed");
}

ASYNCIO_COROUTINE(starts_another_when_cancelled) {
  asyncio_status status = asyncio_sleep(INFINITY);
  asyncio_unref(asyncio_create_task(actor_coroutine("late", 60, 1)));
  trace("started another");
  return status;
}

ASYNCIO_COROUTINE(leaves_one_that_starts_another) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  asyncio_unref(asyncio_create_task(starts_another_when_cancelled_coroutine()));
  return asyncio_sleep(1);
}

// asyncio cancels once; the loop's end takes the rest.
TEST(task_started_during_the_cleanup_ends_with_the_loop) {
  run(leaves_one_that_starts_another_coroutine());
  EXPECT_TRACE("started another", "Task was destroyed but it is pending", "late cancelled at 1 (Event loop is closed)");
}

ASYNCIO_COROUTINE(never_ends) {
  asyncio_status status = asyncio_sleep(INFINITY);
  trace("first %s", asyncio_error_name(status));
  status = asyncio_sleep(INFINITY);
  trace("then %s: %s", asyncio_error_name(status), asyncio_error_message(status));
  return status;
}

ASYNCIO_COROUTINE(leaves_one_that_never_ends) {
  trace_exceptions(asyncio_get_running_loop());
  asyncio_unref(asyncio_create_task(never_ends_coroutine()));
  return asyncio_sleep(1);
}

// Two are destroyed: that task, and the run's own that waits for it.
TEST(task_that_waits_for_ever_in_its_cleanup_ends_with_the_loop) {
  run(leaves_one_that_never_ends_coroutine());
  EXPECT_TRACE("first CancelledError", "Task was destroyed but it is pending",
               "then CancelledError: Event loop is closed", "Task was destroyed but it is pending");
}

// ---- Running again

TEST(runs_follow_one_another_also_after_failures) {
  for (int i = 0; i < 3; i++) {
    CHECK_ERROR(asyncio_run(fails_with_coroutine(ASYNCIO_VALUE_ERROR), NULL), ASYNCIO_VALUE_ERROR, "out of luck");
    run(gives_text_coroutine());
  }
}

ASYNCIO_COROUTINE(blocks_for_ever) { return asyncio_await(asyncio_sleep_coroutine(INFINITY, asyncio_none()), NULL); }

TEST(run_that_can_never_continue_ends_with_the_reason) {
  CHECK_ERROR(asyncio_run(blocks_for_ever_coroutine(), NULL), ASYNCIO_RUNTIME_ERROR,
              "The event loop can never continue: nothing is ready, no timer is set\n"
              "  Task-1 (blocks_for_ever > sleep) waits for sleep");
  run(gives_text_coroutine());
}
