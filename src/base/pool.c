// SPDX-License-Identifier: MIT
// Slabs of 64 KiB, aligned to their size so that a block finds its slab by masking its address. A slab hands out blocks
// from its free list, then from its untouched end. One empty slab a class is kept, so that a task made and ended again
// and again does not reach the general allocator; the rest go back. Invariant: a slab is linked in its class if and
// only if it has room. Sanitizers must see each block's own life: under them every block is its own allocation.
#include "pool.h"

#include <stdint.h>

#include "alloc.h"

#if defined(__SANITIZE_ADDRESS__)
#define ASYNCIO__POOLED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASYNCIO__POOLED 0
#endif
#endif
#ifndef ASYNCIO__POOLED
#define ASYNCIO__POOLED 1
#endif

enum {
  SLAB_ALIGNMENT = 64 * 1024,
  // Less than the alignment, so that the general allocator's own header fits between two slabs in a row.
  SLAB_SIZE = SLAB_ALIGNMENT - 64
};

typedef struct slab {
  asyncio__link link;    // in its class's list while it has room
  void *free;            // blocks given back, each pointing at the next
  unsigned live;         // blocks handed out
  unsigned untouched;    // offset of the end that was never handed out
} slab;

static unsigned class_of(size_t size) { return (unsigned)((size + ASYNCIO__POOL_STEP - 1) / ASYNCIO__POOL_STEP); }

static bool has_room(const slab *self, size_t block) { return self->free || self->untouched + block <= SLAB_SIZE; }

static slab *slab_new(asyncio__link *slabs) {
  slab *self = asyncio__alloc_aligned(SLAB_ALIGNMENT, SLAB_SIZE);
  if (!self) return NULL;
  *self = (slab){.untouched = (sizeof(slab) + 15) / 16 * 16};
  asyncio__list_append(slabs, &self->link);
  return self;
}

static void *slab_take(slab *self, size_t block) {
  void *taken = self->free;
  if (taken) {
    self->free = *(void **)taken;
  } else {
    taken = (char *)self + self->untouched;
    self->untouched += (unsigned)block;
  }
  self->live++;
  if (!has_room(self, block)) asyncio__unlink(&self->link);
  return taken;
}

void *asyncio__pool_alloc(asyncio__pool *pool, size_t size) {
  unsigned class = class_of(size);
  if (!ASYNCIO__POOLED || class >= ASYNCIO__POOL_CLASSES) return asyncio__alloc(size);
  asyncio__link *slabs = &pool->classes[class].slabs;
  if (!pool->classes[class].ready) {
    asyncio__list_init(slabs);
    pool->classes[class].ready = true;
  }
  slab *self = asyncio__list_empty(slabs) ? slab_new(slabs) : asyncio__container(slabs->next, slab, link);
  if (!self) return NULL;
  if (self->live == 0 && pool->classes[class].empty) pool->classes[class].empty--;
  return slab_take(self, (size_t)class * ASYNCIO__POOL_STEP);
}

static void slab_emptied(asyncio__pool *pool, unsigned class, slab *self) {
  if (pool->classes[class].empty == 0) {
    pool->classes[class].empty = 1;
    return;
  }
  asyncio__unlink(&self->link);
  asyncio__free(self);
}

void asyncio__pool_free(asyncio__pool *pool, void *pointer, size_t size) {
  unsigned class = class_of(size);
  if (!ASYNCIO__POOLED || class >= ASYNCIO__POOL_CLASSES) {
    asyncio__free(pointer);
    return;
  }
  slab *self = (slab *)((uintptr_t)pointer & ~(uintptr_t)(SLAB_ALIGNMENT - 1));
  if (!has_room(self, (size_t)class * ASYNCIO__POOL_STEP))
    asyncio__list_append(pool->classes[class].slabs.next, &self->link);
  *(void **)pointer = self->free;
  self->free = pointer;
  if (--self->live == 0) slab_emptied(pool, class, self);
}

void asyncio__pool_release(asyncio__pool *pool) {
  for (unsigned class = 0; class < ASYNCIO__POOL_CLASSES; class ++) {
    if (!pool->classes[class].ready) continue;
    asyncio__link *slabs = &pool->classes[class].slabs, *following;
    for (asyncio__link *link = slabs->next; link != slabs; link = following) {
      following = link->next;
      if (asyncio__container(link, slab, link)->live) continue;
      asyncio__unlink(link);
      asyncio__free(asyncio__container(link, slab, link));
    }
    pool->classes[class].empty = 0;
  }
}
