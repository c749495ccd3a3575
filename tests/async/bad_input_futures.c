// SPDX-License-Identifier: MIT
// What can be done wrong to futures and in callbacks, and the words for it. See bad_input.h.
#include "bad_input.h"

#include <stdio.h>

static asyncio_loop *here(void) { return asyncio_get_running_loop(); }

// ---- Outcomes

enum outcome { PENDING, FINISHED, CANCELLED };

// Does [attempt] to a future of the running loop in the state [outcome].
static asyncio_status with_future(enum outcome outcome, asyncio_status (*attempt)(asyncio_future *future)) {
  asyncio_future *future = asyncio_loop_create_future(here());
  if (outcome == FINISHED) CHECK_OK(asyncio_future_set_result(future, asyncio_int(1)));
  if (outcome == CANCELLED) CHECK(asyncio_future_cancel(future, "gone"));
  asyncio_status status = attempt(future);
  CHECK_INT(asyncio_future_done(future), outcome != PENDING);
  asyncio_unref(future);
  return status;
}

// A value in memory, which a failed call frees.
static asyncio_status set_result(asyncio_future *future) {
  asyncio_value value;
  CHECK_OK(asyncio_text(&value, "too late"));
  return asyncio_future_set_result(future, value);
}

static asyncio_status set_exception(asyncio_future *future) {
  return asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "too late");
}

static asyncio_status set_no_exception(asyncio_future *future) {
  return asyncio_future_set_exception(future, ASYNCIO_OK, "no failure");
}

static asyncio_status get_result(asyncio_future *future) { return asyncio_future_result(future, NULL); }
static asyncio_status get_exception(asyncio_future *future) { return asyncio_future_exception(future, NULL); }

static asyncio_status add_null(asyncio_future *future) { return asyncio_future_add_done_callback(future, NULL, NULL); }

static asyncio_status finished_result(void) { return with_future(FINISHED, set_result); }
static asyncio_status finished_exception(void) { return with_future(FINISHED, set_exception); }
static asyncio_status cancelled_result(void) { return with_future(CANCELLED, set_result); }
static asyncio_status cancelled_exception(void) { return with_future(CANCELLED, set_exception); }
static asyncio_status no_exception(void) { return with_future(PENDING, set_no_exception); }
static asyncio_status pending_result(void) { return with_future(PENDING, get_result); }
static asyncio_status pending_exception(void) { return with_future(PENDING, get_exception); }
static asyncio_status result_of_cancelled(void) { return with_future(CANCELLED, get_result); }
static asyncio_status exception_of_cancelled(void) { return with_future(CANCELLED, get_exception); }
static asyncio_status null_callback(void) { return with_future(PENDING, add_null); }
static asyncio_status null_result(void) { return set_result(NULL); }
static asyncio_status result_of_null(void) { return get_result(NULL); }
static asyncio_status task_result(void) { return set_result(asyncio_current_task()); }
static asyncio_status task_exception(void) { return set_exception(asyncio_current_task()); }

static asyncio_status done(asyncio_future *future, void *arg) {
  (void)future, (void)arg;
  return ASYNCIO_OK;
}

static asyncio_status with_coroutine(asyncio_status (*attempt)(asyncio_future *future)) {
  asyncio_future *coroutine = asyncio_sleep_coroutine(0, asyncio_none());
  asyncio_status status = attempt(coroutine);
  asyncio_unref(coroutine);
  return status;
}

static asyncio_status add(asyncio_future *future) { return asyncio_future_add_done_callback(future, done, NULL); }
static asyncio_status coroutine_callback(void) { return with_coroutine(add); }
static asyncio_status coroutine_result(void) { return with_coroutine(set_result); }
static asyncio_status result_of_coroutine(void) { return with_coroutine(get_result); }
static asyncio_status callback_of_null(void) { return add(NULL); }
static asyncio_status future_without_loop(void) { return reason(asyncio_loop_create_future(NULL)); }

static asyncio_status null_text(void) {
  asyncio_value value = asyncio_int(1);
  asyncio_status status = asyncio_text(&value, NULL);
  CHECK_INT(value.kind, ASYNCIO_NONE);
  return status;
}

static asyncio_status null_bytes(void) {
  asyncio_value value = asyncio_int(1);
  asyncio_status status = asyncio_bytes(&value, NULL, 3);
  CHECK_INT(value.kind, ASYNCIO_NONE);
  return status;
}

