// SPDX-License-Identifier: MIT
// src/base/error.c, src/core/runtime.c: every status has a name and words; a raise keeps its own words, for the latest
// three statuses, with what was being handled as its context; and nothing of that grows for ever.
#include <limits.h>
#include <stdio.h>

#include "../support/test.h"

#define ENTRY(constant, code, name, words) {constant, code, name, words},
static const struct {
  asyncio_status status;
  int code;
  const char *name;
  const char *words;
} table[] = {ASYNCIO_STATUS_MAP(ENTRY)};
#undef ENTRY
enum { TABLE_SIZE = sizeof table / sizeof *table, LONGEST_CHAIN = 8 };

static const char value_words[] = "An argument has a value that is not allowed";

// What is no status: success, the gap between ours and the application's, and above zero.
static const asyncio_status undefined[] = {1, 5, -TABLE_SIZE - 1, ASYNCIO_APPLICATION_ERROR + 1, INT_MAX};

TEST(every_status_has_its_name_and_general_words) {
  for (int i = 0; i < TABLE_SIZE; i++) {
    CHECK_INT(table[i].status, table[i].code);
    CHECK_INT(table[i].code, -1 - i);
    CHECK_TEXT(asyncio_error_name(table[i].status), table[i].name);
    CHECK_TEXT(asyncio_error_message(table[i].status), table[i].words);
    CHECK(!asyncio_error_current(table[i].status));
  }
  CHECK_TEXT(asyncio_error_name(ASYNCIO_TIMEOUT_ERROR), "TimeoutError");
}

TEST(success_the_application_s_codes_and_unknown_ones_have_names_too) {
  CHECK_TEXT(asyncio_error_name(ASYNCIO_OK), "OK");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_OK), "");
  const asyncio_status own[] = {ASYNCIO_APPLICATION_ERROR, ASYNCIO_APPLICATION_ERROR - 1, INT_MIN};
  for (size_t i = 0; i < 3; i++) {
    CHECK_TEXT(asyncio_error_name(own[i]), "ApplicationError");
    CHECK_TEXT(asyncio_error_message(own[i]), "The application reported a failure");
  }
  for (size_t i = 0; i < sizeof undefined / sizeof *undefined; i++) {
    CHECK_TEXT(asyncio_error_name(undefined[i]), "UnknownError");
    CHECK_TEXT(asyncio_error_message(undefined[i]), "Unknown status");
  }
}

enum { QUOTA_ERROR = ASYNCIO_APPLICATION_ERROR - 234, LINK_ERROR = ASYNCIO_APPLICATION_ERROR - 5000 };
ASYNCIO_ERROR_NAME(QUOTA_ERROR, "QuotaError");
ASYNCIO_ERROR_NAME(LINK_ERROR, "LinkError");
ASYNCIO_ERROR_NAME(LINK_ERROR, "a second name is not heard");

TEST(the_application_names_its_own) {
  CHECK_TEXT(asyncio_error_name(QUOTA_ERROR), "QuotaError");
  CHECK_TEXT(asyncio_error_name(LINK_ERROR), "LinkError");
  CHECK_TEXT(asyncio_error_name(QUOTA_ERROR - 1), "ApplicationError");
  CHECK_ERROR(asyncio_raise(QUOTA_ERROR, "no more"), QUOTA_ERROR, "no more");
}

TEST(raise_returns_its_status_and_keeps_formatted_words) {
  const asyncio_status statuses[] = {-1, ASYNCIO_JS_ERROR, ASYNCIO_APPLICATION_ERROR, -4000, INT_MIN};
  for (int i = 0; i < 5; i++) {
    char words[40];
    snprintf(words, sizeof words, "case %d of five: %.2f", i, i / 4.0);
    CHECK_ERROR(asyncio_raise(statuses[i], "case %d of %s: %.2f", i, "five", i / 4.0), statuses[i], words);
    const asyncio_error *error = asyncio_error_current(statuses[i]);
    CHECK_INT(asyncio_error_status(error), statuses[i]);
    CHECK_TEXT(asyncio_error_words(error), words);
  }
}

