/* array_functions.c
 *
 * The ARRAY family. Elements are equal as Java's equals has it and ordered as its compareTo;
 * functions that look for equal elements use a hash index, so none takes quadratic time.
 * Results share the elements of their arguments.
 *
 * ksqlDB's ARRAY_SORT sorts its argument in place, which shows when an expression uses the same
 * array twice; here arrays are immutable.
 *
 * Source: ksqlDB's package function.udf.array and udf.list.Slice.
 */
#include <assert.h>
#include <string.h>

#include "base/decimal.h"
#include "base/number_text.h"
#include "functions/array_sort.h"
#include "functions/families.h"
#include "functions/natural_order.h"
#include "functions/value_index.h"

enum { SERIES_ITEMS_MAX = 1 << 20 }; /* 32 MiB of values for one call */

static void copy_items(struct value *to, const struct value_list *from)
{
    if (from->count) { /* an empty list may have no items array */
        memcpy(to, from->items, from->count * sizeof(*to));
    }
}

static enum status return_list(struct function_call *call, struct value_list *list,
                               struct value *out)
{
    if (!list) {
        return diag_no_memory(call->diag);
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

/* --- Sets: results without repetition, in order of first sight ------------------------- */

struct set_build {
    struct value_list *list;
    struct value_index index;
};

static enum status set_init(struct function_call *call, uint32_t capacity, struct set_build *set)
{
    set->list = value_list_create(call->arena, capacity);
    if (!set->list) {
        return diag_no_memory(call->diag);
    }
    set->list->count = 0;
    return value_index_init(&set->index, call->arena, call->argument_types[0]->element, capacity,
                            call->diag);
}

static bool set_has(const struct set_build *set, const struct value *item)
{
    return value_index_find(&set->index, set->list->items, item) >= 0;
}

static void set_add(struct set_build *set, const struct value *item)
{
    if (!set_has(set, item)) {
        set->list->items[set->list->count] = *item;
        value_index_add(&set->index, set->list->items, set->list->count);
        set->list->count++;
    }
}

static void set_add_all(struct set_build *set, const struct value_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        set_add(set, &list->items[i]);
    }
}

static enum status array_distinct(struct function_call *call, const struct value *args,
                                  struct value *out)
{
    struct set_build set;
    TRY(set_init(call, args[0].list->count, &set));
    set_add_all(&set, args[0].list);
    return return_list(call, set.list, out);
}

static enum status array_union(struct function_call *call, const struct value *args,
                               struct value *out)
{
    struct set_build set;
    TRY(set_init(call, args[0].list->count + args[1].list->count, &set));
    set_add_all(&set, args[0].list);
    set_add_all(&set, args[1].list);
    return return_list(call, set.list, out);
}

/* The distinct elements of the first array that are in the second, or are not. */
static enum status select_members(struct function_call *call, const struct value *args,
                                  bool wants_members, struct value *out)
{
    struct set_build other;
    struct set_build kept;
    TRY(set_init(call, args[1].list->count, &other));
    TRY(set_init(call, args[0].list->count, &kept));
    set_add_all(&other, args[1].list);
    for (uint32_t i = 0; i < args[0].list->count; i++) {
        const struct value *item = &args[0].list->items[i];
        if (set_has(&other, item) == wants_members) {
            set_add(&kept, item);
        }
    }
    return return_list(call, kept.list, out);
}

static enum status array_except(struct function_call *call, const struct value *args,
                                struct value *out)
{
    return select_members(call, args, false, out);
}

static enum status array_intersect(struct function_call *call, const struct value *args,
                                   struct value *out)
{
    return select_members(call, args, true, out);
}

/* --- Parts and wholes ------------------------------------------------------------------ */

static enum status array_concat(struct function_call *call, const struct value *args,
                                struct value *out)
{
    if (args[0].is_null || args[1].is_null) {
        *out = args[0].is_null ? args[1] : args[0];
        return STATUS_OK;
    }
    const struct value_list *first = args[0].list;
    const struct value_list *second = args[1].list;
    struct value_list *list = value_list_create(call->arena, first->count + second->count);
    if (list) {
        copy_items(list->items, first);
        copy_items(list->items + first->count, second);
    }
    return return_list(call, list, out);
}

static enum status array_contains(struct function_call *call, const struct value *args,
                                  struct value *out)
{
    *out = value_boolean(false);
    if (args[0].is_null) {
        return STATUS_OK;
    }
    const struct value_list *list = args[0].list;
    for (uint32_t i = 0; i < list->count && !out->boolean; i++) {
        out->boolean = natural_equal(call->argument_types[0]->element, &list->items[i], &args[1]);
    }
    return STATUS_OK;
}

static enum status array_length(struct function_call *call, const struct value *args,
                                struct value *out)
{
    (void)call;
    *out = value_int32((int32_t)args[0].list->count);
    return STATUS_OK;
}

static enum status array_remove(struct function_call *call, const struct value *args,
                                struct value *out)
{
    if (args[0].is_null) {
        *out = VALUE_NULL;
        return STATUS_OK;
    }
    const struct value_list *from = args[0].list;
    struct value_list *list = value_list_create(call->arena, from->count);
    if (!list) {
        return diag_no_memory(call->diag);
    }
    list->count = 0;
    for (uint32_t i = 0; i < from->count; i++) {
        if (!natural_equal(call->argument_types[0]->element, &from->items[i], &args[1])) {
            list->items[list->count++] = from->items[i];
        }
    }
    return return_list(call, list, out);
}

static enum status array_slice(struct function_call *call, const struct value *args,
                               struct value *out)
{
    *out = VALUE_NULL;
    if (args[0].is_null) {
        return STATUS_OK;
    }
    const struct value_list *from = args[0].list;
    const int64_t start = args[1].is_null ? 0 : (int64_t)args[1].int32 - 1;
    const int64_t end = args[2].is_null ? (int64_t)from->count : args[2].int32;
    if (start < 0 || end > from->count) {
        return STATUS_OK;
    }
    if (start > end) {
        return function_fail(call, "fromIndex(%lld) > toIndex(%lld)", (long long)start,
                             (long long)end);
    }
    struct value_list *list = ARENA_NEW(call->arena, struct value_list);
    if (list) {
        *list = (struct value_list){.count = (uint32_t)(end - start), .items = from->items + start};
    }
    return return_list(call, list, out);
}

/* --- Order ----------------------------------------------------------------------------- */

/* direction: 1 for the largest, -1 for the smallest. */
static enum status pick(struct function_call *call, const struct value_list *list, int direction,
                        struct value *out)
{
    const struct type *type = call->result_type;
    TRY(array_sort_check(call, type));
    struct value best = VALUE_NULL;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct value *item = &list->items[i];
        if (!item->is_null && (best.is_null || natural_order(type, item, &best) * direction > 0)) {
            best = *item;
        }
    }
    *out = best;
    return STATUS_OK;
}

