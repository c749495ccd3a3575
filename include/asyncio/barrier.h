// SPDX-License-Identifier: MIT
// Barriers: so many tasks wait for one another, again and again.
#ifndef ASYNCIO_BARRIER_H
#define ASYNCIO_BARRIER_H

#include "condition.h"

#ifdef __cplusplus
extern "C" {
#endif

// Owned by whoever has it, on a stack or in a struct. It has nothing to free, and must stay where it is for as long as
// anybody waits for it: who leaves the scope of one ends those tasks first.
typedef struct asyncio_barrier {
  asyncio_condition asyncio__condition;
  int asyncio__parties;
  int asyncio__count;
  unsigned char asyncio__state;
} asyncio_barrier;

// A barrier for [parties] tasks. ValueError for less than 1 (it is then broken), TypeError for NULL.
asyncio_status asyncio_barrier_init(asyncio_barrier *barrier, int parties);

// Suspends until all parties wait here, and gives the place in the order they came, from 0, in [index] (may be NULL).
// The last to come does not suspend; those who come before the others have gone wait for that first. BrokenBarrierError
// when the barrier is aborted, or reset meanwhile; CancelledError, and the others wait on; RuntimeError outside a
// coroutine, or when tasks of another loop wait; TypeError for NULL.
ASYNCIO_SUSPENDS asyncio_status asyncio_barrier_wait(asyncio_barrier *barrier, int *index);

// Empties the barrier for use anew: those who wait get BrokenBarrierError. May suspend, for its lock. CancelledError,
// and nothing has changed; RuntimeError outside a coroutine; TypeError for NULL.
ASYNCIO_SUSPENDS asyncio_status asyncio_barrier_reset(asyncio_barrier *barrier);

// Breaks the barrier: those who wait, and all who come until it is reset, get BrokenBarrierError. May suspend, for its
// lock. Errors are reset's.
ASYNCIO_SUSPENDS asyncio_status asyncio_barrier_abort(asyncio_barrier *barrier);

// The same as coroutine objects, NULL with TypeError or MemoryError; awaiting the first gives the index.
ASYNCIO_MUST_USE asyncio_future *asyncio_barrier_wait_coroutine(asyncio_barrier *barrier);
ASYNCIO_MUST_USE asyncio_future *asyncio_barrier_reset_coroutine(asyncio_barrier *barrier);
ASYNCIO_MUST_USE asyncio_future *asyncio_barrier_abort_coroutine(asyncio_barrier *barrier);

// How it stands: as it was made with, how many wait now, and whether it was aborted or a wait was cancelled.
int asyncio_barrier_parties(const asyncio_barrier *barrier);
int asyncio_barrier_n_waiting(const asyncio_barrier *barrier);  // 0 while those who waited go on
bool asyncio_barrier_broken(const asyncio_barrier *barrier);

#ifdef __cplusplus
}
#endif
#endif
