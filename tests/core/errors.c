// SPDX-License-Identifier: MIT
// src/core/runtime.c: the words of failures from task to task. Each task has its own latest few; they survive
// cleanup that fails in turn, travel with a failure that is awaited, and never turn up in another.
#include "common.h"

static asyncio_status fail_then_clean_up(void) {
  asyncio_status status = asyncio_raise(ASYNCIO_VALUE_ERROR, "the first failure");
  (void)asyncio_raise(ASYNCIO_TYPE_ERROR, "cleanup failed");
  (void)asyncio_raise(ASYNCIO_RUNTIME_ERROR, "more cleanup failed");
  return status;
}

TEST(words_survive_cleanup_that_fails_in_turn) {
  CHECK_ERROR(fail_then_clean_up(), ASYNCIO_VALUE_ERROR, "the first failure");
  CHECK_INT(asyncio_error_latest(), ASYNCIO_RUNTIME_ERROR);
}

// ---- Raising again

static void fail_again(void) {
  asyncio_raise(ASYNCIO_RUNTIME_ERROR, "more cleanup failed");
  asyncio_raise(ASYNCIO_VALUE_ERROR, "cleanup failed too");
}

TEST(a_failure_that_was_kept_is_the_latest_again_with_all_it_had) {
  size_t before = test_live_allocations();
  asyncio_raise(ASYNCIO_TYPE_ERROR, "dealt with");
  asyncio_raise(ASYNCIO_VALUE_ERROR, "the first failure");
  const asyncio_error *error = asyncio_error_ref(asyncio_error_current(ASYNCIO_VALUE_ERROR));
  fail_again();
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "cleanup failed too");
  CHECK_ERROR(asyncio_raise_again(ASYNCIO_VALUE_ERROR, error), ASYNCIO_VALUE_ERROR, "the first failure");
  CHECK_INT(asyncio_error_latest(), ASYNCIO_VALUE_ERROR);
  CHECK_TEXT(asyncio_error_words(asyncio_error_context(asyncio_error_current(ASYNCIO_VALUE_ERROR))), "dealt with");
  CHECK_ERROR(asyncio_raise_again(ASYNCIO_VALUE_ERROR, error), ASYNCIO_VALUE_ERROR, "the first failure");
  asyncio_error_clear();
  CHECK_TEXT(asyncio_error_words(error), "the first failure");
  asyncio_error_unref(error);
  CHECK_INT(test_live_allocations(), before);
}

TEST(a_failure_without_words_is_raised_again_without) {
  asyncio_raise(ASYNCIO_VALUE_ERROR, "cleanup failed");
  CHECK_ERROR(asyncio_raise_again(ASYNCIO_VALUE_ERROR, asyncio_error_ref(NULL)), ASYNCIO_VALUE_ERROR,
              "An argument has a value that is not allowed");
  asyncio_error_unref(NULL);
  CHECK_INT(asyncio_error_latest(), ASYNCIO_VALUE_ERROR);
  CHECK(!asyncio_error_current(ASYNCIO_VALUE_ERROR));
}

TEST(no_failure_is_not_raised_again) {
  CHECK_OK(asyncio_raise_again(ASYNCIO_OK, asyncio_error_current(ASYNCIO_OK)));
  CHECK_INT(asyncio_error_latest(), ASYNCIO_OK);
}

TEST(raising_again_what_is_no_failure_is_a_value_error) {
  asyncio_raise(ASYNCIO_TYPE_ERROR, "wrong");
  const asyncio_error *error = asyncio_error_current(ASYNCIO_TYPE_ERROR);
  CHECK_ERROR(asyncio_raise_again(ASYNCIO_TIMEOUT_ERROR, error), ASYNCIO_VALUE_ERROR,
              "Expected [status] to be that of [error], -5, got -2");
  CHECK_ERROR(asyncio_raise_again(ASYNCIO_OK, error), ASYNCIO_VALUE_ERROR,
              "Expected [status] to be that of [error], -5, got 0");
  CHECK_ERROR(asyncio_raise_again(7, NULL), ASYNCIO_VALUE_ERROR, "Expected [status] to be an error's, got 7");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "wrong");
}

