// SPDX-License-Identifier: MIT
// ASYNCIO_MAIN where main can wait: natively, and in WebAssembly with Asyncify. Without it src/web/main_none.c is
// linked instead.
#include "asyncio/run.h"

#include "run.h"

int asyncio__program_run(asyncio_future *coroutine, int (*end)(asyncio_status, asyncio_value)) {
  asyncio_value result;
  asyncio_status status = asyncio_run(coroutine, &result);
  int code = end(status, result);
  asyncio_value_clear(&result);
  return asyncio__exit_status(code);
}
