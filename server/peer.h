/* peer.h: what both front ends do with a client's socket. Thread: any. */
#ifndef SERVER_PEER_H
#define SERVER_PEER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "server/request.h"

/* "127.0.0.1:4711" or "[::1]:4711"; "?" when the address is of another kind or NULL. */
void peer_print(const struct sockaddr *address, char out[PEER_BYTES_MAX]);

/* Small answers go out at once; the kernel finds peers that vanished without a word within half a
 * minute, and holds at most send_bytes for one that does not read. */
void peer_set_options(int fd, int send_bytes);

/* How long a body may take of which so much has come: BODY_DEADLINE_MS, and a second more for each
 * BODY_BYTES_PER_SECOND_MIN. What was announced counts for nothing. */
int64_t peer_body_timeout_ms(size_t received_bytes);

#endif
