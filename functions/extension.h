/* extension.h: loads functions of users from shared objects.
 *
 * What a shared object must export is said in functions/leat_extension.h. Loaded code stays until
 * extensions_close, which must come after everything that may call it: plans, tasks, cursors.
 * Thread: one at a time; the registry may then be read by any. */
#ifndef FUNCTIONS_EXTENSION_H
#define FUNCTIONS_EXTENSION_H

#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"
#include "functions/registry.h"

/* More than anybody has; a directory full of other things is noticed early. */
enum { EXTENSIONS_MAX = 64 };

struct extensions {
    struct arena *arena;                      /* borrowed: registries and paths */
    const struct function_registry *registry; /* what init was given, and all that was loaded */
    void *handles[EXTENSIONS_MAX];
    size_t count;
};

/* arena and registry must outlive the extensions. */
void extensions_init(struct extensions *extensions, struct arena *arena,
                     const struct function_registry *registry);

/* Loads one shared object; path is relative to the working directory. The registry is the new
 * one only on STATUS_OK. STATUS_IO: it cannot be loaded; STATUS_INVALID: it is no extension, was
 * built for another Leat, or has a bad row; STATUS_CONFLICT: a name is taken. */
MUST_USE enum status extensions_load(struct extensions *extensions, const char *path,
                                     struct diag *diag);

/* Loads every file named *.so of a directory, in the order of the names; STATUS_IO when it
 * cannot be read. */
MUST_USE enum status extensions_load_dir(struct extensions *extensions, const char *dir,
                                         struct diag *diag);

/* Unloads all; the registry is not to be used any more. May be called on zeroed memory. */
void extensions_close(struct extensions *extensions);

#endif
