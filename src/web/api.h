// SPDX-License-Identifier: MIT
// What JavaScript calls of a runtime, by name: in the embedded core and in a C program alike, in a table of pointers.
// As exports of WebAssembly they would need glue and, under Asyncify, a wrapper each, and emcc shortens their names.
#ifndef ASYNCIO__WEB_API_H
#define ASYNCIO__WEB_API_H

#include "../core/await.h"
#include "js.h"

// A table: names, a space before each, and the functions that they name, in the same order. The package's own core
// has no names: web/cli/core.mjs reads them in these sources, and they are JavaScript's, which uses them anyway.
typedef struct asyncio__functions {
  const char *names;
  const void *const *pointers;
} asyncio__functions;

// [list] is the macro FUNCTIONS, which gives each function to the one that it is called with: name, function.
#define ASYNCIO__TABLE(list) {"" list(ASYNCIO__NAME), (const void *const[]){list(ASYNCIO__POINTER)}}
#define ASYNCIO__POINTER(name, function) (const void *)function,
#ifdef ASYNCIO_EMBEDDED
#define ASYNCIO__NAME(name, function)
#else
#define ASYNCIO__NAME(name, function) " " #name
#endif

// For JavaScript alone; elsewhere each file says what its own do.
unsigned asyncio__js_count(const asyncio_value *list);
const asyncio_value *asyncio__js_items(const asyncio_value *list);
asyncio_js asyncio__js_handle(const asyncio_value *value);
const asyncio_value *asyncio__js_exceptions(const asyncio_error *error);
const asyncio_error *asyncio__js_item_error(const asyncio_value *value);
asyncio_status asyncio__js_item_status(const asyncio_value *value);
const char *asyncio__js_words(const asyncio_error *error, asyncio_status status);
void asyncio__js_keep(asyncio_error *error, asyncio_js thrown);
asyncio_status asyncio__js_raise(asyncio_status status, unsigned size, asyncio_js thrown);
void asyncio__js_return(asyncio__frame *frame, int kind, double number, asyncio_js handle);
asyncio_future *asyncio__js_coroutine(asyncio_js handle);

// From the loader. Goes on with the coroutine behind [handle], after [sent] and with [value]: what it returns it gives
// to asyncio__js_return first, what it throws to asyncio__js_raise.
uintptr_t asyncio_host_step(asyncio_js handle, asyncio_status sent, const asyncio_value *value, asyncio__frame *frame);

// From the loader: calls the function behind [callback], once, and gives the status of what it threw.
asyncio_status asyncio_host_call(asyncio_js callback);

// [half] is JavaScript's half of the future, which holds a reference to it: it is told when the future is done.
// Watched: a new task with its half (0: none yet), as a caller gets it; NULL for NULL, or when memory is out.
asyncio_status asyncio__js_watch(asyncio_future *future, asyncio_js half);
asyncio_task *asyncio__js_watched(asyncio_task *task, asyncio_js half);

// The tables: what every runtime has, and what the combinators and the classes call besides.
const asyncio__functions *asyncio__js_functions(void);
const asyncio__functions *asyncio__js_context_functions(void);
const asyncio__functions *asyncio__js_combinator_functions(void);
const asyncio__functions *asyncio__js_object_functions(void);
const asyncio__functions *asyncio__js_inspection_functions(void);

#endif
