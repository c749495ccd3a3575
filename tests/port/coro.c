// SPDX-License-Identifier: MIT
// src/port/coro_*.c through tasks: every task's C frames are as it left them, however many lie parked, in whatever
// order they go on and from whatever depth; and their stacks come from the pool and return to it.
#include "../../src/port/coro.h"

#include "../../src/core/runtime.h"
#include "../support/test.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifdef WITH_ASAN
#include <sanitizer/asan_interface.h>
#endif

enum { MOST_IDLE = 4 * 1024 * 1024, PATTERN_SIZE = 64 };

static size_t live_bytes(void) { return asyncio__thread.stacks.live_bytes; }

// The same numbers in every run.
static unsigned next_random(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 16;
}

static unsigned char pattern_at(unsigned seed, unsigned i) { return (unsigned char)(seed * 131 + i * 7); }

static void fill(volatile unsigned char *bytes, unsigned seed) {
  for (unsigned i = 0; i < PATTERN_SIZE; i++) bytes[i] = pattern_at(seed, i);
}

static void check_filled(const volatile unsigned char *bytes, unsigned seed) {
  unsigned same = 0;
  while (same < PATTERN_SIZE && bytes[same] == pattern_at(seed, same)) same++;
  CHECK_INT(same, PATTERN_SIZE);
}

// Calls itself [depth] times with a pattern in each frame and parks at the bottom, for [delay]; and, if [parks], on the
// way down and up again at every tenth frame. The sum of all frames' depths comes back in [sum].
static __attribute__((noinline)) asyncio_status descend(int depth, unsigned seed, double delay, bool parks, int *sum) {
  volatile unsigned char bytes[PATTERN_SIZE];
  fill(bytes, seed + (unsigned)depth);
  bool parks_here = parks && depth % 10 == 0;
  if (parks_here) ASYNCIO_TRY(asyncio_sleep(0));
  if (depth == 0) {
    ASYNCIO_TRY(asyncio_sleep(delay));
  } else {
    ASYNCIO_TRY(descend(depth - 1, seed, delay, parks, sum));
  }
  if (parks_here) ASYNCIO_TRY(asyncio_sleep(0));
  check_filled(bytes, seed + (unsigned)depth);
  *sum += depth;
  return ASYNCIO_OK;
}

// ---- Many at once

enum { MANY = 500, ROUNDS = 5 };

