/* value_test.c: order, equality, copies and the stored form of values. */
#include "tests/test.h"

#include "base/column.h"
#include "base/row_codec.h"
#include "base/value.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct value sample_map(const struct type *type)
{
    struct value_map *map = value_map_create(&arena, 3);
    value_map_put(type, map, value_text(TEXT("a")), value_int32(1));
    value_map_put(type, map, value_text(TEXT("b")), VALUE_NULL);
    value_map_put(type, map, value_text(TEXT("a")), value_int32(7));
    return (struct value){.map = map};
}

static void strings_order_by_utf16_units(void **state)
{
    (void)state;
    const struct value astral = value_text(TEXT("\xF0\x90\x80\x80")); /* D800 DC00 */
    const struct value high = value_text(TEXT("\xEE\x80\x80"));       /* E000 */
    const struct value low = value_text(TEXT("\xED\x9F\xBF"));        /* D7FF */
    const struct type *type = type_of(TYPE_STRING);
    assert_true(value_compare(type, &astral, &high) < 0);
    assert_true(value_compare(type, &low, &astral) < 0);
    assert_true(value_compare(type_of(TYPE_BYTES), &astral, &high) > 0);
    assert_true(value_compare(type, &VALUE_NULL, &low) < 0);
}

static void rows_survive_the_codec(void **state)
{
    (void)state;
    const struct type_field fields[] = {{TEXT("X"), type_of(TYPE_BIGINT)},
                                        {TEXT("Y"), type_decimal(&arena, 38, 2)}};
    const struct type *types[] = {
        type_map(&arena, type_of(TYPE_STRING), type_of(TYPE_INTEGER)),
        type_array(&arena, type_struct(&arena, fields, 2)),
        type_of(TYPE_DOUBLE),
        type_of(TYPE_STRING),
    };
    struct value_list *item = value_list_create(&arena, 2);
    item->items[0] = value_int64(INT64_MIN);
    item->items[1] = (struct value){.decimal = -((int128)1 << 100)};
    struct value_list *list = value_list_create(&arena, 2);
    list->items[0] = (struct value){.list = item};
    list->items[1] = VALUE_NULL;
    const struct value values[] = {sample_map(types[0]), {.list = list}, value_real(-0.5),
                                   VALUE_NULL};
    struct buffer buffer;
    buffer_init(&buffer);
    row_codec_encode(types, values, 4, &buffer);

    struct diag diag;
    struct value back[4];
    assert_ok(row_codec_decode(types, 4, buffer_text(&buffer), &arena, back, &diag), &diag);
    for (size_t i = 0; i < 4; i++) {
        assert_true(value_equal(types[i], &values[i], &back[i]));
        assert_int_equal(value_hash(types[i], &values[i]), value_hash(types[i], &back[i]));
    }
    for (size_t bytes = 0; bytes < buffer.bytes; bytes++) { /* any cut is noticed */
        const struct text cut = {buffer.data, bytes};
        assert_int_equal(row_codec_decode(types, 4, cut, &arena, back, &diag), STATUS_CORRUPT);
    }
    buffer_release(&buffer);
}

static void compaction_keeps_listed_rows(void **state)
{
    (void)state;
    struct column column;
    struct diag diag;
    assert_ok(column_init(&column, &arena, type_of(TYPE_BIGINT), 4, &diag), &diag);
    column_set(&column, 0, value_int64(10));
    column_set(&column, 1, VALUE_NULL);
    column_set(&column, 2, value_int64(12));
    column_set(&column, 3, VALUE_NULL);
    column_compact(&column, (const uint32_t[]){1, 2}, 2);
    assert_true(column_get(&column, 0).is_null);
    assert_int_equal(column_get(&column, 1).int64, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(strings_order_by_utf16_units, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_survive_the_codec, setup, teardown),
        cmocka_unit_test_setup_teardown(compaction_keeps_listed_rows, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
