// SPDX-License-Identifier: MIT
// The operations that never suspend: on tasks, futures, callbacks and handles.
#include <stdlib.h>

#include "operations.h"

static const char *boolean(bool value) { return value ? "True" : "False"; }

static asyncio_status say(const instance *me, const operation *op, const char *text) {
  event(me, op, "%s", text);
  return ASYNCIO_OK;
}

asyncio_status say_status(const instance *me, const operation *op, asyncio_status status) {
  char *text = status ? show_status(status) : NULL;
  event(me, op, "%s", status ? text : "ok");
  free(text);
  return ASYNCIO_OK;
}

static asyncio_status say_count(const instance *me, const operation *op, size_t count) {
  event(me, op, "%zu", count);
  return ASYNCIO_OK;
}

static asyncio_status say_label(const instance *me, const operation *op) {
  event(me, op, "f%d", label_given(run.slots[op->slot]));
  return ASYNCIO_OK;
}

OPERATION(spawn) {
  asyncio_future *coroutine = item(op->items[0]);
  if (!coroutine) return say(me, op, "full");
  run.slots[op->slot] = asyncio_create_task(coroutine);
  return say_label(me, op);
}

OPERATION(future) {
  run.slots[op->slot] = asyncio_loop_create_future(run.loop);
  return say_label(me, op);
}

#define SUBJECT() \
  asyncio_future *subject = run.slots[op->slot]; \
  if (!subject) return say(me, op, "empty")

OPERATION(set_result) {
  SUBJECT();
  return say_status(me, op, asyncio_future_set_result(subject, asyncio_int((int64_t)op->number)));
}

OPERATION(set_exception) {
  SUBJECT();
  return say_status(me, op, asyncio_future_set_exception(subject, kind_status(op->flag), "%s", op->text));
}

OPERATION(cancel) {
  SUBJECT();
  return say(me, op, boolean(asyncio_future_cancel(subject, op->text)));
}

OPERATION(uncancel) {
  SUBJECT();
  return say_count(me, op, asyncio_task_uncancel(subject));
}

OPERATION(cancelling) {
  SUBJECT();
  return say_count(me, op, asyncio_task_cancelling(subject));
}

OPERATION(cancel_self) { return say(me, op, boolean(asyncio_task_cancel(asyncio_current_task(), op->text))); }
OPERATION(uncancel_self) { return say_count(me, op, asyncio_task_uncancel(asyncio_current_task())); }
OPERATION(cancelling_self) { return say_count(me, op, asyncio_task_cancelling(asyncio_current_task())); }
OPERATION(count_tasks) { return say_count(me, op, asyncio_all_tasks(run.loop, NULL, 0)); }

OPERATION(look) {
  asyncio_value value;
  SUBJECT();
  asyncio_status status = asyncio_future_result(subject, &value);
  char *text = status ? show_status(status) : show_value(value);
  event(me, op, "%s %s %s", boolean(asyncio_future_done(subject)), boolean(asyncio_future_cancelled(subject)), text);
  free(text);
  return ASYNCIO_OK;
}

static asyncio_status run_callback(callback *self) {
  const block *list = &run.program->callbacks[self->index];
  asyncio_status status = ASYNCIO_OK;
  for (int i = 0; i < list->count && !status && !run.dead; i++)
    status = list->ops[i].verb->run(&self->me, &list->ops[i]);
  return status;
}

static asyncio_status call(void *arg) {
  callback *self = arg;
  trace_line("%s runs", self->me.name);
  return run_callback(self);
}

asyncio_status call_done(asyncio_future *future, void *arg) {
  callback *self = arg;
  trace_line("%s runs f%d", self->me.name, label(future));
  return run_callback(self);
}

OPERATION(add_callback) {
  SUBJECT();
  return say_status(me, op, asyncio_future_add_done_callback(subject, call_done, &run.callbacks[op->items[0]]));
}

OPERATION(remove_callback) {
  SUBJECT();
  return say_count(me, op, asyncio_future_remove_done_callback(subject, call_done, &run.callbacks[op->items[0]]));
}

static asyncio_handle **freed_handle(int index) {
  asyncio_handle_unref(run.handles[index]);
  return &run.handles[index];
}

OPERATION(call_soon) {
  return say_status(me, op,
                    asyncio_loop_call_soon(run.loop, call, &run.callbacks[op->items[0]], freed_handle(op->slot)));
}

OPERATION(call_later) {
  asyncio_handle **handle = freed_handle(op->slot);
  asyncio_status status = asyncio_loop_call_later(run.loop, op->number, call, &run.callbacks[op->items[0]], handle);
  if (status) return say_status(me, op, status);
  event(me, op, "ok %g", asyncio_handle_when(*handle) - run.start);
  return ASYNCIO_OK;
}

OPERATION(cancel_handle) {
  asyncio_handle *handle = run.handles[op->slot];
  if (!handle) return say(me, op, "empty");
  bool before = asyncio_handle_cancelled(handle);
  asyncio_handle_cancel(handle);
  event(me, op, "%s %s", boolean(before), boolean(asyncio_handle_cancelled(handle)));
  return ASYNCIO_OK;
}
