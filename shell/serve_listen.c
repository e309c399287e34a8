/* serve_listen.c
 *
 * Addresses are numbers: a name could mean several addresses, and which of them a server should be
 * reachable at is not for a resolver to say. The one exception is localhost.
 */
#include "shell/serve_listen.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *prefix;
    bool is_tls;
} schemes[] = {{"http://", false}, {"https://", true}};

static enum status cannot_parse(struct text text, struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "'%.*s' is not an address and a port, as in 127.0.0.1:8088", (int)text.bytes,
                     text.data);
}

/* The host of "host:port" or "[host]:port". */
static struct text host_of(struct text text, const char *colon)
{
    struct text host = {text.data, (size_t)(colon - text.data)};
    if (host.bytes >= 2 && host.data[0] == '[' && host.data[host.bytes - 1] == ']') {
        host.data++;
        host.bytes -= 2;
    }
    return text_equal(host, TEXT("localhost")) ? TEXT("127.0.0.1") : host;
}

/* element ends with its arena copy's NUL. */
static enum status parse_element(struct text element, struct arena *arena,
                                 struct server_address *out, struct diag *diag)
{
    struct text rest = element;
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        const struct text prefix = text_of(schemes[i].prefix);
        if (text_starts_with(element, prefix)) {
            rest = (struct text){element.data + prefix.bytes, element.bytes - prefix.bytes};
            out->is_tls = schemes[i].is_tls;
        }
    }
    const char *colon = memrchr(rest.data, ':', rest.bytes);
    if (!colon) {
        return cannot_parse(element, diag);
    }
    char *end = NULL;
    const unsigned long port = strtoul(colon + 1, &end, 10);
    const struct text host = host_of(rest, colon);
    if (end == colon + 1 || *end || port > UINT16_MAX || host.bytes == 0) {
        return cannot_parse(element, diag);
    }
    out->host = arena_text(arena, host).data;
    out->port = (uint16_t)port;
    return out->host ? STATUS_OK : diag_no_memory(diag);
}

enum status serve_listen_parse(const char *list, struct arena *arena,
                               struct server_options *options, struct diag *diag)
{
    const char *start = list;
    options->address_count = 0;
    for (;;) {
        start += strspn(start, " \t");
        const size_t bytes = strcspn(start, ",");
        size_t used = bytes;
        while (used > 0 && (start[used - 1] == ' ' || start[used - 1] == '\t')) {
            used--;
        }
        if (options->address_count == SERVER_ADDRESS_COUNT_MAX) {
            return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "there are more than %d listeners",
                             SERVER_ADDRESS_COUNT_MAX);
        }
        const struct text element = arena_text(arena, (struct text){start, used});
        if (!element.data) {
            return diag_no_memory(diag);
        }
        struct server_address *address = &options->addresses[options->address_count++];
        *address = (struct server_address){.host = NULL};
        TRY(parse_element(element, arena, address, diag));
        if (start[bytes] == '\0') {
            return STATUS_OK;
        }
        start += bytes + 1;
    }
}

bool serve_listen_is_loopback(const struct server_address *address)
{
    struct in6_addr in6;
    return strncmp(address->host, "127.", 4) == 0 ||
           (inet_pton(AF_INET6, address->host, &in6) == 1 && IN6_IS_ADDR_LOOPBACK(&in6));
}
