/* record.h: one record of a topic, as bytes: what the log stores and formats decode.
 *
 * All text is borrowed. A key, value or header value that is null has data NULL; an empty one
 * has data that is not NULL and bytes 0. */
#ifndef BASE_RECORD_H
#define BASE_RECORD_H

#include <stdint.h>

#include "base/text.h"

struct record_header {
    struct text key;
    struct text value;
};

struct record {
    struct text key;
    struct text value;
    int64_t time_ms;
    const struct record_header *headers; /* NULL when header_count is 0 */
    uint32_t header_count;
};

#endif
