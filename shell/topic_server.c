/* topic_server.c
 *
 * A stream of format KAFKA with a key and a value of BYTES is the topic itself: INSERT writes
 * any bytes (in base64, so that no quote or ${ of a line means anything), and a pull query over
 * the stream reads to the topic's end and ends there. PRINT was rejected for reading: it guesses
 * formats, and shows four bytes of text as a number.
 *
 * Rows go as INSERT statements, hundreds in one request. A request is answered when its rows are
 * durable, so what was counted is there.
 */
#include "shell/topic_server.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "shell/safe_output.h"
#include "shell/shell_json.h"
#include "shell/shell_session.h"

enum {
    ROWS_PER_REQUEST = 500,
    REQUEST_BYTES = 4 << 20, /* a request is sent when it holds so much */
};

struct topic_server {
    const struct topic_server_options *options;
    struct shell_session session;
    char stream[32];
    struct buffer sql;    /* INSERT statements of the next request */
    struct buffer record; /* scratch: decoded key and value */
    struct buffer out;    /* lines to write */
    enum status status;   /* of reading rows */
    struct diag *diag;
};

/* --- Requests --------------------------------------------------------------------------------- */

static enum status server_init(struct topic_server *server,
                               const struct topic_server_options *options, struct diag *diag)
{
    const struct shell_client_options client_options = {.user = NULL};
    *server = (struct topic_server){.options = options, .diag = diag};
    buffer_init(&server->sql);
    buffer_init(&server->record);
    buffer_init(&server->out);
    (void)snprintf(server->stream, sizeof(server->stream), "LEAT_TOPIC_%ld", (long)getpid());
    TRY(shell_session_init(&server->session, &client_options, diag));
    return shell_client_set_url(server->session.client, text_of(options->url), diag);
}

static void server_release(struct topic_server *server)
{
    shell_session_release(&server->session);
    buffer_release(&server->sql);
    buffer_release(&server->record);
    buffer_release(&server->out);
}

/* Sends what server->sql holds (the session ends the last statement) and empties it. */
static enum status send(struct topic_server *server)
{
    json_t *entities = NULL;
    TRY(buffer_status(&server->sql, server->diag));
    const enum status status =
        shell_session_ask(&server->session, buffer_text(&server->sql), &entities, server->diag);
    json_decref(entities);
    buffer_reset(&server->sql);
    return status;
}

static void append_quoted(struct buffer *out, struct text text)
{
    buffer_append_byte(out, '\'');
    for (size_t i = 0; i < text.bytes; i++) {
        if (text.data[i] == '\'') {
            buffer_append_byte(out, '\'');
        }
        buffer_append_byte(out, text.data[i]);
    }
    buffer_append_byte(out, '\'');
}

/* Makes the stream over the topic; partition_count 0: the topic is there. */
static enum status bind_stream(struct topic_server *server, uint32_t partition_count)
{
    buffer_printf(&server->sql, "CREATE STREAM %s (K BYTES KEY, V BYTES) WITH (KAFKA_TOPIC=",
                  server->stream);
    append_quoted(&server->sql, text_of(server->options->topic));
    buffer_append_string(&server->sql, ", KEY_FORMAT='KAFKA', VALUE_FORMAT='KAFKA'");
    if (partition_count > 0) {
        buffer_printf(&server->sql, ", PARTITIONS=%u", partition_count);
    }
    buffer_append_byte(&server->sql, ')');
    return send(server);
}

/* Drops the stream; a failure of what was done with it (status) is the one to report. */
static enum status unbind_stream(struct topic_server *server, enum status status,
                                 const char *clause)
{
    struct diag diag = {.status = STATUS_OK};
    struct diag *const before = server->diag;
    server->diag = status == STATUS_OK ? before : &diag;
    buffer_reset(&server->sql);
    buffer_printf(&server->sql, "DROP STREAM %s%s", server->stream, clause);
    const enum status dropped = send(server);
    server->diag = before;
    return status == STATUS_OK ? dropped : status;
}

