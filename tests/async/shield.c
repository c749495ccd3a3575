// SPDX-License-Identifier: MIT
// src/async/shield.c: the outcome passes through, cancellation does not, and no failure is lost behind a cancelled
// shield.
#include <math.h>

#include "actors.h"

ASYNCIO_COROUTINE(shields_outcomes) {
  clock_start();
  check_gives(asyncio_shield(actor_coroutine("a", 1, 7)), 7);
  check_fails(asyncio_shield(failing_actor_coroutine("b", 1, ASYNCIO_VALUE_ERROR)), ASYNCIO_VALUE_ERROR, "b failed");
  return ASYNCIO_OK;
}

TEST(shield_has_the_outcome_of_what_it_protects) {
  run(shields_outcomes_coroutine());
  EXPECT_TRACE("a done at 1", "b failed at 2");
}

ASYNCIO_COROUTINE(counts_iterations_of_a_shield) {
  asyncio_task *ticks = asyncio_create_task(ticking_actor_coroutine(5));
  check_gives(asyncio_shield(asyncio_sleep_coroutine(0, asyncio_int(1))), 1);
  trace("through");
  ASYNCIO_TRY(asyncio_await(ticks, NULL));
  asyncio_unref(ticks);
  return ASYNCIO_OK;
}

TEST(shield_takes_one_iteration_more_than_what_it_protects) {
  run(counts_iterations_of_a_shield_coroutine());
  EXPECT_TRACE("tick 1", "tick 2", "tick 3", "tick 4", "through", "tick 5");
}

ASYNCIO_COROUTINE(shields_done) {
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(1)));
  CHECK(asyncio_shield(future) == future);
  check_gives(asyncio_shield(future), 1);
  asyncio_unref(future);
  asyncio_value list;
  CHECK_OK(asyncio_await(asyncio_shield(asyncio_gather_array(NULL, 0, false)), &list));
  asyncio_value_clear(&list);
  return ASYNCIO_OK;
}

TEST(done_future_is_returned_as_it_is) { run(shields_done_coroutine()); }

ASYNCIO_COROUTINE(cancels_a_shield) {
  clock_start();
  asyncio_task *inner = asyncio_create_task(actor_coroutine("inner", 2, 7));
  asyncio_task *waiter = asyncio_create_task(awaiting_actor_coroutine("waiter", asyncio_shield(inner)));
  ASYNCIO_TRY(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(waiter, "stop"));
  check_fails(waiter, ASYNCIO_CANCELLED_ERROR, "stop");
  check_gives(inner, 7);
  asyncio_unref(inner);
  asyncio_unref(waiter);
  return ASYNCIO_OK;
}

TEST(cancellation_stops_at_the_shield) {
  run(cancels_a_shield_coroutine());
  EXPECT_TRACE("waiter got CancelledError: stop at 1", "inner done at 2");
}

ASYNCIO_COROUTINE(cancels_twice) {
  asyncio_future *shield = asyncio_ref(asyncio_shield(asyncio_sleep_coroutine(1, asyncio_none())));
  CHECK(asyncio_future_cancel(shield, "once"));
  CHECK(asyncio_future_cancelled(shield));
  CHECK(!asyncio_future_cancel(shield, "twice"));
  check_fails(shield, ASYNCIO_CANCELLED_ERROR, "once");
  CHECK_ERROR(asyncio_future_set_result(shield, asyncio_none()), ASYNCIO_RUNTIME_ERROR,
              "The outcome of a shield cannot be set from outside");
  asyncio_unref(shield);
  return asyncio_sleep(2);
}

TEST(cancelled_shield_is_cancelled_at_once_and_once) { run(cancels_twice_coroutine()); }

ASYNCIO_COROUTINE(cancels_the_inner) {
  clock_start();
  asyncio_task *inner = asyncio_create_task(actor_coroutine("inner", 9, 7));
  asyncio_future *shield = asyncio_ref(asyncio_shield(inner));
  ASYNCIO_TRY(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(inner, "the inner alone"));
  check_fails(shield, ASYNCIO_CANCELLED_ERROR, "The task was cancelled");
  CHECK(asyncio_future_cancelled(shield));
  asyncio_unref(shield);
  asyncio_unref(inner);
  return ASYNCIO_OK;
}

