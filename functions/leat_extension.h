/* leat_extension.h: what a shared object exports to add functions to Leat.
 *
 * An extension is a shared object with one symbol, leat_extension: a constant that names its
 * families of functions. A family is the same tables that Leat's own functions stand in
 * (functions/function.h, aggregate.h, table_function.h), so all that they say holds here too:
 * signatures as text, who owns what, how to throw, what NULL does. Nothing of the extension
 * runs when it is loaded. functions/README.md has an example.
 *
 *     static const struct function_family family = {.functions = rows, .function_count = 2};
 *     static const struct function_family *const families[] = {&family};
 *     LEAT_EXTENSION_EXPORT const struct leat_extension leat_extension = {
 *         LEAT_EXTENSION_BUILD, .name = "geometry", .families = families, .family_count = 1};
 *
 * Tables are read as they lie in memory, so an extension belongs to the Leat whose headers it was
 * compiled with: version and sizes are compared before anything else is read, and an extension
 * that was built for another Leat is refused.
 *
 * An extension may call what base/ and functions/ declare; the program exports it. Memory comes
 * from the arenas that the calls pass, or from base/memory.h where release() frees it.
 * Thread: rows are called from any thread, several at once, each with a call of its own; what
 * an extension shares between calls it must guard. */
#ifndef FUNCTIONS_LEAT_EXTENSION_H
#define FUNCTIONS_LEAT_EXTENSION_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/column.h"
#include "base/status.h"
#include "base/type.h"
#include "base/value.h"
#include "functions/aggregate.h"
#include "functions/function.h"
#include "functions/registry.h"
#include "functions/table_function.h"

/* Goes up whenever a member of these structs, or the meaning of one, changes. */
#define LEAT_EXTENSION_VERSION 1U

/* What the compiler laid out: tells two headers apart even if the version was forgotten. */
struct leat_extension_sizes {
    uint32_t function_family;
    uint32_t function_def;
    uint32_t function_call;
    uint32_t function_prepare;
    uint32_t aggregate_def;
    uint32_t aggregate;
    uint32_t table_function_def;
    uint32_t table_function;
    uint32_t value;
    uint32_t type;
    uint32_t column;
    uint32_t arena;
    uint32_t diag;
};

struct leat_extension {
    uint32_t version; /* LEAT_EXTENSION_VERSION; first for ever, so that any Leat can read it */
    struct leat_extension_sizes sizes;
    const char *name;
    const char *author;  /* as DESCRIBE FUNCTION shows it; NULL: "" */
    const char *release; /* of the extension, likewise */
    const struct function_family *const *families;
    size_t family_count;
};

#define LEAT_EXTENSION_SIZES                                                                       \
    {                                                                                              \
        sizeof(struct function_family), sizeof(struct function_def), sizeof(struct function_call), \
            sizeof(struct function_prepare), sizeof(struct aggregate_def),                         \
            sizeof(struct aggregate), sizeof(struct table_function_def),                           \
            sizeof(struct table_function), sizeof(struct value), sizeof(struct type),              \
            sizeof(struct column), sizeof(struct arena), sizeof(struct diag)                       \
    }

/* The first initializers of leat_extension. */
#define LEAT_EXTENSION_BUILD .version = LEAT_EXTENSION_VERSION, .sizes = LEAT_EXTENSION_SIZES

/* Keeps the symbol visible where an extension is compiled with -fvisibility=hidden. */
#define LEAT_EXTENSION_EXPORT __attribute__((visibility("default")))

extern const struct leat_extension leat_extension;

#endif
