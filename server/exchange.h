/* exchange.h: one request and its answer, between a front end and a handler.
 *
 * A front end (http1.c, http2.c) fills the request and takes the answer; a handler, on another
 * thread, reads the request and gives the answer, whole or as a stream. Between them stands one
 * bounded buffer under one lock, and two wake-ups: the front end is told when there is something
 * to take, the handler's side when there is room again, or input, or the client has left. Nobody
 * waits inside: a front end parks the connection, a stream's task goes back to its pool.
 *
 * References: one for the front end, one for whoever answers; the last to go frees it.
 * Thread: any, except that the request belongs to the front end until the route runs and
 * to the handler afterwards. Locks: the exchange's own; callbacks run with it held and may only
 * take locks that are never held around calls into here (a pool's, a front end's wake list). */
#ifndef SERVER_EXCHANGE_H
#define SERVER_EXCHANGE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/error_code.h"
#include "server/media_type.h"
#include "server/request.h"
#include "server/task_pool.h"

struct exchange;
struct route;
struct server;

/* What a front end does while there is nothing to take. All are called with the exchange's lock
 * held: park (may be NULL) when it is told to wait, wake once per park, when that is over;
 * consumed (may be NULL) when the handler has taken so many bytes of its input. */
struct exchange_front_end {
    void (*park)(struct exchange *exchange);
    void (*wake)(struct exchange *exchange);
    void (*consumed)(struct exchange *exchange, size_t bytes);
};

/* What a stream's task does when something changed. With the exchange's lock held. */
typedef void exchange_notify(void *context);

struct exchange {
    atomic_uint references;
    struct server *server;
    const struct route *route; /* NULL until the router has found one */
    struct request request;
    struct pool_task task; /* runs the route */
    bool may_block;        /* the route runs on a thread that may wait */
    bool is_trusted;       /* its credentials need no further look */
    int64_t start_us;

    const struct exchange_front_end *front_end;
    void *connection; /* the front end's own */

    pthread_mutex_t lock; /* all below */
    unsigned http_status;
    enum media_type media;
    const char *header_name; /* one more header; NULL: none */
    const char *header_value;
    bool has_head;  /* status and media are settled */
    bool is_stream; /* the length is not known yet */
    bool has_ended; /* all of the answer is in out */
    bool was_cut;   /* the stream cannot be ended properly: break it off */
    enum error_code failure; /* what the stream ended with; 0: it came to its end */
    bool client_left;
    bool front_end_waits;
    struct buffer out;
    size_t out_taken;
    uint64_t out_total;
    exchange_notify *notify;
    void *notify_context;
    bool room_is_wanted;

    struct buffer in; /* of a route that reads its body as it comes */
    bool in_has_ended;
};

/* One reference, the front end's. NULL when memory is out. */
struct exchange *exchange_create(struct server *server, const struct exchange_front_end *front_end,
                                 void *connection);
struct exchange *exchange_ref(struct exchange *exchange);
void exchange_unref(struct exchange *exchange);

/* --- For handlers --------------------------------------------------------------------------- */

/* Takes over body (which becomes empty) as the whole answer. */
void exchange_reply(struct exchange *exchange, unsigned http_status, enum media_type media,
                    struct buffer *body);
/* The same with a generic_error. */
void exchange_reply_error(struct exchange *exchange, enum error_code code, const char *message);
/* Adds a header to the answer, before the reply. Both texts live as long as the exchange. */
void exchange_set_header(struct exchange *exchange, const char *name, const char *value);

/* From now on notify is called when there is room again, or input, or the client leaves; until
 * the answer has ended. */
void exchange_attach(struct exchange *exchange, exchange_notify *notify, void *context);
/* Settles status 200 and the media type. */
void exchange_begin_stream(struct exchange *exchange, enum media_type media);
/* Appends and empties bytes. False: the client has left, or memory is out and the stream is cut. */
bool exchange_write(struct exchange *exchange, struct buffer *bytes);
/* Whether more should be written now; if not, notify comes when it should. */
bool exchange_has_room(struct exchange *exchange);
bool exchange_client_has_left(struct exchange *exchange);
void exchange_end_stream(struct exchange *exchange);
/* The stream's last value, written before or after, says that it failed with this code. */
void exchange_note_failure(struct exchange *exchange, enum error_code code);
/* Breaks a stream off so that the client sees it is not whole. */
void exchange_cut(struct exchange *exchange);

/* Moves what has come of the body to the end of bytes; *out_has_ended: that was the last. */
void exchange_take_input(struct exchange *exchange, struct buffer *bytes, bool *out_has_ended);

/* --- For front ends ------------------------------------------------------------------------- */

enum exchange_event {
    EXCHANGE_BYTES, /* *out_bytes were copied, at least one */
    EXCHANGE_WAIT,  /* nothing yet; the front end was parked and will be woken */
    EXCHANGE_END,
    EXCHANGE_CUT, /* break off; also when the client has left */
};

enum exchange_head {
    EXCHANGE_HEAD_WAIT, /* not settled yet; the front end was parked and will be woken */
    EXCHANGE_HEAD_READY,
    EXCHANGE_HEAD_GONE, /* the client has left first */
};

enum exchange_head exchange_poll_head(struct exchange *exchange);
/* Copies the next bytes of a stream; with by_line, at most to the end of one line, so that a frame
 * holds one JSON value. */
enum exchange_event exchange_take(struct exchange *exchange, char *to, size_t bytes_max,
                                  bool by_line, size_t *out_bytes);
/* Whether everything has been taken and nothing will follow. */
bool exchange_is_drained(struct exchange *exchange);
/* Whether the handler has said all of the answer. */
bool exchange_has_ended(struct exchange *exchange);
/* What exchange_note_failure() was told; 0: nothing. */
enum error_code exchange_failure(struct exchange *exchange);
/* Bytes that wait to be taken. */
size_t exchange_waiting_bytes(struct exchange *exchange);
/* The client has left: tells both sides. */
void exchange_hang_up(struct exchange *exchange);
/* The front end has done with the exchange and is not woken again; the handler is told that the
 * client has left. */
void exchange_detach(struct exchange *exchange);
/* Adds to the input; has_ended: nothing follows. False when memory is out. */
bool exchange_feed(struct exchange *exchange, struct text bytes, bool has_ended);

#endif
