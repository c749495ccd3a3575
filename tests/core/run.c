// SPDX-License-Identifier: MIT
// src/core/loop_run.c: runs. What run_until_complete gives, when a run is refused, and what is said when it can
// never end.
#include "common.h"

ASYNCIO_COROUTINE(run_give, (int, number)) {
  ASYNCIO_TRY(asyncio_sleep(1));
  *result = asyncio_int(number);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(run_fail, (const char *, words)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "%s", words);
}

ASYNCIO_COROUTINE(run_await, (asyncio_future *, future)) { return asyncio_await(future, result); }

TEST(run_until_complete_gives_the_value_of_a_coroutine) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_value value;
  CHECK_OK(asyncio_loop_run_until_complete(loop, run_give_coroutine(7), &value));
  CHECK_INT(asyncio_value_int(value), 7);
  CHECK_OK(asyncio_loop_run_until_complete(loop, run_give_coroutine(8), NULL));
  CHECK_OK(asyncio_loop_run_until_complete(loop, run_give_coroutine(9), &value));
  CHECK_INT(asyncio_value_int(value), 9);
  close_loop(loop);
}

TEST(run_until_complete_gives_the_failure_of_a_coroutine_and_nobody_else_hears_of_it) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_value value = asyncio_int(1);
  trace_exceptions(loop);
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, run_fail_coroutine("broken"), &value), ASYNCIO_VALUE_ERROR,
              "broken");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  close_loop(loop);
}

TEST(run_until_complete_waits_for_a_future_that_stays_the_callers) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_task *task = asyncio_create_task(run_await_coroutine(future), .loop = loop);
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(3)));
  asyncio_value value;
  CHECK_OK(asyncio_loop_run_until_complete(loop, future, &value));
  CHECK_INT(asyncio_value_int(value), 3);
  CHECK_OK(asyncio_loop_run_until_complete(loop, task, &value));
  CHECK_INT(asyncio_value_int(value), 3);
  CHECK_OK(asyncio_loop_run_until_complete(loop, task, &value));
  CHECK_INT(asyncio_value_int(value), 3);
  asyncio_unref(task);
  asyncio_unref(future);
  close_loop(loop);
}

TEST(run_until_complete_gives_a_reference_of_its_own) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_value value;
  CHECK_OK(asyncio_future_set_result(future, traced_value("value")));
  CHECK_OK(asyncio_loop_run_until_complete(loop, future, &value));
  asyncio_unref(future);
  close_loop(loop);
  EXPECT_TRACE();
  asyncio_value_clear(&value);
  EXPECT_TRACE("destroyed value");
}

TEST(a_loop_that_is_stopped_first_is_an_error_and_the_next_run_goes_on) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(run_give_coroutine(5), .loop = loop);
  CHECK_OK(asyncio_loop_call_soon(loop, stop_loop, loop, NULL));
  asyncio_value value;
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, task, &value), ASYNCIO_RUNTIME_ERROR,
              "Event loop stopped before Future completed.");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  CHECK(!asyncio_future_done(task));
  CHECK_OK(asyncio_loop_run_until_complete(loop, task, &value));
  CHECK_INT(asyncio_value_int(value), 5);
  asyncio_unref(task);
  close_loop(loop);
}

TEST(a_run_that_was_stopped_leaves_no_callback_that_would_stop_the_next_one) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(run_give_coroutine(5), .loop = loop);
  asyncio_loop_stop(loop);
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, task, NULL), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK_OK(asyncio_loop_call_later(loop, 2, trace_arg, "later", NULL));
  run_for(loop, 3);
  EXPECT_TRACE("later");
  CHECK(asyncio_future_done(task));
  asyncio_unref(task);
  close_loop(loop);
}

// ---- Refused runs

static asyncio_status run_again(void *arg) {
  CHECK_ERROR(asyncio_loop_run_forever(arg), ASYNCIO_RUNTIME_ERROR, "This event loop is already running");
  CHECK_ERROR(asyncio_loop_run_until_complete(arg, run_give_coroutine(1), NULL), ASYNCIO_RUNTIME_ERROR,
              "This event loop is already running");
  CHECK_ERROR(asyncio_loop_close(arg), ASYNCIO_RUNTIME_ERROR, "Cannot close a running event loop");
  trace("refused");
  return ASYNCIO_OK;
}

TEST(a_running_loop_neither_runs_nor_closes_again) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_call_soon(loop, run_again, loop, NULL));
  run_once(loop);
  EXPECT_TRACE("refused");
  close_loop(loop);
}

static asyncio_status run_another(void *arg) {
  const char *words = "Cannot run the event loop while another loop is running";
  CHECK_ERROR(asyncio_loop_run_forever(arg), ASYNCIO_RUNTIME_ERROR, words);
  CHECK_ERROR(asyncio_loop_run_until_complete(arg, run_give_coroutine(1), NULL), ASYNCIO_RUNTIME_ERROR, words);
  CHECK_ERROR(asyncio_run(run_give_coroutine(1), NULL), ASYNCIO_RUNTIME_ERROR,
              "asyncio_run() cannot be called from a running event loop");
  trace("refused");
  return ASYNCIO_OK;
}

