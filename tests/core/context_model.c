// SPDX-License-Identifier: MIT
// src/core/context.c with many variables: sets, resets and copies at random, held against plain arrays.
#include "common.h"

enum { VARS = 60, CONTEXTS = 6, STEPS = 20000 };

#define UNSET (-1)

typedef struct model {
  asyncio_context *context;
  int64_t values[VARS];
  asyncio_context_token tokens[VARS];  // of the latest set
  int64_t former[VARS];                // the value before that
  bool kept[VARS];                     // there is such a token
} model;

static asyncio_context_var *vars[VARS];
static uint32_t state;

static uint32_t below(uint32_t limit) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % limit;
}

static void forget_token(model *self, size_t at) {
  if (self->kept[at]) asyncio_context_token_clear(&self->tokens[at]);
  self->kept[at] = false;
}

static asyncio_status set_one(void *arg) {
  model *self = arg;
  size_t at = below(VARS);
  int64_t value = below(1000);
  forget_token(self, at);
  CHECK_OK(asyncio_context_var_set(vars[at], asyncio_int(value), &self->tokens[at]));
  self->kept[at] = true;
  self->former[at] = self->values[at];
  self->values[at] = value;
  return ASYNCIO_OK;
}

static asyncio_status reset_one(void *arg) {
  model *self = arg;
  size_t at = below(VARS);
  if (!self->kept[at]) return ASYNCIO_OK;
  CHECK_OK(asyncio_context_var_reset(vars[at], &self->tokens[at]));
  forget_token(self, at);
  self->values[at] = self->former[at];
  return ASYNCIO_OK;
}

static void forget(model *self) {
  for (size_t at = 0; at < VARS; at++) forget_token(self, at);
  asyncio_context_unref(self->context);
}

static void copy_one(model *from, model *to) {
  if (from == to) return;
  forget(to);
  to->context = asyncio_context_copy(from->context);
  CHECK(to->context != NULL);
  for (size_t at = 0; at < VARS; at++) to->values[at] = from->values[at];
}

// What is in it, one by one and as a whole.
static void check(const model *self) {
  size_t count = 0;
  for (size_t at = 0; at < VARS; at++) {
    asyncio_value value;
    asyncio_status status = asyncio_context_get(self->context, vars[at], &value);
    CHECK((status == ASYNCIO_OK) == (self->values[at] != UNSET));
    if (status) continue;
    CHECK_INT(asyncio_value_int(value), self->values[at]);
    count++;
  }
  CHECK_INT(asyncio_context_count(self->context), count);
}

static void check_listing(const model *self) {
  int64_t sum = 0, listed = 0;
  asyncio_value value;
  for (size_t at = 0; at < VARS; at++)
    if (self->values[at] != UNSET) sum += self->values[at];
  for (size_t index = 0; asyncio_context_at(self->context, index, &value); index++) listed += asyncio_value_int(value);
  CHECK_INT(listed, sum);
}

static void step(model *models) {
  model *one = &models[below(CONTEXTS)];
  uint32_t what = below(100);
  if (what < 55) CHECK_OK(asyncio_context_run(one->context, set_one, one));
  if (what >= 55 && what < 96) CHECK_OK(asyncio_context_run(one->context, reset_one, one));
  if (what >= 96) copy_one(one, &models[below(CONTEXTS)]);
  if (what % 10 == 0) check(&models[below(CONTEXTS)]);
}

TEST(contexts_of_many_variables_hold_what_plain_arrays_hold_whatever_is_set_reset_and_copied) {
  static model models[CONTEXTS];
  state = 7;
  for (size_t at = 0; at < VARS; at++) vars[at] = asyncio_context_var_new("one of many", NULL);
  for (model *one = models; one < models + CONTEXTS; one++) {
    *one = (model){.context = asyncio_context_new()};
    for (size_t at = 0; at < VARS; at++) one->values[at] = UNSET;
  }
  for (int i = 0; i < STEPS; i++) step(models);
  for (model *one = models; one < models + CONTEXTS; one++) {
    check(one);
    check_listing(one);
    forget(one);
  }
  for (size_t at = 0; at < VARS; at++) asyncio_context_var_unref(vars[at]);
}
