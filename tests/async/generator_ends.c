// SPDX-License-Identifier: MIT
// How generators end beside the ordinary way: loops that close or are closed on them, tasks that are abandoned in them,
// stacks that overflow, memory that runs out; and what is no generator.
#include "../core/common.h"
#include "generators.h"

static const generators *const kinds[] = {&stackful_generators, &stackless_generators};

// Begins a generator in a loop that it does not close.
ASYNCIO_STATIC_COROUTINE(begin_one, (asyncio_generator *, generator)) { return asyncio_await(asyncio_anext(generator), NULL); }

TEST(a_generator_may_outlive_its_loop) {
  for (int i = 0; i < 2; i++) {
    asyncio_loop *loop = asyncio_new_event_loop();
    asyncio_generator *generator = kinds[i]->tidy(0, ASYNCIO_OK);
    CHECK_OK(asyncio_loop_run_until_complete(loop, begin_one_coroutine(generator), NULL));
    close_loop(loop);
    asyncio_generator_unref(generator);  // nobody can close it any more
  }
}

TEST(a_loop_may_close_before_it_has_closed_a_dropped_generator) {
  for (int i = 0; i < 2; i++) {
    asyncio_loop *loop = asyncio_new_event_loop();
    asyncio_generator *generator = kinds[i]->tidy(0, ASYNCIO_OK);
    CHECK_OK(asyncio_loop_run_until_complete(loop, begin_one_coroutine(generator), NULL));
    asyncio_generator_unref(generator);
    close_loop(loop);
  }
}

TEST(a_generator_that_never_began_is_dropped_without_a_loop) {
  for (int i = 0; i < 2; i++) asyncio_generator_unref(kinds[i]->count(1, 1));
  asyncio_generator_unref(NULL);
  CHECK(!asyncio_generator_ref(NULL));
}

TEST(requests_that_nobody_awaits_are_dropped_with_what_they_hold) {
  for (int i = 0; i < 2; i++) {
    asyncio_generator *generator = kinds[i]->count(1, 1);
    asyncio_unref(asyncio_asend(generator, traced_value("sent")));
    asyncio_unref(asyncio_athrow(generator, ASYNCIO_VALUE_ERROR, "words"));
    asyncio_future *last = asyncio_aclose(generator);
    asyncio_generator_unref(generator);
    asyncio_unref(last);
    EXPECT_TRACE("destroyed sent");
  }
}

TEST(a_closed_loop_ends_the_task_in_a_generator) {
  for (int i = 0; i < 2; i++) {
    asyncio_loop *loop = asyncio_new_event_loop();
    asyncio_generator *generator = kinds[i]->count(1, 1);
    trace_exceptions(loop);
    asyncio_task *task = asyncio_create_task(asyncio_anext(generator), .loop = loop);
    run_once(loop);
    close_loop(loop);
    CHECK(asyncio_future_cancelled(task));
    asyncio_unref(task);
    asyncio_generator_unref(generator);
    EXPECT_TRACE("Task was destroyed but it is pending", "count: CancelledError: Event loop is closed");
  }
}

ASYNCIO_STATIC_GENERATOR(insist) {
  while (asyncio_sleep(1) != 1) continue;
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_STACKLESS_GENERATOR(slim_insist) {
} ASYNCIO_BEGIN(slim_insist) {
  asyncio_status status;
  do ASYNCIO_AWAIT_STATUS(status, asyncio_sleep_coroutine(1, asyncio_none()));
  while (status != 1);
} ASYNCIO_END

TEST(a_task_that_is_abandoned_in_a_generator_ends_it) {
  asyncio_generator *insisting[] = {insist_generator(), slim_insist_generator()};
  for (int i = 0; i < 2; i++) {
    asyncio_loop *loop = asyncio_new_event_loop();
    trace_exceptions(loop);
    asyncio_task *task = asyncio_create_task(asyncio_anext(insisting[i]), .loop = loop);
    run_once(loop);
    close_loop(loop);
    CHECK(asyncio_future_cancelled(task));
    asyncio_unref(task);
    CHECK_ERROR(asyncio_run(begin_one_coroutine(insisting[i]), NULL), ASYNCIO_STOP_ASYNC_ITERATION, "The generator has no more values");
    asyncio_generator_unref(insisting[i]);
    EXPECT_TRACE("Task was destroyed but it is pending");
  }
}

ASYNCIO_STATIC_COROUTINE(iterate_and_fail, (asyncio_generator *, generator)) {
  while (!asyncio_await(asyncio_anext(generator), NULL)) continue;
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "after the iteration");
}

ASYNCIO_STATIC_COROUTINE(leave_one_iterating, (asyncio_generator *, generator), (asyncio_task **, left)) {
  trace_exceptions(asyncio_get_running_loop());
  *left = asyncio_create_task(iterate_and_fail_coroutine(generator));
  ASYNCIO_TRY(asyncio_sleep(1.5));
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "main failed");
}

