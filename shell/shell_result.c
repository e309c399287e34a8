/* shell_result.c
 *
 * A query goes to /query, whose answer is one frame a line: the header with the schema, rows, and
 * a final message or an error (PRINT answers plain lines). Rows of a query that ends by itself
 * are held and shown at its end, as one table, through the pager if need be, unless they are too
 * many. Rows of a push query are shown as they come: the first ones are held for a moment, so
 * that the columns' widths can follow the data, and columns whose values tend to grow get room.
 */
#include "shell/shell_result.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "parser/lexer.h"
#include "shell/shell_json.h"
#include "shell/text_table.h"

enum {
    RESULT_COLUMN_MAX = 4096, /* of a source, base/bounds.h */
    HELD_PULL_MAX = 20000,    /* rows that a finished result may hold before it is shown */
    HELD_PUSH_MAX = 64,
    FIRST_ROWS_MS = 100, /* how long the first rows of a push query wait for others */
    PROGRESS_MS = 500,
};

struct result {
    struct shell_session *session;
    struct text_table table;
    struct buffer out;  /* drawn, not shown */
    struct buffer cell; /* scratch: the cells of a row */
    struct text_column *columns;
    struct text *cells; /* of a row */
    size_t column_count;
    struct arena arena; /* columns and cells */
    bool is_push;
    bool is_print;
    bool is_direct; /* what is drawn is shown at once */
    int64_t row_count;
    int64_t started_us;
    int64_t first_row_ms; /* 0: none yet */
    int64_t progress_ms;  /* when the count was last shown */
    int64_t progress_rows;
    struct buffer message; /* the final one */
    struct diag diag;
    enum status status;
};

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t now_ms(void)
{
    return now_us() / 1000;
}

/* --- The header --------------------------------------------------------------------------- */

static struct text unquote(struct text name)
{
    const bool is_quoted = name.bytes >= 2 && name.data[0] == '`';
    return is_quoted ? (struct text){name.data + 1, name.bytes - 2} : name;
}

/* Skips to behind the comma that ends a column; false at the end of the schema. */
static bool skip_column(struct lexer *lexer)
{
    int depth = 0;
    for (struct token token = lexer_next(lexer); token.kind != 0; token = lexer_next(lexer)) {
        const char c = token.text.data[0];
        if (c == ',' && depth == 0) {
            return true;
        }
        depth += (c == '<') + (c == '(') - (c == '>') - (c == ')');
    }
    return false;
}

/* Reads "`A` STRING KEY, `B` ARRAY<INTEGER>". */
static void read_columns(struct result *result, struct text schema)
{
    struct lexer lexer;
    bool is_more = schema.bytes > 0;
    lexer_init(&lexer, schema);
    while (is_more && result->column_count < RESULT_COLUMN_MAX) {
        const struct token name = lexer_next(&lexer);
        const struct token type = lexer_next(&lexer);
        const size_t usual = result->is_push ? text_table_usual_width(type.text) : 0;
        result->columns[result->column_count++] =
            (struct text_column){.name = unquote(name.text), .width_min = usual};
        is_more = skip_column(&lexer);
    }
}

static enum status take_header(struct result *result, struct text header)
{
    struct buffer schema;
    result->columns = arena_array(&result->arena, RESULT_COLUMN_MAX, sizeof(*result->columns));
    result->cells = arena_array(&result->arena, RESULT_COLUMN_MAX, sizeof(*result->cells));
    if (!result->columns || !result->cells) {
        return diag_no_memory(&result->diag);
    }
    buffer_init(&schema);
    shell_json_append(&schema, shell_json_member(header, TEXT("schema")));
    enum status status = buffer_status(&schema, &result->diag);
    if (status == STATUS_OK) {
        const struct text kept = arena_text(&result->arena, buffer_text(&schema));
        read_columns(result, kept);
        status = text_table_set_columns(&result->table, result->columns, result->column_count,
                                         &result->diag);
    }
    buffer_release(&schema);
    return status;
}

/* --- Rows --------------------------------------------------------------------------------- */

static void write_json_row(struct result *result, struct text columns)
{
    struct text value;
    for (size_t i = 0; i < result->column_count && shell_json_next(&columns, &value); i++) {
        buffer_append_string(&result->out, i == 0 ? "{\"" : ",\"");
        buffer_append_text(&result->out, result->columns[i].name);
        buffer_append_string(&result->out, "\":");
        buffer_append_text(&result->out, value);
    }
    buffer_append_string(&result->out, "}\n");
}

