// SPDX-License-Identifier: MIT
// src/core/loop.c: the law of iterations, stop(), and which loop is the current one. An iteration runs exactly what
// was ready as it began; what its callbacks add waits for the next one.
#include "../../src/core/runtime.h"
#include "common.h"

// asyncio's own order: 1, 2, 4, then the timer.
TEST(callbacks_run_in_order_and_a_timer_of_no_delay_one_iteration_later) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "1", NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "2", NULL));
  CHECK_OK(asyncio_loop_call_later(loop, 0, trace_arg, "3", NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "4", NULL));
  CHECK_OK(asyncio_loop_call_later(loop, 0.001, stop_loop, loop, NULL));
  CHECK_OK(asyncio_loop_run_forever(loop));
  EXPECT_TRACE("1", "2", "4", "3");
  asyncio_loop_unref(loop);
}

// ---- Iterations

typedef struct chain {
  asyncio_loop *loop;
  int left;
  bool by_timer;
} chain;

// Traces, and adds itself again.
static asyncio_status next_in_chain(void *arg) {
  chain *self = arg;
  trace("link %d", self->left);
  if (self->left-- == 0) return ASYNCIO_OK;
  return self->by_timer ? asyncio_loop_call_later(self->loop, 0, next_in_chain, self, NULL)
                        : asyncio_loop_call_soon(self->loop, next_in_chain, self, NULL);
}

TEST(a_callback_added_by_a_callback_waits_for_the_next_iteration) {
  asyncio_loop *loop = asyncio_new_event_loop();
  chain links = {loop, 2, false};
  CHECK_OK(asyncio_loop_call_soon(loop, next_in_chain, &links, NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "after", NULL));
  for (int i = 0; i < 3; i++) {
    run_once(loop);
    trace("--");
  }
  EXPECT_TRACE("link 2", "after", "--", "link 1", "--", "link 0", "--");
  asyncio_loop_unref(loop);
}

TEST(a_timer_without_delay_added_by_a_callback_runs_in_the_next_iteration) {
  asyncio_loop *loop = asyncio_new_event_loop();
  chain timers = {loop, 2, true}, callbacks = {loop, 2, false};
  CHECK_OK(asyncio_loop_call_later(loop, 0, next_in_chain, &timers, NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, next_in_chain, &callbacks, NULL));
  for (int i = 0; i < 3; i++) {
    run_once(loop);
    trace("--");
  }
  EXPECT_TRACE("link 2", "link 2", "--", "link 1", "link 1", "--", "link 0", "link 0", "--");
  asyncio_loop_unref(loop);
}

static asyncio_status trace_and_schedule(void *arg) {
  trace("timer");
  return asyncio_loop_call_soon(arg, trace_arg, "scheduled", NULL);
}

TEST(a_callback_added_by_a_due_timer_waits_for_the_next_iteration) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_call_later(loop, -1, trace_and_schedule, loop, NULL));
  run_once(loop);
  EXPECT_TRACE("timer");
  run_once(loop);
  EXPECT_TRACE("scheduled");
  asyncio_loop_unref(loop);
}

static asyncio_status check_nothing_deeper(void *arg) {
  int *depth = arg;
  CHECK_INT(++*depth, 1);
  CHECK_OK(asyncio_loop_call_soon(asyncio_get_running_loop(), trace_arg, "later", NULL));
  --*depth;
  return ASYNCIO_OK;
}

TEST(callbacks_never_run_inside_one_another) {
  int depth = 0;
  asyncio_loop *loop = asyncio_new_event_loop();
  for (int i = 0; i < 3; i++) CHECK_OK(asyncio_loop_call_soon(loop, check_nothing_deeper, &depth, NULL));
  run_once(loop);
  EXPECT_TRACE();
  run_once(loop);
  EXPECT_TRACE("later", "later", "later");
  asyncio_loop_unref(loop);
}

