// SPDX-License-Identifier: MIT
// Bodies as generators with stacks.
#include "stackful.h"

static asyncio_status yield_one(instance *me, const operation *op) {
  failure caught;
  asyncio_value sent;
  asyncio_status status = asyncio_yield(asyncio_int((int64_t)op->number), &sent);
  status = outcome(me, op, status, &sent);
  if (!op->block_count) return status;
  if (!status) status = run_block(me, &op->blocks[0]);
  if (!is_caught(op->flag, status)) return status;
  handle_failure(me, op, &caught, status);
  return forget_failure(me, &caught, run_block(me, &op->blocks[1]));
}

static asyncio_status generate(instance *me, const block *list) {
  for (int i = 0; i < list->count; i++) {
    const operation *op = &list->ops[i];
    if (run.dead) return ASYNCIO_CANCELLED_ERROR;
    asyncio_status status = op->verb->yields ? yield_one(me, op) : run_operation(me, op);
    if (status) return status;
  }
  return ASYNCIO_OK;
}

ASYNCIO_GENERATOR(generated, (int, index)) {
  instance me = {.handling = NULL};
  asyncio_value nothing;
  if (run.dead) return ASYNCIO_OK;
  instance_begin(&me, 'g', index);
  asyncio_status status = generate(&me, &run.program->bodies[index]);
  return instance_end(&me, status == RETURNED ? ASYNCIO_OK : status, false, &nothing);
}

OPERATION(iterate) {
  asyncio_status status = ASYNCIO_OK;
  asyncio_generator *generator = run.scopes.generators[op->slot];
  if (!generator) event(me, op, "empty");
  while (generator && !status) {
    asyncio_value value;
    status = asyncio_await(asyncio_anext(generator), &value);
    if (!give_value(me, op, status, &value)) break;
  }
  return status == ASYNCIO_STOP_ASYNC_ITERATION ? ASYNCIO_OK : status;
}
