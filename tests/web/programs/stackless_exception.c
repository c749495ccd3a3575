// SPDX-License-Identifier: MIT
// An exception of JavaScript goes through a stackless coroutine, below another one.
#include <asyncio.h>
#include <emscripten.h>
#include <stdio.h>

EM_JS(void, throw_error, (void), { throw new Error("nobody expects it"); });

ASYNCIO_STACKLESS(throws) {
} ASYNCIO_BEGIN(throws) {
  ASYNCIO_SLEEP(0);
  throw_error();
} ASYNCIO_END

ASYNCIO_STACKLESS(calls) {
} ASYNCIO_BEGIN(calls) {
  ASYNCIO_AWAIT(throws_coroutine());
  puts("never");
} ASYNCIO_END

ASYNCIO_STACKLESS(goes_on) {
} ASYNCIO_BEGIN(goes_on) {
  ASYNCIO_SLEEP(0.01);
  puts("the other went on");
} ASYNCIO_END

ASYNCIO_STACKLESS(run_both) {
  asyncio_task *first, *second;
  asyncio_status status;
} ASYNCIO_BEGIN(run_both) {
  self->first = asyncio_create_task(calls_coroutine());
  self->second = asyncio_create_task(goes_on_coroutine());
  ASYNCIO_AWAIT_STATUS(self->status, self->first);
  printf("%s: %s\n", asyncio_error_name(self->status), asyncio_error_message(self->status));
  ASYNCIO_AWAIT(self->second);
  asyncio_unref(self->first);
  asyncio_unref(self->second);
} ASYNCIO_END

ASYNCIO_MAIN(run_both_coroutine()) { return status ? 1 : 0; }
