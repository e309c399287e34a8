/* join_stream_stream_store.c
 *
 * The kept rows of the two streams. Time is cut into spans, about eight to the width of the join's
 * window; a side is a window_store of spans, and under a key lie all rows of that key in that
 * span, in order of time. A search looks at the few spans that the window covers; expiry drops
 * whole spans.
 *
 * Rows that wait to be emitted alone are also in a heap by time. A row that finds its match is
 * only marked; the heap lets it go when its time comes, always before its span expires.
 */
#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/memory.h"
#include "operators/join_stream_stream_parts.h"
#include "operators/window.h"

enum { SPANS_PER_WINDOW = 8 };

static void release_rows(void *context, void *payload)
{
    struct stream_rows *rows = payload;
    (void)context;
    for (uint32_t i = 0; i < rows->count; i++) {
        memory_free(rows->rows[i]);
    }
    memory_free(rows->rows);
    *rows = (struct stream_rows){0};
}

enum status stream_sides_create(struct join_stream_stream *self, struct arena *arena,
                                struct diag *diag)
{
    const struct hash_store_options options = {.payload_bytes = sizeof(struct stream_rows),
                                               .release = release_rows};
    const int64_t width_ms = self->options.before_ms + self->options.after_ms;
    self->span_ms = width_ms / SPANS_PER_WINDOW + 1;
    self->retention_ms = width_ms + self->options.grace_ms;
    for (int side = 0; side < 2; side++) {
        self->sides[side].newest_ms = INT64_MIN;
        TRY(row_image_init(&self->sides[side].image, arena, self->options.shape.inputs[side], 0,
                           NULL, diag));
        TRY(window_store_create(&options, &self->sides[side].spans, diag));
    }
    return STATUS_OK;
}

void stream_sides_release(struct join_stream_stream *self)
{
    window_store_destroy(self->sides[0].spans);
    window_store_destroy(self->sides[1].spans);
    buffer_release(&self->waiting);
    buffer_release(&self->scratch);
}

/* --- the heap ------------------------------------------------------------------------------- */

static struct waiting_row *heap_items(const struct join_stream_stream *self)
{
    return (struct waiting_row *)(void *)self->waiting.data;
}

static size_t heap_count(const struct join_stream_stream *self)
{
    return self->waiting.bytes / sizeof(struct waiting_row);
}

/* Where both sides close after the same time this is Kafka Streams' order: by time, the right side
 * first, then by key and arrival. */
static bool is_before(const struct waiting_row *a, const struct waiting_row *b)
{
    if (a->closes_ms != b->closes_ms) {
        return a->closes_ms < b->closes_ms;
    }
    if (a->time_ms != b->time_ms) {
        return a->time_ms < b->time_ms;
    }
    if (a->side != b->side) {
        return a->side == JOIN_SIDE_RIGHT;
    }
    const int order = text_compare(hash_entry_key(a->entry), hash_entry_key(b->entry));
    return order < 0 || (order == 0 && a->row->arrival < b->row->arrival);
}

static void swap_items(struct waiting_row *a, struct waiting_row *b)
{
    const struct waiting_row kept = *a;
    *a = *b;
    *b = kept;
}

static enum status heap_push(struct join_stream_stream *self, const struct waiting_row *item,
                             struct diag *diag)
{
    buffer_append(&self->waiting, item, sizeof(*item));
    TRY(buffer_status(&self->waiting, diag));
    struct waiting_row *items = heap_items(self);
    for (size_t i = heap_count(self) - 1; i > 0; i = (i - 1) / 2) {
        if (!is_before(&items[i], &items[(i - 1) / 2])) {
            break;
        }
        swap_items(&items[i], &items[(i - 1) / 2]);
    }
    return STATUS_OK;
}

static struct waiting_row heap_take(struct join_stream_stream *self)
{
    struct waiting_row *items = heap_items(self);
    const struct waiting_row first = items[0];
    const size_t count = heap_count(self) - 1;
    items[0] = items[count];
    self->waiting.bytes -= sizeof(struct waiting_row);
    for (size_t i = 0; 2 * i + 1 < count;) {
        size_t child = 2 * i + 1;
        child += child + 1 < count && is_before(&items[child + 1], &items[child]);
        if (!is_before(&items[child], &items[i])) {
            break;
        }
        swap_items(&items[i], &items[child]);
        i = child;
    }
    return first;
}

