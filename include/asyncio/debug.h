// SPDX-License-Identifier: MIT
// Debug mode: a loop that tells what is probably a mistake. What costs nothing to notice is noticed without it:
// failures that nobody looks at, tasks that are pending as their loop is closed, loops used from another thread.
#ifndef ASYNCIO_DEBUG_H
#define ASYNCIO_DEBUG_H

#include "loop.h"

#ifdef __cplusplus
extern "C" {
#endif

// In debug mode the loop's exception handler is told, with status 0, of every callback and every step of a task that
// takes long ("Executing a step of coroutine 'serve > read' took 0.250 seconds": serve is the task's, and it ended in
// read), and, as the loop is closed, of each coroutine object that was made while it ran and never used: "coroutine
// 'fetch' was never awaited". A new loop is in it when the environment variable ASYNCIO_LOOP_DEBUG is set and not empty
// (natively).
void asyncio_loop_set_debug(asyncio_loop *loop, bool enabled);
bool asyncio_loop_get_debug(const asyncio_loop *loop);

// How many seconds are long; 0.1 at first, INFINITY: nothing is. ValueError for NaN.
asyncio_status asyncio_loop_set_slow_callback_duration(asyncio_loop *loop, double seconds);
double asyncio_loop_get_slow_callback_duration(const asyncio_loop *loop);

#ifdef __cplusplus
}
#endif
#endif
