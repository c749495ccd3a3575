// SPDX-License-Identifier: MIT
// Tables of bad input: each row does one thing wrong and expects a status and its exact words. After each row a fresh
// task must complete, so that a mistake costs the caller nothing but its own failure.
#ifndef TESTS_ASYNC_BAD_INPUT_H
#define TESTS_ASYNC_BAD_INPUT_H

#include "actors.h"

typedef struct bad_input {
  const char *what;
  asyncio_status (*attempt)(void);
  asyncio_status expected;
  const char *words;  // NULL with ASYNCIO_OK
} bad_input;

// Runs all rows inside one task / outside any loop.
void check_bad_input_in_a_task(const bad_input *rows, size_t count);
void check_bad_input_outside(const bad_input *rows, size_t count);

// A fresh task, in the running loop / on a new one, completes.
void check_fresh_task(void);
void check_fresh_run(void);

// Runs [program] again and again, each time with another of its allocations failing: it ends with MemoryError or OK,
// nothing leaks, and a fresh run completes.
void fail_each(asyncio_future *(*program)(void));

// Why a constructor gave NULL; a future that it gave is dropped.
asyncio_status reason(asyncio_future *awaitable);

#endif
