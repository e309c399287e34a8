/* commit.c
 *
 * Two kinds of content, two shapes. State rows come by the hundred thousand: they are appended to
 * one buffer per store, with an index of (first 8 key bytes, place) beside it that the committer
 * sorts, because an upsert in key order costs a third of one in random order. Everything else
 * is rare and small: an operation is a kind and up to six arguments, kept in a list per kind,
 * and commit_writer.c has one SQL statement for each kind. Adding a kind of row to the file is one
 * line there and one function here.
 */
#include "state/commit.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "state/commit_parts.h"

enum { BATCH_COUNT_FIRST = 8 };

enum status commit_create(struct commit **out, struct diag *diag)
{
    struct commit *commit = memory_zalloc(sizeof(*commit));
    if (!commit) {
        return diag_no_memory(diag);
    }
    arena_init(&commit->arena);
    *out = commit;
    return STATUS_OK;
}

void commit_finish(struct commit *commit, enum status status)
{
    for (size_t i = 0; i < commit->batch_count; i++) {
        commit->batches[i].vtable->finish(&commit->batches[i], status);
    }
    for (struct commit_finish *f = commit->finish_first; f; f = f->next) {
        f->finish(f->context, status);
    }
    for (struct state_rows *rows = commit->state_first; rows; rows = rows->next) {
        buffer_release(&rows->bytes);
        buffer_release(&rows->index);
    }
    memory_free(commit->batches);
    arena_release(&commit->arena);
    memory_free(commit);
}

void commit_destroy(struct commit *commit)
{
    if (commit) {
        commit_finish(commit, STATUS_CANCELLED);
    }
}

enum status commit_on_finish(struct commit *commit,
                             void (*finish)(void *context, enum status status), void *context,
                             struct diag *diag)
{
    struct commit_finish *node = ARENA_NEW(&commit->arena, struct commit_finish);
    if (!node) {
        return diag_no_memory(diag);
    }
    node->finish = finish;
    node->context = context;
    if (commit->finish_last) {
        commit->finish_last->next = node;
    } else {
        commit->finish_first = node;
    }
    commit->finish_last = node;
    return STATUS_OK;
}

size_t commit_bytes(const struct commit *commit)
{
    size_t bytes = sizeof(*commit) + arena_bytes(&commit->arena) +
                   commit->batch_capacity * sizeof(commit->batches[0]);
    for (size_t i = 0; i < commit->batch_count; i++) {
        bytes += commit->batches[i].memory_bytes;
    }
    for (const struct state_rows *rows = commit->state_first; rows; rows = rows->next) {
        bytes += rows->bytes.capacity + rows->index.capacity;
    }
    return bytes;
}

/* --- operations ------------------------------------------------------------------------------ */

static struct commit_argument integer_argument(int64_t integer)
{
    return (struct commit_argument){.kind = COMMIT_ARGUMENT_INTEGER, .integer = integer};
}

static struct commit_argument text_argument(struct text text)
{
    return (struct commit_argument){.kind = COMMIT_ARGUMENT_TEXT, .text = text};
}

static struct commit_argument blob_argument(struct text text)
{
    return (struct commit_argument){.kind = COMMIT_ARGUMENT_BLOB, .text = text};
}

/* Adds an operation with copies of the arguments. */
static enum status add_op(struct commit *commit, enum commit_op_kind kind,
                          const struct commit_argument *arguments, uint32_t count,
                          struct diag *diag)
{
    assert(count <= COMMIT_OP_ARGUMENTS_MAX);
    struct commit_op *op = ARENA_NEW(&commit->arena, struct commit_op);
    if (!op) {
        return diag_no_memory(diag);
    }
    op->argument_count = count;
    for (uint32_t i = 0; i < count; i++) {
        op->arguments[i] = arguments[i];
        if (arguments[i].kind != COMMIT_ARGUMENT_INTEGER) {
            op->arguments[i].text = arena_text(&commit->arena, arguments[i].text);
            if (!op->arguments[i].text.data) {
                return diag_no_memory(diag);
            }
        }
    }
    if (commit->op_last[kind]) {
        commit->op_last[kind]->next = op;
    } else {
        commit->op_first[kind] = op;
    }
    commit->op_last[kind] = op;
    return STATUS_OK;
}

#define ADD_OP(commit, kind, diag, ...)                                                            \
    add_op((commit), (kind), (const struct commit_argument[]){__VA_ARGS__},                        \
           sizeof((const struct commit_argument[]){__VA_ARGS__}) / sizeof(struct commit_argument), \
           (diag))

