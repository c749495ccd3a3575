// SPDX-License-Identifier: MIT
// Locks, events, conditions, semaphores and barriers: the operations, and the things themselves.
#include "things.h"

#include <stdlib.h>

#include "operations.h"

enum { PUT_BY_PRIMITIVE = 7 };

void things_init(things *self, const int *sizes) {
  asyncio_status status = ASYNCIO_OK;
  for (int i = 0; i < PAIR; i++) {
    asyncio_lock_init(&self->locks[i]);
    asyncio_event_init(&self->events[i]);
    asyncio_condition_init(&self->conditions[i], i ? &self->locks[0] : NULL);
    status |= asyncio_barrier_init(&self->barriers[i], sizes[PAIR + i]);
  }
  status |= asyncio_semaphore_init(&self->semaphores[0], sizes[0]);
  status |= asyncio_bounded_semaphore_init(&self->semaphores[1], sizes[1]);
  status |= asyncio_queue_init(&self->queues[0], sizes[2 * PAIR]);
  status |= asyncio_priority_queue_init(&self->queues[1], sizes[2 * PAIR + 1]);
  status |= asyncio_lifo_queue_init(&self->queues[2], sizes[2 * PAIR + 2]);
  if (status) abort();
}

void things_destroy(things *self) {
  for (int i = 0; i < QUEUES; i++) asyncio_queue_destroy(&self->queues[i]);
}

// ---- Coroutine objects, in the order of operations_locks.mjs's PRIMITIVES

static asyncio_future *lock(things *self, int i) { return asyncio_lock_acquire_coroutine(&self->locks[i]); }
static asyncio_future *event_(things *self, int i) { return asyncio_event_wait_coroutine(&self->events[i]); }
static asyncio_future *wait(things *self, int i) { return asyncio_condition_wait_coroutine(&self->conditions[i]); }
static asyncio_future *acquire(things *self, int i) {
  return asyncio_condition_acquire_coroutine(&self->conditions[i]);
}
static asyncio_future *take(things *self, int i) { return asyncio_semaphore_acquire_coroutine(&self->semaphores[i]); }
static asyncio_future *meet(things *self, int i) { return asyncio_barrier_wait_coroutine(&self->barriers[i]); }
static asyncio_future *get(things *self, int i) { return asyncio_queue_get_coroutine(&self->queues[i]); }
static asyncio_future *join(things *self, int i) { return asyncio_queue_join_coroutine(&self->queues[i]); }

static asyncio_future *put(things *self, int i) {
  asyncio_value value = asyncio_int(PUT_BY_PRIMITIVE);
  if (i == PRIORITIES) return asyncio_priority_queue_put_coroutine(&self->queues[i], 0, value);
  return asyncio_queue_put_coroutine(&self->queues[i], value);
}

asyncio_future *things_primitive(things *self, int code) {
  static asyncio_future *(*const makers[])(things *, int) = {lock, event_, wait, take, meet, get, put, join, acquire};
  return makers[code / 10](self, code % 10);
}

// ---- Waiting

AWAITS(lock_acquire) { return lock(&run.things, op->slot); }
AWAITS(event_wait) { return event_(&run.things, op->slot); }
AWAITS(condition_acquire) { return acquire(&run.things, op->slot); }
AWAITS(condition_wait) { return wait(&run.things, op->slot); }
AWAITS(semaphore_acquire) { return take(&run.things, op->slot); }
AWAITS(barrier_wait) { return meet(&run.things, op->slot); }
AWAITS(barrier_reset) { return asyncio_barrier_reset_coroutine(&run.things.barriers[op->slot]); }
AWAITS(barrier_abort) { return asyncio_barrier_abort_coroutine(&run.things.barriers[op->slot]); }
AWAITS(queue_get) { return get(&run.things, op->slot); }
AWAITS(queue_join) { return join(&run.things, op->slot); }

bool things_asked_event_is_set(void *arg) {
  const instance *me = arg;
  bool set = asyncio_event_is_set(&run.things.events[me->waits->flag]);
  event(me, me->waits, "asks %s", set ? "True" : "False");
  return set;
}

AWAITS(condition_wait_for) {
  return asyncio_condition_wait_for_coroutine(&run.things.conditions[op->slot], things_asked_event_is_set, me);
}

