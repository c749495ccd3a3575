// SPDX-License-Identifier: MIT
// A task runs on its own beside the one that made it, which may await it, or cancel it.
#include <asyncio.h>
#include <stdio.h>

ASYNCIO_COROUTINE(nested) {
  printf("nested starts\n");
  asyncio_status status = asyncio_sleep(0.1);
  if (status == ASYNCIO_CANCELLED_ERROR) printf("nested is cancelled\n");
  *result = asyncio_int(42);
  return status;
}

ASYNCIO_COROUTINE(await_it) {
  asyncio_value value;
  asyncio_task *task = asyncio_create_task(nested_coroutine());
  printf("task made\n");
  asyncio_status status = asyncio_await(task, &value);
  if (!status) printf("nested returned %d\n", (int)asyncio_value_int(value));
  asyncio_unref(task);
  return status;
}

ASYNCIO_COROUTINE(cancel_it) {
  asyncio_task *task = asyncio_create_task(nested_coroutine());
  asyncio_status status = asyncio_sleep(0);  // the task starts
  if (!status) {
    asyncio_task_cancel(task, NULL);
    status = asyncio_await(task, NULL);
  }
  printf("awaiting it gave %s\n", asyncio_error_name(status));
  asyncio_unref(task);
  return status == ASYNCIO_CANCELLED_ERROR ? ASYNCIO_OK : status;
}

ASYNCIO_COROUTINE(run) {
  ASYNCIO_TRY(await_it(NULL));
  return cancel_it(NULL);
}

int main(void) { return asyncio_run(run_coroutine(), NULL); }
