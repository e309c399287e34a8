/* mask_functions.c
 *
 * MASK and its partial forms, and LPAD and RPAD. Lengths count UTF-16 units, as Java's do.
 *
 * Masking replaces each character by the mask of its class. It goes by Java's loop over UTF-16
 * units: a character beyond U+FFFF is masked as itself and then once more as the lone second
 * half of its pair, which is of class OTHER, so it becomes two characters. An explicit NULL mask
 * leaves the characters of its class as they are.
 *
 * Source: ksqlDB's Masker, Mask, MaskLeft, MaskRight, MaskKeepLeft, MaskKeepRight, LPad, RPad.
 */
#include <string.h>

#include "base/bounds.h"
#include "base/utf8.h"
#include "functions/character_class.h"
#include "functions/families.h"

/* The replacement of each class; 0 leaves it as it is. */
struct masks {
    uint32_t codes[CHARACTER_CLASS_COUNT];
};

static const struct masks usual_masks = {{[CHARACTER_UPPER] = 'X',
                                          [CHARACTER_LOWER] = 'x',
                                          [CHARACTER_DIGIT] = 'n',
                                          [CHARACTER_OTHER] = '-'}};

static enum status take_masks(struct function_call *call, const struct value *args,
                              struct masks *out)
{
    for (uint32_t i = 0; i < CHARACTER_CLASS_COUNT; i++) {
        out->codes[i] = 0;
        if (args[i].is_null) {
            continue;
        }
        const struct text mask = args[i].text;
        if (utf8_utf16_length(mask) != 1) {
            return function_fail(call,
                                 "Invalid mask character. Must be only single character, but was "
                                 "'%.*s'",
                                 TEXT_ARGS(mask));
        }
        const char *next = mask.data;
        out->codes[i] = utf8_next(&next, mask.data + mask.bytes);
    }
    return STATUS_OK;
}

static size_t mask_code(const struct masks *masks, uint32_t code, char *out)
{
    const uint32_t mask = masks->codes[character_class_of(code)];
    size_t bytes = utf8_encode(out, mask ? mask : code);
    if (code > 0xFFFFU) { /* the second half of its pair, alone */
        const uint32_t other = masks->codes[CHARACTER_OTHER];
        bytes += utf8_encode(out + bytes, other ? other : '?');
    }
    return bytes;
}

/* Masks the units from start up to end and copies the rest. */
static enum status mask_part(struct function_call *call, const struct masks *masks,
                             struct text text, size_t start, size_t end, struct value *out)
{
    struct text before;
    struct text masked;
    struct text behind;
    TRY(utf8_slice(text, 0, start, call->arena, &before, call->diag));
    TRY(utf8_slice(text, start, end, call->arena, &masked, call->diag));
    TRY(utf8_slice(text, end, SIZE_MAX, call->arena, &behind, call->diag));
    /* A masked character gives at most twice UTF8_BYTES_MAX for its one byte or more. */
    char *data = arena_alloc(call->arena,
                             before.bytes + behind.bytes + masked.bytes * 2 * UTF8_BYTES_MAX + 1);
    if (!data) {
        return diag_no_memory(call->diag);
    }
    size_t bytes = before.bytes;
    memcpy(data, before.bytes ? before.data : "", before.bytes);
    const char *next = masked.data;
    while (next < masked.data + masked.bytes) {
        bytes += mask_code(masks, utf8_next(&next, masked.data + masked.bytes), data + bytes);
    }
    memcpy(data + bytes, behind.bytes ? behind.data : "", behind.bytes);
    *out = value_text((struct text){data, bytes + behind.bytes});
    return STATUS_OK;
}

/* Which units of a text of length units are masked, for a count of count. */
struct mask_range {
    size_t start;
    size_t end;
};

static size_t at_most(size_t count, size_t length)
{
    return count < length ? count : length;
}

static struct mask_range range_left(size_t length, size_t count)
{
    return (struct mask_range){0, at_most(count, length)};
}

static struct mask_range range_right(size_t length, size_t count)
{
    return (struct mask_range){length - at_most(count, length), length};
}

static struct mask_range range_keep_left(size_t length, size_t count)
{
    return (struct mask_range){at_most(count, length), length};
}

static struct mask_range range_keep_right(size_t length, size_t count)
{
    return (struct mask_range){0, length - at_most(count, length)};
}

