/* topic_command.c
 *
 * `leat topic`: topics of a data directory, or of a running server (topic_server.c), from the
 * command line. produce turns lines into records, thousands to a commit, and is done when all are
 * durable; consume writes them out again.
 */
#include "shell/topic_command.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/memory.h"
#include "engine/engine.h"
#include "shell/file_text.h"
#include "shell/line_producer.h"
#include "shell/options.h"
#include "shell/record_line.h"
#include "shell/safe_output.h"
#include "shell/topic_server.h"
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
    struct record_line_format format; /* consume */
    const char *server;               /* NULL: an engine on data_dir */
    struct extension_options extensions;
    struct engine *engine;
    struct diag diag;
};

static const struct option_row rows[] = {
    {"data", OPTION_TEXT, offsetof(struct topic_run, data_dir), "DIR",
     "the data directory, which no server may have open", 0, 0},
    {"server", OPTION_TEXT, offsetof(struct topic_run, server), "URL",
     "a running server instead; its API knows no topics without streams, so a\n"
     "stream LEAT_TOPIC_n is made for the action and dropped after it, list shows\n"
     "no counts, and consume sees no tombstones, headers, partitions or offsets", 0, 0},
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
    {"json", OPTION_FLAG, offsetof(struct topic_run, format.is_json), NULL,
     "consume: one object per record: partition, offset, timestamp,\nkey, value, headers", 0, 0},
    {"extension", OPTION_EXTENSION, offsetof(struct topic_run, extensions), "FILE",
     "load the functions that queries in DIR call; may be repeated", 0, 0},
};

static const struct option_table options = {
    .command = "leat topic",
    .usage =
        "usage: leat topic ACTION [TOPIC] --data DIR | --server URL [OPTIONS]\n\n"
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

static struct line_producer_options line_options(const struct topic_run *run)
{
    return (struct line_producer_options){
        .topic = run->topic,
        .has_key_separator = run->key_separator.is_set,
        .key_separator = run->key_separator.character,
        .timestamp_field = run->timestamp_field,
    };
}

static enum status produce(struct topic_run *run)
{
    struct topic *topic = topics_find(engine_topics(run->engine), text_of(run->topic));
    if (!topic) {
        TRY(create(run));
    }
    topic_unref(topic);
    const struct line_producer_options lines = line_options(run);
    uint64_t count = 0;
    TRY(line_producer_run(run->engine, &lines, stdin, &count, &run->diag));
    (void)fprintf(stderr, "%llu records\n", (unsigned long long)count);
    return STATUS_OK;
}

/* --- Consuming ---------------------------------------------------------------------------- */

static enum status write_segment(struct topic_run *run, const struct segment *segment,
                                 int64_t *offset, struct buffer *out)
{
    buffer_reset(out);
    for (; *offset < segment_end_offset(segment) && run->count_max != 0; (*offset)++) {
        const struct record_place place = {segment->partition, *offset};
        record_line_append(out, &run->format, &segment->records[*offset - segment->base_offset],
                           place);
        run->count_max -= run->count_max > 0;
    }
    TRY(buffer_status(out, &run->diag));
    (void)safe_output_write(stdout, buffer_text(out));
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
    enum status (*ask)(const struct topic_server_options *options, struct diag *diag);
} actions[] = {
    {"create", true, create, topic_server_create},
    {"list", false, list, topic_server_list},
    {"describe", true, describe, topic_server_describe},
    {"delete", true, delete_topic, topic_server_delete},
    {"produce", true, produce, topic_server_produce},
    {"consume", true, consume, topic_server_consume},
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
    return !run->data_dir != !run->server
               ? OPTIONS_GO_ON
               : options_usage_error(&options, "--data or --server is needed, not both");
}

static enum status ask_server(struct topic_run *run, size_t action)
{
    const struct topic_server_options server_options = {
        .url = run->server,
        .topic = run->topic,
        .partition_count = partitions_to_create(run),
        .lines = line_options(run),
        .format = run->format,
        .is_from_beginning = run->from_beginning,
        .count_max = run->count_max,
    };
    return actions[action].ask(&server_options, &run->diag);
}

static enum status run_action(struct topic_run *run, size_t action)
{
    run->format.has_key = run->key_separator.is_set;
    run->format.key_separator = run->key_separator.character;
    if (run->server) {
        return ask_server(run, action);
    }
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
