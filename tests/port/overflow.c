// SPDX-License-Identifier: MIT
// A C stack that overflowed is found out at the next switch: the program stops, and names the task. In a child process,
// since its memory is damaged by then. In WebAssembly there are no processes: tests/web has such programs of their own.
#ifndef __EMSCRIPTEN__
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../src/port/ucontext.h"
#include "../support/test.h"

#if defined(__SANITIZE_ADDRESS__)
#define WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#endif
#ifndef WATCHED
#define WATCHED 0
#endif

typedef struct end {
  int status;       // waitpid's
  char words[512];  // the start of what the child wrote to standard error
} end;

static void read_all(int from, char *words, size_t size) {
  size_t count = 0;
  ssize_t got;
  char rest[256];
  while ((got = count + 1 < size ? read(from, words + count, size - 1 - count) : read(from, rest, sizeof rest)) > 0)
    if (count + 1 < size) count += (size_t)got;
  words[count] = '\0';
}

// Runs [coroutine] in a child process, which ends with 0 if that returns.
static end run_in_child(asyncio_future *(*coroutine)(void)) {
  end found = {.status = -1};
  int ends[2];
  fflush(NULL);
  CHECK_INT(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    (void)!asyncio_run(coroutine(), NULL);
    _exit(0);
  }
  close(ends[1]);
  read_all(ends[0], found.words, sizeof found.words);
  close(ends[0]);
  CHECK_INT(waitpid(child, &found.status, 0), child);
  return found;
}

static void check_stopped(end found, const char *words) {
  CHECK(WIFSIGNALED(found.status) || WEXITSTATUS(found.status) != 0);
  if (WATCHED) return;
  CHECK(WIFSIGNALED(found.status) && WTERMSIG(found.status) == SIGABRT);
  test_check(strstr(found.words, words) != NULL, __FILE__, __LINE__, "The child wrote: %s", found.words);
}

static asyncio_status run_culprit(asyncio_future *coroutine) {
  asyncio_task *task = asyncio_create_task(coroutine, .name = "culprit", .stack_size = 4096);
  asyncio_status status = asyncio_await(task, NULL);
  asyncio_unref(task);
  return status;
}

// ---- The canary alone: the byte that an overflow reaches first

ASYNCIO_COROUTINE(overflow_touches_end, (bool, parks)) {
  *(volatile char *)asyncio__coro_current()->block ^= 1;
  return parks ? asyncio_sleep(0) : ASYNCIO_OK;
}

ASYNCIO_COROUTINE(overflow_before_parking) { return run_culprit(overflow_touches_end_coroutine(true)); }

TEST(stack_whose_end_was_written_to_stops_the_program_as_its_task_parks) {
  check_stopped(run_in_child(overflow_before_parking_coroutine), "It is the stack of culprit");
}

ASYNCIO_COROUTINE(overflow_before_returning) { return run_culprit(overflow_touches_end_coroutine(false)); }

TEST(stack_whose_end_was_written_to_stops_the_program_as_its_task_ends) {
  check_stopped(run_in_child(overflow_before_returning_coroutine), "It is the stack of culprit");
}

TEST(message_of_an_overflow_says_what_to_do) {
  check_stopped(run_in_child(overflow_before_parking_coroutine),
                " bytes overflowed and memory is damaged: give the task a .stack_size of more than 4096, and build with "
                "-fsanitize=address to find out where.");
}

TEST(message_of_an_overflow_has_the_size_that_the_stack_really_had) {
  end found = run_in_child(overflow_before_parking_coroutine);
  size_t size = 0;
  const char *number = strstr(found.words, "A C stack of ");
  if (number) sscanf(number, "A C stack of %zu bytes", &size);
  CHECK(WATCHED || (size > 4096 + 32 * 1024 && size < 256 * 1024));
}

// ---- Frames that do not fit. AddressSanitizer stops at the first write below the block.

static __attribute__((noinline)) int recurse_past(const char *limit, int depth) {
  volatile char here[64];
  memset((void *)(uintptr_t)here, depth, sizeof here);
  if ((uintptr_t)here > (uintptr_t)limit && recurse_past(limit, depth + 1) < 0) return -1;
  return here[depth % 64];
}

ASYNCIO_COROUTINE(overflow_recurses) {
  (void)!recurse_past(asyncio__coro_current()->block, 1);
  return asyncio_sleep(0);
}

ASYNCIO_COROUTINE(overflow_by_recursion) { return run_culprit(overflow_recurses_coroutine()); }

TEST(stack_overflowed_by_recursion_stops_the_program_and_names_the_task) {
  check_stopped(run_in_child(overflow_by_recursion_coroutine), "It is the stack of culprit");
}

// ---- And one that fits

ASYNCIO_COROUTINE(overflow_just_not) {
  (void)!recurse_past(asyncio__coro_current()->block + 16 * 1024, 1);
  return asyncio_sleep(0);
}

ASYNCIO_COROUTINE(overflow_nowhere) { return run_culprit(overflow_just_not_coroutine()); }

TEST(stack_that_is_used_almost_whole_stops_nothing) {
  end found = run_in_child(overflow_nowhere_coroutine);
  CHECK(WIFEXITED(found.status) && WEXITSTATUS(found.status) == 0);
  CHECK_TEXT(found.words, "");
}
#endif
