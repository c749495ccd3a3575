// SPDX-License-Identifier: MIT
// src/base/list.h: the ring keeps its order in both directions through every operation, and what is in no list
// points at itself.
#include "../../src/base/list.h"

#include "../support/test.h"

typedef struct item {
  int filler;  // so that the link is not at the item's start
  asyncio__link link;
  char letter;
} item;

static item make(char letter) {
  item made = {.letter = letter};
  return made;
}

static char letter_of(const asyncio__link *link) { return asyncio__container(link, const item, link)->letter; }

// Traces the letters in order, and checks that the way back meets the same ones.
static void trace_list(const char *name, const asyncio__link *head) {
  char letters[32];
  size_t count = 0;
  for (const asyncio__link *link = head->next; link != head && count < 31; link = link->next)
    letters[count++] = letter_of(link);
  letters[count] = '\0';
  trace("%s: %s", name, letters);
  for (const asyncio__link *link = head->previous; link != head && count; link = link->previous)
    CHECK_INT(letter_of(link), letters[--count]);
  CHECK_INT(count, 0);
  CHECK(asyncio__list_empty(head) == (letters[0] == '\0'));
}

// Appends an item for each of [letters] to [head].
static void append_all(asyncio__link *head, item *items, const char *letters) {
  for (size_t i = 0; letters[i]; i++) {
    items[i] = make(letters[i]);
    asyncio__list_append(head, &items[i].link);
  }
}

TEST(list_keeps_the_order_of_appending) {
  asyncio__link head;
  item items[3];
  asyncio__list_init(&head);
  trace_list("new", &head);
  append_all(&head, items, "abc");
  trace_list("full", &head);
  EXPECT_TRACE("new: ", "full: abc");
}

TEST(list_pops_its_first_until_it_is_empty) {
  asyncio__link head;
  item items[3];
  asyncio__list_init(&head);
  append_all(&head, items, "abc");
  for (asyncio__link *link; (link = asyncio__list_pop(&head));) {
    trace("popped %c", letter_of(link));
    CHECK(!asyncio__linked(link));
  }
  CHECK(asyncio__list_pop(&head) == NULL);
  trace_list("end", &head);
  EXPECT_TRACE("popped a", "popped b", "popped c", "end: ");
}

TEST(list_takes_a_popped_item_again) {
  asyncio__link head;
  item items[3];
  asyncio__list_init(&head);
  append_all(&head, items, "abc");
  asyncio__list_append(&head, asyncio__list_pop(&head));
  trace_list("turned", &head);
  EXPECT_TRACE("turned: bca");
}

TEST(list_loses_what_is_unlinked_and_unlinking_twice_is_harmless) {
  asyncio__link head;
  item items[4];
  asyncio__list_init(&head);
  append_all(&head, items, "abcd");
  asyncio__unlink(&items[1].link);
  trace_list("middle", &head);
  asyncio__unlink(&items[1].link);
  trace_list("twice", &head);
  CHECK(!asyncio__linked(&items[1].link));
  CHECK(asyncio__linked(&items[0].link));
  asyncio__unlink(&items[0].link);
  trace_list("first", &head);
  asyncio__unlink(&items[3].link);
  trace_list("last", &head);
  asyncio__unlink(&items[2].link);
  trace_list("only", &head);
  EXPECT_TRACE("middle: acd", "twice: acd", "first: cd", "last: c", "only: ");
}

TEST(list_item_that_was_never_in_one_may_be_unlinked) {
  item lonely = make('a');
  asyncio__list_init(&lonely.link);
  CHECK(!asyncio__linked(&lonely.link));
  asyncio__unlink(&lonely.link);
  CHECK(!asyncio__linked(&lonely.link));
}

TEST(list_is_spliced_to_the_end_of_another) {
  asyncio__link head, from;
  item items[5];
  asyncio__list_init(&head);
  asyncio__list_init(&from);
  append_all(&head, items, "ab");
  append_all(&from, items + 2, "cde");
  asyncio__list_splice(&head, &from);
  trace_list("head", &head);
  trace_list("from", &from);
  asyncio__unlink(&items[4].link);
  asyncio__unlink(&items[2].link);
  trace_list("head", &head);
  EXPECT_TRACE("head: abcde", "from: ", "head: abd");
}

TEST(list_that_is_empty_may_be_spliced_and_spliced_to) {
  asyncio__link head, from;
  item items[3];
  asyncio__list_init(&head);
  asyncio__list_init(&from);
  asyncio__list_splice(&head, &from);
  trace_list("both empty", &head);
  append_all(&from, items, "ab");
  asyncio__list_splice(&head, &from);
  trace_list("to empty", &head);
  asyncio__list_splice(&head, &from);
  trace_list("from empty", &head);
  append_all(&from, items + 2, "c");
  asyncio__list_splice(&head, &from);
  trace_list("used again", &head);
  trace_list("from", &from);
  EXPECT_TRACE("both empty: ", "to empty: ab", "from empty: ab", "used again: abc", "from: ");
}