static enum status array_max(struct function_call *call, const struct value *args,
                             struct value *out)
{
    return pick(call, args[0].list, 1, out);
}

static enum status array_min(struct function_call *call, const struct value *args,
                             struct value *out)
{
    return pick(call, args[0].list, -1, out);
}

static bool parse_direction(struct text word, bool *is_descending)
{
    *is_descending =
        text_equal_nocase(word, TEXT("DESC")) || text_equal_nocase(word, TEXT("DESCENDING"));
    return *is_descending || text_equal_nocase(word, TEXT("ASC")) ||
           text_equal_nocase(word, TEXT("ASCENDING"));
}

static enum status array_sort(struct function_call *call, const struct value *args,
                              struct value *out)
{
    bool is_descending = false;
    *out = VALUE_NULL;
    if (call->argument_count > 1 && !parse_direction(args[1].text, &is_descending)) {
        return STATUS_OK;
    }
    const struct type *element = call->result_type->element;
    TRY(array_sort_check(call, element));
    struct value_list *list = value_list_create(call->arena, args[0].list->count);
    if (!list) {
        return diag_no_memory(call->diag);
    }
    copy_items(list->items, args[0].list);
    TRY(array_sort_values(element, list->items, list->count, is_descending, call->arena,
                          call->diag));
    return return_list(call, list, out);
}

/* --- Text ------------------------------------------------------------------------------ */

/* What Java calls the values that ARRAY_JOIN refuses. */
static const char *java_class_name(enum type_kind kind)
{
    static const char *const names[TYPE_KIND_COUNT] = {[TYPE_BYTES] = "java.nio.HeapByteBuffer",
                                                       [TYPE_DATE] = "java.sql.Date",
                                                       [TYPE_TIME] = "java.sql.Time",
                                                       [TYPE_TIMESTAMP] = "java.sql.Timestamp",
                                                       [TYPE_ARRAY] = "java.util.ArrayList",
                                                       [TYPE_MAP] = "java.util.HashMap",
                                                       [TYPE_STRUCT] =
                                                           "org.apache.kafka.connect.data.Struct"};
    return names[kind];
}

/* BigDecimal.toString: with an exponent where more than six zeros would follow the point. */
static void join_decimal(const struct type *type, int128 value, struct buffer *out)
{
    char text[160];
    const int32_t digits = decimal_digits(value);
    const int32_t exponent = digits - 1 - type->scale;
    if (decimal_text_bytes_max(type->scale) > sizeof(text) || exponent < -6) {
        const size_t bytes = decimal_text(text, value, 0);
        const size_t sign = value < 0 ? 1 : 0;
        buffer_append(out, text, sign + 1);
        if (bytes > sign + 1) {
            buffer_append_byte(out, '.');
            buffer_append(out, text + sign + 1, bytes - sign - 1);
        }
        buffer_printf(out, "E%d", exponent);
        return;
    }
    buffer_append(out, text, decimal_text(text, value, type->scale));
}

