// SPDX-License-Identifier: MIT
// src/core/task_create.c: a loop's task factory, asked by everything that makes tasks; the eager one, whose tasks may
// be done before a gather, a wait or a shield sees them.
#include "actors.h"

static asyncio_loop *here(void) { return asyncio_get_running_loop(); }

typedef struct factory {
  int made;
  int refuse;  // the how manieth is refused; 0: none
} factory;

static asyncio_task *make_and_count(asyncio_loop *loop, asyncio_future *coroutine, const asyncio_task_options *options,
                                    void *arg) {
  factory *self = arg;
  asyncio_task_options own = *options;
  CHECK(loop == options->loop);
  if (++self->made == self->refuse) {
    asyncio_raise(ASYNCIO_APPLICATION_ERROR, "no more tasks");
    asyncio_unref(asyncio_ref(coroutine));
    return NULL;
  }
  if (!own.name) own.name = "made";
  return asyncio_task_new_with(coroutine, own);
}

// Runs [coroutine] on a loop with this factory.
static asyncio_status run_with(asyncio_task_factory make, void *arg, asyncio_future *coroutine) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_loop_set_task_factory(loop, make, arg);
  CHECK(asyncio_loop_get_task_factory(loop) == make);
  asyncio_status status = asyncio_loop_run_until_complete(loop, coroutine, NULL);
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
  return status;
}

ASYNCIO_STATIC_COROUTINE(make_tasks) {
  clock_start();
  CHECK_TEXT(asyncio_task_get_name(asyncio_current_task()), "made");
  asyncio_task *named = asyncio_create_task(actor_coroutine("a", 0, 1), .name = "named");
  asyncio_task *unnamed = asyncio_ensure_future(actor_coroutine("b", 0, 2));
  CHECK_TEXT(asyncio_task_get_name(named), "named");
  CHECK_TEXT(asyncio_task_get_name(unnamed), "made");
  ASYNCIO_TRY(asyncio_await(asyncio_gather(actor_coroutine("c", 0, 3), actor_coroutine("d", 0, 4)), NULL));
  ASYNCIO_TRY(asyncio_await(asyncio_shield(actor_coroutine("e", 0, 5)), NULL));
  asyncio_unref(named);
  asyncio_unref(unnamed);
  return ASYNCIO_OK;
}

TEST(everything_that_makes_tasks_asks_the_factory) {
  factory counting = {0, 0};
  CHECK_OK(run_with(make_and_count, &counting, make_tasks_coroutine()));
  CHECK_INT(counting.made, 6);
  EXPECT_TRACE("a done at 0", "b done at 0", "c done at 0", "d done at 0", "e done at 0");
}

ASYNCIO_STATIC_COROUTINE(be_refused) {
  clock_start();
  asyncio_task *task = asyncio_create_task(actor_coroutine("never", 0, 1));
  CHECK(!task);
  CHECK_INT(asyncio_error_latest(), ASYNCIO_APPLICATION_ERROR);
  return asyncio_await(task, NULL);
}

TEST(a_factory_may_refuse) {
  factory refusing = {0, 2};
  CHECK_ERROR(run_with(make_and_count, &refusing, be_refused_coroutine()), ASYNCIO_APPLICATION_ERROR, "no more tasks");
  refusing = (factory){0, 1};
  CHECK_ERROR(run_with(make_and_count, &refusing, be_refused_coroutine()), ASYNCIO_APPLICATION_ERROR, "no more tasks");
}

static asyncio_task *make_none(asyncio_loop *loop, asyncio_future *coroutine, const asyncio_task_options *options,
                               void *arg) {
  (void)loop, (void)options, (void)arg;
  asyncio_unref(asyncio_ref(coroutine));
  return NULL;
}

TEST(a_factory_that_gives_nothing_without_a_reason_is_given_one) {
  asyncio_raise(ASYNCIO_VALUE_ERROR, "an older failure");
  CHECK_ERROR(run_with(make_none, NULL, be_refused_coroutine()), ASYNCIO_RUNTIME_ERROR,
              "The task factory gave no task");
}

