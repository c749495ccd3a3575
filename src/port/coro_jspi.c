// SPDX-License-Identifier: MIT
// Coroutines over JavaScript Promise Integration: the engine switches its own stack, and this file the C stack.
//
// An activation is one call of asyncio__jspi_activation (coro_jspi_activation.S) through WebAssembly.promising. It runs
// coroutine after coroutine, since engines do not give the address space of an ended one back. Suspending is a call of
// an import that answers a promise; whoever enters the coroutine resolves it, and the engine goes on in a later
// microtask: enter() answers ENTERED. What follows a coroutine's leaving runs within that import, called by JavaScript,
// so that nothing that it throws unwinds the coroutine.
//
// One block holds a coroutine's C stack: the canary, the stack growing down, then this struct. Invariant: while a
// coroutine is suspended the stack pointer is where the host had it, and `current` is NULL. A frame of C on the host's
// stack would be overwritten meanwhile: none lies below a body, park's own is on the coroutine's.
#include <emscripten.h>
#include <stdint.h>

#include "coro.h"
#include "host.h"

char *asyncio__stack_pointer(void);
void asyncio__set_stack_pointer(char *pointer);
void asyncio__jspi_activation(asyncio__coro *first);

// From the loader (web/lib/jspi.js). suspend and settle are WebAssembly.Suspending ones.
typedef void asyncio__jspi_function(asyncio__coro *coro);
int asyncio_host_stack_start(asyncio__coro *coro, asyncio__jspi_function *activation);  // its activation's number
int asyncio_host_stack_begin(asyncio__coro *coro, asyncio__jspi_function *activation);  // the same, and runs it at once
void asyncio_host_stack_enter(int number);
void asyncio_host_stack_discard(int number);  // throws a suspended one's frames away
int asyncio_host_stack_suspend(int number);
int asyncio_host_stack_settle(void);
int asyncio_host_stack_most(void);

// Upcalls, from src/web: main has no task. Not there when a program has no such main.
__attribute__((weak)) void asyncio__main_resuming(void);
__attribute__((weak)) void asyncio__main_left(asyncio__coro_state state);

enum { NOT_STARTED = -1, LOST = -2 };

struct asyncio__coro {
  char *stack;  // where the C stack stood when it was left
  asyncio__coro_call call;
  int status;      // what the body returned, or is taken to have
  int activation;  // its number, or one of the above
  size_t size;     // of the block
  bool returned;
  bool begins;  // its first step runs within a call of enter
};

static asyncio__coro *current, *leaving;
static char *host_stack;      // where the stack pointer was when `current` was entered
static asyncio__coro *under;  // on whose stack that is; NULL: on the host's
static asyncio__coro *lost;   // whose frames an exception has thrown away
static unsigned live;         // each has an activation, or will have
static unsigned most;         // as many may be alive; 0: not asked for yet
static unsigned entered;      // that have not left again, those that settle included
static unsigned settling;     // coroutines that wait in settle until the next one leaves

// Whether code outside any coroutine can wait too: it was itself called through WebAssembly.promising.
bool asyncio__jspi_host_suspends;

static char *block_of(const asyncio__coro *self) { return (char *)self + sizeof *self - self->size; }

static char *low_of(const asyncio__coro *self) { return block_of(self) + ASYNCIO__CANARY_SIZE; }

static void limit_to(asyncio__coro *stack) { asyncio__host_stack_limits(stack, stack ? low_of(stack) : NULL); }

const char *asyncio__coro_limit(void) {
  if (!most) most = (unsigned)asyncio_host_stack_most();
  return live < most ? NULL : "as many coroutines as may be have stacks (the module's maximumStacks)";
}

asyncio__coro *asyncio__coro_new(asyncio__stacks *stacks, size_t stack_size, asyncio__coro_body body, void *argument,
                                 void *result, void *owner) {
  size_t size = stack_size;
  char *block = asyncio__coro_limit() ? NULL : asyncio__stack_take(stacks, &size);
  if (!block) return NULL;
  asyncio__coro *self = (asyncio__coro *)(void *)(block + size - sizeof *self);
  *self = (asyncio__coro){.call = {body, argument, result, owner}, .size = size, .activation = NOT_STARTED};
  self->stack = (char *)((uintptr_t)self & ~(uintptr_t)15);
  asyncio__canary_set(block);
  live++;
  return self;
}

// On a fresh activation, whose first suspension ends the call. One that an exception has ended is told of later, as one
// that was ENTERED: its promise has the exception.
static asyncio__coro_state begin(asyncio__coro *self) {
  asyncio__coro *outer = current, *outer_under = under;
  char *stack = asyncio__stack_pointer(), *outer_stack = host_stack;
  self->begins = true;
  self->activation = asyncio_host_stack_begin(self, asyncio__jspi_activation);
  self->begins = false;
  bool threw = current == self;
  limit_to(outer);
  asyncio__set_stack_pointer(stack);
  current = outer;
  under = outer_under;
  host_stack = outer_stack;
  leaving = NULL;
  if (threw) return ASYNCIO__CORO_ENTERED;
  entered--;
  if (!asyncio__canary_intact(block_of(self))) asyncio__coro_overflowed(self->call.owner, self->size);
  return self->returned ? ASYNCIO__CORO_RETURNED : ASYNCIO__CORO_PARKED;
}

