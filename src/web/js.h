// SPDX-License-Identifier: MIT
// How values, words and errors cross from JavaScript, for src/web. A value crosses as a kind, a number and a size: the
// size is that of the bytes which the loader has ready for asyncio_host_fill, or a handle.
#ifndef ASYNCIO__WEB_JS_H
#define ASYNCIO__WEB_JS_H

#include <emscripten.h>
#include <stdint.h>

#include "../base/box.h"
#include "asyncio/promise.h"

enum { ASYNCIO__NO_TEXT = -1 };  // as a size: there are no words

// From the loader.
void asyncio_host_release(asyncio_js handle);
void asyncio_host_fill(void *target);

// Makes [value] of what crossed; a handle is taken over. MemoryError leaves it none.
asyncio_status asyncio__js_value(asyncio_value *value, int kind, double number, unsigned size);

// Makes [value] the text of [size] bytes that the loader has ready.
asyncio_status asyncio__js_text(asyncio_value *value, unsigned size);

// The same, or none for ASYNCIO__NO_TEXT.
asyncio_status asyncio__js_text_or_none(asyncio_value *text, unsigned size);

// An error with these words, behind which is the JavaScript value [thrown], taken over (0: none). NULL when memory is
// out.
asyncio_error *asyncio__js_error(asyncio_status status, unsigned size, asyncio_js thrown);

// JavaScript reads these two where they are.
_Static_assert(offsetof(asyncio_value, kind) == 0, "see web/api/core.ts");
_Static_assert(offsetof(asyncio_value, asyncio__as) == 8 && sizeof(asyncio_value) == 16, "see web/api/core.ts");

#endif
