// SPDX-License-Identifier: MIT
// The run loop of a host that may block its thread; host_native.c and host_virtual.c differ in clock and waiting alone.
#ifndef ASYNCIO__PORT_HOST_BLOCKING_H
#define ASYNCIO__PORT_HOST_BLOCKING_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "coro.h"
#include "host.h"

static void wait_until(double deadline);

ASYNCIO__OUTLINED bool asyncio__host_run(bool (*over)(void *), void *arg) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__host_run);
  while (!over(arg)) {
    asyncio__next next = asyncio__turn(asyncio__host_now(), INFINITY);
    while (asyncio__coro_settle()) next = asyncio__turn(asyncio__host_now(), INFINITY);
    if (next.again || over(arg)) continue;
    if (next.deadline == INFINITY) return false;
    wait_until(next.deadline);
  }
  return true;
}

bool asyncio__host_can_run(const char **why) {
  *why = "asyncio_run() cannot be called inside a coroutine of another loop: await instead";
  return !asyncio__coro_current();
}

const char *asyncio__host_foreign_frame(void) { return NULL; }

void asyncio__host_wake(void) {}

#ifndef __EMSCRIPTEN__
bool asyncio__host_debug(void) {
  const char *value = getenv("ASYNCIO_LOOP_DEBUG");
  return value && *value;
}
#endif

bool asyncio__host_left(void) { return false; }

void asyncio__host_report(const char *line) { fprintf(stderr, "%s\n", line); }

#endif
