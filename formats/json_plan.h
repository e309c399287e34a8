/* json_plan.h: SQL types prepared for reading JSON, and what has been learned of a topic's keys.
 *
 * A plan mirrors a type. An object, the plan of a STRUCT or of a whole record, finds the field
 * that a JSON name means: the field of exactly that name, else the one whose name is the JSON
 * name in upper case. It also remembers which names it has met and which name followed which,
 * so that a reader can compare the next bytes with the name that came there last time instead of
 * looking it up. Learning changes speed, never results, and is bounded.
 *
 * Lives in the arena it was created in. Thread: one reader at a time. */
#ifndef FORMATS_JSON_PLAN_H
#define FORMATS_JSON_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "base/type.h"
#include "formats/json_block.h"

enum {
    JSON_PATTERN_BYTES = 32,
    JSON_KEYS_MAX = 256,     /* names that one object learns; further ones are looked up */
    JSON_KEY_BYTES_MAX = 128 /* longer names are not learned */
};

/* What a JSON name means, where it is no field's index. */
enum { JSON_FIELD_NONE = -1, JSON_FIELD_UNSURE = -2 /* it could be meant for two fields */ };

/* A name that an object has met. */
struct json_key {
    char pattern[JSON_PATTERN_BYTES]; /* "name": with quotes and colon, zeros behind it */
    uint32_t pattern_bytes;           /* 0: too long to be predicted */
    uint32_t pattern_mask;            /* a bit per byte of the pattern */
    int32_t field;
    struct text name;
    struct json_key *next; /* the name that came after this one last time; may be NULL */
};

struct json_plan {
    const struct type *type;
    struct json_plan *element;  /* ARRAY, MAP */
    struct json_object *object; /* STRUCT */
};

struct json_object {
    struct arena *arena;
    uint32_t field_count;
    const struct type_field *fields;
    struct json_plan *plans; /* one per field */
    const bool *wanted;      /* NULL: all */
    uint32_t wanted_count;
    uint32_t slot_count; /* of names: a power of two */
    uint32_t *slots;     /* 1 + index of a field; 0: free */
    uint32_t key_count;
    uint32_t key_slot_count;   /* a power of two, at least twice key_count */
    struct json_key **keys;    /* open addressing by name */
    struct json_key start;     /* its next is the name that came first */
    struct json_key unlearned; /* the current name when it is not kept */
    struct json_key *last;     /* the name read last in the current object */
    uint64_t serial;           /* counts the objects read */
    uint64_t *seen;            /* per field: the serial that set it last */
    const char **exact;  /* per field: the value under the field's own name, while locating */
    const char **folded; /* per field: the value under a name that needs upper case */
};

/* Plan of type; fails with STATUS_LIMIT beyond VALUE_DEPTH_MAX levels. */
MUST_USE enum status json_plan_create(struct arena *arena, const struct type *type,
                                      struct json_plan **out, struct diag *diag);

/* The object of a record with these columns; borrows all but wanted. */
MUST_USE enum status json_object_create(struct arena *arena, const struct type_field *fields,
                                        uint32_t field_count, const bool *wanted,
                                        struct json_object **out, struct diag *diag);

static inline bool json_object_wants(const struct json_object *object, uint32_t field)
{
    return !object->wanted || object->wanted[field];
}

/* The field of exactly this name, or JSON_FIELD_NONE. */
int32_t json_object_find(const struct json_object *object, struct text name);

/* The entry of a name without escapes that is not the predicted one: learns it if there is room.
 * upper is the name in upper case. NULL when memory is out. */
struct json_key *json_object_learn(struct json_object *object, struct text name, struct text upper);

/* The entry of a name that was met before, or NULL. */
struct json_key *json_object_known(const struct json_object *object, struct text name);

/* Whether the bytes at at are the key's pattern. */
static inline bool json_key_matches(const struct json_key *key, const char *at, const char *end)
{
#if defined(__AVX2__)
    if (end - at >= JSON_PATTERN_BYTES) {
        const __m256i expected = _mm256_loadu_si256((const __m256i *)(const void *)key->pattern);
        const __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
        const uint32_t same = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(expected, bytes));
        return key->pattern_bytes && (same & key->pattern_mask) == key->pattern_mask;
    }
#endif
    return key->pattern_bytes && (size_t)(end - at) >= key->pattern_bytes &&
           memcmp(at, key->pattern, key->pattern_bytes) == 0;
}

#endif
