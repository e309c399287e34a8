/* text_table.h: rows as a table that fits a terminal.
 *
 *     +-----+--------+     CITY | READINGS       -[ row 1 ]------
 *     |CITY |READINGS|    -----------------      CITY     | Bath
 *     +-----+--------+     Bath | 2              READINGS | 2
 *     |Bath |2       |    -----------------
 *     +-----+--------+
 *
 * The first rows are held until the widths are fixed (text_table_draw); later rows are drawn as
 * they come, which lets an endless result have a table too. Columns share the width by what they
 * need; where they would become too narrow to read, rows are drawn vertically. Source of the
 * looks: ksqlDB's CLI. Thread: one at a time. */
#ifndef SHELL_TEXT_TABLE_H
#define SHELL_TEXT_TABLE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

enum text_table_style {
    TEXT_TABLE_BOX,  /* rows of queries */
    TEXT_TABLE_LIST, /* what SHOW and DESCRIBE list */
};

struct text_column {
    struct text name;
    size_t width_min; /* room for later rows; 0 when all rows are held */
    size_t width;     /* set by the table */
};

struct text_table_row {
    struct text *cells; /* one a column, without control characters */
    struct text_table_row *next;
};

struct text_table {
    enum text_table_style style;
    struct arena arena; /* columns */
    struct arena rows;  /* held rows; empty after each drawing */
    struct text_column *columns;
    struct text *titles; /* scratch: the cells of the header */
    size_t column_count;
    size_t width_max;    /* of the terminal; 0: no limit */
    size_t column_width; /* of each column; 0: as needed */
    bool is_wrapping;    /* long cells go on in the next line; else they are cut */
    bool is_vertical;
    bool is_fixed; /* widths are set, the header is drawn */
    size_t held_count;
    size_t row_count;
    struct text_table_row *first;
    struct text_table_row **last;
    struct buffer *out; /* borrowed: what is drawn is appended here */
};

/* Room that values of this SQL type ("BIGINT") usually take, for rows that are to come. */
size_t text_table_usual_width(struct text type);

/* Starts a table of no columns; draws nothing. */
void text_table_init(struct text_table *table, size_t width_max, struct buffer *out);
void text_table_release(struct text_table *table);

/* Copies the names. Before the first row, once. */
MUST_USE enum status text_table_set_columns(struct text_table *table,
                                             const struct text_column *columns, size_t count,
                                             struct diag *diag);

/* A row of column_count cells, of which control characters come out as escapes. Copies. */
MUST_USE enum status text_table_add(struct text_table *table, const struct text *cells,
                                     struct diag *diag);

/* Fixes the widths, if they are not, and draws what is held. */
void text_table_draw(struct text_table *table);

/* The terminal has another width now: rows that follow get a header that fits it. */
void text_table_resize(struct text_table *table, size_t width_max);

/* Draws what is held and the last line. */
void text_table_finish(struct text_table *table);

#endif
