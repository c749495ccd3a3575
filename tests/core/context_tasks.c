// SPDX-License-Identifier: MIT
// src/core/context.c: which context is whose. Tasks and callbacks have copies, an awaited coroutine its task's.
#include "common.h"

static asyncio_context_var *number;

static int current(void) {
  asyncio_value value;
  return asyncio_context_var_get(number, &value) ? -1 : (int)asyncio_value_int(value);
}

static void set(int value) { CHECK_OK(asyncio_context_var_set(number, asyncio_int(value), NULL)); }

static asyncio_loop *here(void) { return asyncio_get_running_loop(); }

// Runs it with a variable of its own.
static void run_with_variable(asyncio_future *coroutine) {
  number = asyncio_context_var_new("number", NULL);
  run(coroutine);
  CHECK_INT(current(), -1);
  asyncio_context_var_unref(number);
}

ASYNCIO_STATIC_COROUTINE(count_up, (const char *, name), (int, times)) {
  for (int i = 0; i < times; i++) {
    trace("%s %d", name, current());
    set(current() + 1);
    ASYNCIO_TRY(asyncio_sleep(0));
  }
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(two_tasks) {
  set(10);
  asyncio_task *a = asyncio_create_task(count_up_coroutine("a", 2));
  set(20);
  asyncio_task *b = asyncio_create_task(count_up_coroutine("b", 2));
  set(30);
  ASYNCIO_TRY(asyncio_await(a, NULL));
  ASYNCIO_TRY(asyncio_await(b, NULL));
  CHECK_INT(current(), 30);
  asyncio_unref(a);
  asyncio_unref(b);
  return ASYNCIO_OK;
}

TEST(a_task_has_a_copy_of_the_context_that_it_was_created_in) {
  run_with_variable(two_tasks_coroutine());
  EXPECT_TRACE("a 10", "b 20", "a 11", "b 21");
}

ASYNCIO_STATIC_COROUTINE(await_directly) {
  set(1);
  ASYNCIO_TRY(asyncio_await(count_up_coroutine("awaited", 2), NULL));
  CHECK_INT(current(), 3);
  ASYNCIO_TRY(asyncio_wait_for(count_up_coroutine("limited", 1), 1, NULL));
  CHECK_INT(current(), 4);
  ASYNCIO_TRY(asyncio_await(asyncio_gather(count_up_coroutine("gathered", 1)), NULL));
  ASYNCIO_TRY(asyncio_await(asyncio_shield(count_up_coroutine("shielded", 1)), NULL));
  CHECK_INT(current(), 4);
  return ASYNCIO_OK;
}

TEST(an_awaited_coroutine_shares_its_task_s_context_and_a_gathered_one_does_not) {
  run_with_variable(await_directly_coroutine());
  EXPECT_TRACE("awaited 1", "awaited 2", "limited 3", "gathered 4", "shielded 4");
}

static asyncio_status trace_number(void *arg) {
  trace("%s %d", (const char *)arg, current());
  set(99);
  return ASYNCIO_OK;
}

static asyncio_status trace_number_when_done(asyncio_future *future, void *arg) {
  (void)future;
  return trace_number(arg);
}

ASYNCIO_STATIC_COROUTINE(schedule) {
  asyncio_future *future = asyncio_loop_create_future(here());
  set(1);
  CHECK_OK(asyncio_loop_call_soon(here(), trace_number, "soon", NULL));
  set(2);
  CHECK_OK(asyncio_loop_call_later(here(), 1, trace_number, "later", NULL));
  set(3);
  CHECK_OK(asyncio_loop_call_at(here(), asyncio_loop_time(here()) + 2, trace_number, "at", NULL));
  set(4);
  CHECK_OK(asyncio_future_add_done_callback(future, trace_number_when_done, "done"));
  set(5);
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  CHECK_OK(asyncio_future_add_done_callback(future, trace_number_when_done, "already done"));
  set(6);
  asyncio_unref(future);
  ASYNCIO_TRY(asyncio_sleep(3));
  CHECK_INT(current(), 6);
  return ASYNCIO_OK;
}

TEST(a_callback_has_a_copy_of_the_context_that_it_was_registered_in) {
  run_with_variable(schedule_coroutine());
  EXPECT_TRACE("soon 1", "done 4", "already done 5", "later 2", "at 3");
}

ASYNCIO_STATIC_COROUTINE(set_to, (int, value)) {
  trace("task %d", current());
  set(value);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(share_a_context) {
  asyncio_future *future = asyncio_loop_create_future(here());
  asyncio_value value;
  set(1);
  asyncio_context *shared = asyncio_copy_context();
  asyncio_task *task = asyncio_create_task(set_to_coroutine(50), .context = shared);
  CHECK(asyncio_task_get_context(task) == shared);
  ASYNCIO_TRY(asyncio_await(task, NULL));
  CHECK_OK(asyncio_loop_call_soon(here(), trace_number, "soon", NULL, .context = shared));
  CHECK_OK(asyncio_future_add_done_callback(future, trace_number_when_done, "done", .context = shared));
  CHECK_OK(asyncio_loop_call_later(here(), 1, trace_number, "later", NULL, .context = shared));
  CHECK_OK(asyncio_loop_call_at(here(), asyncio_loop_time(here()) + 2, trace_number, "at", NULL, .context = shared));
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  ASYNCIO_TRY(asyncio_sleep(3));
  CHECK_INT(current(), 1);
  CHECK_OK(asyncio_context_get(shared, number, &value));
  CHECK_INT(asyncio_value_int(value), 99);
  asyncio_unref(task);
  asyncio_unref(future);
  asyncio_context_unref(shared);
  return ASYNCIO_OK;
}

TEST(a_context_that_is_given_is_shared) {
  run_with_variable(share_a_context_coroutine());
  EXPECT_TRACE("task 1", "soon 50", "done 99", "later 99", "at 99");
}

ASYNCIO_STATIC_COROUTINE(look_at_own_context) {
  set(7);
  asyncio_context *own = asyncio_task_get_context(asyncio_current_task());
  asyncio_value value;
  CHECK_OK(asyncio_context_get(own, number, &value));
  CHECK_INT(asyncio_value_int(value), 7);
  set(8);
  CHECK(asyncio_task_get_context(asyncio_current_task()) == own);
  CHECK_OK(asyncio_context_get(own, number, &value));
  CHECK_INT(asyncio_value_int(value), 8);
  CHECK_ERROR(asyncio_context_run(own, trace_number, "never"), ASYNCIO_RUNTIME_ERROR,
              "cannot enter context: it is already entered");
  return ASYNCIO_OK;
}

TEST(a_task_s_context_can_be_looked_at_and_is_entered_while_it_runs) {
  run_with_variable(look_at_own_context_coroutine());
}

static asyncio_status sleep_within(void *arg) {
  set(current() + 100);
  ASYNCIO_TRY(asyncio_sleep(1));
  trace("%s %d", (const char *)arg, current());
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(run_and_suspend, (const char *, name), (int, value), (asyncio_context *, context)) {
  set(value);
  asyncio_context *own = context ? asyncio_context_ref(context) : asyncio_copy_context();
  asyncio_status status = asyncio_context_run(own, sleep_within, (void *)(uintptr_t)name);
  if (status) trace("%s %s", name, asyncio_error_message(status));
  CHECK_INT(current(), value);
  asyncio_context_unref(own);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(suspend_within) {
  set(0);
  asyncio_context *context = asyncio_copy_context();
  ASYNCIO_TRY(asyncio_await(
      asyncio_gather(run_and_suspend_coroutine("a", 1, NULL), run_and_suspend_coroutine("b", 2, NULL),
                     run_and_suspend_coroutine("c", 3, context), run_and_suspend_coroutine("d", 4, context)),
      NULL));
  asyncio_context_unref(context);
  return ASYNCIO_OK;
}

TEST(a_function_that_runs_in_a_context_may_suspend_there) {
  run_with_variable(suspend_within_coroutine());
  EXPECT_TRACE("d cannot enter context: it is already entered", "a 101", "b 102", "c 100");
}

TEST(main_has_a_copy_of_the_thread_s_context) {
  asyncio_context_token token;
  number = asyncio_context_var_new("number", NULL);
  CHECK_OK(asyncio_context_var_set(number, asyncio_int(5), &token));
  run(count_up_coroutine("main", 2));
  CHECK_INT(current(), 5);
  CHECK_OK(asyncio_context_var_reset(number, &token));
  asyncio_context_var_unref(number);
  EXPECT_TRACE("main 5", "main 6");
}

static void trace_in_handler(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)arg;
  trace("%s in %d", context->message, current());
}

static asyncio_status fail_in_ten(void *arg) {
  (void)arg;
  set(10);
  return ASYNCIO_VALUE_ERROR;
}

ASYNCIO_STATIC_COROUTINE(fail_in_callbacks) {
  asyncio_loop_set_exception_handler(here(), trace_in_handler, NULL);
  CHECK_OK(asyncio_loop_call_soon(here(), fail_in_ten, NULL, NULL));
  return asyncio_sleep(0);
}

TEST(an_exception_handler_is_called_in_the_context_of_the_callback) {
  run_with_variable(fail_in_callbacks_coroutine());
  EXPECT_TRACE("Exception in callback in 10");
}

ASYNCIO_STATIC_COROUTINE(fail_in, (int, value)) {
  set(value);
  return ASYNCIO_VALUE_ERROR;
}

static asyncio_status fail_when_done(asyncio_future *future, void *arg) {
  (void)future, (void)arg;
  set(12);
  return ASYNCIO_VALUE_ERROR;
}

ASYNCIO_STATIC_COROUTINE(drop_what_failed) {
  asyncio_loop_set_exception_handler(here(), trace_in_handler, NULL);
  asyncio_task *task = asyncio_create_task(fail_in_coroutine(11));
  CHECK_OK(asyncio_future_add_done_callback(task, fail_when_done, NULL));
  ASYNCIO_TRY(asyncio_sleep(0));
  ASYNCIO_TRY(asyncio_sleep(0));
  asyncio_unref(task);
  CHECK_INT(current(), -1);
  asyncio_future *future = asyncio_loop_create_future(here());
  set(13);
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "a future has no context"));
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(a_failure_that_nobody_saw_is_told_in_the_context_of_its_task) {
  run_with_variable(drop_what_failed_coroutine());
  EXPECT_TRACE("Exception in done callback in 12", "Exception was never retrieved in 11",
               "Exception was never retrieved in 13");
}

static void trace_and_change(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  trace_in_handler(loop, context, arg);
  CHECK_INT(asyncio_task_get_context(context->future) != NULL, 1);
  set(99);
  trace_in_handler(loop, context, arg);
}

// One has an object for its context, the other has variables alone.
ASYNCIO_STATIC_COROUTINE(change_in_the_handler, (bool, named)) {
  asyncio_loop_set_exception_handler(here(), trace_and_change, NULL);
  set(1);
  asyncio_task *task = asyncio_create_task(fail_in_coroutine(2));
  if (named) CHECK(asyncio_task_get_context(task) != NULL);
  ASYNCIO_TRY(asyncio_sleep(0));
  asyncio_unref(task);
  CHECK_INT(current(), 1);
  return ASYNCIO_OK;
}

TEST(what_an_exception_handler_sets_stays_out_of_the_context_that_was_current) {
  run_with_variable(change_in_the_handler_coroutine(false));
  run_with_variable(change_in_the_handler_coroutine(true));
  EXPECT_TRACE("Exception was never retrieved in 2", "Exception was never retrieved in 99",
               "Exception was never retrieved in 2", "Exception was never retrieved in 99");
}

ASYNCIO_STATIC_COROUTINE(sleep_in, (int, value)) {
  set(value);
  return asyncio_sleep(100);
}

ASYNCIO_STATIC_COROUTINE(stop_in, (int, value)) {
  set(value);
  asyncio_exception_context context = {.message = "Told by hand", .future = asyncio_current_task()};
  asyncio_loop_call_exception_handler(here(), &context);
  asyncio_loop_stop(here());
  return ASYNCIO_OK;
}

TEST(a_task_that_its_loop_ends_is_told_of_in_its_own_context) {
  number = asyncio_context_var_new("number", NULL);
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_loop_set_exception_handler(loop, trace_in_handler, NULL);
  asyncio_unref(asyncio_create_task(sleep_in_coroutine(7), .loop = loop));
  asyncio_unref(asyncio_create_task(stop_in_coroutine(8), .loop = loop));
  CHECK_OK(asyncio_loop_run_forever(loop));
  asyncio_loop_unref(loop);
  asyncio_context_var_unref(number);
  EXPECT_TRACE("Told by hand in 8", "Task was destroyed but it is pending in 7");
}

// The values go with the tasks and callbacks that never ran.
ASYNCIO_STATIC_COROUTINE(leave_things_behind) {
  CHECK_OK(asyncio_context_var_set(number, traced_value("value"), NULL));
  asyncio_future *future = asyncio_loop_create_future(here());
  CHECK_OK(asyncio_loop_call_later(here(), 100, trace_number, "never", NULL));
  CHECK_OK(asyncio_future_add_done_callback(future, trace_number_when_done, "never"));
  asyncio_unref(asyncio_create_task(count_up_coroutine("left", 1)));
  asyncio_unref(future);
  CHECK_OK(asyncio_context_var_set(number, asyncio_none(), NULL));
  return ASYNCIO_OK;
}

TEST(contexts_go_with_what_never_ran) {
  run_with_variable(leave_things_behind_coroutine());
  EXPECT_TRACE("left 0", "destroyed value");
}

// Each task frees the values of its own context as it is freed itself.
ASYNCIO_STATIC_COROUTINE(keep_a_done_task) {
  set(1);
  asyncio_task *task = asyncio_create_task(set_to_coroutine(2));
  ASYNCIO_TRY(asyncio_await(task, NULL));
  asyncio_value value;
  CHECK_OK(asyncio_context_get(asyncio_task_get_context(task), number, &value));
  CHECK_INT(asyncio_value_int(value), 2);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(a_done_task_still_has_its_context) {
  run_with_variable(keep_a_done_task_coroutine());
  EXPECT_TRACE("task 1");
}
