/* topic_server.h: the actions of `leat topic` on a running server, through ksqlDB's REST API.
 *
 * The API knows no topics without streams: all but the list go through a stream of raw bytes,
 * LEAT_TOPIC_ and the process's id, that is made for the action and dropped after it. So headers
 * are not seen, nor are the place of a record and records without a value. Thread: one at a
 * time. Each function: STATUS_IO: no server at url; others: it refused. */
#ifndef SHELL_TOPIC_SERVER_H
#define SHELL_TOPIC_SERVER_H

#include <stdint.h>

#include "base/status.h"
#include "shell/line_producer.h"
#include "shell/record_line.h"

struct topic_server_options {
    const char *url; /* may hold user:password@ */
    const char *topic;
    uint32_t partition_count;            /* of a topic to create */
    struct line_producer_options lines;  /* produce */
    struct record_line_format format;    /* consume */
    bool is_from_beginning;              /* consume; else there is nothing to write */
    int64_t count_max;                   /* consume; -1: all */
};

MUST_USE enum status topic_server_list(const struct topic_server_options *options,
                                       struct diag *diag);
MUST_USE enum status topic_server_describe(const struct topic_server_options *options,
                                           struct diag *diag);
MUST_USE enum status topic_server_create(const struct topic_server_options *options,
                                         struct diag *diag);
/* STATUS_CONFLICT: a stream or table is over the topic. */
MUST_USE enum status topic_server_delete(const struct topic_server_options *options,
                                         struct diag *diag);
/* Lines of standard input to records; creates the topic if need be. */
MUST_USE enum status topic_server_produce(const struct topic_server_options *options,
                                          struct diag *diag);
/* Records to standard output, from the oldest to the newest. */
MUST_USE enum status topic_server_consume(const struct topic_server_options *options,
                                          struct diag *diag);

#endif
