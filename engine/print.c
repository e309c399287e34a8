/* print.c
 *
 * PRINT shows the records of a topic without knowing its formats: it keeps every format that has
 * fitted all keys (and all values) so far, says so, says so again when the set shrinks, and
 * renders with the first that is left. Source: ksqlDB's RecordFormatter.
 */
#include <ctype.h>
#include <time.h>

#include "base/memory.h"
#include "base/number_text.h"
#include "base/utf8.h"
#include "engine/statement_query.h"
#include "formats/json_value.h"

enum guess {
    GUESS_JSON,
    GUESS_INT,
    GUESS_BIGINT,
    GUESS_DOUBLE,
    GUESS_STRING,
    GUESS_COUNT
};

static const char *const guess_names[GUESS_COUNT] = {"JSON", "KAFKA_INT", "KAFKA_BIGINT",
                                                     "KAFKA_DOUBLE", "KAFKA_STRING"};

/* The formats that fit one side so far. */
struct side {
    const char *title;
    bool fits[GUESS_COUNT];
    bool was_seen; /* a record that is not null */
};

struct print {
    struct topics *topics;
    struct topic *topic;
    int64_t *next_offsets; /* one per partition */
    uint32_t next_partition;
    uint64_t interval;     /* every n-th record, from the first */
    uint64_t seen;
    bool has_limit;
    uint64_t rows_left;
    struct side key;
    struct side value;
    struct buffer lines;
    struct arena arena; /* scratch for parsing */
};

/* --- Guessing ----------------------------------------------------------------------------- */

static bool is_json(struct print *print, struct text text)
{
    struct value value;
    size_t at = 0;
    while (at < text.bytes && isspace((unsigned char)text.data[at])) {
        at++;
    }
    if (at == text.bytes || (text.data[at] != '{' && text.data[at] != '[')) {
        return false; /* bare scalars are better shown as what Kafka's own formats say */
    }
    arena_reset(&print->arena);
    return json_read_value(&print->arena, type_of(TYPE_STRING), text, &value, NULL) == STATUS_OK;
}

static bool fits(struct print *print, enum guess guess, struct text text)
{
    switch (guess) {
    case GUESS_JSON:
        return is_json(print, text);
    case GUESS_INT:
        return text.bytes == 4;
    case GUESS_BIGINT:
    case GUESS_DOUBLE:
        return text.bytes == 8;
    case GUESS_STRING:
        return utf8_is_valid(text);
    case GUESS_COUNT:
        break;
    }
    return false;
}

static void narrow(struct print *print, struct side *side, struct text text)
{
    if (!text.data) {
        return;
    }
    bool has_changed = !side->was_seen;
    side->was_seen = true;
    for (size_t guess = 0; guess < GUESS_COUNT; guess++) {
        if (side->fits[guess] && !fits(print, (enum guess)guess, text)) {
            side->fits[guess] = false;
            has_changed = true;
        }
    }
    if (!has_changed) {
        return;
    }
    buffer_printf(&print->lines, "%s format: ", side->title);
    const char *separator = "";
    for (size_t guess = 0; guess < GUESS_COUNT; guess++) {
        if (side->fits[guess]) {
            buffer_printf(&print->lines, "%s%s", separator, guess_names[guess]);
            separator = " or ";
        }
    }
    if (!*separator) {
        buffer_append_string(&print->lines,
                             "does not match any supported format. It may be a STRING with "
                             "encoding other than UTF8, or some other format.");
    }
    buffer_append_byte(&print->lines, '\n');
}

/* --- Rendering ---------------------------------------------------------------------------- */

static uint64_t big_endian(struct text text)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.bytes; i++) {
        value = value << 8 | (unsigned char)text.data[i];
    }
    return value;
}

static void render_double(struct buffer *out, uint64_t bits)
{
    double real = 0;
    memcpy(&real, &bits, sizeof(real));
    const struct value value = value_real(real);
    json_write_value(out, type_of(TYPE_DOUBLE), &value, JSON_DISPLAY);
}

static void render(struct print *print, const struct side *side, struct text text)
{
    struct buffer *out = &print->lines;
    if (!text.data) {
        buffer_append_string(out, "<null>");
        return;
    }
    size_t guess = 0;
    while (guess < GUESS_COUNT && !side->fits[guess]) {
        guess++;
    }
    if (guess == GUESS_INT) {
        buffer_printf(out, "%d", (int32_t)(uint32_t)big_endian(text));
    } else if (guess == GUESS_BIGINT) {
        buffer_printf(out, "%lld", (long long)big_endian(text));
    } else if (guess == GUESS_DOUBLE) {
        render_double(out, big_endian(text));
    } else {
        buffer_append_text(out, text);
    }
}

