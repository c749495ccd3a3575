// SPDX-License-Identifier: MIT
// How tasks come to be: a coroutine object becomes one in place, is queued or takes its first step at once, by way of
// the loop's factory if it has one. Invariant: an eager start leaves what executes, and who may park, as they were; the
// task in between is one like any other.
#include "../base/barrier.h"
#include "../port/coro.h"
#include "loop.h"
#include "task.h"

static asyncio_status creatable(const asyncio_future *coroutine, const asyncio_task_options *options) {
  if (!coroutine) return asyncio__null_awaitable("coroutine");
  if (!asyncio_iscoroutine(coroutine))
    return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [coroutine] to be an unused coroutine, got a %s%s",
                         coroutine->kind == &asyncio__coroutine_kind ? "used " : "", coroutine->kind->name);
  if (options->stack_size && options->stack_size < ASYNCIO_MINIMUM_STACK_SIZE)
    return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [stack_size] to be at least %d, got %zu",
                         ASYNCIO_MINIMUM_STACK_SIZE, options->stack_size);
  return options->loop ? asyncio__loop_open(options->loop) : ASYNCIO_OK;
}

static void become_task(asyncio__task *self, asyncio_loop *loop, asyncio_context *context) {
  self->future.kind = &asyncio__task_kind;
  self->future.state = ASYNCIO__PENDING;
  self->future.loop = asyncio__loop_hold(loop);
  if (!self->name) self->number = ++loop->tasks_named;
  self->frame = asyncio__root(self);
  asyncio__entry_init(&self->entry, asyncio__task_run);
  self->context = asyncio__context_for_task(context);
  self->future.references++;
  if (asyncio__thread.debug_loops) asyncio__unlink(&self->tasks);
  asyncio__list_append(&loop->tasks, &self->tasks);
}

// A first step may go on in a coroutine that was begun before (a generator's, or its own after one), and some backends
// enter that later: the starter waits for it if it can.
static void let_go_on(asyncio_loop *loop, unsigned entered_before) {
  asyncio__thread.task = NULL;
  asyncio__thread.running = NULL;
  while (loop->entered > entered_before && asyncio__coro_settle()) continue;
  asyncio__thread.running = loop;
  asyncio__thread.turning = true;
}

static void start_now(asyncio__task *self) {
  asyncio_loop *loop = self->future.loop;
  asyncio__task *starter = asyncio__thread.task;
  void *parkable = asyncio__coro_parkable;
  bool eager = asyncio__thread.eager;
  unsigned entered = loop->entered;
  asyncio__thread.eager = true;
  asyncio__coro_parkable = NULL;
  asyncio__task_run(&self->entry);
  asyncio__thread.eager = eager;
  if (loop->entered > entered) let_go_on(loop, entered);
  asyncio__coro_parkable = parkable;
  asyncio__thread.task = starter;
}

static asyncio_task *task_new(asyncio_future *coroutine, const asyncio_task_options *options) {
  asyncio_loop *loop = options->loop;
  asyncio_status status = creatable(coroutine, options);
  if (!status && !loop) status = (loop = asyncio_get_running_loop()) ? ASYNCIO_OK : ASYNCIO_RUNTIME_ERROR;
  coroutine = asyncio_ref(coroutine);
  asyncio__task *self = asyncio__task_of(coroutine);
  if (!status && options->name) status = asyncio_task_set_name(coroutine, options->name);
  if (status) {
    asyncio_unref(coroutine);
    return asyncio__no_awaitable();
  }
  self->stack_size = options->stack_size ? options->stack_size : ASYNCIO_DEFAULT_STACK_SIZE;
  become_task(self, loop, options->context);
  if (options->eager_start && asyncio__thread.running == loop)
    start_now(self);
  else
    asyncio__loop_ready(loop, &self->entry);
  return coroutine;
}

asyncio_task *asyncio_task_new_with(asyncio_future *coroutine, asyncio_task_options options) {
  return task_new(coroutine, &options);
}

// ---- By way of the factory

void asyncio_loop_set_task_factory(asyncio_loop *loop, asyncio_task_factory factory, void *arg) {
  if (!loop) return;
  loop->task_factory = factory;
  loop->task_factory_arg = arg;
}

asyncio_task_factory asyncio_loop_get_task_factory(const asyncio_loop *loop) {
  return loop ? loop->task_factory : NULL;
}

asyncio_task *asyncio_eager_task_factory(asyncio_loop *loop, asyncio_future *coroutine,
                                         const asyncio_task_options *options, void *arg) {
  asyncio_task_options eager = *options;
  (void)loop, (void)arg;
  eager.eager_start = true;
  return task_new(coroutine, &eager);
}

ASYNCIO__OUTLINED static asyncio_task *call_factory(asyncio_loop *loop, asyncio_future *coroutine,
                                                    const asyncio_task_options *options) {
  ASYNCIO__NEVER_SUSPENDS(call_factory);
  void *parkable = asyncio__coro_parkable;
  asyncio__coro_parkable = NULL;
  asyncio__errors before = *asyncio__errors_here();
  asyncio_task *task = loop->task_factory(loop, coroutine, options, loop->task_factory_arg);
  asyncio__coro_parkable = parkable;
  if (!task && asyncio__errors_same(&before, asyncio__errors_here()))
    asyncio_raise(ASYNCIO_RUNTIME_ERROR, "The task factory gave no task");
  return task ? task : asyncio__no_awaitable();
}

asyncio_task *asyncio_create_task_with(asyncio_future *coroutine, asyncio_task_options options) {
  asyncio_loop *loop = options.loop ? options.loop : asyncio__thread.running;
  if (!loop || loop->closed || !loop->task_factory) return task_new(coroutine, &options);
  options.loop = loop;
  return call_factory(loop, coroutine, &options);
}

asyncio_task *asyncio__start(asyncio_future *coroutine, asyncio_loop *loop) {
  if (loop->task_factory) return call_factory(loop, coroutine, &(asyncio_task_options){.loop = loop});
  asyncio__task *self = asyncio__task_of(asyncio_ref(coroutine));
  self->stack_size = ASYNCIO_DEFAULT_STACK_SIZE;
  become_task(self, loop, NULL);
  asyncio__loop_ready(loop, &self->entry);
  return coroutine;
}
