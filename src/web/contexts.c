// SPDX-License-Identifier: MIT
// What context variables and contexts are to JavaScript: a table of their own, since the embedded core keeps them in a
// module apart (web/cli/core.mjs). A token lies in a block of its own, which its JavaScript half frees.
#include "../base/alloc.h"
#include "../core/context.h"
#include "../core/runtime.h"
#include "api.h"
#include "asyncio/task.h"

static asyncio_context_var *context_var_new(unsigned name) {
  asyncio_value text;
  if (asyncio__js_text(&text, name)) return NULL;
  asyncio_context_var *var = asyncio_context_var_new(asyncio_value_text(text), NULL);
  asyncio_value_clear(&text);
  return var;
}

static const asyncio_value *value_in(asyncio__variables *variables, const asyncio_context_var *var) {
  const asyncio__variable *found = asyncio__variables_find(variables, var);
  return found ? &found->value : NULL;
}

// The value in the current context / in [context], borrowed; NULL when it is not set there.
static const asyncio_value *context_var_find(const asyncio_context_var *var) {
  return value_in(asyncio__context_variables(*asyncio__context_here()), var);
}

static const asyncio_value *context_find(const asyncio_context *context, const asyncio_context_var *var) {
  return value_in(context->variables, var);
}

// The token of the set, which the caller frees; NULL with the error raised.
static asyncio_context_token *context_var_set(asyncio_context_var *var, int kind, double number, unsigned size) {
  asyncio_value value;
  asyncio_context_token *token = asyncio__alloc(sizeof *token);
  asyncio_status status = asyncio__js_value(&value, kind, number, size);
  if (!token) {
    asyncio_value_clear(&value);
    asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a token");
    return NULL;
  }
  if (!status) status = asyncio_context_var_set(var, value, token);
  if (!status) return token;
  asyncio__free(token);
  return NULL;
}

static const asyncio_value *context_token_old_value(const asyncio_context_token *token) {
  return token->asyncio__was_set ? &token->old_value : NULL;
}

static void context_token_free(asyncio_context_token *token) {
  asyncio_context_token_clear(token);
  asyncio__free(token);
}

static asyncio_status call(void *arg) { return asyncio_host_call((asyncio_js)(uintptr_t)arg); }

static asyncio_status context_run(asyncio_context *context, asyncio_js function) {
  return asyncio_context_run(context, call, (void *)(uintptr_t)function);
}

static asyncio_context_var *context_at(const asyncio_context *context, size_t index) {
  return asyncio_context_at(context, index, NULL);
}

// Makes [slot] what holds the context of code outside tasks and callbacks, and gives the former. Nothing is counted.
static asyncio__context_slot context_swap(asyncio__context_slot slot) {
  asyncio__context_slot former = asyncio__thread.own_context;
  asyncio__thread.own_context = slot;
  return former;
}

#define OURS(_, name) _(name, name)
#define PUBLIC(_, name) _(name, asyncio_##name)

#define FUNCTIONS(_) \
  OURS(_, context_var_new) PUBLIC(_, context_var_ref) PUBLIC(_, context_var_unref) PUBLIC(_, context_var_name) \
  OURS(_, context_var_find) OURS(_, context_var_set) PUBLIC(_, context_var_reset) OURS(_, context_token_old_value) \
  OURS(_, context_token_free) PUBLIC(_, context_new) PUBLIC(_, copy_context) PUBLIC(_, context_copy) \
  PUBLIC(_, context_ref) PUBLIC(_, context_unref) OURS(_, context_run) OURS(_, context_find) \
  PUBLIC(_, context_count) OURS(_, context_at) OURS(_, context_swap) PUBLIC(_, task_get_context)

static const asyncio__functions functions = ASYNCIO__TABLE(FUNCTIONS);

EMSCRIPTEN_KEEPALIVE const asyncio__functions *asyncio__js_context_functions(void) { return &functions; }
