// SPDX-License-Identifier: MIT
// Waiting for several: one entry in each future's callbacks, all in one array that lives as long as the wait.
#include <math.h>

#include "../base/alloc.h"
#include "../core/await.h"

#include "wait.h"

typedef struct wait_frame wait_frame;

typedef struct watch {
  asyncio__entry entry;  // in the future's callbacks, then in the ready queue
  asyncio_future *future;
  wait_frame *owner;
} watch;

struct wait_frame {
  asyncio__frame frame;
  watch *watches;
  size_t count;
  size_t unfinished;
  asyncio_return_when return_when;
  asyncio__timer timer;
  double delay;
  asyncio_task *task;
  bool woken;
};

enum { START, WOKEN };

static void wake(wait_frame *self) {
  if (self->woken) return;
  self->woken = true;
  asyncio__wake(self->task, ASYNCIO_OK);
}

static bool is_exception(const asyncio_future *future) {
  return future->status && future->state != ASYNCIO__CANCELLED;
}

static void future_done(asyncio__entry *entry) {
  watch *one = asyncio__container(entry, watch, entry);
  wait_frame *self = one->owner;
  self->unfinished--;
  bool enough = self->unfinished == 0 || self->return_when == ASYNCIO_FIRST_COMPLETED ||
                (self->return_when == ASYNCIO_FIRST_EXCEPTION && is_exception(one->future));
  if (enough) wake(self);
}

static void time_is_up(asyncio__entry *entry) { wake(asyncio__container(entry, wait_frame, timer.entry)); }

// Takes the entries back; what was not begun yet has none.
static void end(wait_frame *self) {
  if (self->task) asyncio__loop_disarm(asyncio_future_get_loop(self->task), &self->timer);
  for (size_t i = 0; i < self->count; i++) {
    if (self->task) asyncio__unlink(&self->watches[i].entry.link);
    asyncio_unref(self->watches[i].future);
  }
  self->count = 0;
}

static void undo(void *arg) { end(arg); }

asyncio_future *asyncio__wait_awaits(const asyncio_task *task, size_t *at) {
  const wait_frame *self = asyncio__task_waits_in(task, undo);
  while (self && *at < self->count) {
    asyncio_future *future = self->watches[(*at)++].future;
    if (!asyncio__is_done(future)) return future;
  }
  return NULL;
}

static asyncio_status begin(wait_frame *self) {
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio__timer_init(&self->timer, time_is_up);
  if (self->delay != INFINITY)
    ASYNCIO_TRY(asyncio__loop_arm(loop, &self->timer, asyncio_loop_time(loop) + self->delay));
  self->task = asyncio_current_task();
  for (size_t i = 0; i < self->count; i++) {
    watch *one = &self->watches[i];
    one->owner = self;
    asyncio__entry_init(&one->entry, future_done);
    asyncio__future_watch(one->future, &one->entry);
  }
  self->unfinished = self->count;
  asyncio__wait_begin("wait", undo, self);
  return ASYNCIO_OK;
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  wait_frame *self = asyncio__container(frame, wait_frame, frame);
  if (frame->at == START) {
    frame->at = WOKEN;
    sent = begin(self);
    if (!sent) return ASYNCIO__PARKED;
  }
  end(self);
  return asyncio__frame_done(frame, sent, asyncio_none());
}

static asyncio_status check(asyncio_future *const *futures, size_t count, double timeout, asyncio_return_when when) {
  if (isnan(timeout)) return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [timeout] to be a number, got NaN");
  if (count == 0) return asyncio_raise(ASYNCIO_VALUE_ERROR, "Set of Tasks/Futures is empty.");
  if (!futures) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [futures] to be an array of %zu, got NULL", count);
  if ((unsigned)when > ASYNCIO_FIRST_EXCEPTION)
    return asyncio_raise(ASYNCIO_VALUE_ERROR, "Invalid return_when value: %d", (int)when);
  for (size_t i = 0; i < count; i++)
    if (!asyncio_isfuture(futures[i]))
      return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [futures] to be futures or tasks, got %s at %zu%s",
                           futures[i] ? "a coroutine" : "NULL", i, futures[i] ? ": make it a task first" : "");
  return ASYNCIO_OK;
}

// The frame for these arguments, with a reference to each future, or why it cannot be.
static asyncio_status prepare(wait_frame *self, asyncio_future *const *futures, size_t count, double timeout,
                              asyncio_return_when return_when) {
  ASYNCIO_TRY(check(futures, count, timeout, return_when));
  size_t most = PTRDIFF_MAX / (sizeof(watch) + sizeof(asyncio_future *));
  watch *watches = count > most ? NULL : asyncio__alloc(count * (sizeof(watch) + sizeof(asyncio_future *)));
  if (!watches) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a wait for %zu futures", count);
  for (size_t i = 0; i < count; i++) {
    watches[i].future = futures[i];
    futures[i]->references++;  // not asyncio_ref, which would take a temporary one over
  }
  *self = (wait_frame){.frame = {.step = step},
                       .watches = watches,
                       .count = count,
                       .return_when = return_when,
                       .delay = timeout};
  return ASYNCIO_OK;
}

static size_t done_first(asyncio_future **futures, size_t count, asyncio_future **scratch) {
  size_t done = 0, pending = 0;
  for (size_t i = 0; i < count; i++) {
    if (asyncio__is_done(futures[i]))
      futures[done++] = futures[i];
    else
      scratch[pending++] = futures[i];
  }
  for (size_t i = 0; i < pending; i++) futures[done + i] = scratch[i];
  return done;
}

asyncio_status asyncio_wait(asyncio_future **futures, size_t count, double timeout, asyncio_return_when return_when,
                            size_t *done) {
  wait_frame self;
  if (done) *done = 0;
  ASYNCIO_TRY(check(futures, count, timeout, return_when));
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_wait"));
  ASYNCIO_TRY(prepare(&self, futures, count, timeout, return_when));
  watch *watches = self.watches;
  asyncio_status status = asyncio__frame_run(&self.frame, NULL);
  if (!status) count = done_first(futures, count, (asyncio_future **)(void *)(watches + count));
  asyncio__free(watches);
  if (!status && done) *done = count;
  return status;
}

static void drop(asyncio__frame *frame) {
  wait_frame *self = asyncio__container(frame, wait_frame, frame);
  end(self);
  asyncio__free(self->watches);
  self->watches = NULL;
}

static asyncio__progress step_and_free(asyncio__frame *frame, asyncio_status sent) {
  asyncio__progress progress = step(frame, sent);
  if (progress == ASYNCIO__DONE) drop(frame);
  return progress;
}

asyncio_future *asyncio_wait_coroutine(asyncio_future *const *futures, size_t count, double timeout,
                                       asyncio_return_when return_when) {
  wait_frame self;
  if (prepare(&self, futures, count, timeout, return_when)) return asyncio__no_awaitable();
  self.frame.step = step_and_free;
  self.frame.drop = drop;
  return asyncio__frame_coroutine("wait", &self.frame, sizeof self);
}