TEST(raise_keeps_words_of_any_length) {
  asyncio_raise(ASYNCIO_VALUE_ERROR, "%s", "");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "");
  asyncio_raise(ASYNCIO_VALUE_ERROR, "%*d", 20000, 7);
  CHECK_INT(strlen(asyncio_error_message(ASYNCIO_VALUE_ERROR)), 20000);
}

TEST(raise_may_quote_the_words_that_it_replaces) {
  asyncio_raise(ASYNCIO_VALUE_ERROR, "no number");
  for (int i = 0; i < 2; i++)
    asyncio_raise(ASYNCIO_VALUE_ERROR, "line %d: %s", i, asyncio_error_message(ASYNCIO_VALUE_ERROR));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "line 1: line 0: no number");
}

TEST(raise_of_what_is_no_failure_is_a_value_error) {
  CHECK_ERROR(asyncio_raise(ASYNCIO_OK, "fine"), ASYNCIO_VALUE_ERROR, "Expected [status] to be an error's, got 0");
  for (size_t i = 0; i < sizeof undefined / sizeof *undefined; i++) {
    char words[80];
    snprintf(words, sizeof words, "Expected [status] to be an error's, got %d", undefined[i]);
    CHECK_ERROR(asyncio_raise(undefined[i], "never seen"), ASYNCIO_VALUE_ERROR, words);
    CHECK(!asyncio_error_current(undefined[i]));
  }
}

TEST(words_of_the_latest_three_statuses_are_kept) {
  asyncio_raise(ASYNCIO_VALUE_ERROR, "one");
  asyncio_raise(ASYNCIO_TYPE_ERROR, "two");
  asyncio_raise(ASYNCIO_TIMEOUT_ERROR, "three");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "one");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "two");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TIMEOUT_ERROR), "three");
  asyncio_raise(ASYNCIO_RUNTIME_ERROR, "four");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), value_words);
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "two");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_RUNTIME_ERROR), "four");
}

TEST(words_of_the_same_status_are_replaced_and_push_out_no_others) {
  asyncio_raise(ASYNCIO_VALUE_ERROR, "one");
  asyncio_raise(ASYNCIO_TYPE_ERROR, "two");
  for (int i = 0; i < 5; i++) asyncio_raise(ASYNCIO_TIMEOUT_ERROR, "three.%d", i);
  asyncio_raise(ASYNCIO_VALUE_ERROR, "one again");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "one again");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "two");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TIMEOUT_ERROR), "three.4");
  asyncio_raise(ASYNCIO_RUNTIME_ERROR, "four");  // the oldest now is the TypeError
  CHECK(!asyncio_error_current(ASYNCIO_TYPE_ERROR));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "one again");
}

TEST(context_of_an_error_is_what_was_raised_before_it) {
  asyncio_raise(ASYNCIO_VALUE_ERROR, "first");
  asyncio_raise(ASYNCIO_TYPE_ERROR, "second");
  asyncio_raise(ASYNCIO_TYPE_ERROR, "third");
  const asyncio_error *error = asyncio_error_current(ASYNCIO_TYPE_ERROR);
  for (; error; error = asyncio_error_context(error))
    trace("%s: %s", asyncio_error_name(asyncio_error_status(error)), asyncio_error_words(error));
  EXPECT_TRACE("TypeError: third", "TypeError: second", "ValueError: first");
}

TEST(chain_of_contexts_ends_after_eight) {
  size_t before = test_live_allocations();
  for (int i = 0; i < 1000; i++) asyncio_raise(i % 2 ? ASYNCIO_VALUE_ERROR : ASYNCIO_TYPE_ERROR, "%d", i);
  const asyncio_error *error = asyncio_error_current(ASYNCIO_VALUE_ERROR);
  for (int i = 999; i > 999 - LONGEST_CHAIN; i--, error = asyncio_error_context(error)) {
    char words[16];
    snprintf(words, sizeof words, "%d", i);
    CHECK_TEXT(asyncio_error_words(error), words);
  }
  CHECK(!error);
  CHECK_INT(test_live_allocations() - before, LONGEST_CHAIN);
  asyncio_error_clear();
  CHECK_INT(test_live_allocations(), before);
}

