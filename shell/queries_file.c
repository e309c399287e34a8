/* queries_file.c
 *
 * Definitions outlive a server, so on every start but the first most statements of the file are
 * done already. Which ones is told by their text: the engine keeps the text of each source and
 * query, and a statement of the same text, both printed anew by the parser's printer so that
 * blanks, case and comments do not count, is skipped. A type is known by its name. So a start
 * that was cut short goes on where it stood, a statement added to the file runs at the next
 * start, and a changed one is refused unless it says CREATE OR REPLACE.
 *
 * What is there is looked up once, before anything runs: two equal INSERTs in one file are two
 * queries, as in ksqlDB. Rejected: to run the file only while no query exists, which loses the
 * rest of a file whose first start failed half way.
 */
#include "shell/queries_file.h"

#include <string.h>

#include "base/arena.h"
#include "parser/parser.h"
#include "parser/printer.h"
#include "shell/file_text.h"

struct queries_file {
    struct engine *engine;
    struct session *session;
    struct arena arena; /* parsed statements */
    json_t *known;      /* an object: printed statements and names of types */
    size_t kept_count;
    struct diag *diag;
};

/* --- What is there already -------------------------------------------------------------------- */

/* The statement as the printer writes it, as a key of known; NULL: it is none that is kept. */
static json_t *key_of(struct queries_file *file, struct text sql)
{
    struct statement *statement = NULL;
    struct buffer printed;
    arena_reset(&file->arena);
    if (parser_parse_statement(sql, NULL, &file->arena, &statement, NULL) != STATUS_OK) {
        return NULL;
    }
    buffer_init(&printed);
    if (statement->kind == STATEMENT_CREATE_TYPE) {
        buffer_append_string(&printed, "TYPE ");
        buffer_append_text(&printed, statement->create_type.name.name);
    } else {
        printer_statement(&printed, statement);
    }
    json_t *key = printed.has_failed ? NULL : json_stringn(printed.data, printed.bytes);
    buffer_release(&printed);
    return key;
}

static void learn_statement(struct queries_file *file, const json_t *statement)
{
    const char *sql = json_string_value(statement);
    json_t *key = sql ? key_of(file, text_of(sql)) : NULL;
    if (key) {
        (void)json_object_set_new(file->known, json_string_value(key), json_true());
    }
    json_decref(key);
}

static void learn_entity(struct queries_file *file, const json_t *entity)
{
    size_t index = 0;
    const json_t *item = NULL;
    const char *name = NULL;
    json_t *schema = NULL;
    json_array_foreach(json_object_get(entity, "sourceDescriptions"), index, item)
    {
        learn_statement(file, json_object_get(item, "statement"));
    }
    json_array_foreach(json_object_get(entity, "queries"), index, item)
    {
        learn_statement(file, json_object_get(item, "queryString"));
    }
    json_object_foreach(json_object_get(entity, "types"), name, schema)
    {
        char key[512];
        (void)snprintf(key, sizeof(key), "TYPE %s", name);
        (void)json_object_set_new(file->known, key, json_true());
    }
}

static enum status learn_all(struct queries_file *file)
{
    struct script *script = NULL;
    struct outcome outcome = {.kind = OUTCOME_NONE};
    TRY(script_open(file->engine, file->session,
                    TEXT("DESCRIBE STREAMS; DESCRIBE TABLES; SHOW QUERIES; SHOW TYPES;"), &script,
                    file->diag));
    enum status status = STATUS_OK;
    while (status == STATUS_OK && outcome.kind != OUTCOME_END) {
        outcome.entity = NULL;
        status = script_step(script, &outcome, file->diag);
        if (status == STATUS_OK) {
            learn_entity(file, outcome.entity);
            json_decref(outcome.entity);
        }
    }
    script_close(script);
    return status;
}

/* --- The file --------------------------------------------------------------------------------- */

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0) {
        names++;
    }
    return *names != NULL;
}

/* Looks over all statements before any runs. Source: ksqlDB's StandaloneExecutor, spelling
 * included. */
