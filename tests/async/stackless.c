// SPDX-License-Identifier: MIT
// What locks, queues, groups and limits are to stackless coroutines: awaitables like any other.
#include <math.h>

#include "actors.h"

ASYNCIO_STATIC_STACKLESS(holds, (asyncio_lock *, lock), (const char *, name), (double, seconds)) {
  asyncio_status status;
} ASYNCIO_BEGIN(holds) {
  ASYNCIO_AWAIT(asyncio_lock_acquire_coroutine(self->lock));
  trace("%s has the lock", self->name);
  ASYNCIO_AWAIT_STATUS(self->status, asyncio_sleep_coroutine(self->seconds, asyncio_none()));
  trace("%s gives it up: %s", self->name, asyncio_error_name(self->status));
  ASYNCIO_TRY(asyncio_lock_release(self->lock));
  return self->status;
} ASYNCIO_END

ASYNCIO_STATIC_STACKLESS(share_a_lock) {
  asyncio_lock lock;
  asyncio_task *first, *second;
} ASYNCIO_BEGIN(share_a_lock) {
  asyncio_lock_init(&self->lock);
  self->first = asyncio_create_task(holds_coroutine(&self->lock, "first", INFINITY));
  self->second = asyncio_create_task(holds_coroutine(&self->lock, "second", 1));
  ASYNCIO_SLEEP(1);
  asyncio_task_cancel(self->first, NULL);
  ASYNCIO_AWAIT(self->second);
  CHECK(asyncio_future_cancelled(self->first));
  asyncio_unref(self->first);
  asyncio_unref(self->second);
} ASYNCIO_END

TEST(stackless_coroutines_share_a_lock) {
  run(share_a_lock_coroutine());
  EXPECT_TRACE("first has the lock", "first gives it up: CancelledError", "second has the lock", "second gives it up: OK");
}

ASYNCIO_STATIC_STACKLESS(produces, (asyncio_queue *, queue), (int, count)) {
  int i;
} ASYNCIO_BEGIN(produces) {
  for (; self->i < self->count; self->i++) ASYNCIO_AWAIT(asyncio_queue_put_coroutine(self->queue, asyncio_int(self->i)));
  asyncio_queue_shutdown(self->queue, false);
} ASYNCIO_END

ASYNCIO_STATIC_STACKLESS(consumes, (asyncio_queue *, queue)) {
  int64_t sum;
  asyncio_status status;
} ASYNCIO_BEGIN(consumes) {
  asyncio_value item;
  for (;;) {
    ASYNCIO_AWAIT_STATUS(self->status, asyncio_queue_get_coroutine(self->queue), &item);
    if (self->status) break;
    self->sum += asyncio_value_int(item);
  }
  *result = asyncio_int(self->sum);
  return self->status == ASYNCIO_QUEUE_SHUT_DOWN ? ASYNCIO_OK : self->status;
} ASYNCIO_END

ASYNCIO_STATIC_STACKLESS(pass_through_a_queue) {
  asyncio_queue queue;
} ASYNCIO_BEGIN(pass_through_a_queue) {
  asyncio_value list;
  ASYNCIO_TRY(asyncio_queue_init(&self->queue, 2));
  ASYNCIO_AWAIT(asyncio_gather(produces_coroutine(&self->queue, 10), consumes_coroutine(&self->queue)), &list);
  CHECK_INT(asyncio_value_int(asyncio_value_at(list, 1)), 45);
  asyncio_value_clear(&list);
  asyncio_queue_destroy(&self->queue);
} ASYNCIO_END

TEST(stackless_coroutines_pass_items_through_a_queue) { run(pass_through_a_queue_coroutine()); }
