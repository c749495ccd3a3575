// SPDX-License-Identifier: MIT
// Memory that runs out, at every allocation in turn, around locks, queues, limits and groups: what was held is
// released, what was put is dropped, and nobody waits for ever. See bad_input_memory.c.
#include "bad_input.h"

#include <math.h>

static asyncio_status expected(asyncio_status status, asyncio_status wanted) {
  return status == wanted ? ASYNCIO_OK : status;
}

// Awaits and drops a task; NULL passes the constructor's failure on.
static asyncio_status use_up(asyncio_task *task) {
  asyncio_status status = asyncio_await(task, NULL);
  asyncio_unref(task);
  return status;
}

ASYNCIO_STATIC_COROUTINE(locks_and_releases, (asyncio_lock *, lock)) {
  ASYNCIO_TRY(asyncio_await(asyncio_lock_acquire_coroutine(lock), NULL));
  asyncio_status status = asyncio_sleep(1);
  asyncio_status released = asyncio_lock_release(lock);
  return status ? status : released;
}

ASYNCIO_STATIC_COROUTINE(shares_a_lock) {
  asyncio_lock lock = {0};
  ASYNCIO_TRY(asyncio_await(
      asyncio_gather_array(
          (asyncio_future *[]){locks_and_releases_coroutine(&lock), locks_and_releases_coroutine(&lock)}, 2, true),
      NULL));
  CHECK(!asyncio_lock_locked(&lock));
  CHECK(!lock.asyncio__waiters.waiting.first && !lock.asyncio__waiters.woken.first);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(meets, (asyncio_barrier *, barrier), (asyncio_semaphore *, semaphore),
                         (asyncio_event *, event)) {
  ASYNCIO_TRY(asyncio_await(asyncio_semaphore_acquire_coroutine(semaphore), NULL));
  asyncio_event_set(event);
  return asyncio_await(asyncio_barrier_wait_coroutine(barrier), NULL);
}

ASYNCIO_STATIC_COROUTINE(meets_twice) {
  asyncio_barrier barrier;
  asyncio_semaphore semaphore;
  asyncio_event event = {0};
  CHECK_OK(asyncio_barrier_init(&barrier, 2));
  CHECK_OK(asyncio_semaphore_init(&semaphore, 2));
  asyncio_task *other = asyncio_create_task(meets_coroutine(&barrier, &semaphore, &event));
  asyncio_status status = asyncio_wait_for(asyncio_event_wait_coroutine(&event), 1, NULL);
  if (!status) status = asyncio_wait_for(meets_coroutine(&barrier, &semaphore, &event), 1, NULL);
  if (status) asyncio_task_cancel(other, NULL);
  asyncio_status ended = use_up(other);
  if (!status) status = ended;
  if (!status) status = asyncio_await(asyncio_barrier_abort_coroutine(&barrier), NULL);
  if (!status) status = expected(asyncio_barrier_wait(&barrier, NULL), ASYNCIO_BROKEN_BARRIER_ERROR);
  return status == ASYNCIO_TIMEOUT_ERROR ? ASYNCIO_MEMORY_ERROR : status;
}

static bool is_notified(void *arg) { return *(bool *)arg; }

ASYNCIO_STATIC_COROUTINE(notifies, (asyncio_condition *, condition), (bool *, notified)) {
  ASYNCIO_TRY(asyncio_condition_acquire(condition));
  *notified = true;
  ASYNCIO_TRY(asyncio_condition_notify_all(condition));
  return asyncio_condition_release(condition);
}

ASYNCIO_STATIC_COROUTINE(waits_for_a_condition) {
  asyncio_condition condition = {0};
  bool notified = false;
  ASYNCIO_TRY(asyncio_await(asyncio_condition_acquire_coroutine(&condition), NULL));
  asyncio_task *other = asyncio_create_task(notifies_coroutine(&condition, &notified));
  asyncio_future *wait = asyncio_condition_wait_for_coroutine(&condition, is_notified, &notified);
  asyncio_status status = other ? asyncio_wait_for(wait, 1, NULL) : asyncio_error_latest();
  if (!other) asyncio_unref(asyncio_ref(wait));
  CHECK(asyncio_condition_locked(&condition));
  CHECK_OK(asyncio_condition_release(&condition));
  asyncio_status ended = use_up(other);
  return status && status != ASYNCIO_TIMEOUT_ERROR ? status : ended;
}

ASYNCIO_STATIC_COROUTINE(puts_words, (asyncio_queue *, queue), (int, count)) {
  for (int i = 0; i < count; i++) {
    asyncio_value words;
    ASYNCIO_TRY(asyncio_text(&words, "some words"));
    ASYNCIO_TRY(asyncio_await(asyncio_priority_queue_put_coroutine(queue, -i, words), NULL));
  }
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(passes_words) {
  asyncio_queue queue;
  CHECK_OK(asyncio_priority_queue_init(&queue, 10));
  asyncio_task *producer = asyncio_create_task(puts_words_coroutine(&queue, 20));
  asyncio_status status = producer ? ASYNCIO_OK : asyncio_error_latest();
  for (int i = 0; !status && i < 20; i++) status = asyncio_wait_for(asyncio_queue_get_coroutine(&queue), 1, NULL);
  asyncio_queue_shutdown(&queue, true);
  asyncio_status ended = use_up(producer);
  asyncio_queue_destroy(&queue);
  if (ended == ASYNCIO_QUEUE_SHUT_DOWN) ended = ASYNCIO_OK;
  return status == ASYNCIO_TIMEOUT_ERROR || !status ? ended : status;
}

ASYNCIO_STATIC_COROUTINE(limits_words) {
  asyncio_timeout limit;
  ASYNCIO_TRY(asyncio_timeout_begin(&limit, 1));
  ASYNCIO_TRY(expected(asyncio_timeout_end(&limit, asyncio_sleep(9)), ASYNCIO_TIMEOUT_ERROR));
  ASYNCIO_TRY(asyncio_timeout_begin(&limit, INFINITY));
  asyncio_status status = asyncio_timeout_reschedule(&limit, asyncio_loop_time(NULL) + 1);
  status = asyncio_timeout_end(&limit, status ? status : asyncio_sleep(9));
  return expected(status, ASYNCIO_TIMEOUT_ERROR);
}

ASYNCIO_STATIC_COROUTINE(raises_words) {
  ASYNCIO_TRY(asyncio_sleep(1));
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "some words");
}

static asyncio_status add_words(asyncio_task_group *group) {
  ASYNCIO_TRY(asyncio_task_group_start(group, raises_words_coroutine()));
  asyncio_task *task = asyncio_task_group_create_task(group, raises_words_coroutine(), .name = "of a group");
  if (!task) return asyncio_error_latest();
  asyncio_unref(task);
  for (int i = 0; i < 100; i++)
    ASYNCIO_TRY(asyncio_task_group_start(group, asyncio_sleep_coroutine(9, asyncio_none())));
  return asyncio_sleep(9);
}

ASYNCIO_STATIC_COROUTINE(groups_words) {
  asyncio_task_group group;
  ASYNCIO_TRY(asyncio_task_group_begin(&group));
  asyncio_status status = add_words(&group);
  status = asyncio_task_group_end(&group, status);
  CHECK_INT(asyncio_task_cancelling(asyncio_current_task()), 0);
  return status == ASYNCIO_EXCEPTION_GROUP ? ASYNCIO_OK : status;
}

ASYNCIO_STATIC_COROUTINE(completes_words) {
  asyncio_future *awaitables[] = {raises_words_coroutine(), asyncio_sleep_coroutine(2, asyncio_none()),
                                  asyncio_sleep_coroutine(9, asyncio_none())};
  asyncio_as_completed iterator;
  asyncio_status status = ASYNCIO_OK;
  ASYNCIO_TRY(asyncio_as_completed_begin(&iterator, awaitables, 3, 5));
  while (status != ASYNCIO_MEMORY_ERROR && asyncio_as_completed_left(&iterator))
    status = asyncio_await(asyncio_as_completed_next_coroutine(&iterator), NULL);
  asyncio_as_completed_end(&iterator);
  return expected(status, ASYNCIO_TIMEOUT_ERROR);
}

TEST(memory_may_run_out_around_locks) { fail_each(shares_a_lock_coroutine); }
TEST(memory_may_run_out_around_events_semaphores_and_barriers) { fail_each(meets_twice_coroutine); }
TEST(memory_may_run_out_around_conditions) { fail_each(waits_for_a_condition_coroutine); }
TEST(memory_may_run_out_around_queues) { fail_each(passes_words_coroutine); }
TEST(memory_may_run_out_around_timeouts) { fail_each(limits_words_coroutine); }
TEST(memory_may_run_out_in_task_groups) { fail_each(groups_words_coroutine); }
TEST(memory_may_run_out_in_as_completed) { fail_each(completes_words_coroutine); }
