// SPDX-License-Identifier: MIT
// Work that must be finished once it has begun, though the one who waits for it is cancelled: a shield.
#include <asyncio.h>
#include <stdio.h>

ASYNCIO_COROUTINE(save) {
  printf("saving...\n");
  ASYNCIO_TRY(asyncio_sleep(0.5));
  printf("saved\n");
  *result = asyncio_int(42);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(request, (asyncio_task *, saving)) {
  asyncio_status status = asyncio_await(asyncio_shield(saving), NULL);
  if (status == ASYNCIO_CANCELLED_ERROR) printf("the request was cancelled\n");
  return status;
}

// [saving] and [asking] are the caller's.
ASYNCIO_SUSPENDS static asyncio_status cancel_the_request(asyncio_task *saving, asyncio_task *asking) {
  asyncio_value saved;
  ASYNCIO_TRY(asyncio_sleep(0.2));
  asyncio_task_cancel(asking, NULL);
  ASYNCIO_TRY(asyncio_await(saving, &saved));
  printf("result: %d\n", (int)asyncio_value_int(saved));
  printf("request cancelled: %s\n", asyncio_future_cancelled(asking) ? "yes" : "no");
  printf("saving cancelled: %s\n", asyncio_future_cancelled(saving) ? "yes" : "no");
  asyncio_value_clear(&saved);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(run) {
  asyncio_task *saving = asyncio_create_task(save_coroutine());
  asyncio_task *asking = asyncio_create_task(request_coroutine(saving));
  asyncio_status status = saving && asking ? cancel_the_request(saving, asking) : ASYNCIO_MEMORY_ERROR;
  asyncio_unref(asking);
  asyncio_unref(saving);
  return status;
}

int main(void) { return asyncio_run(run_coroutine(), NULL); }
