/* join_foreign_key.c
 *
 * A left row refers to at most one right row, by the value of an expression; a right row may be
 * referred to by any number of left rows. A left change looks its right row up. A right change
 * needs the left rows that refer to it, and for them there is an index: foreign key to left keys.
 *
 * The index only ever grows on the way: a left row that moves to another foreign key is not
 * searched in the list it leaves. Lists may so hold keys that refer elsewhere by now, and keys
 * twice. They are tidied up (sorted, and each key checked against its left row) when a right
 * change uses them, which must look at every row anyway, and when they have doubled since the
 * last time, so that they stay within twice their true size and cost O(log n) a change.
 *
 * What a left change emits without a result: INNER deletes if the old row had a foreign key,
 * matched or not; LEFT deletes if there was an old row. A right change emits for every left row.
 */
#include "operators/join_foreign_key.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "operators/join_rows.h"
#include "operators/key_codec.h"
#include "operators/row_builder.h"
#include "operators/rows.h"
#include "operators/table_store.h"
#include "state/hash_store.h"

enum { TIDY_COUNT_MIN = 64 };

struct join_foreign_key {
    struct operator op;
    struct join_foreign_key_options options;
    struct operator* tables[2];
    struct key_codec foreign_keys;
    struct hash_store *index; /* foreign key -> struct key_list */
};

/* Left keys; each is a block of memory_alloc: its length, then its bytes. */
struct left_key {
    uint32_t bytes;
    char data[];
};

struct key_list {
    struct left_key **keys;
    uint32_t count;
    uint32_t capacity;
    uint32_t tidy_count; /* after the last tidying */
};

/* --- the index ------------------------------------------------------------------------------ */

static void release_list(void *context, void *payload)
{
    struct key_list *list = payload;
    (void)context;
    for (uint32_t i = 0; i < list->count; i++) {
        memory_free(list->keys[i]);
    }
    memory_free(list->keys);
    *list = (struct key_list){0};
}

static struct text key_text(const struct left_key *key)
{
    return (struct text){key->data, key->bytes};
}

static int compare_left_keys(const void *a, const void *b)
{
    const struct left_key *const *left = a;
    const struct left_key *const *right = b;
    return text_compare(key_text(*left), key_text(*right));
}

static enum status list_add(struct key_list *list, struct text key, struct diag *diag)
{
    if (list->count == list->capacity) {
        const uint32_t capacity = list->capacity ? list->capacity * 2 : 4;
        struct left_key **grown = memory_resize(list->keys, capacity * sizeof(struct left_key *));
        if (!grown) {
            return diag_no_memory(diag);
        }
        list->keys = grown;
        list->capacity = capacity;
    }
    struct left_key *copy = memory_alloc(sizeof(*copy) + key.bytes);
    if (!copy) {
        return diag_no_memory(diag);
    }
    copy->bytes = (uint32_t)key.bytes;
    memcpy(copy->data, key.data, key.bytes);
    list->keys[list->count++] = copy;
    return STATUS_OK;
}

/* Sorts the list and frees keys that are there twice. */
static void sort_list(struct key_list *list)
{
    uint32_t kept = 0;
    if (list->count > 1) {
        qsort(list->keys, list->count, sizeof(struct left_key *), compare_left_keys);
    }
    for (uint32_t i = 0; i < list->count; i++) {
        if (kept > 0 && text_equal(key_text(list->keys[i]), key_text(list->keys[kept - 1]))) {
            memory_free(list->keys[i]);
        } else {
            list->keys[kept++] = list->keys[i];
        }
    }
    list->count = kept;
}

/* Left rows by key, count of them from list->keys[from] on, and which of them exist and refer to
 * the foreign key of entry. */
