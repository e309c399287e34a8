/* database_test.c: what may be opened, what is refused, and that a refusal changes nothing. */
#include "tests/test.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "base/hash.h"
#include "base/bounds.h"
#include "base/memory.h"
#include "state/connection.h"
#include "state/database.h"
#include "state/database_parts.h"
#include "state/reader.h"
#include "tests/state/temp_dir.h"

static struct diag diag;

static enum status open_dir(const char *dir, struct database **out)
{
    const struct database_options options = {.dir = dir};
    return database_open(&options, out, &diag);
}

static void file_path(char out[600], const struct temp_dir *dir)
{
    snprintf(out, 600, "%s/leat.db", dir->path);
}

static uint64_t file_hash(const char *path)
{
    static char bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t got = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    return hash_bytes(bytes, got);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *connection = NULL;
    assert_int_equal(sqlite3_open(path, &connection), SQLITE_OK);
    assert_int_equal(sqlite3_exec(connection, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(connection);
}

static void new_file_opens_again_and_knows_how_it_was_closed(void **state)
{
    (void)state;
    const struct temp_dir dir = temp_dir_make();
    struct database *database = NULL;
    assert_ok(open_dir(dir.path, &database), &diag);
    assert_true(database_was_closed_cleanly(database));
    assert_ok(database_check(database, 10000, &diag), &diag);
    database_close(database);
    assert_ok(open_dir(dir.path, &database), &diag);
    assert_true(database_was_closed_cleanly(database));
    database_close(database);
    temp_dir_remove(&dir);
}

static void killed_process_leaves_an_unclean_file_that_opens(void **state)
{
    (void)state;
    const struct temp_dir dir = temp_dir_make();
    const pid_t child = fork();
    if (child == 0) {
        struct database *database = NULL;
        _exit(open_dir(dir.path, &database) == STATUS_OK ? 0 : 1);
    }
    int outcome = 0;
    waitpid(child, &outcome, 0);
    assert_int_equal(outcome, 0);
    struct database *database = NULL;
    assert_ok(open_dir(dir.path, &database), &diag);
    assert_false(database_was_closed_cleanly(database));
    database_close(database);
    temp_dir_remove(&dir);
}

static void second_opening_is_refused_with_the_process(void **state)
{
    (void)state;
    const struct temp_dir dir = temp_dir_make();
    struct database *database = NULL;
    struct database *second = NULL;
    assert_ok(open_dir(dir.path, &database), &diag);
    assert_int_equal(open_dir(dir.path, &second), STATUS_CONFLICT);
    char expected[64];
    snprintf(expected, sizeof(expected), "in use by process %ld", (long)getpid());
    assert_non_null(strstr(diag.message, expected));
    database_close(database);
    assert_ok(open_dir(dir.path, &database), &diag);
    database_close(database);
    temp_dir_remove(&dir);
}

static void refused_file_stays_as_it_was(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        const char *message;
    } cases[] = {
        {"CREATE TABLE theirs(a)", "not made by Leat"},
        {"PRAGMA application_id=7", "not made by Leat"},
        {"PRAGMA application_id=1281712500; PRAGMA user_version=3; CREATE TABLE t(a)",
         "made by a newer Leat"},
        {"PRAGMA application_id=1281712500; PRAGMA user_version=1; CREATE TABLE t(a)",
         "made by an older Leat"},
        {"PRAGMA journal_mode=WAL; CREATE TABLE theirs(a)", "not made by Leat"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct temp_dir dir = temp_dir_make();
        char path[600];
        file_path(path, &dir);
        run_sql(path, cases[i].sql);
        const uint64_t before = file_hash(path);
        struct database *database = NULL;
        assert_int_equal(open_dir(dir.path, &database), STATUS_INVALID);
        assert_non_null(strstr(diag.message, cases[i].message));
        assert_true(file_hash(path) == before);
        temp_dir_remove(&dir);
    }
}

static void file_that_is_no_database_is_refused(void **state)
{
    (void)state;
    const struct temp_dir dir = temp_dir_make();
    char path[600];
    file_path(path, &dir);
    FILE *file = fopen(path, "wb");
    for (int i = 0; i < 5000; i++) {
        fputs("not a database ", file);
    }
    fclose(file);
    const uint64_t before = file_hash(path);
    struct database *database = NULL;
    assert_int_equal(open_dir(dir.path, &database), STATUS_INVALID);
    assert_true(file_hash(path) == before);
    temp_dir_remove(&dir);
}

static void empty_file_counts_as_new(void **state)
{
    (void)state;
    const struct temp_dir dir = temp_dir_make();
    char path[600];
    file_path(path, &dir);
    fclose(fopen(path, "wb"));
    struct database *database = NULL;
    assert_ok(open_dir(dir.path, &database), &diag);
    database_close(database);
    temp_dir_remove(&dir);
}

static void links_and_directories_are_refused(void **state)
{
    (void)state;
    const struct temp_dir dir = temp_dir_make();
    char path[600];
    char other[600];
    file_path(path, &dir);
    snprintf(other, sizeof(other), "%s/other", dir.path);
    fclose(fopen(other, "wb"));
    struct database *database = NULL;

    assert_int_equal(symlink(other, path), 0);
    assert_int_equal(open_dir(dir.path, &database), STATUS_INVALID);
    unlink(path);
    assert_int_equal(link(other, path), 0);
    assert_int_equal(open_dir(dir.path, &database), STATUS_INVALID);
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(open_dir(dir.path, &database), STATUS_INVALID);
    rmdir(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(open_dir(dir.path, &database), STATUS_INVALID);
    temp_dir_remove(&dir);
}

static void directory_that_cannot_be_made_is_an_error(void **state)
{
    (void)state;
    struct database *database = NULL;
    assert_int_equal(open_dir("/nonexistent/leat/data", &database), STATUS_IO);
    assert_non_null(strstr(diag.message, "/nonexistent/leat/data"));
}

static void temporary_database_leaves_nothing_behind(void **state)
{
    (void)state;
    struct database *database = NULL;
    assert_ok(open_dir(NULL, &database), &diag);
    char path[600];
    snprintf(path, sizeof(path), "%s", database_path(database));
    assert_int_equal(access(path, F_OK), 0);
    struct reader *reader = NULL;
    assert_ok(reader_open(database, 1000, &reader, &diag), &diag);
    reader_close(reader);
    database_close(database);
    assert_int_not_equal(access(path, F_OK), 0);
    *strrchr(path, '/') = '\0';
    assert_int_not_equal(access(path, F_OK), 0);
}

static void too_many_readers_and_late_readers_are_refused(void **state)
{
    (void)state;
    struct database *database = NULL;
    struct reader *readers[READER_COUNT_MAX + 1];
    assert_ok(open_dir(NULL, &database), &diag);
    for (int i = 0; i < READER_COUNT_MAX; i++) {
        assert_ok(reader_open(database, 60000, &readers[i], &diag), &diag);
    }
    assert_int_equal(reader_open(database, 60000, &readers[READER_COUNT_MAX], &diag), STATUS_LIMIT);
    for (int i = 0; i < READER_COUNT_MAX; i++) {
        reader_close(readers[i]);
    }
    struct reader *late = NULL;
    struct buffer value;
    bool found = false;
    buffer_init(&value);
    assert_ok(reader_open(database, 20, &late, &diag), &diag);
    usleep(40000);
    assert_int_equal(reader_find_setting(late, TEXT("instance"), &value, &found, &diag),
                     STATUS_LIMIT);
    reader_close(late);
    buffer_release(&value);
    database_close(database);
}

static void failed_allocations_are_reported(void **state)
{
    (void)state;
    for (uint64_t at = 1; at <= 3; at++) {
        struct database *database = NULL;
        memory_fail_after(at);
        const enum status status = open_dir(NULL, &database);
        memory_fail_after(0);
        if (status == STATUS_OK) {
            database_close(database);
            assert_true(at > 1);
            return;
        }
        assert_int_equal(status, STATUS_NO_MEMORY);
    }
}

static int64_t synchronous_of(enum durability durability)
{
    const struct temp_dir dir = temp_dir_make();
    const struct database_options options = {.dir = dir.path, .durability = durability};
    struct database *database = NULL;
    int64_t level = -1;
    assert_ok(database_open(&options, &database, &diag), &diag);
    assert_ok(connection_query_integer(database->writer, "PRAGMA synchronous", &level, &diag),
              &diag);
    database_close(database);
    temp_dir_remove(&dir);
    return level;
}

static void durability_is_what_the_writing_connection_says(void **state)
{
    (void)state;
    assert_int_equal(synchronous_of(DURABILITY_POWER_LOSS), 2);    /* FULL */
    assert_int_equal(synchronous_of(DURABILITY_PROCESS_CRASH), 1); /* NORMAL */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_file_opens_again_and_knows_how_it_was_closed),
        cmocka_unit_test(killed_process_leaves_an_unclean_file_that_opens),
        cmocka_unit_test(second_opening_is_refused_with_the_process),
        cmocka_unit_test(refused_file_stays_as_it_was),
        cmocka_unit_test(file_that_is_no_database_is_refused),
        cmocka_unit_test(empty_file_counts_as_new),
        cmocka_unit_test(links_and_directories_are_refused),
        cmocka_unit_test(directory_that_cannot_be_made_is_an_error),
        cmocka_unit_test(temporary_database_leaves_nothing_behind),
        cmocka_unit_test(too_many_readers_and_late_readers_are_refused),
        cmocka_unit_test(durability_is_what_the_writing_connection_says),
        cmocka_unit_test(failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
