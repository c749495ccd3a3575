// SPDX-License-Identifier: MIT
// src/async/lock.c: fairness, and what becomes of the turn of a waiter that is cancelled.
#include "actors.h"

// Acquires, holds for [hold] seconds (0: one iteration, less: not at all), releases.
ASYNCIO_STATIC_COROUTINE(lock_actor, (const char *, name), (asyncio_lock *, lock), (double, hold)) {
  asyncio_status status = asyncio_lock_acquire(lock);
  trace("%s %s at %g", name, asyncio_error_name(status), clock_elapsed());
  if (status) return status;
  status = hold < 0 ? ASYNCIO_OK : asyncio_sleep(hold);
  CHECK_OK(asyncio_lock_release(lock));
  return status;
}

static asyncio_task *start(const char *name, asyncio_lock *lock, double hold) {
  return asyncio_create_task(lock_actor_coroutine(name, lock, hold));
}

static void finish(asyncio_task *task, asyncio_status status) {
  CHECK_ERROR(asyncio_await(task, NULL), status, NULL);
  asyncio_unref(task);
}

static void check_free(const asyncio_lock *lock) {
  CHECK(!asyncio_lock_locked(lock));
  CHECK(!lock->asyncio__waiters.waiting.first && !lock->asyncio__waiters.woken.first);
}

ASYNCIO_STATIC_COROUTINE(takes_turns) {
  asyncio_lock lock;
  clock_start();
  asyncio_lock_init(&lock);
  asyncio_task *a = start("a", &lock, 1), *b = start("b", &lock, 1), *c = start("c", &lock, 1);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_lock_locked(&lock));
  CHECK_TEXT(asyncio_task_waiting_for(c), "lock");
  finish(c, ASYNCIO_OK);
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  check_free(&lock);
  return ASYNCIO_OK;
}

TEST(lock_is_one_tasks_at_a_time_in_the_order_they_came) {
  run(takes_turns_coroutine());
  EXPECT_TRACE("a OK at 0", "b OK at 1", "c OK at 2");
}

ASYNCIO_STATIC_COROUTINE(takes_what_is_free) {
  asyncio_lock lock = {0};
  asyncio_value value;
  asyncio_task *ticks = asyncio_create_task(ticking_actor_coroutine(1));
  CHECK_OK(asyncio_lock_acquire(&lock));
  CHECK_OK(asyncio_lock_release(&lock));
  CHECK_OK(asyncio_await(asyncio_lock_acquire_coroutine(&lock), &value));
  CHECK(asyncio_value_bool(value));
  CHECK_OK(asyncio_lock_release(&lock));
  CHECK_ERROR(asyncio_lock_release(&lock), ASYNCIO_RUNTIME_ERROR, "Lock is not acquired.");
  trace("no iteration passed");
  check_gives(ticks, 0);
  asyncio_unref(ticks);
  return ASYNCIO_OK;
}

TEST(free_lock_is_acquired_without_suspending) {
  run(takes_what_is_free_coroutine());
  EXPECT_TRACE("no iteration passed", "tick 1");
}

ASYNCIO_STATIC_COROUTINE(barges) {
  asyncio_lock lock = {0};
  clock_start();
  CHECK_OK(asyncio_lock_acquire(&lock));
  asyncio_task *a = start("a", &lock, -1), *b = start("b", &lock, -1);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_lock_release(&lock));
  CHECK(!asyncio_lock_locked(&lock));
  CHECK_OK(asyncio_lock_acquire(&lock));
  trace("main");
  CHECK_OK(asyncio_lock_release(&lock));
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  check_free(&lock);
  return ASYNCIO_OK;
}

TEST(released_lock_goes_to_who_waits_and_not_to_who_releases) {
  run(barges_coroutine());
  EXPECT_TRACE("a OK at 0", "b OK at 0", "main");
}

// ---- Cancelled waiters

ASYNCIO_STATIC_COROUTINE(cancels_before_release) {
  asyncio_lock lock = {0};
  clock_start();
  CHECK_OK(asyncio_lock_acquire(&lock));
  asyncio_task *a = start("a", &lock, -1), *b = start("b", &lock, -1), *c = start("c", &lock, -1);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(b, NULL));
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_lock_release(&lock));
  finish(c, ASYNCIO_OK);
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_CANCELLED_ERROR);
  check_free(&lock);
  return ASYNCIO_OK;
}

TEST(cancelled_waiter_is_passed_over) {
  run(cancels_before_release_coroutine());
  EXPECT_TRACE("b CancelledError at 0", "a OK at 0", "c OK at 0");
}

ASYNCIO_STATIC_COROUTINE(cancels_after_release) {
  asyncio_lock lock = {0};
  clock_start();
  CHECK_OK(asyncio_lock_acquire(&lock));
  asyncio_task *a = start("a", &lock, -1), *b = start("b", &lock, -1);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_lock_release(&lock));
  CHECK(asyncio_task_cancel(a, NULL));
  asyncio_task *late = start("late", &lock, -1);
  finish(b, ASYNCIO_OK);
  finish(a, ASYNCIO_CANCELLED_ERROR);
  finish(late, ASYNCIO_OK);
  check_free(&lock);
  return ASYNCIO_OK;
}

TEST(waiter_cancelled_after_it_was_woken_passes_the_lock_on) {
  run(cancels_after_release_coroutine());
  EXPECT_TRACE("a CancelledError at 0", "b OK at 0", "late OK at 0");
}

