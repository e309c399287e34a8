/* bench_server_load.c
 *
 * One epoll loop. An answer is taken apart only as far as its length needs; a subscriber's bytes
 * are searched for lines that begin with '[', which no chunk size and no header does. Of HTTP/2
 * only what an idle subscriber needs is spoken: one request in frames of our own. Requests at a
 * rate go out in the moment they are due, to whichever caller is free, so a server that falls
 * behind shows it in the rate that was reached.
 */
#include "shell/bench_server_load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "server/clock.h"

enum {
    EVENT_COUNT = 256,
    READ_BYTES = 64 << 10,
    FAILURE_BYTES = 400,
    READY_WAIT_MS = 60000,
    DRAIN_MS = 2000,
};

/* Of HTTP/2. */
enum frame_type { FRAME_DATA = 0, FRAME_HEADERS = 1, FRAME_SETTINGS = 4 };
enum { FLAG_END_STREAM = 1, FLAG_END_HEADERS = 4 };

struct load_peer {
    int fd;
    bool is_subscriber;
    bool is_ready;   /* a subscriber whose header has come */
    int64_t sent_us; /* of the request that waits for its answer; 0: none does */
    struct buffer in;
};

/* --- Times ------------------------------------------------------------------------------------ */

static void add_time(struct load_times *times, int64_t us)
{
    const int64_t step = us / LOAD_STEP_US;
    times->counts[step < LOAD_STEP_COUNT ? step : LOAD_STEP_COUNT - 1]++;
    times->total++;
}

double load_times_quantile_ms(const struct load_times *times, double share)
{
    const double wanted = (double)times->total * share;
    uint64_t seen = 0;
    for (size_t i = 0; i < LOAD_STEP_COUNT && times->total > 0; i++) {
        seen += times->counts[i];
        if ((double)seen >= wanted) {
            return (double)(i + 1) * LOAD_STEP_US / 1000.0;
        }
    }
    return 0;
}

/* --- Connections ------------------------------------------------------------------------------ */

static enum status fail_errno(const char *what, struct diag *diag)
{
    return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "%s: %s", what, strerror(errno));
}

static enum status add_peer(struct load *load, bool is_subscriber, struct diag *diag)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(load->port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int on = 1;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        return fail_errno("connecting", diag);
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = load->peer_count};
    if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        return fail_errno("epoll_ctl", diag);
    }
    struct load_peer *peer = &load->peers[load->peer_count++];
    *peer = (struct load_peer){.fd = fd, .is_subscriber = is_subscriber};
    buffer_init(&peer->in);
    return STATUS_OK;
}

static enum status reserve_peers(struct load *load, size_t count, struct diag *diag)
{
    const size_t capacity = load->peer_count + count;
    struct load_peer *peers = memory_resize(load->peers, capacity * sizeof(*peers));
    if (!peers) {
        return diag_no_memory(diag);
    }
    load->peers = peers;
    load->peer_capacity = capacity;
    return STATUS_OK;
}

static void lose(struct load *load, struct load_peer *peer)
{
    (void)close(peer->fd);
    peer->fd = -1;
    load->lost_count++;
}

static void write_request(struct buffer *out, const char *path, struct text body)
{
    buffer_printf(out, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n", path,
                  body.bytes);
    buffer_append_text(out, body);
}

static void append_frame(struct buffer *out, enum frame_type type, uint8_t flags, uint32_t stream,
                         struct text payload)
{
    buffer_append_be32(out, (uint32_t)payload.bytes << 8 | (uint32_t)type);
    buffer_append_byte(out, (char)flags);
    buffer_append_be32(out, stream);
    buffer_append_text(out, payload);
}

/* The preface, empty settings, and a request on stream 1. RFC 9113; fields as in RFC 7541: indexed,
 * then literal with an indexed name. */
