/* shell_watch.c
 *
 * All numbers come from SHOW QUERIES EXTENDED, whose ledger says what a query has read, used and
 * written since it was created; a rate is the difference of two answers, so .top needs nothing of
 * the server. A repeated picture is cut to the screen: what scrolled away could not be seen.
 */
#include "shell/shell_watch.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "shell/text_table.h"
#include "shell/text_width.h"

enum {
    SECONDS_USUAL = 2,
    SECONDS_MAX = 86400,
    FRAME_LINES = 5, /* of the screen: the heading, its empty line, counts, the cursor's */
    HEADING_CELLS = 26, /* of the heading around the statement, at most */
    NUMBER_BYTES_MAX = 32,
};

/* --- Again and again -------------------------------------------------------------------------- */

static struct text skip_blanks(struct text text)
{
    while (text.bytes > 0 && isspace((unsigned char)text.data[0])) {
        text = (struct text){text.data + 1, text.bytes - 1};
    }
    return text;
}

/* Takes a leading number of seconds off argument. */
static int take_seconds(struct text *argument)
{
    unsigned seconds = 0;
    size_t digits = 0;
    while (digits < argument->bytes && isdigit((unsigned char)argument->data[digits])) {
        seconds = seconds < SECONDS_MAX ? seconds * 10 + (unsigned)(argument->data[digits] - '0')
                                        : SECONDS_MAX;
        digits++;
    }
    *argument = skip_blanks((struct text){argument->data + digits, argument->bytes - digits});
    if (seconds == 0) {
        return SECONDS_USUAL;
    }
    return seconds < SECONDS_MAX ? (int)seconds : SECONDS_MAX;
}

/* Shows a picture every so many seconds until Ctrl-C or a failure. */
static bool repeat(struct shell_session *session, int seconds, struct text heading,
                   bool (*show)(struct shell_session *session, void *context), void *context)
{
    struct shell_screen *screen = &session->screen;
    const size_t height = shell_screen_height(screen);
    bool is_done = true;
    if (!screen->is_terminal || !session->is_interactive) {
        return show(session, context);
    }
    size_t cells = 0;
    const size_t width = shell_screen_width(screen);
    heading.bytes = text_width_fit(heading, width > HEADING_CELLS ? width - HEADING_CELLS : 1,
                                   &cells);
    screen->line_max = height > FRAME_LINES + 1 ? height - FRAME_LINES : 1;
    do {
        shell_screen_clear(screen);
        shell_screen_status(screen, "every %d s: %.*s (Ctrl-C ends)\n", seconds,
                            TEXT_ARGS(heading));
        is_done = show(session, context);
    } while (is_done && shell_client_wait(session->client, seconds * 1000));
    screen->line_max = 0;
    return is_done || session->diag.status == STATUS_CANCELLED;
}

static bool show_statement(struct shell_session *session, void *context)
{
    const struct text *statement = context;
    return shell_session_run(session, *statement);
}

bool shell_watch_statement(struct shell_session *session, struct text argument)
{
    const int seconds = take_seconds(&argument);
    if (argument.bytes == 0) {
        shell_screen_error(&session->screen, TEXT(".watch takes a statement, as in .watch 5 SHOW "
                                                  "QUERIES\n"));
        return false;
    }
    return repeat(session, seconds, argument, show_statement, &argument);
}

/* --- Looking at queries ----------------------------------------------------------------------- */

struct look {
    struct text query;  /* empty: all */
    bool has_rates;
    json_t *before;     /* of each query by id: what it had read and written */
    int64_t before_us;
    double elapsed_s;   /* since then; 0: there is no before */
};

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t ledger_number(const json_t *query, const char *member)
{
    return json_integer_value(json_object_get(json_object_get(query, "ledger"), member));
}

static const char *id_of(const json_t *query)
{
    const char *id = json_string_value(json_object_get(query, "id"));
    return id ? id : "";
}

/* Rows a second since the look before. */
static double rate_of(const struct look *look, const json_t *query, const char *member)
{
    const json_t *before = json_object_get(look->before, id_of(query));
    if (!before || look->elapsed_s <= 0) {
        return 0;
    }
    const int64_t more = ledger_number(query, member) - ledger_number(before, member);
    return more > 0 ? (double)more / look->elapsed_s : 0;
}

