// SPDX-License-Identifier: MIT
// What the embedded core needs of a C library's stdio, in a hundredth of its size: printf's conversions that our own
// messages use (%s %d %u %zu %%), into memory, whatever width or precision they have. It takes the place of the
// library's functions of these names, of src/base/check.c and of src/core/report_line.c.
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "../base/check.h"
#include "asyncio/loop.h"
#include "host.h"

typedef struct printer {
  char *text;
  size_t size;    // of [text], its end included
  size_t length;  // of the whole, which may be more
} printer;

static void put(printer *to, char character) {
  if (to->length + 1 < to->size) to->text[to->length] = character;
  to->length++;
}

static void put_text(printer *to, const char *text) {
  for (text = text ? text : "(null)"; *text; text++) put(to, *text);
}

static void put_number(printer *to, unsigned long number) {
  char digits[3 * sizeof number + 1], *first = digits + sizeof digits - 1;
  *first = '\0';
  do *--first = (char)('0' + number % 10);
  while (number /= 10);
  put_text(to, first);
}

static void put_signed(printer *to, int number) {
  if (number < 0) put(to, '-');
  put_number(to, number < 0 ? 0ul - (unsigned long)number : (unsigned long)number);
}

// Writes the next argument as [conversion] says.
static void convert(printer *to, char conversion, va_list *arguments) {
  if (conversion == 's')
    put_text(to, va_arg(*arguments, const char *));
  else if (conversion == 'd')
    put_signed(to, va_arg(*arguments, int));
  else if (conversion == 'u')
    put_number(to, va_arg(*arguments, unsigned));
  else
    put(to, conversion);
}

int vsnprintf(char *text, size_t size, const char *format, va_list arguments) {
  printer to = {text, size, 0};
  va_list rest;
  va_copy(rest, arguments);
  for (; *format; format++) {
    if (*format != '%') {
      put(&to, *format);
      continue;
    }
    do format++;
    while (*format == 'z' || *format == '.' || (*format >= '0' && *format <= '9'));  // a size_t is an unsigned
    convert(&to, *format, &rest);
  }
  va_end(rest);
  if (size) text[to.length < size ? to.length : size - 1] = '\0';
  return (int)to.length;
}

int snprintf(char *text, size_t size, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, size, format, arguments);
  va_end(arguments);
  return length;
}

_Noreturn void asyncio__fail(const char *file, int line, const char *format, ...) {
  char text[256];
  va_list arguments;
  (void)file, (void)line;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  asyncio__host_report(text);
  __builtin_trap();
}

void asyncio__write_report(const asyncio_exception_context *context) { (void)context; }
