// SPDX-License-Identifier: MIT
// A group of tasks, of which one fails: the others are cancelled, and the errors come together. Then a limit.
#include <asyncio.h>
#include <stdio.h>

ASYNCIO_COROUTINE(fetch, (const char *, name), (double, seconds), (bool, fails)) {
  asyncio_status status = asyncio_sleep(seconds);
  if (status == ASYNCIO_CANCELLED_ERROR) printf("%s is cancelled\n", name);
  if (status) return status;
  if (fails) return asyncio_raise(ASYNCIO_VALUE_ERROR, "%s failed", name);
  printf("%s is done\n", name);
  return ASYNCIO_OK;
}

ASYNCIO_SUSPENDS static asyncio_status start_all(asyncio_task_group *group) {
  ASYNCIO_TRY(asyncio_task_group_start(group, fetch_coroutine("quick", 0.1, false)));
  ASYNCIO_TRY(asyncio_task_group_start(group, fetch_coroutine("broken", 0.2, true)));
  ASYNCIO_TRY(asyncio_task_group_start(group, fetch_coroutine("slow", 60, false)));
  return fetch("the group's own part", 60, false, NULL);
}

static void print_errors(asyncio_status status) {
  asyncio_value errors = asyncio_error_exceptions(asyncio_error_current(status));
  printf("%s\n", asyncio_error_message(status));
  for (size_t i = 0; i < asyncio_value_count(errors); i++) {
    asyncio_value error = asyncio_value_at(errors, i);
    printf("  %s: %s\n", asyncio_error_name(asyncio_value_status(error)), asyncio_value_message(error));
  }
}

ASYNCIO_COROUTINE(run) {
  asyncio_task_group group;
  asyncio_timeout limit;
  ASYNCIO_TRY(asyncio_task_group_begin(&group));
  asyncio_status status = asyncio_task_group_end(&group, start_all(&group));
  if (status != ASYNCIO_EXCEPTION_GROUP) return status;
  print_errors(status);
  ASYNCIO_TRY(asyncio_timeout_begin(&limit, 0.2));
  status = asyncio_timeout_end(&limit, fetch("endless", 60, false, NULL));
  if (status != ASYNCIO_TIMEOUT_ERROR) return status;
  printf("that took too long\n");
  return ASYNCIO_OK;
}

int main(void) { return asyncio_run(run_coroutine(), NULL); }
