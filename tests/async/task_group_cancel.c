// SPDX-License-Identifier: MIT
// src/async/task_group.c: cancelling the parent, the group, and scopes that are left without their end.
#include <math.h>

#include "actors.h"

static asyncio_task_group begun(void) {
  asyncio_task_group group;
  CHECK_OK(asyncio_task_group_begin(&group));
  return group;
}

static void add(asyncio_task_group *group, asyncio_future *coroutine) {
  CHECK_OK(asyncio_task_group_start(group, coroutine));
}

// A group of [first] and of an actor that takes [delay], around a sleep of [own].
ASYNCIO_STATIC_COROUTINE(grouping, (asyncio_future *, first), (double, delay), (double, own)) {
  asyncio_task_group group = begun();
  add(&group, first);
  add(&group, actor_coroutine("second", delay, 0));
  asyncio_status status = asyncio_sleep(own);
  status = asyncio_task_group_end(&group, status);
  trace("%s (%s) at %g, %u requests", asyncio_error_name(status), asyncio_error_message(status), clock_elapsed(),
        asyncio_task_cancelling(asyncio_current_task()));
  return status;
}

ASYNCIO_STATIC_COROUTINE(cancels_parents) {
  clock_start();
  asyncio_task *task = asyncio_create_task(grouping_coroutine(actor_coroutine("first", 9, 0), 9, 5));
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(task, "outer"));
  check_fails(task, ASYNCIO_CANCELLED_ERROR, "outer");
  asyncio_unref(task);
  task = asyncio_create_task(grouping_coroutine(tidy_actor_coroutine("first", 2, ASYNCIO_CANCELLED_ERROR), 9, 0));
  CHECK_OK(asyncio_sleep(1));
  CHECK_TEXT(asyncio_task_waiting_for(task), "task group");
  CHECK(asyncio_task_cancel(task, "outer"));
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(task, "again"));
  check_fails(task, ASYNCIO_CANCELLED_ERROR, "outer");
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(cancelled_parent_cancels_its_tasks_waits_for_them_and_passes_the_first_cancellation_on) {
  run(cancels_parents_coroutine());
  EXPECT_TRACE("first cancelled at 1 (The task was cancelled)", "second cancelled at 1 (The task was cancelled)",
               "CancelledError (outer) at 1, 1 requests", "first cancelled at 2 (The task was cancelled)",
               "second cancelled at 2 (The task was cancelled)", "first cleaned up at 4",
               "CancelledError (outer) at 4, 2 requests");
}

ASYNCIO_STATIC_COROUTINE(cancels_and_fails) {
  clock_start();
  asyncio_task *task =
      asyncio_create_task(grouping_coroutine(tidy_actor_coroutine("first", 1, ASYNCIO_VALUE_ERROR), 9, 0));
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(task, "outer"));
  check_fails(task, ASYNCIO_EXCEPTION_GROUP, "unhandled errors in a TaskGroup (1 sub-exception)");
  CHECK_INT(asyncio_task_cancelling(task), 1);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(errors_take_the_place_of_a_cancellation_whose_request_stays) {
  run(cancels_and_fails_coroutine());
  EXPECT_TRACE("first cancelled at 1 (The task was cancelled)", "second cancelled at 1 (The task was cancelled)",
               "first cleaned up at 2",
               "ExceptionGroup (unhandled errors in a TaskGroup (1 sub-exception)) at 2, 1 requests");
}

ASYNCIO_STATIC_COROUTINE(goes_on_after_errors) {
  asyncio_status status =
      asyncio_await(grouping_coroutine(failing_actor_coroutine("first", 1, ASYNCIO_VALUE_ERROR), 9, 9), NULL);
  trace("went on with %s", asyncio_error_name(status));
  status = asyncio_sleep(1);
  trace("then %s at %g", asyncio_error_name(status), clock_elapsed());
  return status;
}

static asyncio_status cancel_it(void *arg) {
  CHECK(asyncio_task_cancel(arg, "outer"));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(cancels_with_the_failure) {
  clock_start();
  asyncio_task *task = asyncio_create_task(goes_on_after_errors_coroutine());
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_loop_call_later(asyncio_get_running_loop(), 1, cancel_it, task, NULL));
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_CANCELLED_ERROR, NULL);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(cancellation_that_comes_with_the_failure_is_delivered_at_the_next_wait) {
  run(cancels_with_the_failure_coroutine());
  EXPECT_TRACE("first failed at 1", "second cancelled at 1 (The task was cancelled)",
               "ExceptionGroup (unhandled errors in a TaskGroup (1 sub-exception)) at 1, 1 requests",
               "went on with ExceptionGroup", "then CancelledError at 1");
}

ASYNCIO_STATIC_COROUTINE(limits_groups) {
  asyncio_timeout limit;
  clock_start();
  CHECK_OK(asyncio_timeout_begin(&limit, 1));
  asyncio_status status = asyncio_await(grouping_coroutine(actor_coroutine("first", 9, 0), 9, 5), NULL);
  CHECK_ERROR(asyncio_timeout_end(&limit, status), ASYNCIO_TIMEOUT_ERROR, NULL);
  return asyncio_sleep(0);
}

TEST(timeout_around_a_group_ends_it) {
  run(limits_groups_coroutine());
  EXPECT_TRACE("first cancelled at 1 (The task was cancelled)", "second cancelled at 1 (The task was cancelled)",
               "CancelledError (The task was cancelled) at 1, 1 requests");
}

// ---- Cancelling the group

