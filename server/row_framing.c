/* row_framing.c
 *
 * In v1+json a value is followed by its comma where more is sure to come, so that a client that
 * reads by lines has each row whole at once. Pull queries on tables end without a last value;
 * there, and in json, the comma stands before the next value instead.
 */
#include "server/row_framing.h"

#include "base/column.h"
#include "formats/json_value.h"
#include "server/row_proto.h"
#include "server/type_descriptor.h"

void row_framing_init(struct row_framing *framing, enum media_type media,
                      const struct cursor *cursor)
{
    const bool is_print = cursor_kind(cursor) == CURSOR_PRINT;
    const bool is_table_pull = cursor_kind(cursor) == CURSOR_PULL && cursor_is_table(cursor);
    *framing = (struct row_framing){
        .media = is_print && media != MEDIA_WEBSOCKET ? MEDIA_TEXT : media,
        .cursor = cursor,
        .is_print = is_print,
        .has_final_message = !is_table_pull,
    };
}

/* --- Values and what stands between them ------------------------------------------------------ */

/* v1+json, and v1+protobuf, which differs from it in header and rows only. */
static bool is_v1(const struct row_framing *framing)
{
    return framing->media == MEDIA_V1_JSON || framing->media == MEDIA_V1_PROTOBUF;
}

/* Whether each value takes its comma along. */
static bool comma_follows(const struct row_framing *framing)
{
    return is_v1(framing) && framing->has_final_message;
}

static void begin_value(struct row_framing *framing, struct buffer *out)
{
    if (framing->media == MEDIA_DELIMITED || framing->media == MEDIA_WEBSOCKET) {
        return;
    }
    if (!framing->has_begun) {
        buffer_append_byte(out, '[');
    } else if (framing->media == MEDIA_JSON) {
        buffer_append_byte(out, ',');
    } else if (!comma_follows(framing)) {
        buffer_append_string(out, ",\n");
    }
    framing->has_begun = true;
}

static void end_value(const struct row_framing *framing, struct buffer *out)
{
    if (comma_follows(framing)) {
        buffer_append_string(out, ",\n");
    } else if (!is_v1(framing)) {
        buffer_append_byte(out, '\n');
    }
}

static void end_array(struct row_framing *framing, struct buffer *out)
{
    if (framing->media == MEDIA_JSON || is_v1(framing)) {
        buffer_append_string(out, framing->has_begun ? "]\n" : "[]\n");
    }
}

/* --- The header ------------------------------------------------------------------------------- */

static void write_query_id(const struct row_framing *framing, struct buffer *out)
{
    const char *id = cursor_query_id(framing->cursor);
    buffer_append_string(out, "\"queryId\":");
    if (*id) {
        json_write_text(out, text_of(id));
    } else {
        buffer_append_string(out, "null");
    }
}

static void write_type_text(const struct type *type, struct buffer *out)
{
    struct buffer text;
    buffer_init(&text);
    type_print(type, &text);
    json_write_text(out, buffer_text(&text));
    buffer_release(&text);
}

static void write_metadata(const struct row_framing *framing, struct buffer *out)
{
    const struct schema *schema = cursor_schema(framing->cursor);
    buffer_append_byte(out, '{');
    write_query_id(framing, out);
    buffer_append_string(out, ",\"columnNames\":[");
    for (uint32_t i = 0; i < schema->column_count; i++) {
        buffer_append_string(out, i ? "," : "");
        json_write_text(out, schema->columns[i].name);
    }
    buffer_append_string(out, "],\"columnTypes\":[");
    for (uint32_t i = 0; i < schema->column_count; i++) {
        buffer_append_string(out, i ? "," : "");
        write_type_text(schema->columns[i].type, out);
    }
    buffer_append_string(out, "]}");
}

static void append_column(const struct schema_column *column, struct buffer *out)
{
    const struct schema one = {.column_count = 1, .columns = column};
    buffer_append_string(out, out->bytes ? ", " : "");
    schema_print(&one, false, out);
}

/* Keys, headers, values: the order in which ksqlDB keeps the columns of a source, though rows have
 * them as they were declared. */
static void append_by_role(const struct schema *schema, struct buffer *out)
{
    static const enum column_role roles[] = {COLUMN_KEY, COLUMN_HEADERS, COLUMN_VALUE};
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        for (uint32_t k = 0; k < schema->column_count; k++) {
            if (schema->columns[k].role == roles[i]) {
                append_column(&schema->columns[k], out);
            }
        }
    }
}

static void append_in_order(const struct schema *schema, bool is_plain, struct buffer *out)
{
    for (uint32_t i = 0; i < schema->column_count; i++) {
        struct schema_column column = schema->columns[i];
        column.role = is_plain ? COLUMN_VALUE : column.role;
        append_column(&column, out);
    }
}

/* "`K` STRING KEY, `V` INTEGER"; only pull queries on tables tell what kind of column is what. */
static void write_schema_text(const struct row_framing *framing, struct buffer *out)
{
    const struct schema *schema = cursor_schema(framing->cursor);
    struct buffer text;
    buffer_init(&text);
    if (!framing->has_final_message && schema_count(schema, COLUMN_HEADERS) > 0) {
        append_by_role(schema, &text);
    } else {
        append_in_order(schema, framing->has_final_message, &text);
    }
    json_write_text(out, buffer_text(&text));
    buffer_release(&text);
}

