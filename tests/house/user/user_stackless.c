// SPDX-License-Identifier: MIT
#include <asyncio.h>
#include <stdio.h>

ASYNCIO_STACKLESS(greet) {
} ASYNCIO_BEGIN(greet) {
  ASYNCIO_SLEEP(0.01);
  puts("hello");
} ASYNCIO_END

ASYNCIO_MAIN(greet_coroutine()) {
  puts("main goes on");
  return status;
}
