// SPDX-License-Identifier: MIT
// Asynchronous generators: coroutines that yield values one by one to whoever asks for the next, in plain blocking
// style or stackless.
//
//   ASYNCIO_GENERATOR(ticks, (int, count)) {                 ASYNCIO_STACKLESS_GENERATOR(ticks, (int, count)) {
//     for (int i = 0; i < count; i++) {                         int i;
//       ASYNCIO_TRY(asyncio_sleep(1));                        } ASYNCIO_BEGIN(ticks) {
//       ASYNCIO_TRY(asyncio_yield(asyncio_int(i), NULL));       for (self->i = 0; self->i < self->count; self->i++) {
//     }                                                           ASYNCIO_SLEEP(1);
//     return ASYNCIO_OK;                                          ASYNCIO_YIELD(asyncio_int(self->i));
//   }                                                           }
//                                                             } ASYNCIO_END
//
// Either defines asyncio_generator *ticks_generator(int count), and this goes through it:
//
//   while (!(status = asyncio_await(asyncio_anext(generator), &value))) use(value);
//   asyncio_generator_unref(generator);
//   if (status != ASYNCIO_STOP_ASYNC_ITERATION) return status;
//
// A generator runs within the task that awaits its next value, one at a time. A yield returns ASYNCIO_GENERATOR_EXIT
// when nobody will ask any more: pass it on after cleanup, which may suspend.
#ifndef ASYNCIO_GENERATOR_H
#define ASYNCIO_GENERATOR_H

#include "stackless.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct asyncio_generator asyncio_generator;

// A reference more / less; the caller of name_generator() owns one, NULL is fine. A generator in mid-iteration that
// nobody refers to any more is closed by a task of the loop that began it.
asyncio_generator *asyncio_generator_ref(asyncio_generator *generator);
void asyncio_generator_unref(asyncio_generator *generator);

// Coroutine objects that go on with the generator, and hold a reference to it, until it yields: the value is theirs.
// StopAsyncIteration when it has returned, the failure it ended with otherwise; an ended one only says
// StopAsyncIteration. asend: what its yield is to give, [value], which is taken over; TypeError when it has not begun
// to iterate and [value] is not none. RuntimeError while another task is in it. NULL with TypeError for no generator,
// MemoryError.
ASYNCIO_MUST_USE asyncio_future *asyncio_anext(asyncio_generator *generator);
ASYNCIO_MUST_USE asyncio_future *asyncio_asend(asyncio_generator *generator, asyncio_value value);

