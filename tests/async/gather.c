// SPDX-License-Identifier: MIT
// src/async/gather.c: results in order, the first failure at once, cancellation of all, and what becomes of children
// that were done before, given twice, or wrong.
#include <math.h>

#include "actors.h"

static void list_of(asyncio_future *awaitable, const char *name) {
  asyncio_value list;
  CHECK_OK(asyncio_await(awaitable, &list));
  trace_value(name, list);
  asyncio_value_clear(&list);
}

// ---- Results

ASYNCIO_COROUTINE(gathers_three) {
  clock_start();
  list_of(asyncio_gather(actor_coroutine("a", 3, 1), actor_coroutine("b", 1, 2), actor_coroutine("c", 2, 3)), "gather");
  return ASYNCIO_OK;
}

TEST(gather_gives_results_in_the_order_of_its_arguments) {
  run(gathers_three_coroutine());
  EXPECT_TRACE("b done at 1", "c done at 2", "a done at 3", "gather got [1, 2, 3] at 3");
}

ASYNCIO_COROUTINE(gathers_every_kind) {
  clock_start();
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio_future *future = asyncio_loop_create_future(loop), *done = asyncio_loop_create_future(loop);
  asyncio_task *task = asyncio_create_task(actor_coroutine("task", 2, 2));
  CHECK_OK(asyncio_future_set_result(done, asyncio_int(4)));
  asyncio_future *gather = asyncio_gather(actor_coroutine("coroutine", 1, 1), task, future, done,
                                          asyncio_wait_for_coroutine(actor_coroutine("limited", 1, 5), 9),
                                          asyncio_sleep_coroutine(1, asyncio_int(6)), asyncio_shield(task),
                                          asyncio_gather(task, asyncio_gather(future)));
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(3)));
  list_of(gather, "gather");
  asyncio_unref(future);
  asyncio_unref(done);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(gather_takes_every_kind_of_awaitable) {
  run(gathers_every_kind_coroutine());
  EXPECT_TRACE("coroutine done at 1", "limited done at 1", "task done at 2",
               "gather got [1, 2, 3, 4, 5, 6, 2, [2, [3]]] at 2");
}

ASYNCIO_COROUTINE(gathers_twice_the_same) {
  clock_start();
  asyncio_future *once = actor_coroutine("once", 1, 7);
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  asyncio_future *gather = asyncio_gather(once, future, once, future);
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(8)));
  list_of(gather, "gather");
  list_of(asyncio_gather(future, future), "done");
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(awaitable_given_twice_is_awaited_once_and_its_result_stands_twice) {
  run(gathers_twice_the_same_coroutine());
  EXPECT_TRACE("once done at 1", "gather got [7, 8, 7, 8] at 1", "done got [8, 8] at 1");
}

ASYNCIO_COROUTINE(gathers_none) {
  clock_start();
  asyncio_future *gather = asyncio_ref(asyncio_gather_array(NULL, 0, false));
  CHECK(asyncio_future_done(gather));
  asyncio_task *other = asyncio_create_task(ticking_actor_coroutine(1));
  list_of(gather, "gather");
  trace("no iteration passed");
  asyncio_unref(gather);
  ASYNCIO_TRY(asyncio_await(other, NULL));
  asyncio_unref(other);
  return ASYNCIO_OK;
}

TEST(gather_of_nothing_is_done_with_an_empty_list) {
  run(gathers_none_coroutine());
  EXPECT_TRACE("gather got [] at 0", "no iteration passed", "tick 1");
}

enum { MANY_CHILDREN = 10000 };

ASYNCIO_COROUTINE(gathers_many) {
  static asyncio_future *children[MANY_CHILDREN];
  asyncio_value list;
  for (int i = 0; i < MANY_CHILDREN; i++) children[i] = asyncio_sleep_coroutine((i % 7) * 0.1, asyncio_int(i));
  CHECK_OK(asyncio_await(asyncio_gather_array(children, MANY_CHILDREN, false), &list));
  CHECK_INT(asyncio_value_count(list), MANY_CHILDREN);
  bool same = true;
  for (int i = 0; i < MANY_CHILDREN; i++) same = same && asyncio_value_int(asyncio_value_at(list, (size_t)i)) == i;
  CHECK(same);
  asyncio_value_clear(&list);
  return ASYNCIO_OK;
}

