// SPDX-License-Identifier: MIT
// Stackless coroutines: state machines in the guise of functions, asyncio's generator-based kind. One that waits is a
// few dozen bytes beside its task's, without a C stack, and its program needs no Asyncify.
//
//   ASYNCIO_STACKLESS(factorial, (const char *, name), (int, number)) {
//     int64_t product;  // what lives across an await
//     int i;
//   } ASYNCIO_BEGIN(factorial) {
//     self->product = 1;
//     for (self->i = 2; self->i <= self->number; self->i++) {
//       ASYNCIO_SLEEP(1);
//       self->product *= self->i;
//     }
//     *result = asyncio_int(self->product);
//     return ASYNCIO_OK;
//   } ASYNCIO_END
//
// defines a function that makes a coroutine object from a copy of the arguments, as ASYNCIO_COROUTINE's does:
//
//   asyncio_future *factorial_coroutine(const char *name, int number);
//
// It is awaited, gathered, made a task and run like any other; a stackless coroutine may await stackful ones and the
// other way round. In the body [self] has the parameters and the locals, which start as zero, and [result] is none
// until it is set; no parameter may have either name. Failures, ASYNCIO_TRY and the end are those of stackful code, but
// only the macros below suspend: a function that would have to (asyncio_sleep, asyncio_await) is a RuntimeError there.
//
// A C local does not outlive an await: what should belongs into the braces, an asyncio_value, asyncio_timeout,
// asyncio_task_group or buffer above all. A number elsewhere is an error of the compiler; of structs, of pointers and
// of what had its address taken each compiler sees some, of arrays hardly any. Variable-length arrays cannot stand
// around an await, and an await cannot stand in a statement expression. Loops, switches and several awaits in a line
// are fine.
#ifndef ASYNCIO_STACKLESS_H
#define ASYNCIO_STACKLESS_H

#include "sleep.h"
#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

// Awaits any awaitable and moves its value to *[target], the optional second argument, which is looked at afterwards:
// the address of a plain local will do. A failure, cancellation above all, is returned to the body's own awaiter, as
// Python's await does:
//   ASYNCIO_AWAIT(query_coroutine("name"), &self->row);
// The errors are those of asyncio_await.
#define ASYNCIO_AWAIT(...) \
  do { \
    asyncio_status asyncio__sent; \
    ASYNCIO_AWAIT_STATUS(asyncio__sent, __VA_ARGS__); \
    if (asyncio__sent != ASYNCIO_OK) return asyncio__sent; \
  } while (0)

// The same for who has something to clean up, or an error to deal with: how it ended is assigned to [status], a
// variable. The cleanup may await in its turn; let a cancellation pass when it is done:
//   ASYNCIO_AWAIT_STATUS(self->status, query_coroutine("name"), &self->row);
//   ASYNCIO_AWAIT(close_coroutine());
//   ASYNCIO_TRY(self->status);
#define ASYNCIO_AWAIT_STATUS(status, ...) \
  ASYNCIO__SUSPEND(status, ASYNCIO__TARGET(__VA_ARGS__), \
                   asyncio__stackless_await, ASYNCIO__AWAITABLE(__VA_ARGS__))

// Suspends for [delay] seconds; for 0 or less for one iteration, which costs no more than that. Failures are returned.
#define ASYNCIO_SLEEP(delay) \
  do { \
    asyncio_status asyncio__sent; \
    ASYNCIO__SUSPEND(asyncio__sent, NULL, asyncio__stackless_sleep, delay); \
    if (asyncio__sent != ASYNCIO_OK) return asyncio__sent; \
  } while (0)

// Defines a stackless coroutine with up to 8 typed parameters; see the head of this file. In one file alone:
// ASYNCIO_STATIC_STACKLESS.
#define ASYNCIO_STACKLESS(name, ...) ASYNCIO__STACKLESS(extern, name, ##__VA_ARGS__)
#define ASYNCIO_STATIC_STACKLESS(name, ...) ASYNCIO__STACKLESS(__attribute__((unused)) static, name, ##__VA_ARGS__)

// Declares, for a header, what ASYNCIO_STACKLESS with the same list defines in a .c file.
#define ASYNCIO_STACKLESS_DECLARE(name, ...) \
  extern ASYNCIO_MUST_USE asyncio_future *name##_coroutine ASYNCIO__LIST(__VA_ARGS__)

// The same for one that ASYNCIO_STATIC_STACKLESS defines further down in the file.
#define ASYNCIO_STATIC_STACKLESS_DECLARE(name, ...) \
  __attribute__((unused)) static ASYNCIO_MUST_USE asyncio_future *name##_coroutine ASYNCIO__LIST(__VA_ARGS__)

// The line of the source at which the innermost stackless coroutine of a task waits; 0 when it has none, or did not
// start.
unsigned asyncio_task_line(const asyncio_task *task);

// ---- What the macros are made of. A position is the address of a label: unlike the cases of a switch, it may lie in a
// switch of the body's own, and one line may have two.

typedef struct asyncio__place {
  void *label;             // where to go on; NULL: at the start
  unsigned line;
  asyncio_status status;  // what was awaited ended with
} asyncio__place;

