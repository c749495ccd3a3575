// SPDX-License-Identifier: MIT
// src/core/task.c: tasks that wait for each other in a circle. asyncio would recurse for ever; here each can be
// cancelled.
#include "../support/test.h"

ASYNCIO_STATIC_COROUTINE(await_slot, (const char *, name), (asyncio_task **, slot)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  asyncio_status status = asyncio_await(*slot, NULL);
  trace("%s: %s", name, asyncio_error_name(status));
  return status;
}

ASYNCIO_STATIC_COROUTINE(cancel_a_circle_of_two) {
  asyncio_task *first, *second;
  first = asyncio_create_task(await_slot_coroutine("first", &second));
  second = asyncio_create_task(await_slot_coroutine("second", &first));
  ASYNCIO_TRY(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(first, "out"));
  asyncio_task *both[] = {first, second};
  ASYNCIO_TRY(asyncio_wait(both, 2, INFINITY, ASYNCIO_ALL_COMPLETED, NULL));
  CHECK(asyncio_future_cancelled(first));
  CHECK(asyncio_future_cancelled(second));
  asyncio_unref(first);
  asyncio_unref(second);
  return ASYNCIO_OK;
}

TEST(a_circle_of_two_is_cancelled) {
  run(cancel_a_circle_of_two_coroutine());
  EXPECT_TRACE("second: CancelledError", "first: CancelledError");
}

ASYNCIO_STATIC_COROUTINE(gather_slot, (asyncio_task **, slot)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  return asyncio_await(asyncio_gather(*slot), NULL);
}

ASYNCIO_STATIC_COROUTINE(cancel_one_that_gathers_itself) {
  asyncio_task *task;
  task = asyncio_create_task(gather_slot_coroutine(&task));
  ASYNCIO_TRY(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(task, NULL));
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_CANCELLED_ERROR, NULL);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(a_task_that_gathers_itself_is_cancelled) { run(cancel_one_that_gathers_itself_coroutine()); }

ASYNCIO_STATIC_COROUTINE(leave_a_circle_behind) {
  static asyncio_task *first, *second;
  first = asyncio_create_task(await_slot_coroutine("first", &second));
  second = asyncio_create_task(await_slot_coroutine("second", &first));
  asyncio_unref(first);
  asyncio_unref(second);
  return asyncio_sleep(1);
}

TEST(the_end_of_a_run_cancels_a_circle_too) {
  run(leave_a_circle_behind_coroutine());
  EXPECT_TRACE("second: CancelledError", "first: CancelledError");
}
