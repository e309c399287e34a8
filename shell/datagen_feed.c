/* datagen_feed.c
 *
 * Rows go as INSERT statements, several in one request: as many as the rate asks for in a tenth
 * of a second, so that a fast feed does not pay for a request a row and a slow one is smooth. The
 * clock that paces it is absolute: a slow answer is made up for, not added.
 */
#include "shell/datagen_feed.h"

#include <time.h>

#include "shell/shell_session.h"

enum {
    REQUESTS_PER_SECOND = 10,
    ROWS_PER_REQUEST_MAX = 500,
    NS_PER_SECOND = 1000000000,
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static int64_t rows_per_request(const struct datagen_feed_options *options)
{
    const int64_t rows = options->rate
                             ? (options->rate + REQUESTS_PER_SECOND - 1) / REQUESTS_PER_SECOND
                             : ROWS_PER_REQUEST_MAX;
    return rows < ROWS_PER_REQUEST_MAX ? rows : ROWS_PER_REQUEST_MAX;
}

/* Sleeps until so many rows are due. */
static void wait_for_turn(int64_t started_ns, int64_t rows, int64_t rate)
{
    const int64_t due_ns =
        started_ns + rows / rate * NS_PER_SECOND + rows % rate * NS_PER_SECOND / rate;
    const struct timespec due = {.tv_sec = due_ns / NS_PER_SECOND,
                                 .tv_nsec = due_ns % NS_PER_SECOND};
    (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

/* Sends the statements in sql, whose last ';' the session adds itself. */
static enum status send(struct shell_session *session, struct buffer *sql, struct diag *diag)
{
    json_t *entities = NULL;
    TRY(buffer_status(sql, diag));
    const enum status status =
        shell_session_ask(session, (struct text){sql->data, sql->bytes - 1}, &entities, diag);
    json_decref(entities);
    buffer_reset(sql);
    return status;
}

static enum status feed(const struct datagen_feed_options *options, struct shell_session *session,
                        struct buffer *sql, struct diag *diag)
{
    struct datagen_state state = {.random = options->seed};
    const int64_t rows = rows_per_request(options);
    TRY(shell_client_set_url(session->client, text_of(options->url), diag));
    datagen_set_append_create(options->set, sql);
    TRY(send(session, sql, diag));
    const int64_t started_ns = clock_ns(CLOCK_MONOTONIC);
    while (options->row_count == 0 || state.row < options->row_count) {
        const int64_t now_ms = clock_ns(CLOCK_REALTIME) / 1000000;
        const int64_t left = options->row_count ? options->row_count - state.row : rows;
        for (int64_t i = 0; i < rows && i < left; i++) {
            datagen_set_append_row(options->set, &state, now_ms, sql);
        }
        TRY(send(session, sql, diag));
        if (options->rate) {
            wait_for_turn(started_ns, state.row, options->rate);
        }
    }
    return STATUS_OK;
}

enum status datagen_feed(const struct datagen_feed_options *options, struct diag *diag)
{
    const struct shell_client_options client_options = {0};
    struct shell_session session;
    struct buffer sql;
    buffer_init(&sql);
    enum status status = shell_session_init(&session, &client_options, diag);
    if (status == STATUS_OK) {
        status = feed(options, &session, &sql, diag);
    }
    shell_session_release(&session);
    buffer_release(&sql);
    return status;
}
