/* topic_command.c
 *
 * `leat topic`: topics of a data directory from the command line. produce turns lines into records,
 * thousands to a commit, and is done when all are durable; consume writes them out again.
 */
#include "shell/topic_command.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "engine/engine.h"
#include "formats/json_value.h"
#include "shell/file_text.h"
#include "shell/line_producer.h"
#include "shell/options.h"
#include "topics/topics.h"

struct topic_run {
    const char *topic;
    const char *data_dir;
    enum durability durability;
    int64_t partition_count; /* 0: not given */
    struct option_character key_separator;
    const char *timestamp_field;
    bool from_beginning;
    int64_t count_max; /* -1: all */
    bool as_json;
    struct extension_options extensions;
    struct engine *engine;
    struct diag diag;
};

static const struct option_row rows[] = {
    {"data", OPTION_TEXT, offsetof(struct topic_run, data_dir), "DIR", "the data directory", 0, 0},
    {"partitions", OPTION_NUMBER, offsetof(struct topic_run, partition_count), "N",
     "create, produce: of a topic to create (default 1)", 1, PARTITION_COUNT_MAX},
    {"key-separator", OPTION_CHARACTER, offsetof(struct topic_run, key_separator), "C",
     "produce: the part of a line before the first C is the key;\n"
     "consume: write keys too, with C behind them", 0, 0},
    {"timestamp-field", OPTION_TEXT, offsetof(struct topic_run, timestamp_field), "F",
     "produce: lines are JSON; member F is the record's time in ms", 0, 0},
    {"durability", OPTION_DURABILITY, offsetof(struct topic_run, durability), "D",
     "produce: power-loss (default) or process-crash", 0, 0},
    {"from-beginning", OPTION_FLAG, offsetof(struct topic_run, from_beginning), NULL,
     "consume: from the oldest record (else there is nothing to write)", 0, 0},
    {"max", OPTION_NUMBER, offsetof(struct topic_run, count_max), "N",
     "consume: at most N records", 0, INT64_MAX},
    {"json", OPTION_FLAG, offsetof(struct topic_run, as_json), NULL,
     "consume: one object per record: partition, offset, timestamp,\nkey, value, headers", 0, 0},
    {"extension", OPTION_EXTENSION, offsetof(struct topic_run, extensions), "FILE",
     "load the functions that queries in DIR call; may be repeated", 0, 0},
};

