// SPDX-License-Identifier: MIT
// main as a coroutine. It is no task: it belongs to no loop, and waits only while a loop that it runs does.
#include <stdlib.h>

#include "../async/run.h"
#include "../core/runtime.h"
#include "../port/coro.h"
#include "../port/host.h"
#include "asyncio/main.h"
#undef main

#ifndef ASYNCIO_MAIN_STACK_SIZE
#define ASYNCIO_MAIN_STACK_SIZE (256 * 1024)
#endif

#pragma weak asyncio__main_void
#pragma weak asyncio__main_argc_argv

// From the loader: the runtime stays alive until main_returned, and on when that answers true.
void asyncio_host_main_suspended(void);
bool asyncio_host_main_returned(int status);

const int asyncio__main_linked = 1;

static struct {
  asyncio__coro *coro;
  char **argv;
  int argc;
} program;

static int run_main(void *argument, void *result) {
  (void)argument, (void)result;
  return asyncio__main_void ? asyncio__main_void() : asyncio__main_argc_argv(program.argc, program.argv);
}

static void main_returned(void) {
  int status = asyncio__exit_status(asyncio__coro_status(program.coro));
  asyncio__coro_free(&asyncio__thread.stacks, program.coro);
  program.coro = NULL;
  if (!asyncio_host_main_returned(status)) exit(status);
}

// Upcalls, from src/port/coro_jspi.c: main was entered and is about to run, and has left.
void asyncio__main_resuming(void) { asyncio__coro_parkable = program.coro; }

void asyncio__main_left(asyncio__coro_state state) {
  asyncio__coro_parkable = NULL;
  if (state == ASYNCIO__CORO_OVERFLOWED) asyncio__coro_overflowed(NULL, ASYNCIO_MAIN_STACK_SIZE);
  if (state == ASYNCIO__CORO_RETURNED) main_returned();
}

// Runs main, from its start or from where it waits, until it waits again.
void asyncio__main_resume(void) {
  asyncio__main_resuming();
  asyncio__main_left(asyncio__coro_enter(program.coro, false));
}

// Weak: with ASYNCIO_PLAIN_MAIN the program has one of its own.
__attribute__((weak)) int main(int argc, char **argv) {
  if (!asyncio__main_void && !asyncio__main_argc_argv) {
    asyncio_host_main_suspended();  // a library: its exports are the program
    return 0;
  }
  program.argc = argc;
  program.argv = argv;
  program.coro = asyncio__coro_new(&asyncio__thread.stacks, ASYNCIO_MAIN_STACK_SIZE, run_main, NULL, NULL, NULL);
  if (!program.coro) return 1;
  asyncio_host_main_suspended();
  asyncio__main_resume();
  return 0;
}
