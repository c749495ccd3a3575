// SPDX-License-Identifier: MIT
// Protection from cancellation.
#ifndef ASYNCIO_SHIELD_H
#define ASYNCIO_SHIELD_H

#include "task.h"

#ifdef __cplusplus
extern "C" {
#endif

// An awaitable with the outcome of [awaitable] whose cancellation stops at the shield: who awaits it gets
// CancelledError, the awaitable runs on. A done future is returned itself. A failure after the shield was cancelled
// goes to the exception handler. Used up by its first use; asyncio_ref keeps it. NULL as for asyncio_ensure_future.
ASYNCIO_MUST_USE asyncio_future *asyncio_shield(asyncio_future *awaitable);

#ifdef __cplusplus
}
#endif
#endif
