/* columns.c
 *
 * The written order is kept within keys and within the rest; header columns stand among the
 * values, as ksqlDB's schemas have them.
 */
#include "planner/columns.h"

#include "base/bounds.h"
#include "planner/names.h"
#include "planner/settings.h"

static enum status check_key_word(const struct planner *planner,
                                  const struct column_definition *column, bool is_table)
{
    const bool is_primary = column->constraint == COLUMN_CONSTRAINT_PRIMARY_KEY;
    if (is_primary && !is_table) {
        return fail_at(planner->diag, column->name.pos,
                       "Column `%.*s` is a 'PRIMARY KEY' column: please use 'KEY' for streams.\n"
                       "Tables have PRIMARY KEYs, which are unique and NON NULL.\n"
                       "Streams have KEYs, which have no uniqueness or NON NULL constraints.",
                       TEXT_ARGS(column->name.name));
    }
    if (column->constraint == COLUMN_CONSTRAINT_KEY && is_table) {
        return fail_at(planner->diag, column->name.pos,
                       "Column `%.*s` is a 'KEY' column: please use 'PRIMARY KEY' for tables.\n"
                       "Tables have PRIMARY KEYs, which are unique and NON NULL.\n"
                       "Streams have KEYs, which have no uniqueness or NON NULL constraints.",
                       TEXT_ARGS(column->name.name));
    }
    return STATUS_OK;
}

static bool is_headers_type(const struct type *type)
{
    return type->kind == TYPE_ARRAY && type->element->kind == TYPE_STRUCT &&
           type->element->field_count == 2 &&
           text_equal(type->element->fields[0].name, TEXT("KEY")) &&
           type->element->fields[0].type->kind == TYPE_STRING &&
           text_equal(type->element->fields[1].name, TEXT("VALUE")) &&
           type->element->fields[1].type->kind == TYPE_BYTES;
}

static enum status fail_headers_type(const struct planner *planner,
                                     const struct column_definition *definition,
                                     const struct type *type)
{
    struct buffer text;
    buffer_init(&text);
    type_print(type, &text);
    enum status status;
    if (definition->constraint == COLUMN_CONSTRAINT_HEADERS) {
        status = fail_at(planner->diag, definition->pos,
                         "Invalid type for HEADERS column: expected "
                         "ARRAY<STRUCT<`KEY` STRING, `VALUE` BYTES>>, got %.*s",
                         TEXT_ARGS(buffer_text(&text)));
    } else {
        status = fail_at(planner->diag, definition->pos,
                         "Invalid type for HEADER('%.*s') column: expected BYTES, got %.*s",
                         TEXT_ARGS(definition->header_key), TEXT_ARGS(buffer_text(&text)));
    }
    buffer_release(&text);
    return status;
}

/* Against the header columns before it: not both kinds, and nothing twice. */
static enum status check_header(const struct planner *planner,
                                const struct column_definition *definition,
                                const struct schema_column *columns, uint32_t count)
{
    const bool is_all = definition->constraint == COLUMN_CONSTRAINT_HEADERS;
    for (uint32_t i = 0; i < count; i++) {
        if (columns[i].role != COLUMN_HEADERS) {
            continue;
        }
        if (is_all || !columns[i].header_key.data) {
            return fail_at(planner->diag, definition->pos,
                           "Schema already contains a HEADER%s column.",
                           columns[i].header_key.data ? "" : "S");
        }
        if (text_equal(columns[i].header_key, definition->header_key)) {
            return fail_at(planner->diag, definition->pos,
                           "Schema already contains a HEADER('%.*s') column.",
                           TEXT_ARGS(definition->header_key));
        }
    }
    return STATUS_OK;
}

static bool is_key(const struct column_definition *definition)
{
    return definition->constraint == COLUMN_CONSTRAINT_KEY ||
           definition->constraint == COLUMN_CONSTRAINT_PRIMARY_KEY;
}

static bool is_header(const struct column_definition *definition)
{
    return definition->constraint == COLUMN_CONSTRAINT_HEADERS ||
           definition->constraint == COLUMN_CONSTRAINT_HEADER;
}

static enum status check_name(const struct planner *planner,
                              const struct column_definition *definition,
                              const struct schema_column *columns, uint32_t count)
{
    if (pseudo_find(definition->name.name)) {
        return fail_at(planner->diag, definition->name.pos,
                       "'%.*s' is a reserved column name. You cannot use it as a name for a "
                       "column.",
                       TEXT_ARGS(definition->name.name));
    }
    for (uint32_t i = 0; i < count; i++) {
        if (text_equal(columns[i].name, definition->name.name)) {
            return diag_fail(planner->diag, STATUS_INVALID, definition->name.pos,
                             "Duplicate column names: %.*s", TEXT_ARGS(definition->name.name));
        }
    }
    return STATUS_OK;
}

static enum status resolve_column(const struct planner *planner,
                                  const struct column_definition *definition, bool is_table,
                                  const struct schema_column *columns, uint32_t count,
                                  struct schema_column *out)
{
    TRY(check_name(planner, definition, columns, count));
    TRY(check_key_word(planner, definition, is_table));
    *out = (struct schema_column){.role = is_key(definition) ? COLUMN_KEY : COLUMN_VALUE};
    TRY(plan_type(planner, definition->type, &out->type));
    if (is_header(definition)) {
        TRY(setting_require(planner, "ksql.headers.columns.enabled", definition->name.pos,
                            "Cannot create STREAM because schema with headers columns is "
                            "disabled."));
        out->role = COLUMN_HEADERS;
        const bool fits = definition->constraint == COLUMN_CONSTRAINT_HEADERS
                              ? is_headers_type(out->type)
                              : out->type->kind == TYPE_BYTES;
        if (!fits) {
            return fail_headers_type(planner, definition, out->type);
        }
        TRY(check_header(planner, definition, columns, count));
        if (definition->constraint == COLUMN_CONSTRAINT_HEADER) {
            out->header_key = arena_text(planner->arena, definition->header_key);
        }
    }
    out->name = arena_text(planner->arena, definition->name.name);
    return out->name.data ? STATUS_OK : diag_no_memory(planner->diag);
}

enum status columns_resolve(const struct planner *planner,
                            const struct column_definition_list *list, bool is_table,
                            struct schema *out)
{
    if (list->count > COLUMN_COUNT_MAX) {
        return diag_fail(planner->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "The statement defines %zu columns; at most %d are possible", list->count,
                         COLUMN_COUNT_MAX);
    }
    struct schema_column *written = arena_array(planner->arena, list->count, sizeof(*written));
    struct schema_column *columns = arena_array(planner->arena, list->count, sizeof(*columns));
    if (!written || !columns) {
        return diag_no_memory(planner->diag);
    }
    const uint32_t count = (uint32_t)list->count;
    for (uint32_t i = 0; i < count; i++) {
        TRY(resolve_column(planner, &list->items[i], is_table, written, i, &written[i]));
    }
    uint32_t next = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (written[i].role == COLUMN_KEY) {
            columns[next++] = written[i];
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (written[i].role != COLUMN_KEY) {
            columns[next++] = written[i];
        }
    }
    *out = (struct schema){count, columns};
    return STATUS_OK;
}
