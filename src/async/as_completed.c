// SPDX-License-Identifier: MIT
// Completions: one record for each awaitable, with an entry in its callbacks; as it is done the record joins a list,
// from which whoever asks next takes it, in asyncio's way: woken to look again, so that a cancelled one passes its turn
// on. Invariant: the state is there for as long as the iterator or a wait refers to it, and takes its entries back in
// the end.
#include "asyncio/as_completed.h"

#include <math.h>

#include "../base/alloc.h"
#include "../core/runtime.h"
#include "awaitables.h"
#include "waiters.h"

typedef struct asyncio__completions completions;

typedef struct record {
  asyncio__entry entry;    // in the awaitable's callbacks until it is done, or time has run out
  asyncio__link link;      // in [todo], then in [done] until it is given
  asyncio_future *future;  // held until it is given; NULL: time has run out
  completions *owner;
} record;

struct asyncio__completions {
  unsigned references;  // the iterator's and the waits'
  asyncio_loop *loop;   // held
  record *records;
  size_t left;  // to be asked for
  asyncio__link todo;
  asyncio__link done;
  asyncio__waiters waiters;
  asyncio__timer timer;
};

static record *record_at(asyncio__link *link) { return asyncio__container(link, record, link); }

static void empty(asyncio__link *list) {
  asyncio__link *link;
  while ((link = asyncio__list_pop(list))) {
    record *dropped = record_at(link);
    asyncio__unlink(&dropped->entry.link);
    asyncio_unref(dropped->future);
  }
}

static void release(completions *self) {
  if (--self->references) return;
  asyncio__loop_disarm(self->loop, &self->timer);
  empty(&self->todo);
  empty(&self->done);
  asyncio__free(self->records);
  asyncio_loop *loop = self->loop;
  asyncio__pool_free(&asyncio__thread.pool, self, sizeof *self);
  asyncio__loop_release(loop);
}

static void completed(completions *self, record *done) {
  asyncio__unlink(&done->link);
  asyncio__list_append(&self->done, &done->link);
  (void)asyncio__waiters_wake(&self->waiters);
}

static void record_run(asyncio__entry *entry) {
  record *done = asyncio__container(entry, record, entry);
  completions *self = done->owner;
  completed(self, done);
  if (asyncio__list_empty(&self->todo)) asyncio__loop_disarm(self->loop, &self->timer);
}

static void record_drop(asyncio__entry *entry) {
  record *dropped = asyncio__container(entry, record, entry);
  asyncio_future *future = dropped->future;
  asyncio__unlink(&dropped->link);
  dropped->future = NULL;
  asyncio_unref(future);
}

static void time_is_up(asyncio__entry *entry) {
  completions *self = asyncio__container(entry, completions, timer.entry);
  while (!asyncio__list_empty(&self->todo)) {
    record *late = record_at(self->todo.next);
    asyncio__unlink(&late->entry.link);
    asyncio_unref(late->future);
    late->future = NULL;
    completed(self, late);
  }
}

// ---- Beginning

static bool watched_already(const completions *self, const asyncio_future *future, const record *end) {
  if (!asyncio__is_done(future)) {
    if (asyncio__list_empty(&future->callbacks)) return false;
    asyncio__entry *last = asyncio__entry_of(future->callbacks.previous);
    return last->run == record_run && asyncio__container(last, record, entry)->owner == self;
  }
  for (const record *other = self->records; other != end; other++)
    if (other->future == future) return true;
  return false;
}

static void watch(completions *self, record *added, asyncio_future *future) {
  *added = (record){.future = future, .owner = self};
  asyncio__entry_init(&added->entry, record_run);
  added->entry.drop = record_drop;
  asyncio__list_init(&added->link);
  asyncio__list_append(&self->todo, &added->link);
  asyncio__future_watch(future, &added->entry);
}

