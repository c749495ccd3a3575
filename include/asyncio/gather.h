// SPDX-License-Identifier: MIT
// Gathering: many awaitables at once, their results in order.
#ifndef ASYNCIO_GATHER_H
#define ASYNCIO_GATHER_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

// An awaitable whose result is the list of the results of all [awaitables], in their order:
//   asyncio_value list;
//   ASYNCIO_TRY(asyncio_await(asyncio_gather(fetch_coroutine("a"), fetch_coroutine("b")), &list));
// Coroutines become tasks. The first failure is the gather's at once; the others run
// on, and may outlive the caller's locals: with pointers to those use return_exceptions, or cancel and wait before
// returning. Cancelling it cancels all that are not done; it ends when the first of them has ended cancelled, with
// return_exceptions when all have ended. A cancelled gather has failed with CancelledError: asyncio_future_cancelled()
// is false for it, as in asyncio. An awaitable given twice is awaited once. The gather and a plain future in it keep
// each other until that is done: finish or cancel it. Used up by its first use; asyncio_ref keeps it. Outside a loop
// it belongs to that of the first awaitable, if this is a future, else to the one that was set. NULL with the error of
// the first argument that is NULL, or MemoryError: the coroutines among the arguments are then dropped. NULL with
// TypeError for a coroutine that was used before and kept with asyncio_ref, with ValueError for another loop's future:
// those before it are tasks already and run on, as in asyncio; the others are dropped.
#define asyncio_gather(...) \
  asyncio_gather_array((asyncio_future *[]){__VA_ARGS__}, \
                       sizeof((asyncio_future *[]){__VA_ARGS__}) / sizeof(asyncio_future *), false)

// The same over [count] awaitables in an array, which is only read: coroutines in it are used up, futures and tasks
// stay the caller's. With [return_exceptions] failures and cancellations of the awaitables are results, of kind
// ASYNCIO_ERROR. None at all gives a done gather with an empty list.
ASYNCIO_MUST_USE asyncio_future *asyncio_gather_array(asyncio_future *const *awaitables, size_t count,
                                                      bool return_exceptions);

#ifdef __cplusplus
}
#endif
#endif
