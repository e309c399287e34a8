/* serde_choice.c
 *
 * A side's format is named by its own property, by FORMAT, by what it inherits, or by a
 * setting, in this order. What the format then accepts is asked of formats/; this file knows
 * only which properties of the WITH clause belong to which side.
 */
#include "planner/serde_choice.h"

#include <assert.h>

#include "formats/schema_registry.h"
#include "planner/settings.h"

/* The properties of one side. */
struct side_properties {
    enum format_side side;
    const char *name; /* "KEY" */
    enum property_id format;
    enum property_id delimiter;
    enum property_id full_name;
    enum property_id schema_id;
    enum property_id nullable;
};

static const struct side_properties key_side = {
    FORMAT_KEY,
    "KEY",
    PROPERTY_KEY_FORMAT,
    PROPERTY_KEY_DELIMITER,
    PROPERTY_KEY_SCHEMA_FULL_NAME,
    PROPERTY_KEY_SCHEMA_ID,
    PROPERTY_KEY_PROTOBUF_NULLABLE_REPRESENTATION,
};

static const struct side_properties value_side = {
    FORMAT_VALUE,
    "VALUE",
    PROPERTY_VALUE_FORMAT,
    PROPERTY_VALUE_DELIMITER,
    PROPERTY_VALUE_SCHEMA_FULL_NAME,
    PROPERTY_VALUE_SCHEMA_ID,
    PROPERTY_VALUE_PROTOBUF_NULLABLE_REPRESENTATION,
};

/* The format's name as the properties give it; data NULL: they do not. */
static struct text given_format(const struct properties *properties,
                                const struct side_properties *side)
{
    if (properties->values[side->format].is_set) {
        return properties->values[side->format].text;
    }
    return properties->values[PROPERTY_FORMAT].text;
}

static enum status check_protobuf_only(const struct planner *planner,
                                       const struct side_properties *side, enum format_kind format)
{
    if (format == FORMAT_PROTOBUF || format == FORMAT_PROTOBUF_NOSR) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                     "Property %s can only be enabled with protobuf format",
                     property_name(side->nullable));
}

static enum status check_full_name(const struct planner *planner, struct text name)
{
    for (size_t i = 0; i < name.bytes; i++) {
        if (name.data[i] != ' ') {
            return STATUS_OK;
        }
    }
    return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                     "fullSchemaName cannot be empty. Format configuration: {fullSchemaName=}");
}

/* The name that the properties give to the side's record or message. */
static const struct property_value *given_full_name(const struct properties *properties,
                                                    const struct side_properties *side)
{
    const struct property_value *values = properties->values;
    return side == &value_side && values[PROPERTY_VALUE_AVRO_SCHEMA_FULL_NAME].is_set
               ? &values[PROPERTY_VALUE_AVRO_SCHEMA_FULL_NAME]
               : &values[side->full_name];
}

/* Properties that go with the format: are they known to it, and well formed? */
static enum status check_side_properties(const struct planner *planner,
                                         const struct properties *properties,
                                         const struct side_properties *side,
                                         enum format_kind format)
{
    const struct property_value *values = properties->values;
    const struct property_value *full_name = given_full_name(properties, side);
    unsigned given = 0;
    given |= values[side->delimiter].is_set ? FORMAT_DELIMITER : 0;
    given |= full_name->is_set ? FORMAT_FULL_SCHEMA_NAME : 0;
    given |= values[side->schema_id].is_set ? FORMAT_SCHEMA_ID : 0;
    given |= values[side->nullable].is_set ? FORMAT_NULLABLE_REPRESENTATION : 0;
    if (values[side->schema_id].is_set && !format_info(format)->uses_registry) {
        return diag_fail(planner->diag, STATUS_INVALID, values[side->schema_id].pos,
                         "%s_FORMAT should support schema inference when %s_SCHEMA_ID is "
                         "provided. Current format is %s.",
                         side->name, side->name, format_info(format)->name);
    }
    if (values[side->nullable].is_set) {
        TRY(check_protobuf_only(planner, side, format));
    }
    TRY(format_check_properties(format, given, planner->diag));
    return full_name->is_set ? check_full_name(planner, full_name->text) : STATUS_OK;
}

