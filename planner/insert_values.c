/* insert_values.c
 *
 * INSERT INTO .. VALUES: the values are constants or calls over constants, evaluated here and
 * coerced to the columns' types by the strict rules. Whoever writes the record only has to
 * encode it. ASSERT VALUES reads its values in the same way; it may name any source.
 * Source of behaviour: ksqlDB's InsertValuesExecutor, GenericRecordFactory and
 * GenericExpressionResolver.
 */
#include "functions/expr.h"
#include "planner/expression_tree.h"
#include "planner/names.h"
#include "planner/query.h"
#include "planner/settings.h"
#include "planner/translate.h"

static enum status check_qualifier(void *context, const struct expression *node,
                                   const struct lambda_frame *lambdas, bool *enter)
{
    const struct planner *planner = context;
    (void)lambdas;
    (void)enter;
    if (node->kind != EXPRESSION_COLUMN || !node->column.has_source) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, node->pos,
                     "Failed to prepare statement: '%.*s' is not a valid stream/table name or "
                     "alias.",
                     TEXT_ARGS(node->column.source.name));
}

static enum status check_statement(const struct planner *planner,
                                   const struct insert_values_statement *statement)
{
    if (statement->columns.count > 0 && statement->columns.count != statement->values.count) {
        return diag_fail(planner->diag, STATUS_INVALID, statement->target.pos,
                         "Failed to prepare statement: Expected number columns and values to "
                         "match: %zu, %zu",
                         statement->columns.count, statement->values.count);
    }
    struct planner copy = *planner; /* the visitor's context is not const */
    const struct expression_visitor visitor = {check_qualifier, &copy};
    for (size_t i = 0; i < statement->values.count; i++) {
        TRY(expression_visit(&visitor, statement->values.items[i]));
    }
    return STATUS_OK;
}

static enum status find_target(const struct planner *planner,
                               const struct insert_values_statement *statement,
                               const struct source **out)
{
    const struct identifier *name = &statement->target;
    *out = planner->catalog->find_source(planner->catalog->context, name->name);
    return *out ? STATUS_OK
                : diag_fail(planner->diag, STATUS_MISSING, name->pos,
                            "Cannot insert values into an unknown stream/table: `%.*s`%.*s",
                            TEXT_ARGS(name->name),
                            TEXT_ARGS(source_name_hint(planner, name->name)));
}

static enum status check_target(const struct planner *planner,
                                const struct insert_values_statement *statement,
                                const struct source *target)
{
    const struct identifier *name = &statement->target;
    if (target->window.kind != WINDOW_NONE) {
        return diag_fail(planner->diag, STATUS_INVALID, name->pos,
                         "Cannot insert values into windowed stream/table!");
    }
    if (target->is_read_only) {
        return diag_fail(planner->diag, STATUS_INVALID, name->pos,
                         "Cannot insert values into read-only %s: %.*s",
                         target->is_table ? "table" : "stream", TEXT_ARGS(name->name));
    }
    return STATUS_OK;
}

static enum status check_headers(const struct planner *planner,
                                 const struct insert_values_statement *statement,
                                 const struct source *target)
{
    struct text *names = arena_array(planner->arena, statement->columns.count, sizeof(*names));
    if (!names) {
        return diag_no_memory(planner->diag);
    }
    size_t count = 0;
    for (size_t i = 0; i < statement->columns.count; i++) {
        const int index = schema_find(&target->schema, statement->columns.items[i].name);
        if (index >= 0 && target->schema.columns[index].role == COLUMN_HEADERS) {
            names[count++] = target->schema.columns[index].name;
        }
    }
    if (count == 0) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, statement->target.pos,
                     "Cannot insert into HEADER columns: %.*s",
                     TEXT_ARGS(name_list(planner->arena, names, count, ", ")));
}

/* --- Columns ----------------------------------------------------------------------------- */

/* Where a value goes. */
struct place {
    struct text name;
    const struct type *type;
    int column_index; /* -1: ROWTIME */
};

static enum status fail_count(const struct planner *planner,
                              const struct insert_values_statement *statement,
                              const struct place *places, size_t place_count)
{
    const size_t value_count = statement->values.count;
    struct text *names = arena_array(planner->arena, place_count, sizeof(*names));
    struct text *values = arena_array(planner->arena, value_count, sizeof(*values));
    if (!names || !values) {
        return diag_no_memory(planner->diag);
    }
    for (size_t i = 0; i < place_count; i++) {
        names[i] = name_quoted(planner->arena, places[i].name);
    }
    for (size_t i = 0; i < value_count; i++) {
        TRY(translate_text(planner, statement->values.items[i], &values[i]));
    }
    return diag_fail(planner->diag, STATUS_INVALID, statement->target.pos,
                     "Expected a value for each column. Expected Columns: [%.*s]. Got [%.*s]",
                     TEXT_ARGS(name_list(planner->arena, names, place_count, ", ")),
                     TEXT_ARGS(name_list(planner->arena, values, value_count, ", ")));
}

