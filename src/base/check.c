// SPDX-License-Identifier: MIT
// The end of the line for what cannot go on. Kept out of the header so that a check costs one branch and no code.
#include "check.h"

#include "barrier.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

ASYNCIO__OUTLINED _Noreturn void asyncio__fail(const char *file, int line, const char *format, ...) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__fail);
  va_list arguments;
  va_start(arguments, format);
  fputs("asyncio: ", stderr);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, " (%s:%d)\n", file, line);
  va_end(arguments);
  fflush(stderr);
  abort();
}
