// SPDX-License-Identifier: MIT
// src/port/stack.c: blocks of memory for stacks. They come in classes, a warm one is used again, and what lies idle is
// bounded.
#include "../../src/port/stack.h"

#include <stdint.h>

#include "../support/test.h"

enum { SMALLEST = 2 * 1024, LARGEST_POOLED = 1024 * 1024, MOST_IDLE = 4 * 1024 * 1024 };

static void *take(asyncio__stacks *stacks, size_t wanted, size_t *size) {
  *size = wanted;
  void *block = asyncio__stack_take(stacks, size);
  CHECK(block != NULL);
  CHECK(*size >= wanted);
  CHECK_INT((uintptr_t)block % 16, 0);
  CHECK_INT(*size % 16, 0);
  memset(block, 0xa5, *size);  // all of it is the caller's
  return block;
}

TEST(stack_is_of_the_smallest_class_that_holds_it) {
  asyncio__stacks stacks = {0};
  size_t before = 0;
  for (size_t wanted = 1; wanted <= LARGEST_POOLED; wanted = wanted * 3 / 2 + 1) {
    size_t size;
    void *block = take(&stacks, wanted, &size);
    CHECK(size <= 2 * wanted + SMALLEST + 64);
    CHECK(size >= before);
    CHECK_INT(stacks.live_bytes, size);
    asyncio__stack_give(&stacks, block, size);
    CHECK_INT(stacks.live_bytes, 0);
    before = size;
  }
  asyncio__stacks_release(&stacks);
  CHECK_INT(stacks.idle_bytes, 0);
}

TEST(stack_asked_for_by_its_power_of_two_is_not_twice_as_large) {
  asyncio__stacks stacks = {0};
  for (size_t wanted = SMALLEST; wanted <= LARGEST_POOLED; wanted *= 2) {
    size_t size;
    void *block = take(&stacks, wanted, &size);
    CHECK(size < wanted + wanted / 16);
    asyncio__stack_give(&stacks, block, size);
  }
  asyncio__stacks_release(&stacks);
}

TEST(stack_given_back_last_is_taken_first) {
  asyncio__stacks stacks = {0};
  size_t size;
  void *first = take(&stacks, 8192, &size), *second = take(&stacks, 8192, &size);
  CHECK(first != second);
  CHECK_INT(stacks.live_bytes, 2 * size);
  asyncio__stack_give(&stacks, first, size);
  asyncio__stack_give(&stacks, second, size);
  CHECK_INT(stacks.idle_bytes, 2 * size);
  test_fail_allocation(0);
  CHECK(take(&stacks, 8000, &size) == second);
  CHECK(take(&stacks, 5000, &size) == first);
  CHECK_INT(test_fail_allocation(0), 0);
  CHECK_INT(stacks.idle_bytes, 0);
  asyncio__stack_give(&stacks, first, size);
  asyncio__stack_give(&stacks, second, size);
  asyncio__stacks_release(&stacks);
}

TEST(stacks_of_different_classes_are_not_mixed_up) {
  asyncio__stacks stacks = {0};
  size_t small_size, large_size;
  void *small = take(&stacks, 4096, &small_size), *large = take(&stacks, 65536, &large_size);
  asyncio__stack_give(&stacks, small, small_size);
  asyncio__stack_give(&stacks, large, large_size);
  CHECK(take(&stacks, 65536, &large_size) == large);
  CHECK(take(&stacks, 4096, &small_size) == small);
  asyncio__stack_give(&stacks, large, large_size);
  asyncio__stack_give(&stacks, small, small_size);
  asyncio__stacks_release(&stacks);
}

TEST(stacks_idle_up_to_four_megabytes_and_the_rest_are_freed) {
  enum { MANY = 200 };
  asyncio__stacks stacks = {0};
  void *blocks[MANY];
  size_t size, before = test_live_allocations();
  for (int i = 0; i < MANY; i++) blocks[i] = take(&stacks, 65536, &size);
  CHECK_INT(stacks.live_bytes, MANY * size);
  CHECK_INT(test_live_allocations() - before, MANY);
  for (int i = 0; i < MANY; i++) {
    asyncio__stack_give(&stacks, blocks[i], size);
    CHECK(stacks.idle_bytes <= MOST_IDLE);
  }
  CHECK_INT(stacks.live_bytes, 0);
  CHECK_INT(stacks.idle_bytes / size, MOST_IDLE / size);
  CHECK_INT(test_live_allocations() - before, MOST_IDLE / size);
  asyncio__stacks_release(&stacks);
  CHECK_INT(test_live_allocations(), before);
  CHECK_INT(stacks.idle_bytes, 0);
}

TEST(stack_above_a_megabyte_is_freed_at_once) {
  asyncio__stacks stacks = {0};
  size_t size, before = test_live_allocations();
  void *block = take(&stacks, 3 * LARGEST_POOLED + 1, &size);
  CHECK_INT(size, 3 * LARGEST_POOLED + 16);
  CHECK_INT(stacks.live_bytes, size);
  asyncio__stack_give(&stacks, block, size);
  CHECK_INT(stacks.live_bytes, 0);
  CHECK_INT(stacks.idle_bytes, 0);
  CHECK_INT(test_live_allocations(), before);
}

TEST(stack_without_memory_is_null_and_counts_nowhere) {
  asyncio__stacks stacks = {0};
  const size_t sizes[] = {SMALLEST, LARGEST_POOLED, 2 * LARGEST_POOLED};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    size_t size = sizes[i];
    test_fail_allocation(1);
    CHECK(!asyncio__stack_take(&stacks, &size));
    test_fail_allocation(0);
    CHECK_INT(stacks.live_bytes, 0);
    CHECK_INT(stacks.idle_bytes, 0);
  }
}

TEST(stack_larger_than_memory_is_null) {
  asyncio__stacks stacks = {0};
  for (size_t less = 0; less < 64; less += 7) {
    size_t size = SIZE_MAX - less;
    CHECK(!asyncio__stack_take(&stacks, &size));
    CHECK_INT(stacks.live_bytes, 0);
  }
}

TEST(canary_is_intact_until_one_bit_of_it_changes) {
  _Alignas(16) unsigned char block[64] = {0};
  CHECK(!asyncio__canary_intact(block));
  asyncio__canary_set(block);
  CHECK(asyncio__canary_intact(block));
  memset(block + ASYNCIO__CANARY_SIZE, 0xff, sizeof block - ASYNCIO__CANARY_SIZE);
  CHECK(asyncio__canary_intact(block));
  for (int bit = 0; bit < 64; bit++) {
    block[bit / 8] ^= (unsigned char)(1 << bit % 8);
    CHECK(!asyncio__canary_intact(block));
    block[bit / 8] ^= (unsigned char)(1 << bit % 8);
  }
  CHECK(asyncio__canary_intact(block));
}
