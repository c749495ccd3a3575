// SPDX-License-Identifier: MIT
// src/async/event.c: who waits, who is woken, and what a cancellation in between does.
#include "actors.h"

ASYNCIO_STATIC_COROUTINE(event_actor, (const char *, name), (asyncio_event *, event)) {
  asyncio_status status = asyncio_event_wait(event);
  trace("%s %s", name, asyncio_error_name(status));
  return status;
}

static asyncio_task *start(const char *name, asyncio_event *event) {
  return asyncio_create_task(event_actor_coroutine(name, event));
}

static void finish(asyncio_task *task, asyncio_status status) {
  CHECK_ERROR(asyncio_await(task, NULL), status, NULL);
  asyncio_unref(task);
}

ASYNCIO_STATIC_COROUTINE(sets_for_many) {
  asyncio_event event;
  asyncio_event_init(&event);
  CHECK(!asyncio_event_is_set(&event));
  asyncio_task *a = start("a", &event), *b = start("b", &event), *c = start("c", &event);
  CHECK_OK(asyncio_sleep(1));
  CHECK_TEXT(asyncio_task_waiting_for(a), "event");
  asyncio_event_set(&event);
  CHECK(asyncio_event_is_set(&event));
  trace("set");
  finish(c, ASYNCIO_OK);
  trace("c awaited");
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  return ASYNCIO_OK;
}

TEST(event_wakes_all_who_wait_in_their_order) {
  run(sets_for_many_coroutine());
  EXPECT_TRACE("set", "a OK", "b OK", "c OK", "c awaited");
}

ASYNCIO_STATIC_COROUTINE(waits_for_what_is_set) {
  asyncio_event event = {0};
  asyncio_event_set(&event);
  asyncio_task *ticks = asyncio_create_task(ticking_actor_coroutine(1));
  asyncio_value value;
  CHECK_OK(asyncio_event_wait(&event));
  CHECK_OK(asyncio_await(asyncio_event_wait_coroutine(&event), &value));
  CHECK(asyncio_value_bool(value));
  trace("no iteration passed");
  check_gives(ticks, 0);
  asyncio_unref(ticks);
  return ASYNCIO_OK;
}

TEST(waiting_for_an_event_that_is_set_does_not_suspend) {
  run(waits_for_what_is_set_coroutine());
  EXPECT_TRACE("no iteration passed", "tick 1");
}

ASYNCIO_STATIC_COROUTINE(sets_and_clears) {
  asyncio_event event = {0};
  asyncio_task *a = start("a", &event), *object = asyncio_create_task(asyncio_event_wait_coroutine(&event));
  CHECK_OK(asyncio_sleep(0));
  asyncio_event_set(&event);
  asyncio_event_clear(&event);
  asyncio_task *late = start("late", &event);
  finish(a, ASYNCIO_OK);
  finish(object, ASYNCIO_OK);
  CHECK_OK(asyncio_sleep(1));
  CHECK(!asyncio_future_done(late));
  asyncio_event_set(&event);
  asyncio_event_set(&event);
  finish(late, ASYNCIO_OK);
  return ASYNCIO_OK;
}

TEST(event_cleared_at_once_has_woken_those_who_waited) {
  run(sets_and_clears_coroutine());
  EXPECT_TRACE("a OK", "late OK");
}

ASYNCIO_STATIC_COROUTINE(cancels_around_a_set) {
  asyncio_event event = {0};
  asyncio_task *before = start("before", &event), *after = start("after", &event), *other = start("other", &event);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(before, NULL));
  asyncio_event_set(&event);
  CHECK(asyncio_task_cancel(after, NULL));
  finish(other, ASYNCIO_OK);
  finish(before, ASYNCIO_CANCELLED_ERROR);
  finish(after, ASYNCIO_CANCELLED_ERROR);
  return ASYNCIO_OK;
}

TEST(cancelled_waiter_of_an_event_is_cancelled_before_and_after_the_set) {
  run(cancels_around_a_set_coroutine());
  EXPECT_TRACE("before CancelledError", "after CancelledError", "other OK");
}

ASYNCIO_STATIC_COROUTINE(waits_in_time) {
  asyncio_event event = {0};
  CHECK_ERROR(asyncio_wait_for(asyncio_event_wait_coroutine(&event), 1, NULL), ASYNCIO_TIMEOUT_ERROR, NULL);
  asyncio_event_set(&event);
  CHECK_OK(asyncio_wait_for(asyncio_event_wait_coroutine(&event), 1, NULL));
  asyncio_unref(asyncio_ref(asyncio_event_wait_coroutine(&event)));
  return ASYNCIO_OK;
}

TEST(event_that_comes_too_late_is_a_timeout) { run(waits_in_time_coroutine()); }

static asyncio_event shared;

ASYNCIO_STATIC_COROUTINE(waits_on_another_loop) {
  CHECK_ERROR(asyncio_event_wait(&shared), ASYNCIO_RUNTIME_ERROR,
              "Those who wait here (event) are bound to a different event loop");
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(waits_for_the_shared) { return asyncio_event_wait(&shared); }

TEST(event_is_one_loops_at_a_time) {
  asyncio_event_init(&shared);
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_task *task = asyncio_create_task(waits_for_the_shared_coroutine(), .loop = loop);
  CHECK_OK(asyncio_loop_run_until_complete(loop, asyncio_sleep_coroutine(0, asyncio_none()), NULL));
  run(waits_on_another_loop_coroutine());
  CHECK_OK(asyncio_loop_close(loop));
  CHECK(asyncio_future_cancelled(task));
  asyncio_unref(task);
  asyncio_loop_unref(loop);
  asyncio_event_set(&shared);
  run(waits_for_the_shared_coroutine());
  EXPECT_TRACE("Task was destroyed but it is pending");
}
