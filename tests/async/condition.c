// SPDX-License-Identifier: MIT
// src/async/condition.c: notifications are not lost, and the lock is held again whatever happens.
#include "actors.h"

ASYNCIO_STATIC_COROUTINE(condition_actor, (const char *, name), (asyncio_condition *, condition)) {
  ASYNCIO_TRY(asyncio_condition_acquire(condition));
  trace("%s waits", name);
  asyncio_status status = asyncio_condition_wait(condition);
  trace("%s %s at %g", name, asyncio_error_name(status), clock_elapsed());
  CHECK(asyncio_condition_locked(condition));
  CHECK_OK(asyncio_condition_release(condition));
  return status;
}

static asyncio_task *start(const char *name, asyncio_condition *condition) {
  return asyncio_create_task(condition_actor_coroutine(name, condition));
}

static void finish(asyncio_task *task, asyncio_status status) {
  CHECK_ERROR(asyncio_await(task, NULL), status, NULL);
  asyncio_unref(task);
}

static void notify(asyncio_condition *condition, int count) {
  CHECK_OK(asyncio_await(asyncio_condition_acquire_coroutine(condition), NULL));
  CHECK_OK(asyncio_condition_notify(condition, count));
  CHECK_OK(asyncio_condition_release(condition));
}

ASYNCIO_STATIC_COROUTINE(notifies) {
  asyncio_condition condition;
  clock_start();
  asyncio_condition_init(&condition, NULL);
  asyncio_task *a = start("a", &condition), *b = start("b", &condition), *c = start("c", &condition),
               *d = start("d", &condition);
  CHECK_OK(asyncio_sleep(1));
  CHECK(!asyncio_condition_locked(&condition));
  CHECK_TEXT(asyncio_task_waiting_for(a), "condition");
  notify(&condition, 1);
  CHECK_OK(asyncio_sleep(1));
  notify(&condition, 0);
  notify(&condition, -1);
  CHECK_OK(asyncio_sleep(1));
  notify(&condition, 2);
  CHECK_OK(asyncio_sleep(1));
  CHECK(!asyncio_future_done(d));
  CHECK_OK(asyncio_condition_acquire(&condition));
  CHECK_OK(asyncio_condition_notify_all(&condition));
  trace("notified all");
  CHECK_OK(asyncio_sleep(1));
  CHECK_OK(asyncio_condition_release(&condition));
  finish(d, ASYNCIO_OK);
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  finish(c, ASYNCIO_OK);
  return ASYNCIO_OK;
}

TEST(condition_wakes_as_many_as_are_notified_once_the_lock_is_free) {
  run(notifies_coroutine());
  EXPECT_TRACE("a waits", "b waits", "c waits", "d waits", "a OK at 1", "b OK at 3", "c OK at 3", "notified all",
               "d OK at 5");
}

ASYNCIO_STATIC_COROUTINE(has_no_lock) {
  asyncio_condition condition = {0};
  CHECK_ERROR(asyncio_condition_wait(&condition), ASYNCIO_RUNTIME_ERROR, "cannot wait on un-acquired lock");
  CHECK_ERROR(asyncio_await(asyncio_condition_wait_coroutine(&condition), NULL), ASYNCIO_RUNTIME_ERROR,
              "cannot wait on un-acquired lock");
  CHECK_ERROR(asyncio_condition_notify(&condition, 1), ASYNCIO_RUNTIME_ERROR, "cannot notify on un-acquired lock");
  CHECK_ERROR(asyncio_condition_notify_all(&condition), ASYNCIO_RUNTIME_ERROR, "cannot notify on un-acquired lock");
  CHECK_ERROR(asyncio_condition_release(&condition), ASYNCIO_RUNTIME_ERROR, "Lock is not acquired.");
  return ASYNCIO_OK;
}

TEST(condition_needs_its_lock) { run(has_no_lock_coroutine()); }

ASYNCIO_STATIC_COROUTINE(shares_a_lock) {
  asyncio_lock lock = {0};
  asyncio_condition full, empty;
  clock_start();
  asyncio_condition_init(&full, &lock);
  asyncio_condition_init(&empty, &lock);
  asyncio_task *a = start("full", &full), *b = start("empty", &empty);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_lock_acquire(&lock));
  CHECK(asyncio_condition_locked(&full) && asyncio_condition_locked(&empty));
  CHECK_OK(asyncio_condition_notify_all(&empty));
  CHECK_OK(asyncio_lock_release(&lock));
  finish(b, ASYNCIO_OK);
  notify(&full, 1);
  finish(a, ASYNCIO_OK);
  return ASYNCIO_OK;
}

TEST(conditions_may_share_a_lock) {
  run(shares_a_lock_coroutine());
  EXPECT_TRACE("full waits", "empty waits", "empty OK at 0", "full OK at 0");
}

// ---- With a predicate

typedef struct counter {
  asyncio_condition condition;
  int count, looks;
} counter;

static bool is_three(void *arg) {
  counter *self = arg;
  self->looks++;
  CHECK_ERROR(asyncio_sleep(0), ASYNCIO_RUNTIME_ERROR, NULL);
  return self->count == 3;
}

ASYNCIO_STATIC_COROUTINE(waits_for_three, (counter *, self)) {
  ASYNCIO_TRY(asyncio_condition_acquire(&self->condition));
  CHECK_OK(asyncio_condition_wait_for(&self->condition, is_three, self));
  CHECK_INT(self->looks, 4);
  CHECK_OK(asyncio_condition_wait_for(&self->condition, is_three, self));
  return asyncio_condition_release(&self->condition);
}

