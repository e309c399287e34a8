/* shell_session.c
 *
 * Statements that change the session stay here: SET (after asking the server whether it knows
 * the property), UNSET, DEFINE, UNDEFINE, SHOW VARIABLES. SELECT and PRINT go to /query, all
 * others to /ksql, one at a time, so that an error belongs to one statement. Each request waits
 * for the last command (commandSequenceNumber), so that a session sees its own changes.
 */
#include "shell/shell_session.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "parser/caret.h"
#include "parser/lexer.h"
#include "parser/parser.h"
#include "shell/entity_text.h"
#include "shell/shell_result.h"
#include "shell/shell_terminal.h"

/* --- Life --------------------------------------------------------------------------------- */

enum status shell_session_init(struct shell_session *session,
                               const struct shell_client_options *options, struct diag *diag)
{
    *session = (struct shell_session){.properties = json_object(),
                                      .variables = json_object(),
                                      .sequence = -1,
                                      .is_wrapping = true};
    shell_screen_init(&session->screen);
    if (!session->properties || !session->variables) {
        return diag_no_memory(diag);
    }
    return shell_client_create(options, &session->client, diag);
}

void shell_session_release(struct shell_session *session)
{
    json_decref(session->properties);
    json_decref(session->variables);
    shell_screen_release(&session->screen);
    shell_client_destroy(session->client);
}

/* --- Errors ------------------------------------------------------------------------------- */

/* The offset of a line and column (both from 1, columns in characters) in text; text.bytes + 1
 * where there is none. */
static size_t offset_of(struct text text, unsigned line, unsigned column)
{
    const char *const end = text.data + text.bytes;
    const char *next = text.data;
    for (unsigned at = 1; at < line && next < end; next++) {
        at += *next == '\n';
    }
    for (unsigned at = 1; at < column; at++) {
        if (next == end) {
            return text.bytes + 1;
        }
        (void)utf8_next(&next, end);
    }
    return (size_t)(next - text.data);
}

/* ksqlDB repeats the statement behind a message; here it is shown with the place. */
static void cut_statement(struct diag *diag)
{
    char *echo = strstr(diag->message, "\nStatement: ");
    if (echo) {
        *echo = '\0';
    }
    size_t bytes = strlen(diag->message);
    while (bytes > 0 && diag->message[bytes - 1] == '\n') {
        diag->message[--bytes] = '\0';
    }
}

/* How much of text the word at offset is: what the caret underlines. */
static uint32_t word_bytes(struct text text, size_t offset)
{
    struct lexer lexer;
    if (offset >= text.bytes) {
        return 1;
    }
    lexer_init(&lexer, (struct text){text.data + offset, text.bytes - offset});
    const struct token token = lexer_next(&lexer);
    return token.pos.offset_bytes == 0 && token.pos.bytes > 0 ? token.pos.bytes : 1;
}

/* The place that a message begins with, in either of ksqlDB's spellings: taken off the message. */
static void take_place(struct text statement, struct diag *diag)
{
    static const char *const spellings[] = {"line %u:%u: %n", "Line: %u, Col: %u: %n"};
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
        unsigned line = 0;
        unsigned column = 0;
        int used = 0;
        if (sscanf(diag->message, spellings[i], &line, &column, &used) != 2 || used == 0 ||
            line == 0 || column == 0) {
            continue;
        }
        const size_t offset = offset_of(statement, line, column);
        if (offset <= statement.bytes) {
            diag->pos = (struct sql_pos){line, column, (uint32_t)offset,
                                         word_bytes(statement, offset)};
            memmove(diag->message, diag->message + used, strlen(diag->message + used) + 1);
        }
        return;
    }
}

