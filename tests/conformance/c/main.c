// SPDX-License-Identifier: MIT
// Runs every program in a file, one after another: "program <index>", its trace, "done <index>". Ends with the first
// that leaves something in memory.
#include <stdlib.h>
#include <unistd.h>

#include "run.h"

enum { LEFT_SOMETHING = 3 };

int main(int argc, char **argv) {
  program given;
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);  // a crash must not take the lines before it along
  FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
  if (!file) {
    fprintf(stderr, "Expected a file of programs, got %s\n", argc > 1 ? argv[1] : "none");
    return 2;
  }
  while (program_read(file, &given)) {
    printf("program %d\n", given.index);
    bool clean = run_program(&given);
    printf("done %d\n", given.index);
    fflush(stdout);
    if (!clean) _exit(LEFT_SOMETHING);
    program_free(&given);
  }
  fclose(file);
  return 0;
}
