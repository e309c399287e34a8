/* table_store.c
 *
 * A hash_store from key bytes to the row's stored image. The image is a block of its own, since
 * rows differ in length; it is written over in place as long as it fits. Old rows are copied
 * out before their image is replaced, because a key may change twice in one batch.
 *
 * Cost: one probe per change, and encoding the kept columns; decoding only where old rows are
 * asked for or a join looks one up.
 */
#include "operators/table_store.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "operators/key_codec.h"
#include "operators/row_image.h"
#include "operators/rows.h"
#include "state/hash_store.h"

/* The payload of an entry. */
struct table_row {
    char *image; /* from memory_alloc; NULL only before the first write */
    uint32_t bytes;
    uint32_t capacity;
};

struct table_store {
    struct operator op;
    struct table_store_options options;
    struct key_codec keys;
    struct row_image image;
    struct hash_store *rows;
    struct value *values;  /* scratch: one row */
    struct buffer scratch; /* one image, or one key */
};

static void release_row(void *context, void *payload)
{
    struct table_row *row = payload;
    (void)context;
    memory_free(row->image);
    row->image = NULL;
}

static enum status set_image(struct table_row *row, struct text image, struct diag *diag)
{
    if (image.bytes > row->capacity || !row->image) {
        char *grown = memory_resize(row->image, image.bytes);
        if (!grown) {
            return diag_no_memory(diag);
        }
        row->image = grown;
        row->capacity = (uint32_t)image.bytes;
    }
    memcpy(row->image, image.data, image.bytes);
    row->bytes = (uint32_t)image.bytes;
    return STATUS_OK;
}

static bool is_windowed(const struct table_store *self)
{
    return self->options.window.kind != OP_WINDOW_NONE;
}

static bool has_int64_keys(const struct table_store *self)
{
    return key_codec_has_int64(&self->keys) && !is_windowed(self);
}

/* --- keys ----------------------------------------------------------------------------------- */

static bool has_null(const struct column *keys, uint32_t key_count, size_t row)
{
    for (uint32_t i = 0; i < key_count; i++) {
        if (column_is_null(&keys[i], row)) {
            return true;
        }
    }
    return false;
}

/* Time windows are one when they start together, so the end in the key is always 0. */
static int64_t key_end_ms(const struct table_store *self, int64_t end_ms)
{
    return self->options.window.kind == OP_WINDOW_SESSION ? end_ms : 0;
}

/* Keys of windowed tables have their window behind them, so they are built one by one. */
static enum status encode_windowed_keys(struct table_store *self, const struct column *columns,
                                        const struct batch *windows, size_t count,
                                        struct arena *arena, struct key_batch *out,
                                        struct diag *diag)
{
    assert(windows->window_start_ms);
    out->keys = arena_array(arena, count, sizeof(*out->keys));
    out->hashes = arena_array(arena, count, sizeof(*out->hashes));
    if (!out->keys || !out->hashes) {
        return diag_no_memory(diag);
    }
    for (size_t row = 0; row < count; row++) {
        if (self->options.key_count == 1 && column_is_null(&columns[0], row)) {
            out->keys[row] = TEXT("");
            out->hashes[row] = 0;
            continue;
        }
        for (uint32_t i = 0; i < self->options.key_count; i++) {
            self->values[i] = column_get(&columns[i], row);
        }
        buffer_reset(&self->scratch);
        TRY(key_codec_encode_values(&self->keys, self->values, &self->scratch, diag));
        key_codec_append_window(&self->scratch, windows->window_start_ms[row],
                                key_end_ms(self, windows->window_end_ms[row]));
        TRY(buffer_status(&self->scratch, diag));
        out->keys[row] = arena_text(arena, buffer_text(&self->scratch));
        if (!out->keys[row].data) {
            return diag_no_memory(diag);
        }
        out->hashes[row] = hash_bytes(out->keys[row].data, out->keys[row].bytes);
    }
    return STATUS_OK;
}

