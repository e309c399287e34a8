/* test_run.c
 *
 * A case goes wrong in one of three ways, which must be kept apart: the case itself is malformed
 * (never what it expects), the engine refuses or fails (what "expectedException" waits for), or
 * everything runs and the result is not the expected one. So a case is checked for shape before
 * anything runs, then executed, then judged.
 */
#include "shell/test_run.h"

#include <string.h>

#include "base/buffer.h"
#include "engine/inspect.h"
#include "shell/test_output.h"
#include "shell/test_post.h"
#include "shell/test_rest.h"
#include "shell/test_sql.h"
#include "shell/test_stage.h"

/* --- Statements --------------------------------------------------------------------------- */

static enum status run_steps(struct test_stage *stage, struct script *script)
{
    struct outcome outcome = {0};
    for (;;) {
        script_peek(script, &outcome);
        if (outcome.kind == OUTCOME_END) {
            return STATUS_OK;
        }
        TRY(test_stage_create_needed_topics(stage, outcome.statement));
        TRY(script_step(script, &outcome, stage->diag));
        if (outcome.kind == OUTCOME_ENTITY) {
            json_decref(outcome.entity);
        } else if (outcome.kind == OUTCOME_CURSOR) {
            cursor_close(outcome.cursor);
        }
    }
}

static enum status run_script(struct test_stage *stage, struct text sql)
{
    struct session *session = NULL;
    struct script *script = NULL;
    enum status status = session_create(stage->engine, &session, stage->diag);
    if (status == STATUS_OK) {
        status = script_open(stage->engine, session, sql, &script, stage->diag);
    }
    if (status == STATUS_OK) {
        status = run_steps(stage, script);
    }
    script_close(script);
    session_destroy(session);
    return status;
}

/* One script, a line per statement: messages count lines from the first one on. */
static enum status run_statements(struct test_stage *stage)
{
    struct buffer sql;
    buffer_init(&sql);
    for (const struct tree *item = stage->statements; item; item = item->next) {
        buffer_append_text(&sql, item->text);
        buffer_append_byte(&sql, '\n');
    }
    enum status status = buffer_status(&sql, stage->diag);
    if (status == STATUS_OK) {
        status = run_script(stage, buffer_text(&sql));
    }
    buffer_release(&sql);
    return status;
}

/* --- Execution and judgement -------------------------------------------------------------- */

/* Everything that an expected failure may come from. */
static enum status execute(struct test_stage *stage)
{
    TRY(test_stage_open_engine(stage, false));
    TRY(test_stage_create_listed_topics(stage));
    TRY(run_statements(stage));
    TRY(test_stage_register_schemas(stage, (struct text){NULL, 0}));
    TRY(test_stage_create_record_topics(stage));
    TRY(test_stage_produce(stage));
    TRY(engine_run_until_idle(stage->engine, -1, stage->diag));
    return inspect_check_queries(stage->engine, stage->diag);
}

static enum status judge_failure(struct test_stage *stage, const struct tree *expected,
                                 enum status status)
{
    struct text message;
    struct diag shape;
    if (tree_get_text(expected, "message", &message, &shape) != STATUS_OK) {
        return diag_fail(stage->diag, STATUS_INVALID, SQL_POS_NONE, "%s", shape.message);
    }
    if (status == STATUS_OK) {
        return diag_fail(stage->diag, STATUS_INVALID, SQL_POS_NONE,
                         "it should have failed\n  expected: %.*s", TEXT_ARGS(message));
    }
    const struct text actual =
        arena_printf(&stage->arena, "%s\n%s", stage->diag->message, stage->diag->hint);
    if (!actual.data) {
        return diag_no_memory(stage->diag);
    }
    if (!message.data || memmem(actual.data, actual.bytes, message.data, message.bytes)) {
        return STATUS_OK;
    }
    return diag_fail(stage->diag, STATUS_INVALID, SQL_POS_NONE,
                     "it failed in another way\n  expected: %.*s\n  actual:   %.*s",
                     TEXT_ARGS(message), TEXT_ARGS(actual));
}

static enum status judge(struct test_stage *stage, enum status status)
{
    const struct tree *expected = tree_find(stage->body, TEXT("expectedException"));
    if (!tree_is_null(expected)) {
        return judge_failure(stage, expected, status);
    }
    if (status != STATUS_OK) {
        diag_prefix(stage->diag, "it failed: ");
        return status;
    }
    const struct tree *post = tree_find(stage->body, TEXT("post"));
    TRY(test_output_check(&stage->arena, stage->engine, stage->outputs, stage->diag));
    return test_post_check(&stage->arena, stage->engine, post, stage->diag);
}

enum status test_run_case(const struct test_case *test, const struct test_options *options,
                          struct diag *diag)
{
    struct test_stage stage = {
        .body = test->body, .options = options, .is_sql = !test->body, .diag = diag};
    diag_reset(diag);
    arena_init(&stage.arena);
    enum status status = stage.is_sql ? STATUS_OK : test_stage_read(&stage);
    if (stage.is_sql) {
        status = test_sql_run(&stage, test);
    } else if (status == STATUS_OK && test->is_rest) {
        status = test_rest_run(&stage);
    } else if (status == STATUS_OK) {
        status = judge(&stage, execute(&stage));
    }
    test_stage_release(&stage);
    return status;
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
