// SPDX-License-Identifier: MIT
// src/core/await.c, frame_coroutine.c: coroutines without a stack, chains of frames. Awaited by a C function, made
// tasks of their own or gathered, they behave as stackful ones do.
#include "../../src/core/await.h"
#include "common.h"

// ---- A frame of the tests' own: awaits its awaitable, then yields, then gives what it got.

typedef struct relay {
  asyncio__frame frame;
  asyncio_future *awaitable;
  asyncio_value got;
  const char *name;
} relay;

enum { START, AWAITED, YIELDED };

static asyncio__progress relay_step(asyncio__frame *frame, asyncio_status sent) {
  relay *self = asyncio__container(frame, relay, frame);
  trace("%s at %u: %s", self->name, frame->at, asyncio_error_name(sent));
  if (frame->at == START) {
    asyncio_future *awaitable = self->awaitable;
    self->awaitable = NULL;
    return asyncio__frame_await(frame, awaitable, AWAITED);
  }
  if (frame->at == AWAITED && !sent) {
    self->got = frame->value;
    frame->at = YIELDED;
    asyncio__yield_begin();
    return ASYNCIO__PARKED;
  }
  asyncio_value got = self->got;
  self->got = asyncio_none();
  if (sent) asyncio_value_clear(&got);
  return asyncio__frame_done(frame, sent, got);
}

static void relay_drop(asyncio__frame *frame) {
  relay *self = asyncio__container(frame, relay, frame);
  trace("%s dropped", self->name);
  asyncio_unref(self->awaitable);
  asyncio_value_clear(&self->got);
}

static relay relay_of(const char *name, asyncio_future *awaitable) {
  return (relay){.frame = {.step = relay_step, .drop = relay_drop}, .awaitable = asyncio_ref(awaitable), .name = name};
}

static asyncio_future *relay_coroutine(const char *name, asyncio_future *awaitable) {
  relay self = relay_of(name, awaitable);
  return asyncio__frame_coroutine("relay", &self.frame, sizeof self);
}

ASYNCIO_STATIC_COROUTINE(give_number, (int, number)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  *result = asyncio_int(number);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(fail_value) { return asyncio_raise(ASYNCIO_VALUE_ERROR, "failed"); }

// ---- Chains

TEST(a_frame_awaits_a_stackful_coroutine_in_its_own_task) {
  asyncio_value value;
  CHECK_OK(asyncio_run(relay_coroutine("a", give_number_coroutine(5)), &value));
  CHECK_INT(asyncio_value_int(value), 5);
  EXPECT_TRACE("a at 0: OK", "a at 1: OK", "a at 2: OK");
}

TEST(frames_await_frames) {
  asyncio_value value;
  asyncio_future *inner = relay_coroutine("inner", asyncio_sleep_coroutine(1, asyncio_int(6)));
  CHECK_OK(asyncio_run(relay_coroutine("outer", inner), &value));
  CHECK_INT(asyncio_value_int(value), 6);
  EXPECT_TRACE("outer at 0: OK", "inner at 0: OK", "inner at 1: OK", "inner at 2: OK", "outer at 1: OK",
               "outer at 2: OK");
}

TEST(a_frame_awaits_futures_done_or_not) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *done = asyncio_loop_create_future(loop), *later = asyncio_loop_create_future(loop);
  asyncio_value value;
  CHECK_OK(asyncio_future_set_result(done, traced_value("done")));
  CHECK_OK(asyncio_loop_run_until_complete(loop, relay_coroutine("a", done), &value));
  asyncio_unref(done);
  asyncio_value_clear(&value);
  EXPECT_TRACE("a at 0: OK", "a at 1: OK", "a at 2: OK", "destroyed done");
  asyncio_task *task = asyncio_create_task(relay_coroutine("b", later), .loop = loop);
  run_once(loop);
  CHECK_TEXT(asyncio_task_waiting_for(task), "future");
  CHECK_INT(asyncio_task_stack_used(task), 0);
  CHECK_OK(asyncio_future_set_result(later, traced_value("later")));
  asyncio_unref(later);
  run_for(loop, 1);
  asyncio_unref(task);
  EXPECT_TRACE("b at 0: OK", "b at 1: OK", "b at 2: OK", "destroyed later");
  close_loop(loop);
}

