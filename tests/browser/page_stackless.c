// SPDX-License-Identifier: MIT
// The program of tests/browser/page.html without Asyncify: the same as page.c does, by stackless coroutines.
#include <asyncio.h>
#include <emscripten.h>
#include <stdio.h>

enum { SPINNERS = 1000 };
static const double duration = 1;

EM_JS(asyncio_js, animation_frame, (void), {
  return asyncio.promise(new Promise((resolve) => requestAnimationFrame(() => resolve("a frame was drawn"))));
});

ASYNCIO_STACKLESS(spin, (double, until)) {
  int64_t turns;
} ASYNCIO_BEGIN(spin) {
  while (asyncio_loop_time(asyncio_get_running_loop()) < self->until) {
    ASYNCIO_SLEEP(0);
    self->turns++;
  }
  *result = asyncio_int(self->turns);
  return ASYNCIO_OK;
} ASYNCIO_END

static int64_t sum_of(asyncio_value turns) {
  int64_t sum = 0;
  for (size_t i = 0; i < asyncio_value_count(turns); i++) sum += asyncio_value_int(asyncio_value_at(turns, i));
  return sum;
}

ASYNCIO_STACKLESS(draw) {
} ASYNCIO_BEGIN(draw) {
  asyncio_value words;
  ASYNCIO_AWAIT(asyncio_promise(animation_frame()), &words);
  printf("%s\n", asyncio_value_text(words));
  asyncio_value_clear(&words);
} ASYNCIO_END

static asyncio_future *spin_all(double until) {
  asyncio_future *spinners[SPINNERS];
  for (int i = 0; i < SPINNERS; i++) spinners[i] = spin_coroutine(until);
  return asyncio_gather_array(spinners, SPINNERS, false);
}

ASYNCIO_STACKLESS(run_all) {
} ASYNCIO_BEGIN(run_all) {
  asyncio_value turns;
  asyncio_unref(asyncio_create_task(draw_coroutine()));
  ASYNCIO_AWAIT(spin_all(asyncio_loop_time(asyncio_get_running_loop()) + duration), &turns);
  printf("%d turns or more: %s\n", SPINNERS, sum_of(turns) >= SPINNERS ? "yes" : "no");
  asyncio_value_clear(&turns);
} ASYNCIO_END

ASYNCIO_MAIN(run_all_coroutine()) {
  printf("after asyncio_run: %s\n", asyncio_error_name(status));
  return status ? 1 : 7;
}
