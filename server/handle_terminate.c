/* handle_terminate.c
 *
 * POST /ksql/terminate: ends every query, deletes the sink topics that the client's patterns match
 * whole, and serves nothing more. Patterns are POSIX extended regular expressions here; those
 * that people write for topic names ("PAGEVIEWS.*", "a|b") mean the same in Java.
 */
#include "server/handlers.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "server/request_body.h"
#include "server/server_state.h"
#include "server/statement_text.h"

enum { PATTERN_COUNT_MAX = 100, PATTERN_BYTES_MAX = 1000 };

struct patterns {
    regex_t items[PATTERN_COUNT_MAX];
    size_t count;
};

static void release(struct patterns *patterns)
{
    for (size_t i = 0; i < patterns->count; i++) {
        regfree(&patterns->items[i]);
    }
}

static enum status add_pattern(struct patterns *patterns, const json_t *value, struct diag *diag)
{
    char anchored[PATTERN_BYTES_MAX + 8];
    const char *text = json_string_value(value);
    if (!text || strlen(text) > PATTERN_BYTES_MAX || patterns->count == PATTERN_COUNT_MAX) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "\"deleteTopicList\" takes at most %d strings of %d bytes",
                         PATTERN_COUNT_MAX, PATTERN_BYTES_MAX);
    }
    (void)snprintf(anchored, sizeof(anchored), "^(%s)$", text);
    if (regcomp(&patterns->items[patterns->count], anchored, REG_EXTENDED | REG_NOSUB) != 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Invalid pattern: %s", text);
    }
    patterns->count++;
    return STATUS_OK;
}

static enum status read_patterns(const struct request *request, struct patterns *patterns,
                                 struct diag *diag)
{
    json_t *json = NULL;
    if (request->body.bytes == 0) {
        return STATUS_OK;
    }
    TRY(request_body_parse_json(request, &json, diag));
    const json_t *list = json_object_get(json, "deleteTopicList");
    enum status status = STATUS_OK;
    if (list && !json_is_array(list) && !json_is_null(list)) {
        status = diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                           "Invalid JSON in request: \"deleteTopicList\" must be an array");
    }
    for (size_t i = 0; status == STATUS_OK && i < json_array_size(list); i++) {
        status = add_pattern(patterns, json_array_get(list, i), diag);
    }
    json_decref(json);
    return status;
}

static bool matches_any(const struct patterns *patterns, const char *topic)
{
    for (size_t i = 0; i < patterns->count; i++) {
        if (regexec(&patterns->items[i], topic, 0, NULL, 0) == 0) {
            return true;
        }
    }
    return false;
}

/* sinks: the "queries" of SHOW QUERIES. A topic that is gone already is no failure. */
static void delete_sinks(struct engine *engine, const struct patterns *patterns,
                         const json_t *queries)
{
    struct diag diag;
    for (size_t i = 0; i < json_array_size(queries); i++) {
        const json_t *topics = json_object_get(json_array_get(queries, i), "sinkKafkaTopics");
        for (size_t j = 0; j < json_array_size(topics); j++) {
            const char *topic = json_string_value(json_array_get(topics, j));
            if (topic && matches_any(patterns, topic)) {
                (void)!engine_delete_topic(engine, topic, &diag);
            }
        }
    }
}

static enum status terminate(struct server *server, const struct patterns *patterns,
                             struct diag *diag)
{
    json_t *queries = NULL;
    json_t *done = NULL;
    TRY(statement_run(server->engine, TEXT("SHOW QUERIES;"), &queries, diag));
    atomic_store(&server->phase, SERVER_TERMINATED);
    const enum status status = statement_run(server->engine, TEXT("TERMINATE ALL;"), &done, diag);
    if (status == STATUS_OK) {
        delete_sinks(server->engine, patterns, json_object_get(queries, "queries"));
    }
    json_decref(queries);
    json_decref(done);
    return status;
}

static void reply_done(struct server *server, struct exchange *exchange)
{
    struct buffer body;
    buffer_init(&body);
    json_t *entities = json_pack(
        "[{s:s, s:s, s:s, s:{s:s, s:s, s:n}, s:I, s:[]}]", "@type", "currentStatus",
        "statementText", "TERMINATE CLUSTER;", "commandId", "cluster/TerminateCluster/terminate",
        "commandStatus", "status", "SUCCESS", "message", "Cluster terminated.", "queryId",
        "commandSequenceNumber", (json_int_t)engine_sequence(server->engine), "warnings");
    json_document_write(&body, entities);
    json_decref(entities);
    exchange_reply(exchange, 200, exchange->media, &body);
}

static void run(struct server *server, struct exchange *exchange, struct patterns *patterns)
{
    struct diag diag;
    if (read_patterns(&exchange->request, patterns, &diag) != STATUS_OK) {
        exchange_reply_error(exchange, ERROR_BAD_REQUEST, diag.message);
    } else if (terminate(server, patterns, &diag) != STATUS_OK) {
        exchange_reply_error(exchange, ERROR_INTERNAL, diag.message);
    } else {
        reply_done(server, exchange);
    }
}

void handle_terminate_cluster(struct server *server, struct exchange *exchange)
{
    struct patterns *patterns = memory_zalloc(sizeof(*patterns));
    if (!patterns) {
        exchange_reply_error(exchange, ERROR_INTERNAL, "out of memory");
        return;
    }
    run(server, exchange, patterns);
    release(patterns);
    memory_free(patterns);
}