static enum status encode_keys(struct table_store *self, const struct column *columns,
                               const struct batch *windows, size_t count, struct arena *arena,
                               struct key_batch *out, struct diag *diag)
{
    if (is_windowed(self)) {
        return encode_windowed_keys(self, columns, windows, count, arena, out, diag);
    }
    return key_codec_encode(&self->keys, columns, NULL, count, arena, out, diag);
}

static enum status encode_batch_keys(struct table_store *self, const struct batch *batch,
                                     struct key_batch *out, struct diag *diag)
{
    return encode_keys(self, batch->columns, batch, batch->row_count, batch->arena, out, diag);
}

/* Takes the window off a state key; *out_end_ms is that of the rows. */
static enum status split_window(const struct table_store *self, struct text key,
                                struct text *out_key, int64_t *out_start_ms, int64_t *out_end_ms,
                                struct diag *diag)
{
    TRY(key_codec_split_window(key, out_key, out_start_ms, out_end_ms, diag));
    if (self->options.window.kind != OP_WINDOW_SESSION) {
        *out_end_ms = *out_start_ms + self->options.window.size_ms;
    }
    return STATUS_OK;
}

/* --- changes -------------------------------------------------------------------------------- */

/* Copies what entry holds into the batch's old row; the key columns are those of the new row. */
static enum status keep_old(struct table_store *self, struct batch *batch, size_t row,
                            const struct hash_entry *entry, struct diag *diag)
{
    const struct table_row *stored = hash_entry_payload_const(entry);
    const struct text image = arena_text(batch->arena, (struct text){stored->image, stored->bytes});
    if (!image.data) {
        return diag_no_memory(diag);
    }
    rows_copy_place(batch->old, row, batch, row);
    rows_copy_columns(batch->old, 0, row, batch, 0, row, self->options.key_count);
    TRY(row_image_decode(&self->image, image, batch->old, 0, row, diag));
    batch->flags[row] |= ROW_HAS_OLD;
    return STATUS_OK;
}

static enum status apply_delete(struct table_store *self, struct batch *batch, size_t row,
                                const struct key_batch *keys, struct diag *diag)
{
    struct hash_entry *entry = key_batch_find(keys, row, self->rows);
    if (!entry) {
        return STATUS_OK;
    }
    if (self->options.emits_old) {
        TRY(keep_old(self, batch, row, entry, diag));
    }
    hash_store_remove(self->rows, entry);
    return STATUS_OK;
}

static enum status apply_upsert(struct table_store *self, struct batch *batch, size_t row,
                                const struct key_batch *keys, struct diag *diag)
{
    bool is_new = false;
    struct hash_entry *entry = key_batch_put(keys, row, self->rows, &is_new);
    if (!entry) {
        return diag_no_memory(diag);
    }
    if (!is_new && self->options.emits_old) {
        TRY(keep_old(self, batch, row, entry, diag));
    }
    buffer_reset(&self->scratch);
    row_image_encode(&self->image, batch, row, self->values, &self->scratch);
    TRY(buffer_status(&self->scratch, diag));
    hash_store_touch(self->rows, entry);
    return set_image(hash_entry_payload(entry), buffer_text(&self->scratch), diag);
}

static enum status table_store_push(struct operator* op, struct op_context *context, uint32_t input,
                                    struct batch *batch, struct diag *diag)
{
    enum { ROWS_AHEAD = 8 }; /* far enough for one cache miss */
    struct table_store *self = (struct table_store *)op;
    struct key_batch keys = {0};
    (void)input;
    TRY(encode_batch_keys(self, batch, &keys, diag));
    batch->old = NULL;
    if (self->options.emits_old) {
        TRY(rows_create(batch->arena, self->options.schema, batch->capacity, is_windowed(self),
                        &batch->old, diag));
        batch->old->row_count = batch->row_count;
    }
    for (size_t row = 0; row < batch->row_count; row++) {
        if (row + ROWS_AHEAD < batch->row_count) {
            hash_store_prefetch(self->rows, keys.hashes[row + ROWS_AHEAD]);
        }
        batch->flags[row] &= (uint8_t)~ROW_HAS_OLD;
        if (batch->flags[row] & ROW_DELETE) {
            TRY(apply_delete(self, batch, row, &keys, diag));
        } else {
            TRY(apply_upsert(self, batch, row, &keys, diag));
        }
    }
    return op_emit(op, context, batch, diag);
}

