// SPDX-License-Identifier: MIT
// Three coroutines at once, and their results in order.
#include <asyncio.h>
#include <inttypes.h>
#include <stdio.h>

ASYNCIO_COROUTINE(factorial, (const char *, name), (int, number)) {
  int64_t product = 1;
  for (int i = 2; i <= number; i++) {
    printf("Task %s: Compute factorial(%d), currently i=%d...\n", name, number, i);
    ASYNCIO_TRY(asyncio_sleep(1));
    product *= i;
  }
  printf("Task %s: factorial(%d) = %" PRId64 "\n", name, number, product);
  *result = asyncio_int(product);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(run) {
  asyncio_value products;
  asyncio_future *all =
      asyncio_gather(factorial_coroutine("A", 2), factorial_coroutine("B", 3), factorial_coroutine("C", 4));
  ASYNCIO_TRY(asyncio_await(all, &products));
  for (size_t i = 0; i < asyncio_value_count(products); i++)
    printf("%s%" PRId64, i ? ", " : "[", asyncio_value_int(asyncio_value_at(products, i)));
  printf("]\n");
  asyncio_value_clear(&products);
  return ASYNCIO_OK;
}

int main(void) { return asyncio_run(run_coroutine(), NULL); }
