// SPDX-License-Identifier: MIT
// A program that is loaded for its asynchronous generators, and for a coroutine that asks JavaScript.
#include <asyncio.h>
#include <emscripten.h>
#include <malloc.h>

static int closed, running;

ASYNCIO_EXPORT_GENERATOR(int, counts, (int, most)) {
  asyncio_status status = ASYNCIO_OK;
  running++;
  for (int i = 1; !status && i <= most; i++) {
    status = asyncio_sleep(1);
    if (!status) status = asyncio_yield(asyncio_int(i), NULL);
  }
  if (status == ASYNCIO_GENERATOR_EXIT) {
    status = asyncio_sleep(1);
    closed++;
    running--;
    return status ? status : ASYNCIO_GENERATOR_EXIT;
  }
  running--;
  return status;
}

// Gives back what it is sent, whatever was thrown in.
ASYNCIO_EXPORT_GENERATOR(asyncio_value, echoes, (asyncio_value, first)) {
  asyncio_value value = asyncio_value_ref(first), sent;
  for (;;) {
    asyncio_status status = asyncio_yield(value, &sent);
    if (status == ASYNCIO_GENERATOR_EXIT) return status;
    value = status ? asyncio_none() : sent;
    if (status == ASYNCIO_VALUE_ERROR) return status;
    if (status && asyncio_text(&value, asyncio_error_name(status))) return ASYNCIO_MEMORY_ERROR;
  }
}

ASYNCIO_EXPORT_GENERATOR(const char *, words, (const char *, text), (int64_t, number)) {
  ASYNCIO_TRY(asyncio_yield(asyncio_none(), NULL));
  (void)text, (void)number;
  return ASYNCIO_OK;
}

ASYNCIO_EXPORT_GENERATOR(int64_t, insists) {
  while (asyncio_yield(asyncio_int(7), NULL)) continue;
  while (asyncio_yield(asyncio_int(8), NULL)) continue;
  return ASYNCIO_OK;
}

ASYNCIO_EXPORT(int, closed_so_far) {
  *result = asyncio_int(closed);
  return ASYNCIO_OK;
}

ASYNCIO_EXPORT(int, running_now) {
  *result = asyncio_int(running);
  return ASYNCIO_OK;
}

ASYNCIO_EXPORT(int, used_memory) {
  *result = asyncio_int(mallinfo().uordblks);
  return ASYNCIO_OK;
}

EM_JS(void, call, (asyncio_js called), { asyncio.value(called)(); });

// Calls a function of JavaScript before and after it has waited, and within a task of its own.
ASYNCIO_COROUTINE(calls, (asyncio_js, function)) {
  call(function);
  return ASYNCIO_OK;
}

ASYNCIO_EXPORT(void, call_thrice, (asyncio_value, function)) {
  call(asyncio_value_js(function));
  ASYNCIO_TRY(asyncio_sleep(1));
  call(asyncio_value_js(function));
  asyncio_task *task = asyncio_create_task(calls_coroutine(asyncio_value_js(function)), .name = "C's own");
  asyncio_status status = asyncio_await(task, NULL);
  asyncio_unref(task);
  return status;
}
