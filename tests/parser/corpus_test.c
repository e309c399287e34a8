/* corpus_test.c: every statement of the published conformance cases parses and round-trips.
 *
 * Reads LEAT_SHARED/conformance/{query,rest,sql}/ in place. Statements of cases that expect an
 * exception may fail; where such a case names a message of the parser, exactly that is required.
 * Skipped, with a notice, where the cases are not there. */
#include "tests/test.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "parser/parser.h"
#include "parser/printer.h"

struct tally {
    size_t statements;
    size_t failures;
    size_t messages;
};

static struct text replace_all(struct arena *arena, const char *text, const char *what,
                               const char *with)
{
    struct buffer out;
    buffer_init(&out);
    const char *found = NULL;
    while ((found = strstr(text, what)) != NULL) {
        buffer_append(&out, text, (size_t)(found - text));
        buffer_append_string(&out, with);
        text = found + strlen(what);
    }
    buffer_append_string(&out, text);
    const struct text copy = arena_text(arena, buffer_text(&out));
    buffer_release(&out);
    return copy;
}

/* Prints all statements, one behind the other. */
static struct text print_all(struct arena *arena, const struct statement_list *list)
{
    struct buffer out;
    buffer_init(&out);
    for (size_t i = 0; i < list->count; i++) {
        printer_statement(&out, list->items[i]);
        buffer_append_string(&out, ";\n");
    }
    const struct text copy = arena_text(arena, buffer_text(&out));
    buffer_release(&out);
    return copy;
}

static void report(struct tally *tally, const char *name, struct text sql, const char *message)
{
    tally->failures++;
    print_error("%s\n  %s\n  %s\n", name, sql.data, message);
}

static void round_trip(struct tally *tally, struct arena *arena, const char *name, struct text sql,
                       const struct statement_list *first)
{
    struct diag diag;
    struct statement_list second = {0};
    const struct text printed = print_all(arena, first);
    const struct parser_options options = {.allow_test_statements = true};
    if (parser_parse_script(printed, &options, arena, &second, &diag) != STATUS_OK) {
        report(tally, name, sql, diag.message);
    } else if (!text_equal(print_all(arena, &second), printed)) {
        report(tally, name, sql, printed.data);
    }
}

/* True when a parse error is what the case is about. */
static bool is_parse_message(const char *message)
{
    static const char *const marks[] = {
        "Syntax",           "Invalid numeric literal", "Number overflows",
        "Illegal argument", "is a 'KEY' column",       "is a 'PRIMARY KEY' column"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (strstr(message, marks[i])) {
            return true;
        }
    }
    return false;
}

static struct text join_statements(struct arena *arena, json_t *statements, const char *format)
{
    struct buffer all;
    buffer_init(&all);
    size_t index = 0;
    json_t *statement = NULL;
    json_array_foreach(statements, index, statement)
    {
        buffer_append_string(&all, index > 0 ? "\n" : "");
        buffer_append_string(&all, json_string_value(statement));
    }
    buffer_append_byte(&all, '\0');
    const struct text sql = replace_all(arena, all.data, "{FORMAT}", format);
    buffer_release(&all);
    return sql;
}

/* expected is the error of the case or NULL; is_last: this is the last script of the case,
 * the one that the error is about. */
static void check_script(struct tally *tally, const char *name, struct text sql, json_t *expected,
                         bool is_last)
{
    struct arena arena;
    struct diag diag;
    arena_init(&arena);
    diag_reset(&diag);
    const char *message = json_string_value(json_object_get(expected, "message"));
    struct statement_list list = {0};
    const enum status status = parser_parse_script(sql, NULL, &arena, &list, &diag);
    tally->statements += list.count;
    if (is_last && message && is_parse_message(message)) {
        tally->messages++;
        if (status == STATUS_OK || !strstr(diag.message, message)) {
            report(tally, name, TEXT(""), status == STATUS_OK ? message : diag.message);
        }
    } else if (status == STATUS_OK) {
        round_trip(tally, &arena, name, sql, &list);
    } else if (!expected) {
        report(tally, name, sql, diag.message);
    }
    arena_release(&arena);
}

