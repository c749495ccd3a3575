// SPDX-License-Identifier: MIT
// Copies of a few words, which most arguments are: a call of memcpy costs more than the copy.
#ifndef ASYNCIO__BASE_COPY_H
#define ASYNCIO__BASE_COPY_H

#include <stdint.h>
#include <string.h>

enum { ASYNCIO__FEW_BYTES = 64 };

// [copy] is aligned as a uint32_t is.
static inline void asyncio__copy(void *copy, const void *original, size_t size) {
  uint32_t *to = copy;
  const char *from = original;
  if (size > ASYNCIO__FEW_BYTES) {
    memcpy(copy, original, size);
    return;
  }
  for (; size >= sizeof *to; size -= sizeof *to, from += sizeof *to) __builtin_memcpy(to++, from, sizeof *to);
  if (size) __builtin_memcpy(to, from, size);
}

// Zeroes the bytes from [from] up to [size] of [memory]; volatile, or the compiler makes the loop a call of memset.
static inline void asyncio__zero_from(void *memory, size_t from, size_t size) {
  if (size - from > ASYNCIO__FEW_BYTES) {
    memset((char *)memory + from, 0, size - from);
    return;
  }
  for (volatile char *byte = (char *)memory + from; from < size; from++) *byte++ = 0;
}

#endif
