// SPDX-License-Identifier: MIT
// Blocks, and what awaits more than once.
#include <stdlib.h>

#include "stackful.h"

OPERATION(try_finally) {
  failure kept = keep(run_block(me, &op->blocks[0]));
  int64_t returned = me->returned;
  asyncio_status overruled = run_block(me, &op->blocks[1]);
  if (overruled) return let_go(&kept, overruled);
  me->returned = returned;
  return raise_again(&kept);
}

OPERATION(try_except) {
  failure caught;
  asyncio_status status = run_block(me, &op->blocks[0]);
  if (!is_caught(op->flag, status)) return status;
  handle_failure(me, op, &caught, status);
  return forget_failure(me, &caught, run_block(me, &op->blocks[1]));
}

OPERATION(repeat) {
  asyncio_status status = ASYNCIO_OK;
  for (int i = 0; !status && i < (int)op->number; i++) status = run_block(me, &op->blocks[0]);
  return status;
}

OPERATION(timeout) {
  scope *entered = begin_timeout(op);
  return entered ? end_timeout(me, op, entered, run_block(me, &op->blocks[0])) : asyncio_error_latest();
}

static asyncio_status end_group(const operation *op, asyncio_task_group *group, asyncio_status status) {
  if (op->form) return asyncio_await(asyncio_task_group_end_coroutine(group, status), NULL);
  return asyncio_task_group_end(group, status);
}

// A return is no failure, and is lost when the end fails.
OPERATION(group) {
  scope *entered = begin_group(op);
  if (!entered) return asyncio_error_latest();
  asyncio_status inside = run_block(me, &op->blocks[0]);
  asyncio_status status = end_group(op, &entered->group, inside == RETURNED ? ASYNCIO_OK : inside);
  say_group(me, op, status);
  return !status && inside == RETURNED ? RETURNED : status;
}

static asyncio_status next_future(const operation *op, asyncio_as_completed *iterator, asyncio_future **future) {
  asyncio_value value;
  if (!op->form) return asyncio_as_completed_next_future(iterator, future);
  asyncio_status status = asyncio_await(asyncio_as_completed_next_future_coroutine(iterator), &value);
  *future = status ? NULL : asyncio_ref(asyncio_value_pointer(value));
  asyncio_value_clear(&value);
  return status;
}

static asyncio_status next_result(const operation *op, asyncio_as_completed *iterator, asyncio_value *value) {
  if (op->form) return asyncio_await(asyncio_as_completed_next_coroutine(iterator), value);
  return asyncio_as_completed_next(iterator, value);
}

static asyncio_status get_next(instance *me, const operation *op, asyncio_as_completed *iterator) {
  asyncio_value value = asyncio_none();
  asyncio_future *future = NULL;
  asyncio_status status = op->flag ? next_future(op, iterator, &future) : next_result(op, iterator, &value);
  return give_next(me, op, status, future, &value);
}

OPERATION(as_completed) {
  size_t count;
  asyncio_as_completed iterator;
  asyncio_future **awaitables = items(op, &count);
  asyncio_status status = asyncio_as_completed_begin(&iterator, awaitables, count, op->number);
  free(awaitables);
  while (!status && asyncio_as_completed_left(&iterator)) status = get_next(me, op, &iterator);
  asyncio_as_completed_end(&iterator);
  if (!status) event(me, op, "ok");
  return status;
}