static void write_v1_header(const struct row_framing *framing, struct buffer *out)
{
    buffer_append_string(out, "{\"header\":{");
    if (*cursor_query_id(framing->cursor)) {
        write_query_id(framing, out);
        buffer_append_byte(out, ',');
    }
    if (framing->media == MEDIA_V1_PROTOBUF) {
        buffer_append_string(out, "\"protoSchema\":");
        row_proto_write_schema(cursor_schema(framing->cursor), out);
    } else {
        buffer_append_string(out, "\"schema\":");
        write_schema_text(framing, out);
    }
    buffer_append_string(out, "}}");
}

/* The descriptors that DESCRIBE gives, too; keys are marked as in write_schema_text(). */
static void write_fields(const struct row_framing *framing, struct buffer *out)
{
    const struct schema *schema = cursor_schema(framing->cursor);
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < schema->column_count; i++) {
        const struct schema_column *column = &schema->columns[i];
        const bool is_marked = column->role == COLUMN_KEY && !framing->has_final_message;
        buffer_append_string(out, i ? ",{\"name\":" : "{\"name\":");
        json_write_text(out, column->name);
        buffer_append_string(out, ",\"schema\":");
        type_descriptor_write(column->type, out);
        buffer_append_string(out, is_marked ? ",\"type\":\"KEY\"}" : "}");
    }
    buffer_append_byte(out, ']');
}

void row_framing_write_header(struct row_framing *framing, struct buffer *out)
{
    if (framing->is_print) {
        return;
    }
    begin_value(framing, out);
    if (framing->media == MEDIA_WEBSOCKET) {
        write_fields(framing, out);
    } else if (is_v1(framing)) {
        write_v1_header(framing, out);
    } else {
        write_metadata(framing, out);
    }
    end_value(framing, out);
}

/* --- Rows ------------------------------------------------------------------------------------- */

/* A tombstone keeps its key columns; the others are NULL. */
static void write_columns(const struct schema *schema, const struct batch *batch, size_t row,
                          struct buffer *out)
{
    const bool is_delete = (batch->flags[row] & ROW_DELETE) != 0;
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < schema->column_count; i++) {
        const struct schema_column *column = &schema->columns[i];
        buffer_append_string(out, i ? "," : "");
        if (is_delete && column->role != COLUMN_KEY) {
            buffer_append_string(out, "null");
            continue;
        }
        const struct value value = column_get(&batch->columns[i], row);
        json_write_value(out, column->type, &value, JSON_DISPLAY);
    }
    buffer_append_byte(out, ']');
}

/* Objects can say that a row is a tombstone; arrays cannot. */
static bool has_row_objects(const struct row_framing *framing)
{
    return framing->media == MEDIA_V1_JSON || framing->media == MEDIA_WEBSOCKET;
}

static void write_row(struct row_framing *framing, const struct batch *batch, size_t row,
                      struct buffer *out)
{
    const struct schema *schema = cursor_schema(framing->cursor);
    begin_value(framing, out);
    if (framing->media == MEDIA_V1_PROTOBUF) {
        buffer_append_string(out, "{\"row\":{\"protobufBytes\":");
        row_proto_write_row(schema, batch, row, out);
        buffer_append_string(out, "}}");
    } else if (has_row_objects(framing)) {
        buffer_append_string(out, "{\"row\":{\"columns\":");
        write_columns(schema, batch, row, out);
        buffer_append_string(out, batch->flags[row] & ROW_DELETE ? ",\"tombstone\":true}}" : "}}");
    } else {
        write_columns(schema, batch, row, out);
    }
    end_value(framing, out);
}

size_t row_framing_write_chunk(struct row_framing *framing, const struct row_chunk *chunk,
                               struct buffer *out)
{
    if (framing->is_print) {
        buffer_append_text(out, chunk->lines);
        return 1;
    }
    const struct batch *batch = chunk->batch;
    size_t count = 0;
    for (size_t row = 0; row < batch->row_count; row++) {
        if (has_row_objects(framing) || !(batch->flags[row] & ROW_DELETE)) {
            write_row(framing, batch, row, out);
            count++;
        }
    }
    return count;
}

/* --- The end ---------------------------------------------------------------------------------- */

void row_framing_write_end(struct row_framing *framing, const char *message, struct buffer *out)
{
    if (framing->media == MEDIA_WEBSOCKET) {
        buffer_append_string(out, "{\"error\":\"done\"}\n");
    } else if (comma_follows(framing)) {
        begin_value(framing, out);
        buffer_append_string(out, "{\"finalMessage\":");
        json_write_text(out, text_of(*message ? message : "Query Completed"));
        buffer_append_byte(out, '}');
    }
    end_array(framing, out);
}

void row_framing_write_error(struct row_framing *framing, enum error_code code, struct text message,
                             struct buffer *out)
{
    if (framing->media == MEDIA_WEBSOCKET) {
        error_body_write_message(out, message);
        buffer_append_byte(out, '\n');
        return;
    }
    if (framing->media != MEDIA_TEXT) {
        begin_value(framing, out);
    }
    buffer_append_string(out, is_v1(framing) ? "{\"errorMessage\":" : "");
    error_body_write(out, code, message);
    buffer_append_string(out, is_v1(framing) ? "}" : "");
    if (framing->media == MEDIA_DELIMITED || framing->media == MEDIA_TEXT) {
        buffer_append_byte(out, '\n');
    }
    end_array(framing, out);
}
