/* handle_statements.c
 *
 * POST /ksql: every statement but SELECT and PRINT, in order; the answers of those that have one
 * as an array. The script is looked over as a whole first, so that a query in it refuses all of
 * it before anything has run. The first failure stops, and its body carries what was done before.
 *
 * Scripts of INSERT .. VALUES, of which there are thousands per second, wait for nothing: their
 * rows are handed to the engine by the thread that read the request, and the answer is given by
 * the committer when all are durable. So rows of many clients, and of one script, share a
 * transaction, and no thread sleeps for them.
 */
#include "server/handlers.h"

#include "base/memory.h"
#include "server/limits.h"
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

/* An assertion that does not hold is no error of the statement, and its answer does not quote it:
 * ksqlDB's Errors.assertionFailedError. */
static void refuse(struct exchange *exchange, const struct outcome *outcome,
                   const struct diag *diag, const json_t *entities)
{
    const enum error_code code = error_code_of_statement(diag);
    if (outcome->is_assert && code == ERROR_BAD_STATEMENT) {
        exchange_reply_error(exchange, ERROR_ASSERT_FAILED, diag->message);
    } else {
        statement_reply_error(exchange, code, diag->message, outcome->statement, entities);
    }
}

/* Runs all statements; false: exchange has been answered. */
static bool run_all(struct server *server, struct exchange *exchange, struct script *script,
                    json_t *entities)
{
    struct diag diag;
    struct outcome outcome;
    for (;;) {
        if (script_step(script, &outcome, &diag) != STATUS_OK) {
            refuse(exchange, &outcome, &diag, entities);
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
    if (!entities) {
        exchange_reply_error(exchange, ERROR_INTERNAL, "out of memory");
        return;
    }
    if (!has_query(exchange, script) && run_all(server, exchange, script, entities)) {
        struct buffer body;
        buffer_init(&body);
        json_document_write(&body, entities);
        exchange_reply(exchange, 200, exchange->media, &body);
    }
    json_decref(entities);
}

/* --- Inserts ---------------------------------------------------------------------------------- */

/* A script of inserts on its way to the disk. */
struct inserts {
    struct server *server;
    struct exchange *exchange;    /* a reference */
    atomic_size_t pending_count;  /* rows on their way, and one while more may follow */
    atomic_bool has_failed;       /* a row could not be stored */
    enum error_code refusal_code; /* of the statement that ended the script; 0: none did */
    struct buffer refusal;
};

static void answer_inserts(struct inserts *inserts)
{
    struct exchange *exchange = inserts->exchange;
    if (inserts->refusal_code) {
        exchange_reply(exchange, error_code_http_status(inserts->refusal_code), MEDIA_JSON,
                       &inserts->refusal);
    } else if (atomic_load(&inserts->has_failed)) {
        exchange_reply_error(exchange, ERROR_INTERNAL, "The rows could not be stored");
    } else {
        struct buffer body;
        buffer_init(&body);
        buffer_append_string(&body, "[]");
        exchange_reply(exchange, 200, exchange->media, &body);
    }
    struct server *server = inserts->server;
    exchange_unref(exchange);
    buffer_release(&inserts->refusal);
    memory_free(inserts);
    atomic_fetch_sub(&server->stream_count, 1); /* the server closes only after this */
}

static void release_inserts(struct inserts *inserts)
{
    if (atomic_fetch_sub(&inserts->pending_count, 1) == 1) {
        answer_inserts(inserts);
    }
}

static void note_durable(void *context, enum status status)
{
    struct inserts *inserts = context;
    if (status != STATUS_OK) {
        atomic_store(&inserts->has_failed, true);
    }
    release_inserts(inserts);
}

static void run_inserts(struct exchange *exchange, struct script *script)
{
    struct diag diag;
    struct outcome outcome = {.kind = OUTCOME_NONE};
    struct inserts *inserts = memory_zalloc(sizeof(*inserts));
    if (!inserts) {
        exchange_reply_error(exchange, ERROR_INTERNAL, "out of memory");
        return;
    }
    atomic_fetch_add(&exchange->server->stream_count, 1);
    inserts->server = exchange->server;
    inserts->exchange = exchange_ref(exchange);
    atomic_init(&inserts->pending_count, 1);
    buffer_init(&inserts->refusal);
    enum status status = STATUS_OK;
    while (status == STATUS_OK && outcome.kind != OUTCOME_END) {
        bool is_pending = false;
        atomic_fetch_add(&inserts->pending_count, 1);
        status = script_step_async(script, &outcome, &is_pending, note_durable, inserts, &diag);
        if (!is_pending) {
            release_inserts(inserts); /* not the last one: ours is still there */
        }
    }
    if (status != STATUS_OK) {
        inserts->refusal_code = error_code_of_statement(&diag);
        error_body_write_statement(&inserts->refusal, inserts->refusal_code, text_of(diag.message),
                                   outcome.statement, NULL);
    }
    release_inserts(inserts);
}

static bool has_only_inserts(const struct script *script)
{
    struct outcome outcome;
    size_t count = 0;
    while (script_peek_at(script, count, &outcome)) {
        if (!outcome.is_insert) {
            return false;
        }
        count++;
    }
    return count > 0;
}

/* --- The route -------------------------------------------------------------------------------- */

bool statements_may_wait(const struct exchange *exchange)
{
    const struct text body = buffer_text(&exchange->request.body);
    return body.bytes == 0 || body.bytes > BRIEF_BODY_BYTES_MAX ||
           (!memmem(body.data, body.bytes, "INSERT", 6) &&
            !memmem(body.data, body.bytes, "insert", 6));
}

/* What only seemed to insert rows begins anew on a thread that may wait. */
static void run_body(struct server *server, struct exchange *exchange,
                     const struct request_body *body, struct session *session)
{
    struct script *script = NULL;
    if (!statement_open_script(exchange, server->engine, session, body->sql, &script)) {
        return;
    }
    const bool is_inserts = has_only_inserts(script);
    const bool may_wait = !is_inserts || body->sequence >= 0;
    if (may_wait && router_defer(exchange)) {
        script_close(script);
        return;
    }
    if (statement_wait_for(exchange, server->engine, body->sequence)) {
        if (is_inserts) {
            run_inserts(exchange, script);
        } else {
            run_script(server, exchange, script);
        }
    }
    script_close(script);
}

void handle_statements(struct server *server, struct exchange *exchange)
{
    struct diag diag;
    struct request_body body = {0};
    struct session *session = NULL;
    if (request_body_parse(&exchange->request, &body_names_ksql, &body, &diag) != STATUS_OK ||
        request_body_open_session(&body, server->engine, &session, &diag) != STATUS_OK) {
        exchange_reply_error(exchange, ERROR_BAD_REQUEST, diag.message);
    } else {
        run_body(server, exchange, &body, session);
    }
    session_destroy(session);
    request_body_release(&body);
}
