// SPDX-License-Identifier: MIT
// Locks. A release wakes the first who waits, and leaves the lock free until that one goes on; nobody overtakes it
// there. When it is cancelled instead, it wakes the next. Invariant: while the lock is free and anybody waits, the
// first of the list is woken or cancelled, and on its way.
#include "lock.h"

#include "../core/runtime.h"

enum { START, WOKEN };

void asyncio_lock_init(asyncio_lock *lock) {
  if (lock) *lock = (asyncio_lock){.asyncio__locked = false};
}

bool asyncio_lock_locked(const asyncio_lock *lock) { return lock && lock->asyncio__locked; }

// Only the very first: a cancelled one hands on when it goes on itself.
static void wake_first(asyncio_lock *lock) {
  asyncio__waiters *waiters = &lock->asyncio__waiters;
  bool on_its_way = waiters->woken.first || !waiters->waiting.first || waiters->waiting.first->cancelled;
  if (!on_its_way) asyncio__waiters_wake(waiters);
}

static asyncio_status no_lock(void) {
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [lock] to be a lock, got NULL");
}

asyncio_status asyncio_lock_release(asyncio_lock *lock) {
  if (!lock) return no_lock();
  if (!lock->asyncio__locked) return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Lock is not acquired.");
  lock->asyncio__locked = false;
  wake_first(lock);
  return ASYNCIO_OK;
}

static void drop(asyncio__frame *frame) {
  asyncio__waiter_leave(&asyncio__container(frame, asyncio__acquire, frame)->waiter);
}

asyncio__progress asyncio__acquire_step(asyncio__frame *frame, asyncio_status sent) {
  asyncio__acquire *self = asyncio__container(frame, asyncio__acquire, frame);
  asyncio_lock *lock = self->lock;
  bool wait = frame->at == START && (lock->asyncio__locked || asyncio__waiters_any(&lock->asyncio__waiters));
  if (wait) {
    frame->at = WOKEN;
    sent = asyncio__waiters_join(&lock->asyncio__waiters, &self->waiter, "lock");
    if (!sent) return ASYNCIO__PARKED;
  }
  asyncio__waiter_leave(&self->waiter);
  if (!sent)
    lock->asyncio__locked = true;
  else if (!lock->asyncio__locked)
    wake_first(lock);
  return asyncio__frame_done(frame, sent, sent ? asyncio_none() : asyncio_bool(true));
}

void asyncio__acquire_init(asyncio__acquire *self, asyncio_lock *lock) {
  *self = (asyncio__acquire){.frame = {.step = asyncio__acquire_step, .drop = drop}, .lock = lock};
}

asyncio_status asyncio_lock_acquire(asyncio_lock *lock) {
  asyncio__acquire self;
  if (!lock) return no_lock();
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_lock_acquire"));
  asyncio__acquire_init(&self, lock);
  return asyncio__frame_run(&self.frame, NULL);
}

asyncio_future *asyncio_lock_acquire_coroutine(asyncio_lock *lock) {
  asyncio__acquire self;
  if (!lock) {
    (void)no_lock();
    return asyncio__no_awaitable();
  }
  asyncio__acquire_init(&self, lock);
  return asyncio__frame_coroutine("acquire", &self.frame, sizeof self);
}
