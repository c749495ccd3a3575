// SPDX-License-Identifier: MIT
// What a program can do wrong with contexts and their variables. See bad_input.h.
#include "bad_input.h"

static asyncio_status nothing(void *arg) {
  (void)arg;
  return ASYNCIO_OK;
}

static asyncio_status pointer_reason(const void *pointer) {
  CHECK(!pointer);
  return asyncio_error_latest();
}

// Calls [attempt] with a variable of its own.
static asyncio_status with_variable(asyncio_status (*attempt)(asyncio_context_var *var)) {
  asyncio_context_var *var = asyncio_context_var_new("user", NULL);
  asyncio_status status = attempt(var);
  asyncio_context_var_unref(var);
  return status;
}

static asyncio_status variable_without_name(void) {
  asyncio_value fallback;
  CHECK_OK(asyncio_text(&fallback, "lost"));
  return pointer_reason(asyncio_context_var_new(NULL, &fallback));
}

static asyncio_status get_null(void) {
  asyncio_value value;
  return asyncio_context_var_get(NULL, &value);
}

static asyncio_status set_null(void) { return asyncio_context_var_set(NULL, asyncio_int(1), NULL); }
static asyncio_status reset_null(void) {
  return asyncio_context_var_reset(NULL, &(asyncio_context_token){.var = NULL});
}
static asyncio_status reset_to_null(asyncio_context_var *var) { return asyncio_context_var_reset(var, NULL); }
static asyncio_status no_token(void) { return with_variable(reset_to_null); }

static asyncio_status reset_to_nothing(asyncio_context_var *var) {
  return asyncio_context_var_reset(var, &(asyncio_context_token){.var = NULL});
}

static asyncio_status zero_token(void) { return with_variable(reset_to_nothing); }

static asyncio_status reset_refused(asyncio_context_var *var) {
  asyncio_context_token token;
  (void)asyncio_context_var_set(NULL, asyncio_none(), &token);
  return asyncio_context_var_reset(var, &token);
}

static asyncio_status refused_token(void) { return with_variable(reset_refused); }
static asyncio_status copy_null(void) { return pointer_reason(asyncio_context_copy(NULL)); }
static asyncio_status run_null(void) { return asyncio_context_run(NULL, nothing, NULL); }

static asyncio_status run_nothing(void) {
  asyncio_context *context = asyncio_context_new();
  asyncio_status status = asyncio_context_run(context, NULL, NULL);
  asyncio_context_unref(context);
  return status;
}

static asyncio_status look_in_null(void) {
  asyncio_value value;
  CHECK_INT(asyncio_context_count(NULL), 0);
  CHECK(!asyncio_context_at(NULL, 0, &value));
  return asyncio_context_get(NULL, NULL, &value);
}

static asyncio_status look_for_null(void) {
  asyncio_value value;
  asyncio_context *context = asyncio_context_new();
  asyncio_status status = asyncio_context_get(context, NULL, &value);
  asyncio_context_unref(context);
  return status;
}

static asyncio_status context_of_null(void) { return pointer_reason(asyncio_task_get_context(NULL)); }

static asyncio_status context_of_coroutine(void) {
  asyncio_future *coroutine = asyncio_sleep_coroutine(0, asyncio_none());
  asyncio_status status = pointer_reason(asyncio_task_get_context(coroutine));
  asyncio_unref(coroutine);
  return status;
}

static const bad_input rows[] = {
    {"variable without a name", variable_without_name, ASYNCIO_TYPE_ERROR, "Expected [name] to be a string, got NULL"},
    {"value of NULL", get_null, ASYNCIO_TYPE_ERROR, "Expected [var] to be a context variable, got NULL"},
    {"set of NULL", set_null, ASYNCIO_TYPE_ERROR, "Expected [var] to be a context variable, got NULL"},
    {"reset of NULL", reset_null, ASYNCIO_TYPE_ERROR, "Expected [var] to be a context variable, got NULL"},
    {"reset to NULL", no_token, ASYNCIO_TYPE_ERROR, "Expected [token] to be a token, got NULL"},
    {"reset to an empty token", zero_token, ASYNCIO_VALUE_ERROR,
     "The token was created by a different context variable than 'user'"},
    {"reset to the token of a failed set", refused_token, ASYNCIO_RUNTIME_ERROR,
     "The token of the context variable 'user' has already been used once"},
    {"copy of NULL", copy_null, ASYNCIO_TYPE_ERROR, "Expected [context] to be a context, got NULL"},
    {"run in NULL", run_null, ASYNCIO_TYPE_ERROR, "Expected [context] to be a context, got NULL"},
    {"run of NULL", run_nothing, ASYNCIO_TYPE_ERROR, "Expected [function] to be a function, got NULL"},
    {"look into NULL", look_in_null, ASYNCIO_TYPE_ERROR, "Expected [context] to be a context, got NULL"},
    {"look for NULL", look_for_null, ASYNCIO_TYPE_ERROR, "Expected [var] to be a context variable, got NULL"},
    {"context of NULL", context_of_null, ASYNCIO_TYPE_ERROR, "Expected [task] to be a task, got NULL"},
    {"context of a coroutine", context_of_coroutine, ASYNCIO_TYPE_ERROR,
     "Expected [task] to be a task, got a coroutine"},
};

TEST(bad_use_of_contexts_in_a_task) { check_bad_input_in_a_task(rows, sizeof rows / sizeof *rows); }

TEST(bad_use_of_contexts_outside) { check_bad_input_outside(rows, sizeof rows / sizeof *rows); }
