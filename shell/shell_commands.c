/* shell_commands.c
 *
 * One table: the words of a command, what it does, its function, its help. A line is a command
 * if it begins with the words of a row, whatever their case, and no letter follows. None of the
 * words begins an SQL statement, except SET CLI and RUN SCRIPT, which two words tell apart. Those
 * that ksqlDB's CLI does not have begin with a dot.
 */
#include "shell/shell_commands.h"

#include <ctype.h>
#include <stdlib.h>

#include "shell/file_text.h"
#include "shell/shell_watch.h"
#include "shell/text_table.h"
#include "shell/version.h"

struct command {
    const char *words;
    bool (*run)(struct shell_session *session, struct shell_history *history, struct text argument);
    const char *arguments;
    const char *summary;
};

static bool run_help(struct shell_session *session, struct shell_history *history,
                     struct text argument);

/* --- Words -------------------------------------------------------------------------------- */

static struct text trim(struct text text)
{
    while (text.bytes > 0 && isspace((unsigned char)text.data[0])) {
        text = (struct text){text.data + 1, text.bytes - 1};
    }
    while (text.bytes > 0 && (isspace((unsigned char)text.data[text.bytes - 1]) ||
                              text.data[text.bytes - 1] == ';')) {
        text.bytes--;
    }
    const bool is_quoted =
        text.bytes >= 2 && text.data[0] == '\'' && text.data[text.bytes - 1] == '\'';
    return is_quoted ? (struct text){text.data + 1, text.bytes - 2} : text;
}

static struct text take_word(struct text *rest)
{
    size_t bytes = 0;
    *rest = trim(*rest);
    while (bytes < rest->bytes && !isspace((unsigned char)rest->data[bytes])) {
        bytes++;
    }
    const struct text word = {rest->data, bytes};
    *rest = trim((struct text){rest->data + bytes, rest->bytes - bytes});
    return word;
}

static void say(struct shell_session *session, const char *format, ...) PRINTF_LIKE(2, 3);

