// SPDX-License-Identifier: MIT
// Cancellation of stackless coroutines: before the start, at a nested wait, while cleaning up, with swallowed requests,
// and at the end of a loop.
#include <stdio.h>

#include "common.h"

ASYNCIO_STATIC_STACKLESS(waits_for_ever, (const char *, name)) {
  asyncio_status status;
} ASYNCIO_BEGIN(waits_for_ever) {
  trace("%s starts", self->name);
  ASYNCIO_AWAIT_STATUS(self->status, asyncio_sleep_coroutine(INFINITY, asyncio_none()));
  trace("%s: %s: %s", self->name, asyncio_error_name(self->status), asyncio_error_message(self->status));
  return self->status;
} ASYNCIO_END

// Cleanup of [steps] seconds; then the cancellation passes, or not.
ASYNCIO_STATIC_STACKLESS(cleans_up, (const char *, name), (int, steps), (bool, swallows)) {
  asyncio_status status;
} ASYNCIO_BEGIN(cleans_up) {
  ASYNCIO_AWAIT_STATUS(self->status, waits_for_ever_coroutine(self->name));
  while (self->steps-- > 0) {
    ASYNCIO_SLEEP(1);
    trace("%s cleans up", self->name);
  }
  *result = asyncio_int(9);
  return self->swallows ? ASYNCIO_OK : self->status;
} ASYNCIO_END

typedef struct scene {
  asyncio_loop *loop;
  asyncio_task *task;
} scene;

static scene begin(asyncio_future *coroutine, int iterations) {
  scene self = {.loop = asyncio_new_event_loop()};
  self.task = asyncio_create_task(coroutine, .loop = self.loop);
  while (iterations-- > 0) run_once(self.loop);
  return self;
}

// Lets things happen for [seconds], and checks how the task has ended.
static void finish(scene self, double seconds, asyncio_status status, const char *words) {
  run_for(self.loop, seconds);
  CHECK_ERROR(asyncio_future_result(self.task, NULL), status, words);
  asyncio_unref(self.task);
  close_loop(self.loop);
}

TEST(a_stackless_task_cancelled_before_its_start_never_runs) {
  scene self = begin(waits_for_ever_coroutine("a"), 0);
  CHECK(asyncio_task_cancel(self.task, "too early"));
  finish(self, 0, ASYNCIO_CANCELLED_ERROR, "too early");
}

TEST(cancellation_reaches_the_innermost_stackless_coroutine) {
  scene self = begin(cleans_up_coroutine("a", 0, false), 1);
  CHECK(asyncio_task_cancel(self.task, "enough"));
  CHECK(!asyncio_future_cancelled(self.task));
  finish(self, 0, ASYNCIO_CANCELLED_ERROR, "enough");
  EXPECT_TRACE("a starts", "a: CancelledError: enough");
}

TEST(stackless_cleanup_may_suspend) {
  scene self = begin(cleans_up_coroutine("a", 2, false), 1);
  asyncio_task_cancel(self.task, "enough");
  run_for(self.loop, 1.5);
  CHECK(!asyncio_future_done(self.task));
  finish(self, 1, ASYNCIO_CANCELLED_ERROR, "enough");
  EXPECT_TRACE("a starts", "a: CancelledError: enough", "a cleans up", "a cleans up");
}

TEST(stackless_cleanup_can_be_cancelled_in_its_turn) {
  scene self = begin(cleans_up_coroutine("a", 2, false), 1);
  asyncio_task_cancel(self.task, "enough");
  run_for(self.loop, 1.5);
  asyncio_task_cancel(self.task, "now");
  CHECK_INT(asyncio_task_cancelling(self.task), 2);
  finish(self, 0, ASYNCIO_CANCELLED_ERROR, "now");
  EXPECT_TRACE("a starts", "a: CancelledError: enough", "a cleans up");
}

TEST(stackless_code_may_swallow_a_cancellation) {
  scene self = begin(cleans_up_coroutine("a", 1, true), 1);
  asyncio_task_cancel(self.task, NULL);
  finish(self, 2, ASYNCIO_OK, NULL);
  EXPECT_TRACE("a starts", "a: CancelledError: The task was cancelled", "a cleans up");
}

ASYNCIO_STATIC_STACKLESS(cancels_itself) {
} ASYNCIO_BEGIN(cancels_itself) {
  asyncio_task_cancel(asyncio_current_task(), "by itself");
  trace("goes on");
  ASYNCIO_SLEEP(0);
  trace("never");
  return ASYNCIO_OK;
} ASYNCIO_END

TEST(a_stackless_task_that_cancels_itself_is_cancelled_at_its_next_await) {
  finish(begin(cancels_itself_coroutine(), 0), 1, ASYNCIO_CANCELLED_ERROR, "by itself");
  EXPECT_TRACE("goes on");
}

ASYNCIO_STATIC_COROUTINE(stackful_between, (int, seconds)) {
  asyncio_status status = asyncio_await(cleans_up_coroutine("inner", seconds, false), NULL);
  trace("between: %s", asyncio_error_name(status));
  return status;
}

ASYNCIO_STATIC_STACKLESS(stackless_above, (int, seconds)) {
} ASYNCIO_BEGIN(stackless_above) {
  ASYNCIO_AWAIT(stackful_between_coroutine(self->seconds), result);
  return ASYNCIO_OK;
} ASYNCIO_END

