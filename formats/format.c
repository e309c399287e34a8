/* format.c
 *
 * One table holds what the formats can do; every check is a walk over the columns against a row
 * of it. A check that fails is worded as ksqlDB words it: first the reason alone goes into the
 * diag, then format_check puts the three lines that name format and columns in front, because
 * that is how ksqlDB wraps the failure of any serde.
 *
 * MAP in keys is refused before the format is asked, and without the wrapping lines. */
#include "formats/format.h"

#include <assert.h>
#include <stdio.h>

static const struct format_info formats[FORMAT_KIND_COUNT] = {
    {.kind = FORMAT_NONE, .name = "NONE"},
    {.kind = FORMAT_KAFKA, .name = "KAFKA", .can_unwrap = true},
    {.kind = FORMAT_DELIMITED,
     .name = "DELIMITED",
     .is_multi_column = true,
     .can_unwrap = true,
     .properties = FORMAT_DELIMITER},
    {.kind = FORMAT_JSON,
     .name = "JSON",
     .is_multi_column = true,
     .is_nested = true,
     .can_wrap = true,
     .can_unwrap = true},
    {.kind = FORMAT_JSON_SR,
     .name = "JSON_SR",
     .is_multi_column = true,
     .is_nested = true,
     .uses_registry = true,
     .can_wrap = true,
     .can_unwrap = true,
     .properties = FORMAT_FULL_SCHEMA_NAME | FORMAT_SCHEMA_ID},
    {.kind = FORMAT_AVRO,
     .name = "AVRO",
     .is_multi_column = true,
     .is_nested = true,
     .uses_registry = true,
     .can_wrap = true,
     .can_unwrap = true,
     .properties = FORMAT_FULL_SCHEMA_NAME | FORMAT_SCHEMA_ID},
    {.kind = FORMAT_PROTOBUF,
     .name = "PROTOBUF",
     .is_multi_column = true,
     .is_nested = true,
     .uses_registry = true,
     .can_wrap = true,
     .properties = FORMAT_FULL_SCHEMA_NAME | FORMAT_SCHEMA_ID | FORMAT_SUBJECT_NAME |
                   FORMAT_UNWRAP_PRIMITIVES | FORMAT_NULLABLE_REPRESENTATION},
    {.kind = FORMAT_PROTOBUF_NOSR,
     .name = "PROTOBUF_NOSR",
     .is_multi_column = true,
     .is_nested = true,
     .can_wrap = true,
     .can_unwrap = true,
     .properties = FORMAT_UNWRAP_PRIMITIVES | FORMAT_NULLABLE_REPRESENTATION},
};

/* What each format says of a MAP whose keys are not STRING; NULL where maps never get so far. */
static const char *const map_key_messages[FORMAT_KIND_COUNT] = {
    [FORMAT_JSON] = "JSON only supports MAP types with STRING keys",
    [FORMAT_JSON_SR] = "JSON only supports MAP types with STRING keys",
    [FORMAT_AVRO] = "Avro only supports MAPs with STRING keys",
    [FORMAT_PROTOBUF] = "PROTOBUF format only supports MAP types with STRING keys",
    [FORMAT_PROTOBUF_NOSR] = "PROTOBUF format only supports MAP types with STRING keys",
};

const struct format_info *format_info(enum format_kind kind)
{
    assert(kind < FORMAT_KIND_COUNT);
    assert(formats[kind].kind == kind);
    return &formats[kind];
}

const struct format_info *format_find(struct text name)
{
    for (size_t i = 0; i < FORMAT_KIND_COUNT; i++) {
        if (text_equal_nocase(name, text_of(formats[i].name))) {
            return &formats[i];
        }
    }
    return NULL;
}

enum status format_parse(struct text name, enum format_kind *out, struct diag *diag)
{
    const struct format_info *info = format_find(name);
    if (!info) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "Unknown format: %.*s",
                         TEXT_ARGS(name));
    }
    *out = info->kind;
    return STATUS_OK;
}

const char *format_property_name(enum format_property property)
{
    switch (property) {
    case FORMAT_DELIMITER:
        return "delimiter";
    case FORMAT_FULL_SCHEMA_NAME:
        return "fullSchemaName";
    case FORMAT_SCHEMA_ID:
        return "schemaId";
    case FORMAT_SUBJECT_NAME:
        return "subjectName";
    case FORMAT_UNWRAP_PRIMITIVES:
        return "unwrapPrimitives";
    case FORMAT_NULLABLE_REPRESENTATION:
        return "nullableRepresentation";
    case FORMAT_PROPERTY_END:
        break;
    }
    assert(false);
    return "";
}

