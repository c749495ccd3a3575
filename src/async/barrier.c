// SPDX-License-Identifier: MIT
// Barriers: a count and a state under a condition, as asyncio has them.
//
//   filling --the last party comes--> draining --all have gone--> filling
//   filling, draining --reset--> resetting --all have gone--> filling
//   any --abort--> broken --reset--> resetting, or filling when nobody is in it
//
// Who comes while it drains or resets stays outside until it fills again.
// Invariant: [count] is who is in it, from their entry to their exit, and changes under the condition's lock alone.
#include "asyncio/barrier.h"

#include "../core/runtime.h"
#include "condition.h"

typedef struct barrier_wait {
  asyncio__frame frame;
  asyncio__acquire acquire;
  asyncio__condition_wait wait;
  asyncio_barrier *barrier;
  int index;
  int change_to;  // of a reset and an abort: the state
} barrier_wait;

enum { FILLING, DRAINING, RESETTING, BROKEN };
enum { START, ACQUIRING, OUTSIDE, INSIDE };

static asyncio_status no_barrier(void) {
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [barrier] to be a barrier, got NULL");
}

asyncio_status asyncio_barrier_init(asyncio_barrier *self, int parties) {
  if (!self) return no_barrier();
  *self = (asyncio_barrier){.asyncio__parties = parties < 1 ? 1 : parties,
                            .asyncio__state = parties < 1 ? BROKEN : FILLING};
  return parties < 1 ? asyncio_raise(ASYNCIO_VALUE_ERROR, "parties must be >= 1") : ASYNCIO_OK;
}

int asyncio_barrier_parties(const asyncio_barrier *self) { return self ? self->asyncio__parties : 0; }

int asyncio_barrier_n_waiting(const asyncio_barrier *self) {
  return self && self->asyncio__state == FILLING ? self->asyncio__count : 0;
}

bool asyncio_barrier_broken(const asyncio_barrier *self) { return self && self->asyncio__state == BROKEN; }

static void notify_all(asyncio_barrier *self) { asyncio__waiters_wake_all(&self->asyncio__condition.asyncio__waiters); }

static void release(asyncio_barrier *self) { (void)asyncio_condition_release(&self->asyncio__condition); }

// ---- Waiting

static bool may_enter(void *arg) {
  int state = ((asyncio_barrier *)arg)->asyncio__state;
  return state != DRAINING && state != RESETTING;
}

static bool may_leave(void *arg) { return ((asyncio_barrier *)arg)->asyncio__state != FILLING; }

static void drop(asyncio__frame *frame) {
  barrier_wait *self = asyncio__container(frame, barrier_wait, frame);
  asyncio__waiter_leave(&self->acquire.waiter);
  asyncio__waiter_leave(&self->wait.waiter);
  asyncio__waiter_leave(&self->wait.acquire.waiter);
}

static asyncio__progress leave(barrier_wait *self, asyncio_status status) {
  release(self->barrier);
  return asyncio__frame_done(&self->frame, status, status ? asyncio_none() : asyncio_int(self->index));
}

static asyncio__progress exit_barrier(barrier_wait *self, asyncio_status status) {
  asyncio_barrier *barrier = self->barrier;
  if (--barrier->asyncio__count == 0) {
    if (!may_enter(barrier)) barrier->asyncio__state = FILLING;
    notify_all(barrier);
  }
  return leave(self, status);
}

static asyncio__progress wait_inside(barrier_wait *self, asyncio_status sent) {
  if (asyncio__condition_wait_step(&self->wait.frame, sent) == ASYNCIO__PARKED) return ASYNCIO__PARKED;
  asyncio_status status = self->wait.frame.status;
  if (!status && self->barrier->asyncio__state != DRAINING)
    status = asyncio_raise(ASYNCIO_BROKEN_BARRIER_ERROR, "Abort or reset of barrier");
  return exit_barrier(self, status);
}

static asyncio__progress enter(barrier_wait *self) {
  asyncio_barrier *barrier = self->barrier;
  self->index = barrier->asyncio__count++;
  if (barrier->asyncio__count == barrier->asyncio__parties) {
    barrier->asyncio__state = DRAINING;
    notify_all(barrier);
    return exit_barrier(self, ASYNCIO_OK);
  }
  self->frame.at = INSIDE;
  self->wait.predicate = may_leave;
  return wait_inside(self, ASYNCIO_OK);
}