static void write_http2_request(struct buffer *out, const char *path, struct text body)
{
    char fields[128];
    const int bytes = snprintf(fields, sizeof(fields), "\x83\x86\x04%c%s\x01%c%s",
                               (char)strlen(path), path, (char)strlen("localhost"), "localhost");
    buffer_append_string(out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    append_frame(out, FRAME_SETTINGS, 0, 0, TEXT(""));
    append_frame(out, FRAME_HEADERS, FLAG_END_HEADERS, 1, (struct text){fields, (size_t)bytes});
    append_frame(out, FRAME_DATA, FLAG_END_STREAM, 1, body);
}

static bool send_request(struct load *load, struct load_peer *peer, const char *path,
                         struct text body)
{
    struct buffer out;
    buffer_init(&out);
    if (peer->is_subscriber && load->speaks_http2) {
        write_http2_request(&out, path, body);
    } else {
        write_request(&out, path, body);
    }
    peer->sent_us = clock_us();
    const bool is_sent =
        !out.has_failed && send(peer->fd, out.data, out.bytes, MSG_NOSIGNAL) == (ssize_t)out.bytes;
    buffer_release(&out);
    if (!is_sent) { /* requests are small and one at a time: a socket has room for one */
        lose(load, peer);
    }
    return is_sent;
}

static void call(struct load *load, struct load_peer *peer)
{
    buffer_reset(&load->body);
    load->next_body(load, &load->body);
    load->sent_count += send_request(load, peer, load->path, buffer_text(&load->body));
}

/* --- Answers ---------------------------------------------------------------------------------- */

static void note_failure(struct load *load, struct text answer)
{
    load->failed_count++;
    if (!load->last_failure) {
        const size_t bytes = answer.bytes < FAILURE_BYTES ? answer.bytes : FAILURE_BYTES;
        load->last_failure = memory_zalloc(bytes + 1);
        if (load->last_failure) {
            memcpy(load->last_failure, answer.data, bytes);
        }
    }
}

/* Bytes of the whole answer at the start of in; 0: it is not complete. */
static size_t answer_bytes(struct text in)
{
    static const char field[] = "Content-Length: ";
    const char *body = memmem(in.data, in.bytes, "\r\n\r\n", 4);
    const char *length =
        body ? memmem(in.data, (size_t)(body - in.data), field, strlen(field)) : NULL;
    if (!length) {
        return 0;
    }
    const size_t bytes = (size_t)(body + 4 - in.data) + strtoull(length + strlen(field), NULL, 10);
    return bytes <= in.bytes ? bytes : 0;
}

static void take_answer(struct load *load, struct load_peer *peer)
{
    static const char good[] = "HTTP/1.1 200";
    const size_t bytes = answer_bytes(buffer_text(&peer->in));
    if (bytes == 0) {
        return;
    }
    const struct text answer = {peer->in.data, bytes};
    const bool is_good =
        text_starts_with(answer, text_of(good)) &&
        (!load->wanted || memmem(answer.data, bytes, load->wanted, strlen(load->wanted)));
    if (!is_good) {
        note_failure(load, answer);
    }
    add_time(&load->answers, clock_us() - peer->sent_us);
    load->answer_count++;
    peer->sent_us = 0;
    buffer_reset(&peer->in);
}

/* Whole lines only; what is left of the last one waits for its rest. */
static void take_lines(struct load *load, struct load_peer *peer)
{
    const int64_t now_us = clock_us();
    size_t start = 0;
    const char *end = NULL;
    while ((end = memchr(peer->in.data + start, '\n', peer->in.bytes - start))) {
        const char *line = peer->in.data + start;
        if (*line == '[') {
            load->row_count++;
            if (load->rows_have_times) {
                add_time(&load->rows, now_us - strtoll(line + 1, NULL, 10));
            }
        } else if (*line == '{' && !peer->is_ready) {
            peer->is_ready = true;
            load->ready_count++;
        }
        start = (size_t)(end - peer->in.data) + 1;
    }
    memmove(peer->in.data, peer->in.data + start, peer->in.bytes - start);
    peer->in.bytes -= start;
    if (peer->in.bytes == 0) {
        buffer_release(&peer->in); /* thousands of subscribers are silent */
    }
}

/* Only the header of the rows is looked for. */
static void take_frames(struct load *load, struct load_peer *peer)
{
    static const char header[] = "\"queryId\"";
    if (!peer->is_ready && memmem(peer->in.data, peer->in.bytes, header, strlen(header))) {
        peer->is_ready = true;
        load->ready_count++;
    }
    if (peer->is_ready) {
        buffer_release(&peer->in);
    }
}

static void read_peer(struct load *load, struct load_peer *peer)
{
    static char bytes[READ_BYTES];
    const ssize_t count = recv(peer->fd, bytes, sizeof(bytes), 0);
    if (count <= 0) {
        lose(load, peer);
        return;
    }
    buffer_append(&peer->in, bytes, (size_t)count);
    if (peer->in.has_failed) {
        lose(load, peer);
    } else if (peer->is_subscriber && load->speaks_http2) {
        take_frames(load, peer);
    } else if (peer->is_subscriber) {
        take_lines(load, peer);
    } else {
        take_answer(load, peer);
    }
}

/* --- The loop --------------------------------------------------------------------------------- */

static void wait_events(struct load *load, int wait_ms)
{
    struct epoll_event events[EVENT_COUNT];
    const int count = epoll_wait(load->epoll, events, EVENT_COUNT, wait_ms);
    for (int i = 0; i < count; i++) {
        struct load_peer *peer = &load->peers[events[i].data.u64];
        if (peer->fd >= 0) {
            read_peer(load, peer);
        }
    }
}

/* Sends what is due by now. */
static void send_due(struct load *load, uint64_t due)
{
    for (size_t i = 0; i < load->peer_count && load->sent_count < due; i++) {
        struct load_peer *peer = &load->peers[i];
        if (!peer->is_subscriber && peer->fd >= 0 && peer->sent_us == 0) {
            call(load, peer);
        }
    }
}

static bool is_done(const struct load *load)
{
    const bool has_answers = load->answer_limit > 0 && load->answer_count >= load->answer_limit;
    const bool has_rows = load->row_limit > 0 && load->row_count >= load->row_limit;
    return load->row_limit > 0 ? has_rows : has_answers;
}

static uint64_t due_count(const struct load *load, int64_t passed_us)
{
    const uint64_t limit = load->answer_limit > 0 ? load->answer_limit : UINT64_MAX;
    const uint64_t due =
        load->rate > 0 ? (uint64_t)(load->rate * (double)passed_us / 1e6) : UINT64_MAX;
    return due < limit ? due : limit;
}

enum status load_run(struct load *load, double seconds, struct diag *diag)
{
    const int64_t start_us = clock_us();
    const int64_t end_us = start_us + (int64_t)(seconds * 1e6);
    while (clock_us() < end_us && !is_done(load)) {
        if (load->lost_count == load->peer_count) {
            return diag_fail(diag, STATUS_CANCELLED, SQL_POS_NONE,
                             "the server closed every connection");
        }
        if (load->next_body) {
            send_due(load, due_count(load, clock_us() - start_us));
        }
        wait_events(load, 1);
    }
    return STATUS_OK;
}

void load_reset(struct load *load)
{
    load->sent_count = load->answer_count = load->failed_count = load->row_count = 0;
    memset(load->answers.counts, 0, LOAD_STEP_COUNT * sizeof(uint32_t));
    memset(load->rows.counts, 0, LOAD_STEP_COUNT * sizeof(uint32_t));
    load->answers.total = load->rows.total = 0;
}

/* --- Life ------------------------------------------------------------------------------------- */

enum status load_add_callers(struct load *load, size_t count, struct diag *diag)
{
    TRY(reserve_peers(load, count, diag));
    for (size_t i = 0; i < count; i++) {
        TRY(add_peer(load, false, diag));
    }
    return STATUS_OK;
}

static enum status wait_ready(struct load *load, uint64_t wanted, struct diag *diag)
{
    const int64_t end_ms = clock_ms() + READY_WAIT_MS;
    while (load->ready_count < wanted && load->lost_count == 0 && clock_ms() < end_ms) {
        wait_events(load, 100);
    }
    return load->ready_count >= wanted
               ? STATUS_OK
               : diag_fail(diag, STATUS_CANCELLED, SQL_POS_NONE,
                           "only %llu of %llu subscribers were served",
                           (unsigned long long)load->ready_count, (unsigned long long)wanted);
}

/* In portions, because a server's queues of connections and of requests have an end. */
enum status load_add_subscribers(struct load *load, size_t count, const char *sql,
                                 struct diag *diag)
{
    enum { PORTION = 100 };
    const uint64_t ready_before = load->ready_count;
    TRY(reserve_peers(load, count, diag));
    for (size_t i = 0; i < count; i++) {
        TRY(add_peer(load, true, diag));
        buffer_reset(&load->body);
        buffer_printf(&load->body, "{\"sql\":\"%s\"}", sql);
        if (!send_request(load, &load->peers[load->peer_count - 1], "/query-stream",
                          buffer_text(&load->body))) {
            return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "a subscriber was refused");
        }
        if (i % PORTION == PORTION - 1 || i + 1 == count) {
            TRY(wait_ready(load, ready_before + i + 1, diag));
        }
    }
    return STATUS_OK;
}

enum status load_create(uint16_t port, struct load *out, struct diag *diag)
{
    *out = (struct load){.port = port, .random = 1, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    buffer_init(&out->body);
    out->answers.counts = memory_zalloc(LOAD_STEP_COUNT * sizeof(uint32_t));
    out->rows.counts = memory_zalloc(LOAD_STEP_COUNT * sizeof(uint32_t));
    if (out->epoll < 0) {
        return fail_errno("epoll_create1", diag);
    }
    return out->answers.counts && out->rows.counts ? STATUS_OK : diag_no_memory(diag);
}

void load_release(struct load *load)
{
    for (size_t i = 0; i < load->peer_count; i++) {
        if (load->peers[i].fd >= 0) {
            (void)close(load->peers[i].fd);
        }
        buffer_release(&load->peers[i].in);
    }
    if (load->epoll >= 0) {
        (void)close(load->epoll);
    }
    memory_free(load->peers);
    memory_free(load->answers.counts);
    memory_free(load->rows.counts);
    memory_free(load->last_failure);
    buffer_release(&load->body);
}
