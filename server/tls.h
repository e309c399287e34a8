/* tls.h: TLS in front of the server: what goes on behind it is an ordinary connection.
 *
 * A connection is decrypted here and handed on as one end of a socket pair, with its client's
 * address, to the front end that both sides agreed on (ALPN: h2 or http/1.1; without ALPN,
 * HTTP/1.1). TLS 1.2 and 1.3, AEAD suites with forward secrecy, no renegotiation.
 *
 * Source of the options: Kafka's and ksqlDB's properties named ssl.* (KIP-651 for PEM). Thread:
 * any, but for open and close. Locks: the part's own, never held around anything but handing on. */
#ifndef SERVER_TLS_H
#define SERVER_TLS_H

#include <sys/socket.h>

#include "base/status.h"

struct server;
struct tls;

enum tls_client_check {
    TLS_CLIENT_NONE,      /* clients are not asked for a certificate */
    TLS_CLIENT_REQUESTED, /* who shows one must show a good one */
    TLS_CLIENT_REQUIRED,
};

/* Either store_file or certificates and key. All are borrowed while the part is open. */
struct tls_options {
    const char *store_file;   /* PEM (the chain, server first, and its key) or PKCS#12 */
    const char *key_file;     /* PEM; NULL: the key is in store_file */
    const char *certificates; /* the chain as PEM text */
    const char *key;          /* as PEM text */
    const char *password;     /* of the key or the PKCS#12 store; NULL: none */
    const char *trust_file;   /* PEM: who signs certificates of clients; NULL: nobody */
    const char *versions;     /* "TLSv1.2,TLSv1.3", or one of them; NULL: both */
    enum tls_client_check client_check;
};

/* Reads and checks key and certificate. STATUS_INVALID, STATUS_IO: the message names the file and
 * what is wrong with it. */
MUST_USE enum status tls_open(struct server *server, const struct tls_options *options,
                              struct tls **out, struct diag *diag);
/* Reads them again, for connections to come; on failure nothing changes. */
MUST_USE enum status tls_reload(struct tls *tls, struct diag *diag);

/* Takes the socket: a connection just accepted. */
void tls_add(struct tls *tls, int fd, const struct sockaddr *address, socklen_t address_bytes);

/* Nothing is handed on any more; what was, flows. Must come before the front ends close. */
void tls_quiesce(struct tls *tls);
/* The front ends have closed: gives what they said last a second to reach the clients, then ends
 * all connections. Accepts NULL. */
void tls_close(struct tls *tls);

#endif
