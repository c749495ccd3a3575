// SPDX-License-Identifier: MIT
// Text that grows in a buffer of the caller's, as snprintf does it: what does not fit is counted and left out.
#ifndef ASYNCIO__BASE_TEXT_H
#define ASYNCIO__BASE_TEXT_H

#include <stddef.h>

typedef struct asyncio__text {
  char *start;  // zero-terminated when [size] is not 0
  size_t size;
  size_t length;  // of the whole, whether it fits or not
} asyncio__text;

asyncio__text asyncio__text_in(char *start, size_t size);
void asyncio__text_add(asyncio__text *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
