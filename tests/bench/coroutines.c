// SPDX-License-Identifier: MIT
// The coroutines that tests/bench/run.mjs measures, through the public calls alone. The program serves commands:
// JavaScript resolves a promise with what to run next, so that rounds of ours and of its peers alternate in one
// process.
#include <asyncio.h>
#include <emscripten.h>
#include <stdlib.h>
#include <string.h>

#include "compute.h"

enum { TASKS = 1000, SWITCHES = 1000, GATHERED = 1000000 };

EM_JS(asyncio_js, next_command, (void), { return asyncio.promise(Module["bench"].next()); });
EM_JS(void, report, (double milliseconds, double sum), { Module["bench"].report(milliseconds, sum); });

static double total;

ASYNCIO_COROUTINE(spin, (int, count)) {
  for (int i = 0; i < count; i++) {
    ASYNCIO_TRY(asyncio_sleep(0));
    total += i;
  }
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(returns_at_once, (int, number)) {
  *result = asyncio_int(number);
  return ASYNCIO_OK;
}

// The same without stacks.
ASYNCIO_STACKLESS(spin_lightly, (int, count)) {
  int i;
} ASYNCIO_BEGIN(spin_lightly) {
  for (; self->i < self->count; self->i++) {
    ASYNCIO_SLEEP(0);
    total += self->i;
  }
} ASYNCIO_END

ASYNCIO_STACKLESS(returns_lightly, (int, number)) {
} ASYNCIO_BEGIN(returns_lightly) {
  *result = asyncio_int(self->number);
} ASYNCIO_END

typedef asyncio_future *(*constructor)(int);

static asyncio_status nothing(void *arg) {
  (void)arg;
  return ASYNCIO_OK;
}

// 1000 tasks that yield 1000 times each, one timer pending meanwhile.
static asyncio_status measure_switches(asyncio_future **awaitables, constructor make) {
  asyncio_handle *timer;
  ASYNCIO_TRY(asyncio_loop_call_later(asyncio_get_running_loop(), 3600, nothing, NULL, &timer));
  total = 0;
  double start = emscripten_get_now();
  for (int i = 0; i < TASKS; i++) awaitables[i] = make(SWITCHES);
  asyncio_status status = asyncio_await(asyncio_gather_array(awaitables, TASKS, false), NULL);
  report(emscripten_get_now() - start, total);
  asyncio_handle_cancel(timer);
  asyncio_handle_unref(timer);
  return status;
}

static double sum_of(asyncio_value list) {
  double sum = 0;
  for (size_t i = 0; i < asyncio_value_count(list); i++) sum += asyncio_value_double(asyncio_value_at(list, i));
  return sum;
}

// A million tasks that return at once, gathered.
static asyncio_status measure_gather(asyncio_future **awaitables, constructor make) {
  asyncio_value list;
  double start = emscripten_get_now();
  for (int i = 0; i < GATHERED; i++) awaitables[i] = make(i);
  ASYNCIO_TRY(asyncio_await(asyncio_gather_array(awaitables, GATHERED, false), &list));
  double sum = sum_of(list);
  asyncio_value_clear(&list);
  report(emscripten_get_now() - start, sum);
  return ASYNCIO_OK;
}

static asyncio_status measure_compute(void) {
  double start = emscripten_get_now();
  double sum = compute();
  report(emscripten_get_now() - start, sum);
  return ASYNCIO_OK;
}

// Outside any coroutine, but in this program: of a difference from another one that lacks the library this is what
// comes from where the functions lie.
EMSCRIPTEN_KEEPALIVE void measure_outside(void) { (void)measure_compute(); }

static asyncio_status execute(const char *command, asyncio_future **awaitables) {
  if (strcmp(command, "switches") == 0) return measure_switches(awaitables, spin_coroutine);
  if (strcmp(command, "light switches") == 0) return measure_switches(awaitables, spin_lightly_coroutine);
  if (strcmp(command, "gather") == 0) return measure_gather(awaitables, returns_at_once_coroutine);
  if (strcmp(command, "light gather") == 0) return measure_gather(awaitables, returns_lightly_coroutine);
  if (strcmp(command, "compute") == 0) return measure_compute();
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "Unknown command: %s", command);
}

ASYNCIO_COROUTINE(serve) {
  asyncio_future **awaitables = malloc(GATHERED * sizeof *awaitables);
  asyncio_status status = awaitables ? ASYNCIO_OK : ASYNCIO_MEMORY_ERROR;
  while (!status) {
    asyncio_value command;
    status = asyncio_await(asyncio_promise(next_command()), &command);
    if (status || !asyncio_value_text(command)) break;
    status = execute(asyncio_value_text(command), awaitables);
    asyncio_value_clear(&command);
  }
  free(awaitables);
  return status;
}

int main(void) { return asyncio_run(serve_coroutine(), NULL); }
