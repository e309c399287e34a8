/* processing_log.h: where records go that cannot be decoded or computed.
 *
 * Entries of one unit of work are gathered and appended to the log's topic in the commit that
 * moves past the records, so that neither is there without the other. The topic is an ordinary
 * one, read through the stream KSQL_PROCESSING_LOG. Source: ksqlDB's ProcessingLogMessageSchema,
 * with partition and offset added so that the record can be found. Thread: one at a time. */
#ifndef ENGINE_PROCESSING_LOG_H
#define ENGINE_PROCESSING_LOG_H

#include "base/arena.h"
#include "base/buffer.h"
#include "operators/operator.h"
#include "state/commit.h"
#include "topics/topics.h"

#define PROCESSING_LOG_STREAM "KSQL_PROCESSING_LOG"

struct processing_log {
    struct text query_id;       /* borrowed */
    bool rows_are_included;     /* entries carry the record's bytes */
    struct buffer entries;      /* JSON objects, back to back */
    struct buffer ends;         /* size_t end of each entry */
    int64_t (*now_ms)(void *clock);
    void *clock;
};

void processing_log_init(struct processing_log *log);
void processing_log_release(struct processing_log *log);

/* An op_context.log function; log_context is the struct processing_log. */
void processing_log_add(void *log_context, const struct log_entry *entry);

/* Appends the entries to topic as part of commit and empties the log. */
MUST_USE enum status processing_log_collect(struct processing_log *log, struct topics *topics,
                                            struct topic *topic, struct commit *commit,
                                            struct diag *diag);

/* The name of the topic for a service, and the CREATE STREAM statement of its stream. */
struct text processing_log_topic(struct arena *arena, struct text service_id);
struct text processing_log_statement(struct arena *arena, struct text topic);

#endif
