// SPDX-License-Identifier: MIT
// Memory that runs out, at every allocation in turn: a program that creates, awaits, gathers, waits, limits, shields
// and sleeps ends with a MemoryError or as if nothing had happened, leaks nothing, and afterwards a fresh task
// completes.
#include "bad_input.h"

#include <math.h>

enum { MOST_ALLOCATIONS = 2000 };

// ---- The programs. Each drops what it owns on every way out.

ASYNCIO_COROUTINE(gives_words, (double, delay)) {
  ASYNCIO_TRY(asyncio_sleep(delay));
  return asyncio_text(result, "some words");
}

ASYNCIO_COROUTINE(raises_words) {
  ASYNCIO_TRY(asyncio_sleep(1));
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "some words");
}

// Awaits and drops a task or a future; NULL passes the constructor's failure on.
static asyncio_status use_up(asyncio_future *future) {
  asyncio_status status = asyncio_await(future, NULL);
  asyncio_unref(future);
  return status;
}

static asyncio_status expected(asyncio_status status, asyncio_status wanted) {
  if (status == wanted || status == ASYNCIO_OK) return ASYNCIO_OK;
  return status;
}

ASYNCIO_COROUTINE(creates_and_sleeps) {
  asyncio_value text;
  ASYNCIO_TRY(use_up(asyncio_create_task(gives_words_coroutine(1), .name = "named", .stack_size = 40000)));
  ASYNCIO_TRY(asyncio_text(&text, "carried along"));
  ASYNCIO_TRY(asyncio_await(asyncio_sleep_coroutine(1, text), NULL));
  ASYNCIO_TRY(asyncio_text(&text, "carried along"));
  ASYNCIO_TRY(use_up(asyncio_create_task(asyncio_sleep_coroutine(1, text))));
  return expected(asyncio_await(raises_words_coroutine(), NULL), ASYNCIO_VALUE_ERROR);
}

ASYNCIO_COROUTINE(gathers_words) {
  ASYNCIO_TRY(asyncio_await(asyncio_gather(gives_words_coroutine(2), gives_words_coroutine(1)), NULL));
  asyncio_future *children[] = {gives_words_coroutine(1), raises_words_coroutine(),
                                asyncio_sleep_coroutine(1, asyncio_none())};
  ASYNCIO_TRY(asyncio_await(asyncio_gather_array(children, 3, true), NULL));
  ASYNCIO_TRY(asyncio_await(asyncio_gather_array(NULL, 0, false), NULL));
  asyncio_future *cancelled =
      asyncio_ref(asyncio_gather(gives_words_coroutine(9), asyncio_gather(gives_words_coroutine(9))));
  asyncio_future_cancel(cancelled, "some words");
  return expected(use_up(cancelled), ASYNCIO_CANCELLED_ERROR);
}

ASYNCIO_COROUTINE(waits_for_words) {
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  asyncio_task *task = asyncio_create_task(gives_words_coroutine(2));
  asyncio_status status = future && task ? ASYNCIO_OK : ASYNCIO_MEMORY_ERROR;
  if (!status) status = asyncio_wait((asyncio_future *[]){future, task}, 2, 1, ASYNCIO_ALL_COMPLETED, NULL);
  if (!status) status = asyncio_wait((asyncio_future *[]){future, task}, 2, INFINITY, ASYNCIO_FIRST_COMPLETED, NULL);
  asyncio_unref(future);
  asyncio_unref(task);
  return status;
}

ASYNCIO_COROUTINE(limits_words) {
  ASYNCIO_TRY(asyncio_wait_for(gives_words_coroutine(1), 2, NULL));
  ASYNCIO_TRY(expected(asyncio_wait_for(gives_words_coroutine(2), 1, NULL), ASYNCIO_TIMEOUT_ERROR));
  ASYNCIO_TRY(expected(asyncio_wait_for(gives_words_coroutine(2), 0, NULL), ASYNCIO_TIMEOUT_ERROR));
  return expected(use_up(asyncio_create_task(asyncio_wait_for_coroutine(gives_words_coroutine(2), 1))),
                  ASYNCIO_TIMEOUT_ERROR);
}

