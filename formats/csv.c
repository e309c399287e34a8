/* csv.c
 *
 * Reading is a scan for the delimiter or the end of the line; only fields in quotes need more.
 *
 * Writing follows the MINIMAL quoting of Commons CSV 1.4, which quotes more than a reader needs:
 * the first field of a line when it does not begin with an ASCII letter or digit (so "-5" in the
 * first column is quoted, and an empty text there, lest the line be empty), any field that begins
 * with '#' or a lower character or ends in white space, and of course quotes, line ends and
 * delimiters. Topics written by ksqlDB have these quotes, so ours have them too. */
#include "formats/csv.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define BYTES_OF(byte) (0x0101010101010101U * (uint64_t)(unsigned char)(byte))

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Some bit in every byte of word that is zero, and perhaps in bytes above one. */
static uint64_t zero_bytes(uint64_t word)
{
    return (word - BYTES_OF(0x01)) & ~word & BYTES_OF(0x80);
}

/* Skips bytes that are none of the three, eight at a time: at, or a later position before the
 * first of them. */
static const char *skip_plain(const char *at, const char *end, char a, char b, char c)
{
    for (; end - at >= 8; at += 8) {
        uint64_t word = 0;
        memcpy(&word, at, sizeof(word));
        if (zero_bytes(word ^ BYTES_OF(a)) | zero_bytes(word ^ BYTES_OF(b)) |
            zero_bytes(word ^ BYTES_OF(c))) {
            break;
        }
    }
    return at;
}

static bool at_delimiter(const struct csv_reader *reader, const char *at)
{
    const struct text delimiter = reader->delimiter;
    return *at == delimiter.data[0] && (size_t)(reader->end - at) >= delimiter.bytes &&
           memcmp(at, delimiter.data, delimiter.bytes) == 0;
}

enum status csv_check_delimiter(struct text delimiter, struct diag *diag)
{
    if (delimiter.data[0] == '"') {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "The quoteChar character and the delimiter cannot be the same ('\"')");
    }
    if (is_line_end(delimiter.data[0])) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "The delimiter cannot be a line break");
    }
    return STATUS_OK;
}

bool csv_start(struct csv_reader *reader, struct text text, struct text delimiter)
{
    assert(delimiter.bytes > 0);
    *reader = (struct csv_reader){text.data, text.data + text.bytes, delimiter};
    while (reader->at < reader->end && is_line_end(*reader->at)) {
        reader->at++;
    }
    return reader->at < reader->end;
}

/* at stands behind a field: moves over the delimiter, if there is one. */
static enum csv_step end_field(struct csv_reader *reader, const char *at)
{
    if (at == reader->end || is_line_end(*at)) {
        reader->at = reader->end;
        return CSV_LAST;
    }
    reader->at = at + reader->delimiter.bytes;
    return CSV_FIELD;
}

/* The inside of a quoted field with its doubled quotes made single. */
static bool undouble(struct arena *arena, struct text inside, struct text *out)
{
    char *copy = arena_alloc(arena, inside.bytes);
    if (!copy) {
        return false;
    }
    size_t bytes = 0;
    for (size_t i = 0; i < inside.bytes; i++) {
        copy[bytes++] = inside.data[i];
        i += inside.data[i] == '"';
    }
    *out = (struct text){copy, bytes};
    return true;
}

static bool is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F);
}

/* reader->at stands behind the opening quote. */
static enum csv_step next_quoted(struct csv_reader *reader, struct arena *arena, struct text *out)
{
    const char *const begin = reader->at;
    const char *at = begin;
    bool has_doubled = false;
    for (;;) {
        at = at < reader->end ? memchr(at, '"', (size_t)(reader->end - at)) : NULL;
        if (!at) {
            return CSV_UNCLOSED;
        }
        if (at + 1 == reader->end || at[1] != '"') {
            break;
        }
        has_doubled = true;
        at += 2;
    }
    *out = (struct text){begin, (size_t)(at - begin)};
    if (has_doubled && !undouble(arena, *out, out)) {
        return CSV_NO_MEMORY;
    }
    at++;
    while (at < reader->end && !is_line_end(*at) && !at_delimiter(reader, at)) {
        if (!is_white(*at)) {
            return CSV_AFTER_QUOTE;
        }
        at++;
    }
    return end_field(reader, at);
}

enum csv_step csv_next(struct csv_reader *reader, struct arena *arena, struct text *out)
{
    const char *const begin = reader->at;
    if (begin < reader->end && *begin == '"') {
        reader->at++;
        return next_quoted(reader, arena, out);
    }
    const char *at = skip_plain(begin, reader->end, reader->delimiter.data[0], '\n', '\r');
    while (at < reader->end && !is_line_end(*at) && !at_delimiter(reader, at)) {
        at++;
    }
    *out = (struct text){begin, (size_t)(at - begin)};
    return end_field(reader, at);
}

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool needs_quotes(struct text field, bool is_first, struct text delimiter)
{
    if (field.bytes == 0) {
        return is_first;
    }
    const unsigned char first = (unsigned char)field.data[0];
    const unsigned char last = (unsigned char)field.data[field.bytes - 1];
    if ((is_first && !is_alphanumeric((char)first)) || first <= '#' || last <= ' ') {
        return true;
    }
    const struct csv_reader reader = {field.data, field.data + field.bytes, delimiter};
    if (memchr(field.data, '\r', field.bytes)) {
        return true;
    }
    const char *at = skip_plain(field.data, reader.end, delimiter.data[0], '"', '\n');
    for (; at < reader.end; at++) {
        if (*at == '"' || is_line_end(*at) || at_delimiter(&reader, at)) {
            return true;
        }
    }
    return false;
}

void csv_quote(struct buffer *out, size_t start, bool is_first, struct text delimiter)
{
    const struct text field = {out->data + start, out->bytes - start};
    if (out->has_failed || !needs_quotes(field, is_first, delimiter)) {
        return;
    }
    size_t extra = 2;
    for (size_t i = 0; i < field.bytes; i++) {
        extra += field.data[i] == '"';
    }
    if (!buffer_reserve(out, extra)) {
        return;
    }
    /* From the back, so that no byte is overwritten before it has been moved. */
    const char *from = out->data + out->bytes;
    char *to = out->data + out->bytes + extra;
    *--to = '"';
    while (from > out->data + start) {
        *--to = *--from;
        if (*to == '"') {
            *--to = '"';
        }
    }
    *--to = '"';
    assert(to == out->data + start);
    out->bytes += extra;
}
