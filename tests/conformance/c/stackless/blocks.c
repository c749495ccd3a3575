// SPDX-License-Identifier: MIT
// Blocks, and what awaits more than once.
#include <stdlib.h>

#include "stackless.h"

STARTS(wait) {
  waited all;
  asyncio_status status;
} ASYNCIO_BEGIN(wait) {
  self->all = waited_begin(self->op);
  ASYNCIO_AWAIT_STATUS(self->status, asyncio_wait_coroutine(self->all.futures, self->all.count, self->op->number,
                                                            (asyncio_return_when)self->op->flag));
  waited_end(&self->all, self->me, self->op, self->status);
  return self->status;
} ASYNCIO_END

STARTS(try_finally) {
  failure kept;
  asyncio_status status;
  int64_t returned_before;
  asyncio_value returned;
} ASYNCIO_BEGIN(try_finally) {
  asyncio_value overruled;
  ASYNCIO_AWAIT_STATUS(self->status, steps_coroutine(self->me, &self->op->blocks[0]), &self->returned);
  self->kept = keep(self->status);
  self->returned_before = self->me->returned;
  ASYNCIO_AWAIT_STATUS(self->status, steps_coroutine(self->me, &self->op->blocks[1]), &overruled);
  if (self->status) return let_go(&self->kept, self->status);
  *result = overruled;
  if (asyncio_value_bool(overruled)) return let_go(&self->kept, ASYNCIO_OK);
  self->me->returned = self->returned_before;
  *result = self->returned;
  return raise_again(&self->kept);
} ASYNCIO_END

STARTS(try_except) {
  failure caught;
  asyncio_status status;
} ASYNCIO_BEGIN(try_except) {
  asyncio_value returned;
  ASYNCIO_AWAIT_STATUS(self->status, steps_coroutine(self->me, &self->op->blocks[0]), &returned);
  if (!is_caught(self->op->flag, self->status)) {
    *result = returned;
    return self->status;
  }
  handle_failure(self->me, self->op, &self->caught, self->status);
  ASYNCIO_AWAIT_STATUS(self->status, steps_coroutine(self->me, &self->op->blocks[1]), &returned);
  *result = returned;
  return forget_failure(self->me, &self->caught, self->status);
} ASYNCIO_END

STARTS(repeat) {
  int i;
} ASYNCIO_BEGIN(repeat) {
  for (; self->i < (int)self->op->number; self->i++) {
    asyncio_value returned;
    ASYNCIO_AWAIT(steps_coroutine(self->me, &self->op->blocks[0]), &returned);
    *result = returned;
    if (asyncio_value_bool(returned)) break;
  }
} ASYNCIO_END

STARTS(timeout) {
  scope *entered;
  asyncio_status status;
} ASYNCIO_BEGIN(timeout) {
  asyncio_value returned;
  if (!(self->entered = begin_timeout(self->op))) return asyncio_error_latest();
  ASYNCIO_AWAIT_STATUS(self->status, steps_coroutine(self->me, &self->op->blocks[0]), &returned);
  *result = returned;
  return end_timeout(self->me, self->op, self->entered, self->status);
} ASYNCIO_END

STARTS(group) {
  scope *entered;
  asyncio_status status;
  asyncio_value returned;
} ASYNCIO_BEGIN(group) {
  if (!(self->entered = begin_group(self->op))) return asyncio_error_latest();
  ASYNCIO_AWAIT_STATUS(self->status, steps_coroutine(self->me, &self->op->blocks[0]), &self->returned);
  ASYNCIO_AWAIT_STATUS(self->status, asyncio_task_group_end_coroutine(&self->entered->group, self->status));
  say_group(self->me, self->op, self->status);
  *result = self->returned;
  return self->status;
} ASYNCIO_END

static asyncio_status begin_as_completed(const operation *op, asyncio_as_completed *iterator) {
  size_t count;
  asyncio_future **awaitables = items(op, &count);
  asyncio_status status = asyncio_as_completed_begin(iterator, awaitables, count, op->number);
  free(awaitables);
  return status;
}

static asyncio_future *next(const operation *op, asyncio_as_completed *iterator) {
  return op->flag ? asyncio_as_completed_next_future_coroutine(iterator)
                  : asyncio_as_completed_next_coroutine(iterator);
}

static asyncio_status say_next(const instance *me, const operation *op, asyncio_status status, asyncio_value value) {
  if (!op->flag) return give_next(me, op, status, NULL, &value);
  asyncio_future *future = status ? NULL : asyncio_ref(asyncio_value_pointer(value));
  asyncio_value_clear(&value);
  return give_next(me, op, status, future, &value);
}

STARTS(as_completed) {
  asyncio_as_completed iterator;
  asyncio_status status;
} ASYNCIO_BEGIN(as_completed) {
  asyncio_value value;
  self->status = begin_as_completed(self->op, &self->iterator);
  while (!self->status && asyncio_as_completed_left(&self->iterator)) {
    ASYNCIO_AWAIT_STATUS(self->status, next(self->op, &self->iterator), &value);
    self->status = say_next(self->me, self->op, self->status, value);
  }
  asyncio_as_completed_end(&self->iterator);
  if (!self->status) event(self->me, self->op, "ok");
  return self->status;
} ASYNCIO_END
