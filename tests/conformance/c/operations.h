// SPDX-License-Identifier: MIT
// Operations as the drivers know them, by the names of operations.mjs. What there is to say about one is said once for
// both drivers, stackful and stackless, where it does not suspend or awaits one thing; the rest is in their folders.
#ifndef TESTS_CONFORMANCE_OPERATIONS_H
#define TESTS_CONFORMANCE_OPERATIONS_H

#include "run.h"

// All of an operation: 0, a failure that the body goes on with, or RETURNED.
typedef asyncio_status (*action)(instance *me, const operation *op);
enum { RETURNED = 1 };

// The one thing that an operation awaits. *[none] says why there is nothing.
typedef asyncio_future *(*awaiter)(instance *me, const operation *op, const char **none);

typedef asyncio_status (*waiter)(instance *me, const operation *op, const char **none, asyncio_value *value);

typedef struct verb {
  const char *name;
  action run;        // what never suspends; in the stackful driver whatever is not below
  awaiter awaits;    // else: what is awaited, by way of its object
  waiter wait;       // in the stackful driver: the same by a call
  bool yields;       // at the top of a generator; elsewhere [run] says so
  action release;    // it is a block: after it, what was acquired is given back
  asyncio_future *(*start)(instance *me, const operation *op);  // stackless: a coroutine for all of it, which gives
                                                                // true for RETURNED
} verb;

const verb *verb_named(const char *name);  // NULL when there is none
verb *verb_to_fill(const char *name);

#define FILL(name, member, function) \
  __attribute__((constructor)) static void fill_##member##_##name(void) { verb_to_fill(#name)->member = function; }

// OPERATION(spawn) { ... } sees `me` and `op`; so does AWAITS(sleep) { return ...; }.
#define OPERATION(name) \
  static asyncio_status op_##name(instance *me, const operation *op); \
  FILL(name, run, op_##name) \
  static asyncio_status op_##name(__attribute__((unused)) instance *me, const operation *op)

#define AWAITS(name) \
  static asyncio_future *awaits_##name(instance *me, const operation *op, const char **none); \
  FILL(name, awaits, awaits_##name) \
  static asyncio_future *awaits_##name(__attribute__((unused)) instance *me, \
                                       __attribute__((unused)) const operation *op, \
                                       __attribute__((unused)) const char **none)

// Traces "ok" or the failure, which goes no further.
asyncio_status say_status(const instance *me, const operation *op, asyncio_status status);

// Traces how a wait ended, of which [value] is used up. The failure to go on with.
asyncio_status outcome(const instance *me, const operation *op, asyncio_status status, asyncio_value *value);

// Traces how a block ended that held something, which [released] is the outcome of giving back.
asyncio_status leave(const instance *me, const operation *op, asyncio_status released);

// Keeps the error of [status], if it is one, to be raised again or let go for [status].
failure keep(asyncio_status status);
asyncio_status raise_again(failure *kept);
asyncio_status raise_kept(const failure *kept);
asyncio_status let_go(failure *kept, asyncio_status status);

// Whether [status] is one of those that [flag] catches, by operations.mjs's CATCHES, and is to be handled.
bool is_caught(int flag, asyncio_status status);

// Traces what is caught and makes it the error being handled, until it is forgotten.
void handle_failure(instance *me, const operation *op, failure *caught, asyncio_status status);
asyncio_status forget_failure(instance *me, failure *caught, asyncio_status status);

// The status that [flag] stands for, in the order of operations.mjs's KINDS.
asyncio_status kind_status(int flag);

// ---- What both drivers need of operations that they write themselves

// What a wait has found out: [done] says it of each of the futures, when the futures themselves do not.
typedef struct waited {
  asyncio_future **futures, **given;
  size_t count, done;
} waited;
waited waited_begin(const operation *op);
void waited_end(waited *self, const instance *me, const operation *op, asyncio_status status);

// What came next of an as_completed: an event; the failure to go on with.
asyncio_status give_next(const instance *me, const operation *op, asyncio_status status, asyncio_future *future,
                         asyncio_value *value);

// What came next of a generator: false at its end. [value] is used up.
bool give_value(const instance *me, const operation *op, asyncio_status status, asyncio_value *value);

scope *new_scope(void);
scope *begin_timeout(const operation *op);  // NULL: it failed
asyncio_status end_timeout(const instance *me, const operation *op, scope *entered, asyncio_status status);
scope *begin_group(const operation *op);
void say_group(const instance *me, const operation *op, asyncio_status status);

#endif
