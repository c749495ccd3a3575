// SPDX-License-Identifier: MIT
// A peer: Emscripten's own fibers, which swap through JavaScript. One fiber and main swap to and fro.
#include <emscripten.h>
#include <emscripten/fiber.h>

enum { SWAPS = 200000, STACK_SIZE = 16384, RECORD_SIZE = 4096 };

EM_JS(void, report, (double milliseconds, double sum), { Module["bench"].report(milliseconds, sum); });

static emscripten_fiber_t outside, inside;
static char stack[STACK_SIZE] __attribute__((aligned(16)));
static char inside_record[RECORD_SIZE], outside_record[RECORD_SIZE];
static double total;

static void swap_back(void *arg) {
  (void)arg;
  for (int i = 0;; i++) {
    total += i;
    emscripten_fiber_swap(&inside, &outside);
  }
}

// A round trip is two swaps. The caller's own return value is lost as it unwinds: the result goes out by report().
EMSCRIPTEN_KEEPALIVE void measure_swaps(void) {
  emscripten_fiber_init_from_current_context(&outside, outside_record, sizeof outside_record);
  emscripten_fiber_init(&inside, swap_back, 0, stack, sizeof stack, inside_record, sizeof inside_record);
  total = 0;
  double start = emscripten_get_now();
  for (int i = 0; i < SWAPS; i++) emscripten_fiber_swap(&outside, &inside);
  report(emscripten_get_now() - start, total);
}
