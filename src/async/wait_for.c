// SPDX-License-Identifier: MIT
// A time limit on one awaitable: a timeout around an await. With no time at all, a coroutine must not even start: it is
// made a task, cancelled before its first step, and its end waited for by an entry of ours, so that this wait can be
// cancelled without touching the awaitable again.
#include <math.h>

#include "../core/await.h"
#include "limit.h"

typedef struct wait_for_frame {
  asyncio__frame frame;
  asyncio_future *awaitable;  // owned until awaited
  double delay;
  asyncio__limit limit;
  asyncio__entry ended;  // in the awaitable's callbacks while its end is waited for
  asyncio_task *task;
} wait_for_frame;

enum { START, AWAITED, CANCELLED };

static void ended(asyncio__entry *entry) {
  asyncio__wake(asyncio__container(entry, wait_for_frame, ended)->task, ASYNCIO_OK);
}

static void undo(void *arg) { asyncio__unlink(&((wait_for_frame *)arg)->ended.link); }

static void drop(asyncio__frame *frame) {
  wait_for_frame *self = asyncio__container(frame, wait_for_frame, frame);
  asyncio_unref(self->awaitable);
}

static asyncio__progress done(wait_for_frame *self, asyncio_status status, asyncio_value value) {
  asyncio_future *awaitable = self->awaitable;
  self->awaitable = NULL;
  asyncio_unref(awaitable);
  return asyncio__frame_done(&self->frame, status, value);
}

static asyncio__progress done_with_outcome(wait_for_frame *self) {
  asyncio_value value;
  asyncio_status status = asyncio__future_take(self->awaitable, &value);
  if (self->frame.at == CANCELLED && status == ASYNCIO_CANCELLED_ERROR)
    status = asyncio_raise(ASYNCIO_TIMEOUT_ERROR, "The time limit was reached");
  return done(self, status, value);
}

static asyncio__progress cancel_and_wait(wait_for_frame *self) {
  asyncio_future *future = asyncio_ensure_future(self->awaitable);
  asyncio_unref(self->awaitable);
  self->awaitable = future;
  if (!future) return asyncio__frame_done(&self->frame, asyncio_error_latest(), asyncio_none());
  if (asyncio__is_done(future)) return done_with_outcome(self);
  asyncio_status status = asyncio__may_await(future);
  if (status) return done(self, status, asyncio_none());
  self->frame.at = CANCELLED;
  self->task = asyncio_current_task();
  asyncio__entry_init(&self->ended, ended);
  asyncio__future_watch(future, &self->ended);
  asyncio_future_cancel(future, NULL);
  asyncio__wait_begin("wait_for", undo, self);
  return ASYNCIO__PARKED;
}

static asyncio__progress start(wait_for_frame *self) {
  if (self->delay <= 0) return cancel_and_wait(self);
  double now = asyncio_loop_time(asyncio_get_running_loop());
  asyncio_status status = asyncio__limit_begin(&self->limit, now + self->delay);
  if (status) return done(self, status, asyncio_none());
  asyncio_future *awaitable = self->awaitable;
  self->awaitable = NULL;
  return asyncio__frame_await(&self->frame, awaitable, AWAITED);
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  wait_for_frame *self = asyncio__container(frame, wait_for_frame, frame);
  if (frame->at == START) return start(self);
  if (frame->at == CANCELLED) return sent ? done(self, sent, asyncio_none()) : done_with_outcome(self);
  return asyncio__frame_done(frame, asyncio__limit_end(&self->limit, sent), frame->value);
}

// The frame for these arguments, or why they are wrong; the awaitable is used up either way.
static asyncio_status prepare(wait_for_frame *self, asyncio_future *awaitable, double timeout) {
  if (!awaitable) return asyncio__null_awaitable("awaitable");
  *self =
      (wait_for_frame){.frame = {.step = step, .drop = drop}, .awaitable = asyncio_ref(awaitable), .delay = timeout};
  if (!isnan(timeout)) return ASYNCIO_OK;
  asyncio_unref(awaitable);
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [timeout] to be a number, got NaN");
}

asyncio_status asyncio_wait_for(asyncio_future *awaitable, double timeout, asyncio_value *result) {
  wait_for_frame self;
  if (result) *result = asyncio_none();
  ASYNCIO_TRY(prepare(&self, awaitable, timeout));
  asyncio_status status = asyncio__may_suspend("asyncio_wait_for");
  if (!status) return asyncio__frame_run(&self.frame, result);
  drop(&self.frame);
  return status;
}

asyncio_future *asyncio_wait_for_coroutine(asyncio_future *awaitable, double timeout) {
  wait_for_frame self;
  if (prepare(&self, awaitable, timeout)) return asyncio__no_awaitable();
  return asyncio__frame_coroutine("wait_for", &self.frame, sizeof self);
}
