/* json_document.c
 *
 * A node is read by kind; items gather in a growing array that doubles within the arena. After
 * an object is read its repeated keys are folded: a pass over all pairs for a few members, a
 * hash index for many, so that no object takes quadratic time.
 *
 * Printing writes numbers as BigDecimal.toPlainString would: 1.50 stays 1.50, 1e3 is 1000.
 */
#include "functions/json_document.h"

#include <assert.h>
#include <stdlib.h>

#include "functions/value_index.h"

enum { ITEMS_FIRST = 8, FOLDED_BY_PAIRS_MAX = 16 };

struct builder {
    struct json_reader reader;
    struct arena *arena;
    struct diag *diag;
};

static enum status read_node(struct builder *builder, struct json_node *out);

static enum status add_item(struct builder *builder, struct json_node *parent,
                            const struct json_node *item)
{
    const uint32_t count = parent->count;
    if (count == 0 || (count >= ITEMS_FIRST && (count & (count - 1)) == 0)) {
        const size_t capacity = count == 0 ? ITEMS_FIRST : (size_t)count * 2;
        const struct json_node **items = arena_array(builder->arena, capacity, sizeof(*items));
        if (!items) {
            return diag_no_memory(builder->diag);
        }
        for (uint32_t i = 0; i < count; i++) {
            items[i] = parent->items[i];
        }
        parent->items = items;
    }
    parent->items[parent->count++] = item;
    return STATUS_OK;
}

/* Puts the member in place of an earlier one with its key; false when there is none. */
static bool replace_by_pairs(struct json_node *object, uint32_t kept,
                             const struct json_node *member)
{
    for (uint32_t i = 0; i < kept; i++) {
        if (text_equal(object->items[i]->key, member->key)) {
            object->items[i] = member;
            return true;
        }
    }
    return false;
}

static void fold_by_pairs(struct json_node *object)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < object->count; i++) {
        if (!replace_by_pairs(object, kept, object->items[i])) {
            object->items[kept++] = object->items[i];
        }
    }
    object->count = kept;
}

static enum status fold_by_index(struct builder *builder, struct json_node *object)
{
    struct value_index index;
    struct value *keys = arena_array(builder->arena, object->count, sizeof(*keys));
    if (!keys) {
        return diag_no_memory(builder->diag);
    }
    TRY(value_index_init(&index, builder->arena, type_of(TYPE_STRING), object->count,
                         builder->diag));
    uint32_t kept = 0;
    for (uint32_t i = 0; i < object->count; i++) {
        const struct value key = value_text(object->items[i]->key);
        const int64_t at = value_index_find(&index, keys, &key);
        if (at >= 0) {
            object->items[at] = object->items[i];
            continue;
        }
        object->items[kept] = object->items[i];
        keys[kept] = key;
        value_index_add(&index, keys, kept);
        kept++;
    }
    object->count = kept;
    return STATUS_OK;
}

static enum status read_key(struct builder *builder, struct json_node *member)
{
    struct text raw;
    bool has_escapes = false;
    if (!json_read_key(&builder->reader, &raw, &has_escapes)) {
        return STATUS_INVALID;
    }
    return json_unescape(builder->arena, raw, &member->key, builder->diag);
}

static enum status read_items(struct builder *builder, struct json_node *parent)
{
    const char close = parent->kind == JSON_OBJECT ? '}' : ']';
    bool has_item = false;
    if (!json_enter(&builder->reader)) {
        return STATUS_INVALID;
    }
    for (bool is_first = true;; is_first = false) {
        if (!json_next(&builder->reader, is_first, &has_item)) {
            return STATUS_INVALID;
        }
        if (!has_item) {
            return builder->reader.next[-1] == close ? STATUS_OK : STATUS_INVALID;
        }
        struct json_node *item = ARENA_NEW(builder->arena, struct json_node);
        if (!item) {
            return diag_no_memory(builder->diag);
        }
        if (parent->kind == JSON_OBJECT) {
            TRY(read_key(builder, item));
        }
        TRY(read_node(builder, item));
        TRY(add_item(builder, parent, item));
    }
}

static enum status read_node(struct builder *builder, struct json_node *out)
{
    struct text raw;
    bool has_escapes = false;
    out->kind = json_peek(&builder->reader);
    switch (out->kind) {
    case JSON_OBJECT:
        TRY(read_items(builder, out));
        if (out->count > FOLDED_BY_PAIRS_MAX) {
            return fold_by_index(builder, out);
        }
        fold_by_pairs(out);
        return STATUS_OK;
    case JSON_ARRAY:
        return read_items(builder, out);
    case JSON_STRING:
        if (!json_read_string(&builder->reader, &raw, &has_escapes)) {
            return STATUS_INVALID;
        }
        return json_unescape(builder->arena, raw, &out->text, builder->diag);
    case JSON_INTEGER:
    case JSON_FRACTION:
        return json_read_number(&builder->reader, &out->text, &out->kind) ? STATUS_OK
                                                                          : STATUS_INVALID;
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        return json_skip(&builder->reader, &raw) ? STATUS_OK : STATUS_INVALID;
    case JSON_END:
    case JSON_INVALID:
        break;
    }
    return STATUS_INVALID;
}

