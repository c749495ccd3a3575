// SPDX-License-Identifier: MIT
// NULL in the place of what a call is about: what frees or lets go does nothing, a question has the answer of nothing
// at all, and a call that gives a status says TypeError. See bad_input.h for the rows.
#include "bad_input.h"

#include <math.h>

// ---- What frees, lets go, sets up or tells

static asyncio_status free_nothing(void) {
  asyncio_value_clear(NULL);
  asyncio_unref(asyncio_ref(NULL));
  asyncio_loop_unref(asyncio_loop_ref(NULL));
  asyncio_handle_unref(asyncio_handle_ref(NULL));
  asyncio_error_unref(asyncio_error_ref(NULL));
  asyncio_context_unref(asyncio_context_ref(NULL));
  asyncio_context_var_unref(asyncio_context_var_ref(NULL));
  asyncio_context_token_clear(NULL);
  asyncio_generator_unref(asyncio_generator_ref(NULL));
  asyncio_queue_destroy(NULL);
  asyncio_as_completed_end(NULL);
  return ASYNCIO_OK;
}

static asyncio_status stop_nothing(void) {
  asyncio_loop_stop(NULL);
  asyncio_handle_cancel(NULL);
  asyncio_task_group_cancel(NULL);
  asyncio_queue_shutdown(NULL, true);
  asyncio_event_set(NULL);
  asyncio_event_clear(NULL);
  CHECK(!asyncio_future_cancel(NULL, "why") && !asyncio_task_cancel(NULL, NULL));
  CHECK_INT(asyncio_task_uncancel(NULL), 0);
  CHECK_INT(asyncio_future_remove_done_callback(NULL, NULL, NULL), 0);
  return ASYNCIO_OK;
}

static void never_told(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)context, (void)arg;
  CHECK(false);
}

static asyncio_status prepare_nothing(void) {
  asyncio_exception_context context = {.message = "nobody's"};
  asyncio_lock_init(NULL);
  asyncio_event_init(NULL);
  asyncio_condition_init(NULL, NULL);
  asyncio_runner_init(NULL);
  asyncio_loop_set_debug(NULL, true);
  asyncio_loop_set_task_factory(NULL, asyncio_eager_task_factory, NULL);
  asyncio_loop_set_exception_handler(NULL, never_told, NULL);
  asyncio_loop_call_exception_handler(NULL, &context);
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_loop_set_exception_handler(loop, never_told, NULL);
  asyncio_loop_call_exception_handler(loop, NULL);
  asyncio_loop_unref(loop);
  return ASYNCIO_OK;
}

// ---- Questions

static asyncio_status ask_of_no_task(void) {
  CHECK(!asyncio_future_done(NULL) && !asyncio_future_cancelled(NULL) && !asyncio_future_get_loop(NULL));
  CHECK(!asyncio_iscoroutine(NULL) && !asyncio_isfuture(NULL) && !asyncio_istask(NULL));
  CHECK_TEXT(asyncio_task_get_name(NULL), "");
  CHECK_TEXT(asyncio_task_waiting_for(NULL), "");
  CHECK(!asyncio_task_cancelling(NULL) && !asyncio_task_stack_used(NULL) && !asyncio_task_line(NULL));
  CHECK(!asyncio_task_get_stack(NULL, NULL, 0) && !asyncio_future_awaited_by(NULL, NULL, 0));
  return ASYNCIO_OK;
}

static asyncio_status ask_of_no_loop(void) {
  CHECK(!asyncio_loop_is_running(NULL) && !asyncio_loop_is_closed(NULL) && !asyncio_loop_get_debug(NULL));
  CHECK(isnan(asyncio_loop_get_slow_callback_duration(NULL)) && !isnan(asyncio_loop_time(NULL)));
  CHECK(!asyncio_loop_get_task_factory(NULL) && !asyncio_all_tasks(NULL, NULL, 0));
  CHECK(!asyncio_handle_cancelled(NULL) && isnan(asyncio_handle_when(NULL)));
  return ASYNCIO_OK;
}

static asyncio_status ask_of_no_lock(void) {
  CHECK(!asyncio_lock_locked(NULL) && !asyncio_condition_locked(NULL) && !asyncio_semaphore_locked(NULL));
  CHECK(!asyncio_event_is_set(NULL) && !asyncio_barrier_broken(NULL));
  CHECK(!asyncio_barrier_parties(NULL) && !asyncio_barrier_n_waiting(NULL));
  CHECK(!asyncio_queue_qsize(NULL) && !asyncio_queue_maxsize(NULL));
  CHECK(asyncio_queue_empty(NULL) && !asyncio_queue_full(NULL));
  CHECK(isnan(asyncio_timeout_when(NULL)) && !asyncio_timeout_expired(NULL) && !asyncio_as_completed_left(NULL));
  return ASYNCIO_OK;
}

static asyncio_status ask_of_no_error(void) {
  CHECK(!asyncio_error_status(NULL) && !asyncio_error_context(NULL));
  CHECK_TEXT(asyncio_error_words(NULL), "");
  CHECK_TEXT(asyncio_context_var_name(NULL), "");
  CHECK(!asyncio_context_count(NULL) && !asyncio_context_at(NULL, 0, NULL));
  return ASYNCIO_OK;
}

// ---- Statuses

