/* listener.c
 *
 * One thread with one epoll set: the listening socket, and the connections that have not sent
 * enough yet to tell their protocol, or the request that HTTP/2 is to begin with. Bytes are looked
 * at with MSG_PEEK and left for the front end.
 * Such connections are edge-triggered, since what was looked at stays readable, and closed at the
 * deadline for headers; a client cannot hold anything here but a descriptor.
 */
#include "server/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "server/clock.h"
#include "server/http1.h"
#include "server/http2.h"
#include "server/http2_upgrade.h"
#include "server/limits.h"
#include "server/server_state.h"
#include "server/tls.h"

enum { EVENT_COUNT = 64, BACKLOG = 1024, TICK_MS = 500, PENDING_COUNT_MAX = 4096 };

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
enum { PREFACE_BYTES = sizeof(preface) - 1, TLS_HANDSHAKE = 0x16 };

/* A connection whose protocol is not known yet. */
struct pending {
    struct pending *next;
    struct pending *previous;
    int fd;
    int64_t deadline_ms;
    struct sockaddr_storage address;
    socklen_t address_bytes;
};

struct listener {
    struct server *server;
    struct server_address *address;
    int socket;
    int epoll;
    pthread_t thread;
    bool has_thread;
    atomic_bool must_stop;
    struct pending head; /* a ring, oldest first */
    size_t pending_count;
    char peeked[HTTP2_UPGRADE_BYTES_MAX];
};

/* --- Telling protocols apart ------------------------------------------------------------------ */

static void forget(struct listener *listener, struct pending *pending)
{
    pending->previous->next = pending->next;
    pending->next->previous = pending->previous;
    listener->pending_count--;
    (void)epoll_ctl(listener->epoll, EPOLL_CTL_DEL, pending->fd, NULL);
    memory_free(pending);
}

static void drop(struct listener *listener, struct pending *pending)
{
    const int fd = pending->fd;
    forget(listener, pending);
    (void)close(fd);
}

/* Takes upgrade. */
static void hand_on_http2(struct listener *listener, struct pending *pending,
                          struct http2_upgrade *upgrade)
{
    const int fd = pending->fd;
    const struct sockaddr_storage address = pending->address;
    forget(listener, pending);
    http2_add(listener->server->http2, fd, (const struct sockaddr *)&address, upgrade);
}

static void hand_on_http1(struct listener *listener, struct pending *pending)
{
    const int fd = pending->fd;
    const struct sockaddr_storage address = pending->address;
    const socklen_t address_bytes = pending->address_bytes;
    forget(listener, pending);
    http1_add(listener->server->http1, fd, (const struct sockaddr *)&address, address_bytes);
}

static void look_at_http1(struct listener *listener, struct pending *pending, struct text bytes)
{
    struct http2_upgrade *upgrade = NULL;
    switch (http2_upgrade_read(bytes, &upgrade)) {
    case HTTP2_UPGRADE_NONE:
        hand_on_http1(listener, pending);
        break;
    case HTTP2_UPGRADE_INCOMPLETE:
        break; /* the next bytes, or the deadline */
    case HTTP2_UPGRADE_READY:
        hand_on_http2(listener, pending, upgrade);
        break;
    }
}

static void look(struct listener *listener, struct pending *pending)
{
    char *bytes = listener->peeked;
    const ssize_t count =
        recv(pending->fd, bytes, sizeof(listener->peeked), MSG_PEEK | MSG_DONTWAIT);
    const size_t preface_bytes = count < PREFACE_BYTES ? (size_t)count : PREFACE_BYTES;
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count <= 0) {
        drop(listener, pending);
    } else if ((unsigned char)bytes[0] == TLS_HANDSHAKE) {
        drop(listener, pending); /* no answer of ours would be understood */
    } else if (memcmp(bytes, preface, preface_bytes) != 0) {
        look_at_http1(listener, pending, (struct text){bytes, (size_t)count});
    } else if (preface_bytes == PREFACE_BYTES) {
        hand_on_http2(listener, pending, NULL);
    }
}

/* --- Accepting -------------------------------------------------------------------------------- */

static void refuse(struct listener *listener, int fd)
{
    metrics_add(&listener->server->metrics, METRIC_CONNECTIONS_REFUSED, 1);
    (void)close(fd);
}

static void add_pending(struct listener *listener, int fd, const struct sockaddr_storage *address,
                        socklen_t address_bytes)
{
    struct pending *pending = memory_zalloc(sizeof(*pending));
    if (!pending) {
        refuse(listener, fd);
        return;
    }
    *pending = (struct pending){.next = &listener->head,
                                .previous = listener->head.previous,
                                .fd = fd,
                                .deadline_ms = clock_ms() + HEADER_DEADLINE_MS,
                                .address = *address,
                                .address_bytes = address_bytes};
    pending->previous->next = pending;
    pending->next->previous = pending;
    listener->pending_count++;
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = pending};
    if (epoll_ctl(listener->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        drop(listener, pending);
    }
}

static bool is_full(struct listener *listener)
{
    return listener->pending_count >= PENDING_COUNT_MAX ||
           metrics_get(&listener->server->metrics, METRIC_CONNECTIONS) >= CONNECTION_COUNT_MAX;
}

