// SPDX-License-Identifier: MIT
// Conditions. A wait has two halves, for the notification and for the lock, and either may be cancelled: the second is
// then begun again, since whoever waits must hold the lock when it goes on, and the latest cancellation is what it
// fails with. Invariant: a notification is not lost: a wait that fails after it may have been notified notifies
// another.
#include "condition.h"

#include "../base/barrier.h"
#include "../core/runtime.h"

enum { START, NOTIFIED, ACQUIRING };

void asyncio_condition_init(asyncio_condition *self, asyncio_lock *lock) {
  if (self) *self = (asyncio_condition){.asyncio__lock = lock};
}

asyncio_lock *asyncio__condition_lock(asyncio_condition *self) {
  return self->asyncio__lock ? self->asyncio__lock : &self->asyncio__own;
}

static asyncio_status check(const asyncio_condition *self) {
  if (self) return ASYNCIO_OK;
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [condition] to be a condition, got NULL");
}

// ---- Its lock

asyncio_status asyncio_condition_acquire(asyncio_condition *self) {
  ASYNCIO_TRY(check(self));
  return asyncio_lock_acquire(asyncio__condition_lock(self));
}

asyncio_future *asyncio_condition_acquire_coroutine(asyncio_condition *self) {
  return check(self) ? asyncio__no_awaitable() : asyncio_lock_acquire_coroutine(asyncio__condition_lock(self));
}

asyncio_status asyncio_condition_release(asyncio_condition *self) {
  ASYNCIO_TRY(check(self));
  return asyncio_lock_release(asyncio__condition_lock(self));
}

bool asyncio_condition_locked(const asyncio_condition *self) {
  return self && asyncio_lock_locked(self->asyncio__lock ? self->asyncio__lock : &self->asyncio__own);
}

// ---- Notifying

static void wake(asyncio_condition *self, int count) {
  while (count-- > 0 && asyncio__waiters_wake(&self->asyncio__waiters)) continue;
}

static asyncio_status may_notify(const asyncio_condition *self) {
  ASYNCIO_TRY(check(self));
  if (asyncio_condition_locked(self)) return ASYNCIO_OK;
  return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "cannot notify on un-acquired lock");
}

asyncio_status asyncio_condition_notify(asyncio_condition *self, int count) {
  ASYNCIO_TRY(may_notify(self));
  wake(self, count);
  return ASYNCIO_OK;
}

asyncio_status asyncio_condition_notify_all(asyncio_condition *self) {
  ASYNCIO_TRY(may_notify(self));
  asyncio__waiters_wake_all(&self->asyncio__waiters);
  return ASYNCIO_OK;
}

// ---- Waiting

// The user's function runs where it could not suspend: the frame below it may have no stack.
ASYNCIO__OUTLINED static bool holds(asyncio_predicate predicate, void *arg) {
  ASYNCIO__NEVER_SUSPENDS(holds);
  void *parkable = asyncio__coro_parkable;
  asyncio__coro_parkable = NULL;
  bool result = predicate(arg);
  asyncio__coro_parkable = parkable;
  return result;
}

static void drop(asyncio__frame *frame) {
  asyncio__condition_wait *self = asyncio__container(frame, asyncio__condition_wait, frame);
  asyncio__waiter_leave(&self->waiter);
  asyncio__waiter_leave(&self->acquire.waiter);
}

static asyncio__progress done(asyncio__condition_wait *self, asyncio_status status) {
  self->frame.at = START;
  return asyncio__frame_done(&self->frame, status, status ? asyncio_none() : asyncio_bool(true));
}

