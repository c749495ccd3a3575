// SPDX-License-Identifier: MIT
// What the files of operations share.
#ifndef TESTS_CONFORMANCE_OPERATIONS_H
#define TESTS_CONFORMANCE_OPERATIONS_H

#include "run.h"

typedef struct named_action {
  const char *name;
  action run;
  struct named_action *next;
} named_action;

void action_register(named_action *added);

// Each operation of operations.mjs under its own name: OPERATION(sleep) { ... } sees `me` and `op`.
#define OPERATION(name) \
  static asyncio_status op_##name(instance *me, const operation *op); \
  __attribute__((constructor)) static void register_##name(void) { \
    static named_action added = {#name, op_##name, NULL}; \
    action_register(&added); \
  } \
  static asyncio_status op_##name(instance *me, const operation *op)

// Traces how a wait ended, and passes a failure on; [value] is used up.
asyncio_status outcome(instance *me, const operation *op, asyncio_status status, asyncio_value *value);
asyncio_status await_outcome(instance *me, const operation *op, asyncio_future *awaitable);

// Traces "ok" or the failure, which goes no further.
asyncio_status say_status(const instance *me, const operation *op, asyncio_status status);

// Keeps the error of [status], if it is one, to be raised again or let go for [status].
failure keep(asyncio_status status);
asyncio_status raise_again(failure *kept);
asyncio_status let_go(failure *kept, asyncio_status status);

// The status that [flag] stands for, in the order of operations.mjs's KINDS.
asyncio_status kind_status(int flag);

#endif
