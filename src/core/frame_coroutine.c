// SPDX-License-Identifier: MIT
// Coroutine objects made of a frame: what sleep() and wait_for() are as awaitables. And those that generators are made
// of, which are used more than once.
#include <string.h>

#include "../base/barrier.h"
#include "task.h"

ASYNCIO__OUTLINED asyncio_future *asyncio__frame_coroutine(const char *name, asyncio__frame *frame, size_t size) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__frame_coroutine);
  asyncio__task *coroutine = asyncio__coroutine_alloc(name, size);
  if (!coroutine) {
    if (frame->drop) frame->drop(frame);
    return NULL;
  }
  memcpy(asyncio__root(coroutine), frame, size);
  return &coroutine->future;
}

void asyncio__generator_ready(asyncio_future *body, asyncio_status status, asyncio_value value) {
  asyncio__frame *frame = asyncio__root(asyncio__task_of(body));
  body->state = ASYNCIO__UNUSED;
  frame->value = value;
  frame->at = (unsigned)status;
}

void asyncio__coroutine_generates(asyncio_future *coroutine) { asyncio__task_of(coroutine)->generates = true; }

ASYNCIO__OUTLINED void asyncio__generator_drop(asyncio_future *body) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__generator_drop);
  asyncio__frame *frame = asyncio__root(asyncio__task_of(body));
  if (frame->drop) frame->drop(frame);
  body->state = ASYNCIO__USED;
}
