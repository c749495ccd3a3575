// SPDX-License-Identifier: MIT
// A time limit on one awaitable.
#ifndef ASYNCIO_WAIT_FOR_H
#define ASYNCIO_WAIT_FOR_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

// Awaits [awaitable] for at most [timeout] seconds (INFINITY: no limit) and gives its outcome, the value in [result]
// (owned by the caller, none on failure; may be NULL). A coroutine runs within the calling task. When time runs out the
// awaitable is cancelled, its end is waited for, and the status is TimeoutError; if it ends with a result or another
// failure all the same, that is the outcome. With a timeout <= 0 a done future gives its outcome, and a coroutine is
// cancelled without being started. ValueError for NaN, otherwise the errors of asyncio_await.
ASYNCIO_SUSPENDS asyncio_status asyncio_wait_for(asyncio_future *awaitable, double timeout, asyncio_value *result);

// The same as a coroutine object, which holds [awaitable]. NULL with TypeError, ValueError for NaN, or MemoryError.
ASYNCIO_MUST_USE asyncio_future *asyncio_wait_for_coroutine(asyncio_future *awaitable, double timeout);

#ifdef __cplusplus
}
#endif
#endif
