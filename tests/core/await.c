// SPDX-License-Identifier: MIT
// src/core/await.c: awaiting. A coroutine object is used up by its first use, runs in the task that awaits it and
// costs no iteration of its own; what is done already does not suspend.
#include "common.h"

ASYNCIO_STATIC_COROUTINE(give_text, (const char *, text), (double, delay)) {
  if (delay >= 0) ASYNCIO_TRY(asyncio_sleep(delay));
  return asyncio_text(result, text);
}

ASYNCIO_STATIC_COROUTINE(fail_with, (asyncio_status, status), (const char *, words)) {
  return asyncio_raise(status, "%s", words);
}

// ---- Coroutine objects

ASYNCIO_STATIC_COROUTINE(uses_objects) {
  asyncio_value value;
  asyncio_future *coroutine = give_text_coroutine("object", -1);
  CHECK(asyncio_iscoroutine(coroutine) && !asyncio_isfuture(coroutine) && !asyncio_istask(coroutine));
  CHECK(!asyncio_future_get_loop(coroutine));
  CHECK(!asyncio_future_done(coroutine));
  CHECK_ERROR(asyncio_future_result(coroutine, NULL), ASYNCIO_INVALID_STATE_ERROR, NULL);
  CHECK_ERROR(asyncio_future_set_result(coroutine, asyncio_none()), ASYNCIO_RUNTIME_ERROR,
              "The outcome of a coroutine cannot be set from outside");
  ASYNCIO_TRY(asyncio_await(coroutine, &value));
  CHECK_TEXT(asyncio_value_text(value), "object");
  asyncio_value_clear(&value);
  ASYNCIO_TRY(give_text("direct", -1, &value));
  CHECK_TEXT(asyncio_value_text(value), "direct");
  asyncio_value_clear(&value);
  return asyncio_await(give_text_coroutine("dropped", 1), NULL);
}

TEST(a_coroutine_is_called_directly_or_through_an_object) { run(uses_objects_coroutine()); }

// ---- A result that is set before the body goes on to wait

static asyncio_status set_soon(void *future) { return asyncio_future_set_result(future, asyncio_int(2)); }

ASYNCIO_STATIC_COROUTINE(gives_before_it_waits) {
  asyncio_loop *loop = asyncio_get_running_loop();
  ASYNCIO_TRY(asyncio_text(result, "early"));
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_value value;
  CHECK_OK(asyncio_loop_call_soon(loop, set_soon, future, NULL));
  CHECK_OK(asyncio_await(future, &value));
  CHECK_INT(asyncio_value_int(value), 2);
  asyncio_unref(future);
  CHECK_OK(asyncio_await(asyncio_sleep_coroutine(1, asyncio_int(3)), &value));
  CHECK_INT(asyncio_value_int(value), 3);
  asyncio_task *task = asyncio_create_task(give_text_coroutine("task's", 1));
  CHECK_OK(asyncio_await(task, NULL));
  asyncio_unref(task);
  return asyncio_sleep(0);
}

ASYNCIO_STATIC_COROUTINE(wants_what_came_early) {
  asyncio_value value;
  asyncio_task *task = asyncio_create_task(gives_before_it_waits_coroutine());
  CHECK_OK(asyncio_await(task, &value));
  CHECK_TEXT(asyncio_value_text(value), "early");
  asyncio_value_clear(&value);
  asyncio_unref(task);
  CHECK_OK(asyncio_await(gives_before_it_waits_coroutine(), &value));
  CHECK_TEXT(asyncio_value_text(value), "early");
  asyncio_value_clear(&value);
  return ASYNCIO_OK;
}

TEST(a_result_that_is_set_early_outlives_every_wait) { run(wants_what_came_early_coroutine()); }

