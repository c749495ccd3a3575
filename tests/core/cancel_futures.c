// SPDX-License-Identifier: MIT
// src/core/task.c: cancellation of what a task awaits, of the task, and of both; requests taken back from outside, and
// what a block makes of them that is cut by hand.
#include "common.h"

static asyncio_future *new_future(asyncio_loop *loop) { return asyncio_loop_create_future(loop); }

static asyncio_task *start(asyncio_loop *loop, asyncio_future *coroutine) {
  asyncio_task *task = asyncio_create_task(coroutine, .loop = loop);
  run_once(loop);
  return task;
}

ASYNCIO_STATIC_COROUTINE(await_future, (asyncio_future *, future)) { return asyncio_await(future, result); }

TEST(a_future_cancelled_while_it_is_awaited_cancels_the_awaiter) {
  for (int both = 0; both < 2; both++) {
    asyncio_loop *loop = asyncio_new_event_loop();
    asyncio_future *future = new_future(loop);
    asyncio_task *task = start(loop, await_future_coroutine(future));
    CHECK(asyncio_future_cancel(future, "the future"));
    if (both) CHECK(asyncio_task_cancel(task, "the task"));
    run_once(loop);
    CHECK(asyncio_future_cancelled(future) && asyncio_future_cancelled(task));
    CHECK_ERROR(asyncio_future_result(task, NULL), ASYNCIO_CANCELLED_ERROR, "the future");
    CHECK_INT(asyncio_task_cancelling(task), both);
    asyncio_unref(future);
    asyncio_unref(task);
    close_loop(loop);
  }
}

ASYNCIO_STATIC_COROUTINE(swallow_one, (asyncio_future *, first), (asyncio_future *, second),
                         (asyncio_future *, third)) {
  ASYNCIO_TRY(asyncio_await(first, NULL));
  asyncio_status status = asyncio_await(second, NULL);
  trace("second: %s", asyncio_error_name(status));
  return third ? asyncio_await(third, result) : ASYNCIO_OK;
}

TEST(a_task_may_swallow_the_cancellation_of_a_future_and_await_another) {
  for (int more = 0; more < 2; more++) {
    asyncio_loop *loop = asyncio_new_event_loop();
    asyncio_future *first = new_future(loop), *second = new_future(loop), *third = new_future(loop);
    asyncio_task *task = start(loop, swallow_one_coroutine(first, second, more ? third : NULL));
    CHECK_OK(asyncio_future_set_result(first, asyncio_none()));
    run_once(loop);
    CHECK(asyncio_task_cancel(task, NULL));
    CHECK(asyncio_future_cancelled(second));
    run_once(loop);
    EXPECT_TRACE("second: CancelledError");
    CHECK_INT(asyncio_future_done(task), !more);
    CHECK_OK(asyncio_future_set_result(third, asyncio_int(42)));
    asyncio_value value;
    CHECK_OK(asyncio_loop_run_until_complete(loop, task, &value));
    CHECK_INT(more ? asyncio_value_int(value) : 42, 42);
    CHECK(!asyncio_future_cancelled(task) && !asyncio_future_cancelled(third));
    asyncio_unref(first);
    asyncio_unref(second);
    asyncio_unref(third);
    asyncio_unref(task);
    close_loop(loop);
  }
}

ASYNCIO_STATIC_COROUTINE(cancel_self_and_await, (asyncio_future *, future)) {
  asyncio_task *inner = asyncio_create_task(await_future_coroutine(future));
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(asyncio_current_task(), "mine"));
  CHECK(!asyncio_future_done(future));
  asyncio_status status = asyncio_await(inner, NULL);
  CHECK(asyncio_future_cancelled(inner));
  asyncio_unref(inner);
  return status;
}

TEST(a_task_that_cancels_itself_and_awaits_a_task_cancels_that_and_its_future) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, cancel_self_and_await_coroutine(future), NULL),
              ASYNCIO_CANCELLED_ERROR, "mine");
  CHECK(asyncio_future_cancelled(future));
  asyncio_unref(future);
  close_loop(loop);
}

