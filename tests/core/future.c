// SPDX-License-Identifier: MIT
// src/core/future.c: futures. One outcome, set once; callbacks in the order they were added, each in an iteration of
// its own after that; values owned by exactly one side.
#include "common.h"

static asyncio_future *new_future(asyncio_loop *loop) {
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK(future != NULL);
  return future;
}

// ---- Outcomes

TEST(a_pending_future_has_no_outcome_to_give) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  asyncio_value value = asyncio_int(1);
  const asyncio_error *error;
  CHECK(!asyncio_future_done(future));
  CHECK(!asyncio_future_cancelled(future));
  CHECK(asyncio_future_get_loop(future) == loop);
  CHECK(asyncio_isfuture(future) && !asyncio_istask(future) && !asyncio_iscoroutine(future));
  CHECK_ERROR(asyncio_future_result(future, &value), ASYNCIO_INVALID_STATE_ERROR, "Result is not set");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  CHECK_ERROR(asyncio_future_exception(future, &error), ASYNCIO_INVALID_STATE_ERROR, NULL);
  CHECK(!error);
  asyncio_unref(future);
  close_loop(loop);
}

TEST(a_result_is_set_once_and_read_as_often_as_wanted) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  asyncio_value value;
  const asyncio_error *error = (const asyncio_error *)(const void *)loop;
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(42)));
  CHECK(asyncio_future_done(future));
  for (int i = 0; i < 2; i++) {
    CHECK_OK(asyncio_future_result(future, &value));
    CHECK_INT(asyncio_value_int(value), 42);
  }
  CHECK_OK(asyncio_future_result(future, NULL));
  CHECK_OK(asyncio_future_exception(future, &error));
  CHECK(!error);
  CHECK_ERROR(asyncio_future_set_result(future, asyncio_int(43)), ASYNCIO_INVALID_STATE_ERROR,
              "The future is finished already");
  CHECK_ERROR(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "late"), ASYNCIO_INVALID_STATE_ERROR, NULL);
  CHECK(!asyncio_future_cancel(future, NULL));
  CHECK_OK(asyncio_future_result(future, &value));
  CHECK_INT(asyncio_value_int(value), 42);
  asyncio_unref(future);
  close_loop(loop);
}

TEST(an_exception_is_given_with_its_words) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  asyncio_value value = asyncio_int(1);
  const asyncio_error *error;
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "wrong by %d", 7));
  CHECK_ERROR(asyncio_future_result(future, &value), ASYNCIO_VALUE_ERROR, "wrong by 7");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  asyncio_error_clear();
  CHECK_OK(asyncio_future_exception(future, &error));
  CHECK_INT(asyncio_error_status(error), ASYNCIO_VALUE_ERROR);
  CHECK_TEXT(asyncio_error_words(error), "wrong by 7");
  CHECK(!asyncio_error_context(error));
  CHECK_ERROR(asyncio_future_set_result(future, asyncio_none()), ASYNCIO_INVALID_STATE_ERROR, NULL);
  asyncio_unref(future);
  close_loop(loop);
}

TEST(an_exception_may_be_an_applications_own_but_must_be_a_failure) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  CHECK_ERROR(asyncio_future_set_exception(future, 0, "fine"), ASYNCIO_VALUE_ERROR, NULL);
  CHECK_ERROR(asyncio_future_set_exception(future, 5, "fine"), ASYNCIO_VALUE_ERROR, NULL);
  CHECK(!asyncio_future_done(future));
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_APPLICATION_ERROR - 5, "own"));
  CHECK_ERROR(asyncio_future_result(future, NULL), ASYNCIO_APPLICATION_ERROR - 5, "own");
  asyncio_unref(future);
  close_loop(loop);
}

TEST(a_cancelled_future_says_so_with_the_message) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop), *silent = new_future(loop);
  const asyncio_error *error;
  CHECK(asyncio_future_cancel(future, "enough"));
  CHECK(asyncio_future_done(future) && asyncio_future_cancelled(future));
  CHECK(!asyncio_future_cancel(future, "again"));
  CHECK_ERROR(asyncio_future_result(future, NULL), ASYNCIO_CANCELLED_ERROR, "enough");
  asyncio_error_clear();
  CHECK_ERROR(asyncio_future_exception(future, &error), ASYNCIO_CANCELLED_ERROR, "enough");
  CHECK(!error);
  CHECK_ERROR(asyncio_future_set_result(future, asyncio_none()), ASYNCIO_INVALID_STATE_ERROR,
              "The future is cancelled already");
  CHECK(asyncio_future_cancel(silent, NULL));
  CHECK_ERROR(asyncio_future_result(silent, NULL), ASYNCIO_CANCELLED_ERROR, "The task was cancelled");
  asyncio_unref(future);
  asyncio_unref(silent);
  close_loop(loop);
}

TEST(the_words_of_one_future_do_not_turn_up_in_another_of_the_same_status) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *loud = new_future(loop), *silent = new_future(loop);
  asyncio_future_cancel(loud, "loud");
  asyncio_future_cancel(silent, NULL);
  CHECK_ERROR(asyncio_future_result(loud, NULL), ASYNCIO_CANCELLED_ERROR, "loud");
  CHECK_ERROR(asyncio_future_result(silent, NULL), ASYNCIO_CANCELLED_ERROR, "The task was cancelled");
  asyncio_unref(loud);
  asyncio_unref(silent);
  close_loop(loop);
}

// ---- Ownership