TEST(cancellation_passes_through_both_kinds) {
  scene self = begin(stackless_above_coroutine(1), 1);
  asyncio_task_cancel(self.task, "enough");
  finish(self, 2, ASYNCIO_CANCELLED_ERROR, "enough");
  EXPECT_TRACE("inner starts", "inner: CancelledError: enough", "inner cleans up", "between: CancelledError");
}

TEST(a_closed_loop_ends_stackless_tasks) {
  scene self = begin(stackless_above_coroutine(1), 1);
  trace_exceptions(self.loop);
  close_loop(self.loop);
  CHECK(asyncio_future_done(self.task));
  asyncio_unref(self.task);
  EXPECT_TRACE("inner starts", "Task was destroyed but it is pending", "inner: CancelledError: Event loop is closed",
               "between: RuntimeError", "Exception was never retrieved: RuntimeError: Event loop is closed");
}

ASYNCIO_STATIC_STACKLESS(insists, (int *, waits)) {
  asyncio_status status;
} ASYNCIO_BEGIN(insists) {
  for (;;) {
    ++*self->waits;
    ASYNCIO_AWAIT_STATUS(self->status, asyncio_sleep_coroutine(1, asyncio_none()));
  }
} ASYNCIO_END

TEST(a_stackless_task_that_waits_on_after_the_end_is_abandoned) {
  int waits = 0;
  scene self = begin(insists_coroutine(&waits), 1);
  trace_exceptions(self.loop);
  close_loop(self.loop);
  CHECK(asyncio_future_cancelled(self.task));
  CHECK(waits > 100);
  asyncio_unref(self.task);
  EXPECT_TRACE("Task was destroyed but it is pending");
}

// ---- What may not suspend

ASYNCIO_STATIC_STACKLESS(suspends_as_with_a_stack) {
} ASYNCIO_BEGIN(suspends_as_with_a_stack) {
  static const char *const words = "asyncio_%s cannot suspend here: in a destructor, an exception handler or a coroutine "
                                   "without a stack (see asyncio/stackless.h)";
  char expected[200];
  snprintf(expected, sizeof expected, words, "sleep");
  CHECK_ERROR(asyncio_sleep(0), ASYNCIO_RUNTIME_ERROR, expected);
  CHECK_ERROR(asyncio_sleep(1), ASYNCIO_RUNTIME_ERROR, expected);
  snprintf(expected, sizeof expected, words, "wait_for");
  CHECK_ERROR(asyncio_wait_for(asyncio_sleep_coroutine(1, asyncio_none()), 1, NULL), ASYNCIO_RUNTIME_ERROR, expected);
  snprintf(expected, sizeof expected, words, "await");
  CHECK_ERROR(asyncio_await(asyncio_sleep_coroutine(1, asyncio_none()), NULL), ASYNCIO_RUNTIME_ERROR, expected);
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STATIC_COROUTINE(awaits_what_suspends) {
  CHECK_OK(asyncio_await(suspends_as_with_a_stack_coroutine(), NULL));
  return asyncio_sleep(1);
}

TEST(a_stackless_body_suspends_by_its_macros_alone) {
  run(suspends_as_with_a_stack_coroutine());
  run(awaits_what_suspends_coroutine());
}

ASYNCIO_STATIC_STACKLESS(awaits_wrong_things) {
  asyncio_future *used;
  asyncio_status status;
} ASYNCIO_BEGIN(awaits_wrong_things) {
  ASYNCIO_AWAIT_STATUS(self->status, NULL);
  CHECK_ERROR(self->status, ASYNCIO_TYPE_ERROR, "Expected [awaitable] to be an awaitable, got NULL");
  ASYNCIO_AWAIT_STATUS(self->status, asyncio_sleep_coroutine(NAN, asyncio_none()));
  CHECK_ERROR(self->status, ASYNCIO_VALUE_ERROR, "Expected [delay] to be a number, got NaN");
  ASYNCIO_AWAIT_STATUS(self->status, asyncio_current_task());
  CHECK_ERROR(self->status, ASYNCIO_RUNTIME_ERROR, "Task cannot await on itself");
  self->used = asyncio_ref(asyncio_sleep_coroutine(0, asyncio_none()));
  ASYNCIO_AWAIT(self->used);
  ASYNCIO_AWAIT_STATUS(self->status, self->used);
  CHECK_ERROR(self->status, ASYNCIO_RUNTIME_ERROR, "cannot reuse already awaited coroutine 'sleep'");
  asyncio_unref(self->used);
  ASYNCIO_SLEEP(NAN);
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STATIC_COROUTINE(awaits_wrong_things_from_a_stack) { return asyncio_await(awaits_wrong_things_coroutine(), NULL); }

TEST(what_cannot_be_awaited_is_an_error_of_the_await) {
  CHECK_ERROR(asyncio_run(awaits_wrong_things_coroutine(), NULL), ASYNCIO_VALUE_ERROR, "Expected [delay] to be a number, got NaN");
  asyncio_error_clear();
  CHECK_ERROR(asyncio_run(awaits_wrong_things_from_a_stack_coroutine(), NULL), ASYNCIO_VALUE_ERROR,
              "Expected [delay] to be a number, got NaN");
}
