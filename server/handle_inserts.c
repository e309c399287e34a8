/* handle_inserts.c
 *
 * POST /inserts-stream, on HTTP/2: a line that names the target, then one row per line; for each
 * row that is durable an acknowledgement, while rows still come. What has come since the last
 * commit is the next unit of work, so that one commit carries one row when rows are rare and
 * thousands when they are not. The first row that fails ends the stream, after the
 * acknowledgements of those before it.
 *
 * The stream is a task of the request pool, because a commit waits for the disk. It takes no
 * input while the client does not read its acknowledgements.
 * Source: ksqlDB's InsertsStreamHandler.
 */
#include "server/handlers.h"

#include "base/memory.h"
#include "engine/engine.h"
#include "server/limits.h"
#include "server/server_state.h"

#include <jansson.h>

struct insert_stream {
    struct pool_task task; /* first */
    struct server *server;
    struct exchange *exchange; /* a reference */
    struct inserter *inserter; /* NULL until the target's line has come */
    struct buffer input;       /* not yet used up: at most a line and a window */
    size_t input_used;
    bool input_has_ended;
    struct buffer answer;
    bool has_answered; /* a value has been written */
    uint64_t next_row; /* number of the next row to be read */
    uint64_t next_ack; /* ... and acknowledged */
    struct stream_entry entry;
    atomic_int closing; /* enum stream_closing */
};

static void wake(void *context)
{
    struct insert_stream *stream = context;
    task_pool_wake(stream->server->requests, &stream->task);
}

static void close_stream(struct stream_entry *entry, enum stream_closing reason)
{
    struct insert_stream *stream =
        (struct insert_stream *)(void *)((char *)entry - offsetof(struct insert_stream, entry));
    atomic_store(&stream->closing, reason);
    wake(stream);
}

static enum task_result dispose(struct insert_stream *stream)
{
    struct server *server = stream->server;
    stream_list_remove(&server->streaming, &stream->entry);
    inserter_close(stream->inserter);
    exchange_unref(stream->exchange);
    buffer_release(&stream->input);
    buffer_release(&stream->answer);
    memory_free(stream);
    atomic_fetch_sub(&server->stream_count, 1);
    return TASK_GONE;
}

/* --- Answers ---------------------------------------------------------------------------------- */

static void begin_value(struct insert_stream *stream)
{
    if (stream->exchange->media == MEDIA_JSON) {
        buffer_append_byte(&stream->answer, stream->has_answered ? ',' : '[');
    }
    stream->has_answered = true;
}

static void acknowledge(struct insert_stream *stream)
{
    metrics_add(&stream->server->metrics, METRIC_ROWS_INSERTED,
                (int64_t)(stream->next_row - stream->next_ack));
    for (; stream->next_ack < stream->next_row; stream->next_ack++) {
        begin_value(stream);
        buffer_printf(&stream->answer, "{\"status\":\"ok\",\"seq\":%llu}\n",
                      (unsigned long long)stream->next_ack);
    }
}

static enum task_result finish(struct insert_stream *stream)
{
    if (stream->exchange->media == MEDIA_JSON) {
        buffer_append_string(&stream->answer, stream->has_answered ? "]\n" : "[]\n");
    }
    (void)exchange_write(stream->exchange, &stream->answer);
    exchange_end_stream(stream->exchange);
    return dispose(stream);
}

/* The error of the row that comes next, as the last value. */
static enum task_result fail(struct insert_stream *stream, enum error_code code,
                             const char *message)
{
    struct buffer body;
    buffer_init(&body);
    error_body_write(&body, code, text_of(message));
    begin_value(stream);
    buffer_printf(&stream->answer, "{\"status\":\"error\",\"seq\":%llu,",
                  (unsigned long long)stream->next_ack);
    buffer_append(&stream->answer, body.data + 1, body.bytes - 1);
    buffer_append_byte(&stream->answer, '\n');
    buffer_release(&body);
    return finish(stream);
}

/* Before the target is known the answer has not begun, and a failure is a plain error. */
static enum task_result refuse(struct insert_stream *stream, enum error_code code,
                               const char *message)
{
    exchange_reply_error(stream->exchange, code, message);
    return dispose(stream);
}

/* --- Input ------------------------------------------------------------------------------------ */

/* The next line, without its end; false: it has not come whole. At the end of the input the rest
 * is a line. */
static bool next_line(struct insert_stream *stream, struct text *out)
{
    const char *start = stream->input.data + stream->input_used;
    const size_t bytes = stream->input.bytes - stream->input_used;
    const char *end = bytes ? memchr(start, '\n', bytes) : NULL;
    if (!end && (!stream->input_has_ended || bytes == 0)) {
        return false;
    }
    const size_t length = end ? (size_t)(end - start) : bytes;
    stream->input_used += end ? length + 1 : length;
    *out = (struct text){start, length};
    return true;
}

static void take_input(struct insert_stream *stream)
{
    struct buffer *input = &stream->input;
    if (stream->input_used > 0) {
        memmove(input->data, input->data + stream->input_used, input->bytes - stream->input_used);
        input->bytes -= stream->input_used;
        stream->input_used = 0;
    }
    exchange_take_input(stream->exchange, input, &stream->input_has_ended);
}

