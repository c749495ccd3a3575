// SPDX-License-Identifier: MIT
// Timeouts, task groups, as_completed, contexts and eager tasks: the operations, and what they keep.
#include "scopes.h"

#include <math.h>
#include <stdlib.h>

#include "operations.h"

void scopes_init(scopes *self) {
  asyncio_value zero = asyncio_int(0);
  self->variables[0] = asyncio_context_var_new("v0", &zero);
  self->variables[1] = asyncio_context_var_new("v1", NULL);
}

void scopes_destroy(scopes *self) {
  for (int i = 0; i < EACH; i++) {
    asyncio_context_token_clear(&self->tokens[i]);
    asyncio_context_unref(self->contexts[i]);
    asyncio_context_var_unref(self->variables[i]);
  }
  for (scope *one = self->all, *before; one; one = before) {
    before = one->before;
    asyncio_generator_unref(one->generator);
    free(one);
  }
}

scope *new_scope(void) {
  scope *added = calloc(1, sizeof *added);
  added->before = run.scopes.all;
  return run.scopes.all = added;
}

static asyncio_status none(const instance *me, const operation *op) {
  event(me, op, "empty");
  return ASYNCIO_OK;
}

static double after(double delay) { return asyncio_loop_time(run.loop) + delay; }

// ---- Timeouts

scope *begin_timeout(const operation *op) {
  scope *entered = new_scope();
  asyncio_timeout *limit = &entered->timeout;
  if (op->flag ? asyncio_timeout_begin_at(limit, after(op->number)) : asyncio_timeout_begin(limit, op->number))
    return NULL;
  return run.scopes.timeouts[op->slot] = entered;
}

asyncio_status end_timeout(const instance *me, const operation *op, scope *entered, asyncio_status status) {
  status = asyncio_timeout_end(&entered->timeout, status);
  char *text = status < 0 ? show_status(status) : NULL;
  event(me, op, "%s expired %s", text ? text : "ok", asyncio_timeout_expired(&entered->timeout) ? "True" : "False");
  free(text);
  return status;
}

OPERATION(reschedule) {
  scope *limit = run.scopes.timeouts[op->slot];
  if (!limit) return none(me, op);
  return say_status(me, op, asyncio_timeout_reschedule(&limit->timeout, after(op->number)));
}

OPERATION(look_timeout) {
  scope *limit = run.scopes.timeouts[op->slot];
  char when[32] = "None";
  if (!limit) return none(me, op);
  if (asyncio_timeout_when(&limit->timeout) < INFINITY)
    snprintf(when, sizeof when, "%g", asyncio_timeout_when(&limit->timeout) - run.start);
  event(me, op, "%s %s", when, asyncio_timeout_expired(&limit->timeout) ? "True" : "False");
  return ASYNCIO_OK;
}

// ---- Groups

scope *begin_group(const operation *op) {
  scope *entered = new_scope();
  if (asyncio_task_group_begin(&entered->group)) return NULL;
  return run.scopes.groups[op->slot] = entered;
}

void say_group(const instance *me, const operation *op, asyncio_status status) {
  char *text = status ? show_status(status) : NULL;
  event(me, op, "%s", text ? text : "ok");
  free(text);
}

// Fills the slot with [task].
static asyncio_status say_task(const instance *me, const operation *op, asyncio_task *task) {
  if (!task) return say_status(me, op, asyncio_error_latest());
  run.slots[op->slot] = task;
  event(me, op, "f%d", label_given(task));
  return ASYNCIO_OK;
}

OPERATION(group_spawn) {
  scope *entered = run.scopes.groups[op->flag];
  asyncio_future *coroutine = entered ? item(op->items[0]) : NULL;
  if (!coroutine) return none(me, op);
  return say_task(me, op, asyncio_task_group_create_task(&entered->group, coroutine));
}

// ---- as_completed

asyncio_status give_next(const instance *me, const operation *op, asyncio_status status, asyncio_future *future,
                         asyncio_value *value) {
  char *text = status ? show_status(status) : show_value(*value);
  if (status == ASYNCIO_CANCELLED_ERROR)
    event(me, op, "%s", text);
  else if (future)
    event(me, op, "gave f%d", label(future));
  else
    event(me, op, "gave %s", text);
  free(text);
  asyncio_unref(future);
  asyncio_value_clear(value);
  return status == ASYNCIO_CANCELLED_ERROR ? status : ASYNCIO_OK;
}

// ---- Contexts

OPERATION(var_set) {
  asyncio_context_token *token = &run.scopes.tokens[op->flag];
  asyncio_context_token_clear(token);
  return say_status(
      me, op, asyncio_context_var_set(run.scopes.variables[op->slot], asyncio_int((int64_t)op->number), token));
}

OPERATION(var_get) {
  asyncio_value value;
  event_outcome(me, op, asyncio_context_var_get(run.scopes.variables[op->slot], &value), value);
  return ASYNCIO_OK;
}

OPERATION(var_reset) {
  asyncio_context_token *token = &run.scopes.tokens[op->flag];
  if (!token->var) return none(me, op);
  return say_status(me, op, asyncio_context_var_reset(run.scopes.variables[op->slot], token));
}

OPERATION(copy_context) {
  asyncio_context_unref(run.scopes.contexts[op->slot]);
  run.scopes.contexts[op->slot] = asyncio_copy_context();
  return say_status(me, op, ASYNCIO_OK);
}

OPERATION(context_get) {
  asyncio_value value;
  const asyncio_context *context = run.scopes.contexts[op->flag];
  if (!context) return none(me, op);
  (void)asyncio_context_get(context, run.scopes.variables[op->slot], &value);
  event_outcome(me, op, ASYNCIO_OK, value);
  return ASYNCIO_OK;
}

OPERATION(spawn_in) {
  asyncio_context *context = run.scopes.contexts[op->flag];
  asyncio_future *coroutine = context ? item(op->items[0]) : NULL;
  return coroutine ? say_task(me, op, asyncio_create_task(coroutine, .context = context)) : none(me, op);
}

OPERATION(callback_in) {
  asyncio_future *future = run.slots[op->slot];
  asyncio_context *context = run.scopes.contexts[op->flag];
  if (!future || !context) return none(me, op);
  callback *called = &run.callbacks[op->items[0]];
  return say_status(me, op, asyncio_future_add_done_callback(future, call_done, called, .context = context));
}

// ---- Eager tasks

OPERATION(spawn_eager) {
  asyncio_future *coroutine = item(op->items[0]);
  if (coroutine) return say_task(me, op, asyncio_create_task(coroutine, .eager_start = true));
  event(me, op, "full");
  return ASYNCIO_OK;
}

OPERATION(task_factory) {
  asyncio_loop_set_task_factory(run.loop, op->flag ? asyncio_eager_task_factory : NULL, NULL);
  return say_status(me, op, ASYNCIO_OK);
}

OPERATION(current) {
  asyncio_task *task = asyncio_current_task();
  if (task)
    event(me, op, "f%d", label(task));
  else
    event(me, op, "None");
  return ASYNCIO_OK;
}
