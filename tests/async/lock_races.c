// SPDX-License-Identifier: MIT
// src/async/lock.c, condition.c, semaphore.c: who comes next when releases, cancellations and new arrivals fall
// together.
#include <math.h>

#include "actors.h"

static void finish(asyncio_task *task, asyncio_status status) {
  CHECK_ERROR(asyncio_await(task, NULL), status, NULL);
  asyncio_unref(task);
}

// ---- Locks

// Keeps it for ever.
ASYNCIO_STATIC_COROUTINE(takes_lock, (const char *, name), (asyncio_lock *, lock)) {
  asyncio_status status = asyncio_lock_acquire(lock);
  trace("%s %s", name, asyncio_error_name(status));
  return status;
}

ASYNCIO_STATIC_COROUTINE(cancels_and_releases) {
  asyncio_lock lock = {0};
  CHECK_OK(asyncio_lock_acquire(&lock));
  asyncio_task *a = asyncio_create_task(takes_lock_coroutine("a", &lock));
  asyncio_task *b = asyncio_create_task(takes_lock_coroutine("b", &lock));
  asyncio_task *c = asyncio_create_task(takes_lock_coroutine("c", &lock));
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(a, NULL));
  CHECK_OK(asyncio_lock_release(&lock));
  finish(a, ASYNCIO_CANCELLED_ERROR);
  finish(b, ASYNCIO_OK);
  CHECK_OK(asyncio_sleep(1));
  CHECK(!asyncio_future_done(c));
  CHECK(asyncio_task_cancel(c, NULL));
  finish(c, ASYNCIO_CANCELLED_ERROR);
  return asyncio_lock_release(&lock);
}

TEST(only_one_takes_a_lock_that_is_released_as_its_first_waiter_is_cancelled) {
  run(cancels_and_releases_coroutine());
  EXPECT_TRACE("a CancelledError", "b OK", "c CancelledError");
}

static asyncio_lock shared_lock;
static asyncio_condition shared_condition;

ASYNCIO_STATIC_COROUTINE(waits_for_both) {
  asyncio_unref(asyncio_create_task(asyncio_lock_acquire_coroutine(&shared_lock)));
  ASYNCIO_TRY(asyncio_condition_acquire(&shared_condition));
  asyncio_status status = asyncio_condition_wait(&shared_condition);
  CHECK_OK(asyncio_condition_release(&shared_condition));
  return status;
}

ASYNCIO_STATIC_COROUTINE(waits_on_another_loop) {
  CHECK_ERROR(asyncio_lock_acquire(&shared_lock), ASYNCIO_RUNTIME_ERROR,
              "Those who wait here (lock) are bound to a different event loop");
  CHECK_OK(asyncio_condition_acquire(&shared_condition));
  CHECK_ERROR(asyncio_condition_wait(&shared_condition), ASYNCIO_RUNTIME_ERROR,
              "Those who wait here (condition) are bound to a different event loop");
  CHECK(asyncio_condition_locked(&shared_condition));
  return asyncio_condition_release(&shared_condition);
}

TEST(locks_and_conditions_are_one_loops_at_a_time) {
  asyncio_lock_init(&shared_lock);
  shared_lock.asyncio__locked = true;
  asyncio_condition_init(&shared_condition, NULL);
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(waits_for_both_coroutine(), .loop = loop));
  CHECK_OK(asyncio_loop_run_until_complete(loop, asyncio_sleep_coroutine(1, asyncio_none()), NULL));
  run(waits_on_another_loop_coroutine());
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
  EXPECT_TRACE("Task was destroyed but it is pending", "Task was destroyed but it is pending");
}

// ---- Conditions

static bool is_true(void *arg) { return *(bool *)arg; }

ASYNCIO_STATIC_COROUTINE(asks_without_the_lock) {
  asyncio_condition condition = {0};
  bool holds = true;
  CHECK_OK(asyncio_condition_wait_for(&condition, is_true, &holds));
  holds = false;
  CHECK_ERROR(asyncio_condition_wait_for(&condition, is_true, &holds), ASYNCIO_RUNTIME_ERROR,
              "cannot wait on un-acquired lock");
  CHECK(!asyncio_condition_locked(&condition));
  return ASYNCIO_OK;
}

