// SPDX-License-Identifier: MIT
// Work that never suspends, of the kinds that Asyncify takes for what might: a small machine whose instructions are
// called through a table, as interpreters and databases do it, and sorts with comparators. The same text in every
// build, so that only what the build does to it differs. Each call through a pointer meets more than four functions:
// fewer V8 may inline, or not, by what it has seen until then, which makes more of a difference than any backend.
#ifndef TESTS_BENCH_COMPUTE_H
#define TESTS_BENCH_COMPUTE_H

#include <stdint.h>
#include <stdlib.h>

enum { COMPUTE_STEPS = 4000000, COMPUTE_SORTED = 12000, COMPUTE_REGISTERS = 8 };

typedef struct machine {
  uint32_t registers[COMPUTE_REGISTERS];
  uint32_t at;
} machine;

typedef void instruction(machine *self, unsigned first, unsigned second);

static void add(machine *self, unsigned first, unsigned second) { self->registers[first] += self->registers[second] + 1; }
static void mix(machine *self, unsigned first, unsigned second) {
  self->registers[first] = self->registers[first] * 2654435761u ^ self->registers[second] >> 15;
}
static void turn(machine *self, unsigned first, unsigned second) {
  uint32_t value = self->registers[first];
  self->registers[second] += value << 5 | value >> 27;
}
static void jump(machine *self, unsigned first, unsigned second) {
  self->at += self->registers[first] & (second & 3);
}

static void subtract(machine *self, unsigned first, unsigned second) {
  self->registers[first] -= self->registers[second] ^ self->at;
}
static void exchange(machine *self, unsigned first, unsigned second) {
  uint32_t value = self->registers[first];
  self->registers[first] = self->registers[second] + self->at;
  self->registers[second] = value;
}
static void count(machine *self, unsigned first, unsigned second) {
  self->registers[second] += (uint32_t)__builtin_popcount(self->registers[first]);
}
static void fold(machine *self, unsigned first, unsigned second) {
  for (unsigned i = 0; i < COMPUTE_REGISTERS; i++) self->registers[first] += self->registers[i] >> second;
}

static instruction *const instructions[] = {add, mix, turn, jump, subtract, exchange, count, fold};

static uint32_t execute_steps(const unsigned char *program, unsigned size) {
  machine self = {.registers = {1, 2, 3, 4, 5, 6, 7, 8}};
  for (int i = 0; i < COMPUTE_STEPS; i++, self.at++) {
    unsigned code = program[self.at % size];
    instructions[code & 7](&self, code >> 3 & 7, code >> 5);
  }
  return self.registers[0] ^ self.registers[5];
}

#define COMPARATOR(name, key) \
  static int name(const void *first, const void *second) { \
    uint32_t number = *(const uint32_t *)first, a = (key), b; \
    number = *(const uint32_t *)second, b = (key); \
    return (a > b) - (a < b); \
  }
COMPARATOR(by_size, number)
COMPARATOR(by_size_down, ~number)
COMPARATOR(by_low_half, number << 16 | number >> 16)
COMPARATOR(by_product, number * 40503u)
COMPARATOR(by_difference, number - 0x1234567u)

static int (*const comparators[])(const void *, const void *) = {by_size, by_size_down, by_low_half, by_product, by_difference};

static uint32_t sort_numbers(uint32_t *numbers, uint32_t seed) {
  uint32_t sum = 0;
  for (unsigned k = 0; k < sizeof comparators / sizeof *comparators; k++) {
    for (unsigned i = 0; i < COMPUTE_SORTED; i++) numbers[i] = seed = seed * 1664525u + 1013904223u;
    qsort(numbers, COMPUTE_SORTED, sizeof *numbers, comparators[k]);
    sum += numbers[COMPUTE_SORTED / 3];
  }
  return sum;
}

// A number that is the same in every build; 0 when there is no memory.
static double compute_once(void) {
  unsigned char program[251];
  uint32_t *numbers = malloc(COMPUTE_SORTED * sizeof *numbers);
  if (!numbers) return 0;
  for (unsigned i = 0; i < sizeof program; i++) program[i] = (unsigned char)(i * 167 + (i >> 3));
  double sum = (double)execute_steps(program, sizeof program) + (double)sort_numbers(numbers, 7);
  free(numbers);
  return sum;
}

// Called so that nobody inlines it into a coroutine: V8 never exchanges the code of a frame that is running, and a
// coroutine that works all its life would do so in the code that V8 makes first.
static double (*volatile compute)(void) = compute_once;

#endif
