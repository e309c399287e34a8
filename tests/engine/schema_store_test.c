/* schema_store_test.c: the built-in schema registry: what statements register and infer, and that
 * ids mean the same after a restart. */
#include "engine/inspect.h"
#include "tests/engine/fixture.h"
#include "tests/state/temp_dir.h"

static void open_dir(struct fixture *f, const char *dir)
{
    const struct engine_setting settings[] = {{"auto.offset.reset", "earliest"}};
    const struct engine_options options = {.data_dir = dir,
                                           .settings = settings,
                                           .setting_count = 1,
                                           .is_manual = true,
                                           .now_ms = fixture_now_ms};
    *f = (struct fixture){0};
    assert_ok(engine_open(&options, &f->engine, &f->diag), &f->diag);
    assert_ok(session_create(f->engine, &f->session, &f->diag), &f->diag);
}

static void close_all(struct fixture *f)
{
    json_decref(f->entity);
    session_destroy(f->session);
    engine_close(f->engine);
}

/* The id of the newest schema of a subject; 0: none. */
static uint32_t schema_of(struct fixture *f, const char *topic, enum format_side side)
{
    uint32_t id = 0;
    return inspect_find_schema(f->engine, text_of(topic), side, &id) ? id : 0;
}

static uint32_t register_value(struct fixture *f, const char *topic, const char *schema,
                               uint32_t wanted_id)
{
    const struct registered_schema registered = {.format = FORMAT_AVRO, .text = text_of(schema)};
    struct arena arena;
    uint32_t id = 0;
    arena_init(&arena);
    const struct text subject = arena_printf(&arena, "%s-value", topic);
    assert_ok(engine_register_schema(f->engine, subject, &registered, wanted_id, &id, &f->diag),
              &f->diag);
    arena_release(&arena);
    return id;
}

static void require_columns(struct fixture *f, const char *source, const char *expected)
{
    const struct source *found = inspect_find_source(f->engine, text_of(source));
    struct buffer text;
    assert_non_null(found);
    buffer_init(&text);
    schema_print(&found->schema, found->is_table, &text);
    buffer_append_byte(&text, '\0');
    assert_string_equal(text.data, expected);
    buffer_release(&text);
}

static void ids_and_records_outlive_a_restart(void **state)
{
    const struct temp_dir dir = temp_dir_make();
    struct fixture f;
    (void)state;
    open_dir(&f, dir.path);
    fixture_run(&f, "CREATE STREAM s (id STRING KEY, v INT) WITH (KAFKA_TOPIC='s', FORMAT='AVRO',"
                    " PARTITIONS=1);"
                    "CREATE TABLE sums AS SELECT id, SUM(v) AS total FROM s GROUP BY id;"
                    "INSERT INTO s VALUES ('a', 1);");
    const uint32_t key = schema_of(&f, "s", FORMAT_KEY);
    const uint32_t value = schema_of(&f, "s", FORMAT_VALUE);
    const uint32_t total = schema_of(&f, "SUMS", FORMAT_VALUE);
    assert_true(key > 0 && value > 0 && total > 0);
    close_all(&f);
    open_dir(&f, dir.path);
    assert_int_equal(schema_of(&f, "s", FORMAT_KEY), key);
    assert_int_equal(schema_of(&f, "s", FORMAT_VALUE), value);
    assert_int_equal(schema_of(&f, "SUMS", FORMAT_VALUE), total);
    fixture_run(&f, "INSERT INTO s VALUES ('a', 2);");
    assert_int_equal(schema_of(&f, "s", FORMAT_VALUE), value);
    assert_ok(engine_run_until_idle(f.engine, -1, &f.diag), &f.diag);
    const json_t *description = fixture_run(&f, "DESCRIBE sums EXTENDED;");
    assert_json_string(description, "sourceDescription.writeQueries.0.state", "RUNNING");
    fixture_run(&f, "CREATE STREAM again WITH (KAFKA_TOPIC='s', FORMAT='AVRO');");
    require_columns(&f, "AGAIN", "`ROWKEY` STRING KEY, `V` INTEGER");
    close_all(&f);
    temp_dir_remove(&dir);
}

static void columns_come_from_the_newest_schema_or_from_an_id(void **state)
{
    struct fixture *f = *state;
    const uint32_t first = register_value(f, "t",
                                          "{\"type\":\"record\",\"name\":\"r\",\"fields\":["
                                          "{\"name\":\"a\",\"type\":\"int\"}]}",
                                          0);
    const uint32_t second = register_value(f, "t",
                                           "{\"type\":\"record\",\"name\":\"r\",\"fields\":["
                                           "{\"name\":\"b\",\"type\":\"string\"}]}",
                                           77);
    assert_int_equal(second, 77);
    assert_ok(engine_create_topic(f->engine, "t", 1, &f->diag), &f->diag);
    fixture_run(f, "CREATE STREAM newest WITH (KAFKA_TOPIC='t', VALUE_FORMAT='AVRO');");
    require_columns(f, "NEWEST", "`B` STRING");
    char sql[128];
    (void)snprintf(sql, sizeof(sql),
                   "CREATE STREAM by_id WITH (KAFKA_TOPIC='t', VALUE_FORMAT='AVRO', "
                   "VALUE_SCHEMA_ID=%u);",
                   first);
    fixture_run(f, sql);
    require_columns(f, "BY_ID", "`a` INTEGER");
    fixture_fail(f,
                 "CREATE STREAM x WITH (KAFKA_TOPIC='t', VALUE_FORMAT='AVRO', "
                 "VALUE_SCHEMA_ID=500);",
                 "Schema for message values on schema id'500' does not exist");
    assert_ok(engine_create_topic(f->engine, "u", 1, &f->diag), &f->diag);
    fixture_fail(f, "CREATE STREAM x WITH (KAFKA_TOPIC='u', VALUE_FORMAT='AVRO');",
                 "Schema for message values on topic 'u' does not exist in the Schema Registry.\n"
                 "Subject: u-value\n");
}

