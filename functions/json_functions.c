/* json_functions.c
 *
 * The JSON family. Texts are read by functions/json_reader.h, as Jackson reads them for ksqlDB:
 * what follows the first value is ignored, numbers are exact. Bad JSON is an error of the call
 * unless the function says otherwise.
 *
 * Source: ksqlDB's package function.udf.json and UdfJsonMapper.
 */
#include <stdlib.h>

#include "base/number_text.h"
#include "functions/families.h"
#include "functions/json_document.h"
#include "functions/json_path.h"
#include "functions/json_value.h"
#include "functions/value_index.h"

static enum status fail_format(struct function_call *call, struct text json)
{
    return function_fail(call, "Invalid JSON format:%.*s", TEXT_ARGS(json));
}

/* Turns the STATUS_INVALID of a reader into the function's error. */
static enum status read_document(struct function_call *call, struct text json,
                                 const struct json_node **out)
{
    const enum status status = json_document_read(json, call->arena, out, call->diag);
    return status == STATUS_INVALID ? fail_format(call, json) : status;
}

/* The value's JSON text, in the call's arena. */
static enum status print_node(struct function_call *call, const struct json_node *node,
                              struct text *out)
{
    struct buffer printed;
    buffer_init(&printed);
    const bool is_printable = json_document_print(node, &printed);
    enum status status = buffer_status(&printed, call->diag);
    if (status == STATUS_OK && !is_printable) {
        status = function_fail(call, "a number's exponent is beyond %d", JSON_SCALE_MAX);
    }
    if (status == STATUS_OK) {
        *out = arena_text(call->arena, buffer_text(&printed));
        status = out->data ? STATUS_OK : diag_no_memory(call->diag);
    }
    buffer_release(&printed);
    return status;
}

/* --- EXTRACTJSONFIELD ------------------------------------------------------------------ */

/* The raw text for a string, else the JSON text. */
static enum status return_field(struct function_call *call, struct text json, struct value *out)
{
    struct text text;
    const struct json_node *node = NULL;
    TRY(read_document(call, json, &node));
    if (node->kind == JSON_STRING) {
        *out = value_text(node->text);
        return STATUS_OK;
    }
    TRY(print_node(call, node, &text));
    *out = value_text(text);
    return STATUS_OK;
}

static enum status extract_field(struct function_call *call, const struct value *args,
                                 struct value *out)
{
    struct json_path parsed;
    struct text found;
    const struct json_path *path = call->prepared;
    if (!path) {
        TRY(json_path_parse(args[1].text, call->arena, &parsed, call->diag));
        path = &parsed;
    }
    const enum status status = json_path_find(path, args[0].text, call->arena, &found, call->diag);
    if (status != STATUS_OK) {
        return status == STATUS_INVALID ? fail_format(call, args[0].text) : status;
    }
    *out = VALUE_NULL;
    return found.data ? return_field(call, found, out) : STATUS_OK;
}

static enum status extract_prepare(const struct function_prepare *prepare, void **prepared,
                                   struct diag *diag)
{
    const struct value *literal = prepare->literals[1];
    if (!literal || literal->is_null) {
        return STATUS_OK;
    }
    struct json_path *path = ARENA_NEW(prepare->arena, struct json_path);
    const struct text text = arena_text(prepare->arena, literal->text);
    if (!path || !text.data) {
        return diag_no_memory(diag);
    }
    const enum status status = json_path_parse(text, prepare->arena, path, diag);
    if (status == STATUS_OK) {
        *prepared = path;
    }
    return status == STATUS_NO_MEMORY ? status : STATUS_OK; /* a bad path fails at each row */
}

/* --- Questions about a text ------------------------------------------------------------ */

static enum status is_json_string(struct function_call *call, const struct value *args,
                                  struct value *out)
{
    struct text root;
    (void)call;
    *out = value_boolean(!args[0].is_null && json_skip_root(args[0].text, &root) && root.bytes > 0);
    return STATUS_OK;
}

static enum status json_array_length(struct function_call *call, const struct value *args,
                                     struct value *out)
{
    const struct json_node *node = NULL;
    TRY(read_document(call, args[0].text, &node));
    *out = node->kind == JSON_ARRAY ? value_int32((int32_t)node->count) : VALUE_NULL;
    return STATUS_OK;
}

