/* source_share.c
 *
 * A share has a source operator of its own that decodes what the attending queries want together;
 * it is made anew when a turn wants other columns. Decoded runs are entries in a list, in order of
 * decoding. Queries that take turns ask for the same runs in the same order, so the entry behind
 * the one found last is nearly always the right one; else the list is walked from its start.
 *
 * An entry holds its segments, because texts of its columns lie in them. Arenas of entries go to a
 * list of spares at the end of a turn and are used again in the next.
 *
 * Rejected: one reader that pushes each batch into all queries. It would save the looking up, but
 * tie their units of work, their failures and their stops together.
 */
#include "operators/source_share.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "base/bounds.h"
#include "base/memory.h"
#include "operators/source.h"
#include "topics/segment.h"

/* More in one turn are not remembered: their records are few, and finding them takes long. */
enum { ENTRY_COUNT_MAX = 1024 };

struct share_entry {
    struct share_entry *next;
    struct arena arena;
    uint32_t partition;
    int64_t base_offset;
    size_t count;
    const struct row_origin *origins; /* a copy; NULL: dense from base_offset */
    struct segment **segments;
    size_t segment_count;
    bool has_failures;
    struct shared_batch shared;
};

struct source_share {
    struct source_shares *shares;
    struct source_share *next;
    uint32_t member_count; /* under the lock of shares */
    struct arena arena;    /* options */
    struct source_options options; /* without pseudo columns; is_wanted of the reader */
    struct schema schema;
    struct source_share *next_attended;
    uint32_t attending_count;
    bool *is_wanted; /* of those who attend, together */
    struct arena reader_arena;
    struct operator *reader; /* NULL: none yet */
    bool *reader_wanted;
    struct share_entry *first;
    struct share_entry *last;
    struct share_entry *found; /* by the last look */
    uint32_t entry_count;
};

struct source_shares {
    pthread_mutex_t lock; /* the list and the counts of members */
    struct source_share *first;
    struct source_share *attended; /* in this turn */
    struct share_entry *spares;
    size_t entry_bytes; /* of the turn */
};

/* --- Alike ------------------------------------------------------------------------------------ */

static uint32_t declared_count(const struct source_options *options)
{
    return options->schema->column_count - options->pseudo_count;
}

static bool schemas_are_equal(const struct schema_use *a, const struct schema_use *b)
{
    return a->registry == b->registry && a->id == b->id && a->nullable == b->nullable &&
           text_equal(a->full_name, b->full_name);
}

static bool serdes_are_equal(const struct op_serde *a, const struct op_serde *b)
{
    return a->format == b->format && a->wrap == b->wrap &&
           text_equal(a->delimiter, b->delimiter) && schemas_are_equal(&a->schema, &b->schema);
}

static bool headers_are_equal(const struct schema *a, const struct schema *b)
{
    for (uint32_t i = 0; i < a->column_count; i++) {
        const struct text left = a->columns[i].header_key;
        const struct text right = b->columns[i].header_key;
        if (a->columns[i].role == COLUMN_HEADERS &&
            (!left.data != !right.data || !text_equal(left, right))) {
            return false;
        }
    }
    return true;
}

static bool is_alike(const struct source_share *share, const struct source_options *options)
{
    const struct source_options *own = &share->options;
    const struct schema declared = {declared_count(options), options->schema->columns};
    return text_equal(own->topic, options->topic) && own->is_table == options->is_table &&
           serdes_are_equal(&own->key, &options->key) &&
           serdes_are_equal(&own->value, &options->value) &&
           own->window.kind == options->window.kind &&
           own->window.size_ms == options->window.size_ms &&
           own->timestamp.column_index == options->timestamp.column_index &&
           text_equal(own->timestamp.pattern, options->timestamp.pattern) &&
           schema_equal(&share->schema, &declared) && headers_are_equal(&share->schema, &declared);
}

/* --- Members ---------------------------------------------------------------------------------- */

static bool copy_text(struct arena *arena, struct text *text)
{
    if (text->data) {
        *text = arena_text(arena, *text);
        return text->data != NULL;
    }
    return true;
}

static bool copy_options(struct source_share *share, const struct source_options *options)
{
    struct arena *arena = &share->arena;
    struct source_options *own = &share->options;
    const struct schema declared = {declared_count(options), options->schema->columns};
    *own = *options;
    own->place = (struct op_place){.step = "Source"};
    own->shares = NULL;
    own->pseudo = NULL;
    own->pseudo_count = 0;
    own->schema = &share->schema;
    share->is_wanted = arena_zalloc(arena, declared.column_count * sizeof(bool));
    share->reader_wanted = arena_zalloc(arena, declared.column_count * sizeof(bool));
    own->is_wanted = share->reader_wanted;
    return share->is_wanted && share->reader_wanted && copy_text(arena, &own->topic) &&
           copy_text(arena, &own->key.delimiter) && copy_text(arena, &own->value.delimiter) &&
           copy_text(arena, &own->key.schema.full_name) &&
           copy_text(arena, &own->value.schema.full_name) &&
           copy_text(arena, &own->timestamp.pattern) &&
           schema_copy(arena, &declared, &share->schema);
}

