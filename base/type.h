/* type.h: SQL types as plain immutable data.
 *
 * Types of columns and expressions. Nested types live in an arena and borrow their parts;
 * simple ones are shared constants, so that pointers to them never dangle. Compare with
 * type_equal, never by pointer. Source: ksqlDB SqlType and its subclasses. Thread: any. */
#ifndef BASE_TYPE_H
#define BASE_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"

enum type_kind {
    TYPE_BOOLEAN,
    TYPE_INTEGER,
    TYPE_BIGINT,
    TYPE_DECIMAL,
    TYPE_DOUBLE,
    TYPE_STRING,
    TYPE_BYTES,
    TYPE_DATE,      /* days since 1970-01-01 */
    TYPE_TIME,      /* milliseconds of the day */
    TYPE_TIMESTAMP, /* milliseconds since 1970-01-01 UTC */
    TYPE_ARRAY,
    TYPE_MAP,
    TYPE_STRUCT,
    TYPE_NULL, /* the literal NULL before it meets a context; never a column's type */
    TYPE_KIND_COUNT
};

/* How a value of a type lies in memory: in struct value and in a column's array. */
enum layout {
    LAYOUT_BOOLEAN, /* uint8_t: BOOLEAN */
    LAYOUT_INT32,   /* INTEGER, DATE, TIME */
    LAYOUT_INT64,   /* BIGINT, TIMESTAMP */
    LAYOUT_DOUBLE,
    LAYOUT_DECIMAL, /* int128: the unscaled value; the scale stands in the type */
    LAYOUT_TEXT,    /* struct text: STRING (UTF-8), BYTES */
    LAYOUT_LIST,    /* const struct value_list *: ARRAY's elements, STRUCT's fields in order */
    LAYOUT_MAP,     /* const struct value_map * */
    LAYOUT_COUNT
};

struct type;

struct type_field {
    struct text name; /* exact spelling: upper case unless it was quoted */
    const struct type *type;
};

struct type {
    enum type_kind kind;
    uint16_t precision;              /* DECIMAL only; 1 or more */
    uint16_t scale;                  /* DECIMAL only; 0 to precision */
    const struct type *key;          /* MAP only */
    const struct type *element;      /* ARRAY: of each item; MAP: of each value */
    uint32_t field_count;            /* STRUCT only */
    const struct type_field *fields; /* STRUCT only */
};

/* The shared constant of a kind without parameters (not DECIMAL, ARRAY, MAP, STRUCT). */
const struct type *type_of(enum type_kind kind);

/* New types in arena; NULL when memory is out. The parts are borrowed for the arena's life. */
const struct type *type_decimal(struct arena *arena, uint16_t precision, uint16_t scale);
const struct type *type_array(struct arena *arena, const struct type *element);
const struct type *type_map(struct arena *arena, const struct type *key,
                            const struct type *value);
const struct type *type_struct(struct arena *arena, const struct type_field *fields,
                               uint32_t field_count);
/* A deep copy, names included; NULL when memory is out. */
const struct type *type_copy(struct arena *arena, const struct type *type);

bool type_equal(const struct type *a, const struct type *b);
enum layout type_layout(const struct type *type);
bool type_is_numeric(const struct type *type);
/* Index of the field with exactly this name, or -1. */
int type_find_field(const struct type *type, struct text name);

/* As ksqlDB prints types: INTEGER, STRING, DECIMAL(4, 2), ARRAY<STRING>, MAP<STRING, INTEGER>,
 * STRUCT<`A` INTEGER, `B` STRING>. */
void type_print(const struct type *type, struct buffer *out);
/* The name of the kind alone: "INTEGER", "ARRAY". */
const char *type_kind_name(enum type_kind kind);

/* Writes name between back-quotes, doubling those inside. */
void type_print_name(struct text name, struct buffer *out);

#endif
