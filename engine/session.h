/* session.h: what one client keeps between requests, for the files of engine/.
 *
 * Thread: one statement at a time per session. */
#ifndef ENGINE_SESSION_H
#define ENGINE_SESSION_H

#include "engine/engine.h"
#include "engine/settings.h"
#include "parser/parser.h"

struct asserted; /* engine/statement_assert_values.c */

struct session {
    struct engine *engine;
    struct settings settings;  /* SET, over the server's */
    struct settings variables; /* DEFINE: names compare without case, kept in upper case */
    struct asserted *asserted; /* topics of ASSERT VALUES, each with what it has passed */
};

/* The variables as the parser wants them, in arena. */
MUST_USE enum status session_parser_options(const struct session *session, struct arena *arena,
                                            struct parser_options *out, struct diag *diag);
/* Frees session->asserted. */
void asserted_release(struct session *session);

MUST_USE enum status session_undefine(struct session *session, struct text name, bool *out_found,
                                      struct diag *diag);

#endif
