/* url_functions.c
 *
 * The URL family: parts of a URI by functions/java_uri.h, and the form encoding of single
 * parameters. Parts that Java gives decoded are decoded; a malformed URI fails the call.
 *
 * Source: ksqlDB's package function.udf.url; java.net.URLEncoder and URLDecoder.
 */
#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "functions/families.h"
#include "functions/java_uri.h"

static enum status parse(struct function_call *call, struct text text, struct java_uri *out)
{
    if (!java_uri_parse(text, out)) {
        return function_fail(call, "URL input has invalid syntax: %.*s", TEXT_ARGS(text));
    }
    return STATUS_OK;
}

static enum status return_decoded(struct function_call *call, struct text part, struct value *out)
{
    struct text decoded;
    *out = VALUE_NULL;
    if (part.data) {
        TRY(java_uri_decode(part, call->arena, &decoded, call->diag));
        *out = value_text(decoded);
    }
    return STATUS_OK;
}

static enum status url_fragment(struct function_call *call, const struct value *args,
                                struct value *out)
{
    struct java_uri uri;
    TRY(parse(call, args[0].text, &uri));
    return return_decoded(call, uri.fragment, out);
}

static enum status url_path(struct function_call *call, const struct value *args, struct value *out)
{
    struct java_uri uri;
    TRY(parse(call, args[0].text, &uri));
    return return_decoded(call, uri.path, out);
}

static enum status url_query(struct function_call *call, const struct value *args,
                             struct value *out)
{
    struct java_uri uri;
    TRY(parse(call, args[0].text, &uri));
    return return_decoded(call, uri.query, out);
}

static enum status url_host(struct function_call *call, const struct value *args, struct value *out)
{
    struct java_uri uri;
    TRY(parse(call, args[0].text, &uri));
    *out = uri.host.data ? value_text(uri.host) : VALUE_NULL;
    return STATUS_OK;
}

static enum status url_protocol(struct function_call *call, const struct value *args,
                                struct value *out)
{
    struct java_uri uri;
    TRY(parse(call, args[0].text, &uri));
    *out = uri.scheme.data ? value_text(uri.scheme) : VALUE_NULL;
    return STATUS_OK;
}

static enum status url_port(struct function_call *call, const struct value *args, struct value *out)
{
    struct java_uri uri;
    TRY(parse(call, args[0].text, &uri));
    *out = uri.port >= 0 ? value_int32(uri.port) : VALUE_NULL;
    return STATUS_OK;
}

/* The text up to separator, which is taken from *rest with it. */
static struct text take_until(struct text *rest, char separator)
{
    const char *at = rest->bytes ? memchr(rest->data, separator, rest->bytes) : NULL;
    const size_t bytes = at ? (size_t)(at - rest->data) : rest->bytes;
    const struct text part = {rest->data, bytes};
    const size_t taken = at ? bytes + 1 : bytes;
    *rest = (struct text){rest->data + taken, rest->bytes - taken};
    return part;
}

/* The query is decoded before it is split, as ksqlDB has it. */
static enum status url_parameter(struct function_call *call, const struct value *args,
                                 struct value *out)
{
    struct java_uri uri;
    struct value query;
    TRY(parse(call, args[0].text, &uri));
    TRY(return_decoded(call, uri.query, &query));
    *out = VALUE_NULL;
    if (query.is_null) {
        return STATUS_OK;
    }
    bool has_more = true;
    for (struct text rest = query.text; has_more;) {
        const size_t before = rest.bytes;
        struct text value = take_until(&rest, '&');
        has_more = before > value.bytes; /* an ampersand was taken */
        const struct text name = take_until(&value, '=');
        if (text_equal(name, args[1].text)) {
            *out = value_text(value);
            return STATUS_OK;
        }
    }
    return STATUS_OK;
}