static asyncio_status close_null(void) { return asyncio_loop_close(NULL); }
static asyncio_status slow_null(void) { return asyncio_loop_set_slow_callback_duration(NULL, 1); }
static asyncio_status run_forever_null(void) { return asyncio_loop_run_forever(NULL); }
static asyncio_status set_result_null(void) { return asyncio_future_set_result(NULL, asyncio_none()); }
static asyncio_status result_null(void) { return asyncio_future_result(NULL, NULL); }
static asyncio_status gather_null(void) { return reason(asyncio_gather_array(NULL, 2, false)); }
static asyncio_status wait_null(void) { return asyncio_wait(NULL, 2, 1, ASYNCIO_ALL_COMPLETED, NULL); }
static asyncio_status wait_object(void) { return reason(asyncio_wait_coroutine(NULL, 2, 1, ASYNCIO_ALL_COMPLETED)); }
static asyncio_status var_get_null(void) { return asyncio_context_var_get(NULL, NULL); }
static asyncio_status context_get_null(void) { return asyncio_context_get(NULL, NULL, NULL); }

static asyncio_status as_completed_null(void) {
  asyncio_as_completed iterator;
  return asyncio_as_completed_begin(&iterator, NULL, 2, 1);
}

static asyncio_status runner_run_null(void) { return asyncio_runner_run(NULL, asyncio_sleep_coroutine(0, asyncio_none()), NULL); }
static asyncio_status runner_loop_null(void) { return asyncio_runner_get_loop(NULL) ? ASYNCIO_OK : asyncio_error_latest(); }
static asyncio_status runner_close_null(void) { return asyncio_runner_close(NULL); }

#define NO_LOOP "Expected [loop] to be an event loop, got NULL"
#define NO_FUTURE "Expected [future] to be a future, got NULL"
#define NO_RUNNER "Expected [runner] to be a runner, got NULL"

#define ANYWHERE \
  {"free of nothing", free_nothing, ASYNCIO_OK, NULL}, {"stop of nothing", stop_nothing, ASYNCIO_OK, NULL}, \
      {"questions about no task", ask_of_no_task, ASYNCIO_OK, NULL}, \
      {"questions about no loop", ask_of_no_loop, ASYNCIO_OK, NULL}, \
      {"questions about no lock", ask_of_no_lock, ASYNCIO_OK, NULL}, \
      {"questions about no error", ask_of_no_error, ASYNCIO_OK, NULL}, \
      {"close of no loop", close_null, ASYNCIO_TYPE_ERROR, NO_LOOP}, \
      {"duration of no loop", slow_null, ASYNCIO_TYPE_ERROR, NO_LOOP}, \
      {"run of no loop", run_forever_null, ASYNCIO_TYPE_ERROR, NO_LOOP}, \
      {"result of no future", result_null, ASYNCIO_TYPE_ERROR, NO_FUTURE}, \
      {"result for no future", set_result_null, ASYNCIO_TYPE_ERROR, NO_FUTURE}, \
      {"value of no variable", var_get_null, ASYNCIO_TYPE_ERROR, "Expected [var] to be a context variable, got NULL"}, \
      {"value in no context", context_get_null, ASYNCIO_TYPE_ERROR, "Expected [context] to be a context, got NULL"}

TEST(null_in_a_task) {
  static const bad_input rows[] = {
      ANYWHERE,
      {"gather of no array", gather_null, ASYNCIO_TYPE_ERROR, "Expected [awaitables] to be an array of 2, got NULL"},
      {"wait for no array", wait_null, ASYNCIO_TYPE_ERROR, "Expected [futures] to be an array of 2, got NULL"},
      {"wait object for no array", wait_object, ASYNCIO_TYPE_ERROR, "Expected [futures] to be an array of 2, got NULL"},
      {"as_completed of no array", as_completed_null, ASYNCIO_TYPE_ERROR,
       "Expected [awaitables] to be an array of 2, got NULL"},
  };
  check_bad_input_in_a_task(rows, sizeof rows / sizeof *rows);
}

TEST(null_outside_a_task) {
  static const bad_input rows[] = {
      ANYWHERE,
      {"set-up of nothing", prepare_nothing, ASYNCIO_OK, NULL},
      {"run of no runner", runner_run_null, ASYNCIO_TYPE_ERROR, NO_RUNNER},
      {"loop of no runner", runner_loop_null, ASYNCIO_TYPE_ERROR, NO_RUNNER},
      {"close of no runner", runner_close_null, ASYNCIO_TYPE_ERROR, NO_RUNNER},
  };
  check_bad_input_outside(rows, sizeof rows / sizeof *rows);
}

ASYNCIO_STATIC_COROUTINE(take_next_to_nowhere) {
  asyncio_as_completed iterator;
  asyncio_future *sleep = asyncio_sleep_coroutine(0, asyncio_none());
  ASYNCIO_TRY(asyncio_as_completed_begin(&iterator, &sleep, 1, INFINITY));
  asyncio_status status = asyncio_as_completed_next_future(&iterator, NULL);
  CHECK_INT(asyncio_as_completed_left(&iterator), 0);
  asyncio_as_completed_end(&iterator);
  return status;
}

TEST(what_as_completed_gives_may_be_dropped) { CHECK_OK(asyncio_run(take_next_to_nowhere_coroutine(), NULL)); }