static const struct option_table options = {
    .command = "leat topic",
    .usage =
        "usage: leat topic ACTION [TOPIC] --data DIR [OPTIONS]\n\n"
        "  create TOPIC, list, describe TOPIC, delete TOPIC\n"
        "  produce TOPIC   one record per line of standard input; creates the topic if need be\n"
        "  consume TOPIC   write the records to standard output, up to the newest\n\n",
    .footer = "\nExit code: 0 done, 1 it failed, 2 wrong usage.\n",
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

/* --- Actions ------------------------------------------------------------------------------ */

static enum status find_topic(struct topic_run *run, struct topic **out)
{
    *out = topics_find(engine_topics(run->engine), text_of(run->topic));
    return *out ? STATUS_OK
                : diag_fail(&run->diag, STATUS_MISSING, SQL_POS_NONE,
                            "Topic '%s' does not exist.", run->topic);
}

static uint32_t partitions_to_create(const struct topic_run *run)
{
    return run->partition_count ? (uint32_t)run->partition_count : 1;
}

static enum status create(struct topic_run *run)
{
    return engine_create_topic(run->engine, run->topic, partitions_to_create(run), &run->diag);
}

static enum status delete_topic(struct topic_run *run)
{
    return engine_delete_topic(run->engine, run->topic, &run->diag);
}

static int64_t record_count(struct topics *topics, const struct topic *topic)
{
    int64_t count = 0;
    for (uint32_t i = 0; i < topic_partition_count(topic); i++) {
        const struct topic_range range = topics_range(topics, topic, i);
        count += range.durable_offset - range.start_offset;
    }
    return count;
}

static enum status list(struct topic_run *run)
{
    struct topics *topics = engine_topics(run->engine);
    struct topic **all = NULL;
    size_t count = 0;
    TRY(topics_list(topics, &all, &count, &run->diag));
    for (size_t i = 0; i < count; i++) {
        (void)printf("%.*s\t%u partitions\t%lld records\n", TEXT_ARGS(topic_name(all[i])),
                     topic_partition_count(all[i]), (long long)record_count(topics, all[i]));
    }
    topics_free_list(all);
    return STATUS_OK;
}

static enum status describe(struct topic_run *run)
{
    struct topics *topics = engine_topics(run->engine);
    struct topic *topic = NULL;
    TRY(find_topic(run, &topic));
    const struct topic_config *config = topic_get_config(topic);
    (void)printf("topic %s\ncleanup policy %.*s\nretention_ms %lld\nretention_bytes %lld\n",
                 run->topic, TEXT_ARGS(config->cleanup_policy), (long long)config->retention_ms,
                 (long long)config->retention_bytes);
    for (uint32_t i = 0; i < topic_partition_count(topic); i++) {
        const struct topic_range range = topics_range(topics, topic, i);
        (void)printf("partition %u\toffsets %lld to %lld\n", i, (long long)range.start_offset,
                     (long long)range.durable_offset);
    }
    topic_unref(topic);
    return STATUS_OK;
}

static enum status produce(struct topic_run *run)
{
    struct topic *topic = topics_find(engine_topics(run->engine), text_of(run->topic));
    if (!topic) {
        TRY(create(run));
    }
    topic_unref(topic);
    const struct line_producer_options producer_options = {
        .topic = run->topic,
        .has_key_separator = run->key_separator.is_set,
        .key_separator = run->key_separator.character,
        .timestamp_field = run->timestamp_field,
    };
    uint64_t count = 0;
    TRY(line_producer_run(run->engine, &producer_options, stdin, &count, &run->diag));
    (void)fprintf(stderr, "%llu records\n", (unsigned long long)count);
    return STATUS_OK;
}

/* --- Consuming ---------------------------------------------------------------------------- */

static void write_json_text(struct buffer *out, struct text text)
{
    if (text.data) {
        json_write_text(out, text);
    } else {
        buffer_append_string(out, "null");
    }
}

static void write_json_record(struct buffer *out, const struct record *record, uint32_t partition,
                              int64_t offset)
{
    buffer_printf(out, "{\"partition\":%u,\"offset\":%lld,\"timestamp\":%lld,\"key\":", partition,
                  (long long)offset, (long long)record->time_ms);
    write_json_text(out, record->key);
    buffer_append_string(out, ",\"value\":");
    write_json_text(out, record->value);
    buffer_append_string(out, ",\"headers\":[");
    for (uint32_t i = 0; i < record->header_count; i++) {
        buffer_append_string(out, i ? ",{\"key\":" : "{\"key\":");
        write_json_text(out, record->headers[i].key);
        buffer_append_string(out, ",\"value\":");
        write_json_text(out, record->headers[i].value);
        buffer_append_byte(out, '}');
    }
    buffer_append_string(out, "]}\n");
}

static void write_line(const struct topic_run *run, struct buffer *out,
                       const struct record *record)
{
    if (run->key_separator.is_set && record->key.data) {
        buffer_append_text(out, record->key);
        buffer_append_byte(out, run->key_separator.character);
    }
    buffer_append_text(out, record->value.data ? record->value : TEXT("<null>"));
    buffer_append_byte(out, '\n');
}

static enum status write_segment(struct topic_run *run, const struct segment *segment,
                                 int64_t *offset, struct buffer *out)
{
    buffer_reset(out);
    for (; *offset < segment_end_offset(segment) && run->count_max != 0; (*offset)++) {
        const struct record *record = &segment->records[*offset - segment->base_offset];
        if (run->as_json) {
            write_json_record(out, record, segment->partition, *offset);
        } else {
            write_line(run, out, record);
        }
        run->count_max -= run->count_max > 0;
    }
    TRY(buffer_status(out, &run->diag));
    (void)fwrite(out->data, 1, out->bytes, stdout);
    return STATUS_OK;
}

static enum status consume_partition(struct topic_run *run, struct topic *topic,
                                     uint32_t partition, struct buffer *out)
{
    struct topics *topics = engine_topics(run->engine);
    const struct topic_range range = topics_range(topics, topic, partition);
    int64_t offset = run->from_beginning ? range.start_offset : range.durable_offset;
    while (offset < range.durable_offset && run->count_max != 0) {
        struct segment *segment = NULL;
        TRY(topics_read(topics, topic, partition, offset, true, &segment, &run->diag));
        if (!segment) {
            break;
        }
        const enum status status = write_segment(run, segment, &offset, out);
        segment_unref(segment);
        TRY(status);
    }
    return STATUS_OK;
}

static enum status consume(struct topic_run *run)
{
    struct topic *topic = NULL;
    struct buffer out;
    TRY(find_topic(run, &topic));
    buffer_init(&out);
    enum status status = STATUS_OK;
    for (uint32_t i = 0; status == STATUS_OK && i < topic_partition_count(topic); i++) {
        status = consume_partition(run, topic, i, &out);
    }
    buffer_release(&out);
    topic_unref(topic);
    return status;
}

static const struct {
    const char *name;
    bool needs_topic;
    enum status (*act)(struct topic_run *run);
} actions[] = {
    {"create", true, create},     {"list", false, list},       {"describe", true, describe},
    {"delete", true, delete_topic}, {"produce", true, produce}, {"consume", true, consume},
};

/* Finds what the arguments ask for; returns OPTIONS_GO_ON or the exit code. */
static int take_action(struct topic_run *run, int argc, char **argv, size_t *out_action)
{
    size_t i = 0;
    const size_t count = sizeof(actions) / sizeof(actions[0]);
    while (argc > 0 && i < count && strcmp(argv[0], actions[i].name) != 0) {
        i++;
    }
    if (argc == 0 || i == count) {
        return options_usage_error(
            &options, "an action is needed: create, list, describe, delete, produce, consume");
    }
    if (argc != (actions[i].needs_topic ? 2 : 1)) {
        return options_usage_error(&options, actions[i].needs_topic ? "one topic is needed"
                                                                    : "too many arguments");
    }
    run->topic = actions[i].needs_topic ? argv[1] : NULL;
    *out_action = i;
    return run->data_dir ? OPTIONS_GO_ON : options_usage_error(&options, "--data is needed");
}

static enum status run_action(struct topic_run *run, size_t action)
{
    const struct engine_options engine_options = {.data_dir = run->data_dir,
                                                  .durability = run->durability,
                                                  .is_manual = true,
                                                  .extensions = run->extensions.paths,
                                                  .extension_count = run->extensions.count};
    TRY(engine_open(&engine_options, &run->engine, &run->diag));
    return actions[action].act(run);
}

int topic_command(int argc, char **argv)
{
    struct topic_run *run = memory_zalloc(sizeof(*run)); /* a diag is large for a stack frame */
    size_t action = 0;
    if (!run) {
        return 1;
    }
    run->count_max = -1;
    int first = 0;
    int code = options_parse(&options, argc, argv, run, &first);
    if (code == OPTIONS_GO_ON) {
        code = take_action(run, argc - first, argv + first, &action);
    }
    if (code == OPTIONS_GO_ON) {
        const enum status status = run_action(run, action);
        if (status != STATUS_OK) {
            (void)fprintf(stderr, "leat topic: %s\n", run->diag.message);
        }
        code = status == STATUS_OK ? 0 : 1;
        engine_close(run->engine);
    }
    memory_free(run);
    return code;
}
