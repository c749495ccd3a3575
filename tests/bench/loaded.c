// SPDX-License-Identifier: MIT
// A program that tests/bench/run.mjs loads, to measure what a call from JavaScript costs.
#include <asyncio.h>

ASYNCIO_EXPORT(int, returns_at_once, (int, number)) {
  *result = asyncio_int(number);
  return ASYNCIO_OK;
}
