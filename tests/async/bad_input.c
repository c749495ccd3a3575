// SPDX-License-Identifier: MIT
// What a program in a task can do wrong, and the words it gets for it. See bad_input.h.
#include "bad_input.h"

#include <math.h>

static asyncio_loop *here(void) { return asyncio_get_running_loop(); }

static asyncio_status do_nothing(void *arg) {
  (void)arg;
  return ASYNCIO_OK;
}

static asyncio_future *no_delay(void) { return asyncio_sleep_coroutine(0, asyncio_none()); }

// ---- Numbers

static asyncio_status sleep_nan(void) { return asyncio_sleep(NAN); }
static asyncio_status sleep_object_nan(void) { return reason(asyncio_sleep_coroutine(NAN, asyncio_int(1))); }
static asyncio_status sleep_negative(void) { return asyncio_sleep(-1); }
static asyncio_status call_later_nan(void) { return asyncio_loop_call_later(here(), NAN, do_nothing, NULL, NULL); }
static asyncio_status call_later_negative(void) { return asyncio_loop_call_later(here(), -1, do_nothing, NULL, NULL); }
static asyncio_status call_at_nan(void) { return asyncio_loop_call_at(here(), NAN, do_nothing, NULL, NULL); }
static asyncio_status call_at_past(void) { return asyncio_loop_call_at(here(), -1e9, do_nothing, NULL, NULL); }
static asyncio_status wait_for_nan(void) { return asyncio_wait_for(no_delay(), NAN, NULL); }
static asyncio_status wait_for_object_nan(void) { return reason(asyncio_wait_for_coroutine(no_delay(), NAN)); }
static asyncio_status wait_for_negative(void) { return asyncio_wait_for(no_delay(), -1, NULL); }

static asyncio_status wait_with(double timeout, asyncio_return_when when) {
  asyncio_future *future = asyncio_loop_create_future(here());
  asyncio_status status = asyncio_wait(&future, 1, timeout, when, NULL);
  asyncio_unref(future);
  return status;
}

static asyncio_status wait_nan(void) { return wait_with(NAN, ASYNCIO_ALL_COMPLETED); }
static asyncio_status wait_negative(void) { return wait_with(-1, ASYNCIO_ALL_COMPLETED); }
static asyncio_status wait_unknown_mode(void) { return wait_with(1, (asyncio_return_when)3); }
static asyncio_status wait_for_none(void) { return asyncio_wait(NULL, 0, 1, ASYNCIO_ALL_COMPLETED, NULL); }

static asyncio_status wait_for_null(void) {
  return asyncio_wait((asyncio_future *[]){NULL}, 1, 1, ASYNCIO_ALL_COMPLETED, NULL);
}

static asyncio_status wait_for_coroutine(void) {
  asyncio_future *coroutine = no_delay();
  asyncio_status status = asyncio_wait(&coroutine, 1, 1, ASYNCIO_ALL_COMPLETED, NULL);
  asyncio_unref(coroutine);
  return status;
}

#define NO_DELAY "Expected [delay] to be a number, got NaN"
#define NO_TIMEOUT "Expected [timeout] to be a number, got NaN"

TEST(bad_numbers_in_a_task) {
  static const bad_input rows[] = {
      {"sleep for NaN", sleep_nan, ASYNCIO_VALUE_ERROR, NO_DELAY},
      {"sleep object for NaN", sleep_object_nan, ASYNCIO_VALUE_ERROR, NO_DELAY},
      {"sleep for less than nothing", sleep_negative, ASYNCIO_OK, NULL},
      {"call_later in NaN", call_later_nan, ASYNCIO_VALUE_ERROR, NO_DELAY},
      {"call_later in less than nothing", call_later_negative, ASYNCIO_OK, NULL},
      {"call_at NaN", call_at_nan, ASYNCIO_VALUE_ERROR, "Expected [when] to be a number, got NaN"},
      {"call_at in the past", call_at_past, ASYNCIO_OK, NULL},
      {"wait_for NaN", wait_for_nan, ASYNCIO_VALUE_ERROR, NO_TIMEOUT},
      {"wait_for object NaN", wait_for_object_nan, ASYNCIO_VALUE_ERROR, NO_TIMEOUT},
      {"wait_for less than nothing", wait_for_negative, ASYNCIO_TIMEOUT_ERROR, "The time limit was reached"},
      {"wait NaN", wait_nan, ASYNCIO_VALUE_ERROR, NO_TIMEOUT},
      {"wait less than nothing", wait_negative, ASYNCIO_OK, NULL},
      {"wait in an unknown mode", wait_unknown_mode, ASYNCIO_VALUE_ERROR, "Invalid return_when value: 3"},
      {"wait for none", wait_for_none, ASYNCIO_VALUE_ERROR, "Set of Tasks/Futures is empty."},
      {"wait for NULL", wait_for_null, ASYNCIO_TYPE_ERROR, "Expected [futures] to be futures or tasks, got NULL at 0"},
      {"wait for a coroutine", wait_for_coroutine, ASYNCIO_TYPE_ERROR,
       "Expected [futures] to be futures or tasks, got a coroutine at 0: make it a task first"},
  };
  check_bad_input_in_a_task(rows, sizeof rows / sizeof *rows);
}

