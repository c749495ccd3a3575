// SPDX-License-Identifier: MIT
// src/async/gather.c: cancellation, of the gather and of its children.
#include <math.h>

#include "actors.h"

// ---- Of a child

ASYNCIO_COROUTINE(cancels_a_child) {
  clock_start();
  asyncio_task *child = asyncio_create_task(actor_coroutine("child", 9, 1));
  asyncio_future *gather = asyncio_ref(asyncio_gather(child, actor_coroutine("other", 2, 2)));
  ASYNCIO_TRY(asyncio_sleep(1));
  asyncio_task_cancel(child, "only you");
  check_fails(gather, ASYNCIO_CANCELLED_ERROR, "only you");
  CHECK(!asyncio_future_cancelled(gather));
  const asyncio_error *error;
  CHECK_OK(asyncio_future_exception(gather, &error));
  CHECK_INT(asyncio_error_status(error), ASYNCIO_CANCELLED_ERROR);
  asyncio_unref(gather);
  asyncio_unref(child);
  return asyncio_sleep(2);
}

TEST(cancelled_child_fails_the_gather_without_cancelling_it_or_the_siblings) {
  run(cancels_a_child_coroutine());
  EXPECT_TRACE("child cancelled at 1 (only you)", "other done at 2");
}

// ---- Of the gather

// Gathers, awaits in a task of its own, and cancels the gather after a second.
static void cancel_gather(asyncio_future *const *children, size_t count, bool return_exceptions, const char *message) {
  clock_start();
  asyncio_future *gather = asyncio_ref(asyncio_gather_array(children, count, return_exceptions));
  asyncio_task *waiter = asyncio_create_task(awaiting_actor_coroutine("waiter", gather));
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_future_cancel(gather, message));
  CHECK(!asyncio_future_done(gather));
  CHECK_ERROR(asyncio_await(waiter, NULL), ASYNCIO_CANCELLED_ERROR, NULL);
  CHECK(!asyncio_future_cancel(gather, message));
  asyncio_unref(gather);
  asyncio_unref(waiter);
}

ASYNCIO_COROUTINE(cancels_a_gather) {
  asyncio_future *children[] = {actor_coroutine("a", 9, 1), actor_coroutine("b", 8, 2)};
  cancel_gather(children, 2, false, "stop");
  return ASYNCIO_OK;
}

TEST(cancelling_a_gather_cancels_its_children_with_the_words_given) {
  run(cancels_a_gather_coroutine());
  EXPECT_TRACE("a cancelled at 1 (stop)", "b cancelled at 1 (stop)", "waiter got CancelledError: stop at 1");
}

ASYNCIO_COROUTINE(cancels_a_gather_of_resisting, (bool, return_exceptions)) {
  asyncio_future *children[] = {stubborn_actor_coroutine("a", 1, 1), stubborn_actor_coroutine("b", 2, 2)};
  cancel_gather(children, 2, return_exceptions, NULL);
  return ASYNCIO_OK;
}

TEST(cancelled_gather_waits_for_children_that_resist_and_is_cancelled_all_the_same) {
  for (int i = 0; i < 2; i++) {
    run(cancels_a_gather_of_resisting_coroutine(i));
    EXPECT_TRACE("a cancelled at 1 (The task was cancelled)", "b cancelled at 1 (The task was cancelled)",
                 "a cleaned up at 2", "b cleaned up at 3", "waiter got CancelledError: The task was cancelled at 3");
  }
}

// asyncio's own: a resisting child is waited for only when no other has ended cancelled, or exceptions are returned.
ASYNCIO_COROUTINE(cancels_a_mixed_gather, (bool, return_exceptions)) {
  asyncio_future *children[] = {actor_coroutine("a", 9, 1), stubborn_actor_coroutine("b", 2, 2)};
  cancel_gather(children, 2, return_exceptions, "stop");
  return asyncio_sleep(5);
}

