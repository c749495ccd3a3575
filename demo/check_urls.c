// SPDX-License-Identifier: MIT
// Checks a list of URLs over HTTP, all at once and in plain blocking style: each in a task of its own, only a few on
// the way together, each with a time limit that aborts its fetch.
//
//   node check_urls.js URL...
//
// demo/check_urls.mjs runs it against a server that misbehaves in every way. WebAssembly only: fetch is JavaScript's.
#include <asyncio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int most_at_once = 3;
static const double time_limit = 0.5;

// ---- What JavaScript does for us.

// A promise of {status, text, size}. Node says in the error's cause what happened to the connection: that is our words.
EM_JS(asyncio_js, fetch_page, (const char *url), {
  const address = UTF8ToString(url);
  return asyncio.promise(async (signal) => {
    try {
      const response = await fetch(address, {signal});
      const body = await response.arrayBuffer();
      return {status: response.status, text: response.statusText, size: body.byteLength};
    } catch (error) {
      throw (error.cause && error.cause.code) || error;
    }
  });
});

EM_JS(int, page_status, (asyncio_js page), { return asyncio.value(page).status; });
EM_JS(int, page_size, (asyncio_js page), { return asyncio.value(page).size; });
EM_JS(void, page_text, (asyncio_js page, char *text, int size), {
  stringToUTF8(asyncio.value(page).text, text, size);
});

// A line that the next one overwrites; false when standard output is no terminal.
EM_JS(bool, show_counter, (int done, int total), {
  if (typeof process !== 'object' || !process.stdout.isTTY) return false;
  process.stdout.cursorTo(0);
  process.stdout.clearLine(0);
  if (done < total) process.stdout.write(`${done} of ${total} done`);
  return true;
});

// ---- A limit on how many run together, fair: who waits longest is next.

typedef struct waiter {
  asyncio_future *turn;
  bool given;  // a place, with [turn] done; it is then no longer in the line
  struct waiter *next;
} waiter;

typedef struct limit {
  int places;  // free ones; 0 while anybody waits
  waiter *first;
} limit;

static void line_up(limit *self, waiter *added) {
  waiter **end = &self->first;
  while (*end) end = &(*end)->next;
  *end = added;
}

static void step_out(limit *self, waiter *removed) {
  waiter **at = &self->first;
  while (*at != removed) at = &(*at)->next;
  *at = removed->next;
}

// The place goes to the first who still wants it: who was cancelled is in the line until its task runs again.
static void limit_leave(limit *self) {
  waiter *next = self->first;
  while (next && asyncio_future_done(next->turn)) next = next->next;
  if (!next) {
    self->places++;
    return;
  }
  step_out(self, next);
  next->given = true;
  (void)asyncio_future_set_result(next->turn, asyncio_none());
}

// The waiter lives on this task's stack. A task that is cancelled just after it was given a place hands it on.
ASYNCIO_SUSPENDS static asyncio_status limit_enter(limit *self) {
  if (self->places > 0) {
    self->places--;
    return ASYNCIO_OK;
  }
  waiter me = {.turn = asyncio_loop_create_future(asyncio_get_running_loop())};
  if (!me.turn) return ASYNCIO_MEMORY_ERROR;
  line_up(self, &me);
  asyncio_status status = asyncio_await(me.turn, NULL);
  asyncio_unref(me.turn);
  if (!me.given) step_out(self, &me);
  if (me.given && status) limit_leave(self);
  return status;
}

// ---- Checking one URL.

typedef struct check {
  const char *url;
  char outcome[40];
  int status;  // HTTP's; 0 when there was no whole answer
  int bytes;
  double seconds;
} check;

typedef struct checks {
  limit limit;
  int total;
  int done;
  check *all;
} checks;

static const char *connection_failure(const char *words) {
  if (strcmp(words, "ECONNREFUSED") == 0) return "refused";
  if (strcmp(words, "ECONNRESET") == 0 || strcmp(words, "UND_ERR_SOCKET") == 0) return "reset";
  return words;
}

