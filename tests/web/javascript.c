// SPDX-License-Identifier: MIT
// JavaScript between C and C: exceptions that pass through coroutines, and calls that must not suspend since nobody
// could restore JavaScript's frame. Either fails one task, with words, and everything works afterwards.
#include "check.h"

#include <stdlib.h>

EM_JS(void, throw_error, (const char *words), { throw new Error(UTF8ToString(words)); });
EM_JS(void, throw_anything, (void), { throw {code: 5}; });
EM_JS(int, call_nap, (void), { return _nap(); });
EM_JS(int, call_step, (void), { return _step(); });
EM_JS(int, double_of, (int number), { return 2 * number; });
EM_JS(bool, is_reason, (asyncio_js thrown), { return asyncio.value(thrown) === globalThis.reason; });
EM_JS(void, throw_reason, (void), { throw globalThis.reason = new RangeError('out of range'); });

// ---- Exceptions.

ASYNCIO_COROUTINE(thrower, (double, delay)) {
  char large[256];
  snprintf(large, sizeof large, "after %g s", delay);
  ASYNCIO_TRY(asyncio_sleep(delay));
  throw_error(large);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(worker, (int, number)) {
  for (int i = 0; i < 5; i++) ASYNCIO_TRY(asyncio_sleep(0.001));
  *result = asyncio_int(double_of(number));
  return ASYNCIO_OK;
}

static void expect_work(void) {
  asyncio_value results;
  CHECK_OK(asyncio_await(asyncio_gather(worker_coroutine(1), worker_coroutine(2), worker_coroutine(3)), &results));
  for (size_t i = 0; i < 3; i++) CHECK_INT(asyncio_value_int(asyncio_value_at(results, i)), 2 * (int)i + 2);
  asyncio_value_clear(&results);
}

TASK_TEST(an_exception_fails_its_task_alone) {
  asyncio_value results;
  asyncio_future *all[] = {worker_coroutine(1), thrower_coroutine(0), worker_coroutine(2), thrower_coroutine(0.002),
                           worker_coroutine(3)};
  CHECK_OK(asyncio_await(asyncio_gather_array(all, 5, true), &results));
  for (size_t i = 0; i < 5; i += 2) CHECK_INT(asyncio_value_int(asyncio_value_at(results, i)), (int)i + 2);
  CHECK_INT(asyncio_value_status(asyncio_value_at(results, 1)), ASYNCIO_JS_ERROR);
  CHECK_TEXT(asyncio_error_words(asyncio_value_error(asyncio_value_at(results, 1))), "Error: after 0 s");
  CHECK_TEXT(asyncio_error_words(asyncio_value_error(asyncio_value_at(results, 3))), "Error: after 0.002 s");
  asyncio_value_clear(&results);
  expect_work();
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(throw_object) {
  throw_anything();
  return ASYNCIO_OK;
}

TASK_TEST(anything_may_be_thrown) {
  asyncio_task *task = asyncio_create_task(throw_object_coroutine());
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_JS_ERROR, "{\"code\":5}");
  asyncio_unref(task);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(throw_the_reason) {
  throw_reason();
  return ASYNCIO_OK;
}

TASK_TEST(the_error_keeps_the_exception) {
  asyncio_task *task = asyncio_create_task(throw_the_reason_coroutine());
  asyncio_status status = asyncio_await(task, NULL);
  CHECK_ERROR(status, ASYNCIO_JS_ERROR, "RangeError: out of range");
  CHECK(is_reason(asyncio_error_js(asyncio_error_current(status))));
  asyncio_unref(task);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(throw_deep_down, (int, depth)) {
  char local[64];
  snprintf(local, sizeof local, "at depth %d", depth);
  if (depth < 20) return throw_deep_down(depth + 1, result);
  throw_error(local);
  return ASYNCIO_OK;
}

TASK_TEST(stacks_of_failed_tasks_are_used_again) {
  for (int i = 0; i < 300; i++) {
    asyncio_task *task = asyncio_create_task(throw_deep_down_coroutine(0));
    asyncio_status status = asyncio_await(task, NULL);
    if (i == 299) CHECK_ERROR(status, ASYNCIO_JS_ERROR, "Error: at depth 20");
    asyncio_unref(task);
  }
  expect_work();
  return ASYNCIO_OK;
}

static char reported[200];

static void remember(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)arg;
  snprintf(reported, sizeof reported, "%s: %s: %s", context->message, asyncio_error_name(context->status),
           context->error ? asyncio_error_words(context->error) : "");
}

static asyncio_status throw_in_callback(void *words) {
  throw_error(words);
  return ASYNCIO_OK;
}

static asyncio_status note(void *arg) {
  *(bool *)arg = true;
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(throw_later) {
  ASYNCIO_TRY(asyncio_sleep(0.001));
  throw_error("within the limit");
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(limited) { return asyncio_wait_for(throw_later_coroutine(), 0.01, NULL); }

// Its timer lies on the stack that is freed, and must not fire into what is there next.
TASK_TEST(a_time_limit_goes_with_the_stack_that_an_exception_left) {
  for (int i = 0; i < 3; i++) {
    asyncio_task *task = asyncio_create_task(limited_coroutine());
    CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_JS_ERROR, "Error: within the limit");
    asyncio_unref(task);
    asyncio_value list;
    ASYNCIO_TRY(asyncio_await(asyncio_gather(worker_coroutine(1), worker_coroutine(2)), &list));
    asyncio_value_clear(&list);
    ASYNCIO_TRY(asyncio_sleep(0.012));
  }
  return ASYNCIO_OK;
}


TASK_TEST(an_exception_in_a_callback_is_reported) {
  bool called = false;
  asyncio_loop *loop = asyncio_get_running_loop();
  asyncio_loop_set_exception_handler(loop, remember, NULL);
  CHECK_OK(asyncio_loop_call_soon(loop, throw_in_callback, "from a callback", NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, note, &called, NULL));
  ASYNCIO_TRY(asyncio_sleep(0.005));
  CHECK(called);
  CHECK_TEXT(reported, "Exception in callback: JSError: Error: from a callback");
  expect_work();
  asyncio_loop_set_exception_handler(loop, NULL, NULL);
  return ASYNCIO_OK;
}

// ---- JavaScript that lies between.

static asyncio_status napped;
static char words[300];

EMSCRIPTEN_KEEPALIVE int nap(void) {
  napped = asyncio_sleep(0.001);
  snprintf(words, sizeof words, "%s", asyncio_error_message(napped));
  return 7;
}

static const char *const expected_words =
    "asyncio_sleep cannot suspend here: JavaScript lies between it and its task (call_nap); make that call a task of its "
    "own, or let the JavaScript return first";

static void expect_no_nap(void) {
  words[0] = '\0';
  CHECK_INT(call_nap(), 7);
  CHECK_INT(napped, ASYNCIO_RUNTIME_ERROR);
  CHECK_TEXT(words, expected_words);
  asyncio_error_clear();
}

TASK_TEST(a_wait_below_javascript_is_refused) {
  expect_no_nap();
  ASYNCIO_TRY(asyncio_sleep(0.001));
  expect_no_nap();
  nap();
  CHECK_INT(napped, ASYNCIO_OK);
  expect_work();
  return ASYNCIO_OK;
}

static asyncio_future *awaited_below;

EMSCRIPTEN_KEEPALIVE int step(void) {
  napped = asyncio_await(awaited_below, NULL);
  snprintf(words, sizeof words, "%s", asyncio_error_message(napped));
  return 0;
}

TASK_TEST(an_await_below_javascript_is_refused) {
  awaited_below = asyncio_loop_create_future(asyncio_get_running_loop());
  call_step();
  CHECK_INT(napped, ASYNCIO_RUNTIME_ERROR);
  CHECK(strstr(words, "asyncio_await cannot suspend here: JavaScript lies between it and its task (call_step);") == words);
  CHECK_OK(asyncio_future_set_result(awaited_below, asyncio_none()));
  CHECK_OK(asyncio_await(awaited_below, NULL));
  asyncio_unref(awaited_below);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(throw_below) {
  call_nap();
  throw_error("after a refused wait");
  return ASYNCIO_OK;
}

TASK_TEST(an_exception_leaves_no_frame_of_javascript_behind) {
  asyncio_task *task = asyncio_create_task(throw_below_coroutine());
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_JS_ERROR, "Error: after a refused wait");
  asyncio_unref(task);
  nap();
  CHECK_INT(napped, ASYNCIO_OK);
  expect_work();
  return ASYNCIO_OK;
}
