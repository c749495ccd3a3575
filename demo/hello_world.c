// SPDX-License-Identifier: MIT
// The first program: a coroutine that waits, and the way in.
#include <asyncio.h>
#include <stdio.h>

ASYNCIO_COROUTINE(hello_world) {
  printf("hello\n");
  ASYNCIO_TRY(asyncio_sleep(1));
  printf("world\n");
  return ASYNCIO_OK;
}

int main(void) { return asyncio_run(hello_world_coroutine(), NULL); }
