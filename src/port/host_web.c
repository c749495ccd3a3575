// SPDX-License-Identifier: MIT
// A page, a worker or Node. Turns are tasks of the JavaScript loop: the loader (web/lib) arms at most one for
// soon and one for the earliest deadline, and calls asyncio__host_turn. Between turns JavaScript has the thread.
// Work that arrives while nothing is to do has its turn in a microtask of the task that brought it. Invariant: between
// two tasks of the page microtasks take turns for a slice at most, so that nothing starves it.
#include <emscripten.h>
#include <math.h>

#include "../base/box.h"
#include "../base/check.h"
#include "coro.h"
#include "host.h"

// From the loader.
double asyncio_host_now(void);
void asyncio_host_wake_soon(bool patient);  // in a task; false: in a microtask
void asyncio_host_wake_at(double deadline);
void asyncio_host_report(const char *line);
void asyncio_host_foreign_name(char *name, int size);
void asyncio_host_words(char *words, int size);  // of the exception that asyncio__host_rescue is about
void asyncio_host_release(unsigned handle);

#pragma weak asyncio__stack_pointer
char *asyncio__stack_pointer(void);

bool asyncio__host_checks_stacks;

// Long enough that turns cost little, short enough for input and frames.
static const double default_slice = 0.008;

static struct {
  bool (*over)(void *arg);  // main waits for this; NULL when it does not wait
  void *arg;
  bool stuck;
  bool soon;     // a turn is armed
  bool micro;    // a turn was in a microtask since the page had a task
  double since;  // when the first such began
  bool spent;    // the next ones wait for a task
  double now;    // the clock as it was last read
  double until;  // when the slice of the turn ends
  double deadline;  // for which a timer is armed
} web = {.deadline = INFINITY};

enum { TIMER, HOP, MICROTASK };  // how a turn came; see the loader

double asyncio__host_now(void) { return asyncio_host_now(); }

void asyncio__host_wake(void) {
  if (web.soon) return;
  web.soon = true;
  asyncio_host_wake_soon(web.spent);
}

bool asyncio__host_can_run(const char **why) {
  *why = asyncio__coro_current() ? "asyncio_run() cannot be called here: JavaScript lies between it and main"
                                 : "asyncio_run() must be called from a main() that can wait (see <asyncio/main.h>; "
                                   "without Asyncify none can: use ASYNCIO_MAIN); elsewhere create a task";
  return asyncio__coro_parkable && !web.over;
}

bool asyncio__host_run(bool (*over)(void *), void *arg) {
  web.over = over;
  web.arg = arg;
  web.stuck = false;
  asyncio__host_wake();
  asyncio__coro_park();
  return !web.stuck;
}

#ifdef ASYNCIO_EMBEDDED
static void resume_main(void) {}  // the package's own core has no main
#else
// Upcall, from src/web: main goes on.
void asyncio__main_resume(void);

static void resume_main(void) {
  if (!web.over || !(web.stuck || web.over(web.arg))) return;
  web.over = NULL;
  asyncio__main_resume();
}

void asyncio_host_started(void);  // from the loader
__attribute__((constructor)) static void start(void) { asyncio_host_started(); }
#endif

static void wake_at(double deadline) {
  if (deadline == web.deadline) return;
  web.deadline = deadline;
  asyncio_host_wake_at(deadline);
}

// What was armed and has come. A timer's turn leaves the one that is armed for soon to come.
static void note_arrival(int how) {
  if (how == TIMER)
    web.deadline = INFINITY;
  else
    web.soon = false;
}

// A coroutine that will run later keeps the turn open.
static void end_turn(asyncio__next next) {
  if (!isnan(next.now)) web.now = next.now;
  if (next.entered) return;
  web.spent = next.again || (web.micro && web.now - web.since >= default_slice);
  if (next.again)
    asyncio__host_wake();  // and that turn will know about the timers
  else
    wake_at(next.deadline);
  resume_main();
}

// Reading the clock takes as long as running a task: for turns in microtasks the time known is good enough, but for the
// first. Answers whether a run has ended.
EMSCRIPTEN_KEEPALIVE bool asyncio__host_turn(int how) {
  ASYNCIO__NEVER_SUSPENDS(asyncio__host_turn);
  bool follows = how == MICROTASK && web.micro;
  double now = follows ? NAN : asyncio__host_now();
  note_arrival(how);
  if (!follows) web.since = web.now = now;
  web.until = (follows ? web.since : now) + default_slice;
  web.micro = how == MICROTASK;
  asyncio__next next = asyncio__turn(now, default_slice);
  end_turn(next);
  return next.ended;
}

bool asyncio__host_left(void) {
  double left = web.until - web.now;
  asyncio__next next = {.again = true, .deadline = INFINITY, .now = web.now};
  if (left > 0) next = asyncio__turn(NAN, left);
  end_turn(next);
  return next.ended;
}

// The program is closed: main does not go on, although the loop that it waits for has ended.
EMSCRIPTEN_KEEPALIVE void asyncio__host_forget_main(void) { web.over = NULL; }

// Nothing is left in the host that could call us. Answers whether somebody was still waiting.
EMSCRIPTEN_KEEPALIVE bool asyncio__host_drained(void) {
  if (!web.over || web.soon) return false;
  web.stuck = true;
  resume_main();
  return true;
}

// A turn was cut short by an exception that went through every frame of it. [status] is what that means for the
// coroutine or callback that was running, [thrown] a handle of the exception or 0. False when there was none: it is
// then nobody's but the host's.
EMSCRIPTEN_KEEPALIVE bool asyncio__host_rescue(int status, unsigned thrown) {
  char words[256];
  asyncio_value cause = asyncio_none();
  bool taken = false, more = true;
  asyncio_host_words(words, sizeof words);
  if (thrown) (void)asyncio__value_of_js(&cause, thrown, asyncio_host_release);
  while (more) {
    void *lost = asyncio__coro_rescue();
    more = asyncio__coro_current() != NULL;
    taken |= asyncio__turn_lost(lost, status, words, more ? asyncio_value_ref(cause) : cause, more);
  }
  asyncio__host_wake();
  return taken;
}

// What the loader needs at every turn, as pointers: around an export Emscripten puts a function of its own, which under
// Asyncify costs more than a turn. The embedded core has no stack pointer.
typedef struct upcalls {
  void **parkable;  // who may suspend
  bool (*turn)(int how);
  char *(*stack_pointer)(void);
} upcalls;

EMSCRIPTEN_KEEPALIVE const upcalls *asyncio__host_start(bool checks_stacks) {
  static upcalls pointers;
  asyncio__host_checks_stacks = checks_stacks;
  pointers = (upcalls){&asyncio__coro_parkable, asyncio__host_turn, asyncio__stack_pointer};
  return &pointers;
}

void asyncio__host_report(const char *line) { asyncio_host_report(line); }

const char *asyncio__host_foreign_frame(void) {
  static char name[64];
  asyncio_host_foreign_name(name, sizeof name);
  return *name ? name : NULL;
}