TEST(ten_thousand_children_keep_their_order) { run(gathers_many_coroutine()); }

// ---- Iterations: a child's callback, then the gather's, then the task.

ASYNCIO_COROUTINE(counts_iterations_of_a_gather) {
  clock_start();
  asyncio_task *ticks = asyncio_create_task(ticking_actor_coroutine(5));
  list_of(asyncio_gather(asyncio_sleep_coroutine(0, asyncio_int(1))), "gather");
  ASYNCIO_TRY(asyncio_await(ticks, NULL));
  asyncio_unref(ticks);
  return ASYNCIO_OK;
}

TEST(gather_takes_two_iterations_after_its_last_child) {
  run(counts_iterations_of_a_gather_coroutine());
  EXPECT_TRACE("tick 1", "tick 2", "tick 3", "tick 4", "gather got [1] at 0", "tick 5");
}

// ---- Children done before

static asyncio_future *done_with(asyncio_status status, int value, const char *words) {
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  if (status == ASYNCIO_OK)
    CHECK_OK(asyncio_future_set_result(future, asyncio_int(value)));
  else if (status == ASYNCIO_CANCELLED_ERROR)
    CHECK(asyncio_future_cancel(future, words));
  else
    CHECK_OK(asyncio_future_set_exception(future, status, "%s", words));
  return future;
}

// Uses [first] and [second] up.
static void gather_two_done(asyncio_future *first, asyncio_future *second, bool return_exceptions) {
  asyncio_future *gather = asyncio_ref(asyncio_gather_array((asyncio_future *[]){first, second}, 2, return_exceptions));
  asyncio_value list;
  CHECK(asyncio_future_done(gather));
  CHECK(!asyncio_future_cancelled(gather));
  asyncio_status status = asyncio_future_result(gather, &list);
  if (status)
    trace("%s: %s", asyncio_error_name(status), asyncio_error_message(status));
  else
    trace_value("gather", list);
  asyncio_unref(gather);
  asyncio_unref(first);
  asyncio_unref(second);
}

ASYNCIO_COROUTINE(gathers_done_futures) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  gather_two_done(done_with(ASYNCIO_OK, 1, NULL), done_with(ASYNCIO_OK, 2, NULL), false);
  gather_two_done(done_with(ASYNCIO_OK, 1, NULL), done_with(ASYNCIO_VALUE_ERROR, 0, "second"), false);
  gather_two_done(done_with(ASYNCIO_TYPE_ERROR, 0, "first"), done_with(ASYNCIO_VALUE_ERROR, 0, "second"), false);
  gather_two_done(done_with(ASYNCIO_OK, 1, NULL), done_with(ASYNCIO_CANCELLED_ERROR, 0, "gone"), false);
  gather_two_done(done_with(ASYNCIO_OK, 1, NULL), done_with(ASYNCIO_VALUE_ERROR, 0, "second"), true);
  gather_two_done(done_with(ASYNCIO_CANCELLED_ERROR, 0, "gone"), done_with(ASYNCIO_OK, 2, NULL), true);
  return ASYNCIO_OK;
}

TEST(gather_of_done_futures_is_done_at_once) {
  run(gathers_done_futures_coroutine());
  EXPECT_TRACE("gather got [1, 2] at 0", "ValueError: second", "TypeError: first", "CancelledError: gone",
               "gather got [1, ValueError: second] at 0", "gather got [CancelledError: gone, 2] at 0");
}

// A failure that was there before makes a done gather, though others are still pending.
ASYNCIO_COROUTINE(gathers_a_failed_and_a_pending_one) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  asyncio_future *failed = done_with(ASYNCIO_VALUE_ERROR, 0, "first");
  asyncio_task *slow = asyncio_create_task(failing_actor_coroutine("slow", 1, ASYNCIO_TYPE_ERROR));
  asyncio_future *gather = asyncio_ref(asyncio_gather(slow, failed));
  CHECK(asyncio_future_done(gather));
  CHECK(!asyncio_future_cancel(gather, NULL));
  check_fails(gather, ASYNCIO_VALUE_ERROR, "first");
  asyncio_unref(gather);
  asyncio_unref(failed);
  asyncio_unref(slow);
  return asyncio_sleep(2);
}

