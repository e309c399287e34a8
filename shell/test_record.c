/* test_record.c
 *
 * One function per format turns a view into bytes; a table picks it.
 */
#include "shell/test_record.h"

#include "base/base64.h"
#include "base/buffer.h"
#include "base/column.h"
#include "formats/encoder.h"
#include "formats/json_value.h"
#include "formats/window_key.h"

/* --- Views -------------------------------------------------------------------------------- */

typedef enum status write_view(struct arena *arena, const struct test_side *side,
                               const struct tree *view, struct text *out, struct diag *diag);

static enum status write_as_it_stands(struct arena *arena, const struct test_side *side,
                                      const struct tree *view, struct text *out, struct diag *diag)
{
    (void)arena;
    (void)side;
    (void)diag;
    *out = view->source;
    return STATUS_OK;
}

static enum status write_text(struct arena *arena, const struct test_side *side,
                              const struct tree *view, struct text *out, struct diag *diag)
{
    (void)arena;
    if (view->kind == TREE_ARRAY || view->kind == TREE_OBJECT) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "a %s %s is given as a string or a scalar, not as %.*s",
                         format_info(side->format)->name,
                         side->side == FORMAT_KEY ? "key" : "value", TEXT_ARGS(view->source));
    }
    *out = view->text;
    return STATUS_OK;
}

static enum status encode(struct arena *arena, const struct test_side *side,
                          const struct column *const *columns, struct text *out,
                          struct diag *diag)
{
    const struct encoder_options options = {
        .format = side->format,
        .side = side->side,
        .wrap = side->wrap,
        .delimiter = side->delimiter,
        .schema = side->schema,
        .column_count = side->column_count,
        .columns = side->columns,
    };
    const struct encode_rows rows = {.count = 1};
    struct encoder *encoder = NULL;
    struct encoded_record record;
    struct buffer bytes;
    buffer_init(&bytes);
    enum status status = encoder_create(arena, &options, &encoder, diag);
    if (status == STATUS_OK) {
        status = encoder_encode(encoder, columns, &rows, &bytes, &record, diag);
    }
    if (status == STATUS_OK && record.bytes != ENCODED_NULL) {
        *out = arena_text(arena, encoded_text(&bytes, record));
        status = out->data ? STATUS_OK : diag_no_memory(diag);
    }
    buffer_release(&bytes);
    return status;
}

static enum status write_columns(struct arena *arena, const struct test_side *side,
                                 const struct tree *view, struct text *out, struct diag *diag)
{
    const bool is_bare = side->wrap == FORMAT_UNWRAP_SINGLES;
    const struct type *type = is_bare
                                  ? side->columns[0].type
                                  : type_struct(arena, side->columns, side->column_count);
    struct column *columns = arena_zalloc(arena, side->column_count * sizeof(*columns));
    const struct column **pointers = arena_array(arena, side->column_count, sizeof(*pointers));
    struct value record;
    if (!type || !columns || !pointers) {
        return diag_no_memory(diag);
    }
    TRY(json_read_value(arena, type, view->source, &record, diag));
    if (record.is_null) {
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < side->column_count; i++) {
        const struct value value = is_bare ? record : record.list->items[i];
        TRY(column_init(&columns[i], arena, side->columns[i].type, 1, diag));
        if (value.is_null) {
            column_set_null(&columns[i], 0);
        } else {
            column_set(&columns[i], 0, value);
        }
        pointers[i] = &columns[i];
    }
    return encode(arena, side, pointers, out, diag);
}

static enum status write_typed(struct arena *arena, const struct test_side *side,
                               const struct tree *view, struct text *out, struct diag *diag)
{
    struct test_side bare = *side;
    bare.wrap = FORMAT_UNWRAP_SINGLES;
    return side->column_count == 1 ? write_columns(arena, &bare, view, out, diag)
                                   : write_text(arena, side, view, out, diag);
}

static write_view *const writers[FORMAT_KIND_COUNT] = {
    [FORMAT_NONE] = write_text,
    [FORMAT_KAFKA] = write_typed,
    [FORMAT_DELIMITED] = write_text,
    [FORMAT_JSON] = write_as_it_stands,
    [FORMAT_JSON_SR] = write_columns,
    [FORMAT_AVRO] = write_columns,
    [FORMAT_PROTOBUF] = write_columns,
    [FORMAT_PROTOBUF_NOSR] = write_columns,
};

