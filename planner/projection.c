/* projection.c
 *
 * Items become typed expressions; those that are nothing but a key column of the step below
 * are the result's key columns. A persistent query must have each of them once, unless the
 * newer planner of ksqlDB is asked for, which lets keys be dropped and reordered.
 */
#include "planner/projection.h"

#include <assert.h>
#include <stdlib.h>

#include "parser/printer.h"
#include "planner/expression_tree.h"
#include "planner/names.h"
#include "planner/settings.h"

/* One item of the result. */
struct projected {
    const struct query_item *item;
    const struct expr *expr;
    int key_index; /* of the key column below that it is; -1: a value */
};

static enum status translate_item(struct plan_builder *builder, const struct relation *relation,
                                  const struct query_item *item, struct projected *out)
{
    const struct planner *planner = builder->planner;
    struct expression *plain = NULL;
    TRY(query_plain(planner, builder->query, item->expression, &plain));
    TRY(translate_in(planner, &relation->scope, CLAUSE_OF_SELECT, plain, &out->expr));
    if (out->expr->type->kind == TYPE_NULL) {
        return diag_fail(planner->diag, STATUS_INVALID, item->pos,
                         "Can't infer a type of null. Please explicitly cast it to a required "
                         "type, e.g. CAST(null AS VARCHAR).");
    }
    const struct schema *schema = &relation->step->schema;
    const bool is_key = out->expr->kind == EXPR_COLUMN &&
                        schema->columns[out->expr->column_index].role == COLUMN_KEY;
    out->item = item;
    out->key_index = is_key ? (int)out->expr->column_index : -1;
    return STATUS_OK;
}

/* --- Key columns that are missing -------------------------------------------------------- */

struct missing_keys {
    const char *what; /* "key column" */
    struct text *texts;
    size_t count;
    bool is_any; /* one of them is enough */
    bool is_synthetic;
};

static enum status fail_missing(const struct planner *planner, struct text sink_name,
                                const struct missing_keys *keys, struct diag *diag)
{
    const struct text list =
        name_list(planner->arena, keys->texts, keys->count, keys->is_any ? " or " : " and ");
    const struct text example =
        keys->is_any ? keys->texts[0] : name_list(planner->arena, keys->texts, keys->count, ", ");
    return diag_fail(
        diag, STATUS_INVALID, SQL_POS_NONE,
        "Key missing from projection (ie, SELECT). See https://cnfl.io/2LV7ouS.\n"
        "The query used to build `%.*s` must include the %s%s %.*s in its projection (eg, SELECT "
        "%.*s...).%s",
        TEXT_ARGS(sink_name), keys->what, keys->count == 1 ? "" : "s", TEXT_ARGS(list),
        TEXT_ARGS(example),
        keys->is_synthetic
            ? "\nROWKEY was added as a synthetic key column because the join criteria did not "
              "match any source column. This expression must be included in the projection and "
              "may be aliased. "
            : "");
}

static enum status fail_missing_foreign(const struct planner *planner, struct text alias,
                                        const struct text *names, size_t count, struct diag *diag)
{
    struct text *quoted = arena_array(planner->arena, count, sizeof(*quoted));
    if (!quoted) {
        return diag_no_memory(planner->diag);
    }
    for (size_t i = 0; i < count; i++) {
        const struct text name = names[i]; /* ALIAS_COLUMN */
        const struct text column = {name.data + alias.bytes + 1, name.bytes - alias.bytes - 1};
        quoted[i] = name_quoted(planner->arena, column);
    }
    const struct text list = name_list(planner->arena, quoted, count, ", ");
    const char *plural = count == 1 ? "" : "s";
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "Primary key column%s missing in projection. For foreign-key table-table "
                     "joins, the projection must include all primary key columns from the left "
                     "input table (`%.*s`). Missing column%s: %.*s.",
                     plural, TEXT_ARGS(alias), plural, TEXT_ARGS(list));
}

static bool has_key(const struct projected *items, uint32_t count, uint32_t key_index)
{
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].key_index == (int)key_index) {
            return true;
        }
    }
    return false;
}

static enum status join_key_texts(const struct planner *planner, const struct join_rules *joins,
                                  struct missing_keys *keys)
{
    keys->what = "join expression";
    keys->is_any = true;
    keys->is_synthetic = joins->is_synthetic;
    keys->count = joins->is_synthetic ? 1 : joins->viable.count;
    keys->texts = arena_array(planner->arena, keys->count, sizeof(*keys->texts));
    if (!keys->texts) {
        return diag_no_memory(planner->diag);
    }
    keys->texts[0] = joins->key_name;
    for (uint32_t i = 0; !joins->is_synthetic && i < joins->viable.count; i++) {
        keys->texts[i] = printer_expression_text(planner->arena, joins->viable.items[i]);
    }
    return STATUS_OK;
}