static enum status check(const struct script *script, struct diag *diag)
{
    static const char *const allowed[] = {
        "SET", "UNSET", "CREATE", "CREATE TYPE", "CREATE AS SELECT", "INSERT INTO", NULL};
    static const char *const queries[] = {"CREATE AS SELECT", "INSERT INTO", NULL};
    struct outcome outcome;
    bool has_query = false;
    for (size_t i = 0; script_peek_at(script, i, &outcome); i++) {
        if (!is_one_of(outcome.type_name, allowed)) {
            return diag_fail(diag, STATUS_INVALID, outcome.pos,
                             "Unsupported statement. Only the following statements are supporting "
                             "in standalone mode:\nCREAETE STREAM AS SELECT\nCREATE STREAM\n"
                             "CREATE TABLE\nCREATE TABLE AS SELECT\nCREATE TYPE\nINSERT INTO\nSET\n"
                             "UNSET");
        }
        has_query = has_query || is_one_of(outcome.type_name, queries);
    }
    return has_query ? STATUS_OK
                     : diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                                 "The SQL file does not contain any persistent queries. i.e. it "
                                 "contains no 'INSERT INTO', 'CREATE TABLE x AS SELECT' or "
                                 "'CREATE STREAM x AS SELECT' style statements.");
}

static bool is_known(struct queries_file *file, struct text sql)
{
    json_t *key = key_of(file, sql);
    const bool is_there = key && json_object_get(file->known, json_string_value(key));
    json_decref(key);
    return is_there;
}

/* Puts blanks in place of the statements that are there, so that places in the rest stay true. */
static void blank_known(struct queries_file *file, struct buffer *sql)
{
    struct statement_splitter splitter;
    struct statement_text statement;
    statement_splitter_init(&splitter, buffer_text(sql));
    while (statement_splitter_next(&splitter, &statement)) {
        if (statement.text.bytes == 0 || !is_known(file, statement.text)) {
            continue;
        }
        char *end = sql->data + splitter.next.offset_bytes;
        for (char *next = sql->data + (statement.text.data - sql->data); next < end; next++) {
            *next = *next == '\n' ? '\n' : ' ';
        }
        file->kept_count++;
    }
}

static enum status run_all(struct queries_file *file, struct script *script)
{
    struct outcome outcome = {.kind = OUTCOME_NONE};
    while (outcome.kind != OUTCOME_END) {
        outcome.entity = NULL;
        const enum status status = script_step(script, &outcome, file->diag);
        if (status == STATUS_CONFLICT) {
            diag_hint(file->diag, "The data directory holds another definition: say CREATE OR "
                                  "REPLACE in the file, or drop the old one first.");
        }
        TRY(status);
        json_decref(outcome.entity);
    }
    return STATUS_OK;
}

static enum status check_text(struct queries_file *file, struct text sql)
{
    struct script *script = NULL;
    TRY(script_open(file->engine, file->session, sql, &script, file->diag));
    const enum status status = check(script, file->diag);
    script_close(script);
    return status;
}

static enum status run_text(struct queries_file *file, struct buffer *sql)
{
    struct script *script = NULL;
    TRY(check_text(file, buffer_text(sql)));
    TRY(learn_all(file));
    blank_known(file, sql);
    TRY(script_open(file->engine, file->session, buffer_text(sql), &script, file->diag));
    const enum status status = run_all(file, script);
    script_close(script);
    return status;
}

/* Says where in the file, as compilers do. */
static void locate(const char *path, struct diag *diag)
{
    if (diag->pos.line > 0) {
        diag_prefix(diag, "%s:%u:%u: ", path, diag->pos.line, diag->pos.column);
    } else {
        diag_prefix(diag, "%s: ", path);
    }
}

enum status queries_file_run(struct engine *engine, const char *path, size_t *out_kept_count,
                             struct diag *diag)
{
    struct queries_file file = {.engine = engine, .known = json_object(), .diag = diag};
    struct buffer sql;
    buffer_init(&sql);
    arena_init(&file.arena);
    enum status status = file.known ? STATUS_OK : diag_no_memory(diag);
    if (status == STATUS_OK) {
        status = file_text_read(path, &sql, diag);
    }
    if (status == STATUS_OK) {
        status = session_create(engine, &file.session, diag);
    }
    if (status == STATUS_OK) {
        status = run_text(&file, &sql);
        *out_kept_count = file.kept_count;
    }
    if (status != STATUS_OK) {
        locate(path, diag);
    }
    session_destroy(file.session);
    json_decref(file.known);
    arena_release(&file.arena);
    buffer_release(&sql);
    return status;
}
