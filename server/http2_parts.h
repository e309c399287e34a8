/* http2_parts.h: what the HTTP/2 front end is made of, for its own files.
 *
 *     http2.c             opening, closing, new connections
 *     http2_loop.c        a thread: events, wake-ups, time
 *     http2_connection.c  a session's bytes, in and out
 *     http2_stream.c      requests and answers
 *
 * Everything belongs to the thread of its loop, but for what stands under the loop's lock. */
#ifndef SERVER_HTTP2_PARTS_H
#define SERVER_HTTP2_PARTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <nghttp2/nghttp2.h>

#include "base/buffer.h"
#include "server/exchange.h"
#include "server/http2.h"
#include "server/http2_upgrade.h"
#include "server/poller.h"

enum {
    HTTP2_LOOP_COUNT = 2,
    HTTP2_IO_BYTES = 64 << 10, /* read at once; framed before it is written */
};

struct http2_stream {
    struct http2_connection *connection;
    struct http2_stream *next; /* of the connection */
    struct http2_stream *previous;
    int32_t id;
    struct exchange *exchange; /* a reference */
    struct text method;        /* in the exchange's arena until the headers are complete */
    struct text target;
    enum status header_status; /* the first header that was refused */
    bool has_host;
    bool has_headers; /* all of them have come */
    bool has_request; /* the body has come to its end */
    bool has_answer;  /* the head of the answer was submitted */
    bool is_deferred; /* nghttp2 waits for resume_data */
    int64_t start_ms;
    int64_t stall_start_ms; /* since when bytes wait untaken; 0: they do not */
    bool has_moved;         /* bytes were taken since the last tick */
    /* Under the loop's lock: */
    struct http2_stream *next_woken;
    bool is_woken;
    size_t consumed_bytes;
};

struct http2_connection {
    struct http2_loop *loop;
    struct http2_connection *next;
    struct http2_connection *previous;
    int fd;
    nghttp2_session *session;
    struct http2_stream streams; /* a ring */
    struct buffer out;           /* framed, not written yet */
    size_t out_sent;
    bool wants_write; /* EPOLLOUT is on */
    bool is_dead;
    bool must_flush; /* listed in next_to_flush */
    struct http2_connection *next_to_flush;
    int64_t active_ms; /* a whole frame came, or bytes went out */
    char peer[PEER_BYTES_MAX];
};

/* A socket on its way to its loop. */
struct http2_arrival {
    struct http2_arrival *next;
    int fd;
    struct http2_upgrade *upgrade; /* owned; NULL: none */
    char peer[PEER_BYTES_MAX];
};

struct http2_loop {
    struct http2 *http2;
    struct poller poller;
    struct http2_connection connections; /* a ring */
    int64_t next_tick_ms;
    pthread_mutex_t lock; /* below */
    struct http2_arrival *arrivals;
    struct http2_stream *woken;
    bool is_signalled;
};

struct http2 {
    struct server *server;
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *options;
    atomic_bool must_stop;
    atomic_uint next_loop;
    struct http2_loop loops[HTTP2_LOOP_COUNT];
};

/* --- http2_stream.c --- */

/* Sets the callbacks that turn frames into requests. */
void http2_stream_set_callbacks(nghttp2_session_callbacks *callbacks);
/* Has the session take up a request that came in HTTP/1.1. False: it cannot go on. */
bool http2_stream_upgrade(struct http2_connection *connection, const struct http2_upgrade *upgrade);
/* Answers that request; the session's settings are submitted by now. */
void http2_stream_run_upgraded(struct http2_connection *connection,
                               const struct http2_upgrade *upgrade);
/* Frees a stream; its exchange is told that the client has left. */
void http2_stream_remove(struct http2_stream *stream);
/* After a wake-up: gives back the window of what was consumed, begins or resumes the answer. */
void http2_stream_resume(struct http2_stream *stream, size_t consumed_bytes);
/* Once a second: ends a stream whose request or answer does not move on. */
void http2_stream_check(struct http2_stream *stream, int64_t time_ms);

/* --- http2_connection.c --- */

/* Takes fd; on failure it is closed. Borrows upgrade during the call. */
void http2_connection_add(struct http2_loop *loop, int fd, const char *peer,
                          const struct http2_upgrade *upgrade);
void http2_connection_destroy(struct http2_connection *connection);
void http2_connection_read(struct http2_connection *connection);
/* Sends until nothing is left or the socket is full; marks the connection dead when it is done. */
void http2_connection_flush(struct http2_connection *connection);
/* Once a second. */
void http2_connection_check(struct http2_connection *connection, int64_t time_ms);

/* --- http2_loop.c --- */

/* False: nothing was started. */
bool http2_loop_start(struct http2 *http2, struct http2_loop *loop);
void http2_loop_stop(struct http2_loop *loop);
/* Takes fd and upgrade. Thread: any. */
void http2_loop_add(struct http2_loop *loop, int fd, const char *peer,
                    struct http2_upgrade *upgrade);
/* Has the stream resumed on its thread. Thread: any. */
void http2_loop_wake(struct http2_stream *stream, size_t consumed_bytes);
/* Forgets what http2_loop_wake() was told about the stream. */
void http2_loop_forget(struct http2_stream *stream);

#endif
