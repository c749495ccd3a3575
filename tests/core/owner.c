// SPDX-License-Identifier: MIT
// src/core/stackful.c: what the arguments of a coroutine own is given up once, however the coroutine ends.
#include "../../src/core/await.h"
#include "common.h"

static void release(const asyncio__owner *self, void *arguments) {
  (void)self;
  trace("%s is released", *(const char **)arguments);
}

static const asyncio__owner owner = {release};

static asyncio_status rest(void *arguments, asyncio_value *result) {
  (void)result;
  trace("%s starts", *(const char **)arguments);
  asyncio_status status = asyncio_sleep(1);
  trace("%s ends", *(const char **)arguments);
  return status;
}

// Goes on waiting whatever it is told.
static asyncio_status insist(void *arguments, asyncio_value *result) {
  asyncio_status status;
  (void)arguments, (void)result;
  do status = asyncio_sleep(1);
  while (status <= ASYNCIO_OK);
  return status;
}

static asyncio_future *owning(asyncio_body body, const char *name) {
  asyncio_future *coroutine = asyncio__stackful_coroutine("owning", body, sizeof name, &owner);
  if (coroutine) *(const char **)asyncio__stackful_arguments(coroutine) = name;
  return coroutine;
}

TEST(arguments_are_released_when_the_body_returns) {
  run(owning(rest, "it"));
  EXPECT_TRACE("it starts", "it ends", "it is released");
}

TEST(arguments_are_released_when_nobody_runs_the_coroutine) {
  asyncio_unref(owning(rest, "it"));
  EXPECT_TRACE("it is released");
}

ASYNCIO_STATIC_COROUTINE(await_it) {
  asyncio_status status = asyncio_await(owning(rest, "it"), NULL);
  trace("awaited");
  return status;
}

TEST(arguments_are_released_when_another_coroutine_has_awaited_it) {
  run(await_it_coroutine());
  EXPECT_TRACE("it starts", "it ends", "it is released", "awaited");
}

ASYNCIO_STATIC_COROUTINE(cancel_it, (double, after)) {
  asyncio_task *task = asyncio_create_task(owning(rest, "it"));
  if (after >= 0) ASYNCIO_TRY(asyncio_sleep(after));
  asyncio_task_cancel(task, NULL);
  CHECK_ERROR(asyncio_await(task, NULL), ASYNCIO_CANCELLED_ERROR, NULL);
  trace("awaited");
  asyncio_unref(task);
  return ASYNCIO_OK;
}

TEST(arguments_are_released_when_it_is_cancelled_before_it_starts) {
  run(cancel_it_coroutine(-1));
  EXPECT_TRACE("it is released", "awaited");
}

TEST(arguments_are_released_when_it_is_cancelled) {
  run(cancel_it_coroutine(0.5));
  EXPECT_TRACE("it starts", "it ends", "it is released", "awaited");
}

TEST(arguments_are_released_when_it_is_abandoned) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_unref(asyncio_create_task(owning(insist, "it"), .loop = loop));
  run_once(loop);
  close_loop(loop);
  EXPECT_TRACE("it is released");
}

TEST(arguments_are_released_when_there_is_no_memory_for_a_stack) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_task *task = asyncio_create_task(owning(rest, "it"), .loop = loop);
  test_fail_allocation(1);
  run_once(loop);
  test_fail_allocation(0);
  CHECK_ERROR(asyncio_future_result(task, NULL), ASYNCIO_MEMORY_ERROR, NULL);
  asyncio_unref(task);
  close_loop(loop);
  EXPECT_TRACE("it is released");
}

TEST(without_memory_there_is_nothing_to_release) {
  CHECK(!asyncio__stackful_coroutine("owning", rest, SIZE_MAX / 2 + 1, &owner));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_MEMORY_ERROR), "Out of memory for coroutine 'owning'");
  CHECK(!asyncio__stackful_coroutine("owning", rest, SIZE_MAX - 8, &owner));
  asyncio_error_clear();
}

// For C an export is a coroutine like others (in WebAssembly it would pull in what only a loaded program has).
#ifndef __EMSCRIPTEN__
ASYNCIO_EXPORT(double, halve, (double, number), (const char *, name)) {
  trace("%s", name);
  *result = asyncio_double(number / 2);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(call_export) {
  asyncio_value value;
  CHECK_OK(halve(3, "called", &value));
  CHECK_DOUBLE(asyncio_value_double(value), 1.5);
  CHECK_OK(asyncio_await(halve_coroutine(5, "awaited"), &value));
  CHECK_DOUBLE(asyncio_value_double(value), 2.5);
  return ASYNCIO_OK;
}

TEST(an_export_is_a_coroutine_for_c) {
  run(call_export_coroutine());
  EXPECT_TRACE("called", "awaited");
}
#endif
