// SPDX-License-Identifier: MIT
// Stacks by the ten thousand, one after another: every word of each is as its coroutine left it, however they take
// turns, and those that have ended leave neither memory nor address space behind. Of the engine's stacks only address space
// tells, which Node.js on Linux can look at.
#include <malloc.h>
#include <stdlib.h>

#include "check.h"

enum { GROUP = 60, GROUPS = 2000, WARM = 200, WORDS = 192, ROUNDS = 4, EAGER = 20000, STACK_SIZE = 4096 };
static const double most_growth = 512 * 1024 * 1024;  // the engine's garbage is tens of MiB; stacks by the thousand are GiB

EM_JS(double, address_space, (void), {
  if (typeof process !== 'object' || process.platform !== 'linux') return 0;
  return 1024 * /VmSize:[^0-9]*([0-9]+)/.exec(require('fs').readFileSync('/proc/self/status', 'utf8'))[1];
});

static unsigned random_state = 1;

// The same numbers in every run.
static unsigned next_random(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 16;
}

static int wrong, ended;

static __attribute__((noinline)) asyncio_status descend(unsigned seed, unsigned depth) {
  volatile unsigned words[WORDS / 4];
  for (unsigned i = 0; i < WORDS / 4; i++) words[i] = seed * 2654435761u + depth + i;
  asyncio_status status = ASYNCIO_OK;
  for (unsigned park = next_random() % 3; !status && park; park--) status = asyncio_sleep(0);
  if (!status && depth) status = descend(seed, depth - 1);
  if (!status && next_random() % 2) status = asyncio_sleep(0);
  for (unsigned i = 0; i < WORDS / 4; i++) wrong += words[i] != seed * 2654435761u + depth + i;
  return status;
}

ASYNCIO_COROUTINE(take_turns, (unsigned, seed)) {
  volatile unsigned words[WORDS];
  for (unsigned i = 0; i < WORDS; i++) words[i] = seed ^ (i * 40503u);
  for (int round = 0; round < ROUNDS; round++) ASYNCIO_TRY(descend(seed + (unsigned)round, next_random() % 5));
  for (unsigned i = 0; i < WORDS; i++) wrong += words[i] != (seed ^ (i * 40503u));
  ended++;
  return ASYNCIO_OK;
}

static asyncio_status run_groups(unsigned from, unsigned to) {
  asyncio_future *group[GROUP];
  for (unsigned i = from; i < to; i++) {
    for (unsigned k = 0; k < GROUP; k++) group[k] = take_turns_coroutine(i * GROUP + k);
    ASYNCIO_TRY(asyncio_await(asyncio_gather_array(group, GROUP, false), NULL));
  }
  return ASYNCIO_OK;
}

static size_t bytes_in_use(void) { return (size_t)mallinfo().uordblks; }

static void check_growth(size_t memory, double space, const char *what) {
  double grown = address_space() - space;
  printf("  %s: %.1f MiB more address space, %.1f KiB more memory\n", what, grown / 1048576,
         ((double)bytes_in_use() - (double)memory) / 1024);
  CHECK(bytes_in_use() <= memory + 64 * 1024);
  CHECK(grown < most_growth);
}

TASK_TEST(sixty_coroutines_park_in_random_order_and_no_word_is_wrong) {
  ASYNCIO_TRY(run_groups(0, WARM));
  size_t memory = bytes_in_use();
  double space = address_space();
  ASYNCIO_TRY(run_groups(WARM, GROUPS));
  CHECK_INT(ended, GROUP * GROUPS);
  CHECK_INT(wrong, 0);
  check_growth(memory, space, "120,000 tasks");
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(park_sometimes, (int, number)) { return number % 8 ? ASYNCIO_OK : asyncio_sleep(0); }

static asyncio_status start_eagerly(int from, int to) {
  for (int i = from; i < to; i++) {
    asyncio_task *task = asyncio_create_task(park_sometimes_coroutine(i), .eager_start = true);
    asyncio_status status = asyncio_await(task, NULL);
    asyncio_unref(task);
    ASYNCIO_TRY(status);
  }
  return ASYNCIO_OK;
}

TASK_TEST(eager_starts_leave_nothing_behind) {
  ASYNCIO_TRY(start_eagerly(0, EAGER / 2));
  size_t memory = bytes_in_use();
  double space = address_space();
  ASYNCIO_TRY(start_eagerly(EAGER / 2, EAGER));
  check_growth(memory, space, "eager starts");
  return ASYNCIO_OK;
}
