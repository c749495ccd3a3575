// SPDX-License-Identifier: MIT
// JavaScript's promises and values, in C. WebAssembly only.
//
//   EM_JS(asyncio_js, fetch_text, (const char *url), {
//     const address = UTF8ToString(url);
//     return asyncio.promise((signal) => fetch(address, {signal}).then((response) => response.text()));
//   });
//   ...
//   asyncio_value text;
//   ASYNCIO_TRY(asyncio_await(asyncio_promise(fetch_text(url)), &text));
//
// In JavaScript that C calls, `asyncio.promise(p)` makes a handle of promise p (or of a function that returns one and
// is given an AbortSignal), `asyncio.handle(v)` of any other value, and `asyncio.value(h)` reads one. EM_JS is
// <emscripten.h>'s, which comes along.
#ifndef ASYNCIO_PROMISE_H
#define ASYNCIO_PROMISE_H

#ifdef __EMSCRIPTEN__
#include <emscripten/emscripten.h>
#endif

#include "future.h"

#ifdef __cplusplus
extern "C" {
#endif

// A handle of a JavaScript value; 0 is none. Handles are never used twice.
typedef unsigned asyncio_js;

// A future of the running loop (outside one: of the current event loop) with the outcome of [promise], whose handle it
// takes over. A resolved value comes as: undefined and null none, booleans bool, numbers double, bigints of 64 bits
// int64, strings text, ArrayBuffers and their views bytes (all copied), anything else a JavaScript value. A rejection
// comes as JSError with its words ("TypeError: fetch failed"), whatever was thrown. Cancelling the future fires the
// AbortSignal and forgets the promise. Used up by its first use. NULL with TypeError for a handle that is none or
// stale, MemoryError.
ASYNCIO_MUST_USE asyncio_future *asyncio_promise(asyncio_js promise);

// The handle in a value of kind ASYNCIO_JS, borrowed from it; 0 for another kind.
asyncio_js asyncio_value_js(asyncio_value value);

// The value that JavaScript threw or rejected with, behind an error with status JSError, borrowed; 0 when there is
// none.
asyncio_js asyncio_error_js(const asyncio_error *error);

// Lets go of a handle that C owns: one that JavaScript returned and nothing took over. A stale one is ignored.
void asyncio_js_release(asyncio_js handle);

#ifdef __cplusplus
}
#endif
#endif
