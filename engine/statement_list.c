/* statement_list.c
 *
 * SHOW and LIST. A table goes from subject to the function that builds the list, and says what the
 * entity and its list are called; every list is sorted by name, so that two looks at the
 * same things compare equal.
 */
#include <stdlib.h>

#include "base/buffer.h"
#include "engine/cursor.h"
#include "engine/entity.h"
#include "engine/execution.h"
#include "engine/query.h"
#include "engine/statement_query.h"

/* --- Properties --------------------------------------------------------------------------- */

/* Names of ksqlDB's own settings stand as they are, others belong to Kafka Streams. */
static struct text full_name(struct arena *arena, struct text name)
{
    return text_starts_with(name, TEXT("ksql.")) || text_equal(name, TEXT("listeners"))
               ? name
               : arena_printf(arena, "ksql.streams.%.*s", TEXT_ARGS(name));
}

/* Settings whose values nobody should see. */
static bool is_secret(const char *name)
{
    static const char *const words[] = {"password", "secret", "credential", "jaas", "user.info"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strstr(name, words[i])) {
            return true;
        }
    }
    return false;
}

static const struct setting_info *find_info(struct text name)
{
    size_t count = 0;
    const struct setting_info *table = settings_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (text_equal(text_of(table[i].name), name)) {
            return &table[i];
        }
    }
    return NULL;
}

static bool is_set(const struct settings *settings, struct text name)
{
    for (size_t i = 0; i < settings->count; i++) {
        if (text_equal(text_of(settings->values[i].name), name)) {
            return true;
        }
    }
    return false;
}

/* The three lists of the entity. */
struct property_lists {
    json_t *properties;
    json_t *overwritten;
    json_t *defaults;
};

static void add_property(struct execution *execution, const char *name,
                         struct property_lists *lists)
{
    const struct settings *settings = &execution->session->settings;
    const struct text base = text_of(name);
    const struct setting_info *info = find_info(base);
    const struct text full = full_name(execution->arena, base);
    const struct text value = settings_find(settings, base);
    const bool is_session = info && info->is_session;
    if (is_secret(name)) {
        return;
    }
    json_t *property = json_object();
    entity_set(&property, "name", full.data ? entity_text(full) : NULL);
    entity_set(&property, "scope", json_string("KSQL"));
    entity_set(&property, "value", entity_text(value));
    entity_set(&property, "editable", json_boolean(is_session));
    entity_set(&property, "level", json_string(is_session ? "QUERY" : "SERVER"));
    entity_append(&lists->properties, property);
    if (is_set(settings, base)) {
        entity_append(&lists->overwritten, entity_text(full));
    }
    if (info && text_equal(value, text_of(info->default_value))) {
        entity_append(&lists->defaults, entity_text(full));
    }
}

static int compare_names(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;
    return strcmp(*left, *right);
}

/* The known names and those set beside them, sorted, each once. */
static enum status property_names(struct execution *execution, const char ***out, size_t *out_count)
{
    size_t known_count = 0;
    const struct setting_info *known = settings_table(&known_count);
    const struct settings *levels[] = {&execution->engine->settings, &execution->session->settings};
    const size_t most = known_count + levels[0]->count + levels[1]->count;
    const char **names = arena_array(execution->arena, most, sizeof(*names));
    if (!names) {
        return diag_no_memory(execution->diag);
    }
    size_t count = 0;
    for (size_t i = 0; i < known_count; i++) {
        names[count++] = known[i].name;
    }
    for (size_t level = 0; level < 2; level++) {
        for (size_t i = 0; i < levels[level]->count; i++) {
            const char *name = levels[level]->values[i].name;
            if (!find_info(text_of(name)) && (level == 0 || !is_set(levels[0], text_of(name)))) {
                names[count++] = name;
            }
        }
    }
    qsort(names, count, sizeof(*names), compare_names);
    *out = names;
    *out_count = count;
    return STATUS_OK;
}

static enum status give_properties(struct execution *execution)
{
    const char **names = NULL;
    size_t count = 0;
    TRY(property_names(execution, &names, &count));
    struct property_lists lists = {json_array(), json_array(), json_array()};
    for (size_t i = 0; i < count; i++) {
        add_property(execution, names[i], &lists);
    }
    return execution_give(execution,
                          json_pack("{s:s, s:o, s:o, s:o}", "@type", "properties", "properties",
                                    lists.properties, "overwrittenProperties", lists.overwritten,
                                    "defaultProperties", lists.defaults));
}

