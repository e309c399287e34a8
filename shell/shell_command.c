/* shell_command.c
 *
 * `leat shell`: options, and where statements come from: -e, -f, a person at a terminal, or
 * standard input. -e and -f end at the first failure, as scripts should; a person and a pipe go
 * on. Whatever failed, the exit code says so.
 */
#include "shell/shell_command.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/memory.h"
#include "parser/parser.h"
#include "server/property_file.h"
#include "shell/file_text.h"
#include "shell/options.h"
#include "shell/shell_commands.h"
#include "shell/shell_editor.h"

enum { PASSWORD_BYTES_MAX = 256 };

struct shell {
    struct shell_session session;
    struct shell_history history;
    const char *url;
    const char *user;
    const char *password;
    const char *token;
    const char *config_file;
    const char *execute;
    const char *file;
    const char *output;
    struct option_texts defines;
    int64_t row_limit;
    int64_t timeout_ms;
    bool is_quiet;
    bool is_verbose;
    bool is_sure;
    char typed_password[PASSWORD_BYTES_MAX];
    bool has_failed;
    struct diag diag;
};

static const struct option_row rows[] = {
    {"execute", OPTION_TEXT, offsetof(struct shell, execute), "SQL", "run these statements", 0, 0},
    {"file", OPTION_TEXT, offsetof(struct shell, file), "FILE", "run the statements of FILE", 0, 0},
    {"define", OPTION_TEXTS, offsetof(struct shell, defines), "NAME=V",
     "let ${NAME} stand for V; may be repeated", 0, 0},
    {"user", OPTION_TEXT, offsetof(struct shell, user), "USER",
     "log in; without -p the password is asked for", 0, 0},
    {"password", OPTION_TEXT, offsetof(struct shell, password), "PASSWORD",
     "log in with this password", 0, 0},
    {"token", OPTION_TEXT, offsetof(struct shell, token), "TOKEN",
     "log in with this bearer token", 0, 0},
    {"output", OPTION_TEXT, offsetof(struct shell, output), "FORMAT",
     "TABULAR (default) or JSON, one object per line", 0, 0},
    {"query-row-limit", OPTION_NUMBER, offsetof(struct shell, row_limit), "N",
     "end each query after N rows", 1, INT64_MAX},
    {"query-timeout", OPTION_NUMBER, offsetof(struct shell, timeout_ms), "MS",
     "end each query after so many milliseconds", 1, INT64_MAX},
    {"config-file", OPTION_TEXT, offsetof(struct shell, config_file), "FILE",
     "a .properties file of what to SET first", 0, 0},
    {"quiet", OPTION_FLAG, offsetof(struct shell, is_quiet), NULL,
     "no greeting, notices, counts and times", 0, 0},
    {"verbose", OPTION_FLAG, offsetof(struct shell, is_verbose), NULL,
     "show each request on standard error", 0, 0},
    {"yes", OPTION_FLAG, offsetof(struct shell, is_sure), NULL,
     "do not ask before a statement that deletes records\nor ends all queries", 0, 0},
};

static const struct option_table options = {
    .command = "leat shell",
    .usage = "usage: leat shell [OPTIONS] [URL]\n\n"
             "Statements to a server (default http://127.0.0.1:8088): typed, from -e or -f, or\n"
             "from standard input. -e and -f end at the first failure.\n\n",
    .footer = "\nAt the prompt 'help' lists the shell's own commands and keys. NO_COLOR=1 turns\n"
              "colours off, PAGER names the pager of long results, SSL_CERT_FILE the certificates\n"
              "(PEM) that https servers are known by, if the system does not know them.\n\n"
              "Exit code: 0 done, 1 a statement failed, 2 wrong usage.\n",
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
    .letters = "efdupt----qvy",
};

/* --- Options ------------------------------------------------------------------------------ */

/* What no single option shows; NULL: all is well. */
static const char *find_mistake(const struct shell *shell)
{
    if (shell->output && strcasecmp(shell->output, "JSON") != 0 &&
        strcasecmp(shell->output, "TABULAR") != 0) {
        return "--output is TABULAR or JSON";
    }
    if (shell->password && !shell->user) {
        return "You must specify both a username and a password";
    }
    if (shell->token && shell->user) {
        return "Only one of username/password or token can be provided";
    }
    for (size_t i = 0; i < shell->defines.count; i++) {
        if (!strchr(shell->defines.items[i], '=')) {
            return "--define wants NAME=VALUE";
        }
    }
    return NULL;
}

