// SPDX-License-Identifier: MIT
// src/async/queue.c: many items through few places, and the three kinds of queue treated alike.
#include "actors.h"

static void put_now(asyncio_queue *queue, int number) {
  CHECK_OK(asyncio_queue_put_nowait(queue, asyncio_int(number)));
}

static void finish(asyncio_task *task, asyncio_status status) {
  CHECK_ERROR(asyncio_await(task, NULL), status, NULL);
  asyncio_unref(task);
}

ASYNCIO_STATIC_COROUTINE(puts_many, (asyncio_queue *, queue), (int, count)) {
  for (int i = 0; i < count; i++) ASYNCIO_TRY(asyncio_queue_put(queue, asyncio_int(i)));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(gets_many, (asyncio_queue *, queue), (int, count)) {
  for (int i = 0; i < count; i++) {
    asyncio_value item;
    ASYNCIO_TRY(asyncio_queue_get(queue, &item));
    CHECK_INT(asyncio_value_int(item), i);
  }
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(hands_over, (bool, getter_first)) {
  asyncio_queue queue;
  CHECK_OK(asyncio_queue_init(&queue, 1));
  asyncio_future *put = puts_many_coroutine(&queue, 100), *get = gets_many_coroutine(&queue, 100);
  CHECK_OK(asyncio_await(asyncio_gather(getter_first ? get : put, getter_first ? put : get), NULL));
  CHECK(asyncio_queue_empty(&queue));
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(queue_of_one_hands_many_items_from_task_to_task) {
  run(hands_over_coroutine(true));
  run(hands_over_coroutine(false));
}

ASYNCIO_STATIC_COROUTINE(takes_all_there_is, (asyncio_queue *, queue)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  for (size_t left = asyncio_queue_qsize(queue); left; left--) CHECK_OK(asyncio_queue_get_nowait(queue, NULL));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(puts_more_than_fits) {
  asyncio_queue queue;
  asyncio_future *tasks[5];
  CHECK_OK(asyncio_queue_init(&queue, 2));
  CHECK_INT(asyncio_queue_maxsize(&queue), 2);
  tasks[0] = takes_all_there_is_coroutine(&queue);
  for (int i = 1; i < 5; i++) tasks[i] = asyncio_queue_put_coroutine(&queue, asyncio_int(i));
  CHECK_OK(asyncio_wait_for(asyncio_gather_array(tasks, 5, false), 1, NULL));
  CHECK(asyncio_queue_full(&queue) && !asyncio_queue_empty(&queue));
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(putters_get_in_as_items_are_taken_at_once) { run(puts_more_than_fits_coroutine()); }

// The first getter is woken for an item and cancelled: nobody's item is lost, and their order stays.
ASYNCIO_STATIC_COROUTINE(cancels_the_woken, (int, getters)) {
  asyncio_queue queue;
  asyncio_task *tasks[3];
  CHECK_OK(asyncio_queue_init(&queue, 0));
  for (int i = 0; i < getters; i++) tasks[i] = asyncio_create_task(asyncio_queue_get_coroutine(&queue));
  CHECK_OK(asyncio_sleep(0));
  put_now(&queue, 1);
  put_now(&queue, 2);
  CHECK(asyncio_task_cancel(tasks[0], NULL));
  finish(tasks[0], ASYNCIO_CANCELLED_ERROR);
  for (int i = 1; i < getters; i++) {
    check_gives(tasks[i], i);
    asyncio_unref(tasks[i]);
  }
  for (int i = getters; i < 3; i++) check_gives(asyncio_queue_get_coroutine(&queue), i);
  CHECK(asyncio_queue_empty(&queue));
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(item_of_a_getter_that_is_cancelled_as_it_is_woken_stays_the_first) {
  run(cancels_the_woken_coroutine(1));
  run(cancels_the_woken_coroutine(3));
}

// ---- Every kind

typedef asyncio_status (*queue_init)(asyncio_queue *queue, int maxsize);

static const queue_init KINDS[] = {asyncio_queue_init, asyncio_lifo_queue_init, asyncio_priority_queue_init};

ASYNCIO_STATIC_COROUTINE(adds_up, (asyncio_queue *, queue), (int64_t *, sum)) {
  for (;;) {
    asyncio_value item;
    ASYNCIO_TRY(asyncio_queue_get(queue, &item));
    *sum += asyncio_value_int(item);
    CHECK_OK(asyncio_queue_task_done(queue));
  }
}

ASYNCIO_STATIC_COROUTINE(employs_two, (queue_init, init)) {
  asyncio_queue queue;
  int64_t sum = 0;
  CHECK_OK(init(&queue, 0));
  CHECK_OK(asyncio_queue_join(&queue));
  CHECK_OK(asyncio_queue_join(&queue));
  CHECK_ERROR(asyncio_queue_task_done(&queue), ASYNCIO_VALUE_ERROR, "task_done() called too many times");
  for (int i = 0; i < 100; i++) put_now(&queue, i);
  asyncio_task *a = asyncio_create_task(adds_up_coroutine(&queue, &sum)),
               *b = asyncio_create_task(adds_up_coroutine(&queue, &sum));
  CHECK_OK(asyncio_queue_join(&queue));
  CHECK_INT(sum, 99 * 100 / 2);
  asyncio_queue_shutdown(&queue, false);
  finish(a, ASYNCIO_QUEUE_SHUT_DOWN);
  finish(b, ASYNCIO_QUEUE_SHUT_DOWN);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(every_kind_of_queue_is_joined_when_workers_have_done_all) {
  for (int i = 0; i < 3; i++) run(employs_two_coroutine(KINDS[i]));
}

static void check_shut_down(asyncio_queue *queue) {
  CHECK_ERROR(asyncio_queue_put(queue, asyncio_int(1)), ASYNCIO_QUEUE_SHUT_DOWN, NULL);
  CHECK_ERROR(asyncio_queue_put_nowait(queue, asyncio_int(1)), ASYNCIO_QUEUE_SHUT_DOWN, NULL);
  CHECK_ERROR(asyncio_queue_get(queue, NULL), ASYNCIO_QUEUE_SHUT_DOWN, NULL);
  CHECK_ERROR(asyncio_queue_get_nowait(queue, NULL), ASYNCIO_QUEUE_SHUT_DOWN, NULL);
}

// With [items] in it, of which [taken] were taken and not done.
ASYNCIO_STATIC_COROUTINE(shuts_down, (queue_init, init), (int, items), (int, taken), (bool, immediate)) {
  asyncio_queue queue;
  asyncio_value item;
  CHECK_OK(init(&queue, items));
  for (int i = 0; i < items; i++) put_now(&queue, i);
  asyncio_task *waiting = asyncio_create_task(items ? asyncio_queue_put_coroutine(&queue, asyncio_int(9))
                                                    : asyncio_queue_get_coroutine(&queue));
  asyncio_task *join = asyncio_create_task(asyncio_queue_join_coroutine(&queue));
  CHECK_OK(asyncio_sleep(0));
  for (int i = 0; i < taken; i++) CHECK_OK(asyncio_queue_get_nowait(&queue, &item));
  asyncio_queue_shutdown(&queue, immediate);
  finish(waiting, ASYNCIO_QUEUE_SHUT_DOWN);
  CHECK_INT(asyncio_queue_qsize(&queue), immediate ? 0 : items - taken);
  if (!immediate)
    for (int i = taken; i < items; i++) CHECK_OK(asyncio_queue_get(&queue, &item));
  check_shut_down(&queue);
  int unfinished = immediate ? taken : items;
  CHECK_OK(asyncio_sleep(0));
  CHECK_INT(asyncio_future_done(join), unfinished == 0);
  for (int i = 0; i < unfinished; i++) CHECK_OK(asyncio_queue_task_done(&queue));
  CHECK_ERROR(asyncio_queue_task_done(&queue), ASYNCIO_VALUE_ERROR, NULL);
  finish(join, ASYNCIO_OK);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(every_kind_of_queue_is_shut_down_alike) {
  for (int i = 0; i < 3; i++) {
    run(shuts_down_coroutine(KINDS[i], 0, 0, false));
    run(shuts_down_coroutine(KINDS[i], 0, 0, true));
    run(shuts_down_coroutine(KINDS[i], 1, 0, false));
    run(shuts_down_coroutine(KINDS[i], 1, 0, true));
    run(shuts_down_coroutine(KINDS[i], 2, 0, true));
    run(shuts_down_coroutine(KINDS[i], 2, 1, true));
    run(shuts_down_coroutine(KINDS[i], 2, 2, false));
  }
}
