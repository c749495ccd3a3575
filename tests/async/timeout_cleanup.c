// SPDX-License-Identifier: MIT
// src/async/timeout.c: what a limit makes of bare yields, of other limits and cancellations around it, and of cleanup
// that takes its time or fails.
#include <math.h>

#include "actors.h"

static unsigned requests(void) { return asyncio_task_cancelling(asyncio_current_task()); }

static asyncio_timeout begun(double delay) {
  asyncio_timeout limit;
  CHECK_OK(asyncio_timeout_begin(&limit, delay));
  return limit;
}

ASYNCIO_STATIC_COROUTINE(yields_under_a_passed_limit, (double, delay)) {
  asyncio_timeout limit = begun(delay);
  asyncio_status status = asyncio_sleep(0);
  CHECK_INT(status, ASYNCIO_CANCELLED_ERROR);
  CHECK_ERROR(asyncio_timeout_end(&limit, status), ASYNCIO_TIMEOUT_ERROR, "The time limit was reached");
  CHECK(asyncio_timeout_expired(&limit));
  CHECK_INT(requests(), 0);
  return asyncio_sleep(0);
}

TEST(timeout_that_has_passed_cancels_a_bare_yield) {
  run(yields_under_a_passed_limit_coroutine(0));
  run(yields_under_a_passed_limit_coroutine(-11));
}

ASYNCIO_STATIC_COROUTINE(fails_in_time) {
  asyncio_timeout limit;
  CHECK_OK(asyncio_timeout_begin_at(&limit, INFINITY));
  CHECK_OK(asyncio_timeout_end(&limit, asyncio_sleep(1000)));
  CHECK(!asyncio_timeout_expired(&limit));
  CHECK_DOUBLE(asyncio_timeout_when(&limit), INFINITY);
  limit = begun(1);
  CHECK_ERROR(asyncio_timeout_end(&limit, asyncio_raise(ASYNCIO_TYPE_ERROR, "own")), ASYNCIO_TYPE_ERROR, "own");
  CHECK(!asyncio_timeout_expired(&limit));
  return asyncio_sleep(2);
}

TEST(timeout_at_no_time_is_none_and_failures_in_time_are_their_own) { run(fails_in_time_coroutine()); }

// "TimeoutError < CancelledError < ValueError": the error, and what it has as its context.
static void trace_contexts(asyncio_status status) {
  char text[100] = "";
  for (const asyncio_error *error = asyncio_error_current(status); error; error = asyncio_error_context(error))
    strcat(strcat(text, *text ? " < " : ""), asyncio_error_name(asyncio_error_status(error)));
  trace("%s", text);
}

ASYNCIO_STATIC_COROUTINE(looks_at_contexts) {
  clock_start();
  asyncio_timeout limit = begun(1);
  (void)asyncio_raise(ASYNCIO_VALUE_ERROR, "being dealt with");
  trace_contexts(asyncio_timeout_end(&limit, asyncio_sleep(9)));
  return ASYNCIO_OK;
}

// The cancellation between them had no words, and without words there is no error to be a context.
TEST(timeout_has_what_was_being_dealt_with_as_its_context) {
  run(looks_at_contexts_coroutine());
  EXPECT_TRACE("TimeoutError < ValueError");
}

// ---- Others around it

ASYNCIO_STATIC_COROUTINE(goes_on_under_an_outer_limit) {
  clock_start();
  asyncio_timeout outer = begun(2), inner = begun(1);
  CHECK_ERROR(asyncio_timeout_end(&inner, asyncio_sleep(9)), ASYNCIO_TIMEOUT_ERROR, NULL);
  CHECK_INT(requests(), 0);
  asyncio_status status = asyncio_sleep(9);
  CHECK_INT(status, ASYNCIO_CANCELLED_ERROR);
  CHECK_ERROR(asyncio_timeout_end(&outer, status), ASYNCIO_TIMEOUT_ERROR, NULL);
  CHECK_DOUBLE(clock_elapsed(), 2);
  CHECK_INT(requests(), 0);
  return asyncio_sleep(1);
}

TEST(outer_timeout_ends_what_comes_after_an_inner_one) { run(goes_on_under_an_outer_limit_coroutine()); }

ASYNCIO_STATIC_COROUTINE(limits_its_cleanup) {
  clock_start();
  asyncio_timeout outer = begun(1);
  asyncio_status status = asyncio_sleep(9);
  CHECK_INT(status, ASYNCIO_CANCELLED_ERROR);
  asyncio_timeout cleanup = begun(1);
  CHECK_ERROR(asyncio_timeout_end(&cleanup, asyncio_sleep(9)), ASYNCIO_TIMEOUT_ERROR, NULL);
  CHECK_INT(requests(), 1);
  CHECK_ERROR(asyncio_timeout_end(&outer, status), ASYNCIO_TIMEOUT_ERROR, NULL);
  CHECK_INT(requests(), 0);
  CHECK_DOUBLE(clock_elapsed(), 2);
  return asyncio_sleep(1);
}

TEST(timeout_within_the_cleanup_after_another_is_its_own) { run(limits_its_cleanup_coroutine()); }

ASYNCIO_STATIC_COROUTINE(is_cancelled_again_under_a_limit) {
  asyncio_task *self = asyncio_current_task();
  CHECK(asyncio_task_cancel(self, "earlier"));
  CHECK_ERROR(asyncio_sleep(1), ASYNCIO_CANCELLED_ERROR, "earlier");
  asyncio_timeout limit = begun(1);
  CHECK(asyncio_task_cancel(self, "again"));
  CHECK_ERROR(asyncio_timeout_end(&limit, asyncio_sleep(2)), ASYNCIO_CANCELLED_ERROR, "again");
  CHECK(!asyncio_timeout_expired(&limit));
  CHECK_INT(requests(), 2);
  return ASYNCIO_OK;
}

TEST(cancellation_within_a_timeout_after_an_earlier_one_is_no_timeout) {
  run(is_cancelled_again_under_a_limit_coroutine());
}

// ---- A group within it

ASYNCIO_STATIC_COROUTINE(limits_a_failing_group) {
  clock_start();
  asyncio_timeout limit = begun(1);
  asyncio_task_group group;
  CHECK_OK(asyncio_task_group_begin(&group));
  CHECK_OK(asyncio_task_group_start(&group, tidy_actor_coroutine("a", 1, ASYNCIO_VALUE_ERROR)));
  asyncio_status status = asyncio_task_group_end(&group, asyncio_sleep(9));
  CHECK_ERROR(status, ASYNCIO_EXCEPTION_GROUP, "unhandled errors in a TaskGroup (1 sub-exception)");
  CHECK_ERROR(asyncio_timeout_end(&limit, status), ASYNCIO_EXCEPTION_GROUP, NULL);
  CHECK(asyncio_timeout_expired(&limit));
  CHECK_INT(requests(), 0);
  return asyncio_sleep(1);
}

TEST(failures_in_the_cleanup_of_a_group_take_the_place_of_the_timeout_around_it) {
  run(limits_a_failing_group_coroutine());
  EXPECT_TRACE("a cancelled at 1 (The task was cancelled)", "a cleaned up at 2");
}