/* What an item of JSON_ARRAY_CONTAINS says about the wanted value. */
enum match { MATCH_NO, MATCH_YES, MATCH_FAILURE };

static enum match match_number(struct json_reader *reader, const struct type *type,
                               const struct value *wanted)
{
    struct text number;
    enum json_kind kind;
    int64_t whole = 0;
    double real = 0.0;
    if (!json_read_number(reader, &number, &kind)) {
        return MATCH_FAILURE;
    }
    if (wanted->is_null) {
        return MATCH_NO;
    }
    if (kind == JSON_INTEGER && (type->kind == TYPE_INTEGER || type->kind == TYPE_BIGINT)) {
        const bool is_int = type->kind == TYPE_INTEGER;
        if (!number_text_parse_int64(number, &whole) ||
            (is_int && (whole > INT32_MAX || whole < INT32_MIN))) {
            return MATCH_FAILURE; /* Jackson refuses to read it as the value's class */
        }
        return whole == (is_int ? wanted->int32 : wanted->int64) ? MATCH_YES : MATCH_NO;
    }
    if (kind == JSON_FRACTION && type->kind == TYPE_DOUBLE &&
        number_text_parse_double(number, NUMBER_TEXT_NAMES_REFUSED, &real)) {
        return real == wanted->real ? MATCH_YES : MATCH_NO;
    }
    return MATCH_NO;
}

static enum status match_string(struct function_call *call, struct json_reader *reader,
                                const struct value *wanted, enum match *out)
{
    struct text raw;
    bool has_escapes = false;
    if (!json_read_string(reader, &raw, &has_escapes)) {
        *out = MATCH_FAILURE;
        return STATUS_OK;
    }
    *out = MATCH_NO;
    if (!wanted->is_null && call->argument_types[1]->kind == TYPE_STRING) {
        TRY(json_unescape(call->arena, raw, &raw, call->diag));
        *out = text_equal(raw, wanted->text) ? MATCH_YES : MATCH_NO;
    }
    return STATUS_OK;
}

static enum status match_item(struct function_call *call, struct json_reader *reader,
                              const struct value *wanted, enum match *out)
{
    const struct type *type = call->argument_types[1];
    const enum json_kind kind = json_peek(reader);
    struct text slice;
    if (kind == JSON_INTEGER) {
        *out = match_number(reader, type, wanted);
        return STATUS_OK;
    }
    if (kind == JSON_STRING) {
        return match_string(call, reader, wanted, out);
    }
    *out = MATCH_NO;
    if (!json_skip(reader, &slice)) {
        *out = MATCH_FAILURE;
    } else if (kind == JSON_NULL) {
        *out = wanted->is_null ? MATCH_YES : MATCH_NO;
    } else if ((kind == JSON_TRUE || kind == JSON_FALSE) && !wanted->is_null &&
               type->kind == TYPE_BOOLEAN) {
        *out = wanted->boolean == (kind == JSON_TRUE) ? MATCH_YES : MATCH_NO;
    }
    return STATUS_OK;
}

/* The text is read as far as the first match only. */
static enum status json_array_contains(struct function_call *call, const struct value *args,
                                       struct value *out)
{
    if (args[0].is_null) {
        return function_fail(call, "argument \"content\" is null");
    }
    struct json_reader reader = json_reader_of(args[0].text);
    enum match match = MATCH_NO;
    bool has_item = true;
    *out = value_boolean(false);
    if (json_peek(&reader) != JSON_ARRAY || !json_enter(&reader)) {
        return STATUS_OK;
    }
    for (bool is_first = true; match == MATCH_NO; is_first = false) {
        if (!json_next(&reader, is_first, &has_item) || !has_item) {
            return STATUS_OK;
        }
        TRY(match_item(call, &reader, &args[1], &match));
    }
    out->boolean = match == MATCH_YES;
    return STATUS_OK;
}

/* --- Parts and wholes ------------------------------------------------------------------ */

