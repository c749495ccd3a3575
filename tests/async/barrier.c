// SPDX-License-Identifier: MIT
// src/async/barrier.c: all go on together, and what resetting, aborting and cancelling do to those inside and outside.
#include "actors.h"

ASYNCIO_STATIC_COROUTINE(barrier_actor, (const char *, name), (asyncio_barrier *, barrier)) {
  int index = -1;
  asyncio_status status = asyncio_barrier_wait(barrier, &index);
  if (status == ASYNCIO_BROKEN_BARRIER_ERROR)
    trace("%s: %s", name, asyncio_error_message(status));
  else
    trace("%s %s %d", name, asyncio_error_name(status), index);
  return status;
}

static asyncio_task *start(const char *name, asyncio_barrier *barrier) {
  return asyncio_create_task(barrier_actor_coroutine(name, barrier));
}

static void finish(asyncio_task *task, asyncio_status status) {
  CHECK_ERROR(asyncio_await(task, NULL), status, NULL);
  asyncio_unref(task);
}

ASYNCIO_STATIC_COROUTINE(meet) {
  asyncio_barrier barrier;
  CHECK_OK(asyncio_barrier_init(&barrier, 3));
  CHECK_INT(asyncio_barrier_parties(&barrier), 3);
  for (int round = 0; round < 2; round++) {
    asyncio_task *a = start("a", &barrier), *b = start("b", &barrier);
    CHECK_OK(asyncio_sleep(1));
    CHECK_INT(asyncio_barrier_n_waiting(&barrier), 2);
    CHECK_TEXT(asyncio_task_waiting_for(a), "barrier");
    asyncio_value index;
    CHECK_OK(asyncio_await(asyncio_barrier_wait_coroutine(&barrier), &index));
    trace("main %d", (int)asyncio_value_int(index));
    CHECK_INT(asyncio_barrier_n_waiting(&barrier), 0);
    finish(a, ASYNCIO_OK);
    finish(b, ASYNCIO_OK);
  }
  CHECK(!asyncio_barrier_broken(&barrier));
  return ASYNCIO_OK;
}

TEST(barrier_holds_all_until_the_last_comes_and_serves_again) {
  run(meet_coroutine());
  EXPECT_TRACE("main 2", "a OK 0", "b OK 1", "main 2", "a OK 0", "b OK 1");
}

ASYNCIO_STATIC_COROUTINE(come_too_early) {
  asyncio_barrier barrier;
  CHECK_OK(asyncio_barrier_init(&barrier, 2));
  asyncio_task *tasks[] = {start("a", &barrier), start("b", &barrier), start("c", &barrier), start("d", &barrier)};
  for (int i = 0; i < 4; i++) finish(tasks[i], ASYNCIO_OK);
  CHECK_OK(asyncio_barrier_init(&barrier, 1));
  CHECK_OK(asyncio_barrier_wait(&barrier, NULL));
  CHECK_OK(asyncio_barrier_wait(&barrier, NULL));
  return ASYNCIO_OK;
}

TEST(those_who_come_while_it_drains_wait_for_the_next_round) {
  run(come_too_early_coroutine());
  EXPECT_TRACE("b OK 1", "a OK 0", "d OK 1", "c OK 0");
}

ASYNCIO_STATIC_COROUTINE(resets) {
  asyncio_barrier barrier;
  CHECK_OK(asyncio_barrier_init(&barrier, 3));
  CHECK_OK(asyncio_barrier_reset(&barrier));
  asyncio_task *a = start("a", &barrier), *b = start("b", &barrier);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_barrier_reset(&barrier));
  CHECK_INT(asyncio_barrier_n_waiting(&barrier), 0);
  asyncio_task *c = start("c", &barrier);
  finish(a, ASYNCIO_BROKEN_BARRIER_ERROR);
  finish(b, ASYNCIO_BROKEN_BARRIER_ERROR);
  CHECK(!asyncio_barrier_broken(&barrier));
  CHECK_OK(asyncio_sleep(0));
  CHECK_INT(asyncio_barrier_n_waiting(&barrier), 1);
  CHECK_OK(asyncio_await(asyncio_barrier_reset_coroutine(&barrier), NULL));
  finish(c, ASYNCIO_BROKEN_BARRIER_ERROR);
  return ASYNCIO_OK;
}

