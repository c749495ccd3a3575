// SPDX-License-Identifier: MIT
// The pending tasks of a loop as a tree, drawn as `python -m asyncio pstree` does. Invariant: a branch never holds a
// task twice, so it ends; those that no root leads to wait in circles, and are listed.
#include "../core/await.h"
#include "../core/runtime.h"
#include "graph.h"

// Each task is compared with each other one: more than this is not looked at.
enum { MOST_TASKS = 500, LONGEST_PREFIX = 128 };

typedef struct branch {
  const struct branch *above;
  const asyncio_task *task;
} branch;

typedef struct tree {
  asyncio__text text;
  asyncio_loop *loop;
} tree;

static asyncio_task *first(const tree *self) { return asyncio__first_task(self->loop); }

static bool is_root(const tree *self, const asyncio_task *task) {
  for (asyncio_task *other = first(self); other; other = asyncio__next_task(other))
    if (asyncio__task_awaits_future(other, task)) return false;
  return true;
}

static bool is_above(const branch *self, const asyncio_task *task) {
  for (; self; self = self->above)
    if (self->task == task) return true;
  return false;
}

static asyncio_task *next_below(const branch *self, asyncio_task *from) {
  for (; from; from = asyncio__next_task(from))
    if (!is_above(self, from) && asyncio__task_awaits_future(self->task, from)) return from;
  return NULL;
}

static void add_line(tree *self, const char *prefix, bool last, const asyncio_task *task) {
  asyncio__text_add(&self->text, "%s%s%s", self->text.length ? "\n" : "", prefix, last ? "└── " : "├── ");
  asyncio__task_describe(task, &self->text);
}

static void add_branch(tree *self, const char *prefix, bool last, const branch *at) {
  char deeper[LONGEST_PREFIX];
  asyncio__text own = asyncio__text_in(deeper, sizeof deeper);
  add_line(self, prefix, last, at->task);
  asyncio__text_add(&own, "%s%s", prefix, last ? "    " : "│   ");
  if (own.length >= sizeof deeper) return;
  asyncio_task *below = next_below(at, first(self)), *following;
  for (; below; below = following) {
    following = next_below(at, asyncio__next_task(below));
    add_branch(self, deeper, !following, &(branch){at, below});
  }
}

// The root that leads to [task] by way of its first awaiters; NULL when that goes in a circle.
static const asyncio_task *root_of(const asyncio_task *task) {
  asyncio_task *awaiter;
  for (int steps = 0; steps < MOST_TASKS; steps++, task = awaiter)
    if (!asyncio_future_awaited_by(task, &awaiter, 1)) return task;
  return NULL;
}

static asyncio_task *next_root(const tree *self, asyncio_task *from) {
  while (from && !is_root(self, from)) from = asyncio__next_task(from);
  return from;
}

static void add_roots(tree *self) {
  asyncio_task *root = next_root(self, first(self)), *following;
  for (; root; root = following) {
    following = next_root(self, asyncio__next_task(root));
    add_branch(self, "", !following, &(branch){NULL, root});
  }
}

static void add_circles(tree *self) {
  bool any = false;
  for (asyncio_task *task = first(self); task; task = asyncio__next_task(task)) {
    if (root_of(task)) continue;
    if (!any) asyncio__text_add(&self->text, "%sIn a circle, or awaited by one:", self->text.length ? "\n" : "");
    any = true;
    asyncio__text_add(&self->text, "\n  ");
    asyncio__task_describe(task, &self->text);
  }
}

size_t asyncio_format_task_tree(asyncio_loop *loop, char *text, size_t size) {
  tree self = {asyncio__text_in(text, size), asyncio__loop_to_tell_of(loop)};
  if (!self.loop) return 0;
  if (asyncio_all_tasks(self.loop, NULL, 0) > MOST_TASKS) return asyncio_format_tasks(self.loop, text, size);
  add_roots(&self);
  add_circles(&self);
  return self.text.length;
}

static size_t format_tree(void *what, char *text, size_t size) { return asyncio_format_task_tree(what, text, size); }

void asyncio_print_task_tree(asyncio_loop *loop) { asyncio__print_formatted(format_tree, loop); }
