// SPDX-License-Identifier: MIT
// A program under way: its slots, what it made, and the trace. One at a time.
#ifndef TESTS_CONFORMANCE_RUN_H
#define TESTS_CONFORMANCE_RUN_H

#include "program.h"
#include "scopes.h"
#include "things.h"

enum { MOST_MADE = 2000, LONGEST_NAME = 16 };

// An error that is kept: cleanup may meet others with the same status.
typedef struct failure {
  asyncio_status status;
  asyncio_error *error;  // owned
  struct failure *outer;
} failure;

// A body that runs, or a callback.
struct instance {
  char name[LONGEST_NAME];
  int64_t returned;        // after RETURNED
  failure *handling;       // what the innermost except block has caught
  const operation *waits;  // the latest that awaits one thing
};

typedef struct callback {
  int index;
  instance me;
} callback;

typedef struct run_state {
  const program *program;
  asyncio_loop *loop;
  double start;
  asyncio_future **slots;  // borrowed from made
  asyncio_handle **handles;
  asyncio_future *made[MOST_MADE];  // everything that ever was in a slot; owned, and its index is its label
  int made_count;
  callback *callbacks;
  things things;
  scopes scopes;
  int created;  // instances of bodies
  int started;
  bool dead;  // the trace is complete: what still runs is to end
} run_state;

extern run_state run;

// Runs a program on a loop of its own and prints its trace. False: it has left something in memory, and what that keeps
// alive would be counted with the next program's.
bool run_program(const program *given);

// The index of [future] among what was made; a new one is added.
int label(asyncio_future *future);
int label_given(asyncio_future *future);  // the same, and the caller's reference is used up

// What an operation is given: a slot's future (borrowed), or a new coroutine, of a body or the library's; NULL when
// there is none.
asyncio_future *item(int number);

// The items that there are, *[count] of them, in memory to be freed.
asyncio_future **items(const operation *op, size_t *count);

// The done callback that runs a program's callback.
asyncio_status call_done(asyncio_future *future, void *arg);

// A body as a coroutine object, and as a generator: each driver has its own.
asyncio_future *body_coroutine(int index);
asyncio_generator *generated_generator(int index);

// Whether one more instance may be made, which then counts.
bool room_for_one(void);

// How a body begins, and how it ends: with [status], or by a return. The outcome of its coroutine.
void instance_begin(instance *me, char letter, int index);
asyncio_status instance_end(instance *me, asyncio_status status, bool returned, asyncio_value *result);

// ---- Trace lines (trace.c); none once the run is dead.

// "<time> <printf's text>"
void trace_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

// "<time> <name> <id> <op> <printf's text>"
void event(const instance *me, const operation *op, const char *format, ...) __attribute__((format(printf, 3, 4)));

// The same with an outcome: "ok <value>" or "<Error>(<words>)", or with the value alone in the place of [format].
void event_outcome(const instance *me, const operation *op, asyncio_status status, asyncio_value value);

// A value, or an error with its current words, as all drivers write them. Owned by the caller.
char *show_value(asyncio_value value);
char *show_error(asyncio_status status, const asyncio_error *error);
char *show_status(asyncio_status status);

#endif
