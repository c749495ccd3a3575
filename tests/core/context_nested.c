// SPDX-License-Identifier: MIT
// src/core/context.c, context_var.c: contexts within contexts, and what is and is not in them.
#include "common.h"

static asyncio_context_var *number;
static asyncio_context *outer, *inner;

static int current(void) {
  asyncio_value value;
  return asyncio_context_var_get(number, &value) ? -1 : (int)asyncio_value_int(value);
}

static int number_in(const asyncio_context *context) {
  asyncio_value value;
  return asyncio_context_get(context, number, &value) ? -1 : (int)asyncio_value_int(value);
}

static void set(int value) { CHECK_OK(asyncio_context_var_set(number, asyncio_int(value), NULL)); }

// Runs [function] in two new contexts, one within the other, with a variable of that fallback, -1 for none.
static void run_in_new_ones(int fallback, asyncio_callback function) {
  asyncio_value value = asyncio_int(fallback);
  number = asyncio_context_var_new("number", fallback < 0 ? NULL : &value);
  outer = asyncio_context_new();
  inner = asyncio_context_new();
  CHECK_OK(asyncio_context_run(outer, function, NULL));
  CHECK_INT(current(), fallback);
  asyncio_context_unref(inner);
  asyncio_context_unref(outer);
  asyncio_context_var_unref(number);
}

static asyncio_status see_nothing(void *arg) {
  (void)arg;
  CHECK_INT(current(), -1);
  return ASYNCIO_OK;
}

static asyncio_status set_and_enter(void *arg) {
  CHECK_INT(current(), -1);
  set(1);
  CHECK_OK(asyncio_context_run(inner, see_nothing, arg));
  CHECK_INT(current(), 1);
  asyncio_context *copy = asyncio_copy_context();
  CHECK_INT(asyncio_context_count(copy), 1);
  CHECK_INT(number_in(copy), 1);
  asyncio_context_unref(copy);
  return ASYNCIO_OK;
}

TEST(a_context_within_another_sees_nothing_of_it) { run_in_new_ones(-1, set_and_enter); }

static asyncio_status look_into_it(void *arg) {
  (void)arg;
  asyncio_context_token token;
  CHECK_INT(current(), 42);
  CHECK_INT(asyncio_context_count(outer), 0);
  CHECK_INT(number_in(outer), -1);
  CHECK_OK(asyncio_context_var_set(number, asyncio_int(1), &token));
  CHECK_INT(number_in(outer), 1);
  CHECK_INT(asyncio_context_count(outer), 1);
  CHECK_OK(asyncio_context_var_reset(number, &token));
  CHECK_INT(asyncio_context_count(outer), 0);
  CHECK_INT(number_in(outer), -1);
  CHECK_INT(current(), 42);
  return ASYNCIO_OK;
}

TEST(a_fallback_is_in_no_context_and_what_is_set_is_until_it_is_reset) { run_in_new_ones(42, look_into_it); }

static asyncio_status set_thirty(void *arg) {
  (void)arg;
  CHECK_INT(current(), 10);
  set(30);
  return ASYNCIO_OK;
}

static asyncio_status copy_and_part(void *arg) {
  set(10);
  asyncio_context *copy = asyncio_context_copy(outer);
  CHECK_INT(number_in(copy), 10);
  set(20);
  CHECK_INT(number_in(outer), 20);
  CHECK_INT(number_in(copy), 10);
  CHECK_OK(asyncio_context_run(copy, set_thirty, arg));
  CHECK_INT(number_in(outer), 20);
  CHECK_INT(current(), 20);
  CHECK_INT(number_in(copy), 30);
  asyncio_context_unref(copy);
  return ASYNCIO_OK;
}

TEST(an_entered_context_is_copied_as_it_is_at_the_moment) { run_in_new_ones(42, copy_and_part); }
