/* loader_test.c: shared objects into a registry: what is taken, what is refused, and that a
 * refusal leaves things as they were. */
#include <stdio.h>

#include "tests/test.h"

#include "base/memory.h"
#include "functions/extension.h"
#include "functions/table_function.h"
#include "tests/state/temp_dir.h"

static struct arena arena;
static struct diag diag;
static struct extensions extensions;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    extensions_init(&extensions, &arena, function_registry_builtin());
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    extensions_close(&extensions);
    arena_release(&arena);
    return 0;
}

/* The file of an extension that the build made. */
static const char *built(const char *name)
{
    return arena_printf(&arena, "%s/%s.so", EXTENSIONS_DIR, name).data;
}

static void all_kinds_of_functions_are_added(void **state)
{
    (void)state;
    const struct function_def *scalar = NULL;
    const struct aggregate_def *aggregate = NULL;
    const struct table_function_def *table = NULL;
    assert_ok(extensions_load(&extensions, built("example"), &diag), &diag);
    const struct function_registry *registry = extensions.registry;
    assert_int_equal(function_find(registry, TEXT("clamp"), &scalar), 1);
    assert_int_equal(function_find_aggregate(registry, TEXT("bit_or"), &aggregate), 1);
    assert_int_equal(function_find_table(registry, TEXT("count_down"), &table), 1);
    assert_int_equal(function_find(registry, TEXT("len"), &scalar), 2);
}

static void a_family_knows_where_it_comes_from(void **state)
{
    (void)state;
    assert_ok(extensions_load(&extensions, built("example"), &diag), &diag);
    const struct function_family *family = function_find_family(extensions.registry, TEXT("CLAMP"));
    assert_string_equal(strrchr(family->path, '/'), "/example.so");
    assert_string_equal(family->author, "You");
    assert_string_equal(family->release, "1.0");
    assert_null(function_find_family(extensions.registry, TEXT("LEN"))->path);
}

static void several_extensions_add_up(void **state)
{
    (void)state;
    const struct function_def *first = NULL;
    assert_ok(extensions_load(&extensions, built("example"), &diag), &diag);
    assert_ok(extensions_load(&extensions, built("test_functions"), &diag), &diag);
    assert_int_equal(extensions.count, 2);
    assert_int_equal(function_find(extensions.registry, TEXT("CLAMP"), &first), 1);
    assert_int_equal(function_find(extensions.registry, TEXT("TEST_UDF"), &first), 6);
}

static void bad_extensions_are_refused_and_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum status status;
        const char *message;
    } cases[] = {
        {"bad_version", STATUS_INVALID, "of the extension interface, and this is version"},
        {"bad_sizes", STATUS_INVALID, "built for another Leat"},
        {"bad_symbol", STATUS_INVALID, "it exports no leat_extension"},
        {"bad_link", STATUS_IO, "undefined symbol: nobody_has_this"},
        {"bad_row", STATUS_INVALID, "function \"BAD\" has no call"},
        {"bad_name", STATUS_CONFLICT, "a SCALAR function \"LEN\" exists already"},
        {"no_such_file", STATUS_IO, "No such file or directory"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *path = built(cases[i].name);
        assert_int_equal(extensions_load(&extensions, path, &diag), cases[i].status);
        assert_non_null(strstr(diag.message, cases[i].message));
        assert_non_null(strstr(diag.message, path));
        assert_int_equal(extensions.count, 0);
        assert_ptr_equal(extensions.registry, function_registry_builtin());
    }
}

static void the_same_extension_cannot_be_loaded_twice(void **state)
{
    (void)state;
    assert_ok(extensions_load(&extensions, built("example"), &diag), &diag);
    const struct function_registry *registry = extensions.registry;
    assert_int_equal(extensions_load(&extensions, built("example"), &diag), STATUS_CONFLICT);
    assert_int_equal(extensions.count, 1);
    assert_ptr_equal(extensions.registry, registry);
}

static void a_file_that_is_no_shared_object_is_refused(void **state)
{
    (void)state;
    assert_int_equal(extensions_load(&extensions, __FILE__, &diag), STATUS_IO);
    assert_int_equal(extensions_load(&extensions, "/", &diag), STATUS_IO);
}

/* --- Directories -------------------------------------------------------------------------- */

static void put(const struct temp_dir *dir, const char *name, const char *target)
{
    assert_int_equal(symlink(target, arena_printf(&arena, "%s/%s", dir->path, name).data), 0);
}

/* A file that is no shared object. */
static void write_text(const struct temp_dir *dir, const char *name)
{
    FILE *file = fopen(arena_printf(&arena, "%s/%s", dir->path, name).data, "w");
    assert_non_null(file);
    assert_true(fputs("text\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void a_directory_gives_its_shared_objects(void **state)
{
    (void)state;
    const struct temp_dir dir = temp_dir_make();
    put(&dir, "a.so", built("example"));
    put(&dir, "b.so", built("test_functions"));
    write_text(&dir, "README");
    assert_int_equal(mkdir(arena_printf(&arena, "%s/folder.so", dir.path).data, 0700), 0);
    const enum status status = extensions_load_dir(&extensions, dir.path, &diag);
    temp_dir_remove(&dir);
    assert_ok(status, &diag);
    assert_int_equal(extensions.count, 2);
}

static void a_bad_file_in_a_directory_is_named(void **state)
{
    (void)state;
    const struct temp_dir dir = temp_dir_make();
    put(&dir, "a.so", built("example"));
    write_text(&dir, "b.so");
    const enum status status = extensions_load_dir(&extensions, dir.path, &diag);
    temp_dir_remove(&dir);
    assert_int_equal(status, STATUS_IO);
    assert_non_null(strstr(diag.message, "/b.so"));
}

static void a_missing_directory_is_refused(void **state)
{
    (void)state;
    assert_int_equal(extensions_load_dir(&extensions, "/nonexistent", &diag), STATUS_IO);
    assert_non_null(strstr(diag.message, "/nonexistent"));
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    const char *path = built("example");
    enum status status = STATUS_NO_MEMORY;
    uint64_t failing = 1;
    while (status != STATUS_OK) {
        struct arena small;
        arena_init(&small);
        struct extensions loaded;
        extensions_init(&loaded, &small, function_registry_builtin());
        memory_fail_after(failing++);
        status = extensions_load(&loaded, path, &diag);
        memory_fail_after(0);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        assert_int_equal(loaded.count, status == STATUS_OK ? 1 : 0);
        extensions_close(&loaded);
        arena_release(&small);
    }
    assert_true(failing > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_kinds_of_functions_are_added, setup, teardown),
        cmocka_unit_test_setup_teardown(a_family_knows_where_it_comes_from, setup, teardown),
        cmocka_unit_test_setup_teardown(several_extensions_add_up, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_extensions_are_refused_and_change_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_same_extension_cannot_be_loaded_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_shared_object_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_directory_gives_its_shared_objects, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bad_file_in_a_directory_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_missing_directory_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(every_failed_allocation_is_reported, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
