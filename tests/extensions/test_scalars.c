/* test_scalars.c
 *
 * Scalar functions of the test cases: overloads that only say which of them was called, functions
 * on structs, and functions that fail when CASE runs a branch that it should not.
 */
#include <stdatomic.h>

#include "tests/extensions/test_functions.h"

/* The overload's note is what it returns. */
static enum status say_overload(struct function_call *call, const struct value *args,
                                struct value *out)
{
    (void)args;
    *out = value_text(text_of(call->def->note));
    return STATUS_OK;
}

static enum status first_field(struct function_call *call, const struct value *args,
                               struct value *out)
{
    (void)call;
    *out = args[0].list->items[0];
    return STATUS_OK;
}

static enum status struct_of(struct function_call *call, struct value field, struct value *out)
{
    struct value_list *list = value_list_create(call->arena, 1);
    if (!list) {
        return diag_no_memory(call->diag);
    }
    list->items[0] = field;
    *out = (struct value){.list = list};
    return STATUS_OK;
}

static enum status foo_struct(struct function_call *call, const struct value *args,
                              struct value *out)
{
    (void)args;
    return struct_of(call, value_text(TEXT("foo")), out);
}

static enum status to_struct(struct function_call *call, const struct value *args,
                             struct value *out)
{
    return struct_of(call, args[0], out);
}

static enum status value_if_allowed(struct function_call *call, const struct value *args,
                                    struct value *out)
{
    if (!args[1].boolean) {
        return function_fail(call, "this must not be evaluated");
    }
    *out = args[0];
    return STATUS_OK;
}

static enum status always_fail(struct function_call *call, const struct value *args,
                               struct value *out)
{
    (void)args;
    (void)out;
    return function_fail(call, "boom!");
}

static enum status fail_if_asked(struct function_call *call, const struct value *args,
                                 struct value *out)
{
    if (args[0].boolean) {
        return function_fail(call, "You asked me to throw...");
    }
    *out = value_int32(0);
    return STATUS_OK;
}

/* ksqlDB's has a counter in the object. Each case runs in a process of its own, and calls it in
 * one query, so that a counter of the process counts the same. */
static enum status null_every_other_time(struct function_call *call, const struct value *args,
                                         struct value *out)
{
    static atomic_uint call_count;
    (void)call;
    *out = atomic_fetch_add(&call_count, 1) % 2 == 0 ? VALUE_NULL : args[0];
    return STATUS_OK;
}

#define BAD_UDF(type)                                                                              \
    {                                                                                              \
        .name = "BAD_UDF", .spelling = "bad_udf", .parameters = type " arg", .returns = "VARCHAR", \
        .call = always_fail                                                                        \
    }

#define TEST_UDF(types, text)                                                                      \
    {                                                                                              \
        .name = "TEST_UDF", .spelling = "test_udf", .parameters = (types), .returns = "VARCHAR",   \
        .call = say_overload, .note = (text)                                                       \
    }

static const struct function_def functions[] = {
    BAD_UDF("INT"),
    {.name = "BAD_UDF",
     .spelling = "bad_udf",
     .parameters = "BOOLEAN arg",
     .returns = "INT",
     .flags = FUNCTION_PRIMITIVE_NUMBERS,
     .call = fail_if_asked},
    {.name = "BAD_UDF",
     .spelling = "bad_udf",
     .parameters = "VARCHAR arg",
     .returns = "VARCHAR",
     .flags = FUNCTION_NONDETERMINISTIC,
     .call = null_every_other_time},
    BAD_UDF("ARRAY<T>"),
    BAD_UDF("MAP<K, V>"),
    BAD_UDF("STRUCT<>"),
    TEST_UDF("INT arg1, VARCHAR arg2", "doStuffIntString"),
    TEST_UDF("BIGINT arg1, VARCHAR arg2", "doStuffLongString"),
    TEST_UDF("BIGINT arg1, BIGINT arg2, VARCHAR arg3", "doStuffLongLongString"),
    TEST_UDF("BIGINT... longs", "doStuffLongVarargs"),
    {.name = "TEST_UDF",
     .spelling = "test_udf",
     .parameters = "STRUCT<A VARCHAR> struct",
     .returns = "VARCHAR",
     .flags = FUNCTION_STRICT,
     .call = first_field},
    {.name = "TEST_UDF",
     .spelling = "test_udf",
     .parameters = "",
     .returns = "STRUCT<A VARCHAR>",
     .call = foo_struct},
    {.name = "TOSTRUCT",
     .spelling = "ToStruct",
     .parameters = "VARCHAR value",
     .returns = "STRUCT<A VARCHAR>",
     .call = to_struct},
    {.name = "WHENCONDITION",
     .spelling = "WhenCondition",
     .parameters = "BOOLEAN value, BOOLEAN mayRun",
     .returns = "BOOLEAN",
     .flags = FUNCTION_PRIMITIVE_NUMBERS,
     .call = value_if_allowed},
    {.name = "WHENRESULT",
     .spelling = "WhenResult",
     .parameters = "INT value, BOOLEAN mayRun",
     .returns = "INT",
     .flags = FUNCTION_PRIMITIVE_NUMBERS,
     .call = value_if_allowed},
};

const struct function_family test_scalar_family = {
    .functions = functions, .function_count = sizeof(functions) / sizeof(functions[0])};
