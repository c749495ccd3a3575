// SPDX-License-Identifier: MIT
// The way in: a runner for one coroutine. And how the tasks that are left then are ended, for JavaScript's runs as
// well.
#include "run.h"

#include <stdio.h>
#include <stdlib.h>

#include "../base/alloc.h"
#include "../base/barrier.h"
#include "../core/await.h"
#include "../port/host.h"
#include "asyncio/run.h"

// The failure of the last asyncio_run, if nobody has asked for its words by the time the program ends.
ASYNCIO__OUTLINED static void report_uncaught(void) {
  ASYNCIO__NEVER_SUSPENDS(report_uncaught);
  char line[1024];
  asyncio_status status = asyncio__thread.uncaught;
  const asyncio_error *error = asyncio__thread.uncaught_error;
  if (!status) return;
  const char *words = error ? error->words : asyncio__status_words(status);
  snprintf(line, sizeof line, "asyncio_run: %s: %s", asyncio_error_name(status), words);
  asyncio__host_report(line);
}

void asyncio__run_failed(asyncio_status status) {
  static _Thread_local bool registered;
  if (!registered) registered = atexit(report_uncaught) == 0;
  asyncio__uncaught_forget();
  asyncio__thread.uncaught = status;
  asyncio__thread.uncaught_error = asyncio__error_ref(asyncio__errors_find(asyncio__errors_here(), status));
}

static void report_failure(asyncio_loop *loop, asyncio_task *task) {
  const asyncio_error *error;
  if (asyncio_future_cancelled(task) || asyncio_future_exception(task, &error) || !error) return;
  asyncio_exception_context context = {"Unhandled exception during asyncio.run() shutdown", asyncio_error_status(error),
                                       error, task};
  asyncio_loop_call_exception_handler(loop, &context);
}

// A frame that awaits one after the other, whatever becomes of them, and then lets the callbacks of the last one go
// first, as asyncio's gather does. It may outlive the list, when the run was stopped and the loop is closed.
struct asyncio__wait_for_all {
  asyncio__frame frame;
  asyncio__leftovers *tasks;  // NULL: the list has gone
  size_t next;
};

typedef struct asyncio__wait_for_all wait_for_all;

enum { START, WAITING, YIELDED };

static asyncio__progress done(wait_for_all *self, asyncio_status status) {
  if (self->tasks) self->tasks->waiter = NULL;
  self->tasks = NULL;
  return asyncio__frame_done(&self->frame, status, asyncio_none());
}

static void drop(asyncio__frame *frame) {
  if (frame->at != START) (void)done(asyncio__container(frame, wait_for_all, frame), ASYNCIO_OK);
}

static asyncio__progress step(asyncio__frame *frame, asyncio_status sent) {
  wait_for_all *self = asyncio__container(frame, wait_for_all, frame);
  asyncio__leftovers *tasks = self->tasks;
  asyncio_value_clear(&frame->value);
  if (!tasks) return done(self, sent);
  if (frame->at == YIELDED) return done(self, ASYNCIO_OK);
  tasks->waiter = self;
  while (self->next < tasks->count && asyncio_future_done(tasks->tasks[self->next])) self->next++;
  if (self->next < tasks->count) return asyncio__frame_await(frame, asyncio_ref(tasks->tasks[self->next]), WAITING);
  frame->at = YIELDED;
  asyncio__yield_begin();
  return ASYNCIO__PARKED;
}

asyncio_future *asyncio__leftovers_cancel(asyncio__leftovers *self, asyncio_loop *loop) {
  *self = (asyncio__leftovers){.count = asyncio_all_tasks(loop, NULL, 0)};
  self->tasks = self->count ? asyncio__alloc(self->count * sizeof *self->tasks) : NULL;
  if (!self->tasks) return NULL;
  asyncio_all_tasks(loop, self->tasks, self->count);
  for (size_t i = 0; i < self->count; i++) asyncio_ref(self->tasks[i]);
  for (size_t i = 0; i < self->count; i++) asyncio_task_cancel(self->tasks[i], NULL);
  wait_for_all waiter = {.frame = {.step = step, .drop = drop}, .tasks = self};
  return asyncio__frame_coroutine("wait_for_all", &waiter.frame, sizeof waiter);
}

void asyncio__leftovers_ended(asyncio__leftovers *self, asyncio_loop *loop, asyncio_status status) {
  for (size_t i = 0; self->tasks && i < self->count; i++) {
    if (!status) report_failure(loop, self->tasks[i]);
    asyncio_unref(self->tasks[i]);
  }
  asyncio__free(self->tasks);
  if (self->waiter) self->waiter->tasks = NULL;
  *self = (asyncio__leftovers){.tasks = NULL};
}

static asyncio_status refuse(asyncio_future *coroutine, asyncio_status status) {
  asyncio_unref(asyncio_ref(coroutine));
  return status;
}

asyncio_status asyncio__run_check(const asyncio_future *coroutine) {
  if (asyncio__thread.running)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "asyncio_run() cannot be called from a running event loop");
  if (!coroutine) return asyncio__null_awaitable("coroutine");
  if (asyncio_iscoroutine(coroutine)) return ASYNCIO_OK;
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [coroutine] to be an unused coroutine, got a future");
}

asyncio_status asyncio_run_with(asyncio_future *coroutine, asyncio_value *result, asyncio_runner_options options) {
  if (result) *result = asyncio_none();
  asyncio_runner runner;
  asyncio_runner_init_with(&runner, options);
  asyncio_status status = asyncio__run_check(coroutine);
  status = status ? refuse(coroutine, status) : asyncio_runner_run(&runner, coroutine, result);
  if (!asyncio__thread.running) (void)asyncio_runner_close(&runner);
  if (status) asyncio__run_failed(status);
  return status;
}
