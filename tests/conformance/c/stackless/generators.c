// SPDX-License-Identifier: MIT
// Bodies as generators without stacks.
#include "stackless.h"

// What follows a yield in its block.
ASYNCIO_STATIC_STACKLESS(follow, (instance *, me), (const operation *, op), (asyncio_status, status)) {
  failure caught;
} ASYNCIO_BEGIN(follow) {
  asyncio_value returned = asyncio_none();
  if (!self->status) ASYNCIO_AWAIT_STATUS(self->status, steps_coroutine(self->me, &self->op->blocks[0]), &returned);
  *result = returned;
  if (!is_caught(self->op->flag, self->status)) return self->status;
  handle_failure(self->me, self->op, &self->caught, self->status);
  ASYNCIO_AWAIT_STATUS(self->status, steps_coroutine(self->me, &self->op->blocks[1]), &returned);
  *result = returned;
  return forget_failure(self->me, &self->caught, self->status);
} ASYNCIO_END

ASYNCIO_STACKLESS_GENERATOR(generated, (int, index)) {
  instance me;
  int i;
  asyncio_status status;
  const operation *op;
} ASYNCIO_BEGIN(generated) {
  asyncio_value given;  // by a yield; else true for a return
  if (run.dead) return ASYNCIO_OK;
  instance_begin(&self->me, 'g', self->index);
  for (; self->i < run.program->bodies[self->index].count && !self->status; self->i++) {
    self->op = &run.program->bodies[self->index].ops[self->i];
    if (run.dead) return ASYNCIO_CANCELLED_ERROR;
    if (!self->op->verb->yields) {
      ASYNCIO_AWAIT_STATUS(self->status, step_coroutine(&self->me, self->op), &given);
    } else {
      ASYNCIO_YIELD_STATUS(self->status, asyncio_int((int64_t)self->op->number), &given);
      self->status = outcome(&self->me, self->op, self->status, &given);
      if (!self->op->block_count) continue;
      ASYNCIO_AWAIT_STATUS(self->status, follow_coroutine(&self->me, self->op, self->status), &given);
    }
    if (asyncio_value_bool(given)) break;
  }
  asyncio_value nothing;
  return instance_end(&self->me, self->status, false, &nothing);
} ASYNCIO_END

STARTS(iterate) {
  asyncio_generator *generator;
  asyncio_status status;
} ASYNCIO_BEGIN(iterate) {
  asyncio_value value;
  self->generator = run.scopes.generators[self->op->slot];
  if (!self->generator) {
    event(self->me, self->op, "empty");
    return ASYNCIO_OK;
  }
  do ASYNCIO_AWAIT_STATUS(self->status, asyncio_anext(self->generator), &value);
  while (give_value(self->me, self->op, self->status, &value));
  return self->status == ASYNCIO_STOP_ASYNC_ITERATION ? ASYNCIO_OK : self->status;
} ASYNCIO_END