enum status commit_put_topic(struct commit *commit, const struct topic_row *row, struct diag *diag)
{
    assert(row->id > 0 && row->partition_count > 0);
    return ADD_OP(commit, COMMIT_OP_PUT_TOPIC, diag, integer_argument((int64_t)row->id),
                  text_argument(row->name), integer_argument(row->partition_count),
                  integer_argument(row->retention_ms), integer_argument(row->retention_bytes),
                  text_argument(row->cleanup_policy));
}

enum status commit_delete_topic(struct commit *commit, uint64_t topic_id, uint32_t batch_count_max,
                                struct diag *diag)
{
    const struct commit_argument id = integer_argument((int64_t)topic_id);
    TRY(ADD_OP(commit, COMMIT_OP_HIDE_TOPIC, diag, id));
    TRY(ADD_OP(commit, COMMIT_OP_PURGE_LOG, diag, id, integer_argument(batch_count_max)));
    TRY(ADD_OP(commit, COMMIT_OP_PURGE_PARTITIONS, diag, id));
    return ADD_OP(commit, COMMIT_OP_PURGE_TOPIC, diag, id);
}

enum status commit_delete_log(struct commit *commit, uint64_t topic_id, uint32_t partition,
                              int64_t start_offset, struct diag *diag)
{
    assert(start_offset >= 0);
    const struct commit_argument id = integer_argument((int64_t)topic_id);
    const struct commit_argument place = integer_argument(partition);
    const struct commit_argument start = integer_argument(start_offset);
    TRY(ADD_OP(commit, COMMIT_OP_PUT_LOG_START, diag, id, place, start));
    return ADD_OP(commit, COMMIT_OP_DELETE_LOG, diag, id, place, start);
}

enum status commit_delete_state_below(struct commit *commit, uint64_t store, struct text bound,
                                      struct diag *diag)
{
    return ADD_OP(commit, COMMIT_OP_DELETE_STATE_BELOW, diag, integer_argument((int64_t)store),
                  blob_argument(bound));
}

enum status commit_drop_store(struct commit *commit, uint64_t store, struct diag *diag)
{
    return ADD_OP(commit, COMMIT_OP_DROP_STORE, diag, integer_argument((int64_t)store));
}

enum status commit_put_position(struct commit *commit, struct text query, uint32_t source,
                                struct text topic, uint32_t partition, int64_t offset,
                                struct diag *diag)
{
    return ADD_OP(commit, COMMIT_OP_PUT_POSITION, diag, text_argument(query),
                  integer_argument(source), text_argument(topic), integer_argument(partition),
                  integer_argument(offset));
}

enum status commit_put_counter(struct commit *commit, struct text query, struct text name,
                               int64_t value, struct diag *diag)
{
    return ADD_OP(commit, COMMIT_OP_PUT_COUNTER, diag, text_argument(query), text_argument(name),
                  integer_argument(value));
}

enum status commit_drop_query(struct commit *commit, struct text query, struct diag *diag)
{
    TRY(ADD_OP(commit, COMMIT_OP_DROP_POSITIONS, diag, text_argument(query)));
    return ADD_OP(commit, COMMIT_OP_DROP_COUNTERS, diag, text_argument(query));
}

enum status commit_put_catalog(struct commit *commit, struct text kind, struct text name,
                               int64_t seq, struct text body, struct diag *diag)
{
    return ADD_OP(commit, COMMIT_OP_PUT_CATALOG, diag, text_argument(kind), text_argument(name),
                  integer_argument(seq), text_argument(body));
}

enum status commit_delete_catalog(struct commit *commit, struct text kind, struct text name,
                                  struct diag *diag)
{
    return ADD_OP(commit, COMMIT_OP_DELETE_CATALOG, diag, text_argument(kind), text_argument(name));
}

enum status commit_put_setting(struct commit *commit, struct text key, struct text value,
                               struct diag *diag)
{
    return ADD_OP(commit, COMMIT_OP_PUT_SETTING, diag, text_argument(key), text_argument(value));
}

enum status commit_delete_setting(struct commit *commit, struct text key, struct diag *diag)
{
    return ADD_OP(commit, COMMIT_OP_DELETE_SETTING, diag, text_argument(key));
}

/* --- batches --------------------------------------------------------------------------------- */

enum status commit_add_batch(struct commit *commit, const struct commit_batch *batch,
                             struct diag *diag)
{
    if (commit->batch_count == commit->batch_capacity) {
        const size_t capacity =
            commit->batch_capacity ? commit->batch_capacity * 2 : BATCH_COUNT_FIRST;
        void *grown = memory_resize(commit->batches, capacity * sizeof(commit->batches[0]));
        if (!grown) {
            return diag_no_memory(diag);
        }
        commit->batches = grown;
        commit->batch_capacity = capacity;
    }
    commit->batches[commit->batch_count++] = *batch;
    return STATUS_OK;
}