ASYNCIO_COROUTINE(coro_one_of_many, (unsigned, number), (int *, finished)) {
  volatile unsigned char bytes[PATTERN_SIZE];
  uint32_t random = number + 1;
  fill(bytes, number);
  for (int round = 0; round < ROUNDS; round++) {
    int depth = (int)(next_random(&random) % 8), sum = 0;
    ASYNCIO_TRY(descend(depth, number, (next_random(&random) % 100) * 0.01, round % 2, &sum));
    CHECK_INT(sum, depth * (depth + 1) / 2);
    check_filled(bytes, number);
  }
  ++*finished;
  *result = asyncio_int(number);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(coro_many) {
  asyncio_task *tasks[MANY];
  int finished = 0;
  for (unsigned i = 0; i < MANY; i++)
    tasks[i] = asyncio_create_task(coro_one_of_many_coroutine(i, &finished), .stack_size = 16 * 1024);
  for (int i = 0; i < MANY; i++) {
    asyncio_value value;
    ASYNCIO_TRY(asyncio_await(tasks[i], &value));
    CHECK_INT(asyncio_value_int(value), i);
    asyncio_unref(tasks[i]);
  }
  CHECK_INT(finished, MANY);
  return ASYNCIO_OK;
}

TEST(coroutine_finds_its_frames_as_it_left_them_among_five_hundred) { run(coro_many_coroutine()); }

// ---- Deep

ASYNCIO_COROUTINE(coro_descends, (int, depth), (double, delay), (bool, parks)) {
  int sum = 0;
  asyncio_status status = descend(depth, 3, delay, parks, &sum);
  trace("%d frames: %s, sum %d", depth, asyncio_error_name(status), sum);
  return status;
}

ASYNCIO_COROUTINE(coro_deep, (bool, parks)) {
  asyncio_task *task = asyncio_create_task(coro_descends_coroutine(200, 1, parks), .stack_size = 128 * 1024);
  asyncio_status status = asyncio_await(task, NULL);
  asyncio_unref(task);
  return status;
}

TEST(coroutine_parks_two_hundred_calls_deep_and_comes_back) {
  run(coro_deep_coroutine(false));
  run(coro_deep_coroutine(true));
  EXPECT_TRACE("200 frames: OK, sum 20100", "200 frames: OK, sum 20100");
}

ASYNCIO_COROUTINE(coro_cancelled_deep) {
  asyncio_task *task = asyncio_create_task(coro_descends_coroutine(200, 100, false), .stack_size = 128 * 1024);
  ASYNCIO_TRY(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(task, NULL));
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_CANCELLED_ERROR, NULL);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(coroutine_cancelled_two_hundred_calls_deep_returns_through_them) {
  run(coro_cancelled_deep_coroutine());
  EXPECT_TRACE("200 frames: CancelledError, sum 0");
}

// ---- Stacks

enum { LARGE = 300 * 1024 };

ASYNCIO_COROUTINE(coro_uses_stacks) {
  asyncio_task *shallow = asyncio_create_task(coro_descends_coroutine(1, 1, false), .stack_size = LARGE);
  asyncio_task *deep = asyncio_create_task(coro_descends_coroutine(100, 1, false), .stack_size = LARGE);
  size_t before = live_bytes();
  CHECK_INT(asyncio_task_stack_used(deep), 0);
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK(live_bytes() >= before + 2 * LARGE);
  CHECK(asyncio_task_stack_used(shallow) > 0);
  CHECK(asyncio_task_stack_used(shallow) < asyncio_task_stack_used(deep));
  CHECK(asyncio_task_stack_used(deep) > 100 * sizeof(void *));
  CHECK(asyncio_task_stack_used(deep) < LARGE);
  ASYNCIO_TRY(asyncio_await(deep, NULL));
  ASYNCIO_TRY(asyncio_await(shallow, NULL));
  CHECK_INT(asyncio_task_stack_used(deep), 0);
  CHECK_INT(live_bytes(), before);
  asyncio_unref(shallow);
  asyncio_unref(deep);
  return ASYNCIO_OK;
}

TEST(coroutine_has_the_stack_that_was_asked_for_and_tells_what_it_uses) {
  run(coro_uses_stacks_coroutine());
  EXPECT_TRACE("1 frames: OK, sum 1", "100 frames: OK, sum 5050");
  CHECK_INT(live_bytes(), 0);
}

ASYNCIO_COROUTINE(coro_sleeps, (double, delay)) { return asyncio_sleep(delay); }

static asyncio_status run_sleepers(int count) {
  asyncio_task *tasks[MANY];
  size_t before = live_bytes();
  for (int i = 0; i < count; i++) tasks[i] = asyncio_create_task(coro_sleeps_coroutine(1), .stack_size = 64 * 1024);
  CHECK_INT(live_bytes(), before);  // taken at the first step
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK(live_bytes() >= before + (size_t)count * 64 * 1024);
  for (int i = 0; i < count; i++) {
    ASYNCIO_TRY(asyncio_await(tasks[i], NULL));
    asyncio_unref(tasks[i]);
  }
  CHECK_INT(live_bytes(), before);
  CHECK(asyncio__thread.stacks.idle_bytes <= MOST_IDLE);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(coro_crowd) {
  ASYNCIO_TRY(run_sleepers(200));
  size_t idle = asyncio__thread.stacks.idle_bytes;
  CHECK(idle > MOST_IDLE / 2);
  for (int i = 0; i < 10; i++) ASYNCIO_TRY(run_sleepers(1));
  CHECK_INT(asyncio__thread.stacks.idle_bytes, idle);  // one by one they use a warm block
  return ASYNCIO_OK;
}

TEST(stacks_of_a_crowd_go_back_to_the_allocator_but_for_a_few) {
  run(coro_crowd_coroutine());
  CHECK_INT(live_bytes(), 0);
  CHECK_INT(asyncio__thread.stacks.idle_bytes, 0);  // no loop is left
}

ASYNCIO_COROUTINE(coro_wants_too_much) {
  const size_t margin = 32 * 1024;
  const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX - margin + 1, SIZE_MAX - 8 * margin + 1};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    asyncio_task *task = asyncio_create_task(coro_sleeps_coroutine(1), .name = "greedy", .stack_size = sizes[i]);
    CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_MEMORY_ERROR, NULL);
    CHECK(!strncmp(asyncio_error_message(ASYNCIO_MEMORY_ERROR), "Out of memory for the stack of greedy: it needs a block of ", 59));
    asyncio_unref(task);
  }
  return ASYNCIO_OK;
}