static void render_record(struct print *print, const struct record *record, uint32_t partition)
{
    narrow(print, &print->key, record->key);
    narrow(print, &print->value, record->value);
    const time_t seconds = (time_t)(record->time_ms / 1000);
    struct tm utc;
    char text[32];
    (void)gmtime_r(&seconds, &utc);
    (void)strftime(text, sizeof(text), "%Y/%m/%d %H:%M:%S", &utc);
    buffer_printf(&print->lines, "rowtime: %s.%03d Z, key: ", text, (int)(record->time_ms % 1000));
    render(print, &print->key, record->key);
    buffer_append_string(&print->lines, ", value: ");
    render(print, &print->value, record->value);
    buffer_printf(&print->lines, ", partition: %u\n", partition);
}

/* --- The cursor --------------------------------------------------------------------------- */

static void take_segment(struct print *print, const struct segment *segment)
{
    int64_t *next = &print->next_offsets[segment->partition];
    for (int64_t offset = *next; offset < segment_end_offset(segment); offset++) {
        if (print->has_limit && print->rows_left == 0) {
            return;
        }
        if (print->seen++ % print->interval == 0) {
            render_record(print, &segment->records[offset - segment->base_offset],
                          segment->partition);
            print->rows_left--;
        }
        *next = offset + 1;
    }
}

static enum status fill(struct cursor *cursor, struct diag *diag)
{
    struct print *print = cursor->source;
    const uint32_t partitions = topic_partition_count(print->topic);
    buffer_reset(&print->lines);
    for (uint32_t i = 0; i < partitions; i++) {
        struct segment *segment = NULL;
        TRY(topics_read(print->topics, print->topic, i, print->next_offsets[i], true, &segment,
                        diag));
        if (!segment) {
            continue;
        }
        if (segment->base_offset > print->next_offsets[i]) {
            print->next_offsets[i] = segment->base_offset;
        }
        take_segment(print, segment);
        segment_unref(segment);
    }
    TRY(buffer_status(&print->lines, diag));
    if (print->lines.bytes > 0) {
        TRY(cursor_add_lines(cursor, buffer_text(&print->lines), diag));
    }
    if (print->has_limit && print->rows_left == 0) {
        cursor_end(cursor, "");
    }
    return STATUS_OK;
}

static void each_topic(const struct cursor *cursor,
                       void (*visit)(void *context, struct topic *topic), void *context)
{
    const struct print *print = cursor->source;
    visit(context, print->topic);
}

static void release(struct cursor *cursor)
{
    struct print *print = cursor->source;
    topic_unref(print->topic);
    buffer_release(&print->lines);
    arena_release(&print->arena);
    memory_free(print->next_offsets);
    memory_free(print);
}

static const struct cursor_vtable print_vtable = {
    .kind = CURSOR_PRINT, .fill = fill, .each_topic = each_topic, .release = release};

static enum status check(struct execution *execution)
{
    const struct print_statement *statement = &execution->statement->print;
    if (statement->has_interval && statement->interval < 1) {
        return diag_fail(execution->diag, STATUS_INVALID, execution->statement->pos,
                         "INTERVAL must be greater than one, but was: %lld",
                         (long long)statement->interval);
    }
    return STATUS_OK;
}

static struct print *new_print(struct execution *execution, struct topic *topic)
{
    const struct print_statement *statement = &execution->statement->print;
    const uint32_t partitions = topic_partition_count(topic);
    struct print *print = memory_zalloc(sizeof(*print));
    int64_t *offsets = memory_zalloc(partitions * sizeof(*offsets));
    if (!print || !offsets) {
        memory_free(print);
        memory_free(offsets);
        return NULL;
    }
    print->topics = execution->engine->topics;
    print->topic = topic;
    print->next_offsets = offsets;
    print->interval = statement->has_interval ? (uint64_t)statement->interval : 1;
    print->has_limit = statement->has_limit;
    print->rows_left = statement->has_limit ? (uint64_t)statement->limit : UINT64_MAX;
    print->key = (struct side){.title = "Key"};
    print->value = (struct side){.title = "Value"};
    memset(print->key.fits, 1, sizeof(print->key.fits));
    memset(print->value.fits, 1, sizeof(print->value.fits));
    buffer_init(&print->lines);
    arena_init(&print->arena);
    for (uint32_t i = 0; i < partitions; i++) {
        const struct topic_range range = topics_range(print->topics, topic, i);
        offsets[i] = statement->from_beginning ? range.start_offset : range.durable_offset;
    }
    return print;
}

enum status print_open(struct execution *execution, struct cursor **out)
{
    const struct identifier *name = &execution->statement->print.topic;
    TRY(check(execution));
    struct topic *topic = topics_find(execution->engine->topics, name->name);
    if (!topic) {
        return diag_fail(execution->diag, STATUS_MISSING, name->pos,
                         "Could not find topic '%.*s', or the KSQL user does not have permissions "
                         "to list the topic. Topic names are case-sensitive.",
                         TEXT_ARGS(name->name));
    }
    struct cursor *cursor = NULL;
    struct print *print = new_print(execution, topic);
    if (!print || cursor_create(execution->engine, &print_vtable, &cursor, execution->diag)) {
        topic_unref(topic);
        if (print) {
            memory_free(print->next_offsets);
            memory_free(print);
        }
        return diag_no_memory(execution->diag);
    }
    cursor->source = print;
    *out = cursor;
    return STATUS_OK;
}
