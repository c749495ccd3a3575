// SPDX-License-Identifier: MIT
// The host: whoever owns the thread. What a platform must supply so that loops can run on it. One file is linked:
//   host_web.c      a page, a worker or Node: turns are tasks of the JavaScript loop
//   host_native.c   a process: the calling thread turns and sleeps
//   host_virtual.c  the same with a clock that jumps to the next deadline: tests never sleep
#ifndef ASYNCIO__PORT_HOST_H
#define ASYNCIO__PORT_HOST_H

#include <stdbool.h>

#include "asyncio/value.h"

// What the core wants after a turn: another at once, or one at [deadline] on the host's clock (INFINITY: none).
typedef struct asyncio__next {
  bool again;
  bool entered;     // a coroutine of a loop will run later, and asyncio__host_left() goes on with the turn
  double deadline;
  double now;  // the clock as it was last read
  bool ended;  // a loop's run has, since the turn before
} asyncio__next;

// Upcall, from src/core: runs iterations until nothing is ready or [slice] seconds have passed. [now] is the clock's
// time, NAN when the one known will do: it is read anew in any case after some entries.
asyncio__next asyncio__turn(double now, double slice);

// Upcall, from src/core: a turn was cut short by an exception of the host that threw its frames away, and with them
// those of the coroutine whose owner is [lost] (NULL: it was in none). Its task fails with [status] and [words], and
// [cause], which is taken over, is what was thrown. Without a task the callback that ran has failed so; false when none
// did. [more]: it had been entered by another, which is lost as well, and comes next.
bool asyncio__turn_lost(void *lost, asyncio_status status, const char *words, asyncio_value cause, bool more);

// Monotonic seconds.
double asyncio__host_now(void);

// A turn is wanted soon: work has arrived from outside a turn. Never turns at once.
void asyncio__host_wake(void);

// Goes on with the turn in which a coroutine was ENTERED that has left now: by a backend whose coroutines run between
// turns. Answers whether a run has ended.
bool asyncio__host_left(void);

// Turns until [over] says so: the calling C code is suspended or blocked meanwhile. False when nothing is left that
// could ever make it so.
bool asyncio__host_run(bool (*over)(void *arg), void *arg);

// Whether asyncio__host_run can work here; if not, [why] says what to do.
bool asyncio__host_can_run(const char **why);

// Writes a line for the person who runs the program.
void asyncio__host_report(const char *line);

// Whether the person who runs the program wants loops in debug mode. A macro for the web, where nobody can: code for it
// is left out.
#ifdef __EMSCRIPTEN__
#define asyncio__host_debug() false
#else
bool asyncio__host_debug(void);
#endif

// Whether there may be other threads: where there are none, code for them is left out.
#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
enum { ASYNCIO__HOST_THREADS = false };
#else
enum { ASYNCIO__HOST_THREADS = true };
#endif

// The name of the host's own function that lies between the running coroutine and here; NULL when none does.
const char *asyncio__host_foreign_frame(void);

#ifdef __EMSCRIPTEN__
// Tells a build that checks stack limits where the running stack lies; NULL, NULL for the host's own. A macro, and the
// loader's function itself: one of ours would at -O0 have a frame, and set the stack pointer as it returns, outside the
// new limits.
extern bool asyncio__host_checks_stacks;
void asyncio_host_move_stack_limits(void *high, void *low);
#define asyncio__host_stack_limits(high, low) \
  do { \
    if (__builtin_expect(asyncio__host_checks_stacks, 0)) asyncio_host_move_stack_limits(high, low); \
  } while (0)
#endif

#endif
