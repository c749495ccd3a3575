// SPDX-License-Identifier: MIT
// main in a program without Asyncify: an ordinary function, which cannot wait. ASYNCIO_MAIN's begins a run and returns,
// and the runtime stays alive; the host's turns do the rest. asyncio_run's end is gone through in phases, each a run
// that blocks nobody. Invariant: while a phase is under way, the host knows what it waits for.
#include <stdlib.h>

#include "../async/run.h"
#include "../core/runtime.h"
#include "../port/host.h"
#include "asyncio/generator.h"
#include "asyncio/main.h"
#include "asyncio/run.h"
#undef main

#pragma weak asyncio__main_void
#pragma weak asyncio__main_argc_argv

// From the loader: the runtime stays alive until main_returned, and on when that answers true.
void asyncio_host_main_suspended(void);
bool asyncio_host_main_returned(int status);

// The loader puts the pointer back after an exception, so that must be linked.
char *asyncio__stack_pointer(void);
__attribute__((used)) static char *(*const stack_pointer)(void) = asyncio__stack_pointer;

const int asyncio__main_linked = 1;

enum phase { PROGRAM, LEFTOVERS, GENERATORS };

static struct {
  int (*end)(asyncio_status status, asyncio_value result);
  enum phase phase;
  asyncio_loop *loop;
  asyncio_future *future;    // of the phase
  asyncio__leftovers left;
  asyncio_status status;     // from here on the program's own outcome
  asyncio_value result;
  asyncio__errors errors;
} program;

static bool run_is_over(void *arg) { return !asyncio_loop_is_running(arg); }

// False when there is nothing to wait for in this phase, or no memory.
static bool begin(enum phase phase, asyncio_future *awaitable) {
  program.phase = phase;
  if (!awaitable || asyncio__loop_begin_run(program.loop, awaitable, &program.future)) return false;
  (void)asyncio__host_run(run_is_over, program.loop);  // which has nothing to suspend here, and returns
  return true;
}

static bool begin_leftovers(void) {
  if (begin(LEFTOVERS, asyncio__leftovers_cancel(&program.left, program.loop))) return true;
  asyncio__leftovers_ended(&program.left, program.loop, ASYNCIO_MEMORY_ERROR);
  return false;
}

static bool begin_generators(void) {
  bool any = !asyncio__list_empty(&program.loop->generators);
  return begin(GENERATORS, any ? asyncio_loop_shutdown_asyncgens(program.loop) : NULL);
}

static void end_phase(void) {
  asyncio_value value;
  asyncio_status run = program.loop->running ? asyncio__loop_stuck(program.loop) : ASYNCIO_OK;
  asyncio_status status = asyncio__loop_end_run(program.loop, run, program.future, &value);
  if (program.phase == PROGRAM) {
    program.status = status;
    program.result = value;
    program.errors = asyncio__thread.errors;
    asyncio__thread.errors = (asyncio__errors){0};
    return;
  }
  asyncio_value_clear(&value);
  if (program.phase == LEFTOVERS) asyncio__leftovers_ended(&program.left, program.loop, status);
}

static void close_loop(void) {
  asyncio_set_event_loop(NULL);
  (void)asyncio_loop_close(program.loop);
  asyncio_loop_unref(program.loop);
  asyncio__errors_clear(&asyncio__thread.errors);
  asyncio__thread.errors = program.errors;
}

// The exit status that the block gives.
static int end_program(void) {
  if (program.status) asyncio__run_failed(program.status);
  int code = program.end(program.status, program.result);
  asyncio_value_clear(&program.result);
  return asyncio__exit_status(code);
}

// A phase is over, or can never be.
void asyncio__main_resume(void) {
  end_phase();
  if (program.phase < LEFTOVERS && begin_leftovers()) return;
  if (program.phase < GENERATORS && begin_generators()) return;
  close_loop();
  int code = end_program();
  if (!asyncio_host_main_returned(code)) exit(code);
}

int asyncio__program_run(asyncio_future *coroutine, int (*end)(asyncio_status, asyncio_value)) {
  program.end = end;
  program.loop = (program.status = asyncio__run_check(coroutine)) ? NULL : asyncio_new_event_loop();
  if (!program.loop) {
    asyncio_unref(asyncio_ref(coroutine));
    if (!program.status) program.status = ASYNCIO_MEMORY_ERROR;
    return end_program();
  }
  asyncio_set_event_loop(program.loop);
  asyncio_host_main_suspended();
  if (!begin(PROGRAM, coroutine)) asyncio__main_resume();
  return 0;
}

// Weak: with ASYNCIO_PLAIN_MAIN the program has one of its own.
__attribute__((weak)) int main(int argc, char **argv) {
  if (asyncio__main_void) return asyncio__main_void();
  if (asyncio__main_argc_argv) return asyncio__main_argc_argv(argc, argv);
  asyncio_host_main_suspended();  // a library: its exports are the program
  return 0;
}
