// SPDX-License-Identifier: MIT
// Stands in for src/base/alloc.c: counts what is alive, and fails where a test wants it to.
#include "../../src/base/alloc.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>

#include "alloc.h"

static size_t live, bytes, made, failing;

static bool fails(void) {
  made++;
  return failing && made == failing;
}

static void *counted(void *pointer) {
  if (pointer) live++;
  bytes += malloc_usable_size(pointer);
  return pointer;
}

void *asyncio__alloc(size_t size) { return fails() ? NULL : counted(malloc(size)); }

void *asyncio__alloc_aligned(size_t alignment, size_t size) {
  void *pointer = NULL;
  if (fails() || posix_memalign(&pointer, alignment, size)) return NULL;
  return counted(pointer);
}

void asyncio__free(void *pointer) {
  if (pointer) live--;
  bytes -= malloc_usable_size(pointer);
  free(pointer);
}

size_t test_fail_allocation(size_t n) {
  size_t count = made;
  made = 0;
  failing = n;
  return count;
}

size_t test_live_allocations(void) { return live; }

size_t test_live_bytes(void) { return bytes; }
