// SPDX-License-Identifier: MIT
// What gather, wait, wait_for and shield are to JavaScript: a table of their own, since the embedded core keeps them in
// a module apart (web/cli/core.mjs).
#include "api.h"
#include "asyncio/gather.h"
#include "asyncio/shield.h"
#include "asyncio/wait.h"
#include "asyncio/wait_for.h"

#define PUBLIC(_, name) _(name, asyncio_##name)

#define FUNCTIONS(_) \
  PUBLIC(_, gather_array) PUBLIC(_, wait_coroutine) PUBLIC(_, wait_for_coroutine) PUBLIC(_, shield)

static const asyncio__functions functions = ASYNCIO__TABLE(FUNCTIONS);

EMSCRIPTEN_KEEPALIVE const asyncio__functions *asyncio__js_combinator_functions(void) { return &functions; }