static enum status mask_all(struct function_call *call, const struct value *args, struct value *out)
{
    struct masks masks = usual_masks;
    if (call->argument_count > 1) {
        TRY(take_masks(call, args + 1, &masks));
    }
    *out = VALUE_NULL;
    if (args[0].is_null) {
        return STATUS_OK;
    }
    return mask_part(call, &masks, args[0].text, 0, SIZE_MAX, out);
}

/* What tells MASK_LEFT, MASK_RIGHT and the others apart; the context of their rows. */
struct mask_form {
    struct mask_range (*range)(size_t length, size_t count);
};

static const struct mask_form left_form = {range_left};
static const struct mask_form right_form = {range_right};
static const struct mask_form keep_left_form = {range_keep_left};
static const struct mask_form keep_right_form = {range_keep_right};

static enum status mask_some(struct function_call *call, const struct value *args,
                             struct value *out)
{
    const struct mask_form *form = call->def->context;
    struct masks masks = usual_masks;
    if (call->argument_count > 2) {
        TRY(take_masks(call, args + 2, &masks));
    }
    if (args[1].int32 < 0) {
        return function_fail(call,
                             "function %s requires a non-negative number of characters to mask "
                             "or skip",
                             call->def->spelling);
    }
    *out = VALUE_NULL;
    if (args[0].is_null) {
        return STATUS_OK;
    }
    const struct mask_range range =
        form->range(utf8_utf16_length(args[0].text), (size_t)args[1].int32);
    return mask_part(call, &masks, args[0].text, range.start, range.end, out);
}

/* --- LPAD and RPAD --------------------------------------------------------------------- */

/* The length to pad to; -1 where the result is NULL. */
static enum status pad_length(struct function_call *call, const struct value *args, int64_t *out)
{
    *out = -1;
    if (args[0].is_null || args[1].is_null || args[2].is_null || args[2].text.bytes == 0 ||
        args[1].int32 < 0) {
        return STATUS_OK;
    }
    if (args[1].int32 > RECORD_BYTES_MAX) {
        return function_fail(call, "cannot pad to %d characters; the limit is %d", args[1].int32,
                             RECORD_BYTES_MAX);
    }
    *out = args[1].int32;
    return STATUS_OK;
}

/* padding again and again, cut to bytes. */
static void repeat(struct text padding, size_t bytes, char *out)
{
    for (size_t at = 0; at < bytes; at += padding.bytes) {
        memcpy(out + at, padding.data, at_most(padding.bytes, bytes - at));
    }
}

/* units of padding as UTF-8, in arena. */
static enum status make_padding(struct function_call *call, struct text padding, size_t units,
                                bool is_bytes, struct text *out)
{
    const size_t period = is_bytes ? padding.bytes : utf8_utf16_length(padding);
    struct text rest = {padding.data, units % period};
    if (!is_bytes) {
        TRY(utf8_slice(padding, 0, units % period, call->arena, &rest, call->diag));
    }
    const size_t whole = units / period * padding.bytes;
    char *data = arena_alloc(call->arena, whole + rest.bytes + 1);
    if (!data) {
        return diag_no_memory(call->diag);
    }
    repeat(padding, whole, data);
    memcpy(data + whole, rest.data, rest.bytes);
    *out = (struct text){data, whole + rest.bytes};
    return STATUS_OK;
}

static enum status join(struct function_call *call, struct text first, struct text second,
                        struct value *out)
{
    char *data = arena_alloc(call->arena, first.bytes + second.bytes + 1);
    if (!data) {
        return diag_no_memory(call->diag);
    }
    memcpy(data, first.bytes ? first.data : "", first.bytes);
    memcpy(data + first.bytes, second.bytes ? second.data : "", second.bytes);
    *out = value_text((struct text){data, first.bytes + second.bytes});
    return STATUS_OK;
}

