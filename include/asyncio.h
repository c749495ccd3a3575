// SPDX-License-Identifier: MIT
// asyncio for C: blocking-style functions as coroutines on one event loop, in WebAssembly and natively.
//
// This header includes the others, nothing else; each of them is the manual of one concept. Names and behaviour are
// those of Python's asyncio (3.14). Five rules hold everywhere:
//
// - Time is double seconds; INFINITY is asyncio's None for a timeout.
// - A function that may fail returns asyncio_status (0 or negative), one that returns a pointer returns NULL; either
//   way asyncio_error_message() has the words. One declared ASYNCIO_SUSPENDS may also switch to other tasks meanwhile.
// - Coroutines, gather(), shield() and promises are used up by their first use: what awaits or runs them (await,
//   gather, wait_for, shield, create_task, ensure_future, run) frees them, and the pointer is dead then, unless
//   asyncio_ref() was called first. Futures and tasks are counted: who created one owns a reference until
//   asyncio_unref(), and every call only borrows it.
// - NULL in the place of what a call is about is no crash: what frees, lets go or sets up does nothing, a question has
//   the answer of nothing at all (false, 0, "", NaN), and what returns a status returns TypeError.
// - One thread, one loop at a time: nothing here may be called from another thread.
#ifndef ASYNCIO_H
#define ASYNCIO_H

#if defined(__STRICT_ANSI__) && !defined(__cplusplus)
#error "asyncio.h needs the GNU dialect of C: compile with -std=gnu11 or later, not -std=c11"
#endif

#include "asyncio/status.h"
#include "asyncio/value.h"
#include "asyncio/loop.h"
#include "asyncio/context.h"
#include "asyncio/future.h"
#include "asyncio/coroutine.h"
#include "asyncio/task.h"
#include "asyncio/stackless.h"
#include "asyncio/generator.h"
#include "asyncio/sleep.h"
#include "asyncio/gather.h"
#include "asyncio/as_completed.h"
#include "asyncio/wait.h"
#include "asyncio/wait_for.h"
#include "asyncio/timeout.h"
#include "asyncio/task_group.h"
#include "asyncio/event.h"
#include "asyncio/lock.h"
#include "asyncio/semaphore.h"
#include "asyncio/condition.h"
#include "asyncio/barrier.h"
#include "asyncio/queue.h"
#include "asyncio/shield.h"
#include "asyncio/graph.h"
#include "asyncio/debug.h"
#include "asyncio/runner.h"
#include "asyncio/run.h"
#include "asyncio/export.h"
#ifdef __EMSCRIPTEN__
#include "asyncio/promise.h"
#include "asyncio/main.h"
#endif

#endif