TEST(clear_forgets_words_and_contexts) {
  asyncio_error_clear();
  asyncio_raise(ASYNCIO_VALUE_ERROR, "dealt with");
  asyncio_raise(ASYNCIO_TYPE_ERROR, "dealt with too");
  asyncio_error_clear();
  CHECK(!asyncio_error_current(ASYNCIO_VALUE_ERROR));
  CHECK(!asyncio_error_current(ASYNCIO_TYPE_ERROR));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), value_words);
  asyncio_raise(ASYNCIO_TIMEOUT_ERROR, "new");
  CHECK(!asyncio_error_context(asyncio_error_current(ASYNCIO_TIMEOUT_ERROR)));
}

TEST(latest_status_is_known_with_or_without_words_until_cleared) {
  asyncio_error_clear();
  CHECK_INT(asyncio_error_latest(), ASYNCIO_OK);
  asyncio_raise(ASYNCIO_VALUE_ERROR, "one");
  asyncio_raise(-1234, "two");
  CHECK_INT(asyncio_error_latest(), -1234);
  test_fail_allocation(1);
  asyncio_raise(ASYNCIO_TYPE_ERROR, "lost");
  CHECK_INT(asyncio_error_latest(), ASYNCIO_TYPE_ERROR);
  CHECK_TEXT(asyncio_error_message(-1234), "two");
  asyncio_error_clear();
  CHECK_INT(asyncio_error_latest(), ASYNCIO_OK);
}

TEST(parts_of_no_error_are_empty) {
  CHECK_INT(asyncio_error_status(NULL), ASYNCIO_OK);
  CHECK_TEXT(asyncio_error_words(NULL), "");
  CHECK(!asyncio_error_context(NULL));
}

TEST(raise_without_memory_keeps_the_status_with_its_general_words) {
  test_fail_allocation(1);
  CHECK_ERROR(asyncio_raise(ASYNCIO_VALUE_ERROR, "lost"), ASYNCIO_VALUE_ERROR, value_words);
  CHECK(!asyncio_error_current(ASYNCIO_VALUE_ERROR));
  asyncio_raise(ASYNCIO_TYPE_ERROR, "kept");
  asyncio_raise(ASYNCIO_VALUE_ERROR, "replaced");
  test_fail_allocation(1);
  CHECK_ERROR(asyncio_raise(ASYNCIO_VALUE_ERROR, "lost"), ASYNCIO_VALUE_ERROR, value_words);
  CHECK_TEXT(asyncio_error_message(ASYNCIO_TYPE_ERROR), "kept");
  asyncio_raise(ASYNCIO_VALUE_ERROR, "after");
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "after");
  CHECK_TEXT(asyncio_error_words(asyncio_error_context(asyncio_error_current(ASYNCIO_VALUE_ERROR))), "kept");
}

// ---- Whose errors they are

ASYNCIO_COROUTINE(error_raiser, (const char *, words)) {
  CHECK(!asyncio_error_current(ASYNCIO_VALUE_ERROR));
  asyncio_raise(ASYNCIO_VALUE_ERROR, "%s", words);
  ASYNCIO_TRY(asyncio_sleep(0));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), words);
  return ASYNCIO_OK;
}

ASYNCIO_COROUTINE(error_raisers) {
  asyncio_task *one = asyncio_create_task(error_raiser_coroutine("one's"));
  asyncio_task *two = asyncio_create_task(error_raiser_coroutine("two's"));
  CHECK(!asyncio_error_current(ASYNCIO_TYPE_ERROR));
  asyncio_raise(ASYNCIO_VALUE_ERROR, "the first task's");
  ASYNCIO_TRY(asyncio_await(one, NULL));
  ASYNCIO_TRY(asyncio_await(two, NULL));
  CHECK_TEXT(asyncio_error_message(ASYNCIO_VALUE_ERROR), "the first task's");
  asyncio_unref(one);
  asyncio_unref(two);
  return ASYNCIO_OK;
}

TEST(errors_of_a_task_are_seen_there_and_nowhere_else) {
  asyncio_raise(ASYNCIO_TYPE_ERROR, "outside");
  run(error_raisers_coroutine());
  CHECK(!asyncio_error_current(ASYNCIO_VALUE_ERROR));
}
