// SPDX-License-Identifier: MIT
// What call graphs and listings of tasks are to JavaScript: a table of their own, since the embedded core keeps them in
// a module apart (web/cli/core.mjs).
#include "api.h"
#include "asyncio/graph.h"
#include "asyncio/stackless.h"

#define PUBLIC(name) {#name, (const void *)asyncio_##name}

static const asyncio__function functions[] = {
    PUBLIC(task_get_stack), PUBLIC(future_awaited_by), PUBLIC(task_waiting_for), PUBLIC(task_line),
    PUBLIC(format_call_graph), PUBLIC(format_tasks), PUBLIC(format_task_tree), {NULL, NULL},
};

EMSCRIPTEN_KEEPALIVE const asyncio__function *asyncio__js_inspection_functions(void) { return functions; }
