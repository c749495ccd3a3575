// SPDX-License-Identifier: MIT
// Contexts and the slots that hold them. Which slot is the current one follows from what executes: a task's own, the
// thread's for the callback that it calls, or the thread's for code outside a loop. So a switch of tasks costs nothing
// here. What programs do with contexts is in context_api.c, which the embedded core brings in when somebody has one.
#include "context.h"

#include "../base/alloc.h"
#include "task.h"

asyncio__variables *asyncio__context_variables(asyncio__context_slot slot) {
  asyncio_context *context = asyncio__context_in(slot);
  return context ? context->variables : (asyncio__variables *)(slot & ~(asyncio__context_slot)ASYNCIO__ONLY_VARIABLES);
}

void asyncio__context_store(asyncio__context_slot *slot, asyncio__variables *variables) {
  asyncio_context *context = asyncio__context_in(*slot);
  if (context)
    context->variables = variables;
  else
    *slot = variables ? (uintptr_t)variables | ASYNCIO__ONLY_VARIABLES : 0;
}

asyncio__context_slot *asyncio__context_here(void) {
  if (asyncio__thread.task) return &asyncio__thread.task->context;
  return asyncio__thread.calling ? &asyncio__thread.callback_context : &asyncio__thread.own_context;
}

asyncio__context_slot asyncio__context_copy_slot(asyncio__context_slot slot) {
  asyncio__context_slot copy = 0;
  asyncio__context_store(&copy, asyncio__variables_ref(asyncio__context_variables(slot)));
  return copy;
}

void asyncio__context_clear_slot(asyncio__context_slot *slot) {
  asyncio_context *context = asyncio__context_in(*slot);
  asyncio__variables *variables = context ? NULL : asyncio__context_variables(*slot);
  *slot = 0;
  asyncio_context_unref(context);
  asyncio__variables_unref(variables);
}

asyncio__context_slot asyncio__context_choose(asyncio_context *context) {
  if (context) return (asyncio__context_slot)asyncio_context_ref(context);
  asyncio__context_slot here = *asyncio__context_here();
  return here ? asyncio__context_copy_slot(here) : 0;
}

void asyncio__context_enter(asyncio__context_slot *slot) {
  asyncio__thread.callback_context = *slot;
  asyncio__thread.calling = true;
  *slot = 0;
}

void asyncio__context_leave(void) {
  if (asyncio__thread.callback_context) asyncio__context_clear_slot(&asyncio__thread.callback_context);
  asyncio__thread.calling = false;
}

asyncio_context *asyncio_context_ref(asyncio_context *self) {
  if (self) self->references++;
  return self;
}

void asyncio_context_unref(asyncio_context *self) {
  if (!self || --self->references) return;
  asyncio__variables_unref(self->variables);
  asyncio__free(self);
}
