// SPDX-License-Identifier: MIT
// POSIX contexts, announced to the tools that would otherwise take a switch for a wild stack pointer.
#include "ucontext.h"

#include <stdint.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ASYNCIO__ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASYNCIO__ASAN 1
#endif
#endif
#ifdef ASYNCIO__ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define ASYNCIO__VALGRIND 1
#endif
#endif

// Native frames are several times the size of WebAssembly's (whose locals live in registers), and a sanitizer's several
// times that: a stack size that serves there gets this much more here.
#ifdef ASYNCIO__ASAN
enum { NATIVE_MARGIN = 256 * 1024 };
#else
enum { NATIVE_MARGIN = 32 * 1024 };
#endif

static _Thread_local asyncio__coro *current;

static void start_switch(void **fake_stack, const void *bottom, size_t size) {
#ifdef ASYNCIO__ASAN
  __sanitizer_start_switch_fiber(fake_stack, bottom, size);
#else
  (void)fake_stack, (void)bottom, (void)size;
#endif
}

static void finish_switch(void *fake_stack, const void **bottom, size_t *size) {
#ifdef ASYNCIO__ASAN
  __sanitizer_finish_switch_fiber(fake_stack, bottom, size);
#else
  (void)fake_stack, (void)bottom, (void)size;
#endif
}

// A stack that nobody runs on: what a task still waits for may lie there, a lock of a coroutine that has ended, and is
// found by its address. Its first words are the pool's.
static void close_block(char *block, size_t size) {
#ifdef ASYNCIO__ASAN
  __asan_unpoison_memory_region(block, size);  // what the frames left poisoned
  __asan_poison_memory_region(block + ASYNCIO__CANARY_SIZE, size - ASYNCIO__CANARY_SIZE);
#else
  (void)block, (void)size;
#endif
}

static void open_block(char *block, size_t size) {
#ifdef ASYNCIO__ASAN
  __asan_unpoison_memory_region(block, size);
#else
  (void)block, (void)size;
#endif
}

static void announce(asyncio__coro *self) {
#ifdef ASYNCIO__VALGRIND
  self->valgrind_id = (unsigned)VALGRIND_STACK_REGISTER(self->block, self->block + self->size);
#else
  (void)self;
#endif
}

// makecontext passes ints only: the coroutine comes through `current`.
static void run_body(void) {
  asyncio__coro *self = current;
  finish_switch(NULL, &self->outside_stack, &self->outside_size);
  self->status = self->call.body(self->call.argument, self->call.result);
  self->returned = true;
  start_switch(NULL, self->outside_stack, self->outside_size);
  setcontext(&self->outside);
}

asyncio__coro *asyncio__coro_new(asyncio__stacks *stacks, size_t stack_size, asyncio__coro_body body, void *argument,
                                 void *result, void *owner) {
  size_t size = stack_size > PTRDIFF_MAX / 2 ? stack_size : stack_size + NATIVE_MARGIN;
  char *block = asyncio__stack_take(stacks, &size);
  if (!block) return NULL;
  open_block(block, size);
  asyncio__coro *self = (asyncio__coro *)(void *)(block + size - (sizeof *self + 15) / 16 * 16);
  memset(self, 0, sizeof *self);
  self->call = (asyncio__coro_call){body, argument, result, owner};
  self->block = block;
  self->size = size;
  self->stack = (char *)self;
  asyncio__list_init(&self->queued);
  announce(self);
  asyncio__canary_set(block);
  getcontext(&self->own);
  self->own.uc_stack.ss_sp = block + ASYNCIO__CANARY_SIZE;
  self->own.uc_stack.ss_size = (size_t)((char *)self - block) - ASYNCIO__CANARY_SIZE;
  self->own.uc_link = NULL;
  makecontext(&self->own, run_body, 0);
  return self;
}

bool asyncio__ucontext_resume(asyncio__coro *self) {
  void *fake_stack = NULL;
  asyncio__coro *outer = current;
  current = self;
  start_switch(&fake_stack, self->own.uc_stack.ss_sp, self->own.uc_stack.ss_size);
  swapcontext(&self->outside, &self->own);
  finish_switch(fake_stack, NULL, NULL);
  current = outer;
  if (!asyncio__canary_intact(self->block)) asyncio__coro_overflowed(self->call.owner, self->size);
  return self->returned;
}

void asyncio__coro_park(void) {
  asyncio__coro *self = current;
  self->stack = __builtin_frame_address(0);
  start_switch(&self->fake_stack, self->outside_stack, self->outside_size);
  swapcontext(&self->own, &self->outside);
  finish_switch(self->fake_stack, &self->outside_stack, &self->outside_size);
}

asyncio__coro *asyncio__coro_current(void) { return current; }

void asyncio__coro_free(asyncio__stacks *stacks, asyncio__coro *self) {
  asyncio__unlink(&self->queued);
#ifdef ASYNCIO__VALGRIND
  VALGRIND_STACK_DEREGISTER(self->valgrind_id);
#endif
  char *block = self->block;
  size_t size = self->size;
  close_block(block, size);
  asyncio__stack_give(stacks, block, size);
}

bool asyncio__coro_holds(const asyncio__coro *self, const void *address) {
  return (uintptr_t)address - (uintptr_t)self->block < self->size;
}

size_t asyncio__coro_used(const asyncio__coro *self) {
  uintptr_t top = (uintptr_t)self->block + self->size, stack = (uintptr_t)self->stack;
  return stack >= (uintptr_t)self->block && stack <= top ? top - stack : self->size;
}

const char *asyncio__coro_limit(void) { return NULL; }

int asyncio__coro_status(const asyncio__coro *self) { return self->status; }

size_t asyncio__coro_size(const asyncio__coro *self) { return self->size; }

void asyncio__coro_release(void) {}