enum status format_check_properties(enum format_kind kind, unsigned properties, struct diag *diag)
{
    const struct format_info *info = format_info(kind);
    const unsigned refused = properties & ~info->properties;
    if (!refused) {
        return STATUS_OK;
    }
    const enum status status =
        diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                  "%s does not support the following configs: [", info->name);
    const char *separator = "";
    for (unsigned bit = 1; bit < FORMAT_PROPERTY_END; bit <<= 1) {
        if (refused & bit) {
            diag_append(diag, "%s%s", separator, format_property_name((enum format_property)bit));
            separator = ", ";
        }
    }
    diag_append(diag, "]");
    return status;
}

/* Bytes of the UTF-8 character that starts with lead. */
static size_t character_bytes(unsigned char lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xE0) {
        return 2;
    }
    return lead < 0xF0 ? 3 : 4;
}

static bool is_blank(struct text text)
{
    for (size_t i = 0; i < text.bytes; i++) {
        const char c = text.data[i];
        if (c != ' ' && (c < '\t' || c > '\r')) {
            return false;
        }
    }
    return true;
}

enum status format_parse_delimiter(struct text given, struct text *out, struct diag *diag)
{
    if (is_blank(given)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Delimiter cannot be empty, if you meant to have a tab or space for "
                         "delimiter, please use the special values 'TAB' or 'SPACE'\n"
                         "Example valid value: ';'");
    }
    if (text_equal(given, TEXT("TAB"))) {
        *out = TEXT("\t");
        return STATUS_OK;
    }
    if (text_equal(given, TEXT("SPACE"))) {
        *out = TEXT(" ");
        return STATUS_OK;
    }
    if (given.bytes != character_bytes((unsigned char)given.data[0])) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Invalid delimiter value: '%.*s'. Delimiter must be a single character "
                         "or TAB,SPACE\nExample valid value: ';'",
                         TEXT_ARGS(given));
    }
    *out = given;
    return STATUS_OK;
}

enum format_wrap format_wrap_of(enum format_kind kind, enum format_side side, uint32_t column_count,
                                enum format_wrap requested)
{
    const struct format_info *info = format_info(kind);
    if (column_count != 1) {
        return FORMAT_WRAP_NONE_SET;
    }
    if (side == FORMAT_KEY) {
        return info->can_wrap && info->can_unwrap ? FORMAT_UNWRAP_SINGLES : FORMAT_WRAP_NONE_SET;
    }
    return requested;
}

enum status format_check_wrap(enum format_kind kind, uint32_t column_count,
                              enum format_wrap requested, struct diag *diag)
{
    const struct format_info *info = format_info(kind);
    if (requested == FORMAT_WRAP_NONE_SET) {
        return STATUS_OK;
    }
    const bool is_wrap = requested == FORMAT_WRAP_SINGLES;
    if (is_wrap ? !info->can_wrap : !info->can_unwrap) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "Format '%s' does not support 'WRAP_SINGLE_VALUE' set to '%s'.",
                         info->name, is_wrap ? "true" : "false");
    }
    if (column_count != 1) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "'WRAP_SINGLE_VALUE' is only valid for single-field value schemas");
    }
    return STATUS_OK;
}

static bool kafka_holds(enum type_kind kind)
{
    return kind == TYPE_INTEGER || kind == TYPE_BIGINT || kind == TYPE_DOUBLE ||
           kind == TYPE_STRING || kind == TYPE_BYTES;
}

static bool is_nested(enum type_kind kind)
{
    return kind == TYPE_ARRAY || kind == TYPE_MAP || kind == TYPE_STRUCT;
}

static bool holds_type(enum format_kind format, const struct type *type)
{
    if (format == FORMAT_NONE) {
        return false;
    }
    if (format == FORMAT_KAFKA) {
        return kafka_holds(type->kind);
    }
    return formats[format].is_nested || !is_nested(type->kind);
}

/* Whether any part of type is a MAP; with needs_string_keys, one whose keys are not STRING. */
static bool has_map(const struct type *type, bool needs_string_keys)
{
    if (type->kind == TYPE_MAP) {
        return !needs_string_keys || type->key->kind != TYPE_STRING ||
               has_map(type->element, needs_string_keys);
    }
    if (type->kind == TYPE_ARRAY) {
        return has_map(type->element, needs_string_keys);
    }
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (has_map(type->fields[i].type, needs_string_keys)) {
            return true;
        }
    }
    return false;
}

