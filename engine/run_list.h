/* run_list.h: the persistent queries in the order in which they run, and which of them may have
 * something to do.
 *
 * The list is kept from pass to pass and made anew only after a query came or went. Queries are
 * grouped by rank (engine/query_load.c). Each rank knows the topics that its queries read, so that
 * a look for work costs one question per topic, not one per query: a thousand idle queries over
 * one stream cost as much as one.
 *
 * Thread: that of the driver; the engine's lock is taken to make the list. */
#ifndef ENGINE_RUN_LIST_H
#define ENGINE_RUN_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct engine;
struct query;
struct run_list;
struct run_reader;
struct run_topic;
struct topic;

struct run_item {
    struct query *query; /* a reference */
    uint32_t rank;
    bool is_awake;    /* it has not used all that it was woken for */
    bool is_in_round; /* the driver's */
};

/* The queries of one rank and the topics that they read. */
struct run_rank {
    struct run_item *items;
    size_t count;
    struct run_topic *topics;
    size_t topic_count;
};

/* Makes *list (NULL: none yet) agree with the engine's queries. On failure it is as it was. */
MUST_USE enum status run_list_refresh(struct engine *engine, struct run_list **list,
                                      struct diag *diag);
/* Accepts NULL. */
void run_list_destroy(struct run_list *list);

/* Rank number index, lowest first; NULL behind the last. */
const struct run_rank *run_list_rank(const struct run_list *list, size_t index);

/* Marks as awake the queries whose topics have grown since the last call, and those that ask for it
 * (query->must_look); false when none is awake. */
bool run_list_wake(struct run_list *list, const struct run_rank *rank);

#endif
