/* waker.c
 *
 * A group is a topic with the sum of its partitions' durable ends when it was last looked at.
 * The thread waits for the topics to change, adds up anew, and wakes the members of each group
 * whose sum has grown. A cursor of several topics is a member of several groups. Groups are found
 * by walking: there are as many as topics with subscribers.
 */
#include "engine/waker.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "engine/cursor.h"
#include "topics/topics.h"

/* A cursor's membership of one group. */
struct waker_entry {
    struct waker_entry *next; /* in the group */
    struct waker_entry *previous;
    struct waker_entry *next_of_cursor;
    struct waker_group *group;
    struct cursor *cursor;
};

struct waker_group {
    struct waker_group *next;
    struct topic *topic; /* a reference */
    int64_t durable_sum;
    bool was_deleted;
    struct waker_entry members; /* a ring */
};

struct waker {
    struct topics *topics;
    pthread_t thread;
    atomic_bool must_stop;
    pthread_mutex_t lock; /* groups and entries */
    struct waker_group *groups;
};

/* --- Under the lock ------------------------------------------------------------------------- */

static int64_t durable_sum(struct topics *topics, const struct topic *topic)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < topic_partition_count(topic); i++) {
        sum += topics_range(topics, topic, i).durable_offset;
    }
    return sum;
}

static void wake_if_changed(struct waker *waker, struct waker_group *group)
{
    const int64_t sum = durable_sum(waker->topics, group->topic);
    const bool is_deleted = topic_is_deleted(group->topic);
    if (sum == group->durable_sum && is_deleted == group->was_deleted) {
        return;
    }
    group->durable_sum = sum;
    group->was_deleted = is_deleted;
    for (struct waker_entry *entry = group->members.next; entry != &group->members;
         entry = entry->next) {
        entry->cursor->wake(entry->cursor->wake_context);
    }
}

static struct waker_group *find_group(struct waker *waker, struct topic *topic)
{
    for (struct waker_group *group = waker->groups; group; group = group->next) {
        if (group->topic == topic) {
            return group;
        }
    }
    struct waker_group *group = memory_zalloc(sizeof(*group));
    if (group) {
        group->topic = topic_ref(topic);
        group->durable_sum = durable_sum(waker->topics, topic);
        group->members.next = &group->members;
        group->members.previous = &group->members;
        group->next = waker->groups;
        waker->groups = group;
    }
    return group;
}

static void drop_group(struct waker *waker, struct waker_group *group)
{
    struct waker_group **link = &waker->groups;
    while (*link != group) {
        link = &(*link)->next;
    }
    *link = group->next;
    topic_unref(group->topic);
    memory_free(group);
}

static void remove_entries(struct waker *waker, struct cursor *cursor)
{
    while (cursor->wake_entries) {
        struct waker_entry *entry = cursor->wake_entries;
        cursor->wake_entries = entry->next_of_cursor;
        entry->previous->next = entry->next;
        entry->next->previous = entry->previous;
        if (entry->group->members.next == &entry->group->members) {
            drop_group(waker, entry->group);
        }
        memory_free(entry);
    }
}

/* --- The thread ------------------------------------------------------------------------------- */

static void *run(void *context)
{
    struct waker *waker = context;
    uint64_t sequence = topics_sequence(waker->topics);
    while (!atomic_load(&waker->must_stop)) {
        sequence = topics_wait(waker->topics, sequence, 1000);
        pthread_mutex_lock(&waker->lock);
        for (struct waker_group *group = waker->groups; group; group = group->next) {
            wake_if_changed(waker, group);
        }
        pthread_mutex_unlock(&waker->lock);
    }
    return NULL;
}

enum status waker_start(struct topics *topics, struct waker **out, struct diag *diag)
{
    struct waker *waker = memory_zalloc(sizeof(*waker));
    if (!waker) {
        return diag_no_memory(diag);
    }
    waker->topics = topics;
    pthread_mutex_init(&waker->lock, NULL);
    if (pthread_create(&waker->thread, NULL, run, waker) != 0) {
        memory_free(waker);
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot start the waker's thread");
    }
    *out = waker;
    return STATUS_OK;
}

void waker_stop(struct waker *waker)
{
    if (!waker) {
        return;
    }
    atomic_store(&waker->must_stop, true);
    topics_wake(waker->topics);
    pthread_join(waker->thread, NULL);
    pthread_mutex_destroy(&waker->lock);
    memory_free(waker);
}

/* --- Membership ------------------------------------------------------------------------------- */

struct adding {
    struct waker *waker;
    struct cursor *cursor;
    bool has_failed;
};

static void add_to_group(void *context, struct topic *topic)
{
    struct adding *adding = context;
    struct waker_entry *entry = memory_zalloc(sizeof(*entry));
    struct waker_group *group = entry ? find_group(adding->waker, topic) : NULL;
    if (!group) {
        memory_free(entry);
        adding->has_failed = true;
        return;
    }
    *entry = (struct waker_entry){.next = &group->members,
                                  .previous = group->members.previous,
                                  .next_of_cursor = adding->cursor->wake_entries,
                                  .group = group,
                                  .cursor = adding->cursor};
    entry->previous->next = entry;
    entry->next->previous = entry;
    adding->cursor->wake_entries = entry;
}

enum status waker_add(struct waker *waker, struct cursor *cursor, struct diag *diag)
{
    struct adding adding = {.waker = waker, .cursor = cursor};
    if (!cursor->vtable->each_topic) {
        return STATUS_OK;
    }
    pthread_mutex_lock(&waker->lock);
    cursor->vtable->each_topic(cursor, add_to_group, &adding);
    if (adding.has_failed) {
        remove_entries(waker, cursor);
    }
    pthread_mutex_unlock(&waker->lock);
    return adding.has_failed ? diag_no_memory(diag) : STATUS_OK;
}

void waker_remove(struct waker *waker, struct cursor *cursor)
{
    pthread_mutex_lock(&waker->lock);
    remove_entries(waker, cursor);
    pthread_mutex_unlock(&waker->lock);
}