static enum status look_up_left(struct join_foreign_key *self, struct op_context *context,
                                const struct hash_entry *entry, uint32_t from, uint32_t count,
                                struct batch **out, uint8_t **out_refers, struct diag *diag)
{
    const struct key_list *list = hash_entry_payload_const(entry);
    struct arena *arena = context->batch_arena;
    struct text *keys = arena_array(arena, count, sizeof(*keys));
    uint8_t *refers = arena_zalloc(arena, count);
    struct key_batch foreign_keys = {0};
    struct column key;
    if (!keys || !refers) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = key_text(list->keys[from + i]);
    }
    TRY(table_store_find_keys(self->tables[0], keys, count, arena, out, refers, diag));
    TRY(join_evaluate_key(&self->op, context, &self->options.shape, JOIN_SIDE_LEFT, *out, NULL,
                          count, &key, diag));
    TRY(key_codec_encode(&self->foreign_keys, &key, NULL, count, arena, &foreign_keys, diag));
    for (uint32_t i = 0; i < count; i++) {
        refers[i] = refers[i] && !column_is_null(&key, i) &&
                    text_equal(foreign_keys.keys[i], hash_entry_key(entry));
    }
    *out_refers = refers;
    return STATUS_OK;
}

/* What is done with the left rows of one foreign key, slice by slice. */
typedef enum status left_visit(void *visitor, const struct batch *left, const uint8_t *refers,
                               struct diag *diag);

/* Sorts the list of entry, hands its left rows to visit (may be NULL), and drops the keys that
 * refer elsewhere. */
static enum status tidy_list(struct join_foreign_key *self, struct op_context *context,
                             struct hash_entry *entry, left_visit *visit, void *visitor,
                             struct diag *diag)
{
    struct key_list *list = hash_entry_payload(entry);
    uint32_t kept = 0;
    sort_list(list);
    const uint32_t total = list->count;
    for (uint32_t from = 0; from < total; from += BATCH_ROWS_MAX) {
        const uint32_t left_over = total - from;
        const uint32_t count = left_over < BATCH_ROWS_MAX ? left_over : BATCH_ROWS_MAX;
        struct batch *left = NULL;
        uint8_t *refers = NULL;
        TRY(look_up_left(self, context, entry, from, count, &left, &refers, diag));
        if (visit) {
            TRY(visit(visitor, left, refers, diag));
        }
        for (uint32_t i = 0; i < count; i++) {
            struct left_key *key = list->keys[from + i];
            list->keys[from + i] = NULL;
            if (refers[i]) {
                list->keys[kept++] = key;
            } else {
                memory_free(key);
            }
        }
    }
    list->count = kept;
    list->tidy_count = kept;
    return STATUS_OK;
}

static enum status add_reference(struct join_foreign_key *self, struct op_context *context,
                                 const struct key_batch *foreign_keys, size_t row,
                                 struct text left_key, struct diag *diag)
{
    struct hash_entry *entry = key_batch_put(foreign_keys, row, self->index, NULL);
    if (!entry) {
        return diag_no_memory(diag);
    }
    struct key_list *list = hash_entry_payload(entry);
    TRY(list_add(list, left_key, diag));
    if (list->count >= TIDY_COUNT_MIN + 2 * list->tidy_count) {
        return tidy_list(self, context, entry, NULL, NULL, diag);
    }
    return STATUS_OK;
}

/* --- output rows ---------------------------------------------------------------------------- */

/* Everything that makes one output row; batches NULL where a side is missing. */
struct joined_row {
    const struct batch *left;
    size_t left_row;
    const struct batch *right;
    size_t right_row;
};

static void write_joined(const struct join_foreign_key *self, struct batch *out, size_t row,
                         const struct joined_row *joined, int64_t time_ms)
{
    const struct join_shape *shape = &self->options.shape;
    const uint32_t key_count = self->options.left_key_count;
    rows_copy_columns(out, 0, row, joined->left, 0, joined->left_row, key_count);
    join_copy_side(shape, key_count, JOIN_SIDE_LEFT, out, row, joined->left, joined->left_row);
    join_copy_side(shape, key_count, JOIN_SIDE_RIGHT, out, row, joined->right, joined->right_row);
    out->time_ms[row] = time_ms;
    join_set_pseudo(shape, out, row);
}

