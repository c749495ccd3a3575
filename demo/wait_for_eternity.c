// SPDX-License-Identifier: MIT
// A time limit on a wait.
#include <asyncio.h>
#include <stdio.h>

ASYNCIO_COROUTINE(eternity) {
  ASYNCIO_TRY(asyncio_sleep(3600));
  printf("yay!\n");
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(run) {
  asyncio_status status = asyncio_wait_for(eternity_coroutine(), 1, NULL);
  if (status != ASYNCIO_TIMEOUT_ERROR) return status;
  printf("timeout!\n");
  return ASYNCIO_OK;
}

int main(void) { return asyncio_run(run_coroutine(), NULL); }
