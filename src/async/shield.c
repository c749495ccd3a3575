// SPDX-License-Identifier: MIT
// Protection from cancellation: an outer future that ends as the inner does, and can be cancelled alone. The inner's
// outcome then has nobody left, so a failure goes to the exception handler.
// Invariant: the shield's entry, in the inner's callbacks or in the ready queue, holds a reference to both.
#include "../base/box.h"
#include "../core/future.h"
#include "../core/runtime.h"
#include "asyncio/shield.h"

typedef struct shield {
  asyncio_future future;
  asyncio__entry entry;  // in the inner's callbacks, or in the ready queue after the shield was cancelled
  asyncio_future *inner;
} shield;

static void release(shield *self) {
  asyncio_unref(self->inner);
  self->inner = NULL;
  asyncio_unref(&self->future);
}

// The outcome of an inner future whose shield was cancelled.
static void report(asyncio__entry *entry) {
  shield *self = asyncio__container(entry, shield, entry);
  asyncio_future *inner = self->inner;
  if (inner->status && inner->state != ASYNCIO__CANCELLED) {
    inner->unseen = false;
    asyncio__loop_report(inner->loop, "Exception in shielded future", inner);
  }
  release(self);
}

// Of several cancelled shields of one inner, the latest alone reports its failure.
static void forget_former_report(const asyncio_future *inner) {
  for (asyncio__link *link = inner->callbacks.next; link != &inner->callbacks; link = link->next) {
    asyncio__entry *entry = asyncio__entry_of(link);
    if (entry->run != report) continue;
    asyncio__unlink(link);
    release(asyncio__container(entry, shield, entry));
    return;
  }
}

// An iteration after the outer was cancelled, as asyncio has it: an inner that is done by then is left to whoever looks
// at it.
static void outer_cancelled(asyncio__entry *entry) {
  shield *self = asyncio__container(entry, shield, entry);
  if (asyncio__is_done(self->inner)) {
    release(self);
    return;
  }
  forget_former_report(self->inner);
  entry->run = report;
  asyncio__future_watch(self->inner, entry);
}

// What is left of a cancelled shield whose inner goes on.
static void leave_inner(shield *self) {
  asyncio__unlink(&self->entry.link);
  self->entry.run = outer_cancelled;
  if (asyncio_loop_is_closed(self->future.loop))
    release(self);
  else
    asyncio__loop_ready(self->future.loop, &self->entry);
}

static bool cancel_outer(asyncio_future *future, const char *message) {
  shield *self = (shield *)future;
  if (self->inner && !asyncio__is_done(self->inner)) leave_inner(self);
  asyncio__future_cancelled_with(future, asyncio__cancelled_error(message));
  return true;
}

static asyncio_future *awaits(const asyncio_future *future, size_t *at) {
  return (*at)++ ? NULL : ((const shield *)future)->inner;
}

static const asyncio__future_kind shield_kind = {
    .name = "shield", .cancel = cancel_outer, .inner_only = true, .awaits = awaits};

static void inner_done(asyncio__entry *entry) {
  shield *self = asyncio__container(entry, shield, entry);
  asyncio_future *outer = &self->future, *inner = self->inner;
  if (asyncio__is_done(outer)) {
    release(self);
    return;
  }
  if (inner->state == ASYNCIO__CANCELLED) {
    asyncio__future_cancelled_with(outer, NULL);  // asyncio's shield does not pass the words on
  } else {
    inner->unseen = false;
    asyncio__future_finish(outer, inner->status, asyncio_value_ref(inner->value), asyncio__error_ref(inner->error));
  }
  release(self);
}

static void drop(asyncio__entry *entry) {
  shield *self = asyncio__container(entry, shield, entry);
  asyncio__future_drop_callbacks(&self->future);
  release(self);
}

// Nothing is left to protect: as temporary, or as much the caller's, as it came.
static asyncio_future *return_itself(asyncio_future *inner, bool temporary) {
  if (inner && temporary) inner->floating = true;
  if (inner && !temporary) asyncio_unref(inner);
  return inner;
}

asyncio_future *asyncio_shield(asyncio_future *awaitable) {
  bool temporary = awaitable && awaitable->floating;
  asyncio_future *inner = asyncio_ensure_future(awaitable);
  if (!inner || asyncio__is_done(inner)) return return_itself(inner, temporary);
  shield *self = (shield *)asyncio__future_new(&shield_kind, sizeof *self, inner->loop);
  if (!self) {
    asyncio_unref(inner);
    return NULL;
  }
  self->inner = inner;
  self->future.references = 2;  // the caller's and the entry's
  self->future.floating = true;
  asyncio__entry_init(&self->entry, inner_done);
  self->entry.drop = drop;
  asyncio__future_watch(inner, &self->entry);
  return &self->future;
}