bool format_is_void(enum format_kind kind, enum format_side side, uint32_t column_count)
{
    return column_count == 0 && (side == FORMAT_KEY || kind == FORMAT_NONE || kind == FORMAT_KAFKA);
}

bool format_supports_key_type(enum format_kind kind, const struct type *type)
{
    return holds_type(kind, type);
}

/* "[`K` BOOLEAN KEY, `L` STRING KEY]". */
static void print_columns(const struct type_field *columns, uint32_t column_count,
                          enum format_side side, struct buffer *out)
{
    buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < column_count; i++) {
        buffer_append_string(out, i ? ", " : "");
        type_print_name(columns[i].name, out);
        buffer_append_byte(out, ' ');
        type_print(columns[i].type, out);
        buffer_append_string(out, side == FORMAT_KEY ? " KEY" : "");
    }
    buffer_append_byte(out, ']');
}

static enum status check_no_map_in_key(const struct type_field *column, struct diag *diag)
{
    if (!has_map(column->type, false)) {
        return STATUS_OK;
    }
    struct buffer names;
    buffer_init(&names);
    type_print_name(column->name, &names);
    buffer_append_string(&names, ". Column type: ");
    type_print(column->type, &names);
    const enum status status =
        diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                  "Map keys, including types that contain maps, are not supported as they may "
                  "lead to unexpected behavior due to inconsistent serialization. "
                  "Key column name: %.*s. "
                  "See https://github.com/confluentinc/ksql/issues/6621 for more.",
                  TEXT_ARGS(buffer_text(&names)));
    buffer_release(&names);
    return status;
}

static enum status check_type(enum format_kind format, const struct type_field *column,
                              struct diag *diag)
{
    const char *type_name = type_kind_name(column->type->kind);
    if (holds_type(format, column->type)) {
        if (map_key_messages[format] && has_map(column->type, true)) {
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s", map_key_messages[format]);
        }
        return STATUS_OK;
    }
    const enum status status =
        diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "The '%s' format does not support type '%s'",
                  formats[format].name, type_name);
    if (format == FORMAT_DELIMITED) {
        diag_append(diag, ", column: `%.*s`", TEXT_ARGS(column->name));
    }
    return status;
}

/* The reason alone. printed is the list of columns. */
static enum status check_columns(enum format_kind kind, const struct type_field *columns,
                                 uint32_t column_count, const struct buffer *printed,
                                 struct diag *diag)
{
    if (kind == FORMAT_NONE && column_count > 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "The 'NONE' format can only be used when no columns are defined. "
                         "Got: %.*s",
                         TEXT_ARGS(buffer_text(printed)));
    }
    if (!formats[kind].is_multi_column && column_count > 1) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "The '%s' format only supports a single field. Got: %.*s",
                         formats[kind].name, TEXT_ARGS(buffer_text(printed)));
    }
    for (uint32_t i = 0; i < column_count; i++) {
        TRY(check_type(kind, &columns[i], diag));
    }
    return STATUS_OK;
}

enum status format_check(enum format_kind kind, enum format_side side,
                         const struct type_field *columns, uint32_t column_count,
                         enum format_wrap wrap, struct diag *diag)
{
    static const char *const features[] = {
        [FORMAT_WRAP_NONE_SET] = "",
        [FORMAT_WRAP_SINGLES] = "WRAP_SINGLES",
        [FORMAT_UNWRAP_SINGLES] = "UNWRAP_SINGLES",
    };
    for (uint32_t i = 0; side == FORMAT_KEY && i < column_count; i++) {
        TRY(check_no_map_in_key(&columns[i], diag));
    }
    struct buffer printed;
    buffer_init(&printed);
    print_columns(columns, column_count, side, &printed);
    const enum status status = check_columns(kind, columns, column_count, &printed, diag);
    if (status == STATUS_INVALID) {
        diag_prefix(diag,
                    "%s format does not support schema.\nformat: %s\n"
                    "schema: Persistence{columns=%.*s, features=[%s]}\nreason: ",
                    side == FORMAT_KEY ? "Key" : "Value", formats[kind].name,
                    TEXT_ARGS(buffer_text(&printed)), features[wrap]);
    }
    buffer_release(&printed);
    return status;
}
