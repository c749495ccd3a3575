// SPDX-License-Identifier: MIT
// Coroutines: C functions that may suspend at any depth, and the objects that hold such a call until it is run.
//
//   ASYNCIO_COROUTINE(factorial, (const char *, name), (int, number)) {
//     int64_t product = 1;
//     for (int i = 2; i <= number; i++) {
//       ASYNCIO_TRY(asyncio_sleep(1));
//       product *= i;
//     }
//     *result = asyncio_int(product);
//     return ASYNCIO_OK;
//   }
//
// defines two functions. The first is the body itself, an ordinary call from another coroutine. [result] is the
// caller's then: never NULL, and set to asyncio_none() before.
//
//   asyncio_status factorial(const char *name, int number, asyncio_value *result);
//
// The second makes a coroutine object from a copy of the arguments; nothing of the body runs until it is awaited
// or made a task:
//
//   asyncio_future *factorial_coroutine(const char *name, int number);
//
// where [result] is never NULL and starts as none. A pointer is copied as a pointer: keep what it points to until the
// body has ended, or the object that was never run is freed. No parameter may be called result, and no coroutine main,
// which C has. Inside one file, ASYNCIO_STATIC_COROUTINE keeps both names from the linker.
#ifndef ASYNCIO_COROUTINE_H
#define ASYNCIO_COROUTINE_H

#include "future.h"

