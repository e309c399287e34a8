/* registry.c
 *
 * Families are const tables sorted by name, so a lookup is a binary search per family and needs
 * no set-up, no lock and no memory. A hash over all names was rejected: lookups happen when a
 * statement is planned, a few dozen times, and fifteen short searches cost well under a
 * microsecond.
 */
#include "functions/registry.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>

#include "functions/families.h"
#include "functions/overload.h"
#include "functions/table_function.h"

static const struct function_family *const builtin_families[] = {
    &aggregate_attr_family,
    &aggregate_average_family,
    &aggregate_by_offset_family,
    &aggregate_collect_family,
    &aggregate_correlation_family,
    &aggregate_count_distinct_family,
    &aggregate_count_family,
    &aggregate_deviation_family,
    &aggregate_extreme_family,
    &aggregate_histogram_family,
    &aggregate_sum_family,
    &aggregate_topk_family,
    &array_family,
    &bytes_family,
    &conditional_family,
    &date_family,
    &geo_family,
    &json_family,
    &lambda_family,
    &map_family,
    &mask_family,
    &math_family,
    &regex_family,
    &string_family,
    &table_family,
    &url_family,
};

static const struct function_registry builtin_registry = {
    builtin_families, sizeof(builtin_families) / sizeof(builtin_families[0])};

/* One sorted table of any of the three kinds; the name is the first member of each row. */
struct name_table {
    const void *rows;
    size_t count;
    size_t row_bytes;
};

static struct name_table table_of(const struct function_family *family, enum function_kind kind)
{
    switch (kind) {
    case FUNCTION_SCALAR:
        return (struct name_table){family->functions, family->function_count,
                                   sizeof(*family->functions)};
    case FUNCTION_AGGREGATE:
        return (struct name_table){family->aggregates, family->aggregate_count,
                                   sizeof(*family->aggregates)};
    case FUNCTION_TABLE:
        return (struct name_table){family->tables, family->table_count, sizeof(*family->tables)};
    }
    assert(false);
    return (struct name_table){NULL, 0, 1};
}
static_assert(offsetof(struct function_def, name) == 0, "name_at reads the first member");
static_assert(offsetof(struct aggregate_def, name) == 0, "name_at reads the first member");
static_assert(offsetof(struct table_function_def, name) == 0, "name_at reads the first member");

static const char *name_at(struct name_table table, size_t i)
{
    assert(i < table.count);
    const char *name = NULL;
    memcpy(&name, (const char *)table.rows + i * table.row_bytes, sizeof(name));
    return name;
}

/* <0, 0, >0; letters of a compare as upper case, b is upper case already. */
static int compare_name(struct text a, const char *b)
{
    for (size_t i = 0; i < a.bytes; i++) {
        const int order = toupper((unsigned char)a.data[i]) - (unsigned char)b[i];
        if (order != 0) {
            return order;
        }
    }
    return b[a.bytes] == '\0' ? 0 : -1;
}

/* The rows with this name: *first is the index of the first one. */
static size_t find_rows(struct name_table table, struct text name, size_t *first)
{
    size_t low = 0;
    size_t high = table.count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_name(name, name_at(table, middle)) > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t count = 0;
    while (low + count < table.count && compare_name(name, name_at(table, low + count)) == 0) {
        count++;
    }
    *first = low;
    return count;
}

/* In the first family that has the name; NULL and a count of 0 otherwise. */
static const void *find_kind(const struct function_registry *registry, struct text name,
                             enum function_kind kind, size_t *count)
{
    for (size_t i = 0; i < registry->family_count; i++) {
        const struct name_table table = table_of(registry->families[i], kind);
        size_t first = 0;
        *count = find_rows(table, name, &first);
        if (*count > 0) {
            return (const char *)table.rows + first * table.row_bytes;
        }
    }
    *count = 0;
    return NULL;
}

size_t function_find(const struct function_registry *registry, struct text name,
                     const struct function_def **first)
{
    size_t count = 0;
    *first = find_kind(registry, name, FUNCTION_SCALAR, &count);
    return count;
}

