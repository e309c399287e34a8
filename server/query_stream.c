/* query_stream.c
 *
 * A stream is a task of a pool. It is woken by its cursor (new rows), by its exchange (room
 * again, or the client left) and by whoever closes it; each time it works off what it finds and
 * waits again. Idle, it costs its memory and nothing else.
 *
 * Bytes gather in `pending`. Until the first flush nothing has been answered, so an answer that is
 * complete by then goes out with its length and can be kept alive by the simplest client.
 */
#include "server/query_stream.h"

#include <stddef.h>

#include "base/memory.h"
#include "server/limits.h"
#include "server/row_framing.h"
#include "server/server_state.h"

enum {
    /* Chunks taken before other streams have their turn. */
    CHUNKS_PER_TURN = 16,
    /* An answer longer than this goes out in parts. */
    WHOLE_ANSWER_BYTES_MAX = 64 << 10,
};

struct query_stream {
    struct pool_task task; /* first */
    struct server *server;
    struct exchange *exchange; /* a reference */
    struct cursor *cursor;
    struct row_framing framing;
    struct buffer pending;
    struct stream_entry entry;
    bool is_listed;
    bool has_begun;     /* the exchange is streaming */
    atomic_int closing; /* enum stream_closing */
};

/* --- Life ------------------------------------------------------------------------------------- */

static void wake(void *context)
{
    struct query_stream *stream = context;
    task_pool_wake(stream->server->streams, &stream->task);
}

/* Before the client sees the end, so that it finds its query gone. */
static void leave_list(struct query_stream *stream)
{
    struct server *server = stream->server;
    if (stream->is_listed) {
        stream->is_listed = false;
        stream_list_remove(&server->streaming, &stream->entry);
        atomic_fetch_sub(&server->push_count, 1);
        metrics_add(&server->metrics, METRIC_PUSH_CLIENTS, -1);
    }
}

/* Nobody can wake the stream once its exchange has ended, its cursor is closed and it has left
 * the list. */
static enum task_result dispose(struct query_stream *stream)
{
    struct server *server = stream->server;
    leave_list(stream);
    cursor_close(stream->cursor);
    exchange_unref(stream->exchange);
    buffer_release(&stream->pending);
    memory_free(stream);
    atomic_fetch_sub(&server->stream_count, 1);
    return TASK_GONE;
}

/* --- Bytes ------------------------------------------------------------------------------------ */

static void begin(struct query_stream *stream)
{
    if (!stream->has_begun) {
        stream->has_begun = true;
        exchange_attach(stream->exchange, wake, stream);
        exchange_begin_stream(stream->exchange, stream->framing.media);
    }
}

/* False: the client has left. */
static bool flush(struct query_stream *stream)
{
    begin(stream);
    return stream->pending.bytes == 0 || exchange_write(stream->exchange, &stream->pending);
}

static enum task_result finish(struct query_stream *stream)
{
    leave_list(stream);
    if (stream->has_begun) {
        (void)flush(stream);
        exchange_end_stream(stream->exchange);
    } else {
        exchange_reply(stream->exchange, 200, stream->framing.media, &stream->pending);
    }
    return dispose(stream);
}

/* Before anything went out, an error is an answer of its own; later it is the last value. */
static enum task_result fail(struct query_stream *stream, enum error_code code, const char *message)
{
    if (!stream->has_begun) {
        exchange_reply_error(stream->exchange, code, message);
        return dispose(stream);
    }
    row_framing_write_error(&stream->framing, code, text_of(message), &stream->pending);
    exchange_note_failure(stream->exchange, code);
    return finish(stream);
}

static enum task_result abandon(struct query_stream *stream)
{
    begin(stream);
    exchange_cut(stream->exchange);
    return dispose(stream);
}

/* --- Turns ------------------------------------------------------------------------------------ */

static void add_chunk(struct query_stream *stream, struct row_chunk *chunk)
{
    const size_t rows = row_framing_write_chunk(&stream->framing, chunk, &stream->pending);
    metrics_add(&stream->server->metrics, METRIC_ROWS_SENT, (int64_t)rows);
    row_chunk_unref(chunk);
}

static enum task_result close_as_asked(struct query_stream *stream, enum stream_closing closing)
{
    if (closing == STREAM_CLOSED_BY_SERVER) {
        begin(stream);
        return fail(stream, ERROR_SHUTTING_DOWN, "The server is shutting down");
    }
    row_framing_write_end(&stream->framing, "Query Terminated", &stream->pending);
    return finish(stream);
}