TEST(failures_come_up_through_frames) {
  CHECK_ERROR(asyncio_run(relay_coroutine("outer", relay_coroutine("inner", fail_value_coroutine())), NULL),
              ASYNCIO_VALUE_ERROR, "failed");
  EXPECT_TRACE("outer at 0: OK", "inner at 0: OK", "inner at 1: ValueError", "outer at 1: ValueError");
}

TEST(a_frame_cannot_await_its_own_task_or_a_used_coroutine) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *used = asyncio_ref(give_number_coroutine(1)), *self = asyncio_ref(relay_coroutine("self", NULL));
  CHECK_OK(asyncio_loop_run_until_complete(loop, relay_coroutine("a", used), NULL));
  CHECK_ERROR(asyncio_loop_run_until_complete(loop, relay_coroutine("b", used), NULL), ASYNCIO_RUNTIME_ERROR,
              "cannot reuse already awaited coroutine 'give_number'");
  EXPECT_TRACE("a at 0: OK", "a at 1: OK", "a at 2: OK", "b at 0: OK", "b at 1: RuntimeError");
  asyncio_unref(used);
  asyncio_unref(self);
  EXPECT_TRACE("self dropped");
  close_loop(loop);
}

TEST(a_frame_cannot_await_a_future_of_another_loop) {
  asyncio_loop *other = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(other);
  CHECK_ERROR(asyncio_run(relay_coroutine("a", future), NULL), ASYNCIO_RUNTIME_ERROR,
              "The future is attached to a different loop");
  EXPECT_TRACE("a at 0: OK", "a at 1: RuntimeError");
  asyncio_unref(future);
  close_loop(other);
}

static asyncio__progress blocking_step(asyncio__frame *frame, asyncio_status sent) {
  (void)sent;
  CHECK_ERROR(asyncio_sleep(1), ASYNCIO_RUNTIME_ERROR, "asyncio_sleep cannot suspend here: in a destructor, an exception handler or a coroutine without a stack (see asyncio/stackless.h)");
  CHECK_ERROR(asyncio_await(asyncio_sleep_coroutine(1, asyncio_none()), NULL), ASYNCIO_RUNTIME_ERROR, NULL);
  return asyncio__frame_done(frame, ASYNCIO_OK, asyncio_int(9));
}

TEST(a_task_without_a_stack_cannot_block_in_its_step) {
  asyncio__frame frame = {.step = blocking_step};
  asyncio_value value;
  CHECK_OK(asyncio_run(asyncio__frame_coroutine("blocking", &frame, sizeof frame), &value));
  CHECK_INT(asyncio_value_int(value), 9);
}

// ---- On a stack

ASYNCIO_STATIC_COROUTINE(runs_frames) {
  asyncio_value value;
  relay local = relay_of("local", give_number_coroutine(7));
  ASYNCIO_TRY(asyncio__frame_run(&local.frame, &value));
  CHECK_INT(asyncio_value_int(value), 7);
  ASYNCIO_TRY(asyncio_await(relay_coroutine("awaited", asyncio_sleep_coroutine(1, asyncio_int(8))), &value));
  CHECK_INT(asyncio_value_int(value), 8);
  ASYNCIO_TRY(asyncio_await(relay_coroutine("dropped", asyncio_sleep_coroutine(1, traced_value("value"))), NULL));
  local = relay_of("failing", fail_value_coroutine());
  CHECK_ERROR(asyncio__frame_run(&local.frame, NULL), ASYNCIO_VALUE_ERROR, "failed");
  return ASYNCIO_OK;
}

