// SPDX-License-Identifier: MIT
// src/core/stackful.c: coroutines with a stack of their own. What lies on it survives every switch, at any depth and
// beside thousands of others; what it was sized for is what it gets.
#include <stdio.h>

#include "common.h"

static volatile uint32_t sink;  // keeps the fillings from being optimised away

static void fill(uint32_t *words, int count, uint32_t seed) {
  for (int i = 0; i < count; i++) words[i] = seed * 2654435761u + (uint32_t)i;
  sink = words[count - 1];
}

static bool is_filled(const uint32_t *words, int count, uint32_t seed) {
  for (int i = 0; i < count; i++)
    if (words[i] != seed * 2654435761u + (uint32_t)i) return false;
  return true;
}

// ---- Many

enum { MANY = 2000, WORDS = 64 };

ASYNCIO_STATIC_COROUTINE(keep_pattern, (uint32_t, seed), (int, switches)) {
  volatile uint32_t guard = ~seed;
  uint32_t words[WORDS];
  fill(words, WORDS, seed);
  for (int i = 0; i < switches; i++) {
    ASYNCIO_TRY(asyncio_sleep((seed * 7 + (uint32_t)i) % 5 * 0.25));
    if (!is_filled(words, WORDS, seed) || guard != ~seed) return ASYNCIO_APPLICATION_ERROR;
    fill(words, WORDS, ++seed);
    guard = ~seed;
  }
  *result = asyncio_int(seed);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(keep_many_patterns) {
  static asyncio_task *tasks[MANY];
  for (uint32_t i = 0; i < MANY; i++) tasks[i] = asyncio_create_task(keep_pattern_coroutine(i * 100, 8));
  CHECK_INT(asyncio_all_tasks(asyncio_get_running_loop(), NULL, 0), MANY + 1);
  for (int i = 0; i < MANY; i++) {
    asyncio_value value;
    CHECK_OK(asyncio_await(tasks[i], &value));
    CHECK_INT(asyncio_value_int(value), i * 100 + 8);
    asyncio_unref(tasks[i]);
  }
  return ASYNCIO_OK;
}

TEST(two_thousand_parked_tasks_keep_what_lies_on_their_stacks) { run(keep_many_patterns_coroutine()); }

ASYNCIO_STATIC_COROUTINE(return_at_once, (int, number)) {
  *result = asyncio_int(number);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(one_after_another) {
  ASYNCIO_TRY(asyncio_await(return_at_once_coroutine(0), NULL));
  for (int i = 0; i < 3000; i++) {
    asyncio_task *task = asyncio_create_task(return_at_once_coroutine(i));
    asyncio_value value;
    ASYNCIO_TRY(asyncio_await(task, &value));
    CHECK_INT(asyncio_value_int(value), i);
    asyncio_unref(task);
  }
  return ASYNCIO_OK;
}

TEST(tasks_that_follow_one_another_use_the_same_memory) { run(one_after_another_coroutine()); }

// ---- Deep

static asyncio_status descend(int left, uint32_t seed, double delay) {
  uint32_t words[8];
  fill(words, 8, seed);
  if (left) ASYNCIO_TRY(descend(left - 1, seed + 1, delay));
  ASYNCIO_TRY(asyncio_sleep(left % 4 ? 0 : delay));
  return is_filled(words, 8, seed) ? ASYNCIO_OK : ASYNCIO_APPLICATION_ERROR;
}

ASYNCIO_STATIC_COROUTINE(descend_and_park, (int, depth), (uint32_t, seed)) { return descend(depth, seed, 0.5); }

ASYNCIO_STATIC_COROUTINE(descend_in_parallel) {
  asyncio_task *tasks[8];
  for (uint32_t i = 0; i < 8; i++)
    tasks[i] = asyncio_create_task(descend_and_park_coroutine(60 + (int)i, i * 1000), .stack_size = 64 * 1024);
  for (int i = 0; i < 8; i++) {
    CHECK_OK(asyncio_await(tasks[i], NULL));
    asyncio_unref(tasks[i]);
  }
  return ASYNCIO_OK;
}

TEST(deep_calls_park_at_every_depth_and_return_intact) { run(descend_in_parallel_coroutine()); }

static asyncio_status descend_cancelled(int left) {
  asyncio_status status = left ? descend_cancelled(left - 1) : asyncio_sleep(100);
  if (left % 20 == 0) trace("%d: %s", left, asyncio_error_name(status));
  return status;
}

ASYNCIO_STATIC_COROUTINE(cancelled_deep_down) { return descend_cancelled(40); }

TEST(a_cancellation_comes_up_through_every_call) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(cancelled_deep_down_coroutine(), .loop = loop);
  run_once(loop);
  asyncio_task_cancel(task, NULL);
  run_once(loop);
  EXPECT_TRACE("0: CancelledError", "20: CancelledError", "40: CancelledError");
  CHECK(asyncio_future_cancelled(task));
  asyncio_unref(task);
  close_loop(loop);
}

// ---- Values that live in registers

ASYNCIO_STATIC_COROUTINE(keeps_floats, (double, start), (long double, wide)) {
  double sum = start;
  float product = 1;
  for (int i = 1; i <= 20; i++) {
    ASYNCIO_TRY(asyncio_sleep(i % 2));
    sum += i * 0.5;
    wide += 0.25L;
    product *= 1.5f;
  }
  CHECK_DOUBLE(product, 3325.256730079651f);
  CHECK_DOUBLE((double)wide, 5 + 1.0 / 1024);
  *result = asyncio_double(sum);
  return ASYNCIO_OK;
}

TEST(floating_point_locals_survive_switches) {
  asyncio_value value;
  CHECK_OK(asyncio_run(keeps_floats_coroutine(1.5, 1.0L / 1024), &value));
  CHECK_DOUBLE(asyncio_value_double(value), 106.5);
}

// ---- Sizes

static asyncio_task *start(asyncio_loop *loop, size_t stack_size) {
  asyncio_task *task = asyncio_create_task(keep_pattern_coroutine(4, 8), .loop = loop, .stack_size = stack_size);
  CHECK(task != NULL);
  return task;
}

TEST(a_task_tells_how_much_of_its_stack_it_used_while_it_is_parked) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_task *task = start(loop, 0);
  CHECK_INT(asyncio_task_stack_used(task), 0);
  run_once(loop);
  CHECK(asyncio_task_stack_used(task) >= WORDS * sizeof(uint32_t));
  CHECK(asyncio_task_stack_used(task) <= 300 * 1024);
  run_for(loop, 20);
  CHECK(asyncio_future_done(task));
  CHECK_INT(asyncio_task_stack_used(task), 0);
  CHECK_INT(asyncio_task_stack_used(future), 0);
  CHECK_INT(asyncio_task_stack_used(NULL), 0);
  asyncio_unref(future);
  asyncio_unref(task);
  close_loop(loop);
}

