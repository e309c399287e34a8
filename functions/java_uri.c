/* java_uri.c
 *
 * Each part is a run of characters of one class. Classes are sets of bits over ASCII, built as
 * RFC 2396 builds them; %XX counts as a character where a class has ESCAPED, and so do
 * characters beyond ASCII that are neither blanks nor controls.
 *
 * An authority is first read as [user@]host[:port]; where that fails but its characters allow a
 * registry-based name, it is one, and the URI has no host.
 */
#include "functions/java_uri.h"

#include <ctype.h>

#include "base/number_text.h"
#include "base/utf8.h"

enum { ESCAPED = 1, OTHER = 2 }; /* what a class takes beyond its characters */

struct character_set {
    const char *marks; /* beside letters and digits */
    unsigned more;     /* ESCAPED, OTHER */
};

#define UNRESERVED "_-!.~'()*"

static const struct character_set scheme_set = {"+-.", 0};
static const struct character_set uric_set = {";/?:@&=+$,[]" UNRESERVED, ESCAPED | OTHER};
static const struct character_set path_set = {":@&=+$,;/" UNRESERVED, ESCAPED | OTHER};
static const struct character_set user_set = {";:&=+$," UNRESERVED, ESCAPED | OTHER};
static const struct character_set registry_set = {"$,;:@&=+" UNRESERVED, ESCAPED | OTHER};
static const struct character_set server_set = {";:&=+$,.@[]" UNRESERVED, ESCAPED | OTHER};
static const struct character_set server_percent_set = {";:&=+$,.@[]%" UNRESERVED, ESCAPED | OTHER};
static const struct character_set scope_set = {"_.", 0};

struct uri_parser {
    const char *next;
    const char *end;
    struct java_uri *uri;
};

/* White space and controls beyond ASCII: Character.isSpaceChar and isISOControl. */
static bool is_blank_code(uint32_t code)
{
    return code < 0xA1U || code == 0x1680U || (code >= 0x2000U && code <= 0x200AU) ||
           code == 0x2028U || code == 0x2029U || code == 0x202FU || code == 0x205FU ||
           code == 0x3000U;
}

/* The end of the longest run of the set's characters. */
static const char *scan_set(const char *next, const char *end, const struct character_set *set)
{
    while (next < end) {
        const unsigned char byte = (unsigned char)*next;
        if (byte >= 0x80U) {
            const char *behind = next;
            if (!(set->more & OTHER) || is_blank_code(utf8_next(&behind, end))) {
                return next;
            }
            next = behind;
        } else if (isalnum(byte) || (byte && strchr(set->marks, byte))) {
            next++;
        } else if (byte == '%' && (set->more & ESCAPED) && end - next >= 3 &&
                   isxdigit((unsigned char)next[1]) && isxdigit((unsigned char)next[2])) {
            next += 3;
        } else {
            return next;
        }
    }
    return next;
}

static bool is_all(const char *start, const char *end, const struct character_set *set)
{
    return scan_set(start, end, set) == end;
}

/* The first of the stop characters, or end. */
static const char *find_any(const char *next, const char *end, const char *stops)
{
    while (next < end && !(*next && strchr(stops, *next))) {
        next++;
    }
    return next;
}

static struct text slice(const char *start, const char *end)
{
    return (struct text){start, (size_t)(end - start)};
}

static bool parse_port(struct uri_parser *parser, const char *end)
{
    const char *digits = ++parser->next; /* behind the colon */
    while (parser->next < end && isdigit((unsigned char)*parser->next)) {
        parser->next++;
    }
    if (parser->next != end) {
        return false;
    }
    return digits == end || number_text_parse_int32(slice(digits, end), &parser->uri->port);
}

/* [address], also with a %scope. The address itself is only looked at for its characters. */
static bool parse_ip6(struct uri_parser *parser, const char *end)
{
    const char *start = parser->next;
    const char *close = find_any(start, end, "]");
    const char *percent = find_any(start, close, "%");
    if (close == end || percent == start + 1) {
        return false;
    }
    for (const char *at = start + 1; at < percent; at++) {
        if (!isxdigit((unsigned char)*at) && *at != ':' && *at != '.') {
            return false;
        }
    }
    if (percent < close && (percent + 1 == close || !is_all(percent + 1, close, &scope_set))) {
        return false;
    }
    if (find_any(start + 1, percent, ":") == percent) {
        return false;
    }
    parser->next = close + 1;
    parser->uri->host = slice(start, close + 1);
    return true;
}

/* Four numbers up to 255. */
static const char *scan_ip4(const char *next, const char *end)
{
    for (int i = 0; i < 4; i++) {
        int number = 0;
        const char *start = next;
        if (i > 0) {
            if (next == end || *next != '.') {
                return NULL;
            }
            start = ++next;
        }
        while (next < end && isdigit((unsigned char)*next) && number <= 255) {
            number = number * 10 + (*next++ - '0');
        }
        if (next == start || number > 255) {
            return NULL;
        }
    }
    return next == end || *next == ':' ? next : NULL;
}

/* Labels of letters, digits and inner dashes, between dots; the last starts with a letter
 * unless it is the only one. A dot may end the name. */