/* Emits a change: the new result, or a delete when new_row is NULL, with the old result unless
 * old_row is NULL. keys holds the left row whose key the change has. */
static enum status emit_change(struct join_foreign_key *self, struct row_builder *builder,
                               const struct joined_row *keys, const struct joined_row *new_row,
                               const struct joined_row *old_row, int64_t time_ms,
                               const struct record *cause, struct diag *diag)
{
    size_t row = 0;
    TRY(row_builder_add(builder, &row, diag));
    struct batch *out = builder->batch;
    write_joined(self, out, row, new_row ? new_row : keys, time_ms);
    out->flags[row] = new_row ? 0 : ROW_DELETE;
    if (out->old && old_row) {
        write_joined(self, out->old, row, old_row, time_ms);
        out->flags[row] |= ROW_HAS_OLD;
    }
    if (out->cause) {
        out->cause[row] = cause;
    }
    return STATUS_OK;
}

static struct row_builder builder_of(struct join_foreign_key *self, struct op_context *context,
                                     const struct batch *batch)
{
    struct row_builder builder = {.op = &self->op,
                                  .context = context,
                                  .schema = self->options.shape.schema,
                                  .has_old = self->options.emits_old,
                                  .has_cause = batch->cause != NULL};
    row_builder_start(&builder, batch->row_count);
    return builder;
}

/* --- left changes --------------------------------------------------------------------------- */

/* The left rows of a batch, new or old, with their foreign keys and right rows. */
struct left_rows {
    const struct batch *batch;
    struct column key;
    struct key_batch encoded;
    struct batch *right;
    uint8_t *is_there; /* per row: there is a row */
    uint8_t *found;    /* per row: it has a right row */
};

static enum status read_left(struct join_foreign_key *self, struct op_context *context,
                             const struct batch *batch, const uint32_t *rows, size_t count,
                             struct left_rows *out, struct diag *diag)
{
    struct arena *arena = context->batch_arena;
    const size_t row_count = batch->row_count;
    *out = (struct left_rows){.batch = batch,
                              .is_there = arena_zalloc(arena, row_count),
                              .found = arena_zalloc(arena, row_count)};
    if (!out->is_there || !out->found) {
        return diag_no_memory(diag);
    }
    TRY(join_evaluate_key(&self->op, context, &self->options.shape, JOIN_SIDE_LEFT, batch, rows,
                          count, &out->key, diag));
    for (size_t i = 0; i < count; i++) {
        out->is_there[rows[i]] = 1;
    }
    for (size_t row = 0; row < row_count; row++) {
        if (!out->is_there[row]) {
            column_set_null(&out->key, row);
        }
    }
    TRY(key_codec_encode(&self->foreign_keys, &out->key, NULL, row_count, arena, &out->encoded,
                         diag));
    return table_store_find(self->tables[1], &out->key, NULL, row_count, arena, &out->right,
                            out->found, diag);
}

static bool has_key(const struct left_rows *rows, size_t row)
{
    return rows->is_there[row] && !column_is_null(&rows->key, row);
}

static bool has_result(const struct join_foreign_key *self, const struct left_rows *rows,
                       size_t row)
{
    return rows->is_there[row] && (rows->found[row] || self->options.shape.type == OP_JOIN_LEFT);
}

static struct joined_row joined_of(const struct left_rows *rows, size_t row)
{
    return (struct joined_row){rows->batch, row, rows->found[row] ? rows->right : NULL, row};
}