TEST(stacks_of_every_size_work) {
  asyncio_loop *loop = asyncio_new_event_loop();
  static const size_t sizes[] = {4096, 5000, 32 * 1024, 100000, 1024 * 1024, 1500000, 5000001};
  asyncio_task *tasks[7];
  for (int i = 0; i < 7; i++) tasks[i] = start(loop, sizes[i]);
  run_for(loop, 20);
  for (int i = 0; i < 7; i++) {
    CHECK_OK(asyncio_future_result(tasks[i], NULL));
    asyncio_unref(tasks[i]);
  }
  close_loop(loop);
}

TEST(a_task_of_the_smallest_stack_runs) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task =
      asyncio_create_task(return_at_once_coroutine(3), .loop = loop, .stack_size = ASYNCIO_MINIMUM_STACK_SIZE);
  asyncio_value value;
  CHECK_OK(asyncio_loop_run_until_complete(loop, task, &value));
  CHECK_INT(asyncio_value_int(value), 3);
  asyncio_unref(task);
  close_loop(loop);
}

static void fail_for_want_of_a_stack(size_t stack_size, size_t failing) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = start(loop, stack_size);
  CHECK_OK(asyncio_task_set_name(task, "hungry"));
  test_fail_allocation(failing);
  run_once(loop);
  test_fail_allocation(0);
  CHECK_ERROR(asyncio_future_result(task, NULL), ASYNCIO_MEMORY_ERROR, NULL);
  size_t block = 0, asked = 0;
  const char *words = asyncio_error_message(ASYNCIO_MEMORY_ERROR);
  CHECK_INT(sscanf(words, "Out of memory for the stack of hungry: it needs a block of %zu bytes for its %zu", &block, &asked), 2);
  CHECK(asked == (stack_size ? stack_size : ASYNCIO_DEFAULT_STACK_SIZE) && block >= asked);
  asyncio_unref(task);
  close_loop(loop);
}

TEST(a_task_without_memory_for_its_stack_fails) {
  fail_for_want_of_a_stack(0, 1);
  fail_for_want_of_a_stack(SIZE_MAX, 0);
  fail_for_want_of_a_stack(SIZE_MAX / 2 + 1, 0);
}

TEST(a_stack_is_taken_at_the_first_step_only) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = start(loop, 1024 * 1024);
  test_fail_allocation(1);
  asyncio_task_cancel(task, NULL);
  run_once(loop);
  CHECK_INT(test_fail_allocation(0), 0);
  CHECK(asyncio_future_cancelled(task));
  asyncio_unref(task);
  close_loop(loop);
}
