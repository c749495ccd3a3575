// SPDX-License-Identifier: MIT
// src/async/task_group.c: all have ended before the end does, and every failure is told. Cancellations from elsewhere
// and scopes that are left without their end are in task_group_cancel.c.
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

// The end with this status must be a group of these errors, "Name: words".
static void check_errors(asyncio_status status, const char *message, const char *const *expected, size_t count) {
  CHECK_ERROR(status, ASYNCIO_EXCEPTION_GROUP, message);
  asyncio_value errors = asyncio_error_exceptions(asyncio_error_current(status));
  CHECK_INT(asyncio_value_count(errors), count);
  for (size_t i = 0; i < count; i++) {
    asyncio_value error = asyncio_value_at(errors, i);
    char text[100] = "";
    strcat(strcat(strcat(text, asyncio_error_name(asyncio_value_status(error))), ": "), asyncio_value_message(error));
    CHECK_TEXT(text, expected[i]);
  }
}

#define CHECK_ERRORS(status, message, ...) \
  check_errors(status, message, (const char *const[]){__VA_ARGS__}, \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

ASYNCIO_STATIC_COROUTINE(groups_tasks) {
  asyncio_value value;
  clock_start();
  asyncio_task_group group = begun();
  CHECK_OK(asyncio_task_group_end(&group, ASYNCIO_OK));
  group = begun();
  asyncio_task *a = asyncio_task_group_create_task(&group, actor_coroutine("a", 2, 7), .name = "named");
  add(&group, actor_coroutine("b", 1, 8));
  CHECK_TEXT(asyncio_task_get_name(a), "named");
  CHECK_OK(asyncio_sleep(0.5));
  CHECK_OK(asyncio_task_group_end(&group, ASYNCIO_OK));
  CHECK_OK(asyncio_future_result(a, &value));
  CHECK_INT(asyncio_value_int(value), 7);
  asyncio_unref(a);
  trace_at("end", "reached");
  return ASYNCIO_OK;
}

TEST(end_of_a_group_waits_for_all_its_tasks) {
  run(groups_tasks_coroutine());
  EXPECT_TRACE("b done at 1", "a done at 2", "end reached at 2");
}

ASYNCIO_STATIC_COROUTINE(adds_another, (asyncio_task_group *, group), (int, more)) {
  ASYNCIO_TRY(asyncio_sleep(1));
  trace("%d more at %g", more, clock_elapsed());
  if (more) add(group, adds_another_coroutine(group, more - 1));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(groups_growing_tasks) {
  clock_start();
  asyncio_task_group group = begun();
  add(&group, adds_another_coroutine(&group, 2));
  asyncio_task *end = asyncio_current_task();
  CHECK_TEXT(asyncio_task_waiting_for(end), "");
  CHECK_OK(asyncio_await(asyncio_task_group_end_coroutine(&group, ASYNCIO_OK), NULL));
  trace_at("end", "reached");
  return ASYNCIO_OK;
}

TEST(tasks_may_add_tasks_to_their_group_while_its_end_waits) {
  run(groups_growing_tasks_coroutine());
  EXPECT_TRACE("2 more at 1", "1 more at 2", "0 more at 3", "end reached at 3");
}

// ---- Failures

ASYNCIO_STATIC_COROUTINE(meets_a_failure) {
  clock_start();
  asyncio_task_group group = begun();
  add(&group, actor_coroutine("a", 9, 0));
  add(&group, failing_actor_coroutine("b", 1, ASYNCIO_VALUE_ERROR));
  add(&group, tidy_actor_coroutine("c", 2, ASYNCIO_TYPE_ERROR));
  add(&group, actor_coroutine("d", 0.5, 0));
  asyncio_status status = asyncio_sleep(9);
  trace_at("body", asyncio_error_name(status));
  CHECK_INT(asyncio_task_cancelling(asyncio_current_task()), 1);
  CHECK_ERRORS(asyncio_task_group_end(&group, status), "unhandled errors in a TaskGroup (2 sub-exceptions)",
               "ValueError: b failed", "TypeError: c failed");
  CHECK_INT(asyncio_task_cancelling(asyncio_current_task()), 0);
  trace_at("end", "reached");
  return asyncio_sleep(1);
}

TEST(failure_in_a_group_cancels_the_others_and_the_parent_and_the_end_tells_all) {
  run(meets_a_failure_coroutine());
  EXPECT_TRACE("d done at 0.5", "b failed at 1", "a cancelled at 1 (The task was cancelled)",
               "c cancelled at 1 (The task was cancelled)", "body CancelledError at 1", "c cleaned up at 3",
               "end reached at 3");
}

ASYNCIO_STATIC_COROUTINE(fails_while_the_end_waits) {
  clock_start();
  asyncio_task_group group = begun();
  add(&group, failing_actor_coroutine("a", 1, ASYNCIO_APPLICATION_ERROR));
  add(&group, actor_coroutine("b", 9, 0));
  CHECK_ERRORS(asyncio_task_group_end(&group, ASYNCIO_OK), "unhandled errors in a TaskGroup (1 sub-exception)",
               "ApplicationError: a failed");
  CHECK_INT(asyncio_task_cancelling(asyncio_current_task()), 0);
  return asyncio_sleep(0);
}

TEST(failure_while_the_end_waits_is_the_ends) {
  run(fails_while_the_end_waits_coroutine());
  EXPECT_TRACE("a failed at 1", "b cancelled at 1 (The task was cancelled)");
}

ASYNCIO_STATIC_COROUTINE(fails_itself) {
  clock_start();
  asyncio_task_group group = begun();
  add(&group, actor_coroutine("a", 9, 0));
  add(&group, tidy_actor_coroutine("b", 1, ASYNCIO_TYPE_ERROR));
  CHECK_OK(asyncio_sleep(1));
  asyncio_status status = asyncio_raise(ASYNCIO_VALUE_ERROR, "the body failed");
  CHECK_ERRORS(asyncio_task_group_end(&group, status), "unhandled errors in a TaskGroup (2 sub-exceptions)",
               "TypeError: b failed", "ValueError: the body failed");
  group = begun();
  add(&group, actor_coroutine("never started", 1, 0));
  CHECK_ERRORS(asyncio_task_group_end(&group, ASYNCIO_MEMORY_ERROR), NULL, "MemoryError: Out of memory");
  return asyncio_sleep(0);
}

TEST(failure_of_the_parents_own_part_cancels_the_tasks_and_is_told_last) {
  run(fails_itself_coroutine());
  EXPECT_TRACE("a cancelled at 1 (The task was cancelled)", "b cancelled at 1 (The task was cancelled)",
               "b cleaned up at 2");
}

ASYNCIO_STATIC_COROUTINE(cancels_a_member) {
  clock_start();
  asyncio_task_group group = begun();
  asyncio_task *a = asyncio_task_group_create_task(&group, actor_coroutine("a", 9, 0));
  add(&group, actor_coroutine("b", 2, 0));
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(a, NULL));
  asyncio_unref(a);
  CHECK_OK(asyncio_task_group_end(&group, ASYNCIO_OK));
  return ASYNCIO_OK;
}

TEST(task_of_a_group_that_is_cancelled_alone_is_no_failure) {
  run(cancels_a_member_coroutine());
  EXPECT_TRACE("a cancelled at 1 (The task was cancelled)", "b done at 2");
}

// ---- Nested

ASYNCIO_STATIC_COROUTINE(is_a_group, (const char *, name), (double, delay)) {
  asyncio_task_group group = begun();
  add(&group, failing_actor_coroutine(name, delay, ASYNCIO_VALUE_ERROR));
  return asyncio_task_group_end(&group, asyncio_sleep(9));
}

ASYNCIO_STATIC_COROUTINE(nests_groups) {
  clock_start();
  asyncio_task_group outer = begun();
  add(&outer, is_a_group_coroutine("inner", 1));
  add(&outer, failing_actor_coroutine("outer", 1, ASYNCIO_TYPE_ERROR));
  asyncio_status status = asyncio_task_group_end(&outer, asyncio_sleep(9));
  CHECK_ERRORS(status, NULL, "TypeError: outer failed",
               "ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)");
  asyncio_value inner = asyncio_value_at(asyncio_error_exceptions(asyncio_error_current(status)), 1);
  inner = asyncio_error_exceptions(asyncio_value_error(inner));
  CHECK_TEXT(asyncio_value_message(asyncio_value_at(inner, 0)), "inner failed");
  return ASYNCIO_OK;
}

TEST(groups_of_errors_nest) {
  run(nests_groups_coroutine());
  EXPECT_TRACE("outer failed at 1", "inner failed at 1");
}

ASYNCIO_STATIC_COROUTINE(fails_in_the_inner_of_two) {
  clock_start();
  asyncio_task_group outer = begun(), inner = begun();
  add(&outer, actor_coroutine("a", 3, 0));
  add(&inner, failing_actor_coroutine("b", 1, ASYNCIO_VALUE_ERROR));
  CHECK_ERRORS(asyncio_task_group_end(&inner, asyncio_sleep(9)), NULL, "ValueError: b failed");
  CHECK_OK(asyncio_task_group_end(&outer, asyncio_sleep(1)));
  return ASYNCIO_OK;
}

TEST(failure_in_an_inner_group_that_is_dealt_with_leaves_the_outer_alone) {
  run(fails_in_the_inner_of_two_coroutine());
  EXPECT_TRACE("b failed at 1", "a done at 3");
}

// ---- Making tasks

static void check_refused(asyncio_task_group *group, const char *words) {
  asyncio_error_clear();
  CHECK(!asyncio_task_group_create_task(group, actor_coroutine("refused", 1, 0)));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), words);
}

