// SPDX-License-Identifier: MIT
// src/async/as_completed.c: results as they come, what a limit and a cancellation do, and what is left behind.
#include <math.h>

#include "actors.h"

static asyncio_as_completed begun(asyncio_future *const *awaitables, size_t count, double timeout) {
  asyncio_as_completed iterator;
  CHECK_OK(asyncio_as_completed_begin(&iterator, awaitables, count, timeout));
  CHECK_INT(asyncio_as_completed_left(&iterator), count);
  return iterator;
}

// Traces what is still to come, with the time.
static void trace_rest(asyncio_as_completed *iterator) {
  while (asyncio_as_completed_left(iterator)) {
    asyncio_value value;
    asyncio_status status = asyncio_as_completed_next(iterator, &value);
    if (status)
      trace("%s: %s at %g", asyncio_error_name(status), asyncio_error_message(status), clock_elapsed());
    else
      trace_value("main", value);
    asyncio_value_clear(&value);
  }
}

ASYNCIO_STATIC_COROUTINE(iterates) {
  clock_start();
  asyncio_future *awaitables[] = {asyncio_sleep_coroutine(3, asyncio_int(3)),
                                  asyncio_sleep_coroutine(1, asyncio_int(1)),
                                  failing_actor_coroutine("b", 2, ASYNCIO_VALUE_ERROR)};
  asyncio_as_completed iterator = begun(awaitables, 3, INFINITY);
  trace_rest(&iterator);
  CHECK_ERROR(asyncio_as_completed_next(&iterator, NULL), ASYNCIO_RUNTIME_ERROR,
              "Nothing is left that as_completed could give");
  asyncio_as_completed_end(&iterator);
  asyncio_as_completed_end(&iterator);
  CHECK_INT(asyncio_as_completed_left(&iterator), 0);
  iterator = begun(NULL, 0, 1);
  trace_rest(&iterator);
  asyncio_as_completed_end(&iterator);
  return ASYNCIO_OK;
}

TEST(as_completed_gives_results_and_failures_as_they_come) {
  run(iterates_coroutine());
  EXPECT_TRACE("main got 1 at 1", "b failed at 2", "ValueError: b failed at 2", "main got 3 at 3");
}

ASYNCIO_STATIC_COROUTINE(iterates_over_futures) {
  clock_start();
  asyncio_task *slow = asyncio_create_task(actor_coroutine("slow", 2, 2));
  asyncio_task *cancelled = asyncio_create_task(actor_coroutine("cancelled", 9, 9));
  asyncio_future *done = asyncio_loop_create_future(asyncio_get_running_loop());
  CHECK_OK(asyncio_future_set_result(done, asyncio_int(0)));
  asyncio_as_completed iterator;
  asyncio_future *awaitables[] = {slow, cancelled, done, slow, done};
  CHECK_OK(asyncio_as_completed_begin(&iterator, awaitables, 5, 99));
  CHECK_INT(asyncio_as_completed_left(&iterator), 3);
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(cancelled, "by hand"));
  asyncio_future *expected[] = {done, cancelled, slow}, *next;
  for (int i = 0; i < 2; i++) {
    CHECK_OK(asyncio_as_completed_next_future(&iterator, &next));
    CHECK(next == expected[i]);
    CHECK(asyncio_future_done(next));
    asyncio_unref(next);
  }
  asyncio_value pointer;
  CHECK_OK(asyncio_await(asyncio_as_completed_next_future_coroutine(&iterator), &pointer));
  CHECK(asyncio_value_pointer(pointer) == slow);
  asyncio_value_clear(&pointer);
  CHECK_ERROR(asyncio_as_completed_next_future(&iterator, &next), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK(!next);
  CHECK(!asyncio_as_completed_next_future_coroutine(&iterator));
  asyncio_as_completed_end(&iterator);
  for (int i = 0; i < 3; i++) asyncio_unref(expected[i]);
  return ASYNCIO_OK;
}

TEST(as_completed_gives_each_future_itself_and_only_once) {
  run(iterates_over_futures_coroutine());
  EXPECT_TRACE("cancelled cancelled at 1 (by hand)", "slow done at 2");
}

