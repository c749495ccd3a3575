// SPDX-License-Identifier: MIT
// src/async/generator.c: the same generators with a stack and without, gone through from coroutines of either kind.
// What is expected is what CPython 3.11's asyncio does for the same code.
#include "generators.h"

// ---- Each test runs for all four pairs of generator and awaiter.

static const generators *kind;
static asyncio_generator *kept_generator;  // beyond the run; NULL mostly

ASYNCIO_STATIC_STACKLESS(ask_stackless, (asyncio_future *, request)) {
} ASYNCIO_BEGIN(ask_stackless) {
  ASYNCIO_AWAIT(self->request, result);
  return ASYNCIO_OK;
} ASYNCIO_END

static asyncio_future *directly(asyncio_future *request) { return request; }

static asyncio_future *(*through)(asyncio_future *);

static void ask(const char *what, asyncio_future *request) {
  asyncio_value value;
  asyncio_status status = asyncio_await(through(request), &value);
  if (status == ASYNCIO_STOP_ASYNC_ITERATION)
    trace("%s: StopAsyncIteration", what);
  else if (status)
    trace("%s: %s: %s", what, asyncio_error_name(status), asyncio_error_message(status));
  else
    trace_value(what, value);
  asyncio_value_clear(&value);
}

static void run_all_kinds(asyncio_future *(*body)(void), void (*expect)(void)) {
  for (int i = 0; i < 4; i++) {
    kind = i & 1 ? &stackless_generators : &stackful_generators;
    through = i & 2 ? ask_stackless_coroutine : directly;
    clock_start();
    run(body());
    asyncio_generator_unref(kept_generator);
    kept_generator = NULL;
    expect();
  }
}

