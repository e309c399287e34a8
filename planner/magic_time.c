/* magic_time.c
 *
 * Only a literal text directly compared with (or bounding) one of the three columns is taken
 * for a time; anything computed stays a text, and the comparison is then refused by its types.
 */
#include "planner/magic_time.h"

#include "base/civil_time.h"
#include "planner/expression_tree.h"
#include "planner/names.h"

enum status magic_time_parse(struct text text, struct sql_pos pos, int64_t *out_ms,
                             struct diag *diag)
{
    struct diag reason;
    const enum status status = civil_time_parse_timestamp(text, out_ms, &reason);
    if (status != STATUS_INVALID) {
        return status;
    }
    return diag_fail(diag, STATUS_INVALID, pos, "%s", reason.message);
}

static bool is_time_column(const struct expression *node)
{
    return node->kind == EXPRESSION_COLUMN &&
           (text_equal(node->column.name.name, pseudo_names[PSEUDO_ROWTIME].name) ||
            name_is_window_bound(node->column.name.name));
}

static enum status to_number(const struct planner *planner, struct expression **slot)
{
    const struct expression *text = *slot;
    if (text->kind != EXPRESSION_STRING) {
        return STATUS_OK;
    }
    struct expression *number = arena_alloc(planner->arena, sizeof(*number));
    if (!number) {
        return diag_no_memory(planner->diag);
    }
    *number = *text;
    number->kind = EXPRESSION_BIGINT;
    TRY(magic_time_parse(text->string, text->pos, &number->bigint, planner->diag));
    *slot = number;
    return STATUS_OK;
}

static enum status replace_times(void *context, const struct expression *node,
                                 const struct lambda_frame *lambdas, struct expression **out)
{
    const struct planner *planner = context;
    (void)lambdas;
    const bool is_comparison = node->kind == EXPRESSION_COMPARISON;
    const bool is_left = is_comparison && is_time_column(node->comparison.left);
    const bool is_right = is_comparison && is_time_column(node->comparison.right);
    const bool is_between = node->kind == EXPRESSION_BETWEEN && is_time_column(node->between.value);
    if (!is_left && !is_right && !is_between) {
        return STATUS_OK;
    }
    struct expression *copy = arena_alloc(planner->arena, sizeof(*copy));
    if (!copy) {
        return diag_no_memory(planner->diag);
    }
    *copy = *node;
    if (is_left) {
        TRY(to_number(planner, &copy->comparison.right));
    }
    if (is_right) {
        TRY(to_number(planner, &copy->comparison.left));
    }
    if (is_between) {
        TRY(to_number(planner, &copy->between.min));
        TRY(to_number(planner, &copy->between.max));
    }
    *out = copy;
    return STATUS_OK;
}

enum status magic_time_rewrite(const struct planner *planner, const struct expression *condition,
                               struct expression **out)
{
    struct planner copy = *planner; /* the callback's context is not const */
    const struct expression_rewriter rewriter = {planner->arena, planner->diag, replace_times,
                                                 &copy};
    return expression_rewrite(&rewriter, condition, out);
}
