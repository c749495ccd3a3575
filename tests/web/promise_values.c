// SPDX-License-Identifier: MIT
// What a promise resolves with, in C: each kind of JavaScript value arrives as the kind of asyncio_value that promise.h
// promises, and a rejection as JSError with words, whatever was thrown.
#include "check.h"

#include <stdlib.h>

// A promise that is pending when C gets it, resolved with the value of a JavaScript expression a moment later.
EM_JS(asyncio_js, later, (const char *expression), {
  const value = new Function(`return (${UTF8ToString(expression)});`)();
  return asyncio.promise(new Promise((resolve) => setTimeout(resolve, 1, value)));
});

// A promise rejected with it, at once.
EM_JS(asyncio_js, rejected, (const char *expression), {
  return asyncio.promise(Promise.reject(new Function(`return (${UTF8ToString(expression)});`)()));
});

// The expression is evaluated by the function that asyncio.promise gets.
EM_JS(asyncio_js, called, (const char *body), {
  return asyncio.promise(new Function('signal', UTF8ToString(body)));
});

EM_JS(int, property, (asyncio_js object, const char *name), { return asyncio.value(object)[UTF8ToString(name)]; });
EM_JS(bool, is_global, (asyncio_js object, const char *name), {
  return asyncio.value(object) === globalThis[UTF8ToString(name)];
});

static asyncio_value resolved(const char *expression) {
  asyncio_value value;
  CHECK_OK(asyncio_await(asyncio_promise(later(expression)), &value));
  return value;
}

TASK_TEST(undefined_and_null_are_none) {
  CHECK_INT(resolved("undefined").kind, ASYNCIO_NONE);
  CHECK_INT(resolved("null").kind, ASYNCIO_NONE);
  return ASYNCIO_OK;
}

TASK_TEST(booleans_are_bool) {
  asyncio_value yes = resolved("true"), no = resolved("false");
  CHECK_INT(yes.kind, ASYNCIO_BOOL);
  CHECK(asyncio_value_bool(yes));
  CHECK_INT(no.kind, ASYNCIO_BOOL);
  CHECK(!asyncio_value_bool(no));
  return ASYNCIO_OK;
}

TASK_TEST(numbers_are_double) {
  asyncio_value half = resolved("0.5"), whole = resolved("-3"), large = resolved("2 ** 53");
  CHECK_INT(half.kind, ASYNCIO_DOUBLE);
  CHECK(asyncio_value_double(half) == 0.5);
  CHECK_INT(whole.kind, ASYNCIO_DOUBLE);
  CHECK_INT(asyncio_value_int(whole), -3);
  CHECK_INT(asyncio_value_int(large), 1LL << 53);
  CHECK(isnan(asyncio_value_double(resolved("NaN"))));
  CHECK(signbit(asyncio_value_double(resolved("-0"))));
  CHECK(asyncio_value_double(resolved("-Infinity")) == -INFINITY);
  return ASYNCIO_OK;
}

static void expect_int64(const char *expression, int64_t expected) {
  asyncio_value value = resolved(expression);
  CHECK_INT(value.kind, ASYNCIO_INT64);
  CHECK_INT(asyncio_value_int(value), expected);
}

TASK_TEST(bigints_of_64_bits_are_int64) {
  expect_int64("0n", 0);
  expect_int64("-1n", -1);
  expect_int64("0xffffffffn", 0xffffffffLL);
  expect_int64("0x100000000n", 0x100000000LL);
  expect_int64("-0x100000001n", -0x100000001LL);
  expect_int64("2n ** 53n + 1n", (1LL << 53) + 1);
  expect_int64("2n ** 63n - 1n", INT64_MAX);
  expect_int64("-(2n ** 63n)", INT64_MIN);
  return ASYNCIO_OK;
}

TASK_TEST(larger_bigints_stay_in_javascript) {
  asyncio_value above = resolved("2n ** 63n"), below = resolved("-(2n ** 63n) - 1n");
  CHECK_INT(above.kind, ASYNCIO_JS);
  CHECK_INT(below.kind, ASYNCIO_JS);
  asyncio_value_clear(&above);
  asyncio_value_clear(&below);
  return ASYNCIO_OK;
}

