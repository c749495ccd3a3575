// SPDX-License-Identifier: MIT
// Time on the web host: one setTimeout for the earliest deadline, which JavaScript limits to 2^31-1 ms; turns that are
// not clamped to 4 ms; and slices, so that JavaScript's own timers go on while C works.
#include "check.h"

#include <stdlib.h>

EM_JS(void, start_ticking, (void), {
  globalThis.ticks = 0;
  globalThis.ticking = setInterval(() => globalThis.ticks++, 10);
});
EM_JS(int, stop_ticking, (void), {
  clearInterval(globalThis.ticking);
  return globalThis.ticks;
});
EM_JS(void, start_counting_warnings, (void), {
  globalThis.warnings = 0;
  if (typeof process === 'object') process.on('warning', () => globalThis.warnings++);
});
EM_JS(int, warnings, (void), { return globalThis.warnings; });
EM_JS(double, now, (void), { return performance.now() * 1e-3; });

// What the host owes has come long before, on any machine that others keep busy.
static const double patience = 20;
// Where the time that something takes is looked at: the machine has a free moment in one of them.
enum { ATTEMPTS = 20 };

static char order[32];

static asyncio_status append(void *arg) {
  strncat(order, arg, sizeof order - strlen(order) - 1);
  return ASYNCIO_OK;
}

TASK_TEST(the_clock_is_the_hosts) {
  double before = now(), read = asyncio_loop_time(asyncio_get_running_loop()), after = now();
  CHECK(before <= read && read <= after);
  return ASYNCIO_OK;
}

TASK_TEST(delays_that_setTimeout_cannot_hold_do_not_fire_early) {
  static const double delays[] = {2147483.647, 2147483.648, 4294967.296, 4294967.297, 1e9, 1e300};
  enum { COUNT = sizeof delays / sizeof *delays };
  asyncio_handle *handles[COUNT];
  order[0] = '\0';
  start_counting_warnings();
  for (int i = 0; i < COUNT; i++)
    CHECK_OK(asyncio_loop_call_later(asyncio_get_running_loop(), delays[i], append, "x", &handles[i]));
  ASYNCIO_TRY(asyncio_sleep(0.05));
  CHECK_TEXT(order, "");
  CHECK_INT(warnings(), 0);
  for (int i = 0; i < COUNT; i++) {
    asyncio_handle_cancel(handles[i]);
    asyncio_handle_unref(handles[i]);
  }
  return ASYNCIO_OK;
}