TEST(cancelled_gather_fails_with_the_first_child_that_is_cancelled) {
  run(cancels_a_mixed_gather_coroutine(false));
  EXPECT_TRACE("a cancelled at 1 (stop)", "b cancelled at 1 (stop)", "waiter got CancelledError: stop at 1",
               "b cleaned up at 3");
}

TEST(cancelled_gather_that_returns_exceptions_waits_for_all_and_is_cancelled_with_the_words_given) {
  run(cancels_a_mixed_gather_coroutine(true));
  EXPECT_TRACE("a cancelled at 1 (stop)", "b cancelled at 1 (stop)", "b cleaned up at 3",
               "waiter got CancelledError: stop at 3");
}

ASYNCIO_COROUTINE(cancels_a_failing_gather) {
  trace_exceptions(asyncio_get_running_loop());
  asyncio_future *children[] = {tidy_actor_coroutine("a", 1, ASYNCIO_VALUE_ERROR), stubborn_actor_coroutine("b", 2, 2)};
  clock_start();
  asyncio_future *gather = asyncio_gather_array(children, 2, false);
  asyncio_task *waiter = asyncio_create_task(awaiting_actor_coroutine("waiter", gather));
  ASYNCIO_TRY(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(waiter, "stop"));
  check_fails(waiter, ASYNCIO_VALUE_ERROR, "a failed");
  asyncio_unref(waiter);
  return asyncio_sleep(5);
}

TEST(failure_of_a_child_during_cancellation_is_the_gathers) {
  run(cancels_a_failing_gather_coroutine());
  EXPECT_TRACE("a cancelled at 1 (stop)", "b cancelled at 1 (stop)", "a cleaned up at 2",
               "waiter got ValueError: a failed at 2", "b cleaned up at 3");
}

// ---- Of who awaits it

ASYNCIO_COROUTINE(cancels_the_awaiter) {
  clock_start();
  asyncio_future *inner = asyncio_gather(actor_coroutine("c", 9, 3), asyncio_sleep_coroutine(INFINITY, asyncio_none()));
  asyncio_future *gather =
      asyncio_gather(actor_coroutine("a", 9, 1), asyncio_gather(actor_coroutine("b", 9, 2), inner));
  asyncio_task *waiter = asyncio_create_task(awaiting_actor_coroutine("waiter", gather));
  ASYNCIO_TRY(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(waiter, "stop"));
  check_fails(waiter, ASYNCIO_CANCELLED_ERROR, "stop");
  CHECK(asyncio_future_cancelled(waiter));
  asyncio_unref(waiter);
  return ASYNCIO_OK;
}

TEST(cancellation_reaches_the_children_of_nested_gathers) {
  run(cancels_the_awaiter_coroutine());
  EXPECT_TRACE("a cancelled at 1 (stop)", "b cancelled at 1 (stop)", "c cancelled at 1 (stop)",
               "waiter got CancelledError: stop at 1");
}

// ---- Too late

ASYNCIO_COROUTINE(cancels_a_done_gather) {
  asyncio_value list;
  asyncio_future *gather = asyncio_ref(asyncio_gather(asyncio_sleep_coroutine(1, asyncio_int(1))));
  ASYNCIO_TRY(asyncio_sleep(2));
  CHECK(!asyncio_future_cancel(gather, NULL));
  CHECK_OK(asyncio_future_result(gather, &list));
  CHECK_INT(asyncio_value_count(list), 1);
  asyncio_unref(gather);
  return ASYNCIO_OK;
}

TEST(cancelling_a_gather_that_is_done_has_no_effect) { run(cancels_a_done_gather_coroutine()); }

// All children are done, their callbacks are still queued: there is nobody left to be cancelled.
ASYNCIO_COROUTINE(cancels_between_child_and_gather) {
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  asyncio_future *gather = asyncio_ref(asyncio_gather(future));
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(1)));
  CHECK(!asyncio_future_cancel(gather, NULL));
  CHECK(!asyncio_future_done(gather));
  CHECK_OK(asyncio_await(gather, NULL));
  asyncio_unref(gather);
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(gather_whose_children_have_all_ended_can_no_longer_be_cancelled) {
  run(cancels_between_child_and_gather_coroutine());
}