static int take_options(struct shell *shell, int argc, char **argv)
{
    int first = 0;
    const int code = options_parse(&options, argc, argv, shell, &first);
    if (code != OPTIONS_GO_ON) {
        return code;
    }
    if (first + 1 < argc) {
        return options_usage_error(&options, "one URL is enough");
    }
    const char *mistake = find_mistake(shell);
    shell->url = first < argc ? argv[first] : "http://127.0.0.1:8088";
    return mistake ? options_usage_error(&options, mistake) : OPTIONS_GO_ON;
}

/* --- Preparation -------------------------------------------------------------------------- */

static enum status ask_password(struct shell *shell)
{
    struct termios before;
    if (!shell->user || shell->password || tcgetattr(STDIN_FILENO, &before) != 0) {
        return STATUS_OK;
    }
    struct termios silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    (void)fputs("Enter password: ", stderr);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    const char *line = fgets(shell->typed_password, sizeof(shell->typed_password), stdin);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    (void)fputc('\n', stderr);
    if (!line) {
        return diag_fail(&shell->diag, STATUS_INVALID, SQL_POS_NONE, "There is no password");
    }
    shell->typed_password[strcspn(shell->typed_password, "\n")] = '\0';
    shell->password = shell->typed_password;
    return STATUS_OK;
}

static enum status set_defines(struct shell *shell)
{
    for (size_t i = 0; i < shell->defines.count; i++) {
        const char *define = shell->defines.items[i];
        const size_t name_bytes = strcspn(define, "=");
        TRY(shell_session_define(&shell->session, (struct text){define, name_bytes},
                                 text_of(define + name_bytes + 1), &shell->diag));
    }
    return STATUS_OK;
}

/* Client settings of ksqlDB's file (ssl, sasl) say nothing to this shell. */
static bool is_for_session(struct text name)
{
    return !text_starts_with(name, TEXT("ssl.")) && !text_starts_with(name, TEXT("sasl.")) &&
           !text_equal(name, TEXT("security.protocol"));
}

static enum status read_config(struct shell *shell)
{
    struct arena arena;
    struct property_file properties = {0};
    if (!shell->config_file) {
        return STATUS_OK;
    }
    arena_init(&arena);
    enum status status = property_file_read(shell->config_file, &arena, &properties, &shell->diag);
    for (size_t i = 0; status == STATUS_OK && i < properties.count; i++) {
        const struct engine_setting *setting = &properties.items[i];
        if (is_for_session(text_of(setting->name))) {
            status = shell_session_set(&shell->session, text_of(setting->name),
                                       text_of(setting->value), &shell->diag);
        }
    }
    arena_release(&arena);
    return status;
}

static enum status prepare(struct shell *shell, bool is_interactive)
{
    TRY(ask_password(shell));
    const struct shell_client_options client_options = {
        .user = shell->user,
        .password = shell->password,
        .token = shell->token,
        .is_interruptible = is_interactive,
        .is_verbose = shell->is_verbose,
    };
    TRY(shell_session_init(&shell->session, &client_options, &shell->diag));
    const bool is_json = shell->output && strcasecmp(shell->output, "JSON") == 0;
    shell->session.format = is_json ? SHELL_JSON : SHELL_TABULAR;
    shell->session.is_sure = shell->is_sure;
    shell->session.screen.is_quiet = shell->is_quiet;
    shell->session.row_limit = shell->row_limit;
    shell->session.timeout_ms = shell->timeout_ms;
    TRY(shell_client_set_url(shell->session.client, text_of(shell->url), &shell->diag));
    TRY(set_defines(shell));
    TRY(read_config(shell));
    shell->session.is_interactive = is_interactive;
    return STATUS_OK;
}

/* --- Where statements come from ----------------------------------------------------------- */