/* A server's queries are requests of their own, everything else is one script. */
static void check_case(struct tally *tally, json_t *test, const char *format)
{
    struct arena arena;
    arena_init(&arena);
    const char *name = json_string_value(json_object_get(test, "name"));
    json_t *statements = json_object_get(test, "statements");
    json_t *server_error = json_object_get(test, "expectedError");
    if (!server_error && !json_object_get(test, "responses")) {
        check_script(tally, name, join_statements(&arena, statements, format),
                     json_object_get(test, "expectedException"), true);
    }
    for (size_t i = 0;
         (server_error || json_object_get(test, "responses")) && i < json_array_size(statements);
         i++) {
        const char *statement = json_string_value(json_array_get(statements, i));
        check_script(tally, name, replace_all(&arena, statement, "{FORMAT}", format), server_error,
                     i + 1 == json_array_size(statements));
    }
    arena_release(&arena);
}

static void check_formats(struct tally *tally, json_t *test)
{
    json_t *formats = json_object_get(test, "format");
    size_t index = 0;
    json_t *format = NULL;
    json_array_foreach(formats, index, format)
    {
        check_case(tally, test, json_string_value(format));
    }
    if (json_array_size(formats) == 0) {
        check_case(tally, test, "JSON");
    }
}

static void check_file(struct tally *tally, const char *path)
{
    json_error_t error;
    json_t *file = json_load_file(path, 0, &error);
    assert_non_null(file);
    size_t index = 0;
    json_t *test = NULL;
    json_array_foreach(json_object_get(file, "tests"), index, test)
    {
        check_formats(tally, test);
    }
    json_decref(file);
}

static void check_folder(const char *folder)
{
    const char *shared = getenv("LEAT_SHARED");
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/conformance/%s", shared ? shared : "", folder);
    DIR *dir = opendir(path);
    if (!dir) {
        print_message("skipped: no conformance cases in '%s'\n", path);
        skip();
    }
    struct tally tally = {0};
    const struct dirent *entry = NULL;
    while ((entry = readdir(dir)) != NULL) {
        if (strstr(entry->d_name, ".json")) {
            (void)snprintf(path, sizeof(path), "%s/conformance/%s/%s", shared, folder,
                           entry->d_name);
            check_file(&tally, path);
        }
    }
    (void)closedir(dir);
    print_message("%zu statements, %zu messages, %zu failures\n", tally.statements, tally.messages,
                  tally.failures);
    assert_true(tally.statements > 100);
    assert_int_equal(tally.failures, 0);
}

static void query_cases_parse_and_round_trip(void **state)
{
    (void)state;
    check_folder("query");
}

static void rest_cases_parse_and_round_trip(void **state)
{
    (void)state;
    check_folder("rest");
}

/* The SQL test files: directives are comments, and test statements are allowed. */
static void check_sql_file(struct tally *tally, const char *path)
{
    struct arena arena;
    struct buffer sql;
    struct diag diag;
    char chunk[4096];
    arena_init(&arena);
    buffer_init(&sql);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t bytes = 0;
    while ((bytes = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        buffer_append(&sql, chunk, bytes);
    }
    (void)fclose(file);
    const struct parser_options options = {.allow_test_statements = true};
    struct statement_list list = {0};
    if (parser_parse_script(buffer_text(&sql), &options, &arena, &list, &diag) == STATUS_OK) {
        tally->statements += list.count;
        round_trip(tally, &arena, path, TEXT(""), &list);
    } else {
        report(tally, path, TEXT(""), diag.message);
    }
    buffer_release(&sql);
    arena_release(&arena);
}

static void sql_test_files_parse_and_round_trip(void **state)
{
    (void)state;
    static const char *const names[] = {
        "test.sql",
        "query-upgrades/alter.sql",
        "query-upgrades/chained-upgrades.sql",
        "query-upgrades/filters.sql",
        "query-upgrades/headers.sql",
        "query-upgrades/prohibited-upgrades.sql",
        "query-upgrades/projections.sql",
        "query-upgrades/session-windows.sql",
    };
    struct tally tally = {0};
    const char *shared = getenv("LEAT_SHARED");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char path[4096];
        (void)snprintf(path, sizeof(path), "%s/conformance/sql/%s", shared ? shared : "", names[i]);
        if (access(path, R_OK) == 0) {
            check_sql_file(&tally, path);
        } else {
            print_message("skipped: no '%s'\n", path);
        }
    }
    assert_int_equal(tally.failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sql_test_files_parse_and_round_trip),
        cmocka_unit_test(query_cases_parse_and_round_trip),
        cmocka_unit_test(rest_cases_parse_and_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
