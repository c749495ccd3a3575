// SPDX-License-Identifier: MIT
// Statuses and errors: how a call says that it failed, and with what words.
#ifndef ASYNCIO_STATUS_H
#define ASYNCIO_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

// 0, or one of the negative codes below, or an application's own code (ASYNCIO_APPLICATION_ERROR and less).
typedef int asyncio_status;

// XX(constant, code, asyncio's name, words when nothing better is known)
#define ASYNCIO_STATUS_MAP(XX) \
  XX(ASYNCIO_CANCELLED_ERROR, -1, "CancelledError", "The task was cancelled") \
  XX(ASYNCIO_TIMEOUT_ERROR, -2, "TimeoutError", "The time limit was reached") \
  XX(ASYNCIO_INVALID_STATE_ERROR, -3, "InvalidStateError", "The future is not in a state that allows this") \
  XX(ASYNCIO_VALUE_ERROR, -4, "ValueError", "An argument has a value that is not allowed") \
  XX(ASYNCIO_TYPE_ERROR, -5, "TypeError", "An argument has a type that is not allowed") \
  XX(ASYNCIO_RUNTIME_ERROR, -6, "RuntimeError", "The call is not allowed here") \
  XX(ASYNCIO_MEMORY_ERROR, -7, "MemoryError", "Out of memory") \
  XX(ASYNCIO_QUEUE_EMPTY, -8, "QueueEmpty", "The queue is empty") \
  XX(ASYNCIO_QUEUE_FULL, -9, "QueueFull", "The queue is full") \
  XX(ASYNCIO_QUEUE_SHUT_DOWN, -10, "QueueShutDown", "The queue was shut down") \
  XX(ASYNCIO_BROKEN_BARRIER_ERROR, -11, "BrokenBarrierError", "The barrier is broken") \
  XX(ASYNCIO_EXCEPTION_GROUP, -12, "ExceptionGroup", "Several tasks failed") \
  XX(ASYNCIO_JS_ERROR, -13, "JSError", "JavaScript code failed") \
  XX(ASYNCIO_LOOKUP_ERROR, -14, "LookupError", "There is no such thing") \
  XX(ASYNCIO_STOP_ASYNC_ITERATION, -15, "StopAsyncIteration", "The generator has no more values") \
  XX(ASYNCIO_GENERATOR_EXIT, -16, "GeneratorExit", "The generator is being closed")

enum {
  ASYNCIO_OK = 0,
#define ASYNCIO__STATUS_CONSTANT(constant, code, name, words) constant = code,
  ASYNCIO_STATUS_MAP(ASYNCIO__STATUS_CONSTANT)
#undef ASYNCIO__STATUS_CONSTANT
      ASYNCIO_APPLICATION_ERROR = -1000  // applications use this code and the ones below it
};

// Marks a function that may suspend the calling task: other tasks run before it returns. Its status must be looked at,
// since a cancellation arrives through it.
#define ASYNCIO_SUSPENDS __attribute__((warn_unused_result))

// Marks a function whose result is a new reference or awaitable: dropping it would leak, or leave undone what was asked
// for.
#define ASYNCIO_MUST_USE __attribute__((warn_unused_result))

// Returns from the calling function with the status of [call] when that is a failure.
#define ASYNCIO_TRY(call) \
  do { \
    asyncio_status asyncio__try_status = (call); \
    if (asyncio__try_status != ASYNCIO_OK) return asyncio__try_status; \
  } while (0)

// A failure with its words; counted, never changed once made. A task keeps the latest few, one for each status: a
// second failure with the same status replaces the words of the first, also in cleanup.
typedef struct asyncio_error asyncio_error;

// Records the words of a failure and returns [status], so that `return asyncio_raise(...)` is one line. [format] is
// printf's. An earlier failure of the same task becomes the new one's context, up to 8 in a chain. A [status] that is
// no failure, or an undefined code, is recorded as a ValueError. Never suspends.
asyncio_status asyncio_raise(asyncio_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The name of [status] as asyncio spells it ("TimeoutError"); "OK" for 0; in the application's range what it has named
// the status, or "ApplicationError"; "UnknownError" otherwise. Never NULL.
const char *asyncio_error_name(asyncio_status status);

// Names a status of the application's, as a class of exceptions is in Python, for whatever tells of errors: reports,
// asyncio_error_name, JavaScript. At file scope, once for each (the first of several counts); [name] is kept.
//   enum { QUOTA_ERROR = ASYNCIO_APPLICATION_ERROR, LINK_ERROR = ASYNCIO_APPLICATION_ERROR - 1 };  // where all see it
//   ASYNCIO_ERROR_NAME(QUOTA_ERROR, "QuotaError");                                                 // in one .c file
#define ASYNCIO_ERROR_NAME(status, name) ASYNCIO__ERROR_NAME(status, name, __LINE__)
#define ASYNCIO__ERROR_NAME(status, name, line) ASYNCIO__ERROR_NAME_(status, name, line)
#define ASYNCIO__ERROR_NAME_(status, name, line) \
  __attribute__((constructor)) static void asyncio__name_error_##line(void) { \
    static asyncio__error_name record = {status, name, 0}; \
    asyncio__error_name_add(&record); \
  } \
  typedef char asyncio__expects_a_status_of_the_application_##line \
      [(int)(status) <= (int)ASYNCIO_APPLICATION_ERROR ? 1 : -1] __attribute__((unused))

// What it is made of: a record, linked before main.
typedef struct asyncio__error_name {
  asyncio_status status;
  const char *name;
  struct asyncio__error_name *next;
} asyncio__error_name;
void asyncio__error_name_add(asyncio__error_name *self);

// The words of the latest failure with [status] in the current task (outside a task: on this thread); general words
// when none were recorded, "" for 0. Never NULL; valid until the task suspends, raises or ends.
const char *asyncio_error_message(asyncio_status status);

// The latest failure with [status] in the current task, or NULL. Borrowed: valid until the task suspends, raises or
// ends.
const asyncio_error *asyncio_error_current(asyncio_status status);

// The status of the latest failure in the current task: what to return where a function returned NULL. 0 for none since
// the task began or asyncio_error_clear() was called.
asyncio_status asyncio_error_latest(void);

// Forgets the failures recorded in the current task: call it where an error has been dealt with, for else it becomes
// the context of the next one.
void asyncio_error_clear(void);

// The parts of an error: its status, its words, and the failure that was being handled when it was raised (or NULL).
asyncio_status asyncio_error_status(const asyncio_error *error);
const char *asyncio_error_words(const asyncio_error *error);
const asyncio_error *asyncio_error_context(const asyncio_error *error);

// A reference more / less, which outlives the task's own; NULL is fine.
const asyncio_error *asyncio_error_ref(const asyncio_error *error);
void asyncio_error_unref(const asyncio_error *error);

// Makes [error], a failure with [status], the latest again, with all that it came with, and returns [status]: for
// cleanup that may fail in the same way. NULL is a failure without words, and with 0 nothing at all. ValueError when
// [status] is not that of [error]. Never suspends.
//   const asyncio_error *error = asyncio_error_ref(asyncio_error_current(status));
//   clean_up();
//   asyncio_raise_again(status, error);
//   asyncio_error_unref(error);
//   return status;
asyncio_status asyncio_raise_again(asyncio_status status, const asyncio_error *error);

#ifdef __cplusplus
}
#endif
#endif