/* inherited: the same side of the source that is read, or NULL. */
static enum status choose_delimiter(const struct planner *planner,
                                    const struct properties *properties,
                                    const struct side_properties *side,
                                    const struct serde *inherited, struct serde *serde)
{
    const bool is_inherited = inherited && inherited->format == serde->format;
    serde->delimiter = is_inherited ? inherited->delimiter : ',';
    const struct property_value *given = &properties->values[side->delimiter];
    if (!given->is_set) {
        return STATUS_OK;
    }
    struct text delimiter;
    const enum status status = format_parse_delimiter(given->text, &delimiter, planner->diag);
    if (status == STATUS_INVALID) {
        diag_prefix(planner->diag, "Failed to prepare statement: Configuration %s is invalid: ",
                    property_name(side->delimiter));
    }
    TRY(status);
    if (delimiter.bytes != 1) {
        return diag_fail(planner->diag, STATUS_INVALID, given->pos,
                         "Failed to prepare statement: Configuration %s is invalid: the delimiter "
                         "must be an ASCII character",
                         property_name(side->delimiter));
    }
    serde->delimiter = delimiter.data[0];
    return STATUS_OK;
}

static enum status choose_nullable(const struct planner *planner,
                                   const struct property_value *given, const char *name,
                                   struct serde *serde)
{
    if (!given->is_set) {
        return STATUS_OK;
    }
    serde->nullable = FORMAT_NULLABLE_OPTIONAL;
    if (text_equal_nocase(given->text, TEXT("WRAPPER"))) {
        serde->nullable = FORMAT_NULLABLE_WRAPPER;
    } else if (!text_equal_nocase(given->text, TEXT("OPTIONAL"))) {
        return diag_fail(planner->diag, STATUS_INVALID, given->pos,
                         "Failed to prepare statement: Configuration %s is invalid: Invalid value "
                         "%.*s for configuration %s: String must be one of: OPTIONAL, WRAPPER",
                         name, TEXT_ARGS(given->text), name);
    }
    return STATUS_OK;
}

/* The schema's id and name. Keys of AVRO are named after their source, so that two sources' keys
 * are two types; PROTOBUF inherits the name of its message. */
static enum status choose_schema(const struct planner *planner, const struct properties *properties,
                                 const struct side_properties *side, struct text source_name,
                                 const struct serde *inherited, struct serde *serde)
{
    const struct property_value *id = &properties->values[side->schema_id];
    const struct property_value *full_name = given_full_name(properties, side);
    if (id->is_set) {
        serde->schema_id = (uint32_t)id->number;
    }
    if (full_name->is_set) {
        serde->full_name = arena_text(planner->arena, full_name->text);
    } else if (serde->format == FORMAT_AVRO && side == &key_side) {
        serde->full_name = schema_key_name(planner->arena, source_name);
    } else {
        const bool is_inherited = inherited && serde->format == FORMAT_PROTOBUF &&
                                  inherited->format == FORMAT_PROTOBUF;
        serde->full_name = is_inherited ? inherited->full_name : (struct text){NULL, 0};
        return choose_nullable(planner, &properties->values[side->nullable],
                               property_name(side->nullable), serde);
    }
    return serde->full_name.data ? choose_nullable(planner, &properties->values[side->nullable],
                                                   property_name(side->nullable), serde)
                                 : diag_no_memory(planner->diag);
}

static enum status choose_side(const struct planner *planner, const struct properties *properties,
                               const struct side_properties *side, enum format_kind format,
                               struct text source_name, const struct serde *inherited,
                               struct serde *serde)
{
    *serde = (struct serde){.format = format};
    TRY(choose_delimiter(planner, properties, side, inherited, serde));
    TRY(check_side_properties(planner, properties, side, format));
    return choose_schema(planner, properties, side, source_name, inherited, serde);
}

