// SPDX-License-Identifier: MIT
// Programs as the C driver has them: the records that tests/conformance/operations.mjs describes, read from text.
#ifndef TESTS_CONFORMANCE_PROGRAM_H
#define TESTS_CONFORMANCE_PROGRAM_H

#include <asyncio.h>
#include <stdio.h>

typedef struct instance instance;
typedef struct operation operation;

enum { MOST_BLOCKS = 2, SIZES = 7 };

typedef struct block {
  int count;
  operation *ops;
} block;

struct operation {
  int id;
  char *name;
  const struct verb *verb;  // operations.h
  int slot;
  int flag;
  int form;
  double number;
  char *text;  // NULL for none
  int item_count;
  int *items;
  int block_count;
  block blocks[MOST_BLOCKS];
};

typedef struct program {
  int index;
  int slots;
  int handles;
  int sizes[SIZES];  // of the semaphores, barriers and queues: things.h
  int run_count;  // of bodies for a runner; 0: body 0 is a task
  int *runs;
  int body_count;
  int callback_count;
  block *bodies;
  block *callbacks;
} program;

// Reads the next program; false at the end. A line that is not understood ends the process.
bool program_read(FILE *file, program *read);
void program_free(program *read);

#endif
