/* http1.h: the HTTP/1.1 front end, on libmicrohttpd.
 *
 * Connections come from the listener, which has looked at their first bytes. Requests go to the
 * router; a connection whose answer is not there yet is suspended and costs no thread.
 * Thread: any. */
#ifndef SERVER_HTTP1_H
#define SERVER_HTTP1_H

#include <sys/socket.h>

#include "base/status.h"

struct http1;
struct server;

MUST_USE enum status http1_open(struct server *server, struct http1 **out, struct diag *diag);
/* Ends every connection. Answers that are still due are broken off: whoever would give them must
 * have stopped. Accepts NULL. */
void http1_close(struct http1 *http1);

/* Takes the socket, on failure too. */
void http1_add(struct http1 *http1, int fd, const struct sockaddr *address,
               socklen_t address_bytes);

#endif
