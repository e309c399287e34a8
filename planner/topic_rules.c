/* topic_rules.c
 *
 * A topic that exists is used as it is: what the statement says about it must then agree. The
 * number of replicas is accepted and ignored, since a record is stored once here.
 */
#include "planner/topic_rules.h"

#include <assert.h>

#include "base/bounds.h"
#include "parser/printer.h"
#include "planner/settings.h"

static enum status check_topic_name(const struct planner *planner, struct text topic)
{
    if (topic.bytes == 0) {
        return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                         "Failed to prepare statement: Topic name must not be empty");
    }
    if (topic.bytes > TOPIC_NAME_BYTES_MAX) {
        return diag_fail(planner->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Topic name is longer than %d bytes: '%.60s...'", TOPIC_NAME_BYTES_MAX,
                         topic.data);
    }
    for (size_t i = 0; i < topic.bytes; i++) {
        const char c = topic.data[i];
        const bool is_legal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        if (!is_legal) {
            return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                             "Topic name '%.*s' is illegal, it contains a character other than "
                             "ASCII alphanumerics, '.', '_' and '-'",
                             TEXT_ARGS(topic));
        }
    }
    return STATUS_OK;
}

static enum status check_retention(const struct planner *planner,
                                   const struct properties *properties, bool is_table,
                                   bool is_windowed)
{
    const struct property_value *retention = &properties->values[PROPERTY_RETENTION_MS];
    if (!retention->is_set || !is_table || is_windowed) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, retention->pos,
                     "Invalid config variable in the WITH clause: RETENTION_MS. Non-windowed "
                     "tables do not support retention.");
}

/* What the statement says must be what the topic has. */
static enum status check_existing(const struct planner *planner,
                                  const struct properties *properties, struct text topic,
                                  const struct catalog_topic *found)
{
    const struct property_value *partitions = &properties->values[PROPERTY_PARTITIONS];
    if (partitions->is_set && partitions->number != found->partition_count) {
        return diag_fail(planner->diag, STATUS_INVALID, partitions->pos,
                         "A Kafka topic with the name '%.*s' already exists, with different "
                         "partition/replica configuration than required. KSQL expects %lld "
                         "partitions (topic has %u), and 1 replication factor (topic has 1)",
                         TEXT_ARGS(topic), (long long)partitions->number, found->partition_count);
    }
    return STATUS_OK;
}

/* The statement with PARTITIONS=2: what would make the topic. */
static enum status example_of(const struct planner *planner,
                              const struct create_source_statement *statement, struct buffer *out)
{
    const struct property_list *given = &statement->properties;
    struct property *items = arena_array(planner->arena, given->count + 1, sizeof(*items));
    struct expression *two = ARENA_NEW(planner->arena, struct expression);
    if (!items || !two) {
        return diag_no_memory(planner->diag);
    }
    two->kind = EXPRESSION_INTEGER;
    two->depth = 1;
    two->integer = 2;
    memcpy(items, given->items, given->count * sizeof(*items));
    items[given->count] = (struct property){.name = text_of(property_name(PROPERTY_PARTITIONS)),
                                            .written_name = TEXT("PARTITIONS"),
                                            .value = two};
    struct statement example = {.kind = STATEMENT_CREATE_SOURCE, .create_source = *statement};
    example.create_source.properties.items = items;
    example.create_source.properties.count = given->count + 1;
    printer_statement(out, &example);
    return buffer_status(out, planner->diag);
}

static enum status fail_missing(const struct planner *planner, struct text topic,
                                const struct create_source_statement *statement)
{
    struct buffer example;
    buffer_init(&example);
    enum status status = example_of(planner, statement, &example);
    if (status == STATUS_OK) {
        status = diag_fail(planner->diag, STATUS_MISSING, statement->name.pos,
                           "Topic '%.*s' does not exist. If you want to create a new topic for "
                           "the stream/table please re-run the statement providing the required "
                           "'PARTITIONS' configuration in the WITH clause (and optionally "
                           "'REPLICAS'). For example: %.*s;",
                           TEXT_ARGS(topic), TEXT_ARGS(buffer_text(&example)));
    }
    buffer_release(&example);
    return status;
}

enum status topic_choose_for_create(const struct planner *planner,
                                    const struct properties *properties,
                                    const struct create_source_statement *statement,
                                    bool is_windowed, struct topic_choice *out)
{
    assert(statement);
    const struct property_value *topic = &properties->values[PROPERTY_KAFKA_TOPIC];
    const struct property_value *partitions = &properties->values[PROPERTY_PARTITIONS];
    const struct property_value *retention = &properties->values[PROPERTY_RETENTION_MS];
    if (!topic->is_set) {
        return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                         "Failed to prepare statement: Missing required property \"KAFKA_TOPIC\" "
                         "which has no default value.");
    }
    TRY(check_topic_name(planner, topic->text));
    TRY(check_retention(planner, properties, statement->kind == AST_SOURCE_TABLE, is_windowed));
    *out = (struct topic_choice){.topic = topic->text,
                                 .retention_ms = retention->is_set ? retention->number : -1};
    struct catalog_topic found;
    if (planner->catalog->find_topic(planner->catalog->context, topic->text, &found)) {
        return check_existing(planner, properties, topic->text, &found);
    }
    if (!partitions->is_set) {
        return fail_missing(planner, topic->text, statement);
    }
    out->partition_count = (uint32_t)partitions->number;
    return STATUS_OK;
}

static uint32_t inherited_partitions(const struct planner *planner, const struct source *leftmost)
{
    struct catalog_topic found;
    const struct catalog *catalog = planner->catalog;
    if (catalog->find_topic(catalog->context, leftmost->topic, &found)) {
        return found.partition_count;
    }
    return 1;
}

enum status topic_choose_for_sink(const struct planner *planner,
                                  const struct properties *properties, struct text name,
                                  const struct source *leftmost, bool is_table,
                                  const struct window_spec *window, struct topic_choice *out)
{
    const struct property_value *topic = &properties->values[PROPERTY_KAFKA_TOPIC];
    const struct property_value *partitions = &properties->values[PROPERTY_PARTITIONS];
    const struct property_value *retention = &properties->values[PROPERTY_RETENTION_MS];
    const bool is_windowed = window->kind != WINDOW_NONE;
    *out = (struct topic_choice){.topic = topic->text,
                                 .retention_ms = retention->is_set ? retention->number : -1};
    if (!topic->is_set) {
        const struct text prefix = setting_text(planner, "ksql.output.topic.name.prefix", "");
        out->topic = arena_printf(planner->arena, "%.*s%.*s", TEXT_ARGS(prefix), TEXT_ARGS(name));
        if (!out->topic.data) {
            return diag_no_memory(planner->diag);
        }
    }
    TRY(check_topic_name(planner, out->topic));
    TRY(check_retention(planner, properties, is_table, is_windowed));
    if (is_windowed && out->retention_ms >= 0 && out->retention_ms < window->retention_ms) {
        out->retention_ms = window->retention_ms;
    }
    struct catalog_topic found;
    if (planner->catalog->find_topic(planner->catalog->context, out->topic, &found)) {
        return check_existing(planner, properties, out->topic, &found);
    }
    out->partition_count =
        partitions->is_set ? (uint32_t)partitions->number : inherited_partitions(planner, leftmost);
    return STATUS_OK;
}
