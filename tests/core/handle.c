// SPDX-License-Identifier: MIT
// src/core/handle.c: handles. A callback runs once or, cancelled in time, not at all; its failure reaches the
// handler.
#include "common.h"

TEST(a_cancelled_callback_does_not_run) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_handle *soon, *later;
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "soon", &soon));
  CHECK_OK(asyncio_loop_call_later(loop, 1, trace_arg, "later", &later));
  CHECK(!asyncio_handle_cancelled(soon));
  asyncio_handle_cancel(soon);
  asyncio_handle_cancel(later);
  CHECK(asyncio_handle_cancelled(soon));
  CHECK(asyncio_handle_cancelled(later));
  run_for(loop, 2);
  EXPECT_TRACE();
  asyncio_handle_unref(soon);
  asyncio_handle_unref(later);
  close_loop(loop);
}

TEST(cancelling_twice_or_after_the_call_does_nothing) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_handle *ran, *cancelled;
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "ran", &ran));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "cancelled", &cancelled));
  asyncio_handle_cancel(cancelled);
  asyncio_handle_cancel(cancelled);
  run_once(loop);
  CHECK(!asyncio_handle_cancelled(ran));
  asyncio_handle_cancel(ran);
  asyncio_handle_cancel(ran);
  CHECK(asyncio_handle_cancelled(ran));
  run_once(loop);
  EXPECT_TRACE("ran");
  asyncio_handle_unref(ran);
  asyncio_handle_unref(cancelled);
  close_loop(loop);
}

static asyncio_status cancel_handle(void *arg) {
  asyncio_handle **handle = arg;
  trace("cancels");
  asyncio_handle_cancel(*handle);
  return ASYNCIO_OK;
}

TEST(a_callback_cancels_a_later_one_of_its_own_iteration) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_handle *victim;
  CHECK_OK(asyncio_loop_call_soon(loop, cancel_handle, &victim, NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "victim", &victim));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "last", NULL));
  run_once(loop);
  EXPECT_TRACE("cancels", "last");
  asyncio_handle_unref(victim);
  close_loop(loop);
}

TEST(a_timer_cancels_another_that_is_due_in_the_same_iteration) {
  asyncio_loop *loop = asyncio_new_event_loop();
  double when = asyncio_loop_time(loop) + 1;
  asyncio_handle *victim;
  CHECK_OK(asyncio_loop_call_at(loop, when, cancel_handle, &victim, NULL));
  CHECK_OK(asyncio_loop_call_at(loop, when, trace_arg, "victim", &victim));
  CHECK_OK(asyncio_loop_call_at(loop, when, trace_arg, "last", NULL));
  run_for(loop, 2);
  EXPECT_TRACE("cancels", "last");
  asyncio_handle_unref(victim);
  close_loop(loop);
}

TEST(a_callback_that_cancels_itself_or_an_earlier_one_changes_nothing) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_handle *first, *self;
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "first", &first));
  CHECK_OK(asyncio_loop_call_soon(loop, cancel_handle, &self, &self));
  CHECK_OK(asyncio_loop_call_soon(loop, cancel_handle, &first, NULL));
  run_once(loop);
  run_once(loop);
  EXPECT_TRACE("first", "cancels", "cancels");
  CHECK(asyncio_handle_cancelled(self));
  asyncio_handle_unref(first);
  asyncio_handle_unref(self);
  close_loop(loop);
}

TEST(a_handle_outlives_its_call_and_its_loop) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_handle *handle;
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "ran", &handle));
  CHECK(asyncio_handle_ref(handle) == handle);
  asyncio_handle_unref(handle);
  run_once(loop);
  close_loop(loop);
  EXPECT_TRACE("ran");
  asyncio_handle_cancel(handle);
  CHECK(asyncio_handle_cancelled(handle));
  asyncio_handle_unref(handle);
}

TEST(no_handle_is_no_trouble) {
  asyncio_handle_cancel(NULL);
  CHECK(!asyncio_handle_ref(NULL));
  asyncio_handle_unref(NULL);
}

