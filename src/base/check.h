// SPDX-License-Identifier: MIT
// Statements that must hold. ASYNCIO_CHECK is always on: what it guards would corrupt memory otherwise. ASYNCIO_ASSERT
// states our own invariants and is compiled in with -DASYNCIO_DEBUG, as the test builds are.
#ifndef ASYNCIO__BASE_CHECK_H
#define ASYNCIO__BASE_CHECK_H

// Writes the sentence to standard error and aborts.
_Noreturn void asyncio__fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define ASYNCIO_CHECK(condition, ...) \
  do { \
    if (__builtin_expect(!(condition), 0)) asyncio__fail(__FILE__, __LINE__, __VA_ARGS__); \
  } while (0)

#ifdef ASYNCIO_DEBUG
#define ASYNCIO_ASSERT(condition) ASYNCIO_CHECK(condition, "Broken invariant: %s", #condition)
#else
#define ASYNCIO_ASSERT(condition) ((void)0)
#endif

#endif