TEST(condition_whose_predicate_holds_needs_no_lock) { run(asks_without_the_lock_coroutine()); }

ASYNCIO_STATIC_COROUTINE(waits_and_keeps, (asyncio_condition *, condition)) {
  ASYNCIO_TRY(asyncio_condition_acquire(condition));
  asyncio_status status = asyncio_condition_wait(condition);
  trace("%s, %s", asyncio_error_name(status), asyncio_condition_locked(condition) ? "locked" : "free");
  return status;
}

static asyncio_status cancel_it(void *arg) {
  CHECK(asyncio_task_cancel(arg, NULL));
  return ASYNCIO_OK;
}

static asyncio_status release_it(void *arg) { return asyncio_condition_release(arg); }

ASYNCIO_STATIC_COROUTINE(cancels_as_the_lock_is_contested) {
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio_condition condition = {0};
  asyncio_task *task = asyncio_create_task(waits_and_keeps_coroutine(&condition));
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_condition_acquire(&condition));
  CHECK_OK(asyncio_condition_notify(&condition, 1));
  CHECK_OK(asyncio_loop_call_soon(loop, cancel_it, task, NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, release_it, &condition, NULL));
  asyncio_status status = asyncio_await(task, NULL);
  CHECK(status == ASYNCIO_OK || status == ASYNCIO_CANCELLED_ERROR);
  CHECK(asyncio_condition_locked(&condition));
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(wait_cancelled_on_its_way_to_a_contested_lock_ends_with_the_lock) {
  run(cancels_as_the_lock_is_contested_coroutine());
  EXPECT_TRACE("CancelledError, locked");
}

// ---- Semaphores

// Acquires [times] times and traces each; with [hold] it sleeps and releases each time, else it keeps them.
ASYNCIO_STATIC_COROUTINE(asks_again, (const char *, name), (asyncio_semaphore *, semaphore), (int, times),
                         (bool, hold)) {
  for (int i = 1; i <= times; i++) {
    asyncio_status status = asyncio_semaphore_acquire(semaphore);
    trace("%s %s %d", name, asyncio_error_name(status), i);
    ASYNCIO_TRY(status);
    if (hold) ASYNCIO_TRY(asyncio_sleep(1));
    if (hold || i < times) CHECK_OK(asyncio_semaphore_release(semaphore));
  }
  return ASYNCIO_OK;
}

static asyncio_task *ask(const char *name, asyncio_semaphore *semaphore, int times, bool hold) {
  return asyncio_create_task(asks_again_coroutine(name, semaphore, times, hold));
}

ASYNCIO_STATIC_COROUTINE(shares_nothing) {
  asyncio_semaphore none;
  CHECK_OK(asyncio_semaphore_init(&none, 0));
  CHECK(asyncio_semaphore_locked(&none));
  CHECK_OK(asyncio_semaphore_release(&none));
  CHECK(!asyncio_semaphore_locked(&none));
  CHECK_OK(asyncio_semaphore_acquire(&none));
  CHECK(asyncio_semaphore_locked(&none));
  return ASYNCIO_OK;
}

TEST(semaphore_of_none_is_locked_until_it_is_released) { run(shares_nothing_coroutine()); }

ASYNCIO_STATIC_COROUTINE(ask_in_turn) {
  asyncio_semaphore one;
  CHECK_OK(asyncio_semaphore_init(&one, 1));
  asyncio_task *a = ask("a", &one, 2, true), *b = ask("b", &one, 2, true), *c = ask("c", &one, 2, true);
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  finish(c, ASYNCIO_OK);
  a = ask("a", &one, 1, false), b = ask("b", &one, 2, false), c = ask("c", &one, 1, false);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_semaphore_release(&one));
  CHECK_OK(asyncio_semaphore_release(&one));
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  finish(c, ASYNCIO_OK);
  return ASYNCIO_OK;
}

