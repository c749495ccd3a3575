// SPDX-License-Identifier: MIT
// The driver whose bodies are stackless coroutines: it is linked without any that have stacks.
#include "stackless.h"

ASYNCIO_STATIC_STACKLESS(wait_for_it, (instance *, me), (const operation *, op)) {
  asyncio_status status;
} ASYNCIO_BEGIN(wait_for_it) {
  const char *none = NULL;
  asyncio_value value;
  self->me->waits = self->op;
  asyncio_future *awaited = self->op->verb->awaits(self->me, self->op, &none);
  if (none) {
    event(self->me, self->op, "%s", none);
    return ASYNCIO_OK;
  }
  ASYNCIO_AWAIT_STATUS(self->status, awaited, &value);
  return outcome(self->me, self->op, self->status, &value);
} ASYNCIO_END

ASYNCIO_STATIC_STACKLESS(hold, (instance *, me), (const operation *, op)) {
  asyncio_status status;
  failure kept;
  asyncio_value returned;
} ASYNCIO_BEGIN(hold) {
  ASYNCIO_AWAIT(wait_for_it_coroutine(self->me, self->op));
  ASYNCIO_AWAIT_STATUS(self->status, steps_coroutine(self->me, &self->op->blocks[0]), &self->returned);
  self->kept = keep(self->status);
  asyncio_status failed = ASYNCIO_OK;
  if (!run.dead) failed = leave(self->me, self->op, self->op->verb->release(self->me, self->op));
  *result = self->returned;
  return failed ? let_go(&self->kept, failed) : raise_again(&self->kept);
} ASYNCIO_END

static asyncio_future *start(instance *me, const operation *op) {
  if (op->verb->start) return op->verb->start(me, op);
  return op->verb->release ? hold_coroutine(me, op) : wait_for_it_coroutine(me, op);
}

ASYNCIO_STACKLESS(step, (instance *, me), (const operation *, op)) {
} ASYNCIO_BEGIN(step) {
  if (self->op->verb->run) {
    asyncio_status status = self->op->verb->run(self->me, self->op);
    *result = asyncio_bool(status == RETURNED);
    return status == RETURNED ? ASYNCIO_OK : status;
  }
  asyncio_value returned;
  ASYNCIO_AWAIT(start(self->me, self->op), &returned);
  *result = returned;
} ASYNCIO_END

ASYNCIO_STACKLESS(steps, (instance *, me), (const block *, list)) {
  int i;
} ASYNCIO_BEGIN(steps) {
  for (; self->i < self->list->count; self->i++) {
    asyncio_value returned;
    if (run.dead) return ASYNCIO_CANCELLED_ERROR;
    ASYNCIO_AWAIT(step_coroutine(self->me, &self->list->ops[self->i]), &returned);
    *result = returned;
    if (asyncio_value_bool(returned)) break;
  }
} ASYNCIO_END

ASYNCIO_STACKLESS(body, (int, index)) {
  instance me;
  asyncio_status status;
} ASYNCIO_BEGIN(body) {
  asyncio_value returned;
  if (run.dead) return ASYNCIO_CANCELLED_ERROR;
  instance_begin(&self->me, 'b', self->index);
  ASYNCIO_AWAIT_STATUS(self->status, steps_coroutine(&self->me, &run.program->bodies[self->index]), &returned);
  return instance_end(&self->me, self->status, asyncio_value_bool(returned), result);
} ASYNCIO_END
