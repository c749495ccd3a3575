// SPDX-License-Identifier: MIT
// src/core/heap.c: timers fire in the order of their times, equal ones in the order they were armed, however many
// there are and whichever are cancelled meanwhile.
#include <stdlib.h>

#include "../../src/core/heap.h"
#include "common.h"

TEST(timers_fire_earliest_first) {
  asyncio_loop *loop = asyncio_new_event_loop();
  static const char *const names[] = {"3", "1", "2", "0", "4"};
  for (int i = 0; i < 5; i++)
    CHECK_OK(asyncio_loop_call_later(loop, 1 + atoi(names[i]), trace_arg, (void *)(uintptr_t)names[i], NULL));
  run_for(loop, 10);
  EXPECT_TRACE("0", "1", "2", "3", "4");
  close_loop(loop);
}

TEST(timers_due_at_the_same_time_fire_in_the_order_they_were_armed) {
  asyncio_loop *loop = asyncio_new_event_loop();
  double when = asyncio_loop_time(loop) + 1;
  static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g"};
  for (int i = 0; i < 7; i++) CHECK_OK(asyncio_loop_call_at(loop, when, trace_arg, (void *)(uintptr_t)names[i], NULL));
  run_for(loop, 10);
  EXPECT_TRACE("a", "b", "c", "d", "e", "f", "g");
  close_loop(loop);
}

TEST(timers_due_together_run_in_one_iteration_in_the_order_of_their_times) {
  asyncio_loop *loop = asyncio_new_event_loop();
  double now = asyncio_loop_time(loop);
  CHECK_OK(asyncio_loop_call_at(loop, now - 1, trace_arg, "fifth", NULL));
  CHECK_OK(asyncio_loop_call_at(loop, now - 2, trace_arg, "fourth", NULL));
  CHECK_OK(asyncio_loop_call_at(loop, -INFINITY, trace_arg, "first", NULL));
  CHECK_OK(asyncio_loop_call_later(loop, -5, trace_arg, "third", NULL));
  CHECK_OK(asyncio_loop_call_later(loop, -INFINITY, trace_arg, "second", NULL));
  CHECK_OK(asyncio_loop_call_soon(loop, trace_arg, "ready", NULL));
  run_once(loop);
  EXPECT_TRACE("ready", "first", "second", "third", "fourth", "fifth");
  close_loop(loop);
}

static asyncio_status trace_time(void *arg) {
  double *start = arg;
  trace("%.1f", asyncio_loop_time(asyncio_get_running_loop()) - *start);
  return ASYNCIO_OK;
}

TEST(timers_fire_at_their_time_and_not_before) {
  asyncio_loop *loop = asyncio_new_event_loop();
  double start = asyncio_loop_time(loop);
  CHECK_OK(asyncio_loop_call_later(loop, 0.5, trace_time, &start, NULL));
  CHECK_OK(asyncio_loop_call_later(loop, 86401, trace_time, &start, NULL));
  CHECK_OK(asyncio_loop_call_later(loop, 7.5, trace_time, &start, NULL));
  run_for(loop, 86402);
  EXPECT_TRACE("0.5", "7.5", "86401.0");
  close_loop(loop);
}

TEST(a_timer_may_be_set_for_any_time_even_for_never) {
  asyncio_loop *loop = asyncio_new_event_loop();
  static const double delays[] = {1e7, 1e12, 1e300, INFINITY};
  asyncio_handle *handles[4];
  for (int i = 0; i < 4; i++) CHECK_OK(asyncio_loop_call_later(loop, delays[i], trace_arg, "never", &handles[i]));
  run_for(loop, 5);
  EXPECT_TRACE();
  CHECK_DOUBLE(asyncio_handle_when(handles[3]), INFINITY);
  for (int i = 0; i < 3; i++) asyncio_handle_cancel(handles[i]);
  CHECK_ERROR(asyncio_loop_run_forever(loop), ASYNCIO_RUNTIME_ERROR, NULL);
  for (int i = 0; i < 4; i++) asyncio_handle_unref(handles[i]);
  close_loop(loop);
}

// ---- Many

enum { MANY = 10000 };

typedef struct timed {
  asyncio_handle *handle;
  double when;
  bool cancelled;
  bool fired;
} timed;

static timed many[MANY];
static timed *last_fired;
static uint32_t random_state;

static uint32_t next_random(uint32_t limit) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 8) % limit;
}

