// SPDX-License-Identifier: MIT
// Coroutines over JavaScript Promise Integration: the engine switches its own stack, and this file the C stack.
//
// An activation is one call of asyncio__jspi_activation (coro_jspi_activation.S) through WebAssembly.promising. It runs
// coroutine after coroutine, since engines do not give the address space of an ended one back. Suspending is a call of an import that
// answers a promise; whoever enters the coroutine resolves it, and the engine goes on in a later microtask: enter() answers
// ENTERED. What follows a coroutine's leaving runs within that import, called by JavaScript, so that nothing that it throws
// unwinds the coroutine. An eager start is a call inside of what executes, always of a fresh activation: its first suspension
// returns to the caller, who goes on as the running one, and there are no upcalls.
//
// One block holds a coroutine's C stack: the canary, the stack growing down, then this struct. Invariant: while a coroutine
// is suspended the stack pointer is where those had it who go on, and `current` is their coroutine, NULL for the host. A frame
// of C on the host's stack would be overwritten meanwhile: none lies below a body, park's own is on the coroutine's.
#include <emscripten.h>
#include <stdint.h>

#include "coro.h"
#include "host.h"

char *asyncio__stack_pointer(void);
void asyncio__set_stack_pointer(char *pointer);
void asyncio__jspi_activation(asyncio__coro *first);

// From the loader (web/lib/jspi.js). suspend and settle are WebAssembly.Suspending ones.
int asyncio_host_stack_start(asyncio__coro *coro, void (*activation)(asyncio__coro *));  // its activation's number
int asyncio_host_stack_nest(asyncio__coro *coro, void (*activation)(asyncio__coro *));   // the same, run until it has left
void asyncio_host_stack_enter(int number);
void asyncio_host_stack_discard(int number);  // throws a suspended one's frames away
int asyncio_host_stack_suspend(int number);
int asyncio_host_stack_settle(void);
int asyncio_host_stack_most(void);

// Upcalls, from src/web: main has no task. Not there when a program has no such main.
__attribute__((weak)) void asyncio__main_resuming(void);
__attribute__((weak)) void asyncio__main_left(asyncio__coro_state state);

enum { NOT_STARTED = -1, LOST = -2, ENDS = -3 };  // web/lib/jspi.js and the activation know the first and the last

struct asyncio__coro {
  char *stack;  // where the C stack stood when it was left
  asyncio__coro_call call;
  int status;      // what the body returned
  int activation;  // its number, or one of the above
  size_t size;     // of the block
  bool returned;
  bool nested;     // from an eager start until it first leaves
};

static asyncio__coro *current, *leaving;
static unsigned live;         // each has an activation, or will have
static unsigned most;         // as many may be alive; 0: not asked for yet
static unsigned entered;      // that have not left again, those that settle included; eager starts are not counted
static unsigned settling;     // that wait in settle

// Who goes on when `current` leaves: the limits of that stack, NULL for the host's, and where its pointer stood. Where `current`
// is set as another is resumed, its frames are lost, and the host's pointer is the one that is known already.
struct asyncio__jspi_outside {
  void *high, *low;
  char *stack;
} asyncio__jspi_outside;

// Whether code outside any coroutine can wait too: it was itself called through WebAssembly.promising.
bool asyncio__jspi_host_suspends;

static char *block_of(const asyncio__coro *self) { return (char *)self + sizeof *self - self->size; }

static char *low_of(const asyncio__coro *self) { return block_of(self) + ASYNCIO__CANARY_SIZE; }

const bool asyncio__coro_possible = true;

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

// Its frames may be gone when the loader returns, thrown away up to the call. What was thrown comes in a microtask.
static asyncio__coro_state nest(asyncio__coro *self) {
  asyncio__coro *outer = current;
  struct asyncio__jspi_outside outside = asyncio__jspi_outside;
  char *stack = asyncio__stack_pointer();
  asyncio__jspi_outside.high = outer;
  asyncio__jspi_outside.low = outer ? low_of(outer) : NULL;
  self->nested = true;
  self->activation = asyncio_host_stack_nest(self, asyncio__jspi_activation);
  asyncio__host_stack_limits(outer, outer ? low_of(outer) : NULL);
  asyncio__set_stack_pointer(stack);
  bool left = !self->nested;
  self->nested = false;
  current = outer;
  asyncio__jspi_outside = outside;
  if (!asyncio__canary_intact(block_of(self))) asyncio__coro_overflowed(self->call.owner, self->size);
  entered += !left;
  if (!left) return ASYNCIO__CORO_ENTERED;
  return self->returned ? ASYNCIO__CORO_RETURNED : ASYNCIO__CORO_PARKED;
}

