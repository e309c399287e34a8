/* timestamp_rules.c
 *
 * The column is written as a string in the WITH clause but read as a column name: upper case
 * unless it is quoted inside.
 */
#include "planner/timestamp_rules.h"

#include "base/time_pattern.h"
#include "parser/parser.h"
#include "planner/names.h"

static enum status read_column_name(const struct planner *planner,
                                    const struct property_value *given, struct text *out)
{
    struct expression *expression = NULL;
    struct diag ignored;
    const enum status status =
        parser_parse_expression(given->text, planner->arena, &expression, &ignored);
    if (status == STATUS_NO_MEMORY) {
        return diag_no_memory(planner->diag);
    }
    if (status != STATUS_OK || expression->kind != EXPRESSION_COLUMN) {
        return diag_fail(planner->diag, STATUS_INVALID, given->pos,
                         "Failed to prepare statement: Configuration TIMESTAMP is invalid: Could "
                         "not parse column reference: '%.*s'",
                         TEXT_ARGS(given->text));
    }
    *out = expression->column.name.name;
    return STATUS_OK;
}

/* What cannot be compiled could not read a single record. */
static enum status check_pattern(const struct planner *planner, const struct property_value *format)
{
    const struct time_pattern *ignored;
    struct diag reason;
    const enum status status = time_pattern_compile(format->text, TIME_PATTERN_JAVA_TIME,
                                                    planner->arena, &ignored, &reason);
    if (status == STATUS_NO_MEMORY) {
        return diag_no_memory(planner->diag);
    }
    if (status == STATUS_OK) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, format->pos,
                     "Invalid datetime format for config:TIMESTAMP_FORMAT, reason:%s",
                     reason.message);
}

static enum status check_type(const struct planner *planner, const struct schema_column *column,
                              const struct property_value *given,
                              const struct property_value *format)
{
    const enum type_kind kind = column->type->kind;
    if (kind == TYPE_STRING) {
        if (format->is_set) {
            return check_pattern(planner, format);
        }
        return diag_fail(planner->diag, STATUS_INVALID, given->pos,
                         "A String timestamp field has been specified without also specifying "
                         "the timestamp_format");
    }
    if (format->is_set) {
        return diag_fail(planner->diag, STATUS_INVALID, format->pos,
                         "'TIMESTAMP_FORMAT' set in the WITH clause can only be used when the "
                         "timestamp column is of type STRING.");
    }
    if (kind == TYPE_BIGINT || kind == TYPE_TIMESTAMP) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, given->pos,
                     "Timestamp column, `%.*s`, should be LONG(INT64), TIMESTAMP, or a String "
                     "with a timestamp_format specified",
                     TEXT_ARGS(column->name));
}

enum status timestamp_choose(const struct planner *planner, const struct properties *properties,
                             const struct schema *schema, struct timestamp_spec *out)
{
    const struct property_value *given = &properties->values[PROPERTY_TIMESTAMP];
    const struct property_value *format = &properties->values[PROPERTY_TIMESTAMP_FORMAT];
    *out = (struct timestamp_spec){.source = TIMESTAMP_OF_RECORD};
    if (!given->is_set) {
        return STATUS_OK;
    }
    struct text name;
    TRY(read_column_name(planner, given, &name));
    const int index = schema_find(schema, name);
    if (index < 0 || schema->columns[index].role == COLUMN_HEADERS) {
        return diag_fail(planner->diag, STATUS_INVALID, given->pos,
                         "The TIMESTAMP column set in the WITH clause does not exist in the "
                         "schema: '%.*s'",
                         TEXT_ARGS(name));
    }
    TRY(check_type(planner, &schema->columns[index], given, format));
    out->source = TIMESTAMP_OF_COLUMN;
    out->column = schema->columns[index].name;
    out->pattern = format->text;
    return STATUS_OK;
}
