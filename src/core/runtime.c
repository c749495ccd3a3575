// SPDX-License-Identifier: MIT
// The thread's struct, and raising: which errors a failure is recorded with.
#include "runtime.h"

#include "../port/coro.h"
#include "task.h"

_Thread_local asyncio__runtime asyncio__thread;

void asyncio__runtime_idle(void) {
  asyncio__pool_release(&asyncio__thread.pool);
  if (!asyncio__coro_possible) return;
  asyncio__stacks_release(&asyncio__thread.stacks);
  asyncio__coro_release();
}

static void forget(asyncio__errors *errors, int at) {
  asyncio__error_unref(errors->recent[at]);
  for (; at < ASYNCIO__RECENT_ERRORS - 1; at++) errors->recent[at] = errors->recent[at + 1];
  errors->recent[at] = NULL;
}

void asyncio__errors_push(asyncio__errors *errors, asyncio_status status, asyncio_error *error) {
  errors->latest = status;
  if (!errors->recent[0] && !error) return;
  for (int at = ASYNCIO__RECENT_ERRORS - 1; at >= 0; at--)
    if (errors->recent[at] && errors->recent[at]->status == status) forget(errors, at);
  if (!error) return;
  asyncio__error_unref(errors->recent[ASYNCIO__RECENT_ERRORS - 1]);
  for (int at = ASYNCIO__RECENT_ERRORS - 1; at > 0; at--) errors->recent[at] = errors->recent[at - 1];
  errors->recent[0] = error;
}

asyncio_error *asyncio__errors_find(const asyncio__errors *errors, asyncio_status status) {
  for (int at = 0; at < ASYNCIO__RECENT_ERRORS; at++)
    if (errors->recent[at] && errors->recent[at]->status == status) return errors->recent[at];
  return NULL;
}

bool asyncio__errors_same(const asyncio__errors *before, const asyncio__errors *after) {
  return before->latest == after->latest && before->recent[0] == after->recent[0];
}

asyncio__errors *asyncio__errors_here(void) {
  return asyncio__thread.task ? &asyncio__thread.task->errors : &asyncio__thread.errors;
}

asyncio_future *asyncio__no_awaitable(void) {
  asyncio__errors *errors = asyncio__errors_here();
  errors->no_awaitable = errors->latest;
  return NULL;
}

asyncio_status asyncio__null_awaitable(const char *parameter) {
  asyncio__errors *errors = asyncio__errors_here();
  asyncio_status failed = errors->no_awaitable;
  errors->no_awaitable = ASYNCIO_OK;
  return failed ? failed : asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [%s] to be an awaitable, got NULL", parameter);
}

asyncio_status asyncio_error_latest(void) { return asyncio__errors_here()->latest; }

void asyncio__errors_clear(asyncio__errors *errors) {
  if (!errors->latest) return;
  errors->latest = errors->no_awaitable = ASYNCIO_OK;
  for (int at = 0; at < ASYNCIO__RECENT_ERRORS; at++) {
    asyncio__error_unref(errors->recent[at]);
    errors->recent[at] = NULL;
  }
}

bool asyncio__is_failure(asyncio_status status) {
#define IS(constant, code, name, words) \
  case code:
  switch (status) {
    ASYNCIO_STATUS_MAP(IS)
    return true;
    default:
      return status <= ASYNCIO_APPLICATION_ERROR;
  }
#undef IS
}

asyncio_status asyncio_raise(asyncio_status status, const char *format, ...) {
  if (!asyncio__is_failure(status))
    return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [status] to be an error's, got %d", status);
  asyncio__errors *errors = asyncio__errors_here();
  va_list arguments;
  va_start(arguments, format);
  asyncio__errors_push(errors, status, asyncio__error_new(status, errors->recent[0], format, arguments));
  va_end(arguments);
  return status;
}

asyncio_status asyncio_raise_again(asyncio_status status, const asyncio_error *error) {
  if (status == ASYNCIO_OK && !error) return ASYNCIO_OK;
  if (error && error->status != status)
    return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [status] to be that of [error], %d, got %d", error->status,
                         status);
  if (!asyncio__is_failure(status))
    return asyncio_raise(ASYNCIO_VALUE_ERROR, "Expected [status] to be an error's, got %d", status);
  asyncio__errors_push(asyncio__errors_here(), status, asyncio__error_ref((asyncio_error *)(uintptr_t)error));
  return status;
}

void asyncio__uncaught_forget(void) {
  asyncio__error_unref(asyncio__thread.uncaught_error);
  asyncio__thread.uncaught_error = NULL;
  asyncio__thread.uncaught = ASYNCIO_OK;
}

const asyncio_error *asyncio_error_current(asyncio_status status) {
  asyncio__uncaught_forget();
  return asyncio__errors_find(asyncio__errors_here(), status);
}

const char *asyncio_error_message(asyncio_status status) {
  const asyncio_error *error = asyncio_error_current(status);
  return error ? error->words : asyncio__status_words(status);
}

void asyncio_error_clear(void) {
  asyncio__uncaught_forget();
  asyncio__errors_clear(asyncio__errors_here());
}