ASYNCIO_STATIC_COROUTINE(cancels_groups) {
  clock_start();
  asyncio_task_group group = begun();
  add(&group, actor_coroutine("a", 9, 0));
  asyncio_task_group_cancel(&group);
  asyncio_task_group_cancel(&group);
  CHECK_ERROR(asyncio_sleep(1), ASYNCIO_CANCELLED_ERROR, NULL);
  CHECK_OK(asyncio_task_group_end(&group, ASYNCIO_CANCELLED_ERROR));
  CHECK_INT(asyncio_task_cancelling(asyncio_current_task()), 0);
  group = begun();
  asyncio_task_group_cancel(&group);
  CHECK_OK(asyncio_task_group_end(&group, ASYNCIO_OK));
  CHECK_OK(asyncio_sleep(1));
  return ASYNCIO_OK;
}

TEST(cancelled_group_ends_without_an_error) { run(cancels_groups_coroutine()); }

ASYNCIO_STATIC_COROUTINE(cancels_its_group, (asyncio_task_group *, group)) {
  ASYNCIO_TRY(asyncio_sleep(1));
  asyncio_task_group_cancel(group);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(is_cancelled_by_a_member) {
  asyncio_task_group group = begun();
  add(&group, cancels_its_group_coroutine(&group));
  add(&group, tidy_actor_coroutine("a", 2, ASYNCIO_CANCELLED_ERROR));
  asyncio_status status = asyncio_task_group_end(&group, asyncio_sleep(0));
  trace("%s (%s), %u requests", asyncio_error_name(status), asyncio_error_message(status),
        asyncio_task_cancelling(asyncio_current_task()));
  return status;
}

ASYNCIO_STATIC_COROUTINE(cancels_a_cancelled_group) {
  clock_start();
  asyncio_task *task = asyncio_create_task(is_cancelled_by_a_member_coroutine());
  CHECK_OK(asyncio_await(task, NULL));
  asyncio_unref(task);
  task = asyncio_create_task(is_cancelled_by_a_member_coroutine());
  CHECK_OK(asyncio_sleep(2));
  CHECK(asyncio_task_cancel(task, "outer"));
  check_fails(task, ASYNCIO_CANCELLED_ERROR, "outer");
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(cancellation_of_a_group_hides_no_other) {
  run(cancels_a_cancelled_group_coroutine());
  EXPECT_TRACE("a cancelled at 1 (The task was cancelled)", "a cleaned up at 3", "OK (), 0 requests",
               "a cancelled at 4 (The task was cancelled)", "a cleaned up at 6", "CancelledError (outer), 1 requests");
}

// ---- Without the end

ASYNCIO_STATIC_COROUTINE(returns_early) {
  asyncio_task_group group = begun();
  add(&group, tidy_actor_coroutine("a", 1, ASYNCIO_VALUE_ERROR));
  add(&group, actor_coroutine("b", 9, 0));
  add(&group, failing_actor_coroutine("c", 1, ASYNCIO_TYPE_ERROR));
  return asyncio_sleep(2);
}

ASYNCIO_STATIC_COROUTINE(sees_an_early_return) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  asyncio_task *task = asyncio_create_task(returns_early_coroutine());
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_CANCELLED_ERROR, NULL);
  asyncio_unref(task);
  return asyncio_sleep(3);
}

TEST(scope_of_a_group_that_is_left_without_its_end_is_reported_and_its_tasks_are_cancelled) {
  run(sees_an_early_return_coroutine());
  EXPECT_TRACE("c failed at 1", "a cancelled at 1 (The task was cancelled)",
               "b cancelled at 1 (The task was cancelled)",
               "Task is done without the end of its task group: CancelledError: ", "a cleaned up at 2",
               "Task has failed after the parent of its task group was done: ValueError: a failed",
               "Exception was never retrieved: TypeError: c failed");
}

ASYNCIO_STATIC_COROUTINE(is_left_waiting) {
  asyncio_task_group group = begun();
  add(&group, actor_coroutine("member", INFINITY, 0));
  asyncio_status status = asyncio_task_group_end(&group, asyncio_sleep(0));
  trace("group %s", asyncio_error_name(status));
  return status;
}

TEST(group_ends_with_its_closed_loop) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(is_left_waiting_coroutine(), .loop = loop));
  clock_start();
  CHECK_OK(asyncio_loop_run_until_complete(loop, asyncio_sleep_coroutine(1, asyncio_none()), NULL));
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
  EXPECT_TRACE("Task was destroyed but it is pending", "group RuntimeError", "Task was destroyed but it is pending",
               "member cancelled at 1 (Event loop is closed)",
               "Exception was never retrieved: RuntimeError: Event loop is closed");
}

ASYNCIO_STATIC_COROUTINE(insists_on_its_end) {
  asyncio_task_group group = begun();
  add(&group, actor_coroutine("member", INFINITY, 0));
  while (asyncio_sleep(9)) continue;
  return asyncio_task_group_end(&group, ASYNCIO_OK);
}

TEST(group_of_a_task_that_is_abandoned_with_its_loop_leaves_nothing) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(insists_on_its_end_coroutine(), .loop = loop));
  clock_start();
  CHECK_OK(asyncio_loop_run_until_complete(loop, asyncio_sleep_coroutine(1, asyncio_none()), NULL));
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
  EXPECT_TRACE("Task was destroyed but it is pending", "Task was destroyed but it is pending",
               "member cancelled at 1 (Event loop is closed)");
}
