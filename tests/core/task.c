// SPDX-License-Identifier: MIT
// src/core/task.c, task_info.c: tasks. Nothing of one runs before its first iteration; the loop keeps a pending one
// alive; its outcome, its name and what it waits for can be asked for.
#include "common.h"

ASYNCIO_COROUTINE(task_trace, (const char *, name), (double, delay)) {
  trace("%s starts", name);
  ASYNCIO_TRY(asyncio_sleep(delay));
  trace("%s ends", name);
  *result = asyncio_int((int64_t)strlen(name));
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(task_fail, (const char *, words)) { return asyncio_raise(ASYNCIO_VALUE_ERROR, "%s", words); }

ASYNCIO_COROUTINE(task_await, (asyncio_future *, awaitable)) { return asyncio_await(awaitable, result); }

// ---- Beginning

ASYNCIO_COROUTINE(task_creates_two) {
  asyncio_task *a = asyncio_create_task(task_trace_coroutine("a", 1)),
               *b = asyncio_create_task(task_trace_coroutine("b", 0));
  trace("created");
  ASYNCIO_TRY(asyncio_sleep(0));
  trace("after a step");
  asyncio_value value;
  ASYNCIO_TRY(asyncio_await(a, &value));
  CHECK_INT(asyncio_value_int(value), 1);
  CHECK(asyncio_future_done(b));
  asyncio_unref(a);
  asyncio_unref(b);
  return ASYNCIO_OK;
}

TEST(a_task_makes_its_first_step_in_the_next_iteration) {
  run(task_creates_two_coroutine());
  EXPECT_TRACE("created", "a starts", "b starts", "after a step", "b ends", "a ends");
}

TEST(a_task_may_be_made_outside_a_loop_for_one) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK(!asyncio_create_task(task_trace_coroutine("refused", 0)));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "no running event loop");
  asyncio_task *task = asyncio_create_task(task_trace_coroutine("a", 0), .loop = loop);
  CHECK(asyncio_istask(task) && asyncio_isfuture(task) && !asyncio_iscoroutine(task));
  CHECK(asyncio_future_get_loop(task) == loop);
  CHECK_OK(asyncio_loop_run_until_complete(loop, task, NULL));
  EXPECT_TRACE("a starts", "a ends");
  asyncio_unref(task);
  close_loop(loop);
}

static asyncio_status create_in_callback(void *arg) {
  asyncio_task *task = asyncio_create_task(task_trace_coroutine(arg, 0));
  CHECK(task != NULL);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(a_callback_may_create_a_task_and_the_loop_keeps_it_alive) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_call_soon(loop, create_in_callback, "kept", NULL));
  run_for(loop, 1);
  EXPECT_TRACE("kept starts", "kept ends");
  close_loop(loop);
}

TEST(only_an_unused_coroutine_becomes_a_task) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop), *used = asyncio_ref(task_trace_coroutine("used", 0));
  CHECK(!asyncio_create_task(NULL, .loop = loop));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "Expected [coroutine] to be an awaitable, got NULL");
  CHECK(!asyncio_create_task(future, .loop = loop));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "Expected [coroutine] to be an unused coroutine, got a future");
  CHECK_OK(asyncio_loop_run_until_complete(loop, task_await_coroutine(used), NULL));
  EXPECT_TRACE("used starts", "used ends");
  asyncio_error_clear();
  CHECK(!asyncio_create_task(used, .loop = loop));
  CHECK(asyncio_error_current(ASYNCIO_TYPE_ERROR) != NULL);
  asyncio_unref(used);
  asyncio_unref(future);
  close_loop(loop);
}

// ---- Outcomes

TEST(a_task_cannot_be_finished_from_outside) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(task_trace_coroutine("a", 0), .loop = loop);
  const char *words = "The outcome of a task cannot be set from outside";
  CHECK_ERROR(asyncio_future_set_result(task, traced_value("value")), ASYNCIO_RUNTIME_ERROR, words);
  EXPECT_TRACE("destroyed value");
  CHECK_ERROR(asyncio_future_set_exception(task, ASYNCIO_VALUE_ERROR, "no"), ASYNCIO_RUNTIME_ERROR, words);
  CHECK_ERROR(asyncio_future_result(task, NULL), ASYNCIO_INVALID_STATE_ERROR, NULL);
  run_for(loop, 1);
  EXPECT_TRACE("a starts", "a ends");
  CHECK_ERROR(asyncio_future_set_result(task, asyncio_none()), ASYNCIO_RUNTIME_ERROR, words);
  asyncio_value value;
  CHECK_OK(asyncio_future_result(task, &value));
  CHECK_INT(asyncio_value_int(value), 1);
  asyncio_unref(task);
  close_loop(loop);
}

TEST(a_failure_of_a_task_that_nobody_awaits_is_reported) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(task_fail_coroutine("lost"), .loop = loop));
  run_once(loop);
  EXPECT_TRACE("Exception was never retrieved: ValueError: lost");
  close_loop(loop);
}

