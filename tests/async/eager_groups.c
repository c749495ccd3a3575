// SPDX-License-Identifier: MIT
// src/core/task_create.c: what eager tasks see and are seen as while they start, and a factory that is taken away.
#include "actors.h"

static asyncio_loop *here(void) { return asyncio_get_running_loop(); }

static asyncio_status run_with(asyncio_task_factory factory, asyncio_future *coroutine) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_loop_set_task_factory(loop, factory, NULL);
  asyncio_status status = asyncio_loop_run_until_complete(loop, coroutine, NULL);
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
  return status;
}

static bool is_listed(const asyncio_task *task) {
  asyncio_task *tasks[8];
  size_t count = asyncio_all_tasks(here(), tasks, 8);
  for (size_t i = 0; i < count; i++)
    if (tasks[i] == task) return true;
  return false;
}

ASYNCIO_STATIC_COROUTINE(is_listed_itself, (asyncio_future *, first), (asyncio_future *, second)) {
  CHECK(is_listed(asyncio_current_task()));
  if (!first) return ASYNCIO_OK;
  ASYNCIO_TRY(asyncio_await(first, NULL));
  return asyncio_future_set_result(second, asyncio_none());
}

ASYNCIO_STATIC_COROUTINE(lists_eager_ones) {
  asyncio_task *task = asyncio_create_task(is_listed_itself_coroutine(NULL, NULL));
  CHECK(!is_listed(task));
  asyncio_unref(task);
  asyncio_future *first = asyncio_loop_create_future(here()), *second = asyncio_loop_create_future(here());
  task = asyncio_create_task(is_listed_itself_coroutine(first, second));
  CHECK(is_listed(task));
  CHECK_OK(asyncio_future_set_result(first, asyncio_none()));
  CHECK_OK(asyncio_await(second, NULL));
  CHECK(!is_listed(task));
  asyncio_unref(task);
  asyncio_unref(first);
  asyncio_unref(second);
  return ASYNCIO_OK;
}

TEST(an_eager_task_is_listed_while_it_runs_and_while_it_waits) {
  CHECK_OK(run_with(asyncio_eager_task_factory, lists_eager_ones_coroutine()));
}

ASYNCIO_STATIC_COROUTINE(sets, (asyncio_future *, future), (int, value)) {
  return asyncio_future_set_result(future, asyncio_int(value));
}

ASYNCIO_STATIC_COROUTINE(awaits_what_a_task_has_set) {
  asyncio_future *future = asyncio_loop_create_future(here());
  asyncio_task *task = asyncio_create_task(sets_coroutine(future, 7));
  CHECK(asyncio_future_done(task));
  check_gives(future, 7);
  asyncio_unref(task);
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(an_eager_task_may_set_what_its_starter_awaits) {
  CHECK_OK(run_with(asyncio_eager_task_factory, awaits_what_a_task_has_set_coroutine()));
}

ASYNCIO_STATIC_COROUTINE(recursive_group, (int, width), (int, depth), (int *, ran)) {
  asyncio_task_group group;
  ++*ran;
  if (depth == 0) return ASYNCIO_OK;
  ASYNCIO_TRY(asyncio_task_group_begin(&group));
  for (int i = 0; i < width; i++)
    CHECK_OK(asyncio_task_group_start(&group, recursive_group_coroutine(width, depth - 1, ran)));
  return asyncio_task_group_end(&group, ASYNCIO_OK);
}

TEST(groups_within_groups_run_all_the_way_down_eagerly_or_not) {
  int ran = 0;
  CHECK_OK(run_with(asyncio_eager_task_factory, recursive_group_coroutine(5, 4, &ran)));
  CHECK_INT(ran, 781);
  CHECK_OK(run_with(NULL, recursive_group_coroutine(5, 4, &ran)));
  CHECK_INT(ran, 2 * 781);
}

ASYNCIO_STATIC_COROUTINE(takes_the_factory_away) {
  clock_start();
  asyncio_task *task = asyncio_create_task(actor_coroutine("eager", 1, 0));
  trace("made");
  asyncio_loop_set_task_factory(here(), NULL, NULL);
  CHECK(!asyncio_loop_get_task_factory(here()));
  asyncio_task *plain = asyncio_create_task(asyncio_sleep_coroutine(0, asyncio_none()));
  CHECK_TEXT(asyncio_task_waiting_for(plain), "");
  CHECK_TEXT(asyncio_task_waiting_for(task), "sleep");
  CHECK_OK(asyncio_await(plain, NULL));
  asyncio_unref(plain);
  asyncio_unref(task);
  return asyncio_sleep(2);
}

TEST(a_factory_that_is_taken_away_makes_no_more_tasks) {
  CHECK_OK(run_with(asyncio_eager_task_factory, takes_the_factory_away_coroutine()));
  EXPECT_TRACE("made", "eager done at 1");
}
