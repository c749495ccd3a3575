// SPDX-License-Identifier: MIT
// src/async/wait.c, as_completed.c, gather.c, shield.c: what ends in one iteration, what is given twice, and one
// combinator within another.
#include <math.h>

#include "actors.h"

// ---- wait

ASYNCIO_STATIC_COROUTINE(waits_for_the_first) {
  size_t done;
  clock_start();
  asyncio_future *futures[] = {
      asyncio_create_task(asyncio_wait_for_coroutine(asyncio_sleep_coroutine(0, asyncio_none()), 9)),
      asyncio_create_task(asyncio_sleep_coroutine(0, asyncio_int(1))),
      asyncio_create_task(asyncio_sleep_coroutine(1, asyncio_int(2)))};
  asyncio_future *all[3];
  memcpy(all, futures, sizeof all);
  CHECK_OK(asyncio_wait(futures, 3, INFINITY, ASYNCIO_FIRST_COMPLETED, &done));
  CHECK_INT(done, 2);
  CHECK(futures[0] == all[0] && futures[1] == all[1] && futures[2] == all[2]);
  CHECK_OK(asyncio_await(all[2], NULL));
  for (int i = 0; i < 3; i++) asyncio_unref(all[i]);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(yields_twice) {
  ASYNCIO_TRY(asyncio_sleep(0));
  return asyncio_sleep(0);
}

ASYNCIO_STATIC_COROUTINE(waits_for_what_ends_meanwhile) {
  size_t done;
  asyncio_future *futures[] = {asyncio_create_task(yields_twice_coroutine()),
                               asyncio_create_task(asyncio_sleep_coroutine(0, asyncio_none()))};
  CHECK_OK(asyncio_wait(futures, 2, INFINITY, ASYNCIO_FIRST_COMPLETED, &done));
  CHECK_INT(done, 2);
  asyncio_unref(futures[0]);
  asyncio_unref(futures[1]);
  return ASYNCIO_OK;
}

TEST(wait_for_the_first_gives_all_that_are_done_as_it_returns) {
  run(waits_for_the_first_coroutine());
  run(waits_for_what_ends_meanwhile_coroutine());
}

ASYNCIO_STATIC_COROUTINE(waits_as_long_as_it_takes) {
  size_t done;
  asyncio_future *futures[] = {asyncio_create_task(asyncio_sleep_coroutine(1.5, asyncio_none())),
                               asyncio_create_task(asyncio_sleep_coroutine(1, asyncio_none()))};
  asyncio_future *quick = futures[1];
  clock_start();
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_wait(futures, 2, 1, ASYNCIO_ALL_COMPLETED, &done));
  CHECK_DOUBLE(clock_elapsed(), 1);
  CHECK_INT(done, 1);
  CHECK(futures[0] == quick);
  CHECK_OK(asyncio_await(futures[1], NULL));
  asyncio_unref(futures[0]);
  asyncio_unref(futures[1]);
  return ASYNCIO_OK;
}

TEST(what_ends_with_the_time_limit_of_a_wait_is_done) { run(waits_as_long_as_it_takes_coroutine()); }

// ---- as_completed

ASYNCIO_STATIC_COROUTINE(asks_in_reverse) {
  asyncio_as_completed iterator;
  asyncio_future *awaitables[] = {asyncio_sleep_coroutine(2, asyncio_int(2)),
                                  asyncio_sleep_coroutine(1, asyncio_int(1))};
  clock_start();
  CHECK_OK(asyncio_as_completed_begin(&iterator, awaitables, 2, INFINITY));
  asyncio_future *first = asyncio_as_completed_next_coroutine(&iterator);
  asyncio_future *second = asyncio_as_completed_next_coroutine(&iterator);
  check_gives(second, 1);
  CHECK_DOUBLE(clock_elapsed(), 1);
  check_gives(first, 2);
  CHECK_DOUBLE(clock_elapsed(), 2);
  asyncio_as_completed_end(&iterator);
  return ASYNCIO_OK;
}

TEST(as_completed_gives_the_first_result_to_who_awaits_first) { run(asks_in_reverse_coroutine()); }

