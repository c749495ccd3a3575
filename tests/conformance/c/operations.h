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

// The status that [flag] stands for, in the order of operations.mjs's KINDS.
asyncio_status kind_status(int flag);

#endif
