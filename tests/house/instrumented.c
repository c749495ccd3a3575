// SPDX-License-Identifier: MIT
// A program that uses every call that may suspend, for tests/house/instrumented.test.mjs: which functions does Asyncify
// instrument for it? It is linked and never run.
#include <asyncio.h>
#include <emscripten.h>

EM_JS(asyncio_js, make_promise, (void), { return asyncio.promise(Promise.resolve(1)); });

ASYNCIO_COROUTINE(nap, (double, delay)) { return asyncio_sleep(delay); }

ASYNCIO_GENERATOR(naps, (int, count)) {
  for (int i = 0; i < count; i++) {
    ASYNCIO_TRY(asyncio_sleep(1));
    ASYNCIO_TRY(asyncio_yield(asyncio_int(i), NULL));
  }
  return ASYNCIO_OK;
}

ASYNCIO_STACKLESS(light_nap, (double, delay)) {
  asyncio_value value;
} ASYNCIO_BEGIN(light_nap) {
  ASYNCIO_SLEEP(self->delay);
  ASYNCIO_AWAIT(nap_coroutine(self->delay), &self->value);
} ASYNCIO_END

ASYNCIO_STACKLESS_GENERATOR(light_naps, (double, delay)) {
} ASYNCIO_BEGIN(light_naps) {
  ASYNCIO_AWAIT(light_nap_coroutine(self->delay));
  ASYNCIO_YIELD(asyncio_none());
} ASYNCIO_END

ASYNCIO_COROUTINE(program) {
  asyncio_value value;
  asyncio_generator *generators[] = {naps_generator(3), light_naps_generator(1)};
  for (int i = 0; i < 2; i++) {
    ASYNCIO_TRY(asyncio_await(asyncio_anext(generators[i]), NULL));
    asyncio_generator_unref(generators[i]);
  }
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
