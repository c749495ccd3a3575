// SPDX-License-Identifier: MIT
// src/core/context.c, context_var.c: variables and contexts by themselves, as Python's test_context has them.
#include "common.h"

static const char *text_of(const asyncio_context_var *var) {
  asyncio_value value;
  if (asyncio_context_var_get(var, &value)) return "(unset)";
  return asyncio_value_text(value);
}

static asyncio_value text(const char *words) {
  asyncio_value value;
  CHECK_OK(asyncio_text(&value, words));
  return value;
}

static asyncio_context_var *variable(const char *name) {
  asyncio_context_var *var = asyncio_context_var_new(name, NULL);
  CHECK(var != NULL);
  return var;
}

static asyncio_status in(asyncio_context *context, asyncio_callback function, void *arg) {
  return asyncio_context_run(context, function, arg);
}

TEST(a_variable_has_its_fallback_until_it_is_set) {
  asyncio_value fallback = text("nobody"), value;
  asyncio_context_var *user = asyncio_context_var_new("user", &fallback);
  asyncio_context_token token;
  CHECK_INT(fallback.kind, ASYNCIO_NONE);
  CHECK_TEXT(asyncio_context_var_name(user), "user");
  CHECK_TEXT(text_of(user), "nobody");
  CHECK_OK(asyncio_context_var_set(user, text("ann"), &token));
  CHECK_OK(asyncio_context_var_get(user, &value));
  CHECK_TEXT(asyncio_value_text(value), "ann");
  CHECK_OK(asyncio_context_var_reset(user, &token));
  CHECK_TEXT(text_of(user), "nobody");
  asyncio_context_var_unref(user);
}

TEST(a_variable_without_any_value_is_a_lookup_error) {
  asyncio_context_var *user = variable("user");
  asyncio_value value = asyncio_int(1);
  CHECK_ERROR(asyncio_context_var_get(user, &value), ASYNCIO_LOOKUP_ERROR, "The context variable 'user' has no value");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  asyncio_context_var_unref(user);
}

TEST(tokens_give_the_values_back_in_turn) {
  asyncio_context_var *user = variable("user");
  asyncio_context_token first, second;
  CHECK_OK(asyncio_context_var_set(user, text("ann"), &first));
  CHECK_OK(asyncio_context_var_set(user, text("bob"), &second));
  CHECK_INT(first.old_value.kind, ASYNCIO_NONE);
  CHECK_TEXT(asyncio_value_text(second.old_value), "ann");
  CHECK_OK(asyncio_context_var_reset(user, &second));
  CHECK_TEXT(text_of(user), "ann");
  CHECK_OK(asyncio_context_var_reset(user, &first));
  CHECK_TEXT(text_of(user), "(unset)");
  asyncio_context_var_unref(user);
}

static asyncio_status use_tokens_out_of_order(void *arg) {
  asyncio_context_var *user = arg;
  asyncio_context_token first, second;
  CHECK_OK(asyncio_context_var_set(user, text("ann"), &first));
  CHECK_OK(asyncio_context_var_set(user, text("bob"), &second));
  CHECK_OK(asyncio_context_var_reset(user, &first));
  CHECK_TEXT(text_of(user), "(unset)");
  CHECK_OK(asyncio_context_var_reset(user, &second));
  CHECK_TEXT(text_of(user), "ann");
  return ASYNCIO_OK;
}

TEST(tokens_may_be_used_out_of_order) {
  asyncio_context_var *user = variable("user");
  asyncio_context *context = asyncio_context_new();
  CHECK_OK(in(context, use_tokens_out_of_order, user));
  asyncio_context_unref(context);
  asyncio_context_var_unref(user);
}

static asyncio_status use_tokens_wrongly(void *arg) {
  asyncio_context_var *user = arg, *other = variable("other");
  asyncio_context_token token, foreign;
  CHECK_OK(asyncio_context_var_set(user, text("ann"), &token));
  CHECK_OK(asyncio_context_var_set(other, text("x"), &foreign));
  CHECK_ERROR(asyncio_context_var_reset(user, &foreign), ASYNCIO_VALUE_ERROR,
              "The token was created by a different context variable than 'user'");
  CHECK_OK(asyncio_context_var_reset(user, &token));
  CHECK_ERROR(asyncio_context_var_reset(user, &token), ASYNCIO_RUNTIME_ERROR,
              "The token of the context variable 'user' has already been used once");
  CHECK_OK(asyncio_context_var_reset(other, &foreign));
  asyncio_context_var_unref(other);
  return ASYNCIO_OK;
}