TEST(a_future_destroys_its_value_once_with_its_last_reference) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  CHECK_OK(asyncio_future_set_result(future, traced_value("value")));
  CHECK(asyncio_ref(future) == future);
  asyncio_unref(future);
  EXPECT_TRACE();
  asyncio_unref(future);
  EXPECT_TRACE("destroyed value");
  close_loop(loop);
}

TEST(a_value_that_cannot_be_set_is_destroyed_at_once) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  CHECK_OK(asyncio_future_set_result(future, traced_value("first")));
  CHECK_ERROR(asyncio_future_set_result(future, traced_value("second")), ASYNCIO_INVALID_STATE_ERROR, NULL);
  EXPECT_TRACE("destroyed second");
  asyncio_unref(future);
  EXPECT_TRACE("destroyed first");
  CHECK_ERROR(asyncio_future_set_result(NULL, traced_value("third")), ASYNCIO_TYPE_ERROR, NULL);
  EXPECT_TRACE("destroyed third");
  close_loop(loop);
}

ASYNCIO_COROUTINE(future_await, (asyncio_future *, future)) { return asyncio_await(future, result); }

TEST(each_awaiter_owns_a_value_of_its_own) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  asyncio_task *tasks[2];
  for (int i = 0; i < 2; i++) tasks[i] = asyncio_create_task(future_await_coroutine(future), .loop = loop);
  run_once(loop);
  CHECK_OK(asyncio_future_set_result(future, traced_value("shared")));
  asyncio_unref(future);
  run_once(loop);
  for (int i = 0; i < 2; i++) {
    EXPECT_TRACE();
    CHECK(asyncio_future_done(tasks[i]));
    asyncio_unref(tasks[i]);
  }
  EXPECT_TRACE("destroyed shared");
  close_loop(loop);
}

TEST(a_text_result_is_the_futures_own_copy) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  char words[] = "hello";
  asyncio_value value;
  CHECK_OK(asyncio_text(&value, words));
  CHECK_OK(asyncio_future_set_result(future, value));
  words[0] = 'j';
  CHECK_OK(asyncio_future_result(future, &value));
  CHECK_TEXT(asyncio_value_text(value), "hello");
  asyncio_unref(future);
  close_loop(loop);
}

// ---- Failures that nobody looked at

TEST(a_failure_that_nobody_retrieved_is_reported_when_the_future_goes) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  trace_exceptions(loop);
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "lost"));
  EXPECT_TRACE();
  asyncio_unref(future);
  EXPECT_TRACE("Exception was never retrieved: ValueError: lost");
  close_loop(loop);
}

TEST(a_failure_that_was_looked_at_is_not_reported) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *by_result = new_future(loop), *by_exception = new_future(loop), *by_task = new_future(loop);
  trace_exceptions(loop);
  CHECK_OK(asyncio_future_set_exception(by_result, ASYNCIO_VALUE_ERROR, "seen"));
  CHECK_OK(asyncio_future_set_exception(by_exception, ASYNCIO_VALUE_ERROR, "seen"));
  CHECK_OK(asyncio_future_set_exception(by_task, ASYNCIO_VALUE_ERROR, "seen"));
  CHECK_ERROR(asyncio_future_result(by_result, NULL), ASYNCIO_VALUE_ERROR, NULL);
  CHECK_OK(asyncio_future_exception(by_exception, NULL));
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, future_await_coroutine(by_task), NULL), ASYNCIO_VALUE_ERROR,
              "seen");
  asyncio_unref(by_result);
  asyncio_unref(by_exception);
  asyncio_unref(by_task);
  EXPECT_TRACE();
  close_loop(loop);
}

TEST(a_cancellation_that_nobody_looked_at_is_not_reported) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  trace_exceptions(loop);
  asyncio_future_cancel(future, "unseen");
  asyncio_unref(future);
  EXPECT_TRACE();
  close_loop(loop);
}

static void keep_future(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop;
  trace("%s", context->message);
  *(asyncio_future **)arg = asyncio_ref(context->future);
}

TEST(an_exception_handler_may_keep_the_future_it_is_told_of) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop), *kept = NULL;
  asyncio_loop_set_exception_handler(loop, keep_future, &kept);
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "kept"));
  asyncio_unref(future);
  EXPECT_TRACE("Exception was never retrieved");
  CHECK_ERROR(asyncio_future_result(kept, NULL), ASYNCIO_VALUE_ERROR, "kept");
  asyncio_unref(kept);
  EXPECT_TRACE();
  close_loop(loop);
}

// ---- Without memory

TEST(an_exception_without_memory_for_its_words_keeps_its_status) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  const asyncio_error *error;
  test_fail_allocation(1);
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "no room"));
  CHECK_ERROR(asyncio_future_result(future, NULL), ASYNCIO_VALUE_ERROR, "An argument has a value that is not allowed");
  CHECK_OK(asyncio_future_exception(future, &error));
  CHECK_INT(asyncio_error_status(error), ASYNCIO_VALUE_ERROR);
  CHECK_TEXT(asyncio_error_words(error), "An argument has a value that is not allowed");
  asyncio_unref(future);
  close_loop(loop);
}

TEST(a_future_without_memory_is_a_memory_error) {
  asyncio_loop *loop = asyncio_new_event_loop();
  test_fail_allocation(1);
  CHECK(!asyncio_loop_create_future(loop));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_MEMORY_ERROR), "Out of memory for a future");
  asyncio_future *future = new_future(loop);
  test_fail_allocation(1);
  CHECK(asyncio_future_cancel(future, "no room"));
  CHECK_ERROR(asyncio_future_result(future, NULL), ASYNCIO_CANCELLED_ERROR, "The task was cancelled");
  asyncio_unref(future);
  close_loop(loop);
}