static enum status json_items(struct function_call *call, const struct value *args,
                              struct value *out)
{
    const struct json_node *node = NULL;
    TRY(read_document(call, args[0].text, &node));
    if (node->kind != JSON_ARRAY) {
        return fail_format(call, args[0].text);
    }
    struct value_list *list = value_list_create(call->arena, node->count);
    if (!list) {
        return diag_no_memory(call->diag);
    }
    for (uint32_t i = 0; i < node->count; i++) {
        struct text text;
        TRY(print_node(call, node->items[i], &text));
        list->items[i] = value_text(text);
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status json_keys(struct function_call *call, const struct value *args,
                             struct value *out)
{
    const struct json_node *node = NULL;
    TRY(read_document(call, args[0].text, &node));
    *out = VALUE_NULL;
    if (node->kind != JSON_OBJECT) {
        return STATUS_OK;
    }
    struct value_list *list = value_list_create(call->arena, node->count);
    if (!list) {
        return diag_no_memory(call->diag);
    }
    for (uint32_t i = 0; i < node->count; i++) {
        list->items[i] = value_text(node->items[i]->key);
    }
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status json_records(struct function_call *call, const struct value *args,
                                struct value *out)
{
    const struct json_node *node = NULL;
    TRY(read_document(call, args[0].text, &node));
    *out = VALUE_NULL;
    if (node->kind != JSON_OBJECT) {
        return STATUS_OK;
    }
    struct value_map *map = value_map_create(call->arena, node->count);
    if (!map) {
        return diag_no_memory(call->diag);
    }
    for (uint32_t i = 0; i < node->count; i++) { /* the keys are distinct already */
        struct text text = node->items[i]->text;
        if (node->items[i]->kind != JSON_STRING) {
            TRY(print_node(call, node->items[i], &text));
        }
        map->keys[i] = value_text(node->items[i]->key);
        map->values[i] = value_text(text);
    }
    map->count = node->count;
    *out = (struct value){.map = map};
    return STATUS_OK;
}

static void put_member(struct json_node *object, struct value_index *index, struct value *keys,
                       const struct json_node *member)
{
    const struct value key = value_text(member->key);
    const int64_t at = value_index_find(index, keys, &key);
    if (at >= 0) {
        object->items[at] = member;
        return;
    }
    object->items[object->count] = member;
    keys[object->count] = key;
    value_index_add(index, keys, object->count);
    object->count++;
}

static enum status merge_objects(struct function_call *call, const struct json_node **nodes,
                                 struct json_node *out)
{
    struct value_index index;
    struct value *keys = arena_array(call->arena, out->count, sizeof(*keys));
    if (!keys) {
        return diag_no_memory(call->diag);
    }
    TRY(value_index_init(&index, call->arena, type_of(TYPE_STRING), out->count, call->diag));
    out->kind = JSON_OBJECT;
    out->count = 0;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        for (uint32_t item = 0; item < nodes[i]->count; item++) {
            put_member(out, &index, keys, nodes[i]->items[item]);
        }
    }
    return STATUS_OK;
}

/* Items of arrays, and other values as they are. */
static void chain_arrays(const struct json_node **nodes, uint32_t count, struct json_node *out)
{
    out->kind = JSON_ARRAY;
    out->count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (nodes[i]->kind != JSON_ARRAY) {
            out->items[out->count++] = nodes[i];
            continue;
        }
        for (uint32_t item = 0; item < nodes[i]->count; item++) {
            out->items[out->count++] = nodes[i]->items[item];
        }
    }
}

/* Reads all arguments; *is_null when one is NULL or has no value. */
static enum status read_all(struct function_call *call, const struct value *args,
                            const struct json_node **nodes, bool *is_null, bool *are_objects)
{
    *is_null = false;
    *are_objects = true;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (args[i].is_null) {
            *is_null = true;
            return STATUS_OK;
        }
        TRY(read_document(call, args[i].text, &nodes[i]));
        if (nodes[i]->kind == JSON_END) {
            *is_null = true;
            return STATUS_OK;
        }
        *are_objects = *are_objects && nodes[i]->kind == JSON_OBJECT;
    }
    return STATUS_OK;
}

