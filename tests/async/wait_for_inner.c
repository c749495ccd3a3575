// SPDX-License-Identifier: MIT
// src/async/wait_for.c: what becomes of the awaitable that is waited for, when it resists, is shielded, or comes just
// in time.
#include <math.h>

#include "actors.h"

static asyncio_task *limited(asyncio_future *awaitable, double timeout) {
  return asyncio_create_task(asyncio_wait_for_coroutine(awaitable, timeout));
}

ASYNCIO_STATIC_COROUTINE(cancels_one_that_resists, (double, timeout)) {
  clock_start();
  asyncio_task *task = limited(stubborn_actor_coroutine("inner", 2, 42), timeout);
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(task, "outer"));
  check_gives(task, 42);
  trace_at("outer", "done");
  asyncio_unref(task);
  return ASYNCIO_OK;
}

// The coroutine runs in the task that is cancelled, and decides what becomes of that.
TEST(cancelled_wait_for_waits_for_a_coroutine_that_resists) {
  const double timeouts[] = {9, INFINITY};
  for (int i = 0; i < 2; i++) {
    run(cancels_one_that_resists_coroutine(timeouts[i]));
    EXPECT_TRACE("inner cancelled at 1 (outer)", "inner cleaned up at 3", "outer done at 3");
  }
}

static asyncio_status set_seven(void *arg) { return asyncio_future_set_result(arg, asyncio_int(7)); }

ASYNCIO_STATIC_COROUTINE(sets_a_future_in_time) {
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_value value;
  clock_start();
  CHECK_OK(asyncio_loop_call_later(loop, 1, set_seven, future, NULL));
  CHECK_OK(asyncio_wait_for(future, 2, &value));
  CHECK_INT(asyncio_value_int(value), 7);
  CHECK_DOUBLE(clock_elapsed(), 1);
  asyncio_unref(future);
  return asyncio_sleep(5);
}

TEST(future_that_is_set_before_the_limit_gives_its_result) { run(sets_a_future_in_time_coroutine()); }

ASYNCIO_STATIC_COROUTINE(cancels_a_wait_without_a_limit) {
  clock_start();
  asyncio_task *inner = asyncio_create_task(actor_coroutine("inner", 9, 1));
  asyncio_task *task = limited(inner, INFINITY);
  CHECK_OK(asyncio_sleep(1));
  CHECK(asyncio_task_cancel(task, "outer"));
  check_fails(task, ASYNCIO_CANCELLED_ERROR, "outer");
  CHECK(asyncio_future_cancelled(inner));
  asyncio_unref(inner);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(cancelled_wait_for_without_a_limit_cancels_what_it_waits_for) {
  run(cancels_a_wait_without_a_limit_coroutine());
  EXPECT_TRACE("inner cancelled at 1 (outer)");
}

ASYNCIO_STATIC_COROUTINE(limits_a_shield, (double, timeout)) {
  clock_start();
  asyncio_task *inner = asyncio_create_task(actor_coroutine("inner", 2, 7));
  asyncio_future *shield = asyncio_ref(asyncio_shield(inner));
  asyncio_status status = asyncio_wait_for(shield, timeout, NULL);
  trace_at("wait", asyncio_error_name(status));
  CHECK_INT(asyncio_future_cancelled(shield), status == ASYNCIO_TIMEOUT_ERROR);
  CHECK(!asyncio_future_cancelled(inner));
  check_gives(inner, 7);
  asyncio_unref(shield);
  asyncio_unref(inner);
  return ASYNCIO_OK;
}

TEST(shield_under_a_limit_is_cancelled_and_what_it_protects_goes_on) {
  run(limits_a_shield_coroutine(0));
  EXPECT_TRACE("wait TimeoutError at 0", "inner done at 2");
  run(limits_a_shield_coroutine(1));
  EXPECT_TRACE("wait TimeoutError at 1", "inner done at 2");
  run(limits_a_shield_coroutine(INFINITY));
  EXPECT_TRACE("inner done at 2", "wait OK at 2");
}
