// SPDX-License-Identifier: MIT
// src/async/wait.c: a wait as a coroutine object.
#include <math.h>

#include "../support/test.h"

ASYNCIO_COROUTINE(waits_by_object) {
  (void)result;
  asyncio_future *futures[] = {asyncio_create_task(asyncio_sleep_coroutine(1, asyncio_none())),
                               asyncio_create_task(asyncio_sleep_coroutine(3, asyncio_none()))};
  CHECK_OK(asyncio_await(asyncio_wait_coroutine(futures, 2, INFINITY, ASYNCIO_FIRST_COMPLETED), NULL));
  CHECK(asyncio_future_done(futures[0]) && !asyncio_future_done(futures[1]));
  CHECK_OK(asyncio_await(asyncio_wait_coroutine(futures, 2, 1, ASYNCIO_ALL_COMPLETED), NULL));
  CHECK(!asyncio_future_done(futures[1]));
  asyncio_task *waiter = asyncio_create_task(asyncio_wait_coroutine(futures, 2, INFINITY, ASYNCIO_ALL_COMPLETED));
  CHECK_OK(asyncio_await(waiter, NULL));
  CHECK(asyncio_future_done(futures[1]));
  for (int i = 0; i < 2; i++) asyncio_unref(futures[i]);
  asyncio_unref(waiter);
  return ASYNCIO_OK;
}

TEST(a_wait_may_be_an_object) { run(waits_by_object_coroutine()); }

ASYNCIO_COROUTINE(waits_that_end_early) {
  (void)result;
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  asyncio_unref(asyncio_ref(asyncio_wait_coroutine(&future, 1, INFINITY, ASYNCIO_ALL_COMPLETED)));
  asyncio_task *waiter = asyncio_create_task(asyncio_wait_coroutine(&future, 1, INFINITY, ASYNCIO_ALL_COMPLETED));
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(waiter, NULL));
  CHECK_ERROR(asyncio_await(waiter, NULL), ASYNCIO_CANCELLED_ERROR, NULL);
  CHECK(!asyncio_future_done(future));
  CHECK(!asyncio_wait_coroutine(&future, 0, INFINITY, ASYNCIO_ALL_COMPLETED));
  CHECK_INT(asyncio_error_latest(), ASYNCIO_VALUE_ERROR);
  CHECK_ERROR(asyncio_await(asyncio_wait_coroutine(&future, 0, INFINITY, ASYNCIO_ALL_COMPLETED), NULL), ASYNCIO_VALUE_ERROR,
              "Set of Tasks/Futures is empty.");
  test_fail_allocation(1);
  CHECK(!asyncio_wait_coroutine(&future, 1, INFINITY, ASYNCIO_ALL_COMPLETED));
  CHECK_INT(asyncio_error_latest(), ASYNCIO_MEMORY_ERROR);
  test_fail_allocation(0);
  asyncio_unref(waiter);
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(a_wait_object_lets_the_futures_go_when_it_is_dropped_or_cancelled) { run(waits_that_end_early_coroutine()); }
