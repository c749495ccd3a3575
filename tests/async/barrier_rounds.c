// SPDX-License-Identifier: MIT
// src/async/barrier.c: resets and aborts while some have left, some are still inside and some are back outside.
#include "actors.h"

enum { PARTIES = 5 };

enum { RESETS, ABORTS };

typedef struct meeting {
  asyncio_barrier barrier;
  int ending;   // RESETS or ABORTS
  int breaker;  // this one to leave breaks the barrier, the how manieth
  int left;     // how many have left the first round
  int inside;   // were sent away from the first round
  int outside;  // were sent away from the second
  int met;      // passed the second
} meeting;

static meeting begun(int ending, int breaker) {
  meeting self = {.ending = ending, .breaker = breaker};
  CHECK_OK(asyncio_barrier_init(&self.barrier, PARTIES));
  return self;
}

static void come_back(meeting *self) {
  asyncio_status status = asyncio_barrier_wait(&self->barrier, NULL);
  if (status == ASYNCIO_BROKEN_BARRIER_ERROR)
    self->outside++;
  else
    self->met += status == ASYNCIO_OK;
}

// Those who leave come back, the breaker after it has broken the barrier; those sent away come back after a reset.
ASYNCIO_STATIC_COROUTINE(party, (meeting *, self)) {
  asyncio_status status = asyncio_barrier_wait(&self->barrier, NULL);
  if (status) {
    CHECK_INT(status, ASYNCIO_BROKEN_BARRIER_ERROR);
    self->inside++;
    if (self->ending == ABORTS) return ASYNCIO_OK;
  } else if (++self->left == self->breaker) {
    CHECK_OK(self->ending == RESETS ? asyncio_barrier_reset(&self->barrier) : asyncio_barrier_abort(&self->barrier));
    if (self->ending == ABORTS) return ASYNCIO_OK;
  }
  come_back(self);
  return ASYNCIO_OK;
}

// All parties at once, until each has ended.
static void meet(meeting *self) {
  asyncio_future *parties[PARTIES];
  for (int i = 0; i < PARTIES; i++) parties[i] = party_coroutine(self);
  CHECK_OK(asyncio_wait_for(asyncio_gather_array(parties, PARTIES, false), 1, NULL));
  CHECK_INT(asyncio_barrier_n_waiting(&self->barrier), 0);
}

