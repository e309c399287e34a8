/* media_type.h: the media types of ksqlDB's REST API and the choice among them.
 *
 * Source: ksqlDB's KsqlMediaType; RFC 9110 section 12.5.1 for Accept. Thread: any. */
#ifndef SERVER_MEDIA_TYPE_H
#define SERVER_MEDIA_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum media_type {
    MEDIA_NONE, /* no body, or no Content-Type */
    MEDIA_JSON,
    MEDIA_V1_JSON,     /* application/vnd.ksql.v1+json */
    MEDIA_V1_PROTOBUF, /* application/vnd.ksql.v1+protobuf */
    MEDIA_DELIMITED,   /* application/vnd.ksqlapi.delimited.v1 */
    MEDIA_TEXT,        /* text/plain; charset=utf-8 */
    MEDIA_METRICS,     /* Prometheus text exposition 0.0.4 */
    MEDIA_WEBSOCKET,   /* messages of /ws/query, a line each; no Content-Type */
    MEDIA_COUNT
};

/* The value of Content-Type; NULL for MEDIA_NONE and MEDIA_WEBSOCKET. */
const char *media_type_name(enum media_type media);

/* Picks from offers (best first) what accept asks for: the highest quality, then what the client
 * names first, then what the server offers first. accept may be empty: then the first offer.
 * False: none of them is acceptable. */
bool media_type_choose(struct text accept, const enum media_type *offers, size_t offer_count,
                       enum media_type *out);

#endif