/* Runs what is complete in pending and keeps the rest there. */
static void run_complete(struct shell *shell, struct buffer *pending, bool is_end)
{
    struct statement_splitter splitter;
    struct statement_text statement;
    size_t used = 0;
    statement_splitter_init(&splitter, buffer_text(pending));
    while (!shell->session.is_ended && statement_splitter_next(&splitter, &statement) &&
           (statement.is_terminated || is_end)) {
        used = splitter.next.offset_bytes;
        shell->has_failed =
            !shell_session_run(&shell->session, statement.text) || shell->has_failed;
    }
    if (used > 0) {
        memmove(pending->data, pending->data + used, pending->bytes - used);
        pending->bytes -= used;
    }
}

static bool is_blank(const struct buffer *pending)
{
    return pending->bytes == 0 || strspn(pending->data, " \t\r\n") >= pending->bytes;
}

/* One line (or, from the editor, one whole input) with what was left of those before. */
static void take_input(struct shell *shell, struct buffer *pending, struct text line)
{
    (void)shell_client_wait(shell->session.client, 0); /* Ctrl-C in a pager was not for this */
    if (is_blank(pending) && shell_commands_match(line)) {
        buffer_reset(pending);
        shell->has_failed =
            !shell_commands_run(&shell->session, &shell->history, line) || shell->has_failed;
        return;
    }
    buffer_append_text(pending, line);
    buffer_append_string(pending, "\n");
    buffer_append_byte(pending, '\0'); /* is_blank ends at it */
    if (!pending->has_failed) {
        pending->bytes--;
        run_complete(shell, pending, false);
    }
}

static void run_pipe(struct shell *shell)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t bytes = 0;
    struct buffer pending;
    buffer_init(&pending);
    while (!shell->session.is_ended && (bytes = getline(&line, &capacity, stdin)) > 0) {
        const size_t kept = (size_t)bytes - (line[bytes - 1] == '\n');
        take_input(shell, &pending, (struct text){line, kept});
    }
    run_complete(shell, &pending, true);
    buffer_release(&pending);
    free(line); /* the C library's own allocation */
}

static void run_terminal(struct shell *shell)
{
    struct buffer input;
    struct buffer pending;
    struct shell_editor *editor = NULL;
    if (shell_editor_create(&shell->session, &shell->history, &editor, &shell->diag) != STATUS_OK) {
        run_pipe(shell);
        return;
    }
    buffer_init(&input);
    buffer_init(&pending);
    (void)shell_commands_greet(&shell->session);
    while (!shell->session.is_ended && shell_editor_read(editor, &input)) {
        shell_history_add(&shell->history, buffer_text(&input));
        take_input(shell, &pending, buffer_text(&input));
        run_complete(shell, &pending, true);
        buffer_reset(&pending);
    }
    buffer_release(&input);
    buffer_release(&pending);
    shell_editor_destroy(editor);
}

static void run_file(struct shell *shell)
{
    struct buffer script;
    buffer_init(&script);
    if (file_text_read(shell->file, &script, &shell->diag) != STATUS_OK) {
        (void)fprintf(stderr, "No such script file: %s\n", shell->file);
        shell->has_failed = true;
    } else {
        shell->has_failed = !shell_session_run_script(&shell->session, buffer_text(&script));
    }
    buffer_release(&script);
}

static void run(struct shell *shell, bool is_interactive)
{
    if (shell->execute) {
        shell->has_failed = !shell_session_run_script(&shell->session, text_of(shell->execute));
    } else if (shell->file) {
        run_file(shell);
    } else if (is_interactive) {
        shell_history_init(&shell->history);
        run_terminal(shell);
        shell_history_release(&shell->history);
    } else {
        run_pipe(shell);
    }
}

int shell_command(int argc, char **argv)
{
    struct shell *shell = memory_zalloc(sizeof(*shell)); /* diags and a history are large */
    if (!shell) {
        return 1;
    }
    int code = take_options(shell, argc, argv);
    if (code == OPTIONS_GO_ON) {
        const bool is_interactive = !shell->execute && !shell->file && isatty(STDIN_FILENO) == 1 &&
                                    isatty(STDOUT_FILENO) == 1;
        if (prepare(shell, is_interactive) == STATUS_OK) {
            run(shell, is_interactive);
        } else {
            (void)fprintf(stderr, "leat shell: %s\n", shell->diag.message);
            shell->has_failed = true;
        }
        code = shell->has_failed ? 1 : 0;
        shell_session_release(&shell->session);
    }
    memory_free(shell);
    return code;
}
