/* websocket_handshake.c
 *
 * One table of checks, in the order in which a client would repair what it sent. A page of another
 * site may open WebSockets to any server that its reader's browser reaches and, unlike with
 * other requests, read what comes back; so a handshake that names an origin must come from a page
 * of this server. Other programs send no Origin, or their target's.
 */
#include "server/websocket_handshake.h"

#include <gnutls/crypto.h>

#include "base/base64.h"

enum { SHA1_BYTES = 20, KEY_BYTES = 16, KEY_TEXT_BYTES = 24 };

const char websocket_version[] = "13";

/* Cuts the part up to the next comma off the front of *rest, without the blanks around it. */
static struct text next_item(struct text *rest)
{
    const char *comma = memchr(rest->data, ',', rest->bytes);
    const size_t bytes = comma ? (size_t)(comma - rest->data) : rest->bytes;
    const size_t used = comma ? bytes + 1 : bytes;
    struct text item = {rest->data, bytes};
    *rest = (struct text){rest->data + used, rest->bytes - used};
    while (item.bytes && (item.data[0] == ' ' || item.data[0] == '\t')) {
        item = (struct text){item.data + 1, item.bytes - 1};
    }
    while (item.bytes && (item.data[item.bytes - 1] == ' ' || item.data[item.bytes - 1] == '\t')) {
        item.bytes--;
    }
    return item;
}

/* Whether token (ASCII, any case) is an item of the header or of one of its repeats. */
static bool has_token(const struct request *request, const char *name, struct text token)
{
    for (size_t i = 0; i < request->header_count; i++) {
        struct text rest = request->headers[i].value;
        while (text_equal_nocase(request->headers[i].name, text_of(name)) && rest.bytes) {
            if (text_equal_nocase(next_item(&rest), token)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_not_http1(const struct request *request)
{
    return request->protocol != PROTOCOL_HTTP_1_1;
}

static bool is_not_get(const struct request *request)
{
    return !text_equal(request->method, TEXT("GET"));
}

static bool has_no_upgrade(const struct request *request)
{
    return !has_token(request, "Upgrade", TEXT("websocket"));
}

static bool has_no_connection(const struct request *request)
{
    return !has_token(request, "Connection", TEXT("upgrade"));
}

static bool has_other_version(const struct request *request)
{
    return request_count_headers(request, "Sec-WebSocket-Version") != 1 ||
           !text_equal(request_find_header(request, "Sec-WebSocket-Version"),
                       text_of(websocket_version));
}

static bool has_bad_key(const struct request *request)
{
    struct diag diag;
    char key[KEY_TEXT_BYTES];
    size_t key_bytes = 0;
    const struct text text = request_find_header(request, "Sec-WebSocket-Key");
    return request_count_headers(request, "Sec-WebSocket-Key") != 1 ||
           text.bytes != KEY_TEXT_BYTES ||
           base64_decode(text, key, &key_bytes, &diag) != STATUS_OK || key_bytes != KEY_BYTES;
}

/* "scheme://host:port" against "host:port". */
static bool has_foreign_origin(const struct request *request)
{
    static const char separator[] = "://";
    const struct text origin = request_find_header(request, "Origin");
    const struct text host = request_find_header(request, "Host");
    if (!origin.data) {
        return false;
    }
    const char *at = memmem(origin.data, origin.bytes, separator, strlen(separator));
    if (!at) {
        return true;
    }
    const char *authority = at + strlen(separator);
    const size_t bytes = (size_t)(origin.data + origin.bytes - authority);
    return !text_equal_nocase((struct text){authority, bytes}, host);
}

static const struct {
    bool (*refuses)(const struct request *request);
    struct handshake_refusal refusal;
} checks[] = {
    {is_not_http1, {ERROR_BAD_REQUEST, "A WebSocket is opened with HTTP/1.1"}},
    {is_not_get, {ERROR_BAD_REQUEST, "A WebSocket is opened with GET"}},
    {has_no_upgrade, {ERROR_BAD_REQUEST, "Can \"Upgrade\" only to \"WebSocket\"."}},
    {has_no_connection, {ERROR_BAD_REQUEST, "\"Connection\" header must be \"Upgrade\"."}},
    {has_other_version, {ERROR_UPGRADE_REQUIRED, "The Sec-WebSocket-Version must be 13"}},
    {has_bad_key, {ERROR_BAD_REQUEST, "The Sec-WebSocket-Key must be 16 bytes in base64"}},
    {has_foreign_origin, {ERROR_FORBIDDEN, "Pages of other origins may not open WebSockets here"}},
};

bool websocket_handshake_refuses(const struct request *request, struct handshake_refusal *out)
{
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        if (checks[i].refuses(request)) {
            *out = checks[i].refusal;
            return true;
        }
    }
    return false;
}

const char *websocket_handshake_accept(struct request *request)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char keyed[KEY_TEXT_BYTES + sizeof(guid) - 1];
    char digest[SHA1_BYTES];
    const struct text key = request_find_header(request, "Sec-WebSocket-Key");
    memcpy(keyed, key.data, KEY_TEXT_BYTES);
    memcpy(keyed + KEY_TEXT_BYTES, guid, sizeof(guid) - 1);
    char *accept = arena_alloc(&request->arena, base64_encoded_bytes(SHA1_BYTES) + 1);
    if (!accept || gnutls_hash_fast(GNUTLS_DIG_SHA1, keyed, sizeof(keyed), digest) != 0) {
        return NULL;
    }
    accept[base64_encode(accept, (struct text){digest, sizeof(digest)})] = '\0';
    return accept;
}
