// SPDX-License-Identifier: MIT
// src/core/stackless.c: coroutines without a stack of their own, and what the macros make of loops, switches and
// failures. They behave as stackful ones do, run and awaited from either kind.
#include "common.h"

ASYNCIO_STATIC_STACKLESS(product_up_to, (const char *, name), (int, number)) {
  int64_t product;
  int i;
} ASYNCIO_BEGIN(product_up_to) {
  self->product = 1;
  for (self->i = 2; self->i <= self->number; self->i++) {
    trace("%s %d", self->name, self->i);
    ASYNCIO_SLEEP(1);
    self->product *= self->i;
  }
  *result = asyncio_int(self->product);
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STATIC_COROUTINE(give_later, (int, number)) {
  ASYNCIO_TRY(asyncio_sleep(1));
  *result = asyncio_int(number);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_STACKLESS(give, (asyncio_status, status), (int, number)) {
} ASYNCIO_BEGIN(give) {
  trace("give");
  if (self->status) return asyncio_raise(self->status, "no %d", self->number);
  *result = asyncio_int(self->number);
  return ASYNCIO_OK;
} ASYNCIO_END

static asyncio_future *give_number(int number) { return give_coroutine(ASYNCIO_OK, number); }

// Runs it and checks what it gives.
static void check_run(asyncio_future *coroutine, int64_t expected) {
  asyncio_value value;
  CHECK_OK(asyncio_run(coroutine, &value));
  CHECK_INT(asyncio_value_int(value), expected);
}

TEST(a_stackless_coroutine_runs_and_gives_its_value) {
  check_run(product_up_to_coroutine("a", 4), 24);
  EXPECT_TRACE("a 2", "a 3", "a 4");
}

TEST(nothing_of_a_stackless_coroutine_runs_before_it_is_awaited) {
  asyncio_future *coroutine = give_number(1);
  CHECK(asyncio_iscoroutine(coroutine));
  asyncio_unref(coroutine);
}

ASYNCIO_STATIC_STACKLESS(ends_without_return) {
} ASYNCIO_BEGIN(ends_without_return) {
  trace("ran");
} ASYNCIO_END

TEST(a_stackless_body_that_comes_to_its_end_has_returned_none) {
  asyncio_value value;
  CHECK_OK(asyncio_run(ends_without_return_coroutine(), &value));
  CHECK_INT(value.kind, ASYNCIO_NONE);
  EXPECT_TRACE("ran");
}

ASYNCIO_STATIC_STACKLESS(awaits_all_kinds, (asyncio_future *, future)) {
  int64_t sum;
  asyncio_future *task;
  asyncio_status status;
} ASYNCIO_BEGIN(awaits_all_kinds) {
  asyncio_value value;
  ASYNCIO_AWAIT(give_number(1), &value);
  self->sum += asyncio_value_int(value);
  ASYNCIO_AWAIT(give_later_coroutine(2), &value);
  self->sum += asyncio_value_int(value);
  ASYNCIO_AWAIT(self->future, &value);
  self->sum += asyncio_value_int(value);
  self->task = asyncio_create_task(product_up_to_coroutine("task", 3));
  ASYNCIO_AWAIT_STATUS(self->status, self->task, &value);
  asyncio_unref(self->task);
  ASYNCIO_TRY(self->status);
  self->sum += asyncio_value_int(value);
  ASYNCIO_AWAIT(asyncio_wait_for_coroutine(give_later_coroutine(7), 5), &value);
  self->sum += asyncio_value_int(value);
  ASYNCIO_AWAIT(asyncio_shield(give_number(8)), &value);
  *result = asyncio_int(self->sum + asyncio_value_int(value));
  return ASYNCIO_OK;
} ASYNCIO_END

static asyncio_status set_three(void *future) { return asyncio_future_set_result(future, asyncio_int(3)); }

TEST(a_stackless_coroutine_awaits_whatever_can_be_awaited) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_future *future = asyncio_loop_create_future(loop);
  asyncio_value value;
  CHECK_OK(asyncio_loop_call_later(loop, 9, set_three, future, NULL));
  CHECK_OK(asyncio_loop_run_until_complete(loop, awaits_all_kinds_coroutine(future), &value));
  CHECK_INT(asyncio_value_int(value), 1 + 2 + 3 + 6 + 7 + 8);
  asyncio_unref(future);
  close_loop(loop);
  EXPECT_TRACE("give", "task 2", "task 3", "give");
}

ASYNCIO_STATIC_COROUTINE(awaits_from_a_stack) {
  asyncio_value value, list;
  ASYNCIO_TRY(asyncio_await(product_up_to_coroutine("awaited", 3), &value));
  CHECK_INT(asyncio_value_int(value), 6);
  asyncio_task *task = asyncio_create_task(product_up_to_coroutine("task", 2));
  ASYNCIO_TRY(asyncio_await(asyncio_gather(give_number(1), give_later_coroutine(2), task), &list));
  asyncio_unref(task);
  CHECK_INT(asyncio_value_int(asyncio_value_at(list, 2)), 2);
  asyncio_value_clear(&list);
  return asyncio_wait_for(product_up_to_coroutine("limited", 9), 1.5, NULL);
}

TEST(stackful_code_awaits_stackless_coroutines) {
  CHECK_ERROR(asyncio_run(awaits_from_a_stack_coroutine(), NULL), ASYNCIO_TIMEOUT_ERROR, NULL);
  EXPECT_TRACE("awaited 2", "awaited 3", "task 2", "give", "limited 2", "limited 3");
}

ASYNCIO_STATIC_STACKLESS(odd_places, (int, number)) {
  int i;
  asyncio_value first;
} ASYNCIO_BEGIN(odd_places) {
  asyncio_value value;
  // clang-format off
  ASYNCIO_AWAIT(give_number(1), &self->first); ASYNCIO_AWAIT(give_number(2), &value);
  // clang-format on
  CHECK_INT(asyncio_value_int(self->first), 1);
  CHECK_INT(asyncio_value_int(value), 2);
  for (;;) {
    switch (self->number) {
      case 0:
        if (self->i++ < 2) continue;
        ASYNCIO_SLEEP(0);
        trace("zero");
        break;
      case 1:
        ASYNCIO_AWAIT(give_number(5), &value);
        trace("one gave %d", (int)asyncio_value_int(value));
        self->number = 0;
        continue;
      default:
        while (self->number > 1) {
          ASYNCIO_SLEEP(1);
          trace("%d", self->number);
          self->number--;
        }
        continue;
    }
    break;
  }
  return ASYNCIO_OK;
} ASYNCIO_END

TEST(awaits_stand_in_switches_and_loops_and_two_in_a_line) {
  run(odd_places_coroutine(3));
  EXPECT_TRACE("give", "give", "3", "2", "give", "one gave 5", "zero");
}

ASYNCIO_STATIC_STACKLESS(sets_its_result_early) {
} ASYNCIO_BEGIN(sets_its_result_early) {
  ASYNCIO_TRY(asyncio_text(result, "early"));
  ASYNCIO_AWAIT(give_number(1));
  ASYNCIO_SLEEP(1);
  return ASYNCIO_OK;
} ASYNCIO_END

TEST(a_result_may_be_set_before_an_await) {
  asyncio_value value;
  CHECK_OK(asyncio_run(sets_its_result_early_coroutine(), &value));
  CHECK_TEXT(asyncio_value_text(value), "early");
  asyncio_value_clear(&value);
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(sets_its_result_early_coroutine(), .loop = loop);
  run_once(loop);
  asyncio_task_cancel(task, NULL);
  run_for(loop, 1);
  CHECK(asyncio_future_cancelled(task));
  asyncio_unref(task);
  close_loop(loop);
  EXPECT_TRACE("give", "give");
}

ASYNCIO_STATIC_STACKLESS(passes_failures_on, (asyncio_status, status), (int, depth)) {
} ASYNCIO_BEGIN(passes_failures_on) {
  asyncio_value value;
  if (self->depth == 0) return asyncio_raise(self->status, "from the bottom");
  ASYNCIO_AWAIT(passes_failures_on_coroutine(self->status, self->depth - 1), &value);
  trace("never");
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STATIC_COROUTINE(meets_failures) {
  return asyncio_await(passes_failures_on_coroutine(ASYNCIO_TYPE_ERROR, 3), result);
}

TEST(failures_keep_their_words_through_stackless_coroutines) {
  CHECK_ERROR(asyncio_run(passes_failures_on_coroutine(ASYNCIO_VALUE_ERROR, 3), NULL), ASYNCIO_VALUE_ERROR, "from the bottom");
  CHECK_ERROR(asyncio_run(meets_failures_coroutine(), NULL), ASYNCIO_TYPE_ERROR, "from the bottom");
}

ASYNCIO_STATIC_STACKLESS(mends, (asyncio_status, status)) {
  asyncio_status met;
} ASYNCIO_BEGIN(mends) {
  ASYNCIO_AWAIT_STATUS(self->met, give_coroutine(ASYNCIO_VALUE_ERROR, 4));
  trace("met %s: %s", asyncio_error_name(self->met), asyncio_error_message(self->met));
  ASYNCIO_AWAIT(give_number(5), result);
  return self->status;
} ASYNCIO_END

TEST(a_failure_can_be_dealt_with_and_what_failed_gives_nothing) {
  check_run(mends_coroutine(ASYNCIO_OK), 5);
  EXPECT_TRACE("give", "met ValueError: no 4", "give");
  CHECK_ERROR(asyncio_run(mends_coroutine(ASYNCIO_TYPE_ERROR), NULL), ASYNCIO_TYPE_ERROR, NULL);
  CHECK_ERROR(asyncio_run(mends_coroutine(42), NULL), ASYNCIO_RUNTIME_ERROR,
              "The coroutine 'mends' returned 42, which is no asyncio_status");
  EXPECT_TRACE("give", "met ValueError: no 4", "give", "give", "met ValueError: no 4", "give");
}

ASYNCIO_STATIC_STACKLESS(owns, (asyncio_future *, future)) {
} ASYNCIO_BEGIN(owns) {
  ASYNCIO_AWAIT(self->future, result);
  return ASYNCIO_OK;
} ASYNCIO_END

ASYNCIO_STATIC_STACKLESS(drops_values) {
  asyncio_future *future;
} ASYNCIO_BEGIN(drops_values) {
  self->future = asyncio_loop_create_future(asyncio_get_running_loop());
  CHECK_OK(asyncio_future_set_result(self->future, traced_value("kept")));
  ASYNCIO_AWAIT(self->future);
  ASYNCIO_AWAIT(owns_coroutine(self->future));
  ASYNCIO_AWAIT(owns_coroutine(self->future), result);
  asyncio_unref(self->future);
  trace("returns");
  return ASYNCIO_OK;
} ASYNCIO_END

TEST(values_are_the_awaiters_or_dropped) {
  asyncio_value value;
  CHECK_OK(asyncio_run(drops_values_coroutine(), &value));
  trace("gave");
  asyncio_value_clear(&value);
  EXPECT_TRACE("returns", "gave", "destroyed kept");
}

ASYNCIO_STATIC_STACKLESS(waits_below) {
} ASYNCIO_BEGIN(waits_below) {
  ASYNCIO_SLEEP(3);
  return ASYNCIO_OK;
} ASYNCIO_END

enum { LINE_ABOVE = __LINE__ };
ASYNCIO_STATIC_STACKLESS(waits) {
} ASYNCIO_BEGIN(waits) {
  ASYNCIO_SLEEP(1);
  ASYNCIO_AWAIT(waits_below_coroutine());
  return ASYNCIO_OK;
} ASYNCIO_END

TEST(a_task_says_at_which_line_it_waits) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(waits_coroutine(), .loop = loop);
  asyncio_task *stackful = asyncio_create_task(give_later_coroutine(1), .loop = loop);
  CHECK_INT(asyncio_task_line(task), 0);
  run_once(loop);
  CHECK_INT(asyncio_task_line(task), LINE_ABOVE + 3);
  CHECK_INT(asyncio_task_line(stackful), 0);
  CHECK_INT(asyncio_task_line(NULL), 0);
  run_for(loop, 2);
  CHECK_INT(asyncio_task_line(task), LINE_ABOVE - 4);
  CHECK_TEXT(asyncio_task_waiting_for(task), "sleep");
  run_for(loop, 3);
  CHECK(asyncio_future_done(task));
  CHECK_INT(asyncio_task_line(task), 0);
  asyncio_unref(task);
  asyncio_unref(stackful);
  close_loop(loop);
}

ASYNCIO_STATIC_COROUTINE(waits_from_a_stack) { return asyncio_await(waits_coroutine(), result); }

static void check_stack(const asyncio_task *task, const char *expected) {
  const char *names[4];
  size_t count = asyncio_task_get_stack(task, names, 4);
  for (size_t i = 0; i < count; i++) trace("%s", names[i]);
  CHECK_TEXT(names[0], expected);
}

TEST(a_stackless_chain_below_a_stack_is_told_of) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(waits_from_a_stack_coroutine(), .loop = loop);
  run_for(loop, 0.5);
  check_stack(task, "sleep");
  EXPECT_TRACE("sleep", "waits", "waits_from_a_stack");
  run_for(loop, 1);
  check_stack(task, "sleep");
  EXPECT_TRACE("sleep", "waits_below", "waits", "waits_from_a_stack");
  run_for(loop, 5);
  CHECK_OK(asyncio_future_result(task, NULL));
  asyncio_unref(task);
  close_loop(loop);
}
