// SPDX-License-Identifier: MIT
// Locks, events, conditions, semaphores and barriers: the operations, and the things themselves.
#include "things.h"

#include <stdlib.h>

#include "operations.h"

enum { PUT_BY_PRIMITIVE = 7, PRIORITIES = 1 };

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

// ---- Waiting: by the form directly, or through a coroutine object

#define WAIT(name, call, object) \
  OPERATION(name) { \
    if (op->form) return await_outcome(me, op, object); \
    asyncio_value value = asyncio_none(); \
    asyncio_status status = call; \
    if (!status) value = asyncio_bool(true); \
    return outcome(me, op, status, &value); \
  }

WAIT(lock_acquire, asyncio_lock_acquire(&run.things.locks[op->slot]), lock(&run.things, op->slot))
WAIT(event_wait, asyncio_event_wait(&run.things.events[op->slot]), event_(&run.things, op->slot))
WAIT(condition_acquire, asyncio_condition_acquire(&run.things.conditions[op->slot]), acquire(&run.things, op->slot))
WAIT(condition_wait, asyncio_condition_wait(&run.things.conditions[op->slot]), wait(&run.things, op->slot))
WAIT(semaphore_acquire, asyncio_semaphore_acquire(&run.things.semaphores[op->slot]), take(&run.things, op->slot))

typedef struct question {
  const instance *me;
  const operation *op;
} question;

static bool is_set(void *arg) {
  const question *asked = arg;
  bool set = asyncio_event_is_set(&run.things.events[asked->op->flag]);
  event(asked->me, asked->op, "asks %s", set ? "True" : "False");
  return set;
}

OPERATION(condition_wait_for) {
  question asked = {me, op};
  asyncio_condition *condition = &run.things.conditions[op->slot];
  if (op->form) return await_outcome(me, op, asyncio_condition_wait_for_coroutine(condition, is_set, &asked));
  asyncio_status status = asyncio_condition_wait_for(condition, is_set, &asked);
  asyncio_value value = status ? asyncio_none() : asyncio_bool(true);
  return outcome(me, op, status, &value);
}

OPERATION(barrier_wait) {
  int index;
  if (op->form) return await_outcome(me, op, meet(&run.things, op->slot));
  asyncio_status status = asyncio_barrier_wait(&run.things.barriers[op->slot], &index);
  asyncio_value value = status ? asyncio_none() : asyncio_int(index);
  return outcome(me, op, status, &value);
}

OPERATION(barrier_reset) {
  asyncio_value none = asyncio_none();
  asyncio_barrier *barrier = &run.things.barriers[op->slot];
  if (op->form) return await_outcome(me, op, asyncio_barrier_reset_coroutine(barrier));
  asyncio_status status = asyncio_barrier_reset(barrier);
  return outcome(me, op, status, &none);
}

OPERATION(barrier_abort) {
  asyncio_value none = asyncio_none();
  asyncio_barrier *barrier = &run.things.barriers[op->slot];
  if (op->form) return await_outcome(me, op, asyncio_barrier_abort_coroutine(barrier));
  asyncio_status status = asyncio_barrier_abort(barrier);
  return outcome(me, op, status, &none);
}

// ---- Blocks that hold something

// After the block in it: [released] is what came of giving it back.
static asyncio_status leave(const instance *me, const operation *op, asyncio_status released) {
  char *text = released ? show_status(released) : NULL;
  event(me, op, "left %s", released ? text : "ok");
  free(text);
  return released ? asyncio_raise(ASYNCIO_RUNTIME_ERROR, "It was released before") : ASYNCIO_OK;
}

#define WITHIN(name, begin, end) \
  OPERATION(name) { \
    ASYNCIO_TRY(begin(me, op)); \
    failure kept = keep(run_block(me, &op->blocks[0])); \
    asyncio_status failed = run.dead ? ASYNCIO_OK : leave(me, op, end); \
    return failed ? let_go(&kept, failed) : raise_again(&kept); \
  }

WITHIN(with_lock, op_lock_acquire, asyncio_lock_release(&run.things.locks[op->slot]))
WITHIN(with_condition, op_condition_acquire, asyncio_condition_release(&run.things.conditions[op->slot]))
WITHIN(with_semaphore, op_semaphore_acquire, asyncio_semaphore_release(&run.things.semaphores[op->slot]))

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

static asyncio_future *put_object(const operation *op, asyncio_queue *queue, asyncio_value item) {
  if (op->slot == PRIORITIES) return asyncio_priority_queue_put_coroutine(queue, op->flag, item);
  return asyncio_queue_put_coroutine(queue, item);
}

OPERATION(queue_put) {
  asyncio_value item = asyncio_int((int64_t)op->number), none = asyncio_none();
  asyncio_queue *queue = &run.things.queues[op->slot];
  if (op->form) return await_outcome(me, op, put_object(op, queue, item));
  asyncio_status status = op->slot == PRIORITIES ? asyncio_priority_queue_put(queue, op->flag, item)
                                                 : asyncio_queue_put(queue, item);
  return outcome(me, op, status, &none);
}

OPERATION(queue_get) {
  asyncio_value item;
  if (op->form) return await_outcome(me, op, get(&run.things, op->slot));
  asyncio_status status = asyncio_queue_get(&run.things.queues[op->slot], &item);
  return outcome(me, op, status, &item);
}

OPERATION(queue_join) {
  asyncio_value none = asyncio_none();
  if (op->form) return await_outcome(me, op, join(&run.things, op->slot));
  asyncio_status status = asyncio_queue_join(&run.things.queues[op->slot]);
  return outcome(me, op, status, &none);
}

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