/* --- Topics ------------------------------------------------------------------------------- */

static json_t *replica_counts(const struct topic *topic)
{
    json_t *counts = json_array();
    for (uint32_t i = 0; i < topic_partition_count(topic); i++) {
        entity_append(&counts, json_integer(1));
    }
    return counts;
}

/* Every query that reads the topic is a consumer group of one consumer. */
static uint64_t reader_count(const struct engine *engine, const struct topic *topic)
{
    uint64_t count = 0;
    for (size_t i = 0; i < engine->query_count; i++) {
        const struct plan *plan = engine->queries[i]->plan;
        bool reads = false;
        for (uint32_t j = 0; j < plan->source_count; j++) {
            reads = reads || text_equal(plan->sources[j]->source.source->topic, topic_name(topic));
        }
        count += reads;
    }
    return count;
}

static json_t *topic_line(const struct engine *engine, const struct topic *topic, bool is_extended)
{
    json_t *line = json_object();
    entity_set(&line, "name", entity_text(topic_name(topic)));
    entity_set(&line, "replicaInfo", replica_counts(topic));
    if (is_extended) {
        const uint64_t count = reader_count(engine, topic);
        entity_set(&line, "consumerCount", entity_count(count));
        entity_set(&line, "consumerGroupCount", entity_count(count));
    }
    return line;
}

static enum status list_topics(struct execution *execution, bool is_all, json_t **out)
{
    struct topic **topics = NULL;
    size_t count = 0;
    TRY(topics_list(execution->engine->topics, &topics, &count, execution->diag));
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (is_all ||
            !topic_patterns_match(&execution->engine->hidden_topics, topic_name(topics[i]))) {
            entity_append(&list, topic_line(execution->engine, topics[i],
                                            execution->statement->list.is_extended));
        }
    }
    topics_free_list(topics);
    *out = list;
    return STATUS_OK;
}

static enum status give_topics(struct execution *execution)
{
    const struct list_statement *statement = &execution->statement->list;
    json_t *list = NULL;
    TRY(list_topics(execution, statement->is_all, &list));
    const char *type = statement->is_extended ? "kafka_topics_extended" : "kafka_topics";
    return execution_give(execution, json_pack("{s:s, s:o}", "@type", type, "topics", list));
}

/* --- Queries ------------------------------------------------------------------------------ */

static bool append_line(void *context, const struct query_view *view)
{
    json_t **list = context;
    entity_append(list, entity_query_line(view));
    return true;
}

static enum status give_queries(struct execution *execution)
{
    struct engine *engine = execution->engine;
    json_t *list = json_array();
    for (size_t i = 0; i < engine->query_count; i++) {
        entity_append(&list, entity_query(engine->queries[i], false));
    }
    push_visit(engine, append_line, &list);
    return execution_give(execution, json_pack("{s:s, s:o}", "@type", "queries", "queries", list));
}

struct descriptions {
    const struct engine *engine;
    json_t *list;
};

static bool append_description(void *context, const struct query_view *view)
{
    struct descriptions *descriptions = context;
    entity_append(&descriptions->list, entity_query_description(descriptions->engine, view));
    return true;
}

static enum status give_query_descriptions(struct execution *execution)
{
    struct engine *engine = execution->engine;
    struct descriptions descriptions = {.engine = engine, .list = json_array()};
    for (size_t i = 0; i < engine->query_count; i++) {
        const struct query_view view = query_view_of(engine->queries[i]);
        (void)append_description(&descriptions, &view);
    }
    push_visit(engine, append_description, &descriptions);
    return execution_give(execution, json_pack("{s:s, s:o}", "@type", "query_descriptions",
                                               "queryDescriptions", descriptions.list));
}

/* --- Sources ------------------------------------------------------------------------------ */