/* Takes what waits. When descriptors are out, the rest waits for the next tick instead of making
 * the loop spin. */
static void accept_all(struct listener *listener)
{
    for (int i = 0; i < EVENT_COUNT; i++) {
        struct sockaddr_storage address;
        socklen_t address_bytes = sizeof(address);
        const int fd = accept4(listener->socket, (struct sockaddr *)&address, &address_bytes,
                               SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE)) {
            clock_sleep_ms(50);
        }
        if (fd < 0) {
            return;
        }
        metrics_add(&listener->server->metrics, METRIC_CONNECTIONS_TOTAL, 1);
        if (is_full(listener)) {
            refuse(listener, fd);
        } else if (listener->address->is_tls) {
            tls_add(listener->server->tls, fd, (const struct sockaddr *)&address, address_bytes);
        } else {
            add_pending(listener, fd, &address, address_bytes);
        }
    }
}

static void drop_late(struct listener *listener)
{
    const int64_t time_ms = clock_ms();
    while (listener->pending_count > 0 && listener->head.next->deadline_ms <= time_ms) {
        metrics_add(&listener->server->metrics, METRIC_DEADLINES, 1);
        drop(listener, listener->head.next);
    }
}

static void *run(void *context)
{
    struct listener *listener = context;
    struct epoll_event events[EVENT_COUNT];
    while (!atomic_load(&listener->must_stop)) {
        const int count = epoll_wait(listener->epoll, events, EVENT_COUNT, TICK_MS);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == listener) {
                accept_all(listener);
            } else {
                look(listener, events[i].data.ptr);
            }
        }
        drop_late(listener);
    }
    return NULL;
}

/* --- Life ------------------------------------------------------------------------------------- */

static enum status cannot_listen(const struct server_address *address, struct diag *diag)
{
    const int error = errno;
    const bool is_taken = error == EADDRINUSE;
    return diag_fail(diag, is_taken ? STATUS_CONFLICT : STATUS_IO, SQL_POS_NONE,
                     "cannot listen on %s port %u: %s", address->host, address->port,
                     strerror(error));
}

static enum status resolve(const struct server_address *address, struct addrinfo **out,
                           struct diag *diag)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    char port[8];
    (void)snprintf(port, sizeof(port), "%u", address->port);
    if (getaddrinfo(address->host, port, &hints, out) != 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "'%s' is not a numeric address",
                         address->host);
    }
    return STATUS_OK;
}

static bool bind_socket(struct listener *listener, const struct addrinfo *address)
{
    const int on = 1;
    listener->socket = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return listener->socket >= 0 &&
           setsockopt(listener->socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
           bind(listener->socket, address->ai_addr, address->ai_addrlen) == 0 &&
           listen(listener->socket, BACKLOG) == 0;
}

static uint16_t read_port(int socket)
{
    struct sockaddr_storage address;
    socklen_t bytes = sizeof(address);
    char port[8] = "0";
    if (getsockname(socket, (struct sockaddr *)&address, &bytes) == 0) {
        (void)getnameinfo((struct sockaddr *)&address, bytes, NULL, 0, port, sizeof(port),
                          NI_NUMERICSERV);
    }
    return (uint16_t)strtoul(port, NULL, 10);
}

static enum status start(struct listener *listener, struct diag *diag)
{
    struct addrinfo *resolved = NULL;
    TRY(resolve(listener->address, &resolved, diag));
    const bool is_bound = bind_socket(listener, resolved);
    freeaddrinfo(resolved);
    if (!is_bound) {
        return cannot_listen(listener->address, diag);
    }
    listener->address->port = read_port(listener->socket);
    listener->epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = listener};
    if (listener->epoll < 0 ||
        epoll_ctl(listener->epoll, EPOLL_CTL_ADD, listener->socket, &event) != 0) {
        return cannot_listen(listener->address, diag);
    }
    listener->has_thread = pthread_create(&listener->thread, NULL, run, listener) == 0;
    return listener->has_thread ? STATUS_OK
                                : diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot start a thread");
}

enum status listener_open(struct server *server, struct server_address *address,
                          struct listener **out, struct diag *diag)
{
    struct listener *listener = memory_zalloc(sizeof(*listener));
    if (!listener) {
        return diag_no_memory(diag);
    }
    listener->server = server;
    listener->address = address;
    listener->socket = -1;
    listener->epoll = -1;
    listener->head.next = &listener->head;
    listener->head.previous = &listener->head;
    const enum status status = start(listener, diag);
    if (status != STATUS_OK) {
        listener_close(listener);
        return status;
    }
    *out = listener;
    return STATUS_OK;
}

static void close_descriptor(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}

void listener_close(struct listener *listener)
{
    if (!listener) {
        return;
    }
    if (listener->has_thread) {
        atomic_store(&listener->must_stop, true);
        (void)shutdown(listener->socket, SHUT_RDWR); /* wakes the thread */
        pthread_join(listener->thread, NULL);
    }
    while (listener->pending_count > 0) {
        drop(listener, listener->head.next);
    }
    close_descriptor(listener->socket);
    close_descriptor(listener->epoll);
    memory_free(listener);
}
