// SPDX-License-Identifier: MIT
// A build that checks stacks (stack_check.flags): a coroutine that recurses too deep ends with MemoryError before it
// writes below its stack, and the others finish. Without the limits of each coroutine's own stack set at each switch,
// the check would stop the first one at once.
#include "check.h"

#include <stdlib.h>

static const char *const overflow =
    "The stack overflowed: create the task with a larger .stack_size, or recurse less";

__attribute__((noinline)) static int fill(volatile char *bytes, int depth) {
  for (int i = 0; i < 100; i++) bytes[i] = (char)depth;
  return bytes[depth % 100];
}

ASYNCIO_COROUTINE(recurse, (int, depth)) {
  volatile char local[100];
  fill(local, depth);
  if (depth == 0) return asyncio_sleep(0.001);
  asyncio_status status = recurse(depth - 1, result);
  *result = asyncio_int(fill(local, depth) + depth);
  return status;
}

ASYNCIO_COROUTINE(work, (int, number)) {
  for (int i = 0; i < 10; i++) ASYNCIO_TRY(asyncio_sleep(0.0005));
  *result = asyncio_int(number);
  return ASYNCIO_OK;
}

TASK_TEST(coroutines_that_stay_within_their_stacks_are_fine) {
  asyncio_value value;
  CHECK_OK(asyncio_await(recurse_coroutine(20), &value));
  CHECK_INT(asyncio_value_int(value), 40);
  return ASYNCIO_OK;
}

TASK_TEST(one_that_recurses_too_deep_fails_alone) {
  asyncio_value results;
  asyncio_future *all[] = {work_coroutine(1), recurse_coroutine(100000), work_coroutine(2), recurse_coroutine(1000),
                           work_coroutine(3)};
  CHECK_OK(asyncio_await(asyncio_gather_array(all, 5, true), &results));
  for (size_t i = 0; i < 5; i += 2) CHECK_INT(asyncio_value_int(asyncio_value_at(results, i)), i / 2 + 1);
  for (size_t i = 1; i < 5; i += 2) {
    CHECK_INT(asyncio_value_status(asyncio_value_at(results, i)), ASYNCIO_MEMORY_ERROR);
    CHECK_TEXT(asyncio_error_words(asyncio_value_error(asyncio_value_at(results, i))), overflow);
  }
  asyncio_value_clear(&results);
  return ASYNCIO_OK;
}

TASK_TEST(a_larger_stack_is_the_remedy) {
  asyncio_value value;
  asyncio_task *task = asyncio_create_task(recurse_coroutine(1000), .stack_size = 1024 * 1024);
  CHECK_OK(asyncio_await(task, &value));
  asyncio_unref(task);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(start_eagerly, (int, depth), (asyncio_task **, started)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  *started = recurse_coroutine(depth);
  (void)asyncio_ref(*started);  // the creator's, which the call below will not live to return
  asyncio_task *task = asyncio_create_task(*started, .eager_start = true);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

// The frames of the starter are gone as well, where they lie below those of the started: over JSPI they do not.
#ifdef ASYNCIO_NO_ASYNCIFY
static const asyncio_status starters_end = ASYNCIO_OK;
#else
static const asyncio_status starters_end = ASYNCIO_MEMORY_ERROR;
#endif

TASK_TEST(one_that_overflows_as_it_starts_eagerly_takes_its_starter_along_where_they_share_a_stack) {
  asyncio_value results;
  asyncio_task *started;
  asyncio_future *all[] = {work_coroutine(1), start_eagerly_coroutine(100000, &started), work_coroutine(2)};
  CHECK_OK(asyncio_await(asyncio_gather_array(all, 3, true), &results));
  CHECK_INT(asyncio_value_int(asyncio_value_at(results, 0)), 1);
  CHECK_INT(asyncio_value_status(asyncio_value_at(results, 1)), starters_end);
  CHECK_INT(asyncio_value_int(asyncio_value_at(results, 2)), 2);
  CHECK_INT(asyncio_await(started, NULL), ASYNCIO_MEMORY_ERROR);
  asyncio_unref(started);
  asyncio_value_clear(&results);
  return ASYNCIO_OK;
}

// Each leaves its block of memory to the next.
TASK_TEST(it_may_happen_often) {
  for (int i = 0; i < 100; i++) {
    asyncio_task *task = asyncio_create_task(recurse_coroutine(5000));
    CHECK_INT(asyncio_await(task, NULL), ASYNCIO_MEMORY_ERROR);
    asyncio_unref(task);
  }
  asyncio_value value;
  CHECK_OK(asyncio_await(work_coroutine(7), &value));
  CHECK_INT(asyncio_value_int(value), 7);
  return ASYNCIO_OK;
}
