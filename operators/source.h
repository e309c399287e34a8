/* source.h: the records of one topic, decoded: where rows enter a query.
 *
 * Stream: every record becomes a row. A null value becomes a row with ROW_DELETE whose value
 * columns are NULL; it passes through projections and sinks, other operators drop it.
 * Table: a null value is a delete (ROW_DELETE); a record without a key is skipped and counted
 * as failed, with a log entry. A record whose key, value or event time cannot be read is logged
 * and counted as failed, and the others go on.
 *
 * Event time is the record's own, or that of a column: BIGINT or TIMESTAMP as milliseconds,
 * STRING by a pattern. A time that is missing, not readable or negative fails the record; a
 * record with a null value keeps its own time. Source: ksqlDB TimestampExtractionPolicy.
 *
 * The batch has origin set, with the record itself, so that headers travel along. It is valid as
 * long as the records are; the caller keeps their segment until source_run returns. */
#ifndef OPERATORS_SOURCE_H
#define OPERATORS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/record.h"
#include "base/schema.h"
#include "formats/format.h"
#include "formats/schema_registry.h"
#include "operators/operator.h"
#include "operators/window.h"

/* How one side of a record is written. */
struct op_serde {
    enum format_kind format;
    enum format_wrap wrap; /* what format_wrap_of says */
    struct text delimiter; /* DELIMITED: one character; empty: "," */
    struct schema_use schema; /* registry formats */
};

/* Where a row's event time (source) or a record's timestamp (sink) comes from. */
struct op_timestamp {
    int32_t column_index; /* in the step's schema; -1: the record's, or the row's, own time */
    struct text pattern;  /* STRING columns: Java DateTimeFormatter pattern; data NULL otherwise */
};

struct segment;
struct source_shares;

struct source_options {
    struct op_place place;
    struct text topic;           /* for messages */
    const struct schema *schema; /* of the step: keys, values, headers, then pseudo columns */
    const bool *is_wanted;       /* per column before the pseudo columns; NULL: all. The column of
                                    timestamp is decoded anyway */
    bool is_table;
    struct op_serde key;
    struct op_serde value;
    struct op_window window; /* kind other than NONE: keys are windowed; size_ms is WINDOW_SIZE */
    struct op_timestamp timestamp;
    const struct op_pseudo *pseudo;
    uint32_t pseudo_count;
    bool fails_on_bad_record; /* ksql.fail.on.deserialization.error: it ends the query */
    bool fails_on_bad_time;   /* ksql.timestamp.throw.on.invalid: it ends the query */
    struct source_shares *shares; /* decodes together with others; NULL: for itself alone */
};

/* Creates the operator in arena, which owns it. What options points to is borrowed for its
 * life. Fails where a format is not running or a pattern is wrong. */
MUST_USE enum status source_create(struct arena *arena, const struct source_options *options,
                                   struct operator** out, struct diag *diag);

/* Some records in order: of one partition at dense offsets, or of several, each with its place. */
struct source_run {
    const struct record *records;
    size_t count;
    uint32_t partition;
    int64_t base_offset;              /* of records[0] */
    const struct row_origin *origins; /* NULL: partition and base_offset hold */
    struct segment *const *segments;  /* in which the records lie; only shares look at them */
    size_t segment_count;
};

/* Decodes run in batches of at most BATCH_ROWS_MAX rows and pushes them downstream. Counts
 * records_in, and records_failed for what stops here. Updates context->stream_time_ms. */
MUST_USE enum status source_push(struct operator* op, struct op_context *context,
                                 const struct source_run *run, struct diag *diag);

/* Before a turn (operators/source_share.h): the query is about to read. */
void source_attend(struct operator* op);
/* Whether others read the same in this turn. */
bool source_is_busy(const struct operator* op);

/* Decodes run, of at most BATCH_ROWS_MAX records, into a new batch in arena, without pseudo
 * columns, and pushes nothing, counts nothing, logs nothing. *out_has_failures: some record cannot
 * be read, or the batch cannot outlive the run; it is of no use then. */
MUST_USE enum status source_decode(struct operator* op, struct op_context *context,
                                   const struct source_run *run, struct arena *arena,
                                   struct batch **out, bool *out_has_failures,
                                   struct diag *diag);

#endif
