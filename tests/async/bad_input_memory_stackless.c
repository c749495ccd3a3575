// SPDX-License-Identifier: MIT
// Memory that runs out in stackless coroutines and in generators of both kinds. Each program drops what it owns on
// every way out.
#include "bad_input.h"

// Awaits and drops a task; NULL passes the constructor's failure on.
static asyncio_status use_up(asyncio_future *future) {
  asyncio_status status = asyncio_await(future, NULL);
  asyncio_unref(future);
  return status;
}

ASYNCIO_STATIC_STACKLESS(gives_words, (int, depth)) {
} ASYNCIO_BEGIN(gives_words) {
  asyncio_value value;
  if (self->depth == 0) {
    ASYNCIO_SLEEP(1);
    return asyncio_text(result, "some words");
  }
  ASYNCIO_AWAIT(gives_words_coroutine(self->depth - 1), &value);
  *result = value;
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STATIC_STACKLESS(gathers_words) {
  asyncio_status status;
} ASYNCIO_BEGIN(gathers_words) {
  asyncio_value list;
  ASYNCIO_AWAIT(asyncio_gather(gives_words_coroutine(2), gives_words_coroutine(1)), &list);
  asyncio_value_clear(&list);
  ASYNCIO_AWAIT_STATUS(self->status, asyncio_wait_for_coroutine(gives_words_coroutine(3), 0.5));
  if (self->status != ASYNCIO_TIMEOUT_ERROR) return self->status;
  ASYNCIO_SLEEP(0);
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STATIC_COROUTINE(runs_stackless) {
  ASYNCIO_TRY(use_up(asyncio_create_task(gives_words_coroutine(2), .name = "named")));
  return asyncio_await(gathers_words_coroutine(), NULL);
}

// Yields words until it is closed, and tidies up.
ASYNCIO_STATIC_GENERATOR(words) {
  asyncio_value value;
  asyncio_status status = ASYNCIO_OK;
  while (!status) {
    ASYNCIO_TRY(asyncio_text(&value, "some words"));
    status = asyncio_yield(value, NULL);
  }
  ASYNCIO_TRY(asyncio_sleep(1));
  return status;
}

ASYNCIO_STATIC_STACKLESS_GENERATOR(slim_words) {
  asyncio_value value;
  asyncio_status status;
} ASYNCIO_BEGIN(slim_words) {
  while (!self->status) {
    ASYNCIO_TRY(asyncio_text(&self->value, "some words"));
    ASYNCIO_YIELD_STATUS(self->status, self->value);
  }
  ASYNCIO_SLEEP(1);
  return self->status;
} ASYNCIO_END

static asyncio_status go_through(asyncio_generator *generator, asyncio_status thrown) {
  ASYNCIO_TRY(asyncio_await(asyncio_anext(generator), NULL));
  ASYNCIO_TRY(asyncio_await(asyncio_asend(generator, asyncio_int(4)), NULL));
  if (!thrown) return ASYNCIO_OK;
  asyncio_status status = asyncio_await(asyncio_athrow(generator, thrown, "some words"), NULL);
  return status == thrown ? ASYNCIO_OK : status;
}

// One is exhausted by a failure, one closed, one dropped and one left to the end of the run.
static asyncio_status go_through_four(asyncio_generator *(*make)(void)) {
  asyncio_status status = ASYNCIO_OK;
  for (int i = 0; i < 4 && !status; i++) {
    asyncio_generator *generator = make();
    status = go_through(generator, i == 0 ? ASYNCIO_VALUE_ERROR : ASYNCIO_OK);
    if (i == 1 && !status) status = asyncio_await(asyncio_aclose(generator), NULL);
    asyncio_generator_unref(generator);
    if (i < 3 && !status) status = asyncio_sleep(5);
  }
  return status;
}

ASYNCIO_STATIC_COROUTINE(runs_generators) { return go_through_four(words_generator); }
ASYNCIO_STATIC_COROUTINE(runs_stackless_generators) { return go_through_four(slim_words_generator); }

TEST(memory_may_run_out_in_stackless_coroutines) { fail_each(runs_stackless_coroutine); }
TEST(memory_may_run_out_in_generators) { fail_each(runs_generators_coroutine); }
TEST(memory_may_run_out_in_stackless_generators) { fail_each(runs_stackless_generators_coroutine); }
