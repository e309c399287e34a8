/* text_table.c
 *
 * Widths are shared by a water level: every column gets what it needs up to a level, and the
 * level is the highest with which all fit. So short columns keep their width and long ones share
 * the rest alike. The frame costs some cells a column (frames). Below COLUMN_WIDTH_MIN, or where
 * rows would be torn into many lines, the table turns vertical. ksqlDB divides the width evenly
 * instead, which wastes most of it on numbers.
 */
#include "shell/text_table.h"

#include "shell/text_width.h"

enum {
    COLUMN_WIDTH_MIN = 8,      /* narrower, words and numbers fall apart */
    COLUMN_WIDTH_MAX = 100000, /* without a terminal nothing else limits a cell */
    VERTICAL_RULE_MAX = 60,
    OTHER_WIDTH = 16,
};

/* What stands around the cells of a row, and what that takes: of each column, and once. */
static const struct frame {
    const char *start;   /* of a row */
    const char *before;  /* a cell */
    const char *behind;  /* a cell */
    const char *between; /* two cells */
    const char *end;     /* of a row */
    int column_cells;
    int row_cells;
} frames[] = {
    [TEXT_TABLE_BOX] = {"|", "", "", "|", "|\n", 1, 1},
    [TEXT_TABLE_LIST] = {"", " ", " ", "|", "\n", 3, -1},
};

/* Room for values that are to come. */
static const struct {
    const char *type;
    size_t width;
} usual_widths[] = {
    {"BIGINT", 12}, {"BOOLEAN", 5}, {"DATE", 10},      {"DECIMAL", 12}, {"DOUBLE", 12},
    {"INTEGER", 8}, {"STRING", 16}, {"TIMESTAMP", 23}, {"TIME", 12},
};

size_t text_table_usual_width(struct text type)
{
    for (size_t i = 0; i < sizeof(usual_widths) / sizeof(usual_widths[0]); i++) {
        if (text_equal_nocase(type, text_of(usual_widths[i].type))) {
            return usual_widths[i].width;
        }
    }
    return OTHER_WIDTH;
}

void text_table_init(struct text_table *table, size_t width_max, struct buffer *out)
{
    *table = (struct text_table){.width_max = width_max, .is_wrapping = true, .out = out};
    arena_init(&table->arena);
    arena_init(&table->rows);
    table->last = &table->first;
}

void text_table_release(struct text_table *table)
{
    arena_release(&table->arena);
    arena_release(&table->rows);
}

static enum status copy_clean(struct arena *arena, struct text text, struct text *out,
                              struct diag *diag)
{
    struct buffer clean;
    buffer_init(&clean);
    text_width_append_clean(&clean, text);
    enum status status = buffer_status(&clean, diag);
    if (status == STATUS_OK) {
        *out = arena_text(arena, buffer_text(&clean));
        status = out->data ? STATUS_OK : diag_no_memory(diag);
    }
    buffer_release(&clean);
    return status;
}

enum status text_table_set_columns(struct text_table *table, const struct text_column *columns,
                                    size_t count, struct diag *diag)
{
    table->columns = arena_array(&table->arena, count, sizeof(*table->columns));
    table->titles = arena_array(&table->arena, count, sizeof(*table->titles));
    if (!table->columns || !table->titles) {
        return diag_no_memory(diag);
    }
    for (size_t i = 0; i < count; i++) {
        table->columns[i] = columns[i];
        TRY(copy_clean(&table->arena, columns[i].name, &table->columns[i].name, diag));
    }
    table->column_count = count;
    return STATUS_OK;
}

/* --- Widths ------------------------------------------------------------------------------- */

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* What each column would like to have. */
static void measure(struct text_table *table)
{
    for (size_t i = 0; i < table->column_count; i++) {
        struct text_column *column = &table->columns[i];
        column->width = larger(text_width(column->name), column->width_min);
        for (const struct text_table_row *row = table->first; row; row = row->next) {
            column->width = larger(column->width, text_width(row->cells[i]));
        }
        column->width = smaller(larger(column->width, 1), COLUMN_WIDTH_MAX);
    }
}

