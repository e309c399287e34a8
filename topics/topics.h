/* topics.h: the topics of this server: created, described, appended to, read, waited for.
 *
 * A topic has partitions; a partition is a sequence of records with dense offsets from 0, held as
 * segments. Records are appended by units of work (state/commit.h):
 *
 *     commit_create(&commit)
 *     topics_append(topics, commit, topic, partition, records, count)     any number of times
 *     commit_put_state(...), commit_put_position(...)                     what belongs to it
 *     topics_submit(topics, commit)                                       offsets are given here
 *
 * From topics_submit() on, readers that do not ask for committed_only see the records, before they
 * are durable. That is safe for tasks: whatever they derive is submitted later, and commits
 * become durable in the order of submission, so nothing derived can outlive what it came from.
 * Whatever leaves the server (consumers, subscribers, responses) reads committed_only.
 *
 * This header is the contract of a topic; the embedded log is its implementation here. What a
 * topic on Kafka cannot promise in the same way is marked (embedded).
 *
 * Thread: any, unless said otherwise. */
#ifndef TOPICS_TOPICS_H
#define TOPICS_TOPICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "base/status.h"
#include "base/text.h"
#include "state/commit.h"
#include "state/committer.h"
#include "state/database.h"
#include "topics/segment.h"

struct topics;
struct topic;

struct topics_options {
    size_t memory_bytes_max; /* newest segments kept in memory; 0: TOPICS_MEMORY_BYTES_MAX */
};

/* Kafka's names and meanings. */
struct topic_config {
    int64_t retention_ms;       /* -1: keep for ever */
    int64_t retention_bytes;    /* per partition, as stored; -1: no limit */
    struct text cleanup_policy; /* "delete", "compact" or "compact,delete"; empty: "delete" */
};

/* Retention without limits and cleanup by deletion. */
struct topic_config topic_config_default(void);

struct topic_range {
    int64_t start_offset;   /* the oldest record still there */
    int64_t durable_offset; /* one past the newest durable record */
    int64_t end_offset;     /* one past the newest record */
};

/* Reads the list of topics. Borrows database and committer, which must outlive it. */
MUST_USE enum status topics_open(const struct topics_options *options, struct database *database,
                                 struct committer *committer, struct topics **out,
                                 struct diag *diag);
/* The committer must have been flushed or have failed; nobody may wait any more. Segments and
 * topics still referenced stay readable. Accepts NULL. */
void topics_close(struct topics *topics);

/* --- the list of topics ----------------------------------------------------------------------- */

/* Creates a topic as part of commit; it can be found and appended to from now on. Destroying
 * the commit unsubmitted takes it away again. STATUS_CONFLICT when the name is taken,
 * STATUS_INVALID for a name, partition count or policy that Kafka would refuse. *out (may be NULL)
 * is a reference of the caller's. */
MUST_USE enum status topics_create(struct topics *topics, struct commit *commit, struct text name,
                                   uint32_t partition_count, const struct topic_config *config,
                                   struct topic **out, struct diag *diag);

/* Deletes the topic and its records as part of commit; it can not be found from now on. Destroying
 * the commit unsubmitted brings it back. Whoever holds it can go on reading what is in memory.
 * Large topics go in slices, through topics_apply_retention(). */
MUST_USE enum status topics_delete(struct topics *topics, struct commit *commit,
                                   struct topic *topic, struct diag *diag);

/* A reference of the caller's, or NULL. Names are case-sensitive. */
struct topic *topics_find(struct topics *topics, struct text name);

/* References to all topics, by name; ends with NULL. Free it with topics_free_list(). */
MUST_USE enum status topics_list(struct topics *topics, struct topic ***out, size_t *out_count,
                                 struct diag *diag);
void topics_free_list(struct topic **list);

struct topic *topic_ref(struct topic *topic);
void topic_unref(struct topic *topic);

/* Constant over the life of a topic. */
struct text topic_name(const struct topic *topic);
uint64_t topic_id(const struct topic *topic);
uint32_t topic_partition_count(const struct topic *topic);
const struct topic_config *topic_get_config(const struct topic *topic);

/* Not after topics_close(). */
bool topic_is_deleted(const struct topic *topic);

/* --- writing ---------------------------------------------------------------------------------- */

/* Adds copies of records to commit; a segment holds at most SEGMENT_RECORD_COUNT_MAX records and
 * about SEGMENT_BYTES_MAX bytes, and what one commit appends to one partition shares segments.
 * STATUS_INVALID when a record is larger than RECORD_BYTES_MAX. Thread: the commit's. */
MUST_USE enum status topics_append(struct topics *topics, struct commit *commit,
                                   struct topic *topic, uint32_t partition,
                                   const struct record *records, size_t count, struct diag *diag);

/* Gives all records of commit their offsets, shows them to readers and queues the commit, all in
 * one step with regard to other submissions. Takes commit, on failure too. Blocks while the
 * committer's queue is full. STATUS_CONFLICT when a topic was deleted meanwhile, or is created by
 * a commit not yet submitted. *out_sequence (may be NULL) is a ticket for committer_wait(). */
MUST_USE enum status topics_submit(struct topics *topics, struct commit *commit,
                                   uint64_t *out_sequence, struct diag *diag);

/* Adds to commit the deletion of what is past its retention at now_ms, oldest first, and of what
 * is left of deleted topics: at most RETENTION_BATCH_COUNT_MAX batches. *out_more: there is more
 * to do, call again with the next commit. */
MUST_USE enum status topics_apply_retention(struct topics *topics, struct commit *commit,
                                            int64_t now_ms, bool *out_more, struct diag *diag);

/* --- reading ---------------------------------------------------------------------------------- */

struct topic_range topics_range(struct topics *topics, const struct topic *topic,
                                uint32_t partition);

/* *out becomes a reference to the segment that holds offset, or NULL when nothing is there yet.
 * When retention has deleted the offset it is the first segment after it: compare base_offset. A
 * segment may begin before offset. STATUS_INVALID when offset lies past the end, STATUS_MISSING
 * when the topic is deleted, STATUS_CORRUPT (naming topic, partition and offset) when the stored
 * bytes are not those written: never skip it. */
MUST_USE enum status topics_read(struct topics *topics, struct topic *topic, uint32_t partition,
                                 int64_t offset, bool committed_only, struct segment **out,
                                 struct diag *diag);

/* Grows with every submission and every commit that became durable or failed. */
uint64_t topics_sequence(struct topics *topics);
/* Waits until the sequence differs from since (then at once) or timeout_ms passed (< 0: no end);
 * returns the sequence. Read it, look for work, then wait: nothing is missed. */
uint64_t topics_wait(struct topics *topics, uint64_t since, int64_t timeout_ms);
/* Makes all waiters return, by growing the sequence. */
void topics_wake(struct topics *topics);

#endif
