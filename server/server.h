/* server.h: ksqlDB's REST API over an engine, in HTTP/1.1 and HTTP/2, with and without TLS.
 *
 * The server borrows its engine. Cursors that clients left open are closed when it is. Source of
 * the behaviour: ksqlDB's KsqlServerEndpoints and ServerVerticle. Thread: open, stop and close from
 * one thread; everything else happens on the server's own. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct engine;
struct exchange;
struct log;
struct server;
struct tls_options;

enum { SERVER_ADDRESS_COUNT_MAX = 8 };

struct server_address {
    const char *host; /* numeric, as "127.0.0.1" or "::1" */
    uint16_t port;    /* 0: any free one */
    bool is_tls;
};

struct server_options {
    struct engine *engine;
    struct log *log;
    struct server_address addresses[SERVER_ADDRESS_COUNT_MAX];
    size_t address_count;
    const struct tls_options *tls; /* NULL: no address is_tls */
    const char *password_file;     /* NULL: no credentials are asked for */
    const char *version;           /* of the program, for the Server header; borrowed for ever */
    size_t push_query_count_max;   /* 0: PUSH_QUERY_COUNT_MAX */
    int64_t websocket_timeout_ms;  /* how long a WebSocket may live; 0: as long as it likes */
};

/* Listens and serves. STATUS_CONFLICT: the port is taken. Borrows engine and log. */
MUST_USE enum status server_open(const struct server_options *options, struct server **out,
                                 struct diag *diag);
/* Of an address, by its index. */
uint16_t server_port(const struct server *server, size_t index);
/* Reads the TLS certificate and key again, for connections to come; on failure, or without TLS,
 * nothing changes. Thread: as open and close. */
MUST_USE enum status server_reload(struct server *server, struct diag *diag);
/* Accepts nothing more, gives open streams their last frame, waits until they are read or
 * DRAIN_DEADLINE_MS have passed, closes every connection and frees everything. Accepts NULL. */
void server_close(struct server *server);

#endif