enum status json_document_read(struct text text, struct arena *arena, const struct json_node **out,
                               struct diag *diag)
{
    struct text root;
    struct json_node *node = ARENA_NEW(arena, struct json_node);
    if (!node) {
        return diag_no_memory(diag);
    }
    if (!json_skip_root(text, &root)) {
        return STATUS_INVALID;
    }
    node->kind = JSON_END;
    if (root.bytes > 0) {
        struct builder builder = {.reader = json_reader_of(root), .arena = arena, .diag = diag};
        TRY(read_node(&builder, node));
    }
    *out = node;
    return STATUS_OK;
}

void json_print_string(struct text text, struct buffer *out)
{
    static const char letters[] = "\"\\\b\f\n\r\t";
    static const char escapes[] = "\"\\bfnrt";
    buffer_append_byte(out, '"');
    size_t run = 0; /* start of what needs no escape */
    for (size_t i = 0; i < text.bytes; i++) {
        const unsigned char byte = (unsigned char)text.data[i];
        if (byte >= ' ' && byte != '"' && byte != '\\') {
            continue;
        }
        buffer_append(out, text.data + run, i - run);
        run = i + 1;
        const char *at = byte ? strchr(letters, (char)byte) : NULL;
        if (at) {
            buffer_append_byte(out, '\\');
            buffer_append_byte(out, escapes[at - letters]);
        } else {
            buffer_printf(out, "\\u%04X", byte);
        }
    }
    buffer_append(out, text.data + run, text.bytes - run);
    buffer_append_byte(out, '"');
}

/* The digits of a number's text without its point, and how many stand behind the point, less
 * its exponent: digits * 10^-scale. False when the exponent is out of all bounds. */
static bool split_number(struct text number, struct buffer *digits, int64_t *scale)
{
    bool is_behind_point = false;
    *scale = 0;
    for (size_t i = 0; i < number.bytes; i++) {
        const char next = number.data[i];
        if (next == '.') {
            is_behind_point = true;
        } else if (next == 'e' || next == 'E') {
            if (number.bytes - i > 12) {
                return false;
            }
            char exponent[16] = {0};
            memcpy(exponent, number.data + i + 1, number.bytes - i - 1);
            *scale -= strtoll(exponent, NULL, 10);
            return true;
        } else if (next != '-') {
            buffer_append_byte(digits, next);
            *scale += is_behind_point ? 1 : 0;
        }
    }
    return true;
}

static void append_zeros(struct buffer *out, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        buffer_append_byte(out, '0');
    }
}

/* BigDecimal.toPlainString of digits * 10^-scale. */
static void print_plain(bool is_negative, struct text digits, int64_t scale, struct buffer *out)
{
    size_t zeros = 0;
    while (zeros + 1 < digits.bytes && digits.data[zeros] == '0') {
        zeros++;
    }
    const struct text kept = {digits.data + zeros, digits.bytes - zeros};
    const bool is_zero = kept.bytes == 1 && kept.data[0] == '0';
    if (is_negative && !is_zero) {
        buffer_append_byte(out, '-');
    }
    if (scale <= 0) {
        buffer_append_text(out, kept);
        append_zeros(out, is_zero ? 0 : -scale);
        return;
    }
    const int64_t whole = (int64_t)kept.bytes - scale;
    if (whole > 0) {
        buffer_append(out, kept.data, (size_t)whole);
        buffer_append_byte(out, '.');
        buffer_append(out, kept.data + whole, (size_t)scale);
        return;
    }
    buffer_append_string(out, "0.");
    append_zeros(out, -whole);
    buffer_append_text(out, kept);
}

static bool print_number(const struct json_node *node, struct buffer *out)
{
    int64_t scale = 0;
    if (node->kind == JSON_INTEGER) {
        buffer_append_text(out, text_equal(node->text, TEXT("-0")) ? TEXT("0") : node->text);
        return true;
    }
    struct buffer digits;
    buffer_init(&digits);
    const bool is_printable = split_number(node->text, &digits, &scale) &&
                              scale <= JSON_SCALE_MAX && scale >= -JSON_SCALE_MAX;
    if (digits.has_failed) {
        out->has_failed = true;
    } else if (is_printable) {
        print_plain(node->text.data[0] == '-', buffer_text(&digits), scale, out);
    }
    buffer_release(&digits);
    return is_printable;
}

bool json_document_print(const struct json_node *node, struct buffer *out)
{
    const bool is_object = node->kind == JSON_OBJECT;
    switch (node->kind) {
    case JSON_NULL:
        buffer_append_string(out, "null");
        return true;
    case JSON_TRUE:
        buffer_append_string(out, "true");
        return true;
    case JSON_FALSE:
        buffer_append_string(out, "false");
        return true;
    case JSON_INTEGER:
    case JSON_FRACTION:
        return print_number(node, out);
    case JSON_STRING:
        json_print_string(node->text, out);
        return true;
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    case JSON_END:
    case JSON_INVALID:
        return true;
    }
    buffer_append_byte(out, is_object ? '{' : '[');
    for (uint32_t i = 0; i < node->count; i++) {
        buffer_append_string(out, i > 0 ? "," : "");
        if (is_object) {
            json_print_string(node->items[i]->key, out);
            buffer_append_byte(out, ':');
        }
        if (!json_document_print(node->items[i], out)) {
            return false;
        }
    }
    buffer_append_byte(out, is_object ? '}' : ']');
    return true;
}