AWAITS(queue_put) {
  asyncio_value value = asyncio_int((int64_t)op->number);
  asyncio_queue *queue = &run.things.queues[op->slot];
  if (op->slot == PRIORITIES) return asyncio_priority_queue_put_coroutine(queue, op->flag, value);
  return asyncio_queue_put_coroutine(queue, value);
}

// ---- Blocks that hold something

#define HOLDS(name, acquiring, releasing) \
  AWAITS(with_##name) { return acquiring(&run.things, op->slot); } \
  static asyncio_status release_##name(instance *me, const operation *op) { \
    (void)me; \
    return releasing; \
  } \
  FILL(with_##name, release, release_##name)

HOLDS(lock, lock, asyncio_lock_release(&run.things.locks[op->slot]))
HOLDS(condition, acquire, asyncio_condition_release(&run.things.conditions[op->slot]))
HOLDS(semaphore, take, asyncio_semaphore_release(&run.things.semaphores[op->slot]))

// ---- Without waiting

OPERATION(lock_release) { return say_status(me, op, asyncio_lock_release(&run.things.locks[op->slot])); }

OPERATION(condition_release) { return say_status(me, op, asyncio_condition_release(&run.things.conditions[op->slot])); }

OPERATION(semaphore_release) { return say_status(me, op, asyncio_semaphore_release(&run.things.semaphores[op->slot])); }

OPERATION(condition_notify) {
  return say_status(me, op, asyncio_condition_notify(&run.things.conditions[op->slot], (int)op->number));
}

OPERATION(condition_notify_all) {
  return say_status(me, op, asyncio_condition_notify_all(&run.things.conditions[op->slot]));
}

OPERATION(event_set) {
  asyncio_event_set(&run.things.events[op->slot]);
  return say_status(me, op, ASYNCIO_OK);
}

OPERATION(event_clear) {
  asyncio_event_clear(&run.things.events[op->slot]);
  return say_status(me, op, ASYNCIO_OK);
}

OPERATION(event_toggle) {
  asyncio_event *toggled = &run.things.events[op->slot];
  bool set = asyncio_event_is_set(toggled);
  (set ? asyncio_event_clear : asyncio_event_set)(toggled);
  event(me, op, "ok %s", set ? "False" : "True");
  return ASYNCIO_OK;
}

OPERATION(look_things) {
  const things *all = &run.things;
  char queues[64] = "";
  size_t used = 0;
  for (int i = 0; i < QUEUES; i++) {
    const asyncio_queue *queue = &all->queues[i];
    used += (size_t)snprintf(queues + used, sizeof queues - used, " %zu%d%d", asyncio_queue_qsize(queue),
                             asyncio_queue_empty(queue), asyncio_queue_full(queue));
  }
  event(me, op, "locks %d%d%d%d events %d%d semaphores %d%d barriers %d%d %d%d queues%s",
        asyncio_lock_locked(&all->locks[0]), asyncio_lock_locked(&all->locks[1]),
        asyncio_condition_locked(&all->conditions[0]), asyncio_condition_locked(&all->conditions[1]),
        asyncio_event_is_set(&all->events[0]), asyncio_event_is_set(&all->events[1]),
        asyncio_semaphore_locked(&all->semaphores[0]), asyncio_semaphore_locked(&all->semaphores[1]),
        asyncio_barrier_n_waiting(&all->barriers[0]), asyncio_barrier_broken(&all->barriers[0]),
        asyncio_barrier_n_waiting(&all->barriers[1]), asyncio_barrier_broken(&all->barriers[1]), queues);
  return ASYNCIO_OK;
}

// ---- Queues

OPERATION(put_nowait) {
  asyncio_value item = asyncio_int((int64_t)op->number);
  asyncio_queue *queue = &run.things.queues[op->slot];
  asyncio_status status = op->slot == PRIORITIES ? asyncio_priority_queue_put_nowait(queue, op->flag, item)
                                                 : asyncio_queue_put_nowait(queue, item);
  return say_status(me, op, status);
}

OPERATION(get_nowait) {
  asyncio_value item;
  event_outcome(me, op, asyncio_queue_get_nowait(&run.things.queues[op->slot], &item), item);
  return ASYNCIO_OK;
}

OPERATION(task_done) { return say_status(me, op, asyncio_queue_task_done(&run.things.queues[op->slot])); }

OPERATION(queue_shutdown) {
  asyncio_queue_shutdown(&run.things.queues[op->slot], op->flag);
  return say_status(me, op, ASYNCIO_OK);
}
