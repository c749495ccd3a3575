// SPDX-License-Identifier: MIT
// Coroutines over Asyncify, driven from C: no JavaScript takes part in a switch.
//
// Binaryen's pass turns the imports of module "asyncify" into functions of its own. start_unwind makes every
// instrumented function return at once, saving its locals in a record; start_rewind makes them run again to where they
// were. The pass leaves a function alone that calls stop_unwind or start_rewind (it is the far side: enter), and takes
// one that calls start_unwind or stop_rewind for the bottom (leave). Nobody switches the pointer to the C stack:
// unwinding skips the epilogues that would, rewinding the prologues, so enter does it.
//
// Asyncify looks at a record's end only when the unwinding is over, so unwinding writes to a scratch record that holds
// more than an engine's own stack can (1 MiB); what fits is then copied to the coroutine's block, and what does not is
// a clean error. One block holds all of a coroutine: the canary, then the record growing up, then the C stack growing
// down, then this struct, out of an overflow's reach. The record ends where the C stack begins at the moment of
// parking.
#include <stdint.h>

#include "../base/alloc.h"
#include "../base/check.h"
#include "coro.h"
#include "host.h"

#define ASYNCIFY(name) __attribute__((import_module("asyncify"), import_name(#name)))
ASYNCIFY(start_unwind) void asyncio__asyncify_start_unwind(void *record);
ASYNCIFY(start_rewind) void asyncio__asyncify_start_rewind(void *record);
ASYNCIFY(stop_rewind) void asyncio__asyncify_stop_rewind(void);
char *asyncio__stack_pointer(void);
void asyncio__set_stack_pointer(char *pointer);

void *volatile asyncio__never;

// Asyncify's own layout.
typedef struct record {
  char *current;  // the end of what is written
  char *end;
} record;

// Where unwinding writes; one for each thread, since one coroutine unwinds at a time.
typedef struct scratch {
  record record;
  char *bytes;
} scratch;

enum { SCRATCH_SIZE = 1024 * 1024, COPY_STEP = 16 };

struct asyncio__coro {
  record record;
  char *stack;       // where the C stack stood when it was left
  asyncio__coro *outer;  // the one that entered it: only an eager start, or the end of another loop, has one
  asyncio__coro_call call;
  int status;   // what the body returned
  size_t size;  // of the block
  bool parked;  // it has a record to go on from
};

static _Thread_local asyncio__coro *current;
// The one that was freed last, ready for the next first step: most tasks end before another begins.
static _Thread_local asyncio__coro *spare;
static _Thread_local scratch unwound;
static _Thread_local bool unwinding;  // from leave until enter has stopped it
static _Thread_local bool rewinding;  // from enter until leave runs a second time

static char *block_of(const asyncio__coro *self) { return (char *)self + sizeof *self - self->size; }

static char *record_of(const asyncio__coro *self) { return block_of(self) + ASYNCIO__CANARY_SIZE; }

static bool scratch_new(void) {
  unwound.bytes = asyncio__alloc(SCRATCH_SIZE);
  unwound.record.end = unwound.bytes + SCRATCH_SIZE;
  return unwound.bytes != NULL;
}

static asyncio__coro *block_new(asyncio__stacks *stacks, size_t size) {
  stacks->refused = SCRATCH_SIZE;
  if (!unwound.bytes && !scratch_new()) return NULL;
  char *block = asyncio__stack_take(stacks, &size);
  if (!block) return NULL;
  asyncio__coro *self = (asyncio__coro *)(void *)(block + size - sizeof *self);
  self->size = size;
  asyncio__canary_set(block);
  return self;
}

// Whether the spare one is what a stack of [size] bytes would get.
static inline bool spare_fits(size_t size) {
  return spare && size <= spare->size && size > spare->size / 2 + ASYNCIO__CANARY_SIZE;
}

asyncio__coro *asyncio__coro_new(asyncio__stacks *stacks, size_t stack_size, asyncio__coro_body body, void *argument,
                                 void *result, void *owner) {
  asyncio__coro *self = spare;
  if (spare_fits(stack_size)) {
    spare = NULL;
    stacks->live_bytes += self->size;
  } else if (!(self = block_new(stacks, stack_size))) {
    return NULL;
  }
  self->call = (asyncio__coro_call){body, argument, result, owner};
  self->parked = false;
  self->stack = (char *)((uintptr_t)self & ~(uintptr_t)15);
  self->record = (record){record_of(self), self->stack};
  return self;
}

