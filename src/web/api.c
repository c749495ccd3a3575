// SPDX-License-Identifier: MIT
// What JavaScript calls beyond the public functions: tasks, futures and their callbacks, loops and runs. Arguments are
// pointers and numbers; words come as the size of the bytes that the loader has ready.
#include <math.h>
#include <stdlib.h>

#include "../async/run.h"
#include "../base/alloc.h"
#include "../core/await.h"
#include "../port/host.h"
#include "api.h"
#include "asyncio/debug.h"
#include "asyncio/sleep.h"

// From the loader. The future whose half in JavaScript is [half] is done, and its outcome is this; all of it at once,
// since every call costs as much as running a task. False when that half keeps its reference, because nobody has looked
// at the failure.
bool asyncio_host_settled(asyncio_js half, asyncio_status status, int flags, const asyncio_value *value,
                          const asyncio_error *error, unsigned number, unsigned cancels);
enum { CANCELLED = 1, UNSEEN = 2 };  // flags
void asyncio_host_exception(asyncio_loop *loop, const asyncio_exception_context *context, asyncio_future *future,
                            const char *message, asyncio_status status, const asyncio_error *error);

static void *as_argument(asyncio_js handle) { return (void *)(uintptr_t)handle; }

// ---- Tasks and futures

asyncio_task *asyncio__js_watched(asyncio_task *task, asyncio_js half) {
  if (!task || !half || !asyncio__js_watch(task, half)) return task;
  (void)asyncio_future_cancel(task, NULL);  // nobody could learn how it ends
  asyncio_unref(task);
  return NULL;
}

enum { EAGER = 1, UNASKED = 2 };  // how a task is made: its first step at once; without asking the loop's factory

asyncio_task *asyncio__js_create_task(asyncio_future *coroutine, asyncio_loop *loop, unsigned name, size_t stack_size,
                                      asyncio_js half, asyncio_context *context, int how) {
  asyncio_value text;
  if (asyncio__js_text_or_none(&text, name)) {
    asyncio_unref(asyncio_ref(coroutine));
    return NULL;
  }
  asyncio_task_options options = {.name = asyncio_value_text(text), .loop = loop, .stack_size = stack_size};
  options.context = context;
  options.eager_start = how & EAGER;
  asyncio_task *task =
      how & UNASKED ? asyncio_task_new_with(coroutine, options) : asyncio_create_task_with(coroutine, options);
  asyncio_value_clear(&text);
  return asyncio__js_watched(task, half);
}

// [factory] is a handle of what makes the task: stepped as a coroutine is, it answers the task's pointer, with a
// reference, or 0 when it has raised an error. JavaScript reads the options where they are.
static asyncio_task *ask_factory(asyncio_loop *loop, asyncio_future *coroutine, const asyncio_task_options *options,
                                 void *factory) {
  (void)loop;
  return (asyncio_task *)asyncio_host_step((asyncio_js)(uintptr_t)factory, ASYNCIO_OK, (const void *)coroutine,
                                           (void *)(uintptr_t)options);
}

_Static_assert(offsetof(asyncio_task_options, name) == 4 && offsetof(asyncio_task_options, stack_size) == 8 &&
                   offsetof(asyncio_task_options, context) == 16 && offsetof(asyncio_task_options, eager_start) == 20,
               "see web/api/task_factory.ts");

// 0 takes the factory away.
void asyncio__js_set_task_factory(asyncio_loop *loop, asyncio_js factory) {
  asyncio_loop_set_task_factory(loop, factory ? ask_factory : NULL, as_argument(factory));
}

// sleep() with a value that crosses.
asyncio_future *asyncio__js_sleep(double delay, int kind, double number, unsigned size) {
  asyncio_value value;
  return asyncio__js_value(&value, kind, number, size) ? NULL : asyncio_sleep_coroutine(delay, value);
}

// Makes the caller's only reference one for whoever takes it first / lets go of such a one that nobody took.
asyncio_future *asyncio__js_float(asyncio_future *future) {
  future->floating = true;
  return future;
}

void asyncio__js_drop(asyncio_future *awaitable) {
  if (awaitable->floating) asyncio_unref(asyncio_ref(awaitable));
}

unsigned asyncio__js_task_number(const asyncio_task *task) { return asyncio__task_number(task); }

asyncio_status asyncio__js_set_name(asyncio_task *task, unsigned size) {
  asyncio_value text;
  ASYNCIO_TRY(asyncio__js_text(&text, size));
  asyncio_status status = asyncio_task_set_name(task, asyncio_value_text(text));
  asyncio_value_clear(&text);
  return status;
}

bool asyncio__js_cancel(asyncio_future *future, unsigned message) {
  asyncio_value text;
  (void)asyncio__js_text_or_none(&text, message);  // a request without its words is still one
  bool requested = asyncio_future_cancel(future, asyncio_value_text(text));
  asyncio_value_clear(&text);
  return requested;
}