// One in sixteen cancels another, whichever that is.
static asyncio_status timer_fired(void *arg) {
  timed *self = arg, *victim = &many[next_random(MANY)];
  bool in_order = !last_fired || last_fired->when < self->when || (last_fired->when == self->when && last_fired < self);
  CHECK(in_order);
  CHECK(!self->cancelled && !self->fired);
  CHECK(asyncio_loop_time(asyncio_get_running_loop()) >= self->when);
  self->fired = true;
  last_fired = self;
  if (next_random(16) || victim->fired) return ASYNCIO_OK;
  asyncio_handle_cancel(victim->handle);
  victim->cancelled = true;
  return ASYNCIO_OK;
}

static void arm_many(asyncio_loop *loop) {
  double now = asyncio_loop_time(loop);
  last_fired = NULL;
  for (int i = 0; i < MANY; i++) {
    many[i] = (timed){.when = now + next_random(1000) * 0.25};
    CHECK_OK(asyncio_loop_call_at(loop, many[i].when, timer_fired, &many[i], &many[i].handle));
  }
}

static void cancel_some(int one_in) {
  for (int i = 0; i < MANY; i++) {
    if (next_random((uint32_t)one_in)) continue;
    asyncio_handle_cancel(many[i].handle);
    many[i].cancelled = true;
  }
}

TEST(ten_thousand_timers_in_random_order_fire_in_order_or_are_cancelled) {
  for (int one_in = 2; one_in <= 10; one_in += 4) {
    asyncio_loop *loop = asyncio_new_event_loop();
    random_state = (uint32_t)one_in;
    arm_many(loop);
    cancel_some(one_in);
    run_for(loop, 250);
    int wrong = 0;
    for (int i = 0; i < MANY; i++) {
      wrong += many[i].fired == many[i].cancelled;
      asyncio_handle_unref(many[i].handle);
    }
    CHECK_INT(wrong, 0);
    close_loop(loop);
  }
}

TEST(a_program_that_arms_and_cancels_for_ever_holds_no_timers) {
  asyncio_loop *loop = asyncio_new_event_loop();
  for (int i = 0; i < 100; i++) {
    asyncio_handle *handle;
    CHECK_OK(asyncio_loop_call_later(loop, 1000 + i, trace_arg, "", &handle));
    size_t alive = test_live_allocations();
    asyncio_handle_cancel(handle);
    CHECK_INT(test_live_allocations(), alive);  // the handle itself is ours still
    asyncio_handle_unref(handle);
    CHECK_INT(test_live_allocations(), alive - 1);
  }
  close_loop(loop);
}

// ---- The heap alone

static void check_heap(const asyncio__heap *heap) {
  for (ptrdiff_t i = 0; i < heap->count; i++) {
    const asyncio__heap_node *node = &heap->nodes[i], *parent = &heap->nodes[(i - 1) / 4];
    CHECK_INT(node->timer->index, i);
    CHECK_DOUBLE(node->when, node->timer->when);
    if (i)
      CHECK(parent->when < node->when ||
            (parent->when == node->when && parent->timer->sequence < node->timer->sequence));
  }
}

TEST(a_heap_stays_a_heap_whatever_is_removed) {
  enum { COUNT = 200 };
  static asyncio__timer timers[COUNT];
  asyncio__heap heap = {0};
  random_state = 7;
  CHECK(!asyncio__heap_first(&heap));
  for (int i = 0; i < COUNT; i++) {
    asyncio__timer_init(&timers[i], NULL);
    CHECK_OK(asyncio__heap_push(&heap, &timers[i], next_random(50)));
  }
  check_heap(&heap);
  for (int i = 0; i < COUNT; i++) {
    asyncio__heap_remove(&heap, heap.nodes[next_random((uint32_t)heap.count)].timer);
    check_heap(&heap);
  }
  for (int i = 0; i < COUNT; i++) CHECK_INT(timers[i].index, ASYNCIO__NOT_IN_HEAP);
  CHECK_INT(heap.count, 0);
  asyncio__heap_release(&heap);
}

TEST(a_heap_that_cannot_grow_keeps_what_it_has) {
  static asyncio__timer timers[17];
  asyncio__heap heap = {0};
  test_fail_allocation(1);
  CHECK_INT(asyncio__heap_push(&heap, &timers[0], 1), ASYNCIO_MEMORY_ERROR);
  for (int i = 0; i < 16; i++) CHECK_OK(asyncio__heap_push(&heap, &timers[i], 16 - i));
  test_fail_allocation(1);
  CHECK_INT(asyncio__heap_push(&heap, &timers[16], 1), ASYNCIO_MEMORY_ERROR);
  check_heap(&heap);
  CHECK_INT(heap.count, 16);
  CHECK(asyncio__heap_first(&heap) == &timers[15]);
  asyncio__heap_release(&heap);
}