static void free_share(struct source_share *share)
{
    assert(!share->first);
    arena_release(&share->reader_arena);
    arena_release(&share->arena);
    memory_free(share);
}

static struct source_share *new_share(struct source_shares *shares,
                                      const struct source_options *options)
{
    struct source_share *share = memory_zalloc(sizeof(*share));
    if (!share) {
        return NULL;
    }
    arena_init(&share->arena);
    arena_init(&share->reader_arena);
    share->shares = shares;
    if (!copy_options(share, options)) {
        free_share(share);
        return NULL;
    }
    share->next = shares->first;
    shares->first = share;
    return share;
}

enum status source_share_join(struct source_shares *shares, const struct source_options *options,
                              struct source_share **out, struct diag *diag)
{
    pthread_mutex_lock(&shares->lock);
    struct source_share *share = shares->first;
    while (share && !is_alike(share, options)) {
        share = share->next;
    }
    share = share ? share : new_share(shares, options);
    if (share) {
        share->member_count++;
    }
    pthread_mutex_unlock(&shares->lock);
    *out = share;
    return share ? STATUS_OK : diag_no_memory(diag);
}

/* A share without members stays until source_shares_trim(): it may be attended. */
void source_share_leave(struct source_share *share)
{
    pthread_mutex_lock(&share->shares->lock);
    share->member_count--;
    pthread_mutex_unlock(&share->shares->lock);
}

/* --- Turns ------------------------------------------------------------------------------------ */

void source_share_attend(struct source_share *share, const bool *is_wanted)
{
    if (share->attending_count++ == 0) {
        share->next_attended = share->shares->attended;
        share->shares->attended = share;
    }
    for (uint32_t i = 0; i < share->schema.column_count; i++) {
        share->is_wanted[i] = share->is_wanted[i] || !is_wanted || is_wanted[i];
    }
}

bool source_share_is_busy(const struct source_share *share)
{
    return share->attending_count > 1;
}

static void recycle_entry(struct source_shares *shares, struct share_entry *entry)
{
    for (size_t i = 0; i < entry->segment_count; i++) {
        segment_unref(entry->segments[i]);
    }
    arena_reset(&entry->arena);
    const struct arena arena = entry->arena;
    *entry = (struct share_entry){.next = shares->spares, .arena = arena};
    shares->spares = entry;
}

static void end_turn_of(struct source_share *share)
{
    while (share->first) {
        struct share_entry *entry = share->first;
        share->first = entry->next;
        recycle_entry(share->shares, entry);
    }
    share->last = NULL;
    share->found = NULL;
    share->entry_count = 0;
    share->attending_count = 0;
    memset(share->is_wanted, 0, share->schema.column_count * sizeof(bool));
}

void source_shares_end_turn(struct source_shares *shares)
{
    while (shares->attended) {
        struct source_share *share = shares->attended;
        shares->attended = share->next_attended;
        end_turn_of(share);
    }
    shares->entry_bytes = 0;
}

static void free_deserted(struct source_shares *shares)
{
    pthread_mutex_lock(&shares->lock);
    for (struct source_share **link = &shares->first; *link;) {
        struct source_share *share = *link;
        if (share->member_count == 0) {
            *link = share->next;
            free_share(share);
        } else {
            link = &share->next;
        }
    }
    pthread_mutex_unlock(&shares->lock);
}

void source_shares_trim(struct source_shares *shares)
{
    assert(!shares->attended);
    free_deserted(shares);
    while (shares->spares) {
        struct share_entry *entry = shares->spares;
        shares->spares = entry->next;
        arena_release(&entry->arena);
        memory_free(entry);
    }
}

enum status source_shares_create(struct source_shares **out, struct diag *diag)
{
    struct source_shares *shares = memory_zalloc(sizeof(*shares));
    if (!shares) {
        return diag_no_memory(diag);
    }
    pthread_mutex_init(&shares->lock, NULL);
    *out = shares;
    return STATUS_OK;
}

void source_shares_destroy(struct source_shares *shares)
{
    if (shares) {
        source_shares_end_turn(shares);
        source_shares_trim(shares);
        assert(!shares->first);
        pthread_mutex_destroy(&shares->lock);
        memory_free(shares);
    }
}

/* --- Decoding --------------------------------------------------------------------------------- */