size_t function_find_aggregate(const struct function_registry *registry, struct text name,
                               const struct aggregate_def **first)
{
    size_t count = 0;
    *first = find_kind(registry, name, FUNCTION_AGGREGATE, &count);
    return count;
}

size_t function_find_table(const struct function_registry *registry, struct text name,
                           const struct table_function_def **first)
{
    size_t count = 0;
    *first = find_kind(registry, name, FUNCTION_TABLE, &count);
    return count;
}

static const enum function_kind all_kinds[] = {FUNCTION_SCALAR, FUNCTION_AGGREGATE, FUNCTION_TABLE};
enum { KIND_COUNT = sizeof(all_kinds) / sizeof(all_kinds[0]) };

static bool find_in_family(const struct function_family *family, struct text name,
                           enum function_kind *kind)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        size_t first = 0;
        if (find_rows(table_of(family, all_kinds[i]), name, &first) > 0) {
            *kind = all_kinds[i];
            return true;
        }
    }
    return false;
}

const struct function_family *function_find_family(const struct function_registry *registry,
                                                   struct text name)
{
    enum function_kind kind;
    for (size_t i = 0; i < registry->family_count; i++) {
        if (find_in_family(registry->families[i], name, &kind)) {
            return registry->families[i];
        }
    }
    return NULL;
}

bool function_find_kind(const struct function_registry *registry, struct text name,
                        enum function_kind *kind)
{
    const struct function_family *family = function_find_family(registry, name);
    return family && find_in_family(family, name, kind);
}

const struct function_registry *function_registry_builtin(void)
{
    return &builtin_registry;
}

const char *function_kind_name(enum function_kind kind)
{
    static const char *const names[] = {[FUNCTION_SCALAR] = "SCALAR",
                                        [FUNCTION_AGGREGATE] = "AGGREGATE",
                                        [FUNCTION_TABLE] = "TABLE"};
    return names[kind];
}

static bool is_identifier(const char *name)
{
    if (!isalpha((unsigned char)name[0]) && name[0] != '_') {
        return false;
    }
    for (const char *next = name; *next; next++) {
        if (!isupper((unsigned char)*next) && !isdigit((unsigned char)*next) && *next != '_') {
            return false;
        }
    }
    return true;
}

static enum status refuse_taken(enum function_kind kind, const char *name, struct diag *diag)
{
    return diag_fail(diag, STATUS_CONFLICT, SQL_POS_NONE,
                     "a %s function \"%s\" exists already. A scalar, aggregate and table function "
                     "may not share a name.",
                     function_kind_name(kind), name);
}

/* Row i of the family's table of kind. */
static enum status check_name(const struct function_registry *base,
                              const struct function_family *family, enum function_kind kind,
                              size_t i, struct diag *diag)
{
    const struct name_table table = table_of(family, kind);
    const char *name = name_at(table, i);
    if (!is_identifier(name)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "%s is not a valid function name. Function names must be valid java "
                         "identifiers and not a KSQL reserved word",
                         name);
    }
    if (i > 0 && strcmp(name_at(table, i - 1), name) > 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "function \"%s\" is out of order: a family is sorted by name", name);
    }
    enum function_kind other;
    if (function_find_kind(base, text_of(name), &other) ||
        (find_in_family(family, text_of(name), &other) && other != kind)) {
        return refuse_taken(other, name, diag);
    }
    return STATUS_OK;
}

static enum status check_names(const struct function_registry *base,
                               const struct function_family *family, struct diag *diag)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const size_t count = table_of(family, all_kinds[i]).count;
        for (size_t row = 0; row < count; row++) {
            TRY(check_name(base, family, all_kinds[i], row, diag));
        }
    }
    return STATUS_OK;
}

static enum status check_signature(const char *name, const char *parameters, const char *returns,
                                   uint32_t literal_parameter_count, struct arena *arena,
                                   struct diag *diag)
{
    struct signature signature;
    const enum status status = signature_parse(parameters, returns, arena, &signature, diag);
    if (status != STATUS_OK) {
        diag_prefix(diag, "function \"%s\": ", name);
        return status;
    }
    if (literal_parameter_count > signature.parameter_count) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "function \"%s\" has %u parameters, but %u of them take literals", name,
                         signature.parameter_count, literal_parameter_count);
    }
    return STATUS_OK;
}

