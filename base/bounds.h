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
};

#endif