TEST(gather_of_a_failed_future_is_done_and_leaves_the_pending_ones_running) {
  run(gathers_a_failed_and_a_pending_one_coroutine());
  EXPECT_TRACE("slow failed at 1");
}

// ---- Failures

ASYNCIO_COROUTINE(gathers_failing) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  check_fails(asyncio_gather(actor_coroutine("a", 3, 1), failing_actor_coroutine("b", 1, ASYNCIO_VALUE_ERROR),
                             failing_actor_coroutine("c", 2, ASYNCIO_TYPE_ERROR)),
              ASYNCIO_VALUE_ERROR, "b failed");
  trace_at("gather", "failed");
  return asyncio_sleep(3);
}

// Nothing is reported about c: its failure counts as seen.
TEST(first_failure_is_the_gathers_at_once_and_its_siblings_go_on) {
  run(gathers_failing_coroutine());
  EXPECT_TRACE("b failed at 1", "gather failed at 1", "c failed at 2", "a done at 3");
}

ASYNCIO_COROUTINE(ignores_a_failed_gather) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  asyncio_future *gather = asyncio_ref(asyncio_gather(failing_actor_coroutine("a", 1, ASYNCIO_VALUE_ERROR)));
  ASYNCIO_TRY(asyncio_sleep(2));
  CHECK(!asyncio_future_cancel(gather, NULL));
  asyncio_unref(gather);
  return ASYNCIO_OK;
}

TEST(failed_gather_that_nobody_looked_at_is_reported) {
  run(ignores_a_failed_gather_coroutine());
  EXPECT_TRACE("a failed at 1", "Exception was never retrieved: ValueError: a failed");
}

ASYNCIO_COROUTINE(gathers_returning_exceptions) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  asyncio_task *cancelled = asyncio_create_task(actor_coroutine("b", 9, 2));
  asyncio_task *wordless = asyncio_create_task(actor_coroutine("c", 9, 3));
  asyncio_future *children[] = {failing_actor_coroutine("a", 2, ASYNCIO_VALUE_ERROR), cancelled, wordless,
                                actor_coroutine("d", 3, 4),
                                failing_actor_coroutine("e", 1, ASYNCIO_APPLICATION_ERROR - 5)};
  asyncio_future *gather = asyncio_gather_array(children, 5, true);
  asyncio_value list;
  ASYNCIO_TRY(asyncio_sleep(0));
  asyncio_task_cancel(cancelled, "enough");
  asyncio_task_cancel(wordless, NULL);
  CHECK_OK(asyncio_await(gather, &list));
  trace_value("gather", list);
  CHECK_INT(asyncio_value_at(list, 0).kind, ASYNCIO_ERROR);
  CHECK_INT(asyncio_value_status(asyncio_value_at(list, 4)), ASYNCIO_APPLICATION_ERROR - 5);
  CHECK_INT(asyncio_value_status(asyncio_value_at(list, 2)), ASYNCIO_CANCELLED_ERROR);
  CHECK_INT(asyncio_value_status(asyncio_value_at(list, 3)), ASYNCIO_OK);
  asyncio_value_clear(&list);
  asyncio_unref(cancelled);
  asyncio_unref(wordless);
  return ASYNCIO_OK;
}

TEST(failures_and_cancellations_are_results_when_asked_for) {
  run(gathers_returning_exceptions_coroutine());
  EXPECT_TRACE("b cancelled at 0 (enough)", "c cancelled at 0 (The task was cancelled)", "e failed at 1",
               "a failed at 2", "d done at 3",
               "gather got [ValueError: a failed, CancelledError: enough, CancelledError: , 4, ApplicationError: e "
               "failed] at 3");
}

// ---- A child's callback has its turn in the queue, which others may stand between

