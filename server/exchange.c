/* exchange.c
 *
 * The buffer is a run of bytes with a taken prefix, moved to the front when it is half taken and
 * freed when it is empty, because most open streams have nothing to say most of the time. Every
 * wake-up is decided under the lock by the flag that asked for it, so none is lost and none
 * is given twice.
 */
#include "server/exchange.h"

#include <assert.h>

#include "base/memory.h"
#include "server/clock.h"
#include "server/limits.h"
#include "server/server_state.h"

struct exchange *exchange_create(struct server *server, const struct exchange_front_end *front_end,
                                 void *connection)
{
    struct exchange *exchange = memory_zalloc(sizeof(*exchange));
    if (!exchange) {
        return NULL;
    }
    atomic_init(&exchange->references, 1);
    pthread_mutex_init(&exchange->lock, NULL);
    request_init(&exchange->request);
    buffer_init(&exchange->out);
    buffer_init(&exchange->in);
    exchange->server = server;
    exchange->front_end = front_end;
    exchange->connection = connection;
    exchange->start_us = clock_us();
    atomic_fetch_add(&server->exchange_count, 1);
    return exchange;
}

struct exchange *exchange_ref(struct exchange *exchange)
{
    atomic_fetch_add(&exchange->references, 1);
    return exchange;
}

void exchange_unref(struct exchange *exchange)
{
    if (exchange && atomic_fetch_sub(&exchange->references, 1) == 1) {
        request_release(&exchange->request);
        buffer_release(&exchange->out);
        buffer_release(&exchange->in);
        pthread_mutex_destroy(&exchange->lock);
        atomic_fetch_sub(&exchange->server->exchange_count, 1);
        memory_free(exchange);
    }
}

/* --- Wake-ups, under the lock ----------------------------------------------------------------- */

static void wake_front_end(struct exchange *exchange)
{
    if (exchange->front_end_waits) {
        exchange->front_end_waits = false;
        exchange->front_end->wake(exchange);
    }
}

static void park_front_end(struct exchange *exchange)
{
    exchange->front_end_waits = true;
    if (exchange->front_end->park) {
        exchange->front_end->park(exchange);
    }
}

static void notify_handler(struct exchange *exchange)
{
    if (exchange->notify) {
        exchange->notify(exchange->notify_context);
    }
}

static size_t bytes_waiting(const struct exchange *exchange)
{
    return exchange->out.bytes - exchange->out_taken;
}

/* --- For handlers ----------------------------------------------------------------------------- */

void exchange_set_header(struct exchange *exchange, const char *name, const char *value)
{
    exchange->header_name = name;
    exchange->header_value = value;
}

void exchange_reply(struct exchange *exchange, unsigned http_status, enum media_type media,
                    struct buffer *body)
{
    pthread_mutex_lock(&exchange->lock);
    assert(!exchange->has_head);
    exchange->http_status = body->has_failed ? 500 : http_status;
    exchange->media = media;
    exchange->out = *body; /* the handler's memory, passed on without a copy */
    exchange->out_total = body->bytes;
    buffer_init(body);
    exchange->has_head = true;
    exchange->has_ended = true;
    exchange->notify = NULL;
    wake_front_end(exchange);
    pthread_mutex_unlock(&exchange->lock);
}

void exchange_reply_error(struct exchange *exchange, enum error_code code, const char *message)
{
    struct buffer body;
    buffer_init(&body);
    error_body_write(&body, code, text_of(message));
    exchange_reply(exchange, error_code_http_status(code), MEDIA_JSON, &body);
}

void exchange_attach(struct exchange *exchange, exchange_notify *notify, void *context)
{
    pthread_mutex_lock(&exchange->lock);
    exchange->notify = notify;
    exchange->notify_context = context;
    pthread_mutex_unlock(&exchange->lock);
}

void exchange_begin_stream(struct exchange *exchange, enum media_type media)
{
    pthread_mutex_lock(&exchange->lock);
    assert(!exchange->has_head);
    exchange->http_status = 200;
    exchange->media = media;
    exchange->is_stream = true;
    exchange->has_head = true;
    wake_front_end(exchange);
    pthread_mutex_unlock(&exchange->lock);
}

bool exchange_write(struct exchange *exchange, struct buffer *bytes)
{
    pthread_mutex_lock(&exchange->lock);
    if (bytes->has_failed) {
        exchange->was_cut = true;
    } else if (!exchange->client_left && !exchange->was_cut) {
        buffer_append_text(&exchange->out, buffer_text(bytes));
        exchange->out_total += bytes->bytes;
        exchange->was_cut = exchange->out.has_failed;
    }
    const bool goes_on = !exchange->client_left && !exchange->was_cut;
    if (bytes_waiting(exchange) > 0 || exchange->was_cut) {
        wake_front_end(exchange);
    }
    pthread_mutex_unlock(&exchange->lock);
    buffer_reset(bytes);
    return goes_on;
}

bool exchange_has_room(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    const bool has_room = bytes_waiting(exchange) < RESPONSE_BYTES_HIGH;
    exchange->room_is_wanted = !has_room;
    pthread_mutex_unlock(&exchange->lock);
    return has_room;
}

bool exchange_client_has_left(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    const bool has_left = exchange->client_left;
    pthread_mutex_unlock(&exchange->lock);
    return has_left;
}

