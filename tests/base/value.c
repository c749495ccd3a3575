// SPDX-License-Identifier: MIT
// src/base/value.c: each kind is read back as it went in and as nothing else, copies share what they hold, and the last
// reference frees it.
#include "asyncio/value.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

#include "../../src/base/box.h"
#include "../support/test.h"

// A destructor that traces the string it is called with, and one of JavaScript's handles.
static void trace_destroyed(void *pointer) { trace("destroyed %s", (const char *)pointer); }
static void trace_released(unsigned handle) { trace("released %u", handle); }

static asyncio_value traced_value(const char *name) {
  asyncio_value value;
  CHECK_OK(asyncio_owned_pointer(&value, (void *)(uintptr_t)name, trace_destroyed));
  return value;
}

static asyncio_value text_value(const char *text) {
  asyncio_value value;
  CHECK_OK(asyncio_text(&value, text));
  return value;
}

// Which readers answer with more than a zero.
static void trace_readers(const char *name, asyncio_value value) {
  size_t size = 0;
  const void *bytes = asyncio_value_bytes(value, &size);
  trace("%s:%s%s%s%s%s%s%s%s%s%s", name, asyncio_value_bool(value) ? " bool" : "",
        asyncio_value_int(value) ? " int" : "", isnan(asyncio_value_double(value)) ? "" : " double",
        asyncio_value_pointer(value) ? " pointer" : "", asyncio_value_text(value) ? " text" : "",
        bytes && size ? " bytes" : "", asyncio_value_error(value) ? " error" : "",
        asyncio_value_status(value) ? " status" : "", asyncio_value_count(value) ? " count" : "",
        asyncio__value_js(value) ? " js" : "");
}

TEST(value_without_a_box_is_read_by_its_own_readers_alone) {
  int target = 0;
  size_t before = test_live_allocations();
  trace_readers("none", asyncio_none());
  trace_readers("bool", asyncio_bool(true));
  trace_readers("int", asyncio_int(-1));
  trace_readers("double", asyncio_double(2.5));
  trace_readers("pointer", asyncio_pointer(&target));
  EXPECT_TRACE("none:", "bool: bool", "int: int double", "double: double", "pointer: pointer");
  CHECK(asyncio_value_pointer(asyncio_pointer(&target)) == &target);
  CHECK(!asyncio_value_bool(asyncio_bool(false)));
  CHECK_INT(test_live_allocations(), before);
  CHECK_INT(sizeof(asyncio_value), 16);
}

static asyncio_value error_value(asyncio_status status, const char *words) {
  asyncio_value value;
  asyncio_raise(status, "%s", words);
  CHECK_OK(asyncio__value_of_error(&value, (asyncio_error *)(uintptr_t)asyncio_error_current(status), status));
  asyncio_error_clear();
  return value;
}

TEST(value_with_a_box_is_read_by_its_own_readers_alone) {
  asyncio_value values[6];
  const char *const names[] = {"owned", "text", "bytes", "list", "error", "js"};
  const asyncio_kind kinds[] = {ASYNCIO_POINTER, ASYNCIO_TEXT, ASYNCIO_BYTES, ASYNCIO_LIST, ASYNCIO_ERROR, ASYNCIO_JS};
  values[0] = traced_value("it");
  values[1] = text_value("words");
  CHECK_OK(asyncio_bytes(&values[2], "words", 5));
  CHECK_OK(asyncio_list(&values[3], 2));
  values[4] = error_value(ASYNCIO_VALUE_ERROR, "wrong");
  CHECK_OK(asyncio__value_of_js(&values[5], 7, trace_released));
  for (int i = 0; i < 6; i++) {
    CHECK_INT(values[i].kind, kinds[i]);
    trace_readers(names[i], values[i]);
    asyncio_value_clear(&values[i]);
    trace_readers("cleared", values[i]);
    CHECK_INT(values[i].kind, ASYNCIO_NONE);
    asyncio_value_clear(&values[i]);
  }
  EXPECT_TRACE("owned: pointer", "destroyed it", "cleared:", "text: text bytes", "cleared:", "bytes: bytes",
               "cleared:", "list: count", "cleared:", "error: error status", "cleared:", "js: js", "released 7",
               "cleared:");
}