TEST(a_loop_does_not_run_inside_another) {
  asyncio_loop *outer = asyncio_new_event_loop(), *inner = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_call_soon(outer, run_another, inner, NULL));
  run_once(outer);
  EXPECT_TRACE("refused");
  CHECK(!asyncio_loop_is_running(inner));
  run_once(inner);
  close_loop(outer);
  close_loop(inner);
}

ASYNCIO_COROUTINE(run_loop_inside, (asyncio_loop *, loop)) {
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK_ERROR(asyncio_run(run_give_coroutine(1), NULL), ASYNCIO_RUNTIME_ERROR, NULL);
  ASYNCIO_TRY(asyncio_sleep(0));
  trace("goes on");
  return ASYNCIO_OK;
}

TEST(a_loop_does_not_run_inside_a_coroutine_and_the_coroutine_goes_on) {
  asyncio_loop *loop = asyncio_new_event_loop();
  run(run_loop_inside_coroutine(loop));
  EXPECT_TRACE("goes on");
  close_loop(loop);
}

TEST(nothing_runs_to_completion_that_is_no_awaitable_of_the_loop) {
  asyncio_loop *loop = asyncio_new_event_loop(), *other = asyncio_new_event_loop();
  asyncio_future *foreign = asyncio_loop_create_future(other);
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, NULL, NULL), ASYNCIO_TYPE_ERROR, NULL);
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, foreign, NULL), ASYNCIO_VALUE_ERROR,
              "The future belongs to a different loop than the one asked to run");
  CHECK(!asyncio_loop_is_running(loop));
  asyncio_unref(foreign);
  close_loop(loop);
  close_loop(other);
}

TEST(a_refused_run_drops_the_coroutine) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_close(loop));
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, asyncio_sleep_coroutine(1, traced_value("value")), NULL),
              ASYNCIO_RUNTIME_ERROR, "Event loop is closed");
  EXPECT_TRACE("destroyed value");
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR, "Event loop is closed");
  asyncio_loop_unref(loop);
}

// ---- Runs that can never end

TEST(a_loop_with_nothing_to_do_says_that_it_can_never_continue) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR,
              "The event loop can never continue: nothing is ready, no timer is set");
  CHECK(!asyncio_loop_is_running(loop));
  run_for(loop, 1);
  close_loop(loop);
}

ASYNCIO_COROUTINE(run_stuck, (asyncio_future *, future)) {
  asyncio_task *sleeper = asyncio_create_task(asyncio_sleep_coroutine(INFINITY, asyncio_none()), .name = "sleeper");
  asyncio_task *waiter = asyncio_create_task(run_await_coroutine(future));
  asyncio_task *unnamed = asyncio_create_task(run_await_coroutine(waiter));
  asyncio_status status = asyncio_await(asyncio_gather(sleeper, waiter, unnamed), NULL);
  asyncio_unref(sleeper);
  asyncio_unref(waiter);
  asyncio_unref(unnamed);
  return status;
}

static void ignore_exceptions(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)context, (void)arg;
}

TEST(a_deadlock_names_the_tasks_and_what_they_wait_for) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_value value = asyncio_int(1);
  asyncio_loop_set_exception_handler(loop, ignore_exceptions, NULL);
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, run_stuck_coroutine(future), &value), ASYNCIO_RUNTIME_ERROR,
              "The event loop can never continue: nothing is ready, no timer is set\n"
              "  Task-1 (run_stuck) waits for gather\n"
              "  sleeper (sleep) waits for sleep\n"
              "  Task-2 (run_await) waits for future\n"
              "  Task-3 (run_await) waits for Task-2");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  asyncio_unref(future);
  close_loop(loop);
}

TEST(a_deadlock_with_very_many_tasks_names_some_of_them) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_loop_set_exception_handler(loop, ignore_exceptions, NULL);
  for (int i = 0; i < 200; i++) asyncio_unref(asyncio_create_task(run_await_coroutine(future), .loop = loop));
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK(strstr(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "\n  Task-20 (run_await) waits for future\n") != NULL);
  asyncio_unref(future);
  close_loop(loop);
}

TEST(a_stuck_loop_goes_on_once_there_is_something_to_do) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_task *task = asyncio_create_task(run_await_coroutine(future), .loop = loop);
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, task, NULL), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(4)));
  asyncio_value value;
  CHECK_OK(asyncio_loop_run_until_complete(loop, task, &value));
  CHECK_INT(asyncio_value_int(value), 4);
  asyncio_unref(task);
  asyncio_unref(future);
  close_loop(loop);
}