/* --- Rows ------------------------------------------------------------------------------------- */

/* {"target":"S","properties":{}} */
static enum status open_target(struct insert_stream *stream, struct text line,
                               enum error_code *code, struct diag *diag)
{
    json_error_t error;
    json_t *json = json_loadb(line.data, line.bytes, JSON_REJECT_DUPLICATES, &error);
    const json_t *target = json_object_get(json, "target");
    enum status status = STATUS_OK;
    *code = ERROR_BAD_REQUEST;
    if (!json_is_object(json)) {
        status = diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Invalid JSON in request: %s",
                           json ? "an object is expected" : error.text);
    } else if (!json_is_string(target) || json_string_length(target) == 0) {
        status =
            diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "\"target\" field must be populated");
    } else {
        const struct text name = {json_string_value(target), json_string_length(target)};
        *code = ERROR_BAD_STATEMENT;
        status = inserter_open(stream->server->engine, name, &stream->inserter, diag);
    }
    json_decref(json);
    return status;
}

/* Makes the gathered rows durable and acknowledges them. */
static enum status commit(struct insert_stream *stream, struct diag *diag)
{
    TRY(inserter_commit(stream->inserter, diag));
    acknowledge(stream);
    return STATUS_OK;
}

static enum status add_row(struct insert_stream *stream, struct text line, struct diag *diag)
{
    enum status status = inserter_add(stream->inserter, line, diag);
    if (status == STATUS_LIMIT) {
        TRY(commit(stream, diag));
        status = inserter_add(stream->inserter, line, diag);
    }
    TRY(status);
    stream->next_row++;
    return STATUS_OK;
}

/* Reads every whole line; a failure is that of the row after those that were added. */
static enum status add_rows(struct insert_stream *stream, struct diag *diag)
{
    struct text line;
    while (next_line(stream, &line)) {
        if (line.bytes > INSERT_LINE_BYTES_MAX) {
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "A row is longer than %d bytes",
                             INSERT_LINE_BYTES_MAX);
        }
        if (line.bytes > 0 && !(line.bytes == 1 && line.data[0] == '\r')) {
            TRY(add_row(stream, line, diag));
        }
    }
    if (stream->input.bytes - stream->input_used > INSERT_LINE_BYTES_MAX) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "A row is longer than %d bytes",
                         INSERT_LINE_BYTES_MAX);
    }
    return STATUS_OK;
}

static enum task_result store(struct insert_stream *stream)
{
    struct diag diag;
    struct diag commit_diag;
    const enum status status = add_rows(stream, &diag);
    if (commit(stream, &commit_diag) != STATUS_OK) {
        return fail(stream, ERROR_INTERNAL, commit_diag.message);
    }
    if (status != STATUS_OK) {
        const bool is_client = status == STATUS_INVALID;
        return fail(stream, is_client ? ERROR_BAD_REQUEST : ERROR_INTERNAL, diag.message);
    }
    if (stream->input_has_ended) {
        return finish(stream);
    }
    (void)exchange_write(stream->exchange, &stream->answer);
    return TASK_WAIT;
}

/* Reads the first line; the answer begins when it names a target. */
static enum task_result begin(struct insert_stream *stream)
{
    struct diag diag;
    struct text line;
    enum error_code code = ERROR_BAD_REQUEST;
    if (!next_line(stream, &line)) {
        return stream->input_has_ended ? refuse(stream, code, "\"target\" field must be populated")
                                       : TASK_WAIT;
    }
    if (open_target(stream, line, &code, &diag) != STATUS_OK) {
        return refuse(stream, code, diag.message);
    }
    exchange_begin_stream(stream->exchange, stream->exchange->media);
    return store(stream);
}

static enum task_result run(struct pool_task *task)
{
    struct insert_stream *stream = (struct insert_stream *)task;
    if (exchange_client_has_left(stream->exchange)) {
        exchange_cut(stream->exchange);
        return dispose(stream);
    }
    if (atomic_load(&stream->closing) != STREAM_OPEN) {
        const char *message = "The server is shutting down";
        return stream->inserter ? fail(stream, ERROR_SHUTTING_DOWN, message)
                                : refuse(stream, ERROR_SHUTTING_DOWN, message);
    }
    if (!exchange_has_room(stream->exchange)) {
        return TASK_WAIT;
    }
    take_input(stream);
    if (stream->input.has_failed) {
        exchange_cut(stream->exchange);
        return dispose(stream);
    }
    return stream->inserter ? store(stream) : begin(stream);
}

void handle_inserts(struct server *server, struct exchange *exchange)
{
    struct insert_stream *stream = memory_zalloc(sizeof(*stream));
    if (!stream) {
        exchange_reply_error(exchange, ERROR_INTERNAL, "out of memory");
        return;
    }
    stream->task.run = run;
    stream->server = server;
    stream->exchange = exchange_ref(exchange);
    stream->entry.close = close_stream;
    buffer_init(&stream->input);
    buffer_init(&stream->answer);
    atomic_init(&stream->closing, STREAM_OPEN);
    atomic_fetch_add(&server->stream_count, 1);
    stream_list_add(&server->streaming, &stream->entry);
    exchange_attach(exchange, wake, stream);
    wake(stream); /* for what has come already */
}
