// SPDX-License-Identifier: MIT
// Sleeping.
#ifndef ASYNCIO_SLEEP_H
#define ASYNCIO_SLEEP_H

#include "coroutine.h"

#ifdef __cplusplus
extern "C" {
#endif

// Suspends the calling task for [delay] seconds; 0 or less for exactly one iteration, INFINITY until cancelled.
// ValueError for NaN, RuntimeError outside a coroutine.
ASYNCIO_SUSPENDS asyncio_status asyncio_sleep(double delay);

// The same as a coroutine object, with the value that awaiting it gives: [value] is taken over, also on failure.
ASYNCIO_MUST_USE asyncio_future *asyncio_sleep_coroutine(double delay, asyncio_value value);

#ifdef __cplusplus
}
#endif
#endif
