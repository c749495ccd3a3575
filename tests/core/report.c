// SPDX-License-Identifier: MIT
// src/core/report.c: errors that nobody takes. They reach the loop's exception handler, or standard error as one
// line each.
#include <stdio.h>
#include <unistd.h>

#include "common.h"

ASYNCIO_STATIC_COROUTINE(fail) { return asyncio_raise(ASYNCIO_VALUE_ERROR, "lost"); }

static asyncio_status fail_silently(void *arg) {
  (void)arg;
  return ASYNCIO_TIMEOUT_ERROR;
}

static void trace_context(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  CHECK(loop != NULL);
  trace("%s: %s: %s: %s", (const char *)arg, context->message, asyncio_task_get_name(context->future),
        asyncio_error_words(context->error));
}

#ifndef __EMSCRIPTEN__  // whose standard error is not to be caught in a file

// ---- Standard error, caught in a file.

static int kept_stderr;
static char caught[4096];

static FILE *catch_stderr(void) {
  FILE *file = tmpfile();
  fflush(stderr);
  kept_stderr = dup(2);
  CHECK(file && dup2(fileno(file), 2) == 2);
  return file;
}

static const char *caught_stderr(FILE *file) {
  fflush(stderr);
  dup2(kept_stderr, 2);
  close(kept_stderr);
  rewind(file);
  size_t length = fread(caught, 1, sizeof caught - 1, file);
  caught[length] = '\0';
  fclose(file);
  return caught;
}

ASYNCIO_STATIC_COROUTINE(sleep_long) { return asyncio_sleep(100); }

TEST(without_a_handler_a_line_is_written_for_each_error) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_exception_context bare = {.message = "Something happened"};
  FILE *file = catch_stderr();
  CHECK_OK(asyncio_loop_call_soon(loop, trace_and_fail, "callback", NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, fail_silently, NULL, NULL));
  asyncio_unref(asyncio_create_task(fail_coroutine(), .name = "failing", .loop = loop));
  asyncio_unref(asyncio_create_task(sleep_long_coroutine(), .loop = loop));
  run_once(loop);
  asyncio_loop_call_exception_handler(loop, &bare);
  close_loop(loop);
  CHECK_TEXT(caught_stderr(file),
             "asyncio: Exception in callback: ValueError: callback failed\n"
             "asyncio: Exception in callback: TimeoutError: The time limit was reached\n"
             "asyncio: Exception was never retrieved (failing): ValueError: lost\n"
             "asyncio: Something happened\n"
             "asyncio: Task was destroyed but it is pending (Task-1)\n");
  EXPECT_TRACE("callback");
}

TEST(a_line_that_is_too_long_is_cut) {
  static char words[3000];
  memset(words, 'x', sizeof words - 1);
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_exception_context context = {.message = words};
  FILE *file = catch_stderr();
  asyncio_loop_call_exception_handler(loop, &context);
  size_t length = strlen(caught_stderr(file));
  CHECK(length > 500 && length < 2000);
  CHECK(caught[length - 1] == '\n');
  close_loop(loop);
}

TEST(a_handler_that_is_taken_away_hears_nothing_more) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_loop_set_exception_handler(loop, trace_context, "handler");
  asyncio_loop_set_exception_handler(loop, NULL, NULL);
  FILE *file = catch_stderr();
  asyncio_unref(asyncio_create_task(fail_coroutine(), .name = "failing", .loop = loop));
  run_once(loop);
  CHECK_TEXT(caught_stderr(file), "asyncio: Exception was never retrieved (failing): ValueError: lost\n");
  close_loop(loop);
}

#endif

// ---- Handlers

TEST(a_handler_is_told_everything) {
  asyncio_loop *loop = asyncio_new_event_loop();
  asyncio_loop_set_exception_handler(loop, trace_context, "handler");
  asyncio_unref(asyncio_create_task(fail_coroutine(), .name = "failing", .loop = loop));
  run_once(loop);
  EXPECT_TRACE("handler: Exception was never retrieved: failing: lost");
  close_loop(loop);
}

TEST(loops_have_handlers_of_their_own) {
  asyncio_loop *first = asyncio_new_event_loop(), *second = asyncio_new_event_loop();
  asyncio_loop_set_exception_handler(first, trace_context, "first");
  asyncio_loop_set_exception_handler(second, trace_context, "second");
  CHECK_OK(asyncio_loop_call_soon(first, fail_silently, NULL, NULL));
  CHECK_OK(asyncio_loop_call_soon(second, fail_silently, NULL, NULL));
  run_once(second);
  run_once(first);
  EXPECT_TRACE("second: Exception in callback: : ", "first: Exception in callback: : ");
  close_loop(first);
  close_loop(second);
}
