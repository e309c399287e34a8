/* record_line.h: a record of a topic as a line for people and programs. Thread: any. */
#ifndef SHELL_RECORD_LINE_H
#define SHELL_RECORD_LINE_H

#include "base/buffer.h"
#include "base/record.h"

struct record_line_format {
    bool is_json;       /* an object of place, time, key, value, headers; else the value alone */
    bool has_key;       /* the key and key_separator stand before the value */
    char key_separator;
};

/* Where a record stands; offset -1: not known, and left out. */
struct record_place {
    uint32_t partition;
    int64_t offset;
};

/* Appends the line, ended by a line feed. A missing value is <null>, in JSON null. */
void record_line_append(struct buffer *out, const struct record_line_format *format,
                        const struct record *record, struct record_place place);

#endif