ASYNCIO_COROUTINE(cancels_before_any_step) {
  clock_start();
  asyncio_future *gather = asyncio_ref(asyncio_gather(actor_coroutine("a", 1, 1), actor_coroutine("b", 1, 1)));
  CHECK(asyncio_future_cancel(gather, "early"));
  check_fails(gather, ASYNCIO_CANCELLED_ERROR, "early");
  asyncio_unref(gather);
  return ASYNCIO_OK;
}

TEST(children_cancelled_before_their_first_step_never_start) { run(cancels_before_any_step_coroutine()); }

// ---- The end of the loop

ASYNCIO_COROUTINE(leaves_a_gather) {
  asyncio_future *gather = asyncio_gather(stubborn_actor_coroutine("a", 1, 1), actor_coroutine("b", 9, 2));
  clock_start();
  asyncio_unref(asyncio_create_task(awaiting_actor_coroutine("waiter", gather)));
  return asyncio_sleep(1);
}

TEST(gather_left_over_at_the_end_of_a_run_is_cancelled) {
  run(leaves_a_gather_coroutine());
  EXPECT_TRACE("a cancelled at 1 (The task was cancelled)", "b cancelled at 1 (The task was cancelled)",
               "waiter got CancelledError: The task was cancelled at 1", "a cleaned up at 2");
}

ASYNCIO_COROUTINE(awaits_a_gather_of, (asyncio_future *, future)) {
  return asyncio_await(asyncio_gather(future), result);
}

ASYNCIO_COROUTINE(gathers_again, (asyncio_future *, future), (asyncio_future **, outer)) {
  asyncio_future *shield = asyncio_shield(future);
  *outer = asyncio_ref(asyncio_gather(asyncio_gather(asyncio_gather(future), shield), shield, future));
  return ASYNCIO_OK;
}

static void ignore(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)context, (void)arg;
}

static asyncio_status stop_loop(void *arg) {
  asyncio_loop_stop(arg);
  return ASYNCIO_OK;
}

// The gather's entry is in the callbacks of a future that outlives its loop.
TEST(future_of_a_gather_may_be_set_after_its_loop_was_closed) {
  for (int i = 0; i < 2; i++) {
    asyncio_loop *loop = asyncio_new_event_loop();
    asyncio_loop_set_exception_handler(loop, ignore, NULL);
    asyncio_future *future = asyncio_loop_create_future(loop);
    asyncio_unref(asyncio_create_task(awaits_a_gather_of_coroutine(future), .loop = loop));
    CHECK_OK(asyncio_loop_call_later(loop, 1, stop_loop, loop, NULL));
    CHECK_OK(asyncio_loop_run_forever(loop));
    if (i) CHECK_OK(asyncio_future_set_result(future, asyncio_int(1)));
    CHECK_OK(asyncio_loop_close(loop));
    if (!i) CHECK_OK(asyncio_future_set_result(future, asyncio_int(1)));
    asyncio_unref(future);
    asyncio_loop_unref(loop);
  }
}

// Of what is gathered and shielded again nobody holds anything but the innermost and the outermost.
TEST(gathers_of_gathers_go_when_their_loop_was_closed) {
  for (int i = 0; i < 2; i++) {
    asyncio_loop *loop = asyncio_new_event_loop();
    asyncio_future *future = asyncio_loop_create_future(loop), *outer = NULL;
    asyncio_unref(asyncio_create_task(gathers_again_coroutine(future, &outer), .loop = loop));
    CHECK_OK(asyncio_loop_call_later(loop, 1, stop_loop, loop, NULL));
    CHECK_OK(asyncio_loop_run_forever(loop));
    CHECK_OK(asyncio_loop_close(loop));
    CHECK(asyncio_future_cancel(i ? outer : future, NULL));
    CHECK(!asyncio_future_done(outer));
    CHECK(!asyncio_future_cancel(outer, NULL));
    CHECK(asyncio_future_cancelled(future));
    asyncio_unref(outer);
    asyncio_unref(future);
    asyncio_loop_unref(loop);
  }
}
