// SPDX-License-Identifier: MIT
// Call graphs. Nothing keeps a list of who awaits a future: whoever asks has the time to look at what each task awaits,
// and through the futures that stand between, gathers and shields, which say what they wait for themselves. Invariant:
// tasks may await each other in a circle, so each walk knows where it came from.
#include "asyncio/graph.h"

#include "../base/alloc.h"
#include "../core/await.h"
#include "../core/runtime.h"
#include "../port/host.h"
#include "graph.h"
#include "wait.h"

enum { DEEPEST = 32, MOST_AWAITERS = 16, MOST_NAMES = 16, SHORT_TEXT = 1024 };

typedef asyncio_future *(*awaits)(const asyncio_future *self, size_t *at);

// Whether [from], which is no task, waits for [future], or is it.
ASYNCIO__OUTLINED static bool leads_to(const asyncio_future *from, const asyncio_future *future, int depth) {
  ASYNCIO__NEVER_SUSPENDS(leads_to);
  if (from == future) return true;
  if (asyncio_istask(from) || !from->kind->awaits || depth == DEEPEST) return false;
  asyncio_future *next;
  for (size_t at = 0; (next = from->kind->awaits(from, &at));)
    if (leads_to(next, future, depth + 1)) return true;
  return false;
}

// Whoever has begun a task group will await all that is in it.
ASYNCIO__OUTLINED static bool is_in_group_of(const asyncio_task *task, const asyncio_future *future) {
  ASYNCIO__NEVER_SUSPENDS(is_in_group_of);
  return asyncio__thread.group_parent && asyncio__thread.group_parent(future) == task;
}

bool asyncio__task_awaits_future(const asyncio_task *task, const asyncio_future *future) {
  if (is_in_group_of(task, future)) return true;
  const asyncio_future *next = asyncio__task_awaits(task);
  if (next) return leads_to(next, future, 0);
  for (size_t at = 0; (next = asyncio__wait_awaits(task, &at));)
    if (leads_to(next, future, 0)) return true;
  return false;
}

size_t asyncio_future_awaited_by(const asyncio_future *future, asyncio_task **tasks, size_t capacity) {
  size_t count = 0;
  if (!future || !future->loop) return 0;
  for (asyncio_task *task = asyncio__first_task(future->loop); task; task = asyncio__next_task(task)) {
    if (!asyncio__task_awaits_future(task, future)) continue;
    if (count < capacity) tasks[count] = task;
    count++;
  }
  return count;
}

// ---- As text

typedef struct level {
  const struct level *below;  // whom it awaits
  asyncio_future *future;
  int depth;
} level;

static bool was_told(const level *self) {
  for (const level *other = self->below; other; other = other->below)
    if (other->future == self->future) return true;
  return false;
}

// The text formatter of the embedded core knows no widths (src/port/print.c).
static const char *indentation(int depth) {
  static const char spaces[4 * DEEPEST + 1] = {[0 ... 4 * DEEPEST - 1] = ' '};
  return spaces + 4 * (DEEPEST - depth);
}

static void add_call_stack(asyncio__text *text, const asyncio_future *future, const char *indent) {
  const char *names[MOST_NAMES];
  size_t count = asyncio_task_get_stack(future, names, MOST_NAMES);
  const char *reason = asyncio_task_waiting_for(future);
  if (count) asyncio__text_add(text, "\n%s  + Call stack:", indent);
  for (size_t i = 0; i < count && i < MOST_NAMES; i++)
    asyncio__text_add(text, "\n%s  |   async %s()", indent, names[i]);
  if (count > MOST_NAMES) asyncio__text_add(text, "\n%s  |   and %zu more", indent, count - MOST_NAMES);
  if (*reason) asyncio__text_add(text, "\n%s  + Waits for: %s", indent, reason);
}

static void add_level(asyncio__text *text, const level *self) {
  asyncio_task *awaiters[MOST_AWAITERS];
  const char *indent = indentation(self->depth);
  const char *name = asyncio_task_get_name(self->future), *kind = self->future->kind->name;
  if (*name)
    asyncio__text_add(text, "%s* Task(name='%s')", indent, name);
  else
    asyncio__text_add(text, "%s* %s%s()", indent, (char[]){(char)(kind[0] + ('A' - 'a')), 0}, kind + 1);
  if (was_told(self) || self->depth == DEEPEST) {
    asyncio__text_add(text, self->depth == DEEPEST ? " and so on" : " as above: they wait for each other");
    return;
  }
  add_call_stack(text, self->future, indent);
  size_t count = asyncio_future_awaited_by(self->future, awaiters, MOST_AWAITERS);
  if (count) asyncio__text_add(text, "\n%s  + Awaited by:", indent);
  for (size_t i = 0; i < count && i < MOST_AWAITERS; i++) {
    asyncio__text_add(text, "\n");
    add_level(text, &(level){self, awaiters[i], self->depth + 1});
  }
  if (count > MOST_AWAITERS) asyncio__text_add(text, "\n%s    and %zu more", indent, count - MOST_AWAITERS);
}

size_t asyncio_format_call_graph(asyncio_future *future, char *start, size_t size) {
  asyncio__text text = asyncio__text_in(start, size);
  if (!future) future = asyncio_current_task();
  if (future) add_level(&text, &(level){NULL, future, 0});
  return text.length;
}

// ---- Printed

ASYNCIO__OUTLINED void asyncio__print_formatted(size_t (*format)(void *what, char *text, size_t size), void *what) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__print_formatted);
  char few[SHORT_TEXT];
  size_t size = format(what, few, sizeof few) + 1;
  char *many = size > sizeof few ? asyncio__alloc(size) : NULL;
  if (many) format(what, many, size);
  if (size > 1) asyncio__host_report(many ? many : few);
  asyncio__free(many);
}

static size_t format_graph(void *what, char *text, size_t size) { return asyncio_format_call_graph(what, text, size); }
static size_t format_tasks(void *what, char *text, size_t size) { return asyncio_format_tasks(what, text, size); }

void asyncio_print_call_graph(asyncio_future *future) { asyncio__print_formatted(format_graph, future); }

void asyncio_print_tasks(asyncio_loop *loop) { asyncio__print_formatted(format_tasks, loop); }