TEST(those_who_ask_a_semaphore_again_come_after_those_who_wait) {
  run(ask_in_turn_coroutine());
  EXPECT_TRACE("a OK 1", "b OK 1", "c OK 1", "a OK 2", "b OK 2", "c OK 2", "a OK 1", "b OK 1", "c OK 1", "b OK 2");
}

ASYNCIO_STATIC_COROUTINE(cancels_the_first_two) {
  asyncio_semaphore none;
  CHECK_OK(asyncio_semaphore_init(&none, 0));
  asyncio_task *a = ask("a", &none, 1, false), *b = ask("b", &none, 1, false), *c = ask("c", &none, 1, false),
               *d = ask("d", &none, 1, false), *e = ask("e", &none, 1, false);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(a, NULL));
  CHECK(asyncio_task_cancel(b, NULL));
  CHECK_OK(asyncio_semaphore_release(&none));
  finish(a, ASYNCIO_CANCELLED_ERROR);
  finish(b, ASYNCIO_CANCELLED_ERROR);
  finish(c, ASYNCIO_OK);
  CHECK_OK(asyncio_sleep(1));
  CHECK(!asyncio_future_done(d));
  CHECK_OK(asyncio_semaphore_release(&none));
  CHECK_OK(asyncio_semaphore_release(&none));
  finish(e, ASYNCIO_OK);
  finish(d, ASYNCIO_OK);
  CHECK(asyncio_semaphore_locked(&none));
  return ASYNCIO_OK;
}

TEST(releases_pass_over_the_cancelled_and_wake_as_many_as_there_are) {
  run(cancels_the_first_two_coroutine());
  EXPECT_TRACE("a CancelledError 1", "b CancelledError 1", "c OK 1", "d OK 1", "e OK 1");
}

ASYNCIO_STATIC_COROUTINE(says, (const char *, word)) {
  trace("%s", word);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(asks_and_says, (asyncio_semaphore *, semaphore)) {
  ASYNCIO_TRY(asyncio_semaphore_acquire(semaphore));
  trace("a");
  asyncio_unref(asyncio_create_task(says_coroutine("made by a")));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(releases_and_asks, (asyncio_semaphore *, semaphore)) {
  for (int i = 0; i < 3; i++) CHECK_OK(asyncio_semaphore_release(semaphore));
  CHECK(asyncio_semaphore_locked(semaphore));
  ASYNCIO_TRY(asyncio_semaphore_acquire(semaphore));
  trace("b");
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(ask_and_release) {
  asyncio_semaphore none;
  CHECK_OK(asyncio_semaphore_init(&none, 0));
  asyncio_task *a = asyncio_create_task(asks_and_says_coroutine(&none));
  asyncio_task *b = asyncio_create_task(releases_and_asks_coroutine(&none)), *c = ask("c", &none, 1, false);
  finish(c, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  finish(a, ASYNCIO_OK);
  return asyncio_sleep(0);
}

TEST(release_by_one_who_then_asks_serves_those_who_wait_first) {
  run(ask_and_release_coroutine());
  EXPECT_TRACE("a", "b", "c OK 1", "made by a");
}

ASYNCIO_STATIC_COROUTINE(cancels_the_only_one_woken) {
  asyncio_semaphore one;
  CHECK_OK(asyncio_semaphore_init(&one, 1));
  CHECK_OK(asyncio_semaphore_acquire(&one));
  asyncio_task *a = ask("a", &one, 1, false);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_semaphore_release(&one));
  CHECK(asyncio_task_cancel(a, NULL));
  finish(a, ASYNCIO_CANCELLED_ERROR);
  CHECK(!asyncio_semaphore_locked(&one));
  CHECK_OK(asyncio_wait_for(asyncio_semaphore_acquire_coroutine(&one), 1, NULL));
  return ASYNCIO_OK;
}

TEST(semaphore_whose_only_waiter_is_cancelled_as_it_is_woken_is_free) {
  run(cancels_the_only_one_woken_coroutine());
  EXPECT_TRACE("a CancelledError 1");
}
