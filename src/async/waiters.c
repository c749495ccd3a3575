// SPDX-License-Identifier: MIT
// Two lists, so that neither waking the next nor asking whether anybody was woken goes through those who are on their
// way. Ended by NULL, unlike the ring of base/list.h: zeroed memory is then an empty one, and a lock that nobody waits
// for may be copied or forgotten. Invariant: a waiter is in one list from its join to its leave, in [woken] exactly
// while it is woken.
#include "waiters.h"

static void append(asyncio__waiter_list *list, asyncio__waiter *waiter) {
  waiter->list = list;
  waiter->next = NULL;
  waiter->previous = list->last;
  if (list->last)
    list->last->next = waiter;
  else
    list->first = waiter;
  list->last = waiter;
}

void asyncio__waiter_leave(asyncio__waiter *waiter) {
  asyncio__waiter_list *list = waiter->list;
  if (!list) return;
  if (waiter->previous)
    waiter->previous->next = waiter->next;
  else
    list->first = waiter->next;
  if (waiter->next)
    waiter->next->previous = waiter->previous;
  else
    list->last = waiter->previous;
  waiter->list = NULL;
}

// The wait is cancelled. asyncio keeps the cancelled in their places until they go on.
static void undo(void *arg) {
  asyncio__waiter *waiter = arg;
  waiter->cancelled = true;
  if (asyncio__task_lost(waiter->task)) asyncio__waiter_leave(waiter);
}

static asyncio_status same_loop(const asyncio__waiters *waiters, const asyncio_task *task, const char *reason) {
  const asyncio__waiter *other = waiters->waiting.first ? waiters->waiting.first : waiters->woken.first;
  if (!other || asyncio_future_get_loop(other->task) == asyncio_future_get_loop(task)) return ASYNCIO_OK;
  return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Those who wait here (%s) are bound to a different event loop", reason);
}

asyncio_status asyncio__waiters_join(asyncio__waiters *waiters, asyncio__waiter *waiter, const char *reason) {
  *waiter = (asyncio__waiter){.task = asyncio_current_task()};
  ASYNCIO_TRY(same_loop(waiters, waiter->task, reason));
  append(&waiters->waiting, waiter);
  asyncio__wait_begin(reason, undo, waiter);
  return ASYNCIO_OK;
}

static void wake(asyncio__waiters *waiters, asyncio__waiter *waiter) {
  asyncio__waiter_leave(waiter);
  append(&waiters->woken, waiter);
  waiter->woken = true;
  asyncio__wake(waiter->task, ASYNCIO_OK);
}

static asyncio__waiter *first_pending(const asyncio__waiters *waiters) {
  asyncio__waiter *waiter = waiters->waiting.first;
  while (waiter && waiter->cancelled) waiter = waiter->next;
  return waiter;
}

bool asyncio__waiters_wake(asyncio__waiters *waiters) {
  asyncio__waiter *waiter = first_pending(waiters);
  if (waiter) wake(waiters, waiter);
  return waiter != NULL;
}

void asyncio__waiters_wake_all(asyncio__waiters *waiters) {
  for (asyncio__waiter *waiter = waiters->waiting.first, *following; waiter; waiter = following) {
    following = waiter->next;
    if (!waiter->cancelled) wake(waiters, waiter);
  }
}

bool asyncio__waiters_any(const asyncio__waiters *waiters) { return waiters->woken.first || first_pending(waiters); }

static void empty(asyncio__waiter_list *list) {
  while (list->first) asyncio__waiter_leave(list->first);
}

void asyncio__waiters_dismiss(asyncio__waiters *waiters) {
  asyncio__waiters_wake_all(waiters);
  empty(&waiters->waiting);
  empty(&waiters->woken);
}