static void set_outcome(check *self, asyncio_status status, asyncio_value page) {
  char text[32];
  if (status == ASYNCIO_OK) {
    asyncio_js handle = asyncio_value_js(page);
    page_text(handle, text, sizeof text);
    self->status = page_status(handle);
    self->bytes = page_size(handle);
    snprintf(self->outcome, sizeof self->outcome, "%d %s", self->status, text);
  } else if (status == ASYNCIO_TIMEOUT_ERROR) {
    snprintf(self->outcome, sizeof self->outcome, "timed out");
  } else {
    snprintf(self->outcome, sizeof self->outcome, "%s", connection_failure(asyncio_error_message(status)));
  }
}

static void show_progress(const checks *run, const check *finished) {
  if (show_counter(run->done, run->total)) return;
  printf("%2d of %d  %-25s  %s\n", run->done, run->total, finished->outcome, finished->url);
}

// Every answer of the network's is an outcome. Only what concerns this program, such as a cancellation, is a failure.
ASYNCIO_COROUTINE(check_url, (checks *, run), (check *, self)) {
  ASYNCIO_TRY(limit_enter(&run->limit));
  asyncio_loop *loop = asyncio_get_running_loop();
  double start = asyncio_loop_time(loop);
  asyncio_value page;
  asyncio_status status = asyncio_wait_for(asyncio_promise(fetch_page(self->url)), time_limit, &page);
  self->seconds = asyncio_loop_time(loop) - start;
  limit_leave(&run->limit);
  if (status && status != ASYNCIO_TIMEOUT_ERROR && status != ASYNCIO_JS_ERROR) return status;
  set_outcome(self, status, page);
  asyncio_value_clear(&page);
  run->done++;
  show_progress(run, self);
  return ASYNCIO_OK;
}

// ---- Checking them all.

static void print_check(const check *self) {
  printf("%-40s  %-25s  %5.0f", self->url, self->outcome, self->seconds * 1e3);
  if (self->status) printf("  %7d", self->bytes);
  printf("\n");
}

static void print_table(const checks *run, double elapsed) {
  int good = 0;
  double sum = 0;
  printf("\n%-40s  %-25s  %5s  %7s\n", "URL", "outcome", "ms", "bytes");
  for (int i = 0; i < run->total; i++) {
    print_check(&run->all[i]);
    if (run->all[i].status / 100 == 2) good++;
    sum += run->all[i].seconds;
  }
  printf("\n%d of %d URLs are fine. ", good, run->total);
  printf("%.2f s with up to %d at once; one after the other it would have been %.2f s.\n", elapsed, most_at_once, sum);
}

ASYNCIO_COROUTINE(check_all, (checks *, run)) {
  double start = asyncio_loop_time(asyncio_get_running_loop());
  asyncio_future **each = malloc(sizeof *each * (size_t)run->total);
  if (!each) return asyncio_raise(ASYNCIO_MEMORY_ERROR, "No memory for %d URLs", run->total);
  for (int i = 0; i < run->total; i++) each[i] = check_url_coroutine(run, &run->all[i]);
  asyncio_status status = asyncio_await(asyncio_gather_array(each, (size_t)run->total, false), NULL);
  free(each);
  if (status == ASYNCIO_OK) print_table(run, asyncio_loop_time(asyncio_get_running_loop()) - start);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: node check_urls.js URL...\n");
    return 2;
  }
  checks run = {.limit = {.places = most_at_once}, .total = argc - 1};
  run.all = calloc((size_t)run.total, sizeof *run.all);
  if (!run.all) return 1;
  for (int i = 0; i < run.total; i++) run.all[i].url = argv[i + 1];
  asyncio_status status = asyncio_run(check_all_coroutine(&run), NULL);
  free(run.all);
  return status == ASYNCIO_OK ? 0 : 1;
}
