// SPDX-License-Identifier: MIT
// Three coroutines at once, and their results in order, all of them stackless: in WebAssembly this needs no Asyncify.
#include <asyncio.h>
#include <inttypes.h>
#include <stdio.h>

ASYNCIO_STACKLESS(factorial, (const char *, name), (int, number)) {
  int64_t product;
  int i;
} ASYNCIO_BEGIN(factorial) {
  self->product = 1;
  for (self->i = 2; self->i <= self->number; self->i++) {
    printf("Task %s: Compute factorial(%d), currently i=%d...\n", self->name, self->number, self->i);
    ASYNCIO_SLEEP(1);
    self->product *= self->i;
  }
  printf("Task %s: factorial(%d) = %" PRId64 "\n", self->name, self->number, self->product);
  *result = asyncio_int(self->product);
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STACKLESS(run) {
} ASYNCIO_BEGIN(run) {
  asyncio_value products;
  ASYNCIO_AWAIT(asyncio_gather(factorial_coroutine("A", 2), factorial_coroutine("B", 3), factorial_coroutine("C", 4)), &products);
  for (size_t i = 0; i < asyncio_value_count(products); i++)
    printf("%s%" PRId64, i ? ", " : "[", asyncio_value_int(asyncio_value_at(products, i)));
  printf("]\n");
  asyncio_value_clear(&products);
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_MAIN(run_coroutine()) { return status ? 1 : 0; }
