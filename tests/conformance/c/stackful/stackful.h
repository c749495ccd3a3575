// SPDX-License-Identifier: MIT
// What the stackful driver's files share.
#ifndef TESTS_CONFORMANCE_STACKFUL_H
#define TESTS_CONFORMANCE_STACKFUL_H

#include "../operations.h"

asyncio_status run_operation(instance *me, const operation *op);
asyncio_status run_block(instance *me, const block *list);

// Of an operation that AWAITS: the same by a call.
#define WAITS(name) \
  static asyncio_status wait_##name(instance *me, const operation *op, const char **none, asyncio_value *value); \
  FILL(name, wait, wait_##name) \
  static asyncio_status wait_##name(__attribute__((unused)) instance *me, const operation *op, \
                                    __attribute__((unused)) const char **none, \
                                    __attribute__((unused)) asyncio_value *value)

#endif
