// SPDX-License-Identifier: MIT
// Waiting by a call, where there is one.
#include "stackful.h"

WAITS(sleep) { return asyncio_sleep(op->number); }

ASYNCIO_SUSPENDS asyncio_status body(int index, asyncio_value *result);

WAITS(call) {
  asyncio_future *coroutine = item(op->items[0]);
  if (!coroutine) *none = "full";
  if (!coroutine) return ASYNCIO_OK;
  asyncio_unref(coroutine);
  return body(-1 - op->items[0], value);
}

WAITS(wait_for) {
  asyncio_future *awaitable = item(op->items[0]);
  if (awaitable) return asyncio_wait_for(awaitable, op->number, value);
  *none = "empty";
  return ASYNCIO_OK;
}

#define WAITS_FOR_TRUE(name, call) \
  WAITS(name) { \
    ASYNCIO_TRY(call); \
    *value = asyncio_bool(true); \
    return ASYNCIO_OK; \
  }

WAITS_FOR_TRUE(lock_acquire, asyncio_lock_acquire(&run.things.locks[op->slot]))
WAITS_FOR_TRUE(with_lock, asyncio_lock_acquire(&run.things.locks[op->slot]))
WAITS_FOR_TRUE(event_wait, asyncio_event_wait(&run.things.events[op->slot]))
WAITS_FOR_TRUE(condition_acquire, asyncio_condition_acquire(&run.things.conditions[op->slot]))
WAITS_FOR_TRUE(with_condition, asyncio_condition_acquire(&run.things.conditions[op->slot]))
WAITS_FOR_TRUE(condition_wait, asyncio_condition_wait(&run.things.conditions[op->slot]))
WAITS_FOR_TRUE(condition_wait_for,
               asyncio_condition_wait_for(&run.things.conditions[op->slot], things_asked_event_is_set, me))
WAITS_FOR_TRUE(semaphore_acquire, asyncio_semaphore_acquire(&run.things.semaphores[op->slot]))
WAITS_FOR_TRUE(with_semaphore, asyncio_semaphore_acquire(&run.things.semaphores[op->slot]))

WAITS(barrier_wait) {
  int index;
  ASYNCIO_TRY(asyncio_barrier_wait(&run.things.barriers[op->slot], &index));
  *value = asyncio_int(index);
  return ASYNCIO_OK;
}

WAITS(barrier_reset) { return asyncio_barrier_reset(&run.things.barriers[op->slot]); }
WAITS(barrier_abort) { return asyncio_barrier_abort(&run.things.barriers[op->slot]); }

WAITS(queue_put) {
  asyncio_value item_ = asyncio_int((int64_t)op->number);
  asyncio_queue *queue = &run.things.queues[op->slot];
  return op->slot == PRIORITIES ? asyncio_priority_queue_put(queue, op->flag, item_) : asyncio_queue_put(queue, item_);
}

WAITS(queue_get) { return asyncio_queue_get(&run.things.queues[op->slot], value); }
WAITS(queue_join) { return asyncio_queue_join(&run.things.queues[op->slot]); }

// By its form as an object, which says nothing: each future says itself whether it is done.
OPERATION(wait) {
  waited all = waited_begin(op);
  asyncio_return_when when = (asyncio_return_when)op->flag;
  asyncio_status status =
      op->form ? asyncio_await(asyncio_wait_coroutine(all.futures, all.count, op->number, when), NULL)
               : asyncio_wait(all.futures, all.count, op->number, when, &all.done);
  waited_end(&all, me, op, status);
  return status;
}
