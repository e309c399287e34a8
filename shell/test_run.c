/* test_run.c
 *
 * A case goes wrong in one of three ways, which must be kept apart: the case itself is malformed
 * (never what it expects), the engine refuses or fails (what "expectedException" waits for), or
 * everything runs and the result is not the expected one. So a case is checked for shape before
 * anything runs, then executed, then judged.
 *
 * Each input is committed singly when batches have one row: what several queries write is then in
 * the order of its causes.
 */
#include "shell/test_run.h"

#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "engine/engine.h"
#include "shell/test_catalog.h"
#include "shell/test_output.h"
#include "shell/test_post.h"
#include "shell/test_record.h"
#include "shell/test_statement.h"
#include "topics/topics.h"

/* As ksqlDB's runner has it. Everything is written to partition 0 all the same, so that a topic
 * has one order. */
enum { UNSTATED_PARTITION_COUNT = 4 };

struct test_run {
    struct arena arena;
    const struct tree *body;
    const struct test_options *options;
    const struct tree *properties; /* all of these: the first member or item */
    const struct tree *topics;
    const struct tree *statements;
    const struct tree *inputs;
    const struct tree *outputs;
    struct engine *engine;
    struct session *session;
    struct diag *diag;
};

/* --- Shape -------------------------------------------------------------------------------- */

/* Every item is an object with a string of this name. */
static enum status check_items(struct test_run *run, const char *list, const char *name,
                               const struct tree **out)
{
    TRY(tree_get_items(run->body, list, out, run->diag));
    for (const struct tree *item = *out; item; item = item->next) {
        if (!tree_is(tree_find(item, text_of(name)), TREE_STRING)) {
            return diag_fail(run->diag, STATUS_INVALID, SQL_POS_NONE,
                             "each of \"%s\" needs a string \"%s\": %.*s", list, name,
                             TEXT_ARGS(item->source));
        }
    }
    return STATUS_OK;
}

static enum status check_statements(struct test_run *run)
{
    TRY(tree_get_items(run->body, "statements", &run->statements, run->diag));
    bool is_sound = run->statements != NULL;
    for (const struct tree *item = run->statements; item; item = item->next) {
        is_sound = is_sound && item->kind == TREE_STRING;
    }
    return is_sound ? STATUS_OK
                    : diag_fail(run->diag, STATUS_INVALID, SQL_POS_NONE,
                                "\"statements\" must be a list of strings, and not empty");
}

static enum status check_objects(struct test_run *run)
{
    static const char *const names[] = {"properties", "post", "expectedException", "versions"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct tree *member = tree_find(run->body, text_of(names[i]));
        if (!tree_is_null(member) && member->kind != TREE_OBJECT) {
            return diag_fail(run->diag, STATUS_INVALID, SQL_POS_NONE, "\"%s\" must be an object",
                             names[i]);
        }
    }
    return STATUS_OK;
}

static enum status check_shape(struct test_run *run)
{
    const struct tree *properties = tree_find(run->body, TEXT("properties"));
    TRY(check_objects(run));
    run->properties = properties ? properties->first : NULL;
    TRY(check_statements(run));
    TRY(check_items(run, "topics", "name", &run->topics));
    TRY(check_items(run, "inputs", "topic", &run->inputs));
    return check_items(run, "outputs", "topic", &run->outputs);
}

/* --- Engine and topics -------------------------------------------------------------------- */

static enum status read_settings(struct test_run *run, struct engine_setting **out,
                                 size_t *out_count)
{
    size_t count = 0;
    for (const struct tree *item = run->properties; item; item = item->next) {
        count++;
    }
    struct engine_setting *settings = arena_array(&run->arena, count + 1, sizeof(*settings));
    if (!settings) {
        return diag_no_memory(run->diag);
    }
    settings[0] = (struct engine_setting){"auto.offset.reset", "earliest"};
    *out_count = 1;
    for (const struct tree *item = run->properties; item; item = item->next) {
        struct engine_setting *setting = &settings[(*out_count)++];
        setting->name = arena_text(&run->arena, item->name).data;
        setting->value = arena_text(&run->arena, item->text).data;
        if (!setting->name || !setting->value) {
            return diag_no_memory(run->diag);
        }
    }
    *out = settings;
    return STATUS_OK;
}