asyncio__coro_state asyncio__coro_enter(asyncio__coro *self, bool now) {
  entered++;
  if (now) return begin(self);
  if (self->activation == NOT_STARTED)
    self->activation = asyncio_host_stack_start(self, asyncio__jspi_activation);
  else
    asyncio_host_stack_enter(self->activation);
  return ASYNCIO__CORO_ENTERED;
}

static void resuming(asyncio__coro *self) {
  current = self;
  if (self->begins) return;
  under = NULL;
  if (self->call.owner)
    self->status = asyncio__coro_resuming(self->call.owner);
  else if (asyncio__main_resuming)
    asyncio__main_resuming();
}

// ---- Called by the activation, the first and the last on the host's stack, the second on the coroutine's.

char *asyncio__jspi_begin(asyncio__coro *self, char *stack) {
  host_stack = stack;
  if (self->begins) under = current;
  resuming(self);
  return self->stack;
}

char *asyncio__jspi_body(asyncio__coro *self) {
  if (!self->status) self->status = self->call.body(self->call.argument, self->call.result);
  return host_stack;
}

int asyncio__jspi_end(asyncio__coro *self) {
  self->returned = true;
  current = NULL;
  leaving = self;
  return self->activation;
}

char *asyncio__jspi_low(const asyncio__coro *self) { return low_of(self); }

void asyncio__jspi_limit(void) { limit_to(under); }

// ---- Leaving

// The stack pointer is the host's between the two calls that set it: at -O0 the frame here is still addressed by a
// local.
void asyncio__coro_park(void) {
  asyncio__coro *self = current;
  self->stack = asyncio__stack_pointer();
  current = NULL;
  leaving = self;
  limit_to(under);
  asyncio__set_stack_pointer(host_stack);
  asyncio_host_stack_suspend(self->activation);
  host_stack = asyncio__stack_pointer();
  limit_to(self);
  asyncio__set_stack_pointer(self->stack);
  resuming(self);
}

// By the loader, within the import that suspends. Answers whether a run has ended.
EMSCRIPTEN_KEEPALIVE bool asyncio__jspi_left(void) {
  asyncio__coro *self = leaving;
  asyncio__coro_state state = self->returned ? ASYNCIO__CORO_RETURNED : ASYNCIO__CORO_PARKED;
  leaving = NULL;
  entered--;
  settling = 0;
  if (!asyncio__canary_intact(block_of(self))) asyncio__coro_overflowed(self->call.owner, self->size);
  if (self->call.owner)
    asyncio__coro_left(self->call.owner, state);
  else if (asyncio__main_left)
    asyncio__main_left(state);
  return asyncio__host_left();
}

// Whether the code that runs could be suspended: in an activation, no JavaScript in between.
static bool can_suspend(void) {
  if (!current) return asyncio__jspi_host_suspends;
  return !current->begins && !asyncio__host_foreign_frame();
}

// Waits until a coroutine has left.
bool asyncio__coro_settle(void) {
  asyncio__coro *self = current;
  if (entered <= settling + (self != NULL) || !can_suspend()) return false;
  char *stack = asyncio__stack_pointer();
  settling += self != NULL;
  current = NULL;
  if (self) {
    limit_to(NULL);
    asyncio__set_stack_pointer(host_stack);
  }
  asyncio_host_stack_settle();
  if (self) {
    host_stack = asyncio__stack_pointer();
    limit_to(self);
  }
  asyncio__set_stack_pointer(stack);
  current = self;
  return true;
}

// By the loader, in a microtask: an exception has ended the activation of [coro].
EMSCRIPTEN_KEEPALIVE void asyncio__jspi_lost(asyncio__coro *coro) {
  lost = coro;
  current = NULL;
  entered--;
  settling = 0;
  coro->activation = LOST;
}

void *asyncio__coro_rescue(void) {
  void *owner = lost ? lost->call.owner : NULL;
  lost = NULL;
  return owner;
}

// Where the loader is to put the stack pointer when an exception has thrown away the frames of an activation.
EMSCRIPTEN_KEEPALIVE char *asyncio__jspi_host_stack(void) { return host_stack; }

asyncio__coro *asyncio__coro_current(void) { return current; }

void asyncio__coro_free(asyncio__stacks *stacks, asyncio__coro *self) {
  if (!self->returned && self->activation >= 0) asyncio_host_stack_discard(self->activation);
  live--;
  asyncio__stack_give(stacks, block_of(self), self->size);
}

bool asyncio__coro_holds(const asyncio__coro *self, const void *address) {
  return (uintptr_t)address - (uintptr_t)block_of(self) < self->size;
}

size_t asyncio__coro_used(const asyncio__coro *self) { return (size_t)((const char *)self - self->stack); }

int asyncio__coro_status(const asyncio__coro *self) { return self->status; }

size_t asyncio__coro_size(const asyncio__coro *self) { return self->size; }

void asyncio__coro_release(void) {}
