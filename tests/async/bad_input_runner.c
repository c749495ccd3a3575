// SPDX-License-Identifier: MIT
// See bad_input.h.
#include "bad_input.h"

asyncio_status reason(asyncio_future *awaitable) {
  if (!awaitable) return asyncio_await(NULL, NULL);
  asyncio_unref(asyncio_ref(awaitable));
  return ASYNCIO_OK;
}

void check_fresh_task(void) {
  asyncio_task *task = asyncio_create_task(asyncio_sleep_coroutine(0.001, asyncio_int(7)), .name = "fresh");
  check_gives(task, 7);
  asyncio_unref(task);
}

ASYNCIO_COROUTINE(fresh_main) {
  check_fresh_task();
  return ASYNCIO_OK;
}

void check_fresh_run(void) { run(fresh_main_coroutine()); }

static void check_row(const bad_input *row) {
  asyncio_error_clear();
  asyncio_status status = row->attempt();
  const char *words = asyncio_error_message(status);
  test_check(status == row->expected, __FILE__, __LINE__, "%s: expected %s, got %s: %s", row->what,
             asyncio_error_name(row->expected), asyncio_error_name(status), words);
  if (status != row->expected || !row->words) return;
  test_check_text(words, row->words, row->what, __FILE__, __LINE__);
}

ASYNCIO_COROUTINE(check_rows, (const bad_input *, rows), (size_t, count)) {
  for (size_t i = 0; i < count; i++) {
    check_row(&rows[i]);
    check_fresh_task();
  }
  return ASYNCIO_OK;
}

void check_bad_input_in_a_task(const bad_input *rows, size_t count) { run(check_rows_coroutine(rows, count)); }

void check_bad_input_outside(const bad_input *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    check_row(&rows[i]);
    check_fresh_run();
  }
}