static asyncio__progress wait(asyncio__condition_wait *self) {
  asyncio_lock *lock = asyncio__condition_lock(self->condition);
  if (self->predicate && holds(self->predicate, self->arg)) return done(self, ASYNCIO_OK);
  if (!asyncio_lock_locked(lock))
    return done(self, asyncio_raise(ASYNCIO_RUNTIME_ERROR, "cannot wait on un-acquired lock"));
  asyncio_status status = asyncio__waiters_join(&self->condition->asyncio__waiters, &self->waiter, self->reason);
  if (status) return done(self, status);
  (void)asyncio_lock_release(lock);
  self->status = ASYNCIO_OK;
  self->frame.at = NOTIFIED;
  return ASYNCIO__PARKED;
}

// The lock is held again, unless the loop is being closed. With a predicate: once more from the start.
static asyncio__progress acquired(asyncio__condition_wait *self) {
  if (self->status) wake(self->condition, 1);
  if (self->status || !self->predicate) return done(self, self->status);
  return wait(self);
}

static asyncio__progress acquire(asyncio__condition_wait *self, asyncio_status sent) {
  while (asyncio__acquire_step(&self->acquire.frame, sent) == ASYNCIO__DONE) {
    asyncio_status status = self->acquire.frame.status;
    if (status) self->status = status;
    if (status != ASYNCIO_CANCELLED_ERROR) return acquired(self);
    asyncio__acquire_init(&self->acquire, self->acquire.lock);
    sent = ASYNCIO_OK;
  }
  return ASYNCIO__PARKED;
}

asyncio__progress asyncio__condition_wait_step(asyncio__frame *frame, asyncio_status sent) {
  asyncio__condition_wait *self = asyncio__container(frame, asyncio__condition_wait, frame);
  if (frame->at == START) return wait(self);
  if (frame->at == ACQUIRING) return acquire(self, sent);
  asyncio__waiter_leave(&self->waiter);
  self->status = sent;
  frame->at = ACQUIRING;
  asyncio__acquire_init(&self->acquire, asyncio__condition_lock(self->condition));
  return acquire(self, ASYNCIO_OK);
}

void asyncio__condition_wait_init(asyncio__condition_wait *self, asyncio_condition *condition, const char *reason) {
  *self = (asyncio__condition_wait){
      .frame = {.step = asyncio__condition_wait_step, .drop = drop}, .condition = condition, .reason = reason};
}

static asyncio_status prepare(asyncio__condition_wait *self, asyncio_condition *condition) {
  ASYNCIO_TRY(check(condition));
  asyncio__condition_wait_init(self, condition, "condition");
  return ASYNCIO_OK;
}

static asyncio_status prepare_for(asyncio__condition_wait *self, asyncio_condition *condition,
                                  asyncio_predicate predicate, void *arg) {
  ASYNCIO_TRY(prepare(self, condition));
  if (!predicate) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [predicate] to be a function, got NULL");
  self->predicate = predicate;
  self->arg = arg;
  return ASYNCIO_OK;
}

static asyncio_future *object(asyncio__condition_wait *self, asyncio_status prepared) {
  if (prepared) return asyncio__no_awaitable();
  return asyncio__frame_coroutine("wait", &self->frame, sizeof *self);
}

asyncio_status asyncio_condition_wait(asyncio_condition *condition) {
  asyncio__condition_wait self;
  ASYNCIO_TRY(prepare(&self, condition));
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_condition_wait"));
  return asyncio__frame_run(&self.frame, NULL);
}

asyncio_future *asyncio_condition_wait_coroutine(asyncio_condition *condition) {
  asyncio__condition_wait self;
  return object(&self, prepare(&self, condition));
}

asyncio_status asyncio_condition_wait_for(asyncio_condition *condition, asyncio_predicate predicate, void *arg) {
  asyncio__condition_wait self;
  ASYNCIO_TRY(prepare_for(&self, condition, predicate, arg));
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_condition_wait_for"));
  return asyncio__frame_run(&self.frame, NULL);
}

asyncio_future *asyncio_condition_wait_for_coroutine(asyncio_condition *condition, asyncio_predicate predicate,
                                                     void *arg) {
  asyncio__condition_wait self;
  return object(&self, prepare_for(&self, condition, predicate, arg));
}