ASYNCIO_STATIC_COROUTINE(leaves_and_resets, (asyncio_barrier *, barrier), (int *, left), (int *, sent_away)) {
  asyncio_status status = asyncio_barrier_wait(barrier, NULL);
  *sent_away += status == ASYNCIO_BROKEN_BARRIER_ERROR;
  if (!status && ++*left == 3) CHECK_OK(asyncio_barrier_reset(barrier));
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(resets_half_drained) {
  asyncio_barrier barrier;
  int left = 0, sent_away = 0;
  asyncio_future *parties[PARTIES];
  CHECK_OK(asyncio_barrier_init(&barrier, PARTIES));
  for (int i = 0; i < PARTIES; i++) parties[i] = leaves_and_resets_coroutine(&barrier, &left, &sent_away);
  CHECK_OK(asyncio_await(asyncio_gather_array(parties, PARTIES, false), NULL));
  CHECK_INT(left, 3);
  CHECK_INT(sent_away, 2);
  CHECK_INT(asyncio_barrier_n_waiting(&barrier), 0);
  CHECK(!asyncio_barrier_broken(&barrier));
  return ASYNCIO_OK;
}

TEST(reset_while_it_drains_sends_away_those_who_have_not_left) { run(resets_half_drained_coroutine()); }

ASYNCIO_STATIC_COROUTINE(resets_with_some_outside) {
  meeting self = begun(RESETS, 3);
  meet(&self);
  CHECK_INT(self.inside, 2);
  CHECK_INT(self.outside, 0);
  CHECK_INT(self.met, PARTIES);
  CHECK(!asyncio_barrier_broken(&self.barrier));
  return ASYNCIO_OK;
}

TEST(reset_while_it_drains_lets_those_outside_in) { run(resets_with_some_outside_coroutine()); }

ASYNCIO_STATIC_COROUTINE(resets_as_the_last) {
  meeting self = begun(RESETS, PARTIES);
  meet(&self);
  CHECK_INT(self.inside, 0);
  CHECK_INT(self.outside, 0);
  CHECK_INT(self.met, PARTIES);
  CHECK(!asyncio_barrier_broken(&self.barrier));
  return ASYNCIO_OK;
}

TEST(reset_by_the_last_to_leave_lets_those_outside_in) { run(resets_as_the_last_coroutine()); }

ASYNCIO_STATIC_COROUTINE(aborts_half_drained) {
  meeting self = begun(ABORTS, 3);
  meet(&self);
  CHECK_INT(self.inside, 2);
  CHECK_INT(self.outside, 2);
  CHECK_INT(self.met, 0);
  CHECK(asyncio_barrier_broken(&self.barrier));
  return ASYNCIO_OK;
}

TEST(abort_while_it_drains_sends_away_those_inside_and_outside) { run(aborts_half_drained_coroutine()); }

ASYNCIO_STATIC_COROUTINE(comes_again, (asyncio_barrier *, barrier), (int *, sent_away)) {
  while (asyncio_barrier_wait(barrier, NULL) == ASYNCIO_BROKEN_BARRIER_ERROR) ++*sent_away;
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(resets_and_comes) {
  asyncio_barrier barrier;
  int sent_away = 0;
  asyncio_task *others[PARTIES - 1];
  CHECK_OK(asyncio_barrier_init(&barrier, PARTIES));
  for (int i = 0; i < PARTIES - 1; i++) others[i] = asyncio_create_task(comes_again_coroutine(&barrier, &sent_away));
  CHECK_OK(asyncio_sleep(0));
  CHECK_OK(asyncio_barrier_reset(&barrier));
  CHECK_OK(asyncio_barrier_wait(&barrier, NULL));
  for (int i = 0; i < PARTIES - 1; i++) {
    CHECK_OK(asyncio_await(others[i], NULL));
    asyncio_unref(others[i]);
  }
  CHECK_INT(sent_away, PARTIES - 1);
  CHECK_INT(asyncio_barrier_n_waiting(&barrier), 0);
  return ASYNCIO_OK;
}

TEST(those_sent_away_by_a_reset_may_come_again) { run(resets_and_comes_coroutine()); }

// Aborted by one of those who left, the barrier is reset once all are assembled elsewhere.
ASYNCIO_STATIC_COROUTINE(assembles, (meeting *, self), (asyncio_barrier *, elsewhere)) {
  int index;
  CHECK_OK(asyncio_await(party_coroutine(self), NULL));
  CHECK_OK(asyncio_barrier_wait(elsewhere, &index));
  if (index == 0) CHECK_OK(asyncio_barrier_reset(&self->barrier));
  CHECK_OK(asyncio_barrier_wait(elsewhere, NULL));
  come_back(self);
  return ASYNCIO_OK;
}

ASYNCIO_STATIC_COROUTINE(assemble) {
  meeting self = begun(ABORTS, 2);
  asyncio_barrier elsewhere;
  asyncio_future *parties[PARTIES];
  CHECK_OK(asyncio_barrier_init(&elsewhere, PARTIES));
  for (int i = 0; i < PARTIES; i++) parties[i] = assembles_coroutine(&self, &elsewhere);
  CHECK_OK(asyncio_await(asyncio_gather_array(parties, PARTIES, false), NULL));
  CHECK_INT(self.inside + self.outside, PARTIES - 1);
  CHECK_INT(self.met, PARTIES);
  CHECK(!asyncio_barrier_broken(&self.barrier));
  return ASYNCIO_OK;
}

TEST(aborted_barrier_serves_again_after_a_reset) { run(assemble_coroutine()); }

TEST(barrier_of_less_than_one_party_is_refused) {
  asyncio_barrier barrier;
  CHECK_ERROR(asyncio_barrier_init(&barrier, 0), ASYNCIO_VALUE_ERROR, "parties must be >= 1");
  CHECK_ERROR(asyncio_barrier_init(&barrier, -4), ASYNCIO_VALUE_ERROR, "parties must be >= 1");
  CHECK_OK(asyncio_barrier_init(&barrier, 1));
}
