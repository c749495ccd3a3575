// SPDX-License-Identifier: MIT
// Writes the trace. Lines go out as they come, so that a crash shows what came before it.
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

enum { LONGEST_TEXT = 8192, DEEPEST_LIST = 3 };

static void begin(void) { printf("%g ", asyncio_loop_time(run.loop) - run.start); }

void trace_line(const char *format, ...) {
  va_list arguments;
  if (run.dead) return;
  begin();
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  putchar('\n');
}

void event(const instance *me, const operation *op, const char *format, ...) {
  va_list arguments;
  if (run.dead) return;
  begin();
  printf("%s %d %s ", me->name, op->id, op->name);
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  putchar('\n');
}

static size_t append(char *text, size_t used, const char *more) {
  size_t length = strlen(more);
  if (used + length >= LONGEST_TEXT) length = LONGEST_TEXT - 1 - used;
  memcpy(text + used, more, length);
  text[used + length] = '\0';
  return used + length;
}

static size_t append_value(char *text, size_t used, asyncio_value value, int depth);

static size_t append_list(char *text, size_t used, asyncio_value list, int depth) {
  if (!depth) return append(text, used, "[...]");
  used = append(text, used, "[");
  for (size_t i = 0; i < asyncio_value_count(list); i++) {
    if (i) used = append(text, used, ",");
    used = append_value(text, used, asyncio_value_at(list, i), depth - 1);
  }
  return append(text, used, "]");
}

static size_t append_error(char *text, size_t used, asyncio_status status, const asyncio_error *error,
                           int depth) {
  asyncio_value parts = asyncio_error_exceptions(error);
  used = append(text, used, asyncio_error_name(status));
  used = append(text, used, "(");
  used = append(text, used, asyncio_error_words(error));
  used = append(text, used, ")");
  return parts.kind == ASYNCIO_LIST ? append_list(text, used, parts, depth) : used;
}

static size_t append_value(char *text, size_t used, asyncio_value value, int depth) {
  char number[32];
  if (value.kind == ASYNCIO_LIST) return append_list(text, used, value, depth);
  if (value.kind == ASYNCIO_NONE) return append(text, used, "None");
  if (value.kind == ASYNCIO_ERROR)
    return append_error(text, used, asyncio_value_status(value), asyncio_value_error(value), depth);
  if (value.kind == ASYNCIO_BOOL) return append(text, used, asyncio_value_bool(value) ? "True" : "False");
  snprintf(number, sizeof number, "%lld", (long long)asyncio_value_int(value));
  return append(text, used, number);
}

char *show_value(asyncio_value value) {
  char *text = malloc(LONGEST_TEXT);
  append_value(text, 0, value, DEEPEST_LIST);
  return text;
}

char *show_error(asyncio_status status, const asyncio_error *error) {
  char *text = malloc(LONGEST_TEXT);
  append_error(text, 0, status, error, DEEPEST_LIST);
  return text;
}

char *show_status(asyncio_status status) { return show_error(status, asyncio_error_current(status)); }

void event_outcome(const instance *me, const operation *op, asyncio_status status, asyncio_value value) {
  char *text = status ? show_status(status) : show_value(value);
  event(me, op, "%s%s", status ? "" : "ok ", text);
  free(text);
}