static enum status write_side(struct arena *arena, const struct test_topic *topic,
                              enum format_side side, const struct tree *view, struct text *out,
                              struct diag *diag)
{
    struct test_side written;
    *out = (struct text){NULL, 0};
    if (tree_is_null(view)) {
        return STATUS_OK;
    }
    TRY(test_side_for_writing(arena, topic, side, &written, diag));
    return writers[written.format](arena, &written, view, out, diag);
}

/* --- Windows and headers ------------------------------------------------------------------ */

enum status test_window_read(const struct tree *record, struct test_window *out, struct diag *diag)
{
    const struct tree *window = tree_find(record, TEXT("window"));
    struct text type;
    *out = (struct test_window){.is_given = !tree_is_null(window)};
    if (!out->is_given) {
        return STATUS_OK;
    }
    TRY(tree_get_text(window, "type", &type, diag));
    out->is_session = text_equal_nocase(type, TEXT("session"));
    if (tree_is_null(tree_find(window, TEXT("start"))) ||
        tree_is_null(tree_find(window, TEXT("end"))) ||
        (!out->is_session && !text_equal_nocase(type, TEXT("time")))) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "a window has \"start\", \"end\" and a \"type\" that is \"time\" or "
                         "\"session\": %.*s",
                         TEXT_ARGS(window->source));
    }
    TRY(tree_get_int64(window, "start", 0, &out->start_ms, diag));
    return tree_get_int64(window, "end", 0, &out->end_ms, diag);
}

static enum status add_window(struct arena *arena, const struct tree *input, struct text *key,
                              struct diag *diag)
{
    struct test_window window;
    TRY(test_window_read(input, &window, diag));
    if (!window.is_given || !key->data) {
        return STATUS_OK;
    }
    struct buffer bytes;
    buffer_init(&bytes);
    buffer_append_text(&bytes, *key);
    window_key_append(&bytes, window.is_session ? WINDOW_KEY_SESSION : WINDOW_KEY_TIME,
                      window.start_ms, window.end_ms);
    *key = arena_text(arena, buffer_text(&bytes));
    buffer_release(&bytes);
    return key->data ? STATUS_OK : diag_no_memory(diag);
}

static enum status read_header(struct arena *arena, const struct tree *item,
                               struct record_header *out, struct diag *diag)
{
    struct text base64;
    TRY(tree_get_text(item, "KEY", &out->key, diag));
    TRY(tree_get_text(item, "VALUE", &base64, diag));
    out->value = (struct text){NULL, 0};
    if (!base64.data) {
        return STATUS_OK;
    }
    char *bytes = arena_alloc(arena, base64_decoded_bytes_max(base64.bytes) + 1);
    if (!bytes) {
        return diag_no_memory(diag);
    }
    out->value.data = bytes;
    return base64_decode(base64, bytes, &out->value.bytes, diag);
}

enum status test_headers_read(struct arena *arena, const struct tree *record,
                              const struct record_header **out_headers, uint32_t *out_count,
                              struct diag *diag)
{
    const struct tree *item = NULL;
    TRY(tree_get_items(record, "headers", &item, diag));
    const struct tree *all = tree_find(record, TEXT("headers"));
    const uint32_t count = all ? all->count : 0;
    struct record_header *headers = arena_array(arena, count, sizeof(*headers));
    if (!headers) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < count; i++, item = item->next) {
        TRY(read_header(arena, item, &headers[i], diag));
    }
    *out_headers = count > 0 ? headers : NULL;
    *out_count = count;
    return STATUS_OK;
}

enum status test_record_read(struct arena *arena, const struct test_topic *topic,
                             const struct tree *input, struct record *out, struct diag *diag)
{
    *out = (struct record){0};
    TRY(write_side(arena, topic, FORMAT_KEY, tree_find(input, TEXT("key")), &out->key, diag));
    TRY(write_side(arena, topic, FORMAT_VALUE, tree_find(input, TEXT("value")), &out->value,
                   diag));
    TRY(add_window(arena, input, &out->key, diag));
    TRY(tree_get_int64(input, "timestamp", 0, &out->time_ms, diag));
    return test_headers_read(arena, input, &out->headers, &out->header_count, diag);
}
