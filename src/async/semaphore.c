// SPDX-License-Identifier: MIT
// Semaphores. Who is woken has one already: it was taken for it then, and is given back if it is cancelled before it
// goes on. Invariant: nobody waits while one is left, except between a cancellation and its step.
#include "asyncio/semaphore.h"

#include <limits.h>

#include "../core/runtime.h"
#include "waiters.h"

typedef struct acquire_frame {
  asyncio__frame frame;
  asyncio__waiter waiter;
  asyncio_semaphore *semaphore;
} acquire_frame;

enum { START, WOKEN };

static asyncio_status no_semaphore(void) {
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [semaphore] to be a semaphore, got NULL");
}

static asyncio_status init(asyncio_semaphore *self, int value, int bound) {
  if (!self) return no_semaphore();
  *self = (asyncio_semaphore){.asyncio__value = value < 0 ? 0 : value, .asyncio__bound = bound < 0 ? 0 : bound};
  if (value >= 0) return ASYNCIO_OK;
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "Semaphore initial value must be >= 0");
}

asyncio_status asyncio_semaphore_init(asyncio_semaphore *self, int value) { return init(self, value, INT_MAX); }

asyncio_status asyncio_bounded_semaphore_init(asyncio_semaphore *self, int value) { return init(self, value, value); }

bool asyncio_semaphore_locked(const asyncio_semaphore *self) {
  return self && (self->asyncio__value == 0 || asyncio__waiters_any(&self->asyncio__waiters));
}

static bool wake_next(asyncio_semaphore *self) {
  bool woken = asyncio__waiters_wake(&self->asyncio__waiters);
  if (woken) self->asyncio__value--;
  return woken;
}

asyncio_status asyncio_semaphore_release(asyncio_semaphore *self) {
  if (!self) return no_semaphore();
  if (self->asyncio__value >= self->asyncio__bound)
    return asyncio_raise(ASYNCIO_VALUE_ERROR, "%s released too many times",
                         self->asyncio__bound == INT_MAX ? "Semaphore" : "BoundedSemaphore");
  self->asyncio__value++;
  (void)wake_next(self);
  return ASYNCIO_OK;
}

static void drop(asyncio__frame *frame) {
  asyncio__waiter_leave(&asyncio__container(frame, acquire_frame, frame)->waiter);
}

static asyncio__progress acquired(asyncio__frame *frame) {
  return asyncio__frame_done(frame, ASYNCIO_OK, asyncio_bool(true));
}

static asyncio__progress start(acquire_frame *self) {
  asyncio_semaphore *semaphore = self->semaphore;
  if (!asyncio_semaphore_locked(semaphore)) {
    semaphore->asyncio__value--;
    return acquired(&self->frame);
  }
  self->frame.at = WOKEN;
  asyncio_status status = asyncio__waiters_join(&semaphore->asyncio__waiters, &self->waiter, "semaphore");
  return status ? asyncio__frame_done(&self->frame, status, asyncio_none()) : ASYNCIO__PARKED;
}

// Others may have come to wait only because this one was before them.
static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  acquire_frame *self = asyncio__container(frame, acquire_frame, frame);
  asyncio_semaphore *semaphore = self->semaphore;
  if (frame->at == START) return start(self);
  asyncio__waiter_leave(&self->waiter);
  if (sent && self->waiter.woken) semaphore->asyncio__value++;
  while (semaphore->asyncio__value > 0 && wake_next(semaphore)) continue;
  return sent ? asyncio__frame_done(frame, sent, asyncio_none()) : acquired(frame);
}

static asyncio_status prepare(acquire_frame *self, asyncio_semaphore *semaphore) {
  *self = (acquire_frame){.frame = {.step = step, .drop = drop}, .semaphore = semaphore};
  return semaphore ? ASYNCIO_OK : no_semaphore();
}

asyncio_status asyncio_semaphore_acquire(asyncio_semaphore *semaphore) {
  acquire_frame self;
  ASYNCIO_TRY(prepare(&self, semaphore));
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_semaphore_acquire"));
  return asyncio__frame_run(&self.frame, NULL);
}

asyncio_future *asyncio_semaphore_acquire_coroutine(asyncio_semaphore *semaphore) {
  acquire_frame self;
  if (prepare(&self, semaphore)) return asyncio__no_awaitable();
  return asyncio__frame_coroutine("acquire", &self.frame, sizeof self);
}
