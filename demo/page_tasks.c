// SPDX-License-Identifier: MIT
// The C tasks of the demo page: main takes the page's orders one by one, each a promise of the next, and what becomes
// of the tasks is told to the page, which draws it. demo/c_tasks.mjs is the page's side.
#include <asyncio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TASKS = 256, CHILDREN = 3, FIRST_CHILD = 1 };
static const double cleanup_time = 0.4;
static const double time_limit = 1.6;

// ---- What the page does for us. A life is known by its number; a child's is its parent's and the child's place.

EM_JS(asyncio_js, next_order, (void), { return asyncio.promise(Module.page.nextOrder()); });
EM_JS(int, order_number, (asyncio_js order, const char *key), { return asyncio.value(order)[UTF8ToString(key)]; });
EM_JS(bool, order_is, (asyncio_js order, const char *what), {
  return asyncio.value(order).what === UTF8ToString(what);
});

EM_JS(void, tell_born, (int life, int child, const char *name), { Module.page.born(life, child, UTF8ToString(name)); });
EM_JS(void, tell_step, (int life), { Module.page.step(life); });
EM_JS(void, tell_cleaning, (int life), { Module.page.cleaning(life); });
EM_JS(void, tell_ended, (int life, const char *error, const char *words), {
  Module.page.ended(life, UTF8ToString(error), UTF8ToString(words));
});

EM_JS(asyncio_js, fetch_page, (int url), {
  return asyncio.promise((signal) => Module.page.fetchPage(url, signal));
});
EM_JS(void, tell_checked, (int url, asyncio_js answer, const char *error, const char *words), {
  Module.page.checked(url, asyncio.value(answer), UTF8ToString(error), UTF8ToString(words));
});

// ---- A task whose life the page draws.

static asyncio_status end_life(asyncio_future *task, void *arg) {
  asyncio_status status = asyncio_future_result(task, NULL);
  tell_ended((int)(intptr_t)arg, asyncio_error_name(status), status ? asyncio_error_message(status) : "");
  return ASYNCIO_OK;
}

// Makes a task of [coroutine] that is called [name] and known as [life]; the caller owns a reference.
static asyncio_task *begin_life(int life, int child, const char *name, asyncio_future *coroutine) {
  char number[16];
  snprintf(number, sizeof number, "%d", life + child);
  asyncio_task *task = asyncio_create_task(coroutine, .name = number);
  if (!task) return NULL;
  tell_born(life, child, name);
  (void)asyncio_future_add_done_callback(task, end_life, (void *)(intptr_t)(life + child));
  return task;
}

static double random_pause(void) { return 0.3 + 0.5 * rand() / RAND_MAX; }

// A few waits in plain blocking style. Who is cancelled tidies up, which may take a while, and passes it on.
ASYNCIO_STATIC_COROUTINE(work, (int, life), (int, steps), (bool, fails)) {
  for (int i = 0; i < steps; i++) {
    tell_step(life);
    asyncio_status status = asyncio_sleep(random_pause());
    if (status) {
      tell_cleaning(life);
      ASYNCIO_TRY(asyncio_sleep(cleanup_time));
      return status;
    }
  }
  tell_step(life);
  return fails ? asyncio_raise(ASYNCIO_VALUE_ERROR, "no luck today") : ASYNCIO_OK;
}

// ---- What can be ordered. The tasks that others await outlive this function's references.

ASYNCIO_STATIC_COROUTINE(gather_three, (int, life)) {
  asyncio_task *children[CHILDREN];
  const char *names[CHILDREN] = {"a", "b", "c"};
  tell_step(life);
  for (int i = 0; i < CHILDREN; i++) {
    int child = FIRST_CHILD + i;
    children[i] = begin_life(life, child, names[i], work_coroutine(life + child, 3 + i, false));
  }
  asyncio_status status = asyncio_await(asyncio_gather_array(children, CHILDREN, false), NULL);
  for (int i = 0; i < CHILDREN; i++) asyncio_unref(children[i]);
  tell_step(life);
  return status;
}

