// SPDX-License-Identifier: MIT
// src/base/pool.c: blocks of every size are the caller's own, used again, and given back to the allocator slab by slab.
// Under AddressSanitizer every block is an allocation of its own; what holds only of slabs is checked where there are.
#include "../../src/base/pool.h"

#include <stdint.h>

#include "../support/test.h"

enum { SLAB = 64 * 1024, LARGEST_POOLED = ASYNCIO__POOL_STEP * (ASYNCIO__POOL_CLASSES - 1), MANY = 5000 };

static unsigned char *blocks[MANY];

static bool pooled(void) {
  asyncio__pool pool = {0};
  size_t before = test_live_allocations();
  void *first = asyncio__pool_alloc(&pool, 32), *second = asyncio__pool_alloc(&pool, 32);
  bool shared = test_live_allocations() == before + 1;
  asyncio__pool_free(&pool, first, 32);
  asyncio__pool_free(&pool, second, 32);
  asyncio__pool_release(&pool);
  return shared;
}

static unsigned char pattern_of(size_t number) { return (unsigned char)(number * 37 + 11); }

static void check_pattern(size_t number, size_t size) {
  size_t same = 0;
  while (same < size && blocks[number][same] == pattern_of(number)) same++;
  CHECK_INT(same, size);
}

static void take(asyncio__pool *pool, size_t number, size_t size) {
  blocks[number] = asyncio__pool_alloc(pool, size);
  CHECK(blocks[number] != NULL);
  CHECK_INT((uintptr_t)blocks[number] % _Alignof(max_align_t), 0);
  memset(blocks[number], pattern_of(number), size);
}

TEST(pool_blocks_of_every_size_are_apart_and_aligned) {
  enum { SIZES = 600 };
  asyncio__pool pool = {0};
  for (size_t size = 1; size < SIZES; size++) take(&pool, size, size);
  for (size_t size = 1; size < SIZES; size++) check_pattern(size, size);
  for (size_t size = 1; size < SIZES; size += 2) asyncio__pool_free(&pool, blocks[size], size);
  for (size_t size = 2; size < SIZES; size += 2) check_pattern(size, size);
  for (size_t size = 2; size < SIZES; size += 2) asyncio__pool_free(&pool, blocks[size], size);
  asyncio__pool_release(&pool);
}

TEST(pool_hands_out_again_what_it_was_given_back) {
  asyncio__pool pool = {0};
  take(&pool, 0, 100);
  take(&pool, 1, 100);
  unsigned char *former = blocks[0];
  asyncio__pool_free(&pool, blocks[0], 100);
  test_fail_allocation(0);
  take(&pool, 0, 97);  // the same class
  if (pooled()) CHECK(blocks[0] == former);
  check_pattern(1, 100);
  asyncio__pool_free(&pool, blocks[0], 97);
  asyncio__pool_free(&pool, blocks[1], 100);
  asyncio__pool_release(&pool);
}

// Orders of giving back: first to last, last to first, and all over the place (a stride prime to the count).
static size_t turn(int order, size_t i) {
  if (order == 0) return i;
  return order == 1 ? MANY - 1 - i : i * 1237 % MANY;
}

static void fill_and_empty(asyncio__pool *pool, int order, size_t size) {
  size_t before = test_live_allocations();
  for (size_t i = 0; i < MANY; i++) take(pool, i, size);
  if (pooled()) CHECK_INT(test_live_allocations() - before, (MANY * size + SLAB - 1) / (SLAB - 128));
  for (size_t i = 0; i < MANY; i++) check_pattern(i, size);
  for (size_t i = 0; i < MANY; i++) {
    check_pattern(turn(order, i), size);
    asyncio__pool_free(pool, blocks[turn(order, i)], size);
  }
  CHECK(test_live_allocations() - before <= 1);  // one empty slab is kept
  asyncio__pool_release(pool);
  CHECK_INT(test_live_allocations(), before);
}

