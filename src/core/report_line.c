// SPDX-License-Identifier: MIT
// What the exception handler would be told, as a line for people to read: for loops without one. The embedded core, all
// of whose loops have JavaScript's, leaves this out.
#include <stdio.h>

#include "../port/host.h"
#include "loop.h"

ASYNCIO__OUTLINED void asyncio__write_report(const asyncio_exception_context *context) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__write_report);
  char line[1024];
  const char *name = context->future ? asyncio_task_get_name(context->future) : "";
  const char *words = context->error ? context->error->words : asyncio__status_words(context->status);
  const char *before = *name ? " (" : "", *after = *name ? ")" : "";
  if (context->status)
    snprintf(line, sizeof line, "asyncio: %s%s%s%s: %s: %s", context->message, before, name, after,
             asyncio_error_name(context->status), words);
  else
    snprintf(line, sizeof line, "asyncio: %s%s%s%s", context->message, before, name, after);
  asyncio__host_report(line);
}
