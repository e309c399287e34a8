/* test_stage.c
 *
 * A case that is malformed must never pass for one that fails as it expects to, so its shape is
 * checked before anything runs.
 *
 * Each input is committed singly when batches have one row: what several queries write is then in
 * the order of its causes.
 */
#include "shell/test_stage.h"

#include <string.h>

#include "engine/inspect.h"
#include "shell/test_record.h"
#include "shell/test_statement.h"
#include "topics/topics.h"

/* As ksqlDB's runners have it. */
enum { UNSTATED_PARTITION_COUNT = 4, PARTITION_BY_KEY = -1 };

void test_stage_release(struct test_stage *stage)
{
    engine_close(stage->engine);
    arena_release(&stage->arena);
}

/* --- Shape -------------------------------------------------------------------------------- */

/* Every item is an object with a string of this name. */
static enum status check_items(struct test_stage *stage, const char *list, const char *name,
                               const struct tree **out)
{
    TRY(tree_get_items(stage->body, list, out, stage->diag));
    for (const struct tree *item = *out; item; item = item->next) {
        if (!tree_is(tree_find(item, text_of(name)), TREE_STRING)) {
            return diag_fail(stage->diag, STATUS_INVALID, SQL_POS_NONE,
                             "each of \"%s\" needs a string \"%s\": %.*s", list, name,
                             TEXT_ARGS(item->source));
        }
    }
    return STATUS_OK;
}

static enum status check_statements(struct test_stage *stage)
{
    TRY(tree_get_items(stage->body, "statements", &stage->statements, stage->diag));
    bool is_sound = stage->statements != NULL;
    for (const struct tree *item = stage->statements; item; item = item->next) {
        is_sound = is_sound && item->kind == TREE_STRING;
    }
    return is_sound ? STATUS_OK
                    : diag_fail(stage->diag, STATUS_INVALID, SQL_POS_NONE,
                                "\"statements\" must be a list of strings, and not empty");
}

static enum status check_objects(struct test_stage *stage)
{
    static const char *const names[] = {"properties", "post", "expectedException", "versions"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct tree *member = tree_find(stage->body, text_of(names[i]));
        if (!tree_is_null(member) && member->kind != TREE_OBJECT) {
            return diag_fail(stage->diag, STATUS_INVALID, SQL_POS_NONE, "\"%s\" must be an object",
                             names[i]);
        }
    }
    return STATUS_OK;
}

enum status test_stage_read(struct test_stage *stage)
{
    const struct tree *properties = tree_find(stage->body, TEXT("properties"));
    TRY(check_objects(stage));
    stage->properties = properties ? properties->first : NULL;
    TRY(check_statements(stage));
    TRY(check_items(stage, "topics", "name", &stage->topics));
    TRY(check_items(stage, "inputs", "topic", &stage->inputs));
    return check_items(stage, "outputs", "topic", &stage->outputs);
}

/* --- Engine and topics -------------------------------------------------------------------- */

/* In force unless the case says otherwise; ksqlDB's runners start from the same. */
static const struct engine_setting base_settings[] = {
    {"auto.offset.reset", "earliest"},
    {"ksql.query.push.v2.enabled", "true"},
};

enum { BASE_SETTING_COUNT = sizeof(base_settings) / sizeof(base_settings[0]) };

static enum status read_settings(struct test_stage *stage, struct engine_setting **out,
                                 size_t *out_count)
{
    size_t count = 0;
    for (const struct tree *item = stage->properties; item; item = item->next) {
        count++;
    }
    struct engine_setting *settings =
        arena_array(&stage->arena, count + BASE_SETTING_COUNT, sizeof(*settings));
    if (!settings) {
        return diag_no_memory(stage->diag);
    }
    memcpy(settings, base_settings, sizeof(base_settings));
    *out_count = BASE_SETTING_COUNT;
    for (const struct tree *item = stage->properties; item; item = item->next) {
        struct engine_setting *setting = &settings[(*out_count)++];
        setting->name = arena_text(&stage->arena, item->name).data;
        setting->value = arena_text(&stage->arena, item->text).data;
        if (!setting->name || !setting->value) {
            return diag_no_memory(stage->diag);
        }
    }
    *out = settings;
    return STATUS_OK;
}

