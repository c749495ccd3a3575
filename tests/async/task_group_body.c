// SPDX-License-Identifier: MIT
// src/async/task_group.c: the body of a group beside its tasks. Groups within groups, cleanup that fails or is cut
// short, and tasks that fail as they are made.
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

static unsigned requests(void) { return asyncio_task_cancelling(asyncio_current_task()); }

// "[ValueError, [TypeError]]": the names in a group of errors, groups within it likewise.
static void describe(const asyncio_error *error, char *text) {
  asyncio_value errors = asyncio_error_exceptions(error);
  strcat(text, "[");
  for (size_t i = 0; i < asyncio_value_count(errors); i++) {
    asyncio_value one = asyncio_value_at(errors, i);
    if (i) strcat(text, ", ");
    if (asyncio_value_status(one) == ASYNCIO_EXCEPTION_GROUP)
      describe(asyncio_value_error(one), text);
    else
      strcat(text, asyncio_error_name(asyncio_value_status(one)));
  }
  strcat(text, "]");
}

static void check_errors(asyncio_status status, const char *expected) {
  char text[200] = "";
  CHECK_INT(status, ASYNCIO_EXCEPTION_GROUP);
  describe(asyncio_error_current(status), text);
  CHECK_TEXT(text, expected);
}

// Cancels [coroutine] as a task after a second; it must end with these errors, or with a cancellation when NULL.
static void cancel_after_a_second(asyncio_future *coroutine, const char *expected) {
  clock_start();
  asyncio_task *task = asyncio_create_task(coroutine);
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(task, "outer"));
  asyncio_status status = asyncio_await(task, NULL);
  if (expected)
    check_errors(status, expected);
  else
    CHECK_ERROR(status, ASYNCIO_CANCELLED_ERROR, "outer");
  asyncio_unref(task);
}

// ---- Tasks made in the body

static size_t pending(void) { return asyncio_all_tasks(asyncio_get_running_loop(), NULL, 0) - 1; }

ASYNCIO_STATIC_COROUTINE(makes_tasks_now_and_then) {
  clock_start();
  asyncio_task_group group = begun();
  for (int i = 0; i < 10; i++) {
    CHECK_OK(asyncio_sleep(1));
    add(&group, asyncio_sleep_coroutine(2.5, asyncio_none()));
    CHECK_INT(pending(), i < 2 ? i + 1 : 3);
  }
  CHECK_OK(asyncio_sleep(3));
  CHECK_INT(pending(), 0);
  add(&group, actor_coroutine("last", 1, 0));
  CHECK_OK(asyncio_task_group_end(&group, ASYNCIO_OK));
  trace_at("end", "reached");
  return ASYNCIO_OK;
}

TEST(task_made_later_in_the_body_belongs_to_the_group_and_leaves_it_when_done) {
  run(makes_tasks_now_and_then_coroutine());
  EXPECT_TRACE("last done at 14", "end reached at 14");
}

