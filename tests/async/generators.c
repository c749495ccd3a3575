// SPDX-License-Identifier: MIT
// See generators.h.
#include "generators.h"

static asyncio_status failed(const char *who, asyncio_status status) {
  trace("%s: %s: %s", who, asyncio_error_name(status), asyncio_error_message(status));
  return status;
}

static void received(asyncio_value value) {
  if (value.kind == ASYNCIO_NONE)
    trace("received None");
  else
    trace("received %d", (int)asyncio_value_int(value));
}

static asyncio_status tidied(asyncio_status yielded, asyncio_status status) {
  trace("tidied");
  return status ? asyncio_raise(status, "in cleanup") : yielded;
}

static void tidies(asyncio_status status) {
  trace("tidies after %s: %s", asyncio_error_name(status), asyncio_error_message(status));
}

// ---- With a stack

ASYNCIO_STATIC_GENERATOR(count, (int, count), (double, delay)) {
  for (int i = 0; i < count; i++) {
    asyncio_status status = asyncio_sleep(delay);
    if (status) return failed("count", status);
    ASYNCIO_TRY(asyncio_yield(asyncio_int(i), NULL));
  }
  trace("counted %d", count);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_GENERATOR(receive, (int, count)) {
  for (int i = 0; i < count; i++) {
    asyncio_value value;
    ASYNCIO_TRY(asyncio_yield(asyncio_int(i), &value));
    received(value);
    asyncio_value_clear(&value);
  }
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_GENERATOR(tidy, (double, cleanup), (asyncio_status, status)) {
  asyncio_status yielded = asyncio_yield(asyncio_int(0), NULL);
  tidies(yielded);
  ASYNCIO_TRY(asyncio_sleep(cleanup));
  return tidied(yielded, status);
}

ASYNCIO_STATIC_GENERATOR(stubborn) {
  for (;;) {
    asyncio_status status = asyncio_yield(asyncio_int(1), NULL);
    if (status == ASYNCIO_RUNTIME_ERROR) return status;
    trace("ignores %s", asyncio_error_name(status));
  }
}

const generators stackful_generators = {count_generator, receive_generator, tidy_generator, stubborn_generator};

// ---- Without

ASYNCIO_STATIC_STACKLESS_GENERATOR(slim_count, (int, count), (double, delay)) {
  int i;
  asyncio_status status;
} ASYNCIO_BEGIN(slim_count) {
  for (; self->i < self->count; self->i++) {
    ASYNCIO_AWAIT_STATUS(self->status, asyncio_sleep_coroutine(self->delay, asyncio_none()));
    if (self->status) return failed("count", self->status);
    ASYNCIO_YIELD(asyncio_int(self->i));
  }
  trace("counted %d", self->count);
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STATIC_STACKLESS_GENERATOR(slim_receive, (int, count)) {
  int i;
} ASYNCIO_BEGIN(slim_receive) {
  asyncio_value value;
  for (; self->i < self->count; self->i++) {
    ASYNCIO_YIELD(asyncio_int(self->i), &value);
    received(value);
    asyncio_value_clear(&value);
  }
} ASYNCIO_END

ASYNCIO_STATIC_STACKLESS_GENERATOR(slim_tidy, (double, cleanup), (asyncio_status, status)) {
  asyncio_status yielded;
} ASYNCIO_BEGIN(slim_tidy) {
  ASYNCIO_YIELD_STATUS(self->yielded, asyncio_int(0));
  tidies(self->yielded);
  ASYNCIO_SLEEP(self->cleanup);
  return tidied(self->yielded, self->status);
} ASYNCIO_END

ASYNCIO_STATIC_STACKLESS_GENERATOR(slim_stubborn) {
} ASYNCIO_BEGIN(slim_stubborn) {
  asyncio_status status;
  for (;;) {
    ASYNCIO_YIELD_STATUS(status, asyncio_int(1));
    trace("ignores %s", asyncio_error_name(status));
  }
} ASYNCIO_END

const generators stackless_generators = {slim_count_generator, slim_receive_generator, slim_tidy_generator,
                                         slim_stubborn_generator};

ASYNCIO_GENERATOR(twice, (int, number)) {
  ASYNCIO_TRY(asyncio_yield(asyncio_int(number), NULL));
  return asyncio_yield(asyncio_int(number), NULL);
}
