// SPDX-License-Identifier: MIT
// What a program can do wrong with locks, queues, limits and groups, and the words it gets for it. See bad_input.h.
#include "bad_input.h"

#include <math.h>

// ---- NULL

static asyncio_status acquire_null(void) { return asyncio_lock_acquire(NULL); }
static asyncio_status acquire_null_object(void) { return reason(asyncio_lock_acquire_coroutine(NULL)); }
static asyncio_status release_null(void) { return asyncio_lock_release(NULL); }
static asyncio_status event_null(void) { return asyncio_event_wait(NULL); }
static asyncio_status event_null_object(void) { return reason(asyncio_event_wait_coroutine(NULL)); }
static asyncio_status semaphore_init_null(void) { return asyncio_semaphore_init(NULL, 1); }
static asyncio_status bounded_init_null(void) { return asyncio_bounded_semaphore_init(NULL, 1); }
static asyncio_status semaphore_null(void) { return asyncio_semaphore_acquire(NULL); }
static asyncio_status semaphore_null_object(void) { return reason(asyncio_semaphore_acquire_coroutine(NULL)); }
static asyncio_status semaphore_release_null(void) { return asyncio_semaphore_release(NULL); }
static asyncio_status condition_acquire_null(void) { return asyncio_condition_acquire(NULL); }
static asyncio_status condition_acquire_null_object(void) { return reason(asyncio_condition_acquire_coroutine(NULL)); }
static asyncio_status condition_release_null(void) { return asyncio_condition_release(NULL); }
static asyncio_status condition_null(void) { return asyncio_condition_wait(NULL); }
static asyncio_status condition_null_object(void) { return reason(asyncio_condition_wait_coroutine(NULL)); }
static asyncio_status notify_null(void) { return asyncio_condition_notify(NULL, 1); }
static asyncio_status notify_all_null(void) { return asyncio_condition_notify_all(NULL); }
static asyncio_status barrier_init_null(void) { return asyncio_barrier_init(NULL, 1); }
static asyncio_status barrier_null(void) { return asyncio_barrier_wait(NULL, NULL); }
static asyncio_status barrier_null_object(void) { return reason(asyncio_barrier_wait_coroutine(NULL)); }
static asyncio_status reset_null(void) { return asyncio_barrier_reset(NULL); }
static asyncio_status reset_null_object(void) { return reason(asyncio_barrier_reset_coroutine(NULL)); }
static asyncio_status abort_null(void) { return asyncio_barrier_abort(NULL); }
static asyncio_status abort_null_object(void) { return reason(asyncio_barrier_abort_coroutine(NULL)); }

static bool never(void *arg) {
  (void)arg;
  return false;
}

static asyncio_status predicate_null(void) {
  asyncio_condition condition = {0};
  return asyncio_condition_wait_for(&condition, NULL, NULL);
}

static asyncio_status predicate_null_object(void) {
  asyncio_condition condition = {0};
  return reason(asyncio_condition_wait_for_coroutine(&condition, NULL, NULL));
}

static asyncio_status wait_for_null(void) { return asyncio_condition_wait_for(NULL, never, NULL); }

#define NO(noun) "Expected [" noun "] to be a " noun ", got NULL"
#define NO_EVENT "Expected [event] to be an event, got NULL"
#define NO_PREDICATE "Expected [predicate] to be a function, got NULL"

