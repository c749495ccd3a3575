// SPDX-License-Identifier: MIT
// The driver whose bodies are coroutines with stacks, which walk their operations.
#include "stackful.h"

static asyncio_status wait_for_it(instance *me, const operation *op) {
  const char *none = NULL;
  asyncio_value value = asyncio_none();
  asyncio_status status = ASYNCIO_OK;
  asyncio_future *awaited = NULL;
  bool calls = op->verb->wait && !op->form;
  me->waits = op;
  if (calls)
    status = op->verb->wait(me, op, &none, &value);
  else
    awaited = op->verb->awaits(me, op, &none);
  if (none) {
    event(me, op, "%s", none);
    return ASYNCIO_OK;
  }
  if (!calls) status = asyncio_await(awaited, &value);
  return outcome(me, op, status, &value);
}

static asyncio_status hold(instance *me, const operation *op) {
  ASYNCIO_TRY(wait_for_it(me, op));
  failure kept = keep(run_block(me, &op->blocks[0]));
  asyncio_status failed = run.dead ? ASYNCIO_OK : leave(me, op, op->verb->release(me, op));
  return failed ? let_go(&kept, failed) : raise_again(&kept);
}

asyncio_status run_operation(instance *me, const operation *op) {
  if (op->verb->run) return op->verb->run(me, op);
  return op->verb->release ? hold(me, op) : wait_for_it(me, op);
}

asyncio_status run_block(instance *me, const block *list) {
  for (int i = 0; i < list->count; i++) {
    if (run.dead) return ASYNCIO_CANCELLED_ERROR;
    asyncio_status status = run_operation(me, &list->ops[i]);
    if (status) return status;
  }
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(body, (int, index)) {
  instance me = {.handling = NULL};
  if (run.dead) return ASYNCIO_CANCELLED_ERROR;
  instance_begin(&me, 'b', index);
  asyncio_status status = run_block(&me, &run.program->bodies[index]);
  return instance_end(&me, status == RETURNED ? ASYNCIO_OK : status, status == RETURNED, result);
}
