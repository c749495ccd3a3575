// SPDX-License-Identifier: MIT
// src/core/loop_run.c, task.c: the end of a loop. What is queued is dropped, every pending task is resumed once more
// so that its C code returns, and nothing can be scheduled any more.
#include "common.h"

static const char closed_words[] = "Event loop is closed";

TEST(closing_twice_is_fine_and_a_closed_loop_says_so) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK(!asyncio_loop_is_closed(loop));
  CHECK_OK(asyncio_loop_close(loop));
  CHECK(asyncio_loop_is_closed(loop));
  CHECK_OK(asyncio_loop_close(loop));
  CHECK(asyncio_loop_is_closed(loop));
  asyncio_loop_unref(loop);
}

TEST(closing_drops_queued_callbacks_and_timers) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_handle *soon, *later;
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "soon", &soon));
  CHECK_OK(asyncio_loop_call_later(loop, 1, trace_arg, "later", &later));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "unseen", NULL));
  close_loop(loop);
  EXPECT_TRACE();
  CHECK(!asyncio_handle_cancelled(soon));
  asyncio_handle_cancel(soon);
  asyncio_handle_cancel(later);
  CHECK(asyncio_handle_cancelled(soon));
  asyncio_handle_unref(soon);
  asyncio_handle_unref(later);
}

ASYNCIO_COROUTINE(close_nothing) { return ASYNCIO_OK; }

TEST(nothing_can_be_scheduled_on_a_closed_loop) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_handle *handle;
  CHECK_OK(asyncio_loop_close(loop));
  CHECK_ERROR(asyncio_loop_call_soon(loop, trace_arg, "", &handle), ASYNCIO_RUNTIME_ERROR, closed_words);
  CHECK(!handle);
  CHECK_ERROR(asyncio_loop_call_later(loop, 1, trace_arg, "", &handle), ASYNCIO_RUNTIME_ERROR, closed_words);
  CHECK(!handle);
  CHECK_ERROR(asyncio_loop_call_at(loop, 1, trace_arg, "", NULL), ASYNCIO_RUNTIME_ERROR, closed_words);
  CHECK(!asyncio_loop_create_future(loop));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), closed_words);
  asyncio_error_clear();
  CHECK(!asyncio_create_task(close_nothing_coroutine(), .loop = loop));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), closed_words);
  CHECK_ERROR(asyncio_future_add_done_callback(future, trace_done, ""), ASYNCIO_RUNTIME_ERROR, closed_words);
  asyncio_unref(future);
  asyncio_loop_unref(loop);
}

// ---- Pending tasks

ASYNCIO_COROUTINE(close_sleeper, (const char *, name)) {
  trace("%s starts", name);
  asyncio_status status = asyncio_sleep(100);
  trace("%s: %s: %s", name, asyncio_error_name(status), asyncio_error_message(status));
  status = asyncio_sleep(0);
  trace("%s: %s: %s", name, asyncio_error_name(status), asyncio_error_message(status));
  status = asyncio_sleep(1);
  trace("%s: %s", name, asyncio_error_name(status));
  return ASYNCIO_OK;
}

TEST(pending_tasks_are_cancelled_and_wait_no_more) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_task *task = asyncio_create_task(close_sleeper_coroutine("a"), .loop = loop);
  run_once(loop);
  close_loop(loop);
  EXPECT_TRACE("a starts", "Task was destroyed but it is pending", "a: CancelledError: Event loop is closed",
               "a: RuntimeError: Event loop is closed", "a: RuntimeError");
  CHECK(asyncio_future_done(task));
  CHECK_OK(asyncio_future_result(task, NULL));
  asyncio_unref(task);
  CHECK(!asyncio_get_running_loop());
  CHECK(!asyncio_current_task());
}

TEST(a_task_that_never_started_ends_without_running) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_task *task = asyncio_create_task(close_sleeper_coroutine("a"), .loop = loop);
  asyncio_task *sleep = asyncio_create_task(asyncio_sleep_coroutine(1, traced_value("value")), .loop = loop);
  close_loop(loop);
  EXPECT_TRACE("Task was destroyed but it is pending", "Task was destroyed but it is pending", "destroyed value");
  CHECK(asyncio_future_cancelled(task));
  CHECK(asyncio_future_cancelled(sleep));
  CHECK_ERROR(asyncio_future_result(task, NULL), ASYNCIO_CANCELLED_ERROR, closed_words);
  asyncio_unref(sleep);
  asyncio_unref(task);
}

ASYNCIO_COROUTINE(close_await, (const char *, name), (asyncio_future *, future)) {
  asyncio_status status = asyncio_await(future, result);
  trace("%s: %s", name, asyncio_error_name(status));
  return status;
}

TEST(tasks_that_wait_for_one_another_end_oldest_first) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_task *first = asyncio_create_task(close_await_coroutine("first", future), .loop = loop);
  asyncio_task *second = asyncio_create_task(close_await_coroutine("second", first), .loop = loop);
  run_once(loop);
  close_loop(loop);
  EXPECT_TRACE("Task was destroyed but it is pending", "first: CancelledError", "Task was destroyed but it is pending",
               "second: CancelledError");
  CHECK(!asyncio_future_done(future));
  CHECK(asyncio_future_cancelled(first) && asyncio_future_cancelled(second));
  asyncio_unref(second);
  asyncio_unref(first);
  asyncio_unref(future);
}

ASYNCIO_COROUTINE(close_stubborn, (int *, waits)) {
  while (*waits >= 0) {
    asyncio_status status = asyncio_sleep(1);
    (void)status;
    ++*waits;
  }
  return ASYNCIO_OK;
}

