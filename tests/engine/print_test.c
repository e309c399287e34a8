/* print_test.c: PRINT: the formats that it lists, and the records as it shows them. */
#include <inttypes.h>

#include "tests/engine/fixture.h"

static void append(struct fixture *f, const char *topic, struct text key, struct text value,
                   int64_t time_ms)
{
    const struct record record = {.key = key, .value = value, .time_ms = time_ms};
    assert_ok(engine_produce(f->engine, topic, 0, &record, 1, true, &f->diag), &f->diag);
}

static void create(struct fixture *f, const char *topic)
{
    assert_ok(engine_create_topic(f->engine, topic, 1, &f->diag), &f->diag);
}

/* What the statement gives until nothing is left; the caller frees it. */
static char *print(struct fixture *f, const char *sql)
{
    struct script *script = NULL;
    struct outcome outcome = {.kind = OUTCOME_NONE};
    struct row_chunk *chunk = NULL;
    struct buffer lines;
    bool is_end = false;
    buffer_init(&lines);
    assert_ok(engine_run_until_idle(f->engine, -1, &f->diag), &f->diag);
    assert_ok(script_open(f->engine, f->session, text_of(sql), &script, &f->diag), &f->diag);
    assert_ok(script_step(script, &outcome, &f->diag), &f->diag);
    assert_int_equal(outcome.kind, OUTCOME_CURSOR);
    do {
        assert_ok(cursor_next(outcome.cursor, 0, &chunk, &is_end, &f->diag), &f->diag);
        if (chunk) {
            buffer_append_text(&lines, chunk->lines);
            row_chunk_unref(chunk);
        }
    } while (chunk);
    cursor_close(outcome.cursor);
    script_close(script);
    buffer_append_byte(&lines, '\0');
    char *copy = strdup(lines.data);
    buffer_release(&lines);
    assert_non_null(copy);
    return copy;
}

static void assert_prints(struct fixture *f, const char *sql, const char *expected)
{
    char *printed = print(f, sql);
    assert_string_equal(printed, expected);
    free(printed);
}

#define BYTES(literal) ((struct text){(literal), sizeof(literal) - 1})
static const struct text null = {NULL, 0};

static void formats_are_listed_before_the_rows_and_again_when_they_change(void **state)
{
    struct fixture *f = *state;
    create(f, "t");
    append(f, "t", null, BYTES("{\"a\": 1}"), 1588344313111);
    assert_prints(f, "PRINT t FROM BEGINNING;",
                  "Key format: ¯\\_(ツ)_/¯ - no data processed\n"
                  "Value format: JSON or KAFKA_BIGINT or KAFKA_DOUBLE or KAFKA_STRING\n"
                  "rowtime: 2020/05/01 14:45:13.111 Z, key: <null>, value: {\"a\": 1}, "
                  "partition: 0\n");
    append(f, "t", BYTES("abc"), BYTES("12345"), -1);
    assert_prints(f, "PRINT t FROM BEGINNING;",
                  "Key format: KAFKA_STRING\n"
                  "Value format: JSON or KAFKA_STRING\n"
                  "rowtime: 2020/05/01 14:45:13.111 Z, key: <null>, value: {\"a\": 1}, "
                  "partition: 0\n"
                  "rowtime: N/A, key: abc, value: 12345, partition: 0\n");
    for (int i = 0; i < 500; i++) {
        append(f, "t", null, null, 0);
    }
    append(f, "t", null, BYTES("\xff\\"), 0);
    char *printed = print(f, "PRINT t FROM BEGINNING;");
    assert_non_null(strstr(printed, "partition: 0\nValue format:  does not match any supported "
                                    "format. It may be a STRING with encoding other than UTF8, "
                                    "or some other format.\nrowtime: 1970/01/01 00:00:00.000 Z"));
    assert_non_null(strstr(printed, "value: \\xFF\\x5C, partition: 0\n"));
    free(printed);
}