ASYNCIO_STATIC_COROUTINE(makes_tasks_too_late) {
  asyncio_task_group group = {0};
  clock_start();
  check_refused(&group, "TaskGroup <TaskGroup> has not been entered");
  CHECK_ERROR(asyncio_task_group_end(&group, ASYNCIO_OK), ASYNCIO_RUNTIME_ERROR,
              "TaskGroup <TaskGroup> has not been entered");
  group = begun();
  add(&group, failing_actor_coroutine("a", 1, ASYNCIO_VALUE_ERROR));
  add(&group, stubborn_actor_coroutine("b", 1, 0));
  asyncio_status status = asyncio_sleep(9);
  check_refused(&group, "TaskGroup <TaskGroup tasks=1 errors=1 cancelling> is shutting down");
  CHECK_ERRORS(asyncio_task_group_end(&group, status), NULL, "ValueError: a failed");
  check_refused(&group, "TaskGroup <TaskGroup> is finished");
  CHECK_ERROR(asyncio_task_group_end(&group, ASYNCIO_OK), ASYNCIO_RUNTIME_ERROR, "TaskGroup <TaskGroup> is finished");
  asyncio_task_group_cancel(&group);
  return ASYNCIO_OK;
}

TEST(task_cannot_be_made_in_a_group_that_has_not_begun_is_shutting_down_or_has_ended) {
  run(makes_tasks_too_late_coroutine());
  EXPECT_TRACE("a failed at 1", "b cancelled at 1 (The task was cancelled)", "b cleaned up at 2");
}

