// SPDX-License-Identifier: MIT
// Native coroutines that are entered later: enter only queues, and settle, called by the host between turns, runs them.
// An engine that switches stacks itself resumes a coroutine in a later microtask, though it can start one at once; this
// backend has that shape and none of the engine.
#include "ucontext.h"

typedef struct queue {
  asyncio__link head;
  bool ready;  // the head is initialised
} queue;

static _Thread_local queue entered;

asyncio__coro_state asyncio__coro_enter(asyncio__coro *self, bool now) {
  if (now) return asyncio__ucontext_resume(self) ? ASYNCIO__CORO_RETURNED : ASYNCIO__CORO_PARKED;
  if (!entered.ready) asyncio__list_init(&entered.head);
  entered.ready = true;
  asyncio__list_append(&entered.head, &self->queued);
  return ASYNCIO__CORO_ENTERED;
}

bool asyncio__coro_settle(void) {
  asyncio__link *link = entered.ready ? asyncio__list_pop(&entered.head) : NULL;
  if (!link) return false;
  asyncio__coro *self = asyncio__container(link, asyncio__coro, queued);
  void *owner = self->call.owner;
  (void)asyncio__coro_resuming(owner);  // settled before anybody could end it
  asyncio__coro_left(owner, asyncio__ucontext_resume(self) ? ASYNCIO__CORO_RETURNED : ASYNCIO__CORO_PARKED);
  return true;
}
