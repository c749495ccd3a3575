// SPDX-License-Identifier: MIT
// Conditions: waiting, under a lock, for what another task will change and tell of.
//
//   ASYNCIO_TRY(asyncio_condition_acquire(&changed));
//   asyncio_status status = asyncio_condition_wait_for(&changed, is_ready, &state);
//   asyncio_condition_release(&changed);
//   return status;
#ifndef ASYNCIO_CONDITION_H
#define ASYNCIO_CONDITION_H

#include "lock.h"

#ifdef __cplusplus
extern "C" {
#endif

// Owned by whoever has it, on a stack or in a struct; zeroed memory is one with a lock of its own. It has nothing to
// free, and must stay where it is for as long as anybody waits for it: who leaves the scope of one ends those tasks
// first.
typedef struct asyncio_condition {
  asyncio__waiters asyncio__waiters;
  asyncio_lock asyncio__own;
  asyncio_lock *asyncio__lock;
} asyncio_condition;

// [lock] may be shared by several conditions, and must outlive them; NULL gives this one a lock of its own.
void asyncio_condition_init(asyncio_condition *condition, asyncio_lock *lock);

// Its lock's: see asyncio/lock.h. TypeError for NULL.
ASYNCIO_SUSPENDS asyncio_status asyncio_condition_acquire(asyncio_condition *condition);
ASYNCIO_MUST_USE asyncio_future *asyncio_condition_acquire_coroutine(asyncio_condition *condition);
asyncio_status asyncio_condition_release(asyncio_condition *condition);
bool asyncio_condition_locked(const asyncio_condition *condition);

// Releases the lock, suspends until notified, and acquires it again: it is held when this returns, also with
// CancelledError. Spurious returns happen (a cancelled task passes its notification on): look again at what was waited
// for. RuntimeError when the lock is not held, outside a coroutine, or when tasks of another loop wait; TypeError for
// NULL.
ASYNCIO_SUSPENDS asyncio_status asyncio_condition_wait(asyncio_condition *condition);

// Waits until [predicate] holds; not at all when it does. It is called with the lock held, and must not suspend.
typedef bool (*asyncio_predicate)(void *arg);
ASYNCIO_SUSPENDS asyncio_status asyncio_condition_wait_for(asyncio_condition *condition, asyncio_predicate predicate,
                                                           void *arg);

// The same as coroutine objects; awaiting them gives true. NULL with TypeError or MemoryError.
ASYNCIO_MUST_USE asyncio_future *asyncio_condition_wait_coroutine(asyncio_condition *condition);
ASYNCIO_MUST_USE asyncio_future *asyncio_condition_wait_for_coroutine(asyncio_condition *condition,
                                                                      asyncio_predicate predicate, void *arg);

// Wakes up to [count] of those who wait / all of them, in the order they came; they go on when the lock is free.
// RuntimeError when the lock is not held, TypeError for NULL.
asyncio_status asyncio_condition_notify(asyncio_condition *condition, int count);
asyncio_status asyncio_condition_notify_all(asyncio_condition *condition);

#ifdef __cplusplus
}
#endif
#endif
