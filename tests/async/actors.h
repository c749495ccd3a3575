// SPDX-License-Identifier: MIT
// The coroutines that most tests of waiting are played with: each gives a value, fails or resists cancellation after a
// known time, and traces what happens to it with the time since clock_start().
#ifndef TESTS_ASYNC_ACTORS_H
#define TESTS_ASYNC_ACTORS_H

#include "../support/test.h"

// The virtual clock goes on from test to test: times in traces count from here.
void clock_start(void);
double clock_elapsed(void);

// Traces "[name] <event> at <elapsed>".
void trace_at(const char *name, const char *event);

// Gives [value] after [delay]. Traces "[name] done at T", or "[name] cancelled at T (words)".
ASYNCIO_COROUTINE_DECLARE(actor, (const char *, name), (double, delay), (int, value));

// Fails with [status] and the words "[name] failed" after [delay]. Traces as above, "failed".
ASYNCIO_COROUTINE_DECLARE(failing_actor, (const char *, name), (double, delay), (asyncio_status, status));

// Waits for ever. Cancelled, it takes [cleanup] seconds, and then gives [value] all the same.
ASYNCIO_COROUTINE_DECLARE(stubborn_actor, (const char *, name), (double, cleanup), (int, value));

// Waits for ever. Cancelled, it takes [cleanup] seconds, and then ends with [status]; ASYNCIO_CANCELLED_ERROR passes
// the cancellation on, another fails with the words "[name] failed".
ASYNCIO_COROUTINE_DECLARE(tidy_actor, (const char *, name), (double, cleanup), (asyncio_status, status));

// Traces "tick 1", "tick 2"... one in each iteration.
ASYNCIO_COROUTINE_DECLARE(ticking_actor, (int, count));

// Awaits [awaitable] and traces "[name] got <int>" or "[name] got <Error>: words", with the time.
ASYNCIO_COROUTINE_DECLARE(awaiting_actor, (const char *, name), (asyncio_future *, awaitable));

// The awaitable's outcome must be this integer.
void check_gives(asyncio_future *awaitable, int expected);

// The awaitable's outcome must be this failure.
void check_fails(asyncio_future *awaitable, asyncio_status status, const char *words);

// Traces a value: "1", "[1, 2]", "ValueError: words", "None".
void trace_value(const char *name, asyncio_value value);

#endif
