// SPDX-License-Identifier: MIT
// The form of as_completed's iteration that code without a stack has: JavaScript knows each future by its pointer.
#ifndef ASYNCIO__ASYNC_AS_COMPLETED_H
#define ASYNCIO__ASYNC_AS_COMPLETED_H

#include "asyncio/as_completed.h"

// asyncio_as_completed_next_future as a coroutine object: awaiting it gives a pointer to the future, borrowed from whoever
// has given it to asyncio_as_completed_begin.
ASYNCIO_MUST_USE asyncio_future *asyncio__as_completed_next_future_coroutine(asyncio_as_completed *iterator);

#endif