static struct hash_store *span_of(const struct join_stream_stream *self, enum join_side side,
                                  int64_t time_ms)
{
    return window_store_find(self->sides[side].spans, window_floor_ms(time_ms, self->span_ms));
}

bool stream_take_closed(struct join_stream_stream *self, struct waiting_row *out)
{
    while (heap_count(self) > 0 && heap_items(self)[0].closes_ms < self->stream_time_ms) {
        const struct waiting_row item = heap_take(self);
        if (item.row->waits) {
            item.row->waits = false;
            hash_store_touch(span_of(self, item.side, item.time_ms), item.entry);
            *out = item;
            return true;
        }
    }
    return false;
}

/* --- rows ----------------------------------------------------------------------------------- */

/* Puts row behind all rows that are not newer. */
static enum status insert_row(struct stream_rows *rows, struct stream_row *row, struct diag *diag)
{
    if (rows->count == rows->capacity) {
        const uint32_t capacity = rows->capacity ? rows->capacity * 2 : 2;
        struct stream_row **grown =
            memory_resize(rows->rows, capacity * sizeof(struct stream_row *));
        if (!grown) {
            return diag_no_memory(diag);
        }
        rows->rows = grown;
        rows->capacity = capacity;
    }
    uint32_t at = rows->count;
    while (at > 0 && rows->rows[at - 1]->time_ms > row->time_ms) {
        rows->rows[at] = rows->rows[at - 1];
        at--;
    }
    rows->rows[at] = row;
    rows->count++;
    return STATUS_OK;
}

static struct stream_row *create_row(struct text image, int64_t time_ms, bool waits)
{
    struct stream_row *row = memory_alloc(sizeof(*row) + image.bytes);
    if (row) {
        row->time_ms = time_ms;
        row->bytes = (uint32_t)image.bytes;
        row->waits = waits;
        memcpy(row->image, image.data, image.bytes);
    }
    return row;
}

/* Takes row, also when it fails. */
static enum status keep_row(struct join_stream_stream *self, enum join_side side,
                            struct hash_entry *entry, struct stream_row *row, struct diag *diag)
{
    const struct waiting_row item = {.closes_ms = stream_row_closes_ms(self, side, row->time_ms),
                                     .time_ms = row->time_ms,
                                     .side = side,
                                     .entry = entry,
                                     .row = row};
    row->arrival = self->next_arrival++;
    const enum status status = insert_row(hash_entry_payload(entry), row, diag);
    if (status != STATUS_OK) {
        memory_free(row);
        return status;
    }
    int64_t *newest_ms = &self->sides[side].newest_ms;
    *newest_ms = item.time_ms > *newest_ms ? item.time_ms : *newest_ms;
    return row->waits ? heap_push(self, &item, diag) : STATUS_OK;
}

enum status stream_side_add(struct join_stream_stream *self, enum join_side side,
                            const struct batch *batch, size_t row, struct text key, uint64_t hash,
                            bool waits, struct diag *diag)
{
    const int64_t time_ms = batch->time_ms[row];
    struct hash_store *span =
        window_store_put(self->sides[side].spans, window_floor_ms(time_ms, self->span_ms));
    struct hash_entry *entry = span ? hash_store_put(span, key, hash, NULL) : NULL;
    if (!entry) {
        return diag_no_memory(diag);
    }
    buffer_reset(&self->scratch);
    row_image_encode(&self->sides[side].image, batch, row, self->values, &self->scratch);
    TRY(buffer_status(&self->scratch, diag));
    struct stream_row *copy = create_row(buffer_text(&self->scratch), time_ms, waits);
    if (!copy) {
        return diag_no_memory(diag);
    }
    hash_store_touch(span, entry);
    return keep_row(self, side, entry, copy, diag);
}

static enum status visit_span(struct hash_store *span, struct hash_entry *entry, int64_t from_ms,
                              int64_t to_ms, stream_row_visit *visit, void *visitor,
                              struct diag *diag)
{
    const struct stream_rows *rows = hash_entry_payload(entry);
    for (uint32_t i = 0; i < rows->count; i++) {
        struct stream_row *row = rows->rows[i];
        bool is_changed = false;
        if (row->time_ms > to_ms) {
            break;
        }
        if (row->time_ms < from_ms) {
            continue;
        }
        TRY(visit(visitor, row, &is_changed, diag));
        if (is_changed) {
            hash_store_touch(span, entry);
        }
    }
    return STATUS_OK;
}

