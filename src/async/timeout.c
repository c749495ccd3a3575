// SPDX-License-Identifier: MIT
// What decides between "timed out" and "cancelled meanwhile" is the task's count of requests: the timeout takes its own
// request back, and if others are left the cancellation is theirs.
#include "timeout.h"

#include <math.h>

static void expire(asyncio__entry *entry) {
  asyncio__timeout *self = asyncio__container(entry, asyncio__timeout, timer.entry);
  self->expired = true;
  asyncio_task_cancel(self->task, NULL);
}

asyncio_status asyncio__timeout_begin(asyncio__timeout *self, double delay) {
  asyncio_loop *loop = asyncio_get_running_loop();
  *self = (asyncio__timeout){.task = asyncio_current_task()};
  asyncio__timer_init(&self->timer, expire);
  self->cancelling = asyncio_task_cancelling(self->task);
  if (delay == INFINITY) return ASYNCIO_OK;
  return asyncio__loop_arm(loop, &self->timer, asyncio_loop_time(loop) + delay);
}

asyncio_status asyncio__timeout_end(asyncio__timeout *self, asyncio_status status) {
  asyncio__loop_disarm(asyncio_future_get_loop(self->task), &self->timer);
  if (!self->expired) return status;
  bool ours = asyncio_task_uncancel(self->task) <= self->cancelling;
  if (!ours || status != ASYNCIO_CANCELLED_ERROR) return status;
  return asyncio_raise(ASYNCIO_TIMEOUT_ERROR, "The time limit was reached");
}