ASYNCIO_STATIC_COROUTINE(repeats_a_coroutine) {
  asyncio_as_completed iterator;
  asyncio_future *ham = asyncio_sleep_coroutine(1, asyncio_int(1)), *spam = asyncio_sleep_coroutine(2, asyncio_int(2));
  CHECK_OK(asyncio_as_completed_begin(&iterator, (asyncio_future *[]){ham, ham, spam}, 3, INFINITY));
  for (int i = 1; i < 3; i++) {
    asyncio_value value;
    CHECK_INT(asyncio_as_completed_left(&iterator), 3 - i);
    CHECK_OK(asyncio_as_completed_next(&iterator, &value));
    CHECK_INT(asyncio_value_int(value), i);
  }
  CHECK_INT(asyncio_as_completed_left(&iterator), 0);
  asyncio_as_completed_end(&iterator);
  return ASYNCIO_OK;
}

TEST(coroutine_given_twice_to_as_completed_comes_once) { run(repeats_a_coroutine_coroutine()); }

ASYNCIO_STATIC_COROUTINE(stops_and_resumes) {
  asyncio_as_completed iterator;
  asyncio_future *awaitables[4];
  int64_t sum = 0;
  for (int i = 0; i < 4; i++) awaitables[i] = asyncio_sleep_coroutine(0, asyncio_int(1 << i));
  CHECK_OK(asyncio_as_completed_begin(&iterator, awaitables, 4, INFINITY));
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < 2; i++) {
      asyncio_value value;
      CHECK_OK(asyncio_as_completed_next(&iterator, &value));
      sum += asyncio_value_int(value);
    }
    CHECK_OK(asyncio_sleep(round ? 0 : 1));
  }
  CHECK_INT(sum, 15);
  CHECK_INT(asyncio_as_completed_left(&iterator), 0);
  asyncio_as_completed_end(&iterator);
  return ASYNCIO_OK;
}

TEST(as_completed_may_be_left_and_taken_up_again) { run(stops_and_resumes_coroutine()); }

// ---- gather

ASYNCIO_STATIC_COROUTINE(gathers_shields) {
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio_future *children[2], *shields[2];
  for (int i = 0; i < 2; i++) {
    children[i] = asyncio_loop_create_future(loop);
    shields[i] = asyncio_ref(asyncio_shield(children[i]));
  }
  asyncio_future *gather = asyncio_ref(asyncio_gather_array(shields, 2, false));
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_future_cancel(gather, "stop"));
  check_fails(gather, ASYNCIO_CANCELLED_ERROR, "stop");
  for (int i = 0; i < 2; i++) {
    CHECK(asyncio_future_cancelled(shields[i]));
    CHECK(!asyncio_future_done(children[i]));
    CHECK_OK(asyncio_future_set_result(children[i], asyncio_int(i)));
    asyncio_unref(shields[i]);
    asyncio_unref(children[i]);
  }
  asyncio_unref(gather);
  return asyncio_sleep(1);
}

TEST(cancelled_gather_of_shields_leaves_what_they_protect_alone) { run(gathers_shields_coroutine()); }

ASYNCIO_STATIC_COROUTINE(gathers_again_and_again) {
  for (int i = 0; i < 100; i++) {
    asyncio_future *one[] = {asyncio_sleep_coroutine(1, asyncio_none())};
    ASYNCIO_TRY(asyncio_await(asyncio_gather_array(one, 1, true), NULL));
  }
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(cancels_one_that_gathers, (const char *, words)) {
  clock_start();
  asyncio_task *task = asyncio_create_task(gathers_again_and_again_coroutine());
  CHECK_OK(asyncio_sleep(2.5));
  CHECK(asyncio_task_cancel(task, words));
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_CANCELLED_ERROR, words ? words : "The task was cancelled");
  CHECK_DOUBLE(clock_elapsed(), 2.5);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(task_that_gathers_with_exceptions_as_results_can_be_cancelled_with_words) {
  run(cancels_one_that_gathers_coroutine("my message"));
  run(cancels_one_that_gathers_coroutine(NULL));
}
