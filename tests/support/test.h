// SPDX-License-Identifier: MIT
// The harness of the C tests: one behaviour a test, named as a sentence. A failed check ends the test, not the run.
// After each test nothing may be left alive: not a byte, not a stack, not a handle.
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <asyncio.h>
#include <stdbool.h>
#include <string.h>

#include "alloc.h"

typedef struct test_case {
  const char *name;
  const char *file;
  void (*run)(void);
  struct test_case *next;
} test_case;

void test_register(test_case *added);

// TEST(cancelled_sleep_leaves_no_timer) { ... }
#define TEST(name) \
  static void name(void); \
  __attribute__((constructor)) static void register_##name(void) { \
    static test_case added = {#name, __FILE__, name, NULL}; \
    test_register(&added); \
  } \
  static void name(void)

// Checks. Each is a statement; on failure the sentence says what was found, and the test counts as failed. They may
// stand in coroutines and callbacks too: the test goes on to its end then.
void test_check(bool holds, const char *file, int line, const char *format, ...) __attribute__((format(printf, 4, 5)));
void test_check_int(long long found, long long expected, const char *words, const char *file, int line);
void test_check_double(double found, double expected, const char *words, const char *file, int line);
void test_check_text(const char *found, const char *expected, const char *words, const char *file, int line);
void test_check_error(asyncio_status found, asyncio_status expected, const char *message, const char *words, const char *file,
                      int line);

#define CHECK(condition) test_check((condition), __FILE__, __LINE__, "%s does not hold", #condition)
#define CHECK_INT(found, expected) test_check_int((long long)(found), (long long)(expected), #found, __FILE__, __LINE__)
#define CHECK_DOUBLE(found, expected) test_check_double((found), (expected), #found, __FILE__, __LINE__)
#define CHECK_TEXT(found, expected) test_check_text((found), (expected), #found, __FILE__, __LINE__)
#define CHECK_OK(call) CHECK_ERROR(call, ASYNCIO_OK, NULL)
// The status, and the exact words of the error here; NULL leaves the words alone.
#define CHECK_ERROR(call, status, message) test_check_error((call), (status), (message), #call, __FILE__, __LINE__)

// Traces: what happened, in order.
void trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
void test_expect_trace(const char *const *expected, size_t count, const char *file, int line);
#define EXPECT_TRACE(...) \
  test_expect_trace((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), __FILE__, \
                    __LINE__)

// Runs a coroutine on a new loop (asyncio_run) and checks that it succeeds; its value is dropped.
void run(asyncio_future *coroutine);

// The exception handler of `run` loops traces nothing; this one traces "message: Name: words" for every call.
void trace_exceptions(asyncio_loop *loop);

#endif
