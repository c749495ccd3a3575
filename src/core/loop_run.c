// SPDX-License-Identifier: MIT
// A loop's life: runs and the end. While it runs the host turns it; the C code that asked for the run is blocked or
// suspended until then.
#include <math.h>

#include "../port/coro.h"
#include "../port/host.h"
#include "asyncio/graph.h"
#include "loop.h"
#include "task.h"

enum { DESCRIPTION_SIZE = 2048 };

static bool run_is_over(void *arg) { return !((asyncio_loop *)arg)->running; }

asyncio_status asyncio__loop_startable(const asyncio_loop *loop) {
  ASYNCIO_TRY(asyncio__loop_open(loop));
  if (loop->running) return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "This event loop is already running");
  if (asyncio__thread.running)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Cannot run the event loop while another loop is running");
  return ASYNCIO_OK;
}

static asyncio_status runnable(const asyncio_loop *loop) {
  const char *why;
  ASYNCIO_TRY(asyncio__loop_startable(loop));
  if (!asyncio__host_can_run(&why)) return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "%s", why);
  return ASYNCIO_OK;
}

asyncio_status asyncio__loop_stuck(asyncio_loop *loop) {
  char description[DESCRIPTION_SIZE];
  loop->running = false;
  asyncio__unlink(&loop->driven);
  size_t length = asyncio_format_tasks(loop, description, sizeof description);
  return asyncio_raise(ASYNCIO_RUNTIME_ERROR,
                       "The event loop can never continue: nothing is ready, no timer is set%s%s", length ? "\n" : "",
                       description);
}

static void start_running(asyncio_loop *loop) {
  asyncio_loop_ref(loop);
  loop->running = true;
  asyncio__list_append(&asyncio__thread.driven, &loop->driven);
}

static asyncio_status run_blocking(asyncio_loop *loop) {
  asyncio_status status = ASYNCIO_OK;
  start_running(loop);
  if (!asyncio__host_run(run_is_over, loop)) status = asyncio__loop_stuck(loop);
  asyncio_loop_unref(loop);
  return status;
}

asyncio_status asyncio_loop_run_forever(asyncio_loop *loop) {
  ASYNCIO_TRY(runnable(loop));
  return run_blocking(loop);
}

static asyncio_status stop_when_done(asyncio_future *future, void *arg) {
  (void)arg;
  asyncio_loop_stop(future->loop);
  return ASYNCIO_OK;
}

// The loop's own future for [awaitable], with a reference for the caller.
static asyncio_status adopt(asyncio_loop *loop, asyncio_future *awaitable, asyncio_context *context,
                            asyncio_future **future) {
  *future = asyncio_iscoroutine(awaitable) || !awaitable
                ? asyncio_create_task(awaitable, .loop = loop, .context = context)
                : asyncio_ref(awaitable);
  if (!*future) return asyncio_error_latest();
  if ((*future)->loop == loop) return asyncio_future_add_done_callback(*future, stop_when_done, NULL);
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "The future belongs to a different loop than the one asked to run");
}

static asyncio_status outcome(asyncio_status run, asyncio_future *future, asyncio_value *result) {
  asyncio_value value = asyncio_none();
  if (run) return run;
  if (!asyncio__is_done(future))
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Event loop stopped before Future completed.");
  asyncio_status status = asyncio__future_take(future, &value);
  if (result)
    *result = value;
  else
    asyncio_value_clear(&value);
  return status;
}

asyncio_status asyncio__loop_run_in(asyncio_loop *loop, asyncio_future *awaitable, asyncio_context *context,
                                    asyncio_value *result) {
  asyncio_future *future = NULL;
  if (result) *result = asyncio_none();
  asyncio_status status = runnable(loop);
  if (status) {
    asyncio_unref(asyncio_ref(awaitable));
    return status;
  }
  status = adopt(loop, awaitable, context, &future);
  if (!status) {
    status = run_blocking(loop);
    asyncio_future_remove_done_callback(future, stop_when_done, NULL);
    status = outcome(status, future, result);
  }
  asyncio_unref(future);
  return status;
}

