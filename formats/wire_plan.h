/* wire_plan.h: a registered schema laid over the SQL types that are to be read with it, and the
 * record that a reader goes over.
 *
 * A plan mirrors the schema: each field knows which column or STRUCT field it fills, or that
 * nobody wants it; each scalar knows how it becomes a value. Whether that is allowed at all is
 * decided when the plan is made, as ksqlDB does, so reading only meets faults of the bytes.
 * Source of the coercions: ksqlDB ConnectDataTranslator. Thread: plans are immutable once made;
 * a reader belongs to one thread. */
#ifndef FORMATS_WIRE_PLAN_H
#define FORMATS_WIRE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "base/value.h"
#include "formats/wire_schema.h"

enum wire_store {
    WIRE_STORE_AS_IS,   /* the value's own layout */
    WIRE_STORE_INT64,   /* a shorter integer into BIGINT or TIMESTAMP */
    WIRE_STORE_AS_TEXT, /* a number or a boolean into STRING */
    WIRE_STORE_RESCALED /* a DECIMAL of another precision or scale */
};

struct wire_plan;

struct wire_plan_field {
    const struct wire_plan *plan; /* NULL: skip the value */
    int32_t target;               /* column or field to fill; -1 with plan NULL */
};

struct wire_plan {
    const struct wire_schema *schema;
    const struct type *type;
    enum wire_store store;
    const struct wire_plan *key;
    const struct wire_plan *element;
    uint32_t target_count;                /* STRUCT: fields of the type */
    const struct wire_plan_field *fields; /* STRUCT: one per field of schema */
};

/* One value of type. Fails with "Cannot deserialize type int32 as type boolean for path: ->A". */
MUST_USE enum status wire_plan_value(struct arena *arena, const struct wire_schema *schema,
                                     const struct type *type, const struct wire_plan **out,
                                     struct diag *diag);

/* A record whose fields are columns; wanted (NULL: all) leaves columns out. schema must be a
 * STRUCT, which is checked. */
MUST_USE enum status wire_plan_record(struct arena *arena, const struct wire_schema *schema,
                                      const struct type_field *columns, uint32_t column_count,
                                      const bool *wanted, const struct wire_plan **out,
                                      struct diag *diag);

/* Whether values of type can be written with schema; the opposite way of wire_plan_value, and
 * stricter: a column is written as its own kind. Fails with the same text. */
MUST_USE enum status wire_check_writing(struct arena *arena, const struct wire_schema *schema,
                                        const struct type *type, struct diag *diag);

/* The column that a field of this name is written from, or -1: the name itself, but that what is no
 * letter or digit in a column's name may be an underscore in a schema's. hint:
 * where it would stand if columns and fields were the same. */
int wire_find_target(const struct type_field *fields, uint32_t field_count, struct text name,
                     uint32_t hint);

struct wire_reader {
    const char *at;
    const char *end;
    struct arena *arena;  /* of the values */
    uint64_t item_budget; /* list items and empty values that the record may still have */
    uint64_t cell_budget; /* fields of STRUCTs, of which most may be absent */
    bool is_out_of_memory;
    struct text message; /* why a read failed; constant or in the arena */
};

enum {
    WIRE_ITEMS_FREE = 65536, /* items that need no byte of their own: nulls, empty records */
    WIRE_CELLS_MAX = 8 << 20 /* in one record: a quarter of a gigabyte */
};

static inline void wire_reader_start(struct wire_reader *reader, struct text record)
{
    reader->at = record.data;
    reader->end = record.data + record.bytes;
    reader->item_budget = record.bytes + WIRE_ITEMS_FREE;
    reader->cell_budget = WIRE_CELLS_MAX;
    reader->message = (struct text){NULL, 0};
}

static inline bool wire_fail(struct wire_reader *reader, struct text message)
{
    reader->message = message;
    return false;
}

static inline bool wire_no_memory(struct wire_reader *reader)
{
    reader->is_out_of_memory = true;
    return false;
}

/* Put one scalar, read as the schema's kind says, into *out as the plan says. */
bool wire_store_integer(struct wire_reader *reader, const struct wire_plan *plan, int64_t number,
                        struct value *out);
bool wire_store_real(struct wire_reader *reader, const struct wire_plan *plan, double number,
                     struct value *out);
bool wire_store_boolean(struct wire_reader *reader, const struct wire_plan *plan, bool boolean,
                        struct value *out);
/* A text that may not be UTF-8, which STRING must be. */
bool wire_store_text(struct wire_reader *reader, const struct wire_plan *plan, struct text text,
                     struct value *out);
/* The unscaled number of a decimal of this scale, two's complement, big-endian. */
bool wire_store_decimal(struct wire_reader *reader, const struct wire_plan *plan, int64_t scale,
                        struct text bytes, struct value *out);

/* Takes count values that need no byte of their own off the budget; fails when it is used up. */
bool wire_take_items(struct wire_reader *reader, uint64_t count);

/* A list with room for count more items, which the budget must allow. list NULL: a new one. */
bool wire_grow_list(struct wire_reader *reader, struct value_list **list, uint32_t *capacity,
                    uint64_t count);
/* The same for a map, whose pairs are then appended as they come ... */
bool wire_grow_map(struct wire_reader *reader, struct value_map **map, uint32_t *capacity,
                   uint64_t count);

/* ... and at last each key is kept once, at its first place with its last value. */
bool wire_finish_map(struct wire_reader *reader, struct value_map *map);

/* A list of count NULL values, for a STRUCT; they come out of the budget of cells. */
struct value_list *wire_new_struct(struct wire_reader *reader, uint32_t count);

#endif