TEST(value_of_an_integer_reads_as_a_double_too) {
  CHECK_INT(asyncio_value_int(asyncio_int(INT64_MIN)), INT64_MIN);
  CHECK_INT(asyncio_value_int(asyncio_int(INT64_MAX)), INT64_MAX);
  CHECK_DOUBLE(asyncio_value_double(asyncio_int(-42)), -42);
  CHECK_DOUBLE(asyncio_value_double(asyncio_int(INT64_MIN)), -0x1p63);
}

TEST(value_of_a_double_reads_as_an_integer_where_it_is_one) {
  CHECK_INT(asyncio_value_int(asyncio_double(-42)), -42);
  CHECK_INT(asyncio_value_int(asyncio_double(0x1p53)), INT64_C(1) << 53);
  CHECK_INT(asyncio_value_int(asyncio_double(-0x1p63)), INT64_MIN);
  CHECK_INT(asyncio_value_int(asyncio_double(-0.0)), 0);
  const double others[] = {0.5, -1.5, NAN, INFINITY, -INFINITY, 0x1p63, -0x1.0000000000001p63, 1e300, 4.9e-324};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    CHECK_INT(asyncio_value_int(asyncio_double(others[i])), 0);
  CHECK(isnan(asyncio_value_double(asyncio_double(NAN))));
  CHECK(asyncio_value_double(asyncio_double(-INFINITY)) == -INFINITY);
}

// ---- Text and bytes

TEST(text_is_a_copy) {
  char source[] = "first";
  asyncio_value value = text_value(source);
  size_t size;
  memcpy(source, "XXXXX", 5);
  CHECK_TEXT(asyncio_value_text(value), "first");
  CHECK(!memcmp(asyncio_value_bytes(value, &size), "first", 6));
  CHECK_INT(size, 5);
  asyncio_value_clear(&value);
  value = text_value("");
  CHECK_TEXT(asyncio_value_text(value), "");
  asyncio_value_clear(&value);
}

TEST(bytes_are_a_copy_zeros_and_all) {
  char source[] = {0, 'a', 0, 0, -1, 0};
  size_t size;
  asyncio_value value;
  CHECK_OK(asyncio_bytes(&value, source, sizeof source));
  source[1] = 'X';
  const char *copy = asyncio_value_bytes(value, &size);
  CHECK_INT(size, 6);
  CHECK(!memcmp(copy, "\0a\0\0\377\0", 7));  // and a zero past the end
  CHECK(asyncio_value_bytes(value, NULL) == copy);
  CHECK(!asyncio_value_text(value));
  asyncio_value_clear(&value);
}

TEST(no_bytes_are_bytes_wherever_they_lie) {
  size_t size = 1;
  asyncio_value value;
  CHECK_OK(asyncio_bytes(&value, NULL, 0));
  CHECK_INT(value.kind, ASYNCIO_BYTES);
  CHECK(asyncio_value_bytes(value, &size) != NULL);
  CHECK_INT(size, 0);
  asyncio_value_clear(&value);
  CHECK(!asyncio_value_bytes(value, &size));
}

TEST(text_and_bytes_of_null_are_type_errors) {
  asyncio_value value = asyncio_int(1);
  CHECK_ERROR(asyncio_text(&value, NULL), ASYNCIO_TYPE_ERROR, "Expected [text] to be a string, got NULL");
  CHECK_INT(value.kind, ASYNCIO_NONE);
  value = asyncio_int(1);
  CHECK_ERROR(asyncio_bytes(&value, NULL, 5), ASYNCIO_TYPE_ERROR, "Expected [bytes] to point at 5 bytes, got NULL");
  CHECK_INT(value.kind, ASYNCIO_NONE);
}

