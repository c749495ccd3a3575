// SPDX-License-Identifier: MIT
// Waiting for several futures without touching them.
#ifndef ASYNCIO_WAIT_H
#define ASYNCIO_WAIT_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum asyncio_return_when {
  ASYNCIO_ALL_COMPLETED,
  ASYNCIO_FIRST_COMPLETED,
  ASYNCIO_FIRST_EXCEPTION  // a cancelled future does not count
} asyncio_return_when;

// Suspends until the condition [return_when] holds for the [count] [futures], or [timeout] seconds passed (INFINITY: no
// limit). The array is then in two parts, each in its former order: the first *[done] are done, the rest pending
// ([done] may be NULL). The futures stay the caller's, running out of time is no error and cancels nothing. ValueError
// for none at all, for an unknown [return_when] or a NaN timeout, TypeError for a coroutine or a NULL among them,
// MemoryError.
ASYNCIO_SUSPENDS asyncio_status asyncio_wait(asyncio_future **futures, size_t count, double timeout,
                                             asyncio_return_when return_when, size_t *done);

// The same as a coroutine object, which holds a reference to each future: once it has been awaited, each says itself
// whether it is done. NULL with the errors above.
ASYNCIO_MUST_USE asyncio_future *asyncio_wait_coroutine(asyncio_future *const *futures, size_t count, double timeout,
                                                        asyncio_return_when return_when);

#ifdef __cplusplus
}
#endif
#endif
