// SPDX-License-Identifier: MIT
// Protection from cancellation: an outer future that ends as the inner does, and can be cancelled alone. The inner's
// outcome then has nobody left, so a failure goes to the exception handler.
// Invariant: until the inner is done, the shield's entry in its callbacks holds a reference to both.
#include "../base/box.h"
#include "../core/future.h"
#include "../core/runtime.h"
#include "asyncio/shield.h"

typedef struct shield {
  asyncio_future future;
  asyncio__entry entry;  // in the inner's callbacks
  asyncio_future *inner;
} shield;

static void inner_done(asyncio__entry *entry);

static void release(shield *self) {
  asyncio_unref(self->inner);
  self->inner = NULL;
  asyncio_unref(&self->future);
}

static bool another_was_cancelled(const shield *self) {
  const asyncio__link *callbacks = &self->inner->callbacks;
  for (asyncio__link *link = callbacks->next; link != callbacks; link = link->next) {
    asyncio__entry *entry = asyncio__entry_of(link);
    const shield *other = asyncio__container(entry, shield, entry);
    if (entry->run == inner_done && other != self && asyncio__is_done(&other->future)) return true;
  }
  return false;
}

// Of several cancelled shields of one inner, one is enough to report its failure.
static bool cancel_outer(asyncio_future *future, const char *message) {
  shield *self = (shield *)future;
  asyncio__future_cancelled_with(future, asyncio__cancelled_error(message));
  if (!self->inner || asyncio__is_done(self->inner) || !another_was_cancelled(self)) return true;
  asyncio__unlink(&self->entry.link);
  release(self);
  return true;
}

static asyncio_future *awaits(const asyncio_future *future, size_t *at) {
  return (*at)++ ? NULL : ((const shield *)future)->inner;
}

static const asyncio__future_kind shield_kind = {.name = "shield", .cancel = cancel_outer, .inner_only = true, .awaits = awaits};

static void outcome_without_awaiter(asyncio_future *inner) {
  if (inner->state == ASYNCIO__CANCELLED || !inner->status) return;
  inner->unseen = false;
  asyncio__loop_report(inner->loop, "Exception in shielded future", inner);
}

static void inner_done(asyncio__entry *entry) {
  shield *self = asyncio__container(entry, shield, entry);
  asyncio_future *outer = &self->future, *inner = self->inner;
  asyncio_error *error = asyncio__error_ref(inner->error);
  if (asyncio__is_done(outer)) {
    asyncio__error_unref(error);
    outcome_without_awaiter(inner);
  } else if (inner->state == ASYNCIO__CANCELLED) {
    asyncio__error_unref(error);  // asyncio's shield does not pass the words on
    asyncio__future_cancelled_with(outer, NULL);
  } else {
    inner->unseen = false;
    asyncio__future_finish(outer, inner->status, asyncio_value_ref(inner->value), error);
  }
  release(self);
}

static void drop(asyncio__entry *entry) { release(asyncio__container(entry, shield, entry)); }

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