ASYNCIO_STATIC_COROUTINE(uses_twice, (asyncio_future *, coroutine)) {
  ASYNCIO_TRY(asyncio_await(coroutine, NULL));
  CHECK(!asyncio_iscoroutine(coroutine));
  CHECK_ERROR(asyncio_await(coroutine, NULL), ASYNCIO_RUNTIME_ERROR,
              "cannot reuse already awaited coroutine 'give_text'");
  CHECK_ERROR(asyncio_future_set_result(coroutine, asyncio_none()), ASYNCIO_RUNTIME_ERROR, NULL);
  return ASYNCIO_OK;
}

TEST(a_coroutine_is_used_up_by_its_first_use) {
  asyncio_future *coroutine = asyncio_ref(give_text_coroutine("once", 0));
  run(uses_twice_coroutine(coroutine));
  asyncio_unref(coroutine);
}

ASYNCIO_STATIC_COROUTINE(awaits_while_awaited, (asyncio_future *, coroutine)) {
  CHECK_ERROR(asyncio_await(coroutine, NULL), ASYNCIO_RUNTIME_ERROR,
              "cannot reuse already awaited coroutine 'give_text'");
  return ASYNCIO_OK;
}

TEST(a_coroutine_that_is_running_is_not_awaited_by_another_task) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *coroutine = asyncio_ref(give_text_coroutine("once", 1));
  asyncio_task *first = asyncio_create_task(uses_twice_coroutine(coroutine), .loop = loop);
  CHECK_OK(asyncio_loop_run_until_complete(loop, awaits_while_awaited_coroutine(coroutine), NULL));
  CHECK_OK(asyncio_loop_run_until_complete(loop, first, NULL));
  asyncio_unref(first);
  asyncio_unref(coroutine);
  close_loop(loop);
}

TEST(an_unused_coroutine_is_dropped_with_its_arguments) {
  asyncio_unref(give_text_coroutine("unused", 0));
  asyncio_unref(asyncio_sleep_coroutine(1, traced_value("value")));
  EXPECT_TRACE("destroyed value");
}

typedef struct arguments {
  int numbers[40];
  char text[7];
} arguments;

static asyncio_status check_copy(void *arg, asyncio_value *result) {
  const arguments *self = arg;
  for (int i = 0; i < 40; i++) CHECK_INT(self->numbers[i], i);
  CHECK_TEXT(self->text, "copied");
  *result = asyncio_pointer(arg);
  return ASYNCIO_OK;
}

TEST(arguments_are_copied_as_the_object_is_made) {
  arguments given = {.text = "copied"};
  asyncio_value value;
  for (int i = 0; i < 40; i++) given.numbers[i] = i;
  asyncio_future *coroutine = asyncio_coroutine_new(NULL, check_copy, &given, sizeof given);
  memset(&given, 0xff, sizeof given);
  CHECK_OK(asyncio_run(coroutine, &value));
  CHECK(asyncio_value_pointer(value) != &given);
}

static asyncio_status give_argument(void *arg, asyncio_value *result) {
  *result = asyncio_pointer(arg);
  return ASYNCIO_OK;
}

TEST(without_a_size_the_argument_itself_is_passed_on) {
  int argument = 0;
  asyncio_value value;
  CHECK_OK(asyncio_run(asyncio_coroutine_new("name", give_argument, &argument, 0), &value));
  CHECK(asyncio_value_pointer(value) == &argument);
  CHECK_OK(asyncio_run(asyncio_coroutine_new("name", give_argument, NULL, 0), &value));
  CHECK(asyncio_value_pointer(value) == NULL);
}

static asyncio_status check_bytes(void *arg, asyncio_value *result) {
  const unsigned char *bytes = arg;
  for (int i = 0; i < bytes[0]; i++) CHECK_INT(bytes[i], bytes[0] - i);
  (void)result;
  return ASYNCIO_OK;
}

TEST(arguments_of_every_size_arrive_whole) {
  unsigned char bytes[100];
  for (unsigned size = 1; size < sizeof bytes; size++) {
    for (unsigned i = 0; i < size; i++) bytes[i] = (unsigned char)(size - i);
    run(asyncio_coroutine_new("bytes", check_bytes, bytes, size));
  }
}

