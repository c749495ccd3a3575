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
