// SPDX-License-Identifier: MIT
// What can be done wrong to loops, from inside and outside, and outside coroutines. See bad_input.h.
#include "bad_input.h"

#include <math.h>

static asyncio_status do_nothing(void *arg) {
  (void)arg;
  return ASYNCIO_OK;
}

static asyncio_status stop_loop(void *arg) {
  asyncio_loop_stop(arg);
  return ASYNCIO_OK;
}

static asyncio_future *no_delay(void) { return asyncio_sleep_coroutine(0, asyncio_none()); }

// ---- To another loop, new or closed, or to the running one

static asyncio_status with_loop(bool closed, asyncio_status (*attempt)(asyncio_loop *loop)) {
  asyncio_loop *loop = asyncio_new_event_loop();
  if (closed) CHECK_OK(asyncio_loop_close(loop));
  asyncio_status status = attempt(loop);
  CHECK(!asyncio_loop_is_running(loop));
  asyncio_loop_unref(loop);
  return status;
}

static asyncio_status run_until(asyncio_loop *loop) { return asyncio_loop_run_until_complete(loop, no_delay(), NULL); }
static asyncio_status run_forever(asyncio_loop *loop) { return asyncio_loop_run_forever(loop); }
static asyncio_status soon(asyncio_loop *loop) { return asyncio_loop_call_soon(loop, do_nothing, NULL, NULL); }
static asyncio_status later(asyncio_loop *loop) { return asyncio_loop_call_later(loop, 1, do_nothing, NULL, NULL); }
static asyncio_status at(asyncio_loop *loop) { return asyncio_loop_call_at(loop, 1, do_nothing, NULL, NULL); }
static asyncio_status soon_null(asyncio_loop *loop) { return asyncio_loop_call_soon(loop, NULL, NULL, NULL); }
static asyncio_status later_null(asyncio_loop *loop) { return asyncio_loop_call_later(loop, 1, NULL, NULL, NULL); }
static asyncio_status make_future(asyncio_loop *loop) { return reason(asyncio_loop_create_future(loop)); }
static asyncio_status make_task(asyncio_loop *loop) { return reason(asyncio_create_task(no_delay(), .loop = loop)); }

static asyncio_status closed_soon(void) { return with_loop(true, soon); }
static asyncio_status closed_later(void) { return with_loop(true, later); }
static asyncio_status closed_at(void) { return with_loop(true, at); }
static asyncio_status closed_future(void) { return with_loop(true, make_future); }
static asyncio_status closed_task(void) { return with_loop(true, make_task); }
static asyncio_status closed_close(void) { return with_loop(true, asyncio_loop_close); }
static asyncio_status callback_null(void) { return with_loop(false, soon_null); }
static asyncio_status timer_null(void) { return with_loop(false, later_null); }
static asyncio_status loop_null(void) { return soon(NULL); }
static asyncio_status loop_null_later(void) { return later(NULL); }
static asyncio_status other_until(void) { return with_loop(false, run_until); }
static asyncio_status other_forever(void) { return with_loop(false, run_forever); }
static asyncio_status running_until(void) { return run_until(asyncio_get_running_loop()); }
static asyncio_status running_forever(void) { return run_forever(asyncio_get_running_loop()); }
static asyncio_status running_close(void) { return asyncio_loop_close(asyncio_get_running_loop()); }
static asyncio_status run_inside(void) { return asyncio_run(no_delay(), NULL); }
static asyncio_status run_null(void) { return asyncio_run(NULL, NULL); }

#define CLOSED "Event loop is closed"
#define NO_LOOP "Expected [loop] to be an event loop, got NULL"
#define NO_CALLBACK "Expected [callback] to be a function, got NULL"