/* The reader that decodes what is wanted in this turn. */
static enum status make_reader(struct source_share *share, struct diag *diag)
{
    const size_t bytes = share->schema.column_count * sizeof(bool);
    if (share->reader && memcmp(share->reader_wanted, share->is_wanted, bytes) == 0) {
        return STATUS_OK;
    }
    share->reader = NULL;
    arena_release(&share->reader_arena);
    memcpy(share->reader_wanted, share->is_wanted, bytes);
    return source_create(&share->reader_arena, &share->options, &share->reader, diag);
}

static bool origins_are_equal(const struct row_origin *a, const struct row_origin *b, size_t count)
{
    size_t i = 0;
    while (i < count && a[i].offset == b[i].offset && a[i].partition == b[i].partition) {
        i++;
    }
    return i == count;
}

static bool is_of(const struct share_entry *entry, const struct source_run *run)
{
    if (entry->count != run->count || !entry->origins != !run->origins) {
        return false;
    }
    return run->origins ? origins_are_equal(entry->origins, run->origins, run->count)
                        : entry->partition == run->partition &&
                              entry->base_offset == run->base_offset;
}

static struct share_entry *find_entry(struct source_share *share, const struct source_run *run)
{
    struct share_entry *entry = share->found ? share->found->next : share->first;
    if (!entry || !is_of(entry, run)) {
        entry = share->first;
        while (entry && !is_of(entry, run)) {
            entry = entry->next;
        }
    }
    share->found = entry ? entry : share->found;
    return entry;
}

static struct share_entry *take_spare(struct source_shares *shares)
{
    struct share_entry *entry = shares->spares;
    if (entry) {
        shares->spares = entry->next;
        entry->next = NULL;
        return entry;
    }
    entry = memory_zalloc(sizeof(*entry));
    if (entry) {
        arena_init(&entry->arena);
    }
    return entry;
}

static enum status fill_key(struct share_entry *entry, const struct source_run *run,
                            struct diag *diag)
{
    struct arena *arena = &entry->arena;
    const size_t origin_bytes = run->count * sizeof(*run->origins);
    struct row_origin *origins = run->origins ? arena_alloc(arena, origin_bytes) : NULL;
    entry->segments = arena_array(arena, run->segment_count, sizeof(struct segment *));
    if (!entry->segments || (run->origins && !origins)) {
        return diag_no_memory(diag);
    }
    if (origins) {
        memcpy(origins, run->origins, origin_bytes);
    }
    entry->origins = origins;
    entry->partition = run->partition;
    entry->base_offset = run->base_offset;
    entry->count = run->count;
    for (size_t i = 0; i < run->segment_count; i++) {
        entry->segments[i] = segment_ref(run->segments[i]);
    }
    entry->segment_count = run->segment_count;
    return STATUS_OK;
}

static enum status fill_entry(struct source_share *share, struct share_entry *entry,
                              struct op_context *context, const struct source_run *run,
                              struct diag *diag)
{
    struct batch *batch = NULL;
    TRY(make_reader(share, diag));
    TRY(fill_key(entry, run, diag));
    TRY(source_decode(share->reader, context, run, &entry->arena, &batch, &entry->has_failures,
                      diag));
    entry->shared = (struct shared_batch){.batch = batch, .time_max_ms = INT64_MIN};
    for (size_t row = 0; row < batch->row_count; row++) {
        if (batch->time_ms[row] > entry->shared.time_max_ms) {
            entry->shared.time_max_ms = batch->time_ms[row];
        }
    }
    return STATUS_OK;
}

static void append_entry(struct source_share *share, struct share_entry *entry)
{
    if (share->last) {
        share->last->next = entry;
    } else {
        share->first = entry;
    }
    share->last = entry;
    share->found = entry;
    share->entry_count++;
    share->shares->entry_bytes += arena_bytes(&entry->arena);
}

enum status source_share_decode(struct source_share *share, struct op_context *context,
                                const struct source_run *run, const struct shared_batch **out,
                                struct diag *diag)
{
    struct source_shares *shares = share->shares;
    *out = NULL;
    if (!source_share_is_busy(share)) {
        return STATUS_OK;
    }
    struct share_entry *entry = find_entry(share, run);
    if (!entry) {
        if (shares->entry_bytes >= SOURCE_SHARE_BYTES_MAX ||
            share->entry_count >= ENTRY_COUNT_MAX) {
            return STATUS_OK;
        }
        entry = take_spare(shares);
        if (!entry) {
            return diag_no_memory(diag);
        }
        const enum status status = fill_entry(share, entry, context, run, diag);
        if (status != STATUS_OK) {
            recycle_entry(shares, entry);
            return status;
        }
        append_entry(share, entry);
    }
    *out = entry->has_failures ? NULL : &entry->shared;
    return STATUS_OK;
}
