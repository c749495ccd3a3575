// SPDX-License-Identifier: MIT
// What gather, wait, wait_for and shield are to JavaScript: a table of their own, since the embedded core keeps them in
// a module apart (web/cli/core.mjs).
#include "api.h"
#include "asyncio/gather.h"
#include "asyncio/shield.h"
#include "asyncio/wait.h"
#include "asyncio/wait_for.h"

#define PUBLIC(name) {#name, (const void *)asyncio_##name}

static const asyncio__function functions[] = {
    PUBLIC(gather_array), PUBLIC(wait_coroutine), PUBLIC(wait_for_coroutine), PUBLIC(shield), {NULL, NULL},
};

EMSCRIPTEN_KEEPALIVE const asyncio__function *asyncio__js_combinator_functions(void) { return functions; }