TEST(null_in_the_place_of_locks) {
  static const bad_input rows[] = {
      {"acquire of NULL", acquire_null, ASYNCIO_TYPE_ERROR, NO("lock")},
      {"acquire object of NULL", acquire_null_object, ASYNCIO_TYPE_ERROR, NO("lock")},
      {"release of NULL", release_null, ASYNCIO_TYPE_ERROR, NO("lock")},
      {"event NULL", event_null, ASYNCIO_TYPE_ERROR, NO_EVENT},
      {"event object NULL", event_null_object, ASYNCIO_TYPE_ERROR, NO_EVENT},
      {"semaphore in NULL", semaphore_init_null, ASYNCIO_TYPE_ERROR, NO("semaphore")},
      {"bounded semaphore in NULL", bounded_init_null, ASYNCIO_TYPE_ERROR, NO("semaphore")},
      {"semaphore NULL", semaphore_null, ASYNCIO_TYPE_ERROR, NO("semaphore")},
      {"semaphore object NULL", semaphore_null_object, ASYNCIO_TYPE_ERROR, NO("semaphore")},
      {"release of semaphore NULL", semaphore_release_null, ASYNCIO_TYPE_ERROR, NO("semaphore")},
      {"acquire of condition NULL", condition_acquire_null, ASYNCIO_TYPE_ERROR, NO("condition")},
      {"acquire object of condition NULL", condition_acquire_null_object, ASYNCIO_TYPE_ERROR, NO("condition")},
      {"release of condition NULL", condition_release_null, ASYNCIO_TYPE_ERROR, NO("condition")},
      {"condition NULL", condition_null, ASYNCIO_TYPE_ERROR, NO("condition")},
      {"condition object NULL", condition_null_object, ASYNCIO_TYPE_ERROR, NO("condition")},
      {"condition wait_for NULL", wait_for_null, ASYNCIO_TYPE_ERROR, NO("condition")},
      {"notify NULL", notify_null, ASYNCIO_TYPE_ERROR, NO("condition")},
      {"notify_all NULL", notify_all_null, ASYNCIO_TYPE_ERROR, NO("condition")},
      {"predicate NULL", predicate_null, ASYNCIO_TYPE_ERROR, NO_PREDICATE},
      {"predicate NULL in an object", predicate_null_object, ASYNCIO_TYPE_ERROR, NO_PREDICATE},
      {"barrier in NULL", barrier_init_null, ASYNCIO_TYPE_ERROR, NO("barrier")},
      {"barrier NULL", barrier_null, ASYNCIO_TYPE_ERROR, NO("barrier")},
      {"barrier object NULL", barrier_null_object, ASYNCIO_TYPE_ERROR, NO("barrier")},
      {"reset of NULL", reset_null, ASYNCIO_TYPE_ERROR, NO("barrier")},
      {"reset object of NULL", reset_null_object, ASYNCIO_TYPE_ERROR, NO("barrier")},
      {"abort of NULL", abort_null, ASYNCIO_TYPE_ERROR, NO("barrier")},
      {"abort object of NULL", abort_null_object, ASYNCIO_TYPE_ERROR, NO("barrier")},
  };
  check_bad_input_in_a_task(rows, sizeof rows / sizeof *rows);
}

// ---- Outside a task

static asyncio_status acquire(void) {
  asyncio_lock lock = {0};
  return asyncio_lock_acquire(&lock);
}

static asyncio_status wait_event(void) {
  asyncio_event event = {0};
  asyncio_event_set(&event);
  return asyncio_event_wait(&event);
}

static asyncio_status acquire_semaphore(void) {
  asyncio_semaphore semaphore;
  CHECK_OK(asyncio_semaphore_init(&semaphore, 1));
  return asyncio_semaphore_acquire(&semaphore);
}

static asyncio_status wait_condition(void) {
  asyncio_condition condition = {0};
  return asyncio_condition_wait(&condition);
}

static asyncio_status wait_for_condition(void) {
  asyncio_condition condition = {0};
  return asyncio_condition_wait_for(&condition, never, NULL);
}

static asyncio_status use_barrier(asyncio_status (*use)(asyncio_barrier *barrier)) {
  asyncio_barrier barrier;
  CHECK_OK(asyncio_barrier_init(&barrier, 1));
  return use(&barrier);
}

static asyncio_status wait_at(asyncio_barrier *barrier) { return asyncio_barrier_wait(barrier, NULL); }
static asyncio_status wait_barrier(void) { return use_barrier(wait_at); }
static asyncio_status reset_barrier(void) { return use_barrier(asyncio_barrier_reset); }
static asyncio_status abort_barrier(void) { return use_barrier(asyncio_barrier_abort); }

static asyncio_status join(void) {
  asyncio_queue queue;
  CHECK_OK(asyncio_queue_init(&queue, 1));
  return asyncio_queue_join(&queue);
}

static asyncio_status end_group(void) {
  asyncio_task_group group = {0};
  return asyncio_task_group_end(&group, ASYNCIO_OK);
}

static asyncio_status next_completed(void) {
  asyncio_as_completed iterator = {0};
  return asyncio_as_completed_next(&iterator, NULL);
}

#define NEEDS(call) call " needs a running task: call it in a coroutine"

