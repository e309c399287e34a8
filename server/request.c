/* request.c
 *
 * The target is refused rather than repaired: what a proxy in front and this server could read
 * differently (dot segments, doubled slashes, encoded control bytes) has no use in this API.
 */
#include "server/request.h"

#include "base/utf8.h"
#include "server/limits.h"

void request_init(struct request *request)
{
    *request = (struct request){0};
    arena_init(&request->arena);
    buffer_init(&request->body);
}

void request_release(struct request *request)
{
    arena_release(&request->arena);
    buffer_release(&request->body);
}

/* --- The target ----------------------------------------------------------------------------- */

static enum status bad_target(struct diag *diag, const char *reason)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Invalid request target: %s", reason);
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    const char lower = (char)(byte | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Replaces %XX (and '+' when plus_is_blank). */
static enum status decode(struct arena *arena, struct text raw, bool plus_is_blank,
                          struct text *out, struct diag *diag)
{
    char *decoded = arena_alloc(arena, raw.bytes + 1);
    size_t length = 0;
    if (!decoded) {
        return diag_no_memory(diag);
    }
    for (size_t i = 0; i < raw.bytes; i++) {
        int byte = (unsigned char)raw.data[i];
        if (byte == '%') {
            const int high = i + 2 < raw.bytes ? hex_digit(raw.data[i + 1]) : -1;
            const int low = i + 2 < raw.bytes ? hex_digit(raw.data[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return bad_target(diag, "a '%' without two hexadecimal digits");
            }
            byte = high * 16 + low;
            i += 2;
        } else if (byte == '+' && plus_is_blank) {
            byte = ' ';
        }
        decoded[length++] = (char)byte;
    }
    decoded[length] = '\0';
    *out = (struct text){decoded, length};
    return utf8_is_valid(*out) ? STATUS_OK : bad_target(diag, "not UTF-8");
}

static bool has_control_byte(struct text text, unsigned char lowest)
{
    for (size_t i = 0; i < text.bytes; i++) {
        const unsigned char byte = (unsigned char)text.data[i];
        if (byte < lowest || byte == 0x7F) {
            return true;
        }
    }
    return false;
}

/* Every part between slashes has a name, and the name is not "." or "..". "/" alone is fine. */
static bool has_odd_parts(struct text path)
{
    size_t start = 1;
    for (size_t at = 1; at <= path.bytes && path.bytes > 1; at++) {
        if (at < path.bytes && path.data[at] != '/') {
            continue;
        }
        const struct text part = {path.data + start, at - start};
        if (part.bytes == 0 || text_equal(part, TEXT(".")) || text_equal(part, TEXT(".."))) {
            return true;
        }
        start = at + 1;
    }
    return false;
}

static enum status set_path(struct request *request, struct text raw, struct diag *diag)
{
    struct text path;
    if (raw.bytes == 0 || raw.data[0] != '/') {
        return bad_target(diag, "it must start with '/'");
    }
    TRY(decode(&request->arena, raw, false, &path, diag));
    if (has_control_byte(path, ' ')) {
        return bad_target(diag, "a control byte");
    }
    if (has_odd_parts(path)) {
        return bad_target(diag, "an empty, '.' or '..' part");
    }
    request->path = path;
    return STATUS_OK;
}

enum status request_set_target(struct request *request, struct text method, struct text target,
                               struct diag *diag)
{
    request->method = arena_text(&request->arena, method);
    if (!request->method.data) {
        return diag_no_memory(diag);
    }
    if (target.bytes > REQUEST_TARGET_BYTES_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "The request target is longer than %d bytes", REQUEST_TARGET_BYTES_MAX);
    }
    if (has_control_byte(target, '!')) {
        return bad_target(diag, "a blank or control byte");
    }
    const char *mark = target.bytes ? memchr(target.data, '?', target.bytes) : NULL;
    const size_t path_bytes = mark ? (size_t)(mark - target.data) : target.bytes;
    TRY(set_path(request, (struct text){target.data, path_bytes}, diag));
    if (mark) {
        const struct text query = {mark + 1, target.bytes - path_bytes - 1};
        request->query = arena_text(&request->arena, query);
        return request->query.data ? STATUS_OK : diag_no_memory(diag);
    }
    return STATUS_OK;
}

/* --- Headers -------------------------------------------------------------------------------- */

static enum status grow_headers(struct request *request, struct diag *diag)
{
    const size_t capacity = request->header_capacity ? request->header_capacity * 2 : 12;
    struct request_header *headers = arena_array(&request->arena, capacity, sizeof(*headers));
    if (!headers) {
        return diag_no_memory(diag);
    }
    for (size_t i = 0; i < request->header_count; i++) {
        headers[i] = request->headers[i];
    }
    request->headers = headers;
    request->header_capacity = capacity;
    return STATUS_OK;
}

enum status request_add_header(struct request *request, struct text name, struct text value,
                               struct diag *diag)
{
    if (request->header_count == REQUEST_HEADER_COUNT_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "The request has more than %d headers",
                         REQUEST_HEADER_COUNT_MAX);
    }
    request->header_bytes += name.bytes + value.bytes;
    if (request->header_bytes > REQUEST_HEADER_BYTES_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "The request's headers are longer than %d bytes",
                         REQUEST_HEADER_BYTES_MAX);
    }
    if (request->header_count == request->header_capacity) {
        TRY(grow_headers(request, diag));
    }
    const struct request_header header = {arena_text(&request->arena, name),
                                          arena_text(&request->arena, value)};
    if (!header.name.data || !header.value.data) {
        return diag_no_memory(diag);
    }
    request->headers[request->header_count++] = header;
    return STATUS_OK;
}

struct text request_find_header(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (text_equal_nocase(request->headers[i].name, text_of(name))) {
            return request->headers[i].value;
        }
    }
    return (struct text){NULL, 0};
}

size_t request_count_headers(const struct request *request, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        count += text_equal_nocase(request->headers[i].name, text_of(name));
    }
    return count;
}

/* --- The query string ----------------------------------------------------------------------- */

enum status request_query_parameter(struct request *request, const char *name, struct text *out,
                                    struct diag *diag)
{
    struct text rest = request->query;
    const struct text wanted = text_of(name);
    while (rest.bytes) {
        const char *end = memchr(rest.data, '&', rest.bytes);
        const size_t bytes = end ? (size_t)(end - rest.data) : rest.bytes;
        const bool has_value = bytes > wanted.bytes && rest.data[wanted.bytes] == '=';
        if (has_value && text_starts_with(rest, wanted)) {
            const size_t skip = wanted.bytes + 1;
            return decode(&request->arena, (struct text){rest.data + skip, bytes - skip}, true, out,
                          diag);
        }
        const size_t used = end ? bytes + 1 : bytes;
        rest = (struct text){rest.data + used, rest.bytes - used};
    }
    return diag_fail(diag, STATUS_MISSING, SQL_POS_NONE, "missing %s parameter", name);
}