enum status test_stage_open_engine(struct test_stage *stage, bool is_served)
{
    struct engine_options options = {
        .batch_rows = stage->options->batch_rows,
        .commit_rows = stage->options->batch_rows,
        .cache_is_off = true,
        .merge_by_arrival = true,
        .runs_sql_tests = stage->is_sql,
        .is_manual = !is_served,
        .writes_first_partition = !is_served,
        .extensions = stage->options->extensions,
        .extension_count = stage->options->extension_count,
    };
    struct engine_setting *settings = NULL;
    TRY(read_settings(stage, &settings, &options.setting_count));
    options.settings = settings;
    stage->is_served = is_served;
    return engine_open(&options, &stage->engine, stage->diag);
}

static enum status create_topic(struct test_stage *stage, struct text name, int64_t partition_count)
{
    struct topic *topic = topics_find(engine_topics(stage->engine), name);
    if (topic) {
        topic_unref(topic);
        return STATUS_OK;
    }
    const struct text copy = arena_text(&stage->arena, name);
    return copy.data ? engine_create_topic(stage->engine, copy.data, (uint32_t)partition_count,
                                           stage->diag)
                     : diag_no_memory(stage->diag);
}

enum status test_stage_create_listed_topics(struct test_stage *stage)
{
    const struct tree *all = tree_find(stage->body, TEXT("topics"));
    stage->has_schemas = arena_zalloc(&stage->arena, all ? all->count : 0);
    if (!stage->has_schemas) {
        return diag_no_memory(stage->diag);
    }
    for (const struct tree *item = stage->topics; item; item = item->next) {
        int64_t count = 0;
        if (tree_is_null(tree_find(item, TEXT("partitions")))) {
            continue; /* a statement may say how many it wants */
        }
        TRY(tree_get_int64(item, "partitions", UNSTATED_PARTITION_COUNT, &count, stage->diag));
        TRY(create_topic(stage, tree_find(item, TEXT("name"))->text, count));
    }
    return STATUS_OK;
}

/* --- Schemas ------------------------------------------------------------------------------ */

/* The names of one side's members in a listed topic. */
struct schema_members {
    enum format_side side;
    struct text schema;
    struct text format;
    struct text id;
    struct text references;
};

static const struct schema_members schema_sides[] = {
    {FORMAT_KEY, {"keySchema", 9}, {"keyFormat", 9}, {"keySchemaId", 11},
     {"keySchemaReferences", 19}},
    {FORMAT_VALUE, {"valueSchema", 11}, {"valueFormat", 11}, {"valueSchemaId", 13},
     {"valueSchemaReferences", 21}},
    {FORMAT_VALUE, {"schema", 6}, {"format", 6}, {"valueSchemaId", 13},
     {"valueSchemaReferences", 21}},
};

/* AVRO unless said otherwise; a JSON topic's schema is one of JSON_SR. */
static enum status read_schema_format(struct test_stage *stage, const struct tree *format,
                                      enum format_kind *out)
{
    *out = FORMAT_AVRO;
    if (tree_is_null(format)) {
        return STATUS_OK;
    }
    TRY(format_parse(format->text, out, stage->diag));
    *out = *out == FORMAT_JSON ? FORMAT_JSON_SR : *out;
    return STATUS_OK;
}

/* A schema is a JSON document, or a string that holds another language's text. */
static struct text schema_text(const struct tree *schema, enum format_kind format)
{
    return format == FORMAT_PROTOBUF ? schema->text : schema->source;
}

static enum status read_references(struct test_stage *stage, const struct tree *list,
                                   struct registered_schema *schema)
{
    const uint32_t count = list ? list->count : 0;
    struct schema_reference *references = arena_array(&stage->arena, count, sizeof(*references));
    if (!references) {
        return diag_no_memory(stage->diag);
    }
    const struct tree *item = list ? list->first : NULL;
    for (uint32_t i = 0; i < count; i++, item = item->next) {
        const struct tree *text = tree_find(item, TEXT("schema"));
        TRY(tree_get_text(item, "name", &references[i].name, stage->diag));
        references[i].text = text ? schema_text(text, schema->format) : TEXT("");
    }
    schema->references = references;
    schema->reference_count = count;
    return STATUS_OK;
}

