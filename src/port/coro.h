// SPDX-License-Identifier: MIT
// Coroutines with a C stack of their own: what a platform must supply to switch between them. One file is linked:
//   coro_asyncify.c  WebAssembly: Binaryen's Asyncify, driven from C
//   coro_jspi.c      WebAssembly: the engine switches its own stack
//   coro_ucontext.c  native
//   coro_later.c     native; enter() only queues, as an engine that switches stacks itself does: it proves that the
//                    rest of the code can live with that
// One coroutine runs at a time in a thread. enter() is called from outside any of them, but for two cases: one that has
// not run yet may be started at once by the one that runs (an eager task); and a coroutine that closes another loop
// ends that loop's coroutines, and one that insists on parking is abandoned.
#ifndef ASYNCIO__PORT_CORO_H
#define ASYNCIO__PORT_CORO_H

#include "../base/barrier.h"
#include "stack.h"

typedef struct asyncio__coro asyncio__coro;

typedef enum asyncio__coro_state {
  ASYNCIO__CORO_RETURNED,
  ASYNCIO__CORO_PARKED,
  ASYNCIO__CORO_ENTERED,    // it will run later: asyncio__coro_left() tells when it has left again
  ASYNCIO__CORO_OVERFLOWED  // its frames did not fit its stack; it can only be freed
} asyncio__coro_state;

// What a coroutine runs. No function of ours lies between it and the body: each frame costs a switch its own saving and
// restoring.
typedef int (*asyncio__coro_body)(void *argument, void *result);

typedef struct asyncio__coro_call {
  asyncio__coro_body body;
  void *argument;
  void *result;
  void *owner;  // for the upcalls
} asyncio__coro_call;

// A coroutine that will call [body] when it is first entered; NULL when memory is out. Not with a struct for what is
// called: written in words of 32 bits and copied at once in such of 64, it would wait for the processor's store buffer.
asyncio__coro *asyncio__coro_new(asyncio__stacks *stacks, size_t stack_size, asyncio__coro_body body, void *argument,
                                 void *result, void *owner);

// False where there can be none: asyncio__coro_new then gives NULL.
#ifdef ASYNCIO_NO_STACKS
enum { asyncio__coro_possible = false };
#else
enum { asyncio__coro_possible = true };
#endif

// Why no further coroutine can be made now, if that is for another reason than memory; NULL: it can.
const char *asyncio__coro_limit(void);

// What the body returned.
int asyncio__coro_status(const asyncio__coro *coro);

// Runs it, from its start or from where it parked, until it parks or its body returns. [now]: it is at its start, and
// must have run when this returns; no backend answers ENTERED then.
asyncio__coro_state asyncio__coro_enter(asyncio__coro *coro, bool now);

// Leaves the running coroutine; returns when it is entered again. Only when asyncio__coro_parkable is set.
void asyncio__coro_park(void);

// The running coroutine, NULL outside one.
asyncio__coro *asyncio__coro_current(void);

// Frees it; one that has not returned is abandoned with all it holds.
void asyncio__coro_free(asyncio__stacks *stacks, asyncio__coro *coro);

// Whether [address] lies in its block.
bool asyncio__coro_holds(const asyncio__coro *coro, const void *address);

// Bytes of its stack in use when it last parked, and the size of the whole.
size_t asyncio__coro_used(const asyncio__coro *coro);
size_t asyncio__coro_size(const asyncio__coro *coro);

// Runs some of what enter() queued; false when there was nothing, or when it can only run after the caller has
// returned. Called by hosts between turns, and by whoever ends a loop's tasks.
bool asyncio__coro_settle(void);

// Frees what the backend itself holds; no coroutine is left.
void asyncio__coro_release(void);

// After a stack check has thrown away every frame of the thread: leaves the running coroutine, which can only be freed,
// and returns its owner; NULL when none was running. Then the one that had entered it is the running one. In
// WebAssembly only.
void *asyncio__coro_rescue(void);

// Upcalls, from src/core: a coroutine that was ENTERED is about to run, and has left; and one whose C stack overflowed
// has been found out after the damage was done. The first gives what a body that has not begun is taken to have
// returned, instead of running; 0: it runs.
int asyncio__coro_resuming(void *owner);
void asyncio__coro_left(void *owner, asyncio__coro_state state);
_Noreturn void asyncio__coro_overflowed(void *owner, size_t stack_size);

// What finds an overflow where it happens.
#ifdef __EMSCRIPTEN__
#define ASYNCIO__WATCH_STACKS "link with -sSTACK_OVERFLOW_CHECK=2"
#else
#define ASYNCIO__WATCH_STACKS "build with -fsanitize=address"
#endif

#endif
