// SPDX-License-Identifier: MIT
// What JavaScript's microtasks see and do between the steps of tasks, where nothing executes, and whatever is asked for
// is neither lost nor done twice. An engine that switches stacks goes on with a coroutine in a microtask of its own,
// some after it was told to: a chain of others, as long as they like, comes to run at each such moment. However quickly
// coroutines follow each other, the page has its turns.
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
static int looks, seen, steps, begun, cleaned;
static asyncio_status answer;
static bool runs, enough;

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
  CHECK_ERROR(asyncio_sleep(0), ASYNCIO_RUNTIME_ERROR, "asyncio_sleep needs a running task: call it in a coroutine");
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
  begun++;
  while (!(status = asyncio_sleep(0))) continue;
  if (status == ASYNCIO_CANCELLED_ERROR && !asyncio_sleep(0)) cleaned++;
  return status;
}

static void cancel_victim(void) { asyncio_task_cancel(victim, "now"); }

TASK_TEST(a_task_can_be_cancelled_at_any_moment) {
  begun = cleaned = 0;
  for (int moment = 0; moment < MOMENTS; moment++) {
    victim = asyncio_create_task(spin_until_cancelled_coroutine());
    asyncio_task *other = asyncio_create_task(take_steps_coroutine(STEPS));
    after_microtasks(moment, cancel_victim);
    CHECK_ERROR(asyncio_await(victim, NULL), ASYNCIO_CANCELLED_ERROR, "now");
    CHECK_OK(asyncio_await(other, NULL));
    asyncio_unref(victim);
    asyncio_unref(other);
  }
  CHECK_INT(cleaned, begun);
  CHECK(begun > MOMENTS / 2);  // the others, the first and where a slice ended just then, were cancelled before
  return ASYNCIO_OK;
}

// As long as it takes until the microtasks have had their turn, which over Asyncify is the end of a slice.
ASYNCIO_COROUTINE(take_steps_until_enough) {
  while (!enough) ASYNCIO_TRY(take_steps(1, NULL));
  return ASYNCIO_OK;
}

static void stop_loop(void) { asyncio_loop_stop(loop); }

TEST(a_loop_can_be_stopped_at_any_moment_and_goes_on_later) {
  for (int moment = 0; moment < MOMENTS; moment++) {
    loop = asyncio_new_event_loop();
    steps = 0;
    enough = false;
    asyncio_task *task = asyncio_create_task(take_steps_until_enough_coroutine(), .loop = loop);
    after_microtasks(moment, stop_loop);
    CHECK_OK(asyncio_loop_run_forever(loop));
    CHECK(!asyncio_loop_is_running(loop));
    CHECK(!asyncio_future_done(task));
    CHECK(!asyncio_current_task());
    int before = steps;
    enough = true;
    CHECK_OK(asyncio_loop_run_until_complete(loop, task, NULL));
    CHECK_INT(steps, before + 1);
    asyncio_unref(task);
    asyncio_loop_unref(loop);
  }
}

static void close_loop(void) {
  runs = asyncio_loop_is_running(loop);
  answer = asyncio_loop_close(loop);
  if (runs) CHECK_ERROR(answer, ASYNCIO_RUNTIME_ERROR, "Cannot close a running event loop");
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

// ---- The page's turns

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

EM_JS(void, count_timers, (callback *tick), {
  const call = wasmTable.get(tick);
  const next = () => {
    call();
    asyncio.counting = setTimeout(next, 0);
  };
  next();
});
EM_JS(void, end_count, (void), { clearTimeout(asyncio.counting); });

static int since_tick, most_since_tick, ticks;

static void tick(void) {
  ticks++;
  since_tick = 0;
}

static void start_ticks(void (*start)(callback *)) {
  ticks = since_tick = most_since_tick = 0;
  start(tick);
}

ASYNCIO_COROUTINE(go_on_until_ticked, (double, latest)) {
  while (ticks < 5 && asyncio_loop_time(NULL) < latest) ASYNCIO_TRY(asyncio_sleep(0));
  return ASYNCIO_OK;
}

TASK_TEST(coroutines_that_never_rest_leave_the_page_its_turns) {
  double latest = asyncio_loop_time(NULL) + 20;
  start_ticks(count_timers);
  asyncio_future *both = asyncio_gather(go_on_until_ticked_coroutine(latest), go_on_until_ticked_coroutine(latest));
  asyncio_status status = asyncio_await(both, NULL);
  end_count();
  CHECK(ticks >= 5);
  return status;
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

// A turn over JSPI is a chain of microtasks, which the page's own tasks wait for: 8 ms are 160 of these steps, and the
// clock is read at every 64th. How soon the engine then gives the page its task is the engine's, and may take long
// once: one time of three counts.
TASK_TEST(a_turn_ends_within_an_iteration_when_its_time_is_up) {
  int most = SPINNERS, had = 0;
  for (int attempt = 0; attempt < 3 && (most >= SPINNERS / 2 || had <= 10); attempt++) {
    asyncio_future *all[SPINNERS];
    for (int i = 0; i < SPINNERS; i++) all[i] = work_in_steps_coroutine();
    start_ticks(watch_page);
    CHECK_OK(asyncio_await(asyncio_gather_array(all, SPINNERS, false), NULL));
    end_watch();
    most = most_since_tick;
    had = ticks;
    printf("  %d steps of %d tasks at most between two tasks of the page, of %d\n", most, SPINNERS, ticks);
  }
  CHECK(had > 10);
  CHECK(most < SPINNERS / 2);
  return ASYNCIO_OK;
}
