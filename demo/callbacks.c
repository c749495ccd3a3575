// SPDX-License-Identifier: MIT
// An event loop without coroutines: callbacks soon, later and at a time, one of them cancelled, the last one the stop.
#include <asyncio.h>
#include <stdio.h>

static asyncio_status say(void *words) {
  printf("%s\n", (const char *)words);
  return ASYNCIO_OK;
}

static asyncio_status stop(void *arg) {
  printf("stop\n");
  asyncio_loop_stop(arg);
  return ASYNCIO_OK;
}

static asyncio_status schedule(asyncio_loop *loop) {
  asyncio_handle *cancelled;
  double now = asyncio_loop_time(loop);
  ASYNCIO_TRY(asyncio_loop_call_at(loop, now + 0.3, stop, loop, NULL));
  ASYNCIO_TRY(asyncio_loop_call_at(loop, now + 0.2, say, "at 0.2", NULL));
  ASYNCIO_TRY(asyncio_loop_call_later(loop, 0.1, say, "later, in 0.1", NULL));
  ASYNCIO_TRY(asyncio_loop_call_later(loop, 0.1, say, "later, in 0.1 too", NULL));
  ASYNCIO_TRY(asyncio_loop_call_later(loop, 0.15, say, "never", &cancelled));
  ASYNCIO_TRY(asyncio_loop_call_soon(loop, say, "soon", NULL));
  asyncio_handle_cancel(cancelled);
  asyncio_handle_unref(cancelled);
  return ASYNCIO_OK;
}

int main(void) {
  asyncio_loop *loop = asyncio_new_event_loop();
  if (!loop) return 1;
  asyncio_status status = schedule(loop);
  printf("nothing has run yet\n");
  if (!status) status = asyncio_loop_run_forever(loop);
  asyncio_loop_unref(loop);
  return status;
}
