/* agg_items.h: the list of values that one group's accumulator keeps, in encoded form.
 *
 * COLLECT_LIST, COLLECT_SET, HISTOGRAM, TOPK, TOPKDISTINCT, ATTR and the _BY_OFFSET functions
 * keep many values of any type. An item is the bytes that base/row_codec.h makes of its value,
 * and a 64-bit tag for its user (a count, a place in the order of arrival). All bytes of a list
 * lie in one block, so a group costs two allocations however many items it has, and equal
 * values are equal bytes: Java's equals, where -0.0 is not 0.0, and a map's keys are sorted.
 *
 * A state that uses a list has `struct agg_items *items` as its first member, NULL while it is
 * empty, so that agg_items_release_state() serves as its release(). Adding goes in two steps:
 * stage encodes a value behind the others, and keep makes an item of it. A staged value that is
 * not kept goes away with the next stage. Thread: one at a time. */
#ifndef FUNCTIONS_AGG_ITEMS_H
#define FUNCTIONS_AGG_ITEMS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "base/type.h"
#include "base/value.h"

struct agg_items;

/* Encodes value. *items is created when it is NULL. out is valid until the list changes. */
MUST_USE enum status agg_items_stage(struct agg_items **items, const struct type *type,
                                     const struct value *value, struct text *out,
                                     struct diag *diag);

/* The same for a value that another list has encoded. */
MUST_USE enum status agg_items_stage_encoded(struct agg_items **items, struct text encoded,
                                             struct text *out, struct diag *diag);

/* The staged value becomes item number at; those from there on move up by one. */
MUST_USE enum status agg_items_keep(struct agg_items *items, uint32_t at, int64_t tag,
                                    struct diag *diag);

/* The staged value replaces all items, in the memory that they have. */
MUST_USE enum status agg_items_keep_only(struct agg_items *items, int64_t tag, struct diag *diag);

/* Stage and keep as the last item. */
MUST_USE enum status agg_items_append(struct agg_items **items, const struct type *type,
                                      const struct value *value, int64_t tag, struct diag *diag);

/* Counts with tags: adds change to the tag of the item that equals the staged value. Without
 * such an item one is made, if change is positive and the list has fewer than count_max; an
 * item whose tag falls below 1 is removed. */
MUST_USE enum status agg_items_count_staged(struct agg_items *items, struct text staged,
                                            int64_t change, uint32_t count_max, struct diag *diag);

/* Counts every item of from as often as its tag says. */
MUST_USE enum status agg_items_merge_counts(struct agg_items **items, const struct agg_items *from,
                                            uint32_t count_max, struct diag *diag);

void agg_items_remove(struct agg_items *items, uint32_t at);

/* 0 for NULL. */
uint32_t agg_items_count(const struct agg_items *items);

int64_t agg_items_tag(const struct agg_items *items, uint32_t at);

/* The encoded form; valid until the list changes. */
struct text agg_items_text(const struct agg_items *items, uint32_t at);

/* The first item with these bytes, or -1. Takes constant time: a long list gets a hash index,
 * and is searched one by one when there is no memory for that. */
int64_t agg_items_find(struct agg_items *items, struct text encoded);
/* The last such item, or -1, searched one by one. */
int64_t agg_items_find_last(const struct agg_items *items, struct text encoded);

/* Decodes one item. Text is borrowed from the list; nested values are made in arena, which may
 * be NULL for types that have none. */
MUST_USE enum status agg_items_get(const struct agg_items *items, uint32_t at,
                                   const struct type *type, struct arena *arena, struct value *out,
                                   struct diag *diag);

/* All values, as copies in arena; *out is an array of agg_items_count values there. */
MUST_USE enum status agg_items_values(const struct agg_items *items, const struct type *type,
                                      struct arena *arena, struct value **out, struct diag *diag);

/* All values as a list value in arena. */
MUST_USE enum status agg_items_return_list(const struct agg_items *items, const struct type *type,
                                           struct arena *arena, struct value *out,
                                           struct diag *diag);

/* Frees the list that is the first member of state. */
void agg_items_release_state(void *state);

#endif
