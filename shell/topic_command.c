/* topic_command.c
 *
 * `leat topic`: topics of a data directory from the command line. produce turns lines into records,
 * thousands to a commit, and is done when all are durable; consume writes them out again.
 */
#include "shell/topic_command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/engine.h"
#include "formats/json_value.h"
#include "shell/file_text.h"
#include "shell/line_producer.h"
#include "topics/topics.h"

struct topic_run {
    const char *action;
    const char *topic;
    const char *data_dir;
    enum durability durability;
    int64_t partition_count; /* 0: not given */
    bool has_key_separator;
    char key_separator;
    const char *timestamp_field;
    bool from_beginning;
    int64_t count_max; /* -1: all */
    bool as_json;
    struct engine *engine;
    struct diag diag;
};

static const char help[] =
    "usage: leat topic ACTION [TOPIC] --data DIR [OPTIONS]\n\n"
    "  create TOPIC [--partitions N]\n"
    "  list\n"
    "  describe TOPIC\n"
    "  delete TOPIC\n"
    "  produce TOPIC    one record per line of standard input; creates the topic if need be\n"
    "      --partitions N         of a topic to create (default 1)\n"
    "      --key-separator C      the part of a line before the first C is the key\n"
    "      --timestamp-field F    lines are JSON; member F is the record's time in ms\n"
    "      --durability D         power-loss (default) or process-crash\n"
    "  consume TOPIC    write the records to standard output, up to the newest\n"
    "      --from-beginning       from the oldest record (otherwise there is nothing to write)\n"
    "      --max N                at most N records\n"
    "      --json                 one object per record: partition, offset, timestamp, key,\n"
    "                             value, headers\n\n"
    "Exit code: 0 done, 1 it failed, 2 wrong usage.\n";

enum {
    OPTION_HELP = 1,
    OPTION_DATA,
    OPTION_PARTITIONS,
    OPTION_KEY_SEPARATOR,
    OPTION_TIMESTAMP_FIELD,
    OPTION_FROM_BEGINNING,
    OPTION_MAX,
    OPTION_JSON,
    OPTION_DURABILITY
};

static const struct option options[] = {
    {"help", no_argument, NULL, OPTION_HELP},
    {"data", required_argument, NULL, OPTION_DATA},
    {"partitions", required_argument, NULL, OPTION_PARTITIONS},
    {"key-separator", required_argument, NULL, OPTION_KEY_SEPARATOR},
    {"timestamp-field", required_argument, NULL, OPTION_TIMESTAMP_FIELD},
    {"from-beginning", no_argument, NULL, OPTION_FROM_BEGINNING},
    {"max", required_argument, NULL, OPTION_MAX},
    {"json", no_argument, NULL, OPTION_JSON},
    {"durability", required_argument, NULL, OPTION_DURABILITY},
    {NULL, 0, NULL, 0},
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
        .has_key_separator = run->has_key_separator,
        .key_separator = run->key_separator,
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
    if (run->has_key_separator && record->key.data) {
        buffer_append_text(out, record->key);
        buffer_append_byte(out, run->key_separator);
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

/* --- Options ------------------------------------------------------------------------------ */

static int usage_error(const char *message)
{
    (void)fprintf(stderr, "leat topic: %s\n\n%s", message, help);
    return 2;
}

static enum status take_value_option(struct topic_run *run, int option)
{
    switch (option) {
    case OPTION_PARTITIONS:
        return number_option_parse("partitions", optarg, 1, 1024, &run->partition_count,
                                   &run->diag);
    case OPTION_MAX:
        return number_option_parse("max", optarg, 0, INT64_MAX, &run->count_max, &run->diag);
    case OPTION_DURABILITY:
        return durability_parse(optarg, &run->durability, &run->diag);
    case OPTION_KEY_SEPARATOR:
        run->has_key_separator = true;
        run->key_separator = optarg[0];
        return strlen(optarg) == 1 ? STATUS_OK
                                   : diag_fail(&run->diag, STATUS_INVALID, SQL_POS_NONE,
                                               "--key-separator wants one character");
    default:
        return diag_fail(&run->diag, STATUS_INVALID, SQL_POS_NONE, "unknown option");
    }
}

/* Returns -1 to go on, or the exit code. */
static int take_option(struct topic_run *run, int option)
{
    switch (option) {
    case OPTION_HELP:
        (void)fputs(help, stdout);
        return 0;
    case OPTION_DATA:
        run->data_dir = optarg;
        return -1;
    case OPTION_TIMESTAMP_FIELD:
        run->timestamp_field = optarg;
        return -1;
    case OPTION_FROM_BEGINNING:
        run->from_beginning = true;
        return -1;
    case OPTION_JSON:
        run->as_json = true;
        return -1;
    default:
        return take_value_option(run, option) == STATUS_OK ? -1 : usage_error(run->diag.message);
    }
}

static int take_options(struct topic_run *run, int argc, char **argv, size_t *out_action)
{
    int option = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        const int code = take_option(run, option);
        if (code >= 0) {
            return code;
        }
    }
    size_t i = 0;
    const size_t count = sizeof(actions) / sizeof(actions[0]);
    while (optind < argc && i < count && strcmp(argv[optind], actions[i].name) != 0) {
        i++;
    }
    if (optind == argc || i == count) {
        return usage_error("an action is needed: create, list, describe, delete, produce, consume");
    }
    if (argc - optind != (actions[i].needs_topic ? 2 : 1)) {
        return usage_error(actions[i].needs_topic ? "one topic is needed"
                                                  : "too many arguments");
    }
    run->topic = actions[i].needs_topic ? argv[optind + 1] : NULL;
    *out_action = i;
    return run->data_dir ? -1 : usage_error("--data is needed");
}

static enum status run_action(struct topic_run *run, size_t action)
{
    const struct engine_options engine_options = {
        .data_dir = run->data_dir, .durability = run->durability, .is_manual = true};
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
    int code = take_options(run, argc, argv, &action);
    if (code < 0) {
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