ASYNCIO_STATIC_COROUTINE(counts_to_three) {
  counter self = {.count = 0};
  asyncio_task *task = asyncio_create_task(waits_for_three_coroutine(&self));
  for (self.count = 0; self.count < 3;) {
    CHECK_OK(asyncio_sleep(1));
    self.count++;
    notify(&self.condition, 1);
  }
  finish(task, ASYNCIO_OK);
  CHECK_OK(asyncio_condition_acquire(&self.condition));
  asyncio_value value;
  CHECK_OK(asyncio_await(asyncio_condition_wait_for_coroutine(&self.condition, is_three, &self), &value));
  CHECK(asyncio_value_bool(value));
  self.count = 4;
  asyncio_future *object = asyncio_condition_wait_for_coroutine(&self.condition, is_three, &self);
  CHECK_ERROR(asyncio_wait_for(object, 1, NULL), ASYNCIO_TIMEOUT_ERROR, NULL);
  CHECK(asyncio_condition_locked(&self.condition));
  return asyncio_condition_release(&self.condition);
}

TEST(condition_waits_for_a_predicate_that_is_asked_at_each_notification_and_cannot_suspend) {
  run(counts_to_three_coroutine());
}

// ---- Cancelled

ASYNCIO_STATIC_COROUTINE(cancels_the_wait) {
  asyncio_condition condition = {0};
  clock_start();
  asyncio_task *a = start("a", &condition), *b = start("b", &condition);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_condition_acquire(&condition));
  CHECK(asyncio_task_cancel(a, "first"));
  CHECK_OK(asyncio_sleep(1));
  CHECK_TEXT(asyncio_task_waiting_for(a), "lock");
  CHECK(asyncio_task_cancel(a, "second"));
  CHECK_OK(asyncio_sleep(1));
  CHECK(!asyncio_future_done(a));
  CHECK_OK(asyncio_condition_release(&condition));
  CHECK_ERROR(asyncio_await(a, NULL), ASYNCIO_CANCELLED_ERROR, "second");
  asyncio_unref(a);
  finish(b, ASYNCIO_OK);
  CHECK(!asyncio_condition_locked(&condition));
  return ASYNCIO_OK;
}

TEST(cancelled_wait_acquires_the_lock_again_fails_with_the_latest_words_and_notifies_another) {
  run(cancels_the_wait_coroutine());
  EXPECT_TRACE("a waits", "b waits", "a CancelledError at 2", "b OK at 2");
}

ASYNCIO_STATIC_COROUTINE(cancels_after_the_notification) {
  asyncio_condition condition = {0};
  clock_start();
  asyncio_task *a = start("a", &condition), *b = start("b", &condition), *c = start("c", &condition);
  CHECK_OK(asyncio_sleep(0));
  notify(&condition, 1);
  CHECK(asyncio_task_cancel(a, NULL));
  finish(a, ASYNCIO_CANCELLED_ERROR);
  finish(b, ASYNCIO_OK);
  CHECK_OK(asyncio_sleep(1));
  CHECK(!asyncio_future_done(c));
  CHECK(asyncio_task_cancel(c, NULL));
  finish(c, ASYNCIO_CANCELLED_ERROR);
  return ASYNCIO_OK;
}

TEST(wait_cancelled_after_its_notification_passes_that_on) {
  run(cancels_after_the_notification_coroutine());
  EXPECT_TRACE("a waits", "b waits", "c waits", "a CancelledError at 0", "b OK at 0", "c CancelledError at 1");
}

ASYNCIO_STATIC_COROUTINE(cancels_while_acquiring) {
  asyncio_condition condition = {0};
  clock_start();
  asyncio_task *a = start("a", &condition), *b = start("b", &condition);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_condition_acquire(&condition));
  CHECK_OK(asyncio_condition_notify(&condition, 1));
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(a, NULL));
  CHECK_OK(asyncio_sleep(1));
  CHECK_OK(asyncio_condition_release(&condition));
  finish(b, ASYNCIO_OK);
  finish(a, ASYNCIO_CANCELLED_ERROR);
  return ASYNCIO_OK;
}

TEST(wait_cancelled_as_it_acquires_the_lock_again_passes_its_notification_on) {
  run(cancels_while_acquiring_coroutine());
  EXPECT_TRACE("a waits", "b waits", "a CancelledError at 2", "b OK at 2");
}

static asyncio_condition shared;

TEST(condition_waits_end_with_a_closed_loop) {
  asyncio_condition_init(&shared, NULL);
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(condition_actor_coroutine("a", &shared), .loop = loop));
  asyncio_unref(asyncio_create_task(condition_actor_coroutine("b", &shared), .loop = loop));
  CHECK_OK(asyncio_loop_run_until_complete(loop, asyncio_sleep_coroutine(0, asyncio_none()), NULL));
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
  CHECK(!shared.asyncio__waiters.waiting.first && !shared.asyncio__waiters.woken.first);
  CHECK(!shared.asyncio__own.asyncio__waiters.waiting.first);
  EXPECT_TRACE("a waits", "b waits", "Task was destroyed but it is pending", "a CancelledError at 2",
               "Task was destroyed but it is pending", "b CancelledError at 2");
}