/* A syntax error's place: the server sends none, but the same parser is here. */
static void find_place(struct text statement, struct diag *diag)
{
    struct arena arena;
    struct diag *local = memory_zalloc(sizeof(*local));
    struct statement *parsed = NULL;
    if (!local) {
        return;
    }
    arena_init(&arena);
    if (parser_parse_statement(statement, NULL, &arena, &parsed, local) != STATUS_OK) {
        diag->pos = local->pos;
        if (local->hint[0]) {
            diag_hint(diag, "%s", local->hint);
        }
    }
    arena_release(&arena);
    memory_free(local);
}

enum status shell_session_refusal(struct text body, long code, struct text statement,
                                  struct diag *diag)
{
    json_t *json = json_loadb(body.data, body.bytes, 0, NULL);
    const char *message = json_string_value(json_object_get(json, "message"));
    if (message) {
        (void)diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s", message);
    } else {
        (void)diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "The server answered with status %ld",
                        code);
    }
    json_decref(json);
    cut_statement(diag);
    take_place(statement, diag);
    if (diag->pos.line == 0 && statement.bytes > 0) {
        find_place(statement, diag);
    }
    return STATUS_INVALID;
}

void shell_session_show_error(struct shell_session *session, struct text statement,
                              const struct diag *diag)
{
    struct buffer out;
    buffer_init(&out);
    caret_print(&out, TEXT(""), statement, diag);
    shell_screen_error(&session->screen, buffer_text(&out));
    buffer_release(&out);
}

/* --- Requests ----------------------------------------------------------------------------- */

struct text shell_session_body(const struct shell_session *session, struct text statement)
{
    json_t *body =
        json_pack("{s:o, s:O, s:O}", "ksql", json_sprintf("%.*s;", TEXT_ARGS(statement)),
                  "streamsProperties", session->properties, "sessionVariables", session->variables);
    if (body && session->sequence >= 0 && !session->is_pipelining) {
        (void)json_object_set_new(body, "commandSequenceNumber", json_integer(session->sequence));
    }
    char *dump = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    return text_of(dump);
}

enum status shell_session_ask(struct shell_session *session, struct text statement, json_t **out,
                              struct diag *diag)
{
    const struct text body = shell_session_body(session, statement);
    struct buffer reply;
    long code = 0;
    if (!body.data) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "The statement is not UTF-8 text");
    }
    buffer_init(&reply);
    enum status status = shell_client_request(session->client, "/ksql", body, &reply, &code, diag);
    free((char *)body.data); /* jansson's own allocation */
    if (status == STATUS_OK && code != 200) {
        status = shell_session_refusal(buffer_text(&reply), code, statement, diag);
    } else if (status == STATUS_OK) {
        *out = json_loadb(reply.data, reply.bytes, 0, NULL);
        status = *out ? STATUS_OK
                      : diag_fail(diag, STATUS_IO, SQL_POS_NONE,
                                  "The server's answer is not JSON; is %s a ksqlDB server?",
                                  shell_client_url(session->client));
    }
    buffer_release(&reply);
    return status;
}

static void note_sequence(struct shell_session *session, const json_t *entity)
{
    const json_t *sequence = json_object_get(entity, "commandSequenceNumber");
    if (json_is_integer(sequence) && json_integer_value(sequence) > session->sequence) {
        session->sequence = json_integer_value(sequence);
    }
}

static enum status show_entities(struct shell_session *session, const json_t *entities)
{
    const struct entity_look look = {.width_max = shell_screen_width(&session->screen),
                                     .is_cutting = !session->is_wrapping};
    struct buffer out;
    size_t index = 0;
    const json_t *entity = NULL;
    enum status status = STATUS_OK;
    buffer_init(&out);
    json_array_foreach(entities, index, entity)
    {
        note_sequence(session, entity);
        if (status == STATUS_OK) {
            status = session->format == SHELL_JSON
                         ? entity_json_append(&out, entity, &session->diag)
                         : entity_text_append(&out, entity, &look, &session->diag);
        }
    }
    if (status == STATUS_OK && out.bytes > 0) {
        shell_screen_page(&session->screen, buffer_text(&out));
    }
    buffer_release(&out);
    return status;
}

