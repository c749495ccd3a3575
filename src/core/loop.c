// SPDX-License-Identifier: MIT
// The loop: iterations and turns. An iteration moves the timers that are due to the ready queue, makes the queue its
// batch, and runs that; what the batch adds waits for the next one. A turn is as many iterations as the host allows in
// one go: it may end inside a batch, whose rest then comes first in the next turn. Invariant: entries run nowhere else,
// and never inside one another.
#include "loop.h"

#include <math.h>

#include "../base/alloc.h"
#include "../base/check.h"
#include "../port/coro.h"
#include "../port/host.h"
#include "asyncio/debug.h"
#include "future.h"
#include "task.h"

// Reading the clock crosses into JavaScript, which costs as much as running an entry. So it is read every so many
// entries: one, then twice as many each time, for as long as they are quick.
enum { LONGEST_CLOCK_INTERVAL = 64 };
static const double quick = 0.0005;

// What a clock may be early by and still count as there: below the step of any host's clock, above rounding.
static const double clock_resolution = 1e-9;

asyncio_loop *asyncio_new_event_loop(void) {
  asyncio_loop *loop = asyncio__alloc(sizeof *loop);
  if (!loop) {
    asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for an event loop");
    return NULL;
  }
  *loop = (asyncio_loop){.thread = &asyncio__thread, .references = 1, .holds = 1, .slow_callback_duration = 0.1};
  asyncio__list_init(&loop->driven);
  asyncio__list_init(&loop->ready);
  asyncio__list_init(&loop->batch);
  asyncio__list_init(&loop->tasks);
  asyncio__list_init(&loop->generators);
  asyncio__list_init(&loop->unused);
  if (asyncio__host_debug()) asyncio_loop_set_debug(loop, true);
  if (!asyncio__thread.driven_ready) asyncio__list_init(&asyncio__thread.driven);
  asyncio__thread.driven_ready = true;
  asyncio__thread.loops++;
  return loop;
}

asyncio_loop *asyncio_loop_ref(asyncio_loop *loop) {
  if (loop && loop->references++ == 0) loop->holds++;
  return loop;
}

void asyncio_loop_unref(asyncio_loop *loop) {
  if (!loop || --loop->references) return;
  loop->references = 1;  // what closing calls may refer to it
  (void)asyncio_loop_close(loop);
  if (--loop->references == 0) asyncio__loop_release(loop);
}

asyncio_loop *asyncio__loop_hold(asyncio_loop *loop) {
  if (loop) loop->holds++;
  return loop;
}

void asyncio__loop_release(asyncio_loop *loop) {
  if (!loop || --loop->holds) return;
  if (loop->observer) asyncio__thread.debug_loops--;
  asyncio__heap_release(&loop->timers);
  asyncio__free(loop);
  if (--asyncio__thread.loops == 0) asyncio__runtime_idle();
}

void asyncio__loop_ready(asyncio_loop *loop, asyncio__entry *entry) {
  ASYNCIO_ASSERT(!asyncio__linked(&entry->link));
  asyncio__list_append(&loop->ready, &entry->link);
  if (!asyncio__thread.turning) asyncio__host_wake();
}

// Whether a task executes that the loop's closing has left to end by itself: its waits are refused as they park, and
// counted.
static bool ends_late(const asyncio_loop *loop) {
  return loop->closed && asyncio__thread.task && asyncio__thread.task->ending && asyncio__thread.running == loop;
}

asyncio_status asyncio__loop_arm(asyncio_loop *loop, asyncio__timer *timer, double when) {
  if (!ends_late(loop)) ASYNCIO_TRY(asyncio__loop_open(loop));
  if (asyncio__heap_push(&loop->timers, timer, when))
    return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a timer");
  if (!asyncio__thread.turning) asyncio__host_wake();
  return ASYNCIO_OK;
}