#ifdef __cplusplus
extern "C" {
#endif

// A body without the macro: it returns a status and may set [result], which the awaiter then owns.
typedef asyncio_status (*asyncio_body)(void *arg, asyncio_value *result);

// A coroutine object that will call [body] with a copy of [size] bytes at [arguments], named [name] in messages (kept
// as a pointer). It is used up by its first use; asyncio_unref drops an unused one. NULL with MemoryError, or TypeError
// for a NULL [body] or [arguments]. [size] 0 passes [arguments] itself on.
ASYNCIO_MUST_USE asyncio_future *asyncio_coroutine_new(const char *name, asyncio_body body, const void *arguments,
                                                       size_t size);

bool asyncio_iscoroutine(const asyncio_future *awaitable);  // not yet used: neither awaited nor made a task
bool asyncio_isfuture(const asyncio_future *awaitable);     // a future or a task

// Awaits any awaitable: suspends the calling task until it is done and gives its outcome, the value in [result] (owned
// by the caller, none on failure; may be NULL). A coroutine runs here, within the calling task. A done future gives its
// outcome without suspending. A task made on the spot, asyncio_await(asyncio_create_task(...)), keeps its creator's
// reference and leaks: await the coroutine itself. RuntimeError outside a coroutine, when a task awaits itself, or for
// a coroutine used before (and kept with asyncio_ref: without, its pointer is as dead as after free()); TypeError for
// NULL (the error of a failed constructor is passed on instead).
ASYNCIO_SUSPENDS asyncio_status asyncio_await(asyncio_future *awaitable, asyncio_value *result);

// ---- What ASYNCIO_COROUTINE is made of: a list of (type, name) pairs turned into parameters, fields and arguments.

#define ASYNCIO__PASTE_(a, b) a##b
#define ASYNCIO__PASTE(a, b) ASYNCIO__PASTE_(a, b)
#define ASYNCIO__13TH(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, n, ...) n
#define ASYNCIO__COUNT(...) ASYNCIO__13TH(0, ##__VA_ARGS__, MANY, MANY, MANY, MANY, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define ASYNCIO__EACH_MANY(do, ...) _Pragma("GCC error \"A coroutine has 8 parameters at most\"")
#define ASYNCIO__EACH_0(do)
#define ASYNCIO__EACH_1(do, a) do a
#define ASYNCIO__EACH_2(do, a, ...) do a ASYNCIO__EACH_1(do, __VA_ARGS__)
#define ASYNCIO__EACH_3(do, a, ...) do a ASYNCIO__EACH_2(do, __VA_ARGS__)
#define ASYNCIO__EACH_4(do, a, ...) do a ASYNCIO__EACH_3(do, __VA_ARGS__)
#define ASYNCIO__EACH_5(do, a, ...) do a ASYNCIO__EACH_4(do, __VA_ARGS__)
#define ASYNCIO__EACH_6(do, a, ...) do a ASYNCIO__EACH_5(do, __VA_ARGS__)
#define ASYNCIO__EACH_7(do, a, ...) do a ASYNCIO__EACH_6(do, __VA_ARGS__)
#define ASYNCIO__EACH_8(do, a, ...) do a ASYNCIO__EACH_7(do, __VA_ARGS__)
#define ASYNCIO__EACH(do, ...) ASYNCIO__PASTE(ASYNCIO__EACH_, ASYNCIO__COUNT(__VA_ARGS__))(do, ##__VA_ARGS__)
#define ASYNCIO__FIELD(type, name) type name;
#define ASYNCIO__PARAMETER(type, name) type name,
#define ASYNCIO__INITIALISER(type, name) .name = name,
#define ASYNCIO__PASS(type, name) asyncio__arguments->name,
// A parameter list ends in `, ...)`: the comma-last lists above are closed by a last parameter, or by none at all.
#define ASYNCIO__NEXT_PARAMETER(type, name) , type name
#define ASYNCIO__LIST_0(...) (void)
#define ASYNCIO__LIST_N(first, ...) (ASYNCIO__FIRST first ASYNCIO__EACH(ASYNCIO__NEXT_PARAMETER, ##__VA_ARGS__))
#define ASYNCIO__FIRST(type, name) type name
#define ASYNCIO__LIST_MANY(...) (void)
#define ASYNCIO__NONE_OR_SOME(...) ASYNCIO__13TH(0, ##__VA_ARGS__, MANY, MANY, MANY, MANY, N, N, N, N, N, N, N, N, 0)
#define ASYNCIO__LIST(...) ASYNCIO__PASTE(ASYNCIO__LIST_, ASYNCIO__NONE_OR_SOME(__VA_ARGS__))(__VA_ARGS__)
// The same list as arguments, from a copy of them.
#define ASYNCIO__NEXT_ARGUMENT(type, name) , asyncio__arguments->name
#define ASYNCIO__PASS_0(...) ()
#define ASYNCIO__PASS_N(first, ...) (ASYNCIO__FIRST_ARGUMENT first ASYNCIO__EACH(ASYNCIO__NEXT_ARGUMENT, ##__VA_ARGS__))
#define ASYNCIO__FIRST_ARGUMENT(type, name) asyncio__arguments->name
#define ASYNCIO__PASS_MANY(...) ()
#define ASYNCIO__PASS_LIST(...) ASYNCIO__PASTE(ASYNCIO__PASS_, ASYNCIO__NONE_OR_SOME(__VA_ARGS__))(__VA_ARGS__)

#define ASYNCIO__COROUTINE_DECLARE(linkage, name, ...) \
  linkage ASYNCIO_SUSPENDS asyncio_status name( \
      ASYNCIO__EACH(ASYNCIO__PARAMETER, ##__VA_ARGS__) asyncio_value *result); \
  linkage ASYNCIO_MUST_USE asyncio_future *name##_coroutine ASYNCIO__LIST(__VA_ARGS__)

// Declares, for a header, what ASYNCIO_COROUTINE with the same list defines in a .c file.
#define ASYNCIO_COROUTINE_DECLARE(name, ...) ASYNCIO__COROUTINE_DECLARE(extern, name, ##__VA_ARGS__)

// The same for one that ASYNCIO_STATIC_COROUTINE defines further down in the file.
#define ASYNCIO_STATIC_COROUTINE_DECLARE(name, ...) \
  ASYNCIO__COROUTINE_DECLARE(__attribute__((unused)) static, name, ##__VA_ARGS__)

// Defines a coroutine function with up to 8 typed parameters; see the head of this file.
#define ASYNCIO_COROUTINE(name, ...) ASYNCIO__COROUTINE(extern, name, ##__VA_ARGS__)
#define ASYNCIO_STATIC_COROUTINE(name, ...) ASYNCIO__COROUTINE(__attribute__((unused)) static, name, ##__VA_ARGS__)

#define ASYNCIO__COROUTINE(linkage, name, ...) \
  ASYNCIO__COROUTINE_OBJECT(linkage, name, ##__VA_ARGS__) \
  ASYNCIO__COROUTINE_HEAD(name, ##__VA_ARGS__)

#define ASYNCIO__COROUTINE_OBJECT(linkage, name, ...) \
  ASYNCIO__COROUTINE_DECLARE(linkage, name, ##__VA_ARGS__); \
  struct name##__arguments { \
    ASYNCIO__EACH(ASYNCIO__FIELD, ##__VA_ARGS__) \
    char asyncio__end; \
  }; \
  static asyncio_status name##__body(void *arg, asyncio_value *result) { \
    struct name##__arguments *asyncio__arguments = (struct name##__arguments *)arg; \
    (void)asyncio__arguments; \
    return name(ASYNCIO__EACH(ASYNCIO__PASS, ##__VA_ARGS__) result); \
  } \
  asyncio_future *name##_coroutine ASYNCIO__LIST(__VA_ARGS__) { \
    struct name##__arguments asyncio__copy = {ASYNCIO__EACH(ASYNCIO__INITIALISER, ##__VA_ARGS__).asyncio__end = 0}; \
    return asyncio_coroutine_new(#name, name##__body, &asyncio__copy, sizeof asyncio__copy); \
  }

#define ASYNCIO__COROUTINE_HEAD(name, ...) \
  asyncio_status name(ASYNCIO__EACH(ASYNCIO__PARAMETER, ##__VA_ARGS__) \
                      __attribute__((unused)) asyncio_value *result)

#ifdef __cplusplus
}
#endif
#endif
