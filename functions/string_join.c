/* string_join.c
 *
 * Functions that put texts together or take them apart at delimiters. Delimiters are literal
 * text, never patterns. Since both sides are valid UTF-8, searching bytes finds the same as
 * searching characters. An empty delimiter splits between code points (between bytes for
 * BYTES).
 */
#include <assert.h>

#include "base/utf8.h"
#include "functions/string_functions.h"

/* Joins the non-NULL arguments from first on, with separator between them. */
static enum status join(struct function_call *call, const struct value *args, uint32_t first,
                        struct text separator, struct value *out)
{
    size_t bytes = 0;
    for (uint32_t i = first; i < call->argument_count; i++) {
        bytes += args[i].is_null ? 0 : args[i].text.bytes + separator.bytes;
    }
    TRY(function_check_bytes(call, bytes));
    char *text = arena_alloc(call->arena, bytes + 1);
    if (!text) {
        return diag_no_memory(call->diag);
    }
    size_t at = 0;
    bool is_first = true;
    for (uint32_t i = first; i < call->argument_count; i++) {
        if (args[i].is_null) {
            continue;
        }
        const struct text parts[] = {is_first ? (struct text){NULL, 0} : separator, args[i].text};
        for (size_t part = 0; part < 2; part++) {
            if (parts[part].bytes > 0) {
                memcpy(text + at, parts[part].data, parts[part].bytes);
                at += parts[part].bytes;
            }
        }
        is_first = false;
    }
    *out = value_text((struct text){text, at});
    return STATUS_OK;
}

enum status string_concat(struct function_call *call, const struct value *args, struct value *out)
{
    return join(call, args, 0, (struct text){NULL, 0}, out);
}

enum status string_concat_ws(struct function_call *call, const struct value *args,
                             struct value *out)
{
    if (call->argument_count < 2) {
        return function_fail(call, "Function Concat_WS expects at least two input arguments.");
    }
    if (args[0].is_null) {
        *out = VALUE_NULL;
        return STATUS_OK;
    }
    return join(call, args, 1, args[0].text, out);
}

enum status string_elt(struct function_call *call, const struct value *args, struct value *out)
{
    const int64_t n = args[0].int32;
    *out = n >= 1 && n < (int64_t)call->argument_count ? args[n] : VALUE_NULL;
    return STATUS_OK;
}

enum status string_field(struct function_call *call, const struct value *args, struct value *out)
{
    *out = value_int32(0);
    for (uint32_t i = 1; !args[0].is_null && i < call->argument_count; i++) {
        if (!args[i].is_null && text_equal(args[0].text, args[i].text)) {
            *out = value_int32((int32_t)i);
            break;
        }
    }
    return STATUS_OK;
}

/* The next occurrence of needle in text, NULL for none; needle is not empty. */
static const char *find(struct text text, struct text needle)
{
    return text.bytes ? memmem(text.data, text.bytes, needle.data, needle.bytes) : NULL;
}

/* The next piece of *rest, which moves behind it and its delimiter; data is NULL behind the
 * last one. An empty delimiter cuts after each character. */
static struct text next_piece(struct text *rest, struct text delimiter, bool is_bytes)
{
    if (!rest->data) {
        return (struct text){NULL, 0};
    }
    const char *end = rest->data + rest->bytes;
    const char *cut = NULL;
    const char *next = rest->data;
    if (delimiter.bytes > 0) {
        cut = find(*rest, delimiter);
        next = cut ? cut + delimiter.bytes : NULL;
    } else if (rest->bytes > 0) {
        if (is_bytes) {
            next++;
        } else {
            (void)utf8_next(&next, end);
        }
        cut = next;
        next = next == end ? NULL : next;
    } else {
        next = NULL;
    }
    const struct text piece = {rest->data, (size_t)((cut ? cut : end) - rest->data)};
    *rest = next ? (struct text){next, (size_t)(end - next)} : (struct text){NULL, 0};
    return piece;
}

/* A text whose data is never NULL, so that NULL can mean the end. */
static struct text not_null(struct text text)
{
    return text.data ? text : TEXT("");
}