void asyncio__loop_disarm(asyncio_loop *loop, asyncio__timer *timer) {
  if (timer->index != ASYNCIO__NOT_IN_HEAP) asyncio__heap_remove(&loop->timers, timer);
  asyncio__unlink(&timer->entry.link);
}

static void forget_entries(asyncio__link *list, const asyncio__coro *coro) {
  asyncio__link *following;
  for (asyncio__link *link = list->next; link != list; link = following) {
    following = link->next;
    if (asyncio__coro_holds(coro, link)) asyncio__unlink(link);
  }
}

void asyncio__loop_forget_stack(asyncio_loop *loop, const asyncio__coro *coro) {
  for (ptrdiff_t i = loop->timers.count - 1; i >= 0; i--) {
    if (i >= loop->timers.count || !asyncio__coro_holds(coro, loop->timers.nodes[i].timer)) continue;
    asyncio__heap_remove(&loop->timers, loop->timers.nodes[i].timer);
    i = loop->timers.count;  // removal has moved others
  }
  forget_entries(&loop->ready, coro);
  forget_entries(&loop->batch, coro);
}

static void note_clock(asyncio_loop *loop, double now) {
  bool slow = now - loop->measured_from > quick;
  loop->clock_interval = slow || !loop->clock_interval ? 1 : loop->clock_interval * 2;
  if (loop->clock_interval > LONGEST_CLOCK_INTERVAL) loop->clock_interval = LONGEST_CLOCK_INTERVAL;
  loop->now = loop->measured_from = now;
  loop->since_clock = 0;
}

static void read_clock(asyncio_loop *loop) { note_clock(loop, asyncio__host_now()); }

// With nothing ready the next thing to happen is a timer: its lateness counts, not the cost of a clock.
static void collect_due(asyncio_loop *loop) {
  if (!loop->timers.count) return;
  bool idle = loop->since_clock && asyncio__list_empty(&loop->ready);
  if (idle || loop->since_clock >= loop->clock_interval) read_clock(loop);
  asyncio__timer *timer;
  while ((timer = asyncio__heap_first(&loop->timers)) && timer->when <= loop->now + clock_resolution) {
    asyncio__heap_remove(&loop->timers, timer);
    asyncio__list_append(&loop->ready, &timer->entry.link);
  }
}

static void run_entry(asyncio_loop *loop, asyncio__entry *entry) {
  loop->since_clock++;
  if (__builtin_expect(loop->observer != NULL, 0))
    loop->observer->run(loop, entry);
  else if (entry->run == asyncio__task_run)  // a direct call is quicker, and most are
    asyncio__task_run(entry);
  else
    entry->run(entry);
}

// False when the batch is not done: a coroutine will run later, or the time is up.
ASYNCIO__OUTLINED static bool run_batch(asyncio_loop *loop, double until) {
  ASYNCIO__NEVER_SUSPENDS(run_batch);
  asyncio__link *link;
  while (!loop->entered && (link = asyncio__list_pop(&loop->batch))) {
    run_entry(loop, asyncio__entry_of(link));
    if (loop->since_clock < loop->clock_interval) continue;
    read_clock(loop);
    if (loop->now >= until) break;
  }
  return !loop->entered && asyncio__list_empty(&loop->batch);
}

static void end_run(asyncio_loop *loop) {
  loop->stopping = false;
  loop->running = false;
  asyncio__thread.run_ended = true;
  asyncio__unlink(&loop->driven);
}

// Runs iterations until nothing is ready, the run is over, or [slice] seconds have passed since [now].
static void turn(asyncio_loop *loop, double now, double slice) {
  if (!isnan(now)) note_clock(loop, now);
  double until = loop->now + slice;
  asyncio__thread.running = loop;
  do {
    if (!loop->iterating) {
      collect_due(loop);
      asyncio__list_splice(&loop->batch, &loop->ready);
    }
    loop->iterating = !run_batch(loop, until);
    if (loop->iterating) break;
    if (loop->stopping) end_run(loop);
  } while (loop->running && loop->now < until && !asyncio__list_empty(&loop->ready));
  asyncio__thread.running = NULL;
}