asyncio_status asyncio__js_set_result(asyncio_future *future, int kind, double number,
                                                           unsigned size) {
  asyncio_value value;
  ASYNCIO_TRY(asyncio__js_value(&value, kind, number, size));
  return asyncio_future_set_result(future, value);
}

asyncio_status asyncio__js_set_exception(asyncio_future *future, asyncio_status status,
                                                              unsigned size, asyncio_js thrown) {
  return asyncio__future_set_error(future, status, asyncio__js_error(status, size, thrown));
}

asyncio_status asyncio__js_status(const asyncio_future *future) { return future->status; }

// Of a done future: whether nobody has looked at its failure; the parts of its outcome; and looking at it.
bool asyncio__js_unseen(const asyncio_future *future) { return future->unseen; }
const asyncio_value *asyncio__js_result(const asyncio_future *future) { return &future->value; }
const asyncio_error *asyncio__js_error_of(const asyncio_future *future) { return future->error; }
asyncio_status asyncio__js_look(asyncio_future *future) {
  future->unseen = false;
  return future->status;
}

static asyncio_status call_done(asyncio_future *future, void *arg) {
  (void)future;
  return asyncio_host_call((asyncio_js)(uintptr_t)arg);
}

asyncio_status asyncio__js_add_done(asyncio_future *future, asyncio_js callback, asyncio_context *context) {
  return asyncio_future_add_done_callback(future, call_done, as_argument(callback), .context = context);
}

void asyncio__js_remove_done(asyncio_future *future, asyncio_js callback) {
  asyncio_future_remove_done_callback(future, call_done, as_argument(callback));
}

// Tells JavaScript of a future's end. It is not a callback of the user's, with a context and errors, and refers to the
// future as long as JavaScript's half does.
typedef struct watcher {
  asyncio__entry entry;
  asyncio_future *future;
} watcher;

static void watcher_drop(asyncio__entry *entry) {
  asyncio__pool_free(&asyncio__thread.pool, asyncio__container(entry, watcher, entry), sizeof(watcher));
}

static void settle(asyncio__entry *entry) {
  asyncio_future *future = asyncio__container(entry, watcher, entry)->future;
  watcher_drop(entry);
  asyncio_js half = future->half;
  int flags = (asyncio_future_cancelled(future) ? CANCELLED : 0) | (future->unseen ? UNSEEN : 0);
  future->half = 0;
  if (half && asyncio_host_settled(half, future->status, flags, &future->value, future->error,
                                   asyncio__task_number(future), asyncio_task_cancelling(future))) {
    future->unseen = false;
    asyncio_unref(future);
  }
}

asyncio_status asyncio__js_watch(asyncio_future *future, asyncio_js half) {
  ASYNCIO_TRY(asyncio__loop_open(future->loop));
  watcher *self = asyncio__pool_alloc(&asyncio__thread.pool, sizeof *self);
  if (!self) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a watcher");
  future->half = half;
  self->future = future;
  asyncio__entry_init(&self->entry, settle);
  self->entry.drop = watcher_drop;
  asyncio__future_watch(future, &self->entry);
  return ASYNCIO_OK;
}

asyncio_js asyncio__js_half(const asyncio_future *future) { return future->half; }

// ---- Loops

static void tell(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)arg;
  asyncio_host_exception(loop, context, context->future, context->message, context->status, context->error);
}

asyncio_loop *asyncio__js_new_loop(void) {
  asyncio_loop *loop = asyncio_new_event_loop();
  if (loop) asyncio_loop_set_exception_handler(loop, tell, NULL);
  return loop;
}

// Where the loop stands that executes, or has been entered; NULL for none.
asyncio_loop *const *asyncio__js_running(void) { return &asyncio__thread.running; }

// Makes [loop] the running one for calls from outside it, and returns the former, to be entered again.
asyncio_loop *asyncio__js_enter(asyncio_loop *loop) {
  asyncio_loop *former = asyncio__thread.running;
  asyncio__thread.running = loop;
  return former;
}

static asyncio_status call(void *arg) { return asyncio_host_call((asyncio_js)(uintptr_t)arg); }

enum { SOON, LATER, AT };

asyncio_handle *asyncio__js_schedule(asyncio_loop *loop, int how, double time,
                                     asyncio_js callback, asyncio_context *context) {
  asyncio_handle *handle = NULL;
  void *arg = as_argument(callback);
  if (how == SOON) (void)asyncio_loop_call_soon(loop, call, arg, &handle, .context = context);
  if (how == LATER) (void)asyncio_loop_call_later(loop, time, call, arg, &handle, .context = context);
  if (how == AT) (void)asyncio_loop_call_at(loop, time, call, arg, &handle, .context = context);
  return handle;
}

asyncio_status asyncio__js_set_debug(asyncio_loop *loop, bool enabled, double slow_callback_duration) {
  asyncio_loop_set_debug(loop, enabled);
  return asyncio_loop_set_slow_callback_duration(loop, slow_callback_duration);
}

// ---- Runs that block nobody: JavaScript looks after each turn whether one is over.

