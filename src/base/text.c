// SPDX-License-Identifier: MIT
// See text.h. One function calls vsnprintf, and it never suspends.
#include "text.h"

#include <stdarg.h>
#include <stdio.h>

#include "barrier.h"

asyncio__text asyncio__text_in(char *start, size_t size) {
  if (size) *start = '\0';
  return (asyncio__text){start, size, 0};
}

ASYNCIO__OUTLINED void asyncio__text_add(asyncio__text *self, const char *format, ...) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__text_add);
  size_t used = self->length < self->size ? self->length : self->size;
  va_list arguments;
  va_start(arguments, format);
  int written = vsnprintf(self->size ? self->start + used : NULL, self->size - used, format, arguments);
  va_end(arguments);
  self->length += written > 0 ? (size_t)written : 0;
}
