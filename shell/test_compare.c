/* test_compare.c
 *
 * Two trees are walked side by side, led by the SQL type where it is known: only the type tells
 * a DOUBLE, which is compared as a quantity, from a DECIMAL, which is compared as digits. Where
 * it is not known (a topic without a source) numbers with a fraction count as DOUBLE.
 */
#include "shell/test_compare.h"

#include <ctype.h>
#include <math.h>

#include "base/buffer.h"
#include "formats/json_number.h"
#include "shell/test_record.h"

static const double double_tolerance = 1e-6;

static bool values_match(const struct type *type, const struct tree *actual,
                         const struct tree *expected);

/* --- Numbers ------------------------------------------------------------------------------ */

static struct json_number scan_number(const struct tree *tree)
{
    struct json_scan scan = {.begin = tree->source.data,
                             .end = tree->source.data + tree->source.bytes};
    struct json_number number = {0};
    (void)json_number_scan(&scan, scan.begin, &number); /* the tree's parser has checked it */
    return number;
}

/* Printed as BigDecimal does, two numbers are equal when digits and scale are. */
static bool digits_match(const struct json_number *a, const struct json_number *b)
{
    struct buffer a_text;
    struct buffer b_text;
    buffer_init(&a_text);
    buffer_init(&b_text);
    json_number_print(a, &a_text);
    json_number_print(b, &b_text);
    const bool match = !a_text.has_failed && !b_text.has_failed &&
                       text_equal(buffer_text(&a_text), buffer_text(&b_text));
    buffer_release(&a_text);
    buffer_release(&b_text);
    return match;
}

static bool is_zeros(struct text digits)
{
    size_t i = 0;
    while (i < digits.bytes && digits.data[i] == '0') {
        i++;
    }
    return i == digits.bytes;
}

/* 3.0 stands for the whole number 3. */
static bool whole_numbers_match(const struct json_number *actual,
                                const struct json_number *expected)
{
    return actual->is_integral && expected->exponent == 0 && is_zeros(expected->fraction) &&
           actual->is_negative == expected->is_negative &&
           text_equal(actual->whole, expected->whole);
}

static bool numbers_match(const struct type *type, const struct tree *actual,
                          const struct tree *expected)
{
    const struct json_number a = scan_number(actual);
    const struct json_number b = scan_number(expected);
    if (type && type->kind == TYPE_DECIMAL) {
        return digits_match(&a, &b);
    }
    if (whole_numbers_match(&a, &b)) {
        return true;
    }
    const bool is_double = type ? type->kind == TYPE_DOUBLE : !(a.is_integral && b.is_integral);
    return is_double && fabs(json_number_double(&a) - json_number_double(&b)) <= double_tolerance;
}

bool test_compare_numbers(const struct tree *actual, const struct tree *expected)
{
    return numbers_match(NULL, actual, expected);
}

/* --- Containers --------------------------------------------------------------------------- */

static bool arrays_match(const struct type *type, const struct tree *actual,
                         const struct tree *expected)
{
    const struct tree *a = actual->first;
    for (const struct tree *b = expected->first; b; b = b->next, a = a->next) {
        if (!a || !values_match(type ? type->element : NULL, a, b)) {
            return false;
        }
    }
    return a == NULL;
}

static bool is_capitals_of(struct text capitals, struct text name)
{
    if (capitals.bytes != name.bytes) {
        return false;
    }
    for (size_t i = 0; i < name.bytes; i++) {
        if (capitals.data[i] != (char)toupper((unsigned char)name.data[i])) {
            return false;
        }
    }
    return true;
}

static const struct tree *find_expected(const struct tree *expected, struct text name)
{
    const struct tree *found = tree_find(expected, name);
    for (const struct tree *member = expected->first; member && !found; member = member->next) {
        found = is_capitals_of(name, member->name) ? member : NULL;
    }
    return found;
}

static const struct tree *find_actual(const struct tree *actual, struct text name)
{
    const struct tree *found = tree_find(actual, name);
    for (const struct tree *member = actual->first; member && !found; member = member->next) {
        found = is_capitals_of(member->name, name) ? member : NULL;
    }
    return found;
}

static const struct type *member_type(const struct type *type, struct text name)
{
    if (!type || type->kind == TYPE_MAP) {
        return type ? type->element : NULL;
    }
    const int index = type->kind == TYPE_STRUCT ? type_find_field(type, name) : -1;
    return index >= 0 ? type->fields[index].type : NULL;
}

/* Both ways round, so that two names cannot stand for one. A member that is not there reads as
 * null, as it does in ksqlDB's runner: so names do not count where both sides are null. */
