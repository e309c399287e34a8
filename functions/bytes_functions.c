/* bytes_functions.c
 *
 * Functions between BYTES, texts that encode bytes, and numbers: ENCODE, FROM_BYTES, TO_BYTES,
 * MD5, INT_FROM_BYTES, BIGINT_FROM_BYTES, DOUBLE_FROM_BYTES.
 *
 * FROM_BYTES writes upper-case hex, ENCODE and MD5 lower-case. ENCODE refuses to turn an
 * encoding into itself, and reads base64 leniently.
 *
 * Source: ksqlDB's Encode, FromBytes, ToBytes, MD5, and udf.conversions.
 */
#include <ctype.h>
#include <string.h>

#include "functions/families.h"
#include "functions/md5.h"
#include "functions/text_encoding.h"

static enum status find_encoding(struct function_call *call, struct text name,
                                 enum text_encoding *out)
{
    *out = text_encoding_of(name);
    if (*out != ENCODING_NONE) {
        return STATUS_OK;
    }
    return function_fail(call,
                         "Unknown encoding type '%.*s'. Supported formats are 'hex', 'utf8', "
                         "'ascii', and 'base64'.",
                         TEXT_ARGS(name));
}

static enum status from_bytes(struct function_call *call, const struct value *args,
                              struct value *out)
{
    enum text_encoding encoding;
    struct text text;
    TRY(find_encoding(call, args[1].text, &encoding));
    TRY(text_encode(call, encoding, true, args[0].text, &text));
    *out = value_text(text);
    return STATUS_OK;
}

static enum status to_bytes(struct function_call *call, const struct value *args, struct value *out)
{
    enum text_encoding encoding;
    struct text bytes;
    TRY(find_encoding(call, args[1].text, &encoding));
    TRY(text_decode(call, encoding, args[0].text, &bytes));
    *out = value_text(bytes);
    return STATUS_OK;
}

/* Takes 0x from the front of hex, or x' and ' from around it. With 0x and an odd length a 0 is
 * put in front, in arena. */
static enum status strip_hex(struct function_call *call, struct text *hex)
{
    const struct text text = *hex;
    if (memchr(text.bytes ? text.data : "", '\n', text.bytes)) {
        return STATUS_OK;
    }
    if (text_starts_with(text, TEXT("0x"))) {
        *hex = (struct text){text.data + 2, text.bytes - 2};
        if (text.bytes % 2 != 0) {
            *hex = arena_printf(call->arena, "0%.*s", TEXT_ARGS(*hex));
        }
        return hex->data ? STATUS_OK : diag_no_memory(call->diag);
    }
    const bool is_quoted = text.bytes >= 3 && tolower((unsigned char)text.data[0]) == 'x' &&
                           text.data[1] == '\'' && text.data[text.bytes - 1] == '\'';
    if (is_quoted) {
        *hex = (struct text){text.data + 2, text.bytes - 3};
    }
    return STATUS_OK;
}

static enum status decode_input(struct function_call *call, enum text_encoding encoding,
                                struct text text, struct text *out)
{
    if (encoding == ENCODING_BASE64) {
        return text_decode_base64_leniently(call, text, out);
    }
    if (encoding == ENCODING_HEX) {
        TRY(strip_hex(call, &text));
    }
    return text_decode(call, encoding, text, out);
}

static enum status encode(struct function_call *call, const struct value *args, struct value *out)
{
    const enum text_encoding from = text_encoding_of(args[1].text);
    const enum text_encoding to = text_encoding_of(args[2].text);
    if (from == ENCODING_NONE || to == ENCODING_NONE || from == to) {
        return function_fail(
            call, "Supported input and output encodings are: hex, utf8, ascii and base64");
    }
    struct text bytes;
    struct text text;
    TRY(decode_input(call, from, args[0].text, &bytes));
    TRY(text_encode(call, to, false, bytes, &text));
    *out = value_text(text);
    return STATUS_OK;
}

static enum status md5(struct function_call *call, const struct value *args, struct value *out)
{
    unsigned char digest[MD5_BYTES];
    struct text hex;
    md5_digest(args[0].text, digest);
    TRY(text_encode(call, ENCODING_HEX, false, (struct text){(const char *)digest, sizeof(digest)},
                    &hex));
    *out = value_text(hex);
    return STATUS_OK;
}

/* --- Numbers --------------------------------------------------------------------------- */

