// SPDX-License-Identifier: MIT
// Gathering: a future of its own kind that watches its children with one entry each, all in one array. A child that is
// given twice is watched once: nothing runs while the entries are linked, so our entry is then the last one of its
// list. Invariant: the children array holds a reference to each child and to the gather itself until the last child is
// done.
#include "../base/alloc.h"
#include "../base/box.h"
#include "../core/await.h"
#include "../core/future.h"
#include "../core/runtime.h"
#include "../port/coro.h"
#include "asyncio/gather.h"
#include "awaitables.h"

typedef struct gather gather;

typedef struct child {
  asyncio__entry entry;  // in the child's callbacks until it is done
  asyncio_future *future;
  gather *owner;
} child;

struct gather {
  asyncio_future future;
  child *children;
  size_t count;
  size_t unfinished;   // entries that have neither run nor been dealt with before
  size_t queued;       // of these, the ones whose child is done
  size_t kept;         // results in the list
  asyncio_value list;  // of results, until it is the outcome
  asyncio_value *results;  // where its items are
  bool return_exceptions;
  bool cancel_requested;
  asyncio_error *cancel_error;  // the latest request's words; owned
};

static bool cancel_children(asyncio_future *future, const char *message);

static void release_child(child *one) {
  asyncio_future *future = one->future;
  one->future = NULL;
  asyncio_unref(future);
}

static void release_children(gather *self) {
  for (size_t i = 0; i < self->count; i++) release_child(&self->children[i]);
  asyncio__free(self->children);
  self->children = NULL;
  self->count = 0;
}

static void destroy(asyncio_future *future) {
  gather *self = (gather *)future;
  release_children(self);
  asyncio_value_clear(&self->list);
  asyncio__error_unref(self->cancel_error);
}

static asyncio_future *awaits(const asyncio_future *future, size_t *at) {
  const gather *self = (const gather *)future;
  while (*at < self->count) {
    asyncio_future *one = self->children[(*at)++].future;
    if (one && !asyncio__is_done(one)) return one;
  }
  return NULL;
}

static const asyncio__future_kind gather_kind = {.name = "gather",
                                                 .cancel = cancel_children,
                                                 .destroy = destroy,
                                                 .inner_only = true,
                                                 .insists = true,
                                                 .awaits = awaits};

static bool cancel_children(asyncio_future *future, const char *message) {
  gather *self = (gather *)future;
  bool any = false;
  future->references++;  // on a closed loop the last child lets go of the gather
  for (size_t i = 0; i < self->count; i++) any |= asyncio_future_cancel(self->children[i].future, message);
  if (any) {
    asyncio_error *former = self->cancel_error;  // [message] may be its words
    self->cancel_error = asyncio__cancelled_error(message);
    asyncio__error_unref(former);
    self->cancel_requested = true;
  }
  asyncio_unref(future);
  return any;
}

static void finish(gather *self, asyncio_status status, asyncio_error *error) {
  asyncio_value list = self->list;
  self->list = asyncio_none();
  if (status) asyncio_value_clear(&list);
  asyncio__future_finish(&self->future, status, list, asyncio__error_ref(error));
}

// A child's result joins the list as it ends, and the child is let go while it is still in the processor's cache: a
// last pass over a million children would cost as much as all of this.
static void keep_result(gather *self, const child *one) {
  const asyncio_future *done = one->future;
  asyncio_value *item = &self->results[one - self->children];
  self->kept++;
  if (done->status) {
    asyncio_status status = asyncio__value_of_error(item, done->error, done->status);
    if (status) finish(self, status, NULL);
    return;
  }
  *item = done->value;
  if (item->boxed) asyncio_value_ref(*item);
}

// The children that were given twice still lack the results of their second places.
static void finish_with_list(gather *self) {
  for (size_t i = 0; i < self->count && self->kept < self->count; i++)
    if (self->children[i].future) keep_result(self, &self->children[i]);
  if (!asyncio__is_done(&self->future)) finish(self, ASYNCIO_OK, NULL);
}

static void all_ended(gather *self) {
  if (self->cancel_requested)
    finish(self, ASYNCIO_CANCELLED_ERROR, self->cancel_error);
  else
    finish_with_list(self);
}

// What one more child's end means for the gather.
static void child_ended(gather *self, child *one) {
  asyncio_future *ended = one->future;
  if (asyncio__is_done(&self->future) || ended->status) ended->unseen = false;
  if (asyncio__is_done(&self->future)) return;
  if (ended->status && !self->return_exceptions) {
    finish(self, ended->status, ended->error);
    return;
  }
  keep_result(self, one);
  one->future = NULL;
  if (self->unfinished == 0 && !asyncio__is_done(&self->future)) all_ended(self);
  asyncio_unref(ended);
}

static void end(gather *self) {
  release_children(self);
  asyncio_unref(&self->future);
}

// A child's success changes nothing that anybody could see, unless it is the last: then there is no need to wait for
// the child's turn in the queue, which would bring a million of them back into the cache. Behind one that is queued all
// are, or the gather might end before its turn.
static bool child_notice(asyncio__entry *entry) {
  child *one = asyncio__container(entry, child, entry);
  gather *self = one->owner;
  bool quiet = !one->future->status && !self->queued && self->unfinished > 1 && !asyncio__is_done(&self->future);
  if (!quiet) {
    self->queued++;
    return false;
  }
  self->unfinished--;
  keep_result(self, one);
  asyncio_unref(one->future);
  one->future = NULL;
  return true;
}

