/* topics_parts.h: the inside of the embedded log, for the files of topics/.
 *
 * Locks: submit_lock makes giving offsets and queueing one step; it is held while the committer's
 * queue is full. lock guards everything that readers see and is held for moments only, so that
 * reading never waits for a full queue. Order: submit_lock before lock; the committer's own lock
 * is taken under submit_lock, never under lock. Finish callbacks take lock alone. */
#ifndef TOPICS_TOPICS_PARTS_H
#define TOPICS_TOPICS_PARTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "topics/segment_parts.h"
#include "topics/topics.h"

enum { COLD_SEGMENT_COUNT = 8, TOPICS_READ_TIMEOUT_MS = 5000 };

/* The newest segments of one partition, oldest first: a ring that grows. */
struct partition {
    int64_t start_offset;
    int64_t durable_offset;
    int64_t end_offset;
    struct segment_box **ring;
    uint32_t ring_capacity; /* a power of two, or 0 */
    uint32_t ring_first;
    uint32_t ring_count;
    uint32_t arriving; /* batches of the commit being submitted */
};

struct topic {
    struct topics *topics; /* valid until topics_close() */
    uint64_t id;
    struct text name;
    struct topic_config config;
    uint32_t partition_count;
    atomic_uint_fast32_t reference_count;

    /* Under topics->lock: */
    bool is_deleted;
    const struct commit *creator; /* the commit that creates it, until that is submitted */
    struct topic *creating_next;
    struct partition *partitions;
};

struct topics {
    struct database *database;
    struct committer *committer;
    size_t memory_bytes_max;

    pthread_mutex_t submit_lock;
    uint64_t next_arrival; /* under submit_lock */

    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t sequence;
    struct topic **list; /* by name; the list holds a reference */
    size_t topic_count;
    size_t topic_capacity;
    uint64_t next_topic_id;
    struct topic *creating;        /* topics whose creating commit is not submitted yet */
    struct segment_box *hot_first; /* of all published segments in memory, by arrival */
    struct segment_box *hot_last;
    size_t hot_bytes;
    struct segment_box *cold[COLD_SEGMENT_COUNT]; /* read back lately; references */
    unsigned cold_next;
};

/* --- topic.c --------------------------------------------------------------------------------- */

/* One reference; partitions are empty. row's texts are copied. */
MUST_USE enum status topic_create(struct topics *topics, const struct topic_row *row,
                                  struct topic **out, struct diag *diag);

/* --- topic_list.c; with lock held ------------------------------------------------------------- */

/* Takes the caller's reference. False when memory is out or the name is taken. */
bool topics_list_insert(struct topics *topics, struct topic *topic);
/* Gives the list's reference to the caller; false when it is not in the list. */
bool topics_list_remove(struct topics *topics, struct topic *topic);
/* The creations that commit holds are final now as to the order of things. */
void topics_confirm_created(struct topics *topics, const struct commit *commit);

/* --- hot_segments.c; with lock held ----------------------------------------------------------- */

/* Makes room for count more segments in the ring. */
MUST_USE enum status partition_reserve(struct partition *partition, uint32_t count,
                                       struct diag *diag);
/* Shows box to readers as the newest segment of its partition; takes a reference of its own. */
void hot_publish(struct topics *topics, struct segment_box *box);
/* The segment in memory that holds offset, borrowed; NULL when it is not in memory. */
struct segment_box *hot_find(const struct partition *partition, int64_t offset);
/* Forgets durable segments, oldest first, until the budget is met. The forgotten are linked by
 * hot_next in *out_dropped: hot_unref_all() them without the lock. */
void hot_evict(struct topics *topics, struct segment_box **out_dropped);
/* Forgets the durable segments of topic's partition that end at or before offset. */
void hot_drop_before(struct topics *topics, struct topic *topic, uint32_t partition, int64_t offset,
                     struct segment_box **out_dropped);
/* Forgets everything of topic, durable or not. */
void hot_drop_topic(struct topics *topics, struct topic *topic, struct segment_box **out_dropped);
/* Forgets everything. */
void hot_drop_all(struct topics *topics, struct segment_box **out_dropped);
void hot_unref_all(struct segment_box *dropped);

/* Bumps the sequence and wakes waiters. */
void topics_changed(struct topics *topics);

#endif
