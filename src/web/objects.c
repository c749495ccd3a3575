// SPDX-License-Identifier: MIT
// What JavaScript's classes are made of: locks, queues, time limits, groups. C's struct lies in a block that belongs to
// its JavaScript half, whose finalizer frees it; a coroutine object that refers to it therefore holds a handle of that
// half until it has ended. All this has a table of its own, since the embedded core keeps it, with what it alone calls,
// in a second module (web/cli/split.mjs). Invariant: no function of the first table leads here.
#include "../async/queue_items.h"
#include "../base/alloc.h"
#include "../core/runtime.h"
#include "api.h"
#include "asyncio/as_completed.h"
#include "asyncio/barrier.h"
#include "asyncio/event.h"
#include "asyncio/queue.h"
#include "asyncio/semaphore.h"
#include "asyncio/task_group.h"
#include "asyncio/timeout.h"

// ---- Structs

// In the order of KINDS in web/api/objects.ts.
typedef enum kind {
  EVENT,
  LOCK,
  SEMAPHORE,
  BOUNDED_SEMAPHORE,
  CONDITION,
  BARRIER,
  QUEUE,
  LIFO_QUEUE,
  PRIORITY_QUEUE,
  TIMEOUT,
  TASK_GROUP,
  AS_COMPLETED,
} kind;

typedef union object {
  asyncio_event event;
  asyncio_lock lock;
  asyncio_semaphore semaphore;
  asyncio_condition condition;
  asyncio_barrier barrier;
  asyncio_queue queue;
  asyncio_timeout timeout;
  asyncio_task_group group;
  asyncio_as_completed completed;
} object;

static asyncio_status init(object *self, kind kind, int number) {
  *self = (object){.queue = {.asyncio__maxsize = 0}};  // the largest, so all of it: a free lock, an unset event
  switch (kind) {
    case SEMAPHORE: return asyncio_semaphore_init(&self->semaphore, number);
    case BOUNDED_SEMAPHORE: return asyncio_bounded_semaphore_init(&self->semaphore, number);
    case BARRIER: return asyncio_barrier_init(&self->barrier, number);
    case QUEUE: return asyncio_queue_init(&self->queue, number);
    case LIFO_QUEUE: return asyncio_lifo_queue_init(&self->queue, number);
    case PRIORITY_QUEUE: return asyncio_priority_queue_init(&self->queue, number);
    default: return ASYNCIO_OK;
  }
}

// NULL with the error raised. [number] is the value, the parties or the size.
static object *object_new(kind kind, int number) {
  object *self = asyncio__alloc(sizeof *self);
  if (!self) {
    asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a lock, a queue or the like");
    return NULL;
  }
  if (!init(self, kind, number)) return self;
  asyncio__free(self);
  return NULL;
}

static void object_free(object *self, kind kind) {
  if (kind >= QUEUE && kind <= PRIORITY_QUEUE) asyncio_queue_destroy(&self->queue);
  if (kind == AS_COMPLETED) asyncio_as_completed_end(&self->completed);
  asyncio__free(self);
}

// ---- Coroutine objects

typedef struct kept {
  asyncio__frame frame;
  asyncio_future *coroutine;  // NULL once it has begun
  asyncio_js owner;
} kept;

static void drop(asyncio__frame *frame) {
  kept *self = asyncio__container(frame, kept, frame);
  if (self->owner) asyncio_host_release(self->owner);
  asyncio_unref(self->coroutine);
  self->owner = 0;
  self->coroutine = NULL;
}

static asyncio__progress begin(kept *self) {
  asyncio_future *coroutine = self->coroutine;
  self->coroutine = NULL;
  return asyncio__frame_await(&self->frame, coroutine, 1);
}

static asyncio_value number_of(asyncio_value pointer) {
  double number = (double)(uintptr_t)asyncio_value_pointer(pointer);
  asyncio_value_clear(&pointer);
  return asyncio_double(number);
}

// Whole numbers and pointers are C's own, and small enough for a double: a place at a barrier, a future.
static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  kept *self = asyncio__container(frame, kept, frame);
  if (self->coroutine && !sent) return begin(self);
  asyncio_value value = frame->value;
  if (value.kind == ASYNCIO_INT64) value = asyncio_double(asyncio_value_double(value));
  if (value.kind == ASYNCIO_POINTER) value = number_of(value);
  drop(frame);
  return asyncio__frame_done(frame, sent, value);
}

