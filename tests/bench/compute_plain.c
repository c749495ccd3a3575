// SPDX-License-Identifier: MIT
// compute.h in a program without any of the library: what the others are measured against.
#include <emscripten.h>

#include "compute.h"

EM_JS(void, report_computed, (double milliseconds, double sum), { Module["bench"].report(milliseconds, sum); });

EMSCRIPTEN_KEEPALIVE void measure_compute(void) {
  double start = emscripten_get_now();
  double sum = compute();
  report_computed(emscripten_get_now() - start, sum);
}
