/* request.h: one HTTP request as the router and the handlers see it, whatever carried it.
 *
 * A front end fills it: the target first, then each header, then (for routes that collect it) the
 * body. Everything is copied, so a request outlives the buffers it came from. Thread: one at a
 * time. */
#ifndef SERVER_REQUEST_H
#define SERVER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

enum protocol { PROTOCOL_HTTP_1_0, PROTOCOL_HTTP_1_1, PROTOCOL_HTTP_2 };

enum { PEER_BYTES_MAX = 64 }; /* "[addr]:port" with its NUL */

struct request_header {
    struct text name;
    struct text value;
};

struct request {
    struct arena arena;
    enum protocol protocol;
    struct text method; /* as sent: methods are case-sensitive */
    struct text path;   /* percent-decoded; valid UTF-8 without control bytes */
    struct text query;  /* what follows '?', not decoded; data NULL when there is no '?' */
    struct request_header *headers;
    size_t header_count;
    size_t header_capacity;
    size_t header_bytes; /* of all names and values */
    struct buffer body;
    char peer[PEER_BYTES_MAX];
};

void request_init(struct request *request);
void request_release(struct request *request);

/* Sets method, path and query. STATUS_LIMIT: longer than REQUEST_TARGET_BYTES_MAX.
 * STATUS_INVALID: not an absolute path, a control byte or a blank in it, '%' without two hex
 * digits, bytes that decode to NUL, another control byte or broken UTF-8, or a path with empty,
 * "." or ".." parts: nothing is normalized, so nothing can be normalized differently elsewhere. */
MUST_USE enum status request_set_target(struct request *request, struct text method,
                                        struct text target, struct diag *diag);

/* STATUS_LIMIT past REQUEST_HEADER_COUNT_MAX or REQUEST_HEADER_BYTES_MAX. */
MUST_USE enum status request_add_header(struct request *request, struct text name,
                                        struct text value, struct diag *diag);

/* The value of the first header of this name (case does not count); data NULL: there is none. */
struct text request_find_header(const struct request *request, const char *name);
size_t request_count_headers(const struct request *request, const char *name);

/* The decoded value of a parameter of the query string, in the request's arena ('+' is a blank).
 * STATUS_MISSING when there is none, STATUS_INVALID as for the target. */
MUST_USE enum status request_query_parameter(struct request *request, const char *name,
                                             struct text *out, struct diag *diag);

#endif
