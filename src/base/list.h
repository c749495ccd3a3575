// SPDX-License-Identifier: MIT
// Intrusive doubly linked list. A ring through a head: no case for the ends, removal without knowing the list.
// Invariant: an unlinked element points at itself, so unlinking twice is harmless and "is it queued" needs no flag.
#ifndef ASYNCIO__BASE_LIST_H
#define ASYNCIO__BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct asyncio__link {
  struct asyncio__link *next;
  struct asyncio__link *previous;
} asyncio__link;

#define asyncio__container(pointer, type, member) ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

static inline void asyncio__list_init(asyncio__link *link) {
  link->next = link;
  link->previous = link;
}

static inline bool asyncio__list_empty(const asyncio__link *head) { return head->next == head; }

static inline bool asyncio__linked(const asyncio__link *link) { return link->next != link; }

static inline void asyncio__list_append(asyncio__link *head, asyncio__link *link) {
  link->next = head;
  link->previous = head->previous;
  head->previous->next = link;
  head->previous = link;
}

static inline void asyncio__unlink(asyncio__link *link) {
  link->previous->next = link->next;
  link->next->previous = link->previous;
  asyncio__list_init(link);
}

static inline asyncio__link *asyncio__list_pop(asyncio__link *head) {
  asyncio__link *first = head->next;
  if (first == head) return NULL;
  asyncio__unlink(first);
  return first;
}

// Moves everything of [from] to the end of [head]; [from] is empty afterwards.
static inline void asyncio__list_splice(asyncio__link *head, asyncio__link *from) {
  if (asyncio__list_empty(from)) return;
  from->next->previous = head->previous;
  head->previous->next = from->next;
  from->previous->next = head;
  head->previous = from->previous;
  asyncio__list_init(from);
}

#endif
