// SPDX-License-Identifier: MIT
// Events: a flag that tasks wait for.
#ifndef ASYNCIO_EVENT_H
#define ASYNCIO_EVENT_H

#include "coroutine.h"
#include "waiters.h"

#ifdef __cplusplus
extern "C" {
#endif

// Owned by whoever has it, on a stack or in a struct; zeroed memory is one that is not set. It has nothing to free, and
// must stay where it is for as long as anybody waits for it: who leaves the scope of one ends those tasks first.
typedef struct asyncio_event {
  asyncio__waiters asyncio__waiters;
  bool asyncio__value;
} asyncio_event;

// Makes one that is not set. Nothing is to be freed.
void asyncio_event_init(asyncio_event *event);

// Sets the flag: those who wait go on in the next iteration, in the order they came, also when it is cleared at once /
// clears it, and those who come from now on wait.
void asyncio_event_set(asyncio_event *event);
void asyncio_event_clear(asyncio_event *event);

bool asyncio_event_is_set(const asyncio_event *event);  // whether a wait would not suspend

// Suspends until the flag is set; not at all when it is. CancelledError; RuntimeError outside a coroutine, or when
// tasks of another loop wait for it; TypeError for NULL.
ASYNCIO_SUSPENDS asyncio_status asyncio_event_wait(asyncio_event *event);

// The same as a coroutine object; awaiting it gives true. NULL with TypeError or MemoryError.
ASYNCIO_MUST_USE asyncio_future *asyncio_event_wait_coroutine(asyncio_event *event);

#ifdef __cplusplus
}
#endif
#endif