TEST(waits_for_locks_outside_a_task) {
  static const bad_input rows[] = {
      {"acquire", acquire, ASYNCIO_RUNTIME_ERROR, NEEDS("asyncio_lock_acquire")},
      {"wait for an event", wait_event, ASYNCIO_RUNTIME_ERROR, NEEDS("asyncio_event_wait")},
      {"acquire of a semaphore", acquire_semaphore, ASYNCIO_RUNTIME_ERROR, NEEDS("asyncio_semaphore_acquire")},
      {"wait for a condition", wait_condition, ASYNCIO_RUNTIME_ERROR, NEEDS("asyncio_condition_wait")},
      {"wait_for a condition", wait_for_condition, ASYNCIO_RUNTIME_ERROR, NEEDS("asyncio_condition_wait_for")},
      {"wait at a barrier", wait_barrier, ASYNCIO_RUNTIME_ERROR, NEEDS("asyncio_barrier_wait")},
      {"reset of a barrier", reset_barrier, ASYNCIO_RUNTIME_ERROR, NEEDS("asyncio_barrier_reset")},
      {"abort of a barrier", abort_barrier, ASYNCIO_RUNTIME_ERROR, NEEDS("asyncio_barrier_abort")},
      {"join of a queue", join, ASYNCIO_RUNTIME_ERROR, NEEDS("asyncio_queue_join")},
      {"end of a group", end_group, ASYNCIO_RUNTIME_ERROR, NEEDS("asyncio_task_group_end")},
      {"next of as_completed", next_completed, ASYNCIO_RUNTIME_ERROR, NEEDS("asyncio_as_completed_next")},
  };
  check_bad_input_outside(rows, sizeof rows / sizeof *rows);
}

// ---- Queues

static asyncio_status queue_init_null(void) { return asyncio_queue_init(NULL, 0); }
static asyncio_status lifo_init_null(void) { return asyncio_lifo_queue_init(NULL, 0); }
static asyncio_status priority_init_null(void) { return asyncio_priority_queue_init(NULL, 0); }
static asyncio_status put_null(void) { return asyncio_queue_put(NULL, asyncio_int(1)); }
static asyncio_status put_null_object(void) { return reason(asyncio_queue_put_coroutine(NULL, asyncio_int(1))); }
static asyncio_status put_nowait_null(void) { return asyncio_queue_put_nowait(NULL, asyncio_int(1)); }
static asyncio_status put_priority_null(void) { return asyncio_priority_queue_put_nowait(NULL, 1, asyncio_int(1)); }
static asyncio_status get_null(void) { return asyncio_queue_get(NULL, NULL); }
static asyncio_status get_null_object(void) { return reason(asyncio_queue_get_coroutine(NULL)); }
static asyncio_status get_nowait_null(void) { return asyncio_queue_get_nowait(NULL, NULL); }
static asyncio_status join_null(void) { return asyncio_queue_join(NULL); }
static asyncio_status join_null_object(void) { return reason(asyncio_queue_join_coroutine(NULL)); }
static asyncio_status task_done_null(void) { return asyncio_queue_task_done(NULL); }

static asyncio_value text(void) {
  asyncio_value value;
  CHECK_OK(asyncio_text(&value, "some words"));
  return value;
}

static asyncio_status with_queue(asyncio_status (*init)(asyncio_queue *, int), asyncio_status (*use)(asyncio_queue *)) {
  asyncio_queue queue;
  CHECK_OK(init(&queue, 0));
  asyncio_status status = use(&queue);
  CHECK(asyncio_queue_empty(&queue));
  asyncio_queue_destroy(&queue);
  return status;
}

static asyncio_status put_text(asyncio_queue *queue) { return asyncio_queue_put(queue, text()); }
static asyncio_status put_text_object(asyncio_queue *queue) {
  return reason(asyncio_queue_put_coroutine(queue, text()));
}
static asyncio_status put_nan(asyncio_queue *queue) { return asyncio_priority_queue_put(queue, NAN, text()); }
static asyncio_status put_nan_itself(asyncio_queue *queue) {
  return asyncio_queue_put_nowait(queue, asyncio_double(NAN));
}
static asyncio_status prioritize(asyncio_queue *queue) { return asyncio_priority_queue_put_nowait(queue, 1, text()); }
static asyncio_status text_alone(void) { return with_queue(asyncio_priority_queue_init, put_text); }
static asyncio_status text_alone_object(void) { return with_queue(asyncio_priority_queue_init, put_text_object); }
static asyncio_status nan_priority(void) { return with_queue(asyncio_priority_queue_init, put_nan); }
static asyncio_status nan_itself(void) { return with_queue(asyncio_priority_queue_init, put_nan_itself); }
static asyncio_status priority_in_fifo(void) { return with_queue(asyncio_queue_init, prioritize); }

#define NO_NUMBER "Expected [item] to be a number, its own priority: use asyncio_priority_queue_put for others"
#define NAN_PRIORITY "Expected [priority] to be a number, got NaN"