/* What WRAP_SINGLE_VALUE asks for, or the server's default where that can be had. */
static enum status choose_wrapping(const struct planner *planner,
                                   const struct properties *properties, const struct schema *schema,
                                   struct serde *key, struct serde *value)
{
    const uint32_t key_count = schema_count(schema, COLUMN_KEY);
    const uint32_t value_count = schema_count(schema, COLUMN_VALUE);
    const struct property_value *wrap = &properties->values[PROPERTY_WRAP_SINGLE_VALUE];
    enum format_wrap requested = FORMAT_WRAP_NONE_SET;
    if (wrap->is_set) {
        requested = wrap->boolean ? FORMAT_WRAP_SINGLES : FORMAT_UNWRAP_SINGLES;
        TRY(format_check_wrap(value->format, value_count, requested, planner->diag));
    } else if (!setting_bool(planner, "ksql.persistence.wrap.single.values", true) &&
               value_count == 1 && format_info(value->format)->can_unwrap) {
        requested = FORMAT_UNWRAP_SINGLES;
    }
    key->is_unwrapped = format_wrap_of(key->format, FORMAT_KEY, key_count, FORMAT_WRAP_NONE_SET) ==
                        FORMAT_UNWRAP_SINGLES;
    value->is_unwrapped = format_wrap_of(value->format, FORMAT_VALUE, value_count, requested) ==
                          FORMAT_UNWRAP_SINGLES;
    value->has_wrap_setting = wrap->is_set;
    return STATUS_OK;
}

/* source: the one that properties are inherited from, or NULL. */
static enum status choose_both(const struct planner *planner, const struct properties *properties,
                               const struct source *source, struct text name,
                               enum format_kind key_format, enum format_kind value_format,
                               const struct schema *schema, struct serde *key, struct serde *value)
{
    TRY(choose_side(planner, properties, &key_side, key_format, name,
                    source ? &source->key_serde : NULL, key));
    TRY(choose_side(planner, properties, &value_side, value_format, name,
                    source ? &source->value_serde : NULL, value));
    TRY(choose_wrapping(planner, properties, schema, key, value));
    return serde_check(planner, schema, key, value);
}

static enum status default_key_format(const struct planner *planner, enum format_kind *out)
{
    return format_parse(setting_text(planner, "ksql.persistence.default.format.key", "KAFKA"), out,
                        planner->diag);
}

enum status serde_formats_for_create(const struct planner *planner,
                                     const struct properties *properties, enum format_kind *out_key,
                                     enum format_kind *out_value)
{
    const struct text key_name = given_format(properties, &key_side);
    struct text value_name = given_format(properties, &value_side);
    if (!value_name.data) {
        value_name = setting_text(planner, "ksql.persistence.default.format.value", NULL);
    }
    if (!value_name.data) {
        return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                         "Statement is missing the 'VALUE_FORMAT' property from the WITH clause. "
                         "Either provide one or set a default via the "
                         "'ksql.persistence.default.format.value' config.");
    }
    if (key_name.data) {
        TRY(format_parse(key_name, out_key, planner->diag));
    } else {
        TRY(default_key_format(planner, out_key));
    }
    return format_parse(value_name, out_value, planner->diag);
}

enum status serde_choose_for_create(const struct planner *planner,
                                    const struct properties *properties, struct text name,
                                    const struct schema *schema, struct serde *key,
                                    struct serde *value)
{
    enum format_kind key_format;
    enum format_kind value_format;
    TRY(serde_formats_for_create(planner, properties, &key_format, &value_format));
    return choose_both(planner, properties, NULL, name, key_format, value_format, schema, key,
                       value);
}

