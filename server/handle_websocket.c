/* handle_websocket.c
 *
 * GET /ws/query, in two halves. The first answers the handshake, with errors as any route's. The
 * second runs on the upgraded connection (websocket.h), for which an answer of the REST API with an
 * error means a last message and a close code. Source: ksqlDB's WSQueryEndpoint.
 */
#include "server/handlers.h"

#include "server/request_body.h"
#include "server/server_state.h"
#include "server/statement_text.h"
#include "server/websocket_handshake.h"

/* --- The handshake ---------------------------------------------------------------------------- */

static void refuse(struct exchange *exchange, const struct handshake_refusal *refusal)
{
    if (refusal->code == ERROR_UPGRADE_REQUIRED) {
        exchange_set_header(exchange, "Sec-WebSocket-Version", websocket_version);
    }
    exchange_reply_error(exchange, refusal->code, refusal->message);
}

void handle_websocket(struct server *server, struct exchange *exchange)
{
    (void)server;
    struct buffer body;
    struct handshake_refusal refusal;
    if (websocket_handshake_refuses(&exchange->request, &refusal)) {
        refuse(exchange, &refusal);
        return;
    }
    const char *accept = websocket_handshake_accept(&exchange->request);
    if (!accept) {
        exchange_reply_error(exchange, ERROR_INTERNAL, "out of memory");
        return;
    }
    buffer_init(&body);
    exchange_set_header(exchange, "Sec-WebSocket-Accept", accept);
    exchange_reply(exchange, 101, MEDIA_NONE, &body);
}

/* --- The query -------------------------------------------------------------------------------- */

/* The version of the API, where it is named, must be the only one there is. */
static enum status check_version(struct request *request, struct diag *diag)
{
    struct text version;
    const enum status status = request_query_parameter(request, "version", &version, diag);
    if (status == STATUS_MISSING) {
        return STATUS_OK;
    }
    if (status == STATUS_OK && !text_equal(version, TEXT("1"))) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Received invalid api version: %.*s",
                         TEXT_ARGS(version));
    }
    return status;
}

/* The parameter "request" becomes the body, to be read as /query's. */
static enum status take_body(struct request *request, struct diag *diag)
{
    struct text text;
    const enum status status = request_query_parameter(request, "request", &text, diag);
    if (status == STATUS_MISSING || (status == STATUS_OK && text.bytes == 0)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "missing request parameter");
    }
    TRY(status);
    buffer_append_text(&request->body, text);
    return buffer_status(&request->body, diag);
}

static enum status parse(struct request *request, struct request_body *body, struct diag *diag)
{
    TRY(take_body(request, diag));
    return request_body_parse(request, &body_names_websocket, body, diag);
}

static void fail(struct exchange *exchange, struct diag *diag, const char *what)
{
    diag_prefix(diag, "Error parsing %s: ", what);
    exchange_reply_error(exchange, ERROR_BAD_REQUEST, diag->message);
}

static void run_sql(struct server *server, struct exchange *exchange, struct session *session,
                    struct text sql)
{
    struct diag diag;
    struct script *script = NULL;
    enum status status = script_open(server->engine, session, sql, &script, &diag);
    if (status == STATUS_OK) {
        status = statement_check_single(script, &diag);
    }
    if (status != STATUS_OK) {
        fail(exchange, &diag, "query");
    } else {
        query_run(server, exchange, script);
    }
    script_close(script);
}

static void run_body(struct server *server, struct exchange *exchange,
                     const struct request_body *body)
{
    struct diag diag;
    struct session *session = NULL;
    if (request_body_open_session(body, server->engine, &session, &diag) != STATUS_OK) {
        fail(exchange, &diag, "request");
    } else if (statement_wait_for(exchange, server->engine, body->sequence)) {
        run_sql(server, exchange, session, body->sql);
    }
    session_destroy(session);
}

static void run(struct server *server, struct exchange *exchange)
{
    struct diag diag;
    struct request_body body;
    if (check_version(&exchange->request, &diag) != STATUS_OK) {
        exchange_reply_error(exchange, ERROR_BAD_REQUEST, diag.message);
        return;
    }
    if (parse(&exchange->request, &body, &diag) != STATUS_OK) {
        fail(exchange, &diag, "request");
        return;
    }
    run_body(server, exchange, &body);
    request_body_release(&body);
}

const struct route websocket_query_route = {
    .method = "GET", .path = "/ws/query", .body = BODY_WHOLE, .is_stream = true, .run = run};