static enum status find_place(const struct planner *planner, const struct source *target,
                              const struct identifier *name, struct place *out)
{
    const int index = schema_find(&target->schema, name->name);
    if (index >= 0) {
        *out = (struct place){name->name, target->schema.columns[index].type, index};
        return STATUS_OK;
    }
    const struct pseudo_name *pseudo = pseudo_find(name->name);
    if (!pseudo) {
        return diag_fail(planner->diag, STATUS_INVALID, name->pos,
                         "Column name `%.*s` does not exist.", TEXT_ARGS(name->name));
    }
    if (pseudo->kind != PSEUDO_ROWTIME) {
        return diag_fail(planner->diag, STATUS_INVALID, name->pos,
                         "Inserting into column `%.*s` is not allowed.", TEXT_ARGS(name->name));
    }
    *out = (struct place){name->name, type_of(TYPE_BIGINT), -1};
    return STATUS_OK;
}

/* The columns listed, or all keys and values as declared. */
static enum status find_places(const struct planner *planner,
                               const struct insert_values_statement *statement,
                               const struct source *target, struct place **out)
{
    const struct schema *schema = &target->schema;
    const size_t listed = statement->columns.count;
    const size_t room = listed > 0 ? listed : schema->column_count;
    struct place *places = arena_array(planner->arena, room, sizeof(*places));
    if (!places) {
        return diag_no_memory(planner->diag);
    }
    size_t count = 0;
    for (size_t i = 0; i < listed; i++) {
        TRY(find_place(planner, target, &statement->columns.items[i], &places[count++]));
    }
    for (uint32_t i = 0; listed == 0 && i < schema->column_count; i++) {
        if (schema->columns[i].role != COLUMN_HEADERS) {
            places[count++] =
                (struct place){schema->columns[i].name, schema->columns[i].type, (int)i};
        }
    }
    *out = places;
    return count == statement->values.count ? STATUS_OK
                                            : fail_count(planner, statement, places, count);
}

static enum status check_primary_key(const struct planner *planner,
                                     const struct insert_values_statement *statement,
                                     const struct source *target, const struct place *places)
{
    if (!target->is_table) {
        return STATUS_OK;
    }
    const uint32_t key_count = schema_count(&target->schema, COLUMN_KEY);
    struct text *missing = arena_array(planner->arena, key_count, sizeof(*missing));
    if (!missing) {
        return diag_no_memory(planner->diag);
    }
    size_t count = 0;
    for (uint32_t key = 0; key < key_count; key++) {
        bool is_there = false;
        for (size_t i = 0; i < statement->values.count; i++) {
            is_there |= places[i].column_index == (int)key;
        }
        if (!is_there) {
            missing[count++] = target->schema.columns[key].name;
        }
    }
    if (count == 0) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, statement->target.pos,
                     "Value for primary key column(s) %.*s is required for tables",
                     TEXT_ARGS(name_list(planner->arena, missing, count, ", ")));
}

/* --- Values ------------------------------------------------------------------------------ */

static enum status check_columns(void *context, const struct expression *node,
                                 const struct lambda_frame *lambdas, bool *enter)
{
    const struct planner *planner = context;
    (void)enter;
    if (node->kind != EXPRESSION_COLUMN || lambda_frame_binds(lambdas, node->column.name.name)) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, node->pos,
                     "Unsupported column reference in insert value: %.*s",
                     TEXT_ARGS(node->column.name.name));
}

static const char *format_hint(enum type_kind kind)
{
    if (kind == TYPE_TIMESTAMP) {
        return ". Timestamp format must be yyyy-mm-ddThh:mm:ss[.S]";
    }
    if (kind == TYPE_TIME) {
        return ". Time format must be hh:mm:ss[.S]";
    }
    return kind == TYPE_DATE ? ". Date format must be yyyy-mm-dd" : "";
}

