// SPDX-License-Identifier: MIT
// asyncio_ensure_future: what becomes of each kind of awaitable, and who owns what comes out.
#include <math.h>

#include "actors.h"

ASYNCIO_COROUTINE(ensures_a_coroutine) {
  clock_start();
  asyncio_future *coroutine = actor_coroutine("a", 1, 7);
  asyncio_future *future = asyncio_ensure_future(coroutine);
  CHECK(asyncio_istask(future));
  CHECK(!asyncio_iscoroutine(future));
  CHECK(asyncio_future_get_loop(future) == asyncio_get_running_loop());
  check_gives(future, 7);
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(ensured_coroutine_becomes_a_task_that_the_caller_owns) {
  run(ensures_a_coroutine_coroutine());
  EXPECT_TRACE("a done at 1");
}

ASYNCIO_COROUTINE(ensures_futures) {
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  asyncio_future *same = asyncio_ensure_future(future);
  CHECK(same == future);
  asyncio_unref(future);
  CHECK_OK(asyncio_future_set_result(same, asyncio_int(1)));
  check_gives(same, 1);
  asyncio_unref(same);
  asyncio_task *task = asyncio_create_task(asyncio_sleep_coroutine(0, asyncio_int(2)));
  same = asyncio_ensure_future(task);
  CHECK(same == task);
  asyncio_unref(task);
  check_gives(same, 2);
  asyncio_unref(same);
  return ASYNCIO_OK;
}

TEST(future_or_task_is_returned_itself_with_a_reference_more) { run(ensures_futures_coroutine()); }

ASYNCIO_COROUTINE(ensures_temporaries) {
  asyncio_future *gather = asyncio_ensure_future(asyncio_gather(asyncio_sleep_coroutine(0, asyncio_int(1))));
  asyncio_future *shield = asyncio_ensure_future(asyncio_shield(asyncio_sleep_coroutine(0, asyncio_int(2))));
  CHECK(!asyncio_istask(gather) && asyncio_isfuture(gather));
  CHECK(!asyncio_istask(shield) && asyncio_isfuture(shield));
  CHECK_OK(asyncio_await(gather, NULL));
  CHECK_OK(asyncio_await(gather, NULL));
  check_gives(shield, 2);
  check_gives(shield, 2);
  asyncio_unref(gather);
  asyncio_unref(shield);
  return ASYNCIO_OK;
}

TEST(ensured_gather_or_shield_is_kept_past_its_first_use) { run(ensures_temporaries_coroutine()); }

ASYNCIO_COROUTINE(ensures_wrongly) {
  CHECK(!asyncio_ensure_future(NULL));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "Expected [coroutine] to be an awaitable, got NULL");
  asyncio_future *used = asyncio_ref(asyncio_sleep_coroutine(0, asyncio_none()));
  CHECK_OK(asyncio_await(used, NULL));
  CHECK(!asyncio_ensure_future(used));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR),
             "Expected [coroutine] to be an unused coroutine, got a used coroutine");
  asyncio_unref(used);
  CHECK(!asyncio_ensure_future(asyncio_sleep_coroutine(NAN, asyncio_none())));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "Expected [delay] to be a number, got NaN");
  return ASYNCIO_OK;
}

TEST(nothing_and_used_coroutines_are_refused) { run(ensures_wrongly_coroutine()); }

TEST(ensured_coroutine_outside_a_loop_is_refused_and_dropped) {
  CHECK(!asyncio_ensure_future(actor_coroutine("a", 1, 7)));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "no running event loop");
  run(ensures_futures_coroutine());  // the end of a last loop empties the pools
}
