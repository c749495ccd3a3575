// SPDX-License-Identifier: MIT
// 100,000 stackful tasks parked at once, each on a stack of 4 KiB that it has filled with a pattern of its own. All of
// them, with everything else, fit in 0.75 GiB; no stack is touched by another; each is then cancelled and suspends once
// more in its cleanup; and the memory goes back to the allocator afterwards.
#include <asyncio.h>
#include <emscripten/heap.h>
#include <malloc.h>
#include <stdlib.h>

#include "check.h"

enum { TASKS = 100000, WORDS = 256, STACK_SIZE = 4096 };
static const double most_bytes = 0.75 * 1024 * 1024 * 1024;

// Only Node.js tells.
EM_JS(double, resident_bytes, (void), { return typeof process === "object" ? process.memoryUsage().rss : 0; });

static int parked, intact, cleaned;

static int count_intact(const volatile unsigned *pattern, unsigned seed) {
  int same = 0;
  for (unsigned i = 0; i < WORDS; i++) same += pattern[i] == seed * 2654435761u + i;
  return same;
}

ASYNCIO_COROUTINE(hold_pattern, (unsigned, seed)) {
  volatile unsigned pattern[WORDS];
  for (unsigned i = 0; i < WORDS; i++) pattern[i] = seed * 2654435761u + i;
  parked++;
  asyncio_status status = asyncio_sleep(INFINITY);
  intact += count_intact(pattern, seed) == WORDS;
  if (status == ASYNCIO_CANCELLED_ERROR && asyncio_sleep(0) == ASYNCIO_OK) cleaned++;
  return status;
}

static asyncio_status start_all(asyncio_task **tasks) {
  for (unsigned i = 0; i < TASKS; i++) {
    tasks[i] = asyncio_create_task(hold_pattern_coroutine(i), .stack_size = STACK_SIZE);
    if (!tasks[i]) return ASYNCIO_MEMORY_ERROR;
  }
  return ASYNCIO_OK;
}

static void cancel_all(asyncio_task **tasks) {
  for (int i = 0; i < TASKS; i++) asyncio_task_cancel(tasks[i], NULL);
}

static int count_cancelled(asyncio_task **tasks) {
  int cancelled = 0;
  for (int i = 0; i < TASKS; i++) {
    cancelled += asyncio_future_cancelled(tasks[i]);
    asyncio_unref(tasks[i]);
  }
  return cancelled;
}

static asyncio_status park_and_cancel(asyncio_task **tasks) {
  ASYNCIO_TRY(start_all(tasks));
  ASYNCIO_TRY(asyncio_sleep(0));
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK_INT(parked, TASKS);
  double heap = (double)emscripten_get_heap_size(), resident = resident_bytes();
  printf("  %d tasks parked: %.2f GiB of wasm memory, %.2f GiB resident\n", parked, heap / (1 << 30), resident / (1 << 30));
  CHECK(heap <= most_bytes);
  CHECK(resident <= most_bytes);
  cancel_all(tasks);
  return asyncio_wait(tasks, TASKS, INFINITY, ASYNCIO_ALL_COMPLETED, NULL);
}

static size_t bytes_in_use(void) { return (size_t)mallinfo().uordblks; }

TASK_TEST(a_hundred_thousand_tasks_are_parked_and_cancelled) {
  asyncio_task **tasks = malloc(TASKS * sizeof *tasks);
  size_t before = bytes_in_use();
  ASYNCIO_TRY(park_and_cancel(tasks));
  CHECK_INT(intact, TASKS);
  CHECK_INT(cleaned, TASKS);
  CHECK_INT(count_cancelled(tasks), TASKS);
  free(tasks);
  printf("  in use: %.1f MiB before, %.1f MiB after\n", (double)before / 1048576, (double)bytes_in_use() / 1048576);
  CHECK(bytes_in_use() < before + 8 * 1024 * 1024);
  return ASYNCIO_OK;
}