static int chain_length(const asyncio_error *error) {
  int length = 0;
  for (; error; error = asyncio_error_context(error)) length++;
  return length;
}

TEST(a_program_that_lives_with_failures_does_not_grow) {
  size_t before = test_live_allocations();
  int longest = 0;
  for (int i = 0; i < 1000; i++) {
    asyncio_raise(i % 2 ? ASYNCIO_VALUE_ERROR : ASYNCIO_TYPE_ERROR, "failure %d", i);
    int length = chain_length(asyncio_error_current(asyncio_error_latest()));
    if (length > longest) longest = length;
    CHECK(test_live_allocations() <= before + 3 * 8);
  }
  CHECK_INT(longest, 8);
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "failure 999");
  asyncio_error_clear();
  CHECK_INT(test_live_allocations(), before);
}

TEST(without_memory_for_its_words_a_failure_keeps_its_status_and_shows_no_others_words) {
  asyncio_raise(ASYNCIO_VALUE_ERROR, "old words");
  test_fail_allocation(1);
  CHECK_ERROR(asyncio_raise(ASYNCIO_VALUE_ERROR, "new words"), ASYNCIO_VALUE_ERROR,
              "An argument has a value that is not allowed");
  CHECK_INT(asyncio_error_latest(), ASYNCIO_VALUE_ERROR);
  asyncio_error_clear();
  test_fail_allocation(1);
  CHECK_ERROR(asyncio_raise(ASYNCIO_MEMORY_ERROR, "words"), ASYNCIO_MEMORY_ERROR, "Out of memory");
}

// ---- Tasks

ASYNCIO_STATIC_COROUTINE(raise_and_sleep, (const char *, words)) {
  CHECK_INT(asyncio_error_latest(), ASYNCIO_OK);
  asyncio_raise(ASYNCIO_VALUE_ERROR, "%s", words);
  ASYNCIO_TRY(asyncio_sleep(1));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), words);
  CHECK(!asyncio_error_context(asyncio_error_current(ASYNCIO_VALUE_ERROR)));
  return ASYNCIO_OK;
}

TEST(tasks_do_not_see_one_anothers_failures) {
  asyncio_loop *loop = asyncio_new_event_loop();
  static const char *const words[] = {"a", "b", "c"};
  asyncio_raise(ASYNCIO_VALUE_ERROR, "outside");
  for (int i = 0; i < 3; i++) asyncio_unref(asyncio_create_task(raise_and_sleep_coroutine(words[i]), .loop = loop));
  run_for(loop, 2);
  close_loop(loop);
}

ASYNCIO_STATIC_COROUTINE(fail_after_dealing_with, (bool, clears)) {
  asyncio_raise(ASYNCIO_TYPE_ERROR, "dealt with");
  if (clears) asyncio_error_clear();
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "final");
}

ASYNCIO_STATIC_COROUTINE(pass_on, (asyncio_future *, awaitable)) {
  asyncio_status status = asyncio_await(awaitable, result);
  return status ? asyncio_raise(ASYNCIO_RUNTIME_ERROR, "passed on") : ASYNCIO_OK;
}

TEST(a_chain_of_contexts_reaches_through_tasks) {
  asyncio_loop *loop = asyncio_new_event_loop();
  for (int clears = 0; clears < 2; clears++) {
    asyncio_task *failing = asyncio_create_task(fail_after_dealing_with_coroutine(clears), .loop = loop);
    CHECK_ERROR(asyncio_loop_run_until_complete(loop, pass_on_coroutine(failing), NULL), ASYNCIO_RUNTIME_ERROR,
                "passed on");
    const asyncio_error *error = asyncio_error_current(ASYNCIO_RUNTIME_ERROR), *cause = asyncio_error_context(error);
    CHECK_TEXT(asyncio_error_words(cause), "final");
    CHECK_TEXT(asyncio_error_words(asyncio_error_context(cause)), clears ? "" : "dealt with");
    asyncio_unref(failing);
  }
  close_loop(loop);
}

