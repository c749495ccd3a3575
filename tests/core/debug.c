// SPDX-License-Identifier: MIT
// src/core/debug.c: what a loop in debug mode tells, and what every loop notices.
#include "common.h"

#ifndef __EMSCRIPTEN__
#include <pthread.h>
#include <stdlib.h>
#endif

static void trace_message(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)arg;
  CHECK_INT(context->status, ASYNCIO_OK);
  trace("%s%s%s", context->message, context->future ? " in " : "", asyncio_task_get_name(context->future));
}

// A loop in debug mode for which everything is slow, or nothing.
static asyncio_loop *debug_loop(double slow) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_loop_set_exception_handler(loop, trace_message, NULL);
  asyncio_loop_set_debug(loop, true);
  CHECK_OK(asyncio_loop_set_slow_callback_duration(loop, slow));
  CHECK_DOUBLE(asyncio_loop_get_slow_callback_duration(loop), slow);
  return loop;
}

ASYNCIO_STATIC_COROUTINE(yield_once) { return asyncio_sleep(0); }

ASYNCIO_STATIC_COROUTINE(await_one, (asyncio_future *, future)) { return asyncio_await(future, NULL); }

TEST(every_slow_step_is_told_with_the_task_s_name_and_seconds) {
  asyncio_loop *loop = debug_loop(0);
  asyncio_unref(asyncio_create_task(yield_once_coroutine(), .loop = loop, .name = "worker"));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "callback", NULL));
  run_once(loop);
  EXPECT_TRACE("Executing a step of coroutine 'yield_once' took 0.000 seconds in worker", "callback",
               "Executing a callback took 0.000 seconds");
  run_once(loop);
  EXPECT_TRACE("Executing a step of coroutine 'yield_once' took 0.000 seconds in worker");
  close_loop(loop);
}

ASYNCIO_STATIC_COROUTINE(call_two_deep, (int, depth)) {
  return depth ? asyncio_await(call_two_deep_coroutine(depth - 1), NULL) : asyncio_await(yield_once_coroutine(), NULL);
}

ASYNCIO_STATIC_STACKLESS(call_without_a_stack) {
} ASYNCIO_BEGIN(call_without_a_stack) {
  ASYNCIO_AWAIT(asyncio_sleep_coroutine(1, asyncio_none()));
} ASYNCIO_END

TEST(a_slow_step_is_told_with_the_coroutine_that_it_ended_in) {
  asyncio_loop *loop = debug_loop(0);
  asyncio_unref(asyncio_create_task(call_two_deep_coroutine(1), .loop = loop, .name = "deep"));
  asyncio_unref(asyncio_create_task(call_without_a_stack_coroutine(), .loop = loop, .name = "flat"));
  run_once(loop);
  EXPECT_TRACE("Executing a step of coroutine 'call_two_deep > yield_once' took 0.000 seconds in deep",
               "Executing a step of coroutine 'call_without_a_stack > sleep' took 0.000 seconds in flat");
  run_once(loop);
  EXPECT_TRACE("Executing a step of coroutine 'call_two_deep' took 0.000 seconds in deep");
  close_loop(loop);
  EXPECT_TRACE("Task was destroyed but it is pending in flat");
}

TEST(what_is_quick_is_not_told) {
  asyncio_loop *loop = debug_loop(0.1);
  asyncio_unref(asyncio_create_task(yield_once_coroutine(), .loop = loop));
  run_once(loop);
  run_once(loop);
  close_loop(loop);
}

TEST(debug_mode_is_off_at_first_and_can_be_left) {
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK(!asyncio_loop_get_debug(loop));
  CHECK_DOUBLE(asyncio_loop_get_slow_callback_duration(loop), 0.1);
  CHECK_ERROR(asyncio_loop_set_slow_callback_duration(loop, NAN), ASYNCIO_VALUE_ERROR,
              "Expected [seconds] to be a number, got NaN");
  close_loop(loop);
  loop = debug_loop(0);
  CHECK(asyncio_loop_get_debug(loop));
  asyncio_loop_set_debug(loop, false);
  CHECK(!asyncio_loop_get_debug(loop));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "callback", NULL));
  run_once(loop);
  EXPECT_TRACE("callback");
  close_loop(loop);
}

// ---- Coroutines that nobody uses

static asyncio_future *forgotten[3];

ASYNCIO_STATIC_COROUTINE(forget_some) {
  forgotten[0] = yield_once_coroutine();
  forgotten[1] = asyncio_sleep_coroutine(1, asyncio_none());
  forgotten[2] = await_one_coroutine(NULL);
  ASYNCIO_TRY(asyncio_await(yield_once_coroutine(), NULL));
  ASYNCIO_TRY(asyncio_await(asyncio_gather(yield_once_coroutine(), yield_once_coroutine()), NULL));
  asyncio_unref(asyncio_create_task(yield_once_coroutine()));
  asyncio_unref(yield_once_coroutine());  // given up on purpose
  asyncio_unref(forgotten[2]);
  return ASYNCIO_OK;
}

