// SPDX-License-Identifier: MIT
// Questions about tasks, and their names. A name is formatted when somebody first asks: most tasks are never named.
#include <stdio.h>
#include <string.h>

#include "../base/barrier.h"
#include "loop.h"
#include "task.h"

bool asyncio_iscoroutine(const asyncio_future *awaitable) {
  return awaitable && awaitable->kind == &asyncio__coroutine_kind && awaitable->state == ASYNCIO__UNUSED;
}

bool asyncio_isfuture(const asyncio_future *awaitable) {
  return awaitable && awaitable->kind != &asyncio__coroutine_kind;
}

bool asyncio_istask(const asyncio_future *awaitable) { return awaitable && awaitable->kind == &asyncio__task_kind; }

asyncio_future *asyncio_ensure_future(asyncio_future *awaitable) {
  if (asyncio_isfuture(awaitable)) return asyncio_ref(awaitable);
  return asyncio_create_task(awaitable, .loop = asyncio__loop_here());
}

void asyncio__task_free_name(asyncio__task *self) {
  if (self->name) asyncio__pool_free(&asyncio__thread.pool, self->name, strlen(self->name) + 1);
  self->name = NULL;
}

// Names are kept in the pool, away from the stacks: a name right below one would be the first thing that its overflow
// damages, and what tells whose it was.
static asyncio_status set_name(asyncio__task *self, const char *name) {
  size_t size = strlen(name) + 1;
  char *copy = asyncio__pool_alloc(&asyncio__thread.pool, size);
  if (!copy) return ASYNCIO_MEMORY_ERROR;
  memcpy(copy, name, size);
  asyncio__task_free_name(self);
  self->name = copy;
  return ASYNCIO_OK;
}

ASYNCIO__OUTLINED static asyncio_status set_numbered_name(asyncio__task *self) {
  ASYNCIO__NEVER_SUSPENDS(set_numbered_name);
  char name[16];
  snprintf(name, sizeof name, "Task-%u", self->number);
  return set_name(self, name);
}

const char *asyncio_task_get_name(const asyncio_task *task) {
  asyncio__task *self = asyncio__task_of(task);
  if (!self || task->kind != &asyncio__task_kind) return "";
  if (!self->name) (void)set_numbered_name(self);
  return self->name ? self->name : "Task";  // no memory even for that
}

bool asyncio__task_lost(const asyncio_task *task) { return asyncio__task_of(task)->lost; }

unsigned asyncio__task_number(const asyncio_task *task) {
  const asyncio__task *self = asyncio__task_of(task);
  return self ? self->number : 0;
}

asyncio_status asyncio_task_set_name(asyncio_task *task, const char *name) {
  asyncio__task *self = asyncio__task_of(task);
  if (!self || !name)
    return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [%s] to be a %s, got %s", self ? "name" : "task",
                         self ? "string" : "task", !self && task ? task->kind->name : "NULL");
  if (set_name(self, name)) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a task's name");
  return ASYNCIO_OK;
}

bool asyncio_task_cancel(asyncio_task *task, const char *message) { return asyncio_future_cancel(task, message); }

unsigned asyncio_task_cancelling(const asyncio_task *task) {
  const asyncio__task *self = asyncio__task_of(task);
  return self ? self->cancels : 0;
}

size_t asyncio_task_stack_used(const asyncio_task *task) {
  const asyncio__task *self = asyncio__task_of(task);
  return self && self->frame && asyncio__is_stackful(self->frame) ? asyncio__stackful_used(self->frame) : 0;
}

asyncio_task *asyncio_current_task(void) {
  if (asyncio__thread.task) return &asyncio__thread.task->future;
  if (!asyncio__thread.running) asyncio_get_running_loop();  // raises
  return NULL;
}

size_t asyncio_all_tasks(asyncio_loop *loop, asyncio_task **tasks, size_t capacity) {
  size_t count = 0;
  if (!loop) return 0;
  for (asyncio__link *link = loop->tasks.next; link != &loop->tasks; link = link->next) {
    if (count < capacity) tasks[count] = &asyncio__container(link, asyncio__task, tasks)->future;
    count++;
  }
  return count;
}
