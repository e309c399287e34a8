/* join_check.c
 *
 * Streams join streams within a time, streams look up tables, and tables join tables on
 * primary keys, or on a foreign key of the left one. Everything else is refused here, one rule
 * per function, in the order in which ksqlDB reports them.
 */
#include "planner/join_check.h"

#include "parser/printer.h"
#include "planner/names.h"

static const struct source *source_at(const struct query *query, uint32_t index)
{
    return query->sources[index].source;
}

/* "Got A.X = B.Y", as the user wrote it. */
static enum status fail_condition(const struct planner *planner, const struct join_rule *rule,
                                  const char *reason)
{
    const struct expression *on = rule->on;
    return diag_fail(planner->diag, STATUS_INVALID, on->pos,
                     "Invalid join condition: %s Got %.*s = %.*s.", reason,
                     TEXT_ARGS(printer_expression_text(planner->arena, on->comparison.left)),
                     TEXT_ARGS(printer_expression_text(planner->arena, on->comparison.right)));
}

/* "Got A LEFT [OUTER] JOIN B." */
static enum status fail_kind(const struct planner *planner, const struct query *query,
                             const struct join_rule *rule, const char *reason)
{
    return diag_fail(
        planner->diag, STATUS_INVALID, rule->ast->pos, "Invalid join %s Got %.*s %s %.*s.", reason,
        TEXT_ARGS(source_at(query, rule->left_source)->name), join_type_text(rule->type),
        TEXT_ARGS(source_at(query, rule->right_source)->name));
}

static bool is_on_key(const struct query *query, uint32_t source_index,
                      const struct expression *side)
{
    const struct schema *schema = &source_at(query, source_index)->schema;
    return side->kind == EXPRESSION_COLUMN && schema_count(schema, COLUMN_KEY) == 1 &&
           text_equal(schema->columns[0].name, side->column.name.name);
}

static enum status fail_within(const struct planner *planner, const struct join_rule *rule,
                               const char *kinds)
{
    return diag_fail(planner->diag, STATUS_INVALID, rule->ast->within_before.pos,
                     "A window definition was provided for a %s join. These joins are not "
                     "windowed. Please drop the window definition (ie. the WITHIN clause) and "
                     "try to execute your join again.",
                     kinds);
}

static enum status check_stream_table(const struct planner *planner, const struct query *query,
                                      const struct join_rule *rule)
{
    if (rule->type == JOIN_OUTER) {
        return fail_kind(planner, query, rule,
                         "type: full-outer join not supported for stream-table join.");
    }
    if (rule->type == JOIN_RIGHT) {
        return diag_fail(planner->diag, STATUS_INVALID, rule->ast->pos,
                         "Invalid join type encountered: %s", join_type_text(rule->type));
    }
    if (!is_on_key(query, rule->right_source, rule->right)) {
        return fail_condition(planner, rule,
                              "stream-table joins require to join on the table's primary key.");
    }
    return rule->ast->within_before.is_present ? fail_within(planner, rule, "Stream-Table")
                                               : STATUS_OK;
}

static enum status check_foreign(const struct planner *planner, const struct query *query,
                                 const struct join_rule *rule)
{
    if (rule->right_source != 1) {
        return fail_condition(planner, rule,
                              "foreign-key table-table joins are not supported as part of n-way "
                              "joins.");
    }
    if (rule->type == JOIN_OUTER) {
        return fail_kind(planner, query, rule,
                         "type: full-outer join not supported for foreign-key table-table "
                         "join.");
    }
    if (rule->type == JOIN_RIGHT) {
        return diag_fail(planner->diag, STATUS_INVALID, rule->ast->pos,
                         "RIGHT OUTER JOIN on a foreign key is not supported");
    }
    const bool is_windowed = source_at(query, 0)->window.kind != WINDOW_NONE ||
                             source_at(query, 1)->window.kind != WINDOW_NONE;
    if (is_windowed) {
        return diag_fail(planner->diag, STATUS_INVALID, rule->ast->pos,
                         "Foreign-key table-table joins are not supported on windowed tables.");
    }
    return STATUS_OK;
}

static enum status check_table_table(const struct planner *planner, const struct query *query,
                                     const struct join_rule *rule)
{
    if (!is_on_key(query, rule->right_source, rule->right)) {
        return fail_condition(planner, rule,
                              "table-table joins require to join on the primary key of the right "
                              "input table.");
    }
    if (rule->ast->within_before.is_present) {
        return fail_within(planner, rule, "Table-Table");
    }
    return rule->is_foreign ? check_foreign(planner, query, rule) : STATUS_OK;
}

static enum status check_stream_stream(const struct planner *planner, const struct join_rule *rule)
{
    if (rule->ast->within_before.is_present) {
        return STATUS_OK;
    }
    return diag_fail(planner->diag, STATUS_INVALID, rule->ast->pos,
                     "Stream-Stream joins must have a WITHIN clause specified. None was "
                     "provided. To learn about how to specify a WITHIN clause with a "
                     "stream-stream join, please visit: "
                     "https://docs.confluent.io/current/ksql/docs/syntax-reference.html"
                     "#create-stream-as-select");
}

/* --- Windowed keys ----------------------------------------------------------------------- */

static const char *window_text(enum window_kind kind)
{
    static const char *const texts[] = {
        [WINDOW_NONE] = "not windowed",
        [WINDOW_TUMBLING] = "TUMBLING windowed",
        [WINDOW_HOPPING] = "HOPPING windowed",
        [WINDOW_SESSION] = "SESSION windowed",
    };
    return texts[kind];
}