// All are tasks before the first is watched, as in asyncio. Gives how many it went well with.
static size_t adopt_all(completions *self, asyncio_future *const *awaitables, size_t count) {
  for (size_t i = 0; i < count; i++) {
    self->records[i].future = asyncio__awaitable_adopt(awaitables, i, count, self->loop);
    if (!self->records[i].future) return i;
  }
  return count;
}

static void watch_all(completions *self, size_t count) {
  for (size_t i = 0; i < count; i++) {
    asyncio_future *future = self->records[i].future;
    if (watched_already(self, future, self->records + self->left))
      asyncio_unref(future);
    else
      watch(self, &self->records[self->left++], future);
  }
}

static asyncio_status make(completions **made, size_t count, asyncio_loop *loop) {
  record *records = count > PTRDIFF_MAX / sizeof(record) ? NULL : asyncio__alloc((count + !count) * sizeof *records);
  completions *self = records ? asyncio__pool_alloc(&asyncio__thread.pool, sizeof *self) : NULL;
  *made = self;
  if (!self) {
    asyncio__free(records);
    return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for as_completed of %zu", count);
  }
  *self = (completions){.references = 1, .loop = asyncio__loop_hold(loop), .records = records};
  asyncio__list_init(&self->todo);
  asyncio__list_init(&self->done);
  asyncio__timer_init(&self->timer, time_is_up);
  return ASYNCIO_OK;
}

// Set before anything is begun, since it may fail...
static asyncio_status set_limit(completions *self, size_t count, double timeout) {
  if (!count || timeout == INFINITY) return ASYNCIO_OK;
  return asyncio__loop_arm(self->loop, &self->timer, asyncio_loop_time(self->loop) + timeout);
}

// ...and again when all have begun, as in asyncio: what starts eagerly may have set timers for the same time. The room
// that it just had is there again.
static void restart_limit(completions *self, double timeout) {
  if (self->timer.index == ASYNCIO__NOT_IN_HEAP) return;
  asyncio__loop_disarm(self->loop, &self->timer);
  (void)asyncio__loop_arm(self->loop, &self->timer, asyncio_loop_time(self->loop) + timeout);
}

static asyncio_status begin(completions **made, asyncio_future *const *awaitables, size_t count, double timeout) {
  asyncio_loop *loop = asyncio_get_running_loop();
  if (isnan(timeout)) return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [timeout] to be a number, got NaN");
  ASYNCIO_TRY(asyncio__awaitables_check(awaitables, count, loop));
  ASYNCIO_TRY(make(made, count, loop));
  asyncio_status status = set_limit(*made, count, timeout);
  if (status) release(*made);
  return status;
}

asyncio_status asyncio_as_completed_begin(asyncio_as_completed *iterator, asyncio_future *const *awaitables,
                                          size_t count, double timeout) {
  completions *self = NULL;
  if (iterator) iterator->asyncio__completions = NULL;
  asyncio_status status = iterator ? begin(&self, awaitables, count, timeout)
                                   : asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [iterator] to be a pointer, got NULL");
  if (status) {
    asyncio__awaitables_drop(awaitables, count);
    return status;
  }
  size_t adopted = adopt_all(self, awaitables, count);
  if (adopted < count) {
    while (adopted) asyncio_unref(self->records[--adopted].future);
    release(self);
    return asyncio_error_latest();
  }
  restart_limit(self, timeout);
  watch_all(self, count);
  iterator->asyncio__completions = self;
  return ASYNCIO_OK;
}

size_t asyncio_as_completed_left(const asyncio_as_completed *iterator) {
  return iterator && iterator->asyncio__completions ? iterator->asyncio__completions->left : 0;
}

void asyncio_as_completed_end(asyncio_as_completed *iterator) {
  completions *self = iterator ? iterator->asyncio__completions : NULL;
  if (!self) return;
  iterator->asyncio__completions = NULL;
  release(self);
}

// ---- Asking