TEST(stack_larger_than_memory_fails_its_task_alone) { run(coro_wants_too_much_coroutine()); }

// ---- Unused, and left behind

typedef struct coro_baggage {
  char bytes[2000];  // more than a pool's block: an allocation of its own
} coro_baggage;

ASYNCIO_COROUTINE(coro_carries, (coro_baggage, baggage)) {
  trace("carries %s", baggage.bytes);
  return ASYNCIO_OK;
}

TEST(coroutine_never_used_frees_its_arguments) {
  coro_baggage baggage = {"words"};
  size_t before = test_live_allocations();
  asyncio_future *unused = coro_carries_coroutine(baggage);
  CHECK_INT(test_live_allocations() - before, 1);
  CHECK(asyncio_iscoroutine(unused));
  asyncio_unref(unused);
  CHECK_INT(test_live_allocations(), before);
  run(coro_carries_coroutine(baggage));
  CHECK_INT(test_live_allocations(), before);
  EXPECT_TRACE("carries words");
}

ASYNCIO_COROUTINE(coro_never_returns, (int, depth)) {
  for (;;) {
    int sum = 0;
    asyncio_status status = descend(depth, 1, 1, false, &sum);
    (void)status;
  }
}

TEST(coroutine_abandoned_when_its_loop_closes_gives_its_stack_back) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_task *task = asyncio_create_task(coro_never_returns_coroutine(20), .loop = loop);
  asyncio_loop_stop(loop);
  CHECK_OK(asyncio_loop_run_forever(loop));
  CHECK(live_bytes() > 0);
  CHECK_OK(asyncio_loop_close(loop));
  CHECK_INT(live_bytes(), 0);
  CHECK(asyncio_future_cancelled(task));
  asyncio_unref(task);
  asyncio_loop_unref(loop);
  EXPECT_TRACE("Task was destroyed but it is pending");
}

#ifdef WITH_ASAN
ASYNCIO_COROUTINE(coro_shows_its_stack, (void **, stack)) {
  *stack = __builtin_frame_address(0);
  return asyncio_sleep(0);
}

// A task that still waits for a lock there is then told by AddressSanitizer, and where.
ASYNCIO_COROUTINE(coro_looks_at_the_stack_of_another) {
  void *stack = NULL;
  for (int i = 0; i < 2; i++) {
    asyncio_task *task = asyncio_create_task(coro_shows_its_stack_coroutine(&stack));
    ASYNCIO_TRY(asyncio_sleep(0));
    CHECK(!__asan_address_is_poisoned(stack));
    ASYNCIO_TRY(asyncio_await(task, NULL));
    CHECK(__asan_address_is_poisoned(stack));
    asyncio_unref(task);
  }
  return ASYNCIO_OK;
}

TEST(the_stack_of_what_has_ended_is_nobody_s) { run(coro_looks_at_the_stack_of_another_coroutine()); }
#endif