TEST(cancelled_inner_cancels_the_shield_without_its_words) {
  run(cancels_the_inner_coroutine());
  EXPECT_TRACE("inner cancelled at 1 (the inner alone)");
}

// ---- Nobody left to tell

ASYNCIO_COROUTINE(fails_behind_shields, (int, shields)) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  asyncio_task *inner = asyncio_create_task(failing_actor_coroutine("inner", 2, ASYNCIO_VALUE_ERROR));
  ASYNCIO_TRY(asyncio_sleep(1));
  for (int i = 0; i < shields; i++) {
    asyncio_future *shield = asyncio_ref(asyncio_shield(inner));
    CHECK(asyncio_future_cancel(shield, NULL));
    asyncio_unref(shield);
  }
  asyncio_unref(inner);
  return asyncio_sleep(2);
}

TEST(failure_behind_a_cancelled_shield_goes_to_the_exception_handler) {
  run(fails_behind_shields_coroutine(1));
  EXPECT_TRACE("inner failed at 2", "Exception in shielded future: ValueError: inner failed");
}

TEST(failure_behind_several_cancelled_shields_is_reported_once) {
  run(fails_behind_shields_coroutine(3));
  EXPECT_TRACE("inner failed at 2", "Exception in shielded future: ValueError: inner failed");
}

ASYNCIO_COROUTINE(fails_behind_one_of_two_shields) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  asyncio_task *inner = asyncio_create_task(failing_actor_coroutine("inner", 2, ASYNCIO_VALUE_ERROR));
  asyncio_future *kept = asyncio_ref(asyncio_shield(inner)), *cancelled = asyncio_ref(asyncio_shield(inner));
  CHECK(asyncio_future_cancel(cancelled, NULL));
  check_fails(kept, ASYNCIO_VALUE_ERROR, "inner failed");
  asyncio_unref(inner);
  asyncio_unref(kept);
  asyncio_unref(cancelled);
  return ASYNCIO_OK;
}

TEST(shield_that_was_not_cancelled_still_passes_the_failure_on) {
  run(fails_behind_one_of_two_shields_coroutine());
  EXPECT_TRACE("inner failed at 2", "Exception in shielded future: ValueError: inner failed");
}

ASYNCIO_COROUTINE(fails_as_its_shield_is_cancelled) {
  asyncio_loop *loop = asyncio_get_running_loop();
  trace_exceptions(loop);
  asyncio_future *inner = asyncio_loop_create_future(loop), *shield = asyncio_ref(asyncio_shield(inner));
  CHECK(asyncio_future_cancel(shield, NULL));
  CHECK_OK(asyncio_future_set_exception(inner, ASYNCIO_VALUE_ERROR, "too early"));
  asyncio_unref(shield);
  ASYNCIO_TRY(asyncio_sleep(1));
  trace("nobody looks at it");
  asyncio_unref(inner);
  return ASYNCIO_OK;
}

TEST(failure_in_the_iteration_of_the_cancellation_is_left_to_whoever_looks_at_the_inner) {
  run(fails_as_its_shield_is_cancelled_coroutine());
  EXPECT_TRACE("nobody looks at it", "Exception was never retrieved: ValueError: too early");
}

ASYNCIO_COROUTINE(makes_a_shield, (asyncio_future **, inner), (asyncio_future **, shield)) {
  *inner = asyncio_loop_create_future(asyncio_get_running_loop());
  *shield = asyncio_ref(asyncio_shield(*inner));
  return ASYNCIO_OK;
}

TEST(shield_can_be_cancelled_when_its_loop_is_closed) {
  asyncio_future *inner, *shield;
  run(makes_a_shield_coroutine(&inner, &shield));
  CHECK(asyncio_future_cancel(shield, NULL));
  CHECK(asyncio_future_cancelled(shield));
  CHECK(!asyncio_future_done(inner));
  asyncio_unref(shield);
  asyncio_unref(inner);
}

