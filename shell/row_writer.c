/* row_writer.c
 *
 * One line per row. JSON is an object of column name to value, for programs; CSV quotes where it
 * has to; a table (text_table.c) holds rows until their widths are known or nobody should wait
 * any longer.
 */
#include "shell/row_writer.h"

#include <errno.h>
#include <string.h>

#include "base/column.h"
#include "base/memory.h"
#include "formats/json_value.h"
#include "shell/safe_output.h"

enum {
    HELD_ROWS_MAX = 1000, /* widths follow so many */
    OUT_BYTES = 1 << 16,
};

static const struct {
    const char *name;
    enum row_format format;
} formats[] = {{"table", ROW_TABLE}, {"json", ROW_JSON}, {"csv", ROW_CSV}};

enum status row_format_parse(const char *name, enum row_format *out, struct diag *diag)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (strcmp(name, formats[i].name) == 0) {
            *out = formats[i].format;
            return STATUS_OK;
        }
    }
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "the output can be table, json or csv, not '%s'", name);
}

/* The value as text: STRING without quotes, the rest as JSON. */
static void write_cell(struct buffer *out, const struct type *type, const struct value *value,
                       const char *null_text)
{
    if (value->is_null) {
        buffer_append_string(out, null_text);
    } else if (type->kind == TYPE_STRING) {
        buffer_append_text(out, value->text);
    } else {
        const size_t start = out->bytes;
        json_write_value(out, type, value, JSON_DISPLAY);
        if (!out->has_failed && out->data[start] == '"' && type_layout(type) < LAYOUT_LIST) {
            memmove(out->data + start, out->data + start + 1, out->bytes - start - 1);
            out->bytes -= 2; /* times and bytes go without their quotes */
        }
    }
}

static void write_csv_cell(struct buffer *out, struct text cell)
{
    const bool needs_quotes = memchr(cell.data, ',', cell.bytes) ||
                              memchr(cell.data, '"', cell.bytes) ||
                              memchr(cell.data, '\n', cell.bytes);
    if (!needs_quotes) {
        buffer_append_text(out, cell);
        return;
    }
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < cell.bytes; i++) {
        if (cell.data[i] == '"') {
            buffer_append_byte(out, '"');
        }
        buffer_append_byte(out, cell.data[i]);
    }
    buffer_append_byte(out, '"');
}

static enum status write_out(struct row_writer *writer, struct diag *diag)
{
    struct buffer *out = &writer->out;
    TRY(buffer_status(out, diag));
    if (out->bytes > 0 && !safe_output_write(writer->options.out, buffer_text(out))) {
        return diag_fail(diag, errno == EPIPE ? STATUS_CANCELLED : STATUS_IO, SQL_POS_NONE,
                         "cannot write the rows: %s", strerror(errno));
    }
    buffer_reset(out);
    return STATUS_OK;
}

/* --- Rows ------------------------------------------------------------------------------------- */

static void append_json_row(struct row_writer *writer, const struct batch *batch, size_t row)
{
    struct buffer *out = &writer->out;
    for (uint32_t i = 0; i < writer->schema->column_count; i++) {
        const struct schema_column *column = &writer->schema->columns[i];
        const struct value value = column_get(&batch->columns[i], row);
        buffer_append_byte(out, i == 0 ? '{' : ',');
        json_write_text(out, column->name);
        buffer_append_byte(out, ':');
        json_write_value(out, column->type, &value, JSON_DISPLAY);
    }
    buffer_append_string(out, "}\n");
}

static void append_csv_row(struct row_writer *writer, const struct batch *batch, size_t row)
{
    for (uint32_t i = 0; i < writer->schema->column_count; i++) {
        const struct value value = column_get(&batch->columns[i], row);
        buffer_reset(&writer->cell);
        write_cell(&writer->cell, writer->schema->columns[i].type, &value, "");
        buffer_append_string(&writer->out, i > 0 ? "," : "");
        write_csv_cell(&writer->out, writer->cell.bytes ? buffer_text(&writer->cell) : TEXT(""));
    }
    buffer_append_byte(&writer->out, '\n');
}

