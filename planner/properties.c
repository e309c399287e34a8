/* properties.c
 *
 * A property list is matched against a table sorted by name; values are literals, and each row
 * says which type it takes. Numbers and booleans may also be written as strings, as Kafka's
 * configuration parser has it. A refusal happens while a statement is being prepared, before
 * anything is looked up, and its message starts accordingly.
 */
#include "planner/properties.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/bounds.h"

enum property_type { PROPERTY_TEXT, PROPERTY_NUMBER, PROPERTY_BOOLEAN };

struct property_row {
    const char *name;
    enum property_type type;
    unsigned clauses; /* enum property_clause bits */
    int64_t min, max; /* of numbers */
    const char *number_type;
};

enum { BOTH = CLAUSE_CREATE | CLAUSE_CREATE_AS };

/* In the order of enum property_id. */
static const struct property_row rows[] = {
    {"CLEANUP_POLICY", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"FORMAT", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"KAFKA_TOPIC", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"KEY_DELIMITER", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"KEY_FORMAT", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"KEY_PROTOBUF_NULLABLE_REPRESENTATION", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"KEY_SCHEMA_FULL_NAME", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"KEY_SCHEMA_ID", PROPERTY_NUMBER, BOTH, INT32_MIN, INT32_MAX, "INT"},
    {"PARTITIONS", PROPERTY_NUMBER, BOTH, 1, PARTITION_COUNT_MAX, "INT"},
    {"QUERY_ID", PROPERTY_TEXT, CLAUSE_INSERT, 0, 0, NULL},
    {"REPLICAS", PROPERTY_NUMBER, BOTH, -1, INT16_MAX, "SHORT"},
    {"RETENTION_MS", PROPERTY_NUMBER, BOTH, -1, INT64_MAX, "LONG"},
    {"SOURCED_BY_CONNECTOR", PROPERTY_TEXT, CLAUSE_CREATE, 0, 0, NULL},
    {"SOURCE_CONNECTOR", PROPERTY_TEXT, CLAUSE_CREATE, 0, 0, NULL},
    {"TIMESTAMP", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"TIMESTAMP_FORMAT", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"VALUE_AVRO_SCHEMA_FULL_NAME", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"VALUE_DELIMITER", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"VALUE_FORMAT", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"VALUE_PROTOBUF_NULLABLE_REPRESENTATION", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"VALUE_SCHEMA_FULL_NAME", PROPERTY_TEXT, BOTH, 0, 0, NULL},
    {"VALUE_SCHEMA_ID", PROPERTY_NUMBER, BOTH, INT32_MIN, INT32_MAX, "INT"},
    {"WINDOW_SIZE", PROPERTY_TEXT, CLAUSE_CREATE, 0, 0, NULL},
    {"WINDOW_TYPE", PROPERTY_TEXT, CLAUSE_CREATE, 0, 0, NULL},
    {"WRAP_SINGLE_VALUE", PROPERTY_BOOLEAN, BOTH, 0, 0, NULL},
};

static_assert(sizeof(rows) / sizeof(rows[0]) == PROPERTY_COUNT, "one row per property");

#define PREPARE "Failed to prepare statement: "

const char *property_name(enum property_id id)
{
    assert(id < PROPERTY_COUNT);
    return rows[id].name;
}

static enum status fail_value(struct diag *diag, const struct property *property,
                              const char *reason)
{
    return diag_fail(diag, STATUS_INVALID, property->value->pos,
                     PREPARE "Invalid value for configuration %.*s: %s", TEXT_ARGS(property->name),
                     reason);
}

static enum status read_number(const struct property *property, const struct property_row *row,
                               struct property_value *out, struct diag *diag)
{
    const struct expression *value = property->value;
    char digits[24] = {0};
    char *end = digits;
    if (value->kind == EXPRESSION_INTEGER) {
        out->number = value->integer;
    } else if (value->kind == EXPRESSION_BIGINT) {
        out->number = value->bigint;
    } else if (value->kind == EXPRESSION_STRING && value->string.bytes > 0 &&
               value->string.bytes < sizeof(digits)) {
        memcpy(digits, value->string.data, value->string.bytes);
        errno = 0;
        out->number = strtoll(digits, &end, 10);
    }
    const bool is_text = value->kind == EXPRESSION_STRING;
    const bool is_number = value->kind == EXPRESSION_INTEGER || value->kind == EXPRESSION_BIGINT;
    if ((!is_text && !is_number) || (is_text && (end == digits || *end != '\0' || errno))) {
        return diag_fail(diag, STATUS_INVALID, value->pos,
                         PREPARE "Invalid value %.*s for configuration %s: Not a number of type "
                                 "%s",
                         is_text ? (int)value->string.bytes : 0, is_text ? value->string.data : "",
                         row->name, row->number_type);
    }
    if (out->number < row->min || out->number > row->max) {
        return diag_fail(diag, STATUS_INVALID, value->pos,
                         PREPARE "Invalid value %lld for configuration %s: Value must be between "
                                 "%lld and %lld",
                         (long long)out->number, row->name, (long long)row->min,
                         (long long)row->max);
    }
    return STATUS_OK;
}

static enum status read_boolean(const struct property *property, struct property_value *out,
                                struct diag *diag)
{
    const struct expression *value = property->value;
    if (value->kind == EXPRESSION_BOOLEAN) {
        out->boolean = value->boolean;
        return STATUS_OK;
    }
    const bool is_text = value->kind == EXPRESSION_STRING;
    if (is_text && text_equal_nocase(value->string, TEXT("true"))) {
        out->boolean = true;
        return STATUS_OK;
    }
    if (is_text && text_equal_nocase(value->string, TEXT("false"))) {
        out->boolean = false;
        return STATUS_OK;
    }
    return fail_value(diag, property, "Expected value to be either true or false");
}

