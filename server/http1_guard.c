/* http1_guard.c
 *
 * One table of checks over the headers as they came. Three tricks cannot be seen from here,
 * because the library has repaired them already: NUL in a value, folded lines, and bare line
 * feeds. Against those the rule is that no header gives an identity but Authorization, which
 * is compared whole.
 */
#include "server/http1_guard.h"

#include <string.h>

/* RFC 9110's token. */
static bool is_token(struct text text)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.bytes; i++) {
        const char byte = text.data[i];
        const char lower = (char)(byte | 0x20);
        const bool is_alphanumeric = (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9');
        if (!is_alphanumeric && (byte == '\0' || !strchr(others, byte))) {
            return false;
        }
    }
    return text.bytes > 0;
}

static bool is_digits(struct text text)
{
    for (size_t i = 0; i < text.bytes; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return text.bytes > 0 && text.bytes <= 18;
}

static bool has_bad_name(const struct request *request)
{
    if (!is_token(request->method)) {
        return true;
    }
    for (size_t i = 0; i < request->header_count; i++) {
        if (!is_token(request->headers[i].name)) {
            return true;
        }
    }
    return false;
}

static bool has_two_lengths(const struct request *request)
{
    return request_count_headers(request, "Content-Length") > 1;
}

static bool has_bad_length(const struct request *request)
{
    const struct text length = request_find_header(request, "Content-Length");
    return length.data && !is_digits(length);
}

static bool has_length_and_chunks(const struct request *request)
{
    return request_find_header(request, "Transfer-Encoding").data &&
           request_find_header(request, "Content-Length").data;
}

static bool has_unknown_coding(const struct request *request)
{
    const struct text coding = request_find_header(request, "Transfer-Encoding");
    return coding.data && (!text_equal_nocase(coding, TEXT("chunked")) ||
                           request_count_headers(request, "Transfer-Encoding") > 1);
}

static bool has_chunks_in_old_protocol(const struct request *request)
{
    return request->protocol == PROTOCOL_HTTP_1_0 &&
           request_find_header(request, "Transfer-Encoding").data;
}

static bool has_no_host(const struct request *request)
{
    const size_t count = request_count_headers(request, "Host");
    return request->protocol == PROTOCOL_HTTP_1_1 ? count != 1 : count > 1;
}

static const struct {
    bool (*refuses)(const struct request *request);
    struct refusal refusal;
} checks[] = {
    {has_bad_name, {ERROR_BAD_REQUEST, "The name of a header or the method is not a token"}},
    {has_two_lengths, {ERROR_BAD_REQUEST, "The request has more than one Content-Length"}},
    {has_bad_length, {ERROR_BAD_REQUEST, "The Content-Length is not a number"}},
    {has_length_and_chunks,
     {ERROR_BAD_REQUEST, "The request has both Content-Length and Transfer-Encoding"}},
    {has_chunks_in_old_protocol, {ERROR_BAD_REQUEST, "HTTP/1.0 has no Transfer-Encoding"}},
    {has_unknown_coding, {ERROR_UNKNOWN_METHOD, "The Transfer-Encoding is not known"}},
    {has_no_host, {ERROR_BAD_REQUEST, "The request must have exactly one Host"}},
};

bool http1_guard_refuses(const struct request *request, struct refusal *out)
{
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        if (checks[i].refuses(request)) {
            *out = checks[i].refusal;
            return true;
        }
    }
    return false;
}