TEST(a_task_that_ignores_the_end_for_ever_is_abandoned) {
  int waits = 0;
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_task *task = asyncio_create_task(close_stubborn_coroutine(&waits), .loop = loop);
  run_once(loop);
  close_loop(loop);
  CHECK(waits > 100);
  CHECK(asyncio_future_cancelled(task));
  asyncio_unref(task);
  EXPECT_TRACE("Task was destroyed but it is pending");
}

ASYNCIO_COROUTINE(close_fails) {
  asyncio_status status = asyncio_sleep(100);
  (void)status;
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "cleanup failed");
}

TEST(a_failure_in_the_last_cleanup_is_reported) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(close_fails_coroutine(), .loop = loop));
  run_once(loop);
  close_loop(loop);
  EXPECT_TRACE("Task was destroyed but it is pending", "Exception was never retrieved: ValueError: cleanup failed");
}

ASYNCIO_COROUTINE(close_starts_more, (asyncio_loop *, loop)) {
  asyncio_status status = asyncio_sleep(100);
  asyncio_task *task = asyncio_create_task(close_sleeper_coroutine("late"), .loop = loop);
  CHECK(task != NULL);
  asyncio_unref(task);
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "late callback", NULL));
  return status;
}

TEST(what_the_last_cleanup_starts_ends_too) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(close_starts_more_coroutine(loop), .loop = loop));
  run_once(loop);
  close_loop(loop);
  EXPECT_TRACE("Task was destroyed but it is pending", "Task was destroyed but it is pending");
}

// ---- Waits of every form that are pending as the loop closes

ASYNCIO_COROUTINE(close_gather, (asyncio_future *, future)) {
  asyncio_status status = asyncio_await(asyncio_gather(close_sleeper_coroutine("child"), future), result);
  trace("gather: %s", asyncio_error_name(status));
  return status;
}

ASYNCIO_COROUTINE(close_wait, (asyncio_future *, future)) {
  asyncio_status status = asyncio_wait(&future, 1, 10, ASYNCIO_ALL_COMPLETED, NULL);
  trace("wait: %s", asyncio_error_name(status));
  return status;
}

ASYNCIO_COROUTINE(close_wait_for, (asyncio_future *, future)) {
  asyncio_status status = asyncio_wait_for(future, 10, result);
  trace("wait_for: %s", asyncio_error_name(status));
  return status;
}

ASYNCIO_COROUTINE(close_shield, (asyncio_future *, future)) {
  asyncio_status status = asyncio_await(asyncio_shield(future), result);
  trace("shield: %s", asyncio_error_name(status));
  return status;
}

TEST(waits_of_every_form_end_as_the_loop_closes) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_future *coroutines[] = {close_gather_coroutine(future), close_wait_coroutine(future),
                                  close_wait_for_coroutine(future), close_shield_coroutine(future)};
  for (int i = 0; i < 4; i++) asyncio_unref(asyncio_create_task(coroutines[i], .loop = loop));
  trace_exceptions(loop);
  run_once(loop);
  run_once(loop);
  EXPECT_TRACE("child starts");
  CHECK_OK(asyncio_loop_close(loop));
  EXPECT_TRACE("Task was destroyed but it is pending", "gather: CancelledError", "Task was destroyed but it is pending",
               "wait: CancelledError", "Task was destroyed but it is pending", "wait_for: CancelledError",
               "Task was destroyed but it is pending", "shield: CancelledError", "Task was destroyed but it is pending",
               "child: CancelledError: Event loop is closed", "child: RuntimeError: Event loop is closed",
               "child: RuntimeError");
  asyncio_loop_unref(loop);
  CHECK(asyncio_future_cancel(future, NULL));  // the gather and the shield hold it, and it holds them
  asyncio_unref(future);
}

TEST(tasks_without_a_stack_end_as_the_loop_closes) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(asyncio_sleep_coroutine(5, traced_value("value")), .loop = loop));
  asyncio_unref(asyncio_create_task(asyncio_wait_for_coroutine(future, 10), .loop = loop));
  asyncio_unref(asyncio_create_task(asyncio_wait_for_coroutine(future, INFINITY), .loop = loop));
  asyncio_unref(asyncio_create_task(asyncio_wait_for_coroutine(asyncio_sleep_coroutine(5, traced_value("inner")), 3),
                                    .loop = loop));
  run_once(loop);
  close_loop(loop);
  asyncio_unref(future);
  EXPECT_TRACE("Task was destroyed but it is pending", "destroyed value", "Task was destroyed but it is pending",
               "Task was destroyed but it is pending", "Task was destroyed but it is pending", "destroyed inner");
}

ASYNCIO_COROUTINE(close_make, (asyncio_future **, kept), (asyncio_future *, future), (bool, shielded)) {
  *kept = asyncio_ref(shielded ? asyncio_shield(future) : asyncio_gather(future));
  return ASYNCIO_OK;
}

static void finish_after_close(bool shielded) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop), *kept;
  CHECK_OK(asyncio_future_add_done_callback(future, trace_done, "first"));
  CHECK_OK(asyncio_loop_run_until_complete(loop, close_make_coroutine(&kept, future, shielded), NULL));
  CHECK_OK(asyncio_future_add_done_callback(future, trace_done, "last"));
  close_loop(loop);
  CHECK_OK(asyncio_future_set_result(future, traced_value("value")));
  CHECK(asyncio_future_done(future));
  CHECK(!asyncio_future_done(kept));
  asyncio_unref(future);
  asyncio_unref(kept);
  EXPECT_TRACE("destroyed value");
}

TEST(a_future_with_watchers_may_be_finished_after_its_loop_closed) {
  finish_after_close(false);
  finish_after_close(true);
}
