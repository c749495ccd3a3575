// SPDX-License-Identifier: MIT
// Eager starts that ask generators: what has begun already goes on within them, as what begins there does.
#include "generators.h"

ASYNCIO_COROUTINE(asks, (const char *, name), (asyncio_generator *, generator)) {
  asyncio_value value;
  trace("%s asks", name);
  asyncio_status status = asyncio_await(asyncio_anext(generator), &value);
  trace("%s %s %d", name, status ? asyncio_error_name(status) : "got", status ? 0 : (int)asyncio_value_int(value));
  return status;
}

enum { ASKED = 3 };

static void ask_all(asyncio_generator **all, asyncio_task **tasks) {
  static const char *const names[] = {"a", "b", "c"};
  for (int i = 0; i < ASKED; i++) tasks[i] = asyncio_create_task(asks_coroutine(names[i], all[i]), .eager_start = true);
}

ASYNCIO_COROUTINE(starts_askers, (const generators *, kind), (bool, begun)) {
  asyncio_generator *all[ASKED];
  asyncio_task *tasks[ASKED];
  for (int i = 0; i < ASKED; i++) all[i] = kind->receive(3);
  for (int i = 0; begun && i < ASKED; i++) check_gives(asyncio_anext(all[i]), 0);
  ask_all(all, tasks);
  trace("starter goes on");
  ASYNCIO_TRY(asyncio_sleep(0));
  trace("next iteration");
  for (int i = 0; i < ASKED; i++) {
    CHECK(asyncio_future_done(tasks[i]));
    asyncio_unref(tasks[i]);
    CHECK_OK(asyncio_await(asyncio_aclose(all[i]), NULL));
    asyncio_generator_unref(all[i]);
  }
  return ASYNCIO_OK;
}

TEST(eager_starts_that_begin_generators_have_their_items_at_once) {
  run(starts_askers_coroutine(&stackful_generators, false));
  EXPECT_TRACE("a asks", "a got 0", "b asks", "b got 0", "c asks", "c got 0", "starter goes on", "next iteration");
  run(starts_askers_coroutine(&stackless_generators, false));
  EXPECT_TRACE("a asks", "a got 0", "b asks", "b got 0", "c asks", "c got 0", "starter goes on", "next iteration");
}

TEST(eager_starts_that_go_on_with_generators_have_their_items_at_once) {
  run(starts_askers_coroutine(&stackless_generators, true));
  EXPECT_TRACE("a asks", "received None", "a got 1", "b asks", "received None", "b got 1", "c asks", "received None", "c got 1",
               "starter goes on", "next iteration");
  run(starts_askers_coroutine(&stackful_generators, true));
  EXPECT_TRACE("a asks", "received None", "a got 1", "b asks", "received None", "b got 1", "c asks", "received None", "c got 1",
               "starter goes on", "next iteration");
}
