// SPDX-License-Identifier: MIT
// src/async/queue.c: joining, shutting down, and giving a queue up while tasks wait for it.
#include "actors.h"

ASYNCIO_STATIC_COROUTINE(getter, (const char *, name), (asyncio_queue *, queue)) {
  asyncio_value item;
  asyncio_status status = asyncio_queue_get(queue, &item);
  trace("%s %s", name, status ? asyncio_error_name(status) : "got");
  asyncio_value_clear(&item);
  return status;
}

ASYNCIO_STATIC_COROUTINE(putter, (const char *, name), (asyncio_queue *, queue)) {
  asyncio_status status = asyncio_queue_put(queue, asyncio_int(7));
  trace("%s %s", name, status ? asyncio_error_name(status) : "put");
  return status;
}

ASYNCIO_STATIC_COROUTINE(joiner, (const char *, name), (asyncio_queue *, queue)) {
  asyncio_status status = asyncio_queue_join(queue);
  trace("%s %s", name, asyncio_error_name(status));
  return status;
}

static void finish(asyncio_task *task, asyncio_status status) {
  CHECK_ERROR(asyncio_await(task, NULL), status, NULL);
  asyncio_unref(task);
}

static void put_now(asyncio_queue *queue, int number) {
  CHECK_OK(asyncio_queue_put_nowait(queue, asyncio_int(number)));
}

// ---- Joining

ASYNCIO_STATIC_COROUTINE(joins) {
  asyncio_queue queue;
  CHECK_OK(asyncio_queue_init(&queue, 0));
  CHECK_OK(asyncio_queue_join(&queue));
  CHECK_ERROR(asyncio_queue_task_done(&queue), ASYNCIO_VALUE_ERROR, "task_done() called too many times");
  put_now(&queue, 1);
  put_now(&queue, 2);
  asyncio_task *a = asyncio_create_task(joiner_coroutine("a", &queue));
  asyncio_task *b = asyncio_create_task(asyncio_queue_join_coroutine(&queue));
  asyncio_task *cancelled = asyncio_create_task(joiner_coroutine("cancelled", &queue));
  CHECK_OK(asyncio_sleep(0));
  CHECK_TEXT(asyncio_task_waiting_for(a), "queue join");
  CHECK(asyncio_task_cancel(cancelled, NULL));
  CHECK_OK(asyncio_queue_get_nowait(&queue, NULL));
  CHECK_OK(asyncio_queue_task_done(&queue));
  CHECK_OK(asyncio_sleep(0));
  CHECK(!asyncio_future_done(a));
  CHECK_OK(asyncio_queue_task_done(&queue));
  put_now(&queue, 3);
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_OK);
  finish(cancelled, ASYNCIO_CANCELLED_ERROR);
  CHECK_ERROR(asyncio_wait_for(asyncio_queue_join_coroutine(&queue), 1, NULL), ASYNCIO_TIMEOUT_ERROR, NULL);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(join_ends_when_all_that_was_put_is_done_whatever_comes_after) {
  run(joins_coroutine());
  EXPECT_TRACE("cancelled CancelledError", "a OK");
}

// ---- Shutting down