static void texts_are_json_as_far_as_jackson_takes_them(void **state)
{
    static const struct {
        struct text value;
        const char *formats;
    } cases[] = {
        {{"24.987", 6}, "JSON or KAFKA_STRING"},
        {{"true", 4}, "JSON or KAFKA_INT or KAFKA_STRING"},
        {{"\"t\"", 3}, "JSON or KAFKA_STRING"},
        {{"{\"a", 3}, "KAFKA_STRING"},
        {{"\xEF\xBF\xBD", 3}, " does not match any supported format. It may be a STRING with "
                              "encoding other than UTF8, or some other format."},
        {{"", 0}, " does not match any supported format. It may be a STRING with encoding other "
                  "than UTF8, or some other format."},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char topic[32];
        char sql[64];
        char line[256];
        (void)snprintf(topic, sizeof(topic), "t%zu", i);
        (void)snprintf(sql, sizeof(sql), "PRINT %s FROM BEGINNING;", topic);
        (void)snprintf(line, sizeof(line), "Value format: %s\n", cases[i].formats);
        create(f, topic);
        append(f, topic, null, cases[i].value, 0);
        char *printed = print(f, sql);
        if (!strstr(printed, line)) {
            fail_msg("'%s' is not in '%s'", line, printed);
        }
        free(printed);
    }
}

static void registry_formats_come_from_the_registry(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, "CREATE STREAM a (k INT KEY, v STRING, d DOUBLE) WITH (KAFKA_TOPIC='a', "
                   "FORMAT='AVRO', PARTITIONS=1);"
                   "CREATE STREAM p (k INT KEY, v STRING, d DOUBLE) WITH (KAFKA_TOPIC='p', "
                   "FORMAT='PROTOBUF', PARTITIONS=1);"
                   "CREATE STREAM j (k INT KEY, v STRING, d DOUBLE) WITH (KAFKA_TOPIC='j', "
                   "FORMAT='JSON_SR', PARTITIONS=1);"
                   "INSERT INTO a (rowtime, k, v, d) VALUES (0, 7, 'x', 1.5);"
                   "INSERT INTO p (rowtime, k, v, d) VALUES (0, 7, 'x', 1.5);"
                   "INSERT INTO j (rowtime, k, v, d) VALUES (0, 7, 'x', 1.5);");
    assert_prints(f, "PRINT a FROM BEGINNING;",
                  "Key format: AVRO or KAFKA_STRING\nValue format: AVRO\n"
                  "rowtime: 1970/01/01 00:00:00.000 Z, key: 7, value: {\"V\": \"x\", \"D\": 1.5}, "
                  "partition: 0\n");
    assert_prints(f, "PRINT p FROM BEGINNING;",
                  "Key format: PROTOBUF or KAFKA_BIGINT or KAFKA_DOUBLE or KAFKA_STRING\n"
                  "Value format: PROTOBUF\n"
                  "rowtime: 1970/01/01 00:00:00.000 Z, key: K: 7, value: V: \"x\" D: 1.5, "
                  "partition: 0\n");
    assert_prints(f, "PRINT j FROM BEGINNING;",
                  "Key format: JSON_SR or KAFKA_STRING\nValue format: JSON_SR or KAFKA_STRING\n"
                  "rowtime: 1970/01/01 00:00:00.000 Z, key: 7, value: {\"V\":\"x\",\"D\":1.5}, "
                  "partition: 0\n");
    append(f, "a", BYTES("\0\0\0\3\xff\x0e"), BYTES("\0\0\0\3\xff\x0e"), 0);
    char *printed = print(f, "PRINT a FROM BEGINNING;");
    assert_non_null(strstr(printed, "Key format:  does not match any supported format."));
    assert_non_null(strstr(printed, "key: \\x00\\x00\\x00\\x03\\xFF\\x0E, "));
    free(printed);
}

