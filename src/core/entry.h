// SPDX-License-Identifier: MIT
// Entries and timers: the one kind of item that the ready queue holds, and the same with a time.
//
// An entry is embedded in what it wakes (a task, a callback, a frame), so queueing allocates nothing.
// Invariant: an entry is in one list at most: the ready queue or the batch that is running, or the list of the future
// that it waits for.
#ifndef ASYNCIO__CORE_ENTRY_H
#define ASYNCIO__CORE_ENTRY_H

#include <stdint.h>

#include "../base/list.h"
#include "asyncio/loop.h"

typedef struct asyncio__entry {
  asyncio__link link;
  void (*run)(struct asyncio__entry *self);   // never suspends
  void (*drop)(struct asyncio__entry *self);  // instead of run, when the loop closes first; NULL: nothing to free
  bool (*notice)(struct asyncio__entry *self);  // called as the future that it waits for is done; true: it need not run
} asyncio__entry;

enum { ASYNCIO__NOT_IN_HEAP = -1 };

typedef struct asyncio__timer {
  asyncio__entry entry;
  double when;         // on the loop's clock
  uint64_t sequence;   // order of scheduling: breaks ties
  ptrdiff_t index;     // in the heap, ASYNCIO__NOT_IN_HEAP before and after
} asyncio__timer;

static inline void asyncio__entry_init(asyncio__entry *entry, void (*run)(asyncio__entry *)) {
  asyncio__list_init(&entry->link);
  entry->run = run;
  entry->drop = NULL;
  entry->notice = NULL;
}

static inline void asyncio__timer_init(asyncio__timer *timer, void (*run)(asyncio__entry *)) {
  asyncio__entry_init(&timer->entry, run);
  timer->index = ASYNCIO__NOT_IN_HEAP;
}

static inline asyncio__entry *asyncio__entry_of(asyncio__link *link) {
  return asyncio__container(link, asyncio__entry, link);
}

// Schedules [entry] for the next iteration, after what is queued already.
void asyncio__loop_ready(asyncio_loop *loop, asyncio__entry *entry);

// Schedules [timer] for [when]. MemoryError, or RuntimeError when the loop is closed.
asyncio_status asyncio__loop_arm(asyncio_loop *loop, asyncio__timer *timer, double when);

// Takes it back, whether it is still to come or due and queued.
void asyncio__loop_disarm(asyncio_loop *loop, asyncio__timer *timer);

#endif