TEST(pool_fills_slabs_and_empties_them_in_any_order) {
  asyncio__pool pool = {0};
  for (int order = 0; order < 3; order++) {
    fill_and_empty(&pool, order, 32);
    fill_and_empty(&pool, order, LARGEST_POOLED);
  }
}

// Takes blocks until they no longer fit the first slab; returns how many there are.
static size_t fill_one_slab(asyncio__pool *pool, size_t size) {
  size_t before = test_live_allocations(), count = 0;
  do take(pool, count++, size);
  while (test_live_allocations() == before + 1 && count < MANY);
  return count;
}

TEST(pool_slab_that_was_full_has_room_after_one_block_came_back) {
  if (!pooled()) return;
  asyncio__pool pool = {0};
  for (size_t size = 32; size <= LARGEST_POOLED; size += 32) {
    size_t count = fill_one_slab(&pool, size), alive = test_live_allocations();
    CHECK_INT(count, (SLAB - 64 - 32) / size + 1);
    for (size_t i = 0; i + 1 < count; i += 7) {
      unsigned char *former = blocks[i];
      asyncio__pool_free(&pool, former, size);
      take(&pool, i, size);
      CHECK(blocks[i] == former);
    }
    CHECK_INT(test_live_allocations(), alive);
    for (size_t i = 0; i < count; i++) check_pattern(i, size);
    for (size_t i = 0; i < count; i++) asyncio__pool_free(&pool, blocks[i], size);
    asyncio__pool_release(&pool);
  }
}

TEST(pool_keeps_one_empty_slab_so_that_one_block_may_come_and_go) {
  asyncio__pool pool = {0};
  take(&pool, 0, 64);
  asyncio__pool_free(&pool, blocks[0], 64);
  test_fail_allocation(0);
  for (size_t i = 0; i < 100; i++) {
    take(&pool, 0, 64);
    asyncio__pool_free(&pool, blocks[0], 64);
  }
  size_t made = test_fail_allocation(0);
  if (pooled()) CHECK_INT(made, 0);
  asyncio__pool_release(&pool);
}

TEST(pool_release_leaves_slabs_alone_that_hold_something) {
  asyncio__pool pool = {0};
  size_t before = test_live_allocations();
  take(&pool, 0, 64);
  take(&pool, 1, 128);
  asyncio__pool_free(&pool, blocks[1], 128);
  asyncio__pool_release(&pool);
  CHECK_INT(test_live_allocations() - before, 1);
  check_pattern(0, 64);
  take(&pool, 1, 64);
  check_pattern(0, 64);
  asyncio__pool_free(&pool, blocks[0], 64);
  asyncio__pool_free(&pool, blocks[1], 64);
  asyncio__pool_release(&pool);
  asyncio__pool_release(&pool);
}

TEST(pool_without_memory_gives_null_and_goes_on_afterwards) {
  asyncio__pool pool = {0};
  const size_t sizes[] = {1, 64, LARGEST_POOLED, LARGEST_POOLED + 1, 100000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    test_fail_allocation(1);
    CHECK(!asyncio__pool_alloc(&pool, sizes[i]));
    test_fail_allocation(0);
    take(&pool, i, sizes[i]);
  }
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    check_pattern(i, sizes[i]);
    asyncio__pool_free(&pool, blocks[i], sizes[i]);
  }
  asyncio__pool_release(&pool);
}

TEST(pool_gives_large_blocks_back_at_once) {
  asyncio__pool pool = {0};
  size_t before = test_live_allocations();
  for (size_t size = LARGEST_POOLED + 1; size < 4 * 1024 * 1024; size *= 3) {
    take(&pool, 0, size);
    CHECK_INT(test_live_allocations() - before, 1);
    check_pattern(0, size);
    asyncio__pool_free(&pool, blocks[0], size);
    CHECK_INT(test_live_allocations(), before);
  }
}
