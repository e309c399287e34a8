/* conditional_family.c
 *
 * COALESCE, IFNULL, NULLIF, and AS_VALUE, which gives its argument back: in a projection it
 * says that a key column is wanted among the values, which is the planner's business.
 */
#include "functions/families.h"

static enum status call_coalesce(struct function_call *call, const struct value *args,
                                 struct value *out)
{
    *out = VALUE_NULL;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (!args[i].is_null) {
            *out = args[i];
            break;
        }
    }
    return STATUS_OK;
}

static enum status call_nullif(struct function_call *call, const struct value *args,
                               struct value *out)
{
    *out = args[0];
    if (!args[0].is_null && !args[1].is_null &&
        value_equal(call->result_type, &args[0], &args[1])) {
        *out = VALUE_NULL;
    }
    return STATUS_OK;
}

static enum status call_as_value(struct function_call *call, const struct value *args,
                                 struct value *out)
{
    (void)call;
    *out = args[0];
    return STATUS_OK;
}

static const struct function_def functions[] = {
    {.name = "AS_VALUE",
     .category = "OTHER",
     .parameters = "T keyColumn",
     .returns = "T",
     .call = call_as_value,
     .summary = "Creates a copy of a key column in the value.",
     .manual = "keyColumn: The key column to be copied to the value."},
    {.name = "COALESCE",
     .category = "CONDITIONAL",
     .parameters = "T first, T... others",
     .returns = "T",
     .call = call_coalesce,
     .summary = "Returns the first of its arguments that is not NULL, or NULL."},
    {.name = "IFNULL",
     .category = "CONDITIONAL",
     .parameters = "T expression, T altValue",
     .returns = "T",
     .call = call_coalesce,
     .summary = "Returns the expression, or the alternative where the expression is NULL.",
     .manual = "expression: The value to check for NULL.\n"
               "altValue: What is returned in its place."},
    {.name = "NULLIF",
     .category = "CONDITIONAL",
     .parameters = "T expression1, T expression2",
     .returns = "T",
     .call = call_nullif,
     .summary = "Returns NULL if the two are equal, else the first.",
     .manual = "expression1: The value to return.\n"
               "expression2: What it is compared with."},
};

const struct function_family conditional_family = {
    .functions = functions, .function_count = sizeof(functions) / sizeof(functions[0])};