static enum status fail_type(const struct planner *planner, const struct place *place,
                             const struct expr *expr, const struct value *value)
{
    struct buffer types[2];
    buffer_init(&types[0]);
    buffer_init(&types[1]);
    type_print(place->type, &types[0]);
    type_print(expr->type, &types[1]);
    const struct text shown =
        expr->type->kind == TYPE_STRING && !value->is_null ? value->text : expr->text;
    const enum status status =
        diag_fail(planner->diag, STATUS_INVALID, expr->pos,
                  "Expected type %.*s for field `%.*s` but got %.*s(%.*s)%s",
                  TEXT_ARGS(buffer_text(&types[0])), TEXT_ARGS(place->name),
                  TEXT_ARGS(buffer_text(&types[1])), TEXT_ARGS(shown),
                  expr->type->kind == TYPE_STRING ? format_hint(place->type->kind) : "");
    buffer_release(&types[0]);
    buffer_release(&types[1]);
    return status;
}

static enum status evaluate(const struct planner *planner, const struct expression *expression,
                            const struct place *place, struct expr_context *context,
                            struct value *out)
{
    static const struct schema no_columns = {0};
    const struct scope scope = {.schema = &no_columns};
    struct planner copy = *planner;
    const struct expression_visitor visitor = {check_columns, &copy};
    const struct expr *expr = NULL;
    struct value value;
    struct diag ignored;
    TRY(expression_visit(&visitor, expression));
    TRY(translate(planner, &scope, expression, &expr));
    TRY(expr_eval_constant(expr, context, &value, planner->diag));
    if (value.is_null) {
        *out = VALUE_NULL;
        return STATUS_OK;
    }
    const enum status status = expr_coerce_value(COERCE_STRICT, expr->type, value, place->type,
                                                 planner->arena, out, &ignored);
    if (status == STATUS_NO_MEMORY) {
        return diag_no_memory(planner->diag);
    }
    return status == STATUS_OK ? STATUS_OK : fail_type(planner, place, expr, &value);
}

static enum status build_record(const struct planner *planner,
                                const struct insert_values_statement *statement,
                                struct expr_context *context, bool needs_key,
                                struct insert_plan *out)
{
    const struct source *target = out->source;
    struct place *places = NULL;
    TRY(find_places(planner, statement, target, &places));
    for (size_t i = 0; i < statement->values.count; i++) {
        struct value value;
        TRY(evaluate(planner, statement->values.items[i], &places[i], context, &value));
        if (places[i].column_index >= 0) {
            out->values[places[i].column_index] = value;
            out->is_given[places[i].column_index] = true;
        } else if (!value.is_null) {
            out->has_time = true;
            out->time_ms = value.int64;
        }
    }
    return needs_key ? check_primary_key(planner, statement, target, places) : STATUS_OK;
}

static enum status make_plan(const struct planner *planner, const struct source *source,
                             struct insert_plan *out)
{
    const uint32_t count = source->schema.column_count;
    *out = (struct insert_plan){
        .source = source,
        .values = arena_array(planner->arena, count, sizeof(*out->values)),
        .is_given = arena_zalloc(planner->arena, count * sizeof(*out->is_given)),
    };
    if (!out->values || !out->is_given) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        out->values[i] = VALUE_NULL;
    }
    return STATUS_OK;
}

enum status plan_assert_values(const struct planner *planner,
                               const struct insert_values_statement *statement,
                               struct expr_context *context, struct insert_plan *out)
{
    struct insert_plan plan;
    const struct source *source = NULL;
    TRY(check_statement(planner, statement));
    TRY(find_target(planner, statement, &source));
    TRY(make_plan(planner, source, &plan));
    TRY(build_record(planner, statement, context, false, &plan));
    *out = plan;
    return STATUS_OK;
}

enum status plan_insert_values(const struct planner *planner,
                               const struct insert_values_statement *statement,
                               struct expr_context *context, struct insert_plan *out)
{
    struct insert_plan plan;
    const struct source *source = NULL;
    TRY(setting_require(planner, "ksql.insert.into.values.enabled", statement->target.pos,
                        "The server has disabled INSERT INTO ... VALUES functionality. To enable "
                        "it, restart your ksqlDB server with "
                        "'ksql.insert.into.values.enabled'=true"));
    TRY(check_statement(planner, statement));
    TRY(find_target(planner, statement, &source));
    TRY(check_target(planner, statement, source));
    TRY(check_headers(planner, statement, source));
    TRY(make_plan(planner, source, &plan));
    const enum status status = build_record(planner, statement, context, true, &plan);
    if (status != STATUS_OK && status != STATUS_NO_MEMORY) {
        diag_prefix(planner->diag, "Failed to insert values into '%.*s'. ",
                    TEXT_ARGS(statement->target.name));
    }
    TRY(status);
    *out = plan;
    return STATUS_OK;
}
