/* format.h: the serialization formats by name, what each can hold, and the checks that a
 * statement must pass before rows are read or written in one.
 *
 * Messages are ksqlDB's own. Source: ksqlDB serialization reference; FormatFactory and
 * the Format classes. Thread: any; everything here is constant. */
#ifndef FORMATS_FORMAT_H
#define FORMATS_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"
#include "base/type.h"

enum format_kind {
    FORMAT_NONE,
    FORMAT_KAFKA,
    FORMAT_DELIMITED,
    FORMAT_JSON,
    FORMAT_JSON_SR,
    FORMAT_AVRO,
    FORMAT_PROTOBUF,
    FORMAT_PROTOBUF_NOSR,
    FORMAT_KIND_COUNT
};

enum format_side { FORMAT_KEY, FORMAT_VALUE };

/* Whether a single column is a record with one field or the bare value; ksqlDB's serde
 * feature. NONE_SET means that the format's own way holds and no feature is listed. */
enum format_wrap { FORMAT_WRAP_NONE_SET, FORMAT_WRAP_SINGLES, FORMAT_UNWRAP_SINGLES };

/* How Protobuf tells null from a scalar's zero; ..._PROTOBUF_NULLABLE_REPRESENTATION. */
enum format_nullable { FORMAT_NULLABLE_NOT, FORMAT_NULLABLE_OPTIONAL, FORMAT_NULLABLE_WRAPPER };

/* What WITH (...) may set for a format; bits. */
enum format_property {
    FORMAT_DELIMITER = 1,
    FORMAT_FULL_SCHEMA_NAME = 2,
    FORMAT_SCHEMA_ID = 4,
    FORMAT_SUBJECT_NAME = 8,
    FORMAT_UNWRAP_PRIMITIVES = 16,
    FORMAT_NULLABLE_REPRESENTATION = 32,
    FORMAT_PROPERTY_END = 64
};

struct format_info {
    enum format_kind kind;
    const char *name;
    bool is_multi_column; /* more than one column on a side */
    bool is_nested;       /* ARRAY, MAP and STRUCT */
    bool uses_registry;   /* can infer columns from the schema registry */
    bool can_wrap;
    bool can_unwrap;
    unsigned properties; /* enum format_property bits that it accepts */
};

const struct format_info *format_info(enum format_kind kind);

/* By name without case; NULL when there is no such format. */
const struct format_info *format_find(struct text name);

/* As format_find; fails with "Unknown format: X". */
MUST_USE enum status format_parse(struct text name, enum format_kind *out, struct diag *diag);

/* "delimiter", "fullSchemaName", ...: the name of one property in messages. */
const char *format_property_name(enum format_property property);

/* Fails when properties has a bit that the format does not accept:
 * "JSON does not support the following configs: [delimiter]". */
MUST_USE enum status format_check_properties(enum format_kind kind, unsigned properties,
                                             struct diag *diag);

/* VALUE_DELIMITER or KEY_DELIMITER as given: one character, or the words TAB and SPACE. *out is
 * that one character as UTF-8, borrowed from given or constant. */
MUST_USE enum status format_parse_delimiter(struct text given, struct text *out, struct diag *diag);

/* The feature of a side: keys of one column are unwrapped where the format can do both. Values
 * follow requested (WRAP_SINGLE_VALUE, or FORMAT_WRAP_NONE_SET), which format_check_wrap has
 * accepted. */
enum format_wrap format_wrap_of(enum format_kind kind, enum format_side side, uint32_t column_count,
                                enum format_wrap requested);

/* WRAP_SINGLE_VALUE as the user set it, against format and number of value columns. */
MUST_USE enum status format_check_wrap(enum format_kind kind, uint32_t column_count,
                                       enum format_wrap requested, struct diag *diag);

/* Whether a side holds nothing whatever its bytes are: all keys without columns, and values
 * without columns in the formats that have no bytes for them. A JSON value without columns, {},
 * is a row and not null. */
bool format_is_void(enum format_kind kind, enum format_side side, uint32_t column_count);

/* Whether a key column of this type can be kept in the format; what decides the automatic
 * switch of an internal topic's key format. */
bool format_supports_key_type(enum format_kind kind, const struct type *type);

/* Whether the format can hold these columns on this side. Fails with ksqlDB's "Key format does
 * not support schema." text of four lines, or with its refusal of MAP in keys. */
MUST_USE enum status format_check(enum format_kind kind, enum format_side side,
                                  const struct type_field *columns, uint32_t column_count,
                                  enum format_wrap wrap, struct diag *diag);

#endif