static size_t total_at(const struct text_table *table, size_t level)
{
    const struct frame *frame = &frames[table->style];
    size_t total = table->column_count * (size_t)frame->column_cells + (size_t)frame->row_cells;
    for (size_t i = 0; i < table->column_count; i++) {
        total += smaller(table->columns[i].width, level);
    }
    return total;
}

static void lower_to(struct text_table *table, size_t level)
{
    size_t spare = table->width_max - total_at(table, level);
    for (size_t i = 0; i < table->column_count; i++) {
        struct text_column *column = &table->columns[i];
        if (column->width > level) {
            column->width = level + (spare > 0);
            spare -= spare > 0;
        }
    }
}

/* Would the held rows be so many lines high that one below the other reads better? */
static bool is_torn(const struct text_table *table)
{
    size_t lines = 0;
    for (const struct text_table_row *row = table->first; row; row = row->next) {
        size_t height = 1;
        for (size_t i = 0; i < table->column_count; i++) {
            const size_t width = table->columns[i].width;
            height = larger(height, (text_width(row->cells[i]) + width - 1) / width);
        }
        lines += height;
    }
    return table->is_wrapping && 2 * lines > (table->column_count + 2) * table->held_count;
}

static void share(struct text_table *table)
{
    measure(table);
    if (table->column_width > 0) {
        for (size_t i = 0; i < table->column_count; i++) {
            table->columns[i].width = table->column_width;
        }
        return;
    }
    if (table->width_max == 0 || total_at(table, COLUMN_WIDTH_MAX) <= table->width_max) {
        return;
    }
    size_t low = 0; /* fits, or nothing does */
    size_t high = table->width_max;
    while (low + 1 < high) {
        const size_t middle = low + (high - low) / 2;
        if (total_at(table, middle) <= table->width_max) {
            low = middle;
        } else {
            high = middle;
        }
    }
    table->is_vertical = low < COLUMN_WIDTH_MIN;
    if (!table->is_vertical) {
        lower_to(table, low);
        table->is_vertical = table->held_count > 0 && is_torn(table);
    }
}

/* --- Drawing ------------------------------------------------------------------------------ */

static void draw_repeated(struct buffer *out, char c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buffer_append_byte(out, c);
    }
}

static void draw_rule(struct text_table *table)
{
    if (table->style == TEXT_TABLE_LIST) {
        draw_repeated(table->out, '-', total_at(table, COLUMN_WIDTH_MAX));
    } else {
        for (size_t i = 0; i < table->column_count; i++) {
            buffer_append_byte(table->out, '+');
            draw_repeated(table->out, '-', table->columns[i].width);
        }
        buffer_append_byte(table->out, '+');
    }
    buffer_append_byte(table->out, '\n');
}

/* Bytes of rest that a line of so many cells holds; *out_used: with the blank that it ends at. A
 * line ends at the last blank where that is not too far back, else in the middle of a word. */
static size_t break_line(struct text rest, size_t width, size_t *out_used)
{
    size_t cells = 0;
    const size_t bytes = rest.bytes ? text_width_fit(rest, width, &cells) : 0;
    *out_used = bytes;
    if (bytes == rest.bytes) {
        return bytes;
    }
    size_t at = bytes;
    while (at > bytes / 3 && rest.data[at] != ' ') {
        at--;
    }
    if (at == 0 || rest.data[at] != ' ') {
        return bytes;
    }
    *out_used = at + 1;
    return at;
}

/* One line's part of a cell; *rest is what is left for the lines below. */
static void draw_part(struct text_table *table, size_t width, struct text *rest)
{
    const struct frame *frame = &frames[table->style];
    const bool is_cut = !table->is_wrapping && text_width(*rest) > width && width > 3;
    size_t cells = 0;
    size_t used = rest->bytes;
    const size_t bytes = is_cut ? text_width_fit(*rest, width - 3, &cells)
                                : break_line(*rest, width, &used);
    buffer_append_string(table->out, frame->before);
    buffer_append(table->out, rest->data, bytes);
    buffer_append_string(table->out, is_cut ? "..." : "");
    cells = text_width((struct text){rest->data, bytes}) + (is_cut ? 3 : 0);
    draw_repeated(table->out, ' ', cells < width ? width - cells : 0);
    buffer_append_string(table->out, frame->behind);
    *rest = (struct text){rest->data + used, table->is_wrapping ? rest->bytes - used : 0};
}