/* Takes one chunk; *out_goes_on: there may be more at once. */
static enum task_result take_one(struct query_stream *stream, bool *out_goes_on)
{
    struct diag diag;
    struct row_chunk *chunk = NULL;
    bool is_end = false;
    *out_goes_on = false;
    const enum status status = cursor_next(stream->cursor, 0, &chunk, &is_end, &diag);
    if (status != STATUS_OK) {
        return fail(stream, ERROR_INTERNAL, diag.message);
    }
    if (is_end) {
        row_framing_write_end(&stream->framing, cursor_final_message(stream->cursor),
                              &stream->pending);
        return finish(stream);
    }
    if (!chunk) {
        return flush(stream) ? TASK_WAIT : abandon(stream);
    }
    add_chunk(stream, chunk);
    const bool must_flush = stream->has_begun || stream->pending.bytes > WHOLE_ANSWER_BYTES_MAX;
    if (must_flush && !flush(stream)) {
        return abandon(stream);
    }
    *out_goes_on = true;
    return TASK_AGAIN;
}

static enum task_result run(struct pool_task *task)
{
    struct query_stream *stream = (struct query_stream *)task;
    for (int i = 0; i < CHUNKS_PER_TURN; i++) {
        if (exchange_client_has_left(stream->exchange)) {
            return abandon(stream);
        }
        const enum stream_closing closing = (enum stream_closing)atomic_load(&stream->closing);
        if (closing != STREAM_OPEN) {
            return close_as_asked(stream, closing);
        }
        if (!exchange_has_room(stream->exchange)) {
            return TASK_WAIT;
        }
        bool goes_on = false;
        const enum task_result result = take_one(stream, &goes_on);
        if (!goes_on) {
            return result;
        }
    }
    return flush(stream) ? TASK_AGAIN : abandon(stream);
}

/* --- Starting --------------------------------------------------------------------------------- */

static void close_stream(struct stream_entry *entry, enum stream_closing reason)
{
    struct query_stream *stream =
        (struct query_stream *)(void *)((char *)entry - offsetof(struct query_stream, entry));
    atomic_store(&stream->closing, reason);
    wake(stream);
}

/* From here on others can find and wake the stream. */
static enum status register_push_query(struct query_stream *stream, struct diag *diag)
{
    struct server *server = stream->server;
    if (atomic_fetch_add(&server->push_count, 1) >= server->options.push_query_count_max) {
        atomic_fetch_sub(&server->push_count, 1);
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Maximum number of push queries exceeded");
    }
    stream->entry.query_id = text_of(cursor_query_id(stream->cursor));
    stream->entry.close = close_stream;
    stream_list_add(&server->streaming, &stream->entry);
    stream->is_listed = true;
    metrics_add(&server->metrics, METRIC_PUSH_CLIENTS, 1);
    return cursor_set_wake(stream->cursor, wake, stream, diag);
}

enum status query_stream_start(struct server *server, struct exchange *exchange,
                               struct cursor *cursor, enum media_type media, struct diag *diag)
{
    const bool is_pull = cursor_kind(cursor) == CURSOR_PULL;
    struct query_stream *stream = memory_zalloc(sizeof(*stream));
    if (!stream) {
        cursor_close(cursor);
        return diag_no_memory(diag);
    }
    stream->task.run = run;
    stream->server = server;
    stream->exchange = exchange_ref(exchange);
    stream->cursor = cursor;
    atomic_fetch_add(&server->stream_count, 1);
    buffer_init(&stream->pending);
    atomic_init(&stream->closing, STREAM_OPEN);
    row_framing_init(&stream->framing, media, cursor);
    metrics_add(&server->metrics, is_pull ? METRIC_PULL_QUERIES : METRIC_PUSH_QUERIES, 1);
    row_framing_write_header(&stream->framing, &stream->pending);
    const bool is_brief = cursor_is_brief(cursor);
    task_pool_begin(server->streams, &stream->task);
    const enum status status = is_pull ? STATUS_OK : register_push_query(stream, diag);
    enum task_result result = TASK_AGAIN; /* on a thread that may take its time */
    if (status != STATUS_OK) {
        result = dispose(stream);
    } else if (is_brief) {
        result = run(&stream->task);
    }
    task_pool_end(server->streams, &stream->task, result);
    return status;
}
