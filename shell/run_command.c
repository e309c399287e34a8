/* run_command.c
 *
 * `leat run`: a script on an engine of its own, to its end. Statements run in order; a pull
 * query first lets the persistent queries use all input there is, and a push query prints rows
 * until its LIMIT or, with --until-idle, until nothing is left. New queries read topics from
 * their beginning unless the script says otherwise, since there is no earlier moment to wait
 * from. Rows go to stdout, everything else to stderr (with --output table, results of statements
 * too go to stdout).
 */
#include "shell/run_command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/engine.h"
#include "shell/entity_text.h"
#include "shell/file_text.h"
#include "shell/row_writer.h"

struct run {
    const char *file;
    const char *data_dir;
    enum row_format format;
    enum durability durability;
    bool until_idle;
    struct extension_options extensions;
    struct engine *engine;
    struct session *session;
    struct buffer sql;
    struct diag diag;
};

static const char help[] =
    "usage: leat run [OPTIONS] FILE.sql\n\n"
    "Runs the statements of FILE.sql (- for standard input) on an engine of its own.\n\n"
    "  --data DIR        keep topics and state in DIR (default: in memory, gone at the end)\n"
    "  --output FORMAT   rows as table (default), json (one object per line) or csv\n"
    "  --until-idle      end a push query when all input has been used\n"
    "  --durability D    power-loss (default) or process-crash\n"
    "  --extension FILE  load functions from a shared object; may be repeated\n"
    "  --help            print this\n\n"
    "Exit code: 0 done, 1 a statement failed, 2 wrong usage.\n";

enum {
    OPTION_HELP = 1,
    OPTION_DATA,
    OPTION_OUTPUT,
    OPTION_UNTIL_IDLE,
    OPTION_DURABILITY,
    OPTION_EXTENSION
};

static const struct option options[] = {
    {"data", required_argument, NULL, OPTION_DATA},
    {"output", required_argument, NULL, OPTION_OUTPUT},
    {"until-idle", no_argument, NULL, OPTION_UNTIL_IDLE},
    {"durability", required_argument, NULL, OPTION_DURABILITY},
    {"extension", required_argument, NULL, OPTION_EXTENSION},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

/* --- Options ------------------------------------------------------------------------------ */

static int usage_error(const char *message)
{
    (void)fprintf(stderr, "leat run: %s\n\n%s", message, help);
    return 2;
}

/* Returns -1 to go on, or the exit code. */
static int take_option(struct run *run, int option)
{
    switch (option) {
    case OPTION_HELP:
        (void)fputs(help, stdout);
        return 0;
    case OPTION_DATA:
        run->data_dir = optarg;
        return -1;
    case OPTION_UNTIL_IDLE:
        run->until_idle = true;
        return -1;
    case OPTION_OUTPUT:
        return row_format_parse(optarg, &run->format, &run->diag) == STATUS_OK
                   ? -1
                   : usage_error(run->diag.message);
    case OPTION_DURABILITY:
        return durability_parse(optarg, &run->durability, &run->diag) == STATUS_OK
                   ? -1
                   : usage_error(run->diag.message);
    case OPTION_EXTENSION:
        return extension_option_add(&run->extensions, optarg, &run->diag) == STATUS_OK
                   ? -1
                   : usage_error(run->diag.message);
    default:
        (void)fputs(help, stderr);
        return 2;
    }
}

static int take_options(struct run *run, int argc, char **argv)
{
    int option = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        const int code = take_option(run, option);
        if (code >= 0) {
            return code;
        }
    }
    if (optind + 1 != argc) {
        return usage_error("one script is needed");
    }
    run->file = argv[optind];
    return -1;
}

/* --- Results ------------------------------------------------------------------------------ */

static enum status write_chunk(struct run *run, struct row_writer *writer,
                               const struct row_chunk *chunk)
{
    if (chunk->lines.data) {
        (void)fwrite(chunk->lines.data, 1, chunk->lines.bytes, stdout);
        return STATUS_OK;
    }
    return row_writer_write(writer, chunk->batch, &run->diag);
}