ASYNCIO_STATIC_COROUTINE(takes_eight, (char, a), (double, b), (short, c), (void *, d), (long double, e), (arguments, f),
                         (float, g), (int64_t, h)) {
  CHECK(a == 'a' && b == 0.5 && c == -3 && d == NULL && e == 1.25L && f.numbers[39] == 39 && g == 2.5f &&
        h == INT64_MIN);
  trace("checked");
  return ASYNCIO_OK;
}

TEST(up_to_eight_arguments_of_any_type_arrive) {
  run(takes_eight_coroutine('a', 0.5, -3, NULL, 1.25L, (arguments){.numbers = {[39] = 39}}, 2.5f, INT64_MIN));
  EXPECT_TRACE("checked");
}

TEST(a_coroutine_without_body_arguments_or_memory_is_none) {
  char argument = 0;
  CHECK(!asyncio_coroutine_new("name", NULL, NULL, 0));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "Expected [body] to be a pointer, got NULL");
  CHECK(!asyncio_coroutine_new("name", give_argument, NULL, 1));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "Expected [arguments] to be a pointer, got NULL");
  CHECK(!asyncio_coroutine_new("name", give_argument, &argument, SIZE_MAX));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_MEMORY_ERROR), "Out of memory for coroutine 'name'");
  CHECK(!asyncio_coroutine_new("huge", give_argument, &argument, (size_t)INT32_MAX));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_MEMORY_ERROR), "Out of memory for coroutine 'huge'");
}

// ---- Nesting

ASYNCIO_STATIC_COROUTINE(countdown, (int, left)) {
  asyncio_value value = asyncio_none();
  ASYNCIO_TRY(asyncio_sleep(0));
  if (left) ASYNCIO_TRY(left % 2 ? countdown(left - 1, &value) : asyncio_await(countdown_coroutine(left - 1), &value));
  *result = asyncio_int(asyncio_value_int(value) + 1);
  return asyncio_sleep(0);
}

TEST(coroutines_await_coroutines_at_any_depth) {
  asyncio_value value;
  CHECK_OK(asyncio_run(countdown_coroutine(20), &value));
  CHECK_INT(asyncio_value_int(value), 21);
}

ASYNCIO_STATIC_COROUTINE(awaits_without_iterations, (asyncio_loop *, loop)) {
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "callback", NULL));
  ASYNCIO_TRY(asyncio_await(give_text_coroutine("", -1), NULL));
  trace("awaited");
  asyncio_future *done = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_set_result(done, asyncio_int(5)));
  asyncio_value value;
  ASYNCIO_TRY(asyncio_await(done, &value));
  CHECK_INT(asyncio_value_int(value), 5);
  asyncio_unref(done);
  trace("done already");
  return asyncio_sleep(0);
}

TEST(awaiting_what_need_not_wait_does_not_suspend) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_run_until_complete(loop, awaits_without_iterations_coroutine(loop), NULL));
  EXPECT_TRACE("awaited", "done already", "callback");
  close_loop(loop);
}

// ---- Outcomes

ASYNCIO_STATIC_COROUTINE(awaits_failures, (asyncio_loop *, loop)) {
  asyncio_value value = asyncio_int(1);
  CHECK_ERROR(asyncio_await(fail_with_coroutine(ASYNCIO_VALUE_ERROR, "in a coroutine"), &value), ASYNCIO_VALUE_ERROR,
              "in a coroutine");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  asyncio_task *task = asyncio_create_task(fail_with_coroutine(ASYNCIO_APPLICATION_ERROR - 2, "in a task"));
  for (int i = 0; i < 2; i++) CHECK_ERROR(asyncio_await(task, &value), ASYNCIO_APPLICATION_ERROR - 2, "in a task");
  asyncio_unref(task);
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_TIMEOUT_ERROR, "in a future"));
  CHECK_ERROR(asyncio_await(future, NULL), ASYNCIO_TIMEOUT_ERROR, "in a future");
  asyncio_unref(future);
  CHECK_ERROR(fail_with(ASYNCIO_TYPE_ERROR, "in a call", &value), ASYNCIO_TYPE_ERROR, "in a call");
  return ASYNCIO_OK;
}