#define NO_FUTURE "Expected [future] to be a future, got "

TEST(bad_use_of_futures) {
  static const bad_input rows[] = {
      {"result of a finished future", finished_result, ASYNCIO_INVALID_STATE_ERROR, "The future is finished already"},
      {"exception of a finished one", finished_exception, ASYNCIO_INVALID_STATE_ERROR,
       "The future is finished already"},
      {"result of a cancelled one", cancelled_result, ASYNCIO_INVALID_STATE_ERROR, "The future is cancelled already"},
      {"exception of a cancelled one", cancelled_exception, ASYNCIO_INVALID_STATE_ERROR,
       "The future is cancelled already"},
      {"exception that is none", no_exception, ASYNCIO_VALUE_ERROR, "Expected [status] to be an error's, got 0"},
      {"result asked of a pending one", pending_result, ASYNCIO_INVALID_STATE_ERROR, "Result is not set"},
      {"exception asked of a pending one", pending_exception, ASYNCIO_INVALID_STATE_ERROR, "Result is not set"},
      {"result asked of a cancelled one", result_of_cancelled, ASYNCIO_CANCELLED_ERROR, "gone"},
      {"exception asked of a cancelled one", exception_of_cancelled, ASYNCIO_CANCELLED_ERROR, "gone"},
      {"result asked of a coroutine", result_of_coroutine, ASYNCIO_INVALID_STATE_ERROR, "Result is not set"},
      {"result asked of NULL", result_of_null, ASYNCIO_TYPE_ERROR, NO_FUTURE "NULL"},
      {"result of NULL", null_result, ASYNCIO_TYPE_ERROR, NO_FUTURE "NULL"},
      {"result of a task", task_result, ASYNCIO_RUNTIME_ERROR, "The outcome of a task cannot be set from outside"},
      {"exception of a task", task_exception, ASYNCIO_RUNTIME_ERROR,
       "The outcome of a task cannot be set from outside"},
      {"result of a coroutine", coroutine_result, ASYNCIO_RUNTIME_ERROR,
       "The outcome of a coroutine cannot be set from outside"},
      {"done callback NULL", null_callback, ASYNCIO_TYPE_ERROR, "Expected [callback] to be a function, got NULL"},
      {"done callback of a coroutine", coroutine_callback, ASYNCIO_TYPE_ERROR, NO_FUTURE "a coroutine"},
      {"done callback of NULL", callback_of_null, ASYNCIO_TYPE_ERROR, NO_FUTURE "NULL"},
      {"future of no loop", future_without_loop, ASYNCIO_TYPE_ERROR, "Expected [loop] to be an event loop, got NULL"},
      {"text NULL", null_text, ASYNCIO_TYPE_ERROR, "Expected [text] to be a string, got NULL"},
      {"bytes NULL", null_bytes, ASYNCIO_TYPE_ERROR, "Expected [bytes] to point at 3 bytes, got NULL"},
  };
  check_bad_input_in_a_task(rows, sizeof rows / sizeof *rows);
}

// ---- Failures of the program's own

static asyncio_status heard;
static char heard_words[160];

static void hear(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)arg;
  heard = context->status;
  snprintf(heard_words, sizeof heard_words, "%s: %s", context->message, asyncio_error_words(context->error));
}

// What the exception handler is told within an iteration or two.
static asyncio_status heard_by_handler(void) {
  heard = ASYNCIO_OK;
  asyncio_loop_set_exception_handler(here(), hear, NULL);
  for (int i = 0; i < 3; i++) CHECK_OK(asyncio_sleep(0));
  asyncio_loop_set_exception_handler(here(), NULL, NULL);
  return heard ? asyncio_raise(heard, "%s", heard_words) : ASYNCIO_OK;
}

static asyncio_status fail(void *arg) { return asyncio_raise(ASYNCIO_APPLICATION_ERROR, "%s", (const char *)arg); }
static asyncio_status fail_wordlessly(void *arg) { return arg ? ASYNCIO_OK : ASYNCIO_QUEUE_FULL; }
static asyncio_status sleep_here(void *arg) { return asyncio_sleep(arg ? 1 : 0); }
static asyncio_status await_here(void *arg) { return asyncio_await(arg, NULL); }

