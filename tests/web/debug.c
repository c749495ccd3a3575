// SPDX-License-Identifier: MIT
// Debug mode on a clock that runs: what takes long is told with how long, and what does not is not. The clock is the
// host's at a tenth of its pace, or a machine that others keep busy would have steps that take long; and work takes
// what it says.
#include "check.h"

#include <stdlib.h>

static int told;
static double seconds;
static char message[160];

static void note(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  const char *took = strstr(context->message, " took ");
  (void)loop, (void)arg;
  told++;
  snprintf(message, sizeof message, "%.*s%s%s", took ? (int)(took - context->message) : 0, context->message,
           context->future ? " in " : "", asyncio_task_get_name(context->future));
  seconds = took ? atof(took + strlen(" took ")) : 0;
}

EM_JS(void, slow_clock, (void), {
  const now = performance.now.bind(performance);
  const since = now();
  asyncio.worked = 0;
  performance.now = () => since + (now() - since) / 10 + asyncio.worked;
});
EM_JS(void, restore_clock, (void), { delete performance.now; });
EM_JS(void, block, (double seconds), { asyncio.worked += seconds * 1e3; });

static asyncio_status block_in_callback(void *arg) {
  (void)arg;
  block(0.06);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(block_in_a_step) {
  ASYNCIO_TRY(asyncio_sleep(0.001));
  block(0.06);
  return asyncio_sleep(0.1);  // does not count
}

static void check_told(const char *expected) {
  CHECK_INT(told, 1);
  CHECK_TEXT(message, expected);
  CHECK(seconds > 0.0599 && seconds < 0.1);
  told = 0;
}

TASK_TEST(what_takes_long_is_told_and_waiting_does_not_count) {
  asyncio_loop *loop = asyncio_get_running_loop();
  slow_clock();
  asyncio_loop_set_exception_handler(loop, note, NULL);
  asyncio_loop_set_debug(loop, true);
  CHECK_OK(asyncio_loop_set_slow_callback_duration(loop, 0.05));
  asyncio_task *task = asyncio_create_task(block_in_a_step_coroutine(), .name = "blocker");
  CHECK_OK(asyncio_await(task, NULL));
  asyncio_unref(task);
  check_told("Executing a step of coroutine 'block_in_a_step' in blocker");
  CHECK_OK(asyncio_loop_call_soon(loop, block_in_callback, NULL, NULL));
  CHECK_OK(asyncio_sleep(0.001));
  check_told("Executing a callback");
  asyncio_loop_set_debug(loop, false);
  asyncio_loop_set_exception_handler(loop, NULL, NULL);
  ASYNCIO_TRY(asyncio_sleep(0));  // this step was still timed
  restore_clock();
  return ASYNCIO_OK;
}