TEST(a_token_is_good_once_and_for_its_own_variable) {
  asyncio_context_var *user = variable("user");
  CHECK_OK(use_tokens_wrongly(user));
  asyncio_context_var_unref(user);
}

typedef struct pair {
  asyncio_context_var *var;
  asyncio_context_token *token;
} pair;

static asyncio_status set_with_token(void *arg) {
  pair *self = arg;
  return asyncio_context_var_set(self->var, text("inner"), self->token);
}

TEST(a_token_is_good_in_its_own_context) {
  asyncio_context_token token;
  pair both = {variable("user"), &token};
  asyncio_context *context = asyncio_context_new();
  CHECK_OK(in(context, set_with_token, &both));
  CHECK_ERROR(asyncio_context_var_reset(both.var, &token), ASYNCIO_VALUE_ERROR,
              "The token of 'user' was created in a different context");
  asyncio_context_token_clear(&token);
  asyncio_context_token_clear(&token);
  asyncio_context_unref(context);
  asyncio_context_var_unref(both.var);
}

static asyncio_status set_inner(void *arg) { return asyncio_context_var_set(arg, text("inner"), NULL); }

TEST(what_is_set_in_a_run_stays_in_that_context) {
  asyncio_context_var *user = variable("user");
  asyncio_context_token token;
  asyncio_value value;
  CHECK_OK(asyncio_context_var_set(user, text("outer"), &token));
  asyncio_context *context = asyncio_copy_context();
  CHECK_OK(asyncio_context_get(context, user, &value));
  CHECK_TEXT(asyncio_value_text(value), "outer");
  CHECK_OK(in(context, set_inner, user));
  CHECK_TEXT(text_of(user), "outer");
  CHECK_OK(asyncio_context_get(context, user, &value));
  CHECK_TEXT(asyncio_value_text(value), "inner");
  asyncio_context_unref(context);
  CHECK_OK(asyncio_context_var_reset(user, &token));
  asyncio_context_var_unref(user);
}

TEST(a_copy_and_its_original_part_at_the_first_change) {
  asyncio_context_var *user = variable("user"), *place = variable("place");
  asyncio_context *first = asyncio_context_new(), *second;
  asyncio_value value;
  CHECK_OK(in(first, set_inner, user));
  second = asyncio_context_copy(first);
  CHECK_OK(in(second, set_inner, place));
  CHECK_INT(asyncio_context_count(first), 1);
  CHECK_INT(asyncio_context_count(second), 2);
  CHECK(asyncio_context_at(second, 0, &value) == user);
  CHECK_TEXT(asyncio_value_text(value), "inner");
  CHECK(asyncio_context_at(second, 1, NULL) == place);
  CHECK(asyncio_context_at(second, 2, &value) == NULL);
  CHECK_INT(value.kind, ASYNCIO_NONE);
  CHECK_ERROR(asyncio_context_get(first, place, &value), ASYNCIO_LOOKUP_ERROR,
              "The context variable 'place' is not set in this context");
  asyncio_context_unref(first);
  asyncio_context_unref(second);
  asyncio_context_var_unref(user);
  asyncio_context_var_unref(place);
}

static asyncio_status enter_again(void *arg) {
  CHECK_ERROR(in(arg, enter_again, arg), ASYNCIO_RUNTIME_ERROR, "cannot enter context: it is already entered");
  return ASYNCIO_OK;
}

typedef struct nest {
  asyncio_context *outer, *inner;
} nest;

static asyncio_status enter_outer_again(void *arg) {
  nest *self = arg;
  return enter_again(self->outer);
}

static asyncio_status enter_inner(void *arg) {
  nest *self = arg;
  CHECK_OK(in(self->inner, enter_outer_again, self));
  return enter_again(self->outer);
}