static enum status run_remote(struct shell_session *session, struct text statement)
{
    json_t *entities = NULL;
    session->change_count++;
    TRY(shell_session_ask(session, statement, &entities, &session->diag));
    const enum status status = show_entities(session, entities);
    json_decref(entities);
    return status;
}

/* --- Statements that change the session --------------------------------------------------- */

void shell_session_say(struct shell_session *session, const char *format, ...)
{
    char line[DIAG_MESSAGE_BYTES_MAX];
    va_list arguments;
    if (!session->is_interactive || session->screen.is_quiet) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    shell_screen_write(&session->screen, text_of(line));
}

static enum status check_property(struct shell_session *session, const char *name,
                                  struct diag *diag)
{
    char path[512] = "/is_valid_property/";
    size_t used = strlen(path);
    for (const char *next = name; *next && used + 4 < sizeof(path); next++) {
        const bool is_plain = isalnum((unsigned char)*next) || strchr(".-_", *next);
        used += (size_t)snprintf(path + used, sizeof(path) - used, is_plain ? "%c" : "%%%02X",
                                 (unsigned char)*next);
    }
    struct buffer reply;
    long code = 0;
    buffer_init(&reply);
    enum status status =
        shell_client_request(session->client, path, (struct text){NULL, 0}, &reply, &code, diag);
    if (status == STATUS_OK && code != 200) {
        status = shell_session_refusal(buffer_text(&reply), code, TEXT(""), diag);
    }
    buffer_release(&reply);
    return status;
}

enum status shell_session_set(struct shell_session *session, struct text name, struct text value,
                              struct diag *diag)
{
    char key[256];
    (void)snprintf(key, sizeof(key), "%.*s", TEXT_ARGS(name));
    TRY(check_property(session, key, diag));
    const char *old = json_string_value(json_object_get(session->properties, key));
    shell_session_say(session, "Successfully changed local property '%s'%s%s%s to '%.*s'.%s\n",
                      key, old ? " from '" : "", old ? old : "", old ? "'" : "",
                      TEXT_ARGS(value), old ? "" : " Use the UNSET command to revert your change.");
    if (json_object_set_new(session->properties, key, json_stringn(value.data, value.bytes)) != 0) {
        return diag_no_memory(diag);
    }
    return STATUS_OK;
}

static enum status unset(struct shell_session *session, struct text name, struct diag *diag)
{
    char key[256];
    (void)snprintf(key, sizeof(key), "%.*s", TEXT_ARGS(name));
    const char *old = json_string_value(json_object_get(session->properties, key));
    if (!old) {
        return diag_fail(diag, STATUS_MISSING, SQL_POS_NONE,
                         "Cannot unset local property '%s' which was never set in the first place",
                         key);
    }
    shell_session_say(session, "Successfully unset local property '%s' (value was '%s').\n", key,
                      old);
    (void)json_object_del(session->properties, key);
    return STATUS_OK;
}

static void lower(struct text name, char *out, size_t out_bytes)
{
    (void)snprintf(out, out_bytes, "%.*s", TEXT_ARGS(name));
    for (char *next = out; *next; next++) {
        *next = (char)tolower((unsigned char)*next);
    }
}

enum status shell_session_define(struct shell_session *session, struct text name, struct text value,
                                 struct diag *diag)
{
    char key[256];
    lower(name, key, sizeof(key));
    if (json_object_set_new(session->variables, key, json_stringn(value.data, value.bytes)) != 0) {
        return diag_no_memory(diag);
    }
    return STATUS_OK;
}

static enum status show_variables(struct shell_session *session)
{
    const char *name = NULL;
    json_t *value = NULL;
    json_t *list = json_array();
    json_object_foreach(session->variables, name, value)
    {
        (void)json_array_append_new(list, json_pack("{s:s, s:O}", "name", name, "value", value));
    }
    json_t *entities = json_pack("[{s:s, s:o}]", "@type", "variables", "variables", list);
    const enum status status = show_entities(session, entities);
    json_decref(entities);
    return status;
}

