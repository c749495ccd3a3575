// SPDX-License-Identifier: MIT
// Semaphores: so many at a time, in the order they came.
#ifndef ASYNCIO_SEMAPHORE_H
#define ASYNCIO_SEMAPHORE_H

#include "coroutine.h"
#include "waiters.h"

#ifdef __cplusplus
extern "C" {
#endif

// Owned by whoever has it, on a stack or in a struct. It has nothing to free, and must stay where it is for as long as
// anybody waits for it: who leaves the scope of one ends those tasks first.
typedef struct asyncio_semaphore {
  asyncio__waiters asyncio__waiters;
  int asyncio__value;
  int asyncio__bound;
} asyncio_semaphore;

// A semaphore that lets [value] in before the first has to wait. The bounded one's release fails when it would let in
// more than at first, which is a mistake in most programs. ValueError for less than 0 (it is then 0), TypeError for
// NULL.
asyncio_status asyncio_semaphore_init(asyncio_semaphore *semaphore, int value);
asyncio_status asyncio_bounded_semaphore_init(asyncio_semaphore *semaphore, int value);

// Suspends until it is this task's turn, and takes one; not at all when one is left and nobody waits. CancelledError,
// and then none is taken; RuntimeError outside a coroutine, or when tasks of another loop wait for it; TypeError for
// NULL.
ASYNCIO_SUSPENDS asyncio_status asyncio_semaphore_acquire(asyncio_semaphore *semaphore);

// The same as a coroutine object; awaiting it gives true. NULL with TypeError or MemoryError.
ASYNCIO_MUST_USE asyncio_future *asyncio_semaphore_acquire_coroutine(asyncio_semaphore *semaphore);

// Gives one back, and wakes the first who waits. ValueError beyond the bound (INT_MAX without one), TypeError for NULL.
asyncio_status asyncio_semaphore_release(asyncio_semaphore *semaphore);

bool asyncio_semaphore_locked(const asyncio_semaphore *semaphore);  // acquiring it would suspend

#ifdef __cplusplus
}
#endif
#endif
