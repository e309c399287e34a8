/* settings.c
 *
 * Known properties stand in one sorted table with their defaults. A session's settings are a
 * short list over the server's, so finding one is two linear looks; nothing on the record path
 * asks for settings by name.
 *
 * SET checks a name at once (ksqlDB checks its deny-list only when the next statement runs).
 */
#include "engine/settings.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

#define SESSION true
#define SERVER false

static const struct setting_info known_settings[] = {
    {"application.id", NULL, SESSION, "Kafka Streams id; without effect here"},
    {"auto.offset.reset", "latest", SESSION, "where a new query starts: earliest or latest"},
    {"bootstrap.servers", NULL, SERVER, "the Kafka cluster; none: embedded topics"},
    {"cache.max.bytes.buffering", "10000000", SESSION,
     "0: every change of a table is emitted; else changes of one key may be merged"},
    {"commit.interval.ms", "2000", SESSION, "longest time that output may be held back"},
    {"ksql.assert.schema.default.timeout.ms", "1000", SESSION, "how long ASSERT SCHEMA waits"},
    {"ksql.assert.topic.default.timeout.ms", "1000", SESSION, "how long ASSERT TOPIC waits"},
    {"ksql.cast.strings.preserve.nulls", "true", SESSION, "CAST of NULL to STRING gives NULL"},
    {"ksql.create.or.replace.enabled", "true", SESSION, "CREATE OR REPLACE is allowed"},
    {"ksql.extension.dir", NULL, SERVER, "its *.so files add functions; none: no directory"},
    {"ksql.fail.on.deserialization.error", "false", SESSION,
     "a record that cannot be decoded ends the query"},
    {"ksql.functions.collect_list.limit", NULL, SESSION, "most items of COLLECT_LIST"},
    {"ksql.functions.collect_set.limit", NULL, SESSION, "most items of COLLECT_SET"},
    {"ksql.headers.columns.enabled", "true", SERVER, "HEADERS columns are allowed"},
    {"ksql.hidden.topics", "_confluent.*,__confluent.*,_schemas,__consumer_offsets,"
                           "__transaction_state,connect-configs,connect-offsets,connect-status,"
                           "connect-statuses", SERVER, "topics that SHOW TOPICS leaves out"},
    {"ksql.insert.into.values.enabled", "true", SESSION, "INSERT INTO .. VALUES is allowed"},
    {"ksql.lambdas.enabled", "true", SESSION, "lambda functions are allowed"},
    {"ksql.logging.processing.rows.include", "true", SERVER,
     "processing log entries carry the record"},
    {"ksql.nested.error.set.null", "true", SESSION, "a failing nested call is NULL by itself"},
    {"ksql.output.topic.name.prefix", "", SESSION, "put before the names of new topics"},
    {"ksql.persistence.default.format.key", "KAFKA", SESSION, "KEY_FORMAT where none is given"},
    {"ksql.persistence.default.format.value", NULL, SESSION, "VALUE_FORMAT where none is given"},
    {"ksql.persistence.wrap.single.values", NULL, SESSION, "WRAP_SINGLE_VALUE where none is given"},
    {"ksql.pull.queries.enable", "true", SERVER, "pull queries are allowed"},
    {"ksql.query.persistent.active.limit", "2147483647", SERVER, "most persistent queries"},
    {"ksql.query.pull.limit.clause.enabled", "true", SESSION, "LIMIT in pull queries"},
    {"ksql.query.pull.range.scan.enabled", "true", SESSION, "key ranges in pull queries"},
    {"ksql.query.pull.stream.enabled", "true", SESSION, "pull queries on streams"},
    {"ksql.query.pull.table.scan.enabled", "true", SESSION, "pull queries may read whole tables"},
    {"ksql.query.push.v2.enabled", "false", SESSION,
     "push queries that follow a query are named SCALABLE_PUSH_QUERY_*"},
    {"ksql.readonly.topics", "_confluent.*,__confluent.*,_schemas,__consumer_offsets,"
                             "__transaction_state,connect-configs,connect-offsets,connect-status,"
                             "connect-statuses", SERVER, "topics that cannot be written"},
    {"ksql.schema.registry.url", "", SERVER, "the schema registry"},
    {"ksql.service.id", "default_", SERVER, "names this service in shared resources"},
    {"ksql.source.table.materialization.enabled", "true", SERVER,
     "CREATE SOURCE TABLE can be queried"},
    {"ksql.suppress.enabled", "true", SESSION, "EMIT FINAL is allowed"},
    {"ksql.timestamp.throw.on.invalid", "false", SESSION, "a bad TIMESTAMP column ends the query"},
    {"ksql.udfs.enabled", "true", SERVER, "ksql.extension.dir is looked into"},
    {"ksql.variable.substitution.enable", "true", SESSION, "variables are replaced"},
    {"max.poll.records", NULL, SESSION, "Kafka consumer; without effect here"},
    {"num.stream.threads", "4", SESSION, "Kafka Streams; without effect here"},
    {"processing.guarantee", "exactly_once_v2", SESSION, "always exactly once here"},
};