// What [loop] wants besides what [next] has already.
static void want(asyncio__next *next, const asyncio_loop *loop) {
  next->entered |= loop->entered > 0;
  if (loop->entered) return;
  next->again |= loop->stopping || !asyncio__list_empty(&loop->ready) || !asyncio__list_empty(&loop->batch);
  if (loop->timers.count) next->deadline = fmin(next->deadline, loop->timers.nodes[0].when);
}

asyncio__next asyncio__turn(double now, double slice) {
  asyncio__link *driven = &asyncio__thread.driven, *following;
  asyncio__next next = {.deadline = INFINITY, .now = now};
  asyncio__thread.turning = true;
  for (asyncio__link *link = driven->next; link != driven; link = following) {
    following = link->next;
    asyncio_loop *loop = asyncio__container(link, asyncio_loop, driven);
    if (loop->entered) continue;
    turn(loop, isnan(now) ? now : next.now, slice);
    next.now = loop->now;
  }
  // Only now: the turn of one loop may have brought work to another, or set it a timer.
  for (asyncio__link *link = driven->next; link != driven; link = link->next)
    want(&next, asyncio__container(link, asyncio_loop, driven));
  asyncio__thread.turning = false;
  next.ended = asyncio__thread.run_ended;
  asyncio__thread.run_ended = false;
  return next;
}

void asyncio_loop_stop(asyncio_loop *loop) {
  if (!loop) return;
  loop->stopping = true;
  if (!asyncio__thread.turning) asyncio__host_wake();
}

bool asyncio_loop_is_running(const asyncio_loop *loop) { return loop && loop->running; }

bool asyncio_loop_is_closed(const asyncio_loop *loop) { return loop && loop->closed; }

double asyncio_loop_time(const asyncio_loop *loop) {
  double now = asyncio__host_now();
  if (loop) ((asyncio_loop *)(uintptr_t)loop)->now = now;  // a timer set for it is then due in the next iteration
  return now;
}

asyncio_status asyncio__loop_open(const asyncio_loop *loop) {
  if (!loop) return asyncio_raise(ASYNCIO_TYPE_ERROR, "Expected [loop] to be an event loop, got NULL");
  if (loop->closed) return asyncio_raise(ASYNCIO_RUNTIME_ERROR, "Event loop is closed");
  if (ASYNCIO__HOST_THREADS && loop->thread != &asyncio__thread)
    return asyncio_raise(ASYNCIO_RUNTIME_ERROR,
                         "Non-thread-safe operation invoked on an event loop other than the current one");
  return ASYNCIO_OK;
}

asyncio_loop *asyncio_get_running_loop(void) {
  if (!asyncio__thread.running) asyncio_raise(ASYNCIO_RUNTIME_ERROR, "no running event loop");
  return asyncio__thread.running;
}

asyncio_loop *asyncio_get_event_loop(void) {
  if (asyncio__thread.running) return asyncio__thread.running;
  if (!asyncio__thread.current_loop_set) {
    asyncio__thread.current_loop = asyncio_new_event_loop();
    asyncio__thread.current_loop_set = asyncio__thread.current_loop != NULL;
    return asyncio__thread.current_loop;
  }
  if (!asyncio__thread.current_loop) asyncio_raise(ASYNCIO_RUNTIME_ERROR, "There is no current event loop");
  return asyncio__thread.current_loop;
}

asyncio_loop *asyncio__loop_here(void) {
  return asyncio__thread.running ? asyncio__thread.running : asyncio__thread.current_loop;
}

void asyncio_set_event_loop(asyncio_loop *loop) {
  asyncio_loop *former = asyncio__thread.current_loop;
  asyncio__thread.current_loop_set = true;
  asyncio__thread.current_loop = asyncio_loop_ref(loop);
  asyncio_loop_unref(former);
}