#define GENERATOR_TEST(name, ...) \
  static void name##_expect(void) { EXPECT_TRACE(__VA_ARGS__); } \
  static asyncio_status name##_play(void); \
  ASYNCIO_STATIC_COROUTINE(name##_play_all) { return name##_play(); } \
  TEST(name) { run_all_kinds(name##_play_all_coroutine, name##_expect); } \
  static asyncio_status name##_play(void)

GENERATOR_TEST(a_generator_gives_its_values_and_then_stops, "next got 0 at 1", "next got 1 at 2", "counted 2",
               "next: StopAsyncIteration", "next: StopAsyncIteration") {
  asyncio_generator *generator = kind->count(2, 1);
  for (int i = 0; i < 4; i++) ask("next", asyncio_anext(generator));
  asyncio_generator_unref(generator);
  return ASYNCIO_OK;
}

GENERATOR_TEST(what_is_sent_is_what_yield_gives,
               "early: TypeError: can't send non-None value to a just-started async generator", "send got 0 at 0",
               "received 7", "send got 1 at 0", "received None", "next got 2 at 0", "received 8", "send: StopAsyncIteration") {
  asyncio_generator *generator = kind->receive(3);
  ask("early", asyncio_asend(generator, asyncio_int(1)));
  ask("send", asyncio_asend(generator, asyncio_none()));
  ask("send", asyncio_asend(generator, asyncio_int(7)));
  ask("next", asyncio_anext(generator));
  ask("send", asyncio_asend(generator, asyncio_int(8)));
  asyncio_generator_unref(generator);
  return ASYNCIO_OK;
}

GENERATOR_TEST(a_generator_that_is_closed_cleans_up_and_may_suspend, "next got 0 at 0",
               "tidies after GeneratorExit: The generator is being closed", "tidied", "close got None at 2", "again got None at 2",
               "next: StopAsyncIteration", "throw got None at 2") {
  asyncio_generator *generator = kind->tidy(2, ASYNCIO_OK);
  ask("next", asyncio_anext(generator));
  ask("close", asyncio_aclose(generator));
  ask("again", asyncio_aclose(generator));
  ask("next", asyncio_anext(generator));
  ask("throw", asyncio_athrow(generator, ASYNCIO_VALUE_ERROR, "x"));
  asyncio_generator_unref(generator);
  return ASYNCIO_OK;
}

GENERATOR_TEST(a_failure_while_closing_is_the_closers, "next got 0 at 0",
               "tidies after GeneratorExit: The generator is being closed", "tidied", "close: ValueError: in cleanup",
               "again got None at 0") {
  asyncio_generator *generator = kind->tidy(0, ASYNCIO_VALUE_ERROR);
  ask("next", asyncio_anext(generator));
  ask("close", asyncio_aclose(generator));
  ask("again", asyncio_aclose(generator));
  asyncio_generator_unref(generator);
  return ASYNCIO_OK;
}

GENERATOR_TEST(a_failure_is_thrown_in_at_the_yield, "next got 0 at 0", "tidies after TypeError: thrown 5", "tidied",
               "throw: TypeError: thrown 5", "next: StopAsyncIteration", "next got 0 at 0", "tidies after StopAsyncIteration: stop",
               "tidied", "throw: RuntimeError: async generator raised StopAsyncIteration", "next got 0 at 0",
               "tidies after GeneratorExit: exit", "tidied", "throw: GeneratorExit: exit") {
  asyncio_generator *generator = kind->tidy(0, ASYNCIO_OK);
  ask("next", asyncio_anext(generator));
  ask("throw", asyncio_athrow(generator, ASYNCIO_TYPE_ERROR, "thrown %d", 5));
  ask("next", asyncio_anext(generator));
  asyncio_generator_unref(generator);
  generator = kind->tidy(0, ASYNCIO_OK);
  ask("next", asyncio_anext(generator));
  ask("throw", asyncio_athrow(generator, ASYNCIO_STOP_ASYNC_ITERATION, "stop"));
  asyncio_generator_unref(generator);
  generator = kind->tidy(0, ASYNCIO_OK);
  ask("next", asyncio_anext(generator));
  ask("throw", asyncio_athrow(generator, ASYNCIO_GENERATOR_EXIT, "exit"));
  asyncio_generator_unref(generator);
  return ASYNCIO_OK;
}

GENERATOR_TEST(a_generator_that_has_not_begun_never_runs_once_it_is_closed, "close got None at 0", "next: StopAsyncIteration",
               "throw: ValueError: early", "next: StopAsyncIteration", "close got None at 0") {
  asyncio_generator *generator = kind->count(2, 1);
  ask("close", asyncio_aclose(generator));
  ask("next", asyncio_anext(generator));
  asyncio_generator_unref(generator);
  generator = kind->count(2, 1);
  ask("throw", asyncio_athrow(generator, ASYNCIO_VALUE_ERROR, "early"));
  ask("next", asyncio_anext(generator));
  ask("close", asyncio_aclose(generator));
  asyncio_generator_unref(generator);
  return ASYNCIO_OK;
}

GENERATOR_TEST(a_generator_must_not_yield_while_it_is_closed, "next got 1 at 0", "ignores GeneratorExit",
               "close: RuntimeError: async generator ignored GeneratorExit", "ignores OK", "next got 1 at 0",
               "close: StopAsyncIteration") {
  asyncio_generator *generator = kind->stubborn();
  ask("next", asyncio_anext(generator));
  ask("close", asyncio_aclose(generator));
  ask("next", asyncio_anext(generator));
  ask("close", asyncio_aclose(generator));
  asyncio_generator_unref(generator);
  return ASYNCIO_OK;
}

GENERATOR_TEST(one_task_at_a_time_is_in_a_generator, "next: RuntimeError: anext(): asynchronous generator is already running",
               "close: RuntimeError: aclose(): asynchronous generator is already running",
               "throw: RuntimeError: athrow(): asynchronous generator is already running", "first got 0 at 1", "next got 1 at 2") {
  asyncio_generator *generator = kind->count(2, 1);
  asyncio_task *task = asyncio_create_task(asyncio_anext(generator));
  ASYNCIO_TRY(asyncio_sleep(0));
  ask("next", asyncio_anext(generator));
  ask("close", asyncio_aclose(generator));
  ask("throw", asyncio_athrow(generator, ASYNCIO_VALUE_ERROR, "x"));
  ask("first", task);
  ask("next", asyncio_anext(generator));
  asyncio_unref(task);
  asyncio_generator_unref(generator);
  return ASYNCIO_OK;
}

GENERATOR_TEST(who_awaits_a_value_may_be_cancelled, "count: CancelledError: enough", "first: CancelledError: enough",
               "next: StopAsyncIteration") {
  asyncio_generator *generator = kind->count(2, 1);
  asyncio_task *task = asyncio_create_task(asyncio_anext(generator));
  ASYNCIO_TRY(asyncio_sleep(0));
  asyncio_task_cancel(task, "enough");
  ask("first", task);
  ask("next", asyncio_anext(generator));
  asyncio_unref(task);
  asyncio_generator_unref(generator);
  return ASYNCIO_OK;
}

GENERATOR_TEST(a_dropped_generator_is_closed_by_a_task, "next got 0 at 0", "dropped", "one iteration later",
               "tidies after GeneratorExit: The generator is being closed", "tidied", "some time later") {
  asyncio_generator *generator = kind->tidy(1, ASYNCIO_OK);
  ask("next", asyncio_anext(generator));
  asyncio_generator_unref(generator);
  trace("dropped");
  ASYNCIO_TRY(asyncio_sleep(0));
  trace("one iteration later");
  ASYNCIO_TRY(asyncio_sleep(2));
  trace("some time later");
  return ASYNCIO_OK;
}

GENERATOR_TEST(a_generator_left_open_is_closed_by_the_end_of_the_run, "next got 0 at 0", "returns",
               "tidies after GeneratorExit: The generator is being closed", "tidied") {
  kept_generator = kind->tidy(1, ASYNCIO_OK);
  ask("next", asyncio_anext(kept_generator));
  asyncio_generator_unref(asyncio_generator_ref(kept_generator));
  trace("returns");
  return ASYNCIO_OK;
}

GENERATOR_TEST(a_generator_may_be_declared_in_a_header, "first got 7 at 0", "second got 7 at 0", "third: StopAsyncIteration") {
  asyncio_generator *numbers = twice_generator(7);
  ask("first", asyncio_anext(numbers));
  ask("second", asyncio_anext(numbers));
  ask("third", asyncio_anext(numbers));
  asyncio_generator_unref(numbers);
  return ASYNCIO_OK;
}