static enum status pad(struct function_call *call, const struct value *args, bool is_left,
                       struct value *out)
{
    const bool is_bytes = call->result_type->kind == TYPE_BYTES;
    int64_t target = 0;
    struct text padding;
    TRY(pad_length(call, args, &target));
    *out = VALUE_NULL;
    if (target < 0) {
        return STATUS_OK;
    }
    struct text text = args[0].text;
    const size_t length = is_bytes ? text.bytes : utf8_utf16_length(text);
    if (length >= (size_t)target) {
        if (is_bytes) {
            text.bytes = (size_t)target;
        } else {
            TRY(utf8_slice(text, 0, (size_t)target, call->arena, &text, call->diag));
        }
        *out = value_text(text);
        return STATUS_OK;
    }
    TRY(make_padding(call, args[2].text, (size_t)target - length, is_bytes, &padding));
    return is_left ? join(call, padding, text, out) : join(call, text, padding, out);
}

static enum status pad_left(struct function_call *call, const struct value *args, struct value *out)
{
    return pad(call, args, true, out);
}

static enum status pad_right(struct function_call *call, const struct value *args,
                             struct value *out)
{
    return pad(call, args, false, out);
}

/* --- The table ------------------------------------------------------------------------- */

#define MASK_PARAMETERS "VARCHAR upper, VARCHAR lower, VARCHAR digit, VARCHAR other"
#define MASK_LINES                                                                                 \
    "\nupper: Replaces upper-case letters; NULL leaves them.\nlower: Replaces lower-case "         \
    "letters.\ndigit: Replaces digits.\nother: Replaces other characters."

#define MASK_FORM(upper, lower, form, text)                                                        \
    {.name = (upper),                                                                              \
     .spelling = (lower),                                                                          \
     .category = "STRING",                                                                         \
     .parameters = "VARCHAR input, INT numChars",                                                  \
     .returns = "VARCHAR",                                                                         \
     .flags = FUNCTION_PRIMITIVE_NUMBERS,                                                          \
     .call = mask_some,                                                                            \
     .context = &(form),                                                                           \
     .summary = (text),                                                                            \
     .manual = "input: The text.\nnumChars: How many characters."},                                \
    {                                                                                              \
        .name = (upper), .spelling = (lower), .category = "STRING",                                \
        .parameters = "VARCHAR input, INT numChars, " MASK_PARAMETERS, .returns = "VARCHAR",       \
        .flags = FUNCTION_PRIMITIVE_NUMBERS, .call = mask_some, .context = &(form),                \
        .manual = "input: The text.\nnumChars: How many characters." MASK_LINES                    \
    }

#define PAD(upper, lower, type, code, text)                                                        \
    {                                                                                              \
        .name = (upper), .spelling = (lower), .category = "STRING",                                \
        .parameters = type " input, INT targetLen, " type " padding", .returns = type,             \
        .call = (code), .summary = (text),                                                         \
        .manual = "input: What to pad; it is cut on the right when it is too long.\n"              \
                  "targetLen: The length of the result.\npadding: What to fill up with."           \
    }

static const struct function_def mask_table[] = {
    PAD("LPAD", "lpad", "VARCHAR", pad_left, "Pads a text or bytes on the left to a length."),
    PAD("LPAD", "lpad", "BYTES", pad_left, NULL),
    {.name = "MASK",
     .spelling = "mask",
     .category = "STRING",
     .parameters = "VARCHAR input",
     .returns = "VARCHAR",
     .call = mask_all,
     .summary = "Replaces upper-case letters by X, lower-case ones by x, digits by n and all "
                "else by -.",
     .manual = "input: The text."},
    {.name = "MASK",
     .spelling = "mask",
     .category = "STRING",
     .parameters = "VARCHAR input, " MASK_PARAMETERS,
     .returns = "VARCHAR",
     .call = mask_all,
     .manual = "input: The text." MASK_LINES},
    MASK_FORM("MASK_KEEP_LEFT", "mask_keep_left", keep_left_form,
              "Masks a text but for its first characters."),
    MASK_FORM("MASK_KEEP_RIGHT", "mask_keep_right", keep_right_form,
              "Masks a text but for its last characters."),
    MASK_FORM("MASK_LEFT", "mask_left", left_form, "Masks the first characters of a text."),
    MASK_FORM("MASK_RIGHT", "mask_right", right_form, "Masks the last characters of a text."),
    PAD("RPAD", "rpad", "VARCHAR", pad_right, "Pads a text or bytes on the right to a length."),
    PAD("RPAD", "rpad", "BYTES", pad_right, NULL),
};

const struct function_family mask_family = {
    .functions = mask_table, .function_count = sizeof(mask_table) / sizeof(mask_table[0])};
