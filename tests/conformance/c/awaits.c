// SPDX-License-Identifier: MIT
// The operations that await one thing, by way of its object, and what the drivers need of wait.
#include <stdlib.h>
#include <string.h>

#include "operations.h"

AWAITS(sleep) { return asyncio_sleep_coroutine(op->number, asyncio_none()); }

static asyncio_future *or_say(asyncio_future *future, const char *text, const char **none) {
  if (!future) *none = text;
  return future;
}

AWAITS(await) { return or_say(run.slots[op->slot], "empty", none); }

AWAITS(call) { return or_say(item(op->items[0]), "full", none); }

static asyncio_future *gathered(const operation *op) {
  size_t count;
  asyncio_future **awaitables = items(op, &count);
  asyncio_future *gather = asyncio_gather_array(awaitables, count, op->flag);
  free(awaitables);
  return gather;
}

AWAITS(gather) { return gathered(op); }

AWAITS(wait_for) {
  asyncio_future *awaitable = or_say(item(op->items[0]), "empty", none);
  return awaitable ? asyncio_wait_for_coroutine(awaitable, op->number) : NULL;
}

AWAITS(shield) {
  asyncio_future *awaitable = or_say(item(op->items[0]), "empty", none);
  return awaitable ? asyncio_shield(awaitable) : NULL;
}

OPERATION(make_gather) {
  run.slots[op->slot] = asyncio_ref(gathered(op));
  event(me, op, "f%d", label_given(run.slots[op->slot]));
  return ASYNCIO_OK;
}

OPERATION(make_shield) {
  asyncio_future *awaitable = item(op->items[0]);
  if (awaitable) {
    run.slots[op->slot] = asyncio_ref(asyncio_shield(awaitable));
    event(me, op, "f%d", label_given(run.slots[op->slot]));
  } else {
    event(me, op, "empty");
  }
  return ASYNCIO_OK;
}

// ---- wait

waited waited_begin(const operation *op) {
  waited self = {.done = SIZE_MAX};
  self.futures = items(op, &self.count);
  self.given = calloc(self.count + 1, sizeof *self.given);
  memcpy(self.given, self.futures, self.count * sizeof *self.given);
  return self;
}

static bool is_done(const waited *self, asyncio_future *future) {
  if (self->done == SIZE_MAX) return asyncio_future_done(future);
  for (size_t i = 0; i < self->done; i++)
    if (self->futures[i] == future) return true;
  return false;
}

static void say_waited(const waited *self, const instance *me, const operation *op) {
  char text[256];
  size_t used = 0;
  text[0] = '\0';
  for (size_t i = 0; i < self->count; i++)
    used += (size_t)snprintf(text + used, sizeof text - used, "%sf%d=%s", i ? "," : "", label(self->given[i]),
                             is_done(self, self->given[i]) ? "done" : "pending");
  event(me, op, "ok %s", text);
}

void waited_end(waited *self, const instance *me, const operation *op, asyncio_status status) {
  if (status)
    event_outcome(me, op, status, asyncio_none());
  else
    say_waited(self, me, op);
  for (size_t i = 0; i < self->count; i++)
    if (asyncio_iscoroutine(self->given[i])) asyncio_unref(self->given[i]);
  free(self->futures);
  free(self->given);
}
