/* group_session.c
 *
 * Session windows. Each session is an entry of its own, under the group's key with start and end
 * behind it; an index from the group's key to its sessions, ordered by time, is kept in memory
 * only. Sessions of a group lie further apart than the gap, so those that a row touches are
 * neighbours in the index.
 *
 * A row joins all sessions that it touches: they are deleted (and shown as deleted, each with its
 * own window), and one entry with the whole window takes over their accumulators. The one
 * exception is a session of a single moment that gets another row of that same moment. This is
 * what Kafka Streams does, also where the window does not change.
 *
 * Final results need the sessions by their end: a heap holds an item per session ever made, and
 * items whose session has been merged away are skipped when they come up.
 *
 * A session that ended more than the retention before stream time is gone, whether or not the
 * sweep that frees it has come by yet, so the result does not depend on when that happens.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "operators/group_parts.h"
#include "operators/rows.h"

/* An item of the heap. */
struct session_end {
    int64_t end_ms;
    int64_t start_ms;
    struct hash_entry *index_entry; /* of the group; lives longer than the item */
};

static struct session_list *list_of(struct hash_entry *index_entry)
{
    return hash_entry_payload(index_entry);
}

static int64_t start_of(struct hash_entry *session)
{
    return group_state_of(session)->window_start_ms;
}

static int64_t end_of(struct hash_entry *session)
{
    return group_state_of(session)->time_ms;
}

void session_list_release(void *context, void *payload)
{
    struct session_list *list = payload;
    (void)context;
    memory_free(list->entries);
    list->entries = NULL;
}

/* --- the index ------------------------------------------------------------------------------ */

static enum status list_insert(struct session_list *list, uint32_t at, struct hash_entry *session,
                               struct diag *diag)
{
    if (list->count == list->capacity) {
        const uint32_t capacity = list->capacity ? list->capacity * 2 : 2;
        struct hash_entry **grown =
            memory_resize(list->entries, capacity * sizeof(struct hash_entry *));
        if (!grown) {
            return diag_no_memory(diag);
        }
        list->entries = grown;
        list->capacity = capacity;
    }
    memmove(list->entries + at + 1, list->entries + at,
            (list->count - at) * sizeof(struct hash_entry *));
    list->entries[at] = session;
    list->count++;
    return STATUS_OK;
}

static void list_remove(struct session_list *list, uint32_t at, uint32_t count)
{
    assert(at + count <= list->count);
    memmove(list->entries + at, list->entries + at + count,
            (list->count - at - count) * sizeof(struct hash_entry *));
    list->count -= count;
}