static enum status fail_windows(const struct planner *planner, const struct query *query,
                                const struct join_rule *rule, const struct plan_step *left,
                                const struct plan_step *right, const char *reason)
{
    return diag_fail(
        planner->diag, STATUS_INVALID, rule->ast->pos, "%s\n`%.*s` is %s\n`%.*s` is %s", reason,
        TEXT_ARGS(query->sources[rule->left_source].alias), window_text(left->window.kind),
        TEXT_ARGS(query->sources[rule->right_source].alias), window_text(right->window.kind));
}

static enum status fail_repartition(const struct planner *planner, const struct join_rule *rule)
{
    return diag_fail(planner->diag, STATUS_INVALID, rule->ast->pos,
                     "Implicit repartitioning of windowed sources is not supported. See "
                     "https://github.com/confluentinc/ksql/issues/4385.");
}

static enum status check_windows(const struct planner *planner, const struct query *query,
                                 const struct join_rule *rule, const struct plan_step *left,
                                 const struct plan_step *right)
{
    const enum window_kind kinds[2] = {left->window.kind, right->window.kind};
    if ((kinds[0] == WINDOW_NONE) != (kinds[1] == WINDOW_NONE)) {
        return fail_windows(planner, query, rule, left, right,
                            "Can not join windowed source to non-windowed source.");
    }
    if (kinds[0] == WINDOW_NONE) {
        return STATUS_OK;
    }
    if ((kinds[0] == WINDOW_SESSION) != (kinds[1] == WINDOW_SESSION)) {
        return fail_windows(planner, query, rule, left, right, "Incompatible windowed sources.");
    }
    const bool is_same = kinds[0] == kinds[1] && left->window.size_ms == right->window.size_ms;
    const bool keeps_keys = is_on_key(query, rule->left_source, rule->left) &&
                            is_on_key(query, rule->right_source, rule->right);
    return is_same && keeps_keys ? STATUS_OK : fail_repartition(planner, rule);
}

/* --- Partitions -------------------------------------------------------------------------- */

/* Sides that keep their keys are read side by side, so that equal keys must lie on partitions
 * of the same number; a side that is re-keyed takes the other's count. */
static enum status check_partitions(const struct planner *planner, const struct query *query,
                                    const struct join_rule *rule)
{
    const struct source *left = source_at(query, rule->left_source);
    const struct source *right = source_at(query, rule->right_source);
    const struct catalog *catalog = planner->catalog;
    struct catalog_topic topics[2];
    const bool keeps_keys = is_on_key(query, rule->left_source, rule->left) &&
                            is_on_key(query, rule->right_source, rule->right) &&
                            left->key_serde.format == right->key_serde.format;
    if (rule->is_foreign || rule->right_source != 1 || !keeps_keys ||
        !catalog->find_topic(catalog->context, left->topic, &topics[0]) ||
        !catalog->find_topic(catalog->context, right->topic, &topics[1]) ||
        topics[0].partition_count == topics[1].partition_count) {
        return STATUS_OK;
    }
    const struct text names[2] = {query->sources[rule->left_source].alias,
                                  query->sources[rule->right_source].alias};
    return diag_fail(planner->diag, STATUS_INVALID, rule->ast->pos,
                     "Can't join `%.*s` with `%.*s` since the number of partitions don't match. "
                     "`%.*s` partitions = %u; `%.*s` partitions = %u. Please repartition either "
                     "one so that the number of partitions match.",
                     TEXT_ARGS(names[0]), TEXT_ARGS(names[1]), TEXT_ARGS(names[0]),
                     topics[0].partition_count, TEXT_ARGS(names[1]), topics[1].partition_count);
}

enum status join_check(const struct planner *planner, const struct query *query,
                       const struct join_rule *rule, const struct plan_step *left,
                       const struct plan_step *right, enum plan_kind *out_kind)
{
    if (left->is_table && !right->is_table) {
        return fail_kind(planner, query, rule,
                         "order: table-stream joins are not supported; only stream-table "
                         "joins.");
    }
    if (!left->is_table && !right->is_table) {
        *out_kind = PLAN_JOIN_STREAM_STREAM;
        TRY(check_stream_stream(planner, rule));
    } else if (!left->is_table) {
        *out_kind = PLAN_JOIN_STREAM_TABLE;
        TRY(check_stream_table(planner, query, rule));
    } else {
        *out_kind = rule->is_foreign ? PLAN_JOIN_FOREIGN_KEY : PLAN_JOIN_TABLE_TABLE;
        TRY(check_table_table(planner, query, rule));
    }
    TRY(check_windows(planner, query, rule, left, right));
    return check_partitions(planner, query, rule);
}

enum status join_check_types(const struct planner *planner, const struct join_rule *rule,
                             const struct expr *left, const struct expr *right)
{
    if (type_equal(left->type, right->type)) {
        return STATUS_OK;
    }
    const bool is_swapped = rule->left != rule->on->comparison.left;
    const struct type *const types[2] = {is_swapped ? right->type : left->type,
                                         is_swapped ? left->type : right->type};
    struct buffer texts[2];
    for (size_t i = 0; i < 2; i++) {
        buffer_init(&texts[i]);
        type_print(types[i], &texts[i]);
    }
    const struct expression *on = rule->on;
    const enum status status =
        diag_fail(planner->diag, STATUS_INVALID, on->pos,
                  "Invalid join condition: types don't match. Got %.*s{%.*s} = %.*s{%.*s}.",
                  TEXT_ARGS(printer_expression_text(planner->arena, on->comparison.left)),
                  TEXT_ARGS(buffer_text(&texts[0])),
                  TEXT_ARGS(printer_expression_text(planner->arena, on->comparison.right)),
                  TEXT_ARGS(buffer_text(&texts[1])));
    buffer_release(&texts[0]);
    buffer_release(&texts[1]);
    return status;
}
