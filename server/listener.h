/* listener.h: the port: accepts connections and gives each to the front end of its protocol.
 *
 * A client that begins with HTTP/2's preface has prior knowledge of HTTP/2; all others speak
 * HTTP/1, and of them, one whose first request asks for an upgrade to h2c gets HTTP/2. What comes
 * to a port of TLS goes to tls. Thread: a listener has its own. */
#ifndef SERVER_LISTENER_H
#define SERVER_LISTENER_H

#include "base/status.h"

struct listener;
struct server;
struct server_address;

/* Binds to the address, which is borrowed and whose port becomes the one that it got, and starts to
 * accept. STATUS_CONFLICT: taken. */
MUST_USE enum status listener_open(struct server *server, struct server_address *address,
                                   struct listener **out, struct diag *diag);
/* Accepts nothing more; connections handed on stay. Accepts NULL. */
void listener_close(struct listener *listener);

#endif
