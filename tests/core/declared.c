// SPDX-License-Identifier: MIT
// include/asyncio/coroutine.h, stackless.h, generator.h: what is static in a file may be declared before it is defined,
// so that two may need each other.
#include "common.h"

// ---- With stacks

ASYNCIO_STATIC_COROUTINE_DECLARE(odd, (int, number));

ASYNCIO_STATIC_COROUTINE(even, (int, number)) {
  trace("even %d", number);
  return number ? asyncio_await(odd_coroutine(number - 1), result) : asyncio_text(result, "even");
}

ASYNCIO_STATIC_COROUTINE(odd, (int, number)) {
  trace("odd %d", number);
  return number ? even(number - 1, result) : asyncio_text(result, "odd");
}

static void check_text_of(asyncio_future *coroutine, const char *expected) {
  asyncio_value value;
  CHECK_OK(asyncio_run(coroutine, &value));
  CHECK_TEXT(asyncio_value_text(value), expected);
  asyncio_value_clear(&value);
}

TEST(static_coroutines_call_each_other) {
  check_text_of(even_coroutine(3), "odd");
  EXPECT_TRACE("even 3", "odd 2", "even 1", "odd 0");
}

// ---- Without

ASYNCIO_STATIC_STACKLESS_DECLARE(odd_stackless, (int, number));

ASYNCIO_STATIC_STACKLESS(even_stackless, (int, number)) {
} ASYNCIO_BEGIN(even_stackless) {
  if (self->number == 0) return asyncio_text(result, "even");
  ASYNCIO_AWAIT(odd_stackless_coroutine(self->number - 1), result);
} ASYNCIO_END

ASYNCIO_STATIC_STACKLESS(odd_stackless, (int, number)) {
} ASYNCIO_BEGIN(odd_stackless) {
  if (self->number == 0) return asyncio_text(result, "odd");
  ASYNCIO_AWAIT(even_stackless_coroutine(self->number - 1), result);
} ASYNCIO_END

TEST(static_stackless_coroutines_await_each_other) {
  check_text_of(even_stackless_coroutine(3), "odd");
  check_text_of(even_stackless_coroutine(4), "even");
}

// ---- Generators

ASYNCIO_STATIC_GENERATOR_DECLARE(count_down_stackful, (int, number));
ASYNCIO_STATIC_GENERATOR_DECLARE(count_down_stackless, (int, number));

// Traces everything that [numbers] yields, and gives it up.
ASYNCIO_STATIC_COROUTINE(trace_numbers, (asyncio_generator *, numbers)) {
  asyncio_value number;
  while (asyncio_await(asyncio_anext(numbers), &number) == ASYNCIO_OK)
    trace("%d", (int)asyncio_value_int(number));
  asyncio_generator_unref(numbers);
  return ASYNCIO_OK;
}

TEST(static_generators_may_be_defined_further_down) {
  run(trace_numbers_coroutine(count_down_stackful_generator(2)));
  run(trace_numbers_coroutine(count_down_stackless_generator(2)));
  EXPECT_TRACE("2", "1", "2", "1");
}

ASYNCIO_STATIC_GENERATOR(count_down_stackful, (int, number)) {
  for (; number > 0; number--) ASYNCIO_TRY(asyncio_yield(asyncio_int(number), NULL));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_STACKLESS_GENERATOR(count_down_stackless, (int, number)) {
} ASYNCIO_BEGIN(count_down_stackless) {
  for (; self->number > 0; self->number--) ASYNCIO_YIELD(asyncio_int(self->number));
} ASYNCIO_END
