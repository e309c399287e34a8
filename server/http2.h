/* http2.h: the HTTP/2 front end, on nghttp2.
 *
 * Connections come from the listener, which has seen the client's preface or its wish to upgrade,
 * or from tls, where both sides agreed on HTTP/2. Each belongs to one of a few loops, which does
 * all of its reading, framing and writing. Thread: any. */
#ifndef SERVER_HTTP2_H
#define SERVER_HTTP2_H

#include <sys/socket.h>

#include "base/status.h"

struct http2;
struct http2_upgrade;
struct server;

MUST_USE enum status http2_open(struct server *server, struct http2 **out, struct diag *diag);
/* Ends every connection; answers that are still due are broken off. Accepts NULL. */
void http2_close(struct http2 *http2);

/* Takes the socket and upgrade, on failure too. upgrade is the request in HTTP/1.1 that still
 * stands at the front of the socket and becomes the first of HTTP/2; NULL: the client begins with
 * its preface. */
void http2_add(struct http2 *http2, int fd, const struct sockaddr *address,
               struct http2_upgrade *upgrade);

#endif
