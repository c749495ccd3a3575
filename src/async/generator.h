// SPDX-License-Identifier: MIT
// Generators for JavaScript, which makes their bodies and their errors itself.
#ifndef ASYNCIO__ASYNC_GENERATOR_H
#define ASYNCIO__ASYNC_GENERATOR_H

#include "asyncio/generator.h"

// A generator around a body, a coroutine object that may yield and that is used up. NULL with the error raised, also
// for NULL.
asyncio_generator *asyncio__generator_of(const char *name, asyncio_future *body);

// asyncio_athrow with an error that exists, whose reference is taken over.
asyncio_future *asyncio__generator_throw(asyncio_generator *generator, asyncio_status status, asyncio_error *words);

#endif
