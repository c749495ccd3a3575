// SPDX-License-Identifier: MIT
// Runners: a loop and a context for several runs, and an end that leaves nothing behind. asyncio_run is one run of one.
// Invariant: there is a context whenever there is a loop, and neither once the runner is closed.
#include "asyncio/runner.h"

#include "asyncio/debug.h"
#include "asyncio/generator.h"
#include "run.h"

void asyncio_runner_init_with(asyncio_runner *self, asyncio_runner_options options) {
  if (self) *self = (asyncio_runner){.asyncio__options = options};
}

static asyncio_status refuse(asyncio_future *coroutine, asyncio_status status) {
  asyncio_unref(asyncio_ref(coroutine));
  return status;
}

static asyncio_loop *make_loop(const asyncio_runner_options *options) {
  if (!options->loop_factory) return asyncio_new_event_loop();
  asyncio__errors before = *asyncio__errors_here();
  asyncio_loop *loop = options->loop_factory(options->loop_factory_arg);
  if (!loop && asyncio__errors_same(&before, asyncio__errors_here()))
    asyncio_raise(ASYNCIO_RUNTIME_ERROR, "The loop factory gave no loop");
  return loop;
}

static asyncio_status no_runner(void) {
  return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [runner] to be a runner, got NULL");
}

static asyncio_status start(asyncio_runner *self) {
  if (!self) return no_runner();
  if (self->asyncio__closed) return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Runner is closed");
  if (self->asyncio__loop) return ASYNCIO_OK;
  asyncio_context *context = asyncio_copy_context();
  asyncio_loop *loop = context ? make_loop(&self->asyncio__options) : NULL;
  if (!loop) {
    asyncio_context_unref(context);
    return asyncio_error_latest();
  }
  if (self->asyncio__options.debug) asyncio_loop_set_debug(loop, true);
  self->asyncio__context = context;
  self->asyncio__loop = loop;
  if (!self->asyncio__options.loop_factory) asyncio_set_event_loop(loop);
  return ASYNCIO_OK;
}

static asyncio_status runnable(asyncio_runner *self, const asyncio_future *coroutine) {
  if (asyncio__thread.running)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "asyncio_runner_run() cannot be called from a running event loop");
  return coroutine ? start(self) : asyncio__null_awaitable("coroutine");
}

asyncio_status asyncio_runner_run_in(asyncio_runner *self, asyncio_future *coroutine, asyncio_value *result,
                                     asyncio_context *context) {
  if (result) *result = asyncio_none();
  asyncio_status status = runnable(self, coroutine);
  if (status) return refuse(coroutine, status);
  return asyncio__loop_run_in(self->asyncio__loop, coroutine, context ? context : self->asyncio__context, result);
}

asyncio_loop *asyncio_runner_get_loop(asyncio_runner *self) { return start(self) ? NULL : self->asyncio__loop; }

// What cannot be waited for, for want of memory or because it never ends, asyncio_loop_close ends.
static void cancel_all_tasks(asyncio_loop *loop) {
  asyncio__leftovers left;
  asyncio_future *waiter = asyncio__leftovers_cancel(&left, loop);
  asyncio_status status = waiter ? asyncio_loop_run_until_complete(loop, waiter, NULL) : ASYNCIO_MEMORY_ERROR;
  asyncio__leftovers_ended(&left, loop, status);
}

// The failures of those that cannot be closed, for want of memory, go with them.
static void close_all_generators(asyncio_loop *loop) {
  if (asyncio__list_empty(&loop->generators)) return;
  asyncio_status status = asyncio_loop_run_until_complete(loop, asyncio_loop_shutdown_asyncgens(loop), NULL);
  if (status) asyncio__errors_clear(&asyncio__thread.errors);
}

static void end(asyncio_runner *self) {
  asyncio_loop *loop = self->asyncio__loop;
  cancel_all_tasks(loop);
  close_all_generators(loop);
  if (!self->asyncio__options.loop_factory) asyncio_set_event_loop(NULL);
  (void)asyncio_loop_close(loop);
  asyncio_loop_unref(loop);
  asyncio_context_unref(self->asyncio__context);
  self->asyncio__loop = NULL;
  self->asyncio__context = NULL;
}

// The words of the last run's failure outlive what goes wrong here.
asyncio_status asyncio_runner_close(asyncio_runner *self) {
  if (asyncio__thread.running)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "asyncio_runner_close() cannot be called from a running event loop");
  if (!self) return no_runner();
  asyncio__errors kept = asyncio__thread.errors;
  asyncio__thread.errors = (asyncio__errors){0};
  if (self->asyncio__loop) end(self);
  self->asyncio__closed = true;
  asyncio__errors_clear(&asyncio__thread.errors);
  asyncio__thread.errors = kept;
  return ASYNCIO_OK;
}