// [coroutine], which is used up, with a handle of what it refers to, taken over. NULL with the error raised, also for
// NULL.
static asyncio_future *keep_owner(asyncio_future *coroutine, asyncio_js owner) {
  kept self = {.frame = {.step = step, .drop = drop}, .owner = owner};
  if (coroutine) self.coroutine = asyncio_ref(coroutine);
  if (coroutine) return asyncio__frame_coroutine("coroutine", &self.frame, sizeof self);
  drop(&self.frame);
  return NULL;
}

// ---- Queues

static asyncio_future *queue_put_coroutine(asyncio_queue *queue, double priority, int kind, double number,
                                           unsigned size) {
  asyncio_value item;
  if (asyncio__js_value(&item, kind, number, size)) return NULL;
  if (queue->asyncio__order == ASYNCIO__PRIORITY) return asyncio_priority_queue_put_coroutine(queue, priority, item);
  return asyncio_queue_put_coroutine(queue, item);
}

static asyncio_status queue_put_nowait(asyncio_queue *queue, double priority, int kind, double number, unsigned size) {
  asyncio_value item;
  ASYNCIO_TRY(asyncio__js_value(&item, kind, number, size));
  if (queue->asyncio__order == ASYNCIO__PRIORITY) return asyncio_priority_queue_put_nowait(queue, priority, item);
  return asyncio_queue_put_nowait(queue, item);
}

// ---- Task groups

static asyncio_task *task_group_create_task(asyncio_future *coroutine, asyncio_task_group *group, unsigned name,
                                            size_t stack_size, asyncio_js half, asyncio_context *context,
                                            bool eager_start) {
  asyncio_value text;
  asyncio_status status = asyncio__js_text_or_none(&text, name);
  asyncio_task *task = NULL;
  if (status)
    asyncio_unref(asyncio_ref(coroutine));
  else
    task = asyncio_task_group_create_task(group, coroutine, .name = asyncio_value_text(text), .stack_size = stack_size,
                                          .context = context, .eager_start = eager_start);
  asyncio_value_clear(&text);
  return asyncio__js_watched(task, half);
}

// ---- The table

#define OURS(_, name) _(name, name)
#define PUBLIC(_, name) _(name, asyncio_##name)

#define FUNCTIONS(_) \
  OURS(_, object_new) OURS(_, object_free) OURS(_, keep_owner) PUBLIC(_, value_clear) PUBLIC(_, event_set) \
  PUBLIC(_, event_clear) PUBLIC(_, event_is_set) PUBLIC(_, event_wait_coroutine) PUBLIC(_, lock_acquire_coroutine) \
  PUBLIC(_, lock_release) PUBLIC(_, lock_locked) PUBLIC(_, semaphore_acquire_coroutine) PUBLIC(_, semaphore_release) \
  PUBLIC(_, semaphore_locked) PUBLIC(_, condition_init) PUBLIC(_, condition_wait_coroutine) \
  PUBLIC(_, condition_notify) PUBLIC(_, condition_notify_all) PUBLIC(_, barrier_wait_coroutine) \
  PUBLIC(_, barrier_reset_coroutine) PUBLIC(_, barrier_abort_coroutine) PUBLIC(_, barrier_n_waiting) \
  PUBLIC(_, barrier_broken) OURS(_, queue_put_coroutine) OURS(_, queue_put_nowait) PUBLIC(_, queue_get_coroutine) \
  PUBLIC(_, queue_get_nowait) PUBLIC(_, queue_join_coroutine) PUBLIC(_, queue_task_done) PUBLIC(_, queue_shutdown) \
  PUBLIC(_, queue_qsize) PUBLIC(_, timeout_begin_at) PUBLIC(_, timeout_end) PUBLIC(_, timeout_reschedule) \
  PUBLIC(_, timeout_when) PUBLIC(_, timeout_expired) PUBLIC(_, task_group_begin) OURS(_, task_group_create_task) \
  PUBLIC(_, task_group_end_coroutine) PUBLIC(_, task_group_cancel) PUBLIC(_, as_completed_begin) \
  PUBLIC(_, as_completed_left) PUBLIC(_, as_completed_next_coroutine) PUBLIC(_, as_completed_next_future_coroutine) \
  PUBLIC(_, as_completed_end)

static const asyncio__functions functions = ASYNCIO__TABLE(FUNCTIONS);

EMSCRIPTEN_KEEPALIVE const asyncio__functions *asyncio__js_object_functions(void) { return &functions; }
