// SPDX-License-Identifier: MIT
// What the stackless driver's files share. Every part of a body is a coroutine of its own, awaited by the one around
// it; it gives true when the body returns.
#ifndef TESTS_CONFORMANCE_STACKLESS_H
#define TESTS_CONFORMANCE_STACKLESS_H

#include "../operations.h"

ASYNCIO_STACKLESS_DECLARE(step, (instance *, me), (const operation *, op));
ASYNCIO_STACKLESS_DECLARE(steps, (instance *, me), (const block *, list));

// An operation that awaits: STARTS(timeout) { locals } ASYNCIO_BEGIN(timeout) { ... } ASYNCIO_END
#define STARTS(name) \
  static asyncio_future *name##_coroutine(instance *me, const operation *op); \
  FILL(name, start, name##_coroutine) \
  ASYNCIO_STATIC_STACKLESS(name, (instance *, me), (const operation *, op))

#endif