static enum status json_concat(struct function_call *call, const struct value *args,
                               struct value *out)
{
    const uint32_t count = call->argument_count;
    const struct json_node **nodes = arena_array(call->arena, count, sizeof(*nodes));
    struct json_node whole = {.count = count};
    bool is_null = false;
    bool are_objects = false;
    struct text text;
    if (!nodes) {
        return diag_no_memory(call->diag);
    }
    if (count == 0) {
        return function_fail(call, "JSON_CONCAT needs an argument");
    }
    *out = VALUE_NULL;
    TRY(read_all(call, args, nodes, &is_null, &are_objects));
    if (is_null) {
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < count; i++) {
        whole.count += nodes[i]->count;
    }
    whole.items = arena_array(call->arena, whole.count, sizeof(*whole.items));
    if (!whole.items) {
        return diag_no_memory(call->diag);
    }
    if (are_objects) {
        TRY(merge_objects(call, nodes, &whole));
    } else {
        chain_arrays(nodes, count, &whole);
    }
    TRY(print_node(call, count == 1 ? nodes[0] : &whole, &text));
    *out = value_text(text);
    return STATUS_OK;
}

static enum status to_json_string(struct function_call *call, const struct value *args,
                                  struct value *out)
{
    struct buffer printed;
    buffer_init(&printed);
    enum status status =
        json_value_print(call->argument_types[0], &args[0], call->arena, &printed, call->diag);
    if (status == STATUS_OK) {
        status = buffer_status(&printed, call->diag);
    }
    if (status == STATUS_OK) {
        status = function_return_text(call, buffer_text(&printed), out);
    }
    buffer_release(&printed);
    return status;
}

/* --- The table ------------------------------------------------------------------------- */

#define JSON_ROW(upper, params, result, options, code, text, lines)                                \
    .name = (upper), .category = "JSON", .parameters = (params), .returns = (result),              \
    .flags = (options), .call = (code), .summary = (text), .manual = (lines)

static const struct function_def json_table[] = {
    {JSON_ROW("EXTRACTJSONFIELD", "VARCHAR input, VARCHAR path", "VARCHAR", FUNCTION_STRICT,
              extract_field, "Returns the value that a path leads to in a JSON text.",
              "input: The JSON text.\n"
              "path: $, then .name, [index] or [\"quoted name\"] any number of times."),
     .prepare = extract_prepare},
    {JSON_ROW("IS_JSON_STRING", "VARCHAR input", "BOOLEAN", 0, is_json_string,
              "Tells whether a text is valid JSON.", "input: The text.")},
    {JSON_ROW("JSON_ARRAY_CONTAINS", "VARCHAR jsonArray, T val", "BOOLEAN", 0, json_array_contains,
              "Tells whether a value is an item of a JSON array.",
              "jsonArray: The JSON text.\nval: The value; its type must be the item's.")},
    {JSON_ROW("JSON_ARRAY_LENGTH", "VARCHAR jsonArray", "INT", FUNCTION_STRICT, json_array_length,
              "Returns how many items a JSON array has; NULL for other JSON values.",
              "jsonArray: The JSON text.")},
    {JSON_ROW("JSON_CONCAT", "VARCHAR... jsonStrings", "VARCHAR", 0, json_concat,
              "Merges JSON objects, of equal keys the last; or chains JSON arrays, taking other "
              "values as arrays of one item.",
              "jsonStrings: The JSON texts; NULL is returned when one is NULL.")},
    {JSON_ROW("JSON_ITEMS", "VARCHAR jsonItems", "ARRAY<VARCHAR>", FUNCTION_STRICT, json_items,
              "Returns the items of a JSON array, as JSON texts.", "jsonItems: The JSON text.")},
    {JSON_ROW("JSON_KEYS", "VARCHAR jsonObj", "ARRAY<VARCHAR>", FUNCTION_STRICT, json_keys,
              "Returns the keys of a JSON object; NULL for other JSON values.",
              "jsonObj: The JSON text.")},
    {JSON_ROW("JSON_RECORDS", "VARCHAR jsonObj", "MAP<VARCHAR, VARCHAR>", FUNCTION_STRICT,
              json_records,
              "Returns a map of the members of a JSON object: strings as they are, other values "
              "as JSON texts; NULL for other JSON values.",
              "jsonObj: The JSON text.")},
    {JSON_ROW("TO_JSON_STRING", "T input", "VARCHAR", 0, to_json_string,
              "Returns any value as a JSON text.", "input: The value.")},
};

const struct function_family json_family = {
    .functions = json_table, .function_count = sizeof(json_table) / sizeof(json_table[0])};
