// SPDX-License-Identifier: MIT
// The table of operations, and how errors pass through blocks: what Python's try does, in C's own means.
#include <stdlib.h>
#include <string.h>

#include "../../../src/core/runtime.h"
#include "operations.h"

enum { MOST_VERBS = 128, KIND_COUNT = 5, ANY_EXCEPTION = KIND_COUNT };

static verb verbs[MOST_VERBS];

const verb *verb_named(const char *name) {
  for (const verb *one = verbs; one->name; one++)
    if (strcmp(one->name, name) == 0) return one;
  return NULL;
}

verb *verb_to_fill(const char *name) {
  verb *one = verbs;
  while (one->name && strcmp(one->name, name) != 0) one++;
  if (one == &verbs[MOST_VERBS - 1]) abort();  // the last marks the end
  one->name = name;
  return one;
}

asyncio_status kind_status(int flag) {
  static const asyncio_status statuses[KIND_COUNT] = {ASYNCIO_VALUE_ERROR, ASYNCIO_RUNTIME_ERROR, ASYNCIO_TIMEOUT_ERROR,
                                                      ASYNCIO_CANCELLED_ERROR, ASYNCIO_APPLICATION_ERROR};
  return statuses[flag];
}

// A broken barrier's error is a RuntimeError in Python; a status is itself alone.
bool is_caught(int flag, asyncio_status status) {
  if (status >= 0 || run.dead) return false;
  if (flag < KIND_COUNT && kind_status(flag) == ASYNCIO_RUNTIME_ERROR && status == ASYNCIO_BROKEN_BARRIER_ERROR)
    return true;
  if (flag < KIND_COUNT) return status == kind_status(flag);
  return flag != ANY_EXCEPTION || (status != ASYNCIO_CANCELLED_ERROR && status != ASYNCIO_GENERATOR_EXIT);
}

failure keep(asyncio_status status) {
  return (failure){.status = status,
                   .error = asyncio__error_ref(asyncio__errors_find(asyncio__errors_here(), status))};
}

asyncio_status let_go(failure *kept, asyncio_status status) {
  asyncio__error_unref(kept->error);
  kept->error = NULL;
  return status;
}

// The same error object: a group has its parts again. None is one without words.
asyncio_status raise_kept(const failure *kept) {
  if (kept->status < 0)
    asyncio__errors_push(asyncio__errors_here(), kept->status, asyncio__error_ref(kept->error));
  return kept->status;
}

asyncio_status raise_again(failure *kept) { return let_go(kept, raise_kept(kept)); }

void handle_failure(instance *me, const operation *op, failure *caught, asyncio_status status) {
  *caught = keep(status);
  char *text = show_status(status);
  event(me, op, "caught %s", text);
  free(text);
  caught->outer = me->handling;
  me->handling = caught;
}

asyncio_status forget_failure(instance *me, failure *caught, asyncio_status status) {
  me->handling = caught->outer;
  return let_go(caught, status);
}

asyncio_status outcome(const instance *me, const operation *op, asyncio_status status, asyncio_value *value) {
  event_outcome(me, op, status, *value);
  asyncio_value_clear(value);
  return status == ASYNCIO_STOP_ASYNC_ITERATION ? ASYNCIO_OK : status;
}

asyncio_status leave(const instance *me, const operation *op, asyncio_status released) {
  if (run.dead) return ASYNCIO_OK;
  char *text = released ? show_status(released) : NULL;
  event(me, op, "left %s", released ? text : "ok");
  free(text);
  return released ? asyncio_raise(ASYNCIO_RUNTIME_ERROR, "It was released before") : ASYNCIO_OK;
}

OPERATION(raise) {
  event(me, op, "%s(%s)", asyncio_error_name(kind_status(op->flag)), op->text);
  return asyncio_raise(kind_status(op->flag), "%s", op->text);
}

OPERATION(reraise) {
  asyncio_status status = raise_kept(me->handling);
  char *text = show_status(status);
  event(me, op, "%s", text);
  free(text);
  return status;
}

OPERATION(return) {
  me->returned = (int64_t)op->number;
  event(me, op, "%g", op->number);
  return RETURNED;
}
