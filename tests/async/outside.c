// SPDX-License-Identifier: MIT
// What gather, shield and ensure_future belong to where no loop is running: the loop of what they are given, else the
// one that was set.
#include "actors.h"

static asyncio_loop *set_new_loop(void) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_set_event_loop(loop);
  return loop;
}

static void forget_loop(asyncio_loop *loop) {
  asyncio_set_event_loop(NULL);
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
}

// Runs [awaitable], which must be of [loop], and traces what comes out.
static void run_in(asyncio_loop *loop, asyncio_future *awaitable, const char *name) {
  asyncio_value result = asyncio_none();
  CHECK(asyncio_future_get_loop(awaitable) == loop);
  CHECK_OK(asyncio_loop_run_until_complete(loop, awaitable, &result));
  trace_value(name, result);
  asyncio_value_clear(&result);
}

TEST(outside_a_loop_coroutines_become_tasks_of_the_one_that_was_set) {
  asyncio_loop *loop = set_new_loop();
  clock_start();
  run_in(loop, asyncio_shield(actor_coroutine("a", 1, 42)), "shield");
  run_in(loop, asyncio_gather(actor_coroutine("b", 1, 1), actor_coroutine("c", 1, 2)), "gather");
  run_in(loop, asyncio_gather_array(NULL, 0, false), "gather of nothing");
  asyncio_future *task = asyncio_ensure_future(actor_coroutine("d", 1, 3));
  run_in(loop, task, "task");
  asyncio_unref(task);
  EXPECT_TRACE("a done at 1", "shield got 42 at 1", "b done at 2", "c done at 2", "gather got [1, 2] at 2",
               "gather of nothing got [] at 2", "d done at 3", "task got 3 at 3");
  forget_loop(loop);
}

TEST(outside_a_loop_a_gather_is_of_the_loop_of_its_first_future) {
  asyncio_loop *loop = set_new_loop(), *other = asyncio_new_event_loop();
  asyncio_future *futures[] = {asyncio_loop_create_future(other), asyncio_loop_create_future(other)};
  clock_start();
  asyncio_future *gather = asyncio_ref(asyncio_gather_array(futures, 2, false));
  for (int i = 0; i < 2; i++) CHECK_OK(asyncio_future_set_result(futures[i], asyncio_int(i)));
  CHECK(!asyncio_future_done(gather));
  run_in(other, gather, "gather");
  EXPECT_TRACE("gather got [0, 1] at 0");
  asyncio_unref(gather);
  for (int i = 0; i < 2; i++) asyncio_unref(futures[i]);
  CHECK_OK(asyncio_loop_close(other));
  asyncio_loop_unref(other);
  forget_loop(loop);
}

TEST(outside_a_loop_a_gather_takes_no_futures_of_two_loops) {
  asyncio_loop *loop = set_new_loop(), *other = asyncio_new_event_loop();
  asyncio_future *futures[] = {asyncio_loop_create_future(other), asyncio_loop_create_future(loop)};
  CHECK(!asyncio_gather_array(futures, 2, false));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "The awaitable at 1 belongs to a different loop than the first one");
  for (int i = 0; i < 2; i++) asyncio_unref(futures[i]);
  CHECK_OK(asyncio_loop_close(other));
  asyncio_loop_unref(other);
  forget_loop(loop);
}

TEST(outside_a_loop_and_with_none_set_there_is_an_error) {
  asyncio_set_event_loop(NULL);
  CHECK(!asyncio_gather(actor_coroutine("a", 1, 1)));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "no running event loop");
  CHECK(!asyncio_shield(actor_coroutine("b", 1, 1)));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "no running event loop");
  CHECK(!asyncio_ensure_future(actor_coroutine("c", 1, 1)));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "no running event loop");
}
