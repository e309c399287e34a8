/* server_state.h: what a server is made of, for the files of server/ only. */
#ifndef SERVER_SERVER_STATE_H
#define SERVER_SERVER_STATE_H

#include <stdatomic.h>

#include "server/auth.h"
#include "server/command_log.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/server.h"
#include "server/stream_list.h"
#include "server/task_pool.h"

struct http1;
struct http2;
struct listener;
struct tls;
struct websocket_loop;

enum server_phase {
    SERVER_READY,
    SERVER_DRAINING,   /* no new requests; open streams are being ended */
    SERVER_TERMINATED, /* after /ksql/terminate */
};

struct server {
    struct server_options options;
    struct engine *engine; /* borrowed */
    struct log *log;       /* borrowed */
    struct auth *auth;     /* NULL: everybody may */
    struct metrics metrics;
    struct command_log commands;
    struct stream_list streaming; /* open push queries and inserts */
    struct task_pool *requests;   /* handlers, which may wait for the disk */
    struct task_pool *streams;    /* open streams, which may not wait */
    struct http1 *http1;
    struct http2 *http2;
    struct tls *tls; /* NULL: there is none */
    struct websocket_loop *websockets;
    struct listener *listeners[SERVER_ADDRESS_COUNT_MAX];
    atomic_int_fast64_t health_until_ms; /* how long has_catalog is believed; monotonic */
    atomic_bool has_catalog;             /* the catalog answered when it was asked last */
    atomic_int phase;                    /* enum server_phase */
    atomic_size_t exchange_count;        /* requests whose answers are not sent to their end */
    atomic_size_t stream_count;          /* answers under way without a handler */
    atomic_size_t push_count;            /* open push queries */
};

enum server_phase server_get_phase(struct server *server);

/* Counts and logs an exchange whose answer is known. */
void server_note_answer(struct server *server, const struct exchange *exchange);

#endif