ASYNCIO_COROUTINE(shields_words) {
  ASYNCIO_TRY(asyncio_await(asyncio_shield(gives_words_coroutine(1)), NULL));
  asyncio_task *inner = asyncio_create_task(raises_words_coroutine());
  asyncio_future *shield = asyncio_ref(asyncio_shield(inner));
  asyncio_future_cancel(shield, "some words");
  asyncio_unref(inner);
  ASYNCIO_TRY(expected(use_up(shield), ASYNCIO_CANCELLED_ERROR));
  return asyncio_sleep(2);
}

static asyncio_status keep_quiet(void *arg) {
  (void)arg;
  return ASYNCIO_OK;
}

static asyncio_status when_done(asyncio_future *future, void *arg) {
  (void)future, (void)arg;
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(schedules_callbacks) {
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio_handle *handle;
  ASYNCIO_TRY(asyncio_loop_call_soon(loop, keep_quiet, NULL, NULL));
  ASYNCIO_TRY(asyncio_loop_call_later(loop, 1, keep_quiet, NULL, &handle));
  asyncio_handle_unref(handle);
  asyncio_future *future = asyncio_loop_create_future(loop);
  if (!future) return ASYNCIO_MEMORY_ERROR;
  asyncio_status status = asyncio_future_add_done_callback(future, when_done, NULL);
  if (!status) status = asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "some words");
  if (!status) return expected(use_up(future), ASYNCIO_VALUE_ERROR);
  asyncio_unref(future);
  return status;
}

ASYNCIO_COROUTINE(leaves_tasks_behind) {
  asyncio_unref(asyncio_create_task(gives_words_coroutine(60)));
  asyncio_unref(asyncio_create_task(asyncio_wait_for_coroutine(raises_words_coroutine(), 60)));
  asyncio_unref(asyncio_shield(gives_words_coroutine(60)));
  return asyncio_sleep(0.5);
}

// ---- The loop over its allocations

static void ignore(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)context, (void)arg;
}

typedef asyncio_future *(*constructor)(void);

ASYNCIO_COROUTINE(quietly, (constructor, program)) {
  asyncio_loop_set_exception_handler(asyncio_get_running_loop(), ignore, NULL);
  return asyncio_await(program(), result);
}

// Fails the [n]-th allocation of a run of [program]. False when it made fewer.
static bool fail_one(constructor program, size_t n) {
  size_t alive = test_live_allocations();
  test_fail_allocation(n);
  asyncio_status status = asyncio_run(quietly_coroutine(program), NULL);
  size_t made = test_fail_allocation(0);
  test_check(status == ASYNCIO_OK || status == ASYNCIO_MEMORY_ERROR, __FILE__, __LINE__,
             "Expected MemoryError or OK when allocation %zu of %zu fails, got %s: %s", n, made,
             asyncio_error_name(status), asyncio_error_message(status));
  asyncio_error_clear();
  check_fresh_run();  // empties the pools too, as the end of every last loop does
  size_t left = test_live_allocations() - alive;
  test_check(!left, __FILE__, __LINE__, "%zu allocations are left when number %zu of %zu fails", left, n, made);
  return made >= n;
}

void fail_each(asyncio_future *(*program)(void)) {
  size_t n = 1;
  while (n < MOST_ALLOCATIONS && fail_one(program, n)) n++;
  CHECK(n > 5);
  CHECK(n < MOST_ALLOCATIONS);
}

TEST(memory_may_run_out_in_tasks_and_sleeps) { fail_each(creates_and_sleeps_coroutine); }
TEST(memory_may_run_out_in_gathers) { fail_each(gathers_words_coroutine); }
TEST(memory_may_run_out_in_waits) { fail_each(waits_for_words_coroutine); }
TEST(memory_may_run_out_in_limits) { fail_each(limits_words_coroutine); }
TEST(memory_may_run_out_in_shields) { fail_each(shields_words_coroutine); }
TEST(memory_may_run_out_in_callbacks) { fail_each(schedules_callbacks_coroutine); }
TEST(memory_may_run_out_at_the_end_of_a_run) { fail_each(leaves_tasks_behind_coroutine); }