static enum status open_engine(struct test_run *run)
{
    struct engine_options options = {
        .batch_rows = run->options->batch_rows,
        .commit_rows = run->options->batch_rows,
        .cache_is_off = true,
        .merge_by_arrival = true,
        .writes_first_partition = true,
        .is_manual = true,
        .extensions = run->options->extensions,
        .extension_count = run->options->extension_count,
    };
    struct engine_setting *settings = NULL;
    TRY(read_settings(run, &settings, &options.setting_count));
    options.settings = settings;
    TRY(engine_open(&options, &run->engine, run->diag));
    return session_create(run->engine, &run->session, run->diag);
}

static enum status create_topic(struct test_run *run, struct text name, int64_t partition_count)
{
    struct topic *topic = topics_find(engine_topics(run->engine), name);
    if (topic) {
        topic_unref(topic);
        return STATUS_OK;
    }
    const struct text copy = arena_text(&run->arena, name);
    return copy.data
               ? engine_create_topic(run->engine, copy.data, (uint32_t)partition_count, run->diag)
               : diag_no_memory(run->diag);
}

static enum status create_listed_topics(struct test_run *run)
{
    for (const struct tree *item = run->topics; item; item = item->next) {
        int64_t count = 0;
        TRY(tree_get_int64(item, "partitions", UNSTATED_PARTITION_COUNT, &count, run->diag));
        TRY(create_topic(run, tree_find(item, TEXT("name"))->text, count));
    }
    return STATUS_OK;
}

/* Topics that records name and nobody has made. */
static enum status create_record_topics(struct test_run *run, const struct tree *records)
{
    for (const struct tree *item = records; item; item = item->next) {
        TRY(create_topic(run, tree_find(item, TEXT("topic"))->text, UNSTATED_PARTITION_COUNT));
    }
    return STATUS_OK;
}

/* --- Statements --------------------------------------------------------------------------- */

/* Topics that the statement takes for granted. Those of the outputs are there before any query
 * makes them, as with ksqlDB's runner. */
static enum status create_needed_topics(struct test_run *run, struct text statement)
{
    struct text topic;
    bool selects = false;
    if (!test_statement_take(&statement, &topic, &selects)) {
        return STATUS_OK;
    }
    if (selects) {
        return create_record_topics(run, run->outputs);
    }
    return topic.data ? create_topic(run, topic, UNSTATED_PARTITION_COUNT) : STATUS_OK;
}

static enum status run_steps(struct test_run *run, struct script *script)
{
    struct outcome outcome = {0};
    for (;;) {
        script_peek(script, &outcome);
        if (outcome.kind == OUTCOME_END) {
            return STATUS_OK;
        }
        TRY(create_needed_topics(run, outcome.statement));
        TRY(script_step(script, &outcome, run->diag));
        if (outcome.kind == OUTCOME_ENTITY) {
            json_decref(outcome.entity);
        } else if (outcome.kind == OUTCOME_CURSOR) {
            cursor_close(outcome.cursor);
        }
    }
}

