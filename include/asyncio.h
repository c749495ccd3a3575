// SPDX-License-Identifier: MIT
// asyncio for C: blocking-style functions as coroutines on one event loop, in WebAssembly and natively.
//
// This header includes the others, nothing else; each of them is the manual of one concept. Names and behaviour are
// those of Python's asyncio (3.14). Four rules hold everywhere:
//
// - Time is double seconds; INFINITY is asyncio's None for a timeout.
// - A function that may fail returns asyncio_status (0 or negative), one that returns a pointer returns NULL; either way
//   asyncio_error_message() has the words. One declared ASYNCIO_SUSPENDS may also switch to other tasks meanwhile.
// - Coroutines, gather() and shield() give awaitables that are used up by their first use; futures and tasks are counted
//   (asyncio_ref, asyncio_unref), and who created one owns a reference.
// - One thread, one loop at a time: nothing here may be called from another thread.
#ifndef ASYNCIO_H
#define ASYNCIO_H

#include "asyncio/status.h"
#include "asyncio/value.h"
#include "asyncio/loop.h"
#include "asyncio/future.h"
#include "asyncio/coroutine.h"
#include "asyncio/task.h"
#include "asyncio/sleep.h"
#include "asyncio/gather.h"
#include "asyncio/wait.h"
#include "asyncio/wait_for.h"
#include "asyncio/shield.h"
#include "asyncio/run.h"
#ifdef __EMSCRIPTEN__
#include "asyncio/promise.h"
#include "asyncio/main.h"
#endif

#endif