static asyncio__progress wait_outside(barrier_wait *self, asyncio_status sent) {
  if (asyncio__condition_wait_step(&self->wait.frame, sent) == ASYNCIO__PARKED) return ASYNCIO__PARKED;
  asyncio_status status = self->wait.frame.status;
  if (!status && self->barrier->asyncio__state == BROKEN)
    status = asyncio_raise(ASYNCIO_BROKEN_BARRIER_ERROR, "Barrier aborted");
  return status ? leave(self, status) : enter(self);
}

static asyncio__progress acquire(barrier_wait *self, asyncio_status sent) {
  self->frame.at = ACQUIRING;
  if (asyncio__acquire_step(&self->acquire.frame, sent) == ASYNCIO__PARKED) return ASYNCIO__PARKED;
  if (self->acquire.frame.status) return asyncio__frame_done(&self->frame, self->acquire.frame.status, asyncio_none());
  self->frame.at = OUTSIDE;
  self->wait.predicate = may_enter;
  return wait_outside(self, ASYNCIO_OK);
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  barrier_wait *self = asyncio__container(frame, barrier_wait, frame);
  if (frame->at == INSIDE) return wait_inside(self, sent);
  if (frame->at == OUTSIDE) return wait_outside(self, sent);
  return acquire(self, sent);
}

static asyncio_status prepare(barrier_wait *self, asyncio_barrier *barrier) {
  if (!barrier) return no_barrier();
  *self = (barrier_wait){.frame = {.step = step, .drop = drop}, .barrier = barrier};
  asyncio__acquire_init(&self->acquire, asyncio__condition_lock(&barrier->asyncio__condition));
  asyncio__condition_wait_init(&self->wait, &barrier->asyncio__condition, "barrier");
  self->wait.arg = barrier;
  return ASYNCIO_OK;
}

asyncio_status asyncio_barrier_wait(asyncio_barrier *barrier, int *index) {
  barrier_wait self;
  ASYNCIO_TRY(prepare(&self, barrier));
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_barrier_wait"));
  asyncio_status status = asyncio__frame_run(&self.frame, NULL);
  if (!status && index) *index = self.index;
  return status;
}

asyncio_future *asyncio_barrier_wait_coroutine(asyncio_barrier *barrier) {
  barrier_wait self;
  if (prepare(&self, barrier)) return asyncio__no_awaitable();
  return asyncio__frame_coroutine("wait", &self.frame, sizeof self);
}

// ---- Resetting and aborting: the same wait for the lock, and another state after it

static void change(asyncio_barrier *self, int to) {
  bool emptied = to == RESETTING && self->asyncio__count == 0;
  self->asyncio__state = (unsigned char)(emptied ? FILLING : to);
  notify_all(self);
}

static asyncio__progress change_step(asyncio__frame *frame, asyncio_status sent) {
  barrier_wait *self = asyncio__container(frame, barrier_wait, frame);
  if (asyncio__acquire_step(&self->acquire.frame, sent) == ASYNCIO__PARKED) return ASYNCIO__PARKED;
  asyncio_status status = self->acquire.frame.status;
  if (!status) {
    change(self->barrier, self->change_to);
    release(self->barrier);
  }
  return asyncio__frame_done(frame, status, asyncio_none());
}

static asyncio_status prepare_change(barrier_wait *self, asyncio_barrier *barrier, int to) {
  ASYNCIO_TRY(prepare(self, barrier));
  self->frame.step = change_step;
  self->change_to = to;
  return ASYNCIO_OK;
}

static asyncio_status change_here(asyncio_barrier *barrier, int to, const char *call) {
  barrier_wait self;
  ASYNCIO_TRY(prepare_change(&self, barrier, to));
  ASYNCIO_TRY(asyncio__may_suspend(call));
  return asyncio__frame_run(&self.frame, NULL);
}

asyncio_status asyncio_barrier_reset(asyncio_barrier *barrier) {
  return change_here(barrier, RESETTING, "asyncio_barrier_reset");
}

asyncio_status asyncio_barrier_abort(asyncio_barrier *barrier) {
  return change_here(barrier, BROKEN, "asyncio_barrier_abort");
}

static asyncio_future *change_object(asyncio_barrier *barrier, int to, const char *name) {
  barrier_wait self;
  if (prepare_change(&self, barrier, to)) return asyncio__no_awaitable();
  return asyncio__frame_coroutine(name, &self.frame, sizeof self);
}

asyncio_future *asyncio_barrier_reset_coroutine(asyncio_barrier *barrier) {
  return change_object(barrier, RESETTING, "reset");
}

asyncio_future *asyncio_barrier_abort_coroutine(asyncio_barrier *barrier) {
  return change_object(barrier, BROKEN, "abort");
}
