// SPDX-License-Identifier: MIT
// What stop() means: before run_forever() it lets one iteration run, within it the current one is the last. What is
// scheduled meanwhile waits for the next run.
#include <asyncio.h>
#include <stdio.h>

static asyncio_status second(void *arg) {
  (void)arg;
  printf("second callback\n");
  return ASYNCIO_OK;
}

static asyncio_status first(void *arg) {
  printf("first callback\n");
  return asyncio_loop_call_soon(arg, second, NULL, NULL);
}

static asyncio_status stop(void *arg) {
  printf("stop\n");
  asyncio_loop_stop(arg);
  return asyncio_loop_call_soon(arg, second, NULL, NULL);
}

static asyncio_status stop_before(asyncio_loop *loop) {
  ASYNCIO_TRY(asyncio_loop_call_soon(loop, first, loop, NULL));
  asyncio_loop_stop(loop);
  printf("run, stopped before:\n");
  return asyncio_loop_run_forever(loop);
}

static asyncio_status stop_during(asyncio_loop *loop) {
  ASYNCIO_TRY(asyncio_loop_call_later(loop, 0.1, stop, loop, NULL));
  printf("run, stopped by a callback:\n");
  return asyncio_loop_run_forever(loop);
}

static asyncio_status stop_once_more(asyncio_loop *loop) {
  asyncio_loop_stop(loop);
  printf("run once more:\n");
  return asyncio_loop_run_forever(loop);
}

static asyncio_status run_three_times(asyncio_loop *loop) {
  ASYNCIO_TRY(stop_before(loop));
  ASYNCIO_TRY(stop_during(loop));
  return stop_once_more(loop);
}

int main(void) {
  asyncio_loop *loop = asyncio_new_event_loop();
  if (!loop) return 1;
  asyncio_status status = run_three_times(loop);
  asyncio_loop_unref(loop);
  printf("done\n");
  return status;
}
