/* serve_listen.h: where `leat serve` listens, from --listen or ksqlDB's property `listeners`. */
#ifndef SHELL_SERVE_LISTEN_H
#define SHELL_SERVE_LISTEN_H

#include "base/arena.h"
#include "server/server.h"

/* Reads a list as "127.0.0.1:8088", "http://0.0.0.0:8088,https://[::]:8443" into the addresses of
 * options; host names are put into arena. STATUS_INVALID names the element; STATUS_LIMIT: more than
 * SERVER_ADDRESS_COUNT_MAX. */
MUST_USE enum status serve_listen_parse(const char *list, struct arena *arena,
                                        struct server_options *options, struct diag *diag);

/* Whether only this machine can reach the address. */
bool serve_listen_is_loopback(const struct server_address *address);

#endif
