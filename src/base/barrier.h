// SPDX-License-Identifier: MIT
// For functions that call through pointers and yet never suspend. Asyncify takes every indirect call to be one that may
// suspend, and instruments the function and all its callers: twice the code, several times slower. It leaves a function
// alone that calls stop_unwind, so such a function has that call, on a branch that is never taken.
//
// Inlined into a function that does suspend, it would take that one off the list too. Clang heeds noinline; Binaryen,
// which inlines before its Asyncify pass, does not, but leaves functions alone whose address is taken: the branch does
// that. With ASYNCIO_NO_ASYNCIFY, in a build that the pass never sees, all of this is nothing.
#ifndef ASYNCIO__BASE_BARRIER_H
#define ASYNCIO__BASE_BARRIER_H

// Who may park here; NULL for nobody. Whoever enters a coroutine sets it and clears it again; a host whose own frames C
// calls into (JavaScript's) hides it meanwhile, since nobody could restore those, and so do functions that never
// suspend while they call a user's.
extern _Thread_local void *asyncio__coro_parkable;

#if defined(__EMSCRIPTEN__) && !defined(ASYNCIO_NO_ASYNCIFY)
extern void *volatile asyncio__never;
void asyncio__asyncify_stop_unwind(void) __attribute__((import_module("asyncify"), import_name("stop_unwind")));
#define ASYNCIO__OUTLINED __attribute__((noinline))
#define ASYNCIO__NEVER_SUSPENDS(function) \
  do { \
    if (__builtin_expect(asyncio__never != 0, 0)) { \
      asyncio__never = (void *)(function); \
      asyncio__asyncify_stop_unwind(); \
    } \
  } while (0)
// For the slow half of a function that does suspend: keeps its frame out of the fast half's.
#define ASYNCIO__KEEP_APART(function) \
  do { \
    if (__builtin_expect(asyncio__never != 0, 0)) asyncio__never = (void *)(function); \
  } while (0)
#else
#define ASYNCIO__KEEP_APART(function) ((void)0)
#define ASYNCIO__OUTLINED
#define ASYNCIO__NEVER_SUSPENDS(function) ((void)0)
#endif

#endif
