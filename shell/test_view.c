/* test_view.c
 *
 * Nothing that stands in a topic is an error here: bytes that are not what the source declares
 * become one string, which then differs from what was expected and is shown.
 */
#include "shell/test_view.h"

#include "base/base64.h"
#include "formats/decoder.h"
#include "formats/json_value.h"
#include "formats/window_key.h"

/* --- Bytes to trees ----------------------------------------------------------------------- */

static enum status make_string(struct arena *arena, struct text bytes, const struct tree **out,
                               struct diag *diag)
{
    struct tree *string = ARENA_NEW(arena, struct tree);
    struct buffer quoted;
    if (!string) {
        return diag_no_memory(diag);
    }
    buffer_init(&quoted);
    json_write_text(&quoted, bytes);
    *string = (struct tree){
        .kind = TREE_STRING, .text = bytes, .source = arena_text(arena, buffer_text(&quoted))};
    buffer_release(&quoted);
    *out = string;
    return string->source.data ? STATUS_OK : diag_no_memory(diag);
}

static enum status read_text(struct arena *arena, struct text bytes, struct test_view_side *out,
                             struct diag *diag)
{
    out->is_text = true;
    return make_string(arena, bytes, &out->tree, diag);
}

static enum status read_json(struct arena *arena, struct text bytes, struct test_view_side *out,
                             struct diag *diag)
{
    struct diag ignored;
    const enum status status = tree_parse(arena, bytes, &out->tree, &ignored);
    if (status == STATUS_NO_MEMORY) {
        return diag_no_memory(diag);
    }
    return status == STATUS_OK ? STATUS_OK : read_text(arena, bytes, out, diag);
}

/* Decodes the columns; *out_ok is false when the bytes do not fit them. */
static enum status decode(struct arena *arena, const struct test_side *side, struct text bytes,
                          struct column *out, bool *out_ok, struct diag *diag)
{
    const struct decoder_options options = {
        .format = side->format,
        .side = side->side,
        .wrap = side->wrap,
        .column_count = side->column_count,
        .columns = side->columns,
        .schema = side->schema,
    };
    struct decoder *decoder = NULL;
    struct decode_result result;
    TRY(decoder_create(arena, &options, &decoder, diag));
    TRY(decoder_decode(decoder, &bytes, 1, out, arena, &result, diag));
    *out_ok = result.outcomes[0] == RECORD_DECODED;
    return STATUS_OK;
}

static void write_object(struct buffer *json, const struct test_side *side,
                         const struct column *columns)
{
    buffer_append_byte(json, '{');
    for (uint32_t i = 0; i < side->column_count; i++) {
        const struct value value = column_get(&columns[i], 0);
        buffer_append_string(json, i ? "," : "");
        json_write_text(json, side->columns[i].name);
        buffer_append_byte(json, ':');
        json_write_value(json, side->columns[i].type, &value, JSON_WIRE);
    }
    buffer_append_byte(json, '}');
}

/* is_bare: one column that is the whole value. */
static enum status read_columns(struct arena *arena, const struct test_side *side, bool is_bare,
                                struct text bytes, struct test_view_side *out, struct diag *diag)
{
    bool is_decoded = false;
    struct column *columns = arena_zalloc(arena, side->column_count * sizeof(*columns));
    if (!columns) {
        return diag_no_memory(diag);
    }
    if (!is_bare || side->column_count == 1) {
        TRY(decode(arena, side, bytes, columns, &is_decoded, diag));
    }
    if (!is_decoded) {
        return read_text(arena, bytes, out, diag);
    }
    struct buffer json;
    buffer_init(&json);
    if (is_bare) {
        const struct value value = column_get(&columns[0], 0);
        json_write_value(&json, side->columns[0].type, &value, JSON_WIRE);
    } else {
        write_object(&json, side, columns);
    }
    const struct text copy = arena_text(arena, buffer_text(&json));
    buffer_release(&json);
    return copy.data ? read_json(arena, copy, out, diag) : diag_no_memory(diag);
}

