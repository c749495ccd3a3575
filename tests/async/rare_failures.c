// SPDX-License-Identifier: MIT
// Rare ways to fail that once did harm: an awaitable given twice to a call that fails, a gather cancelled after its
// loop was closed, a wait of no time for another loop's future.
#include "../support/test.h"

ASYNCIO_STATIC_COROUTINE(nothing) { return ASYNCIO_OK; }

TEST(a_coroutine_given_twice_to_a_gather_that_fails_is_dropped_once) {
  asyncio_future *coroutine = nothing_coroutine();
  CHECK(!asyncio_gather(coroutine, coroutine));
  CHECK_INT(asyncio_error_latest(), ASYNCIO_RUNTIME_ERROR);
}

ASYNCIO_STATIC_COROUTINE(keep_a_gather, (asyncio_future **, kept)) {
  asyncio_future *future = asyncio_loop_create_future(asyncio_get_running_loop());
  *kept = asyncio_ref(asyncio_gather(future));
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(a_gather_may_be_cancelled_after_its_loop_was_closed) {
  asyncio_future *gather = NULL;
  run(keep_a_gather_coroutine(&gather));
  CHECK(asyncio_future_cancel(gather, NULL));
  asyncio_unref(gather);
}

ASYNCIO_STATIC_COROUTINE(wait_no_time_for, (asyncio_future *, future)) {
  CHECK_ERROR(asyncio_wait_for(future, 0, NULL), ASYNCIO_RUNTIME_ERROR, "The future is attached to a different loop");
  CHECK(!asyncio_future_done(future));
  return ASYNCIO_OK;
}

TEST(a_wait_of_no_time_for_another_loops_future_is_refused) {
  asyncio_loop *other = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(other);
  run(wait_no_time_for_coroutine(future));
  asyncio_unref(future);
  asyncio_loop_unref(other);
}
