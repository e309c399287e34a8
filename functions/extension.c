/* extension.c
 *
 * A shared object is opened with all its symbols bound at once, so that a missing one is an
 * error here and not in the middle of a query, and with its names kept to itself. Its one
 * constant is judged before its tables are read: version first, then the sizes of the structs.
 * Then every row is checked, as a row of Leat's own tables is by a test, and the families become
 * part of a longer registry.
 *
 * An extension is trusted code: the checks find mistakes, they do not keep anybody out. That is
 * why only files that the settings name are ever opened, never one that happens to lie in the
 * working directory.
 */
#include "functions/extension.h"

#include <dlfcn.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>

#include "functions/leat_extension.h"
#include "functions/overload.h"

void extensions_init(struct extensions *extensions, struct arena *arena,
                     const struct function_registry *registry)
{
    *extensions = (struct extensions){.arena = arena, .registry = registry};
}

void extensions_close(struct extensions *extensions)
{
    while (extensions->count > 0) {
        (void)dlclose(extensions->handles[--extensions->count]);
    }
    extensions->registry = NULL;
}

/* --- Rows --------------------------------------------------------------------------------- */

static enum status refuse_row(const char *name, const char *lack, struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "function \"%s\" has no %s",
                     name ? name : "", lack);
}

/* The parts that a row of each kind must have. */
static enum status check_texts(const char *name, const char *parameters, const char *returns,
                               struct diag *diag)
{
    if (!name || !parameters || !returns) {
        return refuse_row(name, "name, parameters or returns", diag);
    }
    return STATUS_OK;
}

static enum status check_scalars(const struct function_family *family, struct diag *diag)
{
    for (size_t i = 0; i < family->function_count; i++) {
        const struct function_def *def = &family->functions[i];
        TRY(check_texts(def->name, def->parameters, def->returns, diag));
        if (!def->call && !def->kernel) {
            return refuse_row(def->name, "call", diag);
        }
    }
    return STATUS_OK;
}

static enum status check_tables(const struct function_family *family, struct diag *diag)
{
    for (size_t i = 0; i < family->table_count; i++) {
        const struct table_function_def *def = &family->tables[i];
        TRY(check_texts(def->name, def->parameters, def->returns, diag));
        if (!def->call) {
            return refuse_row(def->name, "call", diag);
        }
    }
    return STATUS_OK;
}

static enum status check_aggregates(const struct function_family *family, struct diag *diag)
{
    for (size_t i = 0; i < family->aggregate_count; i++) {
        const struct aggregate_def *def = &family->aggregates[i];
        TRY(check_texts(def->name, def->parameters, def->returns, diag));
        if (!def->resolve || !def->init || !def->add || !def->merge || !def->result || !def->save ||
            !def->load) {
            return refuse_row(def->name, "resolve, init, add, merge, result, save or load", diag);
        }
    }
    return STATUS_OK;
}

/* --- The constant ------------------------------------------------------------------------- */

static enum status check_build(const struct leat_extension *found, struct diag *diag)
{
    static const struct leat_extension_sizes sizes = LEAT_EXTENSION_SIZES;
    if (found->version != LEAT_EXTENSION_VERSION) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "it was built for version %u of the extension interface, and this is "
                         "version %u; compile it with the headers of this Leat",
                         found->version, LEAT_EXTENSION_VERSION);
    }
    if (memcmp(&found->sizes, &sizes, sizeof(sizes)) != 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "it was built for another Leat; compile it with the headers of this one");
    }
    return STATUS_OK;
}

