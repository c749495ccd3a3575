// SPDX-License-Identifier: MIT
// Reads programs from the text that tests/conformance/text.mjs writes: words with spaces between them, each list
// after its length.
#include "program.h"

#include <stdlib.h>
#include <string.h>

#include "operations.h"

enum { LONGEST_WORD = 32 };

static _Noreturn void give_up(const char *what, const char *got) {
  fprintf(stderr, "Expected %s in the text of a program, got %s\n", what, got);
  exit(2);
}

static void *zeroed(int count, size_t size) {
  void *memory = calloc((size_t)count + 1, size);
  if (!memory) give_up("memory", "none");
  return memory;
}

static void read_word(FILE *file, char word[LONGEST_WORD]) {
  if (fscanf(file, "%31s", word) != 1) give_up("a word", "the end");
}

static int read_int(FILE *file) {
  int number;
  if (fscanf(file, "%d", &number) != 1) give_up("a whole number", "something else");
  return number;
}

static double read_double(FILE *file) {
  char word[LONGEST_WORD], *end;
  read_word(file, word);
  double number = strtod(word, &end);  // "NaN" and "Infinity" too
  if (*end) give_up("a number", word);
  return number;
}

// NULL for the word that says none.
static char *read_text(FILE *file) {
  char word[LONGEST_WORD];
  read_word(file, word);
  return strcmp(word, "-") == 0 ? NULL : strdup(word);
}

static int *read_ints(FILE *file, int *count) {
  *count = read_int(file);
  int *numbers = zeroed(*count, sizeof *numbers);
  for (int i = 0; i < *count; i++) numbers[i] = read_int(file);
  return numbers;
}

static void read_block(FILE *file, block *list);

static void read_op(FILE *file, operation *op) {
  op->id = read_int(file);
  op->name = read_text(file);
  op->verb = op->name ? verb_named(op->name) : NULL;
  if (!op->verb) give_up("an operation", op->name ? op->name : "none");
  op->slot = read_int(file);
  op->flag = read_int(file);
  op->form = read_int(file);
  op->number = read_double(file);
  op->text = read_text(file);
  op->items = read_ints(file, &op->item_count);
  op->block_count = read_int(file);
  for (int i = 0; i < op->block_count; i++) read_block(file, &op->blocks[i]);
}

static void read_block(FILE *file, block *list) {
  list->count = read_int(file);
  list->ops = zeroed(list->count, sizeof *list->ops);
  for (int i = 0; i < list->count; i++) read_op(file, &list->ops[i]);
}

static block *read_blocks(FILE *file, int *count) {
  *count = read_int(file);
  block *blocks = zeroed(*count, sizeof *blocks);
  for (int i = 0; i < *count; i++) read_block(file, &blocks[i]);
  return blocks;
}

bool program_read(FILE *file, program *read) {
  if (fscanf(file, "%d", &read->index) != 1) return false;
  read->slots = read_int(file);
  read->handles = read_int(file);
  for (int i = 0; i < SIZES; i++) read->sizes[i] = read_int(file);
  read->runs = read_ints(file, &read->run_count);
  read->bodies = read_blocks(file, &read->body_count);
  read->callbacks = read_blocks(file, &read->callback_count);
  return true;
}

static void free_block(block *list) {
  for (int i = 0; i < list->count; i++) {
    operation *op = &list->ops[i];
    for (int j = 0; j < op->block_count; j++) free_block(&op->blocks[j]);
    free(op->name);
    free(op->text);
    free(op->items);
  }
  free(list->ops);
}

static void free_blocks(block *blocks, int count) {
  for (int i = 0; i < count; i++) free_block(&blocks[i]);
  free(blocks);
}

void program_free(program *read) {
  free(read->runs);
  free_blocks(read->bodies, read->body_count);
  free_blocks(read->callbacks, read->callback_count);
}
