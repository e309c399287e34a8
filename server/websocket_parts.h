/* websocket_parts.h: what the WebSocket front end is made of, for its own files.
 *
 *     websocket.c             opening, closing, the thread: events, wake-ups, time
 *     websocket_connection.c  one connection: messages out, frames in, the end
 *
 * Everything belongs to the loop's thread, but for what stands under the loop's lock. */
#ifndef SERVER_WEBSOCKET_PARTS_H
#define SERVER_WEBSOCKET_PARTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <wslay/wslay.h>

#include "base/buffer.h"
#include "server/exchange.h"
#include "server/poller.h"
#include "server/websocket.h"

enum websocket_stage {
    WEBSOCKET_OPEN,
    WEBSOCKET_CLOSING, /* our close frame is framed; the client's, or its leaving, is awaited */
    WEBSOCKET_DEAD,    /* to be destroyed by who called in */
};

struct websocket {
    struct websocket_loop *loop;
    struct websocket *next; /* of the loop */
    struct websocket *previous;
    int fd;
    enum websocket_stage stage;
    wslay_event_context_ptr framer;
    struct text in;            /* received, not seen by the framer yet */
    struct buffer early;       /* what came with the handshake */
    struct exchange *exchange; /* a reference; NULL once the query is of no interest */
    struct buffer message;     /* the newest one, whole or in part */
    bool is_message_whole;
    struct buffer out; /* framed, not written yet */
    size_t out_sent;
    uint32_t interest;      /* epoll's events */
    int64_t stall_start_ms; /* since when the socket takes nothing; 0: it does */
    int64_t expiry_ms;      /* when the connection may not go on; 0: never */
    int64_t close_ms;       /* when a closing connection is given up */
    /* Under the loop's lock: */
    struct websocket *next_woken;
    bool is_woken;
};

struct websocket_loop {
    struct server *server;
    atomic_bool must_stop;
    struct poller poller;
    struct websocket connections; /* a ring */
    pthread_mutex_t lock;         /* below */
    struct websocket *arrivals;   /* by next */
    struct websocket *woken;
    bool is_signalled;
};

/* --- websocket_connection.c ------------------------------------------------------------------- */

/* The connection and its exchange, ready to start. NULL when memory is out; fd is the caller's
 * then. Thread: any. */
struct websocket *websocket_create(struct websocket_loop *loop, int fd,
                                   const struct exchange *handshake, struct text early);
/* Closes the socket; the query is told that its client has left. */
void websocket_destroy(struct websocket *websocket);

/* Runs the query and looks at what came early. */
void websocket_start(struct websocket *websocket);
/* After events of the socket. */
void websocket_handle(struct websocket *websocket, uint32_t events);
/* Moves on what can be moved: rows to frames, frames to the socket. */
void websocket_advance(struct websocket *websocket);
/* Now and then: ends what has taken too long. */
void websocket_check(struct websocket *websocket, int64_t time_ms);

/* --- websocket.c ------------------------------------------------------------------------------ */

/* Has websocket_advance() called on the loop's thread. Thread: any. */
void websocket_loop_wake(struct websocket *websocket);
/* Forgets what websocket_loop_wake() was told about the connection. */
void websocket_loop_forget(struct websocket *websocket);
/* Sets which events of the socket are of interest. */
void websocket_loop_watch(struct websocket *websocket, uint32_t interest);

#endif