asyncio_status asyncio_loop_run_until_complete(asyncio_loop *loop, asyncio_future *awaitable, asyncio_value *result) {
  return asyncio__loop_run_in(loop, awaitable, NULL, result);
}

asyncio_status asyncio__loop_begin_run(asyncio_loop *loop, asyncio_future *awaitable, asyncio_future **future) {
  *future = NULL;
  asyncio_status status = asyncio__loop_startable(loop);
  if (status)
    asyncio_unref(asyncio_ref(awaitable));
  else if (awaitable)
    status = adopt(loop, awaitable, NULL, future);
  if (!status) {
    start_running(loop);
    asyncio__host_wake();
    return ASYNCIO_OK;
  }
  asyncio_unref(*future);
  *future = NULL;
  return status;
}

asyncio_status asyncio__loop_end_run(asyncio_loop *loop, asyncio_status run, asyncio_future *future,
                                     asyncio_value *result) {
  asyncio_status status = run;
  *result = asyncio_none();
  if (future) {
    asyncio_future_remove_done_callback(future, stop_when_done, NULL);
    status = outcome(run, future, result);
  }
  asyncio_unref(future);
  asyncio_loop_unref(loop);
  return status;
}

static void drop_entries(asyncio__link *list) {
  asyncio__link *link;
  while ((link = asyncio__list_pop(list))) {
    asyncio__entry *entry = asyncio__entry_of(link);
    if (entry->drop) entry->drop(entry);
  }
}

// They execute as in an iteration of the loop, but now: whoever closes it may itself execute in another loop, and goes
// on. Those that do not end go to [lasting].
static void end_tasks(asyncio_loop *loop, asyncio__link *lasting) {
  asyncio_loop *running = asyncio__thread.running;
  asyncio__task *closer = asyncio__thread.task;
  void *parkable = asyncio__coro_parkable;
  bool turning = asyncio__thread.turning;
  while (!asyncio__list_empty(&loop->tasks)) {
    asyncio__task *task = asyncio__container(loop->tasks.next, asyncio__task, tasks);
    asyncio__thread.running = loop;
    asyncio__loop_report(loop, "Task was destroyed but it is pending", &task->future);
    if (asyncio__task_end(task)) continue;
    asyncio__unlink(&task->tasks);
    asyncio__list_append(lasting, &task->tasks);
  }
  asyncio__thread.running = running;
  asyncio__thread.task = closer;
  asyncio__thread.turning = turning;
  asyncio__coro_parkable = parkable;
}

static void drop_timers(asyncio__heap *timers) {
  asyncio__timer *timer;
  while ((timer = asyncio__heap_first(timers))) {
    asyncio__heap_remove(timers, timer);
    if (timer->entry.drop) timer->entry.drop(&timer->entry);
  }
  asyncio__heap_release(timers);
}

static void abandon_tasks(asyncio__link *lasting) {
  asyncio__link *link;
  while ((link = asyncio__list_pop(lasting)))
    asyncio__task_lose(asyncio__container(link, asyncio__task, tasks), ASYNCIO_CANCELLED_ERROR);
}

ASYNCIO__OUTLINED asyncio_status asyncio_loop_close(asyncio_loop *loop) {
  ASYNCIO__NEVER_SUSPENDS(asyncio_loop_close);
  asyncio__link lasting;
  if (!loop) return asyncio__loop_open(NULL);
  if (loop->running) return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Cannot close a running event loop");
  if (loop->closed || loop->closing) return ASYNCIO_OK;
  asyncio__loop_hold(loop);
  loop->closing = true;
  asyncio__list_init(&lasting);
  end_tasks(loop, &lasting);
  if (loop->observer) loop->observer->closing(loop);
  loop->closed = true;
  drop_entries(&loop->batch);
  drop_entries(&loop->ready);
  drop_timers(&loop->timers);
  abandon_tasks(&lasting);
  asyncio__loop_release(loop);
  return ASYNCIO_OK;
}
