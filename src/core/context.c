// SPDX-License-Identifier: MIT
// Contexts and the slots that hold them. Which slot is the current one follows from what executes: a task's own, the
// thread's for the callback that it calls, or the thread's for code outside a loop. So a switch of tasks costs nothing
// here. Invariant: asyncio_context_run exchanges what is in the slot, not the slot, and hence may suspend.
#include "context.h"

#include "../base/alloc.h"
#include "task.h"

static const asyncio__context_slot only_variables = 1;

static asyncio_context *context_in(asyncio__context_slot slot) {
  return slot & only_variables ? NULL : (asyncio_context *)slot;
}

asyncio__variables *asyncio__context_variables(asyncio__context_slot slot) {
  asyncio_context *context = context_in(slot);
  return context ? context->variables : (asyncio__variables *)(slot & ~only_variables);
}

void asyncio__context_store(asyncio__context_slot *slot, asyncio__variables *variables) {
  asyncio_context *context = context_in(*slot);
  if (context)
    context->variables = variables;
  else
    *slot = variables ? (uintptr_t)variables | only_variables : 0;
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
  asyncio_context *context = context_in(*slot);
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
  if (context_in(*slot)) return context_in(*slot);
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

asyncio_context *asyncio_context_ref(asyncio_context *self) {
  if (self) self->references++;
  return self;
}

void asyncio_context_unref(asyncio_context *self) {
  if (!self || --self->references) return;
  asyncio__variables_unref(self->variables);
  asyncio__free(self);
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
  asyncio_context *context = context_in(slot);
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
  *value = found ? found->value : asyncio_none();
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
