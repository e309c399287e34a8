/* test_tables.c
 *
 * Table functions of the test cases: TEST_UDTF shows each argument, or the first thing in it, as
 * a text of its own row, or hands its one argument on; THROWING_UDTF fails when asked.
 */
#include "base/buffer.h"
#include "base/decimal.h"
#include "functions/cast.h"
#include "tests/extensions/test_functions.h"

/* An array's first element, a map's first value, anything else itself. */
static const struct value *first_in(const struct type *type, const struct value *value,
                                    const struct type **out_type)
{
    static const struct value null = {.is_null = true};
    *out_type = type;
    if (type->kind != TYPE_ARRAY && type->kind != TYPE_MAP) {
        return value;
    }
    *out_type = type->element;
    if (value->is_null) {
        return &null;
    }
    if (type->kind == TYPE_ARRAY) {
        return value->list->count > 0 ? &value->list->items[0] : &null;
    }
    return value->map->count > 0 ? &value->map->values[0] : &null;
}

static enum status text_of_first(const struct type *type, const struct value *value,
                                 struct arena *arena, struct value *out, struct diag *diag)
{
    struct buffer buffer;
    buffer_init(&buffer);
    const struct value *first = first_in(type, value, &type);
    cast_print(type, first, &buffer);
    enum status status = buffer_status(&buffer, diag);
    if (status == STATUS_OK) {
        *out = value_text(arena_text(arena, buffer_text(&buffer)));
        status = out->text.data ? STATUS_OK : diag_no_memory(diag);
    }
    buffer_release(&buffer);
    return status;
}

static enum status texts_of_arguments(const struct table_function *function,
                                      const struct value *args, struct arena *arena,
                                      const struct value_list **rows, struct diag *diag)
{
    struct value_list *list = value_list_create(arena, function->argument_count);
    if (!list) {
        return diag_no_memory(diag);
    }
    for (uint32_t i = 0; i < list->count; i++) {
        TRY(text_of_first(function->argument_types[i], &args[i], arena, &list->items[i], diag));
    }
    *rows = list;
    return STATUS_OK;
}

static enum status one_row(struct value value, struct arena *arena, const struct value_list **rows,
                           struct diag *diag)
{
    if (value.is_null) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "the argument is NULL");
    }
    struct value_list *list = value_list_create(arena, 1);
    if (!list) {
        return diag_no_memory(diag);
    }
    list->items[0] = value;
    *rows = list;
    return STATUS_OK;
}

static enum status argument_itself(const struct table_function *function, const struct value *args,
                                   struct arena *arena, const struct value_list **rows,
                                   struct diag *diag)
{
    (void)function;
    return one_row(args[0], arena, rows, diag);
}

static enum status argument_as_decimal(const struct table_function *function,
                                       const struct value *args, struct arena *arena,
                                       const struct value_list **rows, struct diag *diag)
{
    struct value value = args[0];
    if (!value.is_null && decimal_rescale(value.decimal, function->argument_types[0]->scale,
                                          function->result_type->scale, DECIMAL_ROUNDING_HALF_UP,
                                          &value.decimal) != DECIMAL_OK) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%s",
                         decimal_result_message(DECIMAL_OVERFLOW));
    }
    return one_row(value, arena, rows, diag);
}

static enum status fail_if_asked(const struct table_function *function, const struct value *args,
                                 struct arena *arena, const struct value_list **rows,
                                 struct diag *diag)
{
    (void)function;
    if (!args[0].is_null && args[0].boolean) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "You asked me to throw...");
    }
    return one_row(args[0], arena, rows, diag);
}

#define TEST_UDTF(types)                                                                           \
    {                                                                                              \
        .name = "TEST_UDTF", .spelling = "test_udtf", .parameters = (types), .returns = "VARCHAR", \
        .call = texts_of_arguments                                                                 \
    }

#define SAME_UDTF(type)                                                                            \
    {                                                                                              \
        .name = "TEST_UDTF", .spelling = "test_udtf", .parameters = type " value",                 \
        .returns = (type), .call = argument_itself                                                 \
    }

static const struct table_function_def tables[] = {
    TEST_UDTF("INT i, BIGINT l, DOUBLE d, BOOLEAN b, VARCHAR s, DECIMAL bd, STRUCT<A VARCHAR> st"),
    TEST_UDTF("ARRAY<INT> i, ARRAY<BIGINT> l, ARRAY<DOUBLE> d, ARRAY<BOOLEAN> b, ARRAY<VARCHAR> s, "
              "ARRAY<DECIMAL> bd, ARRAY<STRUCT<A VARCHAR>> st"),
    TEST_UDTF("MAP<VARCHAR, INT> i, MAP<VARCHAR, BIGINT> l, MAP<VARCHAR, DOUBLE> d, "
              "MAP<VARCHAR, BOOLEAN> b, MAP<VARCHAR, VARCHAR> s, MAP<VARCHAR, DECIMAL> bd, "
              "MAP<VARCHAR, STRUCT<A VARCHAR>> st"),
    SAME_UDTF("INT"),
    SAME_UDTF("BIGINT"),
    SAME_UDTF("DOUBLE"),
    SAME_UDTF("BOOLEAN"),
    SAME_UDTF("VARCHAR"),
    SAME_UDTF("STRUCT<A VARCHAR>"),
    {.name = "TEST_UDTF",
     .spelling = "test_udtf",
     .parameters = "DECIMAL value",
     .returns = "DECIMAL(30, 10)",
     .call = argument_as_decimal},
    {.name = "THROWING_UDTF",
     .spelling = "throwing_udtf",
     .parameters = "BOOLEAN shouldThrow",
     .returns = "BOOLEAN",
     .call = fail_if_asked},
};

const struct function_family test_table_family = {
    .tables = tables, .table_count = sizeof(tables) / sizeof(tables[0])};
