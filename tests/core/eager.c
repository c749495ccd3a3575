// SPDX-License-Identifier: MIT
// src/core/task_create.c: tasks that take their first step at once, one by one or by the loop's factory. What Python's
// test_eager_task_factory checks, on every backend.
#include "common.h"

static asyncio_loop *here(void) { return asyncio_get_running_loop(); }

static const char *name_of_current(void) { return asyncio_task_get_name(asyncio_current_task()); }

ASYNCIO_STATIC_COROUTINE(hello) {
  trace("%s runs", name_of_current());
  return asyncio_text(result, "hello");
}

ASYNCIO_STATIC_COROUTINE(nap, (double, delay)) {
  trace("%s begins", name_of_current());
  asyncio_status status = asyncio_sleep(delay);
  trace("%s ends: %s", name_of_current(), asyncio_error_name(status));
  return status ? status : asyncio_text(result, "after blocking");
}

ASYNCIO_STATIC_COROUTINE(fail_at_once) { return asyncio_raise(ASYNCIO_VALUE_ERROR, "at once"); }

static bool is_listed(const asyncio_task *task) {
  asyncio_task *tasks[8];
  size_t count = asyncio_all_tasks(here(), tasks, 8);
  for (size_t i = 0; i < count; i++)
    if (tasks[i] == task) return true;
  return false;
}

static asyncio_status trace_callback(void *arg) {
  trace("%s", (const char *)arg);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(create_one_that_returns) {
  asyncio_value value;
  CHECK_OK(asyncio_loop_call_soon(here(), trace_callback, "iteration", NULL));
  asyncio_task *task = asyncio_create_task(hello_coroutine(), .eager_start = true, .name = "eager");
  CHECK(asyncio_future_done(task));
  CHECK(!is_listed(task));
  CHECK_TEXT(name_of_current(), "main");
  CHECK_OK(asyncio_await(task, &value));
  CHECK_TEXT(asyncio_value_text(value), "hello");
  asyncio_value_clear(&value);
  CHECK(!asyncio_future_cancel(task, NULL));
  trace("main goes on");
  asyncio_unref(task);
  return ASYNCIO_OK;
}

// Runs it as the task "main".
static void run_main(asyncio_future *coroutine) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(coroutine, .loop = loop, .name = "main");
  CHECK_OK(asyncio_loop_run_until_complete(loop, task, NULL));
  asyncio_unref(task);
  close_loop(loop);
}

TEST(an_eager_task_that_need_not_wait_is_done_without_being_queued) {
  run_main(create_one_that_returns_coroutine());
  EXPECT_TRACE("eager runs", "main goes on", "iteration");
}

ASYNCIO_STATIC_COROUTINE(create_one_that_blocks) {
  asyncio_value value;
  asyncio_task *task = asyncio_create_task(nap_coroutine(0.1), .eager_start = true, .name = "eager");
  trace("created");
  CHECK(!asyncio_future_done(task));
  CHECK(is_listed(task));
  CHECK_TEXT(asyncio_task_waiting_for(task), "sleep");
  CHECK_OK(asyncio_await(task, &value));
  CHECK_TEXT(asyncio_value_text(value), "after blocking");
  CHECK(!is_listed(task));
  asyncio_value_clear(&value);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(an_eager_task_that_waits_goes_on_like_any_other) {
  run_main(create_one_that_blocks_coroutine());
  EXPECT_TRACE("eager begins", "created", "eager ends: OK");
}

ASYNCIO_STATIC_COROUTINE(cancel_one_that_blocks) {
  asyncio_task *task = asyncio_create_task(nap_coroutine(1), .eager_start = true, .name = "eager");
  CHECK(asyncio_task_cancel(task, "words"));
  CHECK_INT(asyncio_task_cancelling(task), 1);
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_CANCELLED_ERROR, "words");
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(an_eager_task_can_be_cancelled_once_it_waits) {
  run_main(cancel_one_that_blocks_coroutine());
  EXPECT_TRACE("eager begins", "eager ends: CancelledError");
}

ASYNCIO_STATIC_COROUTINE(cancel_itself) {
  CHECK(asyncio_task_cancel(asyncio_current_task(), "by itself"));
  asyncio_status status = asyncio_sleep(1);
  trace("%s: %s", asyncio_error_name(status), asyncio_error_message(status));
  return status;
}

ASYNCIO_STATIC_COROUTINE(cancel_the_starter, (asyncio_task *, starter)) {
  CHECK(asyncio_task_cancel(starter, "by its child"));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(start_those_that_cancel) {
  asyncio_task *task = asyncio_create_task(cancel_itself_coroutine(), .eager_start = true);
  CHECK(!asyncio_future_done(task));
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_CANCELLED_ERROR, "by itself");
  asyncio_unref(task);
  asyncio_unref(asyncio_create_task(cancel_the_starter_coroutine(asyncio_current_task()), .eager_start = true));
  CHECK_ERROR(asyncio_sleep(1), ASYNCIO_CANCELLED_ERROR, "by its child");
  asyncio_task_uncancel(asyncio_current_task());
  return ASYNCIO_OK;
}

TEST(an_eager_task_may_cancel_itself_or_its_starter) {
  run_main(start_those_that_cancel_coroutine());
  EXPECT_TRACE("CancelledError: by itself");
}

ASYNCIO_STATIC_COROUTINE(create_one_that_fails) {
  asyncio_raise(ASYNCIO_RUNTIME_ERROR, "the starter's own");
  asyncio_task *task = asyncio_create_task(fail_at_once_coroutine(), .eager_start = true);
  CHECK(asyncio_future_done(task));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "the starter's own");
  CHECK(!asyncio_error_current(ASYNCIO_VALUE_ERROR));
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_VALUE_ERROR, "at once");
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(an_eager_task_fails_alone_and_with_its_own_words) { run_main(create_one_that_fails_coroutine()); }