static enum status give_sources(struct execution *execution, bool is_table, const char *name)
{
    const bool is_extended = execution->statement->list.is_extended;
    json_t *list =
        entity_sources(execution->engine, is_table, is_extended ? SOURCE_EXTENDED : SOURCE_NAMES);
    return execution_give(execution, json_pack("{s:s, s:o}", "@type",
                                               is_extended ? "source_descriptions" : name,
                                               is_extended ? "sourceDescriptions" : name, list));
}

static enum status give_streams(struct execution *execution)
{
    return give_sources(execution, false, "streams");
}

static enum status give_tables(struct execution *execution)
{
    return give_sources(execution, true, "tables");
}

/* --- Functions, types, variables, connectors ---------------------------------------------- */

static enum status give_functions(struct execution *execution)
{
    const struct function_entry *entries = NULL;
    size_t count = 0;
    TRY(function_list(execution->engine->registry, execution->arena, &entries, &count,
                      execution->diag));
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        entity_append(&list, json_pack("{s:s, s:s, s:s}", "name", entries[i].name, "type",
                                       function_kind_name(entries[i].kind), "category",
                                       entries[i].category));
    }
    return execution_give(execution,
                          json_pack("{s:s, s:o}", "@type", "function_names", "functions", list));
}

static int compare_types(const void *a, const void *b)
{
    const struct catalog_type *const *left = a;
    const struct catalog_type *const *right = b;
    return text_compare((*left)->name, (*right)->name);
}

static enum status give_types(struct execution *execution)
{
    const struct catalog_store *store = &execution->engine->catalog;
    const size_t bytes = store->type_count * sizeof(struct catalog_type *);
    struct catalog_type **sorted = arena_alloc(execution->arena, bytes);
    if (!sorted) {
        return diag_no_memory(execution->diag);
    }
    if (bytes > 0) {
        memcpy(sorted, store->types, bytes);
        qsort(sorted, store->type_count, sizeof(*sorted), compare_types);
    }
    json_t *types = json_object();
    for (size_t i = 0; i < store->type_count; i++) {
        const struct text name = arena_text(execution->arena, sorted[i]->name);
        entity_set(&types, name.data, entity_type(sorted[i]->type));
    }
    return execution_give(execution, json_pack("{s:s, s:o}", "@type", "type_list", "types", types));
}

static enum status give_variables(struct execution *execution)
{
    const struct settings *variables = &execution->session->variables;
    json_t *list = json_array();
    for (size_t i = 0; i < variables->count; i++) {
        entity_append(&list, json_pack("{s:o, s:o}", "name",
                                       entity_text(text_of(variables->values[i].name)), "value",
                                       entity_text(text_of(variables->values[i].value))));
    }
    return execution_give(execution,
                          json_pack("{s:s, s:o}", "@type", "variables", "variables", list));
}

/* There is no Kafka Connect here, so there are no connectors. */
static enum status give_connectors(struct execution *execution)
{
    return execution_give(execution,
                          json_pack("{s:s, s:[]}", "@type", "connector_list", "connectors"));
}

static enum status give_connector_plugins(struct execution *execution)
{
    return execution_give(execution, json_pack("{s:s, s:[]}", "@type", "connector_plugins_list",
                                               "connectorsPlugins"));
}

/* --- The table ---------------------------------------------------------------------------- */

enum status statement_list(struct execution *execution)
{
    static const struct {
        statement_function *give;
        statement_function *give_extended; /* NULL: EXTENDED has no form of its own */
    } subjects[] = {
        [LIST_PROPERTIES] = {give_properties, NULL},
        [LIST_TOPICS] = {give_topics, NULL},
        [LIST_STREAMS] = {give_streams, NULL},
        [LIST_TABLES] = {give_tables, NULL},
        [LIST_FUNCTIONS] = {give_functions, NULL},
        [LIST_CONNECTORS] = {give_connectors, NULL},
        [LIST_CONNECTOR_PLUGINS] = {give_connector_plugins, NULL},
        [LIST_TYPES] = {give_types, NULL},
        [LIST_VARIABLES] = {give_variables, NULL},
        [LIST_QUERIES] = {give_queries, give_query_descriptions},
    };
    const struct list_statement *statement = &execution->statement->list;
    statement_function *extended = subjects[statement->subject].give_extended;
    return statement->is_extended && extended ? extended(execution)
                                              : subjects[statement->subject].give(execution);
}
