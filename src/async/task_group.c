// SPDX-License-Identifier: MIT
// Task groups. The state is shared: by the scope, and by every member, the record of a task that is not done. A scope
// in C may be left by a return that was overlooked, or with a stack that is lost; its tasks must then find something
// that is still there. Members that have failed are kept for the end; those that it never collects are reported as
// errors that nobody has seen. Invariant: a member is in [members] until its task's callback has run; the parent waits
// only while that list is not empty.
#include "asyncio/task_group.h"

#include <stdio.h>

#include "../base/barrier.h"
#include "../base/box.h"
#include "../core/runtime.h"
#include "waiters.h"

typedef struct asyncio__group {
  unsigned references;
  asyncio_task *parent;   // held
  asyncio__entry left;    // in the parent's callbacks: it may be done without the end
  asyncio__link members;  // in order of creation
  asyncio__link failed;   // in order of failing
  size_t failed_count;
  asyncio__waiters waiters;  // the parent, in the end
  bool exiting;
  bool aborting;
  bool parent_cancel_requested;
} group;

typedef struct member {
  asyncio__entry entry;  // in the task's callbacks
  asyncio__link link;    // in [members], then in [failed] or nowhere
  asyncio_task *task;    // held
  group *owner;          // held until the task is done
} member;

static void member_free(member *self) {
  asyncio_task *task = self->task;
  asyncio__unlink(&self->link);
  asyncio__pool_free(&asyncio__thread.pool, self, sizeof *self);
  asyncio_unref(task);
}

static member *member_at(asyncio__link *link) { return asyncio__container(link, member, link); }

static void group_unref(group *self) {
  if (--self->references) return;
  while (!asyncio__list_empty(&self->failed)) member_free(member_at(self->failed.next));
  asyncio_task *parent = self->parent;
  asyncio__pool_free(&asyncio__thread.pool, self, sizeof *self);
  asyncio_unref(parent);
}

static void abort_members(group *self) {
  self->aborting = true;
  for (asyncio__link *link = self->members.next; link != &self->members; link = link->next)
    asyncio_task_cancel(member_at(link)->task, NULL);
}

static void cancel_parent(group *self) {
  abort_members(self);
  self->parent_cancel_requested = true;
  asyncio_task_cancel(self->parent, NULL);
}

// ---- Members

static void member_failed(group *self, member *failed) {
  asyncio_task *task = failed->task;
  if (asyncio_future_done(self->parent)) {
    task->unseen = false;
    asyncio__loop_report(task->loop, "Task has failed after the parent of its task group was done", task);
    member_free(failed);
    return;
  }
  asyncio__list_append(&self->failed, &failed->link);
  self->failed_count++;
  if (!self->aborting && !self->parent_cancel_requested) cancel_parent(self);
}

static void member_done(asyncio__entry *entry) {
  member *done = asyncio__container(entry, member, entry);
  group *self = done->owner;
  asyncio__unlink(&done->link);
  if (asyncio__list_empty(&self->members)) asyncio__waiters_wake(&self->waiters);
  if (done->task->status && !asyncio_future_cancelled(done->task))
    member_failed(self, done);
  else
    member_free(done);
  group_unref(self);
}

static void member_drop(asyncio__entry *entry) {
  member *dropped = asyncio__container(entry, member, entry);
  group *self = dropped->owner;
  member_free(dropped);
  group_unref(self);
}

// For call graphs, which do without where no group was ever begun.
static asyncio_task *group_parent(const asyncio_future *task) {
  asyncio__link *end = (asyncio__link *)(uintptr_t)&task->callbacks;
  for (asyncio__link *link = end->next; link != end; link = link->next)
    if (asyncio__entry_of(link)->run == member_done) return asyncio__container(link, member, entry.link)->owner->parent;
  return NULL;
}

// ---- The scope

static void left_drop(asyncio__entry *entry) { group_unref(asyncio__container(entry, group, left)); }