TASK_TEST(strings_are_text_in_utf8) {
  asyncio_value words = resolved("'gr\xc3\xbc\xc3\x9f dich, \xe4\xb8\x96\xe7\x95\x8c \xf0\x9f\x98\x80'");
  CHECK_INT(words.kind, ASYNCIO_TEXT);
  CHECK_TEXT(asyncio_value_text(words), "gr\xc3\xbc\xc3\x9f dich, \xe4\xb8\x96\xe7\x95\x8c \xf0\x9f\x98\x80");
  asyncio_value_clear(&words);
  asyncio_value empty = resolved("''");
  CHECK_INT(empty.kind, ASYNCIO_TEXT);
  CHECK_TEXT(asyncio_value_text(empty), "");
  asyncio_value_clear(&empty);
  asyncio_value broken = resolved("'\\ud800'");  // half a character
  CHECK_TEXT(asyncio_value_text(broken), "\xef\xbf\xbd");
  asyncio_value_clear(&broken);
  return ASYNCIO_OK;
}

TASK_TEST(a_long_string_arrives_whole) {
  asyncio_value words = resolved("'xyz'.repeat(100000)");
  CHECK_INT(strlen(asyncio_value_text(words)), 300000);
  asyncio_value_clear(&words);
  return ASYNCIO_OK;
}

static void expect_bytes(const char *expression, const char *expected, size_t expected_size) {
  size_t size = 99;
  asyncio_value value = resolved(expression);
  CHECK_INT(value.kind, ASYNCIO_BYTES);
  const void *bytes = asyncio_value_bytes(value, &size);
  CHECK_INT(size, expected_size);
  CHECK(size != expected_size || memcmp(bytes, expected, size) == 0);
  asyncio_value_clear(&value);
}

TASK_TEST(array_buffers_and_their_views_are_bytes) {
  expect_bytes("new Uint8Array([1, 0, 255]).buffer", "\x01\x00\xff", 3);
  expect_bytes("new ArrayBuffer(0)", "", 0);
  expect_bytes("new Uint8Array([9, 1, 2, 9]).subarray(1, 3)", "\x01\x02", 2);
  expect_bytes("new Uint16Array([0x0201, 0x0403]).subarray(1)", "\x03\x04", 2);
  expect_bytes("new DataView(new Uint8Array([5, 6, 7]).buffer, 1)", "\x06\x07", 2);
  return ASYNCIO_OK;
}

// Looking at it is what fails, in the loader: that must not be the end of the program, nor leave us waiting.
TASK_TEST(what_cannot_be_read_is_a_rejection) {
  asyncio_js detached = later("(() => { const b = new ArrayBuffer(8); structuredClone(b, {transfer: [b]}); return b; })()");
  CHECK_INT(asyncio_await(asyncio_promise(detached), NULL), ASYNCIO_JS_ERROR);
  CHECK(strncmp(asyncio_error_message(ASYNCIO_JS_ERROR), "TypeError: ", 11) == 0);  // each engine has words of its own
  asyncio_js proxy = later("new Proxy({}, {getPrototypeOf() { throw new Error('no look') }})");
  CHECK_ERROR(asyncio_await(asyncio_promise(proxy), NULL), ASYNCIO_JS_ERROR, "Error: no look");
  return ASYNCIO_OK;
}

TASK_TEST(objects_stay_in_javascript) {
  asyncio_value object = resolved("({answer: 42})");
  CHECK_INT(object.kind, ASYNCIO_JS);
  CHECK(asyncio_value_js(object) != 0);
  CHECK_INT(property(asyncio_value_js(object), "answer"), 42);
  asyncio_value second = asyncio_value_ref(object);
  asyncio_value_clear(&object);
  CHECK_INT(property(asyncio_value_js(second), "answer"), 42);
  asyncio_value_clear(&second);
  asyncio_value_clear(&second);
  CHECK_INT(asyncio_value_js(asyncio_int(7)), 0);
  return ASYNCIO_OK;
}

TASK_TEST(functions_and_symbols_stay_in_javascript) {
  asyncio_value function = resolved("parseInt"), symbol = resolved("Symbol('s')");
  CHECK_INT(function.kind, ASYNCIO_JS);
  CHECK(is_global(asyncio_value_js(function), "parseInt"));
  CHECK_INT(symbol.kind, ASYNCIO_JS);
  asyncio_value_clear(&function);
  asyncio_value_clear(&symbol);
  return ASYNCIO_OK;
}

TASK_TEST(a_value_that_is_no_promise_counts_as_resolved) {
  asyncio_value value;
  CHECK_OK(asyncio_await(asyncio_promise(called("return 5")), &value));
  CHECK_INT(asyncio_value_int(value), 5);
  return ASYNCIO_OK;
}

