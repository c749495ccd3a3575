// SPDX-License-Identifier: MIT
// Depth and number: chains of 100,000 stackless coroutines, and a million tasks that all clean up.
#include <stdio.h>
#include <stdlib.h>

#include "common.h"

enum { DEEP = 100000, MANY = 1000000, MOST_BYTES = 400 };

ASYNCIO_STATIC_STACKLESS(count_down, (int, depth), (asyncio_future *, bottom)) {
} ASYNCIO_BEGIN(count_down) {
  asyncio_value below;
  if (self->depth == 0) {
    ASYNCIO_AWAIT(self->bottom, result);
    return ASYNCIO_OK;
  }
  ASYNCIO_AWAIT(count_down_coroutine(self->depth - 1, self->bottom), &below);
  *result = asyncio_int(asyncio_value_int(below) + 1);
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STATIC_COROUTINE(count_down_from_a_stack, (asyncio_future *, bottom)) {
  return asyncio_await(count_down_coroutine(DEEP, bottom), result);
}

// Starts it, lets it come to its wait, and then ends that.
static void check_deep(asyncio_loop *loop, asyncio_future *coroutine, asyncio_future *bottom, bool cancels) {
  asyncio_value value;
  asyncio_task *task = asyncio_create_task(coroutine, .loop = loop);
  run_once(loop);
  CHECK_TEXT(asyncio_task_waiting_for(task), "future");
  if (cancels)
    asyncio_task_cancel(task, "from above");
  else
    CHECK_OK(asyncio_future_set_result(bottom, asyncio_int(5)));
  run_for(loop, 0);
  asyncio_status status = asyncio_future_result(task, &value);
  CHECK_ERROR(status, cancels ? ASYNCIO_CANCELLED_ERROR : ASYNCIO_OK, cancels ? "from above" : NULL);
  if (!cancels) CHECK_INT(asyncio_value_int(value), 5 + DEEP);
  asyncio_unref(task);
  asyncio_unref(bottom);
}

TEST(a_hundred_thousand_nested_coroutines_need_no_stack) {
  asyncio_loop *loop = asyncio_new_event_loop();
  for (int cancels = 0; cancels < 2; cancels++) {
    asyncio_future *bottom = asyncio_loop_create_future(loop);
    check_deep(loop, count_down_coroutine(DEEP, bottom), bottom, cancels);
    bottom = asyncio_loop_create_future(loop);
    check_deep(loop, count_down_from_a_stack_coroutine(bottom), bottom, cancels);
  }
  close_loop(loop);
}

TEST(a_closed_loop_ends_a_deep_chain) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *bottom = asyncio_loop_create_future(loop);
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(count_down_coroutine(DEEP, bottom), .loop = loop));
  run_once(loop);
  asyncio_unref(bottom);
  close_loop(loop);
  EXPECT_TRACE("Task was destroyed but it is pending");
}

// ---- Many

static int cleaned;

ASYNCIO_STATIC_STACKLESS(parks, (asyncio_future *, future)) {
  asyncio_status status;
} ASYNCIO_BEGIN(parks) {
  ASYNCIO_AWAIT_STATUS(self->status, self->future);
  ASYNCIO_SLEEP(0);
  cleaned++;
  return self->status;
} ASYNCIO_END

static void start_many(asyncio_loop *loop, asyncio_task **tasks, asyncio_future *future) {
  size_t before = test_live_bytes();
  for (int i = 0; i < MANY; i++) tasks[i] = asyncio_create_task(parks_coroutine(future), .loop = loop);
  run_once(loop);
  size_t each = (test_live_bytes() - before) / MANY;
  printf("  a parked stackless task: %zu bytes\n", each);
  CHECK(each > 0 && each <= MOST_BYTES);
}

TEST(a_million_parked_stackless_tasks_are_small_and_clean_up_when_they_are_cancelled) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_task **tasks = malloc(MANY * sizeof(asyncio_task *));
  int cancelled = 0;
  cleaned = 0;
  start_many(loop, tasks, future);
  for (int i = 0; i < MANY; i++) CHECK(asyncio_task_cancel(tasks[i], NULL));
  run_for(loop, 1);
  for (int i = 0; i < MANY; i++) {
    cancelled += asyncio_future_cancelled(tasks[i]);
    asyncio_unref(tasks[i]);
  }
  CHECK_INT(cleaned, MANY);
  CHECK_INT(cancelled, MANY);
  free(tasks);
  asyncio_unref(future);
  close_loop(loop);
}
