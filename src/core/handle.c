// SPDX-License-Identifier: MIT
// Handles: callbacks that a user scheduled. A handle is a timer too, armed or not, so that call_soon, call_later and
// call_at share one type. The queue holds one reference until the callback ran or was cancelled, the user may hold
// another.
#include <math.h>

#include "../base/alloc.h"
#include "../port/coro.h"
#include "loop.h"

struct asyncio_handle {
  asyncio__timer timer;
  asyncio_loop *loop;  // alive while queued: closing it drops the handle; NULL afterwards
  asyncio_callback callback;
  void *arg;
  asyncio__context_slot context;  // until it is called
  unsigned references;
  bool cancelled;
  bool timed;  // from call_later or call_at
};

static void taken_from_queue(asyncio_handle *self) {
  self->loop = NULL;
  asyncio_handle_unref(self);
}

static void handle_drop(asyncio__entry *entry) {
  taken_from_queue(asyncio__container(entry, asyncio_handle, timer.entry));
}

ASYNCIO__OUTLINED static void handle_run(asyncio__entry *entry) {
  ASYNCIO__NEVER_SUSPENDS(handle_run);
  asyncio_handle *self = asyncio__container(entry, asyncio_handle, timer.entry);
  asyncio_loop *loop = self->loop;
  asyncio_callback callback = self->callback;
  void *arg = self->arg;
  asyncio__context_enter(&self->context);
  taken_from_queue(self);  // before the call: the host's exceptions throw this frame away
  asyncio_status status = callback(arg);
  if (status) {
    asyncio_exception_context context = {"Exception in callback", status,
                                         asyncio__errors_find(asyncio__errors_here(), status), NULL};
    asyncio_loop_call_exception_handler(loop, &context);
  }
  asyncio__errors_clear(asyncio__errors_here());
  asyncio__context_leave();
}

static asyncio_status handle_new(asyncio_loop *loop, asyncio_callback callback, void *arg, asyncio_context *context,
                                 asyncio_handle **handle) {
  ASYNCIO_TRY(asyncio__loop_open(loop));
  if (!callback) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [callback] to be a function, got NULL");
  asyncio_handle *self = asyncio__alloc(sizeof *self);
  if (!self) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a callback");
  *self = (asyncio_handle){.loop = loop, .callback = callback, .arg = arg, .references = 1};
  asyncio__timer_init(&self->timer, handle_run);
  self->timer.entry.drop = handle_drop;
  self->context = asyncio__context_choose(context);
  *handle = self;
  return ASYNCIO_OK;
}

static void hand_out(asyncio_handle *self, asyncio_handle **handle) {
  if (handle) *handle = asyncio_handle_ref(self);
}

asyncio_status asyncio_loop_call_soon_in(asyncio_loop *loop, asyncio_callback callback, void *arg,
                                         asyncio_handle **handle, asyncio_context *context) {
  asyncio_handle *self = NULL;
  if (handle) *handle = NULL;
  ASYNCIO_TRY(handle_new(loop, callback, arg, context, &self));
  asyncio__loop_ready(loop, &self->timer.entry);
  hand_out(self, handle);
  return ASYNCIO_OK;
}

static asyncio_status call_at(asyncio_loop *loop, double when, asyncio_callback callback, void *arg,
                              asyncio_handle **handle, asyncio_context *context) {
  asyncio_handle *self = NULL;
  ASYNCIO_TRY(handle_new(loop, callback, arg, context, &self));
  self->timed = true;
  asyncio_status status = asyncio__loop_arm(loop, &self->timer, when);
  if (status)
    taken_from_queue(self);
  else
    hand_out(self, handle);
  return status;
}

asyncio_status asyncio_loop_call_at_in(asyncio_loop *loop, double when, asyncio_callback callback, void *arg,
                                       asyncio_handle **handle, asyncio_context *context) {
  if (handle) *handle = NULL;
  if (isnan(when)) return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [when] to be a number, got NaN");
  return call_at(loop, when, callback, arg, handle, context);
}

asyncio_status asyncio_loop_call_later_in(asyncio_loop *loop, double delay, asyncio_callback callback, void *arg,
                                          asyncio_handle **handle, asyncio_context *context) {
  if (handle) *handle = NULL;
  if (isnan(delay)) return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [delay] to be a number, got NaN");
  ASYNCIO_TRY(asyncio__loop_open(loop));
  return call_at(loop, asyncio_loop_time(loop) + delay, callback, arg, handle, context);
}

void asyncio_handle_cancel(asyncio_handle *self) {
  if (!self || self->cancelled) return;
  self->cancelled = true;
  if (!self->loop || !(asyncio__linked(&self->timer.entry.link) || self->timer.index != ASYNCIO__NOT_IN_HEAP)) return;
  asyncio__loop_disarm(self->loop, &self->timer);
  taken_from_queue(self);
}

bool asyncio_handle_cancelled(const asyncio_handle *self) { return self && self->cancelled; }

double asyncio_handle_when(const asyncio_handle *self) { return self && self->timed ? self->timer.when : NAN; }

asyncio_handle *asyncio_handle_ref(asyncio_handle *self) {
  if (self) self->references++;
  return self;
}

void asyncio_handle_unref(asyncio_handle *self) {
  if (!self || --self->references) return;
  if (self->context) asyncio__context_clear_slot(&self->context);
  asyncio__free(self);
}