TASK_TEST(thenables_are_promises) {
  asyncio_value value;
  CHECK_OK(asyncio_await(asyncio_promise(called("return {then: (resolve) => resolve('then')}")), &value));
  CHECK_TEXT(asyncio_value_text(value), "then");
  asyncio_value_clear(&value);
  CHECK_ERROR(asyncio_await(asyncio_promise(called("return {then(resolve, reject) { reject('no') }}")), NULL),
              ASYNCIO_JS_ERROR, "no");
  CHECK_ERROR(asyncio_await(asyncio_promise(called("return {then() { throw new Error('then threw') }}")), NULL),
              ASYNCIO_JS_ERROR, "Error: then threw");
  CHECK_ERROR(asyncio_await(asyncio_promise(called("return {get then() { throw 'getter' }}")), NULL), ASYNCIO_JS_ERROR,
              "getter");
  return ASYNCIO_OK;
}

TASK_TEST(a_function_that_throws_is_a_rejection) {
  CHECK_ERROR(asyncio_await(asyncio_promise(called("throw new RangeError('too far')")), NULL), ASYNCIO_JS_ERROR,
              "RangeError: too far");
  return ASYNCIO_OK;
}

// ---- Rejections.

static void expect_words(const char *thrown, const char *words) {
  CHECK_ERROR(asyncio_await(asyncio_promise(rejected(thrown)), NULL), ASYNCIO_JS_ERROR, words);
  asyncio_error_clear();
}

TASK_TEST(whatever_was_thrown_has_words) {
  expect_words("new Error('boom')", "Error: boom");
  expect_words("new TypeError('fetch failed')", "TypeError: fetch failed");
  expect_words("new Error('')", "Error: ");
  expect_words("new (class Mine extends Error {})('own')", "Error: own");
  expect_words("new DOMException('stopped', 'AbortError')", "AbortError: stopped");
  expect_words("'just \xc3\xb6words'", "just \xc3\xb6words");
  expect_words("''", "");
  expect_words("404", "404");
  expect_words("12n", "12");
  expect_words("null", "null");
  expect_words("undefined", "undefined");
  expect_words("false", "false");
  expect_words("Symbol('mark')", "Symbol(mark)");
  expect_words("({code: 7, why: 'because'})", "{\"code\":7,\"why\":\"because\"}");
  expect_words("[1, 2]", "1,2");
  return ASYNCIO_OK;
}

TASK_TEST(what_resists_being_put_into_words_has_words_too) {
  static const char *const words = "a value that cannot be put into words";
  expect_words("({get code() { throw 1 }})", words);
  expect_words("new (class { toString() { throw 1 } })()", words);
  expect_words("Object.create(null)", words);
  expect_words("({get constructor() { throw 1 }})", words);
  expect_words("Object.defineProperty(new Error('x'), 'message', {get() { throw 1 }})", words);
  expect_words("(() => { const o = {}; o.self = o; return o; })()", words);
  expect_words("(() => { const {proxy, revoke} = Proxy.revocable({}, {}); revoke(); return proxy; })()", words);
  return ASYNCIO_OK;
}

TASK_TEST(words_are_text_even_when_toJSON_gives_none) {
  asyncio_status status = asyncio_await(asyncio_promise(rejected("({toJSON() {}})")), NULL);
  CHECK_INT(status, ASYNCIO_JS_ERROR);
  CHECK(asyncio_error_message(status) != NULL);
  return ASYNCIO_OK;
}

TASK_TEST(long_words_arrive_whole) {
  asyncio_status status = asyncio_await(asyncio_promise(rejected("'%s %n '.repeat(1000)")), NULL);
  CHECK_INT(status, ASYNCIO_JS_ERROR);
  CHECK_INT(strlen(asyncio_error_message(status)), 6000);
  return ASYNCIO_OK;
}

TASK_TEST(the_error_keeps_what_was_thrown) {
  asyncio_status status = asyncio_await(asyncio_promise(rejected("globalThis.thrown = new Error('same')")), NULL);
  asyncio_js thrown = asyncio_error_js(asyncio_error_current(status));
  CHECK(thrown != 0);
  CHECK(is_global(thrown, "thrown"));
  status = asyncio_await(asyncio_promise(rejected("globalThis.thrown = null")), NULL);
  CHECK(is_global(asyncio_error_js(asyncio_error_current(status)), "thrown"));
  return ASYNCIO_OK;
}

TASK_TEST(other_errors_keep_nothing) {
  asyncio_status status = asyncio_raise(ASYNCIO_VALUE_ERROR, "not JavaScript's");
  CHECK_INT(asyncio_error_js(asyncio_error_current(status)), 0);
  CHECK_INT(asyncio_error_js(NULL), 0);
  return ASYNCIO_OK;
}
