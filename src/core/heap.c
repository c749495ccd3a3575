// SPDX-License-Identifier: MIT
// A 4-ary heap written for timers: no comparator pointer, which would make Asyncify instrument every caller. A timer
// knows its index, so a cancelled one leaves at once: it may be embedded in a frame that is about to vanish, and a
// program that arms and cancels a timeout for each request holds none of them. Invariant: nodes[t->index].timer == t
// for every t inside.
#include "heap.h"

#include <string.h>

#include "../base/alloc.h"

enum { ARITY = 4, FIRST_CAPACITY = 16 };

static bool before(asyncio__heap_node a, asyncio__heap_node b) {
  return a.when < b.when || (a.when == b.when && a.timer->sequence < b.timer->sequence);
}

static void place(asyncio__heap *heap, ptrdiff_t index, asyncio__heap_node node) {
  heap->nodes[index] = node;
  node.timer->index = index;
}

static void sift_up(asyncio__heap *heap, ptrdiff_t index, asyncio__heap_node node) {
  while (index > 0 && before(node, heap->nodes[(index - 1) / ARITY])) {
    place(heap, index, heap->nodes[(index - 1) / ARITY]);
    index = (index - 1) / ARITY;
  }
  place(heap, index, node);
}

static ptrdiff_t first_child(const asyncio__heap *heap, ptrdiff_t index) {
  ptrdiff_t best = index * ARITY + 1;
  for (ptrdiff_t child = best + 1; child <= index * ARITY + ARITY && child < heap->count; child++)
    if (before(heap->nodes[child], heap->nodes[best])) best = child;
  return best;
}

static void sift_down(asyncio__heap *heap, ptrdiff_t index, asyncio__heap_node node) {
  while (index * ARITY + 1 < heap->count) {
    ptrdiff_t child = first_child(heap, index);
    if (!before(heap->nodes[child], node)) break;
    place(heap, index, heap->nodes[child]);
    index = child;
  }
  place(heap, index, node);
}

static bool grow(asyncio__heap *heap) {
  ptrdiff_t capacity = heap->capacity ? heap->capacity * 2 : FIRST_CAPACITY;
  asyncio__heap_node *nodes = asyncio__alloc((size_t)capacity * sizeof *nodes);
  if (!nodes) return false;
  if (heap->count) memcpy(nodes, heap->nodes, (size_t)heap->count * sizeof *nodes);
  asyncio__free(heap->nodes);
  heap->nodes = nodes;
  heap->capacity = capacity;
  return true;
}

asyncio_status asyncio__heap_push(asyncio__heap *heap, asyncio__timer *timer, double when) {
  if (heap->count == heap->capacity && !grow(heap)) return ASYNCIO_MEMORY_ERROR;
  timer->when = when;
  timer->sequence = heap->sequence++;
  sift_up(heap, heap->count++, (asyncio__heap_node){when, timer});
  return ASYNCIO_OK;
}

void asyncio__heap_remove(asyncio__heap *heap, asyncio__timer *timer) {
  ptrdiff_t index = timer->index;
  timer->index = ASYNCIO__NOT_IN_HEAP;
  asyncio__heap_node last = heap->nodes[--heap->count];
  if (last.timer == timer) return;
  bool earlier = index > 0 && before(last, heap->nodes[(index - 1) / ARITY]);
  earlier ? sift_up(heap, index, last) : sift_down(heap, index, last);
}

void asyncio__heap_release(asyncio__heap *heap) {
  asyncio__free(heap->nodes);
  *heap = (asyncio__heap){.sequence = heap->sequence};
}
