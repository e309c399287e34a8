/* conformance_test.c
 *
 * Every published case of the query and REST suites through parser and planner: cases that must
 * fail do so with the text they name, sources and answers that a case describes have the schema
 * that it says, and no other case fails. Cases that need a schema registry, or functions of
 * ksqlDB's own tests, are left out. The numbers may only grow; LEAT_TEST_VERBOSE=1 lists what does
 * not match.
 */
#include "tests/test.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "tests/planner/memory_catalog.h"
#include "parser/parser.h"

/* What the suite reaches today; raise when it reaches more. */
enum { ERRORS_MATCHED_MIN = 335, SCHEMAS_MATCHED_MIN = 555, PLANNED_MIN = 1114 };

struct score {
    int errors, errors_matched;
    int schemas, schemas_matched;
    int plans, plans_matched;
    bool is_verbose;
    bool are_selects_alone;
};

/* Replaces every {FORMAT} in text. */
static char *expand(const char *text, const char *format)
{
    static const char mark[] = "{FORMAT}";
    struct buffer buffer;
    buffer_init(&buffer);
    const char *at;
    while ((at = strstr(text, mark)) != NULL) {
        buffer_append(&buffer, text, (size_t)(at - text));
        buffer_append_string(&buffer, format);
        text = at + strlen(mark);
    }
    buffer_append_string(&buffer, text);
    buffer_append_byte(&buffer, '\0');
    return buffer.data;
}

/* True for cases that need what the planner does not have. */
static bool needs_more(const char *text)
{
    static const char *const marks[] = {
        "AVRO",     "PROTOBUF",       "JSON_SR",     "TEST_UDTF", "TEST_UDAF", "BAD_UDF",
        "THROWING", "WHEN_CONDITION", "WHEN_RESULT", "MULTI_ARG", "VAR_ARG",   "OBJ_COL_ARG",
        "BAD_TEST", "STRINGLENGTH",   "VARIADIC",    "TOSTRUCT",  "FOO_UDF"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (strcasestr(text, marks[i])) {
            return true;
        }
    }
    return false;
}

/* A topic that a statement is to create does not exist before it. */
static bool creates_topic(const struct statement *statement)
{
    const struct property_list *list = NULL;
    if (statement->kind == STATEMENT_CREATE_SOURCE) {
        list = &statement->create_source.properties;
    } else if (statement->kind == STATEMENT_CREATE_AS) {
        list = &statement->create_as.properties;
    }
    for (size_t i = 0; list && i < list->count; i++) {
        if (text_equal(list->items[i].name, TEXT("PARTITIONS"))) {
            return true;
        }
    }
    return false;
}

/* The header of a SELECT's answer against what the case says it is. */
static void check_answer(struct score *score, const struct memory_catalog *catalog,
                         const json_t *response, const char *name)
{
    const json_t *first = json_array_get(json_object_get(response, "query"), 0);
    const char *wanted =
        json_string_value(json_object_get(json_object_get(first, "header"), "schema"));
    if (!wanted) {
        return;
    }
    struct buffer actual;
    buffer_init(&actual);
    schema_print(&catalog->answer, false, &actual);
    const bool matches = text_equal(buffer_text(&actual), text_of(wanted));
    score->schemas++;
    score->schemas_matched += matches;
    if (!matches && score->is_verbose) {
        printf("SCHEMA %s\n  want %s\n  have %.*s\n", name, wanted,
               TEXT_ARGS(buffer_text(&actual)));
    }
    buffer_release(&actual);
}

/* Parses and plans one script; index numbers its statements within the case. */
static enum status run_script(struct score *score, struct memory_catalog *catalog,
                              const json_t *test, const char *name, struct text sql, size_t *index,
                              struct diag *diag)
{
    const json_t *responses = json_object_get(test, "responses");
    struct statement_list list;
    TRY(parser_parse_script(sql, NULL, catalog->arena, &list, diag));
    for (size_t i = 0; i < list.count; i++, (*index)++) {
        catalog->has_all_topics = !creates_topic(list.items[i]);
        TRY(memory_catalog_execute(catalog, list.items[i], NULL));
        if (list.items[i]->kind == STATEMENT_QUERY) {
            check_answer(score, catalog, json_array_get(responses, *index), name);
        }
    }
    return STATUS_OK;
}

/* Runs the statements; the message of the first failure is in diag. The query suite sends all
 * of them as one script, the REST suite each SELECT by itself. */