static void say(struct shell_session *session, const char *format, ...)
{
    char line[DIAG_MESSAGE_BYTES_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    shell_screen_write(&session->screen, text_of(line));
}

static bool complain(struct shell_session *session, const char *format, ...) PRINTF_LIKE(2, 3);

static bool complain(struct shell_session *session, const char *format, ...)
{
    char line[DIAG_MESSAGE_BYTES_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    shell_screen_error(&session->screen, text_of(line));
    return false;
}

/* ON or OFF; false: neither. */
static bool parse_switch(struct text word, bool *out)
{
    const bool is_on = text_equal_nocase(word, TEXT("ON"));
    if (!is_on && !text_equal_nocase(word, TEXT("OFF"))) {
        return false;
    }
    *out = is_on;
    return true;
}

/* --- Commands ----------------------------------------------------------------------------- */

static bool run_exit(struct shell_session *session, struct shell_history *history,
                     struct text argument)
{
    (void)history;
    (void)argument;
    session->is_ended = true;
    return true;
}

static bool run_clear(struct shell_session *session, struct shell_history *history,
                      struct text argument)
{
    (void)history;
    (void)argument;
    shell_screen_clear(&session->screen);
    return true;
}

static bool run_history(struct shell_session *session, struct shell_history *history,
                        struct text argument)
{
    (void)argument;
    struct buffer out;
    buffer_init(&out);
    for (size_t i = 0; history && i < history->count; i++) {
        buffer_printf(&out, "%zu: %s\n", i + 1, history->items[i]);
    }
    shell_screen_page(&session->screen, buffer_text(&out));
    buffer_release(&out);
    return true;
}

static bool run_output(struct shell_session *session, struct shell_history *history,
                       struct text argument)
{
    (void)history;
    if (argument.bytes == 0) {
        say(session, "Current output format: %s\n",
            session->format == SHELL_JSON ? "JSON" : "TABULAR");
        return true;
    }
    const bool is_json = text_equal_nocase(argument, TEXT("JSON"));
    if (!is_json && !text_equal_nocase(argument, TEXT("TABULAR"))) {
        return complain(session,
                        "Invalid output format: '%.*s' (valid formats: 'JSON', 'TABULAR')\n",
                        TEXT_ARGS(argument));
    }
    session->format = is_json ? SHELL_JSON : SHELL_TABULAR;
    say(session, "Output format set to %s\n", is_json ? "JSON" : "TABULAR");
    return true;
}

static bool run_server(struct shell_session *session, struct shell_history *history,
                       struct text argument)
{
    (void)history;
    if (argument.bytes == 0) {
        say(session, "%s\n", shell_client_url(session->client));
        return true;
    }
    if (shell_client_set_url(session->client, argument, &session->diag) != STATUS_OK) {
        return complain(session, "%s\n", session->diag.message);
    }
    session->sequence = -1;
    session->change_count++;
    say(session, "Server now: %s\n", shell_client_url(session->client));
    return shell_commands_greet(session);
}

static bool run_version(struct shell_session *session, struct shell_history *history,
                        struct text argument)
{
    (void)history;
    (void)argument;
    say(session, "Version: %s\n", LEAT_VERSION);
    return true;
}

static bool run_file(struct shell_session *session, struct shell_history *history,
                     struct text argument)
{
    (void)history;
    char path[4096];
    struct buffer script;
    (void)snprintf(path, sizeof(path), "%.*s", TEXT_ARGS(argument));
    buffer_init(&script);
    const bool is_read = file_text_read(path, &script, &session->diag) == STATUS_OK;
    const bool is_done = is_read ? shell_session_run_script(session, buffer_text(&script))
                                 : complain(session, "Failed to read file: %s\n", path);
    buffer_release(&script);
    return is_done;
}

static bool run_pipelining(struct shell_session *session, struct shell_history *history,
                           struct text argument)
{
    (void)history;
    if (argument.bytes > 0 && !parse_switch(argument, &session->is_pipelining)) {
        return complain(session, "request-pipelining takes ON or OFF\n");
    }
    say(session, "Current request-pipelining configuration: %s\n",
        session->is_pipelining ? "ON" : "OFF");
    return true;
}

static bool run_spool(struct shell_session *session, struct shell_history *history,
                      struct text argument)
{
    (void)history;
    char path[4096];
    (void)snprintf(path, sizeof(path), "%.*s", TEXT_ARGS(argument));
    if (argument.bytes == 0) {
        return complain(session, "spool takes a file, or OFF\n");
    }
    const bool is_off = text_equal_nocase(argument, TEXT("OFF"));
    if (shell_screen_spool(&session->screen, is_off ? NULL : path, &session->diag) != STATUS_OK) {
        return complain(session, "%s\n", session->diag.message);
    }
    if (is_off) {
        say(session, "Spooling ended\n");
    } else {
        say(session, "Session will be spooled to %s\nEnter SPOOL OFF to disable\n", path);
    }
    return true;
}

static bool run_set_cli(struct shell_session *session, struct shell_history *history,
                        struct text argument)
{
    (void)history;
    struct text rest = argument;
    const struct text name = take_word(&rest);
    if (text_equal_nocase(name, TEXT("WRAP")) && parse_switch(rest, &session->is_wrapping)) {
        return true;
    }
    if (text_equal_nocase(name, TEXT("COLUMN-WIDTH")) && rest.bytes > 0 && rest.bytes < 6) {
        char digits[8];
        (void)snprintf(digits, sizeof(digits), "%.*s", TEXT_ARGS(rest));
        session->column_width = strtoul(digits, NULL, 10);
        return true;
    }
    return complain(session, "set cli takes WRAP ON, WRAP OFF, or COLUMN-WIDTH and a number\n");
}

/* --- Commands that look at the server ----------------------------------------------------- */

/* Runs what stands before and behind the argument with it. */
static bool run_around(struct shell_session *session, const char *before, struct text argument,
                       const char *behind)
{
    struct buffer sql;
    buffer_init(&sql);
    buffer_append_string(&sql, before);
    buffer_append_text(&sql, argument);
    buffer_append_string(&sql, behind);
    const bool is_done = shell_session_run(session, buffer_text(&sql));
    buffer_release(&sql);
    return is_done;
}

static bool run_explain(struct shell_session *session, struct shell_history *history,
                        struct text argument)
{
    (void)history;
    return run_around(session, "EXPLAIN ", argument, "");
}

static bool run_tail(struct shell_session *session, struct shell_history *history,
                     struct text argument)
{
    (void)history;
    return run_around(session, "SELECT * FROM ", argument, " EMIT CHANGES");
}

static bool run_lag(struct shell_session *session, struct shell_history *history,
                    struct text argument)
{
    (void)history;
    return shell_watch_lag(session, argument);
}

static bool run_schema(struct shell_session *session, struct shell_history *history,
                       struct text argument)
{
    (void)history;
    return shell_watch_schema(session, argument);
}

static bool run_top(struct shell_session *session, struct shell_history *history,
                    struct text argument)
{
    (void)history;
    return shell_watch_top(session, argument);
}

static bool run_watch(struct shell_session *session, struct shell_history *history,
                      struct text argument)
{
    (void)history;
    return shell_watch_statement(session, argument);
}

static const struct command commands[] = {
    {".explain", run_explain, "QUERY|SELECT", "shows the plan of a query or a SELECT"},
    {".lag", run_lag, "[QUERY]", "what queries have read, and what waits"},
    {".schema", run_schema, "[NAME]", "the statements that made streams and tables"},
    {".tail", run_tail, "NAME", "shows the rows of a stream or table as they come"},
    {".top", run_top, "[SECONDS]", "queries by rows a second, until Ctrl-C"},
    {".watch", run_watch, "[SECONDS] SQL", "runs a statement again and again, until Ctrl-C"},
    {"clear", run_clear, "", "clears the screen"},
    {"exit", run_exit, "", "leaves the shell; so do quit and Ctrl-D"},
    {"help", run_help, "", "prints this"},
    {"history", run_history, "", "prints what was typed"},
    {"output", run_output, "[TABULAR|JSON]", "shows or sets how results look"},
    {"quit", run_exit, "", "leaves the shell"},
    {"request-pipelining", run_pipelining, "[ON|OFF]",
     "ON: statements do not wait for the ones before"},
    {"run script", run_file, "'FILE'", "runs the statements of a file"},
    {"server", run_server, "[URL]", "shows or changes the server"},
    {"set cli", run_set_cli, "NAME VALUE", "WRAP ON|OFF, COLUMN-WIDTH N"},
    {"spool", run_spool, "FILE|OFF", "copies what is shown into a file"},
    {"version", run_version, "", "prints the shell's version"},
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

/* The table as a table, in which long lines wrap where they should. */
static enum status append_help(struct shell_session *session, struct buffer *out)
{
    const struct text_column columns[] = {
        {.name = TEXT("Command")}, {.name = TEXT("Arguments")}, {.name = TEXT("What it does")}};
    struct text_table table;
    text_table_init(&table, shell_screen_width(&session->screen), out);
    table.style = TEXT_TABLE_LIST;
    enum status status = text_table_set_columns(&table, columns, 3, &session->diag);
    for (size_t i = 0; status == STATUS_OK && i < COMMAND_COUNT; i++) {
        const struct text cells[] = {text_of(commands[i].words), text_of(commands[i].arguments),
                                     text_of(commands[i].summary)};
        status = text_table_add(&table, cells, &session->diag);
    }
    if (status == STATUS_OK) {
        text_table_finish(&table);
    }
    text_table_release(&table);
    return status;
}

static bool run_help(struct shell_session *session, struct shell_history *history,
                     struct text argument)
{
    (void)history;
    (void)argument;
    struct buffer out;
    buffer_init(&out);
    buffer_append_string(&out, "SQL statements end with ';' and may span lines. The shell's own "
                               "commands:\n\n");
    const bool is_done = append_help(session, &out) == STATUS_OK;
    buffer_append_string(&out, "\nTab completes, Ctrl-R searches the history, Up and Down move "
                               "between lines and\nstatements, Ctrl-C clears the line or ends a "
                               "query, Ctrl-D leaves.\n");
    shell_screen_page(&session->screen, buffer_text(&out));
    buffer_release(&out);
    return is_done;
}

/* --- The public face ---------------------------------------------------------------------- */

static const struct command *find(struct text line, struct text *out_argument)
{
    line = trim(line);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct text words = text_of(commands[i].words);
        const bool is_long_enough = line.bytes >= words.bytes;
        if (is_long_enough && text_equal_nocase((struct text){line.data, words.bytes}, words) &&
            (line.bytes == words.bytes || isspace((unsigned char)line.data[words.bytes]))) {
            *out_argument = trim((struct text){line.data + words.bytes, line.bytes - words.bytes});
            return &commands[i];
        }
    }
    return NULL;
}

const char *shell_commands_words(size_t index)
{
    return index < COMMAND_COUNT ? commands[index].words : NULL;
}

bool shell_commands_match(struct text line)
{
    struct text argument;
    return find(line, &argument) != NULL;
}

bool shell_commands_run(struct shell_session *session, struct shell_history *history,
                        struct text line)
{
    struct text argument;
    const struct command *command = find(line, &argument);
    return command && command->run(session, history, argument);
}

bool shell_commands_greet(struct shell_session *session)
{
    struct buffer reply;
    long code = 0;
    buffer_init(&reply);
    enum status status = shell_client_request(session->client, "/info", (struct text){NULL, 0},
                                              &reply, &code, &session->diag);
    if (status == STATUS_OK && code != 200) {
        status = shell_session_refusal(buffer_text(&reply), code, TEXT(""), &session->diag);
    }
    if (status == STATUS_OK && session->is_interactive && !session->screen.is_quiet) {
        json_t *info = json_loadb(reply.data, reply.bytes, 0, NULL);
        const json_t *server = json_object_get(info, "KsqlServerInfo");
        const char *version = json_string_value(json_object_get(server, "version"));
        say(session, "leat shell %s, server %s at %s; 'help' says more\n", LEAT_VERSION,
            version ? version : "?", shell_client_url(session->client));
        json_decref(info);
    }
    buffer_release(&reply);
    if (status != STATUS_OK) {
        shell_session_show_error(session, TEXT(""), &session->diag);
    }
    return status == STATUS_OK;
}