static enum status read_value(const struct property *property, const struct property_row *row,
                              struct property_value *out, struct diag *diag)
{
    if (row->type == PROPERTY_NUMBER) {
        return read_number(property, row, out, diag);
    }
    if (row->type == PROPERTY_BOOLEAN) {
        return read_boolean(property, out, diag);
    }
    if (property->value->kind != EXPRESSION_STRING) {
        return fail_value(diag, property, "Expected value to be a string");
    }
    out->text = property->value->string;
    return STATUS_OK;
}

static const struct property_row *find_row(struct text name, enum property_clause clause)
{
    for (size_t i = 0; i < PROPERTY_COUNT; i++) {
        if ((rows[i].clauses & (unsigned)clause) && text_equal(text_of(rows[i].name), name)) {
            return &rows[i];
        }
    }
    return NULL;
}

static bool is_set(const struct properties *properties, enum property_id id)
{
    return properties->values[id].is_set;
}

static enum status check_exclusive(const struct properties *properties, struct diag *diag)
{
    const enum property_id sides[] = {PROPERTY_KEY_FORMAT, PROPERTY_VALUE_FORMAT};
    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        if (is_set(properties, PROPERTY_FORMAT) && is_set(properties, sides[i])) {
            return diag_fail(diag, STATUS_INVALID, properties->values[sides[i]].pos,
                             PREPARE "Cannot supply both '%s' and 'FORMAT' properties, as "
                                     "'FORMAT' sets both key and value formats. Either use just "
                                     "'FORMAT', or use 'KEY_FORMAT' and 'VALUE_FORMAT'.",
                             rows[sides[i]].name);
        }
    }
    if (is_set(properties, PROPERTY_VALUE_AVRO_SCHEMA_FULL_NAME) &&
        is_set(properties, PROPERTY_VALUE_SCHEMA_FULL_NAME)) {
        return diag_fail(diag, STATUS_INVALID,
                         properties->values[PROPERTY_VALUE_AVRO_SCHEMA_FULL_NAME].pos,
                         PREPARE "Cannot supply both 'VALUE_AVRO_SCHEMA_FULL_NAME' and "
                                 "'VALUE_SCHEMA_FULL_NAME' properties. Please only set "
                                 "'VALUE_SCHEMA_FULL_NAME'.");
    }
    if (is_set(properties, PROPERTY_CLEANUP_POLICY)) {
        return diag_fail(diag, STATUS_INVALID, properties->values[PROPERTY_CLEANUP_POLICY].pos,
                         "Invalid config variable in the WITH clause: CLEANUP_POLICY.\n"
                         "The CLEANUP_POLICY config is automatically inferred based on the type "
                         "of source (STREAM or TABLE).\n"
                         "Users can't set the CLEANUP_POLICY config manually.");
    }
    return STATUS_OK;
}

enum status properties_read(const struct property_list *list, enum property_clause clause,
                            struct properties *out, struct diag *diag)
{
    struct properties properties = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct property *property = &list->items[i];
        const struct property_row *row = find_row(property->name, clause);
        if (!row) {
            return diag_fail(diag, STATUS_INVALID, property->pos,
                             PREPARE "Invalid config variable(s) in the WITH clause: %.*s",
                             TEXT_ARGS(property->name));
        }
        struct property_value *value = &properties.values[row - rows];
        value->pos = property->pos;
        if (property->value->kind == EXPRESSION_NULL) {
            continue; /* as if it were not there */
        }
        TRY(read_value(property, row, value, diag));
        value->is_set = true;
    }
    TRY(check_exclusive(&properties, diag));
    *out = properties;
    return STATUS_OK;
}

/* --- Durations --------------------------------------------------------------------------- */

struct duration_unit {
    const char *name; /* singular; a final S is optional */
    int64_t ms;
};

static const struct duration_unit units[] = {
    {"DAY", 86400000}, {"HOUR", 3600000}, {"MINUTE", 60000}, {"SECOND", 1000}, {"MILLISECOND", 1},
};

static int64_t unit_ms(struct text name)
{
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        const struct text unit = text_of(units[i].name);
        struct text singular = name;
        if (name.bytes == unit.bytes + 1 && (name.data[unit.bytes] | 0x20) == 's') {
            singular.bytes--;
        }
        if (text_equal_nocase(singular, unit)) {
            return units[i].ms;
        }
    }
    return 0;
}

enum status property_parse_duration(struct text text, int64_t *out_ms, struct diag *diag)
{
    size_t digits = 0;
    int64_t count = 0;
    bool is_too_large = false;
    while (digits < text.bytes && text.data[digits] >= '0' && text.data[digits] <= '9') {
        is_too_large |= __builtin_mul_overflow(count, 10, &count) ||
                        __builtin_add_overflow(count, text.data[digits] - '0', &count);
        digits++;
    }
    size_t at = digits;
    while (at < text.bytes && (text.data[at] == ' ' || text.data[at] == '\t')) {
        at++;
    }
    const struct text unit = {text.data + at, text.bytes - at};
    const int64_t ms = unit_ms(unit);
    if (digits == 0 || at == digits) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid duration: '%.*s'. Expected a number and a time unit, such as "
                         "'10 SECONDS'",
                         TEXT_ARGS(text));
    }
    if (ms == 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid duration: '%.*s'. Unknown time unit: '%.*s'", TEXT_ARGS(text),
                         TEXT_ARGS(unit));
    }
    if (is_too_large || __builtin_mul_overflow(count, ms, out_ms)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid duration: '%.*s'. It is too long", TEXT_ARGS(text));
    }
    return STATUS_OK;
}
