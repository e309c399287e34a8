/* datagen_feed.h: writes a quickstart set into a running server, at a steady rate. */
#ifndef SHELL_DATAGEN_FEED_H
#define SHELL_DATAGEN_FEED_H

#include "base/status.h"
#include "shell/datagen_set.h"

struct datagen_feed_options {
    const char *url;
    const struct datagen_set *set;
    int64_t row_count; /* 0: without end */
    int64_t rate;      /* rows a second; 0: as fast as the server takes them */
    uint64_t seed;
};

/* Creates the stream if need be and inserts rows until all are there, or for ever. STATUS_IO: no
 * server at url; STATUS_INVALID: it refused. */
MUST_USE enum status datagen_feed(const struct datagen_feed_options *options, struct diag *diag);

#endif
