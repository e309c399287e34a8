/* value.h: one SQL value, read together with its type.
 *
 * A value does not know its type: every function takes both. Text, lists and maps are
 * borrowed from an arena or a record segment; value_copy makes them live in another arena.
 * Thread: values are immutable once built. */
#ifndef BASE_VALUE_H
#define BASE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/int128.h"
#include "base/text.h"
#include "base/type.h"

struct value_list;
struct value_map;

struct value {
    union {
        bool boolean;
        int32_t int32; /* INTEGER, DATE (days), TIME (ms of day) */
        int64_t int64; /* BIGINT, TIMESTAMP (ms) */
        double real;   /* DOUBLE */
        int128 decimal;
        struct text text; /* STRING, BYTES */
        const struct value_list *list;
        const struct value_map *map;
    };
    bool is_null; /* the union is then not to be read */
};

/* ARRAY: its elements. STRUCT: one item per field of the type, in order. */
struct value_list {
    uint32_t count;
    struct value *items;
};

/* Keys are unique and never NULL; pairs stay in the order in which they were first put. */
struct value_map {
    uint32_t count;
    struct value *keys;
    struct value *values;
};

static const struct value VALUE_NULL = {.is_null = true};

static inline struct value value_boolean(bool boolean)
{
    return (struct value){.boolean = boolean};
}

static inline struct value value_int32(int32_t int32)
{
    return (struct value){.int32 = int32};
}

static inline struct value value_int64(int64_t int64)
{
    return (struct value){.int64 = int64};
}

static inline struct value value_real(double real)
{
    return (struct value){.real = real};
}

static inline struct value value_text(struct text text)
{
    return (struct value){.text = text};
}

/* Deep equality; NULL equals NULL. DOUBLE compares as numbers, so NaN differs from itself. */
bool value_equal(const struct type *type, const struct value *a, const struct value *b);

/* Natural order of two values, NULL first: numbers, UTF-16 order for STRING, unsigned bytes for
 * BYTES, false before true, element by element for nested ones. */
int value_compare(const struct type *type, const struct value *a, const struct value *b);

/* A hash that agrees with value_equal. */
uint64_t value_hash(const struct type *type, const struct value *value);

/* A deep copy into arena. */
MUST_USE enum status value_copy(struct arena *arena, const struct type *type,
                                const struct value *value, struct value *out, struct diag *diag);

/* The position of key in map, or -1. */
int value_map_find(const struct type *map_type, const struct value_map *map,
                   const struct value *key);

/* A list of count unset items; NULL when memory is out. */
struct value_list *value_list_create(struct arena *arena, uint32_t count);
/* A map with room for capacity pairs and count 0; NULL when memory is out. */
struct value_map *value_map_create(struct arena *arena, uint32_t capacity);
/* Adds the pair, or replaces the value of an equal key. The map must have room. */
void value_map_put(const struct type *map_type, struct value_map *map, struct value key,
                   struct value value);

#endif