/* --- Topics ----------------------------------------------------------------------------------- */

static enum status ask_topics(struct topic_server *server, json_t **out)
{
    return shell_session_ask(&server->session, TEXT("SHOW ALL TOPICS EXTENDED"), out,
                             server->diag);
}

static json_t *topics_of(json_t *entities)
{
    return json_object_get(json_array_get(entities, 0), "topics");
}

static const char *name_of(const json_t *topic)
{
    const char *name = json_string_value(json_object_get(topic, "name"));
    return name ? name : "";
}

static size_t partition_count_of(const json_t *topic)
{
    return json_array_size(json_object_get(topic, "replicaInfo"));
}

/* *out is NULL where there is no such topic; it belongs to *out_entities, which the caller
 * frees. */
static enum status find_topic(struct topic_server *server, json_t **out_entities,
                              const json_t **out)
{
    size_t index = 0;
    const json_t *topic = NULL;
    *out = NULL;
    TRY(ask_topics(server, out_entities));
    json_array_foreach(topics_of(*out_entities), index, topic)
    {
        if (strcmp(name_of(topic), server->options->topic) == 0) {
            *out = topic;
        }
    }
    return STATUS_OK;
}

static enum status check_topic(struct topic_server *server, bool *out_is_there)
{
    json_t *entities = NULL;
    const json_t *topic = NULL;
    const enum status status = find_topic(server, &entities, &topic);
    *out_is_there = topic != NULL;
    json_decref(entities);
    return status;
}

static enum status fail_missing(const struct topic_server *server)
{
    return diag_fail(server->diag, STATUS_MISSING, SQL_POS_NONE, "Topic '%s' does not exist.",
                     server->options->topic);
}

static enum status list(struct topic_server *server)
{
    size_t index = 0;
    const json_t *topic = NULL;
    json_t *entities = NULL;
    TRY(ask_topics(server, &entities));
    json_array_foreach(topics_of(entities), index, topic)
    {
        (void)printf("%s\t%zu partitions\n", name_of(topic), partition_count_of(topic));
    }
    json_decref(entities);
    return STATUS_OK;
}

static long long number_of(const json_t *topic, const char *member)
{
    return json_integer_value(json_object_get(topic, member));
}

static enum status describe(struct topic_server *server)
{
    json_t *entities = NULL;
    const json_t *topic = NULL;
    TRY(find_topic(server, &entities, &topic));
    if (topic) {
        (void)printf("topic %s\npartitions %zu\nconsumers %lld\nconsumer groups %lld\n",
                     name_of(topic), partition_count_of(topic), number_of(topic, "consumerCount"),
                     number_of(topic, "consumerGroupCount"));
    }
    json_decref(entities);
    return topic ? STATUS_OK : fail_missing(server);
}

static enum status create(struct topic_server *server)
{
    bool is_there = false;
    TRY(check_topic(server, &is_there));
    if (is_there) {
        return diag_fail(server->diag, STATUS_CONFLICT, SQL_POS_NONE,
                         "Topic '%s' exists already.", server->options->topic);
    }
    TRY(bind_stream(server, server->options->partition_count));
    return unbind_stream(server, STATUS_OK, "");
}

/* STATUS_CONFLICT: a stream or table is over the topic, whose records would go with it. */
static enum status check_unused(struct topic_server *server, const char *statement,
                                const char *member)
{
    size_t index = 0;
    const json_t *source = NULL;
    json_t *entities = NULL;
    enum status status = STATUS_OK;
    TRY(shell_session_ask(&server->session, text_of(statement), &entities, server->diag));
    json_array_foreach(json_object_get(json_array_get(entities, 0), member), index, source)
    {
        const char *topic = json_string_value(json_object_get(source, "topic"));
        if (status == STATUS_OK && topic && strcmp(topic, server->options->topic) == 0) {
            status = diag_fail(server->diag, STATUS_CONFLICT, SQL_POS_NONE,
                               "Topic '%s' cannot be deleted: %s is over it.", topic,
                               name_of(source));
        }
    }
    json_decref(entities);
    return status;
}