static asyncio_status count_call(void *arg) {
  ++*(int *)arg;
  return ASYNCIO_OK;
}

TEST(many_callbacks_run_once_each_and_in_one_iteration) {
  enum { MANY = 1000 };
  int calls[MANY] = {0};
  asyncio_loop *loop = asyncio_new_event_loop();
  for (int i = 0; i < MANY; i++) CHECK_OK(asyncio_loop_call_soon(loop, count_call, &calls[i], NULL));
  run_once(loop);
  for (int i = 0; i < MANY; i++) CHECK_INT(calls[i], 1);
  run_once(loop);
  for (int i = 0; i < MANY; i++) CHECK_INT(calls[i], 1);
  asyncio_loop_unref(loop);
}

// ---- stop()

static asyncio_status trace_a_then_add_c(void *arg) {
  trace("a");
  asyncio_loop_stop(arg);
  return asyncio_loop_call_soon(arg, trace_arg, "c", NULL);
}

TEST(stop_before_a_run_lets_it_make_one_iteration) {
  asyncio_loop *loop = asyncio_new_event_loop();
  chain links = {loop, 1, false};
  CHECK_OK(asyncio_loop_call_soon(loop, next_in_chain, &links, NULL));
  asyncio_loop_stop(loop);
  CHECK_OK(asyncio_loop_run_forever(loop));
  EXPECT_TRACE("link 1");
  asyncio_loop_stop(loop);
  CHECK_OK(asyncio_loop_run_forever(loop));
  EXPECT_TRACE("link 0");
  asyncio_loop_unref(loop);
}

TEST(stop_during_a_run_lets_the_rest_of_the_batch_run) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_call_soon(loop, trace_a_then_add_c, loop, NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "b", NULL));
  CHECK_OK(asyncio_loop_run_forever(loop));
  EXPECT_TRACE("a", "b");
  run_once(loop);
  EXPECT_TRACE("c");
  asyncio_loop_unref(loop);
}

ASYNCIO_STATIC_COROUTINE(stop_and_go_on, (asyncio_loop *, loop)) {
  trace("stops");
  asyncio_loop_stop(loop);
  ASYNCIO_TRY(asyncio_sleep(0));
  trace("goes on");
  return ASYNCIO_OK;
}

TEST(stop_in_a_coroutine_lets_the_rest_of_the_batch_run_and_the_coroutine_wait) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_unref(asyncio_create_task(stop_and_go_on_coroutine(loop), .loop = loop));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_a_then_add_c, loop, NULL));
  CHECK_OK(asyncio_loop_run_forever(loop));
  EXPECT_TRACE("stops", "a");
  run_once(loop);
  EXPECT_TRACE("goes on", "c");
  asyncio_loop_unref(loop);
}

TEST(stop_with_nothing_queued_returns_without_waiting_for_timers) {
  asyncio_loop *loop = asyncio_new_event_loop();
  double before = asyncio_loop_time(loop);
  CHECK_OK(asyncio_loop_call_later(loop, 10, trace_arg, "late", NULL));
  asyncio_loop_stop(loop);
  asyncio_loop_stop(loop);
  CHECK_OK(asyncio_loop_run_forever(loop));
  CHECK_DOUBLE(asyncio_loop_time(loop), before);
  asyncio_loop_unref(loop);
}

TEST(a_stopped_run_forgets_that_it_was_stopped) {
  asyncio_loop *loop = asyncio_new_event_loop();
  run_once(loop);
  double before = asyncio_loop_time(loop);
  run_for(loop, 3);
  CHECK_DOUBLE(asyncio_loop_time(loop) - before, 3);
  run_for(loop, 2);
  CHECK_DOUBLE(asyncio_loop_time(loop) - before, 5);
  asyncio_loop_unref(loop);
}

// ---- The running and the current loop