ASYNCIO_COROUTINE(task_result_and_failure) {
  *result = traced_value("value");
  return ASYNCIO_TIMEOUT_ERROR;
}

TEST(a_result_that_was_set_before_a_failure_is_dropped) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_value value;
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, task_result_and_failure_coroutine(), &value), ASYNCIO_TIMEOUT_ERROR,
              "The time limit was reached");
  EXPECT_TRACE("destroyed value");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  close_loop(loop);
}

ASYNCIO_COROUTINE(task_none) {
  CHECK_INT(result->kind, ASYNCIO_NONE);
  return ASYNCIO_OK;
}

TEST(a_coroutine_that_sets_no_result_gives_none) {
  asyncio_value value = asyncio_int(3);
  CHECK_OK(asyncio_run(task_none_coroutine(), &value));
  CHECK_INT(value.kind, ASYNCIO_NONE);
}

ASYNCIO_STATIC_COROUTINE(return_a_count, (int, count)) {
  *result = traced_value("value");
  return count;
}

TEST(a_coroutine_that_returns_what_is_no_status_fails) {
  CHECK_ERROR(asyncio_run(return_a_count_coroutine(3), NULL), ASYNCIO_RUNTIME_ERROR,
              "The coroutine of Task-1 returned 3, which is no asyncio_status");
  CHECK_ERROR(asyncio_run(return_a_count_coroutine(-500), NULL), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK_ERROR(asyncio_run(return_a_count_coroutine(ASYNCIO_APPLICATION_ERROR), NULL), ASYNCIO_APPLICATION_ERROR, NULL);
  EXPECT_TRACE("destroyed value", "destroyed value", "destroyed value");
}

// ---- Names

TEST(tasks_are_numbered_unless_they_are_named) {
  asyncio_loop *loop = asyncio_new_event_loop();
  char name[] = "fetch";
  asyncio_task *first = asyncio_create_task(task_none_coroutine(), .loop = loop);
  asyncio_task *named = asyncio_create_task(task_none_coroutine(), .name = name, .loop = loop);
  asyncio_task *second = asyncio_create_task(task_none_coroutine(), .loop = loop);
  name[0] = 'r';
  CHECK_TEXT(asyncio_task_get_name(second), "Task-2");
  CHECK_TEXT(asyncio_task_get_name(named), "fetch");
  CHECK_TEXT(asyncio_task_get_name(first), "Task-1");
  CHECK_OK(asyncio_task_set_name(first, "renamed"));
  CHECK_TEXT(asyncio_task_get_name(first), "renamed");
  CHECK_OK(asyncio_task_set_name(first, asyncio_task_get_name(first)));
  CHECK_TEXT(asyncio_task_get_name(first), "renamed");
  asyncio_task *third = asyncio_create_task(task_none_coroutine(), .loop = loop);
  CHECK_TEXT(asyncio_task_get_name(third), "Task-3");
  run_once(loop);
  CHECK_TEXT(asyncio_task_get_name(named), "fetch");
  asyncio_unref(first);
  asyncio_unref(named);
  asyncio_unref(second);
  asyncio_unref(third);
  close_loop(loop);
}

TEST(only_tasks_have_names) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_task *task = asyncio_create_task(task_none_coroutine(), .loop = loop);
  CHECK_TEXT(asyncio_task_get_name(future), "");
  CHECK_TEXT(asyncio_task_get_name(NULL), "");
  CHECK_ERROR(asyncio_task_set_name(future, "x"), ASYNCIO_TYPE_ERROR, "Expected [task] to be a task, got future");
  CHECK_ERROR(asyncio_task_set_name(NULL, "x"), ASYNCIO_TYPE_ERROR, "Expected [task] to be a task, got NULL");
  CHECK_ERROR(asyncio_task_set_name(task, NULL), ASYNCIO_TYPE_ERROR, "Expected [name] to be a string, got NULL");
  test_fail_allocation(1);
  CHECK_ERROR(asyncio_task_set_name(task, "x"), ASYNCIO_MEMORY_ERROR, "Out of memory for a task's name");
  test_fail_allocation(1);
  CHECK_TEXT(asyncio_task_get_name(task), "Task");
  CHECK_TEXT(asyncio_task_get_name(task), "Task-1");
  run_once(loop);
  asyncio_unref(task);
  asyncio_unref(future);
  close_loop(loop);
}

// ---- Who is executing, and who is pending

ASYNCIO_COROUTINE(task_checks_itself, (asyncio_task **, self)) {
  CHECK(asyncio_current_task() == *self);
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK(asyncio_current_task() == *self);
  ASYNCIO_TRY(asyncio_await(task_none_coroutine(), NULL));
  CHECK(asyncio_current_task() == *self);
  ASYNCIO_TRY(asyncio_sleep(1));
  CHECK(asyncio_current_task() == *self);
  trace("checked");
  return ASYNCIO_OK;
}

