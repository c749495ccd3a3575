// SPDX-License-Identifier: MIT
// Prints the date every second for five seconds, with a coroutine. demo/display_date_callback.c does it with callbacks.
#include <asyncio.h>
#include <stdio.h>
#include <time.h>

static void print_date(void) {
  char date[32];
  time_t now = time(NULL);
  strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", localtime(&now));
  printf("%s\n", date);
}

ASYNCIO_COROUTINE(display_date) {
  asyncio_loop *loop = asyncio_get_running_loop();
  double end = asyncio_loop_time(loop) + 5;
  for (;;) {
    print_date();
    if (asyncio_loop_time(loop) + 1 >= end) return ASYNCIO_OK;
    ASYNCIO_TRY(asyncio_sleep(1));
  }
}

int main(void) { return asyncio_run(display_date_coroutine(), NULL); }
