// SPDX-License-Identifier: MIT
// No coroutines with a C stack: for programs without Asyncify, whose coroutines are stackless, and for the core that is
// embedded in the JavaScript package. A stackful one fails when it is begun, and is told why.
#include "coro.h"

asyncio__coro *asyncio__coro_new(asyncio__stacks *stacks, size_t stack_size, asyncio__coro_body body, void *argument,
                                 void *result, void *owner) {
  (void)stacks, (void)stack_size, (void)body, (void)argument, (void)result, (void)owner;
  return NULL;
}

const char *asyncio__coro_limit(void) { return NULL; }

int asyncio__coro_status(const asyncio__coro *coro) { return (void)coro, 0; }

asyncio__coro_state asyncio__coro_enter(asyncio__coro *coro, bool now) {
  return (void)coro, (void)now, ASYNCIO__CORO_RETURNED;
}

void asyncio__coro_park(void) {}

asyncio__coro *asyncio__coro_current(void) { return NULL; }

void asyncio__coro_free(asyncio__stacks *stacks, asyncio__coro *coro) { (void)stacks, (void)coro; }

bool asyncio__coro_holds(const asyncio__coro *self, const void *address) {
  (void)self, (void)address;
  return false;
}

size_t asyncio__coro_used(const asyncio__coro *coro) { return (void)coro, 0; }

size_t asyncio__coro_size(const asyncio__coro *coro) { return (void)coro, 0; }

bool asyncio__coro_settle(void) { return false; }

void asyncio__coro_release(void) {}

void *asyncio__coro_rescue(void) { return NULL; }
