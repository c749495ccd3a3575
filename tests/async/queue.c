// SPDX-License-Identifier: MIT
// src/async/queue.c: who gets what, who waits for room, and what a cancellation in between costs nobody else. Shutting
// down, joining and destroying are in queue_end.c.
#include <math.h>

#include "actors.h"

ASYNCIO_STATIC_COROUTINE(getter, (const char *, name), (asyncio_queue *, queue)) {
  asyncio_value item;
  asyncio_status status = asyncio_queue_get(queue, &item);
  if (status)
    trace("%s %s", name, asyncio_error_name(status));
  else
    trace_value(name, item);
  asyncio_value_clear(&item);
  return status;
}

ASYNCIO_STATIC_COROUTINE(putter, (const char *, name), (asyncio_queue *, queue), (int, number)) {
  asyncio_status status = asyncio_queue_put(queue, asyncio_int(number));
  trace("%s %s", name, status ? asyncio_error_name(status) : "put");
  return status;
}

static asyncio_task *get(const char *name, asyncio_queue *queue) {
  return asyncio_create_task(getter_coroutine(name, queue));
}

static asyncio_task *put(const char *name, asyncio_queue *queue, int number) {
  return asyncio_create_task(putter_coroutine(name, queue, number));
}

static void finish(asyncio_task *task, asyncio_status status) {
  CHECK_ERROR(asyncio_await(task, NULL), status, NULL);
  asyncio_unref(task);
}

static void put_now(asyncio_queue *queue, int number) {
  CHECK_OK(asyncio_queue_put_nowait(queue, asyncio_int(number)));
}

static void check_next(asyncio_queue *queue, int number) {
  asyncio_value item;
  CHECK_OK(asyncio_queue_get_nowait(queue, &item));
  CHECK_INT(asyncio_value_int(item), number);
}

// ---- Orders