static enum status delete_topic(struct topic_server *server)
{
    bool is_there = false;
    TRY(check_topic(server, &is_there));
    if (!is_there) {
        return fail_missing(server);
    }
    TRY(check_unused(server, "SHOW STREAMS", "streams"));
    TRY(check_unused(server, "SHOW TABLES", "tables"));
    TRY(bind_stream(server, 0));
    struct diag *const diag = server->diag;
    const enum status status = unbind_stream(server, STATUS_OK, " DELETE TOPIC");
    if (status != STATUS_OK) { /* it is refused as a whole: the stream is still there */
        server->diag = NULL;
        (void)unbind_stream(server, STATUS_OK, "");
        server->diag = diag;
    }
    return status;
}

/* --- Producing -------------------------------------------------------------------------------- */

static void append_bytes(struct buffer *out, struct text bytes)
{
    buffer_append_string(out, "TO_BYTES('");
    if (buffer_reserve(out, base64_encoded_bytes(bytes.bytes))) {
        out->bytes += base64_encode(out->data + out->bytes, bytes);
    }
    buffer_append_string(out, "','base64')");
}

static void append_row(struct topic_server *server, const struct record *record)
{
    struct buffer *sql = &server->sql;
    buffer_printf(sql, "%sINSERT INTO %s (ROWTIME, V%s) VALUES (%lld, ", sql->bytes ? ";\n" : "",
                  server->stream, record->key.data ? ", K" : "", (long long)record->time_ms);
    append_bytes(sql, record->value);
    if (record->key.data) {
        buffer_append_string(sql, ", ");
        append_bytes(sql, record->key);
    }
    buffer_append_byte(sql, ')');
}

static enum status append_records(void *context, const struct record *records, size_t count,
                                  struct diag *diag)
{
    struct topic_server *server = context;
    struct diag *const before = server->diag;
    enum status status = STATUS_OK;
    server->diag = diag;
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        append_row(server, &records[i]);
        const bool is_full = (i + 1) % ROWS_PER_REQUEST == 0 || server->sql.bytes > REQUEST_BYTES;
        status = is_full || i + 1 == count ? send(server) : STATUS_OK;
    }
    server->diag = before;
    return status;
}

static enum status produce(struct topic_server *server)
{
    struct line_producer_options lines = server->options->lines;
    uint64_t count = 0;
    bool is_there = false;
    lines.append = append_records;
    lines.context = server;
    TRY(check_topic(server, &is_there));
    TRY(bind_stream(server, is_there ? 0 : server->options->partition_count));
    const enum status status = line_producer_run(NULL, &lines, stdin, &count, server->diag);
    TRY(unbind_stream(server, status, ""));
    (void)fprintf(stderr, "%llu records\n", (unsigned long long)count);
    return STATUS_OK;
}

/* --- Consuming -------------------------------------------------------------------------------- */

/* Appends the bytes of a JSON string of base64 to scratch; false: it is null. */
static bool decode_bytes(struct buffer *scratch, struct text value)
{
    if (value.bytes < 2 || value.data[0] != '"') {
        return false;
    }
    const struct text inside = {value.data + 1, value.bytes - 2};
    size_t bytes = 0;
    if (!buffer_reserve(scratch, base64_decoded_bytes_max(inside.bytes) + 1) ||
        base64_decode(inside, scratch->data + scratch->bytes, &bytes, NULL) != STATUS_OK) {
        return false;
    }
    scratch->bytes += bytes;
    return true;
}

