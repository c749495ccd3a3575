// SPDX-License-Identifier: MIT
// Asynchronous generators: the operations on them. Any body can be one: each driver has its own generated_generator.
#include <stdlib.h>

#include "operations.h"

FILL(yield, yields, true)
FILL(yield_try, yields, true)

static asyncio_status say_not_here(instance *me, const operation *op) {
  event(me, op, "not here");
  return ASYNCIO_OK;
}

FILL(yield, run, say_not_here)
FILL(yield_try, run, say_not_here)

OPERATION(generate) {
  scope *added = room_for_one() ? new_scope() : NULL;
  if (added) run.scopes.generators[op->slot] = added->generator = generated_generator(-1 - op->items[0]);
  event(me, op, added ? "ok" : "full");
  return ASYNCIO_OK;
}

static asyncio_generator *of(const operation *op, const char **none) {
  asyncio_generator *generator = run.scopes.generators[op->slot];
  if (!generator) *none = "empty";
  return generator;
}

AWAITS(anext) {
  asyncio_generator *generator = of(op, none);
  return generator ? asyncio_anext(generator) : NULL;
}

AWAITS(asend) {
  asyncio_generator *generator = of(op, none);
  return generator ? asyncio_asend(generator, asyncio_int((int64_t)op->number)) : NULL;
}

AWAITS(athrow) {
  asyncio_generator *generator = of(op, none);
  return generator ? asyncio_athrow(generator, kind_status(op->flag), "%s", op->text) : NULL;
}

AWAITS(aclose) {
  asyncio_generator *generator = of(op, none);
  return generator ? asyncio_aclose(generator) : NULL;
}

AWAITS(shutdown_asyncgens) { return asyncio_loop_shutdown_asyncgens(run.loop); }

bool give_value(const instance *me, const operation *op, asyncio_status status, asyncio_value *value) {
  bool ended = status == ASYNCIO_STOP_ASYNC_ITERATION;
  char *text = status ? show_status(status) : show_value(*value);
  if (ended)
    event(me, op, "ok");
  else
    event(me, op, "%s%s", status ? "" : "gave ", text);
  free(text);
  asyncio_value_clear(value);
  return !status;
}