/* Takes what is there; *out_is_end: the cursor is done. */
static enum status drain(struct run *run, struct cursor *cursor, struct row_writer *writer,
                         bool *out_is_end)
{
    struct row_chunk *chunk = NULL;
    *out_is_end = false;
    do {
        TRY(cursor_next(cursor, 0, &chunk, out_is_end, &run->diag));
        if (chunk) {
            const enum status status = write_chunk(run, writer, chunk);
            row_chunk_unref(chunk);
            TRY(status);
        }
    } while (chunk);
    (void)fflush(stdout);
    return STATUS_OK;
}

static enum status write_rows(struct run *run, struct cursor *cursor, struct row_writer *writer)
{
    for (;;) {
        bool is_end = false;
        TRY(engine_run_until_idle(run->engine, -1, &run->diag));
        TRY(drain(run, cursor, writer, &is_end));
        if (is_end || (run->until_idle && cursor_is_caught_up(cursor))) {
            return STATUS_OK;
        }
        struct row_chunk *chunk = NULL;
        TRY(cursor_next(cursor, 1000, &chunk, &is_end, &run->diag));
        if (chunk) {
            const enum status status = write_chunk(run, writer, chunk);
            row_chunk_unref(chunk);
            TRY(status);
        }
    }
}

static enum status show_cursor(struct run *run, struct cursor *cursor)
{
    struct row_writer writer;
    enum status status = row_writer_init(&writer, stdout, run->format, cursor_schema(cursor),
                                         &run->diag);
    if (status == STATUS_OK) {
        status = write_rows(run, cursor, &writer);
    }
    row_writer_release(&writer);
    return status;
}

static enum status show(struct run *run, struct outcome *outcome)
{
    enum status status = STATUS_OK;
    if (outcome->kind == OUTCOME_ENTITY) {
        if (run->format == ROW_TABLE) {
            entity_text_write(stdout, outcome->entity);
        } else {
            entity_json_write(stderr, outcome->entity);
        }
        json_decref(outcome->entity);
    } else if (outcome->kind == OUTCOME_CURSOR) {
        status = show_cursor(run, outcome->cursor);
        cursor_close(outcome->cursor);
    }
    return status;
}

/* --- The script --------------------------------------------------------------------------- */

static enum status run_statements(struct run *run, struct script *script)
{
    struct outcome outcome = {0};
    for (;;) {
        script_peek(script, &outcome);
        if (outcome.kind == OUTCOME_END) {
            return engine_run_until_idle(run->engine, -1, &run->diag);
        }
        if (outcome.is_query) { /* a pull query sees everything that came before it */
            TRY(engine_run_until_idle(run->engine, -1, &run->diag));
        }
        TRY(script_step(script, &outcome, &run->diag));
        TRY(show(run, &outcome));
    }
}

static enum status run_script(struct run *run)
{
    const struct engine_options engine_options = {.data_dir = run->data_dir,
                                                  .durability = run->durability,
                                                  .is_manual = true,
                                                  .extensions = run->extensions.paths,
                                                  .extension_count = run->extensions.count};
    struct script *script = NULL;
    TRY(engine_open(&engine_options, &run->engine, &run->diag));
    TRY(session_create(run->engine, &run->session, &run->diag));
    TRY(session_set(run->session, "auto.offset.reset", "earliest", &run->diag));
    TRY(script_open(run->engine, run->session, buffer_text(&run->sql), &script, &run->diag));
    const enum status status = run_statements(run, script);
    script_close(script);
    return status;
}

static void print_failure(struct run *run)
{
    struct buffer out;
    buffer_init(&out);
    script_print_error(&out, text_of(run->file), buffer_text(&run->sql), &run->diag);
    (void)fwrite(out.data, 1, out.bytes, stderr);
    buffer_release(&out);
}

int run_command(int argc, char **argv)
{
    struct run *run = memory_zalloc(sizeof(*run)); /* a diag is large for a stack frame */
    if (!run) {
        return 1;
    }
    buffer_init(&run->sql);
    int code = take_options(run, argc, argv);
    if (code < 0) {
        enum status status = file_text_read(run->file, &run->sql, &run->diag);
        status = status == STATUS_OK ? run_script(run) : status;
        if (status != STATUS_OK) {
            print_failure(run);
        }
        code = status == STATUS_OK ? 0 : 1;
        session_destroy(run->session);
        engine_close(run->engine);
    }
    buffer_release(&run->sql);
    memory_free(run);
    return code;
}
