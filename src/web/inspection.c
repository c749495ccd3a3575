// SPDX-License-Identifier: MIT
// What call graphs and listings of tasks are to JavaScript: a table of their own, since the embedded core keeps them in
// a module apart (web/cli/core.mjs).
#include "api.h"
#include "asyncio/graph.h"
#include "asyncio/stackless.h"

#define PUBLIC(_, name) _(name, asyncio_##name)

#define FUNCTIONS(_) \
  PUBLIC(_, task_get_stack) PUBLIC(_, future_awaited_by) PUBLIC(_, task_waiting_for) PUBLIC(_, task_line) \
  PUBLIC(_, format_call_graph) PUBLIC(_, format_tasks) PUBLIC(_, format_task_tree)

static const asyncio__functions functions = ASYNCIO__TABLE(FUNCTIONS);

EMSCRIPTEN_KEEPALIVE const asyncio__functions *asyncio__js_inspection_functions(void) { return &functions; }