TEST(bad_use_of_loops_in_a_task) {
  static const bad_input rows[] = {
      {"run in a running loop", run_inside, ASYNCIO_RUNTIME_ERROR,
       "asyncio_run() cannot be called from a running event loop"},
      {"run of NULL in a running loop", run_null, ASYNCIO_RUNTIME_ERROR,
       "asyncio_run() cannot be called from a running event loop"},
      {"run_until_complete of the running loop", running_until, ASYNCIO_RUNTIME_ERROR,
       "This event loop is already running"},
      {"run_forever of the running loop", running_forever, ASYNCIO_RUNTIME_ERROR, "This event loop is already running"},
      {"run_until_complete of another loop", other_until, ASYNCIO_RUNTIME_ERROR,
       "Cannot run the event loop while another loop is running"},
      {"run_forever of another loop", other_forever, ASYNCIO_RUNTIME_ERROR,
       "Cannot run the event loop while another loop is running"},
      {"close of the running loop", running_close, ASYNCIO_RUNTIME_ERROR, "Cannot close a running event loop"},
      {"call_soon of a closed loop", closed_soon, ASYNCIO_RUNTIME_ERROR, CLOSED},
      {"call_later of a closed loop", closed_later, ASYNCIO_RUNTIME_ERROR, CLOSED},
      {"call_at of a closed loop", closed_at, ASYNCIO_RUNTIME_ERROR, CLOSED},
      {"future of a closed loop", closed_future, ASYNCIO_RUNTIME_ERROR, CLOSED},
      {"task of a closed loop", closed_task, ASYNCIO_RUNTIME_ERROR, CLOSED},
      {"close of a closed loop", closed_close, ASYNCIO_OK, NULL},
      {"call_soon of NULL", callback_null, ASYNCIO_TYPE_ERROR, NO_CALLBACK},
      {"call_later of NULL", timer_null, ASYNCIO_TYPE_ERROR, NO_CALLBACK},
      {"call_soon without a loop", loop_null, ASYNCIO_TYPE_ERROR, NO_LOOP},
      {"call_later without a loop", loop_null_later, ASYNCIO_TYPE_ERROR, NO_LOOP},
  };
  check_bad_input_in_a_task(rows, sizeof rows / sizeof *rows);
}

// ---- Outside any loop

static asyncio_status closed_until(void) { return with_loop(true, run_until); }
static asyncio_status closed_forever(void) { return with_loop(true, run_forever); }
static asyncio_status until_null(asyncio_loop *loop) { return asyncio_loop_run_until_complete(loop, NULL, NULL); }
static asyncio_status null_until(void) { return with_loop(false, until_null); }

static asyncio_status foreign(asyncio_loop *loop) {
  asyncio_loop *other = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(other);
  asyncio_status status = asyncio_loop_run_until_complete(loop, future, NULL);
  asyncio_unref(future);
  asyncio_loop_unref(other);
  return status;
}

static asyncio_status stopped(asyncio_loop *loop) {
  CHECK_OK(asyncio_loop_call_soon(loop, stop_loop, loop, NULL));
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_status status = asyncio_loop_run_until_complete(loop, future, NULL);
  asyncio_unref(future);
  return status;
}

static asyncio_status foreign_until(void) { return with_loop(false, foreign); }
static asyncio_status stopped_until(void) { return with_loop(false, stopped); }

static asyncio_status run_future(void) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_status status = asyncio_run(future, NULL);
  asyncio_unref(future);
  asyncio_loop_unref(loop);
  return status;
}

ASYNCIO_COROUTINE(waits_for_ever, (asyncio_future *, future)) { return asyncio_await(future, result); }

ASYNCIO_COROUTINE(waits_for_others) {
  asyncio_future *never = asyncio_loop_create_future(asyncio_get_running_loop());
  asyncio_task *waiter = asyncio_create_task(waits_for_ever_coroutine(never), .name = "waiter");
  asyncio_task *sleeper = asyncio_create_task(asyncio_sleep_coroutine(INFINITY, asyncio_none()), .name = "sleeper");
  asyncio_status status = asyncio_await(waiter, NULL);
  asyncio_unref(waiter);
  asyncio_unref(sleeper);
  asyncio_unref(never);
  return status;
}

