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
    for (const struct tree *item = stage->topics; item; item = item->next) {
        int64_t count = 0;
        TRY(tree_get_int64(item, "partitions", UNSTATED_PARTITION_COUNT, &count, stage->diag));
        TRY(create_topic(stage, tree_find(item, TEXT("name"))->text, count));
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

enum status test_stage_create_record_topics(struct test_stage *stage)
{
    TRY(create_topics_of(stage, stage->inputs));
    return create_topics_of(stage, stage->outputs);
}

enum status test_stage_create_needed_topics(struct test_stage *stage, struct text statement)
{
    struct text topic;
    bool selects = false;
    if (!test_statement_take(&statement, &topic, &selects)) {
        return STATUS_OK;
    }
    if (selects) {
        return create_topics_of(stage, stage->outputs);
    }
    return topic.data ? create_topic(stage, topic, UNSTATED_PARTITION_COUNT) : STATUS_OK;
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
    const struct source *source = inspect_find_source_by_topic(stage->engine, topic);
    const size_t count = run_length(*input);
    const struct text name = arena_text(&stage->arena, topic);
    struct record *records = arena_array(&stage->arena, count, sizeof(*records));
    if (!records || !name.data) {
        return diag_no_memory(stage->diag);
    }
    for (size_t i = 0; i < count; i++, *input = (*input)->next) {
        TRY(test_record_read(&stage->arena, source, *input, &records[i], stage->diag));
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