static enum status add_table_row(struct result *result, struct text columns, bool is_tombstone)
{
    const struct text null_text = is_tombstone ? TEXT("<TOMBSTONE>") : TEXT("null");
    struct text value = TEXT("");
    size_t ends_at = 0;
    buffer_reset(&result->cell);
    for (size_t i = 0; i < result->column_count; i++) {
        const bool is_there = shell_json_next(&columns, &value);
        if (!is_there || text_equal(value, TEXT("null"))) {
            buffer_append_text(&result->cell, null_text);
        } else {
            shell_json_append(&result->cell, value);
        }
        result->cells[i].bytes = result->cell.bytes - ends_at;
        ends_at = result->cell.bytes;
    }
    TRY(buffer_status(&result->cell, &result->diag));
    const char *next = result->cell.data; /* only now does the buffer stay where it is */
    for (size_t i = 0; i < result->column_count; i++) {
        result->cells[i].data = next;
        next += result->cells[i].bytes;
    }
    return text_table_add(&result->table, result->cells, &result->diag);
}

static void show(struct result *result)
{
    if (result->session->format == SHELL_TABULAR && result->table.first) {
        text_table_resize(&result->table, shell_screen_width(&result->session->screen));
    }
    if (result->session->format == SHELL_TABULAR) {
        text_table_draw(&result->table);
    }
    if (result->out.bytes > 0) {
        shell_screen_write(&result->session->screen, buffer_text(&result->out));
        buffer_reset(&result->out);
    }
}

static enum status take_row(struct result *result, struct text row)
{
    const struct text columns = shell_json_member(row, TEXT("columns"));
    const bool is_tombstone = shell_json_member(row, TEXT("tombstone")).bytes > 0;
    result->row_count++;
    if (result->first_row_ms == 0) {
        result->first_row_ms = now_ms();
    }
    if (result->session->format == SHELL_JSON) {
        write_json_row(result, columns);
    } else {
        TRY(add_table_row(result, columns, is_tombstone));
    }
    const size_t held_max = result->is_push ? HELD_PUSH_MAX : HELD_PULL_MAX;
    if (result->table.held_count >= held_max || result->out.bytes > (1U << 20)) {
        result->is_direct = true;
        show(result);
    }
    return buffer_status(&result->out, &result->diag);
}

/* --- Frames ------------------------------------------------------------------------------- */

static enum status take_frame(struct result *result, struct text frame)
{
    const struct text header = shell_json_member(frame, TEXT("header"));
    const struct text row = shell_json_member(frame, TEXT("row"));
    const struct text message = shell_json_member(frame, TEXT("finalMessage"));
    const struct text error = shell_json_member(frame, TEXT("errorMessage"));
    if (row.bytes > 0) {
        return take_row(result, row);
    }
    if (header.bytes > 0) {
        return take_header(result, header);
    }
    if (message.bytes > 0) {
        buffer_reset(&result->message);
        shell_json_append(&result->message, message);
        return buffer_status(&result->message, &result->diag);
    }
    if (error.bytes > 0 || shell_json_member(frame, TEXT("error_code")).bytes > 0) {
        return shell_session_refusal(error.bytes > 0 ? error : frame, 500, TEXT(""), &result->diag);
    }
    return STATUS_OK; /* tokens and the like */
}

static enum status take_print_line(struct result *result, struct text line)
{
    if (line.bytes == 0) {
        return STATUS_OK; /* a sign of life */
    }
    result->row_count += text_starts_with(line, TEXT("rowtime: "));
    buffer_append_text(&result->out, line);
    buffer_append_byte(&result->out, '\n');
    return buffer_status(&result->out, &result->diag);
}

static bool is_enough(const struct result *result)
{
    const int64_t limit = result->session->row_limit;
    return limit > 0 && result->row_count >= limit;
}

static bool take_line(void *context, struct text line)
{
    struct result *result = context;
    if (result->is_print) {
        result->status = take_print_line(result, line);
        return result->status == STATUS_OK && !is_enough(result);
    }
    while (line.bytes > 0 && line.data[0] != '{') {
        line = (struct text){line.data + 1, line.bytes - 1};
    }
    if (line.bytes > 0) {
        result->status = take_frame(result, line);
    }
    return result->status == STATUS_OK && !is_enough(result);
}

static void show_progress(struct result *result, int64_t now)
{
    if (result->progress_ms == 0) {
        result->progress_ms = result->started_us / 1000;
    }
    const int64_t elapsed_ms = now - result->progress_ms;
    if (elapsed_ms < PROGRESS_MS) {
        return;
    }
    const int64_t rate = (result->row_count - result->progress_rows) * 1000 / elapsed_ms;
    shell_screen_progress(&result->session->screen,
                          "%" PRId64 " rows, %" PRId64 " rows/s; Ctrl-C ends the query",
                          result->row_count, rate);
    result->progress_ms = now;
    result->progress_rows = result->row_count;
}

