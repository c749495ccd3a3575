// SPDX-License-Identifier: MIT
// A time limit on a stretch of a task's code, of which every wait in it may be the one that is cut short:
//
//   asyncio_timeout limit;
//   ASYNCIO_TRY(asyncio_timeout_begin(&limit, 2.5));
//   asyncio_status status = fetch_everything();  // a call: with a return in its place the end would be skipped
//   status = asyncio_timeout_end(&limit, status);
//   if (status == ASYNCIO_TIMEOUT_ERROR) printf("too slow\n");
//
// In a stackless coroutine, with [limit] and [status] in its braces, the call is
// ASYNCIO_AWAIT_STATUS(self->status, fetch_everything_coroutine()).
//
// For one awaitable there is asyncio_wait_for. Nothing here suspends. Times are on the loop's clock, INFINITY is never.
#ifndef ASYNCIO_TIMEOUT_H
#define ASYNCIO_TIMEOUT_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

// Kept where the caller likes; what the loop refers to lies elsewhere until the end.
typedef struct asyncio_timeout {
  struct asyncio__timeout_scope *asyncio__scope;  // from begin to end
  double asyncio__when;                           // as it was at the end
  unsigned char asyncio__state;
} asyncio_timeout;

// Begins the limit [limit] for the current task: when it passes, after [delay] seconds or at the time [when], the task
// is cancelled. What has passed already cancels in the next iteration. Every begin needs its end: a task that is done
// without goes to the exception handler. ValueError for NaN, RuntimeError outside a task, MemoryError; then there is
// nothing to end.
ASYNCIO_MUST_USE asyncio_status asyncio_timeout_begin(asyncio_timeout *limit, double delay);
ASYNCIO_MUST_USE asyncio_status asyncio_timeout_begin_at(asyncio_timeout *limit, double when);

// Ends the limit and gives what came of the stretch, which ended with [status]: TimeoutError when the limit has passed
// and [status] is the CancelledError of that, otherwise [status] itself; also when the task was asked to be cancelled
// by others meanwhile. RuntimeError when [limit] has not begun, or has ended.
ASYNCIO_MUST_USE asyncio_status asyncio_timeout_end(asyncio_timeout *limit, asyncio_status status);

// Moves the limit to the time [when], such as asyncio_loop_time(loop) + 0.5. RuntimeError unless it has begun and has
// not passed; ValueError for NaN; MemoryError, and there is no limit then.
asyncio_status asyncio_timeout_reschedule(asyncio_timeout *limit, double when);

double asyncio_timeout_when(const asyncio_timeout *limit);   // when it passes, or would have; INFINITY: never
bool asyncio_timeout_expired(const asyncio_timeout *limit);  // it has passed; stays true after the end

#ifdef __cplusplus
}
#endif
#endif
