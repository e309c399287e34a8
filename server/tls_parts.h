/* tls_parts.h: what TLS is made of, for its own files.
 *
 *     tls.c             opening, closing, the loops
 *     tls_connection.c  one connection: handshake, bytes in both directions, farewell
 *     tls_identity.c    certificate and key
 *
 * A connection belongs to the thread of its loop. */
#ifndef SERVER_TLS_PARTS_H
#define SERVER_TLS_PARTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "server/poller.h"
#include "server/tls.h"
#include "server/tls_identity.h"

enum {
    TLS_LOOP_COUNT = 2,          /* a handshake takes a thread one to three milliseconds */
    TLS_RECORD_BYTES = 16 << 10, /* the largest that the protocol knows */
};

struct tls_connection;

/* One of a connection's two descriptors in the epoll set. */
struct tls_end {
    struct tls_connection *connection;
    int fd;          /* -1: not there yet */
    uint32_t events; /* asked for; 0: not in the set, so that a hang-up cannot make it spin */
};

enum tls_stage {
    TLS_STAGE_HELLO, /* nothing has come */
    TLS_STAGE_HANDSHAKE,
    TLS_STAGE_OPEN,
    TLS_STAGE_FAREWELL, /* all is said; what the client still sends is dropped until it closes */
};

struct tls_connection {
    struct tls_loop *loop;
    struct tls_connection *next; /* of the loop */
    struct tls_connection *previous;
    struct tls_connection *next_dead;
    struct tls_end client; /* encrypted */
    struct tls_end plain;  /* our end of the pair */
    struct tls_identity *identity;
    gnutls_session_t session; /* NULL before the hello */
    enum tls_stage stage;
    bool is_dead;            /* destroyed after the events at hand */
    bool is_listed;          /* in next_dead */
    bool client_has_ended;   /* it sends no more */
    bool end_was_passed_on;  /* ... and the front end knows */
    bool plain_has_ended;    /* the front end sends no more */
    bool plain_is_deaf;      /* ... and reads no more */
    bool record_is_begun;    /* the library holds a part of to_client, which it must send first */
    struct buffer to_client; /* at most a record; empty unless the other side is slow */
    struct buffer to_plain;
    size_t to_client_sent;
    size_t to_plain_sent;
    int64_t deadline_ms; /* of the stage; 0: none */
    int64_t moved_ms;    /* when to_client went on last, or the front end came to its end */
    struct sockaddr_storage address;
    socklen_t address_bytes;
};

/* A socket on its way to its loop. */
struct tls_arrival {
    struct tls_arrival *next;
    int fd;
    struct sockaddr_storage address;
    socklen_t address_bytes;
};

struct tls_loop {
    struct tls *tls;
    struct poller poller;
    struct tls_connection connections; /* a ring */
    pthread_mutex_t lock;              /* arrivals */
    struct tls_arrival *arrivals;
};

struct tls {
    struct server *server;
    struct tls_options options;
    pthread_mutex_t lock; /* identity and is_quiet; held while a connection is handed on */
    struct tls_identity *identity;
    bool is_quiet;
    atomic_bool must_stop;
    atomic_uint next_loop;
    atomic_size_t connection_count;
    atomic_size_t handshake_count;
    struct tls_loop loops[TLS_LOOP_COUNT];
};

/* Takes fd; on failure it is closed. */
void tls_connection_add(struct tls_loop *loop, const struct tls_arrival *arrival);
void tls_connection_destroy(struct tls_connection *connection);
/* Does what can be done without waiting; marks the connection dead when it is over. */
void tls_connection_advance(struct tls_connection *connection);
/* Once a second: marks a connection dead that took too long. */
void tls_connection_check(struct tls_connection *connection, int64_t time_ms);
/* Whether something may still come out of the front end's side. */
bool tls_connection_is_flowing(const struct tls_connection *connection);

#endif