// ---- Cleanup that is cancelled, or fails, in the same way

ASYNCIO_STATIC_COROUTINE(wait_and_clean_up, (bool, keeps)) {
  asyncio_status status = asyncio_sleep(INFINITY);
  const asyncio_error *error = keeps ? asyncio_error_ref(asyncio_error_current(status)) : NULL;
  asyncio_task *inner = asyncio_create_task(asyncio_sleep_coroutine(1, asyncio_none()));
  asyncio_task_cancel(inner, "inner");
  CHECK_ERROR(asyncio_await(inner, NULL), ASYNCIO_CANCELLED_ERROR, "inner");
  asyncio_unref(inner);
  if (keeps) CHECK_INT(asyncio_raise_again(status, error), ASYNCIO_CANCELLED_ERROR);
  asyncio_error_unref(error);
  return status;
}

TEST(the_awaiter_of_a_cancelled_task_sees_the_words_that_were_raised_again) {
  asyncio_loop *loop = asyncio_new_event_loop();
  for (int keeps = 0; keeps < 2; keeps++) {
    asyncio_task *task = asyncio_create_task(wait_and_clean_up_coroutine(keeps), .loop = loop);
    run_once(loop);
    asyncio_task_cancel(task, "outer");
    CHECK_ERROR(asyncio_loop_run_until_complete(loop, task, NULL), ASYNCIO_CANCELLED_ERROR, keeps ? "outer" : "inner");
    asyncio_unref(task);
  }
  close_loop(loop);
}

ASYNCIO_STATIC_COROUTINE(start_two_failures) {
  asyncio_task_group group;
  for (int at = 0; at < 2; at++) {
    CHECK_OK(asyncio_task_group_begin(&group));
    CHECK_OK(asyncio_task_group_start(&group, fail_after_dealing_with_coroutine(true)));
    asyncio_status status = asyncio_task_group_end(&group, ASYNCIO_OK);
    const asyncio_error *error = asyncio_error_ref(asyncio_error_current(status));
    CHECK_INT(asyncio_raise(status, "cleanup failed"), ASYNCIO_EXCEPTION_GROUP);
    asyncio_error_clear();
    CHECK_INT(asyncio_raise_again(status, error), ASYNCIO_EXCEPTION_GROUP);
    asyncio_error_unref(error);
    asyncio_value errors = asyncio_error_exceptions(asyncio_error_current(status));
    CHECK_INT(asyncio_value_count(errors), 1);
    CHECK_TEXT(asyncio_value_message(asyncio_value_at(errors, 0)), "final");
  }
  return ASYNCIO_OK;
}

TEST(a_group_that_is_raised_again_has_its_errors) { run(start_two_failures_coroutine()); }

ASYNCIO_STATIC_COROUTINE(fail_without_words) { return ASYNCIO_TIMEOUT_ERROR; }

ASYNCIO_STATIC_COROUTINE(await_both, (asyncio_task *, loud), (asyncio_task *, silent)) {
  CHECK_ERROR(asyncio_await(loud, NULL), ASYNCIO_TIMEOUT_ERROR, "loud");
  CHECK_ERROR(asyncio_await(silent, NULL), ASYNCIO_TIMEOUT_ERROR, "The time limit was reached");
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(fail_loudly) { return asyncio_raise(ASYNCIO_TIMEOUT_ERROR, "loud"); }

TEST(a_failure_without_words_does_not_borrow_an_earlier_ones) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *loud = asyncio_create_task(fail_loudly_coroutine(), .loop = loop);
  asyncio_task *silent = asyncio_create_task(fail_without_words_coroutine(), .loop = loop);
  CHECK_OK(asyncio_loop_run_until_complete(loop, await_both_coroutine(loud, silent), NULL));
  asyncio_unref(loud);
  asyncio_unref(silent);
  close_loop(loop);
}