typedef struct js_run {
  asyncio_value value;  // first: JavaScript reads it when the run has ended
  asyncio_loop *loop;
  asyncio_future *future;
  asyncio__leftovers left;
} js_run;

static js_run *begin(js_run *self, asyncio_loop *loop, asyncio_future *awaitable) {
  if (asyncio__loop_begin_run(loop, awaitable, &self->future)) {
    asyncio__leftovers_ended(&self->left, loop, asyncio_error_latest());
    asyncio__free(self);
    return NULL;
  }
  self->loop = loop;
  return self;
}

static js_run *run_new(void) {
  js_run *self = asyncio__alloc(sizeof *self);
  if (self)
    *self = (js_run){.loop = NULL};
  else
    asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a run");
  return self;
}

// Begins a run until [awaitable] is done, or for NULL until the loop is stopped. NULL with the error.
js_run *asyncio__js_run_begin(asyncio_loop *loop, asyncio_future *awaitable) {
  js_run *self = run_new();
  if (self) return begin(self, loop, awaitable);
  asyncio_unref(asyncio_ref(awaitable));
  return NULL;
}

// Begins one in which the tasks that are left are cancelled and end; NULL when there are none.
js_run *asyncio__js_run_leftovers(asyncio_loop *loop) {
  js_run *self = run_new();
  asyncio_future *waiter = self ? asyncio__leftovers_cancel(&self->left, loop) : NULL;
  if (waiter) return begin(self, loop, waiter);
  asyncio__free(self);
  return NULL;
}

bool asyncio__js_run_over(const js_run *self) { return !self->loop->running; }

// The status of the run; its value is in *[self], and its error recorded.
asyncio_status asyncio__js_run_end(js_run *self) {
  asyncio_status status = asyncio__loop_end_run(self->loop, ASYNCIO_OK, self->future, &self->value);
  asyncio__leftovers_ended(&self->left, self->loop, status);
  return status;
}

void asyncio__js_run_free(js_run *self) {
  asyncio_value_clear(&self->value);
  asyncio__free(self);
}

// Ends the runs of all loops, C's own too, and closes those loops. Called while none of them executes.
static void end_runs(void) {
  while (asyncio__thread.driven_ready && !asyncio__list_empty(&asyncio__thread.driven)) {
    asyncio_loop *loop = asyncio__container(asyncio__thread.driven.next, asyncio_loop, driven);
    loop->running = false;
    asyncio__unlink(&loop->driven);
    (void)asyncio_loop_close(loop);
  }
}

// ---- The table

#define OURS(_, name) _(name, asyncio__js_##name)
#define PUBLIC(_, name) _(name, asyncio_##name)

#define FUNCTIONS(_) \
  _(malloc, malloc) _(free, free) _(end_runs, end_runs) OURS(_, create_task) OURS(_, set_task_factory) \
  OURS(_, set_debug) OURS(_, sleep) OURS(_, float) OURS(_, drop) OURS(_, task_number) OURS(_, set_name) \
  OURS(_, cancel) OURS(_, set_result) OURS(_, set_exception) OURS(_, status) OURS(_, unseen) OURS(_, result) \
  OURS(_, error_of) OURS(_, look) _(report_unseen, asyncio__future_report_unseen) OURS(_, add_done) \
  OURS(_, remove_done) OURS(_, watch) OURS(_, half) OURS(_, new_loop) OURS(_, running) OURS(_, enter) \
  OURS(_, schedule) _(startable, asyncio__loop_startable) OURS(_, run_begin) OURS(_, run_leftovers) OURS(_, run_over) \
  OURS(_, run_end) OURS(_, run_free) OURS(_, count) OURS(_, items) OURS(_, handle) OURS(_, exceptions) \
  OURS(_, item_error) OURS(_, item_status) OURS(_, words) OURS(_, keep) OURS(_, raise) OURS(_, return) \
  OURS(_, coroutine) PUBLIC(_, ref) PUBLIC(_, unref) PUBLIC(_, promise) PUBLIC(_, current_task) \
  PUBLIC(_, future_done) PUBLIC(_, future_cancelled) PUBLIC(_, future_get_loop) PUBLIC(_, istask) \
  PUBLIC(_, all_tasks) PUBLIC(_, task_cancelling) PUBLIC(_, task_get_name) PUBLIC(_, task_uncancel) \
  PUBLIC(_, loop_close) PUBLIC(_, loop_create_future) PUBLIC(_, loop_is_running) PUBLIC(_, loop_stop) \
  PUBLIC(_, loop_time) PUBLIC(_, loop_unref) PUBLIC(_, handle_cancel) PUBLIC(_, handle_unref) PUBLIC(_, handle_when) \
  PUBLIC(_, error_clear) PUBLIC(_, error_current) PUBLIC(_, error_js) PUBLIC(_, error_latest)

static const asyncio__functions functions = ASYNCIO__TABLE(FUNCTIONS);

EMSCRIPTEN_KEEPALIVE const asyncio__functions *asyncio__js_functions(void) { return &functions; }
