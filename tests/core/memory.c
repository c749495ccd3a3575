// SPDX-License-Identifier: MIT
// src/core: memory that runs out, at every allocation in turn. A program that is short of one ends with MemoryError
// or as if nothing had happened; it leaks nothing, and what was scheduled before still runs.
#include "common.h"

enum { MOST_ALLOCATIONS = 500 };

static void ignore_exceptions(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)context, (void)arg;
}

typedef asyncio_status (*program)(asyncio_loop *loop);

static asyncio_status run_program(program body) {
  asyncio_loop *loop = asyncio_new_event_loop();
  if (!loop) return asyncio_error_latest();
  asyncio_loop_set_exception_handler(loop, ignore_exceptions, NULL);
  asyncio_status status = body(loop);
  asyncio_loop_unref(loop);
  return status;
}

static void fail_each_allocation(program body) {
  size_t made = MOST_ALLOCATIONS;
  for (size_t n = 1; n <= made; n++) {
    size_t alive = test_live_allocations();
    test_fail_allocation(n);
    asyncio_status status = run_program(body);
    made = test_fail_allocation(0);
    asyncio_error_clear();
    CHECK(status == ASYNCIO_OK || status == ASYNCIO_MEMORY_ERROR);
    CHECK_INT(test_live_allocations(), alive);
  }
  CHECK(made < MOST_ALLOCATIONS);
  CHECK_OK(run_program(body));
}

// ---- Callbacks

static asyncio_status fail_with_words(void *arg) { return asyncio_raise(ASYNCIO_VALUE_ERROR, "%s", (const char *)arg); }

static asyncio_status schedule_callbacks(asyncio_loop *loop) {
  asyncio_handle *handle;
  for (int i = 0; i < 20; i++) {
    ASYNCIO_TRY(asyncio_loop_call_later(loop, i % 7, fail_with_words, "some words", &handle));
    if (i % 3 == 0) asyncio_handle_cancel(handle);
    asyncio_handle_unref(handle);
  }
  ASYNCIO_TRY(asyncio_loop_call_soon(loop, fail_with_words, "some words", NULL));
  ASYNCIO_TRY(asyncio_loop_call_later(loop, 10, stop_loop, loop, NULL));
  return asyncio_loop_run_forever(loop);
}

TEST(callbacks_without_memory_are_refused_and_the_rest_run) { fail_each_allocation(schedule_callbacks); }

// ---- Futures

static asyncio_status look(asyncio_future *future, void *arg) {
  const asyncio_error *error;
  (void)arg;
  (void)asyncio_future_exception(future, &error);
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "looked at %s", asyncio_error_words(error));
}

static asyncio_status use_future(asyncio_loop *loop, asyncio_future *future, int way) {
  for (int i = 0; i < 3; i++) ASYNCIO_TRY(asyncio_future_add_done_callback(future, look, NULL));
  asyncio_value value = asyncio_none();
  if (way == 0) ASYNCIO_TRY(asyncio_text(&value, "some words"));
  if (way == 0) ASYNCIO_TRY(asyncio_future_set_result(future, value));
  if (way == 1) ASYNCIO_TRY(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "some words"));
  if (way == 2) asyncio_future_cancel(future, "some words");
  ASYNCIO_TRY(asyncio_future_add_done_callback(future, look, NULL));
  asyncio_loop_stop(loop);
  return asyncio_loop_run_forever(loop);
}

static asyncio_status use_futures(asyncio_loop *loop) {
  for (int way = 0; way < 4; way++) {
    asyncio_future *future = asyncio_loop_create_future(loop);
    asyncio_status status = future ? use_future(loop, future, way) : asyncio_error_latest();
    asyncio_unref(future);
    if (status) return status;
  }
  return ASYNCIO_OK;
}

TEST(futures_without_memory_are_refused_or_lose_their_words) { fail_each_allocation(use_futures); }

// ---- Tasks

ASYNCIO_STATIC_COROUTINE(give_words, (const char *, words), (double, delay)) {
  asyncio_status status = asyncio_sleep(delay);
  if (status == ASYNCIO_CANCELLED_ERROR) status = asyncio_sleep(0);
  if (status) return status == ASYNCIO_MEMORY_ERROR ? status : asyncio_raise(status, "gave no %s", words);
  return asyncio_text(result, words);
}

ASYNCIO_STATIC_COROUTINE(pass_words_on, (asyncio_future *, awaitable)) {
  asyncio_status status = asyncio_await(awaitable, result);
  return status == ASYNCIO_VALUE_ERROR ? asyncio_raise(status, "passed on") : status;
}

static asyncio_status use_task(asyncio_loop *loop, asyncio_task *inner, bool cancels) {
  asyncio_task *outer = asyncio_create_task(pass_words_on_coroutine(inner), .name = "outer", .loop = loop);
  if (!outer) return asyncio_error_latest();
  asyncio_loop_stop(loop);
  asyncio_status status = asyncio_loop_run_forever(loop);
  if (cancels) asyncio_task_cancel(outer, "some words");
  (void)asyncio_task_get_name(inner);
  if (!status) status = asyncio_loop_run_until_complete(loop, outer, NULL);
  asyncio_unref(outer);
  return status;
}