enum { KNOWN_COUNT = sizeof(known_settings) / sizeof(known_settings[0]) };

const struct setting_info *settings_table(size_t *out_count)
{
    *out_count = KNOWN_COUNT;
    return known_settings;
}

struct text settings_base_name(struct text name)
{
    const struct text prefix = TEXT("ksql.streams.");
    if (text_starts_with(name, prefix)) {
        return (struct text){name.data + prefix.bytes, name.bytes - prefix.bytes};
    }
    return name;
}

static int compare_info(const void *key, const void *row)
{
    const struct text *name = key;
    return text_compare(*name, text_of(((const struct setting_info *)row)->name));
}

static const struct setting_info *find_info(struct text name)
{
    return bsearch(&name, known_settings, KNOWN_COUNT, sizeof(known_settings[0]), compare_info);
}

void settings_init(struct settings *settings, const struct settings *below)
{
    *settings = (struct settings){.below = below};
}

void settings_release(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        memory_free(settings->values[i].name);
        memory_free(settings->values[i].value);
    }
    memory_free(settings->values);
    settings_init(settings, settings->below);
}

static char *copy_text(struct text text)
{
    char *copy = memory_alloc(text.bytes + 1);
    if (copy) {
        memcpy(copy, text.data, text.bytes);
        copy[text.bytes] = '\0';
    }
    return copy;
}

static struct setting_value *find_here(const struct settings *settings, struct text name)
{
    for (size_t i = 0; i < settings->count; i++) {
        if (text_equal(text_of(settings->values[i].name), name)) {
            return &settings->values[i];
        }
    }
    return NULL;
}

static enum status check_name(struct text name, bool is_server, struct diag *diag)
{
    const struct setting_info *info = find_info(name);
    const bool is_function = text_starts_with(name, TEXT("ksql.functions."));
    if (is_server || is_function) {
        return STATUS_OK;
    }
    if (!info) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Unknown property: %.*s",
                         TEXT_ARGS(name));
    }
    if (!info->is_session) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Cannot override property '%.*s'",
                         TEXT_ARGS(name));
    }
    return STATUS_OK;
}

enum status settings_check_name(struct text name, struct diag *diag)
{
    return check_name(settings_base_name(name), false, diag);
}

enum status settings_check_property(struct text name, struct diag *diag)
{
    const struct text base = settings_base_name(name);
    if (!find_info(base) && !text_starts_with(base, TEXT("ksql.functions."))) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Not recognizable as ksql, streams, consumer, or producer property: "
                         "'%.*s'",
                         TEXT_ARGS(name));
    }
    return check_name(base, false, diag);
}

static enum status check_boolean(struct text name, struct text value, struct diag *diag)
{
    if (text_equal_nocase(value, TEXT("true")) || text_equal_nocase(value, TEXT("false"))) {
        return STATUS_OK;
    }
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "Invalid value %.*s for configuration %.*s: Expected value to be either true "
                     "or false",
                     TEXT_ARGS(value), TEXT_ARGS(name));
}