/* The first session that ends at or after end_ms. */
static uint32_t list_lower_bound(const struct session_list *list, int64_t end_ms)
{
    uint32_t low = 0;
    uint32_t high = list->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (end_of(list->entries[middle]) < end_ms) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* --- the heap: smallest end first ----------------------------------------------------------- */

static struct session_end *heap_items(const struct group *self)
{
    return (struct session_end *)(void *)self->closing.data;
}

static size_t heap_count(const struct group *self)
{
    return self->closing.bytes / sizeof(struct session_end);
}

static void swap_items(struct session_end *a, struct session_end *b)
{
    const struct session_end kept = *a;
    *a = *b;
    *b = kept;
}

static enum status heap_push(struct group *self, struct hash_entry *index_entry,
                             struct hash_entry *session, struct diag *diag)
{
    const struct session_end item = {end_of(session), start_of(session), index_entry};
    if (!self->options.is_final) {
        return STATUS_OK;
    }
    buffer_append(&self->closing, &item, sizeof(item));
    TRY(buffer_status(&self->closing, diag));
    struct session_end *items = heap_items(self);
    for (size_t i = heap_count(self) - 1; i > 0; i = (i - 1) / 2) {
        if (items[(i - 1) / 2].end_ms <= items[i].end_ms) {
            break;
        }
        swap_items(&items[i], &items[(i - 1) / 2]);
    }
    return STATUS_OK;
}

static struct session_end heap_take(struct group *self)
{
    struct session_end *items = heap_items(self);
    const struct session_end first = items[0];
    const size_t count = heap_count(self) - 1;
    items[0] = items[count];
    self->closing.bytes -= sizeof(struct session_end);
    for (size_t i = 0; 2 * i + 1 < count;) {
        size_t child = 2 * i + 1;
        child += child + 1 < count && items[child + 1].end_ms < items[child].end_ms;
        if (items[i].end_ms <= items[child].end_ms) {
            break;
        }
        swap_items(&items[i], &items[child]);
        i = child;
    }
    return first;
}

/* --- rows into sessions --------------------------------------------------------------------- */

/* A row and the sessions that it touches: count of them from first on, and the window of all. */
struct session_match {
    struct hash_entry *index_entry; /* NULL: the group has no sessions yet */
    uint32_t first;
    uint32_t count;
    int64_t start_ms;
    int64_t end_ms;
};

static struct session_match match_sessions(const struct group *self,
                                           const struct group_input *input, size_t row)
{
    const int64_t time_ms = input->batch->time_ms[row];
    const int64_t gap_ms = self->options.window.size_ms;
    const int64_t live_ms = self->stream_time_ms - self->options.window.retention_ms;
    const int64_t oldest_ms = time_ms - gap_ms > live_ms ? time_ms - gap_ms : live_ms;
    struct session_match match = {.start_ms = time_ms, .end_ms = time_ms};
    match.index_entry = key_batch_find(&input->encoded, row, self->sessions);
    if (!match.index_entry) {
        return match;
    }
    const struct session_list *list = list_of(match.index_entry);
    match.first = list_lower_bound(list, oldest_ms);
    for (uint32_t i = match.first; i < list->count; i++) {
        struct hash_entry *session = list->entries[i];
        if (start_of(session) > time_ms + gap_ms) {
            break;
        }
        match.start_ms = start_of(session) < match.start_ms ? start_of(session) : match.start_ms;
        match.end_ms = end_of(session) > match.end_ms ? end_of(session) : match.end_ms;
        match.count++;
    }
    return match;
}

/* A new session of the group that row belongs to, not in the index yet. */
static enum status create_session(struct group *self, const struct group_input *input, size_t row,
                                  const struct session_match *match, struct hash_entry **out,
                                  struct diag *diag)
{
    bool is_new = false;
    buffer_reset(&self->scratch);
    buffer_append_text(&self->scratch, input->encoded.keys[row]);
    key_codec_append_window(&self->scratch, match->start_ms, match->end_ms);
    TRY(buffer_status(&self->scratch, diag));
    const struct text key = buffer_text(&self->scratch);
    struct hash_entry *entry =
        hash_store_put(self->groups, key, hash_bytes(key.data, key.bytes), &is_new);
    if (!entry) {
        return diag_no_memory(diag);
    }
    assert(is_new);
    group_state_of(entry)->window_start_ms = match->start_ms;
    *out = entry;
    return STATUS_OK;
}

/* Hands the accumulators of one session over to another, which has none yet. */
static void move_state(const struct group *self, struct hash_entry *to, struct hash_entry *from)
{
    struct group_state *target = group_state_of(to);
    struct group_state *source = group_state_of(from);
    const size_t header = sizeof(struct group_state);
    memcpy((char *)target + header, (const char *)source + header, self->payload_bytes - header);
    target->flags |= GROUP_IS_READY;
    target->time_ms = source->time_ms;
    source->flags &= ~(uint32_t)GROUP_IS_READY;
}

/* Shows the touched sessions as deleted and folds them into session, in order of time. */
static enum status absorb_sessions(struct group *self, struct group_push *push,
                                   const struct session_match *match, size_t row,
                                   struct hash_entry *session, struct diag *diag)
{
    struct session_list *list = list_of(match->index_entry);
    for (uint32_t i = 0; i < match->count; i++) {
        struct hash_entry *old = list->entries[match->first + i];
        TRY(group_emit_delete(self, push, old, row, diag));
        if (i == 0) {
            move_state(self, session, old);
        } else {
            TRY(group_state_merge(self, group_state_of(session), group_state_of(old), diag));
        }
    }
    for (uint32_t i = 0; i < match->count; i++) {
        hash_store_remove(self->groups, list->entries[match->first + i]);
    }
    list_remove(list, match->first, match->count);
    return STATUS_OK;
}

static enum status add_to_session(struct group *self, struct group_push *push,
                                  const struct group_input *input, size_t row,
                                  struct hash_entry *session, int64_t end_ms, struct diag *diag)
{
    size_t out_row = 0;
    TRY(group_begin_change(self, push, self->groups, session, row, &out_row, diag));
    TRY(group_state_add(self, group_state_of(session), input, row, diag));
    group_state_of(session)->time_ms = end_ms;
    return group_end_change(self, push, session, out_row, diag);
}

/* The row lies within its one session. */
static enum status grow_in_place(struct group *self, struct group_push *push,
                                 const struct group_input *input, size_t row,
                                 const struct session_match *match, struct diag *diag)
{
    struct hash_entry *session = list_of(match->index_entry)->entries[match->first];
    if (match->start_ms != match->end_ms) {
        TRY(group_emit_delete(self, push, session, row, diag));
    }
    return add_to_session(self, push, input, row, session, match->end_ms, diag);
}

static bool is_in_place(const struct session_match *match)
{
    if (match->count != 1) {
        return false;
    }
    struct hash_entry *session = list_of(match->index_entry)->entries[match->first];
    return start_of(session) == match->start_ms && end_of(session) == match->end_ms;
}

static enum status replace_sessions(struct group *self, struct group_push *push,
                                    const struct group_input *input, size_t row,
                                    struct session_match *match, struct diag *diag)
{
    struct hash_entry *session = NULL;
    if (!match->index_entry) {
        match->index_entry = key_batch_put(&input->encoded, row, self->sessions, NULL);
    }
    if (!match->index_entry) {
        return diag_no_memory(diag);
    }
    TRY(create_session(self, input, row, match, &session, diag));
    if (match->count > 0) {
        TRY(absorb_sessions(self, push, match, row, session, diag));
    } else {
        TRY(group_state_init(self, group_state_of(session), diag));
    }
    TRY(list_insert(list_of(match->index_entry), match->first, session, diag));
    TRY(add_to_session(self, push, input, row, session, match->end_ms, diag));
    return heap_push(self, match->index_entry, session, diag);
}

static enum status add_row(struct group *self, struct group_push *push,
                           const struct group_input *input, size_t row, struct diag *diag)
{
    struct session_match match = match_sessions(self, input, row);
    if (match.end_ms < group_close_ms(self)) {
        group_drop_late(self, push, row, group_close_ms(self));
        return STATUS_OK;
    }
    rows_count(input->batch, &push->context->counters->records_used, 1);
    return is_in_place(&match) ? grow_in_place(self, push, input, row, &match, diag)
                               : replace_sessions(self, push, input, row, &match, diag);
}

enum status group_push_sessions(struct group *self, struct group_push *push,
                                const struct group_input *input, struct diag *diag)
{
    for (size_t row = 0; row < input->batch->row_count; row++) {
        const int64_t time_ms = input->batch->time_ms[row];
        if (!input->has_key[row]) {
            continue;
        }
        self->stream_time_ms = time_ms > self->stream_time_ms ? time_ms : self->stream_time_ms;
        TRY(add_row(self, push, input, row, diag));
        if (heap_count(self) > 0 && heap_items(self)[0].end_ms < group_close_ms(self)) {
            TRY(group_emit_closed(self, push->context, diag));
        }
    }
    return STATUS_OK;
}

/* --- closing and expiry --------------------------------------------------------------------- */

/* The session of a heap item, or NULL when it has been merged away. */
static struct hash_entry *session_of(const struct session_end *item)
{
    const struct session_list *list = list_of(item->index_entry);
    const uint32_t at = list_lower_bound(list, item->end_ms);
    if (at == list->count || end_of(list->entries[at]) != item->end_ms ||
        start_of(list->entries[at]) != item->start_ms) {
        return NULL;
    }
    return list->entries[at];
}

static int compare_sessions(const void *a, const void *b)
{
    struct hash_entry *const *left = a;
    struct hash_entry *const *right = b;
    if (end_of(*left) != end_of(*right)) {
        return end_of(*left) < end_of(*right) ? -1 : 1;
    }
    if (start_of(*left) != start_of(*right)) {
        return start_of(*left) < start_of(*right) ? -1 : 1;
    }
    return text_compare(hash_entry_key(*left), hash_entry_key(*right));
}

enum status group_emit_closed_sessions(struct group *self, struct row_builder *builder,
                                       struct diag *diag)
{
    struct buffer closed;
    buffer_init(&closed);
    while (heap_count(self) > 0 && heap_items(self)[0].end_ms < group_close_ms(self)) {
        const struct session_end item = heap_take(self);
        struct hash_entry *session = session_of(&item);
        if (session) {
            buffer_append(&closed, &session, sizeof(session));
        }
    }
    struct hash_entry **sessions = (struct hash_entry **)(void *)closed.data;
    const size_t count = closed.bytes / sizeof(struct hash_entry *);
    enum status status = buffer_status(&closed, diag);
    if (status == STATUS_OK && count > 1) {
        qsort(sessions, count, sizeof(struct hash_entry *), compare_sessions);
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        size_t row = 0;
        status = row_builder_add(builder, &row, diag);
        if (status == STATUS_OK) {
            status = group_write_row(self, sessions[i], builder->batch, row, false, diag);
        }
    }
    buffer_release(&closed);
    return status;
}

void group_sweep_sessions(struct group *self, int64_t bound_ms)
{
    struct hash_entry *index_entry = NULL;
    uint32_t cursor = 0;
    while ((index_entry = hash_store_next(self->sessions, &cursor)) != NULL) {
        struct session_list *list = list_of(index_entry);
        const uint32_t expired = list_lower_bound(list, bound_ms);
        for (uint32_t i = 0; i < expired; i++) {
            hash_store_remove(self->groups, list->entries[i]);
        }
        list_remove(list, 0, expired);
        if (list->count == 0) {
            hash_store_remove(self->sessions, index_entry);
        }
    }
}

enum status group_index_sessions(struct group *self, struct diag *diag)
{
    struct hash_entry *session = NULL;
    uint32_t cursor = 0;
    while ((session = hash_store_next(self->groups, &cursor)) != NULL) {
        struct text key = {NULL, 0};
        int64_t start_ms = 0;
        int64_t end_ms = 0;
        TRY(key_codec_split_window(hash_entry_key(session), &key, &start_ms, &end_ms, diag));
        struct hash_entry *index_entry = NULL;
        if (key_codec_has_int64(&self->keys)) {
            uint64_t integer = 0;
            memcpy(&integer, key.data, sizeof(integer));
            index_entry = hash_store_put_int64(self->sessions, integer, hash_int64(integer), NULL);
        } else {
            index_entry =
                hash_store_put(self->sessions, key, hash_bytes(key.data, key.bytes), NULL);
        }
        if (!index_entry) {
            return diag_no_memory(diag);
        }
        struct session_list *list = list_of(index_entry);
        TRY(list_insert(list, list_lower_bound(list, end_ms), session, diag));
        if (end_ms >= group_close_ms(self)) {
            TRY(heap_push(self, index_entry, session, diag));
        }
    }
    return STATUS_OK;
}
