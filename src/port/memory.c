// SPDX-License-Identifier: MIT
// The embedded core's malloc, memcpy and strlen, which take the place of the C library's in a fifth of their size.
// Blocks are powers of two; a freed one waits in a list for the next of its size, and is never split or merged: what is
// small and short-lived has pools of its own (base/pool.c), so few sizes come here, again and again. Large blocks are
// whole pages of WebAssembly's, the others are cut from one. Invariant: a block begins HEADER bytes before what its
// user sees, and a large one HEADER bytes before a page, so that its user sees whole pages.
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { PAGE = 64 * 1024, HEADER = 16, SMALLEST = 5, LARGEST_CUT = 14 };  // sizes as powers of two, headers included

typedef struct block {
  uintptr_t power;
  struct block *next;  // in the list of its size, while it is free
} block;

extern char __heap_base;

static block *free_blocks[32];
static uintptr_t used_end;           // of all blocks; 0 before the first
static uintptr_t cut_next, cut_end;  // what is left of the page that small blocks are cut from

// Makes the memory reach to [end], and an eighth farther where it may: each growth costs JavaScript its views.
static bool reach(uintptr_t end) {
  size_t pages = __builtin_wasm_memory_size(0);
  if (end <= pages * PAGE) return true;
  size_t more = (end + PAGE - 1) / PAGE - pages;
  return __builtin_wasm_memory_grow(0, more + pages / 8) != SIZE_MAX || __builtin_wasm_memory_grow(0, more) != SIZE_MAX;
}

// 0 when memory is out, as below.
static uintptr_t take_pages(size_t size) {
  uintptr_t heap = (uintptr_t)&__heap_base + HEADER + PAGE - 1;
  uintptr_t start = used_end ? used_end : heap / PAGE * PAGE - HEADER;
  if (size > UINTPTR_MAX - PAGE - start || !reach(start + size)) return 0;
  used_end = start + size;
  return start;
}

// What is left of a page that is too short is left for good: less than a quarter of it.
static uintptr_t cut(size_t size) {
  if (cut_end - cut_next < size) {
    uintptr_t page = take_pages(PAGE);
    if (!page) return 0;
    cut_next = page;
    cut_end = page + PAGE;
  }
  cut_next += size;
  return cut_next - size;
}

static void *take(unsigned power) {
  block *taken = free_blocks[power];
  if (taken) {
    free_blocks[power] = taken->next;
  } else {
    taken = (block *)(power <= LARGEST_CUT ? cut((size_t)1 << power) : take_pages((size_t)1 << power));
    if (!taken) return NULL;
    taken->power = power;
  }
  return (char *)taken + HEADER;
}

// The power of two that holds [size] bytes and a header.
static unsigned power_of(size_t size) {
  unsigned power = 32 - (unsigned)__builtin_clzl(size + HEADER - 1);
  return power < SMALLEST ? SMALLEST : power;
}

void *malloc(size_t size) { return size < SIZE_MAX / 2 - PAGE ? take(power_of(size)) : NULL; }

void free(void *pointer) {
  if (!pointer) return;
  block *freed = (block *)((char *)pointer - HEADER);
  freed->next = free_blocks[freed->power];
  free_blocks[freed->power] = freed;
}

// Alignments up to a page's: a block of pages has that.
int posix_memalign(void **pointer, size_t alignment, size_t size) {
  size_t least = alignment <= HEADER ? 0 : PAGE - HEADER;
  *pointer = alignment <= PAGE ? malloc(size > least ? size : least) : NULL;
  return *pointer ? 0 : ENOMEM;
}

// One instruction each.
__attribute__((target("bulk-memory"))) void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  return __builtin_memcpy(to, from, size);
}

__attribute__((target("bulk-memory"))) void *memset(void *to, int byte, size_t size) {
  return __builtin_memset(to, byte, size);
}

__attribute__((no_builtin("strlen"))) size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}
