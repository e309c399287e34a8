/* reader.h: a look at the committed state of the file, without ever blocking the writer.
 *
 * A reader is a connection lent from the database's pool together with one snapshot: all reads
 * through it see the same commit, the newest one at the first read. Old snapshots keep the
 * write-ahead log from being emptied, so a reader has a deadline; past it every call fails with
 * STATUS_LIMIT. Long scans are cut into slices, each with its own reader, resumed at a key.
 *
 * Thread: one at a time per reader; any number of readers at once. Text passed to callbacks is
 * valid during the call only. */
#ifndef STATE_READER_H
#define STATE_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "state/commit.h"
#include "state/database.h"

struct reader;

/* Without an end; only for loading at start, while nothing is written yet. */
#define READER_NO_TIMEOUT ((int64_t)-1)

/* Opens a snapshot that may be used for timeout_ms. */
MUST_USE enum status reader_open(struct database *database, int64_t timeout_ms, struct reader **out,
                                 struct diag *diag);
/* Gives the connection back to the pool. Accepts NULL. */
void reader_close(struct reader *reader);

/* --- state: keys are ordered as memcmp orders them, a prefix first ---------------------------- */

/* Empties value and fills it with the row's; *out_found says whether there is one.
 * STATUS_CORRUPT when the row's checksum is wrong. */
MUST_USE enum status reader_find_state(struct reader *reader, uint64_t store, struct text key,
                                       struct buffer *value, bool *out_found, struct diag *diag);

/* Clears *keep_going to stop the scan early: *out_more is then set. A status other than STATUS_OK
 * ends the scan and is handed on, as with all visits below. */
typedef enum status reader_state_visit(void *context, struct text key, struct text value,
                                       bool *keep_going, struct diag *diag);

/* Visits the rows of store with from <= key < to in key order, at most row_count_max of them.
 * to.data NULL: to the end. *out_more (may be NULL): the scan stopped before the end; resume at
 * the last key followed by one zero byte. */
MUST_USE enum status reader_scan_state(struct reader *reader, uint64_t store, struct text from,
                                       struct text to, uint64_t row_count_max,
                                       reader_state_visit *visit, void *context, bool *out_more,
                                       struct diag *diag);

/* --- queries ---------------------------------------------------------------------------------- */

MUST_USE enum status
reader_scan_positions(struct reader *reader, struct text query,
                      enum status (*visit)(void *context, uint32_t source, struct text topic,
                                           uint32_t partition, int64_t offset, struct diag *diag),
                      void *context, struct diag *diag);

MUST_USE enum status reader_scan_counters(struct reader *reader, struct text query,
                                          enum status (*visit)(void *context, struct text name,
                                                               int64_t value, struct diag *diag),
                                          void *context, struct diag *diag);

/* --- catalog ---------------------------------------------------------------------------------- */

/* Rows of kind by seq, then name. */
MUST_USE enum status reader_scan_catalog(struct reader *reader, struct text kind,
                                         enum status (*visit)(void *context, struct text name,
                                                              int64_t seq, struct text body,
                                                              struct diag *diag),
                                         void *context, struct diag *diag);

/* Empties value and fills it. */
MUST_USE enum status reader_find_setting(struct reader *reader, struct text key,
                                         struct buffer *value, bool *out_found, struct diag *diag);

/* --- log: for topics/ ------------------------------------------------------------------------- */

/* A batch as the file holds it. */
struct stored_batch {
    uint64_t arrival;
    int64_t base_offset;
    int64_t time_min_ms;
    int64_t time_max_ms;
    uint64_t blob_bytes;
    uint32_t record_count;
    uint32_t codec;
    uint32_t crc;
    struct text blob; /* valid until the next call on the reader; NULL in reader_scan_batches */
};

/* Topics that are not deleted, by id. Then, with deleted set, those whose batches remain. */
MUST_USE enum status reader_scan_topics(struct reader *reader, bool deleted,
                                        enum status (*visit)(void *context,
                                                             const struct topic_row *row,
                                                             struct diag *diag),
                                        void *context, struct diag *diag);

/* One more than the highest topic id, or arrival number, ever used. */
MUST_USE enum status reader_get_next_ids(struct reader *reader, uint64_t *out_topic_id,
                                         uint64_t *out_arrival, struct diag *diag);

/* First offset and one past the last one. */
MUST_USE enum status reader_get_log_range(struct reader *reader, uint64_t topic_id,
                                          uint32_t partition, int64_t *out_start_offset,
                                          int64_t *out_end_offset, struct diag *diag);

/* The batch that holds offset, or else the first one after it. */
MUST_USE enum status reader_find_batch(struct reader *reader, uint64_t topic_id, uint32_t partition,
                                       int64_t offset, struct stored_batch *out, bool *out_found,
                                       struct diag *diag);

/* Visits the batches of a partition with base_offset >= from_offset, blobs included, until visit
 * clears *keep_going. */
MUST_USE enum status
reader_scan_blobs(struct reader *reader, uint64_t topic_id, uint32_t partition, int64_t from_offset,
                  enum status (*visit)(void *context, const struct stored_batch *batch,
                                       bool *keep_going, struct diag *diag),
                  void *context, struct diag *diag);

/* Bytes of all blobs of a partition. */
MUST_USE enum status reader_get_log_bytes(struct reader *reader, uint64_t topic_id,
                                          uint32_t partition, uint64_t *out_bytes,
                                          struct diag *diag);

/* Visits the oldest batches of a partition, without their blobs, until visit clears
 * *keep_going. */
MUST_USE enum status
reader_scan_batches(struct reader *reader, uint64_t topic_id, uint32_t partition,
                    enum status (*visit)(void *context, const struct stored_batch *batch,
                                         bool *keep_going, struct diag *diag),
                    void *context, struct diag *diag);

#endif