static enum status run_statements(struct score *score, struct memory_catalog *catalog,
                                  const json_t *test, const char *name, const char *format,
                                  struct diag *diag)
{
    const json_t *statements = json_object_get(test, "statements");
    struct buffer script;
    buffer_init(&script);
    size_t index = 0;
    size_t i;
    json_t *statement;
    enum status status = STATUS_OK;
    json_array_foreach(statements, i, statement)
    {
        char *sql = expand(json_string_value(statement), format);
        const bool is_alone = score->are_selects_alone && strncasecmp(sql, "SELECT ", 7) == 0;
        if (is_alone && script.bytes > 0) {
            status = run_script(score, catalog, test, name, buffer_text(&script), &index, diag);
            buffer_reset(&script);
        }
        buffer_append_string(&script, script.bytes > 0 ? "\n" : "");
        buffer_append_string(&script, sql);
        buffer_release(&(struct buffer){.data = sql});
        if (status != STATUS_OK) {
            break;
        }
    }
    if (status == STATUS_OK) {
        status = run_script(score, catalog, test, name, buffer_text(&script), &index, diag);
    }
    buffer_release(&script);
    return status;
}

static void add_environment(struct memory_catalog *catalog, const json_t *test)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(test, "properties"), name, value)
    {
        const char *text = json_is_string(value) ? json_string_value(value)
                                                 : (json_is_true(value) ? "true" : "false");
        memory_catalog_set(catalog, text_of(name), text_of(text));
    }
    size_t i;
    json_t *topic;
    json_array_foreach(json_object_get(test, "topics"), i, topic)
    {
        const json_t *partitions = json_object_get(topic, "partitions");
        const char *topic_name = json_string_value(json_object_get(topic, "name"));
        if (topic_name) {
            memory_catalog_add_topic(catalog, text_of(topic_name),
                                     partitions ? (uint32_t)json_integer_value(partitions) : 4);
        }
    }
}

/* The source's columns and the case's, both as the parser and the planner understand them. */
static bool schema_matches(struct memory_catalog *catalog, const json_t *expected)
{
    const struct source *source = catalog->catalog.find_source(
        catalog, text_of(json_string_value(json_object_get(expected, "name"))));
    const char *columns = json_string_value(json_object_get(expected, "schema"));
    struct column_definition_list list;
    if (!source || !columns ||
        parser_parse_columns(text_of(columns), catalog->arena, &list, NULL) != STATUS_OK ||
        list.count != source->schema.column_count) {
        return false;
    }
    for (size_t i = 0; i < list.count; i++) {
        const struct schema_column *column = &source->schema.columns[i];
        const struct type *type;
        const bool is_key = list.items[i].constraint == COLUMN_CONSTRAINT_KEY ||
                            list.items[i].constraint == COLUMN_CONSTRAINT_PRIMARY_KEY;
        if (plan_type(&catalog->planner, list.items[i].type, &type) != STATUS_OK ||
            !text_equal(list.items[i].name.name, column->name) || !type_equal(type, column->type) ||
            is_key != (column->role == COLUMN_KEY)) {
            return false;
        }
    }
    const char *kind = json_string_value(json_object_get(expected, "type"));
    return source->is_table == (kind && strcmp(kind, "table") == 0);
}

static bool format_matches(enum format_kind kind, const json_t *expected)
{
    const json_t *name = json_is_object(expected) ? json_object_get(expected, "format") : expected;
    return !json_is_string(name) ||
           text_equal_nocase(text_of(format_info(kind)->name), text_of(json_string_value(name)));
}

static bool window_matches(const struct window_spec *window, const json_t *key_format)
{
    static const char *const names[] = {[WINDOW_NONE] = NULL,
                                        [WINDOW_TUMBLING] = "TUMBLING",
                                        [WINDOW_HOPPING] = "HOPPING",
                                        [WINDOW_SESSION] = "SESSION"};
    const char *wanted = json_string_value(json_object_get(key_format, "windowType"));
    const json_t *size = json_object_get(key_format, "windowSize");
    if (!json_is_object(key_format)) {
        return true;
    }
    return (wanted ? names[window->kind] && strcmp(names[window->kind], wanted) == 0
                   : window->kind == WINDOW_NONE) &&
           (!size || json_integer_value(size) == window->size_ms);
}

/* Formats, windows and serde features, where the case names them. */
static bool serdes_match(const struct source *source, const json_t *expected)
{
    const json_t *key_format = json_object_get(expected, "keyFormat");
    const json_t *features = json_object_get(expected, "valueFeatures");
    const char *feature = json_string_value(json_array_get(features, 0));
    const bool wants_unwrapped = feature && strcmp(feature, "UNWRAP_SINGLES") == 0;
    return format_matches(source->key_serde.format, key_format) &&
           format_matches(source->value_serde.format, json_object_get(expected, "valueFormat")) &&
           window_matches(&source->window, key_format) &&
           (!features || wants_unwrapped == source->value_serde.is_unwrapped);
}