TEST(value_without_a_place_is_a_type_error_and_what_it_was_to_own_is_freed) {
  const char *words = "Expected [value] to be a pointer, got NULL";
  CHECK_ERROR(asyncio_text(NULL, "text"), ASYNCIO_TYPE_ERROR, words);
  CHECK_ERROR(asyncio_text(NULL, NULL), ASYNCIO_TYPE_ERROR, words);
  CHECK_ERROR(asyncio_bytes(NULL, "bytes", 5), ASYNCIO_TYPE_ERROR, words);
  CHECK_ERROR(asyncio_bytes(NULL, NULL, 0), ASYNCIO_TYPE_ERROR, words);
  CHECK_ERROR(asyncio_bytes(NULL, NULL, 5), ASYNCIO_TYPE_ERROR, words);
  CHECK_ERROR(asyncio_list(NULL, 1), ASYNCIO_TYPE_ERROR, words);
  CHECK_ERROR(asyncio_owned_pointer(NULL, (void *)(uintptr_t) "it", trace_destroyed), ASYNCIO_TYPE_ERROR, words);
  CHECK_ERROR(asyncio_owned_pointer(NULL, NULL, NULL), ASYNCIO_TYPE_ERROR, words);
  EXPECT_TRACE("destroyed it");
}

// ---- Lists

TEST(list_holds_values_of_all_kinds_and_frees_them) {
  asyncio_value list, inner;
  CHECK_OK(asyncio_list(&inner, 1));
  CHECK_OK(asyncio_list(&list, 4));
  asyncio_list_set(inner, 0, traced_value("deep"));
  asyncio_list_set(list, 0, asyncio_int(1));
  asyncio_list_set(list, 1, text_value("two"));
  asyncio_list_set(list, 2, inner);
  CHECK_INT(asyncio_value_count(list), 4);
  CHECK_INT(asyncio_value_int(asyncio_value_at(list, 0)), 1);
  CHECK_TEXT(asyncio_value_text(asyncio_value_at(list, 1)), "two");
  CHECK_TEXT(asyncio_value_pointer(asyncio_value_at(asyncio_value_at(list, 2), 0)), "deep");
  CHECK_INT(asyncio_value_at(list, 3).kind, ASYNCIO_NONE);
  CHECK_INT(asyncio_value_at(list, 4).kind, ASYNCIO_NONE);
  CHECK_INT(asyncio_value_at(list, SIZE_MAX).kind, ASYNCIO_NONE);
  asyncio_list_set(list, 1, traced_value("flat"));
  asyncio_list_set(list, 1, asyncio_bool(true));
  trace("clear");
  asyncio_value_clear(&list);
  EXPECT_TRACE("destroyed flat", "clear", "destroyed deep");
}

TEST(list_item_that_has_no_place_is_freed) {
  asyncio_value list, number = asyncio_int(3);
  CHECK_OK(asyncio_list(&list, 1));
  asyncio_list_set(list, 1, traced_value("past the end"));
  asyncio_list_set(list, SIZE_MAX, traced_value("far past the end"));
  asyncio_list_set(number, 0, traced_value("of no list"));
  CHECK_INT(asyncio_value_at(list, 0).kind, ASYNCIO_NONE);
  asyncio_value_clear(&list);
  CHECK_OK(asyncio_list(&list, 0));
  CHECK_INT(list.kind, ASYNCIO_LIST);
  CHECK_INT(asyncio_value_count(list), 0);
  asyncio_list_set(list, 0, traced_value("of an empty list"));
  asyncio_value_clear(&list);
  EXPECT_TRACE("destroyed past the end", "destroyed far past the end", "destroyed of no list",
               "destroyed of an empty list");
}

// ---- References

TEST(owned_pointer_is_destroyed_once_with_its_last_reference) {
  asyncio_value value = traced_value("it"), list;
  asyncio_value second = asyncio_value_ref(value), third = asyncio_value_ref(second);
  CHECK_OK(asyncio_list(&list, 1));
  asyncio_list_set(list, 0, asyncio_value_ref(value));
  asyncio_value_clear(&value);
  asyncio_value_clear(&third);
  asyncio_value_clear(&third);
  CHECK_TEXT(asyncio_value_pointer(second), "it");
  asyncio_value_clear(&second);
  trace("the list is left");
  asyncio_value_clear(&list);
  EXPECT_TRACE("the list is left", "destroyed it");
}

