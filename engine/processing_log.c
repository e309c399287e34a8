/* processing_log.c
 *
 * One JSON object per entry, written by hand into a buffer: a storm of bad records must not be
 * slower than good ones by the cost of a document tree. A lost allocation fails the unit of work
 * when the log is collected, so an entry is never dropped silently.
 */
#include "engine/processing_log.h"

#include "base/base64.h"
#include "base/memory.h"
#include "formats/json_value.h"

void processing_log_init(struct processing_log *log)
{
    *log = (struct processing_log){.rows_are_included = true};
    buffer_init(&log->entries);
    buffer_init(&log->ends);
}

void processing_log_release(struct processing_log *log)
{
    buffer_release(&log->entries);
    buffer_release(&log->ends);
}

static void write_text_field(struct buffer *out, const char *name, struct text text)
{
    buffer_printf(out, ",\"%s\":", name);
    if (text.data) {
        json_write_text(out, text);
    } else {
        buffer_append_string(out, "null");
    }
}

static void write_position(struct buffer *out, const struct log_entry *entry)
{
    write_text_field(out, "topic", entry->topic);
    if (entry->has_origin) {
        buffer_printf(out, ",\"partition\":%u,\"offset\":%lld", entry->origin.partition,
                      (long long)entry->origin.offset);
    } else {
        buffer_append_string(out, ",\"partition\":null,\"offset\":null");
    }
}

static void write_record(struct buffer *out, const struct processing_log *log, struct text record)
{
    buffer_append_string(out, ",\"recordB64\":");
    if (!record.data || !log->rows_are_included) {
        buffer_append_string(out, "null");
        return;
    }
    buffer_append_byte(out, '"');
    const size_t bytes = base64_encoded_bytes(record.bytes);
    if (buffer_reserve(out, bytes)) {
        out->bytes += base64_encode(out->data + out->bytes, record);
    }
    buffer_append_byte(out, '"');
}

static void write_detail(struct buffer *out, const struct processing_log *log,
                         const struct log_entry *entry)
{
    static const char *const members[] = {
        [LOG_DESERIALIZATION] = "deserializationError",
        [LOG_RECORD_PROCESSING] = "recordProcessingError",
        [LOG_PRODUCTION] = "productionError",
        [LOG_SERIALIZATION] = "serializationError",
    };
    for (size_t kind = 0; kind < sizeof(members) / sizeof(members[0]); kind++) {
        buffer_printf(out, ",\"%s\":", members[kind]);
        if (kind != (size_t)entry->kind) {
            buffer_append_string(out, "null");
            continue;
        }
        buffer_append_string(out, entry->is_key ? "{\"target\":\"key\"" : "{\"target\":\"value\"");
        write_text_field(out, "errorMessage", text_of(entry->message));
        write_record(out, log, entry->record);
        buffer_append_string(out, ",\"cause\":[]");
        write_position(out, entry);
        buffer_append_byte(out, '}');
    }
}

void processing_log_add(void *log_context, const struct log_entry *entry)
{
    struct processing_log *log = log_context;
    struct buffer *out = &log->entries;
    buffer_printf(out, "{\"logger\":\"processing.%.*s.%s\",\"level\":\"ERROR\",\"time\":%lld",
                  TEXT_ARGS(log->query_id), entry->step, (long long)log->now_ms(log->clock));
    buffer_printf(out, ",\"message\":{\"type\":%d", (int)entry->kind);
    write_detail(out, log, entry);
    buffer_append_string(out, "}}");
    const size_t end = out->bytes;
    buffer_append(&log->ends, &end, sizeof(end));
}

enum status processing_log_collect(struct processing_log *log, struct topics *topics,
                                   struct topic *topic, struct commit *commit, struct diag *diag)
{
    TRY(buffer_status(&log->entries, diag));
    TRY(buffer_status(&log->ends, diag));
    const size_t *ends = (const size_t *)(const void *)log->ends.data;
    const size_t count = log->ends.bytes / sizeof(*ends);
    size_t start = 0;
    for (size_t i = 0; i < count; i++) {
        const struct record record = {
            .value = {log->entries.data + start, ends[i] - start},
            .time_ms = log->now_ms(log->clock),
        };
        TRY(topics_append(topics, commit, topic, 0, &record, 1, diag));
        start = ends[i];
    }
    buffer_reset(&log->entries);
    buffer_reset(&log->ends);
    return STATUS_OK;
}

struct text processing_log_topic(struct arena *arena, struct text service_id)
{
    return arena_printf(arena, "%.*sksql_processing_log", TEXT_ARGS(service_id));
}

struct text processing_log_statement(struct arena *arena, struct text topic)
{
    static const char error_columns[] =
        "`TARGET` STRING, `ERRORMESSAGE` STRING, `RECORDB64` STRING,"
        " `CAUSE` ARRAY<STRING>, `TOPIC` STRING,"
        " `PARTITION` INTEGER, `OFFSET` BIGINT";
    return arena_printf(arena,
                        "CREATE STREAM " PROCESSING_LOG_STREAM
                        " (logger STRING, level STRING, time BIGINT, message STRUCT<type INTEGER,"
                        " deserializationError STRUCT<%s>, recordProcessingError STRUCT<%s>,"
                        " productionError STRUCT<%s>, serializationError STRUCT<%s>>)"
                        " WITH (KAFKA_TOPIC='%.*s', VALUE_FORMAT='JSON');",
                        error_columns, error_columns, error_columns, error_columns,
                        TEXT_ARGS(topic));
}