TEST(a_generator_that_a_leftover_task_iterates_has_ended_with_the_run) {
  for (int i = 0; i < 2; i++) {
    asyncio_task *left;
    asyncio_generator *generator = kinds[i]->count(1000, 1);
    CHECK_ERROR(asyncio_run(leave_one_iterating_coroutine(generator, &left), NULL), ASYNCIO_TYPE_ERROR, "main failed");
    CHECK(asyncio_future_done(left));
    CHECK_ERROR(asyncio_run(begin_one_coroutine(generator), NULL), ASYNCIO_STOP_ASYNC_ITERATION, NULL);
    asyncio_unref(left);
    asyncio_generator_unref(generator);
    EXPECT_TRACE("count: CancelledError: The task was cancelled",
                 "Unhandled exception during asyncio.run() shutdown: ValueError: after the iteration");
  }
}

ASYNCIO_STATIC_COROUTINE(leave_three_open, (const generators *, kind), (asyncio_generator **, open)) {
  trace_exceptions(asyncio_get_running_loop());
  open[0] = kind->tidy(1, ASYNCIO_VALUE_ERROR);
  open[1] = kind->stubborn();
  open[2] = kind->tidy(0, ASYNCIO_OK);
  for (int i = 0; i < 3; i++) ASYNCIO_TRY(asyncio_await(asyncio_anext(open[i]), NULL));
  return ASYNCIO_OK;
}

TEST(failures_of_generators_that_a_run_closes_are_reported) {
  asyncio_generator *open[3];
  for (int i = 0; i < 2; i++) {
    run(leave_three_open_coroutine(kinds[i], open));
    for (int k = 0; k < 3; k++) asyncio_generator_unref(open[k]);
    const char *stubborn = i ? "an error occurred during closing of asynchronous generator slim_stubborn: RuntimeError: async "
                               "generator ignored GeneratorExit"
                             : "an error occurred during closing of asynchronous generator stubborn: RuntimeError: async "
                               "generator ignored GeneratorExit";
    const char *tidy = i ? "an error occurred during closing of asynchronous generator slim_tidy: ValueError: in cleanup"
                         : "an error occurred during closing of asynchronous generator tidy: ValueError: in cleanup";
    EXPECT_TRACE("tidies after GeneratorExit: The generator is being closed", "ignores GeneratorExit",
                 "tidies after GeneratorExit: The generator is being closed", "tidied", "tidied", tidy, stubborn);
  }
}

ASYNCIO_STATIC_COROUTINE(shut_down_twice, (const generators *, kind)) {
  asyncio_generator *open = kind->tidy(0, ASYNCIO_OK), *late = kind->tidy(0, ASYNCIO_OK);
  asyncio_loop *loop = asyncio_get_running_loop();
  trace_exceptions(loop);
  ASYNCIO_TRY(asyncio_await(asyncio_anext(open), NULL));
  ASYNCIO_TRY(asyncio_await(asyncio_loop_shutdown_asyncgens(loop), NULL));
  ASYNCIO_TRY(asyncio_await(asyncio_loop_shutdown_asyncgens(loop), NULL));
  trace("late");
  ASYNCIO_TRY(asyncio_await(asyncio_anext(late), NULL));
  ASYNCIO_TRY(asyncio_await(asyncio_aclose(late), NULL));
  asyncio_generator_unref(open);
  asyncio_generator_unref(late);
  return ASYNCIO_OK;
}

TEST(a_generator_that_begins_after_the_shutdown_is_reported) {
  for (int i = 0; i < 2; i++) {
    run(shut_down_twice_coroutine(kinds[i]));
    EXPECT_TRACE("tidies after GeneratorExit: The generator is being closed", "tidied", "late",
                 "An asynchronous generator was scheduled after loop.shutdown_asyncgens() call",
                 "tidies after GeneratorExit: The generator is being closed", "tidied");
  }
}

ASYNCIO_STATIC_COROUTINE(refuses_a_first_value, (const generators *, kind)) {
  asyncio_generator *generator = kind->receive(1);
  CHECK_ERROR(asyncio_await(asyncio_asend(generator, asyncio_int(1)), NULL), ASYNCIO_TYPE_ERROR,
              "can't send non-None value to a just-started async generator");
  ASYNCIO_TRY(asyncio_await(asyncio_loop_shutdown_asyncgens(asyncio_get_running_loop()), NULL));
  CHECK_INT(asyncio_await(asyncio_anext(generator), NULL), ASYNCIO_STOP_ASYNC_ITERATION);
  asyncio_generator_unref(generator);
  return ASYNCIO_OK;
}

TEST(a_generator_that_refused_its_first_value_is_closed_with_the_others) {
  for (int i = 0; i < 2; i++) run(refuses_a_first_value_coroutine(kinds[i]));
}

// ---- Generators in generators, and values that are owned

ASYNCIO_STATIC_GENERATOR(doubles, (asyncio_generator *, inner)) {
  asyncio_value value;
  asyncio_status status;
  while (!(status = asyncio_await(asyncio_anext(inner), &value)))
    ASYNCIO_TRY(asyncio_yield(asyncio_int(2 * asyncio_value_int(value)), NULL));
  return status == ASYNCIO_STOP_ASYNC_ITERATION ? ASYNCIO_OK : status;
}

