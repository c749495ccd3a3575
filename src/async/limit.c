// SPDX-License-Identifier: MIT
// The core of time limits. What decides between "timed out" and "cancelled meanwhile" is the task's count of requests:
// the limit takes its own request back, and if others are left the cancellation is theirs.
#include "limit.h"

#include <math.h>

#include "../core/runtime.h"

static void expire(asyncio__entry *entry) {
  asyncio__limit *self = asyncio__container(entry, asyncio__limit, timer.entry);
  self->expired = true;
  asyncio_task_cancel(self->task, NULL);
}

// A time that has passed already counts in the next iteration, before the timers that are due then. The clock as it was
// last read is good enough to tell, and whoever gives a delay has just read it.
static asyncio_status arm(asyncio__limit *self, double when) {
  asyncio_loop *loop = asyncio_future_get_loop(self->task);
  self->when = when;
  if (when == INFINITY) return ASYNCIO_OK;
  if (when > loop->now) return asyncio__loop_arm(loop, &self->timer, when);
  asyncio__loop_ready(loop, &self->timer.entry);
  return ASYNCIO_OK;
}

asyncio_status asyncio__limit_move(asyncio__limit *self, double when) {
  asyncio__loop_disarm(asyncio_future_get_loop(self->task), &self->timer);
  asyncio_status status = arm(self, when);
  if (status) self->when = INFINITY;
  return status;
}

asyncio_status asyncio__limit_begin(asyncio__limit *self, double when) {
  *self = (asyncio__limit){.task = asyncio_current_task()};
  asyncio__timer_init(&self->timer, expire);
  self->cancelling = asyncio_task_cancelling(self->task);
  return arm(self, when);
}

asyncio_status asyncio__limit_end(asyncio__limit *self, asyncio_status status) {
  asyncio__loop_disarm(asyncio_future_get_loop(self->task), &self->timer);
  if (!self->expired) return status;
  bool ours = asyncio_task_uncancel(self->task) <= self->cancelling;
  if (!ours || status != ASYNCIO_CANCELLED_ERROR) return status;
  return asyncio_raise(ASYNCIO_TIMEOUT_ERROR, "The time limit was reached");
}