static void left_run(asyncio__entry *entry) {
  group *self = asyncio__container(entry, group, left);
  if (!self->aborting) abort_members(self);
  asyncio__loop_report(self->parent->loop, "Task is done without the end of its task group", self->parent);
  group_unref(self);
}

asyncio_status asyncio_task_group_begin(asyncio_task_group *scope) {
  if (!scope) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [group] to be a task group, got NULL");
  *scope = (asyncio_task_group){.asyncio__finished = false};
  asyncio_task *parent = asyncio_current_task();
  if (!parent) return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "TaskGroup cannot determine the parent task");
  group *self = asyncio__pool_alloc(&asyncio__thread.pool, sizeof *self);
  if (!self) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a task group");
  *self = (group){.references = 1, .parent = asyncio_ref(parent)};
  asyncio__list_init(&self->members);
  asyncio__list_init(&self->failed);
  asyncio__entry_init(&self->left, left_run);
  self->left.drop = left_drop;
  asyncio__future_watch(parent, &self->left);
  scope->asyncio__group = self;
  asyncio__thread.group_parent = group_parent;
  return ASYNCIO_OK;
}

static size_t count(const asyncio__link *list) {
  size_t number = 0;
  for (const asyncio__link *link = list->next; link != list; link = link->next) number++;
  return number;
}

// In the words of asyncio, whose group says in them how it is.
ASYNCIO__OUTLINED static asyncio_status refuse(const group *self, const char *why) {
  ASYNCIO__NEVER_SUSPENDS(refuse);
  char members[32] = "", errors[32] = "";
  if (!self) return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "TaskGroup <TaskGroup> %s", why);
  size_t running = count(&self->members);
  if (running) snprintf(members, sizeof members, " tasks=%zu", running);
  if (self->failed_count) snprintf(errors, sizeof errors, " errors=%zu", self->failed_count);
  return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "TaskGroup <TaskGroup%s%s %s> %s", members, errors,
                       self->aborting ? "cancelling" : "entered", why);
}

static asyncio_status check(const asyncio_task_group *scope) {
  if (!scope) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [group] to be a task group, got NULL");
  if (scope->asyncio__group) return ASYNCIO_OK;
  return refuse(NULL, scope->asyncio__finished ? "is finished" : "has not been entered");
}

static asyncio_status may_create(const asyncio_task_group *scope, const asyncio_loop *loop) {
  ASYNCIO_TRY(check(scope));
  const group *self = scope->asyncio__group;
  if (self->exiting && asyncio__list_empty(&self->members)) return refuse(self, "is finished");
  if (self->aborting) return refuse(self, "is shutting down");
  if (!loop || loop == self->parent->loop) return ASYNCIO_OK;
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [loop] to be the task group's, got another");
}

// Adds the task that [added] is for.
static asyncio_task *add(group *self, member *added, asyncio_task *task) {
  *added = (member){.task = asyncio_ref(task), .owner = self};
  asyncio__entry_init(&added->entry, member_done);
  added->entry.drop = member_drop;
  asyncio__list_init(&added->link);
  asyncio__list_append(&self->members, &added->link);
  self->references++;
  asyncio__future_watch(task, &added->entry);
  return task;
}

asyncio_task *asyncio_task_group_create_task_with(asyncio_task_group *scope, asyncio_future *coroutine,
                                                  asyncio_task_options options) {
  member *added = NULL;
  asyncio_status status = may_create(scope, options.loop);
  if (!status && !(added = asyncio__pool_alloc(&asyncio__thread.pool, sizeof *added)))
    status = asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a task of a task group");
  if (status) {
    asyncio_unref(asyncio_ref(coroutine));
    return asyncio__no_awaitable();
  }
  options.loop = scope->asyncio__group->parent->loop;
  asyncio_task *task = asyncio_create_task_with(coroutine, options);
  if (task) return add(scope->asyncio__group, added, task);
  asyncio__pool_free(&asyncio__thread.pool, added, sizeof *added);
  return NULL;
}

