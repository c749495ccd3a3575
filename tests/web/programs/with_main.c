// SPDX-License-Identifier: MIT
// A program with exports and a main, which does what its first argument says: for tests/web/api/load_life.test.mjs.
#include <asyncio.h>
#include <emscripten.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

EM_JS(void, throw_error, (void), { throw new RangeError('from main'); });

static bool prepared;

ASYNCIO_EXPORT(bool, is_prepared) {
  *result = asyncio_bool(prepared);
  return ASYNCIO_OK;
}

ASYNCIO_EXPORT(void, wait_for_ever) { return asyncio_sleep(INFINITY); }

ASYNCIO_EXPORT(void, leave, (int, status)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  exit(status);
}

ASYNCIO_EXPORT(void, stop, (bool, by_abort)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  if (by_abort) abort();
  __builtin_trap();
}

// Insists on waiting when it is ended.
ASYNCIO_EXPORT(void, insist) {
  for (;;) (void)!asyncio_sleep(1);
}

// Its cleanup says so on standard output.
ASYNCIO_EXPORT(void, clean_up) {
  asyncio_status status = asyncio_sleep(INFINITY);
  printf("cleaned up after %s\n", asyncio_error_name(status));
  return status;
}

ASYNCIO_COROUTINE(prepare, (double, seconds)) {
  ASYNCIO_TRY(asyncio_sleep(seconds));
  prepared = true;
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(serve) {
  asyncio_unref(asyncio_create_task(clean_up_coroutine()));
  return asyncio_sleep(INFINITY);
}

static void at_exit(void) { puts("at exit"); }

int main(int argc, char **argv) {
  const char *how = argc > 1 ? argv[1] : "";
  atexit(at_exit);
  if (!strcmp(how, "return 3")) return 3;
  if (!strcmp(how, "throw")) throw_error();
  if (!strcmp(how, "serve")) return asyncio_run(serve_coroutine(), NULL);
  if (asyncio_run(prepare_coroutine(5), NULL)) return 1;
  return strcmp(how, "late 4") ? 0 : 4;
}