asyncio__coro_state asyncio__coro_enter(asyncio__coro *self, bool now) {
  if (now) return nest(self);
  entered++;
  if (self->activation == NOT_STARTED)
    self->activation = asyncio_host_stack_start(self, asyncio__jspi_activation);
  else
    asyncio_host_stack_enter(self->activation);
  return ASYNCIO__CORO_ENTERED;
}

static void resuming(asyncio__coro *self) {
  current = self;
  if (self->call.owner)
    asyncio__coro_resuming(self->call.owner);
  else if (asyncio__main_resuming)
    asyncio__main_resuming();
}

// ---- Called by the activation, the first and the last on the host's stack, the second on the coroutine's.

char *asyncio__jspi_begin(asyncio__coro *self, char *stack) {
  if (self->nested || !current) asyncio__jspi_outside.stack = stack;
  if (self->nested)
    current = self;
  else
    resuming(self);
  return self->stack;
}

char *asyncio__jspi_body(asyncio__coro *self) {
  self->status = self->call.body(self->call.argument, self->call.result);
  return asyncio__jspi_outside.stack;
}

// The activation that rests now, or ENDS.
int asyncio__jspi_end(asyncio__coro *self) {
  bool nested = self->nested;
  self->returned = true;
  self->nested = false;
  current = NULL;
  leaving = self;
  return nested ? ENDS : self->activation;
}

char *asyncio__jspi_low(const asyncio__coro *self) { return low_of(self); }

// ---- Leaving

// The stack pointer is the host's between the two calls that set it: at -O0 the frame here is still addressed by a local.
void asyncio__coro_park(void) {
  asyncio__coro *self = current;
  self->stack = asyncio__stack_pointer();
  self->nested = false;
  current = NULL;
  leaving = self;
  asyncio__host_stack_limits(asyncio__jspi_outside.high, asyncio__jspi_outside.low);
  asyncio__set_stack_pointer(asyncio__jspi_outside.stack);
  asyncio_host_stack_suspend(self->activation);
  if (!current) asyncio__jspi_outside.stack = asyncio__stack_pointer();
  asyncio__host_stack_limits(self, low_of(self));
  asyncio__set_stack_pointer(self->stack);
  resuming(self);
}

// By the loader, within the import that suspends.
EMSCRIPTEN_KEEPALIVE void asyncio__jspi_left(void) {
  asyncio__coro *self = leaving;
  asyncio__coro_state state = self->returned ? ASYNCIO__CORO_RETURNED : ASYNCIO__CORO_PARKED;
  leaving = NULL;
  entered--;
  if (!asyncio__canary_intact(block_of(self))) asyncio__coro_overflowed(self->call.owner, self->size);
  if (self->call.owner)
    asyncio__coro_left(self->call.owner, state);
  else if (asyncio__main_left)
    asyncio__main_left(state);
  asyncio__host_left();
}

// Whether the code that runs could be suspended: in an activation, no JavaScript in between, and nobody waiting for it to leave.
static bool can_suspend(void) {
  return current ? !current->nested && !asyncio__host_foreign_frame() : asyncio__jspi_host_suspends;
}

// Waits until a coroutine has left.
bool asyncio__coro_settle(void) {
  asyncio__coro *self = current;
  if (entered <= settling + (self != NULL) || !can_suspend()) return false;
  char *stack = asyncio__stack_pointer();
  settling++;
  current = NULL;
  if (self) {
    asyncio__host_stack_limits(NULL, NULL);
    asyncio__set_stack_pointer(asyncio__jspi_outside.stack);
  }
  asyncio_host_stack_settle();
  if (self) {
    asyncio__jspi_outside.stack = asyncio__stack_pointer();
    asyncio__host_stack_limits(self, low_of(self));
  }
  asyncio__set_stack_pointer(stack);
  current = self;
  settling--;
  return true;
}

void *asyncio__coro_rescue(void) {
  asyncio__coro *self = current;
  if (!self) return NULL;
  current = NULL;
  entered--;
  self->activation = LOST;
  return self->call.owner;
}

// By the loader: the frames of an activation are thrown away, some time ago, and with them those of [self], which is the running
// one once more until the exception has been dealt with.
EMSCRIPTEN_KEEPALIVE void asyncio__jspi_lost(asyncio__coro *self) { resuming(self); }

// Where the loader is to put the stack pointer then.
EMSCRIPTEN_KEEPALIVE char *asyncio__jspi_host_stack(void) { return asyncio__jspi_outside.stack; }

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