static enum status run_local(struct shell_session *session, const struct statement *statement)
{
    char key[256];
    switch ((int)statement->kind) {
    case STATEMENT_SET:
        return shell_session_set(session, statement->setting.key, statement->setting.value,
                                 &session->diag);
    case STATEMENT_UNSET:
        return unset(session, statement->setting.key, &session->diag);
    case STATEMENT_DEFINE:
        return shell_session_define(session, statement->variable.name, statement->variable.value,
                                    &session->diag);
    case STATEMENT_UNDEFINE:
        lower(statement->variable.name, key, sizeof(key));
        (void)json_object_del(session->variables, key);
        return STATUS_OK;
    default:
        return show_variables(session);
    }
}

/* --- Statements --------------------------------------------------------------------------- */

static const char *const local_words[] = {"SET", "UNSET", "DEFINE", "UNDEFINE"};

static bool is_local(struct text first, struct text second)
{
    for (size_t i = 0; i < sizeof(local_words) / sizeof(local_words[0]); i++) {
        if (text_equal_nocase(first, text_of(local_words[i]))) {
            return true;
        }
    }
    const bool is_list =
        text_equal_nocase(first, TEXT("SHOW")) || text_equal_nocase(first, TEXT("LIST"));
    return is_list && text_equal_nocase(second, TEXT("VARIABLES"));
}

/* Deletes records, or ends what others rely on. */
static bool is_destructive(struct text statement)
{
    struct lexer lexer;
    lexer_init(&lexer, statement);
    const struct token first = lexer_next(&lexer);
    struct token last = first;
    struct token before = first;
    for (struct token token = lexer_next(&lexer); token.kind != 0; token = lexer_next(&lexer)) {
        before = last;
        last = token;
    }
    const bool deletes_topic = text_equal_nocase(before.text, TEXT("DELETE")) &&
                               text_equal_nocase(last.text, TEXT("TOPIC"));
    return (text_equal_nocase(first.text, TEXT("DROP")) && deletes_topic) ||
           (text_equal_nocase(first.text, TEXT("TERMINATE")) &&
            text_equal_nocase(last.text, TEXT("ALL")));
}

static bool is_allowed(struct shell_session *session, struct text statement)
{
    return !session->is_interactive || session->is_sure || !is_destructive(statement) ||
           shell_terminal_confirm("This cannot be undone. Go on? [y/N] ");
}

static enum status run(struct shell_session *session, struct text text)
{
    struct lexer lexer;
    lexer_init(&lexer, text);
    const struct token first = lexer_next(&lexer);
    const struct token second = lexer_next(&lexer);
    if (text_equal_nocase(first.text, TEXT("SELECT")) ||
        text_equal_nocase(first.text, TEXT("PRINT"))) {
        return shell_result_run(session, text, &session->diag);
    }
    if (!is_local(first.text, second.text)) {
        return is_allowed(session, text) ? run_remote(session, text) : STATUS_OK;
    }
    struct arena arena;
    struct statement *statement = NULL;
    arena_init(&arena);
    enum status status = parser_parse_statement(text, NULL, &arena, &statement, &session->diag);
    if (status == STATUS_OK) {
        status = run_local(session, statement);
    }
    arena_release(&arena);
    return status;
}

bool shell_session_run(struct shell_session *session, struct text statement)
{
    if (statement.bytes == 0) {
        return true;
    }
    diag_reset(&session->diag);
    if (run(session, statement) == STATUS_OK) {
        return true;
    }
    shell_session_show_error(session, statement, &session->diag);
    return false;
}

bool shell_session_run_script(struct shell_session *session, struct text script)
{
    struct statement_splitter splitter;
    struct statement_text statement;
    statement_splitter_init(&splitter, script);
    while (statement_splitter_next(&splitter, &statement) && !shell_screen_is_unread()) {
        if (!shell_session_run(session, statement.text)) {
            return false;
        }
    }
    return true;
}
