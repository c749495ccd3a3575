// SPDX-License-Identifier: MIT
// Futures from the inside: what every kind of awaitable has, and how one kind differs from another.
#ifndef ASYNCIO__CORE_FUTURE_H
#define ASYNCIO__CORE_FUTURE_H

#include "entry.h"
#include "loop.h"

// What a kind of future adds. One constant for each kind.
typedef struct asyncio__future_kind {
  const char *name;  // "future", "gather": what a task that awaits it waits for
  bool (*cancel)(asyncio_future *self, const char *message);  // called on a pending one alone; true: it will end
  void (*destroy)(asyncio_future *self);                      // frees what the kind added; NULL: nothing
  bool inner_only;  // its outcome is not the user's to set
  bool insists;     // its failure is reported even when somebody tried to cancel it after its end
  // The next of what it waits for itself, and moves [at], 0 at first; NULL at the end. NULL: it waits for nothing.
  asyncio_future *(*awaits)(const asyncio_future *self, size_t *at);
} asyncio__future_kind;

typedef enum asyncio__future_state {
  ASYNCIO__PENDING,
  ASYNCIO__FINISHED,
  ASYNCIO__CANCELLED,
  ASYNCIO__UNUSED,  // a coroutine object: nothing of it has run
  ASYNCIO__USED     // a coroutine object that was awaited
} asyncio__future_state;

struct asyncio_future {
  const asyncio__future_kind *kind;
  asyncio_loop *loop;         // held; NULL while a coroutine is unused
  asyncio__link callbacks;    // entries to make ready when it is done
  asyncio_value value;        // owned; none until finished
  asyncio_error *error;       // owned; words for [status], if there are any
  asyncio_status status;      // the outcome's
  unsigned references;
  unsigned size;              // of the allocation
  unsigned char state;        // asyncio__future_state
  bool floating;              // its first user takes the creator's reference over
  bool unseen;                // failed, and nobody has looked
  unsigned half;              // a handle of what the host's language knows it as; 0: nothing
};

extern const asyncio__future_kind asyncio__plain_future;

// A pending future of [kind] in [size] bytes, of which those beyond the struct are the caller's to fill. NULL with the
// error raised.
asyncio_future *asyncio__future_new(const asyncio__future_kind *kind, size_t size, asyncio_loop *loop);

// Make it done and its callbacks ready. They take over [value], and the reference to [error]; end: the value is in its
// place.
void asyncio__future_end(asyncio_future *future, asyncio_status status, asyncio_error *error);
void asyncio__future_finish(asyncio_future *future, asyncio_status status, asyncio_value value, asyncio_error *error);
void asyncio__future_cancelled_with(asyncio_future *future, asyncio_error *error);

// The CancelledError that [message] asks for; NULL for none, or when memory is out.
asyncio_error *asyncio__cancelled_error(const char *message);

// Makes it done with an error, whose reference is taken over also on failure; errors as of
// asyncio_future_set_exception.
asyncio_status asyncio__future_set_error(asyncio_future *future, asyncio_status status, asyncio_error *error);

// Links [entry] to be made ready when [future] is done: now, if it is.
void asyncio__future_watch(asyncio_future *future, asyncio__entry *entry);

// Lets go of the callbacks of a future that nothing will end any more: its loop is closed, and it is destroyed, or what
// it waited for was given up.
void asyncio__future_drop_callbacks(asyncio_future *future);

// Tells the exception handler of a failure that nobody has looked at and nobody will.
void asyncio__future_report_unseen(asyncio_future *future);

// The outcome of a done future, seen: the status, a reference to its value, and its error among the current ones.
asyncio_status asyncio__future_take(asyncio_future *future, asyncio_value *value);

static inline bool asyncio__is_done(const asyncio_future *future) {
  return future->state == ASYNCIO__FINISHED || future->state == ASYNCIO__CANCELLED;
}

#endif