ASYNCIO_STATIC_COROUTINE(sum_of_doubles, (const generators *, kind)) {
  asyncio_generator *inner = kind->count(3, 1), *outer = doubles_generator(inner);
  asyncio_value value;
  int64_t sum = 0;
  asyncio_status status;
  while (!(status = asyncio_await(asyncio_anext(outer), &value))) sum += asyncio_value_int(value);
  asyncio_generator_unref(outer);
  asyncio_generator_unref(inner);
  *result = asyncio_int(sum);
  return status == ASYNCIO_STOP_ASYNC_ITERATION ? ASYNCIO_OK : status;
}

TEST(a_generator_goes_through_another) {
  for (int i = 0; i < 2; i++) {
    asyncio_value value;
    CHECK_OK(asyncio_run(sum_of_doubles_coroutine(kinds[i]), &value));
    CHECK_INT(asyncio_value_int(value), 6);
    EXPECT_TRACE("counted 3");
  }
}

ASYNCIO_STATIC_GENERATOR(give_owned) {
  asyncio_value received;
  ASYNCIO_TRY(asyncio_yield(traced_value("first"), &received));
  asyncio_value_clear(&received);
  return asyncio_yield(traced_value("second"), NULL);
}

ASYNCIO_STATIC_COROUTINE(take_owned) {
  asyncio_generator *generator = give_owned_generator();
  asyncio_value value;
  ASYNCIO_TRY(asyncio_await(asyncio_anext(generator), &value));
  asyncio_value_clear(&value);
  ASYNCIO_TRY(asyncio_await(asyncio_asend(generator, traced_value("sent")), NULL));
  CHECK_ERROR(asyncio_await(asyncio_asend(generator, traced_value("sent again")), NULL), ASYNCIO_STOP_ASYNC_ITERATION, NULL);
  CHECK_ERROR(asyncio_await(asyncio_asend(generator, traced_value("too late")), NULL), ASYNCIO_STOP_ASYNC_ITERATION, NULL);
  asyncio_generator_unref(generator);
  return ASYNCIO_OK;
}

TEST(what_is_yielded_or_sent_and_not_taken_is_dropped) {
  run(take_owned_coroutine());
  EXPECT_TRACE("destroyed first", "destroyed sent", "destroyed second", "destroyed sent again", "destroyed too late");
}

// ---- What is no generator, or no place to yield

static asyncio_status yields_outside(void *arg) {
  (void)arg;
  CHECK_ERROR(asyncio_yield(traced_value("in a callback"), NULL), ASYNCIO_RUNTIME_ERROR,
              "asyncio_yield needs to be called in the body of an ASYNCIO_GENERATOR");
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(yields_in_a_coroutine) {
  asyncio_value value;
  CHECK_ERROR(asyncio_yield(traced_value("in a coroutine"), &value), ASYNCIO_RUNTIME_ERROR,
              "asyncio_yield needs to be called in the body of an ASYNCIO_GENERATOR");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  ASYNCIO_TRY(asyncio_loop_call_soon(asyncio_get_running_loop(), yields_outside, NULL, NULL));
  ASYNCIO_TRY(asyncio_sleep(1));
  CHECK_ERROR(asyncio_await(asyncio_anext(NULL), NULL), ASYNCIO_TYPE_ERROR, "Expected [generator] to be a generator, got NULL");
  CHECK_ERROR(asyncio_await(asyncio_asend(NULL, traced_value("to nobody")), NULL), ASYNCIO_TYPE_ERROR,
              "Expected [generator] to be a generator, got NULL");
  CHECK_ERROR(asyncio_await(asyncio_athrow(NULL, ASYNCIO_VALUE_ERROR, "x"), NULL), ASYNCIO_TYPE_ERROR,
              "Expected [generator] to be a generator, got NULL");
  CHECK_ERROR(asyncio_await(asyncio_aclose(NULL), NULL), ASYNCIO_TYPE_ERROR, "Expected [generator] to be a generator, got NULL");
  CHECK_ERROR(asyncio_await(asyncio_athrow(NULL, 5, "x"), NULL), ASYNCIO_VALUE_ERROR, "Expected [status] to be an error's, got 5");
  CHECK_ERROR(asyncio_await(asyncio_loop_shutdown_asyncgens(NULL), NULL), ASYNCIO_TYPE_ERROR,
              "Expected [loop] to be an event loop, got NULL");
  return ASYNCIO_OK;
}

TEST(what_is_no_generator_is_refused) {
  run(yields_in_a_coroutine_coroutine());
  CHECK(!asyncio_generator_new("none", NULL, NULL, 0));
  CHECK_INT(asyncio_error_latest(), ASYNCIO_TYPE_ERROR);
  EXPECT_TRACE("destroyed in a coroutine", "destroyed in a callback", "destroyed to nobody");
}