TEST(bad_input_for_queues) {
  static const bad_input rows[] = {
      {"queue in NULL", queue_init_null, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"LIFO queue in NULL", lifo_init_null, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"priority queue in NULL", priority_init_null, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"put to NULL", put_null, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"put object to NULL", put_null_object, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"put_nowait to NULL", put_nowait_null, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"put by priority to NULL", put_priority_null, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"get from NULL", get_null, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"get object from NULL", get_null_object, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"get_nowait from NULL", get_nowait_null, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"join of NULL", join_null, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"join object of NULL", join_null_object, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"task_done of NULL", task_done_null, ASYNCIO_TYPE_ERROR, NO("queue")},
      {"text without a priority", text_alone, ASYNCIO_TYPE_ERROR, NO_NUMBER},
      {"text without a priority in an object", text_alone_object, ASYNCIO_TYPE_ERROR, NO_NUMBER},
      {"priority NaN", nan_priority, ASYNCIO_VALUE_ERROR, NAN_PRIORITY},
      {"NaN as its own priority", nan_itself, ASYNCIO_VALUE_ERROR, NAN_PRIORITY},
      {"priority in a FIFO queue", priority_in_fifo, ASYNCIO_TYPE_ERROR,
       "Expected [queue] to be a priority queue, got another"},
  };
  check_bad_input_in_a_task(rows, sizeof rows / sizeof *rows);
}

// ---- Scopes

static asyncio_status begin_null(void) { return asyncio_timeout_begin(NULL, 1); }
static asyncio_status begin_at_null(void) { return asyncio_timeout_begin_at(NULL, 1); }
static asyncio_status end_null(void) { return asyncio_timeout_end(NULL, ASYNCIO_OK); }
static asyncio_status reschedule_null(void) { return asyncio_timeout_reschedule(NULL, 1); }

static asyncio_status begin_at_nan(void) {
  asyncio_timeout limit;
  asyncio_status status = asyncio_timeout_begin_at(&limit, NAN);
  CHECK_DOUBLE(asyncio_timeout_when(&limit), INFINITY);
  CHECK(!asyncio_timeout_expired(&limit));
  return status;
}

static asyncio_status group_null(void) { return asyncio_task_group_begin(NULL); }
static asyncio_status group_end_null(void) { return asyncio_task_group_end(NULL, ASYNCIO_OK); }
static asyncio_status group_end_null_object(void) {
  return asyncio_await(asyncio_task_group_end_coroutine(NULL, ASYNCIO_OK), NULL);
}
static asyncio_status group_create_null(void) {
  return reason(asyncio_task_group_create_task(NULL, asyncio_sleep_coroutine(0, asyncio_none())));
}

static asyncio_status group_start_null(void) {
  return asyncio_task_group_start(NULL, asyncio_sleep_coroutine(0, asyncio_none()));
}
static asyncio_status group_start_nothing(void) {
  asyncio_task_group group;
  CHECK_OK(asyncio_task_group_begin(&group));
  asyncio_status status = asyncio_task_group_start(&group, asyncio_sleep_coroutine(NAN, asyncio_none()));
  CHECK_OK(asyncio_task_group_end(&group, ASYNCIO_OK));
  return status;
}

#define NO_TIMEOUT "Expected [limit] to be a timeout, got NULL"
#define NO_GROUP "Expected [group] to be a task group, got NULL"

TEST(bad_input_for_timeouts_and_groups) {
  static const bad_input rows[] = {
      {"timeout NULL", begin_null, ASYNCIO_TYPE_ERROR, NO_TIMEOUT},
      {"timeout_at NULL", begin_at_null, ASYNCIO_TYPE_ERROR, NO_TIMEOUT},
      {"end of timeout NULL", end_null, ASYNCIO_TYPE_ERROR, NO_TIMEOUT},
      {"reschedule of NULL", reschedule_null, ASYNCIO_TYPE_ERROR, NO_TIMEOUT},
      {"timeout at NaN", begin_at_nan, ASYNCIO_VALUE_ERROR, "Expected [when] to be a number, got NaN"},
      {"group NULL", group_null, ASYNCIO_TYPE_ERROR, NO_GROUP},
      {"end of group NULL", group_end_null, ASYNCIO_TYPE_ERROR, NO_GROUP},
      {"end object of group NULL", group_end_null_object, ASYNCIO_TYPE_ERROR, NO_GROUP},
      {"task in group NULL", group_create_null, ASYNCIO_TYPE_ERROR, NO_GROUP},
      {"start in group NULL", group_start_null, ASYNCIO_TYPE_ERROR, NO_GROUP},
      {"start of what could not be made", group_start_nothing, ASYNCIO_VALUE_ERROR,
       "Expected [delay] to be a number, got NaN"},
  };
  check_bad_input_in_a_task(rows, sizeof rows / sizeof *rows);
}
