// SPDX-License-Identifier: MIT
// Coroutine functions that JavaScript may call, with their types written once.
//
//   ASYNCIO_EXPORT(int64_t, factorial, (const char *, name), (int, number)) {
//     ...
//     *result = asyncio_int(product);
//     return ASYNCIO_OK;
//   }
//
// is ASYNCIO_COROUTINE(factorial, (const char *, name), (int, number)) and can be called from JavaScript too, once
// `const app = await asyncio.load(createModule)` has loaded the program:
//
//   const product = await app.factorial('A', 20); // a bigint
//
// First comes the type of the result as JavaScript gets it, then what ASYNCIO_COROUTINE takes. The types and what they
// are in JavaScript: bool (boolean); int, unsigned, long, short, char and int8_t to uint32_t (number, checked to be an
// integer in their range); int64_t and uint64_t (bigint); float and double (number); const char * (string, in UTF-8,
// zero-terminated); asyncio_buffer (an ArrayBuffer or a view of one, a Uint8Array as a result); asyncio_value (any
// value, see below); and as a result void (undefined). Another type does not compile.
//
// Text and bytes are copies that live until the coroutine has ended. An asyncio_value is borrowed until then; it comes
// as promise.h says of what a promise resolves with, but for null, which stays a JavaScript value. A promise among them
// is awaited through a handle of its own:
//
//   EM_JS(asyncio_js, promise_of, (asyncio_js handle), { return asyncio.promise(asyncio.value(handle)); });
//   ... asyncio_await(asyncio_promise(promise_of(asyncio_value_js(value))), result) ...
//
// The body gives its result as an asyncio_value: asyncio_int for integers, asyncio_double, asyncio_text, asyncio_bytes
// and so on. One of another kind than declared is a RuntimeError to JavaScript. A uint64_t is given as
// asyncio_int((int64_t)number). Natively ASYNCIO_EXPORT is ASYNCIO_COROUTINE.
//
// ASYNCIO_EXPORT_GENERATOR is ASYNCIO_GENERATOR in the same way, with the type of what it yields:
//
//   for await (const number of app.squares(3)) console.log(number);
#ifndef ASYNCIO_EXPORT_H
#define ASYNCIO_EXPORT_H

#include "generator.h"

