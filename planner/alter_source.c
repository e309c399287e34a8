/* alter_source.c
 *
 * ALTER adds value columns to a source that was declared, at the end of its columns. Queries
 * that run keep the schema that they were planned with. Source: ksqlDB's AlterSourceFactory.
 */
#include "planner/columns.h"
#include "planner/names.h"
#include "planner/planner.h"
#include "planner/query.h"

static enum status find_source(const struct planner *planner,
                               const struct alter_source_statement *statement,
                               const struct source **out)
{
    const struct text name = statement->name.name;
    const struct source *source = planner->catalog->find_source(planner->catalog->context, name);
    const bool is_table = statement->kind == AST_SOURCE_TABLE;
    const char *kind = is_table ? "table" : "stream";
    if (!source) {
        return diag_fail(planner->diag, STATUS_MISSING, statement->name.pos,
                         "Source %.*s does not exist.%.*s", TEXT_ARGS(name),
                         TEXT_ARGS(source_name_hint(planner, name)));
    }
    if (source->is_table != is_table) {
        return diag_fail(planner->diag, STATUS_INVALID, statement->name.pos,
                         "Incompatible data source type is %s, but statement was ALTER %s",
                         source->is_table ? "TABLE" : "STREAM", is_table ? "TABLE" : "STREAM");
    }
    if (source->is_derived) {
        return diag_fail(planner->diag, STATUS_INVALID, statement->name.pos,
                         "ALTER command is not supported for CREATE ... AS statements.");
    }
    if (source->is_read_only) {
        return diag_fail(planner->diag, STATUS_INVALID, statement->name.pos,
                         "Cannot alter %s '%.*s': ALTER operations are not supported on source "
                         "%ss.",
                         kind, TEXT_ARGS(name), kind);
    }
    *out = source;
    return STATUS_OK;
}

enum status plan_alter_source(const struct planner *planner,
                              const struct alter_source_statement *statement, struct source *out)
{
    const struct source *source = NULL;
    struct schema added;
    TRY(find_source(planner, statement, &source));
    for (size_t i = 0; i < statement->columns.count; i++) {
        const struct identifier *name = &statement->columns.items[i].name;
        if (schema_find(&source->schema, name->name) >= 0) {
            return diag_fail(planner->diag, STATUS_INVALID, name->pos,
                             "Cannot add column `%.*s` to schema. A column with the same name "
                             "already exists.",
                             TEXT_ARGS(name->name));
        }
    }
    TRY(columns_resolve(planner, &statement->columns, source->is_table, &added));
    const uint32_t count = source->schema.column_count;
    struct schema_column *columns =
        arena_array(planner->arena, (size_t)count + added.column_count, sizeof(*columns));
    struct schema copy;
    if (!columns || !schema_copy(planner->arena, &source->schema, &copy)) {
        return diag_no_memory(planner->diag);
    }
    memcpy(columns, copy.columns, count * sizeof(*columns));
    memcpy(columns + count, added.columns, added.column_count * sizeof(*columns));
    *out = *source;
    out->schema = (struct schema){count + added.column_count, columns};
    return STATUS_OK;
}
