/* tls_identity.h: who the server is to its clients: certificate, key, and what it asks of them.
 *
 * Read-only once loaded. Sessions hold references, so that a new identity can follow while old
 * connections live. Thread: any. */
#ifndef SERVER_TLS_IDENTITY_H
#define SERVER_TLS_IDENTITY_H

#include <stdatomic.h>
#include <stdint.h>

#include <gnutls/gnutls.h>

#include "server/tls.h"

struct tls_identity {
    atomic_uint references;
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
    gnutls_datum_t ticket_key; /* sessions are resumed by tickets, so the server remembers none */
    enum tls_client_check client_check;
    int64_t expires_s; /* since 1970; of the server's own certificate */
};

/* One reference. Errors as tls_open()'s. */
MUST_USE enum status tls_identity_load(const struct tls_options *options, struct tls_identity **out,
                                       struct diag *diag);
struct tls_identity *tls_identity_ref(struct tls_identity *identity);
void tls_identity_unref(struct tls_identity *identity); /* accepts NULL */

/* A session of the server's side over fd; borrows the identity. NULL when memory is out. */
gnutls_session_t tls_identity_start(struct tls_identity *identity, int fd);

#endif
