/* engine_extension_test.c: an engine with functions of users: found by setting or option, listed,
 * described, and there again after a restart. */
#include "tests/engine/fixture.h"
#include "tests/state/temp_dir.h"

static const char *const example[] = {EXTENSIONS_DIR "/example.so"};

/* Opens an engine with the options; the caller closes with fixture_shut. */
static enum status fixture_start(struct fixture *f, const struct engine_options *options)
{
    *f = (struct fixture){0};
    TRY(engine_open(options, &f->engine, &f->diag));
    return session_create(f->engine, &f->session, &f->diag);
}

static void fixture_shut(struct fixture *f)
{
    json_decref(f->entity);
    session_destroy(f->session);
    engine_close(f->engine);
}

static struct engine_options with_example(const char *data_dir)
{
    return (struct engine_options){
        .data_dir = data_dir, .is_manual = true, .extensions = example, .extension_count = 1};
}

static void functions_of_users_are_listed_and_described(void **state)
{
    (void)state;
    struct fixture f;
    const struct engine_options options = with_example(NULL);
    assert_ok(fixture_start(&f, &options), &f.diag);
    const json_t *list = json_at(fixture_run(&f, "SHOW FUNCTIONS;"), "functions");
    assert_json_string(json_item(list, "name", "CLAMP"), "category", "MATHEMATICAL");
    assert_json_string(json_item(list, "name", "BIT_OR"), "type", "AGGREGATE");
    assert_json_string(json_item(list, "name", "COUNT_DOWN"), "type", "TABLE");

    const json_t *manual = fixture_run(&f, "DESCRIBE FUNCTION clamp;");
    assert_json_string(manual, "author", "You");
    assert_json_string(manual, "version", "1.0");
    assert_non_null(strstr(json_string_value(json_at(manual, "path")), "/example.so"));
    assert_json_string(manual, "functions.0.arguments.1.description", "The least result.");
    manual = fixture_run(&f, "DESCRIBE FUNCTION len;");
    assert_json_string(manual, "author", "Leat");
    assert_json_string(manual, "path", "internal");
    fixture_shut(&f);
}

static void the_extension_directory_is_read_unless_udfs_are_off(void **state)
{
    (void)state;
    struct temp_dir dir = temp_dir_make();
    char link[sizeof(dir.path) + 16];
    (void)snprintf(link, sizeof(link), "%s/example.so", dir.path);
    assert_int_equal(symlink(example[0], link), 0);
    const struct engine_setting settings[] = {{"ksql.extension.dir", dir.path},
                                              {"ksql.udfs.enabled", "false"}};
    struct fixture on;
    struct fixture off;
    struct engine_options options = {.is_manual = true, .settings = settings, .setting_count = 1};
    assert_ok(fixture_start(&on, &options), &on.diag);
    options.setting_count = 2;
    assert_ok(fixture_start(&off, &options), &off.diag);
    temp_dir_remove(&dir);
    (void)fixture_run(&on, "DESCRIBE FUNCTION clamp;");
    fixture_fail(&off, "DESCRIBE FUNCTION clamp;", "Can't find any functions with the name");
    fixture_shut(&on);
    fixture_shut(&off);
}

static void a_name_that_sql_reserves_is_refused(void **state)
{
    (void)state;
    static const char *const files[] = {EXTENSIONS_DIR "/bad_word.so"};
    struct fixture f;
    const struct engine_options options = {
        .is_manual = true, .extensions = files, .extension_count = 1};
    assert_int_equal(fixture_start(&f, &options), STATUS_INVALID);
    assert_non_null(strstr(f.diag.message, "SELECT is not a valid function name."));
}

static void a_missing_extension_ends_the_opening(void **state)
{
    (void)state;
    static const char *const files[] = {EXTENSIONS_DIR "/none.so"};
    struct fixture f;
    const struct engine_options options = {
        .is_manual = true, .extensions = files, .extension_count = 1};
    assert_int_equal(fixture_start(&f, &options), STATUS_IO);
    assert_non_null(strstr(f.diag.message, "none.so\": No such file or directory"));
}