enum status stream_side_visit(struct join_stream_stream *self, enum join_side side, struct text key,
                              uint64_t hash, int64_t from_ms, int64_t to_ms,
                              stream_row_visit *visit, void *visitor, struct diag *diag)
{
    struct window_store *spans = self->sides[side].spans;
    const int64_t oldest_ms = stream_side_oldest_ms(self, side);
    const int64_t first_ms = from_ms > oldest_ms ? from_ms : oldest_ms;
    size_t index = window_store_lower_bound(spans, first_ms - self->span_ms + 1);
    for (; index < window_store_bucket_count(spans); index++) {
        int64_t start_ms = 0;
        struct hash_store *span = window_store_bucket_at(spans, index, &start_ms);
        if (start_ms > to_ms) {
            break;
        }
        struct hash_entry *entry = hash_store_find(span, key, hash);
        if (entry) {
            TRY(visit_span(span, entry, first_ms, to_ms, visit, visitor, diag));
        }
    }
    return STATUS_OK;
}

void stream_sides_expire(struct join_stream_stream *self)
{
    for (int side = 0; side < 2; side++) {
        const int64_t oldest_ms = stream_side_oldest_ms(self, (enum join_side)side);
        if (oldest_ms != INT64_MIN) {
            window_store_drop_before(self->sides[side].spans,
                                     window_floor_ms(oldest_ms, self->span_ms), NULL);
        }
    }
}

/* --- the file ------------------------------------------------------------------------------- */

/* A row: one byte for waits, its length as a varint, its image. */
static enum status encode_rows(void *context, const struct hash_entry *entry, struct buffer *out,
                               struct diag *diag)
{
    const struct stream_rows *rows = hash_entry_payload_const(entry);
    (void)context;
    for (uint32_t i = 0; i < rows->count; i++) {
        const struct stream_row *row = rows->rows[i];
        buffer_append_byte(out, row->waits ? 1 : 0);
        buffer_append_be32(out, row->bytes);
        buffer_append(out, row->image, row->bytes);
    }
    return buffer_status(out, diag);
}

/* What loading one side needs. */
struct side_load {
    struct join_stream_stream *self;
    enum join_side side;
};

static enum status decode_rows(void *context, struct hash_entry *entry, struct text stored,
                               struct diag *diag)
{
    enum { HEAD_BYTES = 5 };
    const struct side_load *load = context;
    while (stored.bytes > 0) {
        uint32_t length = 0;
        if (stored.bytes < HEAD_BYTES) {
            break;
        }
        memcpy(&length, stored.data + 1, sizeof(length));
        length = be32toh(length);
        if (length > stored.bytes - HEAD_BYTES || length < sizeof(int64_t)) {
            break;
        }
        const struct text image = {stored.data + HEAD_BYTES, length};
        struct stream_row *row = create_row(image, row_image_time_ms(image), stored.data[0] != 0);
        if (!row) {
            return diag_no_memory(diag);
        }
        TRY(keep_row(load->self, load->side, entry, row, diag));
        stored = (struct text){image.data + length, stored.bytes - HEAD_BYTES - length};
    }
    if (stored.bytes > 0) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "stored rows of a join are damaged");
    }
    return STATUS_OK;
}

enum status join_stream_stream_load(struct operator* op, struct reader *reader, struct diag *diag)
{
    struct join_stream_stream *self = (struct join_stream_stream *)op;
    for (int i = 0; i < 2; i++) {
        struct side_load load = {self, (enum join_side)i};
        TRY(window_store_load(self->sides[i].spans, reader, self->options.store_ids[i], false,
                              decode_rows, &load, diag));
        if (self->sides[i].newest_ms > self->stream_time_ms) {
            self->stream_time_ms = self->sides[i].newest_ms;
        }
    }
    return STATUS_OK;
}

enum status join_stream_stream_collect(struct operator* op, struct op_context *context,
                                       struct commit *commit, struct diag *diag)
{
    struct join_stream_stream *self = (struct join_stream_stream *)op;
    (void)context;
    for (int i = 0; i < 2; i++) {
        TRY(window_store_collect(self->sides[i].spans, commit, self->options.store_ids[i],
                                 encode_rows, self, diag));
    }
    return STATUS_OK;
}