#ifdef __cplusplus
extern "C" {
#endif

// Bytes that somebody else owns. [data] is aligned for any type, and a zero follows the last byte.
typedef struct asyncio_buffer {
  const void *data;
  size_t size;
} asyncio_buffer;

// What the arguments of a coroutine own: given up when it ends, however it does.
typedef struct asyncio__owner {
  void (*release)(const struct asyncio__owner *self, void *arguments);
} asyncio__owner;

#ifndef __EMSCRIPTEN__
// Natively there is nobody to export to.
#define ASYNCIO_EXPORT(type, name, ...) ASYNCIO_COROUTINE(name, ##__VA_ARGS__)
#define ASYNCIO_EXPORT_GENERATOR(type, name, ...) ASYNCIO_GENERATOR(name, ##__VA_ARGS__)
#else

// ---- The record of an export: what JavaScript must know to call it. web/api/exports.ts reads these structs.

typedef enum asyncio__type {
  ASYNCIO__NO_TYPE = -1,
  ASYNCIO__VOID,
  ASYNCIO__BOOL,
  ASYNCIO__INT8,
  ASYNCIO__UINT8,
  ASYNCIO__INT16,
  ASYNCIO__UINT16,
  ASYNCIO__INT32,
  ASYNCIO__UINT32,
  ASYNCIO__INT64,
  ASYNCIO__UINT64,
  ASYNCIO__FLOAT,
  ASYNCIO__DOUBLE,
  ASYNCIO__TEXT,
  ASYNCIO__BUFFER,
  ASYNCIO__VALUE
} asyncio__type;

typedef struct asyncio__parameter {
  const char *name;
  const char *words;  // its type as the program spells it
  asyncio__type type;
  size_t offset;  // in the struct of arguments
} asyncio__parameter;

typedef struct asyncio__export {
  asyncio__owner owner;  // of the values among the arguments
  struct asyncio__export *next;
  const char *name;
  const char *words;  // the result's type
  asyncio__type type;
  asyncio_body body;
  size_t size;  // of the struct of arguments
  size_t count;
  const asyncio__parameter *parameters;
  int generates;  // a generator, which yields what is of the type
} asyncio__export;

// Called before main, by each export's own constructor.
void asyncio__export_add(asyncio__export *self);

// The end of a body that JavaScript called: makes [result] what was declared; [status], or a RuntimeError.
asyncio_status asyncio__export_result(asyncio_status status, asyncio_value *result, asyncio__type type,
                                      const char *words, const char *name);

#define ASYNCIO__BY_SIZE(type, four, eight) (sizeof(type) == 8 ? eight : four)
#define ASYNCIO__TYPE(type) \
  _Generic((type *)0, \
      void *: ASYNCIO__VOID, \
      bool *: ASYNCIO__BOOL, \
      char *: ASYNCIO__INT8, \
      signed char *: ASYNCIO__INT8, \
      unsigned char *: ASYNCIO__UINT8, \
      short *: ASYNCIO__INT16, \
      unsigned short *: ASYNCIO__UINT16, \
      int *: ASYNCIO__INT32, \
      unsigned *: ASYNCIO__UINT32, \
      long *: ASYNCIO__BY_SIZE(long, ASYNCIO__INT32, ASYNCIO__INT64), \
      unsigned long *: ASYNCIO__BY_SIZE(unsigned long, ASYNCIO__UINT32, ASYNCIO__UINT64), \
      long long *: ASYNCIO__INT64, \
      unsigned long long *: ASYNCIO__UINT64, \
      float *: ASYNCIO__FLOAT, \
      double *: ASYNCIO__DOUBLE, \
      const char **: ASYNCIO__TEXT, \
      asyncio_buffer *: ASYNCIO__BUFFER, \
      asyncio_value *: ASYNCIO__VALUE, \
      default: ASYNCIO__NO_TYPE)

#define ASYNCIO__EXPECT_TYPE(type, name) \
  _Static_assert(ASYNCIO__TYPE(type) != ASYNCIO__NO_TYPE, \
                 "ASYNCIO_EXPORT: JavaScript has nothing like '" #type "'; <asyncio/export.h> lists the types");
#define ASYNCIO__RECORD(type, name) {#name, #type, ASYNCIO__TYPE(type), offsetof(asyncio__these, name)},

#define ASYNCIO__EXPORT_RECORD(returned, function, entry, is_generator, ...) \
  __attribute__((constructor)) static void function##__export(void) { \
    typedef struct function##__arguments asyncio__these; \
    ASYNCIO__EXPECT_TYPE(returned, result) \
    ASYNCIO__EACH(ASYNCIO__EXPECT_TYPE, ##__VA_ARGS__) \
    static const asyncio__parameter parameters[] = {ASYNCIO__EACH(ASYNCIO__RECORD, ##__VA_ARGS__){0}}; \
    static asyncio__export record = {.name = #function, \
                                     .words = #returned, \
                                     .type = ASYNCIO__TYPE(returned), \
                                     .body = entry, \
                                     .size = sizeof(asyncio__these), \
                                     .count = sizeof parameters / sizeof *parameters - 1, \
                                     .parameters = parameters, \
                                     .generates = is_generator}; \
    asyncio__export_add(&record); \
  }

// Defines a coroutine function that JavaScript may call, with up to 8 parameters; see the head of this file.
#define ASYNCIO_EXPORT(returned, function, ...) \
  ASYNCIO__COROUTINE_OBJECT(extern, function, ##__VA_ARGS__) \
  static asyncio_status function##__exported(void *arg, asyncio_value *result) { \
    struct function##__arguments *asyncio__arguments = (struct function##__arguments *)arg; \
    (void)asyncio__arguments; \
    asyncio_status status = function(ASYNCIO__EACH(ASYNCIO__PASS, ##__VA_ARGS__) result); \
    return asyncio__export_result(status, result, ASYNCIO__TYPE(returned), #returned, #function); \
  } \
  ASYNCIO__EXPORT_RECORD(returned, function, function##__exported, false, ##__VA_ARGS__) \
  ASYNCIO__COROUTINE_HEAD(function, ##__VA_ARGS__)

// The same for a generator, whose body yields values as those of asyncio_yield do.
#define ASYNCIO_EXPORT_GENERATOR(yielded, function, ...) \
  ASYNCIO__GENERATOR_OBJECT(extern, function, ##__VA_ARGS__) \
  ASYNCIO__EXPORT_RECORD(yielded, function, function##__body, true, ##__VA_ARGS__) \
  ASYNCIO__GENERATOR_HEAD(function, ##__VA_ARGS__)

#endif

#ifdef __cplusplus
}
#endif
#endif
