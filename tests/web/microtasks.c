// SPDX-License-Identifier: MIT
// What JavaScript's microtasks see and do between the steps of tasks. An engine that switches stacks goes on with a coroutine in a
// microtask of its own, some after it was told to: a chain of others, as long as they like, comes to run at each such moment.
#include "check.h"

enum { MOMENTS = 40, STEPS = 30, SPINNERS = 1000, MOST_LOOKS = 1000 };

typedef void callback(void);

EM_JS(void, after_microtasks, (int count, callback *then), {
  const call = wasmTable.get(then);
  const step = (left) => (left ? Promise.resolve(left - 1).then(step) : call());
  step(count);
});

static asyncio_loop *loop;
static asyncio_task *victim;
static int looks, seen, steps, cleaned;
static asyncio_status answer;
static bool runs;

ASYNCIO_COROUTINE(take_steps, (int, count)) {
  for (int i = 0; i < count; i++) {
    ASYNCIO_TRY(asyncio_sleep(0));
    if (asyncio_current_task() && asyncio_get_running_loop() == loop) steps++;
  }
  return ASYNCIO_OK;
}

static void look(void) {
  looks++;
  seen += asyncio_current_task() || asyncio_get_running_loop();
  if (looks < MOST_LOOKS) after_microtasks(1, look);
}

TEST(nothing_executes_between_the_steps_of_tasks) {
  loop = asyncio_new_event_loop();
  asyncio_future *three[] = {take_steps_coroutine(STEPS), take_steps_coroutine(STEPS), take_steps_coroutine(STEPS)};
  asyncio_task *tasks[3];
  for (int i = 0; i < 3; i++) tasks[i] = asyncio_create_task(three[i], .loop = loop);
  looks = seen = steps = 0;
  after_microtasks(1, look);
  for (int i = 0; i < 3; i++) {
    CHECK_OK(asyncio_loop_run_until_complete(loop, tasks[i], NULL));
    asyncio_unref(tasks[i]);
  }
  CHECK_INT(steps, 3 * STEPS);
  CHECK(looks > 0);
  CHECK_INT(seen, 0);
  asyncio_loop_unref(loop);
}

ASYNCIO_COROUTINE(spin_until_cancelled) {
  asyncio_status status;
  while (!(status = asyncio_sleep(0))) continue;
  if (status == ASYNCIO_CANCELLED_ERROR && !asyncio_sleep(0)) cleaned++;
  return status;
}

static void cancel_victim(void) { asyncio_task_cancel(victim, "now"); }

TASK_TEST(a_task_can_be_cancelled_at_any_moment) {
  cleaned = 0;
  for (int moment = 0; moment < MOMENTS; moment++) {
    victim = asyncio_create_task(spin_until_cancelled_coroutine());
    asyncio_task *other = asyncio_create_task(take_steps_coroutine(STEPS));
    after_microtasks(moment, cancel_victim);
    CHECK_ERROR(asyncio_await(victim, NULL), ASYNCIO_CANCELLED_ERROR, "now");
    CHECK_OK(asyncio_await(other, NULL));
    asyncio_unref(victim);
    asyncio_unref(other);
  }
  CHECK(cleaned >= MOMENTS - 1);  // the first was cancelled before it had begun
  return ASYNCIO_OK;
}

static void stop_loop(void) { asyncio_loop_stop(loop); }

TEST(a_loop_can_be_stopped_at_any_moment_and_goes_on_later) {
  for (int moment = 0; moment < MOMENTS; moment++) {
    loop = asyncio_new_event_loop();
    steps = 0;
    asyncio_task *task = asyncio_create_task(take_steps_coroutine(1000), .loop = loop);
    after_microtasks(moment, stop_loop);
    CHECK_OK(asyncio_loop_run_forever(loop));
    CHECK(!asyncio_loop_is_running(loop));
    CHECK(steps < 1000);
    CHECK(!asyncio_current_task());
    CHECK_OK(asyncio_loop_run_until_complete(loop, task, NULL));
    CHECK_INT(steps, 1000);
    asyncio_unref(task);
    asyncio_loop_unref(loop);
  }
}

static void close_loop(void) {
  runs = asyncio_loop_is_running(loop);
  answer = asyncio_loop_close(loop);
}

TEST(a_loop_that_runs_is_not_closed_at_any_moment) {
  int refused = 0;
  for (int moment = 1; moment < MOMENTS; moment++) {
    loop = asyncio_new_event_loop();
    steps = 0;
    answer = ASYNCIO_OK;
    runs = false;
    asyncio_task *task = asyncio_create_task(take_steps_coroutine(100), .loop = loop);
    after_microtasks(moment, close_loop);
    CHECK_OK(asyncio_loop_run_until_complete(loop, task, NULL));
    CHECK_INT(answer, runs ? ASYNCIO_RUNTIME_ERROR : ASYNCIO_OK);  // the run may be over, and main not yet told
    CHECK_INT(steps, 100);
    refused += runs;
    asyncio_unref(task);
    asyncio_loop_unref(loop);
  }
  CHECK(refused > 0);
}

// ---- The slice

EM_JS(void, watch_page, (callback *tick), {
  const call = wasmTable.get(tick);
  asyncio.watching = setInterval(call, 1);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    call();
    port2.postMessage(0);
  };
  port2.postMessage(0);
  asyncio.ticking = port1;
});

EM_JS(void, end_watch, (void), {
  clearInterval(asyncio.watching);
  asyncio.ticking.close();
});

static int since_tick, most_since_tick, ticks;

static void tick(void) {
  ticks++;
  since_tick = 0;
}

static void work(void) {
  double end = emscripten_get_now() + 0.05;
  while (emscripten_get_now() < end) continue;
  since_tick++;
  if (ticks > 1 && since_tick > most_since_tick) most_since_tick = since_tick;
}

ASYNCIO_COROUTINE(work_in_steps) {
  for (int i = 0; i < 4; i++) {
    work();
    ASYNCIO_TRY(asyncio_sleep(0));
  }
  return ASYNCIO_OK;
}

// A turn over JSPI is a chain of microtasks, which the page's own tasks wait for: 8 ms are 160 of these steps, and the clock is read
// at every 64th.
TASK_TEST(a_turn_ends_within_an_iteration_when_its_time_is_up) {
  asyncio_future *all[SPINNERS];
  for (int i = 0; i < SPINNERS; i++) all[i] = work_in_steps_coroutine();
  watch_page(tick);
  CHECK_OK(asyncio_await(asyncio_gather_array(all, SPINNERS, false), NULL));
  end_watch();
  printf("  %d steps of %d tasks at most between two tasks of the page\n", most_since_tick, SPINNERS);
  CHECK(ticks > 10);
  CHECK(most_since_tick < SPINNERS / 2);
  return ASYNCIO_OK;
}
