// SPDX-License-Identifier: MIT
// Waiting for promises: several at once, one by several, settled before and after, given up, and handles used twice.
#include "check.h"

#include <stdlib.h>

// Promises that C settles itself, each under a number.
EM_JS(asyncio_js, deferred, (int number), {
  globalThis.deferreds = globalThis.deferreds || {};
  return asyncio.promise((signal) => new Promise((resolve, reject) => {
    globalThis.deferreds[number] = {resolve, reject, signal};
  }));
});

EM_JS(void, resolve, (int number, int value), { globalThis.deferreds[number].resolve(value); });
EM_JS(void, reject, (int number, const char *words), {
  globalThis.deferreds[number].reject(new Error(UTF8ToString(words)));
});
EM_JS(bool, aborted, (int number), { return globalThis.deferreds[number].signal.aborted; });
EM_JS(asyncio_js, resolved_already, (int value), { return asyncio.promise(Promise.resolve(value)); });
EM_JS(asyncio_js, after, (int milliseconds, int value), {
  return asyncio.promise(new Promise((resolve) => setTimeout(resolve, milliseconds, value)));
});
EM_JS(asyncio_js, rejecting_when_aborted, (void), {
  return asyncio.promise((signal) => new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  }));
});
EM_JS(asyncio_js, some_value, (void), { return asyncio.handle({}); });

ASYNCIO_COROUTINE(await_number, (int, number)) { return asyncio_await(asyncio_promise(deferred(number)), result); }

// Uses up a reference to [future], which the caller makes for it.
ASYNCIO_COROUTINE(await_shared, (asyncio_future *, future)) {
  asyncio_status status = asyncio_await(future, result);
  asyncio_unref(future);
  return status;
}

TASK_TEST(two_tasks_await_two_promises) {
  asyncio_task *first = asyncio_create_task(await_number_coroutine(1));
  asyncio_task *second = asyncio_create_task(await_number_coroutine(2));
  asyncio_value value;
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK_TEXT(asyncio_task_waiting_for(first), "promise");
  resolve(2, 20);
  CHECK_OK(asyncio_await(second, &value));
  CHECK_INT(asyncio_value_int(value), 20);
  CHECK(!asyncio_future_done(first));
  resolve(1, 10);
  CHECK_OK(asyncio_await(first, &value));
  CHECK_INT(asyncio_value_int(value), 10);
  asyncio_unref(first);
  asyncio_unref(second);
  return ASYNCIO_OK;
}

TASK_TEST(several_tasks_await_one_promise) {
  asyncio_value results;
  asyncio_future *shared = asyncio_ref(asyncio_promise(deferred(3)));
  asyncio_future *all = asyncio_gather(await_shared_coroutine(asyncio_ref(shared)),
                                       await_shared_coroutine(asyncio_ref(shared)),
                                       await_shared_coroutine(asyncio_ref(shared)));
  ASYNCIO_TRY(asyncio_sleep(0));
  resolve(3, 30);
  CHECK_OK(asyncio_await(all, &results));
  for (size_t i = 0; i < 3; i++) CHECK_INT(asyncio_value_int(asyncio_value_at(results, i)), 30);
  asyncio_value_clear(&results);
  asyncio_unref(shared);
  return ASYNCIO_OK;
}

TASK_TEST(a_future_that_is_done_is_awaited_again) {
  asyncio_value value;
  asyncio_future *promise = asyncio_ref(asyncio_promise(after(1, 5)));
  CHECK_OK(asyncio_await(promise, NULL));
  CHECK_OK(asyncio_await(promise, &value));
  CHECK_INT(asyncio_value_int(value), 5);
  asyncio_unref(promise);
  return ASYNCIO_OK;
}

TASK_TEST(a_promise_settled_before_it_is_awaited) {
  asyncio_value value;
  asyncio_future *promise = asyncio_promise(resolved_already(8));
  CHECK(!asyncio_future_done(promise));  // promises never settle within C
  ASYNCIO_TRY(asyncio_sleep(0.005));
  CHECK(asyncio_future_done(promise));
  CHECK_OK(asyncio_await(promise, &value));
  CHECK_INT(asyncio_value_int(value), 8);
  return ASYNCIO_OK;
}

TASK_TEST(a_rejection_before_the_await_is_kept) {
  asyncio_js handle = deferred(4);
  reject(4, "early");
  asyncio_future *promise = asyncio_promise(handle);
  ASYNCIO_TRY(asyncio_sleep(0.005));
  CHECK_ERROR(asyncio_await(promise, NULL), ASYNCIO_JS_ERROR, "Error: early");
  return ASYNCIO_OK;
}

TASK_TEST(a_thousand_promises_at_once) {
  enum { COUNT = 1000 };
  asyncio_value results;
  asyncio_future *promises[COUNT];
  for (int i = 0; i < COUNT; i++) promises[i] = asyncio_promise(after((i * 7) % 20, i));
  CHECK_OK(asyncio_await(asyncio_gather_array(promises, COUNT, false), &results));
  CHECK_INT(asyncio_value_count(results), COUNT);
  int wrong = 0;
  for (int i = 0; i < COUNT; i++) wrong += asyncio_value_int(asyncio_value_at(results, (size_t)i)) != i;
  CHECK_INT(wrong, 0);
  asyncio_value_clear(&results);
  return ASYNCIO_OK;
}

