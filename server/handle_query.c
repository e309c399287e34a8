/* handle_query.c
 *
 * POST /query and /query-stream: one SELECT or PRINT, whose rows are the answer; POST
 * /close-query: its end. The two query routes differ in the names of their fields and in what
 * they answer with by default. Source: ksqlDB's QueryStreamHandler and CloseQueryHandler.
 */
#include "server/handlers.h"

#include <stdio.h>

#include "server/limits.h"
#include "server/query_stream.h"
#include "server/request_body.h"
#include "server/server_state.h"
#include "server/statement_text.h"

static void refuse(struct exchange *exchange, const char *format, const char *argument)
{
    char message[256];
    (void)snprintf(message, sizeof(message), format, argument);
    exchange_reply_error(exchange, ERROR_BAD_REQUEST, message);
}

/* Exactly one statement, and one that has rows. */
static bool check_statement(struct exchange *exchange, const struct script *script,
                            struct outcome *out)
{
    struct diag diag;
    if (statement_check_single(script, &diag) != STATUS_OK) {
        exchange_reply_error(exchange, ERROR_BAD_REQUEST, diag.message);
        return false;
    }
    (void)script_peek_at(script, 0, out);
    if (!out->is_query) {
        refuse(exchange, "Statement type `%s' not supported for this resource", out->type_name);
        return false;
    }
    return true;
}

/* PRINT has lines, which /query-stream knows in one media type only. */
static bool check_media(struct exchange *exchange, const struct outcome *outcome)
{
    const bool is_stream_route = exchange->route->run == handle_query_stream;
    if (outcome->is_print && is_stream_route && exchange->media != MEDIA_DELIMITED) {
        exchange_reply_error(exchange, ERROR_NOT_ACCEPTABLE, "Not Acceptable");
        return false;
    }
    return true;
}

/* ksqlDB words failed push queries as general errors, all others as errors of the statement. */
static void reply_failure(struct exchange *exchange, const struct outcome *outcome,
                          const struct diag *diag)
{
    const enum error_code code = error_code_of_statement(diag);
    if (outcome->is_push) {
        exchange_reply_error(exchange, code, diag->message);
    } else {
        statement_reply_error(exchange, code, diag->message, outcome->statement, NULL);
    }
}

void query_run(struct server *server, struct exchange *exchange, struct script *script)
{
    struct diag diag;
    struct outcome outcome;
    if (!check_statement(exchange, script, &outcome) || !check_media(exchange, &outcome)) {
        return;
    }
    const struct outcome before = outcome;
    if (script_step(script, &outcome, &diag) != STATUS_OK) {
        reply_failure(exchange, &before, &diag);
        return;
    }
    if (query_stream_start(server, exchange, outcome.cursor, exchange->media, &diag) != STATUS_OK) {
        const bool is_limit = diag.status == STATUS_LIMIT;
        exchange_reply_error(exchange, is_limit ? ERROR_MAX_PUSH_QUERIES : ERROR_INTERNAL,
                             diag.message);
    }
}

static void answer(struct server *server, struct exchange *exchange, const struct body_names *names)
{
    struct diag diag;
    struct request_body body = {0};
    struct session *session = NULL;
    struct script *script = NULL;
    if (request_body_parse(&exchange->request, names, &body, &diag) != STATUS_OK ||
        request_body_open_session(&body, server->engine, &session, &diag) != STATUS_OK) {
        exchange_reply_error(exchange, ERROR_BAD_REQUEST, diag.message);
    } else if (statement_wait_for(exchange, server->engine, body.sequence) &&
               statement_open_script(exchange, server->engine, session, body.sql, &script)) {
        query_run(server, exchange, script);
    }
    script_close(script);
    session_destroy(session);
    request_body_release(&body);
}

/* Parsing, planning and a lookup take less time than waking another thread for them; everything
 * longer is left to the streams' threads by query_stream_start(). */
bool query_may_wait(const struct exchange *exchange)
{
    static const char field[] = "commandSequenceNumber";
    const struct text body = buffer_text(&exchange->request.body);
    if (body.bytes == 0 || body.bytes > BRIEF_BODY_BYTES_MAX) {
        return body.bytes > 0;
    }
    return memmem(body.data, body.bytes, field, strlen(field)) != NULL;
}

/* /query answers with v1+json, also to those who call it JSON. */
void handle_query(struct server *server, struct exchange *exchange)
{
    exchange->media = exchange->media == MEDIA_JSON ? MEDIA_V1_JSON : exchange->media;
    answer(server, exchange, &body_names_ksql);
}

void handle_query_stream(struct server *server, struct exchange *exchange)
{
    answer(server, exchange, &body_names_stream);
}

/* --- Closing ---------------------------------------------------------------------------------- */

static void close_query(struct server *server, struct exchange *exchange, const json_t *id)
{
    if (!json_is_string(id) || json_string_length(id) == 0) {
        exchange_reply_error(exchange, ERROR_BAD_REQUEST, "No queryId provided");
        return;
    }
    const struct text text = {json_string_value(id), json_string_length(id)};
    if (!stream_list_close_query(&server->streaming, text)) {
        char name[128];
        (void)snprintf(name, sizeof(name), "%.*s", TEXT_ARGS(text));
        refuse(exchange, "No query with id %s", name);
        return;
    }
    struct buffer body;
    buffer_init(&body);
    exchange_reply(exchange, 200, MEDIA_NONE, &body);
}

void handle_close_query(struct server *server, struct exchange *exchange)
{
    struct diag diag;
    json_t *json = NULL;
    if (request_body_parse_json(&exchange->request, &json, &diag) != STATUS_OK) {
        exchange_reply_error(exchange, ERROR_BAD_REQUEST, diag.message);
        return;
    }
    close_query(server, exchange, json_object_get(json, "queryId"));
    json_decref(json);
}
