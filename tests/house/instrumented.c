// SPDX-License-Identifier: MIT
// A program that uses every call that may suspend, for tests/house/instrumented.test.mjs: which functions does Asyncify
// instrument for it? It is linked and never run.
#include <asyncio.h>
#include <emscripten.h>

EM_JS(asyncio_js, make_promise, (void), { return asyncio.promise(Promise.resolve(1)); });

ASYNCIO_COROUTINE(nap, (double, delay)) { return asyncio_sleep(delay); }

ASYNCIO_COROUTINE(program) {
  asyncio_value value;
  asyncio_future *future = asyncio_create_task(nap_coroutine(1));
  ASYNCIO_TRY(asyncio_wait(&future, 1, 1, ASYNCIO_FIRST_COMPLETED, NULL));
  asyncio_unref(future);
  ASYNCIO_TRY(asyncio_await(asyncio_gather(nap_coroutine(1), nap_coroutine(2)), &value));
  asyncio_value_clear(&value);
  ASYNCIO_TRY(asyncio_await(asyncio_shield(nap_coroutine(1)), NULL));
  ASYNCIO_TRY(asyncio_wait_for(nap_coroutine(1), 2, NULL));
  return asyncio_await(asyncio_promise(make_promise()), result);
}

int main(void) { return asyncio_run(program_coroutine(), NULL); }