static enum status change_left(struct join_foreign_key *self, struct op_context *context,
                               struct row_builder *builder, const struct batch *batch,
                               const struct left_rows *new_rows, const struct left_rows *old_rows,
                               size_t row, struct diag *diag)
{
    const bool is_left_join = self->options.shape.type == OP_JOIN_LEFT;
    const bool is_result = has_result(self, new_rows, row);
    const bool was_result = old_rows && has_result(self, old_rows, row);
    const bool may_have_been =
        old_rows && (is_left_join ? old_rows->is_there[row] != 0 : has_key(old_rows, row));
    struct op_counters *counters = context->counters;
    if (!is_result && !may_have_been) {
        rows_count(batch, &counters->records_filtered, 1);
        return STATUS_OK;
    }
    const struct joined_row keys = {batch, row, NULL, 0};
    const struct joined_row new_row = joined_of(new_rows, row);
    const struct joined_row old_row = old_rows ? joined_of(old_rows, row) : keys;
    int64_t time_ms = batch->time_ms[row];
    if (new_rows->found[row] && new_rows->right->time_ms[row] > time_ms) {
        time_ms = new_rows->right->time_ms[row];
    }
    rows_count(batch, &counters->records_used, 1);
    return emit_change(self, builder, &keys, is_result ? &new_row : NULL,
                       was_result ? &old_row : NULL, time_ms,
                       batch->cause ? batch->cause[row] : NULL, diag);
}

static enum status push_left(struct join_foreign_key *self, struct op_context *context,
                             struct batch *batch, struct diag *diag)
{
    struct left_rows new_rows;
    struct left_rows old_rows;
    struct row_builder builder = builder_of(self, context, batch);
    const struct text *left_keys = NULL;
    uint32_t *rows = NULL;
    size_t count = 0;
    TRY(table_store_keys(self->tables[0], batch, &left_keys, diag));
    TRY(rows_select(batch, ROW_DELETE, false, &rows, &count, diag));
    TRY(read_left(self, context, batch, rows, count, &new_rows, diag));
    if (batch->old) {
        TRY(rows_select(batch, ROW_HAS_OLD, true, &rows, &count, diag));
        TRY(read_left(self, context, batch->old, rows, count, &old_rows, diag));
    }
    for (size_t row = 0; row < batch->row_count; row++) {
        const struct left_rows *old = batch->old ? &old_rows : NULL;
        const bool stays = old && has_key(old, row) && has_key(&new_rows, row) &&
                           text_equal(old->encoded.keys[row], new_rows.encoded.keys[row]);
        if (has_key(&new_rows, row) && !stays) {
            TRY(add_reference(self, context, &new_rows.encoded, row, left_keys[row], diag));
        }
        TRY(change_left(self, context, &builder, batch, &new_rows, old, row, diag));
    }
    return row_builder_finish(&builder, diag);
}

/* --- right changes -------------------------------------------------------------------------- */

/* One right change on its way to all left rows that refer to it. */
struct right_change {
    struct join_foreign_key *self;
    struct row_builder *builder;
    const struct batch *batch;
    size_t row;
};

static enum status change_referring(void *visitor, const struct batch *left, const uint8_t *refers,
                                    struct diag *diag)
{
    const struct right_change *change = visitor;
    const struct batch *batch = change->batch;
    const size_t row = change->row;
    const bool is_left_join = change->self->options.shape.type == OP_JOIN_LEFT;
    const bool is_new = !(batch->flags[row] & ROW_DELETE);
    const bool was_old = batch->old && (batch->flags[row] & ROW_HAS_OLD);
    for (size_t i = 0; i < left->row_count; i++) {
        if (!refers[i]) {
            continue;
        }
        const struct joined_row new_row = {left, i, is_new ? batch : NULL, row};
        const struct joined_row old_row = {left, i, was_old ? batch->old : NULL, row};
        const int64_t time_ms =
            left->time_ms[i] > batch->time_ms[row] ? left->time_ms[i] : batch->time_ms[row];
        TRY(emit_change(change->self, change->builder, &new_row,
                        is_new || is_left_join ? &new_row : NULL,
                        was_old || is_left_join ? &old_row : NULL, time_ms,
                        batch->cause ? batch->cause[row] : NULL, diag));
    }
    return STATUS_OK;
}

