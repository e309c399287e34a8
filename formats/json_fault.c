/* json_fault.c
 *
 * The sentences of Jackson's parser for what json_scan.c refuses, without the place in the
 * record: ksqlDB removes it, so that the processing log does not quote data. */
#include <assert.h>

#include "formats/json_scan.h"

#define EXPECTED_VALUE "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

/* What follows the offending character. */
static const char *const character_messages[JSON_FAULT_COUNT] = {
    [JSON_FAULT_VALUE] = ": expected a valid value " EXPECTED_VALUE,
    [JSON_FAULT_KEY] = ": was expecting double-quote to start field name",
    [JSON_FAULT_COLON] = ": was expecting a colon to separate field name and value",
    [JSON_FAULT_OBJECT_COMMA] = ": was expecting comma to separate Object entries",
    [JSON_FAULT_ARRAY_COMMA] = ": was expecting comma to separate Array entries",
    [JSON_FAULT_ROOT_SPACE] = ": Expected space separating root-level values",
    [JSON_FAULT_HEX] = ": expected a hex-digit for character escape sequence",
    [JSON_FAULT_DIGIT] = " in numeric value: expected digit (0-9)",
};

/* Whole sentences. */
static const char *const plain_messages[JSON_FAULT_COUNT] = {
    [JSON_FAULT_END] = "Unexpected end-of-input within/between Object or Array entries",
    [JSON_FAULT_END_IN_STRING] =
        "Unexpected end-of-input: was expecting closing quote for a string value",
    [JSON_FAULT_LEADING_ZERO] = "Invalid numeric value: Leading zeroes not allowed",
    [JSON_FAULT_NUMBER_LENGTH] = "Number value length exceeds the maximum allowed (1000, from "
                                 "`StreamReadConstraints.getMaxNumberLength()`)",
    [JSON_FAULT_EXPONENT] = "Malformed numeric value: exponent out of range",
    [JSON_FAULT_DEPTH] = "Document nesting depth (1001) exceeds the maximum allowed (1000, from "
                         "`StreamReadConstraints.getMaxNestingDepth()`)",
};

/* "'x' (code 120)", as Jackson shows a character. */
static void print_character(char c, struct buffer *out)
{
    const unsigned code = (unsigned char)c;
    if (code < 0x20) {
        buffer_printf(out, "(CTRL-CHAR, code %u)", code);
    } else if (code < 0x7F) {
        buffer_printf(out, "'%c' (code %u)", c, code);
    } else {
        buffer_printf(out, "(code %u)", code);
    }
}

static void print_token(const struct json_scan *scan, struct buffer *out)
{
    enum { TOKEN_BYTES_MAX = 256 };
    size_t bytes = 0;
    while (bytes < TOKEN_BYTES_MAX && scan->fault_at + bytes < scan->end) {
        const char c = scan->fault_at[bytes];
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_') {
            break;
        }
        bytes++;
    }
    buffer_printf(out, "Unrecognized token '%.*s': was expecting " EXPECTED_VALUE, (int)bytes,
                  scan->fault_at);
}

/* The first byte of the string that no UTF-8 sequence can have there. */
static unsigned first_high_byte(const struct json_scan *scan)
{
    const char *at = scan->fault_at;
    while (at < scan->end && (unsigned char)*at < 0x80) {
        at++;
    }
    return at < scan->end ? (unsigned char)*at : 0;
}

static void print_at_character(const struct json_scan *scan, struct buffer *out)
{
    const char c = *scan->fault_at;
    if (scan->fault == JSON_FAULT_CONTROL) {
        buffer_append_string(out, "Illegal unquoted character (");
        print_character(c, out);
        buffer_append_string(out,
                             "): has to be escaped using backslash to be included in string value");
        return;
    }
    if (scan->fault == JSON_FAULT_ESCAPE) {
        buffer_append_string(out, "Unrecognized character escape ");
        print_character(c, out);
        return;
    }
    assert(character_messages[scan->fault]);
    buffer_append_string(out, "Unexpected character (");
    print_character(c, out);
    buffer_append_byte(out, ')');
    buffer_append_string(out, character_messages[scan->fault]);
}

void json_fault_print(const struct json_scan *scan, struct buffer *out)
{
    assert(scan->fault != JSON_FAULT_NONE);
    if (plain_messages[scan->fault]) {
        buffer_append_string(out, plain_messages[scan->fault]);
    } else if (scan->fault == JSON_FAULT_TOKEN) {
        print_token(scan, out);
    } else if (scan->fault == JSON_FAULT_UTF8) {
        buffer_printf(out, "Invalid UTF-8 start byte 0x%02x", first_high_byte(scan));
    } else if (scan->fault_at >= scan->end) {
        buffer_append_string(out, plain_messages[JSON_FAULT_END]);
    } else {
        print_at_character(scan, out);
    }
}