enum status string_split(struct function_call *call, const struct value *args, struct value *out)
{
    const bool is_bytes = call->argument_types[0]->kind == TYPE_BYTES;
    const struct text delimiter = args[1].text;
    uint32_t count = 0;
    struct text rest = not_null(args[0].text);
    while (next_piece(&rest, delimiter, is_bytes).data) {
        count++;
    }
    struct value_list *list = value_list_create(call->arena, count);
    if (!list) {
        return diag_no_memory(call->diag);
    }
    rest = not_null(args[0].text);
    for (uint32_t i = 0; i < count; i++) {
        list->items[i] = value_text(next_piece(&rest, delimiter, is_bytes));
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

/* Entries without the second delimiter are left out; behind a second one text is ignored. */
enum status string_split_to_map(struct function_call *call, const struct value *args,
                                struct value *out)
{
    const struct text entry_delimiter = args[1].text;
    const struct text pair_delimiter = args[2].text;
    *out = VALUE_NULL;
    if (entry_delimiter.bytes == 0 || pair_delimiter.bytes == 0 ||
        text_equal(entry_delimiter, pair_delimiter)) {
        return STATUS_OK;
    }
    uint32_t room = 0;
    struct text rest = not_null(args[0].text);
    while (next_piece(&rest, entry_delimiter, false).data) {
        room++;
    }
    struct value_map *map = value_map_create(call->arena, room);
    if (!map) {
        return diag_no_memory(call->diag);
    }
    rest = not_null(args[0].text);
    for (uint32_t i = 0; i < room; i++) {
        struct text entry = next_piece(&rest, entry_delimiter, false);
        const struct text key = next_piece(&entry, pair_delimiter, false);
        if (entry.data) {
            const struct text value = next_piece(&entry, pair_delimiter, false);
            value_map_put(call->result_type, map, value_text(key), value_text(value));
        }
    }
    *out = (struct value){.map = map};
    return STATUS_OK;
}

static size_t count_occurrences(struct text text, struct text needle)
{
    size_t count = 0;
    const char *found = NULL;
    while ((found = find(text, needle)) != NULL) {
        count++;
        const char *next = found + needle.bytes;
        text = (struct text){next, (size_t)(text.data + text.bytes - next)};
    }
    return count;
}

struct filler {
    char *text;
    size_t bytes;
};

static void fill(struct filler *filler, struct text text)
{
    if (text.bytes > 0) {
        memcpy(filler->text + filler->bytes, text.data, text.bytes);
        filler->bytes += text.bytes;
    }
}

static void fill_between_characters(struct filler *filler, struct text text,
                                    struct text replacement)
{
    fill(filler, replacement);
    const char *next = text.data;
    const char *end = text.data + text.bytes;
    while (next < end) {
        const char *start = next;
        (void)utf8_next(&next, end);
        fill(filler, (struct text){start, (size_t)(next - start)});
        fill(filler, replacement);
    }
}

static void fill_replaced(struct filler *filler, struct text text, struct text needle,
                          struct text replacement)
{
    const char *found = NULL;
    while ((found = find(text, needle)) != NULL) {
        const char *next = found + needle.bytes;
        fill(filler, (struct text){text.data, (size_t)(found - text.data)});
        fill(filler, replacement);
        text = (struct text){next, (size_t)(text.data + text.bytes - next)};
    }
    fill(filler, text);
}

/* An empty needle stands between all characters and at both ends, as in String.replace. */
enum status string_replace(struct function_call *call, const struct value *args, struct value *out)
{
    const struct text text = args[0].text;
    const struct text needle = args[1].text;
    const struct text replacement = args[2].text;
    const size_t places = needle.bytes ? count_occurrences(text, needle) : text.bytes + 1;
    if (places == 0) {
        *out = args[0];
        return STATUS_OK;
    }
    size_t added = 0;
    if (__builtin_mul_overflow(places, replacement.bytes, &added)) {
        added = SIZE_MAX / 2;
    }
    TRY(function_check_bytes(call, text.bytes + added));
    struct filler filler = {arena_alloc(call->arena, text.bytes + added + 1), 0};
    if (!filler.text) {
        return diag_no_memory(call->diag);
    }
    if (needle.bytes) {
        fill_replaced(&filler, text, needle, replacement);
    } else {
        fill_between_characters(&filler, text, replacement);
    }
    *out = value_text((struct text){filler.text, filler.bytes});
    return STATUS_OK;
}
