/* schema.h: the columns of a stream, a table or a step between operators.
 *
 * Plain data in an arena; borrowed names and types. Key columns stand first, in key order,
 * then value columns, as ksqlDB's LogicalSchema has them. Thread: immutable once built. */
#ifndef BASE_SCHEMA_H
#define BASE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"
#include "base/type.h"

enum column_role {
    COLUMN_KEY,
    COLUMN_VALUE,
    COLUMN_HEADERS, /* all headers, or the one named header_key */
};

struct schema_column {
    struct text name;
    const struct type *type;
    enum column_role role;
    struct text header_key; /* COLUMN_HEADERS only; data is NULL for all headers */
};

struct schema {
    uint32_t column_count;
    const struct schema_column *columns;
};

/* Index of the column with exactly this name, or -1. */
int schema_find(const struct schema *schema, struct text name);
/* How many columns have this role. */
uint32_t schema_count(const struct schema *schema, enum column_role role);
/* A deep copy; false when memory is out. */
bool schema_copy(struct arena *arena, const struct schema *schema, struct schema *out);
bool schema_equal(const struct schema *a, const struct schema *b);

/* "`ID` BIGINT KEY, `NAME` STRING" for a stream; "PRIMARY KEY" with is_table; "HEADERS" and
 * "HEADER('k')" as declared. The text that DESCRIBE, errors and tests show. */
void schema_print(const struct schema *schema, bool is_table, struct buffer *out);

#endif
