// SPDX-License-Identifier: MIT
// The generators that the tests play with, in both kinds.
#ifndef TESTS_ASYNC_GENERATORS_H
#define TESTS_ASYNC_GENERATORS_H

#include "actors.h"

typedef struct generators {
  // Yields 0, 1... after [delay] each; traces "counted" or how its sleep failed.
  asyncio_generator *(*count)(int count, double delay);
  asyncio_generator *(*receive)(int count);              // yields 0, 1...; traces what it was sent
  // Yields 0; traces what that gave, cleans up, fails with [status], "in cleanup", or as its yield did.
  asyncio_generator *(*tidy)(double cleanup, asyncio_status status);
  asyncio_generator *(*stubborn)(void);                  // yields 1 for ever, whatever it is thrown
} generators;

extern const generators stackful_generators, stackless_generators;

// Yields what it is given, and that once more.
ASYNCIO_GENERATOR_DECLARE(twice, (int, number));

#endif