struct commit_batch *commit_batches(struct commit *commit, size_t *out_count)
{
    *out_count = commit->batch_count;
    return commit->batches;
}

/* --- state rows ------------------------------------------------------------------------------ */

static struct state_rows *rows_of_store(struct commit *commit, uint64_t store)
{
    if (commit->state_last && commit->state_last->store == store) {
        return commit->state_last;
    }
    for (struct state_rows *rows = commit->state_first; rows; rows = rows->next) {
        if (rows->store == store) {
            commit->state_last = rows;
            return rows;
        }
    }
    struct state_rows *rows = ARENA_NEW(&commit->arena, struct state_rows);
    if (rows) {
        rows->store = store;
        buffer_init(&rows->bytes);
        buffer_init(&rows->index);
        rows->next = commit->state_first;
        commit->state_first = rows;
        commit->state_last = rows;
    }
    return rows;
}

static uint64_t key_prefix_of(struct text key)
{
    uint64_t prefix = 0;
    if (key.bytes) {
        memcpy(&prefix, key.data, key.bytes < sizeof(prefix) ? key.bytes : sizeof(prefix));
    }
    return be64toh(prefix);
}

static enum status add_state_row(struct commit *commit, uint64_t store, struct text key,
                                 struct text value, uint32_t value_length, struct diag *diag)
{
    struct state_rows *rows = rows_of_store(commit, store);
    if (!rows) {
        return diag_no_memory(diag);
    }
    const struct state_row row = {.key_prefix = key_prefix_of(key), .at = rows->bytes.bytes};
    const uint32_t lengths[2] = {(uint32_t)key.bytes, value_length};
    static_assert(sizeof(lengths) == STATE_ROW_HEADER_BYTES, "a row starts with two lengths");
    buffer_append(&rows->bytes, lengths, sizeof(lengths));
    buffer_append(&rows->bytes, key.data, key.bytes);
    buffer_append(&rows->bytes, value.data, value.bytes);
    buffer_append(&rows->index, &row, sizeof(row));
    TRY(buffer_status(&rows->bytes, diag));
    return buffer_status(&rows->index, diag);
}

enum status commit_put_state(struct commit *commit, uint64_t store, struct text key,
                             struct text value, struct diag *diag)
{
    if (key.bytes > STATE_KEY_BYTES_MAX || value.bytes > STATE_VALUE_BYTES_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "a state row of %zu + %zu bytes is larger than the limits of %d + %d",
                         key.bytes, value.bytes, STATE_KEY_BYTES_MAX, STATE_VALUE_BYTES_MAX);
    }
    return add_state_row(commit, store, key, value, (uint32_t)value.bytes, diag);
}

enum status commit_delete_state(struct commit *commit, uint64_t store, struct text key,
                                struct diag *diag)
{
    return add_state_row(commit, store, key, (struct text){0}, STATE_ROW_DELETED, diag);
}

struct text state_rows_key(const struct state_rows *rows, const struct state_row *row)
{
    uint32_t lengths[2];
    memcpy(lengths, rows->bytes.data + row->at, sizeof(lengths));
    return (struct text){rows->bytes.data + row->at + sizeof(lengths), lengths[0]};
}

struct text state_rows_value(const struct state_rows *rows, const struct state_row *row,
                             bool *is_deleted)
{
    uint32_t lengths[2];
    memcpy(lengths, rows->bytes.data + row->at, sizeof(lengths));
    *is_deleted = lengths[1] == STATE_ROW_DELETED;
    return (struct text){rows->bytes.data + row->at + sizeof(lengths) + lengths[0],
                         *is_deleted ? 0 : lengths[1]};
}

static int compare_rows(const void *left, const void *right, void *context)
{
    const struct state_rows *rows = context;
    const struct state_row *a = left;
    const struct state_row *b = right;
    if (a->key_prefix != b->key_prefix) {
        return a->key_prefix < b->key_prefix ? -1 : 1;
    }
    const int order = text_compare(state_rows_key(rows, a), state_rows_key(rows, b));
    if (order != 0) {
        return order;
    }
    return (a->at > b->at) - (a->at < b->at);
}

void state_rows_sort(struct state_rows *rows)
{
    const size_t count = state_rows_count(rows);
    if (count > 1) {
        qsort_r(rows->index.data, count, sizeof(struct state_row), compare_rows, rows);
    }
}