static void join_element(const struct type *type, const struct value *item, struct buffer *out)
{
    char text[NUMBER_TEXT_DOUBLE_BYTES_MAX];
    if (item->is_null) {
        buffer_append_string(out, "null");
    } else if (type->kind == TYPE_STRING) {
        buffer_append_text(out, item->text);
    } else if (type->kind == TYPE_BOOLEAN) {
        buffer_append_string(out, item->boolean ? "true" : "false");
    } else if (type->kind == TYPE_INTEGER) {
        buffer_append(out, text, number_text_int32(text, item->int32));
    } else if (type->kind == TYPE_BIGINT) {
        buffer_append(out, text, number_text_int64(text, item->int64));
    } else if (type->kind == TYPE_DOUBLE) {
        buffer_append(out, text, number_text_double(text, item->real));
    } else {
        assert(type->kind == TYPE_DECIMAL);
        join_decimal(type, item->decimal, out);
    }
}

static enum status array_join(struct function_call *call, const struct value *args,
                              struct value *out)
{
    *out = VALUE_NULL;
    if (args[0].is_null) {
        return STATUS_OK;
    }
    struct text delimiter = TEXT(",");
    if (call->argument_count > 1) {
        delimiter = args[1].is_null ? TEXT("") : args[1].text;
    }
    const struct type *element = call->argument_types[0]->element;
    const struct value_list *list = args[0].list;
    struct buffer joined;
    buffer_init(&joined);
    for (uint32_t i = 0; i < list->count; i++) {
        if (!list->items[i].is_null && java_class_name(element->kind)) {
            buffer_release(&joined);
            return function_fail(call,
                                 "error: hit element of type %s which is currently not supported",
                                 java_class_name(element->kind));
        }
        buffer_append_text(&joined, i > 0 ? delimiter : TEXT(""));
        join_element(element, &list->items[i], &joined);
    }
    enum status status = buffer_status(&joined, call->diag);
    if (status == STATUS_OK) {
        status = function_return_text(call, buffer_text(&joined), out);
    }
    buffer_release(&joined);
    return status;
}

/* --- GENERATE_SERIES ------------------------------------------------------------------- */

static enum status make_series(struct function_call *call, int64_t start, int64_t end, int32_t step,
                               struct value *out)
{
    if (step == 0) {
        return function_fail(call, "GENERATE_SERIES step cannot be zero");
    }
    if ((end > start && step < 0) || (end < start && step > 0)) {
        return function_fail(call, "GENERATE_SERIES step has wrong sign");
    }
    const int128 count = ((int128)end - start) / step + 1;
    if (count > SERIES_ITEMS_MAX) {
        return function_fail(call, "GENERATE_SERIES makes at most %d items", SERIES_ITEMS_MAX);
    }
    struct value_list *list = value_list_create(call->arena, (uint32_t)count);
    if (!list) {
        return diag_no_memory(call->diag);
    }
    const bool is_int = call->result_type->element->kind == TYPE_INTEGER;
    for (uint32_t i = 0; i < list->count; i++) {
        const int64_t item = start + (int64_t)i * step;
        list->items[i] = is_int ? value_int32((int32_t)item) : value_int64(item);
    }
    return return_list(call, list, out);
}

static enum status generate_series(struct function_call *call, const struct value *args,
                                   struct value *out)
{
    const bool is_int = call->result_type->element->kind == TYPE_INTEGER;
    const int64_t start = is_int ? args[0].int32 : args[0].int64;
    const int64_t end = is_int ? args[1].int32 : args[1].int64;
    const int32_t usual_step = end > start ? 1 : -1;
    return make_series(call, start, end, call->argument_count > 2 ? args[2].int32 : usual_step,
                       out);
}

/* --- The table ------------------------------------------------------------------------- */

#define ARRAY_ROW(upper, lower, params, result, options, code, text, lines)                        \
    {                                                                                              \
        .name = (upper), .spelling = (lower), .category = "ARRAY", .parameters = (params),         \
        .returns = (result), .flags = (options), .call = (code), .summary = (text),                \
        .manual = (lines)                                                                          \
    }

#define PAIR_LINES "left: The first array.\nright: The second array."
#define SERIES_LINES                                                                               \
    "start: The first number.\nend: The last number, or the limit where step passes over it."

