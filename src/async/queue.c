// SPDX-License-Identifier: MIT
// Queues. Who waits is woken to look again, not given an item: another may have taken it by then, and the wait goes on
// at the end of the line. One that was woken and is cancelled instead wakes the next, if there is still something to
// do. Invariant: a wait holds its item until that is in the queue; one whose waiter is in no list when it goes on has
// lost its queue.
#include "asyncio/queue.h"

#include <math.h>

#include "../base/alloc.h"
#include "../core/runtime.h"
#include "queue_items.h"
#include "waiters.h"

typedef struct queue_wait {
  asyncio__frame frame;
  asyncio__waiter waiter;
  asyncio_queue *queue;
  asyncio__item item;  // to put; owned until it was
} queue_wait;

enum { START, WOKEN };

static asyncio_status check(const asyncio_queue *queue) {
  if (queue) return ASYNCIO_OK;
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [queue] to be a queue, got NULL");
}

static asyncio_status init(asyncio_queue *queue, int maxsize, int order) {
  ASYNCIO_TRY(check(queue));
  *queue = (asyncio_queue){.asyncio__maxsize = maxsize, .asyncio__order = (unsigned char)order};
  return ASYNCIO_OK;
}

asyncio_status asyncio_queue_init(asyncio_queue *queue, int maxsize) { return init(queue, maxsize, ASYNCIO__FIFO); }

asyncio_status asyncio_lifo_queue_init(asyncio_queue *queue, int maxsize) {
  return init(queue, maxsize, ASYNCIO__LIFO);
}

asyncio_status asyncio_priority_queue_init(asyncio_queue *queue, int maxsize) {
  return init(queue, maxsize, ASYNCIO__PRIORITY);
}

size_t asyncio_queue_qsize(const asyncio_queue *queue) { return queue ? queue->asyncio__count : 0; }

int asyncio_queue_maxsize(const asyncio_queue *queue) { return queue ? queue->asyncio__maxsize : 0; }

bool asyncio_queue_empty(const asyncio_queue *queue) { return !asyncio_queue_qsize(queue); }

bool asyncio_queue_full(const asyncio_queue *queue) {
  return queue && queue->asyncio__maxsize > 0 && queue->asyncio__count >= (size_t)queue->asyncio__maxsize;
}

// ---- Without waiting

static asyncio_status shut_down(void) { return asyncio_raise(ASYNCIO_QUEUE_SHUT_DOWN, "The queue was shut down"); }

static asyncio_status try_to_put(asyncio_queue *queue, asyncio__item item) {
  if (queue->asyncio__shut_down) return shut_down();
  if (asyncio_queue_full(queue))
    return asyncio_raise(ASYNCIO_QUEUE_FULL, "The queue is full: it holds %zu items", queue->asyncio__count);
  ASYNCIO_TRY(asyncio__items_push(queue, item));
  queue->asyncio__unfinished++;
  (void)asyncio__waiters_wake(&queue->asyncio__getters);
  return ASYNCIO_OK;
}

asyncio_status asyncio_queue_get_nowait(asyncio_queue *queue, asyncio_value *item) {
  if (item) *item = asyncio_none();
  ASYNCIO_TRY(check(queue));
  if (asyncio_queue_empty(queue) && queue->asyncio__shut_down) return shut_down();
  if (asyncio_queue_empty(queue)) return asyncio_raise(ASYNCIO_QUEUE_EMPTY, "The queue is empty");
  asyncio_value got = asyncio__items_pop(queue);
  (void)asyncio__waiters_wake(&queue->asyncio__putters);
  if (item)
    *item = got;
  else
    asyncio_value_clear(&got);
  return ASYNCIO_OK;
}

// The item to put, whose value is taken over unless something is wrong with the call.
static asyncio_status numbered(const asyncio_queue *queue, double priority, asyncio_value value, asyncio__item *item) {
  *item = (asyncio__item){.value = value, .priority = priority};
  ASYNCIO_TRY(check(queue));
  if (queue->asyncio__order != ASYNCIO__PRIORITY)
    return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [queue] to be a priority queue, got another");
  if (!isnan(priority)) return ASYNCIO_OK;
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [priority] to be a number, got NaN");
}