ASYNCIO_STATIC_COROUTINE(runs_out_of_time, (double, timeout)) {
  clock_start();
  asyncio_task *late = asyncio_create_task(actor_coroutine("late", 5, 5));
  asyncio_future *awaitables[] = {late, asyncio_sleep_coroutine(1, asyncio_int(1)), actor_coroutine("later", 6, 6)};
  asyncio_as_completed iterator = begun(awaitables, 3, timeout);
  trace_rest(&iterator);
  asyncio_as_completed_end(&iterator);
  check_gives(late, 5);
  asyncio_unref(late);
  return asyncio_sleep(2);
}

TEST(as_completed_gives_a_timeout_for_each_that_is_late_and_lets_it_run_on) {
  run(runs_out_of_time_coroutine(2));
  EXPECT_TRACE("main got 1 at 1", "TimeoutError: The time limit was reached at 2",
               "TimeoutError: The time limit was reached at 2", "late done at 5", "later done at 6");
  run(runs_out_of_time_coroutine(-1));
  EXPECT_TRACE("TimeoutError: The time limit was reached at 0", "TimeoutError: The time limit was reached at 0",
               "TimeoutError: The time limit was reached at 0", "late done at 5", "later done at 6");
}

ASYNCIO_STATIC_COROUTINE(asks_in_several_tasks) {
  clock_start();
  asyncio_future *awaitables[] = {asyncio_sleep_coroutine(2, asyncio_int(2)),
                                  asyncio_sleep_coroutine(1, asyncio_int(1)),
                                  asyncio_sleep_coroutine(3, asyncio_int(3))};
  asyncio_as_completed iterator = begun(awaitables, 3, INFINITY);
  asyncio_task *a = asyncio_create_task(awaiting_actor_coroutine("a", asyncio_as_completed_next_coroutine(&iterator)));
  asyncio_task *b = asyncio_create_task(awaiting_actor_coroutine("b", asyncio_as_completed_next_coroutine(&iterator)));
  asyncio_task *c = asyncio_create_task(asyncio_as_completed_next_coroutine(&iterator));
  CHECK_INT(asyncio_as_completed_left(&iterator), 0);
  CHECK(!asyncio_as_completed_next_coroutine(&iterator));
  asyncio_as_completed_end(&iterator);
  CHECK_OK(asyncio_sleep(0.5));
  CHECK_TEXT(asyncio_task_waiting_for(a), "as_completed");
  CHECK(asyncio_task_cancel(a, NULL));
  check_gives(c, 2);
  check_gives(b, 0);
  CHECK_ERROR(asyncio_await(a, NULL), ASYNCIO_CANCELLED_ERROR, NULL);
  asyncio_unref(a);
  asyncio_unref(b);
  asyncio_unref(c);
  return asyncio_sleep(2);
}

TEST(those_who_ask_are_served_in_their_order_also_after_the_end) {
  run(asks_in_several_tasks_coroutine());
  EXPECT_TRACE("a got CancelledError: The task was cancelled at 0.5", "b got 1 at 1");
}

ASYNCIO_STATIC_COROUTINE(cancels_the_woken) {
  clock_start();
  asyncio_future *first = asyncio_loop_create_future(asyncio_get_running_loop());
  asyncio_future *awaitables[] = {first, asyncio_sleep_coroutine(5, asyncio_int(5))};
  asyncio_as_completed iterator = begun(awaitables, 2, INFINITY);
  asyncio_task *a = asyncio_create_task(asyncio_as_completed_next_coroutine(&iterator));
  asyncio_task *b = asyncio_create_task(asyncio_as_completed_next_coroutine(&iterator));
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_future_set_result(first, asyncio_int(1)));
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(a, NULL));
  check_gives(b, 1);
  CHECK_DOUBLE(clock_elapsed(), 0);
  CHECK_ERROR(asyncio_await(a, NULL), ASYNCIO_CANCELLED_ERROR, NULL);
  asyncio_as_completed_end(&iterator);
  asyncio_unref(a);
  asyncio_unref(b);
  asyncio_unref(first);
  return ASYNCIO_OK;
}

TEST(result_for_which_a_cancelled_one_was_woken_goes_to_the_next) { run(cancels_the_woken_coroutine()); }

