// SPDX-License-Identifier: MIT
// src/async/runner.c: several runs on one loop and in one context, as Python's test_runners has them.
#include "actors.h"

static asyncio_context_var *number;

static int current(void) {
  asyncio_value value;
  return asyncio_context_var_get(number, &value) ? -1 : (int)asyncio_value_int(value);
}

ASYNCIO_STATIC_COROUTINE(give_loop, (asyncio_loop **, loop)) {
  *loop = asyncio_get_running_loop();
  return asyncio_text(result, "done");
}

TEST(a_runner_runs_everything_on_one_loop_and_closes_it) {
  asyncio_runner runner;
  asyncio_loop *first, *second;
  asyncio_value value;
  asyncio_runner_init(&runner);
  CHECK_OK(asyncio_runner_run(&runner, give_loop_coroutine(&first), &value));
  CHECK_TEXT(asyncio_value_text(value), "done");
  asyncio_value_clear(&value);
  CHECK_OK(asyncio_runner_run(&runner, give_loop_coroutine(&second), NULL));
  CHECK(first == second);
  CHECK(asyncio_runner_get_loop(&runner) == first);
  CHECK(asyncio_get_event_loop() == first);
  asyncio_loop_ref(first);
  CHECK_OK(asyncio_runner_close(&runner));
  CHECK(asyncio_loop_is_closed(first));
  CHECK(!asyncio_get_event_loop());
  asyncio_loop_unref(first);
}

TEST(a_closed_runner_runs_nothing) {
  asyncio_runner runner;
  asyncio_loop *loop;
  asyncio_runner_init(&runner);
  CHECK_OK(asyncio_runner_run(&runner, give_loop_coroutine(&loop), NULL));
  CHECK_OK(asyncio_runner_close(&runner));
  CHECK_OK(asyncio_runner_close(&runner));
  CHECK_ERROR(asyncio_runner_run(&runner, give_loop_coroutine(&loop), NULL), ASYNCIO_RUNTIME_ERROR, "Runner is closed");
  CHECK(!asyncio_runner_get_loop(&runner));
  CHECK_ERROR(asyncio_error_latest(), ASYNCIO_RUNTIME_ERROR, "Runner is closed");
}

TEST(a_runner_that_never_ran_closes_too) {
  asyncio_runner runner;
  asyncio_runner_init(&runner);
  CHECK_OK(asyncio_runner_close(&runner));
  CHECK(!asyncio_runner_get_loop(&runner));
}

TEST(a_runner_of_null_is_refused) {
  asyncio_runner runner;
  asyncio_runner_init(&runner);
  CHECK_ERROR(asyncio_runner_run(&runner, NULL, NULL), ASYNCIO_TYPE_ERROR,
              "Expected [coroutine] to be an awaitable, got NULL");
  CHECK_OK(asyncio_runner_close(&runner));
}

ASYNCIO_STATIC_COROUTINE(add, (int, amount)) {
  int value = current();
  CHECK_OK(asyncio_context_var_set(number, asyncio_int(value + amount), NULL));
  trace("%d", current());
  return ASYNCIO_OK;
}

TEST(the_runs_of_a_runner_share_a_context) {
  asyncio_runner runner;
  asyncio_context_token token;
  number = asyncio_context_var_new("number", NULL);
  CHECK_OK(asyncio_context_var_set(number, asyncio_int(100), &token));
  asyncio_runner_init(&runner);
  CHECK_OK(asyncio_runner_run(&runner, add_coroutine(1), NULL));
  CHECK_OK(asyncio_runner_run(&runner, add_coroutine(2), NULL));
  CHECK_INT(current(), 100);
  asyncio_context *own = asyncio_copy_context();
  CHECK_OK(asyncio_runner_run(&runner, add_coroutine(50), NULL, .context = own));
  asyncio_context_unref(own);
  CHECK_OK(asyncio_runner_run(&runner, add_coroutine(4), NULL));
  CHECK_OK(asyncio_runner_close(&runner));
  CHECK_OK(asyncio_context_var_reset(number, &token));
  asyncio_context_var_unref(number);
  EXPECT_TRACE("101", "103", "150", "107");
}

ASYNCIO_STATIC_COROUTINE(leave, (const char *, name), (asyncio_task **, task)) {
  clock_start();
  *task = asyncio_create_task(actor_coroutine(name, 5, 1));
  return asyncio_sleep(1);
}

ASYNCIO_STATIC_COROUTINE(await_the_task, (asyncio_task *, task)) { return asyncio_await(task, result); }

TEST(tasks_go_on_in_the_next_run_and_are_cancelled_at_the_end) {
  asyncio_runner runner;
  asyncio_task *first, *second;
  asyncio_value value;
  asyncio_runner_init(&runner);
  CHECK_OK(asyncio_runner_run(&runner, leave_coroutine("first", &first), NULL));
  CHECK_OK(asyncio_runner_run(&runner, await_the_task_coroutine(first), NULL));
  CHECK_OK(asyncio_runner_run(&runner, first, &value));
  CHECK_INT(asyncio_value_int(value), 1);
  CHECK_OK(asyncio_runner_run(&runner, leave_coroutine("second", &second), NULL));
  CHECK_OK(asyncio_runner_close(&runner));
  CHECK(asyncio_future_cancelled(second));
  asyncio_unref(first);
  asyncio_unref(second);
  EXPECT_TRACE("first done at 5", "second cancelled at 1 (The task was cancelled)");
}

