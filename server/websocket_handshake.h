/* websocket_handshake.h: whether a request is a legal opening of a WebSocket, and the answer to it.
 *
 * Source: RFC 6455 sections 4.2 and 10.2. Thread: any. */
#ifndef SERVER_WEBSOCKET_HANDSHAKE_H
#define SERVER_WEBSOCKET_HANDSHAKE_H

#include <stdbool.h>

#include "server/error_code.h"
#include "server/request.h"

struct handshake_refusal {
    enum error_code code; /* ERROR_UPGRADE_REQUIRED: another version; the answer should name ours */
    const char *message;  /* constant */
};

/* The version of the protocol, the only one. */
extern const char websocket_version[];

/* True: the request is refused for *out. */
bool websocket_handshake_refuses(const struct request *request, struct handshake_refusal *out);

/* The value of Sec-WebSocket-Accept, NUL-terminated, in the request's arena; NULL when memory is
 * out. The request was not refused. */
const char *websocket_handshake_accept(struct request *request);

#endif