static bool objects_match(const struct type *type, const struct tree *actual,
                          const struct tree *expected)
{
    if (actual->count != expected->count) {
        return false;
    }
    for (const struct tree *b = expected->first; b; b = b->next) {
        const struct tree *a = find_actual(actual, b->name);
        if (a ? !values_match(member_type(type, a->name), a, b) : b->kind != TREE_NULL) {
            return false;
        }
    }
    for (const struct tree *a = actual->first; a; a = a->next) {
        if (a->kind != TREE_NULL && !find_expected(expected, a->name)) {
            return false;
        }
    }
    return true;
}

/* Decimals of AVRO are shown with zeros in front, as many as the precision has room for. */
static bool padded_equal(struct text plain, struct text digits)
{
    const bool are_negative =
        text_starts_with(plain, TEXT("-")) && text_starts_with(digits, TEXT("-"));
    plain = (struct text){plain.data + are_negative, plain.bytes - are_negative};
    digits = (struct text){digits.data + are_negative, digits.bytes - are_negative};
    while (digits.bytes > 1 && digits.data[0] == '0' &&
           isdigit((unsigned char)digits.data[1])) {
        digits.data++;
        digits.bytes--;
    }
    return text_equal(plain, digits);
}

/* Recursion is bounded by TREE_DEPTH_MAX. */
static bool values_match(const struct type *type, const struct tree *actual,
                         const struct tree *expected)
{
    if (actual->kind != expected->kind) {
        return type && type->kind == TYPE_DECIMAL && actual->kind == TREE_NUMBER &&
               expected->kind == TREE_STRING &&
               padded_equal(actual->text, expected->text);
    }
    switch (actual->kind) {
    case TREE_NULL:
        return true;
    case TREE_NUMBER:
        return numbers_match(type, actual, expected);
    case TREE_ARRAY:
        return arrays_match(type, actual, expected);
    case TREE_OBJECT:
        return objects_match(type, actual, expected);
    case TREE_BOOLEAN:
    case TREE_STRING:
        break;
    }
    return text_equal(actual->text, expected->text);
}

/* --- Records ------------------------------------------------------------------------------ */

static bool sides_match(const struct test_view_side *actual, const struct tree *expected)
{
    if (!actual->tree || tree_is_null(expected)) {
        return tree_is_null(actual->tree) && tree_is_null(expected);
    }
    const bool is_container = expected->kind == TREE_OBJECT || expected->kind == TREE_ARRAY;
    if (actual->is_text) {
        return !is_container && text_equal(actual->tree->text, expected->text);
    }
    return values_match(actual->type, actual->tree, expected);
}

static enum status window_matches(const struct test_view *actual, const struct tree *record,
                                  bool *out, struct diag *diag)
{
    struct test_window window;
    TRY(test_window_read(record, &window, diag));
    *out = window.is_given == actual->is_windowed &&
           (!window.is_given ||
            (window.is_session == actual->is_session && window.start_ms == actual->start_ms &&
             window.end_ms == actual->end_ms));
    return STATUS_OK;
}

static bool header_value_matches(struct text actual, struct text expected)
{
    return text_equal(actual, expected) && (actual.data == NULL) == (expected.data == NULL);
}

static enum status headers_match(struct arena *arena, const struct record *actual,
                                 const struct tree *expected, bool *out, struct diag *diag)
{
    const struct record_header *headers = NULL;
    uint32_t count = 0;
    TRY(test_headers_read(arena, expected, &headers, &count, diag));
    *out = count == actual->header_count;
    for (uint32_t i = 0; i < count && *out; i++) {
        *out = text_equal(actual->headers[i].key, headers[i].key) &&
               header_value_matches(actual->headers[i].value, headers[i].value);
    }
    return STATUS_OK;
}

enum status test_compare_record(struct arena *arena, const struct test_view *actual,
                                const struct tree *expected, const char **out_part,
                                struct diag *diag)
{
    bool has_window = false;
    bool has_headers = false;
    int64_t time_ms = 0;
    *out_part = NULL;
    TRY(window_matches(actual, expected, &has_window, diag));
    TRY(headers_match(arena, actual->record, expected, &has_headers, diag));
    TRY(tree_get_int64(expected, "timestamp", actual->time_ms, &time_ms, diag));
    if (!sides_match(&actual->key, tree_find(expected, TEXT("key")))) {
        *out_part = "key";
    } else if (!sides_match(&actual->value, tree_find(expected, TEXT("value")))) {
        *out_part = "value";
    } else if (time_ms != actual->time_ms) {
        *out_part = "timestamp";
    } else if (!has_window) {
        *out_part = "window";
    } else if (!has_headers) {
        *out_part = "headers";
    }
    return STATUS_OK;
}
