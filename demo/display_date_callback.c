// SPDX-License-Identifier: MIT
// Prints the date every second for five seconds, with a callback that schedules itself again.
#include <asyncio.h>
#include <stdio.h>
#include <time.h>

typedef struct display {
  asyncio_loop *loop;
  double end;
} display;

static void print_date(void) {
  char date[32];
  time_t now = time(NULL);
  strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", localtime(&now));
  printf("%s\n", date);
}

static asyncio_status display_date(void *arg) {
  display *self = arg;
  print_date();
  if (asyncio_loop_time(self->loop) + 1 < self->end)
    return asyncio_loop_call_later(self->loop, 1, display_date, self, NULL);
  asyncio_loop_stop(self->loop);
  return ASYNCIO_OK;
}

int main(void) {
  asyncio_loop *loop = asyncio_new_event_loop();
  if (!loop) return 1;
  display self = {loop, asyncio_loop_time(loop) + 5};
  asyncio_status status = asyncio_loop_call_soon(loop, display_date, &self, NULL);
  if (!status) status = asyncio_loop_run_forever(loop);
  asyncio_loop_unref(loop);
  return status;
}