static void the_same_schema_has_one_id_and_ids_are_never_given_twice(void **state)
{
    struct fixture *f = *state;
    const uint32_t first = register_value(f, "one", "\"string\"", 0);
    assert_int_equal(register_value(f, "two", "\"string\"", 0), first);
    fixture_run(f, "CREATE STREAM gone (v INT) WITH (KAFKA_TOPIC='gone', VALUE_FORMAT='AVRO', "
                   "PARTITIONS=1);");
    const uint32_t gone = schema_of(f, "gone", FORMAT_VALUE);
    assert_true(gone > first);
    fixture_run(f, "DROP STREAM gone DELETE TOPIC;");
    assert_int_equal(schema_of(f, "gone", FORMAT_VALUE), 0);
    assert_true(register_value(f, "three", "\"double\"", 0) > gone);
    const struct registered_schema other = {.format = FORMAT_AVRO, .text = TEXT("\"bytes\"")};
    uint32_t id = 0;
    assert_int_equal(
        engine_register_schema(f->engine, TEXT("one-value"), &other, first, &id, &f->diag),
        STATUS_CONFLICT);
}

static void inserts_do_not_change_the_schema_of_keys(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, "CREATE STREAM ids (id BIGINT KEY, v INT) WITH (KAFKA_TOPIC='k', "
                   "KEY_FORMAT='AVRO', VALUE_FORMAT='JSON', PARTITIONS=1);"
                   "CREATE STREAM names (id STRING KEY, v INT) WITH (KAFKA_TOPIC='k', "
                   "KEY_FORMAT='AVRO', VALUE_FORMAT='JSON');"
                   "INSERT INTO ids VALUES (1, 2);");
    fixture_fail(f, "INSERT INTO names VALUES ('x', 2);",
                 "Cannot INSERT VALUES into data source NAMES. ksqlDB generated schema would "
                 "overwrite existing key schema.\n\tExisting Schema: \"long\"");
}

static void schemas_can_be_asserted(void **state)
{
    struct fixture *f = *state;
    const uint32_t id = register_value(f, "t", "\"string\"", 0);
    assert_int_equal(id, 1);
    fixture_run(f, "ASSERT SCHEMA SUBJECT 't-value' ID 1; ASSERT SCHEMA SUBJECT 't-value';"
                   "ASSERT SCHEMA ID 1; ASSERT NOT EXISTS SCHEMA ID 2;"
                   "ASSERT NOT EXISTS SCHEMA SUBJECT 't-key';");
    fixture_fail(f, "ASSERT SCHEMA SUBJECT 't-value' ID 2 TIMEOUT 0 SECONDS;",
                 "Schema with subject name t-value id 2 does not exist");
    fixture_fail(f, "ASSERT NOT EXISTS SCHEMA ID 1 TIMEOUT 0 SECONDS;",
                 "Schema with id 1 exists");
}

static void schema_of_an_id_must_start_with_the_columns_written(void **state)
{
    struct fixture *f = *state;
    (void)register_value(f, "o",
                         "{\"type\":\"record\",\"name\":\"r\",\"fields\":["
                         "{\"name\":\"B\",\"type\":\"string\"},{\"name\":\"A\",\"type\":\"int\"}]}",
                         200);
    fixture_run(f, "CREATE STREAM i (a INT, b STRING) WITH (KAFKA_TOPIC='i', VALUE_FORMAT='JSON', "
                   "PARTITIONS=1);");
    fixture_fail(f,
                 "CREATE STREAM o WITH (VALUE_FORMAT='AVRO', VALUE_SCHEMA_ID=200) AS "
                 "SELECT * FROM i;",
                 "The following value columns are changed, missing or reordered: [`A` INTEGER, `B` "
                 "STRING]. Schema from schema registry is [`B` STRING, `A` INTEGER]");
    fixture_run(f, "CREATE STREAM o WITH (VALUE_FORMAT='AVRO', VALUE_SCHEMA_ID=200) AS "
                   "SELECT b, a FROM i;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_and_records_outlive_a_restart),
        cmocka_unit_test_setup_teardown(columns_come_from_the_newest_schema_or_from_an_id,
                                        fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(the_same_schema_has_one_id_and_ids_are_never_given_twice,
                                        fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(inserts_do_not_change_the_schema_of_keys, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(schemas_can_be_asserted, fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(schema_of_an_id_must_start_with_the_columns_written,
                                        fixture_open, fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
