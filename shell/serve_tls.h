/* serve_tls.h: the TLS options of `leat serve`, from ksqlDB's properties named ssl.*. */
#ifndef SHELL_SERVE_TLS_H
#define SHELL_SERVE_TLS_H

#include "server/property_file.h"
#include "server/tls.h"

/* Fills out, which may hold a certificate and a key of the command line already: those win. What it
 * points to lives as long as properties. STATUS_INVALID: there is no certificate, or a property
 * asks for what Leat does not have; nothing that makes connections safer is ignored. */
MUST_USE enum status serve_tls_read(const struct property_file *properties, struct tls_options *out,
                                    struct diag *diag);

/* Takes keys and passwords off the list, for the engine shows its properties. Their texts stay
 * where they are. */
void serve_tls_drop_secrets(struct property_file *properties);

#endif
