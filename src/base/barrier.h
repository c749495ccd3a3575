// SPDX-License-Identifier: MIT
// For a function that calls through pointers and yet never suspends. Asyncify takes every indirect call to be one that may
// suspend, and instruments the function and all its callers: twice the code, several times slower. It leaves a
// function alone that calls stop_unwind, so such functions have that call, on a branch that is never taken.
#ifndef ASYNCIO__BASE_BARRIER_H
#define ASYNCIO__BASE_BARRIER_H

#if defined(__EMSCRIPTEN__)
extern int asyncio__never;
void asyncio__asyncify_stop_unwind(void) __attribute__((import_module("asyncify"), import_name("stop_unwind")));
#define ASYNCIO__NEVER_SUSPENDS() \
  do { \
    if (__builtin_expect(asyncio__never, 0)) asyncio__asyncify_stop_unwind(); \
  } while (0)
#else
#define ASYNCIO__NEVER_SUSPENDS() ((void)0)
#endif

#endif