static const char *scan_hostname(const char *start, const char *end)
{
    const char *next = start;
    const char *last_label = NULL;
    while (next < end && isalnum((unsigned char)*next)) {
        last_label = next;
        while (next < end && (isalnum((unsigned char)*next) || *next == '-')) {
            next++;
        }
        if (next[-1] == '-') {
            return NULL;
        }
        if (next == end || *next != '.') {
            break;
        }
        next++;
    }
    if (!last_label || (next < end && *next != ':')) {
        return NULL;
    }
    return last_label > start && !isalpha((unsigned char)*last_label) ? NULL : next;
}

static bool parse_server(struct uri_parser *parser, const char *end)
{
    const char *at = find_any(parser->next, end, "@");
    if (at < end) {
        if (!is_all(parser->next, at, &user_set)) {
            return false;
        }
        parser->next = at + 1;
    }
    if (parser->next < end && *parser->next == '[') {
        if (!parse_ip6(parser, end)) {
            return false;
        }
    } else {
        const char *behind = scan_ip4(parser->next, end);
        behind = behind ? behind : scan_hostname(parser->next, end);
        if (!behind) {
            return false;
        }
        parser->uri->host = slice(parser->next, behind);
        parser->next = behind;
    }
    if (parser->next < end && *parser->next == ':') {
        return parse_port(parser, end);
    }
    return parser->next == end;
}

static bool parse_authority(struct uri_parser *parser, const char *end)
{
    const char *start = parser->next;
    const bool has_bracket = find_any(start, end, "]") < end;
    const bool is_registry = is_all(start, end, &registry_set);
    const bool is_server = is_all(start, end, has_bracket ? &server_percent_set : &server_set);
    if (is_server && parse_server(parser, end)) {
        return true;
    }
    parser->uri->host = (struct text){NULL, 0};
    parser->uri->port = -1;
    parser->next = end;
    return is_registry;
}

/* [//authority] path [?query] */
static bool parse_hierarchical(struct uri_parser *parser)
{
    if (parser->end - parser->next >= 2 && parser->next[0] == '/' && parser->next[1] == '/') {
        parser->next += 2;
        const char *end = find_any(parser->next, parser->end, "/?#");
        if (end > parser->next) {
            if (!parse_authority(parser, end)) {
                return false;
            }
        } else if (end == parser->end) {
            return false; /* an authority was announced, and nothing follows */
        }
    }
    const char *path_end = find_any(parser->next, parser->end, "?#");
    parser->uri->path = slice(parser->next, path_end);
    if (!is_all(parser->next, path_end, &path_set)) {
        return false;
    }
    parser->next = path_end;
    if (parser->next < parser->end && *parser->next == '?') {
        const char *query_end = find_any(++parser->next, parser->end, "#");
        parser->uri->query = slice(parser->next, query_end);
        if (!is_all(parser->next, query_end, &uric_set)) {
            return false;
        }
        parser->next = query_end;
    }
    return true;
}

static bool parse_scheme(struct uri_parser *parser, const char *end)
{
    parser->uri->scheme = slice(parser->next, end);
    if (end == parser->next || !isalpha((unsigned char)*parser->next) ||
        !is_all(parser->next, end, &scheme_set)) {
        return false;
    }
    parser->next = end + 1;
    return true;
}

static bool parse_opaque(struct uri_parser *parser)
{
    const char *end = find_any(parser->next, parser->end, "#");
    if (end == parser->next || !is_all(parser->next, end, &uric_set)) {
        return false;
    }
    parser->next = end;
    return true;
}

bool java_uri_parse(struct text text, struct java_uri *out)
{
    *out = (struct java_uri){.port = -1};
    struct uri_parser parser = {.next = text.data, .end = text.data + text.bytes, .uri = out};
    const char *colon = find_any(parser.next, parser.end, "/?#:");
    bool is_valid = true;
    if (colon < parser.end && *colon == ':') {
        is_valid = parse_scheme(&parser, colon);
        const bool is_path = parser.next < parser.end && *parser.next == '/';
        is_valid = is_valid && (is_path ? parse_hierarchical(&parser) : parse_opaque(&parser));
    } else {
        is_valid = parse_hierarchical(&parser);
    }
    if (!is_valid || parser.next == parser.end) {
        return is_valid;
    }
    out->fragment = slice(parser.next + 1, parser.end);
    return is_all(parser.next + 1, parser.end, &uric_set);
}

static unsigned hex_value(char digit)
{
    return isdigit((unsigned char)digit) ? (unsigned)(digit - '0')
                                         : (unsigned)(tolower((unsigned char)digit) - 'a') + 10U;
}

enum status java_uri_decode(struct text text, struct arena *arena, struct text *out,
                            struct diag *diag)
{
    if (text.bytes == 0 || !memchr(text.data, '%', text.bytes)) {
        *out = text;
        return STATUS_OK;
    }
    char *decoded = arena_alloc(arena, text.bytes);
    if (!decoded) {
        return diag_no_memory(diag);
    }
    size_t bytes = 0;
    for (size_t i = 0; i < text.bytes; i++) {
        if (text.data[i] != '%' || text.bytes - i < 3) {
            decoded[bytes++] = text.data[i];
            continue;
        }
        decoded[bytes++] = (char)(hex_value(text.data[i + 1]) << 4 | hex_value(text.data[i + 2]));
        i += 2;
    }
    return utf8_repair((struct text){decoded, bytes}, arena, out, diag);
}
