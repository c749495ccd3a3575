// SPDX-License-Identifier: MIT
// JavaScript's coroutines as frames. C knows a handle of what steps one (web/api/coroutine.ts); a step answers what it
// wants next. Nothing is thrown across: an error is recorded first, and the answer says that there is one. Invariant:
// the frame owns the handle until the coroutine is done or dropped.
#include "../core/await.h"
#include "../core/runtime.h"
#include "api.h"

typedef struct js_frame {
  asyncio__frame frame;
  asyncio_js handle;
} js_frame;

enum { RETURNED, FAILED, YIELDED };  // any other answer is an awaitable, with a reference

static void drop(asyncio__frame *frame) {
  js_frame *self = asyncio__container(frame, js_frame, frame);
  if (self->handle) asyncio_host_release(self->handle);
  self->handle = 0;
}

void asyncio__js_return(asyncio__frame *frame, int kind, double number, asyncio_js handle) {
  frame->status = asyncio__js_value(&frame->value, kind, number, handle);
}

static asyncio__progress done(asyncio__frame *frame, uintptr_t answer) {
  drop(frame);
  if (answer == FAILED) return asyncio__frame_done(frame, asyncio_error_latest(), asyncio_none());
  return ASYNCIO__DONE;
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  js_frame *self = asyncio__container(frame, js_frame, frame);
  asyncio_value given = frame->value;
  frame->value = asyncio_none();
  uintptr_t answer = asyncio_host_step(self->handle, sent, &given, frame);
  asyncio_value_clear(&given);
  if (answer <= FAILED) return done(frame, answer);
  if (answer != YIELDED) return asyncio__frame_await(frame, (asyncio_future *)answer, 0);
  asyncio__yield_begin();
  return ASYNCIO__PARKED;
}

// A coroutine object that takes [handle] over. NULL with a MemoryError.
asyncio_future *asyncio__js_coroutine(asyncio_js handle) {
  js_frame self = {.frame = {.step = step, .drop = drop}, .handle = handle};
  return asyncio__frame_coroutine("coroutine", &self.frame, sizeof self);
}
