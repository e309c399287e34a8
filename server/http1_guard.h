/* http1_guard.h: what HTTP/1.1 requests are refused before anything looks at them.
 *
 * libmicrohttpd 0.9.75 accepts several requests that a proxy in front of it may read differently:
 * a length and chunks at once, two lengths, a blank before a header's colon, no Host. Each of
 * them can smuggle a second request past the proxy (request smuggling), so each ends the
 * connection. Thread: any. */
#ifndef SERVER_HTTP1_GUARD_H
#define SERVER_HTTP1_GUARD_H

#include <stdbool.h>

#include "server/error_code.h"
#include "server/request.h"

struct refusal {
    enum error_code code;
    const char *message; /* constant */
};

/* True: the request is refused for *out; the connection must end after the answer. */
bool http1_guard_refuses(const struct request *request, struct refusal *out);

#endif