static enum status check_number(struct text name, struct text value, struct diag *diag)
{
    size_t digits = 0;
    for (size_t i = value.bytes > 1 && value.data[0] == '-'; i < value.bytes; i++) {
        if (value.data[i] < '0' || value.data[i] > '9') {
            digits = 0;
            break;
        }
        digits++;
    }
    return digits > 0 && digits <= 18
               ? STATUS_OK
               : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                           "Invalid value %.*s for configuration %.*s: Not a number of type %s",
                           TEXT_ARGS(value), TEXT_ARGS(name),
                           text_equal(name, TEXT("commit.interval.ms")) ||
                                   text_equal(name, TEXT("cache.max.bytes.buffering"))
                               ? "LONG"
                               : "INT");
}

/* A value is of the kind that the default is. */
static enum status check_kind(struct text name, struct text value, struct diag *diag)
{
    const struct setting_info *info = find_info(name);
    const char *usual = info && info->default_value ? info->default_value : "";
    if (strcmp(usual, "true") == 0 || strcmp(usual, "false") == 0) {
        return check_boolean(name, value, diag);
    }
    return *usual >= '0' && *usual <= '9' ? check_number(name, value, diag) : STATUS_OK;
}

static enum status check_value(struct text name, struct text value, struct diag *diag)
{
    if (!text_equal(name, TEXT("auto.offset.reset"))) {
        return check_kind(name, value, diag);
    }
    if (text_equal_nocase(value, TEXT("none"))) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "'none' is not valid for this property within KSQL");
    }
    if (!text_equal_nocase(value, TEXT("earliest")) && !text_equal_nocase(value, TEXT("latest"))) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid value %.*s for configuration auto.offset.reset: String must be "
                         "one of: latest, earliest, none",
                         TEXT_ARGS(value));
    }
    return STATUS_OK;
}

static enum status add_value(struct settings *settings, struct text name, char *value,
                             struct diag *diag)
{
    if (settings->count == settings->capacity) {
        const size_t capacity = settings->capacity ? settings->capacity * 2 : 8;
        struct setting_value *values =
            memory_resize(settings->values, capacity * sizeof(*values));
        if (!values) {
            return diag_no_memory(diag);
        }
        settings->values = values;
        settings->capacity = capacity;
    }
    char *copy = copy_text(name);
    if (!copy) {
        return diag_no_memory(diag);
    }
    settings->values[settings->count++] = (struct setting_value){.name = copy, .value = value};
    return STATUS_OK;
}

enum status settings_set(struct settings *settings, struct text name, struct text value,
                         bool is_server, struct diag *diag)
{
    const struct text base = settings_base_name(name);
    TRY(check_name(base, is_server, diag));
    TRY(check_value(base, value, diag));
    char *copy = copy_text(value);
    if (!copy) {
        return diag_no_memory(diag);
    }
    struct setting_value *here = find_here(settings, base);
    if (here) {
        memory_free(here->value);
        here->value = copy;
        return STATUS_OK;
    }
    const enum status status = add_value(settings, base, copy, diag);
    if (status != STATUS_OK) {
        memory_free(copy);
    }
    return status;
}

enum status settings_copy(struct settings *to, const struct settings *from, struct diag *diag)
{
    for (size_t i = 0; i < from->count; i++) {
        TRY(settings_set(to, text_of(from->values[i].name), text_of(from->values[i].value), true,
                         diag));
    }
    return STATUS_OK;
}

bool settings_unset(struct settings *settings, struct text name)
{
    struct setting_value *here = find_here(settings, settings_base_name(name));
    if (!here) {
        return false;
    }
    memory_free(here->name);
    memory_free(here->value);
    *here = settings->values[--settings->count];
    return true;
}

struct text settings_find(const struct settings *settings, struct text name)
{
    const struct text base = settings_base_name(name);
    for (const struct settings *level = settings; level; level = level->below) {
        const struct setting_value *here = find_here(level, base);
        if (here) {
            return text_of(here->value);
        }
    }
    const struct setting_info *info = find_info(base);
    return info ? text_of(info->default_value) : (struct text){NULL, 0};
}

bool settings_is_true(const struct settings *settings, const char *name)
{
    return text_equal_nocase(settings_find(settings, text_of(name)), TEXT("true"));
}

bool settings_cache_is_off(const struct settings *settings)
{
    return text_equal(settings_find(settings, TEXT("cache.max.bytes.buffering")), TEXT("0"));
}
