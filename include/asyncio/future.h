// SPDX-License-Identifier: MIT
// Futures: an outcome that will exist later. A task is a future too: every call here takes either.
#ifndef ASYNCIO_FUTURE_H
#define ASYNCIO_FUTURE_H

#include "loop.h"

#ifdef __cplusplus
extern "C" {
#endif

// A pending future of [loop]; the caller owns a reference. NULL with a RuntimeError when [loop] is closed, TypeError
// when it is NULL, MemoryError.
ASYNCIO_MUST_USE asyncio_future *asyncio_loop_create_future(asyncio_loop *loop);

// A reference more / less. asyncio_ref on a fresh coroutine, gather or shield keeps it past its first use.
asyncio_future *asyncio_ref(asyncio_future *future);
void asyncio_unref(asyncio_future *future);

bool asyncio_future_done(const asyncio_future *future);       // has a result or an exception, or is cancelled
bool asyncio_future_cancelled(const asyncio_future *future);  // was cancelled; still false after cancel() of a task
asyncio_loop *asyncio_future_get_loop(const asyncio_future *future);  // borrowed; NULL for a coroutine not yet used

// Makes the future done. set_result takes over [value], also when it fails; set_exception's words are printf's.
// InvalidStateError when it is done already; RuntimeError on a task, whose outcome is its coroutine's to give;
// ValueError for a [status] that is no failure.
asyncio_status asyncio_future_set_result(asyncio_future *future, asyncio_value value);
asyncio_status asyncio_future_set_exception(asyncio_future *future, asyncio_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The outcome: 0 and the value in [value] (borrowed from the future; may be NULL), or the status of the exception or
// CancelledError, whose words are then the current error's. InvalidStateError while pending.
asyncio_status asyncio_future_result(asyncio_future *future, asyncio_value *value);

// The exception in [error], NULL when it has a result (borrowed; [error] may be NULL). InvalidStateError while
// pending, CancelledError when cancelled.
asyncio_status asyncio_future_exception(asyncio_future *future, const asyncio_error **error);

// Asks for cancellation; [message] (copied, may be NULL) becomes the words of the CancelledError. A plain future is
// cancelled at once; a task's current or next suspending call returns CancelledError to it. False when done already;
// a failure that nobody has looked at is then no longer reported, but a gather's is.
bool asyncio_future_cancel(asyncio_future *future, const char *message);

// A done callback: called in an iteration after the future became done, with the future borrowed.
typedef asyncio_status (*asyncio_done_callback)(asyncio_future *future, void *arg);

// Adds a done callback; callbacks are called in the order they were added, each in a copy of the current context or,
// with .context = context, in that one. TypeError for NULL, or on a coroutine.
#define asyncio_future_add_done_callback(future, callback, arg, ...) \
  asyncio_future_add_done_callback_in(future, callback, arg, ASYNCIO__CALLBACK_CONTEXT(__VA_ARGS__))
asyncio_status asyncio_future_add_done_callback_in(asyncio_future *future, asyncio_done_callback callback, void *arg,
                                                   asyncio_context *context);

// Removes every callback added with [callback] and [arg]; returns how many.
size_t asyncio_future_remove_done_callback(asyncio_future *future, asyncio_done_callback callback, void *arg);

#ifdef __cplusplus
}
#endif
#endif