static asyncio_status make_one_more(asyncio_future *last, void *group) {
  (void)last;
  check_refused(group, "TaskGroup <TaskGroup entered> is finished");
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(makes_a_task_after_the_last) {
  asyncio_task_group group = begun();
  asyncio_task *last = asyncio_task_group_create_task(&group, asyncio_sleep_coroutine(1, asyncio_none()));
  CHECK_OK(asyncio_future_add_done_callback(last, make_one_more, &group));
  CHECK_OK(asyncio_task_group_end(&group, ASYNCIO_OK));
  asyncio_unref(last);
  return ASYNCIO_OK;
}

TEST(task_cannot_be_made_once_the_last_one_is_done_and_the_end_waits) { run(makes_a_task_after_the_last_coroutine()); }

ASYNCIO_STATIC_COROUTINE(makes_wrong_tasks) {
  asyncio_loop *other = asyncio_new_event_loop();
  asyncio_task_group group = begun();
  CHECK(!asyncio_task_group_create_task(&group, NULL));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "Expected [coroutine] to be an awaitable, got NULL");
  CHECK(!asyncio_task_group_create_task(&group, actor_coroutine("a", 1, 0), .loop = other));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "Expected [loop] to be the task group's, got another");
  CHECK(!asyncio_task_group_create_task(&group, actor_coroutine("a", 1, 0), .stack_size = 1));
  CHECK_OK(asyncio_task_group_end(&group, ASYNCIO_OK));
  asyncio_loop_unref(other);
  return ASYNCIO_OK;
}

TEST(group_goes_on_when_a_task_could_not_be_made) { run(makes_wrong_tasks_coroutine()); }

TEST(group_needs_a_parent) {
  asyncio_task_group group;
  CHECK_ERROR(asyncio_task_group_begin(&group), ASYNCIO_RUNTIME_ERROR, "TaskGroup cannot determine the parent task");
  CHECK(!asyncio_task_group_create_task(&group, actor_coroutine("a", 1, 0)));
  asyncio_unref(asyncio_ref(asyncio_task_group_end_coroutine(&group, ASYNCIO_OK)));
}

ASYNCIO_STATIC_COROUTINE(tell_name) {
  trace("%s runs", asyncio_task_get_name(asyncio_current_task()));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(start_with_options) {
  asyncio_task_group group;
  ASYNCIO_TRY(asyncio_task_group_begin(&group));
  CHECK_OK(asyncio_task_group_start(&group, tell_name_coroutine(), .name = "named"));
  CHECK_OK(asyncio_task_group_start(&group, tell_name_coroutine(), .name = "eager", .eager_start = true));
  CHECK_ERROR(asyncio_task_group_start(&group, tell_name_coroutine(), .stack_size = 1), ASYNCIO_VALUE_ERROR,
              "Expected [stack_size] to be at least 2048, got 1");
  return asyncio_task_group_end(&group, ASYNCIO_OK);
}

TEST(what_a_group_starts_has_the_options_of_a_task) {
  CHECK_OK(asyncio_run(start_with_options_coroutine(), NULL));
  EXPECT_TRACE("eager runs", "named runs");
}