/* One script, a line per statement: messages count lines from the first one on. */
static enum status run_statements(struct test_run *run)
{
    struct buffer sql;
    struct script *script = NULL;
    buffer_init(&sql);
    for (const struct tree *item = run->statements; item; item = item->next) {
        buffer_append_text(&sql, item->text);
        buffer_append_byte(&sql, '\n');
    }
    enum status status = buffer_status(&sql, run->diag);
    if (status == STATUS_OK) {
        status = script_open(run->engine, run->session, buffer_text(&sql), &script, run->diag);
    }
    if (status == STATUS_OK) {
        status = run_steps(run, script);
    }
    script_close(script);
    buffer_release(&sql);
    return status;
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
static enum status produce_stretch(struct test_run *run, const struct tree **input)
{
    const struct text topic = tree_find(*input, TEXT("topic"))->text;
    const struct source *source = inspect_find_source_by_topic(run->engine, topic);
    const size_t count = run_length(*input);
    const struct text name = arena_text(&run->arena, topic);
    struct record *records = arena_array(&run->arena, count, sizeof(*records));
    if (!records || !name.data) {
        return diag_no_memory(run->diag);
    }
    for (size_t i = 0; i < count; i++, *input = (*input)->next) {
        TRY(test_record_read(&run->arena, source, *input, &records[i], run->diag));
    }
    return engine_produce(run->engine, name.data, 0, records, count, false, run->diag);
}

static enum status produce_inputs(struct test_run *run)
{
    const struct tree *input = run->inputs;
    while (input) {
        TRY(produce_stretch(run, &input));
    }
    return engine_flush(run->engine, run->diag);
}

/* --- Execution and judgement -------------------------------------------------------------- */

/* Everything that an expected failure may come from. */
static enum status execute(struct test_run *run)
{
    TRY(open_engine(run));
    TRY(create_listed_topics(run));
    TRY(run_statements(run));
    TRY(create_record_topics(run, run->inputs));
    TRY(create_record_topics(run, run->outputs));
    TRY(produce_inputs(run));
    TRY(engine_run_until_idle(run->engine, -1, run->diag));
    return inspect_check_queries(run->engine, run->diag);
}

static enum status judge_failure(struct test_run *run, const struct tree *expected,
                                 enum status status)
{
    struct text message;
    struct diag shape;
    if (tree_get_text(expected, "message", &message, &shape) != STATUS_OK) {
        return diag_fail(run->diag, STATUS_INVALID, SQL_POS_NONE, "%s", shape.message);
    }
    if (status == STATUS_OK) {
        return diag_fail(run->diag, STATUS_INVALID, SQL_POS_NONE,
                         "it should have failed\n  expected: %.*s", TEXT_ARGS(message));
    }
    const struct text actual =
        arena_printf(&run->arena, "%s\n%s", run->diag->message, run->diag->hint);
    if (!actual.data) {
        return diag_no_memory(run->diag);
    }
    if (!message.data || memmem(actual.data, actual.bytes, message.data, message.bytes)) {
        return STATUS_OK;
    }
    return diag_fail(run->diag, STATUS_INVALID, SQL_POS_NONE,
                     "it failed in another way\n  expected: %.*s\n  actual:   %.*s",
                     TEXT_ARGS(message), TEXT_ARGS(actual));
}

static enum status judge(struct test_run *run, enum status status)
{
    const struct tree *expected = tree_find(run->body, TEXT("expectedException"));
    if (!tree_is_null(expected)) {
        return judge_failure(run, expected, status);
    }
    if (status != STATUS_OK) {
        diag_prefix(run->diag, "it failed: ");
        return status;
    }
    TRY(test_output_check(&run->arena, run->engine, run->outputs, run->diag));
    return test_post_check(&run->arena, run->engine, tree_find(run->body, TEXT("post")), run->diag);
}

enum status test_options_check(const struct test_options *options, struct diag *diag)
{
    const struct engine_options engine_options = {.is_manual = true,
                                                  .extensions = options->extensions,
                                                  .extension_count = options->extension_count};
    struct engine *engine = NULL;
    TRY(engine_open(&engine_options, &engine, diag));
    engine_close(engine);
    return STATUS_OK;
}

enum status test_run_case(const struct test_case *test, const struct test_options *options,
                          struct diag *diag)
{
    struct test_run run = {.body = test->body, .options = options, .diag = diag};
    diag_reset(diag);
    arena_init(&run.arena);
    enum status status = check_shape(&run);
    if (status == STATUS_OK) {
        status = judge(&run, execute(&run));
    }
    session_destroy(run.session);
    engine_close(run.engine);
    arena_release(&run.arena);
    return status;
}
