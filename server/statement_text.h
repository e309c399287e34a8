/* statement_text.h: checks that every route which takes SQL makes before it runs any.
 *
 * Thread: one at a time. */
#ifndef SERVER_STATEMENT_TEXT_H
#define SERVER_STATEMENT_TEXT_H

#include "engine/engine.h"
#include "server/exchange.h"

/* A failed statement as an error body; entities (borrowed; NULL: none) came before it. */
void statement_reply_error(struct exchange *exchange, enum error_code code, const char *message,
                           struct text statement, const json_t *entities);

/* Parses sql. On failure exchange has been answered. */
bool statement_open_script(struct exchange *exchange, struct engine *engine,
                           struct session *session, struct text sql, struct script **out);

/* STATUS_INVALID unless script is of one statement. */
MUST_USE enum status statement_check_single(const struct script *script, struct diag *diag);

/* Runs one statement for the server itself; *out is its entity, the caller's. */
MUST_USE enum status statement_run(struct engine *engine, struct text sql, json_t **out,
                                   struct diag *diag);

/* Waits until the engine has done the command of this number, as ksqlDB's clients ask for, for at
 * most COMMAND_WAIT_MS. On failure exchange has been answered. */
bool statement_wait_for(struct exchange *exchange, struct engine *engine, int64_t sequence);

#endif