// ---- Results that the caller of a body did not want

ASYNCIO_STATIC_COROUTINE(give_text) { return asyncio_text(result, "text"); }
ASYNCIO_STATIC_COROUTINE(give_bytes) { return asyncio_bytes(result, "bytes", 5); }
ASYNCIO_STATIC_COROUTINE(give_list) { return asyncio_list(result, 3); }
ASYNCIO_STATIC_COROUTINE(give_pointer) { return asyncio_owned_pointer(result, NULL, NULL); }
static asyncio_status text_to_null(void) { return give_text(NULL); }
static asyncio_status bytes_to_null(void) { return give_bytes(NULL); }
static asyncio_status list_to_null(void) { return give_list(NULL); }
static asyncio_status pointer_to_null(void) { return give_pointer(NULL); }

#define NO_VALUE "Expected [value] to be a pointer, got NULL"

TEST(bad_results_in_a_task) {
  static const bad_input rows[] = {
      {"text to NULL", text_to_null, ASYNCIO_TYPE_ERROR, NO_VALUE},
      {"bytes to NULL", bytes_to_null, ASYNCIO_TYPE_ERROR, NO_VALUE},
      {"list to NULL", list_to_null, ASYNCIO_TYPE_ERROR, NO_VALUE},
      {"owned pointer to NULL", pointer_to_null, ASYNCIO_TYPE_ERROR, NO_VALUE},
  };
  check_bad_input_in_a_task(rows, sizeof rows / sizeof *rows);
}

// ---- Awaiting and creating

static asyncio_status await_itself(void) { return asyncio_await(asyncio_current_task(), NULL); }
static asyncio_status await_null(void) { return asyncio_await(NULL, NULL); }

static asyncio_status await_twice(void) {
  asyncio_future *coroutine = asyncio_ref(no_delay());
  CHECK_OK(asyncio_await(coroutine, NULL));
  asyncio_status status = asyncio_await(coroutine, NULL);
  asyncio_unref(coroutine);
  return status;
}

// Uses [coroutine] in one of the ways that need an unused one.
static asyncio_status use_twice(asyncio_status (*use)(asyncio_future *coroutine)) {
  asyncio_future *coroutine = asyncio_ref(no_delay());
  CHECK_OK(asyncio_await(coroutine, NULL));
  asyncio_status status = use(coroutine);
  asyncio_unref(coroutine);
  return status;
}

static asyncio_status create(asyncio_future *coroutine) { return reason(asyncio_create_task(coroutine)); }
static asyncio_status gather(asyncio_future *coroutine) { return reason(asyncio_gather(no_delay(), coroutine)); }
static asyncio_status create_from_used(void) { return use_twice(create); }
static asyncio_status gather_used(void) { return use_twice(gather); }
static asyncio_status create_from_null(void) { return reason(asyncio_create_task(NULL)); }
static asyncio_status shield_null(void) { return reason(asyncio_shield(NULL)); }
static asyncio_status wait_for_nothing(void) { return asyncio_wait_for(NULL, 1, NULL); }
static asyncio_status gather_null(void) { return reason(asyncio_gather(no_delay(), (asyncio_future *)NULL)); }

