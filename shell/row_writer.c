/* row_writer.c
 *
 * One line per row. JSON is an object of column name to value, for programs; CSV quotes where it
 * has to; a table pads to widths guessed from the column's type and name, because rows of a
 * running query cannot be measured beforehand.
 */
#include "shell/row_writer.h"

#include <string.h>

#include "base/column.h"
#include "base/memory.h"
#include "formats/json_value.h"

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

static size_t width_of(const struct schema_column *column)
{
    static const size_t type_widths[TYPE_KIND_COUNT] = {
        [TYPE_BOOLEAN] = 5, [TYPE_INTEGER] = 11, [TYPE_BIGINT] = 14, [TYPE_DOUBLE] = 14,
        [TYPE_DATE] = 10,   [TYPE_TIME] = 12,    [TYPE_TIMESTAMP] = 23};
    const size_t by_type = type_widths[column->type->kind];
    const size_t width = by_type ? by_type : 20;
    return column->name.bytes > width ? column->name.bytes : width;
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

static void write_padded(struct buffer *out, struct text cell, size_t width)
{
    size_t characters = 0;
    for (size_t i = 0; i < cell.bytes; i++) {
        characters += ((unsigned char)cell.data[i] & 0xC0U) != 0x80U;
    }
    buffer_append_string(out, "| ");
    buffer_append_text(out, cell);
    for (; characters < width; characters++) {
        buffer_append_byte(out, ' ');
    }
    buffer_append_byte(out, ' ');
}

/* One cell in the writer's format; index 0 starts the line. */
static void add_cell(struct row_writer *writer, uint32_t index, struct text cell)
{
    if (writer->format == ROW_TABLE) {
        write_padded(&writer->line, cell, writer->widths[index]);
        return;
    }
    if (index > 0) {
        buffer_append_byte(&writer->line, ',');
    }
    write_csv_cell(&writer->line, cell);
}

static enum status end_line(struct row_writer *writer, struct diag *diag)
{
    buffer_append_string(&writer->line, writer->format == ROW_TABLE ? "|\n" : "\n");
    TRY(buffer_status(&writer->line, diag));
    if (fwrite(writer->line.data, 1, writer->line.bytes, writer->out) != writer->line.bytes) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot write the rows");
    }
    buffer_reset(&writer->line);
    return STATUS_OK;
}

static enum status write_header(struct row_writer *writer, struct diag *diag)
{
    if (writer->format == ROW_JSON) {
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < writer->schema->column_count; i++) {
        add_cell(writer, i, writer->schema->columns[i].name);
    }
    return end_line(writer, diag);
}

enum status row_writer_init(struct row_writer *writer, FILE *out, enum row_format format,
                            const struct schema *schema, struct diag *diag)
{
    *writer = (struct row_writer){.out = out, .format = format, .schema = schema};
    buffer_init(&writer->line);
    buffer_init(&writer->cell);
    writer->widths = memory_alloc(schema->column_count * sizeof(*writer->widths));
    if (!writer->widths) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < schema->column_count; i++) {
        writer->widths[i] = width_of(&schema->columns[i]);
    }
    return write_header(writer, diag);
}

void row_writer_release(struct row_writer *writer)
{
    buffer_release(&writer->line);
    buffer_release(&writer->cell);
    memory_free(writer->widths);
}

static void write_json_row(struct row_writer *writer, const struct batch *batch, size_t row)
{
    struct buffer *out = &writer->line;
    for (uint32_t i = 0; i < writer->schema->column_count; i++) {
        const struct schema_column *column = &writer->schema->columns[i];
        const struct value value = column_get(&batch->columns[i], row);
        buffer_append_byte(out, i == 0 ? '{' : ',');
        json_write_text(out, column->name);
        buffer_append_byte(out, ':');
        json_write_value(out, column->type, &value, JSON_DISPLAY);
    }
    buffer_append_byte(out, '}');
}

enum status row_writer_write(struct row_writer *writer, const struct batch *batch,
                             struct diag *diag)
{
    for (size_t row = 0; row < batch->row_count; row++) {
        if (writer->format == ROW_JSON) {
            write_json_row(writer, batch, row);
            TRY(end_line(writer, diag));
            continue;
        }
        for (uint32_t i = 0; i < writer->schema->column_count; i++) {
            const struct value value = column_get(&batch->columns[i], row);
            buffer_reset(&writer->cell);
            write_cell(&writer->cell, writer->schema->columns[i].type, &value,
                       writer->format == ROW_TABLE ? "null" : "");
            TRY(buffer_status(&writer->cell, diag));
            add_cell(writer, i, writer->cell.bytes ? buffer_text(&writer->cell) : TEXT(""));
        }
        TRY(end_line(writer, diag));
    }
    return STATUS_OK;
}
