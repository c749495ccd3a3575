// SPDX-License-Identifier: MIT
// The timeouts, groups, generators and contexts of a program under way, by their numbers: the latest of each. Those
// before are kept until the end too, since who has begun one still ends it.
#ifndef TESTS_CONFORMANCE_SCOPES_H
#define TESTS_CONFORMANCE_SCOPES_H

#include <asyncio.h>

enum { EACH = 2, GROUPS = 5 };

// One timeout, group or generator.
typedef struct scope {
  asyncio_timeout timeout;
  asyncio_task_group group;
  asyncio_generator *generator;
  struct scope *before;
} scope;

typedef struct scopes {
  scope *all;
  scope *timeouts[EACH];
  scope *groups[GROUPS];
  asyncio_generator *generators[GROUPS];
  asyncio_context_var *variables[EACH];
  asyncio_context_token tokens[EACH];
  asyncio_context *contexts[EACH];
} scopes;

void scopes_init(scopes *self);
void scopes_destroy(scopes *self);  // after the loop is closed

#endif
