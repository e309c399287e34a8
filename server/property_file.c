/* property_file.c
 *
 * Lines are joined first (a backslash at the end goes on with the next line, whose leading blanks
 * do not count), then each is cut at the first blank, '=' or ':' that no backslash protects.
 */
#include "server/property_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FILE_BYTES_MAX = 1 << 20, PROPERTY_COUNT_MAX = 2000 };

struct reader {
    const char *next;
    const char *end;
    int line; /* of next, from 1 */
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\f';
}

static void skip_blanks(struct reader *reader)
{
    while (reader->next < reader->end && is_blank(*reader->next)) {
        reader->next++;
    }
}

/* Copies one logical line without its line ends; a protected byte keeps its backslash. */
static size_t read_line(struct reader *reader, char *out)
{
    size_t bytes = 0;
    skip_blanks(reader);
    const bool is_comment =
        reader->next < reader->end && (*reader->next == '#' || *reader->next == '!');
    while (reader->next < reader->end) {
        const char byte = *reader->next++;
        const bool is_protected = byte == '\\' && !is_comment && reader->next < reader->end;
        if (is_protected && *reader->next == '\r' && reader->next + 1 < reader->end) {
            reader->next++;
        }
        if (is_protected && *reader->next == '\n') {
            reader->next++;
            reader->line++;
            skip_blanks(reader);
        } else if (is_protected) {
            out[bytes++] = byte;
            out[bytes++] = *reader->next++;
        } else if (byte == '\n') {
            reader->line++;
            break;
        } else if (byte != '\r') {
            out[bytes++] = byte;
        }
    }
    return is_comment ? 0 : bytes;
}

/* Takes backslashes away in place. */
static size_t unescape(char *text, size_t bytes)
{
    static const char named[][2] = {{'t', '\t'}, {'n', '\n'}, {'r', '\r'}, {'f', '\f'}};
    size_t length = 0;
    for (size_t i = 0; i < bytes; i++) {
        char byte = text[i];
        if (byte == '\\' && i + 1 < bytes) {
            byte = text[++i];
            for (size_t k = 0; k < sizeof(named) / sizeof(named[0]); k++) {
                byte = text[i] == named[k][0] ? named[k][1] : byte;
            }
        }
        text[length++] = byte;
    }
    return length;
}

/* Where the name ends: the first '=', ':' or blank without a backslash before it. */
static size_t name_end(const char *line, size_t bytes)
{
    size_t at = 0;
    while (at < bytes && line[at] != '=' && line[at] != ':' && !is_blank(line[at])) {
        at += line[at] == '\\' ? 2 : 1;
    }
    return at < bytes ? at : bytes;
}

static size_t value_start(const char *line, size_t bytes, size_t at)
{
    bool has_separator = false;
    while (at < bytes) {
        const bool is_separator = !has_separator && (line[at] == '=' || line[at] == ':');
        if (!is_separator && !is_blank(line[at])) {
            break;
        }
        has_separator = has_separator || is_separator;
        at++;
    }
    return at;
}

static enum status add(struct property_file *properties, struct arena *arena, char *line,
                       size_t bytes, int number, struct diag *diag)
{
    const size_t end = name_end(line, bytes);
    const size_t start = value_start(line, bytes, end);
    const size_t value_bytes = unescape(line + start, bytes - start);
    const struct text value = arena_text(arena, (struct text){line + start, value_bytes});
    const struct text name = arena_text(arena, (struct text){line, unescape(line, end)});
    if (!name.data || !value.data) {
        return diag_no_memory(diag);
    }
    if (name.bytes == 0 || properties->count == PROPERTY_COUNT_MAX) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "line %d has no name, or is one property too many", number);
    }
    properties->items[properties->count++] =
        (struct engine_setting){.name = name.data, .value = value.data};
    return STATUS_OK;
}

enum status property_file_parse(struct text text, struct arena *arena, struct property_file *out,
                                struct diag *diag)
{
    struct property_file properties = {
        .items = arena_array(arena, PROPERTY_COUNT_MAX, sizeof(*properties.items))};
    char *line = arena_alloc(arena, text.bytes + 1);
    if (!properties.items || !line) {
        return diag_no_memory(diag);
    }
    struct reader reader = {.next = text.data, .end = text.data + text.bytes, .line = 1};
    while (reader.next < reader.end) {
        const int number = reader.line;
        const size_t bytes = read_line(&reader, line);
        if (bytes > 0) {
            TRY(add(&properties, arena, line, bytes, number, diag));
        }
    }
    *out = properties;
    return STATUS_OK;
}

enum status property_file_read(const char *path, struct arena *arena, struct property_file *out,
                               struct diag *diag)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot read '%s': %s", path,
                         strerror(errno));
    }
    char *content = arena_alloc(arena, FILE_BYTES_MAX + 1);
    const size_t bytes = content ? fread(content, 1, FILE_BYTES_MAX + 1, file) : 0;
    const bool has_failed = ferror(file) != 0;
    (void)fclose(file);
    if (!content) {
        return diag_no_memory(diag);
    }
    if (has_failed || bytes > FILE_BYTES_MAX) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "'%s' cannot be read, or is longer than %d bytes", path, FILE_BYTES_MAX);
    }
    return property_file_parse((struct text){content, bytes}, arena, out, diag);
}

const char *property_file_find(const struct property_file *properties, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < properties->count; i++) {
        if (strcmp(properties->items[i].name, name) == 0) {
            value = properties->items[i].value;
        }
    }
    return value;
}