TEST(coroutines_that_nobody_used_are_told_as_the_loop_is_closed) {
  asyncio_loop *loop = debug_loop(INFINITY);
  CHECK_OK(asyncio_loop_run_until_complete(loop, forget_some_coroutine(), NULL));
  run_once(loop);
  run_once(loop);
  close_loop(loop);
  EXPECT_TRACE("coroutine 'yield_once' was never awaited", "coroutine 'sleep' was never awaited");
  asyncio_unref(forgotten[0]);
  asyncio_unref(forgotten[1]);
}

ASYNCIO_STATIC_GENERATOR(count_up) { return asyncio_yield(asyncio_int(1), NULL); }

ASYNCIO_STATIC_STACKLESS_GENERATOR(count_down) {
} ASYNCIO_BEGIN(count_down) {
  ASYNCIO_YIELD(asyncio_int(1));
} ASYNCIO_END

static asyncio_generator *never_begun[3];

ASYNCIO_STATIC_COROUTINE(forget_generators) {
  never_begun[0] = count_up_generator();
  never_begun[1] = count_down_generator();
  never_begun[2] = count_up_generator();
  return asyncio_await(asyncio_anext(never_begun[2]), NULL);
}

TEST(generators_that_nobody_iterated_are_told_as_such) {
  asyncio_loop *loop = debug_loop(INFINITY);
  CHECK_OK(asyncio_loop_run_until_complete(loop, forget_generators_coroutine(), NULL));
  close_loop(loop);
  EXPECT_TRACE("generator 'count_up' was never iterated", "generator 'count_down' was never iterated");
  for (int i = 0; i < 3; i++) asyncio_generator_unref(never_begun[i]);
}

TEST(without_debug_mode_they_are_not) {
  asyncio_loop *loop = debug_loop(INFINITY);
  CHECK_OK(asyncio_loop_run_until_complete(loop, forget_some_coroutine(), NULL));
  asyncio_loop_set_debug(loop, false);
  run_once(loop);
  run_once(loop);
  close_loop(loop);
  asyncio_unref(forgotten[0]);
  asyncio_unref(forgotten[1]);
}

static asyncio_loop *ran_on;

ASYNCIO_STATIC_COROUTINE(note_debug, (bool *, debug)) {
  ran_on = asyncio_get_running_loop();
  *debug = asyncio_loop_get_debug(ran_on);
  return ASYNCIO_OK;
}

TEST(a_run_may_be_in_debug_mode) {
  bool debug = false;
  CHECK_OK(asyncio_run(note_debug_coroutine(&debug), NULL, .debug = true));
  CHECK(debug);
  CHECK_OK(asyncio_run(note_debug_coroutine(&debug), NULL));
  CHECK(!debug);
}

#ifndef __EMSCRIPTEN__
TEST(the_environment_asks_for_debug_mode) {
  bool debug = false;
  setenv("ASYNCIO_LOOP_DEBUG", "1", 1);
  CHECK_OK(asyncio_run(note_debug_coroutine(&debug), NULL));
  CHECK(debug);
  setenv("ASYNCIO_LOOP_DEBUG", "", 1);
  CHECK_OK(asyncio_run(note_debug_coroutine(&debug), NULL));
  CHECK(!debug);
  unsetenv("ASYNCIO_LOOP_DEBUG");
}

// ---- Another thread

static const char *const foreign = "Non-thread-safe operation invoked on an event loop other than the current one";

static void *use_from_elsewhere(void *arg) {
  asyncio_loop *loop = arg;
  CHECK_ERROR(asyncio_loop_call_soon(loop, trace_arg, "never", NULL), ASYNCIO_RUNTIME_ERROR, foreign);
  CHECK_ERROR(asyncio_loop_call_later(loop, 1, trace_arg, "never", NULL), ASYNCIO_RUNTIME_ERROR, foreign);
  CHECK_ERROR(asyncio_loop_call_at(loop, 1, trace_arg, "never", NULL), ASYNCIO_RUNTIME_ERROR, foreign);
  CHECK(!asyncio_loop_create_future(loop));
  CHECK_ERROR(asyncio_error_latest(), ASYNCIO_RUNTIME_ERROR, foreign);
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR, foreign);
  asyncio_error_clear();
  return NULL;
}

TEST(a_loop_used_from_another_thread_refuses) {
  pthread_t thread;
  asyncio_loop *loop = asyncio_new_event_loop();
  CHECK_INT(pthread_create(&thread, NULL, use_from_elsewhere, loop), 0);
  CHECK_INT(pthread_join(thread, NULL), 0);
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "here", NULL));
  run_once(loop);
  EXPECT_TRACE("here");
  close_loop(loop);
}
#endif