/* --- lookups -------------------------------------------------------------------------------- */

/* Fills row of batch with what entry holds, or with NULL when there is no entry. */
static enum status fill_found(struct table_store *self, const struct hash_entry *entry,
                              struct batch *batch, size_t row, struct diag *diag)
{
    if (!entry) {
        batch->time_ms[row] = INT64_MIN;
        rows_set_null(batch, 0, batch->column_count, row);
        return STATUS_OK;
    }
    const struct table_row *stored = hash_entry_payload_const(entry);
    struct text key = hash_entry_key(entry);
    if (is_windowed(self)) {
        int64_t start_ms = 0;
        int64_t end_ms = 0;
        TRY(split_window(self, key, &key, &start_ms, &end_ms, diag));
    }
    TRY(key_codec_decode(&self->keys, key, batch->arena, self->values, diag));
    for (uint32_t i = 0; i < self->options.key_count; i++) {
        column_set(&batch->columns[i], row, self->values[i]);
    }
    return row_image_decode(&self->image, (struct text){stored->image, stored->bytes}, batch, 0,
                            row, diag);
}

static enum status find_rows(struct table_store *self, const struct key_batch *keys,
                             const struct column *key_columns, size_t count, struct arena *arena,
                             struct batch **out, uint8_t *found, struct diag *diag)
{
    struct batch *batch = NULL;
    assert(count > 0);
    TRY(rows_create(arena, self->options.schema, count, false, &batch, diag));
    batch->row_count = count;
    for (size_t row = 0; row < count; row++) {
        const bool is_null = key_columns && has_null(key_columns, self->options.key_count, row);
        const struct hash_entry *entry = is_null ? NULL : key_batch_find(keys, row, self->rows);
        found[row] = entry != NULL;
        TRY(fill_found(self, entry, batch, row, diag));
    }
    *out = batch;
    return STATUS_OK;
}

enum status table_store_find(struct operator* op, const struct column *keys,
                             const struct batch *windows, size_t count, struct arena *arena,
                             struct batch **out, uint8_t *found, struct diag *diag)
{
    struct table_store *self = (struct table_store *)op;
    struct key_batch encoded = {0};
    TRY(encode_keys(self, keys, windows, count, arena, &encoded, diag));
    return find_rows(self, &encoded, keys, count, arena, out, found, diag);
}

enum status table_store_find_keys(struct operator* op, const struct text *keys, size_t count,
                                  struct arena *arena, struct batch **out, uint8_t *found,
                                  struct diag *diag)
{
    struct table_store *self = (struct table_store *)op;
    struct key_batch encoded = {0};
    assert(!is_windowed(self));
    TRY(key_codec_adopt(&self->keys, keys, count, arena, &encoded, diag));
    return find_rows(self, &encoded, NULL, count, arena, out, found, diag);
}

enum status table_store_keys(struct operator* op, const struct batch *batch,
                             const struct text **out, struct diag *diag)
{
    struct table_store *self = (struct table_store *)op;
    struct key_batch encoded = {0};
    TRY(encode_batch_keys(self, batch, &encoded, diag));
    *out = encoded.keys;
    return STATUS_OK;
}

enum status table_store_decode_row(const struct operator* op, struct text key, struct text value,
                                   struct batch *out, struct diag *diag)
{
    const struct table_store *self = (const struct table_store *)op;
    const uint32_t key_count = self->options.key_count;
    const size_t row = out->row_count;
    assert(row < out->capacity);
    struct value *values = arena_array(out->arena, key_count, sizeof(*values));
    const struct text key_copy = arena_text(out->arena, key);
    const struct text value_copy = arena_text(out->arena, value);
    if (!values || !key_copy.data || !value_copy.data) {
        return diag_no_memory(diag);
    }
    struct text plain_key = key_copy;
    if (is_windowed(self)) {
        TRY(split_window(self, key_copy, &plain_key, &out->window_start_ms[row],
                         &out->window_end_ms[row], diag));
    }
    TRY(key_codec_decode(&self->keys, plain_key, out->arena, values, diag));
    rows_set_null(out, 0, out->column_count, row);
    TRY(row_image_decode(&self->image, value_copy, out, 0, row, diag));
    for (uint32_t i = 0; i < key_count; i++) {
        column_set(&out->columns[i], row, values[i]);
    }
    out->flags[row] = 0;
    out->row_count++;
    return STATUS_OK;
}

