// SPDX-License-Identifier: MIT
// Those who wait for a lock, an event, a queue: a FIFO of tasks, each with a node in the frame of its wait.
//
//   waiting --wake--> woken ----+
//      |                        +--> gone on: its step has called leave
//      +--undo--> cancelled ----+
//
// asyncio's deque of futures, state by state: who is woken or cancelled goes on in the next iteration, and what happens
// until then may depend on it. A woken one may be told CancelledError all the same: then the call is lost unless its
// step passes it on.
#ifndef ASYNCIO__ASYNC_WAITERS_H
#define ASYNCIO__ASYNC_WAITERS_H

#include "../core/await.h"
#include "asyncio/waiters.h"

// Zeroed memory is one that does not wait.
struct asyncio__waiter {
  asyncio__waiter *next, *previous;
  asyncio__waiter_list *list;  // that it is in; NULL before it waits and after it has left
  asyncio_task *task;
  bool cancelled;  // and has not gone on yet
  bool woken;      // it was, or would be without the cancellation that came later
};

// Begins a wait of the current task at the end of [waiters]; the step returns PARKED next. [reason] is what the task
// waits for. RuntimeError when those who wait already belong to another loop: then nothing has begun.
asyncio_status asyncio__waiters_join(asyncio__waiters *waiters, asyncio__waiter *waiter, const char *reason);

// It goes on, or will never: out of the list. One that is in none stays so.
void asyncio__waiter_leave(asyncio__waiter *waiter);

// Wakes the first / all of those who wait and are not cancelled. False: there is none.
bool asyncio__waiters_wake(asyncio__waiters *waiters);
void asyncio__waiters_wake_all(asyncio__waiters *waiters);

// Whether anybody waits, or was woken and has not gone on.
bool asyncio__waiters_any(const asyncio__waiters *waiters);

// The owner of [waiters] goes: those who wait are woken, and nobody refers to it any more.
void asyncio__waiters_dismiss(asyncio__waiters *waiters);

#endif