static const struct column {
    const char *title;
    const char *member;
    bool is_rate; /* .top only; the others in .lag only, but for lag itself */
} columns[] = {
    {"In/s", "recordsIn", true},       {"Out/s", "recordsOut", true},
    {"In", "recordsIn", false},        {"Used", "recordsUsed", false},
    {"Filtered", "recordsFiltered", false}, {"Late", "recordsLate", false},
    {"Failed", "recordsFailed", false}, {"Out", "recordsOut", false},
    {"Lag", "lag", false},
};

enum {
    COLUMN_COUNT = sizeof(columns) / sizeof(columns[0]),
    LAG_COLUMN = COLUMN_COUNT - 1,
    SHOWN_COUNT_MAX = COLUMN_COUNT + 2, /* with the query's id and state */
};

static bool is_shown(const struct look *look, size_t column)
{
    return columns[column].is_rate == look->has_rates || column == LAG_COLUMN;
}

static enum status set_columns(const struct look *look, struct text_table *table,
                               struct diag *diag)
{
    struct text_column shown[SHOWN_COUNT_MAX] = {{.name = TEXT("Query ID")},
                                                  {.name = TEXT("State")}};
    size_t count = 2;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (is_shown(look, i)) {
            shown[count++] = (struct text_column){.name = text_of(columns[i].title)};
        }
    }
    return text_table_set_columns(table, shown, count, diag);
}

static enum status add_query(const struct look *look, struct text_table *table,
                             const json_t *query, struct diag *diag)
{
    char numbers[COLUMN_COUNT][NUMBER_BYTES_MAX];
    const char *state = json_string_value(json_object_get(query, "state"));
    struct text cells[SHOWN_COUNT_MAX] = {text_of(id_of(query)),
                                           text_of(state ? state : "")};
    size_t count = 2;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (!is_shown(look, i)) {
            continue;
        }
        if (columns[i].is_rate) {
            (void)snprintf(numbers[i], NUMBER_BYTES_MAX, "%.1f",
                           rate_of(look, query, columns[i].member));
        } else {
            (void)snprintf(numbers[i], NUMBER_BYTES_MAX, "%" PRId64,
                           ledger_number(query, columns[i].member));
        }
        cells[count++] = text_of(numbers[i]);
    }
    return text_table_add(table, cells, diag);
}

/* The busiest first, then by name. */
static int compare_queries(const void *a, const void *b, void *context)
{
    const struct look *look = context;
    const json_t *first = *(json_t *const *)a;
    const json_t *second = *(json_t *const *)b;
    const double in_first = look->has_rates ? rate_of(look, first, "recordsIn") : 0;
    const double in_second = look->has_rates ? rate_of(look, second, "recordsIn") : 0;
    if (in_first > in_second || in_first < in_second) {
        return in_first > in_second ? -1 : 1;
    }
    return strcmp(id_of(first), id_of(second));
}

static bool is_wanted(const struct look *look, const json_t *query)
{
    const char *type = json_string_value(json_object_get(query, "queryType"));
    return type && strcmp(type, "PERSISTENT") == 0 &&
           (look->query.bytes == 0 || text_equal_nocase(look->query, text_of(id_of(query))));
}

static enum status add_queries(struct look *look, struct text_table *table, const json_t *queries,
                               struct diag *diag)
{
    const size_t count = json_array_size(queries);
    const json_t **sorted = memory_alloc((count + 1) * sizeof(const json_t *));
    enum status status = sorted ? STATUS_OK : diag_no_memory(diag);
    for (size_t i = 0; sorted && i < count; i++) {
        sorted[i] = json_array_get(queries, i);
    }
    if (sorted) {
        qsort_r((void *)sorted, count, sizeof(sorted[0]), compare_queries, look);
    }
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        if (is_wanted(look, sorted[i])) {
            status = add_query(look, table, sorted[i], diag);
        }
    }
    memory_free((void *)sorted);
    return status;
}