TEST(a_context_is_entered_once_at_a_time) {
  nest both = {asyncio_context_new(), asyncio_context_new()};
  CHECK_OK(in(both.outer, enter_inner, &both));
  CHECK_OK(in(both.outer, enter_inner, &both));
  CHECK_OK(in(both.inner, enter_again, both.inner));
  asyncio_context_unref(both.outer);
  asyncio_context_unref(both.inner);
}

static asyncio_status set_and_fail(void *arg) {
  CHECK_OK(set_inner(arg));
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "went wrong");
}

TEST(a_run_gives_the_function_s_failure_and_keeps_what_it_set) {
  asyncio_context_var *user = variable("user");
  asyncio_context *context = asyncio_context_new();
  CHECK_ERROR(in(context, set_and_fail, user), ASYNCIO_VALUE_ERROR, "went wrong");
  CHECK_INT(asyncio_context_count(context), 1);
  CHECK_TEXT(text_of(user), "(unset)");
  asyncio_context_unref(context);
  asyncio_context_var_unref(user);
}

TEST(a_context_keeps_its_variables_and_values_alive) {
  asyncio_context_var *user = variable("user");
  asyncio_context *context = asyncio_context_new(), *copy;
  CHECK_OK(in(context, set_inner, user));
  asyncio_context_var_unref(user);
  copy = asyncio_context_copy(context);
  asyncio_context_unref(context);
  asyncio_value value;
  CHECK_TEXT(asyncio_context_var_name(asyncio_context_at(copy, 0, &value)), "user");
  CHECK_TEXT(asyncio_value_text(value), "inner");
  asyncio_context_unref(copy);
}

static asyncio_status set_many(void *arg) {
  asyncio_context_var **vars = arg;
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < 50; i++) CHECK_OK(asyncio_context_var_set(vars[i], asyncio_int(100 * round + i), NULL));
  for (int i = 0; i < 50; i++) {
    asyncio_value value;
    CHECK_OK(asyncio_context_var_get(vars[i], &value));
    CHECK_INT(asyncio_value_int(value), 100 + i);
  }
  return ASYNCIO_OK;
}

TEST(fifty_variables_keep_their_own_values) {
  asyncio_context_var *vars[50];
  asyncio_context *context = asyncio_context_new();
  for (int i = 0; i < 50; i++) vars[i] = variable("one of fifty");
  CHECK_OK(in(context, set_many, vars));
  CHECK_INT(asyncio_context_count(context), 50);
  asyncio_context_unref(context);
  for (int i = 0; i < 50; i++) asyncio_context_var_unref(vars[i]);
}

static asyncio_status replace_traced(void *arg) {
  CHECK_OK(asyncio_context_var_set(arg, traced_value("first"), NULL));
  CHECK_OK(asyncio_context_var_set(arg, traced_value("second"), NULL));
  EXPECT_TRACE("destroyed first");
  return ASYNCIO_OK;
}

TEST(values_are_destroyed_when_the_last_context_lets_go) {
  asyncio_context_var *user = variable("user");
  asyncio_context *context = asyncio_context_new(), *copy;
  CHECK_OK(in(context, replace_traced, user));
  copy = asyncio_context_copy(context);
  asyncio_context_unref(context);
  trace("one is left");
  asyncio_context_unref(copy);
  EXPECT_TRACE("one is left", "destroyed second");
  asyncio_context_var_unref(user);
}

TEST(a_refused_set_drops_the_value) {
  asyncio_context_token token;
  CHECK_ERROR(asyncio_context_var_set(NULL, traced_value("value"), &token), ASYNCIO_TYPE_ERROR,
              "Expected [var] to be a context variable, got NULL");
  EXPECT_TRACE("destroyed value");
  asyncio_context_token_clear(&token);
}

TEST(a_variable_lives_as_long_as_its_last_reference) {
  asyncio_context_var *user = variable("user");
  CHECK(asyncio_context_var_ref(user) == user);
  asyncio_context_var_unref(user);
  CHECK_TEXT(asyncio_context_var_name(user), "user");
  asyncio_context_var_unref(user);
}