static enum status find_order(struct function_call *call, const struct value *args, bool *is_little)
{
    *is_little = false;
    if (call->argument_count < 2) {
        return STATUS_OK;
    }
    const struct text order = args[1].text;
    *is_little = text_equal_nocase(order, TEXT("LITTLE_ENDIAN"));
    if (*is_little || text_equal_nocase(order, TEXT("BIG_ENDIAN"))) {
        return STATUS_OK;
    }
    return function_fail(call,
                         "Byte order must be BIG_ENDIAN or LITTLE_ENDIAN. Unknown byte order "
                         "'%.*s'.",
                         TEXT_ARGS(order));
}

static enum status read_number(struct function_call *call, const struct value *args, size_t bytes,
                               uint64_t *out)
{
    bool is_little = false;
    const struct text text = args[0].text;
    if (text.bytes != bytes) {
        return function_fail(call, "Number of bytes must be equal to %zu, but found %zu", bytes,
                             text.bytes);
    }
    TRY(find_order(call, args, &is_little));
    *out = 0;
    for (size_t i = 0; i < bytes; i++) {
        *out = *out << 8 | (unsigned char)text.data[is_little ? bytes - 1 - i : i];
    }
    return STATUS_OK;
}

static enum status int_from_bytes(struct function_call *call, const struct value *args,
                                  struct value *out)
{
    uint64_t bits = 0;
    TRY(read_number(call, args, sizeof(int32_t), &bits));
    *out = value_int32((int32_t)(uint32_t)bits);
    return STATUS_OK;
}

static enum status bigint_from_bytes(struct function_call *call, const struct value *args,
                                     struct value *out)
{
    uint64_t bits = 0;
    TRY(read_number(call, args, sizeof(int64_t), &bits));
    *out = value_int64((int64_t)bits);
    return STATUS_OK;
}

static enum status double_from_bytes(struct function_call *call, const struct value *args,
                                     struct value *out)
{
    uint64_t bits = 0;
    double real = 0.0;
    TRY(read_number(call, args, sizeof(real), &bits));
    memcpy(&real, &bits, sizeof(real));
    *out = value_real(real);
    return STATUS_OK;
}

/* --- The table ------------------------------------------------------------------------- */

#define BYTES_ROW(upper, lower, kind, params, result, code, text, lines)                           \
    {                                                                                              \
        .name = (upper), .spelling = (lower), .category = (kind), .parameters = (params),          \
        .returns = (result), .flags = FUNCTION_STRICT, .call = (code), .summary = (text),          \
        .manual = (lines)                                                                          \
    }

#define NUMBER(upper, lower, type, count, code)                                                    \
    BYTES_ROW(upper, lower, "CONVERSIONS", "BYTES value", type, code,                              \
              "Reads a number from " count " bytes.", "value: The bytes, the highest first."),     \
        BYTES_ROW(upper, lower, "CONVERSIONS", "BYTES value, VARCHAR order", type, code, NULL,     \
                  "value: The bytes.\norder: 'BIG_ENDIAN' or 'LITTLE_ENDIAN'.")

static const struct function_def bytes_table[] = {
    NUMBER("BIGINT_FROM_BYTES", "bigint_from_bytes", "BIGINT", "8", bigint_from_bytes),
    NUMBER("DOUBLE_FROM_BYTES", "double_from_bytes", "DOUBLE", "8", double_from_bytes),
    BYTES_ROW("ENCODE", "encode", "STRING",
              "VARCHAR str, VARCHAR inputEncoding, VARCHAR outputEncoding", "VARCHAR", encode,
              "Turns a text in one encoding into another: hex, utf8, ascii or base64.",
              "str: The text.\ninputEncoding: How it is encoded.\n"
              "outputEncoding: How the result is encoded."),
    BYTES_ROW("FROM_BYTES", "from_bytes", "STRING", "BYTES value, VARCHAR encoding", "VARCHAR",
              from_bytes, "Turns bytes into a text.",
              "value: The bytes.\nencoding: 'hex', 'utf8', 'ascii' or 'base64'."),
    NUMBER("INT_FROM_BYTES", "int_from_bytes", "INT", "4", int_from_bytes),
    BYTES_ROW("MD5", "md5", "STRING", "VARCHAR s", "VARCHAR", md5,
              "Returns the MD5 digest of a text in hex.", "s: The text."),
    BYTES_ROW("TO_BYTES", "to_bytes", "STRING", "VARCHAR value, VARCHAR encoding", "BYTES",
              to_bytes, "Turns a text into bytes.",
              "value: The text.\nencoding: 'hex', 'utf8', 'ascii' or 'base64'."),
};

const struct function_family bytes_family = {
    .functions = bytes_table, .function_count = sizeof(bytes_table) / sizeof(bytes_table[0])};
