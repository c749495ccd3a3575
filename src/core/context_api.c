// SPDX-License-Identifier: MIT
// What programs do with contexts and their variables. Variables that nobody shares are changed where they are, others
// are copied first. Invariant: asyncio_context_run exchanges what is in the slot, not the slot, and hence may suspend.
#include <string.h>

#include "../base/alloc.h"
#include "context.h"
#include "task.h"

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

// ---- The variables of a context

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
  asyncio__variable_clear(&removed);
  return ASYNCIO_OK;
}

// ---- Contexts

// Takes [variables] over.
static asyncio_context *context_of(asyncio__variables *variables) {
  asyncio_context *self = asyncio__alloc(sizeof *self);
  if (self) {
    *self = (asyncio_context){.references = 1, .variables = variables};
    return self;
  }
  asyncio__variables_unref(variables);
  asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a context");
  return NULL;
}

asyncio_context *asyncio__context_name(asyncio__context_slot *slot) {
  if (asyncio__context_in(*slot)) return asyncio__context_in(*slot);
  asyncio_context *context = context_of(asyncio__variables_ref(asyncio__context_variables(*slot)));
  if (!context) return NULL;
  asyncio__context_clear_slot(slot);
  *slot = (asyncio__context_slot)context;
  return context;
}

asyncio_context *asyncio_context_new(void) { return context_of(NULL); }

asyncio_context *asyncio_copy_context(void) {
  return context_of(asyncio__variables_ref(asyncio__context_variables(*asyncio__context_here())));
}

asyncio_context *asyncio_context_copy(const asyncio_context *context) {
  if (context) return context_of(asyncio__variables_ref(context->variables));
  asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [context] to be a context, got NULL");
  return NULL;
}

static asyncio_status enterable(const asyncio_context *context, asyncio_callback function) {
  if (!context || !function)
    return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [%s] to be a %s, got NULL", context ? "function" : "context",
                         context ? "function" : "context");
  if (context->entered || *asyncio__context_here() == (asyncio__context_slot)context)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "cannot enter context: it is already entered");
  return ASYNCIO_OK;
}

static void note_entered(asyncio__context_slot slot, int change) {
  asyncio_context *context = asyncio__context_in(slot);
  if (context) context->entered += (unsigned)change;
}

asyncio_status asyncio_context_run(asyncio_context *context, asyncio_callback function, void *arg) {
  ASYNCIO_TRY(enterable(context, function));
  asyncio__context_slot former = *asyncio__context_here(),
                        entered = (asyncio__context_slot)asyncio_context_ref(context);
  *asyncio__context_here() = entered;
  note_entered(entered, 1);
  note_entered(former, 1);
  asyncio_status status = function(arg);
  note_entered(former, -1);
  note_entered(entered, -1);
  *asyncio__context_here() = former;
  asyncio_context_unref(context);
  return status;
}

asyncio_status asyncio_context_get(const asyncio_context *self, const asyncio_context_var *var, asyncio_value *value) {
  asyncio__variable *found = self ? asyncio__variables_find(self->variables, var) : NULL;
  if (value) *value = found ? found->value : asyncio_none();
  if (found) return ASYNCIO_OK;
  if (!self || !var)
    return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [%s] to be a context%s, got NULL", self ? "var" : "context",
                         self ? " variable" : "");
  return asyncio_raise(ASYNCIO_LOOKUP_ERROR, "The context variable '%s' is not set in this context",
                       asyncio_context_var_name(var));
}

size_t asyncio_context_count(const asyncio_context *self) {
  return self && self->variables ? self->variables->count : 0;
}

asyncio_context_var *asyncio_context_at(const asyncio_context *self, size_t index, asyncio_value *value) {
  bool exists = index < asyncio_context_count(self);
  if (value) *value = exists ? self->variables->items[index].value : asyncio_none();
  return exists ? self->variables->items[index].var : NULL;
}

asyncio_context *asyncio_task_get_context(asyncio_task *task) {
  asyncio__task *self = asyncio__task_of(task);
  if (self && task->kind == &asyncio__task_kind) return asyncio__context_name(&self->context);
  asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [task] to be a task, got %s%s", task ? "a " : "",
                task ? task->kind->name : "NULL");
  return NULL;
}

// ---- In the current context

static asyncio_status no_var(void) {
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [var] to be a context variable, got NULL");
}

asyncio_status asyncio_context_var_get(const asyncio_context_var *self, asyncio_value *value) {
  if (value) *value = asyncio_none();
  if (!self) return no_var();
  asyncio__variable *item = asyncio__variables_find(asyncio__context_variables(*asyncio__context_here()), self);
  if (!item && !self->has_fallback)
    return asyncio_raise(ASYNCIO_LOOKUP_ERROR, "The context variable '%s' has no value", self->name);
  if (value) *value = item ? item->value : self->fallback;
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