static enum status check_keys_present(struct plan_builder *builder, const struct relation *relation,
                                      struct text sink_name, const struct projected *items,
                                      uint32_t count, struct diag *diag)
{
    const struct planner *planner = builder->planner;
    const struct schema *schema = &relation->step->schema;
    const uint32_t key_count = schema_count(schema, COLUMN_KEY);
    struct missing_keys keys = {.what = "key column"};
    struct text *names = arena_array(planner->arena, key_count, sizeof(*names));
    if (!names) {
        return diag_no_memory(planner->diag);
    }
    /* A grouping lists the missing ones alone, the others all keys. */
    size_t missing = 0;
    for (uint32_t i = 0; i < key_count; i++) {
        if (!has_key(items, count, i)) {
            names[missing++] =
                relation->key_texts ? relation->key_texts[i] : schema->columns[i].name;
        }
    }
    if (missing == 0) {
        return STATUS_OK;
    }
    if (relation->key_origin == KEY_OF_FOREIGN_JOIN) {
        return fail_missing_foreign(planner, builder->query->sources[0].alias, names, missing,
                                    diag);
    }
    if (relation->key_origin == KEY_OF_JOIN) {
        TRY(join_key_texts(planner, relation->joins, &keys));
        return fail_missing(planner, sink_name, &keys, diag);
    }
    keys.texts = names;
    keys.count = missing;
    if (relation->key_origin == KEY_OF_GROUP) {
        keys.what = "grouping expression";
        return fail_missing(planner, sink_name, &keys, diag);
    }
    for (uint32_t i = 0; i < key_count; i++) {
        names[i] = relation->key_texts ? relation->key_texts[i] : schema->columns[i].name;
    }
    keys.count = key_count;
    if (relation->key_origin == KEY_OF_PARTITION) {
        keys.what = "partitioning expression";
    }
    return fail_missing(planner, sink_name, &keys, diag);
}

/* --- Key columns that are there twice ---------------------------------------------------- */

static enum status fail_twice(struct plan_builder *builder, const struct relation *relation,
                              const struct projected *first, const struct projected *second)
{
    static const char advice[] =
        "\nEach key column must only be in the projection once. If you intended to copy the key "
        "into the value, then consider using the AS_VALUE function to indicate which key "
        "reference should be copied.";
    struct text names[2] = {first->item->alias, second->item->alias};
    struct diag *diag = builder->planner->diag;
    if (relation->key_origin == KEY_OF_GROUP) {
        return diag_fail(diag, STATUS_INVALID, second->item->pos,
                         "The projection contains a key column more than once: `%.*s` and "
                         "`%.*s`.%s",
                         TEXT_ARGS(names[0]), TEXT_ARGS(names[1]), advice);
    }
    if (text_compare(names[0], names[1]) > 0) {
        names[0] = second->item->alias;
        names[1] = first->item->alias;
    }
    const struct schema *schema = &relation->step->schema;
    const struct text key = schema->columns[first->key_index].name;
    return diag_fail(diag, STATUS_INVALID, second->item->pos,
                     "The projection contains a key column (`%.*s`) more than once, aliased as: "
                     "%.*s and %.*s.%s",
                     TEXT_ARGS(key), TEXT_ARGS(names[0]), TEXT_ARGS(names[1]), advice);
}

static enum status check_keys_once(struct plan_builder *builder, const struct relation *relation,
                                   const struct projected *items, uint32_t count)
{
    const uint32_t key_count = schema_count(&relation->step->schema, COLUMN_KEY);
    const struct projected **seen =
        arena_zalloc(builder->planner->arena, (key_count + 1) * sizeof(*seen));
    if (!seen) {
        return diag_no_memory(builder->planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        const int key = items[i].key_index;
        if (key < 0) {
            continue;
        }
        if (seen[key]) {
            return fail_twice(builder, relation, seen[key], &items[i]);
        }
        seen[key] = &items[i];
    }
    return STATUS_OK;
}

/* --- The schema -------------------------------------------------------------------------- */

static enum status fail_duplicate(const struct planner *planner, const struct schema_column *column,
                                  struct sql_pos pos)
{
    struct buffer type;
    buffer_init(&type);
    type_print(column->type, &type);
    const enum status status = diag_fail(planner->diag, STATUS_INVALID, pos,
                                         "Duplicate value columns found in schema: `%.*s` %.*s",
                                         TEXT_ARGS(column->name), TEXT_ARGS(buffer_text(&type)));
    buffer_release(&type);
    return status;
}

static int compare_columns(const void *a, const void *b)
{
    const struct schema_column *const *left = a;
    const struct schema_column *const *right = b;
    const int order = text_compare((*left)->name, (*right)->name);
    if (order != 0) {
        return order;
    }
    return (*left > *right) - (*left < *right);
}

static enum status check_duplicates(const struct planner *planner, const struct schema *schema,
                                    const struct projected *const *order)
{
    const uint32_t count = schema->column_count;
    const struct schema_column **sorted = arena_array(planner->arena, count, sizeof(*sorted));
    if (!sorted) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = &schema->columns[i];
    }
    qsort(sorted, count, sizeof(*sorted), compare_columns);
    for (uint32_t i = 1; i < count; i++) {
        if (text_equal(sorted[i - 1]->name, sorted[i]->name)) {
            const ptrdiff_t at = sorted[i] - schema->columns;
            return fail_duplicate(planner, sorted[i], order[at]->item->pos);
        }
    }
    return STATUS_OK;
}

