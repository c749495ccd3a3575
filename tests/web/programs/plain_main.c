// SPDX-License-Identifier: MIT
// With ASYNCIO_PLAIN_MAIN main is what it is without the library: a function that cannot wait.
#define ASYNCIO_PLAIN_MAIN
#include <asyncio.h>
#include <stdio.h>

ASYNCIO_COROUTINE(nap) { return asyncio_sleep(0.001); }

int main(void) {
  asyncio_status status = asyncio_run(nap_coroutine(), NULL);
  printf("%s: %s\n", asyncio_error_name(status), asyncio_error_message(status));
  return 8;
}
