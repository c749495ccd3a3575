// SPDX-License-Identifier: MIT
// src/core/loop_run.c, future.c: what JavaScript is built on. Runs that block nobody, begun and ended apart, and
// outcomes set with an error that exists already.
#include "../../src/core/future.h"
#include "../../src/core/loop.h"
#include "../../src/port/host.h"
#include "common.h"

static bool is_over(void *arg) { return !asyncio_loop_is_running(arg); }

static asyncio_status run_to_its_end(asyncio_loop *loop, asyncio_future *future, asyncio_value *value) {
  CHECK(asyncio__host_run(is_over, loop));
  return asyncio__loop_end_run(loop, ASYNCIO_OK, future, value);
}

TEST(a_run_is_begun_and_ended_apart) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future;
  asyncio_value value;
  CHECK_OK(asyncio__loop_begin_run(loop, asyncio_sleep_coroutine(1, asyncio_int(7)), &future));
  CHECK(asyncio_loop_is_running(loop));
  CHECK_OK(run_to_its_end(loop, future, &value));
  CHECK_INT(asyncio_value_int(value), 7);
  close_loop(loop);
}

TEST(two_loops_run_at_once) {
  asyncio_loop *loops[] = {asyncio_new_event_loop(), asyncio_new_event_loop()};
  asyncio_future *futures[2];
  asyncio_value value;
  for (int i = 0; i < 2; i++)
    CHECK_OK(asyncio__loop_begin_run(loops[i], asyncio_sleep_coroutine(2 - i, asyncio_int(i)), &futures[i]));
  for (int i = 0; i < 2; i++) {
    CHECK_OK(run_to_its_end(loops[i], futures[i], &value));
    CHECK_INT(asyncio_value_int(value), i);
    close_loop(loops[i]);
  }
}

static asyncio_status finish(void *arg) { return asyncio_future_set_result(arg, asyncio_int(7)); }

// The turn of a loop may bring work to one that has had its own: nothing else would wake the host for it.
TEST(a_loop_wakes_one_that_has_been_turned_before_it) {
  asyncio_loop *first = asyncio_new_event_loop(), *second = asyncio_new_event_loop();
  asyncio_future *awaited = asyncio_loop_create_future(first), *futures[2];
  asyncio_value value;
  CHECK_OK(asyncio__loop_begin_run(first, awaited, &futures[0]));
  CHECK_OK(asyncio_loop_call_later(second, 1, finish, awaited, NULL));
  CHECK_OK(asyncio__loop_begin_run(second, asyncio_sleep_coroutine(1, asyncio_none()), &futures[1]));
  CHECK_OK(run_to_its_end(first, futures[0], &value));
  CHECK_INT(asyncio_value_int(value), 7);
  CHECK_OK(run_to_its_end(second, futures[1], &value));
  asyncio_unref(awaited);
  close_loop(first);
  close_loop(second);
}

TEST(a_run_without_an_awaitable_ends_when_it_is_stopped) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future;
  asyncio_value value;
  CHECK_OK(asyncio_loop_call_later(loop, 1, stop_loop, loop, NULL));
  CHECK_OK(asyncio__loop_begin_run(loop, NULL, &future));
  CHECK(!future);
  CHECK_OK(run_to_its_end(loop, future, &value));
  close_loop(loop);
}

TEST(a_run_that_was_stopped_has_no_outcome) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop), *awaited;
  asyncio_value value;
  CHECK_OK(asyncio__loop_begin_run(loop, future, &awaited));
  asyncio_loop_stop(loop);
  CHECK_ERROR(run_to_its_end(loop, awaited, &value), ASYNCIO_RUNTIME_ERROR,
              "Event loop stopped before Future completed.");
  asyncio_unref(future);
  close_loop(loop);
}

TEST(a_run_is_refused_where_one_would_block) {
  asyncio_loop *loop = asyncio_new_event_loop(), *other = asyncio_new_event_loop();
  asyncio_future *foreign = asyncio_loop_create_future(other), *future;
  CHECK_ERROR(asyncio__loop_begin_run(loop, foreign, &future), ASYNCIO_VALUE_ERROR,
              "The future belongs to a different loop than the one asked to run");
  CHECK(!future && !asyncio_loop_is_running(loop));
  asyncio_unref(foreign);
  close_loop(other);
  close_loop(loop);
}

TEST(a_closed_loop_begins_no_run_and_the_coroutine_is_used_up) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future;
  CHECK_OK(asyncio_loop_close(loop));
  CHECK_ERROR(asyncio__loop_begin_run(loop, asyncio_sleep_coroutine(1, asyncio_none()), &future), ASYNCIO_RUNTIME_ERROR,
              "Event loop is closed");
  asyncio_loop_unref(loop);
}

TEST(an_outcome_may_be_an_error_that_exists) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio__future_set_error(future, ASYNCIO_VALUE_ERROR, asyncio__cancelled_error("words")));
  CHECK_ERROR(asyncio_future_result(future, NULL), ASYNCIO_VALUE_ERROR, NULL);
  CHECK_ERROR(asyncio__future_set_error(future, ASYNCIO_VALUE_ERROR, asyncio__cancelled_error("late")),
              ASYNCIO_INVALID_STATE_ERROR, "The future is finished already");
  asyncio_unref(future);
  close_loop(loop);
}
