// SPDX-License-Identifier: MIT
// Debug mode: an observer that the loop calls in the place of an entry. A loop without one pays a comparison for each
// entry, and a program that never asks for debug mode does not hold this code. Invariant: a coroutine object is in its
// loop's list exactly while it is unused and the loop is in debug mode.
#include "asyncio/debug.h"

#include <math.h>
#include <stdio.h>

#include "../port/host.h"
#include "loop.h"
#include "task.h"

enum { LONGEST_MESSAGE = 160, LONGEST_DURATION = 4000000 };  // seconds

static void tell(asyncio_loop *loop, const char *message, asyncio_future *future) {
  asyncio_exception_context context = {.message = message, .future = future};
  asyncio_loop_call_exception_handler(loop, &context);
}

// The coroutine that [task] has come to a wait in; the outermost where there is none within, or it has ended.
static const char *innermost(const asyncio__task *task) {
  asyncio__frame **called = asyncio__stackful_called(task->frame);
  const asyncio__frame *frame = called && *called ? *called : task->frame;
  return frame ? asyncio__coroutine_of(frame)->function : task->function;
}

ASYNCIO__OUTLINED static void tell_slow(asyncio_loop *loop, asyncio__task *task, double seconds) {
  ASYNCIO__NEVER_SUSPENDS(tell_slow);
  char message[LONGEST_MESSAGE];
  if (seconds < loop->slow_callback_duration) return;
  unsigned ms = (unsigned)((seconds < LONGEST_DURATION ? seconds : LONGEST_DURATION) * 1e3 + 0.5);
  const char *outer = task ? task->function : "", *inner = task ? innermost(task) : outer;
  snprintf(message, sizeof message, "Executing a %s%.60s%s%.60s%s took %u.%u%u%u seconds",
           task ? "step of coroutine '" : "callback", outer, inner == outer ? "" : " > ", inner == outer ? "" : inner,
           task ? "'" : "", ms / 1000, ms / 100 % 10, ms / 10 % 10, ms % 10);
  tell(loop, message, task ? &task->future : NULL);
}

ASYNCIO__OUTLINED static void run_observed(asyncio_loop *loop, asyncio__entry *entry) {
  ASYNCIO__NEVER_SUSPENDS(run_observed);
  asyncio__task *task = entry->run == asyncio__task_run ? asyncio__container(entry, asyncio__task, entry) : NULL;
  if (task) task->future.references++;
  double began = asyncio__host_now();
  entry->run(entry);
  if (!loop->entered) tell_slow(loop, task, asyncio__host_now() - began);
  if (task) asyncio_unref(&task->future);
}

static void entered_has_left(asyncio_loop *loop, asyncio__task *task) {
  tell_slow(loop, task, asyncio__host_now() - loop->resumed);
}

ASYNCIO__OUTLINED static void tell_unused(asyncio_loop *loop) {
  ASYNCIO__NEVER_SUSPENDS(tell_unused);
  char message[LONGEST_MESSAGE];
  asyncio__link *link;
  while ((link = asyncio__list_pop(&loop->unused))) {
    asyncio__task *coroutine = asyncio__container(link, asyncio__task, tasks);
    bool generates = coroutine->generates;
    snprintf(message, sizeof message, "%s '%.80s' was never %s", generates ? "generator" : "coroutine",
             coroutine->function, generates ? "iterated" : "awaited");
    tell(loop, message, NULL);
  }
}

static const asyncio__observer debug_mode = {run_observed, entered_has_left, tell_unused};

void asyncio_loop_set_debug(asyncio_loop *loop, bool enabled) {
  if (!loop || enabled == asyncio_loop_get_debug(loop)) return;
  while (asyncio__list_pop(&loop->unused)) continue;
  loop->observer = enabled ? &debug_mode : NULL;
  loop->resumed = asyncio__host_now();  // of what runs now
  asyncio__thread.debug_loops += enabled ? 1 : -1U;
}

bool asyncio_loop_get_debug(const asyncio_loop *loop) { return loop && loop->observer; }

asyncio_status asyncio_loop_set_slow_callback_duration(asyncio_loop *loop, double seconds) {
  if (isnan(seconds)) return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [seconds] to be a number, got NaN");
  if (!loop) return asyncio__loop_open(NULL);
  loop->slow_callback_duration = seconds;
  return ASYNCIO_OK;
}

double asyncio_loop_get_slow_callback_duration(const asyncio_loop *loop) {
  return loop ? loop->slow_callback_duration : NAN;
}