ASYNCIO_STATIC_COROUTINE(fail) { return asyncio_raise(ASYNCIO_VALUE_ERROR, "went wrong"); }

TEST(a_failed_run_leaves_the_runner_usable_and_its_words_outlive_the_close) {
  asyncio_runner runner;
  asyncio_loop *loop;
  asyncio_runner_init(&runner);
  CHECK_ERROR(asyncio_runner_run(&runner, fail_coroutine(), NULL), ASYNCIO_VALUE_ERROR, "went wrong");
  CHECK_OK(asyncio_runner_run(&runner, give_loop_coroutine(&loop), NULL));
  asyncio_status status = asyncio_runner_run(&runner, fail_coroutine(), NULL);
  CHECK_OK(asyncio_runner_close(&runner));
  CHECK_INT(status, ASYNCIO_VALUE_ERROR);
  CHECK_TEXT(asyncio_error_message(status), "went wrong");
}

ASYNCIO_STATIC_COROUTINE(use_inside, (asyncio_runner *, runner)) {
  asyncio_loop *loop;
  CHECK_ERROR(asyncio_runner_run(runner, give_loop_coroutine(&loop), NULL), ASYNCIO_RUNTIME_ERROR,
              "asyncio_runner_run() cannot be called from a running event loop");
  CHECK_ERROR(asyncio_runner_close(runner), ASYNCIO_RUNTIME_ERROR,
              "asyncio_runner_close() cannot be called from a running event loop");
  return asyncio_sleep(0);
}

TEST(a_runner_is_of_no_use_inside_a_running_loop) {
  asyncio_runner runner;
  asyncio_runner_init(&runner);
  CHECK_OK(asyncio_runner_run(&runner, use_inside_coroutine(&runner), NULL));
  CHECK_OK(asyncio_runner_close(&runner));
}

static asyncio_loop *made;

static asyncio_loop *make_loop(void *arg) {
  trace("%s", (const char *)arg);
  made = asyncio_new_event_loop();
  return made;
}

static asyncio_loop *make_no_loop(void *arg) {
  if (arg) asyncio_raise(ASYNCIO_APPLICATION_ERROR, "%s", (const char *)arg);
  return NULL;
}

TEST(a_loop_factory_makes_the_loop_which_is_not_the_thread_s) {
  asyncio_runner runner;
  asyncio_loop *loop;
  asyncio_runner_init(&runner, .loop_factory = make_loop, .loop_factory_arg = "made once");
  asyncio_set_event_loop(NULL);
  CHECK_OK(asyncio_runner_run(&runner, give_loop_coroutine(&loop), NULL));
  CHECK_OK(asyncio_runner_run(&runner, give_loop_coroutine(&loop), NULL));
  CHECK(loop == made);
  CHECK(!asyncio_get_event_loop());
  CHECK_OK(asyncio_runner_close(&runner));
  CHECK_OK(asyncio_run(give_loop_coroutine(&loop), NULL, .loop_factory = make_loop, .loop_factory_arg = "made again"));
  CHECK(loop == made);
  EXPECT_TRACE("made once", "made again");
}

TEST(a_loop_factory_that_fails_fails_the_run_and_may_be_tried_again) {
  asyncio_runner runner;
  asyncio_loop *loop;
  asyncio_runner_init(&runner, .loop_factory = make_no_loop, .loop_factory_arg = "no loop today");
  CHECK_ERROR(asyncio_runner_run(&runner, give_loop_coroutine(&loop), NULL), ASYNCIO_APPLICATION_ERROR,
              "no loop today");
  CHECK(!asyncio_runner_get_loop(&runner));
  CHECK_OK(asyncio_runner_close(&runner));
  asyncio_raise(ASYNCIO_VALUE_ERROR, "an older failure");
  CHECK_ERROR(asyncio_run(give_loop_coroutine(&loop), NULL, .loop_factory = make_no_loop), ASYNCIO_RUNTIME_ERROR,
              "The loop factory gave no loop");
}

TEST(a_runner_without_memory_fails_or_runs_and_loses_nothing) {
  asyncio_loop *loop;
  size_t allocations = 20;
  for (size_t n = 1; n <= allocations; n++) {
    asyncio_runner runner;
    asyncio_runner_init(&runner);
    test_fail_allocation(n);
    asyncio_future *coroutine = give_loop_coroutine(&loop);
    asyncio_status status = asyncio_runner_run(&runner, coroutine, NULL);
    CHECK_OK(asyncio_runner_close(&runner));
    allocations = test_fail_allocation(0);
    CHECK(status == ASYNCIO_OK || status == ASYNCIO_MEMORY_ERROR);
  }
}