ASYNCIO_STATIC_COROUTINE(nested, (int, depth)) {
  trace("in %d", depth);
  if (depth) {
    asyncio_task *task = asyncio_create_task(nested_coroutine(depth - 1), .eager_start = true);
    trace("%d started %d", depth, depth - 1);
    ASYNCIO_TRY(asyncio_sleep(0));
    ASYNCIO_TRY(asyncio_await(task, NULL));
    asyncio_unref(task);
  } else {
    ASYNCIO_TRY(asyncio_sleep(1));
  }
  trace("out %d", depth);
  return ASYNCIO_OK;
}

TEST(eager_starts_nest) {
  run_main(nested_coroutine(2));
  EXPECT_TRACE("in 2", "in 1", "in 0", "1 started 0", "2 started 1", "out 0", "out 1", "out 2");
}

// The first steps of what it awaits belong to the eager start, with a stack or without.
ASYNCIO_STATIC_COROUTINE(start_frames) {
  asyncio_task *limited =
      asyncio_create_task(asyncio_wait_for_coroutine(nap_coroutine(5), 1), .eager_start = true, .name = "limited");
  asyncio_task *quick =
      asyncio_create_task(asyncio_wait_for_coroutine(hello_coroutine(), 1), .eager_start = true, .name = "quick");
  asyncio_task *asleep = asyncio_create_task(asyncio_sleep_coroutine(1, asyncio_int(3)), .eager_start = true);
  CHECK(asyncio_future_done(quick));
  CHECK_TEXT(asyncio_task_waiting_for(asleep), "sleep");
  CHECK_INT(asyncio_await(limited, NULL), ASYNCIO_TIMEOUT_ERROR);
  CHECK_OK(asyncio_await(quick, NULL));
  CHECK_OK(asyncio_await(asleep, NULL));
  asyncio_unref(limited);
  asyncio_unref(quick);
  asyncio_unref(asleep);
  return ASYNCIO_OK;
}

TEST(coroutines_without_a_stack_start_eagerly_too) {
  run_main(start_frames_coroutine());
  EXPECT_TRACE("limited begins", "quick runs", "limited ends: CancelledError");
}

static asyncio_status start_from_callback(void *arg) {
  asyncio_task **task = arg;
  CHECK(!asyncio_current_task());
  *task = asyncio_create_task(nap_coroutine(1), .eager_start = true, .name = "eager");
  CHECK(!asyncio_current_task());
  CHECK_INT(asyncio_sleep(1), ASYNCIO_RUNTIME_ERROR);
  trace("callback ends");
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(wait_for_callback) {
  asyncio_task *task;
  CHECK_OK(asyncio_loop_call_soon(here(), start_from_callback, &task, NULL));
  ASYNCIO_TRY(asyncio_sleep(0));
  ASYNCIO_TRY(asyncio_await(task, NULL));
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(a_callback_may_start_eagerly_and_still_is_no_task) {
  run_main(wait_for_callback_coroutine());
  EXPECT_TRACE("eager begins", "callback ends", "eager ends: OK");
}

TEST(outside_its_loop_a_task_is_queued_all_the_same) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(hello_coroutine(), .loop = loop, .eager_start = true, .name = "queued");
  trace("created");
  CHECK(!asyncio_future_done(task));
  asyncio_value value;
  CHECK_OK(asyncio_loop_run_until_complete(loop, task, &value));
  asyncio_value_clear(&value);
  asyncio_unref(task);
  close_loop(loop);
  EXPECT_TRACE("created", "queued runs");
}

static asyncio_context_var *number;

static int current_number(void) {
  asyncio_value value;
  CHECK_OK(asyncio_context_var_get(number, &value));
  return (int)asyncio_value_int(value);
}

ASYNCIO_STATIC_COROUTINE(count) {
  for (int i = 1; i < 3; i++) {
    CHECK_INT(current_number(), i);
    CHECK_OK(asyncio_context_var_set(number, asyncio_int(i + 1), NULL));
    ASYNCIO_TRY(asyncio_sleep(0.1));
  }
  CHECK_INT(current_number(), 3);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(start_counting) {
  CHECK_OK(asyncio_context_var_set(number, asyncio_int(1), NULL));
  asyncio_task *task = asyncio_create_task(count_coroutine(), .eager_start = true);
  CHECK_INT(current_number(), 1);
  ASYNCIO_TRY(asyncio_await(task, NULL));
  CHECK_INT(current_number(), 1);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(an_eager_task_runs_in_a_context_of_its_own) {
  number = asyncio_context_var_new("number", NULL);
  run_main(start_counting_coroutine());
  asyncio_context_var_unref(number);
}
