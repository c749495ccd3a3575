// SPDX-License-Identifier: MIT
// Blocks, and how errors pass through them: what Python's try does, in C's own means.
#include <stdlib.h>
#include <string.h>

#include "../../../src/core/runtime.h"
#include "operations.h"

static named_action *actions;

void action_register(named_action *added) {
  added->next = actions;
  actions = added;
}

action action_named(const char *name) {
  for (named_action *one = actions; one; one = one->next)
    if (strcmp(one->name, name) == 0) return one->run;
  return NULL;
}

enum { KIND_COUNT = 5, ANY_EXCEPTION = KIND_COUNT };

asyncio_status kind_status(int flag) {
  static const asyncio_status statuses[KIND_COUNT] = {ASYNCIO_VALUE_ERROR, ASYNCIO_RUNTIME_ERROR, ASYNCIO_TIMEOUT_ERROR,
                                                      ASYNCIO_CANCELLED_ERROR, ASYNCIO_APPLICATION_ERROR};
  return statuses[flag];
}

// A broken barrier's error is a RuntimeError in Python; a status is itself alone.
static bool catches(int flag, asyncio_status status) {
  if (status >= 0) return false;
  if (flag < KIND_COUNT && kind_status(flag) == ASYNCIO_RUNTIME_ERROR && status == ASYNCIO_BROKEN_BARRIER_ERROR)
    return true;
  if (flag < KIND_COUNT) return status == kind_status(flag);
  return flag != ANY_EXCEPTION || status != ASYNCIO_CANCELLED_ERROR;
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
static asyncio_status raise_kept(const failure *kept) {
  if (kept->status < 0)
    asyncio__errors_push(asyncio__errors_here(), kept->status, asyncio__error_ref(kept->error));
  return kept->status;
}

asyncio_status raise_again(failure *kept) { return let_go(kept, raise_kept(kept)); }

OPERATION(try_finally) {
  failure kept = keep(run_block(me, &op->blocks[0]));
  int64_t returned = me->returned;
  asyncio_status overruled = run_block(me, &op->blocks[1]);
  if (overruled) return let_go(&kept, overruled);
  me->returned = returned;
  return raise_again(&kept);
}

OPERATION(try_except) {
  asyncio_status status = run_block(me, &op->blocks[0]);
  if (run.dead || !catches(op->flag, status)) return status;
  failure caught = keep(status);
  char *text = show_status(status);
  event(me, op, "caught %s", text);
  free(text);
  caught.outer = me->handling;
  me->handling = &caught;
  status = run_block(me, &op->blocks[1]);
  me->handling = caught.outer;
  return let_go(&caught, status);
}

OPERATION(repeat) {
  asyncio_status status = ASYNCIO_OK;
  for (int i = 0; !status && i < (int)op->number; i++) status = run_block(me, &op->blocks[0]);
  return status;
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