ASYNCIO_STATIC_COROUTINE(limit_one, (int, life)) {
  tell_step(life);
  asyncio_task *child = begin_life(life, FIRST_CHILD, "too slow", work_coroutine(life + FIRST_CHILD, 8, false));
  asyncio_status status = asyncio_wait_for(child, time_limit, NULL);
  asyncio_unref(child);
  tell_step(life);
  return status;
}

ASYNCIO_STATIC_COROUTINE(shield_one, (int, life)) {
  tell_step(life);
  asyncio_task *child = begin_life(life, FIRST_CHILD, "shielded", work_coroutine(life + FIRST_CHILD, 5, false));
  asyncio_status status = asyncio_await(asyncio_shield(child), NULL);
  asyncio_unref(child);
  tell_step(life);
  return status;
}

static void cancel(int life) {
  asyncio_task *tasks[MOST_TASKS];
  size_t count = asyncio_all_tasks(asyncio_get_running_loop(), tasks, MOST_TASKS);
  for (size_t i = 0; i < count && i < MOST_TASKS; i++)
    if (atoi(asyncio_task_get_name(tasks[i])) == life) asyncio_task_cancel(tasks[i], NULL);
}

// ---- The URL checker: every URL at once, each with its limit.

ASYNCIO_STATIC_COROUTINE(check_url, (int, url), (double, limit)) {
  asyncio_value page;
  asyncio_status status = asyncio_wait_for(asyncio_promise(fetch_page(url)), limit, &page);
  const char *words = status ? asyncio_error_message(status) : "";
  tell_checked(url, asyncio_value_js(page), asyncio_error_name(status), words);
  asyncio_value_clear(&page);
  return status == ASYNCIO_CANCELLED_ERROR ? status : ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(check_all, (int, count), (double, limit)) {
  asyncio_future *each[MOST_TASKS];
  if (count > MOST_TASKS) return asyncio_raise(ASYNCIO_VALUE_ERROR, "At most %d URLs, got %d", MOST_TASKS, count);
  for (int i = 0; i < count; i++) each[i] = check_url_coroutine(i, limit);
  return asyncio_await(asyncio_gather_array(each, (size_t)count, true), NULL);  // true: cancelled, it waits for all
}

// ---- Orders.

static void carry_out(asyncio_js order) {
  int life = order_number(order, "life");
  asyncio_task *task = NULL;
  if (order_is(order, "cancel")) cancel(life);
  if (order_is(order, "start")) task = begin_life(life, 0, "task", work_coroutine(life, 5, false));
  if (order_is(order, "fail")) task = begin_life(life, 0, "unlucky", work_coroutine(life, 3, true));
  if (order_is(order, "gather")) task = begin_life(life, 0, "gather", gather_three_coroutine(life));
  if (order_is(order, "limit")) task = begin_life(life, 0, "limit", limit_one_coroutine(life));
  if (order_is(order, "shield")) task = begin_life(life, 0, "request", shield_one_coroutine(life));
  if (order_is(order, "check")) {
    double limit = order_number(order, "milliseconds") / 1e3;
    char number[16];
    snprintf(number, sizeof number, "%d", life);
    task = asyncio_create_task(check_all_coroutine(order_number(order, "count"), limit), .name = number);
    if (task) (void)asyncio_future_add_done_callback(task, end_life, (void *)(intptr_t)life);
  }
  asyncio_unref(task);
}

ASYNCIO_STATIC_COROUTINE(serve_page) {
  for (;;) {
    asyncio_value order;
    ASYNCIO_TRY(asyncio_await(asyncio_promise(next_order()), &order));
    carry_out(asyncio_value_js(order));
    asyncio_value_clear(&order);
  }
}

int main(void) {
  srand((unsigned)emscripten_get_now());
  return asyncio_run(serve_page_coroutine(), NULL) ? 1 : 0;
}