TEST(failures_come_with_their_words_from_every_kind_of_awaitable) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_run_until_complete(loop, awaits_failures_coroutine(loop), NULL));
  close_loop(loop);
}

ASYNCIO_STATIC_COROUTINE(awaits_shared, (asyncio_future *, future), (const char *, name)) {
  asyncio_value value;
  ASYNCIO_TRY(asyncio_await(future, &value));
  trace("%s: %s", name, asyncio_value_text(value));
  asyncio_value_clear(&value);
  return ASYNCIO_OK;
}

TEST(several_tasks_that_await_one_future_wake_in_the_order_they_came) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(give_text_coroutine("shared", 1), .loop = loop);
  static const char *const names[] = {"a", "b", "c"};
  for (int i = 0; i < 3; i++) asyncio_unref(asyncio_create_task(awaits_shared_coroutine(task, names[i]), .loop = loop));
  run_for(loop, 2);
  EXPECT_TRACE("a: shared", "b: shared", "c: shared");
  asyncio_unref(task);
  close_loop(loop);
}

// ---- Refusals

ASYNCIO_STATIC_COROUTINE(awaits_itself) {
  CHECK_ERROR(asyncio_await(asyncio_current_task(), NULL), ASYNCIO_RUNTIME_ERROR, "Task cannot await on itself");
  trace("goes on");
  return asyncio_sleep(0);
}

TEST(a_task_cannot_await_itself) {
  run(awaits_itself_coroutine());
  EXPECT_TRACE("goes on");
}

ASYNCIO_STATIC_COROUTINE(awaits_foreign, (asyncio_future *, future)) {
  CHECK_ERROR(asyncio_await(future, NULL), ASYNCIO_RUNTIME_ERROR, "The future is attached to a different loop");
  return ASYNCIO_OK;
}

TEST(a_task_cannot_await_a_future_of_another_loop) {
  asyncio_loop *other = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(other);
  run(awaits_foreign_coroutine(future));
  asyncio_unref(future);
  close_loop(other);
}

static asyncio_status wait_in_callback(void *arg) {
  CHECK_ERROR(asyncio_sleep(0), ASYNCIO_RUNTIME_ERROR, "asyncio_sleep needs a running task: call it in a coroutine");
  CHECK_ERROR(asyncio_sleep(1), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK_ERROR(asyncio_await(arg, NULL), ASYNCIO_RUNTIME_ERROR,
              "asyncio_await needs a running task: call it in a coroutine");
  CHECK_ERROR(asyncio_await(asyncio_sleep_coroutine(1, traced_value("value")), NULL), ASYNCIO_RUNTIME_ERROR, NULL);
  return ASYNCIO_OK;
}

TEST(nothing_waits_in_a_callback_or_outside_a_loop) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(wait_in_callback(future));
  CHECK_OK(asyncio_loop_call_soon(loop, wait_in_callback, future, NULL));
  run_once(loop);
  EXPECT_TRACE("destroyed value", "destroyed value");
  asyncio_unref(future);
  close_loop(loop);
}

ASYNCIO_STATIC_COROUTINE(awaits_nothing) {
  asyncio_error_clear();
  CHECK_ERROR(asyncio_await(NULL, result), ASYNCIO_TYPE_ERROR, "Expected [awaitable] to be an awaitable, got NULL");
  asyncio_error_clear();
  CHECK_ERROR(asyncio_await(asyncio_sleep_coroutine(NAN, asyncio_none()), result), ASYNCIO_VALUE_ERROR, NULL);
  return ASYNCIO_OK;
}

TEST(awaiting_nothing_is_a_type_error_or_why_there_is_nothing) { run(awaits_nothing_coroutine()); }