enum status serde_choose_for_sink(const struct planner *planner,
                                  const struct properties *properties,
                                  const struct source *leftmost, struct text name,
                                  bool is_partitioned_by_null, const struct schema *schema,
                                  struct serde *key, struct serde *value)
{
    assert(leftmost);
    enum format_kind key_format = leftmost->key_serde.format;
    enum format_kind value_format = leftmost->value_serde.format;
    const struct text key_name = given_format(properties, &key_side);
    const struct text value_name = given_format(properties, &value_side);
    const bool has_keys = schema_count(schema, COLUMN_KEY) > 0;
    if (key_name.data) {
        TRY(format_parse(key_name, &key_format, planner->diag));
        const bool is_own = properties->values[PROPERTY_KEY_FORMAT].is_set;
        if (is_partitioned_by_null && is_own && key_format != FORMAT_NONE) {
            return diag_fail(planner->diag, STATUS_INVALID, SQL_POS_NONE,
                             "Key format specified for stream without key columns.");
        }
    } else if (key_format == FORMAT_NONE && has_keys) {
        TRY(default_key_format(planner, &key_format));
    }
    if (is_partitioned_by_null) {
        key_format = FORMAT_NONE;
    }
    if (value_name.data) {
        TRY(format_parse(value_name, &value_format, planner->diag));
    }
    return choose_both(planner, properties, leftmost, name, key_format, value_format, schema, key,
                       value);
}

/* --- Do the columns fit? ----------------------------------------------------------------- */

static bool holds_map(const struct type *type)
{
    if (type->kind == TYPE_MAP) {
        return true;
    }
    if (type->kind == TYPE_ARRAY) {
        return holds_map(type->element);
    }
    for (uint32_t i = 0; type->kind == TYPE_STRUCT && i < type->field_count; i++) {
        if (holds_map(type->fields[i].type)) {
            return true;
        }
    }
    return false;
}

enum status serde_check_map_keys(const struct planner *planner, const struct schema_column *keys,
                                 uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!holds_map(keys[i].type)) {
            continue;
        }
        struct buffer type;
        buffer_init(&type);
        type_print(keys[i].type, &type);
        const enum status status = diag_fail(
            planner->diag, STATUS_INVALID, SQL_POS_NONE,
            "Map keys, including types that contain maps, are not supported as they may lead to "
            "unexpected behavior due to inconsistent serialization. Key column name: `%.*s`. "
            "Column type: %.*s. See https://github.com/confluentinc/ksql/issues/6621 for more.",
            TEXT_ARGS(keys[i].name), TEXT_ARGS(buffer_text(&type)));
        buffer_release(&type);
        return status;
    }
    return STATUS_OK;
}

static enum format_wrap wrap_of(const struct serde *serde, enum format_side side)
{
    if (serde->is_unwrapped) {
        return FORMAT_UNWRAP_SINGLES;
    }
    return side == FORMAT_VALUE && serde->has_wrap_setting ? FORMAT_WRAP_SINGLES
                                                           : FORMAT_WRAP_NONE_SET;
}

static enum status check_columns(const struct planner *planner, const struct schema *schema,
                                 enum column_role role, const struct serde *serde)
{
    struct type_field *columns =
        arena_array(planner->arena, schema->column_count, sizeof(*columns));
    if (!columns) {
        return diag_no_memory(planner->diag);
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < schema->column_count; i++) {
        if (schema->columns[i].role == role) {
            columns[count++] =
                (struct type_field){schema->columns[i].name, schema->columns[i].type};
        }
    }
    const enum format_side side = role == COLUMN_KEY ? FORMAT_KEY : FORMAT_VALUE;
    return format_check(serde->format, side, columns, count, wrap_of(serde, side), planner->diag);
}

enum status serde_check(const struct planner *planner, const struct schema *schema,
                        const struct serde *key, const struct serde *value)
{
    TRY(serde_check_map_keys(planner, schema->columns, schema_count(schema, COLUMN_KEY)));
    TRY(check_columns(planner, schema, COLUMN_KEY, key));
    return check_columns(planner, schema, COLUMN_VALUE, value);
}