static const struct function_def array_table[] = {
    ARRAY_ROW("ARRAY_CONCAT", "array_concat", "ARRAY<T> left, ARRAY<T> right", "ARRAY<T>", 0,
              array_concat, "Appends one array to another; a NULL array adds nothing.", PAIR_LINES),
    ARRAY_ROW("ARRAY_CONTAINS", "array_contains", "ARRAY<T> array, T val", "BOOLEAN", 0,
              array_contains, "Tells whether a value is an element of an array.",
              "array: The array.\nval: The value; NULL is found, too."),
    ARRAY_ROW("ARRAY_DISTINCT", "array_distinct", "ARRAY<T> array", "ARRAY<T>", FUNCTION_STRICT,
              array_distinct, "Returns the distinct elements of an array.", "array: The array."),
    ARRAY_ROW("ARRAY_EXCEPT", "array_except", "ARRAY<T> left, ARRAY<T> right", "ARRAY<T>",
              FUNCTION_STRICT, array_except,
              "Returns the distinct elements of an array that are not in another.", PAIR_LINES),
    ARRAY_ROW("ARRAY_INTERSECT", "array_intersect", "ARRAY<T> left, ARRAY<T> right", "ARRAY<T>",
              FUNCTION_STRICT, array_intersect,
              "Returns the distinct elements that two arrays share.", PAIR_LINES),
    ARRAY_ROW("ARRAY_JOIN", "array_join", "ARRAY<T> array", "VARCHAR", 0, array_join,
              "Joins the elements of an array to one text.", "array: The array."),
    ARRAY_ROW("ARRAY_JOIN", "array_join", "ARRAY<T> array, VARCHAR delimiter", "VARCHAR", 0,
              array_join, NULL,
              "array: The array.\ndelimiter: Stands between elements; a comma if not given."),
    ARRAY_ROW("ARRAY_LENGTH", "array_length", "ARRAY<T> array", "INT", FUNCTION_STRICT,
              array_length, "Returns how many elements an array has.", "array: The array."),
    ARRAY_ROW("ARRAY_MAX", "array_max", "ARRAY<T> array", "T", FUNCTION_STRICT, array_max,
              "Returns the largest element of an array; NULLs are skipped.", "array: The array."),
    ARRAY_ROW("ARRAY_MIN", "array_min", "ARRAY<T> array", "T", FUNCTION_STRICT, array_min,
              "Returns the smallest element of an array; NULLs are skipped.", "array: The array."),
    ARRAY_ROW("ARRAY_REMOVE", "array_remove", "ARRAY<T> array, T victim", "ARRAY<T>", 0,
              array_remove, "Removes all elements that equal a value.",
              "array: The array.\nvictim: The value; NULL removes NULLs."),
    ARRAY_ROW("ARRAY_SORT", "array_sort", "ARRAY<T> input", "ARRAY<T>", FUNCTION_STRICT, array_sort,
              "Sorts an array; NULLs come last.", "input: The array."),
    ARRAY_ROW("ARRAY_SORT", "array_sort", "ARRAY<T> input, VARCHAR direction", "ARRAY<T>",
              FUNCTION_STRICT, array_sort, NULL,
              "input: The array.\ndirection: 'ASC' or 'DESC'; NULL is returned for others."),
    ARRAY_ROW("ARRAY_UNION", "array_union", "ARRAY<T> left, ARRAY<T> right", "ARRAY<T>",
              FUNCTION_STRICT, array_union, "Returns the distinct elements of two arrays.",
              PAIR_LINES),
    ARRAY_ROW("GENERATE_SERIES", "generate_series", "INT start, INT end", "ARRAY<INT>",
              FUNCTION_PRIMITIVE_NUMBERS, generate_series,
              "Makes an array of the numbers from one to another.", SERIES_LINES),
    ARRAY_ROW("GENERATE_SERIES", "generate_series", "BIGINT start, BIGINT end", "ARRAY<BIGINT>",
              FUNCTION_PRIMITIVE_NUMBERS, generate_series, NULL, SERIES_LINES),
    ARRAY_ROW("GENERATE_SERIES", "generate_series", "INT start, INT end, INT step", "ARRAY<INT>",
              FUNCTION_PRIMITIVE_NUMBERS, generate_series, NULL,
              SERIES_LINES "\nstep: What to add each time."),
    ARRAY_ROW("GENERATE_SERIES", "generate_series", "BIGINT start, BIGINT end, INT step",
              "ARRAY<BIGINT>", FUNCTION_PRIMITIVE_NUMBERS, generate_series, NULL,
              SERIES_LINES "\nstep: What to add each time."),
    ARRAY_ROW("SLICE", "slice", "ARRAY<T> in, INT from, INT to", "ARRAY<T>", 0, array_slice,
              "Returns part of an array; NULL when it does not reach so far.",
              "in: The array.\nfrom: The first position, from 1; NULL for the start.\n"
              "to: The last position; NULL for the end."),
};

const struct function_family array_family = {
    .functions = array_table, .function_count = sizeof(array_table) / sizeof(array_table[0])};