enum status table_store_encode_key(const struct operator* op, const struct value *keys,
                                   struct buffer *out, struct diag *diag)
{
    const struct table_store *self = (const struct table_store *)op;
    return key_codec_encode_values(&self->keys, keys, out, diag);
}

enum status table_store_visit(struct operator* op, struct arena *arena, size_t *cursor,
                              size_t count_max, struct batch **out, struct diag *diag)
{
    struct table_store *self = (struct table_store *)op;
    struct batch *batch = NULL;
    uint32_t position = (uint32_t)*cursor;
    TRY(rows_create(arena, self->options.schema, count_max, is_windowed(self), &batch, diag));
    while (batch->row_count < count_max) {
        const struct hash_entry *entry = hash_store_next(self->rows, &position);
        if (!entry) {
            break;
        }
        const struct table_row *stored = hash_entry_payload_const(entry);
        TRY(table_store_decode_row(op, hash_entry_key(entry),
                                   (struct text){stored->image, stored->bytes}, batch, diag));
    }
    *cursor = position;
    *out = batch;
    return STATUS_OK;
}

/* --- the file ------------------------------------------------------------------------------- */

static enum status encode_stored(void *context, const struct hash_entry *entry, struct buffer *out,
                                 struct diag *diag)
{
    const struct table_row *row = hash_entry_payload_const(entry);
    (void)context;
    buffer_append(out, row->image, row->bytes);
    return buffer_status(out, diag);
}

static enum status decode_stored(void *context, struct hash_entry *entry, struct text stored,
                                 struct diag *diag)
{
    (void)context;
    return set_image(hash_entry_payload(entry), stored, diag);
}

static enum status table_store_collect(struct operator* op, struct op_context *context,
                                       struct commit *commit, struct diag *diag)
{
    struct table_store *self = (struct table_store *)op;
    (void)context;
    return hash_store_collect(self->rows, commit, self->options.store_id, (struct text){NULL, 0},
                              encode_stored, NULL, diag);
}

enum status table_store_load(struct operator* op, struct reader *reader, struct diag *diag)
{
    struct table_store *self = (struct table_store *)op;
    return hash_store_load(self->rows, reader, self->options.store_id, has_int64_keys(self),
                           decode_stored, NULL, diag);
}

static void table_store_release(struct operator* op)
{
    struct table_store *self = (struct table_store *)op;
    hash_store_destroy(self->rows);
    buffer_release(&self->scratch);
}

static const struct op_vtable table_store_vtable = {.name = "table_store",
                                                    .push = table_store_push,
                                                    .collect = table_store_collect,
                                                    .release = table_store_release};

enum status table_store_create(struct arena *arena, const struct table_store_options *options,
                               struct operator** out, struct diag *diag)
{
    const struct hash_store_options store_options = {.payload_bytes = sizeof(struct table_row),
                                                     .release = release_row};
    struct table_store *self = ARENA_NEW(arena, struct table_store);
    if (!self) {
        return diag_no_memory(diag);
    }
    self->op = (struct operator){.vtable = &table_store_vtable, .place = options->place};
    self->options = *options;
    buffer_init(&self->scratch);
    self->values = arena_array(arena, options->schema->column_count, sizeof(*self->values));
    if (!self->values) {
        return diag_no_memory(diag);
    }
    TRY(key_codec_init_schema(&self->keys, arena, options->schema, options->key_count, diag));
    TRY(row_image_init(&self->image, arena, options->schema, options->key_count, options->is_wanted,
                       diag));
    TRY(hash_store_create(&store_options, &self->rows, diag));
    *out = &self->op;
    return STATUS_OK;
}
