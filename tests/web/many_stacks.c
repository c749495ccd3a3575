// SPDX-License-Identifier: MIT
// Stacks by the ten thousand, one after another: every word of each is as its coroutine left it, however they take
// turns, and those that have ended leave neither memory nor address space behind. Of the engine's stacks only address
// space tells, which Node.js on Linux can look at, and for a page the server of the tests.
#include <malloc.h>
#include <stdlib.h>

#include "check.h"

enum { GROUP = 60, GROUPS = 2000, WARM = 200, WORDS = 192, ROUNDS = 4, STACK_SIZE = 4096 };
enum { EAGER = 10000, BURST = 4000, BURSTS = 8 };
// The engine's garbage is tens of MiB; stacks by the thousand are GiB.
static const double most_growth = 512 * 1024 * 1024;

// Of the process that has grown most since it was called with [afresh].
EM_JS(double, address_space_growth, (bool afresh), {
  const of_node = () => {
    const status = process.platform === 'linux' ? require('fs').readFileSync('/proc/self/status', 'utf8') : 'VmSize: 0';
    return {node : 1024 * /VmSize:[^0-9]*([0-9]+)/.exec(status)[1]};
  };
  const of_page = () => {
    const request = new XMLHttpRequest();
    request.open('GET', '/address_space', false);
    request.send();
    return JSON.parse(request.responseText);
  };
  const sizes = typeof process === 'object' ? of_node() : of_page();
  const before = (Module.address_space = afresh ? sizes : Module.address_space);
  const grown = Object.keys(sizes).map((name) => sizes[name] - before[name]);
  return Math.max(0, ...grown.filter((bytes) => bytes > 0));
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

// What there is before.
static size_t mark(void) {
  address_space_growth(true);
  return bytes_in_use();
}

static void check_growth(size_t memory, const char *what) {
  double grown = address_space_growth(false);
  printf("  %s: %.1f MiB more address space, %.1f KiB more memory\n", what, grown / 1048576,
         ((double)bytes_in_use() - (double)memory) / 1024);
  CHECK(bytes_in_use() <= memory + 64 * 1024);
  CHECK(grown < most_growth);
}

TASK_TEST(sixty_coroutines_park_in_random_order_and_no_word_is_wrong) {
  ASYNCIO_TRY(run_groups(0, WARM));
  size_t memory = mark();
  ASYNCIO_TRY(run_groups(WARM, GROUPS));
  CHECK_INT(ended, GROUP * GROUPS);
  CHECK_INT(wrong, 0);
  check_growth(memory, "120,000 tasks");
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(park_each, (int, nth), (int, number)) { return number % nth ? ASYNCIO_OK : asyncio_sleep(0); }

// Of which each [nth] parks.
static asyncio_status start_eagerly(int nth) {
  for (int i = 0; i < EAGER; i++) {
    asyncio_task *task = asyncio_create_task(park_each_coroutine(nth, i), .eager_start = true);
    asyncio_status status = asyncio_await(task, NULL);
    asyncio_unref(task);
    ASYNCIO_TRY(status);
  }
  return ASYNCIO_OK;
}

static asyncio_status check_eager_starts(int nth, const char *what) {
  ASYNCIO_TRY(start_eagerly(nth));
  size_t memory = mark();
  ASYNCIO_TRY(start_eagerly(nth));
  check_growth(memory, what);
  return ASYNCIO_OK;
}

TASK_TEST(eager_starts_leave_nothing_behind) { return check_eager_starts(8, "eager starts"); }

TASK_TEST(eager_starts_that_all_park_leave_nothing_behind) { return check_eager_starts(1, "eager starts that park"); }

ASYNCIO_COROUTINE(wait_for_event, (asyncio_event *, go)) { return asyncio_event_wait(go); }

static asyncio_status burst(asyncio_task **tasks) {
  asyncio_event go;
  asyncio_event_init(&go);
  for (int i = 0; i < BURST; i++)
    tasks[i] = asyncio_create_task(wait_for_event_coroutine(&go), .stack_size = STACK_SIZE);
  ASYNCIO_TRY(asyncio_sleep(0));
  asyncio_event_set(&go);
  for (int i = 0; i < BURST; i++) {
    ASYNCIO_TRY(asyncio_await(tasks[i], NULL));
    asyncio_unref(tasks[i]);
  }
  return ASYNCIO_OK;
}

TASK_TEST(bursts_of_parked_coroutines_leave_nothing_behind) {
  asyncio_task **tasks = malloc(BURST * sizeof *tasks);
  ASYNCIO_TRY(burst(tasks));
  size_t memory = mark();
  for (int i = 1; i < BURSTS; i++) ASYNCIO_TRY(burst(tasks));
  check_growth(memory, "bursts");
  free(tasks);
  return ASYNCIO_OK;
}