static void child_done(asyncio__entry *entry) {
  child *one = asyncio__container(entry, child, entry);
  gather *self = one->owner;
  self->unfinished--;
  self->queued--;
  child_ended(self, one);
  if (self->unfinished == 0) end(self);
}

static void child_drop(asyncio__entry *entry) {
  gather *self = asyncio__container(entry, child, entry)->owner;
  if (--self->unfinished) return;
  asyncio__future_drop_callbacks(&self->future);
  end(self);
}

static bool watched_already(const gather *self, const asyncio_future *future) {
  if (asyncio__list_empty(&future->callbacks)) return false;
  asyncio__entry *last = asyncio__entry_of(future->callbacks.previous);
  return last->run == child_done && asyncio__container(last, child, entry)->owner == self;
}

static void watch(gather *self, child *one) {
  asyncio__entry_init(&one->entry, child_done);
  one->entry.drop = child_drop;
  one->entry.notice = child_notice;
  one->owner = self;
  if (watched_already(self, one->future)) return;
  self->unfinished++;
  asyncio__list_append(&one->future->callbacks, &one->entry.link);
}

// The coroutines among the awaitables become tasks. One pass over a million children costs as much as any step of
// theirs, so what can be done in the same one is. Gives how many were done already, which have no owner; a task that
// starts eagerly may end others that are watched already. False: one cannot be watched, or the task factory gave none.
static bool adopt_children(gather *self, asyncio_future *const *awaitables, size_t count, size_t *done) {
  *done = 0;
  for (; self->count < count; self->count++) {
    child *one = &self->children[self->count];
    one->future = asyncio__awaitable_adopt(awaitables, self->count, count, self->future.loop);
    if (!one->future) return false;
    if (!asyncio__is_done(one->future)) {
      watch(self, one);
      continue;
    }
    one->owner = NULL;
    ++*done;
  }
  return true;
}

// The children that were done before are looked at once all are known, as if their callbacks had just run. None of them
// is the last, or a failure after it would come too late.
static void look_at_done(gather *self) {
  self->unfinished++;
  for (size_t i = 0; i < self->count; i++)
    if (!self->children[i].owner) child_ended(self, &self->children[i]);
  self->unfinished--;
}

// The tasks that were made so far run on, as asyncio's do.
static void give_up(gather *self) {
  for (size_t i = 0; i < self->count; i++)
    if (self->children[i].owner) asyncio__unlink(&self->children[i].entry.link);
  end(self);
  asyncio_unref(&self->future);
}

static bool begin(gather *self, asyncio_future *const *awaitables, size_t count) {
  size_t done;
  asyncio_ref(&self->future);  // the children's
  if (!adopt_children(self, awaitables, count, &done)) {
    give_up(self);
    return false;
  }
  bool pending = self->unfinished > 0;
  if (done) look_at_done(self);
  if (pending) return true;
  if (!asyncio__is_done(&self->future)) finish_with_list(self);
  end(self);
  return true;
}

static asyncio_status make_room(gather *self, size_t count) {
  self->children = count > PTRDIFF_MAX / sizeof(child) ? NULL : asyncio__alloc((count + !count) * sizeof(child));
  if (self->children && !asyncio_list(&self->list, count)) {
    self->results = asyncio__value_items(self->list);
    return ASYNCIO_OK;
  }
  return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a gather of %zu", count);
}

static gather *gather_new(asyncio_loop *loop, size_t count, bool return_exceptions) {
  gather *self = (gather *)asyncio__future_new(&gather_kind, sizeof *self, loop);
  if (!self) return NULL;
  self->children = NULL;
  self->count = self->unfinished = self->queued = self->kept = 0;
  self->list = asyncio_none();
  self->return_exceptions = return_exceptions;
  self->cancel_requested = false;
  self->cancel_error = NULL;
  if (!make_room(self, count)) return self;
  asyncio_unref(&self->future);
  return NULL;
}

// Outside a loop it is the first one's, if that is of any yet.
static asyncio_loop *loop_of(asyncio_future *const *awaitables, size_t count) {
  bool owned = !asyncio__thread.running && count && awaitables && asyncio_isfuture(awaitables[0]);
  asyncio_loop *loop = owned ? awaitables[0]->loop : asyncio__loop_here();
  return loop ? loop : asyncio_get_running_loop();  // which raises
}

asyncio_future *asyncio_gather_array(asyncio_future *const *awaitables, size_t count, bool return_exceptions) {
  asyncio_loop *loop = loop_of(awaitables, count);
  gather *self = asyncio__awaitables_check(awaitables, count, loop) ? NULL : gather_new(loop, count, return_exceptions);
  if (!self) {
    asyncio__awaitables_drop(awaitables, count);
    return asyncio__no_awaitable();
  }
  if (!begin(self, awaitables, count)) return asyncio__no_awaitable();
  self->future.floating = true;
  return &self->future;
}