static enum status push_right(struct join_foreign_key *self, struct op_context *context,
                              struct batch *batch, struct diag *diag)
{
    struct row_builder builder = builder_of(self, context, batch);
    struct key_batch keys = {0};
    struct column key;
    TRY(join_evaluate_key(&self->op, context, &self->options.shape, JOIN_SIDE_RIGHT, batch, NULL,
                          batch->row_count, &key, diag));
    TRY(key_codec_encode(&self->foreign_keys, &key, NULL, batch->row_count, batch->arena, &keys,
                         diag));
    for (size_t row = 0; row < batch->row_count; row++) {
        struct right_change change = {self, &builder, batch, row};
        struct hash_entry *entry = key_batch_find(&keys, row, self->index);
        if (entry && !column_is_null(&key, row)) {
            TRY(tidy_list(self, context, entry, change_referring, &change, diag));
        }
    }
    rows_count(batch, &context->counters->records_used, batch->row_count);
    return row_builder_finish(&builder, diag);
}

static enum status join_foreign_key_push(struct operator* op, struct op_context *context,
                                         uint32_t input, struct batch *batch, struct diag *diag)
{
    struct join_foreign_key *self = (struct join_foreign_key *)op;
    assert(self->tables[0] && self->tables[1]);
    return input == JOIN_SIDE_LEFT ? push_left(self, context, batch, diag)
                                   : push_right(self, context, batch, diag);
}

static void join_foreign_key_release(struct operator* op)
{
    struct join_foreign_key *self = (struct join_foreign_key *)op;
    hash_store_destroy(self->index);
}

static const struct op_vtable join_foreign_key_vtable = {
    .name = "join_foreign_key", .push = join_foreign_key_push, .release = join_foreign_key_release};

/* --- creation ------------------------------------------------------------------------------- */

void join_foreign_key_set_tables(struct operator* op, struct operator* left, struct operator* right)
{
    struct join_foreign_key *self = (struct join_foreign_key *)op;
    self->tables[0] = left;
    self->tables[1] = right;
}

static enum status index_rows(struct join_foreign_key *self, struct op_context *context,
                              const struct batch *left, struct diag *diag)
{
    struct key_batch foreign_keys = {0};
    const struct text *left_keys = NULL;
    struct column key;
    TRY(table_store_keys(self->tables[0], left, &left_keys, diag));
    TRY(join_evaluate_key(&self->op, context, &self->options.shape, JOIN_SIDE_LEFT, left, NULL,
                          left->row_count, &key, diag));
    TRY(key_codec_encode(&self->foreign_keys, &key, NULL, left->row_count, left->arena,
                         &foreign_keys, diag));
    for (size_t row = 0; row < left->row_count; row++) {
        if (!column_is_null(&key, row)) {
            TRY(add_reference(self, context, &foreign_keys, row, left_keys[row], diag));
        }
    }
    return STATUS_OK;
}

enum status join_foreign_key_load(struct operator* op, struct op_context *context,
                                  struct diag *diag)
{
    struct join_foreign_key *self = (struct join_foreign_key *)op;
    size_t cursor = 0;
    for (;;) {
        struct batch *left = NULL;
        TRY(table_store_visit(self->tables[0], context->batch_arena, &cursor, BATCH_ROWS_MAX, &left,
                              diag));
        if (left->row_count == 0) {
            return STATUS_OK;
        }
        TRY(index_rows(self, context, left, diag));
        arena_reset(context->batch_arena);
    }
}

enum status join_foreign_key_create(struct arena *arena,
                                    const struct join_foreign_key_options *options,
                                    struct operator** out, struct diag *diag)
{
    const struct hash_store_options store_options = {.payload_bytes = sizeof(struct key_list),
                                                     .release = release_list};
    struct join_foreign_key *self = ARENA_NEW(arena, struct join_foreign_key);
    if (!self) {
        return diag_no_memory(diag);
    }
    assert(options->shape.type == OP_JOIN_INNER || options->shape.type == OP_JOIN_LEFT);
    self->op = (struct operator){.vtable = &join_foreign_key_vtable, .place = options->place};
    self->options = *options;
    TRY(key_codec_init(&self->foreign_keys, arena, &options->shape.keys[1]->type, 1, diag));
    TRY(hash_store_create(&store_options, &self->index, diag));
    *out = &self->op;
    return STATUS_OK;
}