asyncio_status asyncio_task_group_start_with(asyncio_task_group *scope, asyncio_future *coroutine,
                                             asyncio_task_options options) {
  asyncio_task *task = asyncio_task_group_create_task_with(scope, coroutine, options);
  asyncio_unref(task);
  return task ? ASYNCIO_OK : asyncio__null_awaitable("coroutine");
}

void asyncio_task_group_cancel(asyncio_task_group *scope) {
  group *self = scope ? scope->asyncio__group : NULL;
  if (!self || (self->exiting && asyncio__list_empty(&self->members)) || self->aborting) return;
  cancel_parent(self);
}

// ---- The end

typedef struct end_frame {
  asyncio__frame frame;
  asyncio__waiter waiter;
  asyncio_task_group *scope;
  asyncio_status status;        // of the caller's own part
  asyncio_error *error;         // its words; owned
  asyncio_error *cancellation;  // the words of the one to pass on; owned
  asyncio_error *pending;       // of the latest while waiting; owned
  bool propagate;               // there is one to pass on
  bool cancelled;               // there was one while waiting
} end_frame;

enum { START, WAITING };

static asyncio_error *latest(asyncio_status status) {
  return asyncio__error_ref(asyncio__errors_find(asyncio__errors_here(), status));
}

static void drop(asyncio__frame *frame) {
  end_frame *self = asyncio__container(frame, end_frame, frame);
  asyncio__waiter_leave(&self->waiter);
  asyncio__error_unref(self->error);
  asyncio__error_unref(self->cancellation);
  asyncio__error_unref(self->pending);
  self->error = self->cancellation = self->pending = NULL;
}

// The scope lets the group go.
static asyncio__progress done(end_frame *self, asyncio_status status) {
  group *ended = self->scope->asyncio__group;
  *self->scope = (asyncio_task_group){.asyncio__finished = true};
  asyncio__unlink(&ended->left.link);
  drop(&self->frame);
  group_unref(ended);
  return asyncio__frame_done(&self->frame, status, asyncio_none());
}

static asyncio_status set_error(asyncio_value list, size_t index, asyncio_error *error, asyncio_status status) {
  asyncio_value item;
  ASYNCIO_TRY(asyncio__value_of_error(&item, error, status));
  asyncio_list_set(list, index, item);
  return ASYNCIO_OK;
}

// The errors of the members that have failed, and of the caller's own part last.
static asyncio_status list_errors(const end_frame *self, size_t count_of_errors, asyncio_value *list) {
  const group *ended = self->scope->asyncio__group;
  size_t index = 0;
  ASYNCIO_TRY(asyncio_list(list, count_of_errors));
  asyncio_status status = ASYNCIO_OK;
  for (asyncio__link *link = ended->failed.next; !status && link != &ended->failed; link = link->next) {
    asyncio_task *task = member_at(link)->task;
    status = set_error(*list, index++, task->error, task->status);
    if (!status) task->unseen = false;
  }
  if (!status && index < count_of_errors) status = set_error(*list, index, self->error, self->status);
  if (status) asyncio_value_clear(list);
  return status;
}

static asyncio_status raise_errors(const end_frame *self) {
  bool own = self->status && self->status != ASYNCIO_CANCELLED_ERROR;
  size_t errors = self->scope->asyncio__group->failed_count + own;
  asyncio_value list;
  ASYNCIO_TRY(list_errors(self, errors, &list));
  asyncio_status status = asyncio_raise(
      ASYNCIO_EXCEPTION_GROUP, "unhandled errors in a TaskGroup (%zu sub-exception%s)", errors, errors == 1 ? "" : "s");
  asyncio_error *error = asyncio__errors_find(asyncio__errors_here(), status);
  if (error)
    error->exceptions = list;
  else
    asyncio_value_clear(&list);
  return status;
}

