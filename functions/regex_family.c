/* regex_family.c
 *
 * The REGULAR EXPRESSION functions. Each row finds its compiled pattern in the task's cache;
 * for a constant pattern the last one is kept in the call's scratch. The extracting functions
 * take the pattern first, the others the subject: that is ksqlDB's order.
 */
#include <assert.h>
#include <ctype.h>

#include "functions/expr.h"
#include "functions/families.h"
#include "functions/regex.h"

struct last_regex {
    struct text pattern; /* compared by address: the text of a constant does not move */
    struct regex *regex;
};

static enum status find_regex(struct function_call *call, struct text pattern, struct regex **out)
{
    struct last_regex *last = call->scratch;
    if (last && last->pattern.data == pattern.data && last->pattern.bytes == pattern.bytes) {
        *out = last->regex;
        return STATUS_OK;
    }
    TRY(regex_cache_find(call->context->regexes, pattern, out, call->diag));
    if (!last) {
        last = ARENA_NEW(call->arena, struct last_regex);
        if (!last) {
            return diag_no_memory(call->diag);
        }
        call->scratch = last;
    }
    *last = (struct last_regex){pattern, *out};
    return STATUS_OK;
}

static struct value group_value(const struct regex *regex, struct text text, uint32_t group)
{
    size_t start = 0;
    size_t end = 0;
    if (!regex_group(regex, group, &start, &end) || end < start) {
        return VALUE_NULL;
    }
    return value_text((struct text){text.data + start, end - start});
}

/* The group that the optional third argument asks for; false when there is none such. */
static bool wanted_group(const struct function_call *call, const struct value *args,
                         const struct regex *regex, uint32_t *out)
{
    const int32_t group = call->argument_count > 2 ? args[2].int32 : 0;
    *out = (uint32_t)group;
    return group >= 0 && *out <= regex_group_count(regex);
}

static enum status call_extract(struct function_call *call, const struct value *args,
                                struct value *out)
{
    struct regex *regex = NULL;
    TRY(find_regex(call, args[0].text, &regex));
    uint32_t group = 0;
    bool is_found = false;
    *out = VALUE_NULL;
    if (!wanted_group(call, args, regex, &group)) {
        return STATUS_OK;
    }
    TRY(regex_find(regex, args[1].text, 0, &is_found, call->diag));
    if (is_found) {
        *out = group_value(regex, args[1].text, group);
    }
    return STATUS_OK;
}

/* A list that grows in the arena by doubling. */
struct growing_list {
    struct arena *arena;
    struct value *items;
    uint32_t count;
    uint32_t capacity;
};

