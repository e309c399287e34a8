/* translate_call.c
 *
 * Calls of scalar functions.
 *
 * A lambda's body cannot be typed before its arguments' types are known; the builder of the
 * call asks for it in lambda_body(). While that runs, the parameters are in the scope of a
 * struct binding chain, each with its own slot for the time of evaluation.
 */
#include "functions/registry.h"
#include "planner/translator.h"

struct lambda_context {
    struct translator *translator;
    const struct expression *lambda;
};

static enum status lambda_body(void *context, const struct type *const *argument_types,
                               uint32_t *first_slot, const struct expr **body, struct diag *diag)
{
    const struct lambda_context *self = context;
    struct translator *translator = self->translator;
    const struct identifier_list *params = &self->lambda->lambda.params;
    if (params->count > LAMBDA_SLOTS_MAX - translator->next_slot) {
        return diag_fail(diag, STATUS_LIMIT, self->lambda->pos,
                         "Expression has more than %d lambda arguments", LAMBDA_SLOTS_MAX);
    }
    const struct binding binding = {params, argument_types, translator->next_slot,
                                    translator->bindings};
    *first_slot = binding.first_slot;
    translator->next_slot += (uint32_t)params->count;
    translator->bindings = &binding;
    const enum status status = translator_node(translator, self->lambda->lambda.body, body);
    translator->bindings = binding.outer;
    translator->next_slot = binding.first_slot; /* siblings run after one another */
    return status;
}

static struct text unit_name(enum ast_interval_unit unit)
{
    static const char *const names[] = {
        [AST_INTERVAL_DAYS] = "DAYS",
        [AST_INTERVAL_HOURS] = "HOURS",
        [AST_INTERVAL_MINUTES] = "MINUTES",
        [AST_INTERVAL_SECONDS] = "SECONDS",
        [AST_INTERVAL_MILLISECONDS] = "MILLISECONDS",
    };
    return text_of(names[unit]);
}

static enum status translate_argument(struct translator *self, const struct expression *node,
                                      struct expr_argument *out)
{
    *out = (struct expr_argument){0};
    if (node->kind == EXPRESSION_INTERVAL_UNIT) {
        out->unit = unit_name(node->interval_unit);
        return STATUS_OK;
    }
    if (node->kind != EXPRESSION_LAMBDA) {
        return translator_node(self, node, &out->expr);
    }
    struct lambda_context *context = arena_alloc(self->planner->arena, sizeof(*context));
    if (!context) {
        return diag_no_memory(self->planner->diag);
    }
    *context = (struct lambda_context){self, node};
    out->lambda_argument_count = (uint32_t)node->lambda.params.count;
    out->body_of = lambda_body;
    out->context = context;
    return STATUS_OK;
}

/* Aggregates and table functions are columns by now where they may stand. */
static enum status check_kind(const struct translator *self, const struct expression *node)
{
    enum function_kind kind;
    if (!function_find_kind(self->planner->registry, node->call.name.name, &kind) ||
        kind == FUNCTION_SCALAR) {
        return STATUS_OK;
    }
    const char *text = kind == FUNCTION_AGGREGATE ? "Aggregate" : "Table";
    return diag_fail(self->planner->diag, STATUS_INVALID, node->pos,
                     "%s function %.*s cannot be used here", text, TEXT_ARGS(node->call.name.name));
}

enum status translator_call(struct translator *self, const struct expression *node,
                            const struct expr **out)
{
    const size_t count = node->call.args.count;
    struct expr_argument *arguments = arena_array(self->planner->arena, count, sizeof(*arguments));
    if (!arguments) {
        return diag_no_memory(self->planner->diag);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(translate_argument(self, node->call.args.items[i], &arguments[i]));
    }
    TRY(check_kind(self, node));
    struct expr_build build;
    TRY(translator_begin(self, node, &build));
    return expr_call(&build, node->call.name.name, arguments, (uint32_t)count, out);
}
