/* registry.h: all functions that statements can name, as families of const tables.
 *
 * The builtin registry is const and complete; user-defined functions come as further families
 * of a registry made from it (function_registry_extend), which is the extension interface of
 * the engine: a family is plain tables of struct function_def, aggregate_def and
 * table_function_def. Thread: immutable once made. */
#ifndef FUNCTIONS_REGISTRY_H
#define FUNCTIONS_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "functions/aggregate.h"
#include "functions/function.h"

struct table_function_def; /* functions/table_function.h */

/* Tables are sorted by name (byte order of the upper-case names). */
struct function_family {
    const struct function_def *functions;
    size_t function_count;
    const struct aggregate_def *aggregates;
    size_t aggregate_count;
    const struct table_function_def *tables;
    size_t table_count;
    /* Where functions of users come from, as DESCRIBE FUNCTION shows it; NULL: built in. */
    const char *path;
    const char *author;
    const char *release;
};

struct function_registry {
    const struct function_family *const *families;
    size_t family_count;
};

enum function_kind { FUNCTION_SCALAR, FUNCTION_AGGREGATE, FUNCTION_TABLE };

/* "SCALAR", "AGGREGATE", "TABLE". */
const char *function_kind_name(enum function_kind kind);

/* Every function that Leat ships. Never fails. */
const struct function_registry *function_registry_builtin(void);

/* A registry with the families of base and the given ones, which must outlive it. Names and
 * signatures are checked: STATUS_INVALID for a bad name or signature, STATUS_CONFLICT for a
 * name that base already has, or that stands for two kinds of functions. */
MUST_USE enum status function_registry_extend(const struct function_registry *base,
                                              const struct function_family *const *families,
                                              size_t family_count, struct arena *arena,
                                              const struct function_registry **out,
                                              struct diag *diag);

/* The overloads of a scalar function: *first and how many follow it in its table; 0 when
 * there is none. Case of name does not count. */
size_t function_find(const struct function_registry *registry, struct text name,
                     const struct function_def **first);
/* The same for aggregates and table functions. */
size_t function_find_aggregate(const struct function_registry *registry, struct text name,
                               const struct aggregate_def **first);
size_t function_find_table(const struct function_registry *registry, struct text name,
                           const struct table_function_def **first);

/* True with *kind set when any function has this name. */
bool function_find_kind(const struct function_registry *registry, struct text name,
                        enum function_kind *kind);

/* The family that has the name, or NULL. */
const struct function_family *function_find_family(const struct function_registry *registry,
                                                   struct text name);

/* One line of SHOW FUNCTIONS. */
struct function_entry {
    const char *name;
    enum function_kind kind;
    const char *category;
};

/* All functions by name, each once, in an array in arena. */
MUST_USE enum status function_list(const struct function_registry *registry, struct arena *arena,
                                   const struct function_entry **out, size_t *out_count,
                                   struct diag *diag);

/* DESCRIBE FUNCTION. Texts are borrowed from the tables or live in arena. */
struct function_argument_manual {
    struct text name;
    struct text type;
    struct text description; /* may be empty */
    bool is_variadic;
};

struct function_variation {
    uint32_t argument_count;
    const struct function_argument_manual *arguments;
    struct text returns;
    struct text description;
};

struct function_manual {
    const char *name;
    enum function_kind kind;
    const char *category;
    const char *summary;
    uint32_t variation_count;
    const struct function_variation *variations;
};

/* STATUS_MISSING "Can't find any functions with the name '...'" when there is none. */
MUST_USE enum status function_describe(const struct function_registry *registry, struct text name,
                                       struct arena *arena, struct function_manual *out,
                                       struct diag *diag);

#endif