// The same with a failure that its yield returns, with printf's words. One that has not begun ends with it; one that
// has ended gives none. ValueError for a [status] that is no failure.
ASYNCIO_MUST_USE asyncio_future *asyncio_athrow(asyncio_generator *generator, asyncio_status status,
                                                const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Ends it: its yield returns ASYNCIO_GENERATOR_EXIT, and what it then awaits is waited for. Gives none; the failure it
// ended with if that is another one; RuntimeError when it yields once more. Nothing to do when it has ended or has not
// begun.
ASYNCIO_MUST_USE asyncio_future *asyncio_aclose(asyncio_generator *generator);

// A coroutine object that closes every generator that the loop's tasks have asked and that has not ended, all at once;
// their failures go to the exception handler. asyncio_run does it.
ASYNCIO_MUST_USE asyncio_future *asyncio_loop_shutdown_asyncgens(asyncio_loop *loop);

// In the body of an ASYNCIO_GENERATOR, at any depth of its calls: gives [value], which is taken over, to who asked and
// suspends until asked again. *[received] (may be NULL) is what asyncio_asend sent, the caller's. The failure that
// was thrown in; RuntimeError outside a generator.
ASYNCIO_SUSPENDS asyncio_status asyncio_yield(asyncio_value value, asyncio_value *received);

// The same in an ASYNCIO_STACKLESS_GENERATOR, with an optional second argument as of ASYNCIO_AWAIT. A failure is
// returned; ASYNCIO_YIELD_STATUS assigns it to [status], as ASYNCIO_AWAIT_STATUS does.
#define ASYNCIO_YIELD(...) \
  do { \
    asyncio_status asyncio__sent; \
    ASYNCIO_YIELD_STATUS(asyncio__sent, __VA_ARGS__); \
    if (asyncio__sent != ASYNCIO_OK) return asyncio__sent; \
  } while (0)
#define ASYNCIO_YIELD_STATUS(status, ...) \
  do { \
    (void)sizeof(self->asyncio__generates); /* only a generator has it */ \
    ASYNCIO__SUSPEND(status, ASYNCIO__TARGET(__VA_ARGS__), \
                     asyncio__stackless_yield, ASYNCIO__AWAITABLE(__VA_ARGS__)); \
  } while (0)

// Define generators with up to 8 typed parameters; see the head of this file. In one file alone: ASYNCIO_STATIC_...
#define ASYNCIO_GENERATOR(name, ...) ASYNCIO__GENERATOR(extern, name, ##__VA_ARGS__)
#define ASYNCIO_STATIC_GENERATOR(name, ...) ASYNCIO__GENERATOR(__attribute__((unused)) static, name, ##__VA_ARGS__)
#define ASYNCIO_STACKLESS_GENERATOR(name, ...) ASYNCIO__STACKLESS_GENERATOR(extern, name, ##__VA_ARGS__)
#define ASYNCIO_STATIC_STACKLESS_GENERATOR(name, ...) \
  ASYNCIO__STACKLESS_GENERATOR(__attribute__((unused)) static, name, ##__VA_ARGS__)

// Declares, for a header, what any of them with the same list defines in a .c file.
#define ASYNCIO_GENERATOR_DECLARE(name, ...) \
  extern ASYNCIO_MUST_USE asyncio_generator *name##_generator ASYNCIO__LIST(__VA_ARGS__)

// The same for one that is static, with a stack or without, further down in the file.
#define ASYNCIO_STATIC_GENERATOR_DECLARE(name, ...) \
  __attribute__((unused)) static ASYNCIO_MUST_USE asyncio_generator *name##_generator ASYNCIO__LIST(__VA_ARGS__)

// ---- What the macros are made of.

// A generator around a body: of one with a stack as of asyncio_coroutine_new, of one without as of
// asyncio__stackless_new.
ASYNCIO_MUST_USE asyncio_generator *asyncio_generator_new(const char *name, asyncio_body body, const void *arguments,
                                                          size_t size);
ASYNCIO_MUST_USE asyncio_generator *asyncio__stackless_generator(const char *name, asyncio__stackless_body body,
                                                                 const void *parameters, size_t given, size_t size);
asyncio_status asyncio__stackless_yield(asyncio__place *here, void *label, unsigned line, asyncio_value value);

#define ASYNCIO__GENERATOR(linkage, name, ...) \
  ASYNCIO__GENERATOR_OBJECT(linkage, name, ##__VA_ARGS__) \
  ASYNCIO__GENERATOR_HEAD(name, ##__VA_ARGS__)

#define ASYNCIO__GENERATOR_OBJECT(linkage, name, ...) \
  ASYNCIO__GENERATOR_HEAD(name, ##__VA_ARGS__); \
  linkage ASYNCIO_MUST_USE asyncio_generator *name##_generator ASYNCIO__LIST(__VA_ARGS__); \
  struct name##__arguments { \
    ASYNCIO__EACH(ASYNCIO__FIELD, ##__VA_ARGS__) \
    char asyncio__end; \
  }; \
  static asyncio_status name##__body(void *arg, asyncio_value *result) { \
    struct name##__arguments *asyncio__arguments = (struct name##__arguments *)arg; \
    (void)asyncio__arguments, (void)result; \
    return name##__generate ASYNCIO__PASS_LIST(__VA_ARGS__); \
  } \
  asyncio_generator *name##_generator ASYNCIO__LIST(__VA_ARGS__) { \
    struct name##__arguments asyncio__copy = {ASYNCIO__EACH(ASYNCIO__INITIALISER, ##__VA_ARGS__).asyncio__end = 0}; \
    return asyncio_generator_new(#name, name##__body, &asyncio__copy, sizeof asyncio__copy); \
  }

#define ASYNCIO__GENERATOR_HEAD(name, ...) static asyncio_status name##__generate ASYNCIO__LIST(__VA_ARGS__)

#define ASYNCIO__STACKLESS_GENERATOR(linkage, name, ...) \
  ASYNCIO__STACKLESS_HEAD(name, ##__VA_ARGS__) \
  linkage ASYNCIO_MUST_USE asyncio_generator *name##_generator ASYNCIO__LIST(__VA_ARGS__); \
  asyncio_generator *name##_generator ASYNCIO__LIST(__VA_ARGS__) { \
    struct name##__parameters asyncio__copy = {ASYNCIO__EACH(ASYNCIO__INITIALISER, ##__VA_ARGS__)}; \
    return asyncio__stackless_generator(#name, name##__body, &asyncio__copy, sizeof asyncio__copy, name##__size()); \
  } \
  struct name##__self { \
    struct { \
      ASYNCIO__EACH(ASYNCIO__FIELD, ##__VA_ARGS__) \
    }; \
    char asyncio__generates[0]; \
    struct

#ifdef __cplusplus
}
#endif
#endif