// asyncio's lock hands on from a cancelled first waiter when that one goes on, an iteration after the release.
ASYNCIO_STATIC_COROUTINE(cancels_in_the_iteration_of_the_release) {
  asyncio_lock lock = {0};
  clock_start();
  CHECK_OK(asyncio_lock_acquire(&lock));
  asyncio_task *a = start("a", &lock, -1), *b = start("b", &lock, -1);
  CHECK_OK(asyncio_sleep(0));
  asyncio_task *ticks = asyncio_create_task(ticking_actor_coroutine(3));
  CHECK(asyncio_task_cancel(a, NULL));
  CHECK_OK(asyncio_lock_release(&lock));
  check_gives(ticks, 0);
  finish(a, ASYNCIO_CANCELLED_ERROR);
  finish(b, ASYNCIO_OK);
  asyncio_unref(ticks);
  check_free(&lock);
  return ASYNCIO_OK;
}

TEST(first_waiter_cancelled_before_the_release_hands_on_as_it_goes_on) {
  run(cancels_in_the_iteration_of_the_release_coroutine());
  EXPECT_TRACE("tick 1", "a CancelledError at 0", "tick 2", "b OK at 0", "tick 3");
}

ASYNCIO_STATIC_COROUTINE(cancels_all) {
  asyncio_lock lock = {0};
  clock_start();
  CHECK_OK(asyncio_lock_acquire(&lock));
  asyncio_task *a = start("a", &lock, -1), *b = start("b", &lock, -1);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(b, NULL));
  CHECK(asyncio_task_cancel(a, NULL));
  CHECK_OK(asyncio_lock_release(&lock));
  CHECK_OK(asyncio_lock_acquire(&lock));
  trace("main at once");
  asyncio_task *c = start("c", &lock, -1);
  finish(a, ASYNCIO_CANCELLED_ERROR);
  finish(b, ASYNCIO_CANCELLED_ERROR);
  CHECK_OK(asyncio_lock_release(&lock));
  finish(c, ASYNCIO_OK);
  check_free(&lock);
  return ASYNCIO_OK;
}

TEST(lock_whose_waiters_are_all_cancelled_is_free) {
  run(cancels_all_coroutine());
  EXPECT_TRACE("main at once", "b CancelledError at 0", "a CancelledError at 0", "c OK at 0");
}

ASYNCIO_STATIC_COROUTINE(limits_acquiring) {
  asyncio_lock lock = {0};
  CHECK_OK(asyncio_lock_acquire(&lock));
  CHECK_ERROR(asyncio_wait_for(asyncio_lock_acquire_coroutine(&lock), 1, NULL), ASYNCIO_TIMEOUT_ERROR, NULL);
  asyncio_task *unstarted = asyncio_create_task(asyncio_lock_acquire_coroutine(&lock));
  CHECK(asyncio_task_cancel(unstarted, NULL));
  finish(unstarted, ASYNCIO_CANCELLED_ERROR);
  asyncio_unref(asyncio_ref(asyncio_lock_acquire_coroutine(&lock)));
  CHECK_OK(asyncio_lock_release(&lock));
  check_free(&lock);
  return ASYNCIO_OK;
}

TEST(acquiring_that_takes_too_long_leaves_the_lock_alone) { run(limits_acquiring_coroutine()); }

// ---- Tasks that end without going on

static asyncio_lock shared;

ASYNCIO_STATIC_COROUTINE(insists_on_the_lock) {
  while (asyncio_lock_acquire(&shared)) continue;
  return ASYNCIO_OK;
}

TEST(task_that_is_abandoned_with_its_loop_no_longer_waits_for_its_lock) {
  asyncio_lock_init(&shared);
  shared.asyncio__locked = true;
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(insists_on_the_lock_coroutine(), .loop = loop));
  asyncio_unref(asyncio_create_task(asyncio_lock_acquire_coroutine(&shared), .loop = loop));
  CHECK_OK(asyncio_loop_run_until_complete(loop, asyncio_sleep_coroutine(0, asyncio_none()), NULL));
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
  EXPECT_TRACE("Task was destroyed but it is pending", "Task was destroyed but it is pending");
  CHECK_OK(asyncio_lock_release(&shared));
  check_free(&shared);
}

#if defined(__EMSCRIPTEN__) && !defined(ASYNCIO_NO_ASYNCIFY)
// Frames that are left where the record of a switch does not fit beside them.
static __attribute__((noinline)) asyncio_status recurse(const char *top, volatile int *depth) {
  volatile char here = 0;
  int before = *depth;
  ++*depth;
  bool deep = top - (const char *)&here >= 4096 - 1500;
  asyncio_status status = deep ? asyncio_lock_acquire(&shared) : recurse(top, depth);
  *depth = before + here;
  return status;
}

ASYNCIO_STATIC_COROUTINE(overflows_waiting) {
  char top = 0;
  volatile int depth = 0;
  return recurse(&top, &depth);
}

ASYNCIO_STATIC_COROUTINE(releases_after_an_overflow) {
  clock_start();
  asyncio_lock_init(&shared);
  CHECK_OK(asyncio_lock_acquire(&shared));
  asyncio_task *deep = asyncio_create_task(overflows_waiting_coroutine(), .stack_size = 4096);
  asyncio_task *other = start("other", &shared, -1);
  finish(deep, ASYNCIO_MEMORY_ERROR);
  CHECK_OK(asyncio_lock_release(&shared));
  finish(other, ASYNCIO_OK);
  check_free(&shared);
  return ASYNCIO_OK;
}

TEST(task_that_overflows_as_it_waits_no_longer_waits_for_its_lock) {
  run(releases_after_an_overflow_coroutine());
  EXPECT_TRACE("other OK at 0");
}
#endif