TEST(a_handle_knows_when_it_is_due) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_handle *soon, *later, *at;
  double now = asyncio_loop_time(loop);
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "", &soon));
  CHECK_OK(asyncio_loop_call_later(loop, 2.5, trace_arg, "", &later));
  CHECK_OK(asyncio_loop_call_at(loop, now + 4, trace_arg, "", &at));
  CHECK(isnan(asyncio_handle_when(soon)));
  CHECK_DOUBLE(asyncio_handle_when(later), now + 2.5);
  CHECK_DOUBLE(asyncio_handle_when(at), now + 4);
  asyncio_handle_cancel(later);
  CHECK_DOUBLE(asyncio_handle_when(later), now + 2.5);
  asyncio_handle_unref(soon);
  asyncio_handle_unref(later);
  asyncio_handle_unref(at);
  close_loop(loop);
}

TEST(times_that_are_no_numbers_and_no_callback_are_refused) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_handle *handle;
  CHECK_ERROR(asyncio_loop_call_later(loop, NAN, trace_arg, "", &handle), ASYNCIO_VALUE_ERROR,
              "Expected [delay] to be a number, got NaN");
  CHECK(!handle);
  CHECK_ERROR(asyncio_loop_call_at(loop, NAN, trace_arg, "", &handle), ASYNCIO_VALUE_ERROR,
              "Expected [when] to be a number, got NaN");
  CHECK_ERROR(asyncio_loop_call_soon(loop, NULL, "", &handle), ASYNCIO_TYPE_ERROR,
              "Expected [callback] to be a function, got NULL");
  CHECK(!handle);
  close_loop(loop);
}

// ---- Failures of callbacks

TEST(a_failing_callback_is_reported_and_the_others_run) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  CHECK_OK(asyncio_loop_call_soon(loop, trace_and_fail, "first", NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "second", NULL));
  run_once(loop);
  EXPECT_TRACE("first", "Exception in callback: ValueError: first failed", "second");
  close_loop(loop);
}

TEST(a_failing_timer_is_reported_and_the_others_fire) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  CHECK_OK(asyncio_loop_call_later(loop, 1, trace_and_fail, "first", NULL));
  CHECK_OK(asyncio_loop_call_later(loop, 1, trace_arg, "second", NULL));
  run_for(loop, 2);
  EXPECT_TRACE("first", "Exception in callback: ValueError: first failed", "second");
  close_loop(loop);
}

static asyncio_status fail_without_words(void *arg) { return arg ? ASYNCIO_APPLICATION_ERROR : ASYNCIO_TIMEOUT_ERROR; }

static asyncio_status fail_and_recover(void *arg) {
  (void)arg;
  asyncio_raise(ASYNCIO_VALUE_ERROR, "dealt with");
  return ASYNCIO_OK;
}

TEST(one_callbacks_words_never_turn_up_in_anothers_failure) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  CHECK_OK(asyncio_loop_call_soon(loop, fail_and_recover, NULL, NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, fail_without_words, NULL, NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, fail_without_words, loop, NULL));
  run_once(loop);
  EXPECT_TRACE("Exception in callback: TimeoutError: ", "Exception in callback: ApplicationError: ");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "An argument has a value that is not allowed");
  close_loop(loop);
}

static void schedule_from_handler(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  trace("%s", context->message);
  CHECK(!context->future);
  CHECK_INT(context->status, ASYNCIO_VALUE_ERROR);
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, arg, NULL));
}

TEST(an_exception_handler_may_schedule_and_gets_its_argument) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_loop_set_exception_handler(loop, schedule_from_handler, "scheduled");
  CHECK_OK(asyncio_loop_call_soon(loop, trace_and_fail, "fails", NULL));
  run_once(loop);
  run_once(loop);
  EXPECT_TRACE("fails", "Exception in callback", "scheduled");
  close_loop(loop);
}

TEST(a_callback_without_memory_is_a_memory_error) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_handle *handle;
  test_fail_allocation(1);
  CHECK_ERROR(asyncio_loop_call_soon(loop, trace_arg, "", &handle), ASYNCIO_MEMORY_ERROR,
              "Out of memory for a callback");
  CHECK(!handle);
  test_fail_allocation(2);
  CHECK_ERROR(asyncio_loop_call_later(loop, 1, trace_arg, "", &handle), ASYNCIO_MEMORY_ERROR,
              "Out of memory for a timer");
  CHECK(!handle);
  run_for(loop, 2);
  close_loop(loop);
}
