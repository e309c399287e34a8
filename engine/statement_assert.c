/* statement_assert.c
 *
 * ASSERT TOPIC and ASSERT SCHEMA: wait until a topic or a schema exists (or not) as described.
 * They look every 100 ms, as ksqlDB does, and hold no lock in between, so that other statements
 * can bring about what they wait for.
 */
#include <stdlib.h>
#include <time.h>

#include "base/buffer.h"
#include "engine/entity.h"
#include "engine/execution.h"

enum { POLL_MS = 100, TIMEOUT_DEFAULT_MS = 1000 };

/* A number, also written as a string. */
static bool read_integer(struct arena *arena, const struct expression *value, int64_t *out)
{
    if (value->kind == EXPRESSION_INTEGER) {
        *out = value->integer;
        return true;
    }
    if (value->kind == EXPRESSION_BIGINT) {
        *out = value->bigint;
        return true;
    }
    const struct text text =
        value->kind == EXPRESSION_STRING ? arena_text(arena, value->string) : TEXT("");
    char *end = NULL;
    *out = text.data ? strtoll(text.data, &end, 10) : 0;
    return text.bytes > 0 && end == text.data + text.bytes;
}

static enum status check_property(struct execution *execution, const struct property *property,
                                  const struct topic *topic)
{
    const struct text name = execution->statement->assert_topic.topic.name;
    const bool is_partitions = text_equal(property->name, TEXT("PARTITIONS"));
    if (!is_partitions && !text_equal(property->name, TEXT("REPLICAS"))) {
        return diag_fail(execution->diag, STATUS_INVALID, property->pos,
                         "Cannot assert unknown topic property: %.*s", TEXT_ARGS(property->name));
    }
    const char *config = is_partitions ? "partitions" : "replicas";
    const int64_t found = is_partitions ? (int64_t)topic_partition_count(topic) : 1;
    int64_t expected = 0;
    if (!read_integer(execution->arena, property->value, &expected)) {
        return diag_fail(execution->diag, STATUS_INVALID, property->value->pos,
                         "The value of %s must be an integer", config);
    }
    if (expected != found) {
        return diag_fail(execution->diag, STATUS_CONFLICT, property->pos,
                         "Mismatched configuration for topic %.*s: For config %s, expected %lld "
                         "got %lld",
                         TEXT_ARGS(name), config, (long long)expected, (long long)found);
    }
    return STATUS_OK;
}

static enum status check_topic(struct execution *execution, const struct topic *topic)
{
    const struct assert_topic_statement *assertion = &execution->statement->assert_topic;
    const struct text name = assertion->topic.name;
    if (assertion->not_exists) {
        return !topic ? STATUS_OK
                      : diag_fail(execution->diag, STATUS_CONFLICT, assertion->topic.pos,
                                  "Topic %.*s exists", TEXT_ARGS(name));
    }
    if (!topic) {
        return diag_fail(execution->diag, STATUS_MISSING, assertion->topic.pos,
                         "Topic %.*s does not exist", TEXT_ARGS(name));
    }
    for (size_t i = 0; i < assertion->properties.count; i++) {
        TRY(check_property(execution, &assertion->properties.items[i], topic));
    }
    return STATUS_OK;
}

static enum status check_topic_once(struct execution *execution)
{
    struct topic *topic =
        topics_find(execution->engine->topics, execution->statement->assert_topic.topic.name);
    const enum status status = check_topic(execution, topic);
    topic_unref(topic);
    return status;
}

static int64_t timeout_ms(struct execution *execution, const struct duration *timeout,
                          const char *setting)
{
    if (timeout->is_present) {
        return timeout->ms;
    }
    const struct text text = execution_setting(execution, setting);
    return text.data ? strtoll(text.data, NULL, 10) : TIMEOUT_DEFAULT_MS;
}

static void sleep_ms(int64_t ms)
{
    const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&time, NULL);
}

