// SPDX-License-Identifier: MIT
// src/async/graph.c, task_tree.c and core/report.c: who waits for what, as lists and as text.
#include "actors.h"

enum { ROOM = 2000 };

static asyncio_loop *here(void) { return asyncio_get_running_loop(); }

static void check_graph(asyncio_future *future, const char *expected) {
  char text[ROOM];
  CHECK_INT(asyncio_format_call_graph(future, text, sizeof text), strlen(expected));
  CHECK_TEXT(text, expected);
}

static void check_tasks(const char *expected) {
  char text[ROOM];
  CHECK_INT(asyncio_format_tasks(here(), text, sizeof text), strlen(expected));
  CHECK_TEXT(text, expected);
}

static void check_tree(const char *expected) {
  char text[ROOM];
  CHECK_INT(asyncio_format_task_tree(NULL, text, sizeof text), strlen(expected));
  CHECK_TEXT(text, expected);
}

ASYNCIO_STATIC_COROUTINE(sit, (asyncio_future *, future)) { return asyncio_await(future, NULL); }

ASYNCIO_STATIC_COROUTINE(call_deep, (int, depth), (asyncio_future *, future)) {
  if (depth == 0) return asyncio_await(future, NULL);
  return asyncio_await(call_deep_coroutine(depth - 1, future), NULL);
}

ASYNCIO_STATIC_COROUTINE(serve, (asyncio_future *, future)) { return asyncio_await(call_deep_coroutine(1, future), NULL); }

ASYNCIO_STATIC_COROUTINE(wait_for_all, (asyncio_future *, a), (asyncio_future *, b)) {
  return asyncio_wait((asyncio_future *[]){a, b}, 2, INFINITY, ASYNCIO_ALL_COMPLETED, NULL);
}

static asyncio_task *named(const char *name, asyncio_future *coroutine) {
  asyncio_task *task = asyncio_create_task(coroutine, .name = name);
  CHECK(task != NULL);
  return task;
}

static void let_all_park(void) {
  for (int i = 0; i < 3; i++) CHECK_OK(asyncio_sleep(0));
}

// Ends [future] and with it the tasks, which wait for it directly or not.
static asyncio_status end(asyncio_future *future, asyncio_task **tasks, size_t count) {
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  for (size_t i = 0; i < count; i++) ASYNCIO_TRY(asyncio_await(tasks[i], NULL));
  for (size_t i = 0; i < count; i++) asyncio_unref(tasks[i]);
  asyncio_unref(future);
  return ASYNCIO_OK;
}

// Runs it as the task "main".
static void run_main(asyncio_future *coroutine) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(coroutine, .loop = loop, .name = "main");
  CHECK_OK(asyncio_loop_run_until_complete(loop, task, NULL));
  asyncio_unref(task);
  CHECK_OK(asyncio_loop_close(loop));
  asyncio_loop_unref(loop);
}

ASYNCIO_STATIC_COROUTINE(look_at_stacks) {
  asyncio_future *future = asyncio_loop_create_future(here());
  const char *names[4];
  asyncio_task *tasks[] = {named("served", serve_coroutine(future)),
                           named("limited", asyncio_wait_for_coroutine(serve_coroutine(future), 10)),
                           named("asleep", asyncio_sleep_coroutine(1, asyncio_none()))};
  CHECK_INT(asyncio_task_get_stack(tasks[0], names, 4), 1);  // not begun
  CHECK_TEXT(names[0], "serve");
  let_all_park();
  CHECK_INT(asyncio_task_get_stack(tasks[0], names, 4), 3);
  CHECK_TEXT(names[0], "call_deep");
  CHECK_TEXT(names[1], "call_deep");
  CHECK_TEXT(names[2], "serve");
  CHECK_INT(asyncio_task_get_stack(tasks[1], names, 4), 4);
  CHECK_TEXT(names[2], "serve");
  CHECK_TEXT(names[3], "wait_for");
  CHECK_INT(asyncio_task_get_stack(tasks[2], names, 4), 1);
  CHECK_INT(asyncio_task_get_stack(tasks[0], names, 1), 3);
  CHECK_INT(asyncio_task_get_stack(asyncio_current_task(), names, 4), 1);
  CHECK_TEXT(names[0], "look_at_stacks");
  CHECK_INT(asyncio_task_get_stack(future, names, 4), 0);
  CHECK_INT(asyncio_task_get_stack(NULL, names, 4), 0);
  check_tasks("  main (look_at_stacks) is running\n"
              "  served (serve > call_deep > call_deep) waits for future\n"
              "  limited (wait_for > serve > call_deep > call_deep) waits for future\n"
              "  asleep (sleep) waits for sleep");
  ASYNCIO_TRY(end(future, tasks, 3));
  return ASYNCIO_OK;
}