static asyncio_status trace_running_loop(void *arg) {
  CHECK(asyncio_get_running_loop() == arg);
  CHECK(asyncio_get_event_loop() == arg);
  CHECK(asyncio_loop_is_running(arg));
  CHECK(!asyncio_current_task());
  trace("checked");
  return ASYNCIO_OK;
}

TEST(the_running_loop_is_known_inside_callbacks_and_nowhere_else) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK(!asyncio_get_running_loop());
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "no running event loop");
  CHECK(!asyncio_loop_is_running(loop));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_running_loop, loop, NULL));
  run_once(loop);
  EXPECT_TRACE("checked");
  CHECK(!asyncio_get_running_loop());
  CHECK(!asyncio_loop_is_running(loop));
  asyncio_loop_unref(loop);
}

TEST(the_running_loop_comes_before_the_one_that_was_set) {
  asyncio_loop *loop = asyncio_new_event_loop(), *other = asyncio_new_event_loop();
  asyncio_set_event_loop(other);
  CHECK(asyncio_get_event_loop() == other);
  CHECK_OK(asyncio_loop_call_soon(loop, trace_running_loop, loop, NULL));
  run_once(loop);
  EXPECT_TRACE("checked");
  CHECK(asyncio_get_event_loop() == other);
  asyncio_loop_unref(loop);
  asyncio_loop_unref(other);
}

TEST(get_event_loop_fails_once_the_loop_was_taken_away) {
  asyncio_set_event_loop(NULL);
  CHECK(!asyncio_get_event_loop());
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "There is no current event loop");
}

// As a thread that has just begun.
static void forget_current_loop(void) {
  asyncio_set_event_loop(NULL);
  asyncio__thread.current_loop_set = false;
}

TEST(get_event_loop_makes_a_loop_when_none_was_ever_set) {
  forget_current_loop();
  asyncio_loop *loop = asyncio_get_event_loop();
  CHECK(loop != NULL);
  CHECK(asyncio_get_event_loop() == loop);
  CHECK_OK(asyncio_loop_call_soon(loop, trace_running_loop, loop, NULL));
  run_once(loop);
  EXPECT_TRACE("checked");
}

TEST(get_event_loop_tries_again_after_it_was_short_of_memory) {
  forget_current_loop();
  test_fail_allocation(1);
  CHECK(!asyncio_get_event_loop());
  CHECK(asyncio_get_event_loop() != NULL);
}

TEST(the_loop_that_was_set_stays_alive_until_another_is_set) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_set_event_loop(loop);
  asyncio_loop_unref(loop);
  CHECK(asyncio_get_event_loop() == loop);
  asyncio_set_event_loop(loop);
  CHECK(asyncio_get_event_loop() == loop);
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "alive", NULL));
  run_once(loop);
  EXPECT_TRACE("alive");
  asyncio_set_event_loop(NULL);
}

TEST(a_referenced_loop_outlives_its_maker) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK(asyncio_loop_ref(loop) == loop);
  asyncio_loop_unref(loop);
  CHECK(!asyncio_loop_is_closed(loop));
  asyncio_loop_unref(loop);
  CHECK(!asyncio_loop_ref(NULL));
  asyncio_loop_unref(NULL);
}

TEST(two_loops_run_in_turn_on_one_thread) {
  asyncio_loop *first = asyncio_new_event_loop(), *second = asyncio_new_event_loop();
  CHECK_OK(asyncio_loop_call_soon(first, trace_arg, "first", NULL));
  CHECK_OK(asyncio_loop_call_soon(second, trace_arg, "second", NULL));
  run_once(second);
  EXPECT_TRACE("second");
  run_once(first);
  EXPECT_TRACE("first");
  asyncio_loop_unref(first);
  asyncio_loop_unref(second);
}

TEST(a_new_loop_without_memory_is_a_memory_error) {
  test_fail_allocation(1);
  CHECK(!asyncio_new_event_loop());
  CHECK_TEXT(asyncio_error_message(ASYNCIO_MEMORY_ERROR), "Out of memory for an event loop");
}
