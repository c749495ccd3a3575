// SPDX-License-Identifier: MIT
// Context variables: what a context holds, found by the variable's address. Invariant: a variable is among a context's
// at most once, and they are in the order of their first set.
#include "../base/alloc.h"
#include "context.h"

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

void asyncio__variable_clear(asyncio__variable *item) {
  asyncio_context_var *var = item->var;
  asyncio_value_clear(&item->value);
  asyncio_context_var_unref(var);
}

// A value's destructor may look at contexts, but no longer at these variables.
void asyncio__variables_unref(asyncio__variables *self) {
  if (!self || --self->references) return;
  for (unsigned i = 0; i < self->count; i++) asyncio__variable_clear(&self->items[i]);
  asyncio__free(self);
}

asyncio__variable *asyncio__variables_find(asyncio__variables *self, const asyncio_context_var *var) {
  for (unsigned i = 0; self && i < self->count; i++)
    if (self->items[i].var == var) return &self->items[i];
  return NULL;
}