TEST(a_task_s_stack_is_the_coroutines_that_were_awaited_within_it) { run_main(look_at_stacks_coroutine()); }

ASYNCIO_STATIC_COROUTINE(wait_for_event, (asyncio_event *, event)) { return asyncio_event_wait(event); }

static asyncio_event doors;

ASYNCIO_STATIC_COROUTINE(look_at_starter) {
  check_tasks("  main (look_at_all_states) is running\n"
              "  waiter (wait_for_event) is ready\n"
              "  new (sleep) has not started\n"
              "  eager (look_at_starter) is running");
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(look_at_all_states) {
  asyncio_event_init(&doors);
  asyncio_task *waiter = named("waiter", wait_for_event_coroutine(&doors));
  let_all_park();
  asyncio_task *new = named("new", asyncio_sleep_coroutine(0, asyncio_none()));
  check_tasks("  main (look_at_all_states) is running\n"
              "  waiter (wait_for_event) waits for event\n"
              "  new (sleep) has not started");
  asyncio_event_set(&doors);
  asyncio_unref(asyncio_create_task(look_at_starter_coroutine(), .name = "eager", .eager_start = true));
  ASYNCIO_TRY(asyncio_await(waiter, NULL));
  ASYNCIO_TRY(asyncio_await(new, NULL));
  asyncio_unref(waiter);
  asyncio_unref(new);
  return ASYNCIO_OK;
}

TEST(a_task_is_new_or_running_or_ready_or_waits) { run_main(look_at_all_states_coroutine()); }

ASYNCIO_STATIC_COROUTINE(return_and_call_again, (asyncio_future *, future)) {
  ASYNCIO_TRY(asyncio_await(asyncio_sleep_coroutine(0, asyncio_none()), NULL));
  CHECK_INT(asyncio_await(asyncio_coroutine_new("failing", NULL, NULL, 0), NULL), ASYNCIO_TYPE_ERROR);
  return asyncio_await(sit_coroutine(future), NULL);
}

ASYNCIO_STATIC_COROUTINE(look_after_returns) {
  asyncio_future *future = asyncio_loop_create_future(here());
  asyncio_task *task = named("worker", return_and_call_again_coroutine(future));
  let_all_park();
  check_graph(task, "* Task(name='worker')\n"
                    "  + Call stack:\n"
                    "  |   async sit()\n"
                    "  |   async return_and_call_again()\n"
                    "  + Waits for: future");
  return end(future, &task, 1);
}

TEST(what_has_returned_is_no_longer_on_the_stack) { run_main(look_after_returns_coroutine()); }

ASYNCIO_STATIC_COROUTINE(look_at_awaiters) {
  asyncio_future *future = asyncio_loop_create_future(here());
  asyncio_task *awaiters[4];
  asyncio_task *served = named("served", serve_coroutine(future));
  asyncio_task *other = named("other", sit_coroutine(future));
  asyncio_future *gather = asyncio_gather(served, asyncio_shield(other));
  asyncio_task *tasks[] = {served, other, named("gathers", sit_coroutine(gather)), named("waits", wait_for_all_coroutine(served, other)),
                           named("direct", sit_coroutine(served))};
  let_all_park();
  CHECK_INT(asyncio_future_awaited_by(served, awaiters, 4), 3);
  CHECK(awaiters[0] == tasks[2] && awaiters[1] == tasks[3] && awaiters[2] == tasks[4]);
  CHECK_INT(asyncio_future_awaited_by(other, awaiters, 1), 2);
  CHECK(awaiters[0] == tasks[2]);
  CHECK_INT(asyncio_future_awaited_by(future, awaiters, 4), 2);
  CHECK_INT(asyncio_future_awaited_by(asyncio_current_task(), awaiters, 4), 0);
  check_graph(future, "* Future()\n"
                      "  + Awaited by:\n"
                      "    * Task(name='served')\n"
                      "      + Call stack:\n"
                      "      |   async call_deep()\n"
                      "      |   async call_deep()\n"
                      "      |   async serve()\n"
                      "      + Waits for: future\n"
                      "      + Awaited by:\n"
                      "        * Task(name='gathers')\n"
                      "          + Call stack:\n"
                      "          |   async sit()\n"
                      "          + Waits for: gather\n"
                      "        * Task(name='waits')\n"
                      "          + Call stack:\n"
                      "          |   async wait_for_all()\n"
                      "          + Waits for: wait\n"
                      "        * Task(name='direct')\n"
                      "          + Call stack:\n"
                      "          |   async sit()\n"
                      "          + Waits for: served\n"
                      "    * Task(name='other')\n"
                      "      + Call stack:\n"
                      "      |   async sit()\n"
                      "      + Waits for: future\n"
                      "      + Awaited by:\n"
                      "        * Task(name='gathers')\n"
                      "          + Call stack:\n"
                      "          |   async sit()\n"
                      "          + Waits for: gather\n"
                      "        * Task(name='waits')\n"
                      "          + Call stack:\n"
                      "          |   async wait_for_all()\n"
                      "          + Waits for: wait");
  check_tree("├── main (look_at_awaiters) is running\n"
             "├── gathers (sit) waits for gather\n"
             "│   ├── served (serve > call_deep > call_deep) waits for future\n"
             "│   └── other (sit) waits for future\n"
             "├── waits (wait_for_all) waits for wait\n"
             "│   ├── served (serve > call_deep > call_deep) waits for future\n"
             "│   └── other (sit) waits for future\n"
             "└── direct (sit) waits for served\n"
             "    └── served (serve > call_deep > call_deep) waits for future");
  return end(future, tasks, 5);
}

TEST(awaiters_are_found_through_gathers_shields_and_waits) { run_main(look_at_awaiters_coroutine()); }

ASYNCIO_STATIC_COROUTINE(supervise, (asyncio_future *, future), (asyncio_task **, members)) {
  asyncio_task_group outer, inner;
  ASYNCIO_TRY(asyncio_task_group_begin(&outer));
  members[0] = asyncio_task_group_create_task(&outer, sit_coroutine(future), .name = "a");
  ASYNCIO_TRY(asyncio_task_group_begin(&inner));
  members[1] = asyncio_task_group_create_task(&inner, sit_coroutine(members[0]), .name = "b");
  ASYNCIO_TRY(asyncio_task_group_end(&inner, ASYNCIO_OK));
  return asyncio_task_group_end(&outer, ASYNCIO_OK);
}

ASYNCIO_STATIC_COROUTINE(look_at_groups) {
  asyncio_future *future = asyncio_loop_create_future(here());
  asyncio_task *tasks[3], *awaiters[2];
  tasks[2] = named("parent", supervise_coroutine(future, tasks));
  let_all_park();
  CHECK_INT(asyncio_future_awaited_by(tasks[1], awaiters, 2), 1);
  CHECK(awaiters[0] == tasks[2]);
  CHECK_INT(asyncio_future_awaited_by(tasks[0], awaiters, 2), 2);
  CHECK(awaiters[0] == tasks[2] && awaiters[1] == tasks[1]);
  check_graph(tasks[1], "* Task(name='b')\n"
                        "  + Call stack:\n"
                        "  |   async sit()\n"
                        "  + Waits for: a\n"
                        "  + Awaited by:\n"
                        "    * Task(name='parent')\n"
                        "      + Call stack:\n"
                        "      |   async supervise()\n"
                        "      + Waits for: task group");
  check_tree("├── main (look_at_groups) is running\n"
             "└── parent (supervise) waits for task group\n"
             "    ├── a (sit) waits for future\n"
             "    └── b (sit) waits for a\n"
             "        └── a (sit) waits for future");
  CHECK_OK(asyncio_future_set_result(future, asyncio_none()));
  ASYNCIO_TRY(asyncio_await(tasks[0], NULL));
  CHECK_INT(asyncio_future_awaited_by(tasks[0], NULL, 0), 0);  // it is done
  ASYNCIO_TRY(asyncio_await(tasks[2], NULL));
  for (int i = 0; i < 3; i++) asyncio_unref(tasks[i]);
  asyncio_unref(future);
  return ASYNCIO_OK;
}

TEST(the_tasks_of_a_group_are_awaited_by_its_parent) { run_main(look_at_groups_coroutine()); }

ASYNCIO_STATIC_COROUTINE(await_in_a_circle, (asyncio_task **, tasks), (int, next)) { return asyncio_await(tasks[next], NULL); }

ASYNCIO_STATIC_COROUTINE(look_at_circle) {
  asyncio_task *tasks[3];
  tasks[0] = named("a", await_in_a_circle_coroutine(tasks, 1));
  tasks[1] = named("b", await_in_a_circle_coroutine(tasks, 0));
  tasks[2] = named("c", await_in_a_circle_coroutine(tasks, 0));
  let_all_park();
  check_graph(tasks[1], "* Task(name='b')\n"
                        "  + Call stack:\n"
                        "  |   async await_in_a_circle()\n"
                        "  + Waits for: a\n"
                        "  + Awaited by:\n"
                        "    * Task(name='a')\n"
                        "      + Call stack:\n"
                        "      |   async await_in_a_circle()\n"
                        "      + Waits for: b\n"
                        "      + Awaited by:\n"
                        "        * Task(name='b') as above: they wait for each other\n"
                        "        * Task(name='c')\n"
                        "          + Call stack:\n"
                        "          |   async await_in_a_circle()\n"
                        "          + Waits for: a");
  check_tree("├── main (look_at_circle) is running\n"
             "└── c (await_in_a_circle) waits for a\n"
             "    └── a (await_in_a_circle) waits for b\n"
             "        └── b (await_in_a_circle) waits for a\n"
             "In a circle, or awaited by one:\n"
             "  a (await_in_a_circle) waits for b\n"
             "  b (await_in_a_circle) waits for a");
  CHECK(asyncio_task_cancel(tasks[0], NULL));
  for (int i = 0; i < 3; i++) {
    CHECK_INT(asyncio_await(tasks[i], NULL), ASYNCIO_CANCELLED_ERROR);
    asyncio_unref(tasks[i]);
  }
  return ASYNCIO_OK;
}

TEST(circles_are_told_and_end) { run_main(look_at_circle_coroutine()); }

TEST(outside_a_loop_there_is_nothing_to_tell) {
  char text[ROOM] = "old";
  asyncio_set_event_loop(NULL);
  CHECK_INT(asyncio_format_call_graph(NULL, text, sizeof text), 0);
  CHECK_TEXT(text, "");
  CHECK_INT(asyncio_future_awaited_by(NULL, NULL, 0), 0);
  CHECK_INT(asyncio_format_tasks(NULL, text, sizeof text), 0);
  CHECK_INT(asyncio_format_task_tree(NULL, text, sizeof text), 0);
  asyncio_print_call_graph(NULL);
  asyncio_print_tasks(NULL);
  asyncio_print_task_tree(NULL);
}

ASYNCIO_STATIC_COROUTINE(format_into_little) {
  char text[10];
  const char *whole = "* Task(name='main')\n  + Call stack:\n  |   async format_into_little()";
  CHECK_INT(asyncio_format_call_graph(NULL, text, sizeof text), strlen(whole));
  CHECK_TEXT(text, "* Task(na");
  CHECK_INT(asyncio_format_call_graph(NULL, NULL, 0), strlen(whole));
  CHECK_INT(asyncio_format_tasks(NULL, NULL, 0), strlen("  main (format_into_little) is running"));
  CHECK_INT(asyncio_format_task_tree(NULL, text, 1), strlen("└── main (format_into_little) is running"));
  CHECK_TEXT(text, "");
  return ASYNCIO_OK;
}

TEST(what_does_not_fit_is_counted_and_left_out) { run_main(format_into_little_coroutine()); }

ASYNCIO_STATIC_COROUTINE(be_many) {
  asyncio_task *tasks[600];
  asyncio_future *future = asyncio_loop_create_future(here());
  for (int i = 0; i < 600; i++) tasks[i] = asyncio_create_task(sit_coroutine(future));
  let_all_park();
  CHECK_INT(asyncio_format_task_tree(NULL, NULL, 0), asyncio_format_tasks(NULL, NULL, 0));
  return end(future, tasks, 600);
}

TEST(very_many_tasks_are_listed_plainly) { run_main(be_many_coroutine()); }
