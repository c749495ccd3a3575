// SPDX-License-Identifier: MIT
// The items of a queue, in one array that doubles: a ring, a stack or a binary heap. The heap compares numbers and
// nothing else, so that no user's function is called here: through a pointer it would have to be kept from suspending.
// Invariant: count <= capacity; of a ring the items are the count places from first on, else those from 0 on.
#include "queue_items.h"

#include "../base/alloc.h"

enum { SMALLEST = 8 };

static asyncio__item *ring_at(const asyncio_queue *queue, size_t index) {
  return &queue->asyncio__items[(queue->asyncio__first + index) % queue->asyncio__capacity];
}

static asyncio_status grow(asyncio_queue *queue) {
  size_t capacity = queue->asyncio__capacity ? queue->asyncio__capacity * 2 : SMALLEST;
  bool possible = capacity <= PTRDIFF_MAX / sizeof(asyncio__item);
  asyncio__item *items = possible ? asyncio__alloc(capacity * sizeof *items) : NULL;
  if (!items)
    return asyncio_raise(ASYNCIO_MEMORY_ERROR, "Out of memory for a queue of %zu items", queue->asyncio__count + 1);
  for (size_t i = 0; i < queue->asyncio__count; i++) items[i] = *ring_at(queue, i);
  asyncio__free(queue->asyncio__items);
  queue->asyncio__items = items;
  queue->asyncio__capacity = capacity;
  queue->asyncio__first = 0;
  return ASYNCIO_OK;
}

static bool less(const asyncio__item *a, const asyncio__item *b) {
  return a->priority < b->priority || (a->priority == b->priority && a->sequence < b->sequence);
}

static void sift_up(asyncio__item *items, size_t at, asyncio__item item) {
  for (; at && less(&item, &items[(at - 1) / 2]); at = (at - 1) / 2) items[at] = items[(at - 1) / 2];
  items[at] = item;
}

// [item] takes the place of the root in a heap of [count].
static void sift_down(asyncio__item *items, size_t count, asyncio__item item) {
  size_t at = 0;
  for (size_t child; (child = 2 * at + 1) < count; at = child) {
    if (child + 1 < count && less(&items[child + 1], &items[child])) child++;
    if (!less(&items[child], &item)) break;
    items[at] = items[child];
  }
  items[at] = item;
}

asyncio_status asyncio__items_push(asyncio_queue *queue, asyncio__item item) {
  if (queue->asyncio__count == queue->asyncio__capacity) ASYNCIO_TRY(grow(queue));
  item.sequence = queue->asyncio__sequence++;
  size_t at = queue->asyncio__count++;
  if (queue->asyncio__order == ASYNCIO__PRIORITY)
    sift_up(queue->asyncio__items, at, item);
  else
    *ring_at(queue, at) = item;
  return ASYNCIO_OK;
}

asyncio_value asyncio__items_pop(asyncio_queue *queue) {
  size_t last = --queue->asyncio__count;
  asyncio__item item = queue->asyncio__items[0];
  if (queue->asyncio__order == ASYNCIO__PRIORITY) {
    sift_down(queue->asyncio__items, last, queue->asyncio__items[last]);
  } else if (queue->asyncio__order == ASYNCIO__LIFO) {
    item = queue->asyncio__items[last];
  } else {
    item = *ring_at(queue, 0);
    queue->asyncio__first = (queue->asyncio__first + 1) % queue->asyncio__capacity;
  }
  return item.value;
}
