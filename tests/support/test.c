// SPDX-License-Identifier: MIT
// Runs the registered tests, or those whose name or file contains the first argument.
#include "test.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_LINES = 256, LONGEST_LINE = 160 };

static test_case *tests, **last = &tests;
static int failures;  // of the running test
static char lines[MOST_LINES][LONGEST_LINE];
static size_t line_count;

void test_register(test_case *added) {
  *last = added;
  last = &added->next;
}

void test_check(bool holds, const char *file, int line, const char *format, ...) {
  va_list arguments;
  if (holds) return;
  failures++;
  va_start(arguments, format);
  fprintf(stdout, "  %s:%d: ", file, line);
  vfprintf(stdout, format, arguments);
  fputc('\n', stdout);
  va_end(arguments);
}

void test_check_int(long long found, long long expected, const char *words, const char *file, int line) {
  test_check(found == expected, file, line, "Expected %s to be %lld, got %lld", words, expected, found);
}

void test_check_double(double found, double expected, const char *words, const char *file, int line) {
  test_check(fabs(found - expected) < 1e-9 || found == expected, file, line, "Expected %s to be %.12g, got %.12g", words,
             expected, found);
}

void test_check_text(const char *found, const char *expected, const char *words, const char *file, int line) {
  bool same = found && expected ? strcmp(found, expected) == 0 : found == expected;
  test_check(same, file, line, "Expected %s to be\n    \"%s\", got\n    \"%s\"", words, expected ? expected : "(NULL)",
             found ? found : "(NULL)");
}

void test_check_error(asyncio_status found, asyncio_status expected, const char *message, const char *words, const char *file,
                      int line) {
  test_check(found == expected, file, line, "Expected %s to be %s, got %s: %s", words, asyncio_error_name(expected),
             asyncio_error_name(found), asyncio_error_message(found));
  if (message && found == expected) test_check_text(asyncio_error_message(found), message, words, file, line);
}

void trace(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (line_count < MOST_LINES) vsnprintf(lines[line_count++], LONGEST_LINE, format, arguments);
  va_end(arguments);
}

static void print_traces(const char *const *expected, size_t count) {
  size_t rows = count > line_count ? count : line_count;
  for (size_t i = 0; i < rows; i++) {
    const char *wanted = i < count ? expected[i] : "", *found = i < line_count ? lines[i] : "";
    printf("    %s %-40s | %s\n", strcmp(wanted, found) ? "!" : " ", wanted, found);
  }
}

void test_expect_trace(const char *const *expected, size_t count, const char *file, int line) {
  bool same = count == line_count;
  for (size_t i = 0; same && i < count; i++) same = strcmp(expected[i], lines[i]) == 0;
  test_check(same, file, line, "The trace differs (expected | found):");
  if (!same) print_traces(expected, count);
  line_count = 0;
}

void run(asyncio_future *coroutine) {
  asyncio_value value;
  CHECK_OK(asyncio_run(coroutine, &value));
  asyncio_value_clear(&value);
}

static void trace_exception(asyncio_loop *loop, const asyncio_exception_context *context, void *arg) {
  (void)loop, (void)arg;
  if (context->status)
    trace("%s: %s: %s", context->message, asyncio_error_name(context->status),
          context->error ? asyncio_error_words(context->error) : "");
  else
    trace("%s", context->message);
}

void trace_exceptions(asyncio_loop *loop) { asyncio_loop_set_exception_handler(loop, trace_exception, NULL); }

static bool run_test(const test_case *test) {
  size_t alive = test_live_allocations();
  failures = 0;
  line_count = 0;
  test_fail_allocation(0);
  test->run();
  test_fail_allocation(0);
  asyncio_set_event_loop(NULL);
  asyncio_error_clear();
  test_check(line_count == 0, test->file, 0, "%s left %zu lines of trace unexpected: %s", test->name, line_count, lines[0]);
  test_check(test_live_allocations() == alive, test->file, 0, "%s left %zu allocations alive", test->name,
             test_live_allocations() - alive);
  printf("%s %s\n", failures ? "FAILED" : "ok", test->name);
  fflush(stdout);
  return failures == 0;
}

int main(int argc, char **argv) {
  int passed = 0, failed = 0;
  for (test_case *test = tests; test; test = test->next) {
    if (argc > 1 && !strstr(test->name, argv[1]) && !strstr(test->file, argv[1])) continue;
    run_test(test) ? passed++ : failed++;
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