ASYNCIO_STATIC_COROUTINE(doubles, (asyncio_task_group *, group), (int *, count)) {
  ++*count;
  ASYNCIO_TRY(asyncio_sleep(1));
  add(group, doubles_coroutine(group, count));
  add(group, doubles_coroutine(group, count));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(grows_without_end) {
  int count = 0;
  clock_start();
  asyncio_task_group group = begun();
  add(&group, doubles_coroutine(&group, &count));
  add(&group, failing_actor_coroutine("hero", 3.5, ASYNCIO_VALUE_ERROR));
  check_errors(asyncio_task_group_end(&group, ASYNCIO_OK), "[ValueError]");
  CHECK_INT(count, 1 + 2 + 4 + 8);
  CHECK_INT(pending(), 0);
  return ASYNCIO_OK;
}

TEST(group_that_grows_without_end_is_ended_by_a_failure) {
  run(grows_without_end_coroutine());
  EXPECT_TRACE("hero failed at 3.5");
}

static asyncio_context_var *number;

ASYNCIO_STATIC_COROUTINE(sets_number, (int, value)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  return asyncio_context_var_set(number, asyncio_int(value), NULL);
}

ASYNCIO_STATIC_COROUTINE(gives_a_context) {
  asyncio_task_group group = begun();
  asyncio_context *context = asyncio_copy_context();
  asyncio_value value;
  for (int i = 1; i < 3; i++) {
    asyncio_task *task = asyncio_task_group_create_task(&group, sets_number_coroutine(i), .context = context);
    CHECK_OK(asyncio_await(task, NULL));
    CHECK_OK(asyncio_context_get(context, number, &value));
    CHECK_INT(asyncio_value_int(value), i);
    asyncio_unref(task);
  }
  CHECK_ERROR(asyncio_context_var_get(number, &value), ASYNCIO_LOOKUP_ERROR, NULL);
  CHECK_OK(asyncio_task_group_end(&group, ASYNCIO_OK));
  asyncio_context_unref(context);
  return ASYNCIO_OK;
}

TEST(task_of_a_group_may_run_in_a_given_context) {
  number = asyncio_context_var_new("number", NULL);
  run(gives_a_context_coroutine());
  asyncio_context_var_unref(number);
}

// ---- Groups within groups

ASYNCIO_STATIC_COROUTINE(nests_with_failing_cleanup, (bool, also_outside)) {
  asyncio_task_group outer = begun(), inner = begun();
  add(&inner, tidy_actor_coroutine("a", 1, ASYNCIO_VALUE_ERROR));
  add(&inner, tidy_actor_coroutine("b", 1, ASYNCIO_TYPE_ERROR));
  if (also_outside) add(&outer, actor_coroutine("outside", 9, 0));
  asyncio_status status = asyncio_task_group_end(&inner, asyncio_sleep(9));
  trace_at("inner", asyncio_error_name(status));
  return asyncio_task_group_end(&outer, status);
}

ASYNCIO_STATIC_COROUTINE(cancels_nested_groups) {
  cancel_after_a_second(nests_with_failing_cleanup_coroutine(false), "[[ValueError, TypeError]]");
  cancel_after_a_second(nests_with_failing_cleanup_coroutine(true), "[[ValueError, TypeError]]");
  return ASYNCIO_OK;
}

TEST(errors_in_the_cleanup_after_a_cancellation_are_told_through_nested_groups) {
  run(cancels_nested_groups_coroutine());
  EXPECT_TRACE("a cancelled at 1 (The task was cancelled)", "b cancelled at 1 (The task was cancelled)",
               "a cleaned up at 2", "b cleaned up at 2", "inner ExceptionGroup at 2",
               "a cancelled at 1 (The task was cancelled)", "b cancelled at 1 (The task was cancelled)",
               "a cleaned up at 2", "b cleaned up at 2", "inner ExceptionGroup at 2",
               "outside cancelled at 2 (The task was cancelled)");
}

// One fails after a second in the outer or the inner group; the other takes longer.
ASYNCIO_STATIC_COROUTINE(fails_in_one_of_two, (double, outer_delay), (double, inner_delay), (const char *, expected)) {
  clock_start();
  asyncio_task_group outer = begun(), inner = begun();
  add(&outer, failing_actor_coroutine("outer", outer_delay, ASYNCIO_VALUE_ERROR));
  add(&inner, failing_actor_coroutine("inner", inner_delay, ASYNCIO_TYPE_ERROR));
  asyncio_status status = asyncio_task_group_end(&inner, ASYNCIO_OK);
  trace_at("inner", asyncio_error_name(status));
  check_errors(asyncio_task_group_end(&outer, status), expected);
  CHECK_INT(requests(), 0);
  return asyncio_sleep(0);
}

TEST(failure_in_an_outer_group_cancels_the_inner_one_without_its_name) {
  run(fails_in_one_of_two_coroutine(1, 10, "[ValueError]"));
  EXPECT_TRACE("outer failed at 1", "inner cancelled at 1 (The task was cancelled)", "inner CancelledError at 1");
}

TEST(failure_in_an_inner_group_is_the_outers_within_its_own) {
  run(fails_in_one_of_two_coroutine(10, 1, "[[TypeError]]"));
  EXPECT_TRACE("inner failed at 1", "inner ExceptionGroup at 1", "outer cancelled at 1 (The task was cancelled)");
}

ASYNCIO_STATIC_COROUTINE(fails_in_both) {
  clock_start();
  asyncio_task_group outer = begun(), inner = begun();
  add(&inner, failing_actor_coroutine("inner", 0, ASYNCIO_TYPE_ERROR));
  add(&outer, failing_actor_coroutine("outer", 0, ASYNCIO_VALUE_ERROR));
  check_errors(asyncio_task_group_end(&inner, ASYNCIO_OK), "[TypeError]");
  CHECK_INT(requests(), 1);
  check_errors(asyncio_task_group_end(&outer, ASYNCIO_OK), "[ValueError]");
  CHECK_INT(requests(), 0);
  return asyncio_sleep(1);
}

TEST(failures_in_both_of_two_nested_groups_leave_no_request_behind) {
  run(fails_in_both_coroutine());
  EXPECT_TRACE("inner failed at 0", "outer failed at 0");
}

// ---- Cleanup in the body

ASYNCIO_STATIC_COROUTINE(cleans_up_slowly) {
  asyncio_task_group group = begun();
  add(&group, failing_actor_coroutine("a", 2, ASYNCIO_VALUE_ERROR));
  asyncio_status status = asyncio_sleep(9);
  trace_at("body", asyncio_error_name(status));
  status = asyncio_sleep(9);
  trace_at("cleanup", asyncio_error_name(status));
  return asyncio_task_group_end(&group, status);
}

ASYNCIO_STATIC_COROUTINE(awaits_a_task, (asyncio_future *, coroutine)) {
  asyncio_task *task = asyncio_create_task(coroutine);
  asyncio_status status = asyncio_await(task, NULL);
  asyncio_unref(task);
  return status;
}

ASYNCIO_STATIC_COROUTINE(cancels_slow_bodies) {
  cancel_after_a_second(cleans_up_slowly_coroutine(), "[ValueError]");
  cancel_after_a_second(awaits_a_task_coroutine(cleans_up_slowly_coroutine()), "[ValueError]");
  return ASYNCIO_OK;
}

TEST(failure_cuts_the_cleanup_of_a_cancelled_body_short) {
  run(cancels_slow_bodies_coroutine());
  EXPECT_TRACE("body CancelledError at 1", "a failed at 2", "cleanup CancelledError at 2", "body CancelledError at 1",
               "a failed at 2", "cleanup CancelledError at 2");
}

ASYNCIO_STATIC_COROUTINE(is_an_empty_group, (bool, fails)) {
  asyncio_task_group group = begun();
  asyncio_status status = asyncio_sleep(9);
  trace_at("body", asyncio_error_name(status));
  return asyncio_task_group_end(&group, fails ? asyncio_raise(ASYNCIO_VALUE_ERROR, "in the cleanup") : status);
}

ASYNCIO_STATIC_COROUTINE(cancels_empty_groups) {
  cancel_after_a_second(is_an_empty_group_coroutine(false), NULL);
  cancel_after_a_second(is_an_empty_group_coroutine(true), "[ValueError]");
  return ASYNCIO_OK;
}

TEST(cancelled_body_of_an_empty_group_passes_on_what_it_ends_with) {
  run(cancels_empty_groups_coroutine());
  EXPECT_TRACE("body CancelledError at 1", "body CancelledError at 1");
}

ASYNCIO_STATIC_COROUTINE(fails_in_its_cleanup) {
  clock_start();
  asyncio_task_group group = begun();
  add(&group, failing_actor_coroutine("a", 1, ASYNCIO_VALUE_ERROR));
  CHECK_ERROR(asyncio_sleep(9), ASYNCIO_CANCELLED_ERROR, NULL);
  asyncio_status status = asyncio_task_group_end(&group, asyncio_raise(ASYNCIO_TYPE_ERROR, "in the cleanup"));
  check_errors(status, "[ValueError, TypeError]");
  CHECK_INT(requests(), 0);
  return asyncio_sleep(1);
}

TEST(failure_of_the_body_in_its_cleanup_is_told_beside_the_tasks) {
  run(fails_in_its_cleanup_coroutine());
  EXPECT_TRACE("a failed at 1");
}

// ---- Failures as a task is made, eagerly or not

static void run_in_both_modes(asyncio_future *(*make)(void)) {
  for (int eager = 0; eager < 2; eager++) {
    asyncio_loop *loop = asyncio_new_event_loop();
    if (eager) asyncio_loop_set_task_factory(loop, asyncio_eager_task_factory, NULL);
    CHECK_OK(asyncio_loop_run_until_complete(loop, make(), NULL));
    CHECK_OK(asyncio_loop_close(loop));
    asyncio_loop_unref(loop);
  }
}

ASYNCIO_STATIC_COROUTINE(fails_at_once) { return asyncio_raise(ASYNCIO_VALUE_ERROR, "at once"); }

ASYNCIO_STATIC_COROUTINE(makes_one_that_fails, (asyncio_task_group *, group)) {
  add(group, fails_at_once_coroutine());
  asyncio_status status = asyncio_sleep(0);
  if (!status) status = asyncio_sleep(0);
  trace("maker: %s", asyncio_error_name(status));
  return status;
}

ASYNCIO_STATIC_COROUTINE(makes_a_maker) {
  asyncio_task_group group = begun();
  add(&group, makes_one_that_fails_coroutine(&group));
  check_errors(asyncio_task_group_end(&group, ASYNCIO_OK), "[ValueError]");
  return asyncio_sleep(0);
}

TEST(task_that_fails_as_it_is_made_cancels_the_one_that_made_it) {
  run_in_both_modes(makes_a_maker_coroutine);
  EXPECT_TRACE("maker: CancelledError", "maker: CancelledError");
}

ASYNCIO_STATIC_COROUTINE(makes_a_failure) {
  asyncio_task_group group = begun();
  add(&group, fails_at_once_coroutine());
  check_errors(asyncio_task_group_end(&group, ASYNCIO_OK), "[ValueError]");
  CHECK_INT(requests(), 0);
  return asyncio_sleep(0);
}

TEST(failure_at_the_start_of_a_task_leaves_no_request_behind_the_group) {
  run_in_both_modes(makes_a_failure_coroutine);
}