/* Which item stands where: keys in the order of the step below, then values. */
static uint32_t order_items(const struct projected *items, uint32_t count, uint32_t key_count,
                            bool are_keys_in_place, const struct projected **order)
{
    uint32_t next = 0;
    for (uint32_t key = 0; key < key_count && !are_keys_in_place; key++) {
        for (uint32_t i = 0; i < count; i++) {
            if (items[i].key_index == (int)key) {
                order[next++] = &items[i];
            }
        }
    }
    for (uint32_t i = 0; i < count && are_keys_in_place; i++) {
        if (items[i].key_index >= 0) {
            order[next++] = &items[i];
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].key_index < 0) {
            order[next++] = &items[i];
        }
    }
    assert(next == count);
    return next;
}

/* Clients are told the key of a deleted row, of which the window is a part. */
static bool is_of_key(const struct plan_builder *builder, const struct projected *projected)
{
    return projected->key_index >= 0 ||
           (!builder->is_persistent && name_is_window_bound(projected->item->alias));
}

static enum status make_step(struct plan_builder *builder, const struct relation *relation,
                             const struct projected *const *order, uint32_t count,
                             struct plan_step **out)
{
    const struct planner *planner = builder->planner;
    struct plan_step *step = step_create(builder, PLAN_PROJECT, "Project", relation->step);
    struct schema_column *columns = arena_array(planner->arena, count, sizeof(*columns));
    const struct expr **exprs = arena_array(planner->arena, count, sizeof(*exprs));
    if (!step || !columns || !exprs) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        exprs[i] = order[i]->expr;
        columns[i] = (struct schema_column){
            .name = order[i]->item->alias,
            .type = order[i]->expr->type,
            .role = is_of_key(builder, order[i]) ? COLUMN_KEY : COLUMN_VALUE};
    }
    step->schema = (struct schema){count, columns};
    step->project.exprs = exprs;
    step->pos = order[0]->item->pos;
    TRY(check_duplicates(planner, &step->schema, order));
    *out = step;
    return STATUS_OK;
}

/* Keeps the failure for later. */
static enum status find_missing(struct plan_builder *builder, const struct relation *relation,
                                struct text sink_name, const struct projected *items,
                                uint32_t count, struct diag **out)
{
    struct diag diag;
    const enum status status =
        check_keys_present(builder, relation, sink_name, items, count, &diag);
    *out = NULL;
    if (status == STATUS_OK || status == STATUS_NO_MEMORY) {
        return status;
    }
    *out = arena_alloc(builder->planner->arena, sizeof(**out));
    if (!*out) {
        return diag_no_memory(builder->planner->diag);
    }
    **out = diag;
    return STATUS_OK;
}

enum status projection_plan(struct plan_builder *builder, const struct relation *relation,
                            struct text sink_name, struct plan_step **out,
                            struct diag **out_missing)
{
    const struct planner *planner = builder->planner;
    const struct query *query = builder->query;
    const uint32_t count = query->item_count;
    const uint32_t key_count = schema_count(&relation->step->schema, COLUMN_KEY);
    const bool is_new = setting_bool(planner, "ksql.new.query.planner.enabled", false);
    struct projected *items = arena_array(planner->arena, count, sizeof(*items));
    const struct projected **order = arena_array(planner->arena, count, sizeof(*order));
    if (!items || !order) {
        return diag_no_memory(planner->diag);
    }
    for (uint32_t i = 0; i < count; i++) {
        TRY(translate_item(builder, relation, &query->items[i], &items[i]));
    }
    *out_missing = NULL;
    if (!builder->is_persistent) {
        for (uint32_t i = 0; i < count; i++) {
            order[i] = &items[i];
        }
        return make_step(builder, relation, order, count, out);
    }
    if (!is_new) {
        TRY(find_missing(builder, relation, sink_name, items, count, out_missing));
    }
    TRY(check_keys_once(builder, relation, items, count));
    order_items(items, count, key_count, is_new, order);
    TRY(make_step(builder, relation, order, count, out));
    if (!*out_missing && key_count > 0 && schema_count(&(*out)->schema, COLUMN_VALUE) == 0) {
        return diag_fail(planner->diag, STATUS_INVALID, query->items[0].pos,
                         "The projection contains no value columns.");
    }
    return STATUS_OK;
}