static void check_schemas(struct score *score, struct memory_catalog *catalog, const json_t *test,
                          const char *name)
{
    size_t i;
    json_t *expected;
    json_array_foreach(json_object_get(json_object_get(test, "post"), "sources"), i, expected)
    {
        if (!json_object_get(expected, "schema")) {
            continue;
        }
        score->schemas++;
        const struct source *found = catalog->catalog.find_source(
            catalog, text_of(json_string_value(json_object_get(expected, "name"))));
        const bool matches =
            found && schema_matches(catalog, expected) && serdes_match(found, expected);
        score->schemas_matched += matches;
        if (!matches && score->is_verbose) {
            const struct source *source = catalog->catalog.find_source(
                catalog, text_of(json_string_value(json_object_get(expected, "name"))));
            struct buffer actual;
            buffer_init(&actual);
            if (source) {
                schema_print(&source->schema, false, &actual);
            }
            printf("SCHEMA %s\n  want %s\n  have %.*s\n", name,
                   json_string_value(json_object_get(expected, "schema")),
                   TEXT_ARGS(buffer_text(&actual)));
            buffer_release(&actual);
        }
    }
}

static void run_case(struct score *score, const json_t *test, const char *name, const char *format)
{
    struct arena arena;
    struct diag diag;
    struct memory_catalog catalog;
    arena_init(&arena);
    diag_reset(&diag);
    memory_catalog_init(&catalog, &arena, &diag);
    add_environment(&catalog, test);
    const enum status status = run_statements(score, &catalog, test, name, format, &diag);
    const json_t *exception = json_object_get(test, "expectedException");
    if (!exception) {
        exception = json_object_get(test, "expectedError");
    }
    const char *wanted = json_string_value(json_object_get(exception, "message"));
    if (wanted) {
        score->errors++;
        const bool matches = status != STATUS_OK && strstr(diag.message, wanted);
        score->errors_matched += matches;
        if (!matches && score->is_verbose) {
            printf("ERROR %s\n  want %s\n  have %s\n", name, wanted,
                   status == STATUS_OK ? "no error" : diag.message);
        }
    } else if (!exception) {
        score->plans++;
        score->plans_matched += status == STATUS_OK;
        if (status != STATUS_OK && score->is_verbose) {
            printf("FAILS %s\n  %s\n", name, diag.message);
        }
        if (status == STATUS_OK) {
            check_schemas(score, &catalog, test, name);
        }
    }
    arena_release(&arena);
}

static void run_formats(struct score *score, const json_t *test, const char *file)
{
    char name[512];
    char *text = json_dumps(json_object_get(test, "statements"), JSON_COMPACT);
    snprintf(name, sizeof(name), "%s: %s", file, json_string_value(json_object_get(test, "name")));
    const json_t *formats = json_object_get(test, "format");
    if (needs_more(text)) {
        free(text);
        return;
    }
    free(text);
    if (!json_is_array(formats)) {
        run_case(score, test, name, "JSON");
        return;
    }
    size_t i;
    json_t *format;
    json_array_foreach(formats, i, format)
    {
        if (!needs_more(json_string_value(format))) {
            run_case(score, test, name, json_string_value(format));
        }
    }
}

static void run_file(struct score *score, const char *path, const char *file)
{
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    assert_non_null(root);
    const json_t *tests = json_is_array(root) ? root : json_object_get(root, "tests");
    size_t i;
    json_t *test;
    json_array_foreach(tests, i, test)
    {
        run_formats(score, test, file);
    }
    json_decref(root);
}

static int is_json(const struct dirent *entry)
{
    const size_t bytes = strlen(entry->d_name);
    return bytes > 5 && strcmp(entry->d_name + bytes - 5, ".json") == 0;
}

/* False when there is no such suite here. */
static bool run_suite(struct score *score, const char *suite)
{
    const char *shared = getenv("LEAT_SHARED");
    const char *only = getenv("LEAT_TEST_FILE");
    char folder[1024];
    snprintf(folder, sizeof(folder), "%s/conformance/%s", shared ? shared : "", suite);
    struct dirent **entries;
    const int count = scandir(folder, &entries, is_json, alphasort);
    if (count < 0) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        char path[2048];
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        if (!only || strcmp(only, entries[i]->d_name) == 0) {
            run_file(score, path, entries[i]->d_name);
        }
        free(entries[i]);
    }
    free(entries);
    return true;
}

static void published_cases_plan_as_they_say(void **state)
{
    (void)state;
    struct score score = {.is_verbose = getenv("LEAT_TEST_VERBOSE") != NULL};
    if (!run_suite(&score, "query")) {
        skip();
    }
    score.are_selects_alone = true;
    assert_true(run_suite(&score, "rest"));
    printf("errors %d of %d, schemas %d of %d, plans %d of %d\n", score.errors_matched,
           score.errors, score.schemas_matched, score.schemas, score.plans_matched, score.plans);
    if (!getenv("LEAT_TEST_FILE")) {
        assert_true(score.errors_matched >= ERRORS_MATCHED_MIN);
        assert_true(score.schemas_matched >= SCHEMAS_MATCHED_MIN);
        assert_true(score.plans_matched >= PLANNED_MIN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_cases_plan_as_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
