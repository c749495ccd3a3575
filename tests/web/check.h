// SPDX-License-Identifier: MIT
// The harness of the programs in this folder, each one file: what it takes to write tests and to print how they went. A
// failed check fails its test, and the test goes on. After each one JavaScript must hold no handle more than before,
// and nothing may have been written through NULL.
#ifndef TESTS_WEB_CHECK_H
#define TESTS_WEB_CHECK_H

#include <asyncio.h>
#include <emscripten.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct check_test {
  const char *name;
  void (*run)(void);
  struct check_test *next;
} check_test;

static check_test *check_first, **check_end = &check_first;
static int check_failures;  // of the running test

EM_JS(int, check_handles, (void), { return asyncio.values.size; });
// What lies where NULL points to: below the program's data, which begins at 1024.
EM_JS(int, check_low_memory, (void), { return HEAP32.subarray(0, 256).reduce((sum, word) => (31 * sum + word) | 0, 0); });

static void check(bool holds, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void check(bool holds, int line, const char *format, ...) {
  va_list arguments;
  if (holds) return;
  check_failures++;
  va_start(arguments, format);
  printf("  line %d: ", line);
  vprintf(format, arguments);
  printf("\n");
  va_end(arguments);
}

__attribute__((unused)) static void check_text(const char *found, const char *expected, int line) {
  check(found && strcmp(found, expected) == 0, line, "Expected \"%s\", got \"%s\"", expected, found ? found : "(NULL)");
}

// The status, and the exact words of the error here.
__attribute__((unused)) static void check_error(asyncio_status found, asyncio_status status, const char *words,
                                                int line) {
  const char *message = asyncio_error_message(found), *name = asyncio_error_name(status);
  check(found == status, line, "Expected %s, got %s: %s", name, asyncio_error_name(found), message);
  if (found == status) check_text(message, words, line);
}

#define CHECK(condition) check((condition), __LINE__, "%s does not hold", #condition)
#define CHECK_INT(found, expected) \
  check((long long)(found) == (long long)(expected), __LINE__, "Expected %s to be %lld, got %lld", #found, \
        (long long)(expected), (long long)(found))
#define CHECK_TEXT(found, expected) check_text((found), (expected), __LINE__)
#define CHECK_OK(call) CHECK_ERROR(call, ASYNCIO_OK, "")
#define CHECK_ERROR(call, status, words) check_error((call), (status), (words), __LINE__)

// TEST(name) { ... } is called by main.
#define TEST(name) \
  static void name(void); \
  __attribute__((constructor)) static void register_##name(void) { \
    static check_test added = {#name, name, NULL}; \
    *check_end = &added; \
    check_end = &added.next; \
  } \
  static void name(void)

// TASK_TEST(name) { ...; return ASYNCIO_OK; } is run by asyncio_run.
#define TASK_TEST(name) \
  static asyncio_status name##_test(void *unused_argument, asyncio_value *unused_result); \
  TEST(name) { CHECK_OK(asyncio_run(asyncio_coroutine_new(#name, name##_test, NULL, 0), NULL)); } \
  static asyncio_status name##_test(__attribute__((unused)) void *unused_argument, \
                                    __attribute__((unused)) asyncio_value *unused_result)

static bool check_run(const check_test *test) {
  int handles = check_handles(), low_memory = check_low_memory();
  check_failures = 0;
  test->run();
  check(check_handles() == handles, 0, "JavaScript holds %d handles more than before", check_handles() - handles);
  check(check_low_memory() == low_memory, 0, "something was written through NULL");
  printf("%s %s\n", check_failures ? "FAILED" : "ok", test->name);
  return check_failures == 0;
}

int main(void) {
  int passed = 0, failed = 0;
  for (const check_test *test = check_first; test; test = test->next) *(check_run(test) ? &passed : &failed) += 1;
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0;
}

#endif
