// SPDX-License-Identifier: MIT
// Events. Who was woken goes on whatever has become of the flag meanwhile: set() is a call to those who wait then.
#include "asyncio/event.h"

#include "../core/runtime.h"
#include "waiters.h"

typedef struct wait_frame {
  asyncio__frame frame;
  asyncio__waiter waiter;
  asyncio_event *event;
} wait_frame;

enum { START, WOKEN };

void asyncio_event_init(asyncio_event *event) {
  if (event) *event = (asyncio_event){.asyncio__value = false};
}

void asyncio_event_set(asyncio_event *event) {
  if (!event) return;
  if (!event->asyncio__value) asyncio__waiters_wake_all(&event->asyncio__waiters);
  event->asyncio__value = true;
}

void asyncio_event_clear(asyncio_event *event) {
  if (event) event->asyncio__value = false;
}

bool asyncio_event_is_set(const asyncio_event *event) { return event && event->asyncio__value; }

static void drop(asyncio__frame *frame) {
  asyncio__waiter_leave(&asyncio__container(frame, wait_frame, frame)->waiter);
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  wait_frame *self = asyncio__container(frame, wait_frame, frame);
  if (frame->at == START && !self->event->asyncio__value) {
    frame->at = WOKEN;
    sent = asyncio__waiters_join(&self->event->asyncio__waiters, &self->waiter, "event");
    if (!sent) return ASYNCIO__PARKED;
  }
  asyncio__waiter_leave(&self->waiter);
  return asyncio__frame_done(frame, sent, sent ? asyncio_none() : asyncio_bool(true));
}

static asyncio_status prepare(wait_frame *self, asyncio_event *event) {
  *self = (wait_frame){.frame = {.step = step, .drop = drop}, .event = event};
  return event ? ASYNCIO_OK : asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [event] to be an event, got NULL");
}

asyncio_status asyncio_event_wait(asyncio_event *event) {
  wait_frame self;
  ASYNCIO_TRY(prepare(&self, event));
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_event_wait"));
  return asyncio__frame_run(&self.frame, NULL);
}

asyncio_future *asyncio_event_wait_coroutine(asyncio_event *event) {
  wait_frame self;
  if (prepare(&self, event)) return asyncio__no_awaitable();
  return asyncio__frame_coroutine("wait", &self.frame, sizeof self);
}