// ---- Giving up.

TASK_TEST(a_cancelled_await_aborts_and_a_later_outcome_is_ignored) {
  asyncio_task *task = asyncio_create_task(await_number_coroutine(5));
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK(!aborted(5));
  asyncio_task_cancel(task, "enough");
  CHECK(aborted(5));
  resolve(5, 1);
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_CANCELLED_ERROR, "enough");
  CHECK(asyncio_future_cancelled(task));
  asyncio_unref(task);
  return asyncio_sleep(0.005);
}

TASK_TEST(a_rejection_after_the_cancellation_is_nobodys) {
  asyncio_task *task = asyncio_create_task(await_number_coroutine(6));
  ASYNCIO_TRY(asyncio_sleep(0));
  asyncio_task_cancel(task, NULL);
  reject(6, "too late");
  CHECK_INT(asyncio_await(task, NULL), ASYNCIO_CANCELLED_ERROR);
  asyncio_unref(task);
  return asyncio_sleep(0.005);
}

TASK_TEST(a_promise_that_rejects_when_aborted_is_cancelled_all_the_same) {
  asyncio_future *promise = asyncio_promise(rejecting_when_aborted());
  CHECK(asyncio_future_cancel(asyncio_ref(promise), NULL));
  CHECK(asyncio_future_cancelled(promise));
  CHECK(!asyncio_future_cancel(promise, NULL));
  asyncio_unref(promise);
  return asyncio_sleep(0.005);
}

TASK_TEST(a_time_limit_aborts) {
  CHECK_ERROR(asyncio_wait_for(asyncio_promise(deferred(7)), 0.01, NULL), ASYNCIO_TIMEOUT_ERROR,
              "The time limit was reached");
  CHECK(aborted(7));
  CHECK_ERROR(asyncio_wait_for(asyncio_promise(deferred(8)), 0, NULL), ASYNCIO_TIMEOUT_ERROR,
              "The time limit was reached");
  CHECK(aborted(8));
  return ASYNCIO_OK;
}

TASK_TEST(a_promise_in_time_is_not_aborted) {
  asyncio_value value;
  CHECK_OK(asyncio_wait_for(asyncio_promise(after(1, 9)), 10, &value));
  CHECK_INT(asyncio_value_int(value), 9);
  return ASYNCIO_OK;
}

TASK_TEST(a_shielded_promise_is_not_aborted) {
  asyncio_value value;
  asyncio_future *promise = asyncio_ref(asyncio_promise(deferred(9)));
  CHECK_INT(asyncio_wait_for(asyncio_shield(promise), 0.01, NULL), ASYNCIO_TIMEOUT_ERROR);
  CHECK(!aborted(9));
  resolve(9, 90);
  CHECK_OK(asyncio_await(promise, &value));
  CHECK_INT(asyncio_value_int(value), 90);
  asyncio_unref(promise);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(await_forever) { return asyncio_await(asyncio_promise(deferred(10)), result); }

TASK_TEST(tasks_left_at_the_end_are_cancelled) {
  asyncio_unref(asyncio_create_task(await_forever_coroutine()));
  return asyncio_sleep(0);
}

TEST(and_their_promises_aborted) { CHECK(aborted(10)); }

// ---- Handles.

static void expect_refused(asyncio_js handle) {
  char words[120];
  snprintf(words, sizeof words,
           "Expected [promise] to be a handle from asyncio.promise() that was not used before, got %u", handle);
  asyncio_future *future = asyncio_promise(handle);
  CHECK(future == NULL);
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), words);
}

TASK_TEST(handles_that_are_none_are_refused) {
  expect_refused(0);
  expect_refused(4000000000u);
  asyncio_js value = some_value();
  expect_refused(value);
  asyncio_js_release(value);
  return ASYNCIO_OK;
}

TASK_TEST(a_handle_is_used_once) {
  asyncio_value value;
  asyncio_js handle = after(1, 3);
  asyncio_future *promise = asyncio_promise(handle);
  expect_refused(handle);
  CHECK_OK(asyncio_await(promise, &value));
  CHECK_INT(asyncio_value_int(value), 3);
  expect_refused(handle);
  return ASYNCIO_OK;
}

TASK_TEST(a_released_handle_is_stale) {
  asyncio_js handle = after(1, 3);
  asyncio_js_release(handle);
  asyncio_js_release(handle);
  expect_refused(handle);
  asyncio_js another = after(1, 3);
  CHECK(another != handle);
  asyncio_js_release(another);
  return ASYNCIO_OK;
}

TASK_TEST(awaiting_a_refused_handle_gives_its_error) {
  CHECK_ERROR(asyncio_await(asyncio_promise(0), NULL), ASYNCIO_TYPE_ERROR,
              "Expected [promise] to be a handle from asyncio.promise() that was not used before, got 0");
  return ASYNCIO_OK;
}
