// SPDX-License-Identifier: MIT
// A program of stackless coroutines alone, for tests/web/stackless.test.mjs: the ways in which it can end, by name.
// Built without Asyncify, with it, and natively, it does the same.
#include <asyncio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ASYNCIO_STACKLESS(nap, (const char *, name), (double, seconds)) {
  asyncio_status status;
} ASYNCIO_BEGIN(nap) {
  ASYNCIO_AWAIT_STATUS(self->status, asyncio_sleep_coroutine(self->seconds, asyncio_none()));
  if (self->status) {
    ASYNCIO_SLEEP(0.01);
    printf("%s cleaned up\n", self->name);
  }
  return self->status;
} ASYNCIO_END

ASYNCIO_STACKLESS_GENERATOR(count_for_ever) {
  int i;
  asyncio_status status;
} ASYNCIO_BEGIN(count_for_ever) {
  while (!self->status) ASYNCIO_YIELD_STATUS(self->status, asyncio_int(self->i++));
  ASYNCIO_SLEEP(0.01);
  printf("the generator ends: %s\n", asyncio_error_name(self->status));
  return self->status;
} ASYNCIO_END

static asyncio_generator *open_generator;

ASYNCIO_STACKLESS(after_run) {
  asyncio_value value;
} ASYNCIO_BEGIN(after_run) {
  asyncio_unref(asyncio_create_task(nap_coroutine("left behind", 1000)));
  open_generator = count_for_ever_generator();
  ASYNCIO_AWAIT(asyncio_anext(open_generator), &self->value);
  ASYNCIO_AWAIT(nap_coroutine("short", 0.01));
  puts("in the run");
  *result = asyncio_int(asyncio_value_int(self->value) + 3);
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STACKLESS(failure) {
} ASYNCIO_BEGIN(failure) {
  ASYNCIO_SLEEP(0);
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [x] to be more, got less");
} ASYNCIO_END

ASYNCIO_STACKLESS(stuck) {
} ASYNCIO_BEGIN(stuck) {
  ASYNCIO_AWAIT(asyncio_loop_create_future(asyncio_get_running_loop()));
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STACKLESS(exit_in_coroutine) {
} ASYNCIO_BEGIN(exit_in_coroutine) {
  ASYNCIO_SLEEP(0);
  exit(5);
} ASYNCIO_END

ASYNCIO_STACKLESS(at_once) {
} ASYNCIO_BEGIN(at_once) {
  *result = asyncio_int(256);
} ASYNCIO_END

ASYNCIO_COROUTINE(stackful) { return asyncio_sleep(0); }

static const char *ending;

static asyncio_future *choose(const char *name) {
  ending = name;
  if (!strcmp(name, "after_run")) return after_run_coroutine();
  if (!strcmp(name, "stuck")) return stuck_coroutine();
  if (!strcmp(name, "exit_in_coroutine")) return exit_in_coroutine_coroutine();
  if (!strcmp(name, "at_once")) return at_once_coroutine();
  if (!strcmp(name, "stackful")) return stackful_coroutine();
  if (!strcmp(name, "nan")) return asyncio_sleep_coroutine(0.0 / 0.0, asyncio_none());
  if (!strncmp(name, "failure", 7)) return failure_coroutine();
  return NULL;
}

static void at_exit(void) { puts("at exit"); }

ASYNCIO_MAIN((atexit(at_exit), choose(argc > 1 ? argv[1] : ""))) {
  printf("after the run: %s\n", asyncio_error_name(status));
  if (!strcmp(ending, "failure_seen")) puts(asyncio_error_message(status));
  asyncio_generator_unref(open_generator);
  return status ? 1 : (int)asyncio_value_int(result);
}