static asyncio_status create_from_future(void) {
  asyncio_future *future = asyncio_loop_create_future(here());
  asyncio_status status = reason(asyncio_create_task(future));
  asyncio_unref(future);
  return status;
}

static asyncio_status create_with_little_stack(void) {
  return reason(asyncio_create_task(no_delay(), .stack_size = ASYNCIO_MINIMUM_STACK_SIZE - 1));
}

static asyncio_status coroutine_without_body(void) { return reason(asyncio_coroutine_new("none", NULL, NULL, 0)); }

static asyncio_status body(void *arg, asyncio_value *result) {
  (void)arg, (void)result;
  return ASYNCIO_OK;
}

static asyncio_status coroutine_without_arguments(void) { return reason(asyncio_coroutine_new("none", body, NULL, 8)); }
static asyncio_status name_null(void) { return asyncio_task_set_name(asyncio_current_task(), NULL); }

static asyncio_status with_foreign_future(asyncio_status (*use)(asyncio_future *future)) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_status status = use(future);
  asyncio_unref(future);
  asyncio_loop_unref(loop);
  return status;
}

static asyncio_status await_it(asyncio_future *future) { return asyncio_await(future, NULL); }
static asyncio_status limit_it(asyncio_future *future) { return asyncio_wait_for(future, 1, NULL); }
static asyncio_status await_foreign(void) { return with_foreign_future(await_it); }
static asyncio_status limit_foreign(void) { return with_foreign_future(limit_it); }
static asyncio_status gather_foreign(void) { return with_foreign_future(gather); }

#define NO_COROUTINE "Expected [coroutine] to be an unused coroutine, got a "
#define NO_AWAITABLE "Expected [awaitable] to be an awaitable, got NULL"

TEST(bad_awaitables_in_a_task) {
  static const bad_input rows[] = {
      {"await of the task itself", await_itself, ASYNCIO_RUNTIME_ERROR, "Task cannot await on itself"},
      {"await of NULL", await_null, ASYNCIO_TYPE_ERROR, NO_AWAITABLE},
      {"await of a used coroutine", await_twice, ASYNCIO_RUNTIME_ERROR,
       "cannot reuse already awaited coroutine 'sleep'"},
      {"wait_for of NULL", wait_for_nothing, ASYNCIO_TYPE_ERROR, NO_AWAITABLE},
      {"shield of NULL", shield_null, ASYNCIO_TYPE_ERROR, "Expected [coroutine] to be an awaitable, got NULL"},
      {"gather of NULL", gather_null, ASYNCIO_TYPE_ERROR, "Expected [awaitables] to be an awaitable, got NULL"},
      {"gather of a used coroutine", gather_used, ASYNCIO_TYPE_ERROR,
       "Expected [awaitables] to be awaitables, got a used coroutine at 1"},
      {"task of NULL", create_from_null, ASYNCIO_TYPE_ERROR, "Expected [coroutine] to be an awaitable, got NULL"},
      {"task of a future", create_from_future, ASYNCIO_TYPE_ERROR, NO_COROUTINE "future"},
      {"task of a used coroutine", create_from_used, ASYNCIO_TYPE_ERROR, NO_COROUTINE "used coroutine"},
      {"task with too little stack", create_with_little_stack, ASYNCIO_VALUE_ERROR,
       "Expected [stack_size] to be at least 2048, got 2047"},
      {"coroutine without a body", coroutine_without_body, ASYNCIO_TYPE_ERROR,
       "Expected [body] to be a pointer, got NULL"},
      {"coroutine without arguments", coroutine_without_arguments, ASYNCIO_TYPE_ERROR,
       "Expected [arguments] to be a pointer, got NULL"},
      {"task's name NULL", name_null, ASYNCIO_TYPE_ERROR, "Expected [name] to be a string, got NULL"},
      {"await of another loop's future", await_foreign, ASYNCIO_RUNTIME_ERROR,
       "The future is attached to a different loop"},
      {"wait_for of another loop's future", limit_foreign, ASYNCIO_RUNTIME_ERROR,
       "The future is attached to a different loop"},
      {"gather across loops", gather_foreign, ASYNCIO_VALUE_ERROR,
       "The awaitable at 1 belongs to a different loop than the running one"},
  };
  check_bad_input_in_a_task(rows, sizeof rows / sizeof *rows);
}
