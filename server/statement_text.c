/* statement_text.c
 *
 * Statements here are done before they are answered, so a client that waits for the command it was
 * told about never waits; only a number from the future or from another server does.
 */
#include "server/statement_text.h"

#include <stdio.h>

#include "server/clock.h"
#include "server/limits.h"

void statement_reply_error(struct exchange *exchange, enum error_code code, const char *message,
                           struct text statement, const json_t *entities)
{
    struct buffer body;
    buffer_init(&body);
    error_body_write_statement(&body, code, text_of(message), statement, entities);
    exchange_reply(exchange, error_code_http_status(code), MEDIA_JSON, &body);
}

bool statement_open_script(struct exchange *exchange, struct engine *engine,
                           struct session *session, struct text sql, struct script **out)
{
    struct diag diag;
    if (script_open(engine, session, sql, out, &diag) != STATUS_OK) {
        statement_reply_error(exchange, error_code_of_statement(&diag), diag.message, sql, NULL);
        return false;
    }
    return true;
}

enum status statement_check_single(const struct script *script, struct diag *diag)
{
    struct outcome outcome;
    size_t count = 0;
    while (script_peek_at(script, count, &outcome)) {
        count++;
    }
    if (count != 1) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Expected exactly one KSQL statement; found %zu instead", count);
    }
    return STATUS_OK;
}

bool statement_wait_for(struct exchange *exchange, struct engine *engine, int64_t sequence)
{
    for (int64_t waited_ms = 0; sequence >= 0 && engine_sequence(engine) < sequence;
         waited_ms += 10) {
        if (waited_ms >= COMMAND_WAIT_MS) {
            struct buffer body;
            char message[160];
            (void)snprintf(message, sizeof(message),
                           "Timed out while waiting for a previous command to execute. command "
                           "sequence number: %lld",
                           (long long)sequence);
            buffer_init(&body);
            error_body_write(&body, ERROR_COMMAND_QUEUE_TIMEOUT, text_of(message));
            exchange_reply(exchange, 503, MEDIA_JSON, &body);
            return false;
        }
        clock_sleep_ms(10);
    }
    return true;
}

enum status statement_run(struct engine *engine, struct text sql, json_t **out, struct diag *diag)
{
    struct session *session = NULL;
    struct script *script = NULL;
    struct outcome outcome = {.entity = NULL};
    enum status status = session_create(engine, &session, diag);
    if (status == STATUS_OK) {
        status = script_open(engine, session, sql, &script, diag);
    }
    if (status == STATUS_OK) {
        status = script_step(script, &outcome, diag);
    }
    script_close(script);
    session_destroy(session);
    *out = status == STATUS_OK ? outcome.entity : NULL;
    return status;
}