static asyncio_status plain(const asyncio_queue *queue, asyncio_value value, asyncio__item *item) {
  *item = (asyncio__item){.value = value};
  if (!queue || queue->asyncio__order != ASYNCIO__PRIORITY) return check(queue);
  if (value.kind == ASYNCIO_INT64 || value.kind == ASYNCIO_DOUBLE)
    return numbered(queue, asyncio_value_double(value), value, item);
  return asyncio_raise(ASYNCIO_TYPE_ERROR,
                       "Expected [item] to be a number, its own priority: use asyncio_priority_queue_put for others");
}

static asyncio_status put_nowait(asyncio_queue *queue, asyncio_status status, asyncio__item item) {
  if (!status) status = try_to_put(queue, item);
  if (status) asyncio_value_clear(&item.value);
  return status;
}

asyncio_status asyncio_queue_put_nowait(asyncio_queue *queue, asyncio_value value) {
  asyncio__item item;
  asyncio_status status = plain(queue, value, &item);
  return put_nowait(queue, status, item);
}

asyncio_status asyncio_priority_queue_put_nowait(asyncio_queue *queue, double priority, asyncio_value value) {
  asyncio__item item;
  asyncio_status status = numbered(queue, priority, value, &item);
  return put_nowait(queue, status, item);
}

static void finished(asyncio_queue *queue) {
  if (queue->asyncio__unfinished == 0) asyncio__waiters_wake_all(&queue->asyncio__joiners);
}

asyncio_status asyncio_queue_task_done(asyncio_queue *queue) {
  ASYNCIO_TRY(check(queue));
  if (!queue->asyncio__unfinished) return asyncio_raise(ASYNCIO_VALUE_ERROR, "task_done() called too many times");
  queue->asyncio__unfinished--;
  finished(queue);
  return ASYNCIO_OK;
}

// A destructor may put, get and look at the queue.
static void drop_items(asyncio_queue *queue) {
  while (!asyncio_queue_empty(queue)) {
    asyncio_value value = asyncio__items_pop(queue);
    if (queue->asyncio__unfinished) queue->asyncio__unfinished--;
    asyncio_value_clear(&value);
  }
}

void asyncio_queue_shutdown(asyncio_queue *queue, bool immediate) {
  if (!queue) return;
  queue->asyncio__shut_down = true;
  if (immediate) {
    drop_items(queue);
    finished(queue);
  }
  asyncio__waiters_wake_all(&queue->asyncio__getters);
  asyncio__waiters_wake_all(&queue->asyncio__putters);
}

void asyncio_queue_destroy(asyncio_queue *queue) {
  if (!queue) return;
  queue->asyncio__shut_down = true;
  drop_items(queue);
  asyncio__waiters_dismiss(&queue->asyncio__getters);
  asyncio__waiters_dismiss(&queue->asyncio__putters);
  asyncio__waiters_dismiss(&queue->asyncio__joiners);
  asyncio__free(queue->asyncio__items);
  queue->asyncio__items = NULL;
  queue->asyncio__capacity = queue->asyncio__first = 0;
}

// ---- Waiting

static queue_wait *wait_of(asyncio__frame *frame) { return asyncio__container(frame, queue_wait, frame); }

static void drop(asyncio__frame *frame) {
  queue_wait *self = wait_of(frame);
  asyncio__waiter_leave(&self->waiter);
  asyncio_value_clear(&self->item.value);
}

static asyncio__progress done(queue_wait *self, asyncio_status status, asyncio_value value) {
  drop(&self->frame);
  return asyncio__frame_done(&self->frame, status, value);
}

static asyncio__progress park(queue_wait *self, asyncio__waiters *waiters, const char *reason) {
  self->frame.at = WOKEN;
  asyncio_status status = asyncio__waiters_join(waiters, &self->waiter, reason);
  return status ? done(self, status, asyncio_none()) : ASYNCIO__PARKED;
}

static asyncio__progress put_step(asyncio__frame *frame, asyncio_status sent) {
  queue_wait *self = wait_of(frame);
  asyncio_queue *queue = self->queue;
  if (frame->at == WOKEN && !self->waiter.list) return done(self, sent ? sent : shut_down(), asyncio_none());
  asyncio__waiter_leave(&self->waiter);
  if (sent) {
    if (self->waiter.woken && !asyncio_queue_full(queue)) (void)asyncio__waiters_wake(&queue->asyncio__putters);
    return done(self, sent, asyncio_none());
  }
  if (asyncio_queue_full(queue) && !queue->asyncio__shut_down) return park(self, &queue->asyncio__putters, "queue put");
  asyncio_status status = try_to_put(queue, self->item);
  if (!status) self->item.value = asyncio_none();
  return done(self, status, asyncio_none());
}