typedef struct next_frame {
  asyncio__frame frame;
  asyncio__waiter waiter;
  completions *owner;  // held until the end
  bool resolve;        // the outcome is wanted, not the future itself
} next_frame;

static void drop(asyncio__frame *frame) {
  next_frame *self = asyncio__container(frame, next_frame, frame);
  completions *owner = self->owner;
  asyncio__waiter_leave(&self->waiter);
  self->owner = NULL;
  if (owner) release(owner);
}

static asyncio__progress done(next_frame *self, asyncio_status status, asyncio_value value) {
  drop(&self->frame);
  return asyncio__frame_done(&self->frame, status, value);
}

static void let_go(void *future) { asyncio_unref(future); }

static asyncio_status outcome(const next_frame *self, asyncio_future *future, asyncio_value *value) {
  if (!future) return asyncio_raise(ASYNCIO_TIMEOUT_ERROR, "The time limit was reached");
  if (self->resolve) return asyncio__future_take(future, value);
  return asyncio_owned_pointer(value, asyncio_ref(future), let_go);
}

static asyncio__progress take(next_frame *self) {
  asyncio_value value = asyncio_none();
  record *given = record_at(asyncio__list_pop(&self->owner->done));
  asyncio_future *future = given->future;
  given->future = NULL;
  asyncio_status status = outcome(self, future, &value);
  asyncio_unref(future);
  return done(self, status, value);
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  next_frame *self = asyncio__container(frame, next_frame, frame);
  completions *owner = self->owner;
  bool nothing = asyncio__list_empty(&owner->done);
  asyncio__waiter_leave(&self->waiter);
  if (sent && self->waiter.woken && !nothing) (void)asyncio__waiters_wake(&owner->waiters);
  if (!sent && !nothing) return take(self);
  if (!sent) sent = asyncio__waiters_join(&owner->waiters, &self->waiter, "as_completed");
  return sent ? done(self, sent, asyncio_none()) : ASYNCIO__PARKED;
}

static asyncio_status prepare(next_frame *self, const asyncio_as_completed *iterator, bool resolve) {
  if (!iterator) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [iterator] to be a pointer, got NULL");
  completions *owner = iterator->asyncio__completions;
  if (!owner || !owner->left)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Nothing is left that as_completed could give");
  *self = (next_frame){.frame = {.step = step, .drop = drop}, .owner = owner, .resolve = resolve};
  owner->left--;
  owner->references++;
  return ASYNCIO_OK;
}

static asyncio_status run(asyncio_as_completed *iterator, bool resolve, const char *call, asyncio_value *value) {
  next_frame self;
  ASYNCIO_TRY(asyncio__may_suspend(call));
  ASYNCIO_TRY(prepare(&self, iterator, resolve));
  return asyncio__frame_run(&self.frame, value);
}

static asyncio_future *object(asyncio_as_completed *iterator, bool resolve) {
  next_frame self;
  if (prepare(&self, iterator, resolve)) return asyncio__no_awaitable();
  return asyncio__frame_coroutine("next", &self.frame, sizeof self);
}

asyncio_status asyncio_as_completed_next(asyncio_as_completed *iterator, asyncio_value *result) {
  if (result) *result = asyncio_none();
  return run(iterator, true, "asyncio_as_completed_next", result);
}

asyncio_future *asyncio_as_completed_next_coroutine(asyncio_as_completed *iterator) { return object(iterator, true); }

asyncio_status asyncio_as_completed_next_future(asyncio_as_completed *iterator, asyncio_future **future) {
  asyncio_value value = asyncio_none();
  asyncio_status status = run(iterator, false, "asyncio_as_completed_next_future", &value);
  if (future) *future = asyncio_ref(asyncio_value_pointer(value));
  asyncio_value_clear(&value);
  return status;
}

asyncio_future *asyncio_as_completed_next_future_coroutine(asyncio_as_completed *iterator) {
  return object(iterator, false);
}