// ---- Requests taken back

ASYNCIO_STATIC_COROUTINE(await_and_give, (asyncio_future *, future)) {
  ASYNCIO_TRY(asyncio_await(future, NULL));
  *result = asyncio_int(42);
  return ASYNCIO_OK;
}

TEST(a_request_taken_back_before_a_woken_task_goes_on_is_dropped) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  asyncio_task *task = start(loop, await_and_give_coroutine(future));
  asyncio_value value;
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  CHECK(asyncio_task_cancel(task, NULL));
  CHECK_INT(asyncio_task_cancelling(task), 1);
  CHECK_INT(asyncio_task_uncancel(task), 0);
  CHECK_OK(asyncio_loop_run_until_complete(loop, task, &value));
  CHECK_INT(asyncio_value_int(value), 42);
  asyncio_unref(future);
  asyncio_unref(task);
  close_loop(loop);
}

ASYNCIO_STATIC_COROUTINE(sleep_twice) {
  if (asyncio_sleep(10)) asyncio_task_uncancel(asyncio_current_task());
  return asyncio_sleep(10);
}

TEST(a_task_that_took_its_request_back_can_be_cancelled_anew_and_stays_so) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = start(loop, sleep_twice_coroutine());
  CHECK(asyncio_task_cancel(task, NULL));
  CHECK_INT(asyncio_task_cancelling(task), 1);
  run_for(loop, 1);
  CHECK_INT(asyncio_task_cancelling(task), 0);
  CHECK(!asyncio_future_done(task));
  CHECK(asyncio_task_cancel(task, NULL));
  CHECK_INT(asyncio_task_cancelling(task), 1);
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, task, NULL), ASYNCIO_CANCELLED_ERROR, NULL);
  CHECK_INT(asyncio_task_uncancel(task), 0);
  CHECK(asyncio_future_cancelled(task));
  asyncio_unref(task);
  close_loop(loop);
}

typedef struct block {
  asyncio_task *task;
  bool timed_out;
} block;

static asyncio_status cut(void *arg) {
  block *self = arg;
  self->timed_out = true;
  CHECK(asyncio_task_cancel(self->task, NULL));
  return ASYNCIO_OK;
}

// What a timeout does, by hand: the request is its own, so it takes it back, and the error too if no other is left.
ASYNCIO_STATIC_COROUTINE(limit_by_hand, (double, delay), (double, limit)) {
  block self = {asyncio_current_task(), false};
  asyncio_handle *timer;
  CHECK_OK(asyncio_loop_call_later(asyncio_get_running_loop(), limit, cut, &self, &timer));
  asyncio_status status = asyncio_sleep(delay);
  asyncio_handle_cancel(timer);
  asyncio_handle_unref(timer);
  bool ours = self.timed_out && asyncio_task_uncancel(self.task) == 0 && status == ASYNCIO_CANCELLED_ERROR;
  trace("%s", ours ? "cut" : asyncio_error_name(status));
  if (!ours) ASYNCIO_TRY(status);
  ASYNCIO_TRY(asyncio_sleep(0));
  trace("%u requests", asyncio_task_cancelling(self.task));
  return ASYNCIO_OK;
}

TEST(a_block_that_is_cut_by_hand_leaves_what_follows_alone) {
  run(limit_by_hand_coroutine(10, 1));
  EXPECT_TRACE("cut", "0 requests");
  run(limit_by_hand_coroutine(0, 10));
  EXPECT_TRACE("OK", "0 requests");
}

// ---- Too late

TEST(cancelling_what_has_failed_counts_as_a_look_at_its_failure) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = new_future(loop);
  trace_exceptions(loop);
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "given up"));
  asyncio_task *task = start(loop, await_future_coroutine(future));
  CHECK(!asyncio_task_cancel(task, NULL));
  asyncio_unref(task);
  CHECK(!asyncio_future_cancel(future, NULL));
  asyncio_unref(future);
  future = new_future(loop);
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "given up"));
  CHECK(!asyncio_future_cancel(future, NULL));
  asyncio_unref(future);
  close_loop(loop);
}
