// SPDX-License-Identifier: MIT
// A host whose time passes only when everything waits. Natively and in WebAssembly alike.
#include "host_blocking.h"

static _Thread_local double virtual_now;

double asyncio__host_now(void) { return virtual_now; }

static void wait_until(double deadline) { virtual_now = fmax(virtual_now, deadline); }

#ifdef __EMSCRIPTEN__
// Nothing lies between the coroutines and this host: the tests that put JavaScript in between link host_web.c.
bool asyncio__host_checks_stacks;
void asyncio_host_move_stack_limits(void *high, void *low) { (void)high, (void)low; }
#endif
