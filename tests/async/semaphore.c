// SPDX-License-Identifier: MIT
// src/async/semaphore.c: how many come in, in which order, and what a cancelled one gives back.
#include <limits.h>

#include "actors.h"

ASYNCIO_STATIC_COROUTINE(semaphore_actor, (const char *, name), (asyncio_semaphore *, semaphore), (double, hold)) {
  asyncio_status status = asyncio_semaphore_acquire(semaphore);
  trace("%s %s at %g", name, asyncio_error_name(status), clock_elapsed());
  if (status || hold < 0) return status;
  status = asyncio_sleep(hold);
  CHECK_OK(asyncio_semaphore_release(semaphore));
  return status;
}

// Acquires and keeps for ever when [hold] is negative.
static asyncio_task *start(const char *name, asyncio_semaphore *semaphore, double hold) {
  return asyncio_create_task(semaphore_actor_coroutine(name, semaphore, hold));
}

static void finish(asyncio_task *task, asyncio_status status) {
  CHECK_ERROR(asyncio_await(task, NULL), status, NULL);
  asyncio_unref(task);
}

ASYNCIO_STATIC_COROUTINE(shares) {
  asyncio_semaphore two;
  clock_start();
  CHECK_OK(asyncio_semaphore_init(&two, 2));
  CHECK(!asyncio_semaphore_locked(&two));
  asyncio_task *a = start("a", &two, 1), *b = start("b", &two, 2), *c = start("c", &two, 3), *d = start("d", &two, 1);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_semaphore_locked(&two));
  CHECK_TEXT(asyncio_task_waiting_for(d), "semaphore");
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  finish(c, ASYNCIO_OK);
  finish(d, ASYNCIO_OK);
  CHECK(!asyncio_semaphore_locked(&two));
  return ASYNCIO_OK;
}

TEST(semaphore_lets_so_many_in_at_a_time_in_the_order_they_came) {
  run(shares_coroutine());
  EXPECT_TRACE("a OK at 0", "b OK at 0", "c OK at 1", "d OK at 2");
}

ASYNCIO_STATIC_COROUTINE(does_not_barge) {
  asyncio_semaphore one;
  clock_start();
  CHECK_OK(asyncio_semaphore_init(&one, 1));
  CHECK_OK(asyncio_semaphore_acquire(&one));
  asyncio_task *a = start("a", &one, 1), *b = start("b", &one, 1);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_semaphore_release(&one));
  CHECK_OK(asyncio_semaphore_release(&one));
  CHECK_OK(asyncio_semaphore_release(&one));
  CHECK(asyncio_semaphore_locked(&one));
  asyncio_value value;
  CHECK_OK(asyncio_await(asyncio_semaphore_acquire_coroutine(&one), &value));
  CHECK(asyncio_value_bool(value));
  trace("main at %g", clock_elapsed());
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  return ASYNCIO_OK;
}

TEST(semaphore_is_locked_while_others_wait_even_with_some_left) {
  run(does_not_barge_coroutine());
  EXPECT_TRACE("a OK at 0", "b OK at 0", "main at 0");
}

ASYNCIO_STATIC_COROUTINE(cancels_waiters) {
  asyncio_semaphore one;
  clock_start();
  CHECK_OK(asyncio_semaphore_init(&one, 0));
  asyncio_task *a = start("a", &one, -1), *b = start("b", &one, -1), *c = start("c", &one, -1),
               *d = start("d", &one, -1);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(a, NULL));
  CHECK_OK(asyncio_semaphore_release(&one));
  CHECK(asyncio_task_cancel(b, NULL));
  finish(c, ASYNCIO_OK);
  finish(a, ASYNCIO_CANCELLED_ERROR);
  finish(b, ASYNCIO_CANCELLED_ERROR);
  CHECK(!asyncio_future_done(d));
  CHECK_OK(asyncio_semaphore_release(&one));
  finish(d, ASYNCIO_OK);
  CHECK(asyncio_semaphore_locked(&one));
  return ASYNCIO_OK;
}

TEST(cancelled_waiter_of_a_semaphore_gives_back_what_it_was_given) {
  run(cancels_waiters_coroutine());
  EXPECT_TRACE("a CancelledError at 0", "b CancelledError at 0", "c OK at 0", "d OK at 0");
}

ASYNCIO_STATIC_COROUTINE(releases_while_a_cancelled_one_waits) {
  asyncio_semaphore one;
  clock_start();
  CHECK_OK(asyncio_semaphore_init(&one, 1));
  CHECK_OK(asyncio_semaphore_acquire(&one));
  asyncio_task *a = start("a", &one, -1);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(a, NULL));
  CHECK_OK(asyncio_semaphore_release(&one));
  CHECK(!asyncio_semaphore_locked(&one));
  CHECK_OK(asyncio_semaphore_acquire(&one));
  trace("main at once");
  finish(a, ASYNCIO_CANCELLED_ERROR);
  CHECK_ERROR(asyncio_wait_for(asyncio_semaphore_acquire_coroutine(&one), 1, NULL), ASYNCIO_TIMEOUT_ERROR, NULL);
  asyncio_unref(asyncio_ref(asyncio_semaphore_acquire_coroutine(&one)));
  CHECK_OK(asyncio_semaphore_release(&one));
  return ASYNCIO_OK;
}

TEST(semaphore_whose_waiters_are_all_cancelled_is_free) {
  run(releases_while_a_cancelled_one_waits_coroutine());
  EXPECT_TRACE("main at once", "a CancelledError at 0");
}

ASYNCIO_STATIC_COROUTINE(bounds) {
  asyncio_semaphore semaphore;
  clock_start();
  CHECK_OK(asyncio_bounded_semaphore_init(&semaphore, 1));
  CHECK_ERROR(asyncio_semaphore_release(&semaphore), ASYNCIO_VALUE_ERROR, "BoundedSemaphore released too many times");
  CHECK_OK(asyncio_semaphore_acquire(&semaphore));
  asyncio_task *a = start("a", &semaphore, 0);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_semaphore_release(&semaphore));
  finish(a, ASYNCIO_OK);
  CHECK_ERROR(asyncio_semaphore_release(&semaphore), ASYNCIO_VALUE_ERROR, "BoundedSemaphore released too many times");
  CHECK_OK(asyncio_semaphore_init(&semaphore, INT_MAX - 1));
  CHECK_OK(asyncio_semaphore_release(&semaphore));
  CHECK_ERROR(asyncio_semaphore_release(&semaphore), ASYNCIO_VALUE_ERROR, "Semaphore released too many times");
  CHECK_ERROR(asyncio_semaphore_init(&semaphore, -1), ASYNCIO_VALUE_ERROR, "Semaphore initial value must be >= 0");
  CHECK(asyncio_semaphore_locked(&semaphore));
  CHECK_ERROR(asyncio_bounded_semaphore_init(&semaphore, -1), ASYNCIO_VALUE_ERROR, NULL);
  CHECK_ERROR(asyncio_semaphore_release(&semaphore), ASYNCIO_VALUE_ERROR, "BoundedSemaphore released too many times");
  return ASYNCIO_OK;
}

TEST(bounded_semaphore_refuses_what_was_not_acquired) {
  run(bounds_coroutine());
  EXPECT_TRACE("a OK at 0");
}