static asyncio_status stuck(void) { return asyncio_run(waits_for_others_coroutine(), NULL); }

static asyncio_status sleeps(void) { return asyncio_sleep(1); }
static asyncio_status yields(void) { return asyncio_sleep(0); }
static asyncio_status awaits(void) { return asyncio_await(no_delay(), NULL); }
static asyncio_status limits(void) { return asyncio_wait_for(no_delay(), 1, NULL); }
static asyncio_status gathers(void) { return reason(asyncio_gather(no_delay(), no_delay())); }
static asyncio_status shields(void) { return reason(asyncio_shield(no_delay())); }
static asyncio_status ensures(void) { return reason(asyncio_ensure_future(no_delay())); }
static asyncio_status creates(void) { return reason(asyncio_create_task(no_delay())); }

static asyncio_status wait_for_one(asyncio_loop *loop) {
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_status status = asyncio_wait(&future, 1, 1, ASYNCIO_ALL_COMPLETED, NULL);
  asyncio_unref(future);
  return status;
}

static asyncio_status waits(void) { return with_loop(false, wait_for_one); }

#define NO_TASK " needs a running task: call it in a coroutine"
#define NOT_RUNNING "no running event loop"

TEST(bad_use_outside_a_loop) {
  static const bad_input rows[] = {
      {"sleep outside a coroutine", sleeps, ASYNCIO_RUNTIME_ERROR, "asyncio_sleep" NO_TASK},
      {"sleep of nothing outside a coroutine", yields, ASYNCIO_RUNTIME_ERROR, "asyncio_sleep" NO_TASK},
      {"await outside a coroutine", awaits, ASYNCIO_RUNTIME_ERROR, "asyncio_await" NO_TASK},
      {"wait_for outside a coroutine", limits, ASYNCIO_RUNTIME_ERROR, "asyncio_wait_for" NO_TASK},
      {"wait outside a coroutine", waits, ASYNCIO_RUNTIME_ERROR, "asyncio_wait" NO_TASK},
      {"gather outside a loop", gathers, ASYNCIO_RUNTIME_ERROR, NOT_RUNNING},
      {"shield outside a loop", shields, ASYNCIO_RUNTIME_ERROR, NOT_RUNNING},
      {"ensure_future outside a loop", ensures, ASYNCIO_RUNTIME_ERROR, NOT_RUNNING},
      {"task outside a loop", creates, ASYNCIO_RUNTIME_ERROR, NOT_RUNNING},
      {"run of NULL", run_null, ASYNCIO_TYPE_ERROR, "Expected [coroutine] to be an awaitable, got NULL"},
      {"run of a future", run_future, ASYNCIO_TYPE_ERROR,
       "Expected [coroutine] to be an unused coroutine, got a future"},
      {"run_until_complete of a closed loop", closed_until, ASYNCIO_RUNTIME_ERROR, CLOSED},
      {"run_forever of a closed loop", closed_forever, ASYNCIO_RUNTIME_ERROR, CLOSED},
      {"run_until_complete of NULL", null_until, ASYNCIO_TYPE_ERROR,
       "Expected [coroutine] to be an awaitable, got NULL"},
      {"run_until_complete of another loop's future", foreign_until, ASYNCIO_VALUE_ERROR,
       "The future belongs to a different loop than the one asked to run"},
      {"run_until_complete stopped before its end", stopped_until, ASYNCIO_RUNTIME_ERROR,
       "Event loop stopped before Future completed."},
      {"loop that can never continue", stuck, ASYNCIO_RUNTIME_ERROR,
       "The event loop can never continue: nothing is ready, no timer is set\n"
       "  Task-1 (waits_for_others) waits for waiter\n"
       "  waiter (waits_for_ever) waits for future\n"
       "  sleeper (sleep) waits for sleep"},
  };
  check_bad_input_outside(rows, sizeof rows / sizeof *rows);
}
