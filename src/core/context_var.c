// SPDX-License-Identifier: MIT
// Context variables: what a context holds, found by the variable's address. Variables that nobody shares are changed
// where they are, others are copied first. Invariant: a variable is among a context's at most once, and they are in the
// order of their first set.
#include <string.h>

#include "../base/alloc.h"
#include "context.h"

struct asyncio_context_var {
  unsigned references;
  bool has_fallback;
  asyncio_value fallback;  // owned
  char name[];
};

asyncio_context_var *asyncio_context_var_new(const char *name, asyncio_value *fallback) {
  size_t size = name ? strlen(name) + 1 : 0;
  asyncio_context_var *self = name ? asyncio__alloc(sizeof *self + size) : NULL;
  asyncio_value given = fallback ? *fallback : asyncio_none();
  if (fallback) *fallback = asyncio_none();
  if (self) {
    *self = (asyncio_context_var){.references = 1, .has_fallback = fallback != NULL, .fallback = given};
    memcpy(self->name, name, size);
    return self;
  }
  asyncio_value_clear(&given);
  if (name)
    asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for the context variable '%s'", name);
  else
    asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [name] to be a string, got NULL");
  return NULL;
}

asyncio_context_var *asyncio_context_var_ref(asyncio_context_var *self) {
  if (self) self->references++;
  return self;
}

void asyncio_context_var_unref(asyncio_context_var *self) {
  if (!self || --self->references) return;
  asyncio_value_clear(&self->fallback);
  asyncio__free(self);
}

const char *asyncio_context_var_name(const asyncio_context_var *self) { return self ? self->name : ""; }

// ---- The variables of a context

asyncio__variables *asyncio__variables_ref(asyncio__variables *self) {
  if (self) self->references++;
  return self;
}

static void clear_item(asyncio__variable *item) {
  asyncio_context_var *var = item->var;
  asyncio_value_clear(&item->value);
  asyncio_context_var_unref(var);
}

// A value's destructor may look at contexts, but no longer at these variables.
void asyncio__variables_unref(asyncio__variables *self) {
  if (!self || --self->references) return;
  for (unsigned i = 0; i < self->count; i++) clear_item(&self->items[i]);
  asyncio__free(self);
}

asyncio__variable *asyncio__variables_find(asyncio__variables *self, const asyncio_context_var *var) {
  for (unsigned i = 0; self && i < self->count; i++)
    if (self->items[i].var == var) return &self->items[i];
  return NULL;
}

// The same with room for one more and with no other reference; [self]'s is taken over. NULL when memory is out, and
// [self] kept.
static asyncio__variables *own(asyncio__variables *self) {
  unsigned count = self ? self->count : 0, capacity = count + 1;
  if (self && self->references == 1 && count < self->capacity) return self;
  asyncio__variables *copy = asyncio__alloc(sizeof *copy + capacity * sizeof *copy->items);
  if (!copy) return NULL;
  *copy = (asyncio__variables){.references = 1, .count = count, .capacity = capacity};
  for (unsigned i = 0; i < count; i++) {
    copy->items[i].var = asyncio_context_var_ref(self->items[i].var);
    copy->items[i].value = asyncio_value_ref(self->items[i].value);
  }
  asyncio__variables_unref(self);
  return copy;
}

static asyncio_status no_memory(const asyncio_context_var *var) {
  return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for the context variable '%s'", var->name);
}

// Gives [var] the [value], which is taken over, in [slot]'s context.
static asyncio_status assign(asyncio__context_slot *slot, asyncio_context_var *var, asyncio_value value) {
  asyncio__variables *variables = asyncio__context_variables(*slot);
  asyncio__variable *item = asyncio__variables_find(variables, var);
  if (!item || variables->references > 1) {
    variables = own(variables);
    if (!variables) {
      asyncio_value_clear(&value);
      return no_memory(var);
    }
    asyncio__context_store(slot, variables);
    item = asyncio__variables_find(variables, var);
  }
  asyncio_value former = item ? item->value : asyncio_none();
  if (!item) item = &variables->items[variables->count++], item->var = asyncio_context_var_ref(var);
  item->value = value;
  asyncio_value_clear(&former);  // last: its destructor may set variables itself
  return ASYNCIO_OK;
}

