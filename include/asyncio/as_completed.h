// SPDX-License-Identifier: MIT
// Many awaitables at once, each result as it comes.
//
//     asyncio_status status = asyncio_as_completed_next(&pages, &page);
//     ...
#ifndef ASYNCIO_AS_COMPLETED_H
#define ASYNCIO_AS_COMPLETED_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

// Kept where the caller likes; what the awaitables refer to lies elsewhere.
typedef struct asyncio_as_completed {
  struct asyncio__completions *asyncio__completions;  // from begin to end
} asyncio_as_completed;

// Begins watching [count] awaitables in an array, which is only read: coroutines in it become tasks and are used up,
// futures and tasks stay the caller's; one that is there twice counts once. After [timeout] seconds (INFINITY: no
// limit) those that are not done are given as TimeoutError; they go on. Errors are asyncio_gather_array's, and
// ValueError for a NaN timeout, when the coroutines are dropped; there is then nothing to end.
ASYNCIO_MUST_USE asyncio_status asyncio_as_completed_begin(asyncio_as_completed *iterator,
                                                           asyncio_future *const *awaitables, size_t count,
                                                           double timeout);

// How many are still to be given; 0 before begin and after end.
size_t asyncio_as_completed_left(const asyncio_as_completed *iterator);

// Suspends until the next of them is done and gives its outcome, the value in [result] (owned by the caller, none on
// failure; may be NULL). TimeoutError when time has run out; RuntimeError when none is left, or outside a coroutine.
// Also a call that is cancelled has taken one of those left.
ASYNCIO_SUSPENDS asyncio_status asyncio_as_completed_next(asyncio_as_completed *iterator, asyncio_value *result);

// The same as a coroutine object, which counts as given at once and may be awaited beside others, and after the end.
// NULL with RuntimeError when none is left, TypeError for NULL, MemoryError.
ASYNCIO_MUST_USE asyncio_future *asyncio_as_completed_next_coroutine(asyncio_as_completed *iterator);

// What async iteration gives: the next that is done itself, in [future] (may be NULL), to which the caller owns a
// reference (NULL on failure).
ASYNCIO_SUSPENDS asyncio_status asyncio_as_completed_next_future(asyncio_as_completed *iterator,
                                                                 asyncio_future **future);

// The same as a coroutine object; awaiting it gives a pointer to the future, which is there until that value is
// cleared.
ASYNCIO_MUST_USE asyncio_future *asyncio_as_completed_next_future_coroutine(asyncio_as_completed *iterator);

// Lets go of those that are left, which run on. Every begin needs its end.
void asyncio_as_completed_end(asyncio_as_completed *iterator);

#ifdef __cplusplus
}
#endif
#endif
