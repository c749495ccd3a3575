// SPDX-License-Identifier: MIT
// Code of the page's that runs between two coroutines: over JSPI in a microtask after one was resumed and before its body
// goes on, over Asyncify after the turn. Nothing executes there, and whatever is asked for then is neither lost nor done
// twice. However quickly coroutines follow each other, the page has its turns.
#include "check.h"

typedef void look(void);

// Runs [call] in a microtask: one that was queued before the next coroutine is resumed.
EM_JS(void, plant, (look * call), {
  const planted = wasmTable.get(call);
  queueMicrotask(() => planted());
});
EM_JS(void, count_ticks, (void), {
  Module.ticks = 0;
  const tick = () => {
    Module.ticks++;
    Module.ticking = setTimeout(tick, 0);
  };
  tick();
});
EM_JS(int, ticks, (void), { return Module.ticks; });
EM_JS(void, stop_ticks, (void), { clearTimeout(Module.ticking); });

static asyncio_task *second;
static asyncio_loop *loop;
static int looked, rounds, cleaned;

ASYNCIO_COROUTINE(plant_and_go_on, (look *, call)) {
  ASYNCIO_TRY(asyncio_sleep(0));
  plant(call);
  return asyncio_sleep(0);
}

// Three after somebody has looked.
ASYNCIO_COROUTINE(take_three_rounds) {
  asyncio_status status = ASYNCIO_OK;
  while (!status && rounds < 3) {
    status = asyncio_sleep(0);
    rounds += !status && looked;
  }
  if (status == ASYNCIO_CANCELLED_ERROR && asyncio_sleep(0) == ASYNCIO_OK) cleaned++;
  return status;
}

static void see_nothing(void) {
  looked++;
  CHECK(asyncio_current_task() == NULL);
  CHECK(asyncio_get_running_loop() == NULL);
  CHECK_ERROR(asyncio_sleep(0), ASYNCIO_RUNTIME_ERROR, "asyncio_sleep needs a running task: call it in a coroutine");
}

static asyncio_status start_both(look *call) {
  looked = rounds = cleaned = 0;
  asyncio_task *first = asyncio_create_task(plant_and_go_on_coroutine(call));
  second = asyncio_create_task(take_three_rounds_coroutine());
  asyncio_status status = asyncio_await(first, NULL);
  asyncio_unref(first);
  return status;
}

static asyncio_status end_second(void) {
  asyncio_status status = asyncio_await(second, NULL);
  asyncio_unref(second);
  CHECK_INT(looked, 1);
  return status;
}

TASK_TEST(a_microtask_between_two_coroutines_sees_no_task_and_no_loop) {
  ASYNCIO_TRY(start_both(see_nothing));
  CHECK_OK(end_second());
  CHECK_INT(rounds, 3);
  return ASYNCIO_OK;
}

static void cancel_second(void) {
  looked++;
  CHECK(asyncio_task_cancel(second, "in between"));
}

TASK_TEST(a_task_that_is_cancelled_there_ends_cancelled_after_its_cleanup) {
  ASYNCIO_TRY(start_both(cancel_second));
  CHECK_ERROR(end_second(), ASYNCIO_CANCELLED_ERROR, "in between");
  CHECK_INT(cleaned, 1);
  CHECK(rounds < 3);
  return ASYNCIO_OK;
}

static void close_loop(void) {
  looked++;
  CHECK_ERROR(asyncio_loop_close(loop), ASYNCIO_RUNTIME_ERROR, "Cannot close a running event loop");
}

TASK_TEST(a_loop_that_runs_cannot_be_closed_there) {
  loop = asyncio_get_running_loop();
  ASYNCIO_TRY(start_both(close_loop));
  CHECK_OK(end_second());
  CHECK_INT(rounds, 3);
  return ASYNCIO_OK;
}

static void stop_loop(void) {
  looked++;
  asyncio_loop_stop(loop);
}

TEST(a_loop_that_is_stopped_there_stops_and_goes_on_where_it_was) {
  looked = rounds = cleaned = 0;
  loop = asyncio_new_event_loop();
  asyncio_task *first = asyncio_create_task(plant_and_go_on_coroutine(stop_loop), .loop = loop);
  second = asyncio_create_task(take_three_rounds_coroutine(), .loop = loop);
  CHECK_OK(asyncio_loop_run_forever(loop));
  CHECK_INT(looked, 1);
  CHECK(!asyncio_future_done(second));
  CHECK_OK(asyncio_loop_run_until_complete(loop, second, NULL));
  CHECK_INT(rounds, 3);
  CHECK(asyncio_future_done(first));
  asyncio_unref(first);
  asyncio_unref(second);
  asyncio_loop_unref(loop);
}

ASYNCIO_COROUTINE(go_on_until_ticked, (double, latest)) {
  while (ticks() < 5 && asyncio_loop_time(NULL) < latest) ASYNCIO_TRY(asyncio_sleep(0));
  return ASYNCIO_OK;
}

TASK_TEST(coroutines_that_never_rest_leave_the_page_its_turns) {
  double latest = asyncio_loop_time(NULL) + 20;
  count_ticks();
  asyncio_future *both = asyncio_gather(go_on_until_ticked_coroutine(latest), go_on_until_ticked_coroutine(latest));
  asyncio_status status = asyncio_await(both, NULL);
  stop_ticks();
  CHECK(ticks() >= 5);
  return status;
}
