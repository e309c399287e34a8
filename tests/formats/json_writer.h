/* json_writer.h: random JSON records for tests, the same for the same seed.
 *
 * Records fit the columns of JSON_WRITER_COLUMNS, with members in any order, spelled in any
 * case, absent or null, mixed with unknown ones, with white space and escapes of all kinds. */
#ifndef TESTS_FORMATS_JSON_WRITER_H
#define TESTS_FORMATS_JSON_WRITER_H

#include <stdint.h>

#include "base/buffer.h"

#define JSON_WRITER_COLUMNS                                                                        \
    "A BIGINT, B STRING, C DOUBLE, D BOOLEAN, E ARRAY<BIGINT>, F MAP<STRING, STRING>, "            \
    "G STRUCT<X BIGINT, Y STRING>, H INTEGER"

struct json_writer {
    uint64_t seed;
    bool is_tidy; /* one order, no white space, no escapes: what the quick way likes */
};

/* A number below bound. */
uint32_t json_writer_random(struct json_writer *writer, uint32_t bound);

/* Appends one record. */
void json_writer_record(struct json_writer *writer, struct buffer *out);

#endif