static bool tick(void *context)
{
    struct result *result = context;
    const int64_t now = now_ms();
    if (result->is_push &&
        (result->table.is_fixed || result->session->format == SHELL_JSON || result->is_print ||
         (result->first_row_ms && now - result->first_row_ms > FIRST_ROWS_MS))) {
        result->is_direct = true;
        show(result);
    }
    if (result->is_push) {
        show_progress(result, now);
    }
    const int64_t timeout_ms = result->session->timeout_ms;
    if (shell_screen_is_unread()) {
        return false;
    }
    return timeout_ms == 0 || now - result->started_us / 1000 < timeout_ms;
}

/* --- The whole ---------------------------------------------------------------------------- */

static bool has_word(struct text statement, struct text word)
{
    struct lexer lexer;
    lexer_init(&lexer, statement);
    for (struct token token = lexer_next(&lexer); token.kind != 0; token = lexer_next(&lexer)) {
        if (text_equal_nocase(token.text, word)) {
            return true;
        }
    }
    return false;
}

static void result_init(struct result *result, struct shell_session *session, struct text statement)
{
    *result = (struct result){.session = session, .started_us = now_us()};
    buffer_init(&result->out);
    buffer_init(&result->cell);
    buffer_init(&result->message);
    arena_init(&result->arena);
    text_table_init(&result->table, shell_screen_width(&session->screen), &result->out);
    result->table.is_wrapping = session->is_wrapping;
    result->table.column_width = session->column_width;
    struct lexer lexer;
    lexer_init(&lexer, statement);
    result->is_print = text_equal_nocase(lexer_next(&lexer).text, TEXT("PRINT"));
    result->is_push = result->is_print || has_word(statement, TEXT("EMIT"));
}

static void result_release(struct result *result)
{
    buffer_release(&result->out);
    buffer_release(&result->cell);
    buffer_release(&result->message);
    arena_release(&result->arena);
    text_table_release(&result->table);
}

static void finish(struct result *result, bool is_stopped)
{
    struct shell_screen *screen = &result->session->screen;
    if (result->session->format == SHELL_TABULAR) {
        text_table_finish(&result->table);
    }
    if (result->is_direct) {
        shell_screen_write(screen, buffer_text(&result->out));
    } else {
        shell_screen_page(screen, buffer_text(&result->out));
    }
    const int64_t elapsed_us = now_us() - result->started_us;
    const int64_t rate = result->row_count * 1000000 / (elapsed_us > 0 ? elapsed_us : 1);
    if (result->message.bytes > 0) {
        shell_screen_status(screen, "%.*s", TEXT_ARGS(buffer_text(&result->message)));
    }
    if (is_stopped) {
        shell_screen_status(screen, "(stopped: %" PRId64 " rows in %.1f s, %" PRId64 " rows/s)",
                            result->row_count, (double)elapsed_us / 1e6, rate);
    } else {
        shell_screen_status(screen, "(%" PRId64 " row%s, %.1f ms)", result->row_count,
                            result->row_count == 1 ? "" : "s", (double)elapsed_us / 1000);
    }
}

static enum status run(struct result *result, struct text statement, struct diag *diag)
{
    struct shell_session *session = result->session;
    const struct shell_sink sink = {take_line, tick, result};
    const struct text body = shell_session_body(session, statement);
    struct buffer error;
    long code = 0;
    if (!body.data) {
        return diag_no_memory(diag);
    }
    buffer_init(&error);
    enum status status =
        shell_client_stream(session->client, "/query", body, &sink, &error, &code, diag);
    free((char *)body.data); /* jansson's own allocation */
    const bool is_stopped = status == STATUS_CANCELLED && result->is_push;
    if (status == STATUS_OK && code != 200) {
        status = shell_session_refusal(buffer_text(&error), code, statement, diag);
    } else if (status == STATUS_OK || is_stopped) {
        finish(result, is_stopped);
        status = result->status;
        if (status != STATUS_OK) {
            *diag = result->diag;
        }
    }
    buffer_release(&error);
    return status;
}

enum status shell_result_run(struct shell_session *session, struct text statement,
                             struct diag *diag)
{
    struct result result;
    result_init(&result, session, statement);
    const enum status status = run(&result, statement, diag);
    result_release(&result);
    return status;
}
