// SPDX-License-Identifier: MIT
#include <asyncio.h>
#include <stdio.h>

ASYNCIO_COROUTINE(greet) {
  ASYNCIO_TRY(asyncio_sleep(0.01));
  puts("hello");
  return ASYNCIO_OK;
}

int main(void) {
  int status = asyncio_run(greet_coroutine(), NULL);
  puts("main goes on");
  return status;
}
