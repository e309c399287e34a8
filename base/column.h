/* column.h: a run of values of one type, one per row, as a typed array with null marks.
 *
 * The arrays live in the arena of the batch that holds the column. A column without data
 * (is_present false) was not decoded because no expression needs it. Thread: one at a time. */
#ifndef BASE_COLUMN_H
#define BASE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/int128.h"
#include "base/type.h"
#include "base/value.h"

struct column {
    const struct type *type;
    bool is_present; /* the arrays below are set */
    bool has_nulls;  /* false: no row is NULL, and is_null need not be read */
    bool json_clean; /* STRING: every text is the inside of a valid JSON string as it stands */
    uint8_t *is_null; /* one byte per row, 1 = NULL; a NULL row's data is zero */
    union {           /* by type_layout(type) */
        void *data;
        uint8_t *boolean;
        int32_t *int32;
        int64_t *int64;
        double *real;
        int128 *decimal;
        struct text *text;
        const struct value_list **list;
        const struct value_map **map;
    };
};

/* Bytes of one row's datum. */
size_t layout_bytes(enum layout layout);

/* Gives column room for capacity rows, all NULL-free and zeroed. */
MUST_USE enum status column_init(struct column *column, struct arena *arena,
                                 const struct type *type, size_t capacity, struct diag *diag);

static inline bool column_is_null(const struct column *column, size_t row)
{
    return column->has_nulls && column->is_null[row];
}

static inline void column_set_null(struct column *column, size_t row)
{
    column->has_nulls = true;
    column->is_null[row] = 1;
}

/* One row as a value; text, lists and maps stay where they are. */
struct value column_get(const struct column *column, size_t row);
/* Writes one row; borrows text, lists and maps. */
void column_set(struct column *column, size_t row, struct value value);

/* Copies row from of source to row to of target; both have the same layout. */
void column_copy_row(struct column *target, size_t to, const struct column *source, size_t from);

/* Gives column arrays of its own in arena that hold only the count rows listed in rows (NULL: the
 * first count rows); count > 0. What the arrays point to stays where it is. */
MUST_USE enum status column_own(struct column *column, struct arena *arena, const uint32_t *rows,
                                size_t count, struct diag *diag);

/* Keeps only the rows listed in rows (ascending), moving them to the front. */
void column_compact(struct column *column, const uint32_t *rows, size_t count);

#endif