static void draw_cells(struct text_table *table, struct text *cells)
{
    const struct frame *frame = &frames[table->style];
    bool is_more = true;
    while (is_more) {
        is_more = false;
        for (size_t i = 0; i < table->column_count; i++) {
            buffer_append_string(table->out, i == 0 ? frame->start : frame->between);
            draw_part(table, table->columns[i].width, &cells[i]);
            is_more = is_more || cells[i].bytes > 0;
        }
        buffer_append_string(table->out, frame->end);
    }
}

/* A line of a vertical row for each part of the cell. */
static void draw_member(struct text_table *table, struct text name, size_t width, struct text cell)
{
    const size_t around = width + strlen(" | ");
    const bool is_roomy = table->is_wrapping && table->width_max >= around + COLUMN_WIDTH_MIN;
    const size_t room = is_roomy ? table->width_max - around : COLUMN_WIDTH_MAX;
    do {
        size_t used = 0;
        const size_t bytes = break_line(cell, room, &used);
        buffer_append_text(table->out, name);
        draw_repeated(table->out, ' ', width - text_width(name));
        buffer_append_string(table->out, " | ");
        buffer_append(table->out, cell.data, bytes);
        buffer_append_byte(table->out, '\n');
        cell = (struct text){cell.data + used, cell.bytes - used};
        name = TEXT("");
    } while (cell.bytes > 0);
}

static void draw_vertical(struct text_table *table, const struct text *cells)
{
    size_t width = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        width = larger(width, text_width(table->columns[i].name));
    }
    const size_t start = table->out->bytes;
    buffer_printf(table->out, "-[ row %zu ]", table->row_count);
    const size_t used = table->out->bytes - start;
    const size_t rule = smaller(table->width_max, VERTICAL_RULE_MAX);
    draw_repeated(table->out, '-', rule > used ? rule - used : 0);
    buffer_append_byte(table->out, '\n');
    for (size_t i = 0; i < table->column_count; i++) {
        draw_member(table, table->columns[i].name, width, cells[i]);
    }
}

/* Uses the row's cells up. */
static void draw_row(struct text_table *table, struct text *cells)
{
    table->row_count++;
    if (table->is_vertical) {
        draw_vertical(table, cells);
    } else {
        draw_cells(table, cells);
    }
}

static void fix(struct text_table *table)
{
    share(table);
    table->is_fixed = true;
    if (table->is_vertical) {
        return;
    }
    if (table->style == TEXT_TABLE_BOX) {
        draw_rule(table);
    }
    for (size_t i = 0; i < table->column_count; i++) { /* drawing uses them up */
        table->titles[i] = table->columns[i].name;
    }
    draw_cells(table, table->titles);
    draw_rule(table);
}

/* --- The public face ---------------------------------------------------------------------- */

enum status text_table_add(struct text_table *table, const struct text *cells, struct diag *diag)
{
    struct text_table_row *row = ARENA_NEW(&table->rows, struct text_table_row);
    struct text *copies = arena_array(&table->rows, table->column_count, sizeof(*copies));
    if (!row || !copies) {
        return diag_no_memory(diag);
    }
    for (size_t i = 0; i < table->column_count; i++) {
        TRY(copy_clean(&table->rows, cells[i], &copies[i], diag));
    }
    row->cells = copies;
    *table->last = row;
    table->last = &row->next;
    table->held_count++;
    return STATUS_OK;
}

void text_table_draw(struct text_table *table)
{
    if (table->column_count == 0) {
        return;
    }
    if (!table->is_fixed) {
        fix(table);
    }
    for (struct text_table_row *row = table->first; row; row = row->next) {
        draw_row(table, row->cells);
    }
    table->first = NULL;
    table->last = &table->first;
    table->held_count = 0;
    arena_reset(&table->rows);
}

void text_table_resize(struct text_table *table, size_t width_max)
{
    if (table->width_max == width_max) {
        return;
    }
    if (table->is_fixed && !table->is_vertical) {
        draw_rule(table);
    }
    table->width_max = width_max;
    table->is_fixed = false;
    table->is_vertical = false;
}

void text_table_finish(struct text_table *table)
{
    text_table_draw(table);
    if (table->column_count > 0 && !table->is_vertical) {
        draw_rule(table);
    }
}
