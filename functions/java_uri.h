/* java_uri.h: the parts of a URI, found and checked as java.net.URI's constructor does it.
 *
 * Source: the grammar in the documentation of java.net.URI (RFC 2396 with RFC 2732 and Java's
 * deviations: an empty authority, characters beyond ASCII, registry-based authorities).
 * Thread: any. */
#ifndef FUNCTIONS_JAVA_URI_H
#define FUNCTIONS_JAVA_URI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

/* Slices of the input, still with their %XX; data is NULL for a part that is not there. */
struct java_uri {
    struct text scheme;
    struct text host; /* none when the authority is not of the form host:port */
    int32_t port;     /* -1: none */
    struct text path; /* none for an opaque URI such as mailto:a@b */
    struct text query;
    struct text fragment;
};

/* False when the constructor would throw. */
MUST_USE bool java_uri_parse(struct text text, struct java_uri *out);

/* URI.decode: %XX to the UTF-8 they spell; what is malformed becomes U+FFFD. *out is text
 * itself or lives in arena. */
MUST_USE enum status java_uri_decode(struct text text, struct arena *arena, struct text *out,
                                     struct diag *diag);

#endif