// The request that the group made of its parent is taken back. If others are left, a cancellation was theirs.
static void settle_cancellation(end_frame *self, group *ended) {
  if (!ended->parent_cancel_requested) return;
  if (asyncio_task_uncancel(ended->parent) == 0) {
    self->propagate = false;
  } else if (!self->propagate && self->cancelled) {
    self->propagate = true;
    self->cancellation = asyncio__error_ref(self->pending);
  }
}

static asyncio__progress finish(end_frame *self) {
  group *ended = self->scope->asyncio__group;
  settle_cancellation(self, ended);
  if (self->propagate && !ended->failed_count) {
    asyncio__errors_push(asyncio__errors_here(), ASYNCIO_CANCELLED_ERROR, asyncio__error_ref(self->cancellation));
    return done(self, ASYNCIO_CANCELLED_ERROR);
  }
  bool own = self->status && self->status != ASYNCIO_CANCELLED_ERROR;
  if (!own && !ended->failed_count) return done(self, ASYNCIO_OK);
  // The errors take the place of a cancellation by others, whose request must not be lost: it is delivered at the next
  // wait.
  if (asyncio_task_cancelling(ended->parent)) {
    asyncio_task_uncancel(ended->parent);
    asyncio_task_cancel(ended->parent, NULL);
  }
  return done(self, raise_errors(self));
}

static asyncio__progress wait_or_finish(end_frame *self) {
  group *ended = self->scope->asyncio__group;
  if (asyncio__list_empty(&ended->members)) return finish(self);
  self->frame.at = WAITING;
  asyncio_status status = asyncio__waiters_join(&ended->waiters, &self->waiter, "task group");
  return status ? done(self, status) : ASYNCIO__PARKED;
}

static asyncio__progress start(end_frame *self) {
  asyncio_status status = check(self->scope);
  if (status) return asyncio__frame_done(&self->frame, status, asyncio_none());
  group *ended = self->scope->asyncio__group;
  ended->exiting = true;
  self->propagate = self->status == ASYNCIO_CANCELLED_ERROR;
  if (self->status) self->error = latest(self->status);
  if (self->propagate) self->cancellation = asyncio__error_ref(self->error);
  if (self->status && !ended->aborting) abort_members(ended);
  return wait_or_finish(self);
}

// The parent may be cancelled again and again while it waits; only one that comes before any abort is news.
static void note_cancellation(end_frame *self, group *ended) {
  asyncio__error_unref(self->pending);
  self->pending = latest(ASYNCIO_CANCELLED_ERROR);
  self->cancelled = true;
  if (ended->aborting) return;
  self->propagate = true;
  asyncio__error_unref(self->cancellation);
  self->cancellation = asyncio__error_ref(self->pending);
  abort_members(ended);
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  end_frame *self = asyncio__container(frame, end_frame, frame);
  if (frame->at == START) return start(self);
  asyncio__waiter_leave(&self->waiter);
  if (sent == ASYNCIO_CANCELLED_ERROR)
    note_cancellation(self, self->scope->asyncio__group);
  else if (sent)
    return done(self, sent);
  return wait_or_finish(self);
}

static void prepare(end_frame *self, asyncio_task_group *scope, asyncio_status status) {
  *self = (end_frame){.frame = {.step = step, .drop = drop}, .scope = scope, .status = status};
}

asyncio_status asyncio_task_group_end(asyncio_task_group *scope, asyncio_status status) {
  end_frame self;
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_task_group_end"));
  prepare(&self, scope, status);
  return asyncio__frame_run(&self.frame, NULL);
}

asyncio_future *asyncio_task_group_end_coroutine(asyncio_task_group *scope, asyncio_status status) {
  end_frame self;
  prepare(&self, scope, status);
  return asyncio__frame_coroutine("end", &self.frame, sizeof self);
}