/* The bytes of one side that are not null. */
static enum status read_bytes(struct arena *arena, const struct test_side *side, struct text bytes,
                              struct test_view_side *out, struct diag *diag)
{
    switch (side->format) {
    case FORMAT_KAFKA:
        return read_columns(arena, side, true, bytes, out, diag);
    case FORMAT_JSON:
        return read_json(arena, bytes, out, diag);
    case FORMAT_JSON_SR:
    case FORMAT_AVRO:
    case FORMAT_PROTOBUF:
    case FORMAT_PROTOBUF_NOSR:
        return read_columns(arena, side, side->wrap == FORMAT_UNWRAP_SINGLES, bytes, out, diag);
    case FORMAT_NONE:
    case FORMAT_DELIMITED:
    case FORMAT_KIND_COUNT:
        break;
    }
    return read_text(arena, bytes, out, diag);
}

static enum status read_side(struct arena *arena, const struct test_topic *topic,
                             enum format_side side, struct text bytes, struct test_view_side *out,
                             struct diag *diag)
{
    struct test_side written;
    *out = (struct test_view_side){0};
    TRY(test_side_for_reading(arena, topic, side, bytes, &written, diag));
    if (topic->source) {
        const bool is_bare =
            written.wrap == FORMAT_UNWRAP_SINGLES || written.format == FORMAT_KAFKA;
        out->type = is_bare && written.column_count == 1
                        ? written.columns[0].type
                        : type_struct(arena, written.columns, written.column_count);
        if (!out->type) {
            return diag_no_memory(diag);
        }
    }
    return bytes.data ? read_bytes(arena, &written, bytes, out, diag) : STATUS_OK;
}

/* --- Records ------------------------------------------------------------------------------ */

static void read_window(const struct source *source, struct text *key, struct test_view *view)
{
    if (!source || source->window.kind == WINDOW_NONE || !key->data) {
        return;
    }
    const bool is_session = source->window.kind == WINDOW_SESSION;
    const enum window_key_kind kind = is_session ? WINDOW_KEY_SESSION : WINDOW_KEY_TIME;
    struct window_key window;
    if (window_key_split(*key, kind, source->window.size_ms, &window)) {
        *key = window.key;
        view->is_windowed = true;
        view->is_session = is_session;
        view->start_ms = window.start_ms;
        view->end_ms = window.end_ms;
    }
}

enum status test_view_read(struct arena *arena, const struct test_topic *topic,
                           const struct record *record, struct test_view *out, struct diag *diag)
{
    struct text key = record->key;
    *out = (struct test_view){.time_ms = record->time_ms, .record = record};
    read_window(topic->source, &key, out);
    TRY(read_side(arena, topic, FORMAT_KEY, key, &out->key, diag));
    return read_side(arena, topic, FORMAT_VALUE, record->value, &out->value, diag);
}

/* --- Printing ----------------------------------------------------------------------------- */

static void print_side(struct buffer *out, const char *name, const struct test_view_side *side)
{
    buffer_printf(out, "\"%s\": ", name);
    buffer_append_text(out, side->tree ? side->tree->source : TEXT("null"));
    buffer_append_string(out, ", ");
}

static void print_header(struct buffer *out, const struct record_header *header)
{
    buffer_append_string(out, "{\"KEY\": ");
    json_write_text(out, header->key);
    buffer_append_string(out, ", \"VALUE\": ");
    if (!header->value.data) {
        buffer_append_string(out, "null}");
        return;
    }
    buffer_append_byte(out, '"');
    if (buffer_reserve(out, base64_encoded_bytes(header->value.bytes))) {
        out->bytes += base64_encode(out->data + out->bytes, header->value);
    }
    buffer_append_string(out, "\"}");
}

void test_view_print(struct buffer *out, const struct test_view *view)
{
    buffer_append_byte(out, '{');
    print_side(out, "key", &view->key);
    print_side(out, "value", &view->value);
    buffer_printf(out, "\"timestamp\": %lld", (long long)view->time_ms);
    if (view->is_windowed) {
        buffer_printf(out, ", \"window\": {\"start\": %lld, \"end\": %lld, \"type\": \"%s\"}",
                      (long long)view->start_ms, (long long)view->end_ms,
                      view->is_session ? "session" : "time");
    }
    for (uint32_t i = 0; i < view->record->header_count; i++) {
        buffer_append_string(out, i ? ", " : ", \"headers\": [");
        print_header(out, &view->record->headers[i]);
    }
    buffer_append_string(out, view->record->header_count ? "]}" : "}");
}
