// SPDX-License-Identifier: MIT
// Exports whose names and parameters are words of JavaScript's.
#include <asyncio.h>

ASYNCIO_EXPORT(int, delete, (int, function), (const char *, class), (bool, in)) {
  (void)class, (void)in;
  *result = asyncio_int(function);
  return ASYNCIO_OK;
}

ASYNCIO_EXPORT(void, then) { return ASYNCIO_OK; }