static enum status url_encode(struct function_call *call, const struct value *args,
                              struct value *out)
{
    static const char digits[] = "0123456789ABCDEF";
    const struct text text = args[0].text;
    char *encoded = arena_alloc(call->arena, text.bytes * 3 + 1);
    size_t bytes = 0;
    if (!encoded) {
        return diag_no_memory(call->diag);
    }
    for (size_t i = 0; i < text.bytes; i++) {
        const unsigned char byte = (unsigned char)text.data[i];
        if (byte < 0x80U && (isalnum(byte) || (byte && strchr(".-*_", byte)))) {
            encoded[bytes++] = (char)byte;
        } else if (byte == ' ') {
            encoded[bytes++] = '+';
        } else {
            encoded[bytes++] = '%';
            encoded[bytes++] = digits[byte >> 4];
            encoded[bytes++] = digits[byte & 0xFU];
        }
    }
    *out = value_text((struct text){encoded, bytes});
    return STATUS_OK;
}

static enum status check_escapes(struct function_call *call, struct text text)
{
    for (size_t i = 0; i < text.bytes; i++) {
        if (text.data[i] != '%') {
            continue;
        }
        if (text.bytes - i < 3) {
            return function_fail(call, "URLDecoder: Incomplete trailing escape (%%) pattern");
        }
        if (!isxdigit((unsigned char)text.data[i + 1]) ||
            !isxdigit((unsigned char)text.data[i + 2])) {
            return function_fail(call, "URLDecoder: Illegal hex characters in escape (%%) "
                                       "pattern");
        }
    }
    return STATUS_OK;
}

static enum status url_decode(struct function_call *call, const struct value *args,
                              struct value *out)
{
    struct text decoded;
    TRY(check_escapes(call, args[0].text));
    const struct text input = args[0].text;
    char *spaced = arena_alloc(call->arena, input.bytes + 1);
    if (!spaced) {
        return diag_no_memory(call->diag);
    }
    for (size_t i = 0; i < input.bytes; i++) {
        spaced[i] = input.data[i] == '+' ? ' ' : input.data[i];
    }
    TRY(java_uri_decode((struct text){spaced, input.bytes}, call->arena, &decoded, call->diag));
    *out = value_text(decoded);
    return STATUS_OK;
}

#define URL_ROW(upper, lower, params, result, code, text, lines)                                   \
    {                                                                                              \
        .name = (upper), .spelling = (lower), .category = "URL", .parameters = (params),           \
        .returns = (result), .flags = FUNCTION_STRICT, .call = (code), .summary = (text),          \
        .manual = (lines)                                                                          \
    }

static const struct function_def url_table[] = {
    URL_ROW("URL_DECODE_PARAM", "url_decode_param", "VARCHAR input", "VARCHAR", url_decode,
            "Decodes a form-encoded parameter.", "input: The parameter."),
    URL_ROW("URL_ENCODE_PARAM", "url_encode_param", "VARCHAR input", "VARCHAR", url_encode,
            "Encodes a text as a form parameter.", "input: The text."),
    URL_ROW("URL_EXTRACT_FRAGMENT", "url_extract_fragment", "VARCHAR input", "VARCHAR",
            url_fragment, "Returns the fragment of a URL, decoded.", "input: The URL."),
    URL_ROW("URL_EXTRACT_HOST", "url_extract_host", "VARCHAR input", "VARCHAR", url_host,
            "Returns the host of a URL.", "input: The URL."),
    URL_ROW("URL_EXTRACT_PARAMETER", "url_extract_parameter", "VARCHAR input, VARCHAR paramToFind",
            "VARCHAR", url_parameter,
            "Returns a parameter of a URL's query, decoded; an empty text where it has no value.",
            "input: The URL.\nparamToFind: The name of the parameter."),
    URL_ROW("URL_EXTRACT_PATH", "url_extract_path", "VARCHAR input", "VARCHAR", url_path,
            "Returns the path of a URL, decoded.", "input: The URL."),
    URL_ROW("URL_EXTRACT_PORT", "url_extract_port", "VARCHAR input", "INT", url_port,
            "Returns the port of a URL.", "input: The URL."),
    URL_ROW("URL_EXTRACT_PROTOCOL", "url_extract_protocol", "VARCHAR input", "VARCHAR",
            url_protocol, "Returns the protocol of a URL.", "input: The URL."),
    URL_ROW("URL_EXTRACT_QUERY", "url_extract_query", "VARCHAR input", "VARCHAR", url_query,
            "Returns the query of a URL, decoded.", "input: The URL."),
};

const struct function_family url_family = {
    .functions = url_table, .function_count = sizeof(url_table) / sizeof(url_table[0])};