static enum status draw_queries(struct shell_session *session, struct look *look,
                                const json_t *queries)
{
    struct text_table table;
    struct buffer out;
    buffer_init(&out);
    text_table_init(&table, shell_screen_width(&session->screen), &out);
    table.style = TEXT_TABLE_LIST;
    enum status status = set_columns(look, &table, &session->diag);
    if (status == STATUS_OK) {
        status = add_queries(look, &table, queries, &session->diag);
    }
    if (status == STATUS_OK) {
        text_table_finish(&table);
        shell_screen_page(&session->screen, buffer_text(&out));
    }
    text_table_release(&table);
    buffer_release(&out);
    return status;
}

/* Keeps what queries have done for the next look. */
static void remember(struct look *look, const json_t *queries, int64_t now)
{
    size_t index = 0;
    json_t *query = NULL;
    json_decref(look->before);
    look->before = json_object();
    json_array_foreach(queries, index, query)
    {
        (void)json_object_set(look->before, id_of(query), query);
    }
    look->before_us = now;
}

static enum status look_at_queries(struct shell_session *session, struct look *look)
{
    json_t *entities = NULL;
    TRY(shell_session_ask(session, TEXT("SHOW QUERIES EXTENDED"), &entities, &session->diag));
    const json_t *queries = json_object_get(json_array_get(entities, 0), "queryDescriptions");
    const int64_t now = now_us();
    look->elapsed_s = look->before ? (double)(now - look->before_us) / 1e6 : 0;
    const enum status status = draw_queries(session, look, queries);
    remember(look, queries, now);
    json_decref(entities);
    return status;
}

static bool show_queries(struct shell_session *session, void *context)
{
    diag_reset(&session->diag);
    if (look_at_queries(session, context) == STATUS_OK) {
        return true;
    }
    shell_session_show_error(session, TEXT(""), &session->diag);
    return false;
}

bool shell_watch_top(struct shell_session *session, struct text argument)
{
    struct look look = {.has_rates = true};
    const int seconds = take_seconds(&argument);
    const bool is_done = repeat(session, seconds, TEXT("queries"), show_queries, &look);
    json_decref(look.before);
    return is_done;
}

bool shell_watch_lag(struct shell_session *session, struct text argument)
{
    struct look look = {.query = argument};
    const bool is_done = show_queries(session, &look);
    json_decref(look.before);
    return is_done;
}

/* --- Sources ---------------------------------------------------------------------------------- */

static enum status append_schemas(struct shell_session *session, const char *statement,
                                  struct text name, struct buffer *out)
{
    size_t index = 0;
    const json_t *source = NULL;
    json_t *entities = NULL;
    TRY(shell_session_ask(session, text_of(statement), &entities, &session->diag));
    json_array_foreach(json_object_get(json_array_get(entities, 0), "sourceDescriptions"), index,
                       source)
    {
        const char *own = json_string_value(json_object_get(source, "name"));
        const char *text = json_string_value(json_object_get(source, "statement"));
        const bool is_wanted_one = name.bytes == 0 || text_equal_nocase(name, text_of(own));
        if (own && text && text[0] && is_wanted_one) {
            buffer_printf(out, "%s\n", text);
        }
    }
    json_decref(entities);
    return buffer_status(out, &session->diag);
}

static enum status show_schemas(struct shell_session *session, struct text name)
{
    struct buffer out;
    buffer_init(&out);
    enum status status = append_schemas(session, "DESCRIBE STREAMS", name, &out);
    if (status == STATUS_OK) {
        status = append_schemas(session, "DESCRIBE TABLES", name, &out);
    }
    if (status == STATUS_OK && out.bytes == 0 && name.bytes > 0) {
        status = diag_fail(&session->diag, STATUS_MISSING, SQL_POS_NONE,
                           "There is no stream or table '%.*s'", TEXT_ARGS(name));
    }
    if (status == STATUS_OK && out.bytes > 0) {
        shell_screen_page(&session->screen, buffer_text(&out));
    }
    buffer_release(&out);
    return status;
}

bool shell_watch_schema(struct shell_session *session, struct text argument)
{
    diag_reset(&session->diag);
    if (show_schemas(session, argument) == STATUS_OK) {
        return true;
    }
    shell_session_show_error(session, TEXT(""), &session->diag);
    return false;
}
