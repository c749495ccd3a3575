// SPDX-License-Identifier: MIT
// A process. Nothing but timers can wake a loop here yet, so waiting is sleeping.
#include <errno.h>
#include <time.h>

#include "host_blocking.h"

double asyncio__host_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void wait_until(double deadline) {
  enum { LONGEST = 24 * 60 * 60 };
  double delay = fmin(fmax(deadline - asyncio__host_now(), 0), LONGEST);
  struct timespec left = {.tv_sec = (time_t)delay, .tv_nsec = (long)((delay - floor(delay)) * 1e9)};
  while (nanosleep(&left, &left) && errno == EINTR) continue;
}