ASYNCIO_STATIC_COROUTINE(breaks_off) {
  trace_exceptions(asyncio_get_running_loop());
  clock_start();
  asyncio_future *never = asyncio_loop_create_future(asyncio_get_running_loop());
  asyncio_future *awaitables[] = {never, actor_coroutine("a", 2, 2),
                                  failing_actor_coroutine("b", 1, ASYNCIO_VALUE_ERROR),
                                  failing_actor_coroutine("c", 3, ASYNCIO_TYPE_ERROR)};
  asyncio_as_completed iterator = begun(awaitables, 4, 60);
  asyncio_unref(never);
  CHECK_OK(asyncio_sleep(1.5));
  asyncio_as_completed_end(&iterator);
  trace_at("end", "reached");
  return asyncio_sleep(2);
}

TEST(iteration_that_is_broken_off_lets_go_of_all_and_failures_are_reported) {
  run(breaks_off_coroutine());
  EXPECT_TRACE("b failed at 1", "Exception was never retrieved: ValueError: b failed", "end reached at 1.5",
               "a done at 2", "c failed at 3", "Exception was never retrieved: TypeError: c failed");
}

static asyncio_as_completed shared;

ASYNCIO_STATIC_COROUTINE(begins_with_a_limit) {
  asyncio_future *awaitables[] = {asyncio_sleep_coroutine(1, asyncio_int(1))};
  shared = begun(awaitables, 1, 3600);
  return asyncio_as_completed_next(&shared, NULL);
}

TEST(as_completed_leaves_no_timer_when_all_are_done) {
  asyncio_loop *loop = asyncio_new_event_loop();
  double began = asyncio_loop_time(loop);
  CHECK_OK(asyncio_loop_run_until_complete(loop, begins_with_a_limit_coroutine(), NULL));
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR, NULL);
  CHECK_DOUBLE(asyncio_loop_time(loop) - began, 1);
  asyncio_as_completed_end(&shared);
  asyncio_loop_unref(loop);
}

// ---- Wrong arguments, closed loops

ASYNCIO_STATIC_COROUTINE(begins_wrongly) {
  asyncio_as_completed iterator;
  asyncio_future *awaitables[] = {actor_coroutine("dropped", 1, 1), NULL};
  CHECK_ERROR(asyncio_as_completed_begin(&iterator, awaitables, 2, 1), ASYNCIO_TYPE_ERROR,
              "Expected [awaitables] to be an awaitable, got NULL");
  CHECK_INT(asyncio_as_completed_left(&iterator), 0);
  CHECK(!asyncio_as_completed_next_coroutine(&iterator));
  asyncio_future *one[] = {actor_coroutine("dropped", 1, 1)};
  CHECK_ERROR(asyncio_as_completed_begin(&iterator, one, 1, NAN), ASYNCIO_VALUE_ERROR,
              "Expected [timeout] to be a number, got NaN");
  one[0] = actor_coroutine("dropped", 1, 1);
  CHECK_ERROR(asyncio_as_completed_begin(NULL, one, 1, 1), ASYNCIO_TYPE_ERROR,
              "Expected [iterator] to be a pointer, got NULL");
  CHECK_ERROR(asyncio_as_completed_next(NULL, NULL), ASYNCIO_TYPE_ERROR,
              "Expected [iterator] to be a pointer, got NULL");
  one[0] = asyncio_ref(asyncio_sleep_coroutine(0, asyncio_none()));
  CHECK_OK(asyncio_await(one[0], NULL));
  CHECK_ERROR(asyncio_as_completed_begin(&iterator, one, 1, 1), ASYNCIO_TYPE_ERROR,
              "Expected [awaitables] to be awaitables, got a used coroutine at 0");
  asyncio_unref(one[0]);
  return ASYNCIO_OK;
}

TEST(as_completed_refuses_what_it_cannot_watch_and_drops_it) {
  asyncio_as_completed iterator;
  asyncio_future *one[] = {actor_coroutine("dropped", 1, 1)};
  CHECK_ERROR(asyncio_as_completed_begin(&iterator, one, 1, 1), ASYNCIO_RUNTIME_ERROR, "no running event loop");
  run(begins_wrongly_coroutine());
}

