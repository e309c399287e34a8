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

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "engine/engine.h"
#include "shell/entity_text.h"
#include "shell/file_text.h"
#include "shell/options.h"
#include "shell/row_writer.h"
#include "shell/safe_output.h"
#include "shell/shell_screen.h"

struct run {
    const char *file;
    const char *data_dir;
    enum row_format format;
    enum durability durability;
    bool until_idle;
    size_t width; /* of the terminal; 0: none */
    struct extension_options extensions;
    struct engine *engine;
    struct session *session;
    struct buffer sql;
    struct diag diag;
};

static const struct option_row rows[] = {
    {"data", OPTION_TEXT, offsetof(struct run, data_dir), "DIR",
     "keep topics and state in DIR (default: in memory, gone at the end)", 0, 0},
    {"output", OPTION_ROW_FORMAT, offsetof(struct run, format), "FORMAT",
     "rows as table (default), json (one object per line) or csv", 0, 0},
    {"until-idle", OPTION_FLAG, offsetof(struct run, until_idle), NULL,
     "end a push query when all input has been used", 0, 0},
    {"durability", OPTION_DURABILITY, offsetof(struct run, durability), "D",
     "power-loss (default) or process-crash", 0, 0},
    {"extension", OPTION_EXTENSION, offsetof(struct run, extensions), "FILE",
     "load functions from a shared object; may be repeated", 0, 0},
};

static const struct option_table options = {
    .command = "leat run",
    .usage = "usage: leat run [OPTIONS] FILE.sql\n\n"
             "Runs the statements of FILE.sql (- for standard input) on an engine of its own.\n\n",
    .footer = "\nExit code: 0 done, 1 a statement failed, 2 wrong usage.\n",
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

/* --- Results ------------------------------------------------------------------------------ */

static enum status write_chunk(struct run *run, struct row_writer *writer,
                               const struct row_chunk *chunk)
{
    if (chunk->lines.data) {
        (void)safe_output_write(stdout, chunk->lines);
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
    return STATUS_OK;
}

static enum status write_rows(struct run *run, struct cursor *cursor, struct row_writer *writer)
{
    for (;;) {
        bool is_end = false;
        TRY(engine_run_until_idle(run->engine, -1, &run->diag));
        TRY(drain(run, cursor, writer, &is_end));
        if (is_end || (run->until_idle && cursor_is_caught_up(cursor))) {
            return row_writer_finish(writer, &run->diag);
        }
        TRY(row_writer_flush(writer, &run->diag));
        (void)fflush(stdout);
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
    const struct row_writer_options writer_options = {
        .out = stdout,
        .format = run->format,
        .width_max = run->width,
        .is_endless = !run->until_idle && cursor_kind(cursor) == CURSOR_PUSH,
    };
    struct row_writer writer;
    enum status status =
        row_writer_init(&writer, &writer_options, cursor_schema(cursor), &run->diag);
    if (status == STATUS_OK) {
        status = write_rows(run, cursor, &writer);
        const enum status flushed = row_writer_flush(&writer, NULL); /* rows before a failure */
        status = status == STATUS_OK ? flushed : status;
    }
    row_writer_release(&writer);
    return status;
}

static enum status show_entity(struct run *run, const json_t *entity)
{
    const struct entity_look look = {.width_max = run->width};
    struct buffer out;
    buffer_init(&out);
    const enum status status = run->format == ROW_TABLE
                                   ? entity_text_append(&out, entity, &look, &run->diag)
                                   : entity_json_append(&out, entity, &run->diag);
    if (status == STATUS_OK) {
        (void)safe_output_write(run->format == ROW_TABLE ? stdout : stderr, buffer_text(&out));
    }
    buffer_release(&out);
    return status;
}

static enum status show(struct run *run, struct outcome *outcome)
{
    enum status status = STATUS_OK;
    if (outcome->kind == OUTCOME_ENTITY) {
        status = show_entity(run, outcome->entity);
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
    (void)safe_output_write(stderr, buffer_text(&out));
    buffer_release(&out);
}

int run_command(int argc, char **argv)
{
    struct run *run = memory_zalloc(sizeof(*run)); /* a diag is large for a stack frame */
    if (!run) {
        return 1;
    }
    buffer_init(&run->sql);
    int first = 0;
    int code = options_parse(&options, argc, argv, run, &first);
    if (code == OPTIONS_GO_ON && first + 1 != argc) {
        code = options_usage_error(&options, "one script is needed");
    }
    if (code == OPTIONS_GO_ON) {
        struct shell_screen screen;
        shell_screen_init(&screen);
        run->width = shell_screen_width(&screen);
        run->file = argv[first];
        enum status status = file_text_read(run->file, &run->sql, &run->diag);
        status = status == STATUS_OK ? run_script(run) : status;
        const bool is_unread = status == STATUS_CANCELLED; /* as with leat run FILE | head */
        if (status != STATUS_OK && !is_unread) {
            print_failure(run);
        }
        code = status == STATUS_OK || is_unread ? 0 : 1;
        session_destroy(run->session);
        engine_close(run->engine);
    }
    buffer_release(&run->sql);
    memory_free(run);
    return code;
}
