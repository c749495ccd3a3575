// SPDX-License-Identifier: MIT
// Contexts: what a callback or a task finds of its creator's context variables. Every entry carries the one that was current
// when it was scheduled. NULL is the empty context, and the only one until context variables exist.
#ifndef ASYNCIO__CORE_CONTEXT_H
#define ASYNCIO__CORE_CONTEXT_H

typedef struct asyncio_context asyncio_context;

#endif
