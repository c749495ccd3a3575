// SPDX-License-Identifier: MIT
// timeout(): a limit (limit.c) that the program begins and ends.
//
// It keeps its timer in memory of its own, not in the caller's struct: between a begin and an end in C there may be a
// return that was overlooked, or a stack that is lost, and a timer must not be left in either. Invariant: a scope is
// freed by the end of its limit, or with the task that skipped it.
#include "asyncio/timeout.h"

#include <math.h>

#include "../core/runtime.h"
#include "limit.h"

enum { CREATED, ENTERED, EXPIRED, EXITED };

struct asyncio__timeout_scope {
  asyncio__limit limit;
  asyncio__entry left;  // in the task's callbacks: it may be done without the end
};

typedef struct asyncio__timeout_scope scope;

static void scope_free(scope *self) {
  asyncio_task *task = self->limit.task;
  asyncio__loop_disarm(asyncio_future_get_loop(task), &self->limit.timer);
  asyncio__unlink(&self->left.link);
  asyncio__pool_free(&asyncio__thread.pool, self, sizeof *self);
  asyncio_unref(task);
}

static void left_drop(asyncio__entry *entry) { scope_free(asyncio__container(entry, scope, left)); }

static void left_run(asyncio__entry *entry) {
  asyncio_task *task = asyncio__container(entry, scope, left)->limit.task;
  asyncio__loop_report(asyncio_future_get_loop(task), "Task is done without the end of its timeout", task);
  left_drop(entry);
}

static asyncio_status check(const asyncio_timeout *limit, const char *name, double seconds) {
  if (!limit) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [limit] to be a timeout, got NULL");
  if (isnan(seconds)) return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [%s] to be a number, got NaN", name);
  return ASYNCIO_OK;
}

static asyncio_status begin(asyncio_timeout *limit, double when) {
  asyncio_task *task = asyncio_current_task();
  if (!task) return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Timeout should be used inside a task");
  scope *self = asyncio__pool_alloc(&asyncio__thread.pool, sizeof *self);
  if (!self) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a timeout");
  asyncio_status status = asyncio__limit_begin(&self->limit, when);
  asyncio__entry_init(&self->left, left_run);
  self->left.drop = left_drop;
  asyncio_ref(task);
  if (status) {
    scope_free(self);
    return status;
  }
  asyncio__future_watch(task, &self->left);
  *limit = (asyncio_timeout){.asyncio__scope = self, .asyncio__state = ENTERED};
  return ASYNCIO_OK;
}

asyncio_status asyncio_timeout_begin(asyncio_timeout *limit, double delay) {
  if (limit) *limit = (asyncio_timeout){.asyncio__when = INFINITY};
  ASYNCIO_TRY(check(limit, "delay", delay));
  return begin(limit, asyncio_loop_time(asyncio__thread.running) + delay);
}

asyncio_status asyncio_timeout_begin_at(asyncio_timeout *limit, double when) {
  if (limit) *limit = (asyncio_timeout){.asyncio__when = INFINITY};
  ASYNCIO_TRY(check(limit, "when", when));
  return begin(limit, when);
}

static const char *state_name(const asyncio_timeout *limit) {
  if (limit->asyncio__scope) return limit->asyncio__scope->limit.expired ? "expiring" : "active";
  return limit->asyncio__state == EXPIRED ? "expired" : "finished";
}

static asyncio_status refuse(const asyncio_timeout *limit) {
  if (limit->asyncio__state == CREATED) return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Timeout has not been entered");
  return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Cannot change state of %s Timeout", state_name(limit));
}

asyncio_status asyncio_timeout_end(asyncio_timeout *limit, asyncio_status status) {
  ASYNCIO_TRY(check(limit, "limit", 0));
  scope *self = limit->asyncio__scope;
  if (!self) return refuse(limit);
  status = asyncio__limit_end(&self->limit, status);
  *limit = (asyncio_timeout){.asyncio__when = self->limit.when,
                             .asyncio__state = self->limit.expired ? EXPIRED : EXITED};
  scope_free(self);
  return status;
}

asyncio_status asyncio_timeout_reschedule(asyncio_timeout *limit, double when) {
  ASYNCIO_TRY(check(limit, "when", when));
  scope *self = limit->asyncio__scope;
  if (!self || self->limit.expired) return refuse(limit);
  return asyncio__limit_move(&self->limit, when);
}

double asyncio_timeout_when(const asyncio_timeout *limit) {
  if (!limit) return NAN;
  return limit->asyncio__scope ? limit->asyncio__scope->limit.when : limit->asyncio__when;
}

bool asyncio_timeout_expired(const asyncio_timeout *limit) {
  if (!limit) return false;
  return limit->asyncio__scope ? limit->asyncio__scope->limit.expired : limit->asyncio__state == EXPIRED;
}
