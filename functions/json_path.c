/* json_path.c
 *
 * A path is followed over the text itself, one step at a time: the members of an object (or
 * items of an array) are skipped until the wanted one, and the next step starts in its slice. So
 * the usual call builds no tree and allocates nothing. The text as a whole is checked once: by
 * the first step where it is an object, which skips over all members anyway, and before it
 * otherwise. Of a key that comes twice the last value counts.
 */
#include "functions/json_path.h"

#include <ctype.h>

#include "base/number_text.h"
#include "functions/json_reader.h"

enum { STEPS_MAX = 256 };

struct path_parser {
    struct text path;
    size_t at;
    struct arena *arena;
    struct diag *diag;
};

static enum status refuse(const struct path_parser *parser)
{
    return diag_fail(parser->diag, STATUS_INVALID, SQL_POS_NONE, "Invalid JSON path: '%.*s'",
                     TEXT_ARGS(parser->path));
}

static bool take(struct path_parser *parser, char token)
{
    if (parser->at == parser->path.bytes || parser->path.data[parser->at] != token) {
        return false;
    }
    parser->at++;
    return true;
}

/* Letters and digits of any script: characters beyond ASCII count as letters. */
static bool is_name_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || (unsigned char)byte >= 0x80U;
}

static enum status parse_name(struct path_parser *parser, const char *more, struct text *out)
{
    const size_t start = parser->at;
    while (parser->at < parser->path.bytes) {
        const char byte = parser->path.data[parser->at];
        if (!is_name_byte(byte) && (byte == '\0' || !strchr(more, byte))) {
            break;
        }
        parser->at++;
    }
    *out = (struct text){parser->path.data + start, parser->at - start};
    return out->bytes > 0 ? STATUS_OK : refuse(parser);
}

static enum status parse_quoted(struct path_parser *parser, struct text *out)
{
    char *name = arena_alloc(parser->arena, parser->path.bytes);
    size_t bytes = 0;
    if (!name) {
        return diag_no_memory(parser->diag);
    }
    while (!take(parser, '"')) {
        const bool is_escaped = take(parser, '\\');
        if (parser->at == parser->path.bytes) {
            return refuse(parser);
        }
        const char byte = parser->path.data[parser->at++];
        if (is_escaped && byte != '"' && byte != '\\') {
            return refuse(parser);
        }
        name[bytes++] = byte;
    }
    *out = (struct text){name, bytes};
    return STATUS_OK;
}

static enum status parse_step(struct path_parser *parser, struct text *out)
{
    if (take(parser, '.')) {
        return parse_name(parser, ":@", out);
    }
    if (!take(parser, '[')) {
        return refuse(parser);
    }
    TRY(take(parser, '"') ? parse_quoted(parser, out) : parse_name(parser, "", out));
    return take(parser, ']') ? STATUS_OK : refuse(parser);
}

enum status json_path_parse(struct text text, struct arena *arena, struct json_path *out,
                            struct diag *diag)
{
    struct path_parser parser = {.path = text, .arena = arena, .diag = diag};
    struct text steps[STEPS_MAX];
    uint32_t count = 0;
    if (!take(&parser, '$')) {
        return refuse(&parser);
    }
    while (parser.at < text.bytes) {
        if (count == STEPS_MAX) {
            return refuse(&parser);
        }
        TRY(parse_step(&parser, &steps[count++]));
    }
    struct text *copy = arena_array(arena, count, sizeof(*copy));
    if (!copy) {
        return diag_no_memory(diag);
    }
    if (count) {
        memcpy(copy, steps, count * sizeof(*copy));
    }
    *out = (struct json_path){.count = count, .steps = copy};
    return STATUS_OK;
}

static enum status is_key(struct text raw, bool has_escapes, struct text name, struct arena *arena,
                          bool *out, struct diag *diag)
{
    struct text key = raw;
    if (has_escapes) {
        TRY(json_unescape(arena, raw, &key, diag));
    }
    *out = text_equal(key, name);
    return STATUS_OK;
}

/* json starts with an object, all of which is checked. */
static enum status find_member(struct text json, struct text name, struct arena *arena,
                               struct text *found, struct diag *diag)
{
    struct json_reader reader = json_reader_of(json);
    struct text key;
    struct text value;
    bool has_item = false;
    bool has_escapes = false;
    bool is_wanted = false;
    if (!json_enter(&reader)) {
        return STATUS_INVALID;
    }
    for (bool is_first = true;; is_first = false) {
        if (!json_next(&reader, is_first, &has_item)) {
            return STATUS_INVALID;
        }
        if (!has_item) {
            return reader.next[-1] == '}' ? STATUS_OK : STATUS_INVALID;
        }
        if (!json_read_key(&reader, &key, &has_escapes) || !json_skip(&reader, &value)) {
            return STATUS_INVALID;
        }
        TRY(is_key(key, has_escapes, name, arena, &is_wanted, diag));
        if (is_wanted) {
            *found = value;
        }
    }
}

/* json is a valid array. */
static enum status find_item(struct text json, struct text number, struct text *found)
{
    struct json_reader reader = json_reader_of(json);
    struct text value;
    bool has_item = false;
    int32_t index = 0;
    if (!number_text_parse_int32(number, &index) || index < 0) {
        return STATUS_OK;
    }
    if (!json_enter(&reader)) {
        return STATUS_INVALID;
    }
    for (int32_t i = 0; i <= index; i++) {
        if (!json_next(&reader, i == 0, &has_item)) {
            return STATUS_INVALID;
        }
        if (!has_item) {
            return STATUS_OK;
        }
        if (!json_skip(&reader, &value)) {
            return STATUS_INVALID;
        }
    }
    *found = value;
    return STATUS_OK;
}

enum status json_path_find(const struct json_path *path, struct text json, struct arena *arena,
                           struct text *found, struct diag *diag)
{
    struct text at = {NULL, 0};
    uint32_t step = 0;
    struct json_reader reader = json_reader_of(json);
    if (path->count > 0 && json_peek(&reader) == JSON_OBJECT) {
        const struct text object = {reader.next, (size_t)(reader.end - reader.next)};
        TRY(find_member(object, path->steps[step++], arena, &at, diag));
    } else if (!json_skip_root(json, &at)) {
        return STATUS_INVALID;
    }
    if (at.bytes == 0) {
        at.data = NULL;
    }
    for (; step < path->count && at.data; step++) {
        struct text next = {NULL, 0};
        if (at.data[0] == '{') {
            TRY(find_member(at, path->steps[step], arena, &next, diag));
        } else if (at.data[0] == '[') {
            TRY(find_item(at, path->steps[step], &next));
        }
        at = next;
    }
    *found = at;
    return STATUS_OK;
}