ASYNCIO_STATIC_COROUTINE(begins_with_a_used_one_in_between) {
  clock_start();
  asyncio_as_completed iterator;
  asyncio_future *used = asyncio_ref(asyncio_sleep_coroutine(0, asyncio_none()));
  CHECK_OK(asyncio_await(used, NULL));
  asyncio_future *awaitables[] = {actor_coroutine("before", 1, 1), used, actor_coroutine("dropped", 1, 2)};
  CHECK_ERROR(asyncio_as_completed_begin(&iterator, awaitables, 3, 9), ASYNCIO_TYPE_ERROR,
              "Expected [awaitables] to be awaitables, got a used coroutine at 1");
  asyncio_unref(used);
  return asyncio_sleep(2);
}

TEST(as_completed_lets_those_before_a_wrong_one_run_on) {
  run(begins_with_a_used_one_in_between_coroutine());
  EXPECT_TRACE("before done at 1");
}

ASYNCIO_STATIC_COROUTINE(is_left_iterating) {
  asyncio_future *awaitables[] = {actor_coroutine("a", INFINITY, 1), asyncio_sleep_coroutine(1, asyncio_int(1))};
  shared = begun(awaitables, 2, 60);
  trace_rest(&shared);
  return ASYNCIO_CANCELLED_ERROR;
}

TEST(as_completed_may_be_ended_after_its_loop_was_closed) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(is_left_iterating_coroutine(), .loop = loop));
  clock_start();
  CHECK_OK(asyncio_loop_run_until_complete(loop, asyncio_sleep_coroutine(2, asyncio_none()), NULL));
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
  asyncio_as_completed_end(&shared);
  EXPECT_TRACE("main got 1 at 1", "Task was destroyed but it is pending", "CancelledError: Event loop is closed at 2",
               "Task was destroyed but it is pending", "a cancelled at 2 (Event loop is closed)");
}

ASYNCIO_STATIC_COROUTINE(goes_on) {
  trace("begins");
  ASYNCIO_TRY(asyncio_sleep(0));
  trace("goes on");
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(watches_a_done_one_first) {
  asyncio_future *done = asyncio_loop_create_future(asyncio_get_running_loop());
  CHECK_OK(asyncio_future_set_result(done, asyncio_int(1)));
  asyncio_future *awaitables[] = {done, goes_on_coroutine()};
  asyncio_as_completed iterator = begun(awaitables, 2, INFINITY);
  CHECK_OK(asyncio_as_completed_next(&iterator, NULL));
  trace("main got the first");
  CHECK_OK(asyncio_as_completed_next(&iterator, NULL));
  asyncio_as_completed_end(&iterator);
  asyncio_unref(done);
  return ASYNCIO_OK;
}

TEST(as_completed_makes_all_its_tasks_before_it_watches_the_first) {
  run(watches_a_done_one_first_coroutine());
  EXPECT_TRACE("begins", "goes on", "main got the first");
}

static asyncio_status looks_at(void *task) {
  trace("main waits for '%s'", asyncio_task_waiting_for(task));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(sets_a_timer, (asyncio_task *, main)) {
  CHECK_OK(asyncio_loop_call_later(asyncio_get_running_loop(), 1, looks_at, main, NULL));
  return asyncio_sleep(9);
}

// The timer of the eager one is due at the same time, and comes first.
ASYNCIO_STATIC_COROUTINE(watches_eager_ones) {
  asyncio_loop_set_task_factory(asyncio_get_running_loop(), asyncio_eager_task_factory, NULL);
  asyncio_future *awaitables[] = {sets_a_timer_coroutine(asyncio_current_task())};
  asyncio_as_completed iterator = begun(awaitables, 1, 1);
  clock_start();
  trace_rest(&iterator);
  asyncio_as_completed_end(&iterator);
  return ASYNCIO_OK;
}

TEST(limit_of_as_completed_counts_from_when_all_have_begun) {
  run(watches_eager_ones_coroutine());
  EXPECT_TRACE("main waits for 'as_completed'", "TimeoutError: The time limit was reached at 1");
}
