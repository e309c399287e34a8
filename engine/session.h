/* session.h: what one client keeps between requests, for the files of engine/.
 *
 * Thread: one statement at a time per session. */
#ifndef ENGINE_SESSION_H
#define ENGINE_SESSION_H

#include "engine/engine.h"
#include "engine/settings.h"
#include "parser/parser.h"

struct session {
    struct engine *engine;
    struct settings settings;  /* SET, over the server's */
    struct settings variables; /* DEFINE: names compare without case, kept in upper case */
};

/* The variables as the parser wants them, in arena. */
MUST_USE enum status session_parser_options(const struct session *session, struct arena *arena,
                                            struct parser_options *out, struct diag *diag);
MUST_USE enum status session_undefine(struct session *session, struct text name, bool *out_found,
                                      struct diag *diag);

#endif
