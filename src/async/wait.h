// SPDX-License-Identifier: MIT
// What a task waits for that is in asyncio_wait.
#ifndef ASYNCIO__ASYNC_WAIT_H
#define ASYNCIO__ASYNC_WAIT_H

#include "asyncio/wait.h"

// The next of the futures that are not done, moving [at], 0 at first; NULL at the end, or when the task is not in
// asyncio_wait.
asyncio_future *asyncio__wait_awaits(const asyncio_task *task, size_t *at);

#endif
