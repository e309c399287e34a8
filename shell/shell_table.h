/* shell_table.h: rows as a table that fits a terminal.
 *
 *     +-----+--------+          -[ row 1 ]------
 *     |CITY |READINGS|          CITY     | Bath
 *     +-----+--------+          READINGS | 2
 *     |Bath |2       |
 *
 * The first rows are held until the widths are fixed (shell_table_draw); later rows are drawn as
 * they come, which lets an endless result have a table too. Columns share the width by what they
 * need; where they would become too narrow to read, rows are drawn vertically. Source of the
 * looks: ksqlDB's CLI. Thread: one at a time. */
#ifndef SHELL_SHELL_TABLE_H
#define SHELL_SHELL_TABLE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

struct shell_column {
    struct text name;
    size_t width_min; /* room for later rows; 0 when all rows are held */
    size_t width;     /* set by the table */
};

struct shell_table_row {
    struct text *cells; /* one a column, without control characters */
    struct shell_table_row *next;
};

struct shell_table {
    struct arena arena; /* columns */
    struct arena rows;  /* held rows; empty after each drawing */
    struct shell_column *columns;
    size_t column_count;
    size_t width_max;    /* of the terminal; 0: no limit */
    size_t column_width; /* of each column; 0: as needed */
    bool is_wrapping;    /* long cells go on in the next line; else they are cut */
    bool is_vertical;
    bool is_fixed; /* widths are set, the header is drawn */
    size_t held_count;
    size_t row_count;
    struct shell_table_row *first;
    struct shell_table_row **last;
    struct buffer *out; /* borrowed: what is drawn is appended here */
};

/* Starts a table of no columns; draws nothing. */
void shell_table_init(struct shell_table *table, size_t width_max, struct buffer *out);
void shell_table_release(struct shell_table *table);

/* Copies the names. Before the first row, once. */
MUST_USE enum status shell_table_set_columns(struct shell_table *table,
                                             const struct shell_column *columns, size_t count,
                                             struct diag *diag);

/* A row of column_count cells, of which control characters come out as escapes. Copies. */
MUST_USE enum status shell_table_add(struct shell_table *table, const struct text *cells,
                                     struct diag *diag);

/* Fixes the widths, if they are not, and draws what is held. */
void shell_table_draw(struct shell_table *table);

/* Draws what is held and the last line. */
void shell_table_finish(struct shell_table *table);

#endif
