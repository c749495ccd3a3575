// SPDX-License-Identifier: MIT
// Locks: one task at a time, in the order they came.
#ifndef ASYNCIO_LOCK_H
#define ASYNCIO_LOCK_H

#include "coroutine.h"
#include "waiters.h"

#ifdef __cplusplus
extern "C" {
#endif

// Owned by whoever has it, on a stack or in a struct; zeroed memory is one that is free. It has nothing to free, and
// must stay where it is for as long as anybody waits for it: who leaves the scope of one ends those tasks first.
// Natively AddressSanitizer tells of a task that waits for one in a coroutine that has ended.
typedef struct asyncio_lock {
  asyncio__waiters asyncio__waiters;
  bool asyncio__locked;
} asyncio_lock;

// Makes one that is not locked. Nothing is to be freed.
void asyncio_lock_init(asyncio_lock *lock);

// Suspends until it is this task's turn, and locks; not at all when the lock is free and nobody waits. No task owns a
// lock: whoever likes may release it, and acquiring it twice waits for ever. CancelledError, and then it is not
// acquired; RuntimeError outside a coroutine, or when tasks of another loop wait for it; TypeError for NULL.
ASYNCIO_SUSPENDS asyncio_status asyncio_lock_acquire(asyncio_lock *lock);

// The same as a coroutine object; awaiting it gives true. NULL with TypeError or MemoryError.
ASYNCIO_MUST_USE asyncio_future *asyncio_lock_acquire_coroutine(asyncio_lock *lock);

// Unlocks, and wakes the first who waits. RuntimeError when it is not locked, TypeError for NULL. Never suspends.
asyncio_status asyncio_lock_release(asyncio_lock *lock);

// Whether somebody has it. A lock that was released is free although others wait, until the first of them goes on.
bool asyncio_lock_locked(const asyncio_lock *lock);

#ifdef __cplusplus
}
#endif
#endif
