// SPDX-License-Identifier: MIT
// src/async/runner.c: the loop that a runner makes, and when the thread's loop is set.
#include "../support/test.h"

ASYNCIO_STATIC_COROUTINE(notes_debug, (bool *, debug)) {
  *debug = asyncio_loop_get_debug(asyncio_get_running_loop());
  return ASYNCIO_OK;
}

TEST(a_runner_may_be_in_debug_mode) {
  for (int wanted = 0; wanted < 2; wanted++) {
    asyncio_runner runner;
    bool debug = !wanted;
    asyncio_runner_init(&runner, .debug = wanted);
    CHECK_INT(asyncio_loop_get_debug(asyncio_runner_get_loop(&runner)), wanted);
    CHECK_OK(asyncio_runner_run(&runner, notes_debug_coroutine(&debug), NULL));
    CHECK_INT(debug, wanted);
    CHECK_OK(asyncio_runner_close(&runner));
  }
}

TEST(a_runner_waits_for_a_plain_future_that_stays_the_callers) {
  asyncio_runner runner;
  asyncio_value value;
  asyncio_runner_init(&runner);
  asyncio_future *future = asyncio_loop_create_future(asyncio_runner_get_loop(&runner));
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(7)));
  for (int i = 0; i < 2; i++) {
    CHECK_OK(asyncio_runner_run(&runner, future, &value));
    CHECK_INT(asyncio_value_int(value), 7);
  }
  asyncio_unref(future);
  CHECK_OK(asyncio_runner_close(&runner));
}

TEST(a_loop_that_was_asked_for_and_never_ran_is_closed_with_its_runner) {
  asyncio_runner runner;
  asyncio_runner_init(&runner);
  asyncio_loop *loop = asyncio_loop_ref(asyncio_runner_get_loop(&runner));
  CHECK(!asyncio_loop_is_closed(loop));
  for (int i = 0; i < 2; i++) {
    CHECK_OK(asyncio_runner_close(&runner));
    CHECK(asyncio_loop_is_closed(loop));
    CHECK(!asyncio_runner_get_loop(&runner));
    CHECK_ERROR(asyncio_error_latest(), ASYNCIO_RUNTIME_ERROR, "Runner is closed");
  }
  asyncio_loop_unref(loop);
}

TEST(a_runner_sets_the_thread_s_loop_once) {
  asyncio_runner runner;
  bool debug;
  asyncio_loop *other = asyncio_new_event_loop();
  asyncio_runner_init(&runner);
  CHECK_OK(asyncio_runner_run(&runner, notes_debug_coroutine(&debug), NULL));
  CHECK(asyncio_get_event_loop() == asyncio_runner_get_loop(&runner));
  asyncio_set_event_loop(other);
  CHECK_OK(asyncio_runner_run(&runner, notes_debug_coroutine(&debug), NULL));
  CHECK(asyncio_get_event_loop() == other);
  CHECK_OK(asyncio_runner_close(&runner));
  asyncio_loop_unref(other);
}