TEST(reset_sends_those_inside_away_and_lets_those_outside_in) {
  run(resets_coroutine());
  EXPECT_TRACE("a: Abort or reset of barrier", "b: Abort or reset of barrier", "c: Abort or reset of barrier");
}

ASYNCIO_STATIC_COROUTINE(aborts) {
  asyncio_barrier barrier;
  CHECK_OK(asyncio_barrier_init(&barrier, 2));
  asyncio_task *a = start("a", &barrier);
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_barrier_abort(&barrier));
  CHECK(asyncio_barrier_broken(&barrier));
  CHECK_ERROR(asyncio_barrier_wait(&barrier, NULL), ASYNCIO_BROKEN_BARRIER_ERROR, "Barrier aborted");
  finish(a, ASYNCIO_BROKEN_BARRIER_ERROR);
  CHECK_OK(asyncio_barrier_reset(&barrier));
  CHECK(!asyncio_barrier_broken(&barrier));
  CHECK_OK(asyncio_await(asyncio_barrier_abort_coroutine(&barrier), NULL));
  CHECK_ERROR(asyncio_barrier_init(&barrier, 0), ASYNCIO_VALUE_ERROR, "parties must be >= 1");
  CHECK_ERROR(asyncio_barrier_wait(&barrier, NULL), ASYNCIO_BROKEN_BARRIER_ERROR, "Barrier aborted");
  return ASYNCIO_OK;
}

TEST(abort_breaks_the_barrier_until_it_is_reset) {
  run(aborts_coroutine());
  EXPECT_TRACE("a: Abort or reset of barrier");
}

ASYNCIO_STATIC_COROUTINE(cancels_parties) {
  asyncio_barrier barrier;
  CHECK_OK(asyncio_barrier_init(&barrier, 2));
  asyncio_task *a = start("a", &barrier);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(a, NULL));
  finish(a, ASYNCIO_CANCELLED_ERROR);
  CHECK_INT(asyncio_barrier_n_waiting(&barrier), 0);
  CHECK_ERROR(asyncio_wait_for(asyncio_barrier_wait_coroutine(&barrier), 1, NULL), ASYNCIO_TIMEOUT_ERROR, NULL);
  asyncio_task *b = start("b", &barrier), *c = start("c", &barrier), *outside = start("outside", &barrier);
  CHECK_OK(asyncio_sleep(0));
  CHECK(asyncio_task_cancel(b, NULL));
  CHECK(asyncio_task_cancel(outside, NULL));
  finish(b, ASYNCIO_CANCELLED_ERROR);
  finish(c, ASYNCIO_OK);
  finish(outside, ASYNCIO_CANCELLED_ERROR);
  CHECK_INT(asyncio_barrier_n_waiting(&barrier), 0);
  asyncio_task *d = start("d", &barrier), *e = start("e", &barrier);
  finish(d, ASYNCIO_OK);
  finish(e, ASYNCIO_OK);
  return ASYNCIO_OK;
}

TEST(cancelled_party_leaves_the_barrier_to_the_others) {
  run(cancels_parties_coroutine());
  EXPECT_TRACE("a CancelledError -1", "c OK 1", "b CancelledError -1", "outside CancelledError -1", "e OK 1", "d OK 0");
}

static asyncio_barrier shared;

TEST(waits_at_a_barrier_end_with_a_closed_loop) {
  CHECK_OK(asyncio_barrier_init(&shared, 9));
  asyncio_loop *loop = asyncio_new_event_loop();
  trace_exceptions(loop);
  asyncio_unref(asyncio_create_task(barrier_actor_coroutine("a", &shared), .loop = loop));
  asyncio_unref(asyncio_create_task(asyncio_barrier_wait_coroutine(&shared), .loop = loop));
  CHECK_OK(asyncio_loop_run_until_complete(loop, asyncio_sleep_coroutine(0, asyncio_none()), NULL));
  CHECK_INT(asyncio_barrier_n_waiting(&shared), 2);
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
  CHECK_INT(asyncio_barrier_n_waiting(&shared), 0);
  EXPECT_TRACE("Task was destroyed but it is pending", "a CancelledError -1", "Task was destroyed but it is pending");
}