typedef asyncio_status (*asyncio__stackless_body)(void *self, asyncio__place *here, asyncio_value *result);

// A coroutine object around a body: [size] bytes for its parameters and locals, of which the first [given] are copied
// from [parameters] and the rest are zero.
ASYNCIO_MUST_USE asyncio_future *asyncio__stackless_new(const char *name, asyncio__stackless_body body,
                                                        const void *parameters, size_t given, size_t size);

// What a body returns to suspend, no status of anybody's; and what was given meanwhile, moved to [target] (may be
// NULL).
asyncio_status asyncio__stackless_await(asyncio__place *here, void *label, unsigned line, asyncio_future *awaitable);
asyncio_status asyncio__stackless_pass(asyncio__place *here, void *label, unsigned line);
asyncio_status asyncio__stackless_take(asyncio__place *here, asyncio_value *target);

static inline asyncio_status asyncio__stackless_sleep(asyncio__place *here, void *label, unsigned line, double delay) {
  if (delay <= 0) return asyncio__stackless_pass(here, label, line);
  return asyncio__stackless_await(here, label, line, asyncio_sleep_coroutine(delay, asyncio_none()));
}

#define ASYNCIO__SUSPEND(sent, target, request, argument) \
  do { \
    __label__ asyncio__resumed; \
    return request(asyncio__in_a_stackless_body, &&asyncio__resumed, __LINE__, argument); \
  asyncio__resumed: \
    (sent) = asyncio__stackless_take(asyncio__in_a_stackless_body, target); \
  } while (0)

#define ASYNCIO__AWAITABLE_(first, ...) first
#define ASYNCIO__AWAITABLE(...) ASYNCIO__AWAITABLE_(__VA_ARGS__, )
#define ASYNCIO__TARGET_(_first, target, ...) target
#define ASYNCIO__TARGET(...) ASYNCIO__TARGET_(__VA_ARGS__, NULL, )

#define ASYNCIO__STACKLESS(linkage, name, ...) \
  ASYNCIO__STACKLESS_HEAD(name, ##__VA_ARGS__) \
  linkage ASYNCIO_MUST_USE asyncio_future *name##_coroutine ASYNCIO__LIST(__VA_ARGS__); \
  asyncio_future *name##_coroutine ASYNCIO__LIST(__VA_ARGS__) { \
    struct name##__parameters asyncio__copy = {ASYNCIO__EACH(ASYNCIO__INITIALISER, ##__VA_ARGS__)}; \
    return asyncio__stackless_new(#name, name##__body, &asyncio__copy, sizeof asyncio__copy, name##__size()); \
  } \
  struct name##__self { \
    struct { \
      ASYNCIO__EACH(ASYNCIO__FIELD, ##__VA_ARGS__) \
    }; \
    struct

#define ASYNCIO__STACKLESS_HEAD(name, ...) \
  struct name##__parameters { \
    ASYNCIO__EACH(ASYNCIO__FIELD, ##__VA_ARGS__) \
  }; \
  static asyncio_status name##__body(void *asyncio__self, asyncio__place *asyncio__in_a_stackless_body, \
                                     asyncio_value *result); \
  static size_t name##__size(void);

// Ends the locals and begins the body, in which both compilers look for numbers that do not outlive an await.
#define ASYNCIO_BEGIN(name) \
  ; \
  } \
  ; \
  static size_t name##__size(void) { return sizeof(struct name##__self); } \
  ASYNCIO__WATCH_LOCALS \
  static asyncio_status name##__body(void *asyncio__self, asyncio__place *asyncio__in_a_stackless_body, \
                                     __attribute__((unused)) asyncio_value *result) { \
    __attribute__((unused)) struct name##__self *self = (struct name##__self *)asyncio__self; \
    goto *(asyncio__in_a_stackless_body->label ? asyncio__in_a_stackless_body->label : &&asyncio__start); \
  asyncio__start:;

// Ends the body; a coroutine that comes here has returned, as if with ASYNCIO_OK.
#define ASYNCIO_END \
    return ASYNCIO_OK; \
  } \
  ASYNCIO__UNWATCH_LOCALS

#if defined(__clang__)
#define ASYNCIO__WATCH_LOCALS \
  _Pragma("clang diagnostic push") _Pragma("clang diagnostic error \"-Wuninitialized\"") \
      _Pragma("clang diagnostic error \"-Wsometimes-uninitialized\"") \
          _Pragma("clang diagnostic error \"-Wint-conversion\"") \
              _Pragma("clang diagnostic error \"-Wincompatible-pointer-types\"")
#define ASYNCIO__UNWATCH_LOCALS _Pragma("clang diagnostic pop")
#elif defined(__cplusplus)
#define ASYNCIO__WATCH_LOCALS
#define ASYNCIO__UNWATCH_LOCALS
#else
#define ASYNCIO__WATCH_LOCALS \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic error \"-Wmaybe-uninitialized\"") \
      _Pragma("GCC diagnostic error \"-Wint-conversion\"") \
          _Pragma("GCC diagnostic error \"-Wincompatible-pointer-types\"")
#define ASYNCIO__UNWATCH_LOCALS _Pragma("GCC diagnostic pop")
#endif

#ifdef __cplusplus
}
#endif
#endif
