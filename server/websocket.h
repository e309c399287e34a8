/* websocket.h: the front end of upgraded connections, which carry the rows of one query each.
 *
 * The HTTP/1.1 front end answers a legal handshake and passes the socket on; from then on it is
 * served here, on one thread for all of them. The query runs on the server's pools as any other
 * does, through an exchange whose front end this is.
 *
 * Messages to the client: what row_framing.h calls websocket, a text message per line. Messages
 * from the client mean nothing and are dropped. Source: ksqlDB's WSQueryEndpoint,
 * WebSocketSubscriber and SessionUtil; RFC 6455. Thread: any. */
#ifndef SERVER_WEBSOCKET_H
#define SERVER_WEBSOCKET_H

#include "base/status.h"
#include "base/text.h"

struct exchange;
struct server;
struct websocket_loop;

MUST_USE enum status websocket_open(struct server *server, struct websocket_loop **out,
                                    struct diag *diag);
/* Ends every connection; nothing may be added any more. Accepts NULL. */
void websocket_close(struct websocket_loop *loop);

/* Takes the socket, on failure too, and runs the query that the handshake's target asks for.
 * Copies what it needs of handshake and early, the bytes that came behind the handshake. */
void websocket_add(struct websocket_loop *loop, int fd, const struct exchange *handshake,
                   struct text early);

#endif
