/* run_list.c
 *
 * Pairs of a query and a topic that it reads are sorted by rank and topic; neighbours of one topic
 * are its readers in that rank. A topic is remembered with the sum of its partitions' ends when it
 * was last asked: offsets only grow, so a greater sum means news for its readers.
 *
 * Topics are asked rank by rank, in the moment in which the rank begins its round: what the ranks
 * before have derived in the same pass counts.
 */
#include "engine/run_list.h"

#include <stdlib.h>

#include "base/memory.h"
#include "engine/engine_state.h"
#include "engine/query.h"

/* A query of a rank that reads a topic. */
struct run_reader {
    struct topic *topic; /* a reference */
    struct run_item *item;
};

struct run_topic {
    struct run_reader *readers;
    size_t reader_count;
    int64_t end_sum; /* -1: never asked */
};

struct run_list {
    struct engine *engine;
    uint64_t version; /* of the engine's queries */
    struct run_item *items;
    size_t item_count;
    struct run_reader *readers;
    size_t reader_count;
    struct run_topic *topics;
    struct run_rank *ranks;
    size_t rank_count;
};

/* --- Order ------------------------------------------------------------------------------------ */

static int compare_items(const void *a, const void *b)
{
    const struct run_item *left = a;
    const struct run_item *right = b;
    if (left->rank != right->rank) {
        return left->rank < right->rank ? -1 : 1;
    }
    return (left->query->number > right->query->number) -
           (left->query->number < right->query->number);
}

static int compare_readers(const void *a, const void *b)
{
    const struct run_reader *left = a;
    const struct run_reader *right = b;
    if (left->item->rank != right->item->rank) {
        return left->item->rank < right->item->rank ? -1 : 1;
    }
    const uintptr_t left_topic = (uintptr_t)left->topic;
    const uintptr_t right_topic = (uintptr_t)right->topic;
    return (left_topic > right_topic) - (left_topic < right_topic);
}

/* --- Making ----------------------------------------------------------------------------------- */

static bool copy_queries(struct engine *engine, struct run_list *list)
{
    pthread_rwlock_rdlock(&engine->lock);
    const size_t count = engine->query_count;
    list->version = atomic_load(&engine->query_version);
    list->items = memory_alloc(count * sizeof(*list->items));
    for (size_t i = 0; list->items && i < count; i++) {
        struct query *query = query_ref(engine->queries[i]);
        list->items[i] =
            (struct run_item){.query = query, .rank = query->rank, .is_awake = true};
        list->reader_count += query->plan->source_count;
        list->item_count++;
    }
    pthread_rwlock_unlock(&engine->lock);
    if (list->items) {
        qsort(list->items, count, sizeof(*list->items), compare_items);
    }
    return list->items != NULL;
}

/* A topic that is gone has no news. */
static bool find_readers(struct run_list *list)
{
    const size_t count_max = list->reader_count;
    list->reader_count = 0;
    list->readers = memory_alloc(count_max * sizeof(*list->readers));
    for (size_t i = 0; list->readers && i < list->item_count; i++) {
        const struct plan *plan = list->items[i].query->plan;
        for (uint32_t j = 0; j < plan->source_count; j++) {
            struct topic *topic =
                topics_find(list->engine->topics, plan->sources[j]->source.source->topic);
            if (topic) {
                list->readers[list->reader_count++] =
                    (struct run_reader){.topic = topic, .item = &list->items[i]};
            }
        }
    }
    if (list->readers) {
        qsort(list->readers, list->reader_count, sizeof(*list->readers), compare_readers);
    }
    return list->readers != NULL;
}

/* The readers from first on that have its rank and topic. */
static size_t count_alike(const struct run_list *list, size_t first)
{
    size_t end = first + 1;
    while (end < list->reader_count &&
           compare_readers(&list->readers[first], &list->readers[end]) == 0) {
        end++;
    }
    return end - first;
}

static void fill_rank(struct run_list *list, size_t *item_at, size_t *reader_at, size_t *topic_at)
{
    struct run_rank *rank = &list->ranks[list->rank_count++];
    const uint32_t number = list->items[*item_at].rank;
    *rank = (struct run_rank){.items = &list->items[*item_at], .topics = &list->topics[*topic_at]};
    while (*item_at < list->item_count && list->items[*item_at].rank == number) {
        rank->count++;
        (*item_at)++;
    }
    while (*reader_at < list->reader_count && list->readers[*reader_at].item->rank == number) {
        const size_t count = count_alike(list, *reader_at);
        list->topics[(*topic_at)++] = (struct run_topic){
            .readers = &list->readers[*reader_at], .reader_count = count, .end_sum = -1};
        rank->topic_count++;
        *reader_at += count;
    }
}

static bool group_by_rank(struct run_list *list)
{
    size_t item_at = 0;
    size_t reader_at = 0;
    size_t topic_at = 0;
    list->topics = memory_alloc(list->reader_count * sizeof(*list->topics));
    list->ranks = memory_alloc(list->item_count * sizeof(*list->ranks));
    while (list->topics && list->ranks && item_at < list->item_count) {
        fill_rank(list, &item_at, &reader_at, &topic_at);
    }
    return list->topics && list->ranks;
}

enum status run_list_refresh(struct engine *engine, struct run_list **list, struct diag *diag)
{
    if (*list && (*list)->version == atomic_load(&engine->query_version)) {
        return STATUS_OK;
    }
    struct run_list *fresh = memory_zalloc(sizeof(*fresh));
    if (!fresh) {
        return diag_no_memory(diag);
    }
    fresh->engine = engine;
    if (!copy_queries(engine, fresh) || !find_readers(fresh) || !group_by_rank(fresh)) {
        run_list_destroy(fresh);
        return diag_no_memory(diag);
    }
    run_list_destroy(*list);
    *list = fresh;
    return STATUS_OK;
}

void run_list_destroy(struct run_list *list)
{
    if (!list) {
        return;
    }
    for (size_t i = 0; list->readers && i < list->reader_count; i++) {
        topic_unref(list->readers[i].topic);
    }
    for (size_t i = 0; i < list->item_count; i++) {
        query_unref(list->items[i].query);
    }
    memory_free(list->items);
    memory_free(list->readers);
    memory_free(list->topics);
    memory_free(list->ranks);
    memory_free(list);
}

/* --- Waking ----------------------------------------------------------------------------------- */

const struct run_rank *run_list_rank(const struct run_list *list, size_t index)
{
    return index < list->rank_count ? &list->ranks[index] : NULL;
}

static int64_t end_sum(struct topics *topics, const struct topic *topic)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < topic_partition_count(topic); i++) {
        sum += topics_range(topics, topic, i).end_offset;
    }
    return sum;
}

bool run_list_wake(struct run_list *list, const struct run_rank *rank)
{
    bool is_any_awake = false;
    for (size_t i = 0; i < rank->topic_count; i++) {
        struct run_topic *topic = &rank->topics[i];
        const int64_t sum = end_sum(list->engine->topics, topic->readers[0].topic);
        for (size_t j = 0; sum != topic->end_sum && j < topic->reader_count; j++) {
            topic->readers[j].item->is_awake = true;
        }
        topic->end_sum = sum;
    }
    for (size_t i = 0; i < rank->count; i++) {
        struct run_item *item = &rank->items[i];
        if (atomic_load_explicit(&item->query->must_look, memory_order_relaxed)) {
            atomic_store(&item->query->must_look, false);
            item->is_awake = true;
        }
        is_any_awake = is_any_awake || item->is_awake;
    }
    return is_any_awake;
}
