// SPDX-License-Identifier: MIT
// Sleeping: a timer in the sleeper's own frame. Cancellation takes it back.
#include <math.h>

#include "../base/barrier.h"
#include "../core/await.h"

typedef struct sleep_frame {
  asyncio__frame frame;
  asyncio__timer timer;
  asyncio_task *task;
  double delay;
  asyncio_value given;  // what awaiting it gives; owned
} sleep_frame;

enum { START, WOKEN };

static void due(asyncio__entry *entry) {
  sleep_frame *self = asyncio__container(entry, sleep_frame, timer.entry);
  asyncio__wake(self->task, ASYNCIO_OK);
}

static void undo(void *arg) {
  sleep_frame *self = arg;
  asyncio__loop_disarm(asyncio_future_get_loop(self->task), &self->timer);
}

static void drop(asyncio__frame *frame) {
  asyncio_value_clear(&asyncio__container(frame, sleep_frame, frame)->given);
}

static asyncio_status begin(sleep_frame *self) {
  asyncio_loop *loop = asyncio_get_running_loop();
  self->task = asyncio_current_task();
  asyncio__timer_init(&self->timer, due);
  if (self->delay <= 0) {
    asyncio__yield_begin();
    return ASYNCIO_OK;
  }
  ASYNCIO_TRY(asyncio__loop_arm(loop, &self->timer, asyncio_loop_time(loop) + self->delay));
  asyncio__wait_begin("sleep", undo, self);
  return ASYNCIO_OK;
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  sleep_frame *self = asyncio__container(frame, sleep_frame, frame);
  asyncio_value given = self->given;
  if (frame->at == START) {
    frame->at = WOKEN;
    sent = begin(self);
    if (!sent) return ASYNCIO__PARKED;
  }
  self->given = asyncio_none();
  if (sent) asyncio_value_clear(&given);
  return asyncio__frame_done(frame, sent, given);
}

static asyncio_status not_a_number(void) {
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [delay] to be a number, got NaN");
}

ASYNCIO__OUTLINED static asyncio_status sleep_for(double delay) {
  ASYNCIO__KEEP_APART(sleep_for);
  if (isnan(delay)) return not_a_number();
  ASYNCIO_TRY(asyncio__may_suspend("asyncio_sleep"));
  sleep_frame self = {.frame = {.step = step}, .delay = delay};
  return asyncio__frame_run(&self.frame, NULL);
}

asyncio_status asyncio_sleep(double delay) { return delay <= 0 ? asyncio__yield() : sleep_for(delay); }

asyncio_future *asyncio_sleep_coroutine(double delay, asyncio_value value) {
  sleep_frame self = {.frame = {.step = step, .drop = drop}, .delay = delay, .given = value};
  if (!isnan(delay)) return asyncio__frame_coroutine("sleep", &self.frame, sizeof self);
  asyncio_value_clear(&value);
  (void)not_a_number();
  return asyncio__no_awaitable();
}
