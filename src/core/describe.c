// SPDX-License-Identifier: MIT
// What tasks do, for people and for src/async/graph.c: the coroutines within each and what it waits for. It is worked
// out when somebody asks; nothing is noted for it but what a wait's reason is.
#include "../port/coro.h"
#include "asyncio/graph.h"
#include "asyncio/stackless.h"
#include "loop.h"
#include "task.h"

const char *asyncio_task_waiting_for(const asyncio_task *task) {
  const asyncio__task *self = asyncio__task_of(task);
  if (!self || !self->frame) return "";
  if (self->undo) return self->reason;
  if (!self->awaiting) return "";
  const char *name = asyncio_task_get_name(self->awaiting);
  return *name ? name : self->awaiting->kind->name;
}

// An engine that switches stacks itself resumes a coroutine later: until then its loop is not the running one.
static bool is_to_run(const asyncio__task *task) {
  return asyncio__linked(&task->entry.link) || (task->entered && asyncio__thread.running != task->future.loop);
}

static const char *state_of(const asyncio__task *task) {
  if (!task->started) return "has not started";
  if (*asyncio_task_waiting_for(&task->future)) return "waits for ";
  return is_to_run(task) ? "is ready" : "is running";
}

static const asyncio__frame *innermost(const asyncio__task *self) {
  asyncio__frame **called = asyncio__stackful_called(self->frame);
  return called && *called ? *called : self->frame;
}

// From those that run on the stack to the one that the stack is of, and from there along the task's chain.
static const asyncio__frame *awaiter_of(const asyncio__task *self, const asyncio__frame *frame) {
  bool outermost_call = asyncio__coro_possible && !frame->awaiter && frame != self->frame &&
                        asyncio__is_stackful(self->frame);
  bool on_the_stack = outermost_call && frame != asyncio__root((asyncio__task *)(uintptr_t)self);
  return on_the_stack ? self->frame : frame->awaiter;
}

size_t asyncio_task_get_stack(const asyncio_task *task, const char **names, size_t capacity) {
  const asyncio__task *self = asyncio__task_of(task);
  size_t count = 0;
  if (!self || !self->frame) return 0;
  for (const asyncio__frame *frame = innermost(self); frame; frame = awaiter_of(self, frame)) {
    if (count < capacity) names[count] = asyncio__coroutine_of(frame)->function;
    count++;
  }
  return count;
}

void asyncio__task_describe(const asyncio_task *task, asyncio__text *text) {
  enum { MOST_NAMES = 8 };
  const char *names[MOST_NAMES];
  const asyncio__task *self = asyncio__task_of(task);
  size_t count = asyncio_task_get_stack(task, names, MOST_NAMES), at = count < MOST_NAMES ? count : MOST_NAMES;
  asyncio__text_add(text, "%s (%s", asyncio_task_get_name(task), count > MOST_NAMES ? self->function : "");
  if (count > MOST_NAMES) asyncio__text_add(text, " > ... > ");
  while (at-- > 0) asyncio__text_add(text, "%s%s", names[at], at ? " > " : "");
  if (asyncio_task_line(task)) asyncio__text_add(text, ", line %u", asyncio_task_line(task));
  asyncio__text_add(text, ") %s%s", state_of(self), asyncio_task_waiting_for(task));
}

size_t asyncio_format_tasks(asyncio_loop *loop, char *start, size_t size) {
  asyncio__text text = asyncio__text_in(start, size);
  loop = asyncio__loop_to_tell_of(loop);
  if (!loop) return 0;
  for (asyncio__link *link = loop->tasks.next; link != &loop->tasks; link = link->next) {
    asyncio__text_add(&text, text.length ? "\n  " : "  ");
    asyncio__task_describe(&asyncio__container(link, asyncio__task, tasks)->future, &text);
  }
  return text.length;
}

asyncio_loop *asyncio__loop_to_tell_of(asyncio_loop *loop) {
  if (loop) return loop;
  if (asyncio__thread.running) return asyncio__thread.running;
  bool runs = asyncio__thread.driven_ready && !asyncio__list_empty(&asyncio__thread.driven);
  return runs ? asyncio__container(asyncio__thread.driven.next, asyncio_loop, driven) : asyncio__thread.current_loop;
}

asyncio_future *asyncio__task_awaits(const asyncio_task *task) {
  const asyncio__task *self = asyncio__task_of(task);
  return self && self->frame ? self->awaiting : NULL;
}

void *asyncio__task_waits_in(const asyncio_task *task, void (*undo)(void *arg)) {
  const asyncio__task *self = asyncio__task_of(task);
  return self && self->undo == undo ? self->undo_arg : NULL;
}

static asyncio_task *task_at(const asyncio_loop *loop, asyncio__link *link) {
  return link == &loop->tasks ? NULL : &asyncio__container(link, asyncio__task, tasks)->future;
}

asyncio_task *asyncio__first_task(const asyncio_loop *loop) { return task_at(loop, loop->tasks.next); }

asyncio_task *asyncio__next_task(const asyncio_task *task) {
  return task_at(task->loop, asyncio__task_of(task)->tasks.next);
}