/* The families with their origin, which only the loader knows. */
static enum status take_families(struct extensions *extensions, const struct leat_extension *found,
                                 const char *path, const struct function_family *const **out,
                                 struct diag *diag)
{
    struct arena *arena = extensions->arena;
    struct function_family *copies = arena_array(arena, found->family_count, sizeof(*copies));
    const struct function_family **families =
        arena_array(arena, found->family_count, sizeof(*families));
    const struct text kept_path = arena_text(arena, text_of(path));
    if (!copies || !families || !kept_path.data) {
        return diag_no_memory(diag);
    }
    for (size_t i = 0; i < found->family_count; i++) {
        TRY(check_scalars(found->families[i], diag));
        TRY(check_aggregates(found->families[i], diag));
        TRY(check_tables(found->families[i], diag));
        copies[i] = *found->families[i];
        copies[i].path = kept_path.data;
        copies[i].author = found->author ? found->author : "";
        copies[i].release = found->release ? found->release : "";
        families[i] = &copies[i];
    }
    *out = families;
    return STATUS_OK;
}

static enum status register_handle(struct extensions *extensions, void *handle, const char *path,
                                   struct diag *diag)
{
    const struct leat_extension *found = dlsym(handle, "leat_extension");
    const struct function_family *const *families = NULL;
    if (!found) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "it is no extension: it exports no leat_extension");
    }
    TRY(check_build(found, diag));
    TRY(take_families(extensions, found, path, &families, diag));
    return function_registry_extend(extensions->registry, families, found->family_count,
                                    extensions->arena, &extensions->registry, diag);
}

/* --- Files -------------------------------------------------------------------------------- */

static enum status load(struct extensions *extensions, const char *path, struct diag *diag)
{
    char real[PATH_MAX]; /* dlopen would look for a bare name elsewhere */
    if (extensions->count == EXTENSIONS_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "at most %d extensions can be loaded",
                         EXTENSIONS_MAX);
    }
    if (!realpath(path, real)) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "%s", strerror(errno));
    }
    void *handle = dlopen(real, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "%s", dlerror());
    }
    const enum status status = register_handle(extensions, handle, real, diag);
    if (status != STATUS_OK) {
        (void)dlclose(handle);
        return status;
    }
    extensions->handles[extensions->count++] = handle;
    return STATUS_OK;
}

enum status extensions_load(struct extensions *extensions, const char *path, struct diag *diag)
{
    const enum status status = load(extensions, path, diag);
    if (status != STATUS_OK) {
        diag_prefix(diag, "cannot load the extension \"%s\": ", path);
    }
    return status;
}

static int compare_names(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_shared_object(const FTSENT *entry)
{
    const struct text suffix = TEXT(".so");
    return entry->fts_level == 1 && entry->fts_info == FTS_F && entry->fts_namelen > suffix.bytes &&
           strcmp(entry->fts_name + entry->fts_namelen - suffix.bytes, suffix.data) == 0;
}

static enum status load_entries(struct extensions *extensions, FTS *walk, struct diag *diag)
{
    FTSENT *entry = NULL;
    while ((entry = fts_read(walk))) {
        if (entry->fts_info == FTS_NS || entry->fts_info == FTS_DNR) {
            return diag_fail(diag, STATUS_IO, SQL_POS_NONE,
                             "cannot read the directory of extensions \"%s\": %s", entry->fts_path,
                             strerror(entry->fts_errno));
        }
        if (entry->fts_level == 1 && entry->fts_info == FTS_D) {
            (void)fts_set(walk, entry, FTS_SKIP);
        } else if (is_shared_object(entry)) {
            TRY(extensions_load(extensions, entry->fts_path, diag));
        }
    }
    return STATUS_OK;
}

enum status extensions_load_dir(struct extensions *extensions, const char *dir, struct diag *diag)
{
    const struct text path = arena_text(extensions->arena, text_of(dir));
    char *paths[] = {(char *)path.data, NULL}; /* fts does not write to it */
    if (!path.data) {
        return diag_no_memory(diag);
    }
    FTS *walk = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, compare_names);
    if (!walk) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE,
                         "cannot read the directory of extensions \"%s\": %s", dir,
                         strerror(errno));
    }
    const enum status status = load_entries(extensions, walk, diag);
    (void)fts_close(walk);
    return status;
}
