// SPDX-License-Identifier: MIT
// Three workers share what is in a queue, and are cancelled when all of it is done.
#include <asyncio.h>
#include <stdio.h>

enum { WORKERS = 3, JOBS = 6 };

ASYNCIO_COROUTINE(worker, (int, number), (asyncio_queue *, queue)) {
  for (;;) {
    asyncio_value job;
    ASYNCIO_TRY(asyncio_queue_get(queue, &job));
    ASYNCIO_TRY(asyncio_sleep(asyncio_value_double(job)));
    printf("worker-%d has slept for %.2f seconds\n", number, asyncio_value_double(job));
    ASYNCIO_TRY(asyncio_queue_task_done(queue));
  }
}

ASYNCIO_SUSPENDS static asyncio_status work(asyncio_queue *queue) {
  static const double jobs[JOBS] = {0.3, 0.1, 0.2, 0.15, 0.25, 0.1};
  asyncio_future *workers[WORKERS];
  for (int i = 0; i < JOBS; i++) ASYNCIO_TRY(asyncio_queue_put_nowait(queue, asyncio_double(jobs[i])));
  for (int i = 0; i < WORKERS; i++) workers[i] = asyncio_create_task(worker_coroutine(i, queue));
  asyncio_status status = asyncio_queue_join(queue);
  for (int i = 0; i < WORKERS; i++) asyncio_task_cancel(workers[i], NULL);
  if (!status) status = asyncio_await(asyncio_gather_array(workers, WORKERS, true), NULL);
  for (int i = 0; i < WORKERS; i++) asyncio_unref(workers[i]);
  return status;
}

ASYNCIO_COROUTINE(run) {
  asyncio_queue queue;
  ASYNCIO_TRY(asyncio_queue_init(&queue, 0));
  asyncio_status status = work(&queue);
  asyncio_queue_destroy(&queue);
  printf("all jobs are done: %s\n", status ? "no" : "yes");
  return status;
}

int main(void) { return asyncio_run(run_coroutine(), NULL); }