ASYNCIO_STATIC_COROUTINE(shuts_down_empty) {
  asyncio_queue queue;
  CHECK_OK(asyncio_queue_init(&queue, 1));
  asyncio_task *a = asyncio_create_task(getter_coroutine("a", &queue));
  asyncio_task *b = asyncio_create_task(getter_coroutine("b", &queue));
  CHECK_OK(asyncio_sleep(0));
  asyncio_queue_shutdown(&queue, false);
  finish(b, ASYNCIO_QUEUE_SHUT_DOWN);
  finish(a, ASYNCIO_QUEUE_SHUT_DOWN);
  CHECK_ERROR(asyncio_queue_put(&queue, asyncio_int(1)), ASYNCIO_QUEUE_SHUT_DOWN, "The queue was shut down");
  CHECK_ERROR(asyncio_queue_put_nowait(&queue, asyncio_int(1)), ASYNCIO_QUEUE_SHUT_DOWN, NULL);
  CHECK_ERROR(asyncio_queue_get(&queue, NULL), ASYNCIO_QUEUE_SHUT_DOWN, NULL);
  CHECK_ERROR(asyncio_queue_get_nowait(&queue, NULL), ASYNCIO_QUEUE_SHUT_DOWN, NULL);
  CHECK_OK(asyncio_queue_join(&queue));
  asyncio_queue_shutdown(&queue, true);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(shutdown_of_an_empty_queue_sends_getters_away) {
  run(shuts_down_empty_coroutine());
  EXPECT_TRACE("a QueueShutDown", "b QueueShutDown");
}

ASYNCIO_STATIC_COROUTINE(shuts_down_full) {
  asyncio_queue queue;
  CHECK_OK(asyncio_queue_init(&queue, 2));
  put_now(&queue, 1);
  put_now(&queue, 2);
  asyncio_task *a = asyncio_create_task(putter_coroutine("a", &queue));
  asyncio_task *join = asyncio_create_task(joiner_coroutine("join", &queue));
  CHECK_OK(asyncio_sleep(0));
  asyncio_queue_shutdown(&queue, false);
  finish(a, ASYNCIO_QUEUE_SHUT_DOWN);
  CHECK_INT(asyncio_queue_qsize(&queue), 2);
  check_gives(asyncio_queue_get_coroutine(&queue), 1);
  CHECK_OK(asyncio_queue_get_nowait(&queue, NULL));
  CHECK_ERROR(asyncio_queue_get(&queue, NULL), ASYNCIO_QUEUE_SHUT_DOWN, NULL);
  CHECK(!asyncio_future_done(join));
  CHECK_OK(asyncio_queue_task_done(&queue));
  CHECK_OK(asyncio_queue_task_done(&queue));
  finish(join, ASYNCIO_OK);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(shutdown_leaves_the_items_and_sends_putters_away) {
  run(shuts_down_full_coroutine());
  EXPECT_TRACE("a QueueShutDown", "join OK");
}

ASYNCIO_STATIC_COROUTINE(shuts_down_at_once) {
  asyncio_queue queue;
  asyncio_value text;
  CHECK_OK(asyncio_priority_queue_init(&queue, 2));
  CHECK_OK(asyncio_text(&text, "dropped"));
  CHECK_OK(asyncio_priority_queue_put(&queue, 1, text));
  put_now(&queue, 2);
  CHECK_OK(asyncio_queue_get_nowait(&queue, NULL));
  put_now(&queue, 3);
  asyncio_task *a = asyncio_create_task(putter_coroutine("a", &queue));
  asyncio_task *join = asyncio_create_task(joiner_coroutine("join", &queue));
  CHECK_OK(asyncio_sleep(0));
  asyncio_queue_shutdown(&queue, true);
  CHECK_INT(asyncio_queue_qsize(&queue), 0);
  finish(a, ASYNCIO_QUEUE_SHUT_DOWN);
  CHECK(!asyncio_future_done(join));
  CHECK_OK(asyncio_queue_task_done(&queue));
  finish(join, ASYNCIO_OK);
  CHECK_ERROR(asyncio_queue_task_done(&queue), ASYNCIO_VALUE_ERROR, NULL);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(immediate_shutdown_drops_the_items_and_counts_them_as_done) {
  run(shuts_down_at_once_coroutine());
  EXPECT_TRACE("a QueueShutDown", "join OK");
}

ASYNCIO_STATIC_COROUTINE(shuts_down_with_woken_ones) {
  asyncio_queue queue;
  CHECK_OK(asyncio_queue_init(&queue, 0));
  asyncio_task *a = asyncio_create_task(getter_coroutine("a", &queue));
  asyncio_task *b = asyncio_create_task(getter_coroutine("b", &queue));
  CHECK_OK(asyncio_sleep(0));
  put_now(&queue, 1);
  asyncio_queue_shutdown(&queue, false);
  finish(a, ASYNCIO_OK);
  finish(b, ASYNCIO_QUEUE_SHUT_DOWN);
  asyncio_queue_destroy(&queue);
  return ASYNCIO_OK;
}

TEST(getter_that_was_woken_before_the_shutdown_gets_its_item) {
  run(shuts_down_with_woken_ones_coroutine());
  EXPECT_TRACE("a got", "b QueueShutDown");
}

// ---- Giving it up

static asyncio_queue *new_queue(int maxsize) {
  static asyncio_queue queue;
  CHECK_OK(asyncio_queue_init(&queue, maxsize));
  return &queue;
}

ASYNCIO_STATIC_COROUTINE(gives_it_up) {
  asyncio_queue *queue = new_queue(1);
  asyncio_task *woken = asyncio_create_task(getter_coroutine("woken", queue));
  asyncio_task *cancelled = asyncio_create_task(getter_coroutine("cancelled", queue));
  asyncio_task *waiting = asyncio_create_task(asyncio_queue_get_coroutine(queue));
  CHECK_OK(asyncio_sleep(0));
  put_now(queue, 1);
  CHECK(asyncio_task_cancel(cancelled, NULL));
  asyncio_queue_destroy(queue);
  memset(queue, 0xa5, sizeof *queue);
  finish(woken, ASYNCIO_QUEUE_SHUT_DOWN);
  finish(cancelled, ASYNCIO_CANCELLED_ERROR);
  finish(waiting, ASYNCIO_QUEUE_SHUT_DOWN);
  return ASYNCIO_OK;
}

TEST(destroyed_queue_is_touched_by_nobody_who_waited) {
  run(gives_it_up_coroutine());
  EXPECT_TRACE("woken QueueShutDown", "cancelled CancelledError");
}

ASYNCIO_STATIC_COROUTINE(gives_up_a_full_one) {
  asyncio_queue *queue = new_queue(1);
  put_now(queue, 1);
  asyncio_task *put = asyncio_create_task(putter_coroutine("put", queue));
  asyncio_task *join = asyncio_create_task(joiner_coroutine("join", queue));
  CHECK_OK(asyncio_sleep(0));
  asyncio_queue_destroy(queue);
  memset(queue, 0xa5, sizeof *queue);
  finish(put, ASYNCIO_QUEUE_SHUT_DOWN);
  finish(join, ASYNCIO_OK);
  return ASYNCIO_OK;
}

TEST(destroyed_queue_sends_putters_away_and_lets_joins_end) {
  run(gives_up_a_full_one_coroutine());
  EXPECT_TRACE("put QueueShutDown", "join OK");
}

static asyncio_queue shared;

TEST(queue_waits_end_with_a_closed_loop) {
  CHECK_OK(asyncio_queue_init(&shared, 1));
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(getter_coroutine("a", &shared), .loop = loop));
  asyncio_unref(asyncio_create_task(asyncio_queue_get_coroutine(&shared), .loop = loop));
  CHECK_OK(asyncio_loop_run_until_complete(loop, asyncio_sleep_coroutine(0, asyncio_none()), NULL));
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
  CHECK(!shared.asyncio__getters.waiting.first && !shared.asyncio__getters.woken.first);
  asyncio_queue_destroy(&shared);
  EXPECT_TRACE("Task was destroyed but it is pending", "a CancelledError", "Task was destroyed but it is pending");
}