static int64_t bits_of_a(struct fixture *f)
{
    struct script *script = NULL;
    struct outcome outcome;
    struct row_chunk *chunk = NULL;
    bool is_end = false;
    assert_ok(engine_run_until_idle(f->engine, -1, &f->diag), &f->diag);
    assert_ok(script_open(f->engine, f->session, TEXT("SELECT BITS FROM T WHERE K = 'a';"), &script,
                          &f->diag),
              &f->diag);
    assert_ok(script_step(script, &outcome, &f->diag), &f->diag);
    assert_ok(cursor_next(outcome.cursor, 0, &chunk, &is_end, &f->diag), &f->diag);
    assert_non_null(chunk);
    const int64_t bits = chunk->batch->columns[0].int64[0];
    row_chunk_unref(chunk);
    cursor_close(outcome.cursor);
    script_close(script);
    return bits;
}

/* Of two queries, the one with the missing function waits and the other one runs. */
static void require_failed_query(struct fixture *f)
{
    static const char *const why = "Can't find any functions with the name 'BIT_OR'";
    const json_t *queries = json_at(fixture_run(f, "SHOW QUERIES;"), "queries");
    assert_json_string(queries, "0.id", "CTAS_T_3");
    assert_json_string(queries, "0.state", "ERROR");
    assert_json_string(queries, "0.sinks.0", "T");
    assert_json_string(queries, "1.state", "RUNNING");
    const json_t *description = fixture_run(f, "EXPLAIN CTAS_T_3;");
    assert_json_string(description, "queryDescription.queryErrors.0.errorMessage", why);
    assert_json_string(description, "queryDescription.sources.0", "S");
    fixture_fail(f, "SELECT * FROM T WHERE K = 'a';", "is not running");
    fixture_fail(f, "RESUME CTAS_T_3;", why);
    fixture_fail(f, "DROP STREAM S;", "read from this source: [T, C]");
    (void)fixture_run(f, "INSERT INTO S VALUES ('a', 8);");
    assert_ok(engine_run_until_idle(f->engine, -1, &f->diag), &f->diag);
}

static void a_query_goes_on_after_a_restart_with_its_extension(void **state)
{
    (void)state;
    const struct temp_dir dir = temp_dir_make();
    const struct engine_options options = with_example(dir.path);
    const struct engine_options without = {.data_dir = dir.path, .is_manual = true};
    struct fixture f;
    assert_ok(fixture_start(&f, &options), &f.diag);
    (void)fixture_run(&f, "SET 'auto.offset.reset'='earliest';"
                          "CREATE STREAM S (K STRING KEY, V BIGINT) WITH (KAFKA_TOPIC='s',"
                          " VALUE_FORMAT='JSON', PARTITIONS=1);"
                          "CREATE TABLE T AS SELECT K, BIT_OR(V) AS BITS FROM S GROUP BY K;"
                          "CREATE STREAM C AS SELECT * FROM S;"
                          "INSERT INTO S VALUES ('a', 1);");
    assert_int_equal(bits_of_a(&f), 1);
    fixture_shut(&f);

    assert_ok(fixture_start(&f, &without), &f.diag);
    require_failed_query(&f);
    fixture_shut(&f);

    assert_ok(fixture_start(&f, &options), &f.diag);
    (void)fixture_run(&f, "INSERT INTO S VALUES ('a', 4);");
    assert_int_equal(bits_of_a(&f), 13);
    fixture_shut(&f);

    assert_ok(fixture_start(&f, &without), &f.diag);
    (void)fixture_run(&f, "TERMINATE CTAS_T_3; DROP TABLE T;");
    assert_json_string(fixture_run(&f, "SHOW QUERIES;"), "queries.0.id", "CSAS_C_4");
    fixture_shut(&f);
    temp_dir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_of_users_are_listed_and_described),
        cmocka_unit_test(the_extension_directory_is_read_unless_udfs_are_off),
        cmocka_unit_test(a_name_that_sql_reserves_is_refused),
        cmocka_unit_test(a_missing_extension_ends_the_opening),
        cmocka_unit_test(a_query_goes_on_after_a_restart_with_its_extension),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