static asyncio_status callback_fails(void) {
  CHECK_OK(asyncio_loop_call_soon(here(), fail, "out of luck", NULL));
  return heard_by_handler();
}

static asyncio_status timer_fails(void) {
  CHECK_OK(asyncio_loop_call_later(here(), 0, fail, "out of time", NULL));
  return heard_by_handler();
}

static asyncio_status callback_fails_wordlessly(void) {
  CHECK_OK(asyncio_loop_call_soon(here(), fail_wordlessly, NULL, NULL));
  return heard_by_handler();
}

static asyncio_status callback_sleeps(void) {
  CHECK_OK(asyncio_loop_call_soon(here(), sleep_here, "", NULL));
  return heard_by_handler();
}

static asyncio_status callback_yields(void) {
  CHECK_OK(asyncio_loop_call_soon(here(), sleep_here, NULL, NULL));
  return heard_by_handler();
}

static asyncio_status callback_awaits(void) {
  asyncio_future *future = asyncio_loop_create_future(here());
  CHECK_OK(asyncio_loop_call_soon(here(), await_here, future, NULL));
  asyncio_status status = heard_by_handler();
  asyncio_unref(future);
  return status;
}

static asyncio_status fail_when_done(asyncio_future *future, void *arg) {
  (void)future;
  return fail(arg);
}

static asyncio_status done_callback_fails(void) {
  asyncio_future *future = asyncio_loop_create_future(here());
  CHECK_OK(asyncio_future_add_done_callback(future, fail_when_done, "out of luck"));
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  asyncio_unref(future);
  return heard_by_handler();
}

ASYNCIO_COROUTINE(raises, (asyncio_status, status), (const char *, words)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  return asyncio_raise(status, "%s failed", words);
}

static asyncio_status coroutine_fails(void) {
  return asyncio_await(raises_coroutine(ASYNCIO_APPLICATION_ERROR, "coroutine"), NULL);
}

static asyncio_status task_fails(void) {
  asyncio_task *task = asyncio_create_task(raises_coroutine(ASYNCIO_APPLICATION_ERROR - 1, "task"));
  asyncio_status status = asyncio_await(task, NULL);
  asyncio_unref(task);
  return status;
}

static asyncio_status raise_nothing(void) { return asyncio_raise(ASYNCIO_OK, "nothing"); }
static asyncio_status raise_positive(void) { return asyncio_raise(5, "positive"); }
static asyncio_status raise_undefined(void) { return asyncio_raise(-999, "undefined"); }

#define NO_TASK " needs a running task: call it in a coroutine"

TEST(failures_of_the_programs_own_arrive_with_their_words) {
  static const bad_input rows[] = {
      {"coroutine that fails", coroutine_fails, ASYNCIO_APPLICATION_ERROR, "coroutine failed"},
      {"task that fails", task_fails, ASYNCIO_APPLICATION_ERROR - 1, "task failed"},
      {"callback that fails", callback_fails, ASYNCIO_APPLICATION_ERROR, "Exception in callback: out of luck"},
      {"timer that fails", timer_fails, ASYNCIO_APPLICATION_ERROR, "Exception in callback: out of time"},
      {"callback that fails wordlessly", callback_fails_wordlessly, ASYNCIO_QUEUE_FULL, "Exception in callback: "},
      {"done callback that fails", done_callback_fails, ASYNCIO_APPLICATION_ERROR,
       "Exception in done callback: out of luck"},
      {"sleep in a callback", callback_sleeps, ASYNCIO_RUNTIME_ERROR, "Exception in callback: asyncio_sleep" NO_TASK},
      {"sleep of nothing in a callback", callback_yields, ASYNCIO_RUNTIME_ERROR,
       "Exception in callback: asyncio_sleep" NO_TASK},
      {"await in a callback", callback_awaits, ASYNCIO_RUNTIME_ERROR, "Exception in callback: asyncio_await" NO_TASK},
      {"raise of success", raise_nothing, ASYNCIO_VALUE_ERROR, "Expected [status] to be an error's, got 0"},
      {"raise of a positive code", raise_positive, ASYNCIO_VALUE_ERROR, "Expected [status] to be an error's, got 5"},
      {"raise of an undefined code", raise_undefined, ASYNCIO_VALUE_ERROR,
       "Expected [status] to be an error's, got -999"},
  };
  check_bad_input_in_a_task(rows, sizeof rows / sizeof *rows);
}