ASYNCIO_STATIC_COROUTINE(gather_refused) {
  clock_start();
  asyncio_future *pending = asyncio_loop_create_future(here());
  asyncio_future *all[] = {pending, actor_coroutine("first", 1, 1), actor_coroutine("second", 1, 2),
                           actor_coroutine("third", 1, 3)};
  asyncio_status status = asyncio_await(asyncio_gather_array(all, 4, false), NULL);
  CHECK_ERROR(status, ASYNCIO_APPLICATION_ERROR, "no more tasks");
  asyncio_unref(pending);
  return asyncio_sleep(2);
}

TEST(a_gather_that_is_refused_a_task_leaves_the_others_running) {
  factory refusing = {0, 3};
  CHECK_OK(run_with(make_and_count, &refusing, gather_refused_coroutine()));
  EXPECT_TRACE("first done at 1");
}

ASYNCIO_STATIC_COROUTINE(as_completed_refused) {
  clock_start();
  asyncio_future *pending = asyncio_loop_create_future(here());
  asyncio_future *all[] = {pending, actor_coroutine("first", 1, 1), actor_coroutine("second", 1, 2),
                           actor_coroutine("third", 1, 3)};
  asyncio_as_completed iterator;
  CHECK_ERROR(asyncio_as_completed_begin(&iterator, all, 4, 3), ASYNCIO_APPLICATION_ERROR, "no more tasks");
  CHECK_INT(asyncio_as_completed_left(&iterator), 0);
  asyncio_unref(pending);
  return asyncio_sleep(2);
}

TEST(an_as_completed_that_is_refused_a_task_leaves_the_others_running) {
  factory refusing = {0, 3};
  CHECK_OK(run_with(make_and_count, &refusing, as_completed_refused_coroutine()));
  EXPECT_TRACE("first done at 1");
}

// ---- The eager factory