static bool append(struct growing_list *list, struct value value)
{
    if (list->count == list->capacity) {
        const uint32_t capacity = list->capacity ? list->capacity * 2 : 8;
        struct value *items = arena_array(list->arena, capacity, sizeof(*items));
        if (!items) {
            return false;
        }
        if (list->count > 0) {
            memcpy(items, list->items, list->count * sizeof(*items));
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = value;
    return true;
}

static enum status return_list(struct function_call *call, const struct growing_list *list,
                               struct value *out)
{
    struct value_list *result = ARENA_NEW(call->arena, struct value_list);
    if (!result) {
        return diag_no_memory(call->diag);
    }
    *result = (struct value_list){.count = list->count, .items = list->items};
    *out = (struct value){.list = result};
    return STATUS_OK;
}

static enum status call_extract_all(struct function_call *call, const struct value *args,
                                    struct value *out)
{
    const struct text text = args[1].text;
    struct regex *regex = NULL;
    TRY(find_regex(call, args[0].text, &regex));
    uint32_t group = 0;
    *out = VALUE_NULL;
    if (!wanted_group(call, args, regex, &group)) {
        return STATUS_OK;
    }
    struct growing_list list = {.arena = call->arena};
    for (size_t start = 0; start <= text.bytes; start = regex_next_start(regex, text)) {
        bool is_found = false;
        TRY(regex_find(regex, text, start, &is_found, call->diag));
        if (!is_found) {
            break;
        }
        if (!append(&list, group_value(regex, text, group))) {
            return diag_no_memory(call->diag);
        }
    }
    return return_list(call, &list, out);
}

/* --- Replacement text: $1, ${name}, and \ before a character that stands for itself -------- */

/* Behind '$': reads the group and moves *at behind it. */
static enum status read_group(struct function_call *call, const struct regex *regex,
                              struct text replacement, size_t *at, uint32_t *group)
{
    const uint32_t count = regex_group_count(regex);
    if (*at < replacement.bytes && replacement.data[*at] == '{') {
        const size_t start = *at + 1;
        const char *close = memchr(replacement.data + *at, '}', replacement.bytes - *at);
        if (!close) {
            return function_fail(call, "named capturing group is missing trailing '}'");
        }
        const struct text name = {replacement.data + start,
                                  (size_t)(close - replacement.data) - start};
        *group = regex_group_number(regex, name);
        *at = (size_t)(close - replacement.data) + 1;
        return *group > 0 ? STATUS_OK
                          : function_fail(call, "No group with name {%.*s}", TEXT_ARGS(name));
    }
    if (*at == replacement.bytes || !isdigit((unsigned char)replacement.data[*at])) {
        return function_fail(call, "Illegal group reference");
    }
    *group = (uint32_t)(replacement.data[(*at)++] - '0');
    if (*group > count) {
        return function_fail(call, "No group %u", *group);
    }
    while (*at < replacement.bytes && isdigit((unsigned char)replacement.data[*at]) &&
           *group * 10 + (uint32_t)(replacement.data[*at] - '0') <= count) {
        *group = *group * 10 + (uint32_t)(replacement.data[(*at)++] - '0');
    }
    return STATUS_OK;
}

static enum status append_replacement(struct function_call *call, const struct regex *regex,
                                      struct text text, struct text replacement, struct buffer *out)
{
    size_t at = 0;
    while (at < replacement.bytes) {
        const char byte = replacement.data[at++];
        if (byte == '\\') {
            if (at == replacement.bytes) {
                return function_fail(call, "character to be escaped is missing");
            }
            buffer_append_byte(out, replacement.data[at++]);
        } else if (byte == '$') {
            uint32_t group = 0;
            TRY(read_group(call, regex, replacement, &at, &group));
            const struct value value = group_value(regex, text, group);
            if (!value.is_null) {
                buffer_append_text(out, value.text);
            }
        } else {
            buffer_append_byte(out, byte);
        }
    }
    return STATUS_OK;
}

static enum status replace_all(struct function_call *call, struct regex *regex,
                               const struct value *args, struct buffer *out)
{
    const struct text text = args[0].text;
    size_t copied = 0;
    for (size_t start = 0; start <= text.bytes; start = regex_next_start(regex, text)) {
        bool is_found = false;
        size_t match_start = 0;
        size_t match_end = 0;
        TRY(regex_find(regex, text, start, &is_found, call->diag));
        if (!is_found) {
            break;
        }
        (void)regex_group(regex, 0, &match_start, &match_end);
        buffer_append(out, text.data + copied, match_start - copied);
        TRY(append_replacement(call, regex, text, args[2].text, out));
        TRY(function_check_bytes(call, out->bytes));
        copied = match_end;
    }
    buffer_append(out, text.data + copied, text.bytes - copied);
    return buffer_status(out, call->diag);
}

static enum status call_replace(struct function_call *call, const struct value *args,
                                struct value *out)
{
    struct regex *regex = NULL;
    TRY(find_regex(call, args[1].text, &regex));
    struct buffer buffer;
    buffer_init(&buffer);
    enum status status = replace_all(call, regex, args, &buffer);
    if (status == STATUS_OK) {
        status = function_return_text(call, buffer_text(&buffer), out);
    }
    buffer_release(&buffer);
    return status;
}

/* --- Split -------------------------------------------------------------------------------- */

/* Java's Pattern.split: an empty match at the start makes no piece. */
static enum status split_pieces(struct function_call *call, struct regex *regex, struct text text,
                                struct growing_list *pieces)
{
    size_t piece_start = 0;
    for (size_t start = 0; start <= text.bytes; start = regex_next_start(regex, text)) {
        bool is_found = false;
        size_t match_start = 0;
        size_t match_end = 0;
        TRY(regex_find(regex, text, start, &is_found, call->diag));
        if (!is_found) {
            break;
        }
        (void)regex_group(regex, 0, &match_start, &match_end);
        if (match_end == 0) {
            continue;
        }
        const struct text piece = {text.data + piece_start, match_start - piece_start};
        if (!append(pieces, value_text(piece))) {
            return diag_no_memory(call->diag);
        }
        piece_start = match_end;
    }
    const struct text rest = {text.data + piece_start, text.bytes - piece_start};
    return append(pieces, value_text(rest)) ? STATUS_OK : diag_no_memory(call->diag);
}

/* A pattern that takes the empty text drops empty pieces at the end, others keep them. */
static enum status call_split(struct function_call *call, const struct value *args,
                              struct value *out)
{
    struct regex *regex = NULL;
    bool takes_empty = false;
    TRY(find_regex(call, args[1].text, &regex));
    TRY(regex_find(regex, TEXT(""), 0, &takes_empty, call->diag));
    struct growing_list pieces = {.arena = call->arena};
    TRY(split_pieces(call, regex, args[0].text, &pieces));
    while (takes_empty && pieces.count > 1 && pieces.items[pieces.count - 1].text.bytes == 0) {
        pieces.count--;
    }
    return return_list(call, &pieces, out);
}

static const struct function_def functions[] = {
    {.name = "REGEXP_EXTRACT",
     .spelling = "regexp_extract",
     .category = "REGULAR EXPRESSION",
     .parameters = "VARCHAR pattern, VARCHAR input",
     .returns = "VARCHAR",
     .flags = FUNCTION_STRICT,
     .call = call_extract,
     .summary = "Returns the first part of a text that matches a regular expression.",
     .manual = "pattern: The regex pattern.\ninput: The text to search."},
    {.name = "REGEXP_EXTRACT",
     .spelling = "regexp_extract",
     .category = "REGULAR EXPRESSION",
     .parameters = "VARCHAR pattern, VARCHAR input, INT group",
     .returns = "VARCHAR",
     .flags = FUNCTION_STRICT,
     .call = call_extract,
     .note = "Returns a capturing group of the first match; NULL if there is no such group.",
     .manual = "pattern: The regex pattern.\ninput: The text to search.\n"
               "group: The number of the capturing group, 0 for the whole match."},
    {.name = "REGEXP_EXTRACT_ALL",
     .spelling = "regexp_extract_all",
     .category = "REGULAR EXPRESSION",
     .parameters = "VARCHAR pattern, VARCHAR input",
     .returns = "ARRAY<VARCHAR>",
     .flags = FUNCTION_STRICT,
     .call = call_extract_all,
     .summary = "Returns all parts of a text that match a regular expression.",
     .manual = "pattern: The regex pattern.\ninput: The text to search."},
    {.name = "REGEXP_EXTRACT_ALL",
     .spelling = "regexp_extract_all",
     .category = "REGULAR EXPRESSION",
     .parameters = "VARCHAR pattern, VARCHAR input, INT group",
     .returns = "ARRAY<VARCHAR>",
     .flags = FUNCTION_STRICT,
     .call = call_extract_all,
     .note = "Returns a capturing group of each match; NULL if there is no such group.",
     .manual = "pattern: The regex pattern.\ninput: The text to search.\n"
               "group: The number of the capturing group, 0 for the whole match."},
    {.name = "REGEXP_REPLACE",
     .spelling = "regexp_replace",
     .category = "REGULAR EXPRESSION",
     .parameters = "VARCHAR str, VARCHAR regexp, VARCHAR newStr",
     .returns = "VARCHAR",
     .flags = FUNCTION_STRICT,
     .call = call_replace,
     .summary = "Replaces all parts of a text that match a regular expression.",
     .manual = "str: The text to change.\nregexp: The regex pattern.\n"
               "newStr: What to put there; $1 stands for a capturing group."},
    {.name = "REGEXP_SPLIT_TO_ARRAY",
     .spelling = "regexp_split_to_array",
     .category = "REGULAR EXPRESSION",
     .parameters = "VARCHAR string, VARCHAR regexp",
     .returns = "ARRAY<VARCHAR>",
     .flags = FUNCTION_STRICT,
     .call = call_split,
     .summary = "Splits a text at the parts that match a regular expression.",
     .manual = "string: The text to split.\nregexp: The regex pattern."},
};

const struct function_family regex_family = {
    .functions = functions, .function_count = sizeof(functions) / sizeof(functions[0])};