TEST(owned_pointer_may_have_no_destructor) {
  asyncio_value value;
  CHECK_OK(asyncio_owned_pointer(&value, &value, NULL));
  CHECK(asyncio_value_pointer(value) == &value);
  asyncio_value_clear(&value);
}

TEST(reference_to_a_value_without_a_box_is_a_copy) {
  asyncio_value value = asyncio_int(5), copy = asyncio_value_ref(value);
  asyncio_value_clear(&value);
  CHECK_INT(value.kind, ASYNCIO_NONE);
  CHECK_INT(asyncio_value_int(copy), 5);
}

TEST(error_in_a_value_outlives_the_raise) {
  size_t before = test_live_allocations();
  asyncio_value value = error_value(ASYNCIO_TIMEOUT_ERROR, "too late");
  CHECK_INT(asyncio_value_status(value), ASYNCIO_TIMEOUT_ERROR);
  CHECK_TEXT(asyncio_error_words(asyncio_value_error(value)), "too late");
  asyncio_value_clear(&value);
  CHECK_INT(test_live_allocations(), before);
}

TEST(error_in_a_value_may_be_a_status_alone) {
  const asyncio_status statuses[] = {ASYNCIO_CANCELLED_ERROR, ASYNCIO_APPLICATION_ERROR, INT_MIN};
  for (size_t i = 0; i < 3; i++) {
    asyncio_value value;
    CHECK_OK(asyncio__value_of_error(&value, NULL, statuses[i]));
    CHECK_INT(asyncio_value_status(value), statuses[i]);
    CHECK(!asyncio_value_error(value));
    asyncio_value_clear(&value);
  }
}

// ---- Without memory

static void check_no_memory(asyncio_status status, asyncio_value *value) {
  CHECK_ERROR(status, ASYNCIO_MEMORY_ERROR, NULL);
  CHECK_INT(value->kind, ASYNCIO_NONE);
  CHECK(!value->boxed);
  asyncio_value_clear(value);
  *value = asyncio_int(1);
}

TEST(value_without_memory_is_none_and_what_it_was_to_own_is_freed) {
  asyncio_value value = asyncio_int(1);
  test_fail_allocation(1);
  check_no_memory(asyncio_text(&value, "text"), &value);
  test_fail_allocation(1);
  check_no_memory(asyncio_bytes(&value, "bytes", 5), &value);
  test_fail_allocation(1);
  check_no_memory(asyncio_list(&value, 3), &value);
  test_fail_allocation(1);
  check_no_memory(asyncio_owned_pointer(&value, (void *)(uintptr_t) "it", trace_destroyed), &value);
  test_fail_allocation(1);
  check_no_memory(asyncio_owned_pointer(&value, NULL, NULL), &value);
  test_fail_allocation(1);
  check_no_memory(asyncio__value_of_js(&value, 7, trace_released), &value);
  test_fail_allocation(1);
  check_no_memory(asyncio__value_of_error(&value, NULL, ASYNCIO_VALUE_ERROR), &value);
  EXPECT_TRACE("destroyed it", "released 7");
}

TEST(value_larger_than_memory_is_a_memory_error) {
  asyncio_value value = asyncio_int(1);
  check_no_memory(asyncio_list(&value, SIZE_MAX), &value);
  check_no_memory(asyncio_list(&value, SIZE_MAX / sizeof value + 2), &value);
  check_no_memory(asyncio_list(&value, PTRDIFF_MAX / sizeof value), &value);
  check_no_memory(asyncio_bytes(&value, "", SIZE_MAX), &value);
  check_no_memory(asyncio_bytes(&value, "", PTRDIFF_MAX), &value);
}

TEST(value_without_memory_does_not_quote_an_earlier_memory_error) {
  asyncio_value value;
  char list_words[80];
  snprintf(list_words, sizeof list_words, "Out of memory for a list of %zu values", (size_t)SIZE_MAX / 2);
  asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for something else");
  test_fail_allocation(1);
  CHECK_ERROR(asyncio_text(&value, "words"), ASYNCIO_MEMORY_ERROR, "Out of memory for a value of 5 bytes");
  CHECK_ERROR(asyncio_list(&value, SIZE_MAX / 2), ASYNCIO_MEMORY_ERROR, list_words);
}