static enum status check_family(const struct function_registry *base,
                                const struct function_family *family, struct arena *arena,
                                struct diag *diag)
{
    TRY(check_names(base, family, diag));
    for (size_t i = 0; i < family->function_count; i++) {
        const struct function_def *def = &family->functions[i];
        TRY(check_signature(def->name, def->parameters, def->returns, 0, arena, diag));
    }
    for (size_t i = 0; i < family->aggregate_count; i++) {
        const struct aggregate_def *def = &family->aggregates[i];
        TRY(check_signature(def->name, def->parameters, def->returns, def->literal_parameter_count,
                            arena, diag));
    }
    for (size_t i = 0; i < family->table_count; i++) {
        const struct table_function_def *def = &family->tables[i];
        TRY(check_signature(def->name, def->parameters, def->returns, 0, arena, diag));
    }
    return STATUS_OK;
}

enum status function_registry_extend(const struct function_registry *base,
                                     const struct function_family *const *families,
                                     size_t family_count, struct arena *arena,
                                     const struct function_registry **out, struct diag *diag)
{
    const size_t total = base->family_count + family_count;
    struct function_registry *registry = ARENA_NEW(arena, struct function_registry);
    const struct function_family **all = arena_array(arena, total, sizeof(*all));
    if (!registry || !all) {
        return diag_no_memory(diag);
    }
    registry->families = all;
    for (size_t i = 0; i < base->family_count; i++) {
        all[i] = base->families[i];
    }
    registry->family_count = base->family_count;
    for (size_t i = 0; i < family_count; i++) {
        TRY(check_family(registry, families[i], arena, diag));
        all[registry->family_count++] = families[i];
    }
    *out = registry;
    return STATUS_OK;
}

static size_t count_rows(const struct function_registry *registry)
{
    size_t count = 0;
    for (size_t i = 0; i < registry->family_count; i++) {
        const struct function_family *family = registry->families[i];
        count += family->function_count + family->aggregate_count + family->table_count;
    }
    return count;
}

/* Aggregates and table functions have one category each, named after their kind. */
static const char *category_at(const struct function_family *family, enum function_kind kind,
                               size_t row)
{
    if (kind != FUNCTION_SCALAR) {
        return function_kind_name(kind);
    }
    return family->functions[row].category ? family->functions[row].category : "OTHER";
}

static size_t list_table(const struct function_family *family, enum function_kind kind,
                         struct function_entry *out)
{
    const struct name_table table = table_of(family, kind);
    size_t count = 0;
    for (size_t row = 0; row < table.count; row++) {
        if (row > 0 && strcmp(name_at(table, row), name_at(table, row - 1)) == 0) {
            continue;
        }
        out[count++] =
            (struct function_entry){name_at(table, row), kind, category_at(family, kind, row)};
    }
    return count;
}

static int compare_entries(const void *a, const void *b)
{
    const struct function_entry *left = a;
    const struct function_entry *right = b;
    return strcmp(left->name, right->name);
}

enum status function_list(const struct function_registry *registry, struct arena *arena,
                          const struct function_entry **out, size_t *out_count, struct diag *diag)
{
    struct function_entry *entries = arena_array(arena, count_rows(registry), sizeof(*entries));
    if (!entries) {
        return diag_no_memory(diag);
    }
    size_t count = 0;
    for (size_t i = 0; i < registry->family_count; i++) {
        const struct function_family *family = registry->families[i];
        count += list_table(family, FUNCTION_SCALAR, entries + count);
        count += list_table(family, FUNCTION_AGGREGATE, entries + count);
        count += list_table(family, FUNCTION_TABLE, entries + count);
    }
    qsort(entries, count, sizeof(*entries), compare_entries);
    *out = entries;
    *out_count = count;
    return STATUS_OK;
}
