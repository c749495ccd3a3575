// SPDX-License-Identifier: MIT
// Time limits. What decides between "timed out" and "cancelled meanwhile" is the task's count of requests: the timeout
// takes its own request back, and if others are left the cancellation is theirs.
//
// The public one keeps its timer in memory of its own, not in the caller's struct: between a begin and an end in C
// there may be a return that was overlooked, or a stack that is lost, and a timer must not be left in either.
// Invariant: a scope is freed by the end of its limit, or with the task that skipped it.
#include "asyncio/timeout.h"

#include <math.h>

#include "../core/runtime.h"
#include "timeout.h"

enum { CREATED, ENTERED, EXPIRED, EXITED };

static void expire(asyncio__entry *entry) {
  asyncio__timeout *self = asyncio__container(entry, asyncio__timeout, timer.entry);
  self->expired = true;
  asyncio_task_cancel(self->task, NULL);
}

// A time that has passed already counts in the next iteration, before the timers that are due then. The clock as it was
// last read is good enough to tell, and whoever gives a delay has just read it.
static asyncio_status arm(asyncio__timeout *self, double when) {
  asyncio_loop *loop = asyncio_future_get_loop(self->task);
  self->when = when;
  if (when == INFINITY) return ASYNCIO_OK;
  if (when > loop->now) return asyncio__loop_arm(loop, &self->timer, when);
  asyncio__loop_ready(loop, &self->timer.entry);
  return ASYNCIO_OK;
}

asyncio_status asyncio__timeout_move(asyncio__timeout *self, double when) {
  asyncio__loop_disarm(asyncio_future_get_loop(self->task), &self->timer);
  asyncio_status status = arm(self, when);
  if (status) self->when = INFINITY;
  return status;
}

asyncio_status asyncio__timeout_begin(asyncio__timeout *self, double when) {
  *self = (asyncio__timeout){.task = asyncio_current_task()};
  asyncio__timer_init(&self->timer, expire);
  self->cancelling = asyncio_task_cancelling(self->task);
  return arm(self, when);
}

asyncio_status asyncio__timeout_end(asyncio__timeout *self, asyncio_status status) {
  asyncio__loop_disarm(asyncio_future_get_loop(self->task), &self->timer);
  if (!self->expired) return status;
  bool ours = asyncio_task_uncancel(self->task) <= self->cancelling;
  if (!ours || status != ASYNCIO_CANCELLED_ERROR) return status;
  return asyncio_raise(ASYNCIO_TIMEOUT_ERROR, "The time limit was reached");
}

// ---- The public one

struct asyncio__timeout_scope {
  asyncio__timeout timeout;
  asyncio__entry left;  // in the task's callbacks: it may be done without the end
};

typedef struct asyncio__timeout_scope scope;

static void scope_free(scope *self) {
  asyncio_task *task = self->timeout.task;
  asyncio__loop_disarm(asyncio_future_get_loop(task), &self->timeout.timer);
  asyncio__unlink(&self->left.link);
  asyncio__pool_free(&asyncio__thread.pool, self, sizeof *self);
  asyncio_unref(task);
}

static void left_drop(asyncio__entry *entry) { scope_free(asyncio__container(entry, scope, left)); }

static void left_run(asyncio__entry *entry) {
  asyncio_task *task = asyncio__container(entry, scope, left)->timeout.task;
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
  asyncio_status status = asyncio__timeout_begin(&self->timeout, when);
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
  if (limit->asyncio__scope) return limit->asyncio__scope->timeout.expired ? "expiring" : "active";
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
  status = asyncio__timeout_end(&self->timeout, status);
  *limit = (asyncio_timeout){.asyncio__when = self->timeout.when,
                             .asyncio__state = self->timeout.expired ? EXPIRED : EXITED};
  scope_free(self);
  return status;
}

asyncio_status asyncio_timeout_reschedule(asyncio_timeout *limit, double when) {
  ASYNCIO_TRY(check(limit, "when", when));
  scope *self = limit->asyncio__scope;
  if (!self || self->timeout.expired) return refuse(limit);
  return asyncio__timeout_move(&self->timeout, when);
}

double asyncio_timeout_when(const asyncio_timeout *limit) {
  return limit->asyncio__scope ? limit->asyncio__scope->timeout.when : limit->asyncio__when;
}

bool asyncio_timeout_expired(const asyncio_timeout *limit) {
  return limit->asyncio__scope ? limit->asyncio__scope->timeout.expired : limit->asyncio__state == EXPIRED;
}
