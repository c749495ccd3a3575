// SPDX-License-Identifier: MIT
// A program that uses every call that may suspend, for tests/house/instrumented.test.mjs: which functions does Asyncify
// instrument for it? It is linked and never run.
#include <asyncio.h>
#include <emscripten.h>

EM_JS(asyncio_js, make_promise, (void), { return asyncio.promise(Promise.resolve(1)); });

ASYNCIO_COROUTINE(nap, (double, delay)) { return asyncio_sleep(delay); }

ASYNCIO_GENERATOR(naps, (int, count)) {
  for (int i = 0; i < count; i++) {
    ASYNCIO_TRY(asyncio_sleep(1));
    ASYNCIO_TRY(asyncio_yield(asyncio_int(i), NULL));
  }
  return ASYNCIO_OK;
}

ASYNCIO_STACKLESS(light_nap, (double, delay)) {
  asyncio_value value;
} ASYNCIO_BEGIN(light_nap) {
  ASYNCIO_SLEEP(self->delay);
  ASYNCIO_AWAIT(nap_coroutine(self->delay), &self->value);
} ASYNCIO_END

ASYNCIO_STACKLESS_GENERATOR(light_naps, (double, delay)) {
} ASYNCIO_BEGIN(light_naps) {
  ASYNCIO_AWAIT(light_nap_coroutine(self->delay));
  ASYNCIO_YIELD(asyncio_none());
} ASYNCIO_END

static bool is_set(void *arg) { return *(bool *)arg; }

static asyncio_status wait_in_turn(asyncio_queue *queue, asyncio_barrier *barrier, asyncio_semaphore *semaphore) {
  static asyncio_lock lock;
  static asyncio_event event;
  static asyncio_condition condition;
  static bool flag;
  ASYNCIO_TRY(asyncio_lock_acquire(&lock));
  ASYNCIO_TRY(asyncio_event_wait(&event));
  ASYNCIO_TRY(asyncio_semaphore_acquire(semaphore));
  ASYNCIO_TRY(asyncio_condition_acquire(&condition));
  ASYNCIO_TRY(asyncio_condition_wait(&condition));
  ASYNCIO_TRY(asyncio_condition_wait_for(&condition, is_set, &flag));
  ASYNCIO_TRY(asyncio_barrier_wait(barrier, NULL));
  ASYNCIO_TRY(asyncio_barrier_reset(barrier));
  ASYNCIO_TRY(asyncio_barrier_abort(barrier));
  ASYNCIO_TRY(asyncio_queue_put(queue, asyncio_int(1)));
  ASYNCIO_TRY(asyncio_priority_queue_put(queue, 1, asyncio_int(1)));
  ASYNCIO_TRY(asyncio_queue_get(queue, NULL));
  return asyncio_queue_join(queue);
}

static asyncio_status use_scopes(asyncio_future *future) {
  asyncio_as_completed iterator;
  asyncio_task_group group;
  asyncio_timeout limit;
  ASYNCIO_TRY(asyncio_timeout_begin(&limit, 1));
  ASYNCIO_TRY(asyncio_task_group_begin(&group));
  ASYNCIO_TRY(asyncio_task_group_start(&group, nap_coroutine(1)));
  ASYNCIO_TRY(asyncio_as_completed_begin(&iterator, &future, 1, 1));
  asyncio_status status = asyncio_as_completed_next(&iterator, NULL);
  if (!status) status = asyncio_as_completed_next_future(&iterator, &future);
  asyncio_as_completed_end(&iterator);
  return asyncio_timeout_end(&limit, asyncio_task_group_end(&group, status));
}

ASYNCIO_COROUTINE(program) {
  asyncio_value value;
  asyncio_generator *generators[] = {naps_generator(3), light_naps_generator(1)};
  for (int i = 0; i < 2; i++) {
    ASYNCIO_TRY(asyncio_await(asyncio_anext(generators[i]), NULL));
    asyncio_generator_unref(generators[i]);
  }
  asyncio_future *future = asyncio_create_task(nap_coroutine(1));
  ASYNCIO_TRY(asyncio_wait(&future, 1, 1, ASYNCIO_FIRST_COMPLETED, NULL));
  ASYNCIO_TRY(use_scopes(future));
  asyncio_unref(future);
  asyncio_queue queue;
  asyncio_barrier barrier;
  asyncio_semaphore semaphore;
  ASYNCIO_TRY(asyncio_queue_init(&queue, 1));
  ASYNCIO_TRY(asyncio_barrier_init(&barrier, 1));
  ASYNCIO_TRY(asyncio_semaphore_init(&semaphore, 1));
  ASYNCIO_TRY(wait_in_turn(&queue, &barrier, &semaphore));
  asyncio_queue_destroy(&queue);
  ASYNCIO_TRY(asyncio_await(asyncio_gather(nap_coroutine(1), nap_coroutine(2)), &value));
  asyncio_value_clear(&value);
  ASYNCIO_TRY(asyncio_await(asyncio_shield(nap_coroutine(1)), NULL));
  ASYNCIO_TRY(asyncio_wait_for(nap_coroutine(1), 2, NULL));
  return asyncio_await(asyncio_promise(make_promise()), result);
}

int main(void) { return asyncio_run(program_coroutine(), NULL); }
