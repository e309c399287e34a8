/* http2_upgrade.c
 *
 * The head is read here a second time in the program, after libmicrohttpd's way, so this reader
 * takes only what nobody can read in two ways: every line ends with CRLF, nothing is folded, no
 * chunks, and what the guard of HTTP/1.1 refuses is not upgraded either but left to be refused
 * there. A head that did not come whole with its first bytes is an ordinary request: waiting for
 * it would delay all that only begin slowly.
 *
 * A proxy that passes the wish on opens a tunnel past its own checks; nothing here relies on
 * them.
 */
#include "server/http2_upgrade.h"

#include <stdlib.h>
#include <strings.h>

#include "base/base64.h"
#include "base/memory.h"
#include "server/http1_guard.h"

/* Which headers speak of the connection; those of HTTP/2 are made of the others. */
static const char *const hop_headers[] = {"Connection",       "Host",    "HTTP2-Settings",
                                          "Keep-Alive",       "Upgrade", "Transfer-Encoding",
                                          "Proxy-Connection", "TE"};

bool http2_upgrade_is_hop_header(struct text name)
{
    for (size_t i = 0; i < sizeof(hop_headers) / sizeof(hop_headers[0]); i++) {
        if (text_equal_nocase(name, text_of(hop_headers[i]))) {
            return true;
        }
    }
    return false;
}

/* --- Lines ------------------------------------------------------------------------------------ */

/* Takes a line without its CRLF off the front. False: it holds a bare CR, LF or a NUL. */
static bool take_line(struct text *rest, struct text *out)
{
    const char *end = memmem(rest->data, rest->bytes, "\r\n", 2);
    if (!end) {
        return false;
    }
    *out = (struct text){rest->data, (size_t)(end - rest->data)};
    rest->data += out->bytes + 2;
    rest->bytes -= out->bytes + 2;
    return !memchr(out->data, '\r', out->bytes) && !memchr(out->data, '\n', out->bytes) &&
           !memchr(out->data, '\0', out->bytes);
}

static struct text trim(struct text text)
{
    while (text.bytes && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.bytes--;
    }
    while (text.bytes && (text.data[text.bytes - 1] == ' ' || text.data[text.bytes - 1] == '\t')) {
        text.bytes--;
    }
    return text;
}

static bool read_request_line(struct http2_upgrade *upgrade, struct text line)
{
    static const char version[] = " HTTP/1.1";
    const size_t version_bytes = sizeof(version) - 1;
    const char *blank = memchr(line.data, ' ', line.bytes);
    struct diag diag;
    if (!blank || line.bytes < version_bytes ||
        memcmp(line.data + line.bytes - version_bytes, version, version_bytes) != 0) {
        return false;
    }
    const struct text method = {line.data, (size_t)(blank - line.data)};
    if (line.bytes < method.bytes + 1 + version_bytes) {
        return false; /* the first blank is the one before the version: there is no target */
    }
    const struct text target = {blank + 1, line.bytes - method.bytes - 1 - version_bytes};
    upgrade->target = arena_text(&upgrade->request.arena, target);
    return upgrade->target.data &&
           request_set_target(&upgrade->request, method, target, &diag) == STATUS_OK;
}

static bool read_header(struct request *request, struct text line)
{
    struct diag diag;
    const char *colon = memchr(line.data, ':', line.bytes);
    if (!colon) {
        return false;
    }
    const struct text name = {line.data, (size_t)(colon - line.data)};
    const struct text value = {colon + 1, line.bytes - name.bytes - 1};
    return request_add_header(request, name, trim(value), &diag) == STATUS_OK;
}

/* head: all lines, each with its CRLF. A folded line has a name that is no token, which the guard
 * refuses. */
static bool read_head(struct http2_upgrade *upgrade, struct text head)
{
    struct text line;
    struct refusal refusal;
    upgrade->request.protocol = PROTOCOL_HTTP_1_1;
    if (!take_line(&head, &line) || !read_request_line(upgrade, line)) {
        return false;
    }
    while (head.bytes > 0) {
        if (!take_line(&head, &line) || !read_header(&upgrade->request, line)) {
            return false;
        }
    }
    return !http1_guard_refuses(&upgrade->request, &refusal);
}

/* --- The wish --------------------------------------------------------------------------------- */