ASYNCIO_COROUTINE(ends_well_behind_a_shield) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  asyncio_future *shield = asyncio_ref(asyncio_shield(actor_coroutine("inner", 1, 7)));
  CHECK(asyncio_future_cancel(shield, NULL));
  asyncio_unref(shield);
  asyncio_task *inner = asyncio_create_task(actor_coroutine("cancelled", 9, 7));
  shield = asyncio_ref(asyncio_shield(inner));
  CHECK(asyncio_future_cancel(shield, NULL));
  asyncio_unref(shield);
  ASYNCIO_TRY(asyncio_sleep(2));
  CHECK(asyncio_task_cancel(inner, "too"));
  check_fails(inner, ASYNCIO_CANCELLED_ERROR, "too");
  asyncio_unref(inner);
  return ASYNCIO_OK;
}

TEST(result_or_cancellation_behind_a_cancelled_shield_is_not_reported) {
  run(ends_well_behind_a_shield_coroutine());
  EXPECT_TRACE("inner done at 1", "cancelled cancelled at 2 (too)");
}

ASYNCIO_COROUTINE(ignores_a_failed_shield) {
  clock_start();
  trace_exceptions(asyncio_get_running_loop());
  asyncio_future *shield = asyncio_ref(asyncio_shield(failing_actor_coroutine("inner", 1, ASYNCIO_VALUE_ERROR)));
  ASYNCIO_TRY(asyncio_sleep(2));
  asyncio_unref(shield);
  return ASYNCIO_OK;
}

TEST(failed_shield_that_nobody_looked_at_is_reported) {
  run(ignores_a_failed_shield_coroutine());
  EXPECT_TRACE("inner failed at 1", "Exception was never retrieved: ValueError: inner failed");
}

// ---- References

ASYNCIO_COROUTINE(drops_what_it_shields) {
  clock_start();
  asyncio_task *inner = asyncio_create_task(actor_coroutine("inner", 1, 7));
  asyncio_future *shield = asyncio_shield(inner);
  asyncio_unref(inner);
  check_gives(shield, 7);
  asyncio_unref(asyncio_shield(actor_coroutine("unawaited", 1, 8)));
  return asyncio_sleep(2);
}

TEST(caller_may_drop_the_inner_and_the_shield) {
  run(drops_what_it_shields_coroutine());
  EXPECT_TRACE("inner done at 1", "unawaited done at 2");
}

ASYNCIO_COROUTINE(shields_a_gather) {
  clock_start();
  asyncio_future *gather = asyncio_ref(asyncio_gather(actor_coroutine("a", 2, 1), actor_coroutine("b", 1, 2)));
  asyncio_task *waiter =
      asyncio_create_task(awaiting_actor_coroutine("waiter", asyncio_shield(asyncio_shield(gather))));
  ASYNCIO_TRY(asyncio_sleep(0.5));
  CHECK(asyncio_task_cancel(waiter, NULL));
  check_fails(waiter, ASYNCIO_CANCELLED_ERROR, NULL);
  CHECK_OK(asyncio_await(gather, NULL));
  asyncio_unref(gather);
  asyncio_unref(waiter);
  return ASYNCIO_OK;
}

TEST(shields_nest_and_protect_a_whole_gather) {
  run(shields_a_gather_coroutine());
  EXPECT_TRACE("waiter got CancelledError: The task was cancelled at 0.5", "b done at 1", "a done at 2");
}

ASYNCIO_COROUTINE(shields_a_failed_constructor) {
  CHECK(!asyncio_shield(asyncio_sleep_coroutine(NAN, asyncio_none())));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "Expected [delay] to be a number, got NaN");
  return ASYNCIO_OK;
}

TEST(failed_constructor_in_a_shield_is_the_shields_error) { run(shields_a_failed_constructor_coroutine()); }

// The shield's entry is in the callbacks of a future that outlives its loop.
TEST(future_behind_a_shield_may_be_set_after_its_loop_was_closed) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop), *shield = asyncio_ref(asyncio_shield(future));
  CHECK(shield);
  CHECK_OK(asyncio_loop_close(loop));
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(1)));
  CHECK(!asyncio_future_done(shield));
  asyncio_unref(shield);
  asyncio_unref(future);
  asyncio_loop_unref(loop);
}