static void finish(struct exchange *exchange, bool was_cut)
{
    pthread_mutex_lock(&exchange->lock);
    exchange->has_ended = true;
    exchange->was_cut = exchange->was_cut || was_cut;
    exchange->notify = NULL;
    wake_front_end(exchange);
    pthread_mutex_unlock(&exchange->lock);
}

void exchange_end_stream(struct exchange *exchange)
{
    finish(exchange, false);
}

void exchange_note_failure(struct exchange *exchange, enum error_code code)
{
    pthread_mutex_lock(&exchange->lock);
    exchange->failure = code;
    pthread_mutex_unlock(&exchange->lock);
}

void exchange_cut(struct exchange *exchange)
{
    finish(exchange, true);
}

void exchange_take_input(struct exchange *exchange, struct buffer *bytes, bool *out_has_ended)
{
    pthread_mutex_lock(&exchange->lock);
    const size_t count = exchange->in.bytes;
    buffer_append_text(bytes, buffer_text(&exchange->in));
    buffer_reset(&exchange->in);
    if (count > 0 && !exchange->client_left && exchange->front_end->consumed) {
        exchange->front_end->consumed(exchange, count);
    }
    *out_has_ended = exchange->in_has_ended;
    pthread_mutex_unlock(&exchange->lock);
}

/* --- For front ends --------------------------------------------------------------------------- */

enum exchange_head exchange_poll_head(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    enum exchange_head head = EXCHANGE_HEAD_READY;
    if (!exchange->has_head) {
        head = exchange->client_left ? EXCHANGE_HEAD_GONE : EXCHANGE_HEAD_WAIT;
    }
    if (head == EXCHANGE_HEAD_WAIT) {
        park_front_end(exchange);
    }
    pthread_mutex_unlock(&exchange->lock);
    return head;
}

/* Moves up to bytes_max out of the buffer. */
static size_t take_bytes(struct exchange *exchange, char *to, size_t bytes_max, bool by_line)
{
    struct buffer *out = &exchange->out;
    const char *from = out->data + exchange->out_taken;
    size_t bytes = bytes_waiting(exchange);
    bytes = bytes < bytes_max ? bytes : bytes_max;
    const char *end = by_line ? memchr(from, '\n', bytes) : NULL;
    bytes = end ? (size_t)(end - from) + 1 : bytes;
    memcpy(to, from, bytes);
    exchange->out_taken += bytes;
    if (exchange->out_taken == out->bytes) {
        buffer_release(out);
        exchange->out_taken = 0;
    } else if (exchange->out_taken > out->bytes / 2) {
        memmove(out->data, out->data + exchange->out_taken, bytes_waiting(exchange));
        out->bytes -= exchange->out_taken;
        exchange->out_taken = 0;
    }
    return bytes;
}

static enum exchange_event next_event(struct exchange *exchange)
{
    if (exchange->was_cut || exchange->client_left) {
        return EXCHANGE_CUT;
    }
    if (bytes_waiting(exchange) > 0) {
        return EXCHANGE_BYTES;
    }
    return exchange->has_ended ? EXCHANGE_END : EXCHANGE_WAIT;
}

enum exchange_event exchange_take(struct exchange *exchange, char *to, size_t bytes_max,
                                  bool by_line, size_t *out_bytes)
{
    assert(bytes_max > 0);
    pthread_mutex_lock(&exchange->lock);
    const enum exchange_event event = next_event(exchange);
    if (event == EXCHANGE_WAIT) {
        park_front_end(exchange);
    } else if (event == EXCHANGE_BYTES) {
        *out_bytes = take_bytes(exchange, to, bytes_max, by_line);
        if (exchange->room_is_wanted && bytes_waiting(exchange) <= RESPONSE_BYTES_LOW) {
            exchange->room_is_wanted = false;
            notify_handler(exchange);
        }
    }
    pthread_mutex_unlock(&exchange->lock);
    return event;
}

bool exchange_is_drained(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    const bool is_drained = next_event(exchange) == EXCHANGE_END;
    pthread_mutex_unlock(&exchange->lock);
    return is_drained;
}

bool exchange_has_ended(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    const bool has_ended = exchange->has_ended;
    pthread_mutex_unlock(&exchange->lock);
    return has_ended;
}

enum error_code exchange_failure(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    const enum error_code failure = exchange->failure;
    pthread_mutex_unlock(&exchange->lock);
    return failure;
}

size_t exchange_waiting_bytes(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    const size_t bytes = bytes_waiting(exchange);
    pthread_mutex_unlock(&exchange->lock);
    return bytes;
}

/* Under the lock. What was not taken is of no use to anyone. */
static void forget_client(struct exchange *exchange)
{
    exchange->client_left = true;
    exchange->in_has_ended = true;
    notify_handler(exchange);
}

void exchange_hang_up(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    forget_client(exchange);
    wake_front_end(exchange);
    pthread_mutex_unlock(&exchange->lock);
}

void exchange_detach(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    exchange->front_end_waits = false;
    forget_client(exchange);
    pthread_mutex_unlock(&exchange->lock);
}

bool exchange_feed(struct exchange *exchange, struct text bytes, bool has_ended)
{
    pthread_mutex_lock(&exchange->lock);
    buffer_append_text(&exchange->in, bytes);
    exchange->in_has_ended = exchange->in_has_ended || has_ended;
    const bool has_fed = !exchange->in.has_failed;
    notify_handler(exchange);
    pthread_mutex_unlock(&exchange->lock);
    return has_fed;
}