static void windowed_keys_show_their_windows(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, "CREATE STREAM s (k STRING KEY, v INT) WITH (KAFKA_TOPIC='s', "
                   "VALUE_FORMAT='JSON', PARTITIONS=1);"
                   "CREATE TABLE counts WITH (KAFKA_TOPIC='counts', KEY_FORMAT='KAFKA') AS "
                   "SELECT k, COUNT(*) AS n FROM s WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k;"
                   "CREATE TABLE sessions WITH (KAFKA_TOPIC='sessions', KEY_FORMAT='AVRO') AS "
                   "SELECT k, COUNT(*) AS n FROM s WINDOW SESSION (10 SECONDS) GROUP BY k;"
                   "INSERT INTO s (rowtime, k, v) VALUES (1534567890123, 'k', 1);");
    assert_prints(f, "PRINT counts FROM BEGINNING;",
                  "Key format: HOPPING(KAFKA_STRING) or TUMBLING(KAFKA_STRING)\n"
                  "Value format: JSON or KAFKA_STRING\n"
                  "rowtime: 2018/08/18 04:51:30.123 Z, key: [k@1534567890000/-], "
                  "value: {\"N\":1}, partition: 0\n");
    char *printed = print(f, "PRINT sessions FROM BEGINNING;");
    assert_non_null(strstr(printed, "Key format: SESSION(AVRO) or "));
    assert_non_null(strstr(printed, "key: [k@1534567890123/1534567890123], "));
    free(printed);
}

static void windows_that_cannot_be_are_no_windows(void **state)
{
    struct fixture *f = *state;
    create(f, "t");
    append(f, "t", BYTES("k1234567\0\0\0\0\0\0\0\2"), null, 0); /* a session without a key */
    append(f, "t", BYTES("key12345678\0\0\0\0\0\0\0\2"), null, 0);
    append(f, "t", BYTES("key\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2"), null, 0); /* ends too soon */
    char *printed = print(f, "PRINT t FROM BEGINNING;");
    assert_non_null(strstr(printed, "Key format: HOPPING(KAFKA_STRING) or TUMBLING(KAFKA_STRING) "
                                    "or KAFKA_STRING\n"));
    assert_non_null(strstr(printed, "key: [k1234567@2/-], value: <null>"));
    free(printed);
    append(f, "t", BYTES("1234\xff\xff\xff\xff\xff\xff\xff\xff"), null, 0); /* before 1970 */
    printed = print(f, "PRINT t FROM BEGINNING;");
    assert_non_null(strstr(printed, "Key format:  does not match any supported format."));
    free(printed);
}

static void interval_and_limit_choose_the_rows(void **state)
{
    struct fixture *f = *state;
    create(f, "t");
    for (int i = 0; i < 1300; i++) {
        char value[16];
        (void)snprintf(value, sizeof(value), "<%d>", i);
        append(f, "t", null, text_of(value), 0);
    }
    char *printed = print(f, "PRINT t FROM BEGINNING INTERVAL 600;");
    assert_non_null(strstr(printed, "value: <0>,"));
    assert_non_null(strstr(printed, "value: <600>,"));
    assert_non_null(strstr(printed, "value: <1200>,"));
    assert_null(strstr(printed, "value: <1>,"));
    free(printed);
    printed = print(f, "PRINT t FROM BEGINNING SAMPLE 2 LIMIT 2;");
    assert_non_null(strstr(printed, "value: <2>,"));
    assert_null(strstr(printed, "value: <4>,"));
    free(printed);
    assert_prints(f, "PRINT t FROM BEGINNING LIMIT 0;", "");
    assert_prints(f, "PRINT t;", "");
    fixture_fail(f, "PRINT t INTERVAL 0;", "INTERVAL must be greater than one, but was: 0");
}

static void times_far_away_are_shown(void **state)
{
    struct fixture *f = *state;
    create(f, "t");
    append(f, "t", null, null, INT64_MAX);
    append(f, "t", null, null, -62135596800001);
    char *printed = print(f, "PRINT t FROM BEGINNING;");
    assert_non_null(strstr(printed, "rowtime: +292278994/08/17 07:12:55.807 Z,"));
    assert_non_null(strstr(printed, "rowtime: 0001/12/31 23:59:59.999 Z,"));
    free(printed);
}

#define PRINT_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PRINT_TEST(formats_are_listed_before_the_rows_and_again_when_they_change),
        PRINT_TEST(texts_are_json_as_far_as_jackson_takes_them),
        PRINT_TEST(registry_formats_come_from_the_registry),
        PRINT_TEST(windowed_keys_show_their_windows),
        PRINT_TEST(windows_that_cannot_be_are_no_windows),
        PRINT_TEST(interval_and_limit_choose_the_rows),
        PRINT_TEST(times_far_away_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