/* Calls check until it holds, cannot hold, or time is up. */
static enum status wait_until(struct execution *execution,
                              enum status (*check)(struct execution *execution), int64_t left_ms)
{
    enum status status = check(execution);
    while (status != STATUS_OK && status != STATUS_INVALID && left_ms > 0) {
        const int64_t pause_ms = left_ms < POLL_MS ? left_ms : POLL_MS;
        sleep_ms(pause_ms);
        left_ms -= pause_ms;
        status = check(execution);
    }
    return status;
}

enum status statement_assert_topic(struct execution *execution)
{
    const struct assert_topic_statement *assertion = &execution->statement->assert_topic;
    TRY(wait_until(execution, check_topic_once,
                   timeout_ms(execution, &assertion->timeout,
                              "ksql.assert.topic.default.timeout.ms")));
    json_t *entity = json_object();
    entity_set(&entity, "@type", json_string("assert_topic"));
    entity_set(&entity, "topicName", entity_text(assertion->topic.name));
    entity_set(&entity, "exists", json_boolean(!assertion->not_exists));
    return execution_give(execution, entity);
}

/* --- Schemas ---------------------------------------------------------------------------------- */

static bool has_schema(const struct execution *execution)
{
    const struct assert_schema_statement *assertion = &execution->statement->assert_schema;
    struct schema_store *store = &execution->engine->schemas;
    const bool is_id = assertion->id > 0 && assertion->id <= UINT32_MAX;
    const uint32_t id = is_id ? (uint32_t)assertion->id : 0;
    if (assertion->has_id && !is_id) {
        return false;
    }
    if (assertion->has_subject) {
        uint32_t latest = 0;
        return assertion->has_id ? schema_store_has_version(store, assertion->subject.name, id)
                                 : schema_store_latest(store, assertion->subject.name, &latest);
    }
    struct registered_schema schema;
    return store->registry.find(store->registry.context, id, execution->arena, &schema, NULL) ==
           STATUS_OK;
}

/* "Schema with subject name s id 3" */
static void print_schema(const struct assert_schema_statement *assertion, struct buffer *out)
{
    buffer_append_string(out, "Schema with");
    if (assertion->has_subject) {
        buffer_printf(out, " subject name %.*s", TEXT_ARGS(assertion->subject.name));
    }
    if (assertion->has_id) {
        buffer_printf(out, " id %lld", (long long)assertion->id);
    }
}

static enum status check_schema_once(struct execution *execution)
{
    const struct assert_schema_statement *assertion = &execution->statement->assert_schema;
    if (has_schema(execution) != assertion->not_exists) {
        return STATUS_OK;
    }
    struct buffer what;
    buffer_init(&what);
    print_schema(assertion, &what);
    const enum status status =
        diag_fail(execution->diag, assertion->not_exists ? STATUS_CONFLICT : STATUS_MISSING,
                  execution->statement->pos, "%.*s %s", TEXT_ARGS(buffer_text(&what)),
                  assertion->not_exists ? "exists" : "does not exist");
    buffer_release(&what);
    return status;
}

enum status statement_assert_schema(struct execution *execution)
{
    const struct assert_schema_statement *assertion = &execution->statement->assert_schema;
    if (!assertion->has_subject && !assertion->has_id) {
        return diag_fail(execution->diag, STATUS_INVALID, execution->statement->pos,
                         "ASSERT SCHEMA statements much include a subject name or an id");
    }
    TRY(wait_until(execution, check_schema_once,
                   timeout_ms(execution, &assertion->timeout,
                              "ksql.assert.schema.default.timeout.ms")));
    json_t *entity = json_object();
    entity_set(&entity, "@type", json_string("assert_schema"));
    entity_set(&entity, "subject",
               assertion->has_subject ? entity_text(assertion->subject.name) : json_null());
    entity_set(&entity, "id", assertion->has_id ? json_integer(assertion->id) : json_null());
    entity_set(&entity, "exists", json_boolean(!assertion->not_exists));
    return execution_give(execution, entity);
}