static asyncio_status trace_word(void *arg) {
  trace("%s", (const char *)arg);
  return ASYNCIO_OK;
}

static asyncio_status trace_soon(void *arg) {
  return asyncio_loop_call_soon(asyncio_get_running_loop(), trace_word, arg, NULL);
}

static asyncio_status trace_gather(asyncio_future *gather, void *arg) {
  asyncio_value list;
  CHECK_OK(asyncio_future_result(gather, &list));
  trace_value(arg, list);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(ends_children_around_a_callback) {
  clock_start();
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio_future *first = asyncio_loop_create_future(loop), *second = asyncio_loop_create_future(loop);
  asyncio_future *gather = asyncio_ref(asyncio_gather_array((asyncio_future *[]){first, second}, 2, true));
  CHECK_OK(asyncio_future_add_done_callback(gather, trace_gather, "gather"));
  CHECK_OK(asyncio_future_set_exception(first, ASYNCIO_VALUE_ERROR, "first"));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_soon, "between", NULL));
  CHECK_OK(asyncio_future_set_result(second, asyncio_int(2)));
  asyncio_unref(first);
  asyncio_unref(second);
  asyncio_unref(gather);
  return asyncio_sleep(1);
}

TEST(gather_ends_with_the_callback_of_its_last_child_and_not_before) {
  run(ends_children_around_a_callback_coroutine());
  EXPECT_TRACE("between", "gather got [ValueError: first, 2] at 0");
}

// ---- Wrong arguments

static void destroyed(void *pointer) { trace("%s dropped", (const char *)pointer); }

// A coroutine that owns something: dropping it is seen.
static asyncio_future *owning_coroutine(const char *name) {
  asyncio_value value;
  CHECK_OK(asyncio_owned_pointer(&value, (void *)(uintptr_t)name, destroyed));
  return asyncio_sleep_coroutine(1, value);
}

ASYNCIO_COROUTINE(gathers_failed_constructors) {
  asyncio_future *none = asyncio_gather(owning_coroutine("a"), asyncio_sleep_coroutine(NAN, asyncio_none()),
                                        asyncio_shield(owning_coroutine("b")), asyncio_gather(owning_coroutine("c")));
  CHECK(!none);
  CHECK_ERROR(asyncio_await(none, NULL), ASYNCIO_VALUE_ERROR, "Expected [delay] to be a number, got NaN");
  trace("all dropped or running");
  return asyncio_sleep(2);
}

// Those in a shield or a gather of their own run already: they are tasks, which nobody waits for.
TEST(failed_argument_is_the_gathers_error_and_the_other_coroutines_are_dropped) {
  run(gathers_failed_constructors_coroutine());
  EXPECT_TRACE("a dropped", "all dropped or running", "b dropped", "c dropped");
}

ASYNCIO_COROUTINE(gathers_a_used_coroutine) {
  clock_start();
  asyncio_future *used = asyncio_ref(asyncio_sleep_coroutine(0, asyncio_none()));
  CHECK_OK(asyncio_await(used, NULL));
  asyncio_future *none = asyncio_gather(actor_coroutine("a", 1, 1), used, owning_coroutine("b"), used);
  CHECK_ERROR(asyncio_await(none, NULL), ASYNCIO_TYPE_ERROR,
              "Expected [awaitables] to be awaitables, got a used coroutine at 1");
  asyncio_unref(used);
  return asyncio_sleep(2);
}

TEST(arguments_before_one_that_cannot_be_gathered_are_tasks_already_and_run_on) {
  run(gathers_a_used_coroutine_coroutine());
  EXPECT_TRACE("b dropped", "a done at 1");
}

ASYNCIO_COROUTINE(never_awaits_a_gather) {
  clock_start();
  asyncio_future *gather = asyncio_gather(actor_coroutine("a", 1, 1));
  asyncio_unref(gather);
  return asyncio_sleep(2);
}

TEST(children_of_a_gather_that_nobody_awaits_run_on) {
  run(never_awaits_a_gather_coroutine());
  EXPECT_TRACE("a done at 1");
}