static enum status take_row(struct topic_server *server, struct text columns)
{
    struct text key = TEXT("");
    struct text value = TEXT("");
    struct text time = TEXT("");
    (void)(shell_json_next(&columns, &key) && shell_json_next(&columns, &value) &&
           shell_json_next(&columns, &time));
    buffer_reset(&server->record);
    const bool has_key = decode_bytes(&server->record, key);
    const size_t key_bytes = server->record.bytes;
    const bool has_value = decode_bytes(&server->record, value);
    TRY(buffer_status(&server->record, server->diag));
    const char *data = server->record.data;
    const struct record record = {
        .time_ms = strtoll(time.data, NULL, 10), /* a comma or bracket follows the digits */
        .key = {has_key ? data : NULL, key_bytes},
        .value = {has_value ? data + key_bytes : NULL, server->record.bytes - key_bytes},
    };
    buffer_reset(&server->out);
    record_line_append(&server->out, &server->options->format, &record,
                       (struct record_place){.offset = -1});
    TRY(buffer_status(&server->out, server->diag));
    (void)safe_output_write(stdout, buffer_text(&server->out));
    return STATUS_OK;
}

/* A frame of the answer: a row, an error, or what can be left out. */
static bool take_line(void *context, struct text line)
{
    struct topic_server *server = context;
    while (line.bytes > 0 && line.data[0] != '{') {
        line = (struct text){line.data + 1, line.bytes - 1};
    }
    const struct text row = shell_json_member(line, TEXT("row"));
    if (row.bytes > 0) {
        server->status = take_row(server, shell_json_member(row, TEXT("columns")));
    } else if (shell_json_member(line, TEXT("errorMessage")).bytes > 0) {
        server->status = shell_session_refusal(shell_json_member(line, TEXT("errorMessage")), 500,
                                               TEXT(""), server->diag);
    }
    return server->status == STATUS_OK;
}

static bool tick(void *context)
{
    (void)context;
    return true;
}

static enum status select_rows(struct topic_server *server)
{
    const struct shell_sink sink = {take_line, tick, server};
    char limit[32] = "";
    char sql[128];
    long code = 0;
    if (server->options->count_max >= 0) {
        (void)snprintf(limit, sizeof(limit), " LIMIT %lld",
                       (long long)server->options->count_max);
    }
    (void)snprintf(sql, sizeof(sql), "SELECT K, V, ROWTIME FROM %s%s", server->stream, limit);
    const struct text body = shell_session_body(&server->session, text_of(sql));
    if (!body.data) {
        return diag_no_memory(server->diag);
    }
    struct buffer error;
    buffer_init(&error);
    enum status status = shell_client_stream(server->session.client, "/query", body, &sink, &error,
                                             &code, server->diag);
    if (status == STATUS_OK && code != 200) {
        status = shell_session_refusal(buffer_text(&error), code, TEXT(""), server->diag);
    }
    free((char *)body.data); /* jansson's own allocation */
    buffer_release(&error);
    return status == STATUS_OK ? server->status : status;
}

static enum status consume(struct topic_server *server)
{
    bool is_there = false;
    TRY(check_topic(server, &is_there));
    if (!is_there) {
        return fail_missing(server);
    }
    if (!server->options->is_from_beginning) {
        return STATUS_OK;
    }
    TRY(bind_stream(server, 0));
    return unbind_stream(server, select_rows(server), "");
}

/* --- The public face -------------------------------------------------------------------------- */

static enum status act(const struct topic_server_options *options,
                       enum status (*action)(struct topic_server *server), struct diag *diag)
{
    struct topic_server server;
    enum status status = server_init(&server, options, diag);
    status = status == STATUS_OK ? action(&server) : status;
    server_release(&server);
    return status;
}

enum status topic_server_list(const struct topic_server_options *options, struct diag *diag)
{
    return act(options, list, diag);
}

enum status topic_server_describe(const struct topic_server_options *options, struct diag *diag)
{
    return act(options, describe, diag);
}

enum status topic_server_create(const struct topic_server_options *options, struct diag *diag)
{
    return act(options, create, diag);
}

enum status topic_server_delete(const struct topic_server_options *options, struct diag *diag)
{
    return act(options, delete_topic, diag);
}

enum status topic_server_produce(const struct topic_server_options *options, struct diag *diag)
{
    return act(options, produce, diag);
}

enum status topic_server_consume(const struct topic_server_options *options, struct diag *diag)
{
    return act(options, consume, diag);
}