TEST(a_function_with_a_stack_runs_frames_in_place) {
  run(runs_frames_coroutine());
  EXPECT_TRACE("local at 0: OK", "local at 1: OK", "local at 2: OK", "awaited at 0: OK", "awaited at 1: OK",
               "awaited at 2: OK", "dropped at 0: OK", "dropped at 1: OK", "dropped at 2: OK", "destroyed value",
               "failing at 0: OK", "failing at 1: ValueError");
}

// ---- Cancellation

TEST(a_chain_that_is_cancelled_while_it_waits_unwinds) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *inner = relay_coroutine("inner", asyncio_sleep_coroutine(9, traced_value("value")));
  asyncio_task *task = asyncio_create_task(relay_coroutine("outer", inner), .loop = loop);
  run_once(loop);
  CHECK_TEXT(asyncio_task_waiting_for(task), "sleep");
  CHECK(asyncio_task_cancel(task, "stop"));
  run_once(loop);
  CHECK_ERROR(asyncio_future_result(task, NULL), ASYNCIO_CANCELLED_ERROR, "stop");
  EXPECT_TRACE("outer at 0: OK", "inner at 0: OK", "destroyed value", "inner at 1: CancelledError",
               "outer at 1: CancelledError");
  asyncio_unref(task);
  close_loop(loop);
}

TEST(a_chain_that_is_cancelled_while_it_yields_drops_what_it_got) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  CHECK_OK(asyncio_future_set_result(future, traced_value("value")));
  asyncio_task *task = asyncio_create_task(relay_coroutine("a", future), .loop = loop);
  asyncio_unref(future);
  run_once(loop);
  CHECK(asyncio_task_cancel(task, NULL));
  run_once(loop);
  CHECK(asyncio_future_cancelled(task));
  EXPECT_TRACE("a at 0: OK", "a at 1: OK", "a at 2: CancelledError", "destroyed value");
  asyncio_unref(task);
  close_loop(loop);
}

TEST(a_frame_that_never_started_is_dropped_with_what_it_holds) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(relay_coroutine("unused", asyncio_sleep_coroutine(1, traced_value("a"))));
  asyncio_task *task =
      asyncio_create_task(relay_coroutine("cancelled", asyncio_sleep_coroutine(1, traced_value("b"))), .loop = loop);
  asyncio_task_cancel(task, NULL);
  run_once(loop);
  asyncio_unref(task);
  EXPECT_TRACE("unused dropped", "destroyed a", "cancelled dropped", "destroyed b");
  close_loop(loop);
}

TEST(a_frame_without_memory_for_its_object_is_dropped) {
  struct {
    relay relay;
    char beyond_the_pool[1000];
  } large = {.relay = relay_of("a", asyncio_sleep_coroutine(1, traced_value("value")))};
  test_fail_allocation(1);
  CHECK(!asyncio__frame_coroutine("relay", &large.relay.frame, sizeof large));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_MEMORY_ERROR), "Out of memory for coroutine 'relay'");
  EXPECT_TRACE("a dropped", "destroyed value");
}

// A chain whose innermost frame never lets go.

static asyncio__progress stubborn_step(asyncio__frame *frame, asyncio_status sent) {
  (void)frame, (void)sent;
  asyncio__yield_begin();
  return ASYNCIO__PARKED;
}

TEST(a_chain_that_ignores_the_end_of_its_loop_is_abandoned_frame_by_frame) {
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  relay stubborn = relay_of("stubborn", asyncio_sleep_coroutine(1, traced_value("value")));
  stubborn.frame.step = stubborn_step;
  asyncio_future *inner = asyncio__frame_coroutine("stubborn", &stubborn.frame, sizeof stubborn);
  asyncio_task *task = asyncio_create_task(relay_coroutine("outer", inner), .loop = loop);
  run_once(loop);
  close_loop(loop);
  CHECK(asyncio_future_cancelled(task));
  asyncio_unref(task);
  EXPECT_TRACE("outer at 0: OK", "Task was destroyed but it is pending", "stubborn dropped", "destroyed value",
               "outer dropped");
}
