// SPDX-License-Identifier: MIT
// The operations that may suspend.
#include <stdlib.h>
#include <string.h>

#include "operations.h"

asyncio_status outcome(instance *me, const operation *op, asyncio_status status, asyncio_value *value) {
  event_outcome(me, op, status, *value);
  asyncio_value_clear(value);
  return status;
}

asyncio_status await_outcome(instance *me, const operation *op, asyncio_future *awaitable) {
  asyncio_value value;
  asyncio_status status = asyncio_await(awaitable, &value);
  return outcome(me, op, status, &value);
}

OPERATION(sleep) {
  asyncio_value none = asyncio_none();
  if (op->form) return await_outcome(me, op, asyncio_sleep_coroutine(op->number, none));
  asyncio_status status = asyncio_sleep(op->number);
  return outcome(me, op, status, &none);
}

static asyncio_status without(const instance *me, const operation *op, const char *what) {
  event(me, op, "%s", what);
  return ASYNCIO_OK;
}

OPERATION(await) {
  asyncio_future *future = run.slots[op->slot];
  return future ? await_outcome(me, op, future) : without(me, op, "empty");
}

OPERATION(call) {
  asyncio_value value;
  asyncio_future *coroutine = item(op->items[0]);
  if (!coroutine) return without(me, op, "full");
  if (op->form) return await_outcome(me, op, coroutine);
  asyncio_unref(coroutine);
  asyncio_status status = body(-1 - op->items[0], &value);
  return outcome(me, op, status, &value);
}

static asyncio_future *gathered(const operation *op) {
  size_t count;
  asyncio_future **awaitables = items(op, &count);
  asyncio_future *gather = asyncio_gather_array(awaitables, count, op->flag);
  free(awaitables);
  return gather;
}

OPERATION(gather) { return await_outcome(me, op, gathered(op)); }

static void event_wait(const instance *me, const operation *op, asyncio_future **futures, size_t count,
                       asyncio_future **done, size_t done_count) {
  char text[256];
  size_t used = 0;
  text[0] = '\0';
  for (size_t i = 0; i < count; i++) {
    bool is_done = false;
    for (size_t j = 0; j < done_count; j++) is_done |= done[j] == futures[i];
    used += (size_t)snprintf(text + used, sizeof text - used, "%sf%d=%s", i ? "," : "", label(futures[i]),
                             is_done ? "done" : "pending");
  }
  event(me, op, "ok %s", text);
}

// The object of a wait says nothing: each future says itself whether it is done.
static asyncio_status wait_by_form(const operation *op, asyncio_future **futures, size_t count, size_t *done) {
  asyncio_return_when when = (asyncio_return_when)op->flag;
  if (!op->form) return asyncio_wait(futures, count, op->number, when, done);
  asyncio_status status = asyncio_await(asyncio_wait_coroutine(futures, count, op->number, when), NULL);
  *done = 0;
  for (size_t i = 0; !status && i < count; i++)
    if (asyncio_future_done(futures[i])) futures[(*done)++] = futures[i];
  return status;
}

OPERATION(wait) {
  size_t count, done;
  asyncio_future **futures = items(op, &count);
  asyncio_future **given = calloc(count + 1, sizeof *given);
  memcpy(given, futures, count * sizeof *given);
  asyncio_status status = wait_by_form(op, futures, count, &done);
  if (status)
    event_outcome(me, op, status, asyncio_none());
  else
    event_wait(me, op, given, count, futures, done);
  for (size_t i = 0; i < count; i++)
    if (asyncio_iscoroutine(given[i])) asyncio_unref(given[i]);
  free(futures);
  free(given);
  return status;
}

OPERATION(wait_for) {
  asyncio_value value;
  asyncio_future *awaitable = item(op->items[0]);
  if (!awaitable) return without(me, op, "empty");
  if (op->form) return await_outcome(me, op, asyncio_wait_for_coroutine(awaitable, op->number));
  asyncio_status status = asyncio_wait_for(awaitable, op->number, &value);
  return outcome(me, op, status, &value);
}

OPERATION(shield) {
  asyncio_future *awaitable = item(op->items[0]);
  return awaitable ? await_outcome(me, op, asyncio_shield(awaitable)) : without(me, op, "empty");
}

OPERATION(make_gather) {
  run.slots[op->slot] = asyncio_ref(gathered(op));
  event(me, op, "f%d", label_given(run.slots[op->slot]));
  return ASYNCIO_OK;
}

OPERATION(make_shield) {
  asyncio_future *awaitable = item(op->items[0]);
  if (!awaitable) return without(me, op, "empty");
  run.slots[op->slot] = asyncio_ref(asyncio_shield(awaitable));
  event(me, op, "f%d", label_given(run.slots[op->slot]));
  return ASYNCIO_OK;
}