static enum status add_table_row(struct row_writer *writer, const struct batch *batch, size_t row,
                                 struct diag *diag)
{
    const uint32_t count = writer->schema->column_count;
    size_t end = 0;
    buffer_reset(&writer->cell);
    for (uint32_t i = 0; i < count; i++) {
        const struct value value = column_get(&batch->columns[i], row);
        write_cell(&writer->cell, writer->schema->columns[i].type, &value, "null");
        writer->cells[i].bytes = writer->cell.bytes - end;
        end = writer->cell.bytes;
    }
    TRY(buffer_status(&writer->cell, diag));
    const char *next = writer->cell.data; /* only now does the buffer stay where it is */
    for (uint32_t i = 0; i < count; i++) {
        writer->cells[i].data = next;
        next += writer->cells[i].bytes;
    }
    TRY(text_table_add(&writer->table, writer->cells, diag));
    if (writer->table.is_fixed || writer->table.held_count == HELD_ROWS_MAX) {
        text_table_draw(&writer->table);
    }
    return STATUS_OK;
}

enum status row_writer_write(struct row_writer *writer, const struct batch *batch,
                             struct diag *diag)
{
    for (size_t row = 0; row < batch->row_count; row++) {
        switch (writer->options.format) {
        case ROW_TABLE:
            TRY(add_table_row(writer, batch, row, diag));
            break;
        case ROW_JSON:
            append_json_row(writer, batch, row);
            break;
        case ROW_CSV:
            append_csv_row(writer, batch, row);
            break;
        }
        if (writer->out.bytes > OUT_BYTES) {
            TRY(write_out(writer, diag));
        }
    }
    return write_out(writer, diag);
}

enum status row_writer_flush(struct row_writer *writer, struct diag *diag)
{
    if (writer->table.first) {
        text_table_draw(&writer->table);
    }
    return write_out(writer, diag);
}

enum status row_writer_finish(struct row_writer *writer, struct diag *diag)
{
    if (writer->options.format == ROW_TABLE) {
        text_table_finish(&writer->table);
    }
    return write_out(writer, diag);
}

/* --- Life ------------------------------------------------------------------------------------- */

static enum status set_columns(struct row_writer *writer, struct diag *diag)
{
    const struct schema *schema = writer->schema;
    struct arena arena;
    arena_init(&arena);
    struct text_column *columns = arena_array(&arena, schema->column_count, sizeof(*columns));
    for (uint32_t i = 0; columns && i < schema->column_count; i++) {
        const struct schema_column *column = &schema->columns[i];
        const struct text type = text_of(type_kind_name(column->type->kind));
        const size_t usual = writer->options.is_endless ? text_table_usual_width(type) : 0;
        columns[i] = (struct text_column){.name = column->name, .width_min = usual};
    }
    const enum status status =
        columns ? text_table_set_columns(&writer->table, columns, schema->column_count, diag)
                : diag_no_memory(diag);
    arena_release(&arena);
    return status;
}

static enum status write_header(struct row_writer *writer, struct diag *diag)
{
    for (uint32_t i = 0; i < writer->schema->column_count; i++) {
        buffer_append_string(&writer->out, i > 0 ? "," : "");
        write_csv_cell(&writer->out, writer->schema->columns[i].name);
    }
    if (writer->schema->column_count > 0) { /* PRINT has none: its rows are lines already */
        buffer_append_byte(&writer->out, '\n');
    }
    return write_out(writer, diag);
}

enum status row_writer_init(struct row_writer *writer, const struct row_writer_options *options,
                            const struct schema *schema, struct diag *diag)
{
    *writer = (struct row_writer){.options = *options, .schema = schema};
    buffer_init(&writer->out);
    buffer_init(&writer->cell);
    text_table_init(&writer->table, options->width_max, &writer->out);
    switch (options->format) {
    case ROW_TABLE:
        writer->cells = memory_alloc(schema->column_count * sizeof(*writer->cells));
        return writer->cells ? set_columns(writer, diag) : diag_no_memory(diag);
    case ROW_CSV:
        return write_header(writer, diag);
    case ROW_JSON:
        break;
    }
    return STATUS_OK;
}

void row_writer_release(struct row_writer *writer)
{
    text_table_release(&writer->table);
    buffer_release(&writer->out);
    buffer_release(&writer->cell);
    memory_free(writer->cells);
}
