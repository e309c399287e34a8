/* bench_server_inserts.h: rows over one /inserts-stream, as fast as the server takes them.
 *
 * Thread: one. */
#ifndef SHELL_BENCH_SERVER_INSERTS_H
#define SHELL_BENCH_SERVER_INSERTS_H

#include <stdint.h>

#include "base/status.h"

/* Sends row_count rows {"US":n} to the stream target over HTTP/2 and waits until each is
 * acknowledged. STATUS_INVALID: one was not. */
MUST_USE enum status bench_inserts_send(uint16_t port, const char *target, uint64_t row_count,
                                        struct diag *diag);

#endif