// The bottom. Rewinding runs it a second time. Inlined into an instrumented function it would be rewound into its
// middle.
ASYNCIO__OUTLINED static void leave(void) {
  ASYNCIO__KEEP_APART(leave);
  if (rewinding) {
    rewinding = false;
    asyncio__asyncify_stop_rewind();
    return;
  }
  unwinding = true;
  unwound.record.current = unwound.bytes;
  asyncio__asyncify_start_unwind(&unwound.record);
}

void asyncio__coro_park(void) { leave(); }

// A record is a hundred bytes or so, just written in words of 32 bits: read back in the same width it comes straight
// from the store buffer, and a call of memcpy would cost more than the copy. Up to three words too many are copied.
static void copy_record(void *to, const void *from, size_t size) {
  const volatile uint32_t *source = from;  // volatile: the compiler would merge the loads
  uint32_t *target = to;
  for (size_t left = (size + COPY_STEP - 1) / COPY_STEP; left; left--, source += 4, target += 4) {
    uint32_t first = source[0], second = source[1], third = source[2], fourth = source[3];
    target[0] = first, target[1] = second, target[2] = third, target[3] = fourth;
  }
}

// Copies the record to the block, below the C stack as it stands; false when it does not fit.
static bool keep_record(asyncio__coro *self) {
  size_t size = (size_t)(unwound.record.current - unwound.bytes);
  char *kept = record_of(self);
  if (self->stack < kept || size + COPY_STEP > (size_t)(self->stack - kept)) return false;
  copy_record(kept, unwound.bytes, size);
  self->record.current = kept + size;
  return true;
}

static asyncio__coro_state left(asyncio__coro *self) {
  if (__builtin_expect(!asyncio__canary_intact(block_of(self)), 0))
    asyncio__coro_overflowed(self->call.owner, self->size);
  if (!self->parked) return ASYNCIO__CORO_RETURNED;
  return keep_record(self) ? ASYNCIO__CORO_PARKED : ASYNCIO__CORO_OVERFLOWED;
}

// The stack pointer is set here and in no function that this one calls: at -O0 their epilogues would set it back.
asyncio__coro_state asyncio__coro_enter(asyncio__coro *self, bool now) {
  asyncio__coro *outer = current;
  (void)now;
  char *host_stack = asyncio__stack_pointer();
  current = self;
  self->outer = outer;
  asyncio__host_stack_limits(self, record_of(self));
  asyncio__set_stack_pointer(self->stack);
  if (self->parked) {
    rewinding = true;
    asyncio__asyncify_start_rewind(&self->record);
  }
  self->status = self->call.body(self->call.argument, self->call.result);
  self->parked = unwinding;
  if (unwinding) {
    unwinding = false;
    asyncio__asyncify_stop_unwind();
    self->stack = asyncio__stack_pointer();
  }
  // First: setting the pointer is checked as well.
  asyncio__host_stack_limits(outer, outer ? record_of(outer) : NULL);
  asyncio__set_stack_pointer(host_stack);
  current = outer;
  return left(self);
}

void *asyncio__coro_rescue(void) {
  asyncio__coro *self = current;
  if (!self) return NULL;
  asyncio__host_stack_limits(NULL, NULL);
  current = self->outer;
  self->parked = true;  // it has not returned, and its canary was not looked at
  return self->call.owner;
}

asyncio__coro *asyncio__coro_current(void) { return current; }

void asyncio__coro_free(asyncio__stacks *stacks, asyncio__coro *self) {
  if (spare || self->parked) {
    asyncio__stack_give(stacks, block_of(self), self->size);
    return;
  }
  spare = self;
  stacks->live_bytes -= self->size;
}

bool asyncio__coro_holds(const asyncio__coro *self, const void *address) {
  return (uintptr_t)address - (uintptr_t)block_of(self) < self->size;
}

size_t asyncio__coro_used(const asyncio__coro *self) {
  return (size_t)((const char *)self - self->stack) + (size_t)(self->record.current - record_of(self));
}

const char *asyncio__coro_limit(void) { return NULL; }

int asyncio__coro_status(const asyncio__coro *self) { return self->status; }

size_t asyncio__coro_size(const asyncio__coro *self) { return self->size; }

bool asyncio__coro_settle(void) { return false; }

// Not under a coroutine that is still to park: main, between two runs.
void asyncio__coro_release(void) {
  if (spare) asyncio__free(block_of(spare));
  spare = NULL;
  if (current) return;
  asyncio__free(unwound.bytes);
  unwound.bytes = NULL;
}
