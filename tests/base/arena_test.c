/* arena_test.c: lifetimes, alignment and failure of arenas. */
#include "tests/test.h"

#include "base/arena.h"
#include "base/memory.h"

static void blocks_are_aligned_and_distinct(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    char *last = NULL;
    for (size_t bytes = 1; bytes < 5000; bytes += 37) {
        char *block = arena_alloc(&arena, bytes);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 16, 0);
        assert_ptr_not_equal(block, last);
        memset(block, 0xAB, bytes);
        last = block;
    }
    arena_release(&arena);
}

static void reset_keeps_one_chunk_and_reuses_it(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    assert_non_null(arena_alloc(&arena, 100000));
    arena_reset(&arena);
    const size_t held = arena_bytes(&arena);
    assert_true(held >= 100000);
    assert_non_null(arena_alloc(&arena, 100000));
    assert_int_equal(arena_bytes(&arena), held);
    arena_release(&arena);
    assert_int_equal(arena_bytes(&arena), 0);
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_array(&arena, SIZE_MAX / 2, 4));
    arena_release(&arena);
}

static void failed_allocation_gives_null(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    memory_fail_after(1);
    assert_null(arena_alloc(&arena, 10));
    assert_null(arena_text(&arena, TEXT("abc")).data);
    memory_fail_after(0);
    assert_non_null(arena_alloc(&arena, 10));
    arena_release(&arena);
}

static void printf_formats_into_the_arena(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    const struct text text = arena_printf(&arena, "%s-%d", "a", 7);
    assert_string_equal(text.data, "a-7");
    assert_int_equal(text.bytes, 3);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned_and_distinct),
        cmocka_unit_test(reset_keeps_one_chunk_and_reuses_it),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(failed_allocation_gives_null),
        cmocka_unit_test(printf_formats_into_the_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
