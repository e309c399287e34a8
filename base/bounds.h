/* bounds.h: every limit of the engine, with its reason. Tested at the limit and one past it. */
#ifndef BASE_BOUNDS_H
#define BASE_BOUNDS_H

enum {
    /* One record's key or value; Kafka's own default is 1 MiB, replication allows more. */
    RECORD_BYTES_MAX = 16 << 20,
    /* Levels of arrays, maps and structs in a value; keeps recursion over values bounded. */
    VALUE_DEPTH_MAX = 64,
    /* Columns of one source; ksqlDB users have schemas of hundreds of columns. */
    COLUMN_COUNT_MAX = 4096,
    /* Rows of one batch: enough to amortise per-batch work, few enough to stay in L2. */
    BATCH_ROWS_MAX = 4096,
    /* Partitions of one topic. */
    PARTITION_COUNT_MAX = 1024,
    /* A name of a topic, as in Kafka. */
    TOPIC_NAME_BYTES_MAX = 249,
    /* Digits that a DECIMAL value can hold: those of a signed 128-bit integer. */
    DECIMAL_DIGITS_MAX = 38,
    /* A growable buffer that has no tighter limit of its own. */
    BUFFER_BYTES_MAX = 1 << 30,
    /* One segment of the log: large enough that compression and the row's cost amortise (a
     * thousand records of 250 bytes do), small enough that reading one record stays cheap. */
    SEGMENT_BYTES_MAX = 1 << 20,
    SEGMENT_RECORD_COUNT_MAX = 16384,
    /* Newest segments kept in memory for readers that follow the log. */
    TOPICS_MEMORY_BYTES_MAX = 256 << 20,
    /* Batches that one call of retention deletes: bounds its transaction. */
    RETENTION_BATCH_COUNT_MAX = 256,
    /* Decoded records that queries over one source share while they take turns; beyond it each
     * decodes for itself. Some turns of ordinary records. */
    SOURCE_SHARE_BYTES_MAX = 48 << 20,
    /* One key of operator state: a record's key behind a window. */
    STATE_KEY_BYTES_MAX = (16 << 20) + 64,
    /* One value of operator state: a collected list or map may be larger than a record. */
    STATE_VALUE_BYTES_MAX = 256 << 20,
    /* Units of work that wait for the committer; submitters block beyond. */
    COMMIT_QUEUE_BYTES_MAX = 64 << 20,
    COMMIT_QUEUE_COUNT_MAX = 4096,
    /* Memory of the units put into one transaction: bounds the write-ahead log. */
    COMMIT_GROUP_BYTES_MAX = 32 << 20,
    /* Write-ahead log that is copied back to the file when the committer is idle, at the latest
     * under load, and past which it is made to start over even if that means a short wait. */
    WAL_IDLE_BYTES = 4 << 20,
    WAL_BUSY_BYTES = 24 << 20,
    WAL_RESTART_BYTES = 96 << 20,
    /* Connections that read at once; each costs some 100 KiB and three file descriptors. */
    READER_COUNT_MAX = 64,
    /* Readers kept open while nobody uses them. */
    READER_IDLE_COUNT_MAX = 8,
};

#endif