// Nothing else is armed here: the long one alone decides what setTimeout gets.
TASK_TEST(a_long_sleep_alone_is_long) {
  asyncio_task *task = asyncio_create_task(asyncio_sleep_coroutine(3e6, asyncio_none()));
  for (int i = 0; i < 3; i++) ASYNCIO_TRY(asyncio_sleep(0.005));
  CHECK(!asyncio_future_done(task));
  asyncio_task_cancel(task, NULL);
  CHECK_INT(asyncio_await(task, NULL), ASYNCIO_CANCELLED_ERROR);
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TASK_TEST(timers_fire_in_the_order_of_their_deadlines) {
  asyncio_loop *loop = asyncio_get_running_loop();
  double start = asyncio_loop_time(loop);
  order[0] = '\0';
  CHECK_OK(asyncio_loop_call_at(loop, start + 0.03, append, "d", NULL));
  CHECK_OK(asyncio_loop_call_at(loop, start + 0.01, append, "a", NULL));
  CHECK_OK(asyncio_loop_call_at(loop, start + 0.02, append, "b", NULL));
  CHECK_OK(asyncio_loop_call_at(loop, start + 0.02, append, "c", NULL));
  CHECK_OK(asyncio_loop_call_at(loop, start - 1, append, "-", NULL));
  ASYNCIO_TRY(asyncio_sleep(0.05));
  CHECK_TEXT(order, "-abcd");
  return ASYNCIO_OK;
}

TASK_TEST(a_sleep_is_never_too_short) {
  asyncio_loop *loop = asyncio_get_running_loop();
  for (int i = 1; i <= 10; i++) {
    double start = now(), delay = i * 0.0013;
    ASYNCIO_TRY(asyncio_sleep(delay));
    double slept = now() - start;
    check(slept >= delay - 0.0005, __LINE__, "slept %g s, not %g", slept, delay);
  }
  (void)loop;
  return ASYNCIO_OK;
}

TASK_TEST(an_earlier_timer_is_armed_in_place_of_a_later_one) {
  asyncio_task *late = asyncio_create_task(asyncio_sleep_coroutine(3600, asyncio_none()));
  ASYNCIO_TRY(asyncio_sleep(0.01));
  ASYNCIO_TRY(asyncio_sleep(0.01));
  CHECK(!asyncio_future_done(late));
  asyncio_task_cancel(late, NULL);
  asyncio_unref(late);
  return ASYNCIO_OK;
}

TASK_TEST(a_thousand_yields_take_far_less_than_timers_of_4_ms) {
  double took = INFINITY;
  for (int attempt = 0; attempt < ATTEMPTS && took >= 0.4; attempt++) {
    double start = now();
    for (int i = 0; i < 1000; i++) ASYNCIO_TRY(asyncio_sleep(0));
    took = now() - start;
  }
  check(took < 0.4, __LINE__, "1000 sleep(0) took %g s", took);
  return ASYNCIO_OK;
}

// ---- Sharing the thread with JavaScript.

TASK_TEST(javascript_timers_tick_while_main_waits) {
  int most = 0;
  for (int attempt = 0; attempt < ATTEMPTS && most < 10; attempt++) {
    start_ticking();
    ASYNCIO_TRY(asyncio_sleep(0.3));
    int count = stop_ticking();
    if (count > most) most = count;
  }
  check(most >= 10, __LINE__, "%d ticks of 10 ms in 300 ms", most);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(spin, (double, end), (long *, rounds)) {
  while (now() < end) {
    ASYNCIO_TRY(asyncio_sleep(0));
    ++*rounds;
  }
  return ASYNCIO_OK;
}

enum { SPINNERS = 1000 };

// How often JavaScript's timer ticks within 0.4 s of their turns.
static asyncio_status spin_together(int *count, long *rounds) {
  double end = now() + 0.4;
  asyncio_future *spinning[SPINNERS];
  for (int i = 0; i < SPINNERS; i++) spinning[i] = spin_coroutine(end, rounds);
  start_ticking();
  asyncio_status status = asyncio_await(asyncio_gather_array(spinning, SPINNERS, false), NULL);
  *count = stop_ticking();
  return status;
}

TASK_TEST(javascript_timers_tick_while_a_thousand_tasks_spin) {
  int count = 0;
  long rounds = 0;
  for (int attempt = 0; attempt < ATTEMPTS && (count < 8 || rounds <= 10 * SPINNERS); attempt++) {
    rounds = 0;
    ASYNCIO_TRY(spin_together(&count, &rounds));
  }
  check(count >= 8, __LINE__, "%d ticks of 10 ms in 400 ms", count);
  check(rounds > 10 * SPINNERS, __LINE__, "only %ld rounds", rounds);
  return ASYNCIO_OK;
}

// [*end] is moved up once somebody has seen what it waits for.
ASYNCIO_COROUTINE(spin_until, (const double *, end)) {
  while (now() < *end) ASYNCIO_TRY(asyncio_sleep(0));
  return ASYNCIO_OK;
}

TASK_TEST(timers_of_ours_fire_while_tasks_spin) {
  double end = now() + patience;
  asyncio_task *spinning = asyncio_create_task(spin_until_coroutine(&end));
  ASYNCIO_TRY(asyncio_sleep(0.02));
  CHECK(!asyncio_future_done(spinning));
  end = 0;
  CHECK_OK(asyncio_await(spinning, NULL));
  asyncio_unref(spinning);
  return ASYNCIO_OK;
}