static enum status register_side(struct test_stage *stage, const struct tree *topic,
                                 const struct schema_members *members)
{
    const struct tree *text = tree_find(topic, members->schema);
    const struct tree *id = tree_find(topic, members->id);
    struct registered_schema schema = {0};
    uint32_t given = 0;
    int64_t wanted = 0;
    if (tree_is_null(text)) {
        return STATUS_OK;
    }
    TRY(read_schema_format(stage, tree_find(topic, members->format), &schema.format));
    TRY(read_references(stage, tree_find(topic, members->references), &schema));
    schema.text = schema_text(text, schema.format);
    if (!tree_is_null(id)) {
        TRY(tree_get_int64(topic, members->id.data, 0, &wanted, stage->diag));
    }
    const struct text subject =
        arena_printf(&stage->arena, "%.*s-%s", TEXT_ARGS(tree_find(topic, TEXT("name"))->text),
                     members->side == FORMAT_KEY ? "key" : "value");
    return subject.data ? engine_register_schema(stage->engine, subject, &schema,
                                                 (uint32_t)wanted, &given, stage->diag)
                        : diag_no_memory(stage->diag);
}

enum status test_stage_register_schemas(struct test_stage *stage, struct text topic)
{
    size_t index = 0;
    for (const struct tree *item = stage->topics; item; item = item->next, index++) {
        const struct text name = tree_find(item, TEXT("name"))->text;
        if (stage->has_schemas[index] || (topic.data && !text_equal(name, topic))) {
            continue;
        }
        for (size_t i = 0; i < sizeof(schema_sides) / sizeof(schema_sides[0]); i++) {
            TRY(register_side(stage, item, &schema_sides[i]));
        }
        stage->has_schemas[index] = true;
    }
    return STATUS_OK;
}

static enum status create_topics_of(struct test_stage *stage, const struct tree *records)
{
    for (const struct tree *item = records; item; item = item->next) {
        TRY(create_topic(stage, tree_find(item, TEXT("topic"))->text, UNSTATED_PARTITION_COUNT));
    }
    return STATUS_OK;
}

static enum status create_unstated_topics(struct test_stage *stage)
{
    for (const struct tree *item = stage->topics; item; item = item->next) {
        TRY(create_topic(stage, tree_find(item, TEXT("name"))->text, UNSTATED_PARTITION_COUNT));
    }
    return STATUS_OK;
}

enum status test_stage_create_record_topics(struct test_stage *stage)
{
    TRY(create_unstated_topics(stage));
    TRY(create_topics_of(stage, stage->inputs));
    return create_topics_of(stage, stage->outputs);
}

enum status test_stage_create_needed_topics(struct test_stage *stage, struct text statement)
{
    struct test_statement found;
    if (!test_statement_take(&statement, &found)) {
        return STATUS_OK;
    }
    TRY(test_stage_register_schemas(stage,
                                    found.selects ? (struct text){NULL, 0} : found.topic));
    if (found.selects) {
        TRY(create_unstated_topics(stage));
        return create_topics_of(stage, stage->outputs);
    }
    return found.needs_topic ? create_topic(stage, found.topic, UNSTATED_PARTITION_COUNT)
                             : STATUS_OK;
}

/* --- Inputs ------------------------------------------------------------------------------- */

/* How many inputs from first on go to the same topic without another between. */
static size_t run_length(const struct tree *first)
{
    const struct text topic = tree_find(first, TEXT("topic"))->text;
    size_t count = 0;
    for (const struct tree *input = first; input; input = input->next, count++) {
        if (!text_equal(tree_find(input, TEXT("topic"))->text, topic)) {
            break;
        }
    }
    return count;
}

/* Produces a stretch of inputs of one topic; *input moves behind it. */
static enum status produce_stretch(struct test_stage *stage, const struct tree **input)
{
    const struct text topic = tree_find(*input, TEXT("topic"))->text;
    const struct test_topic target = test_topic_find(stage->engine, topic);
    const size_t count = run_length(*input);
    const struct text name = arena_text(&stage->arena, topic);
    struct record *records = arena_array(&stage->arena, count, sizeof(*records));
    if (!records || !name.data) {
        return diag_no_memory(stage->diag);
    }
    for (size_t i = 0; i < count; i++, *input = (*input)->next) {
        TRY(test_record_read(&stage->arena, &target, *input, &records[i], stage->diag));
    }
    return engine_produce(stage->engine, name.data, stage->is_served ? PARTITION_BY_KEY : 0,
                          records, count, false, stage->diag);
}

enum status test_stage_produce(struct test_stage *stage)
{
    const struct tree *input = stage->inputs;
    while (input) {
        TRY(produce_stretch(stage, &input));
    }
    return engine_flush(stage->engine, stage->diag);
}