ASYNCIO_STATIC_COROUTINE(orders) {
  asyncio_queue queue;
  CHECK_OK(asyncio_queue_init(&queue, 0));
  CHECK(asyncio_queue_empty(&queue) && !asyncio_queue_full(&queue));
  CHECK_INT(asyncio_queue_maxsize(&queue), 0);
  for (int i = 0; i < 5; i++) put_now(&queue, i);
  for (int i = 0; i < 5; i++) check_next(&queue, i);
  for (int i = 0; i < 100; i++) put_now(&queue, i);
  for (int i = 0; i < 100; i++) check_next(&queue, i);
  CHECK_ERROR(asyncio_queue_get_nowait(&queue, NULL), ASYNCIO_QUEUE_EMPTY, "The queue is empty");
  asyncio_queue_destroy(&queue);
  CHECK_OK(asyncio_lifo_queue_init(&queue, 0));
  for (int i = 0; i < 50; i++) put_now(&queue, i);
  CHECK_INT(asyncio_queue_qsize(&queue), 50);
  for (int i = 49; i >= 0; i--) check_next(&queue, i);
  asyncio_queue_destroy(&queue);
  CHECK_OK(asyncio_priority_queue_init(&queue, 0));
  for (int i = 0; i < 64; i++) put_now(&queue, (i * 37) % 64);
  for (int i = 0; i < 64; i++) check_next(&queue, i);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(queue_gives_the_oldest_the_newest_or_the_least) { run(orders_coroutine()); }

ASYNCIO_STATIC_COROUTINE(prioritizes) {
  asyncio_queue queue;
  const double priorities[] = {2, 0.5, 2, -INFINITY, 0.5, 2, INFINITY, 0.5};
  const int expected[] = {3, 1, 4, 7, 0, 2, 5, 6};
  CHECK_OK(asyncio_priority_queue_init(&queue, 9));
  for (int i = 0; i < 8; i++) CHECK_OK(asyncio_priority_queue_put_nowait(&queue, priorities[i], asyncio_int(i)));
  for (int i = 0; i < 8; i++) check_next(&queue, expected[i]);
  asyncio_value text;
  CHECK_OK(asyncio_text(&text, "urgent"));
  CHECK_OK(asyncio_priority_queue_put(&queue, 1, text));
  CHECK_OK(asyncio_await(asyncio_priority_queue_put_coroutine(&queue, 2, asyncio_int(2)), NULL));
  CHECK_OK(asyncio_queue_put(&queue, asyncio_double(0.5)));
  CHECK_OK(asyncio_queue_get(&queue, &text));
  CHECK_DOUBLE(asyncio_value_double(text), 0.5);
  CHECK_OK(asyncio_queue_get(&queue, &text));
  CHECK_TEXT(asyncio_value_text(text), "urgent");
  asyncio_value_clear(&text);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(priority_queue_keeps_the_order_of_putting_where_priorities_are_equal) { run(prioritizes_coroutine()); }

// ---- Waiting

ASYNCIO_STATIC_COROUTINE(serves_getters) {
  asyncio_queue queue;
  clock_start();
  CHECK_OK(asyncio_queue_init(&queue, 0));
  asyncio_task *a = get("a", &queue), *b = get("b", &queue), *c = get("c", &queue);
  CHECK_OK(asyncio_sleep(1));
  CHECK_TEXT(asyncio_task_waiting_for(a), "queue get");
  put_now(&queue, 1);
  put_now(&queue, 2);
  CHECK_INT(asyncio_queue_qsize(&queue), 2);
  CHECK_OK(asyncio_sleep(1));
  CHECK(!asyncio_future_done(c));
  CHECK_OK(asyncio_await(asyncio_queue_put_coroutine(&queue, asyncio_int(3)), NULL));
  finish(c, ASYNCIO_OK);
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  put_now(&queue, 4);
  check_gives(asyncio_queue_get_coroutine(&queue), 4);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(those_who_wait_for_an_item_get_one_in_the_order_they_came) {
  run(serves_getters_coroutine());
  EXPECT_TRACE("a got 1 at 1", "b got 2 at 1", "c got 3 at 2");
}

ASYNCIO_STATIC_COROUTINE(serves_putters) {
  asyncio_queue queue;
  CHECK_OK(asyncio_queue_init(&queue, 2));
  put_now(&queue, 1);
  put_now(&queue, 2);
  CHECK(asyncio_queue_full(&queue));
  CHECK_ERROR(asyncio_queue_put_nowait(&queue, asyncio_int(9)), ASYNCIO_QUEUE_FULL,
              "The queue is full: it holds 2 items");
  asyncio_task *a = put("a", &queue, 3), *b = put("b", &queue, 4);
  CHECK_OK(asyncio_sleep(0));
  CHECK_TEXT(asyncio_task_waiting_for(a), "queue put");
  check_next(&queue, 1);
  CHECK(!asyncio_queue_full(&queue));
  CHECK_OK(asyncio_sleep(1));
  CHECK(!asyncio_future_done(b));
  check_next(&queue, 2);
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  check_next(&queue, 3);
  check_next(&queue, 4);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(those_who_wait_for_room_put_in_the_order_they_came) {
  run(serves_putters_coroutine());
  EXPECT_TRACE("a put", "b put");
}

ASYNCIO_STATIC_COROUTINE(takes_before_the_woken) {
  asyncio_queue queue;
  clock_start();
  CHECK_OK(asyncio_queue_init(&queue, 0));
  asyncio_task *a = get("a", &queue), *b = get("b", &queue);
  CHECK_OK(asyncio_sleep(0));
  put_now(&queue, 1);
  check_next(&queue, 1);
  CHECK_OK(asyncio_sleep(0));
  put_now(&queue, 2);
  put_now(&queue, 3);
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(woken_one_whose_item_was_taken_waits_on_behind_the_others) {
  run(takes_before_the_woken_coroutine());
  EXPECT_TRACE("b got 2 at 0", "a got 3 at 0");
}

// ---- Cancelled

ASYNCIO_STATIC_COROUTINE(cancels_getters) {
  asyncio_queue queue;
  clock_start();
  CHECK_OK(asyncio_queue_init(&queue, 0));
  asyncio_task *a = get("a", &queue), *b = get("b", &queue), *c = get("c", &queue);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(a, NULL));
  put_now(&queue, 1);
  CHECK(asyncio_task_cancel(b, NULL));
  finish(c, ASYNCIO_OK);
  finish(a, ASYNCIO_CANCELLED_ERROR);
  finish(b, ASYNCIO_CANCELLED_ERROR);
  CHECK_ERROR(asyncio_wait_for(asyncio_queue_get_coroutine(&queue), 1, NULL), ASYNCIO_TIMEOUT_ERROR, NULL);
  put_now(&queue, 2);
  check_next(&queue, 2);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(item_that_a_cancelled_getter_was_woken_for_goes_to_the_next) {
  run(cancels_getters_coroutine());
  EXPECT_TRACE("a CancelledError", "b CancelledError", "c got 1 at 0");
}

ASYNCIO_STATIC_COROUTINE(cancels_putters) {
  asyncio_queue queue;
  CHECK_OK(asyncio_queue_init(&queue, 1));
  put_now(&queue, 1);
  asyncio_task *a = put("a", &queue, 2), *b = put("b", &queue, 3), *c = put("c", &queue, 4);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(a, NULL));
  check_next(&queue, 1);
  CHECK(asyncio_task_cancel(b, NULL));
  finish(c, ASYNCIO_OK);
  finish(a, ASYNCIO_CANCELLED_ERROR);
  finish(b, ASYNCIO_CANCELLED_ERROR);
  asyncio_value text;
  CHECK_OK(asyncio_text(&text, "dropped"));
  CHECK_ERROR(asyncio_wait_for(asyncio_queue_put_coroutine(&queue, text), 1, NULL), ASYNCIO_TIMEOUT_ERROR, NULL);
  check_next(&queue, 4);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(room_that_a_cancelled_putter_was_woken_for_goes_to_the_next) {
  run(cancels_putters_coroutine());
  EXPECT_TRACE("a CancelledError", "b CancelledError", "c put");
}

// ---- Ownership

static int destroyed;
static void count_destroyed(void *pointer) { destroyed += pointer == &destroyed; }

static asyncio_value owned(void) {
  asyncio_value value;
  CHECK_OK(asyncio_owned_pointer(&value, &destroyed, count_destroyed));
  return value;
}

ASYNCIO_STATIC_COROUTINE(owns) {
  asyncio_queue queue;
  asyncio_value item;
  destroyed = 0;
  CHECK_OK(asyncio_queue_init(&queue, 3));
  for (int i = 0; i < 3; i++) CHECK_OK(asyncio_queue_put(&queue, owned()));
  CHECK_ERROR(asyncio_queue_put_nowait(&queue, owned()), ASYNCIO_QUEUE_FULL, NULL);
  CHECK_INT(destroyed, 1);
  asyncio_unref(asyncio_ref(asyncio_queue_put_coroutine(&queue, owned())));
  CHECK_INT(destroyed, 2);
  CHECK_ERROR(asyncio_queue_put(NULL, owned()), ASYNCIO_TYPE_ERROR, NULL);
  CHECK_ERROR(asyncio_priority_queue_put(&queue, 1, owned()), ASYNCIO_TYPE_ERROR, NULL);
  CHECK_INT(destroyed, 4);
  CHECK_OK(asyncio_queue_get(&queue, &item));
  CHECK_INT(destroyed, 4);
  asyncio_value_clear(&item);
  CHECK_OK(asyncio_queue_get(&queue, NULL));
  CHECK_INT(destroyed, 6);
  asyncio_queue_destroy(&queue);
  CHECK_INT(destroyed, 7);
  return ASYNCIO_OK;
}

TEST(queue_owns_its_items_from_the_call_of_put_on) { run(owns_coroutine()); }

TEST(queue_works_without_a_loop_where_it_does_not_wait) {
  asyncio_queue queue;
  CHECK_OK(asyncio_queue_init(&queue, 1));
  put_now(&queue, 1);
  check_next(&queue, 1);
  CHECK_ERROR(asyncio_queue_put(&queue, asyncio_int(1)), ASYNCIO_RUNTIME_ERROR,
              "asyncio_queue_put needs a running task: call it in a coroutine");
  CHECK_ERROR(asyncio_queue_get(&queue, NULL), ASYNCIO_RUNTIME_ERROR,
              "asyncio_queue_get needs a running task: call it in a coroutine");
  asyncio_queue_destroy(&queue);
}
