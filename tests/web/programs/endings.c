// SPDX-License-Identifier: MIT
// Ways for a program to end, chosen by its first argument. tests/web/main.test.mjs says what each must print.
#include <asyncio.h>
#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

EM_JS(asyncio_js, never, (void), { return asyncio.promise(new Promise(() => {})); });
EM_JS(void, throw_error, (void), { throw new Error('nobody expects it'); });

static void at_exit(void) { printf("at exit\n"); }

ASYNCIO_COROUTINE(say, (const char *, words)) {
  ASYNCIO_TRY(asyncio_sleep(0.001));
  printf("%s\n", words);
  return ASYNCIO_OK;
}

static int after_run(void) {
  asyncio_status status = asyncio_run(say_coroutine("in the run"), NULL);
  printf("after the run: %d\n", status);
  return 3;
}

static int no_run(void) {
  printf("no run\n");
  return 4;
}

static int two_runs(void) {
  (void)asyncio_run(say_coroutine("first run"), NULL);
  (void)asyncio_run(say_coroutine("second run"), NULL);
  return 0;
}

ASYNCIO_COROUTINE(exiting) {
  ASYNCIO_TRY(asyncio_sleep(0.001));
  exit(5);
}

static int exit_in_coroutine(void) {
  (void)asyncio_run(exiting_coroutine(), NULL);
  printf("never\n");
  return 0;
}

ASYNCIO_COROUTINE(exiting_at_once) { exit(8); }

ASYNCIO_COROUTINE(start_exiting) {
  ASYNCIO_TRY(asyncio_sleep(0.001));
  asyncio_unref(asyncio_create_task(exiting_at_once_coroutine(), .eager_start = true));
  printf("never\n");
  return ASYNCIO_OK;
}

static int exit_in_eager_task(void) { return asyncio_run(start_exiting_coroutine(), NULL) ? 1 : 0; }

static int exit_in_main(void) {
  (void)asyncio_run(say_coroutine("in the run"), NULL);
  exit(6);
}

static asyncio_status exit_now(void *arg) {
  (void)arg;
  exit(7);
}

static int exit_in_callback(void) {
  asyncio_loop *loop = asyncio_new_event_loop();
  (void)asyncio_loop_call_later(loop, 0.001, exit_now, NULL, NULL);
  (void)asyncio_loop_run_forever(loop);
  return 0;
}

ASYNCIO_COROUTINE(failing) { return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [x] to be more, got less"); }

static int failure(void) { return asyncio_run(failing_coroutine(), NULL) ? 1 : 0; }

// A run that goes well says nothing of the words of the one before.
static int failure_then_success(void) {
  (void)asyncio_run(failing_coroutine(), NULL);
  (void)asyncio_run(say_coroutine("second run"), NULL);
  return 0;
}

static int failure_seen(void) {
  asyncio_status status = asyncio_run(failing_coroutine(), NULL);
  printf("%s: %s\n", asyncio_error_name(status), asyncio_error_message(status));
  return 0;
}

ASYNCIO_COROUTINE(wait_for_never) { return asyncio_await(asyncio_promise(never()), NULL); }

ASYNCIO_COROUTINE(wait_in_vain) {
  asyncio_unref(asyncio_create_task(wait_for_never_coroutine(), .name = "second"));
  return asyncio_await(asyncio_loop_create_future(asyncio_get_running_loop()), NULL);
}

static int stuck(void) { return asyncio_run(wait_in_vain_coroutine(), NULL) ? 1 : 0; }

ASYNCIO_COROUTINE(throwing) {
  throw_error();
  return ASYNCIO_OK;
}

static int exception(void) { return asyncio_run(throwing_coroutine(), NULL) ? 1 : 0; }

static int exception_in_main(void) {
  throw_error();
  return 0;
}

// A failure whose code is a multiple of 256 must not look like success.
static int code_like_success(void) { return ASYNCIO_APPLICATION_ERROR - 24; }

// Every frame touches its own bytes and is used after the call, so that none is merged or left out.
static int recurse(int depth) {
  volatile char frame[600];
  for (unsigned i = 0; i < sizeof frame; i++) frame[i] = (char)depth;
  return depth == 0 ? frame[0] : recurse(depth - 1) + frame[depth];
}

ASYNCIO_COROUTINE(recurse_too_deep) {
  *result = asyncio_int(recurse(7));
  return asyncio_sleep(0);
}

static asyncio_status run_out_of_stack(void *arg, asyncio_value *result) {
  (void)arg;
  asyncio_task *task = asyncio_create_task(recurse_too_deep_coroutine(), .name = "deep", .stack_size = 4096);
  return asyncio_await(task, result);
}

static int overflow(void) { return asyncio_run(asyncio_coroutine_new("main", run_out_of_stack, NULL, 0), NULL); }

static const struct {
  const char *name;
  int (*run)(void);
} endings[] = {
    {"after_run", after_run}, {"no_run", no_run}, {"two_runs", two_runs}, {"exit_in_coroutine", exit_in_coroutine},
    {"exit_in_eager_task", exit_in_eager_task}, {"exit_in_main", exit_in_main}, {"exit_in_callback", exit_in_callback}, {"failure", failure},
    {"failure_then_success", failure_then_success},
    {"failure_seen", failure_seen}, {"stuck", stuck}, {"exception", exception}, {"exception_in_main", exception_in_main},
    {"code_like_success", code_like_success}, {"overflow", overflow},
};

int main(int argc, char **argv) {
  atexit(at_exit);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (argc == 2 && strcmp(argv[1], endings[i].name) == 0) return endings[i].run();
  printf("unknown: %s\n", argc > 1 ? argv[1] : "(none)");
  return 99;
}