ASYNCIO_STATIC_COROUTINE(give, (int, value)) {
  *result = asyncio_int(value);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(fail_at_once, (const char *, words)) {
  return asyncio_raise(ASYNCIO_VALUE_ERROR, "%s", words);
}

ASYNCIO_STATIC_COROUTINE(resolve, (asyncio_future *, future), (int, value)) {
  CHECK_OK(asyncio_future_set_result(future, asyncio_int(value)));
  return ASYNCIO_OK;
}

static void run_eagerly(asyncio_future *coroutine) { CHECK_OK(run_with(asyncio_eager_task_factory, NULL, coroutine)); }

ASYNCIO_STATIC_COROUTINE(gather_eagerly) {
  asyncio_value list;
  asyncio_future *gather = asyncio_gather(give_coroutine(1), give_coroutine(2));
  CHECK(asyncio_future_done(gather));
  ASYNCIO_TRY(asyncio_await(gather, &list));
  trace_value("all done", list);
  asyncio_value_clear(&list);
  ASYNCIO_TRY(
      asyncio_await(asyncio_gather(give_coroutine(1), actor_coroutine("slow", 1, 2), give_coroutine(3)), &list));
  trace_value("one waits", list);
  asyncio_value_clear(&list);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(with_clock, (asyncio_future *, coroutine)) {
  clock_start();
  return asyncio_await(coroutine, NULL);
}

TEST(a_gather_of_eagerly_finished_children_is_done) {
  run_eagerly(with_clock_coroutine(gather_eagerly_coroutine()));
  EXPECT_TRACE("all done got [1, 2] at 0", "slow done at 1", "one waits got [1, 2, 3] at 1");
}

ASYNCIO_STATIC_COROUTINE(gather_those_that_end_each_other) {
  asyncio_value list;
  asyncio_future *one = asyncio_loop_create_future(here()), *two = asyncio_loop_create_future(here());
  asyncio_future *three = asyncio_loop_create_future(here());
  asyncio_future *all[] = {one,
                           two,
                           three,
                           resolve_coroutine(one, 10),
                           one,
                           resolve_coroutine(two, 20),
                           give_coroutine(5),
                           resolve_coroutine(three, 30)};
  ASYNCIO_TRY(asyncio_await(asyncio_gather_array(all, 8, false), &list));
  trace_value("gathered", list);
  asyncio_value_clear(&list);
  asyncio_unref(one);
  asyncio_unref(two);
  asyncio_unref(three);
  return ASYNCIO_OK;
}

TEST(children_of_a_gather_may_end_others_as_they_start) {
  run_eagerly(with_clock_coroutine(gather_those_that_end_each_other_coroutine()));
  EXPECT_TRACE("gathered got [10, 20, 30, None, 10, None, 5, None] at 0");
}

ASYNCIO_STATIC_COROUTINE(fail_one, (asyncio_future *, future)) {
  CHECK_OK(asyncio_future_set_exception(future, ASYNCIO_VALUE_ERROR, "from within"));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(gather_failures) {
  asyncio_value list;
  CHECK_ERROR(asyncio_await(asyncio_gather(actor_coroutine("slow", 1, 2), fail_at_once_coroutine("first"),
                                           fail_at_once_coroutine("second")),
                            NULL),
              ASYNCIO_VALUE_ERROR, "first");
  ASYNCIO_TRY(asyncio_await(
      asyncio_gather_array((asyncio_future *[]){fail_at_once_coroutine("kept"), give_coroutine(1)}, 2, true), &list));
  trace_value("kept", list);
  asyncio_value_clear(&list);
  asyncio_future *future = asyncio_loop_create_future(here());
  CHECK_ERROR(asyncio_await(asyncio_gather(future, fail_one_coroutine(future), actor_coroutine("other", 1, 1)), NULL),
              ASYNCIO_VALUE_ERROR, "from within");
  asyncio_unref(future);
  return asyncio_sleep(2);
}

TEST(eager_failures_reach_the_gather) {
  run_eagerly(with_clock_coroutine(gather_failures_coroutine()));
  EXPECT_TRACE("kept got [ValueError: kept, 1] at 0", "slow done at 1", "other done at 1");
}

ASYNCIO_STATIC_COROUTINE(wait_and_shield) {
  size_t done;
  asyncio_value value;
  asyncio_future *tasks[] = {asyncio_create_task(actor_coroutine("slow", 1, 2)),
                             asyncio_create_task(give_coroutine(1))};
  ASYNCIO_TRY(asyncio_wait(tasks, 2, INFINITY, ASYNCIO_FIRST_COMPLETED, &done));
  CHECK_INT(done, 1);
  CHECK(asyncio_future_done(tasks[0]));
  ASYNCIO_TRY(asyncio_wait(tasks, 2, INFINITY, ASYNCIO_ALL_COMPLETED, &done));
  CHECK_INT(done, 2);
  asyncio_unref(tasks[0]);
  asyncio_unref(tasks[1]);
  ASYNCIO_TRY(asyncio_await(asyncio_shield(give_coroutine(7)), &value));
  CHECK_INT(asyncio_value_int(value), 7);
  CHECK_ERROR(asyncio_await(asyncio_shield(fail_at_once_coroutine("shielded")), NULL), ASYNCIO_VALUE_ERROR, "shielded");
  ASYNCIO_TRY(asyncio_wait_for(give_coroutine(8), 1, &value));
  CHECK_INT(asyncio_value_int(value), 8);
  return ASYNCIO_OK;
}

TEST(wait_shield_and_wait_for_take_tasks_that_are_done_already) {
  run_eagerly(with_clock_coroutine(wait_and_shield_coroutine()));
  EXPECT_TRACE("slow done at 1");
}

ASYNCIO_STATIC_COROUTINE(recursive_gather, (int, width), (int, depth), (int *, ran)) {
  asyncio_future *children[8];
  ++*ran;
  if (depth == 0) return ASYNCIO_OK;
  for (int i = 0; i < width; i++) children[i] = recursive_gather_coroutine(width, depth - 1, ran);
  return asyncio_await(asyncio_gather_array(children, (size_t)width, false), NULL);
}

TEST(gathers_within_gathers_start_eagerly_all_the_way_down) {
  int ran = 0;
  run_eagerly(recursive_gather_coroutine(5, 4, &ran));
  CHECK_INT(ran, 781);
}

static asyncio_task *make_beside(asyncio_loop *loop, asyncio_future *coroutine, const asyncio_task_options *options, void *arg) {
  ++*(int *)arg;
  return asyncio_task_new(coroutine, .loop = loop, .name = options->name);
}

TEST(task_new_does_not_ask_the_factory_that_calls_it) {
  int made = 0;
  clock_start();
  CHECK_OK(run_with(make_beside, &made, actor_coroutine("a", 0, 1)));
  CHECK_INT(made, 1);
  EXPECT_TRACE("a done at 0");
}
