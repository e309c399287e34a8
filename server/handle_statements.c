/* handle_statements.c
 *
 * POST /ksql: every statement but SELECT and PRINT, in order; the answers of those that have one
 * as an array. The script is looked over as a whole first, so that a query in it refuses all of
 * it before anything has run. The first failure stops, and its body carries what was done before.
 */
#include "server/handlers.h"

#include "server/request_body.h"
#include "server/server_state.h"
#include "server/statement_text.h"

static const char query_refusal[] =
    "The following statement types should be issued to the websocket endpoint '/query':\n"
    "\t* PRINT\n"
    "\t* SELECT";

static bool has_query(struct exchange *exchange, const struct script *script)
{
    struct outcome outcome;
    for (size_t i = 0; script_peek_at(script, i, &outcome); i++) {
        if (outcome.is_query) {
            statement_reply_error(exchange, ERROR_QUERY_ENDPOINT, query_refusal, outcome.statement,
                                  NULL);
            return true;
        }
    }
    return false;
}

/* Runs all statements; false: exchange has been answered. */
static bool run_all(struct server *server, struct exchange *exchange, struct script *script,
                    json_t *entities)
{
    struct diag diag;
    struct outcome outcome;
    for (;;) {
        if (script_step(script, &outcome, &diag) != STATUS_OK) {
            statement_reply_error(exchange, error_code_of_statement(&diag), diag.message,
                                  outcome.statement, entities);
            return false;
        }
        if (outcome.kind == OUTCOME_END) {
            return true;
        }
        if (outcome.kind == OUTCOME_ENTITY) {
            command_log_add(&server->commands, outcome.entity);
            (void)json_array_append_new(entities, outcome.entity);
        }
    }
}

static void run_script(struct server *server, struct exchange *exchange, struct script *script)
{
    json_t *entities = json_array();
    if (entities && !has_query(exchange, script) && run_all(server, exchange, script, entities)) {
        struct buffer body;
        buffer_init(&body);
        json_document_write(&body, entities);
        exchange_reply(exchange, 200, exchange->media, &body);
    }
    json_decref(entities);
}

void handle_statements(struct server *server, struct exchange *exchange)
{
    struct diag diag;
    struct request_body body = {0};
    struct session *session = NULL;
    struct script *script = NULL;
    if (request_body_parse(&exchange->request, &body_names_ksql, &body, &diag) != STATUS_OK ||
        request_body_open_session(&body, server->engine, &session, &diag) != STATUS_OK) {
        exchange_reply_error(exchange, ERROR_BAD_REQUEST, diag.message);
    } else if (statement_wait_for(exchange, server->engine, body.sequence) &&
               statement_open_script(exchange, server->engine, session, body.sql, &script)) {
        run_script(server, exchange, script);
    }
    script_close(script);
    session_destroy(session);
    request_body_release(&body);
}
