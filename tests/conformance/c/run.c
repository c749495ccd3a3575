// SPDX-License-Identifier: MIT
// Runs programs. After the last moment (END) what still waits is ended with the loop; the trace then is complete.
#include "run.h"

#include <stdlib.h>
#include <string.h>

#include "../../support/alloc.h"

static const double END = 1000;  // seconds
enum { MOST_INSTANCES = 60, STACK_SIZE = 128 * 1024 };

run_state run;

int label(asyncio_future *future) {
  for (int i = 0; i < run.made_count; i++)
    if (run.made[i] == future) return i;
  if (run.made_count == MOST_MADE) abort();
  run.made[run.made_count] = asyncio_ref(future);
  return run.made_count++;
}

int label_given(asyncio_future *future) {
  int index = label(future);
  asyncio_unref(future);
  return index;
}

bool room_for_one(void) {
  if (run.created >= MOST_INSTANCES) return false;
  run.created++;
  return true;
}

asyncio_future *item(int number) {
  if (number >= 0) return run.slots[number];
  if (!room_for_one()) return NULL;
  if (number <= FIRST_PRIMITIVE) return things_primitive(&run.things, FIRST_PRIMITIVE - number);
  return body_coroutine(-1 - number);
}

asyncio_future **items(const operation *op, size_t *count) {
  asyncio_future **found = calloc((size_t)op->item_count + 1, sizeof *found);
  *count = 0;
  for (int i = 0; i < op->item_count; i++)
    if ((found[*count] = item(op->items[i]))) ++*count;
  return found;
}

void instance_begin(instance *me, char letter, int index) {
  snprintf(me->name, sizeof me->name, "%c%d.%d", letter, index, ++run.started);
  trace_line("%s starts", me->name);
}

asyncio_status instance_end(instance *me, asyncio_status status, bool returned, asyncio_value *result) {
  *result = returned ? asyncio_int(me->returned) : asyncio_none();
  char *text = status ? show_status(status) : show_value(*result);
  trace_line("%s %s %s", me->name, status ? "raises" : "returns", text);
  free(text);
  return status;
}

static void handle(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)arg;
  static const char *const places[][2] = {
      {"shielded future", "shield"},
      {"closing of asynchronous generator", "generator"},
      {"exception during", "shutdown"},
      {"callback", "callback"}};
  const char *where = NULL;
  for (size_t i = 0; !where && i < sizeof places / sizeof *places; i++)
    if (strstr(context->message, places[i][0])) where = places[i][1];
  if (!where) return;
  char *text = show_error(context->status, context->error);
  trace_line("handler %s %s", where, text);
  free(text);
}

static asyncio_status stop(void *arg) {
  asyncio_loop_stop(arg);
  return ASYNCIO_OK;
}

static void trace_end(int index) {
  asyncio_future *future = run.made[index];
  asyncio_value value = asyncio_none();
  bool done = asyncio_future_done(future), task = asyncio_istask(future);
  asyncio_status status = done ? asyncio_future_result(future, &value) : ASYNCIO_OK;
  char *text = status ? show_status(status) : show_value(value);
  const char *state = asyncio_future_cancelled(future) ? "cancelled "
                      : status                         ? "failed "
                      : done                           ? "finished "
                                                       : "pending";
  char cancelling[32] = "";
  if (task) snprintf(cancelling, sizeof cancelling, " cancelling %u", asyncio_task_cancelling(future));
  trace_line("end f%d %s %s%s%s", index, task ? "task" : "future", state, done ? text : "", cancelling);
  free(text);
}

static void begin(const program *given) {
  run = (run_state){.program = given, .loop = asyncio_new_event_loop()};
  run.start = asyncio_loop_time(run.loop);
  run.slots = calloc((size_t)given->slots, sizeof(asyncio_future *));
  run.handles = calloc((size_t)given->handles, sizeof(asyncio_handle *));
  run.callbacks = calloc((size_t)given->callback_count + 1, sizeof(callback));
  for (int i = 0; i < given->callback_count; i++) {
    run.callbacks[i].index = i;
    snprintf(run.callbacks[i].me.name, LONGEST_NAME, "c%d", i);
  }
  things_init(&run.things, given->sizes);
  scopes_init(&run.scopes);
  asyncio_loop_set_exception_handler(run.loop, handle, NULL);
}

// A gather and a plain future that nobody finishes keep each other.
static void finish_futures(void) {
  for (int i = 0; i < run.made_count; i++)
    if (!asyncio_istask(run.made[i])) asyncio_future_cancel(run.made[i], NULL);
  if (run.program->run_count) return;  // the loop is closed
  (void)asyncio_loop_call_later(run.loop, 1, stop, run.loop, NULL);
  if (asyncio_loop_run_forever(run.loop)) printf("the futures could not be finished\n");
}

static void end(void) {
  finish_futures();
  for (int i = 0; i < run.program->handles; i++) asyncio_handle_unref(run.handles[i]);
  (void)asyncio_loop_close(run.loop);
  for (int i = 0; i < run.made_count; i++) asyncio_unref(run.made[i]);
  asyncio_loop_unref(run.loop);
  things_destroy(&run.things);
  scopes_destroy(&run.scopes);
  free(run.slots);
  free(run.handles);
  free(run.callbacks);
}

static void finish(void) {
  for (int i = 0; !run.dead && i < run.made_count; i++) trace_end(i);
  run.dead = true;
}

// Body 0 as a task, until the last moment.
static void run_loop(void) {
  run.slots[0] = asyncio_create_task(body_coroutine(0), .loop = run.loop, .stack_size = STACK_SIZE);
  (void)label_given(run.slots[0]);
  asyncio_status status = asyncio_loop_call_at(run.loop, run.start + END, stop, run.loop, NULL);
  if (!status) status = asyncio_loop_run_forever(run.loop);
  if (status) trace_line("the run failed: %s", asyncio_error_message(status));
}

static asyncio_loop *same_loop(void *arg) {
  (void)arg;
  return asyncio_loop_ref(run.loop);
}

static void run_once(asyncio_runner *runner, int index) {
  asyncio_value value;
  asyncio_handle *last;
  (void)asyncio_loop_call_later(run.loop, END, stop, run.loop, &last);
  asyncio_status status = asyncio_runner_run(runner, body_coroutine(index), &value);
  asyncio_handle_cancel(last);
  asyncio_handle_unref(last);
  char *text = status ? show_status(status) : show_value(value);
  trace_line("runner ran b%d %s", index, text);
  free(text);
  asyncio_value_clear(&value);
}

// What resists its cancellation for too long.
static asyncio_status give_up(void *arg) {
  finish();
  return stop(arg);
}

// Some bodies one after another; then the runner is closed.
static void run_runner(void) {
  asyncio_runner runner;
  asyncio_runner_init(&runner, .loop_factory = same_loop);
  for (int i = 0; i < run.program->run_count; i++) run_once(&runner, run.program->runs[i]);
  (void)asyncio_loop_call_later(run.loop, END, give_up, run.loop, NULL);
  trace_line("runner closes");
  (void)asyncio_runner_close(&runner);
}

bool run_program(const program *given) {
  size_t alive = test_live_allocations();
  begin(given);
  if (given->run_count)
    run_runner();
  else
    run_loop();
  finish();
  asyncio_error_clear();
  end();
  asyncio_error_clear();
  if (test_live_allocations() == alive) return true;
  printf("%zu allocations are left\n", test_live_allocations() - alive);
  return false;
}
