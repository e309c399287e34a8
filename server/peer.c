/* peer.c
 *
 * Options that the kernel refuses are done without: they make the server sturdier, not right.
 */
#include "server/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>

#include "server/limits.h"

enum { KEEPALIVE_IDLE_S = 15, KEEPALIVE_INTERVAL_S = 5, KEEPALIVE_PROBES = 3 };

void peer_print(const struct sockaddr *address, char out[PEER_BYTES_MAX])
{
    char text[INET6_ADDRSTRLEN] = "?";
    (void)snprintf(out, PEER_BYTES_MAX, "?");
    if (address && address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
        (void)inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
        (void)snprintf(out, PEER_BYTES_MAX, "%s:%u", text, ntohs(in->sin_port));
    } else if (address && address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
        (void)inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
        (void)snprintf(out, PEER_BYTES_MAX, "[%s]:%u", text, ntohs(in6->sin6_port));
    }
}

static void set_option(int fd, int level, int name, int value)
{
    (void)setsockopt(fd, level, name, &value, sizeof(value));
}

void peer_set_options(int fd, int send_bytes)
{
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_SNDBUF, send_bytes);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
}

int64_t peer_body_timeout_ms(size_t received_bytes)
{
    return BODY_DEADLINE_MS + (int64_t)received_bytes * 1000 / BODY_BYTES_PER_SECOND_MIN;
}
