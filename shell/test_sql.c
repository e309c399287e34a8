/* test_sql.c
 *
 * The statements of a case run one by one, each followed by all queries until they are idle, so
 * that every INSERT is processed by the queries that are there when it comes, as in ksqlDB's
 * runner; therefore queries also begin at the end of their topics. The engine does the asserting.
 */
#include "shell/test_sql.h"

#include <string.h>

#include "base/buffer.h"
#include "engine/inspect.h"
#include "shell/file_text.h"

static const struct text test_directive = {"--@test:", 8};

bool test_sql_is_path(const char *path)
{
    const size_t bytes = strlen(path);
    return bytes > 4 && strcmp(path + bytes - 4, ".sql") == 0;
}

/* --- Files ------------------------------------------------------------------------------------ */

/* The first line that begins with directive, from its first byte to the end of text; data NULL:
 * there is none. */
static struct text find_directive(struct text text, struct text directive)
{
    struct text rest = text;
    while (rest.bytes > 0 && !text_starts_with(rest, directive)) {
        const char *end = memchr(rest.data, '\n', rest.bytes);
        const size_t line_bytes = end ? (size_t)(end - rest.data) + 1 : rest.bytes;
        rest = (struct text){rest.data + line_bytes, rest.bytes - line_bytes};
    }
    return rest.bytes > 0 ? rest : (struct text){NULL, 0};
}

/* What stands behind the directive that line begins with, without white space around it. */
static struct text directive_value(struct text line, struct text directive)
{
    struct text value = {line.data + directive.bytes, line.bytes - directive.bytes};
    const char *end = memchr(value.data, '\n', value.bytes);
    value.bytes = end ? (size_t)(end - value.data) : value.bytes;
    while (value.bytes > 0 && (*value.data == ' ' || *value.data == '\t')) {
        value = (struct text){value.data + 1, value.bytes - 1};
    }
    while (value.bytes > 0 && strchr(" \t\r", value.data[value.bytes - 1])) {
        value.bytes--;
    }
    return value;
}

enum status test_sql_each(const struct test_file *file, test_case_visit *visit, void *context,
                          struct diag *diag)
{
    struct text rest = find_directive(buffer_text(&file->text), test_directive);
    while (rest.data) {
        const struct text behind = {rest.data + 1, rest.bytes - 1};
        const struct text next = find_directive(behind, test_directive);
        const struct test_case test = {
            .file = test_file_name(file),
            .name = directive_value(rest, test_directive),
            .path = file->path,
            .sql = {rest.data, next.data ? (size_t)(next.data - rest.data) : rest.bytes}};
        TRY(visit(context, &test, diag));
        rest = next;
    }
    return STATUS_OK;
}

/* --- RUN SCRIPT ------------------------------------------------------------------------------- */

/* What stands between the quotes of RUN SCRIPT '/name'. */
static struct text script_path(struct text statement)
{
    const char *begin = memchr(statement.data, '\'', statement.bytes);
    const char *end = statement.data + statement.bytes - 1;
    return begin && begin < end && *end == '\''
               ? (struct text){begin + 1, (size_t)(end - begin) - 1}
               : (struct text){NULL, 0};
}

/* The folder of the file that holds the case, and the one above. */
static enum status read_script(const struct test_stage *stage, const struct test_case *test,
                               struct text path, struct buffer *out)
{
    static const char *const folders[] = {"", "../"};
    const char *slash = strrchr(test->path, '/');
    const int folder_bytes = slash ? (int)(slash - test->path) + 1 : 0;
    enum status status = STATUS_MISSING;
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && status != STATUS_OK; i++) {
        char whole[1024];
        (void)snprintf(whole, sizeof(whole), "%.*s%s%.*s", folder_bytes, test->path, folders[i],
                       TEXT_ARGS(path));
        buffer_reset(out);
        status = file_text_read(whole, out, stage->diag);
    }
    return status;
}

