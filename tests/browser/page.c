// SPDX-License-Identifier: MIT
// The program of tests/browser/page.html: for a second 1000 tasks spin, one awaits a promise of the page, and main
// waits for all.
#include <asyncio.h>
#include <emscripten.h>
#include <stdio.h>

enum { SPINNERS = 1000 };
static const double duration = 1;

EM_JS(asyncio_js, animation_frame, (void), {
  return asyncio.promise(new Promise((resolve) => requestAnimationFrame(() => resolve("a frame was drawn"))));
});

ASYNCIO_COROUTINE(spin, (double, until)) {
  int64_t turns = 0;
  while (asyncio_loop_time(asyncio_get_running_loop()) < until) {
    ASYNCIO_TRY(asyncio_sleep(0));
    turns++;
  }
  *result = asyncio_int(turns);
  return ASYNCIO_OK;
}

static int64_t sum_of(asyncio_value turns) {
  int64_t sum = 0;
  for (size_t i = 0; i < asyncio_value_count(turns); i++) sum += asyncio_value_int(asyncio_value_at(turns, i));
  return sum;
}

ASYNCIO_COROUTINE(draw) {
  asyncio_value words;
  ASYNCIO_TRY(asyncio_await(asyncio_promise(animation_frame()), &words));
  printf("%s\n", asyncio_value_text(words));
  asyncio_value_clear(&words);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(run_all) {
  asyncio_future *spinners[SPINNERS];
  asyncio_value turns;
  double until = asyncio_loop_time(asyncio_get_running_loop()) + duration;
  asyncio_unref(asyncio_create_task(draw_coroutine()));
  for (int i = 0; i < SPINNERS; i++) spinners[i] = spin_coroutine(until);
  ASYNCIO_TRY(asyncio_await(asyncio_gather_array(spinners, SPINNERS, false), &turns));
  printf("%d turns or more: %s\n", SPINNERS, sum_of(turns) >= SPINNERS ? "yes" : "no");
  asyncio_value_clear(&turns);
  return ASYNCIO_OK;
}

int main(void) {
  asyncio_status status = asyncio_run(run_all_coroutine(), NULL);
  printf("after asyncio_run: %s\n", asyncio_error_name(status));
  return status ? 1 : 7;
}