// Takes [var] out of [slot]'s context.
static asyncio_status withdraw(asyncio__context_slot *slot, const asyncio_context_var *var) {
  asyncio__variables *variables = asyncio__context_variables(*slot);
  if (!asyncio__variables_find(variables, var)) return ASYNCIO_OK;
  if (variables->references > 1) {
    variables = own(variables);
    if (!variables) return no_memory(var);
    asyncio__context_store(slot, variables);
  }
  asyncio__variable *item = asyncio__variables_find(variables, var), removed = *item;
  size_t behind = (size_t)(&variables->items[--variables->count] - item);
  memmove(item, item + 1, behind * sizeof *item);
  if (!variables->count) {
    asyncio__context_store(slot, NULL);
    asyncio__variables_unref(variables);
  }
  clear_item(&removed);
  return ASYNCIO_OK;
}

// ---- In the current context

static asyncio_status no_var(void) {
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [var] to be a context variable, got NULL");
}

asyncio_status asyncio_context_var_get(const asyncio_context_var *self, asyncio_value *value) {
  *value = asyncio_none();
  if (!self) return no_var();
  asyncio__variable *item = asyncio__variables_find(asyncio__context_variables(*asyncio__context_here()), self);
  if (!item && !self->has_fallback)
    return asyncio_raise(ASYNCIO_LOOKUP_ERROR, "The context variable '%s' has no value", self->name);
  *value = item ? item->value : self->fallback;
  return ASYNCIO_OK;
}

static asyncio_status take_token(asyncio_context_token *token, asyncio__context_slot *slot, asyncio_context_var *var) {
  *token = (asyncio_context_token){.asyncio__used = true};
  asyncio_context *context = asyncio__context_name(slot);
  if (!context) return ASYNCIO_MEMORY_ERROR;
  asyncio__variable *item = asyncio__variables_find(context->variables, var);
  *token = (asyncio_context_token){.asyncio__context = asyncio_context_ref(context), .var = var};
  token->old_value = item ? asyncio_value_ref(item->value) : asyncio_none();
  token->asyncio__was_set = item != NULL;
  return ASYNCIO_OK;
}

// An object that nobody names any more and that holds nothing goes: the thread's own context lives as long as the
// thread.
static void forget_empty(asyncio__context_slot *slot) {
  bool needless = *slot && !asyncio__context_variables(*slot) && asyncio__context_name(slot)->references == 1;
  if (needless) asyncio__context_clear_slot(slot);
}

asyncio_status asyncio_context_var_set(asyncio_context_var *self, asyncio_value value, asyncio_context_token *token) {
  asyncio__context_slot *here = asyncio__context_here();
  asyncio_status status = self ? ASYNCIO_OK : no_var();
  if (token) *token = (asyncio_context_token){.asyncio__used = true};
  if (!status && token) status = take_token(token, here, self);
  if (status) {
    asyncio_value_clear(&value);
    return status;
  }
  status = assign(here, self, value);
  if (!status) return ASYNCIO_OK;
  if (token) asyncio_context_token_clear(token);
  forget_empty(here);
  return status;
}

static asyncio_status resettable(const asyncio_context_var *self, const asyncio_context_token *token) {
  if (!self) return no_var();
  if (!token) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [token] to be a token, got NULL");
  if (token->asyncio__used)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "The token of the context variable '%s' has already been used once",
                         self->name);
  if (token->var != self)
    return asyncio_raise(ASYNCIO_VALUE_ERROR, "The token was created by a different context variable than '%s'",
                         self->name);
  if ((asyncio__context_slot)token->asyncio__context != *asyncio__context_here())
    return asyncio_raise(ASYNCIO_VALUE_ERROR, "The token of '%s' was created in a different context", self->name);
  return ASYNCIO_OK;
}

asyncio_status asyncio_context_var_reset(asyncio_context_var *self, asyncio_context_token *token) {
  asyncio__context_slot *here = asyncio__context_here();
  ASYNCIO_TRY(resettable(self, token));
  ASYNCIO_TRY(token->asyncio__was_set ? assign(here, self, asyncio_value_ref(token->old_value)) : withdraw(here, self));
  asyncio_context_token_clear(token);
  forget_empty(here);
  return ASYNCIO_OK;
}

void asyncio_context_token_clear(asyncio_context_token *token) {
  if (!token || token->asyncio__used) return;
  token->asyncio__used = true;
  asyncio_context_unref(token->asyncio__context);
  token->asyncio__context = NULL;
  asyncio_value_clear(&token->old_value);
}
