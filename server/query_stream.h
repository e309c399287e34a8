/* query_stream.h: one cursor that flows into one exchange.
 *
 * The stream takes rows only while the client has room for them, so a slow client holds a place
 * in the log and nothing else. A short answer (most pull queries) goes out whole, with a length; a
 * longer one, and every push query, as a stream. Every stream ends with the framing's last value,
 * or is cut off. Thread: see each function. */
#ifndef SERVER_QUERY_STREAM_H
#define SERVER_QUERY_STREAM_H

#include "engine/engine.h"
#include "server/exchange.h"

struct server;

/* Answers exchange with the rows of cursor (taken, on failure too). Runs the first steps on this
 * thread. STATUS_LIMIT: too many push queries are open; nothing has been answered then. */
MUST_USE enum status query_stream_start(struct server *server, struct exchange *exchange,
                                        struct cursor *cursor, enum media_type media,
                                        struct diag *diag);

#endif
