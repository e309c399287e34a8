/* shell_command.c
 *
 * `leat shell`: options, and where statements come from: -e, -f, a person at a terminal, or
 * standard input. -e and -f end at the first failure, as scripts should; a person and a pipe go
 * on. Whatever failed, the exit code says so.
 */
#include "shell/shell_command.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/memory.h"
#include "parser/parser.h"
#include "server/property_file.h"
#include "shell/file_text.h"
#include "shell/shell_commands.h"
#include "shell/shell_editor.h"

enum { DEFINE_COUNT_MAX = 64, PASSWORD_BYTES_MAX = 256 };

struct shell {
    struct shell_session session;
    struct shell_history history;
    const char *url;
    const char *user;
    const char *password;
    const char *config_file;
    const char *execute;
    const char *file;
    const char *defines[DEFINE_COUNT_MAX];
    size_t define_count;
    enum shell_format format;
    int64_t row_limit;
    int64_t timeout_ms;
    char typed_password[PASSWORD_BYTES_MAX];
    bool has_failed;
    struct diag diag;
};

static const char help[] =
    "usage: leat shell [OPTIONS] [URL]\n\n"
    "Statements to a server (default http://127.0.0.1:8088): typed, from -e or -f, or from\n"
    "standard input.\n\n"
    "  -e, --execute SQL        run these statements\n"
    "  -f, --file FILE          run the statements of FILE\n"
    "  -d, --define NAME=VALUE  let ${NAME} stand for VALUE; may be repeated\n"
    "  -u, --user USER          log in; the password is asked for\n"
    "  -p, --password PASSWORD  log in with this password\n"
    "  --output FORMAT          TABULAR (default) or JSON\n"
    "  --query-row-limit N      end each query after N rows\n"
    "  --query-timeout MS       end each query after so many milliseconds\n"
    "  --config-file FILE       properties to set first\n"
    "  --help                   print this\n\n"
    "SSL_CERT_FILE, in the environment, names the certificates (PEM) that https servers are\n"
    "known by, if the system does not know them.\n\n"
    "Exit code: 0 done, 1 a statement failed, 2 wrong usage.\n";

enum {
    OPTION_HELP = 'h',
    OPTION_EXECUTE = 'e',
    OPTION_FILE = 'f',
    OPTION_DEFINE = 'd',
    OPTION_USER = 'u',
    OPTION_PASSWORD = 'p',
    OPTION_OUTPUT = 256,
    OPTION_ROW_LIMIT,
    OPTION_TIMEOUT,
    OPTION_CONFIG
};

static const struct option options[] = {
    {"help", no_argument, NULL, OPTION_HELP},
    {"execute", required_argument, NULL, OPTION_EXECUTE},
    {"file", required_argument, NULL, OPTION_FILE},
    {"define", required_argument, NULL, OPTION_DEFINE},
    {"user", required_argument, NULL, OPTION_USER},
    {"password", required_argument, NULL, OPTION_PASSWORD},
    {"output", required_argument, NULL, OPTION_OUTPUT},
    {"query-row-limit", required_argument, NULL, OPTION_ROW_LIMIT},
    {"query-timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"config-file", required_argument, NULL, OPTION_CONFIG},
    {NULL, 0, NULL, 0},
};

/* --- Options ------------------------------------------------------------------------------ */

static int usage_error(const char *message)
{
    (void)fprintf(stderr, "leat shell: %s\n\n%s", message, help);
    return 2;
}

static enum status take_checked(struct shell *shell, int option)
{
    if (option == OPTION_ROW_LIMIT) {
        return number_option_parse("query-row-limit", optarg, 1, INT64_MAX, &shell->row_limit,
                                   &shell->diag);
    }
    if (option == OPTION_TIMEOUT) {
        return number_option_parse("query-timeout", optarg, 1, INT64_MAX, &shell->timeout_ms,
                                   &shell->diag);
    }
    if (option == OPTION_DEFINE && strchr(optarg, '=') && shell->define_count < DEFINE_COUNT_MAX) {
        shell->defines[shell->define_count++] = optarg;
        return STATUS_OK;
    }
    if (option == OPTION_OUTPUT &&
        (strcasecmp(optarg, "JSON") == 0 || strcasecmp(optarg, "TABULAR") == 0)) {
        shell->format = strcasecmp(optarg, "JSON") == 0 ? SHELL_JSON : SHELL_TABULAR;
        return STATUS_OK;
    }
    return diag_fail(&shell->diag, STATUS_INVALID, SQL_POS_NONE, "'%s' is not usable here",
                     optarg ? optarg : "this option");
}

/* Returns -1 to go on, or the exit code. */
static int take_option(struct shell *shell, int option)
{
    switch (option) {
    case OPTION_HELP:
        (void)fputs(help, stdout);
        return 0;
    case OPTION_EXECUTE:
        shell->execute = optarg;
        return -1;
    case OPTION_FILE:
        shell->file = optarg;
        return -1;
    case OPTION_USER:
        shell->user = optarg;
        return -1;
    case OPTION_PASSWORD:
        shell->password = optarg;
        return -1;
    case OPTION_CONFIG:
        shell->config_file = optarg;
        return -1;
    case '?':
        (void)fputs(help, stderr);
        return 2;
    default:
        return take_checked(shell, option) == STATUS_OK ? -1 : usage_error(shell->diag.message);
    }
}

static int take_options(struct shell *shell, int argc, char **argv)
{
    int option = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "he:f:d:u:p:", options, NULL)) != -1) {
        const int code = take_option(shell, option);
        if (code >= 0) {
            return code;
        }
    }
    if (optind + 1 < argc) {
        return usage_error("one URL is enough");
    }
    if (shell->password && !shell->user) {
        return usage_error("a password needs a user");
    }
    shell->url = optind < argc ? argv[optind] : "http://127.0.0.1:8088";
    return -1;
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
    for (size_t i = 0; i < shell->define_count; i++) {
        const char *define = shell->defines[i];
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
        .user = shell->user, .password = shell->password, .is_interruptible = is_interactive};
    TRY(shell_session_init(&shell->session, &client_options, &shell->diag));
    shell->session.format = shell->format;
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
    if (code < 0) {
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
