// SPDX-License-Identifier: MIT
// Event loops: callbacks now, soon and later, and running until something is done.
//
// A loop runs in iterations: timers that are due join the ready queue, then exactly the callbacks that were ready as
// the iteration began run, in order; what they add waits for the next one. Nothing here suspends a task, except that
// the two run functions return only when the loop has stopped.
#ifndef ASYNCIO_LOOP_H
#define ASYNCIO_LOOP_H

#include <math.h>  // INFINITY: no limit
#include <stdbool.h>

#include "value.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct asyncio_loop asyncio_loop;
typedef struct asyncio_future asyncio_future;
typedef struct asyncio_handle asyncio_handle;
typedef struct asyncio_context asyncio_context;  // see context.h

// A callback. A failure that it returns goes to the loop's exception handler; the loop goes on.
typedef asyncio_status (*asyncio_callback)(void *arg);

// A new loop; the caller owns a reference. NULL on MemoryError.
asyncio_loop *asyncio_new_event_loop(void);

// A reference more / less. The last one frees the loop, and closes it first.
asyncio_loop *asyncio_loop_ref(asyncio_loop *loop);
void asyncio_loop_unref(asyncio_loop *loop);

// The loop whose callback or task is executing; NULL with a RuntimeError outside one. Borrowed.
asyncio_loop *asyncio_get_running_loop(void);

// The running loop, else the one set for this thread; the first call makes and sets one when
// none was ever set (what CPython did before 3.14). NULL with a RuntimeError when it was set to NULL. Borrowed.
asyncio_loop *asyncio_get_event_loop(void);

// Sets this thread's loop, which then holds a reference to it; NULL takes it away.
void asyncio_set_event_loop(asyncio_loop *loop);

// Runs the loop until [awaitable] is done and gives its outcome: the status, and in [result] the value, which the
// caller owns; [result] may be NULL. A coroutine is made a task first. RuntimeError when a loop is running here, when
// the loop is closed or is stopped first, or when it can never continue (its tasks and what they wait for are in the
// words).
asyncio_status asyncio_loop_run_until_complete(asyncio_loop *loop, asyncio_future *awaitable, asyncio_value *result)
    __attribute__((warn_unused_result));

// Runs the loop until asyncio_loop_stop(). Errors as above.
asyncio_status asyncio_loop_run_forever(asyncio_loop *loop) __attribute__((warn_unused_result));

// Ends the run after the current iteration; called before a run, that run does one iteration.
void asyncio_loop_stop(asyncio_loop *loop);

// Drops what is queued and ends every pending task, resuming each with CancelledError so that its C code returns; a
// wait in such cleanup fails at once. Closing twice is fine; RuntimeError while the loop runs.
asyncio_status asyncio_loop_close(asyncio_loop *loop);

bool asyncio_loop_is_running(const asyncio_loop *loop);  // from the start of a run to its end
bool asyncio_loop_is_closed(const asyncio_loop *loop);   // from the end of asyncio_loop_close on

// The loop's clock: monotonic seconds from an arbitrary start.
double asyncio_loop_time(const asyncio_loop *loop);

typedef struct asyncio_callback_options {
  char asyncio__first;       // lets the macros below begin a list without setting an option twice
  asyncio_context *context;  // to call it in; a copy of the current one when NULL
} asyncio_callback_options;

#define ASYNCIO__CALLBACK_CONTEXT(...) (((asyncio_callback_options){.asyncio__first = 0, ##__VA_ARGS__}).context)

// Calls [callback] with [arg] in the next iteration / in [delay] seconds / when the clock reads [when]:
//   asyncio_loop_call_soon(loop, callback, arg, NULL)
//   asyncio_loop_call_later(loop, 0.5, callback, arg, &handle, .context = context)
// Callbacks due at the same time run in the order they were scheduled. When [handle] is not NULL it receives a
// reference that the caller owns. A delay <= 0 means the next iteration. ValueError for NaN, TypeError for a NULL
// callback, RuntimeError when closed.
#define asyncio_loop_call_soon(loop, callback, arg, handle, ...) \
  asyncio_loop_call_soon_in(loop, callback, arg, handle, ASYNCIO__CALLBACK_CONTEXT(__VA_ARGS__))
#define asyncio_loop_call_later(loop, delay, callback, arg, handle, ...) \
  asyncio_loop_call_later_in(loop, delay, callback, arg, handle, ASYNCIO__CALLBACK_CONTEXT(__VA_ARGS__))
#define asyncio_loop_call_at(loop, when, callback, arg, handle, ...) \
  asyncio_loop_call_at_in(loop, when, callback, arg, handle, ASYNCIO__CALLBACK_CONTEXT(__VA_ARGS__))
asyncio_status asyncio_loop_call_soon_in(asyncio_loop *loop, asyncio_callback callback, void *arg,
                                         asyncio_handle **handle, asyncio_context *context);
asyncio_status asyncio_loop_call_later_in(asyncio_loop *loop, double delay, asyncio_callback callback, void *arg,
                                          asyncio_handle **handle, asyncio_context *context);
asyncio_status asyncio_loop_call_at_in(asyncio_loop *loop, double when, asyncio_callback callback, void *arg,
                                       asyncio_handle **handle, asyncio_context *context);

// Keeps the callback of [handle] from running; does nothing once it ran. asyncio_handle_cancelled stays true after it.
void asyncio_handle_cancel(asyncio_handle *handle);
bool asyncio_handle_cancelled(const asyncio_handle *handle);
double asyncio_handle_when(const asyncio_handle *handle);  // when it is due on the loop's clock; NaN from call_soon
asyncio_handle *asyncio_handle_ref(asyncio_handle *handle);
void asyncio_handle_unref(asyncio_handle *handle);

// What an exception handler is told; everything is borrowed for the call.
typedef struct asyncio_exception_context {
  const char *message;         // what happened, a sentence; never NULL
  asyncio_status status;       // the failure, or 0
  const asyncio_error *error;  // its words, or NULL
  asyncio_future *future;      // the future or task it is about, or NULL
} asyncio_exception_context;

typedef void (*asyncio_exception_handler)(asyncio_loop *loop, const asyncio_exception_context *context, void *arg);

// Receives the errors that nobody else does: of callbacks, and of futures that were never looked at. NULL restores the
// default, which writes a line to standard error (in a page: to the console). It is called in the context of the task
// or the callback that it is told of, and must not suspend.
void asyncio_loop_set_exception_handler(asyncio_loop *loop, asyncio_exception_handler handler, void *arg);

// Tells the exception handler, or writes the line.
void asyncio_loop_call_exception_handler(asyncio_loop *loop, const asyncio_exception_context *context);

#ifdef __cplusplus
}
#endif
#endif
