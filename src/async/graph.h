// SPDX-License-Identifier: MIT
// What the files about call graphs share.
#ifndef ASYNCIO__ASYNC_GRAPH_H
#define ASYNCIO__ASYNC_GRAPH_H

#include "../base/barrier.h"
#include "asyncio/graph.h"

// Whether [task] waits for [future], directly or through a gather, a shield, asyncio_wait or its task group.
bool asyncio__task_awaits_future(const asyncio_task *task, const asyncio_future *future);

// Reports the text that [format] makes of [what], if there is any.
void asyncio__print_formatted(size_t (*format)(void *what, char *text, size_t size), void *what);

#endif