/* Whether a list, "Upgrade, HTTP2-Settings", has this element. */
static bool list_has(struct text list, struct text element)
{
    while (list.bytes > 0) {
        const char *comma = memchr(list.data, ',', list.bytes);
        const size_t bytes = comma ? (size_t)(comma - list.data) : list.bytes;
        if (text_equal_nocase(trim((struct text){list.data, bytes}), element)) {
            return true;
        }
        list.data += bytes + (comma != NULL);
        list.bytes -= bytes + (comma != NULL);
    }
    return false;
}

/* base64url without padding, of whole settings. */
static bool read_settings(struct http2_upgrade *upgrade, struct text encoded)
{
    char standard[HTTP2_UPGRADE_SETTINGS_BYTES_MAX / 3 * 4];
    char decoded[HTTP2_UPGRADE_SETTINGS_BYTES_MAX];
    struct diag diag;
    if (encoded.bytes > sizeof(standard)) {
        return false;
    }
    for (size_t i = 0; i < encoded.bytes; i++) {
        const char byte = encoded.data[i];
        standard[i] = (char)(byte == '-' ? '+' : byte);
        standard[i] = (char)(byte == '_' ? '/' : standard[i]);
    }
    if (base64_decode((struct text){standard, encoded.bytes}, decoded, &upgrade->settings_bytes,
                      &diag) != STATUS_OK) {
        return false;
    }
    memcpy(upgrade->settings, decoded, upgrade->settings_bytes);
    return upgrade->settings_bytes % 6 == 0;
}

static bool is_wished(struct http2_upgrade *upgrade)
{
    const struct request *request = &upgrade->request;
    const struct text connection = request_find_header(request, "Connection");
    return request_count_headers(request, "Connection") == 1 &&
           request_count_headers(request, "Upgrade") == 1 &&
           request_count_headers(request, "HTTP2-Settings") == 1 &&
           !request_find_header(request, "Transfer-Encoding").data &&
           !request_find_header(request, "Expect").data && list_has(connection, TEXT("Upgrade")) &&
           list_has(connection, TEXT("HTTP2-Settings")) &&
           list_has(request_find_header(request, "Upgrade"), TEXT("h2c")) &&
           read_settings(upgrade, request_find_header(request, "HTTP2-Settings"));
}

/* rest: what came behind the head. */
static enum http2_upgrade_wish read_body(struct http2_upgrade *upgrade, size_t head_bytes,
                                         struct text rest)
{
    const struct text length = request_find_header(&upgrade->request, "Content-Length");
    const unsigned long long bytes = length.data ? strtoull(length.data, NULL, 10) : 0;
    if (bytes > HTTP2_UPGRADE_BYTES_MAX - head_bytes) {
        return HTTP2_UPGRADE_NONE;
    }
    if (bytes > rest.bytes) {
        return HTTP2_UPGRADE_INCOMPLETE;
    }
    buffer_append(&upgrade->request.body, rest.data, (size_t)bytes);
    upgrade->bytes = head_bytes + (size_t)bytes;
    return upgrade->request.body.has_failed ? HTTP2_UPGRADE_NONE : HTTP2_UPGRADE_READY;
}

enum http2_upgrade_wish http2_upgrade_read(struct text bytes, struct http2_upgrade **out)
{
    const char *end = memmem(bytes.data, bytes.bytes, "\r\n\r\n", 4);
    const size_t head_bytes = end ? (size_t)(end - bytes.data) + 4 : 0;
    if (!end || !memmem(bytes.data, head_bytes, "h2c", 3)) {
        return HTTP2_UPGRADE_NONE; /* nearly all connections: nothing is allocated for them */
    }
    struct http2_upgrade *upgrade = memory_zalloc(sizeof(*upgrade));
    if (!upgrade) {
        return HTTP2_UPGRADE_NONE;
    }
    request_init(&upgrade->request);
    enum http2_upgrade_wish wish = HTTP2_UPGRADE_NONE;
    if (read_head(upgrade, (struct text){bytes.data, head_bytes - 2}) && is_wished(upgrade)) {
        wish = read_body(upgrade, head_bytes,
                         (struct text){bytes.data + head_bytes, bytes.bytes - head_bytes});
    }
    if (wish != HTTP2_UPGRADE_READY) {
        http2_upgrade_destroy(upgrade);
        return wish;
    }
    *out = upgrade;
    return wish;
}

void http2_upgrade_destroy(struct http2_upgrade *upgrade)
{
    if (upgrade) {
        request_release(&upgrade->request);
        memory_free(upgrade);
    }
}
