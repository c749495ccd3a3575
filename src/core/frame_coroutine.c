// SPDX-License-Identifier: MIT
// Coroutine objects made of a frame: what sleep() and wait_for() are as awaitables.
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
