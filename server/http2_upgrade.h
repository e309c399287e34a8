/* http2_upgrade.h: the HTTP/1.1 request that asks to go on in HTTP/2 (Upgrade: h2c).
 *
 * Source: RFC 7540, section 3.2. A server may ignore the wish, and this one does so in every case
 * that is not plain: then the request is an ordinary one of HTTP/1.1. Thread: any. */
#ifndef SERVER_HTTP2_UPGRADE_H
#define SERVER_HTTP2_UPGRADE_H

#include <stdint.h>

#include "server/request.h"

enum {
    /* Head and body together; a longer request is not upgraded. Less than what any kernel keeps for
     * a socket that is not read from. */
    HTTP2_UPGRADE_BYTES_MAX = 32 << 10,
    HTTP2_UPGRADE_SETTINGS_BYTES_MAX = 10 * 6, /* of ten settings; HTTP/2 has seven */
};

struct http2_upgrade {
    struct request request; /* everything as it came, with the body */
    struct text target;     /* raw; in the request's arena */
    size_t bytes;           /* of head and body on the connection */
    size_t settings_bytes;  /* the payload of the client's SETTINGS frame */
    uint8_t settings[HTTP2_UPGRADE_SETTINGS_BYTES_MAX];
};

enum http2_upgrade_wish {
    HTTP2_UPGRADE_NONE,
    HTTP2_UPGRADE_INCOMPLETE, /* there is one; a part of the body is still to come */
    HTTP2_UPGRADE_READY,      /* *out was written; the caller owns it */
};

/* Looks at the first bytes of a connection. */
enum http2_upgrade_wish http2_upgrade_read(struct text bytes, struct http2_upgrade **out);
void http2_upgrade_destroy(struct http2_upgrade *upgrade); /* accepts NULL */

/* Whether a header of the request belongs to its connection and not to the request itself. */
bool http2_upgrade_is_hop_header(struct text name);

#endif