/* --- Running ---------------------------------------------------------------------------------- */

struct sql_run {
    struct test_stage *stage;
    const struct test_case *test;
    struct session *session;
    bool is_in_script; /* scripts run no scripts */
};

static enum status run_sql(struct sql_run *run, struct text sql);

static enum status run_script(struct sql_run *run, struct text statement)
{
    struct buffer text;
    const struct text path = script_path(statement);
    if (run->is_in_script || !path.data) {
        return diag_fail(run->stage->diag, STATUS_INVALID, SQL_POS_NONE,
                         "a script that is run cannot run another one");
    }
    buffer_init(&text);
    enum status status = read_script(run->stage, run->test, path, &text);
    if (status == STATUS_OK) {
        run->is_in_script = true;
        status = run_sql(run, buffer_text(&text));
        run->is_in_script = false;
    }
    buffer_release(&text);
    return status;
}

static enum status run_statement(struct test_stage *stage, struct script *script,
                                 struct outcome *outcome)
{
    TRY(test_stage_create_needed_topics(stage, outcome->statement));
    TRY(script_step(script, outcome, stage->diag));
    if (outcome->kind == OUTCOME_ENTITY) {
        json_decref(outcome->entity);
    } else if (outcome->kind == OUTCOME_CURSOR) {
        cursor_close(outcome->cursor);
    }
    TRY(engine_run_until_idle(stage->engine, -1, stage->diag));
    return inspect_check_queries(stage->engine, stage->diag);
}

/* RUN SCRIPT is not the engine's: it gets what stands around it. */
static enum status run_sql(struct sql_run *run, struct text sql)
{
    struct test_stage *stage = run->stage;
    struct script *script = NULL;
    struct outcome outcome = {0};
    TRY(script_open(stage->engine, run->session, sql, &script, stage->diag));
    enum status status = STATUS_OK;
    script_peek(script, &outcome);
    while (status == STATUS_OK && outcome.kind != OUTCOME_END) {
        if (strcmp(outcome.type_name, "RUN SCRIPT") == 0) {
            status = run_script(run, outcome.statement);
            script_skip(script);
        } else {
            status = run_statement(stage, script, &outcome);
        }
        script_peek(script, &outcome);
    }
    script_close(script);
    return status;
}

static enum status execute(struct test_stage *stage, const struct test_case *test)
{
    struct sql_run run = {.stage = stage, .test = test};
    TRY(test_stage_open_engine(stage, false));
    enum status status = session_create(stage->engine, &run.session, stage->diag);
    if (status == STATUS_OK) {
        status = session_set(run.session, "auto.offset.reset", "latest", stage->diag);
    }
    if (status == STATUS_OK) {
        status = run_sql(&run, test->sql);
    }
    session_destroy(run.session);
    return status;
}

static bool contains(const char *message, struct text part)
{
    return memmem(message, strlen(message), part.data, part.bytes) != NULL;
}

enum status test_sql_run(struct test_stage *stage, const struct test_case *test)
{
    const struct text message_directive = TEXT("--@expected.message:");
    const struct text line = find_directive(test->sql, message_directive);
    const bool has_to_fail =
        line.data || find_directive(test->sql, TEXT("--@expected.error:")).data;
    const struct text expected =
        line.data ? directive_value(line, message_directive) : TEXT("");
    const enum status status = execute(stage, test);
    if (!has_to_fail) {
        if (status != STATUS_OK) {
            diag_prefix(stage->diag, "it failed: ");
        }
        return status;
    }
    if (status == STATUS_OK) {
        return diag_fail(stage->diag, STATUS_INVALID, SQL_POS_NONE,
                         "it should have failed\n  expected: %.*s", TEXT_ARGS(expected));
    }
    if (contains(stage->diag->message, expected)) {
        return STATUS_OK;
    }
    diag_prefix(stage->diag, "it failed in another way\n  expected: %.*s\n  actual:   ",
                TEXT_ARGS(expected));
    return status;
}