TEST(the_current_task_is_the_one_that_executes) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *tasks[3];
  CHECK(!asyncio_current_task());
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "no running event loop");
  for (int i = 0; i < 3; i++) tasks[i] = asyncio_create_task(task_checks_itself_coroutine(&tasks[i]), .loop = loop);
  run_for(loop, 2);
  CHECK(!asyncio_current_task());
  EXPECT_TRACE("checked", "checked", "checked");
  for (int i = 0; i < 3; i++) asyncio_unref(tasks[i]);
  close_loop(loop);
}

TEST(all_tasks_are_the_pending_ones_oldest_first) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *tasks[3], *found[4] = {NULL};
  CHECK_INT(asyncio_all_tasks(loop, NULL, 0), 0);
  for (int i = 0; i < 3; i++) tasks[i] = asyncio_create_task(task_trace_coroutine("t", 3 - i), .loop = loop);
  CHECK_INT(asyncio_all_tasks(loop, found, 4), 3);
  for (int i = 0; i < 3; i++) CHECK(found[i] == tasks[i]);
  found[1] = NULL;
  CHECK_INT(asyncio_all_tasks(loop, found, 1), 3);
  CHECK(found[0] == tasks[0] && !found[1]);
  run_for(loop, 1.5);
  CHECK_INT(asyncio_all_tasks(loop, found, 4), 2);
  CHECK(found[0] == tasks[0] && found[1] == tasks[1]);
  run_for(loop, 2);
  CHECK_INT(asyncio_all_tasks(loop, found, 4), 0);
  EXPECT_TRACE("t starts", "t starts", "t starts", "t ends", "t ends", "t ends");
  for (int i = 0; i < 3; i++) asyncio_unref(tasks[i]);
  close_loop(loop);
}

ASYNCIO_COROUTINE(task_waits_for, (asyncio_future *, future), (asyncio_task *, task)) {
  ASYNCIO_TRY(asyncio_sleep(1));
  ASYNCIO_TRY(asyncio_await(future, NULL));
  ASYNCIO_TRY(asyncio_await(task, NULL));
  CHECK_TEXT(asyncio_task_waiting_for(asyncio_current_task()), "");
  asyncio_status status = asyncio_wait_for(asyncio_gather(task_trace_coroutine("child", 100)), 1, NULL);
  CHECK_INT(status, ASYNCIO_TIMEOUT_ERROR);
  ASYNCIO_TRY(asyncio_wait(&task, 1, 1, ASYNCIO_ALL_COMPLETED, NULL));
  return ASYNCIO_OK;
}

TEST(a_task_knows_what_it_waits_for) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_task *other = asyncio_create_task(task_trace_coroutine("other", 4), .name = "other", .loop = loop);
  asyncio_task *task = asyncio_create_task(task_waits_for_coroutine(future, other), .loop = loop);
  CHECK_TEXT(asyncio_task_waiting_for(task), "");
  run_for(loop, 0.5);
  CHECK_TEXT(asyncio_task_waiting_for(task), "sleep");
  run_for(loop, 1);
  CHECK_TEXT(asyncio_task_waiting_for(task), "future");
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  run_for(loop, 1);
  CHECK_TEXT(asyncio_task_waiting_for(task), "other");
  run_for(loop, 2);
  CHECK_TEXT(asyncio_task_waiting_for(task), "gather");
  run_for(loop, 2);
  CHECK(asyncio_future_done(task));
  CHECK_TEXT(asyncio_task_waiting_for(task), "");
  CHECK_TEXT(asyncio_task_waiting_for(future), "");
  CHECK_TEXT(asyncio_task_waiting_for(NULL), "");
  EXPECT_TRACE("other starts", "other ends", "child starts");
  asyncio_unref(task);
  asyncio_unref(other);
  asyncio_unref(future);
  close_loop(loop);
}

TEST(options_that_are_wrong_are_refused_and_use_the_coroutine_up) {
  asyncio_loop *loop = asyncio_new_event_loop(), *closed = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_close(closed));
  CHECK(!asyncio_create_task(asyncio_sleep_coroutine(0, traced_value("a")), .stack_size = 100, .loop = loop));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "Expected [stack_size] to be at least 2048, got 100");
  CHECK(!asyncio_create_task(asyncio_sleep_coroutine(0, traced_value("b")), .loop = closed));
  CHECK(!asyncio_create_task(asyncio_sleep_coroutine(0, traced_value("c"))));
  asyncio_future *named = asyncio_sleep_coroutine(0, traced_value("d"));
  test_fail_allocation(1);
  CHECK(!asyncio_create_task(named, .name = "no room", .loop = loop));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_MEMORY_ERROR), "Out of memory for a task's name");
  EXPECT_TRACE("destroyed a", "destroyed b", "destroyed c", "destroyed d");
  asyncio_loop_unref(closed);
  close_loop(loop);
}
