// SPDX-License-Identifier: MIT
// Blocks, and how errors pass through them: what Python's try does, in C's own means.
#include <stdlib.h>
#include <string.h>

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

static bool catches(int flag, asyncio_status status) {
  if (status >= 0) return false;
  if (flag < KIND_COUNT) return status == kind_status(flag);
  return flag != ANY_EXCEPTION || status != ASYNCIO_CANCELLED_ERROR;
}

static failure keep(asyncio_status status) {
  return (failure){.status = status, .words = status < 0 ? strdup(error_words(status)) : NULL};
}

static asyncio_status raise_again(const failure *kept) {
  return kept->status < 0 ? asyncio_raise(kept->status, "%s", kept->words) : kept->status;
}

OPERATION(try_finally) {
  failure kept = keep(run_block(me, &op->blocks[0]));
  int64_t returned = me->returned;
  asyncio_status overruled = run_block(me, &op->blocks[1]);
  if (!overruled) me->returned = returned;
  asyncio_status status = overruled ? overruled : raise_again(&kept);
  free(kept.words);
  return status;
}

OPERATION(try_except) {
  asyncio_status status = run_block(me, &op->blocks[0]);
  if (run.dead || !catches(op->flag, status)) return status;
  failure caught = keep(status);
  event(me, op, "caught %s(%s)", asyncio_error_name(status), caught.words);
  caught.outer = me->handling;
  me->handling = &caught;
  status = run_block(me, &op->blocks[1]);
  me->handling = caught.outer;
  free(caught.words);
  return status;
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
  event(me, op, "%s(%s)", asyncio_error_name(me->handling->status), me->handling->words);
  return raise_again(me->handling);
}

OPERATION(return) {
  me->returned = (int64_t)op->number;
  event(me, op, "%g", op->number);
  return RETURNED;
}