static asyncio__progress get_step(asyncio__frame *frame, asyncio_status sent) {
  queue_wait *self = wait_of(frame);
  asyncio_queue *queue = self->queue;
  if (frame->at == WOKEN && !self->waiter.list) return done(self, sent ? sent : shut_down(), asyncio_none());
  asyncio__waiter_leave(&self->waiter);
  if (sent) {
    if (self->waiter.woken && !asyncio_queue_empty(queue)) (void)asyncio__waiters_wake(&queue->asyncio__getters);
    return done(self, sent, asyncio_none());
  }
  if (asyncio_queue_empty(queue) && !queue->asyncio__shut_down)
    return park(self, &queue->asyncio__getters, "queue get");
  asyncio_value value;
  asyncio_status status = asyncio_queue_get_nowait(queue, &value);
  return done(self, status, value);
}

static asyncio__progress join_step(asyncio__frame *frame, asyncio_status sent) {
  queue_wait *self = wait_of(frame);
  if (frame->at == START && self->queue->asyncio__unfinished)
    return park(self, &self->queue->asyncio__joiners, "queue join");
  return done(self, sent, asyncio_none());
}

typedef asyncio__progress queue_step(asyncio__frame *frame, asyncio_status sent);

// Gives the place for what there is to put.
static asyncio__item *prepare(queue_wait *self, asyncio_queue *queue, queue_step *step) {
  *self = (queue_wait){.frame = {.step = step, .drop = drop}, .queue = queue};
  return &self->item;
}

// The item is dropped when the call is not allowed here.
static asyncio_status run(queue_wait *self, asyncio_status status, const char *call, asyncio_value *result) {
  if (!status) status = asyncio__may_suspend(call);
  if (!status) return asyncio__frame_run(&self->frame, result);
  asyncio_value_clear(&self->item.value);
  return status;
}

static asyncio_future *object(queue_wait *self, asyncio_status status, const char *name) {
  if (!status) return asyncio__frame_coroutine(name, &self->frame, sizeof *self);
  asyncio_value_clear(&self->item.value);
  return asyncio__no_awaitable();
}

asyncio_status asyncio_queue_put(asyncio_queue *queue, asyncio_value value) {
  queue_wait self;
  asyncio_status status = plain(queue, value, prepare(&self, queue, put_step));
  return run(&self, status, "asyncio_queue_put", NULL);
}

asyncio_status asyncio_priority_queue_put(asyncio_queue *queue, double priority, asyncio_value value) {
  queue_wait self;
  asyncio_status status = numbered(queue, priority, value, prepare(&self, queue, put_step));
  return run(&self, status, "asyncio_priority_queue_put", NULL);
}

asyncio_status asyncio_queue_get(asyncio_queue *queue, asyncio_value *item) {
  queue_wait self;
  if (item) *item = asyncio_none();
  prepare(&self, queue, get_step);
  return run(&self, check(queue), "asyncio_queue_get", item);
}

asyncio_status asyncio_queue_join(asyncio_queue *queue) {
  queue_wait self;
  prepare(&self, queue, join_step);
  return run(&self, check(queue), "asyncio_queue_join", NULL);
}

asyncio_future *asyncio_queue_put_coroutine(asyncio_queue *queue, asyncio_value value) {
  queue_wait self;
  asyncio_status status = plain(queue, value, prepare(&self, queue, put_step));
  return object(&self, status, "put");
}

asyncio_future *asyncio_priority_queue_put_coroutine(asyncio_queue *queue, double priority, asyncio_value value) {
  queue_wait self;
  asyncio_status status = numbered(queue, priority, value, prepare(&self, queue, put_step));
  return object(&self, status, "put");
}

asyncio_future *asyncio_queue_get_coroutine(asyncio_queue *queue) {
  queue_wait self;
  prepare(&self, queue, get_step);
  return object(&self, check(queue), "get");
}

asyncio_future *asyncio_queue_join_coroutine(asyncio_queue *queue) {
  queue_wait self;
  prepare(&self, queue, join_step);
  return object(&self, check(queue), "join");
}
