// SPDX-License-Identifier: MIT
// The platform's allocator, as it is.
#include "alloc.h"

#include <stdlib.h>

void *asyncio__alloc(size_t size) { return malloc(size); }

void *asyncio__alloc_aligned(size_t alignment, size_t size) {
  void *pointer = NULL;
  return posix_memalign(&pointer, alignment, size) == 0 ? pointer : NULL;
}

void asyncio__free(void *pointer) { free(pointer); }
