// SPDX-License-Identifier: MIT
// Contexts from the inside. A context is an object that can be named, and its variables are another, shared by all its
// copies until one of them changes. Whoever has a context, a task or a callback, has a slot, which most of the time
// refers to variables alone: so a copy is one reference more, cannot fail, and is nothing at all where no variable was
// ever set. A slot's context becomes an object when somebody asks for it by name.
#ifndef ASYNCIO__CORE_CONTEXT_H
#define ASYNCIO__CORE_CONTEXT_H

#include "asyncio/context.h"

typedef struct asyncio__variable {
  asyncio_context_var *var;  // owned
  asyncio_value value;       // owned
} asyncio__variable;

// Never changed while there is more than one reference. Contexts have few variables: looking at one after the other is
// the quickest search, and copying all of them the simplest sharing.
typedef struct asyncio__variables {
  unsigned references;
  unsigned count;
  unsigned capacity;
  _Alignas(asyncio_value) asyncio__variable items[];
} asyncio__variables;

struct asyncio_context_var {
  unsigned references;
  bool has_fallback;
  asyncio_value fallback;  // owned
  char name[];
};

struct asyncio_context {
  unsigned references;
  unsigned entered;  // calls of asyncio_context_run that run in it or will go back to it
  asyncio__variables *variables;  // owned; NULL: none
};

// A context, or its variables alone with the lowest bit set, or 0: no variables. Owns what it refers to.
typedef uintptr_t asyncio__context_slot;

enum { ASYNCIO__ONLY_VARIABLES = 1 };

// The slot's object; NULL while it has none.
static inline asyncio_context *asyncio__context_in(asyncio__context_slot slot) {
  return slot & ASYNCIO__ONLY_VARIABLES ? NULL : (asyncio_context *)slot;
}

// Whether no variable is set in it: then a copy is 0 too.
static inline bool asyncio__context_empty(asyncio__context_slot slot) {
  return !slot || (!(slot & 1) && !((const asyncio_context *)slot)->variables);
}

// Where the current context is.
asyncio__context_slot *asyncio__context_here(void);

// A copy of [slot]'s context, for another slot.
asyncio__context_slot asyncio__context_copy_slot(asyncio__context_slot slot);

// Empties it.
void asyncio__context_clear_slot(asyncio__context_slot *slot);

// What a new callback or task has: [context] itself, or a copy of the current one when that is NULL.
asyncio__context_slot asyncio__context_choose(asyncio_context *context);

// The slot's context as an object, borrowed; NULL when memory is out.
asyncio_context *asyncio__context_name(asyncio__context_slot *slot);

// Around the call of a callback that is no task: [slot]'s context is the current one, and is taken over.
void asyncio__context_enter(asyncio__context_slot *slot);
void asyncio__context_leave(void);

// The variables of a slot, NULL for none; and others in their place.
asyncio__variables *asyncio__context_variables(asyncio__context_slot slot);
void asyncio__context_store(asyncio__context_slot *slot, asyncio__variables *variables);

asyncio__variables *asyncio__variables_ref(asyncio__variables *variables);  // NULL is fine in all three
void asyncio__variables_unref(asyncio__variables *variables);
void asyncio__variable_clear(asyncio__variable *variable);
asyncio__variable *asyncio__variables_find(asyncio__variables *variables, const asyncio_context_var *var);

#endif