static asyncio_status use_tasks(asyncio_loop *loop) {
  for (int cancels = 0; cancels < 2; cancels++) {
    asyncio_task *inner = asyncio_create_task(give_words_coroutine("words", 2), .loop = loop, .stack_size = 20000);
    asyncio_status status = inner ? use_task(loop, inner, cancels) : asyncio_error_latest();
    asyncio_unref(inner);
    if (status) return status;
  }
  asyncio_future *coroutine = asyncio_ref(give_words_coroutine("words", 1));
  asyncio_status status = coroutine ? asyncio_loop_run_until_complete(loop, pass_words_on_coroutine(coroutine), NULL)
                                    : asyncio_error_latest();
  asyncio_unref(coroutine);
  return status;
}

TEST(tasks_without_memory_are_refused_or_fail) { fail_each_allocation(use_tasks); }

// ---- Closing

static asyncio_status close_with_tasks(asyncio_loop *loop) {
  asyncio_task *first = asyncio_create_task(give_words_coroutine("words", 100), .loop = loop);
  asyncio_task *second = first ? asyncio_create_task(pass_words_on_coroutine(first), .loop = loop) : NULL;
  asyncio_status status = second ? ASYNCIO_OK : asyncio_error_latest();
  asyncio_loop_stop(loop);
  if (!status) status = asyncio_loop_run_forever(loop);
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_unref(first);
  asyncio_unref(second);
  return status;
}

TEST(closing_needs_no_memory_for_itself) { fail_each_allocation(close_with_tasks); }

static asyncio_status get_stuck(asyncio_loop *loop) {
  asyncio_unref(asyncio_create_task(give_words_coroutine("words", INFINITY), .loop = loop));
  asyncio_status status = asyncio_loop_run_forever(loop);
  return status == ASYNCIO_RUNTIME_ERROR ? ASYNCIO_OK : status;
}

TEST(a_deadlock_is_told_without_memory_too) { fail_each_allocation(get_stuck); }

// ---- Contexts

static asyncio_status set_thrice(void *arg) {
  asyncio_context_token token;
  asyncio_value value;
  ASYNCIO_TRY(asyncio_text(&value, "first"));
  ASYNCIO_TRY(asyncio_context_var_set(arg, value, NULL));
  asyncio_context *copy = asyncio_copy_context();
  asyncio_status status = copy ? asyncio_context_var_set(arg, asyncio_int(2), &token) : ASYNCIO_MEMORY_ERROR;
  if (!status) status = asyncio_context_var_reset(arg, &token);
  if (copy && !status) status = asyncio_context_var_set(arg, asyncio_int(3), NULL);
  asyncio_context_unref(copy);
  return status;
}

ASYNCIO_STATIC_COROUTINE(set_in_a_task, (asyncio_context_var *, var)) { return set_thrice(var); }

static asyncio_status use_context(asyncio_loop *loop, asyncio_context_var *var, asyncio_context *context) {
  ASYNCIO_TRY(asyncio_context_run(context, set_thrice, var));
  asyncio_future *task = asyncio_create_task(set_in_a_task_coroutine(var), .loop = loop, .context = context);
  asyncio_status status = task ? ASYNCIO_OK : asyncio_error_latest();
  if (task && !asyncio_task_get_context(task)) status = asyncio_error_latest();
  if (!status) status = asyncio_loop_run_until_complete(loop, task, NULL);
  asyncio_unref(task);
  return status;
}

static asyncio_status use_contexts(asyncio_loop *loop) {
  asyncio_value fallback;
  ASYNCIO_TRY(asyncio_text(&fallback, "fallback"));
  asyncio_context_var *var = asyncio_context_var_new("variable", &fallback);
  asyncio_context *context = var ? asyncio_context_new() : NULL;
  asyncio_status status = context ? use_context(loop, var, context) : asyncio_error_latest();
  asyncio_context_unref(context);
  asyncio_context_var_unref(var);
  return status;
}

TEST(contexts_without_memory_stay_as_they_were) { fail_each_allocation(use_contexts); }

static asyncio_context_var *inherited;

static asyncio_status set_in_the_thread(asyncio_loop *loop) {
  asyncio_context_token token;
  (void)loop;
  ASYNCIO_TRY(asyncio_context_var_set(inherited, asyncio_int(1), &token));
  return asyncio_context_var_reset(inherited, &token);
}

TEST(the_thread_s_context_without_memory_stays_as_it_was) {
  inherited = asyncio_context_var_new("inherited", NULL);
  fail_each_allocation(set_in_the_thread);
  asyncio_context_var_unref(inherited);
}
