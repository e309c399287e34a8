/* string_functions_test.c: the STRING, REGULAR EXPRESSION and CONDITIONAL families by example. */
#include "tests/test.h"

#include "base/bounds.h"
#include "functions/regex.h"
#include "tests/functions/expr_run.h"
#include "tests/functions/function_run.h"

static void strings_are_counted_in_utf16_units(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"LEN", "VARCHAR", "'abc'", "INTEGER", "3"},
        {"LEN", "VARCHAR", "'\xF0\x9F\x98\x80!'", "INTEGER", "3"},
        {"LEN", "BYTES", "x'00FF'", "INTEGER", "2"},
        {"LEN", "VARCHAR", "NULL", "INTEGER", "NULL"},
        {"SUBSTRING", "VARCHAR, INT", "'some_string', 6", "STRING", "'string'"},
        {"SUBSTRING", "VARCHAR, INT", "'short', 6", "STRING", "''"},
        {"SUBSTRING", "VARCHAR, INT", "'short', 0", "STRING", "'short'"},
        {"SUBSTRING", "VARCHAR, INT", "'short', -2", "STRING", "'rt'"},
        {"SUBSTRING", "VARCHAR, INT", "'short', -20", "STRING", "'short'"},
        {"SUBSTRING", "VARCHAR, INT, INT", "'short', 2, 3", "STRING", "'hor'"},
        {"SUBSTRING", "VARCHAR, INT, INT", "'short', 2, 2147483647", "STRING", "'hort'"},
        {"SUBSTRING", "VARCHAR, INT, INT", "'short', 2, -1", "STRING", "''"},
        {"SUBSTRING", "VARCHAR, INT, INT", "'short', 2, NULL", "STRING", "NULL"},
        {"SUBSTRING", "BYTES, INT, INT", "x'010203', -2, 1", "BYTES", "x'02'"},
        {"INSTR", "VARCHAR, VARCHAR", "'corporate floor', 'or'", "INTEGER", "2"},
        {"INSTR", "VARCHAR, VARCHAR, INT", "'corporate floor', 'or', 4", "INTEGER", "5"},
        {"INSTR", "VARCHAR, VARCHAR, INT", "'corporate floor', 'or', -4", "INTEGER", "5"},
        {"INSTR", "VARCHAR, VARCHAR, INT, INT", "'corporate floor', 'or', -4, 2", "INTEGER",
         "2"},
        {"INSTR", "VARCHAR, VARCHAR, INT", "'short', 'or', -4", "INTEGER", "0"},
        {"INSTR", "VARCHAR, VARCHAR, INT", "'short', 'or', 6", "INTEGER", "0"},
        {"INSTR", "VARCHAR, VARCHAR, INT", "'short', 'or', NULL", "INTEGER", "NULL"},
        {"INSTR", "VARCHAR, VARCHAR", "NULL, 'or'", "INTEGER", "0"},
        {"INSTR", "VARCHAR, VARCHAR", "'\xF0\x9F\x98\x80!', '!'", "INTEGER", "3"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void case_and_characters(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"LCASE", "VARCHAR", "'MiX\xC3\x84'", "STRING", "'mix\xC3\xA4'"},
        {"UCASE", "VARCHAR", "'stra\xC3\x9F" "e'", "STRING", "'STRASSE'"},
        {"INITCAP", "VARCHAR", "'the   Quick br0wn fOx'", "STRING", "'The   Quick Br0wn Fox'"},
        {"INITCAP", "VARCHAR", "'  \xC3\xA4gypten '", "STRING", "'\xC3\x84gypten '"},
        {"TRIM", "VARCHAR", "' \t a b \n'", "STRING", "'a b'"},
        {"TRIM", "VARCHAR", "'   '", "STRING", "''"},
        {"CHR", "INT", "75", "STRING", "'K'"},
        {"CHR", "INT", "128512", "STRING", "'\xF0\x9F\x98\x80'"},
        {"CHR", "INT", "1114112", "STRING", "NULL"},
        {"CHR", "INT", "-1", "STRING", "NULL"},
        {"CHR", "VARCHAR", "'\\u004b'", "STRING", "'K'"},
        {"CHR", "VARCHAR", "'\\ud820\\udeb8'", "STRING", "'\xF0\x98\x8A\xB8'"},
        {"CHR", "VARCHAR", "'004b'", "STRING", "NULL"},
        {"CHR", "VARCHAR", "'bogus!!'", "STRING", "NULL"},
        {"CHR", "VARCHAR", "'\\u00zz'", "STRING", "!Unable to parse unicode value: \\u00zz"},
        {"UUID", "BYTES", "x'000102030405060708090A0B0C0D0E0F'", "STRING",
         "'00010203-0405-0607-0809-0a0b0c0d0e0f'"},
        {"UUID", "BYTES", "x'00'", "STRING", "NULL"},
        {"UUID", "", "", "STRING", "'00000000-0000-4080-8000-000000000080'"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void joining_and_splitting(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"CONCAT", "VARCHAR, VARCHAR, VARCHAR", "'a', NULL, 'b'", "STRING", "'ab'"},
        {"CONCAT", "VARCHAR, VARCHAR", "NULL, NULL", "STRING", "''"},
        {"CONCAT", "BYTES, BYTES", "x'01', x'02'", "BYTES", "x'0102'"},
        {"CONCAT_WS", "VARCHAR, VARCHAR, VARCHAR, VARCHAR", "', ', 'a', NULL, 'b'", "STRING",
         "'a, b'"},
        {"CONCAT_WS", "VARCHAR, VARCHAR", "'-', NULL", "STRING", "''"},
        {"CONCAT_WS", "VARCHAR, VARCHAR", "NULL, 'a'", "STRING", "NULL"},
        {"CONCAT_WS", "VARCHAR", "'a'", "",
         "!Function Concat_WS expects at least two input arguments."},
        {"ELT", "INT, VARCHAR, VARCHAR", "2, 'a', 'b'", "STRING", "'b'"},
        {"ELT", "INT, VARCHAR", "2, 'a'", "STRING", "NULL"},
        {"ELT", "INT, VARCHAR", "0, 'a'", "STRING", "NULL"},
        {"FIELD", "VARCHAR, VARCHAR, VARCHAR", "'b', NULL, 'b'", "INTEGER", "2"},
        {"FIELD", "VARCHAR, VARCHAR", "NULL, NULL", "INTEGER", "0"},
        {"REPLACE", "VARCHAR, VARCHAR, VARCHAR", "'banana', 'an', 'AN!'", "STRING",
         "'bAN!AN!a'"},
        {"REPLACE", "VARCHAR, VARCHAR, VARCHAR", "'abc', '', '-'", "STRING", "'-a-b-c-'"},
        {"REPLACE", "VARCHAR, VARCHAR, VARCHAR", "'abc', 'x', '-'", "STRING", "'abc'"},
        {"SPLIT", "VARCHAR, VARCHAR", "'..a..', '.'", "ARRAY<STRING>", "['', '', 'a', '', '']"},
        {"SPLIT", "VARCHAR, VARCHAR", "'a$$b.c', '$$'", "ARRAY<STRING>", "['a', 'b.c']"},
        {"SPLIT", "VARCHAR, VARCHAR", "'abc', ''", "ARRAY<STRING>", "['a', 'b', 'c']"},
        {"SPLIT", "VARCHAR, VARCHAR", "'', ''", "ARRAY<STRING>", "['']"},
        {"SPLIT", "VARCHAR, VARCHAR", "'', '.'", "ARRAY<STRING>", "['']"},
        {"SPLIT", "BYTES, BYTES", "x'01FF02', x'FF'", "ARRAY<BYTES>", "[x'01', x'02']"},
        {"SPLIT_TO_MAP", "VARCHAR, VARCHAR, VARCHAR", "'a:1//b:2:3/c/a:4/', '/', ':'",
         "MAP<STRING, STRING>", "{'a': '4', 'b': '2'}"},
        {"SPLIT_TO_MAP", "VARCHAR, VARCHAR, VARCHAR", "'a:1', ':', ':'", "MAP<STRING, STRING>",
         "NULL"},
        {"SPLIT_TO_MAP", "VARCHAR, VARCHAR, VARCHAR", "'', '/', ':'", "MAP<STRING, STRING>",
         "{}"},
        {"NULLIF", "INT, INT", "1, 1", "INTEGER", "NULL"},
        {"NULLIF", "INT, INT", "1, NULL", "INTEGER", "1"},
        {"AS_VALUE", "VARCHAR", "'k'", "STRING", "'k'"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void regular_expressions_are_java_s(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(call regexp_extract '(.*) (.*)' 'steven zhang' 2)", "STRING",
         "'zhang', 'zhang', 'zhang', 'zhang'"},
        {"(call regexp_extract 'b' s)", "STRING", "'b', NULL, NULL, NULL"},
        {"(call regexp_extract 'b' s 1)", "STRING", "NULL, NULL, NULL, NULL"},
        {"(call regexp_extract '(x)?b' s 1)", "STRING", "NULL, NULL, NULL, NULL"},
        {"(call regexp_extract t t)", "STRING", "'b', '2020-02-30', '2020-02-01', '7'"},
        {"(call regexp_extract '[' s)", "STRING", "NULL!, NULL!, NULL, NULL!"},
        {"(call regexp_extract_all '(\\w+) (\\w*)' 'ab cd ef ' 2)", "ARRAY<STRING>",
         "['cd', ''], ['cd', ''], ['cd', ''], ['cd', '']"},
        {"(call regexp_extract_all 'x*' 'axb')", "ARRAY<STRING>",
         "['', 'x', '', ''], ['', 'x', '', ''], ['', 'x', '', ''], ['', 'x', '', '']"},
        {"(call regexp_replace 'baabbabaa' '(ab)+' '<$1>')", "STRING",
         "'ba<ab>b<ab>aa', 'ba<ab>b<ab>aa', 'ba<ab>b<ab>aa', 'ba<ab>b<ab>aa'"},
        {"(call regexp_replace s '(?<first>.)(.*)' '$2${first}\\$')", "STRING",
         "'bca$', '', NULL, 'e12$'"},
        {"(call regexp_replace s 'a' '$3')", "STRING", "NULL!, '', NULL, '2e1'"},
        {"(call regexp_split_to_array t '-')", "ARRAY<STRING>",
         "['b'], ['2020', '02', '30'], ['2020', '02', '01'], ['7']"},
        {"(call regexp_split_to_array 'aXbX' '[A-Z]')", "ARRAY<STRING>",
         "['a', 'b', ''], ['a', 'b', ''], ['a', 'b', ''], ['a', 'b', '']"},
        {"(call regexp_split_to_array 'abc' '')", "ARRAY<STRING>",
         "['a', 'b', 'c'], ['a', 'b', 'c'], ['a', 'b', 'c'], ['a', 'b', 'c']"},
    };
    expr_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

/* The first match of a Java pattern, "-" for none, '!' and the message for a bad pattern. */
static void assert_match(const char *pattern, const char *text, const char *expected)
{
    struct regex_cache *cache = NULL;
    struct regex *regex = NULL;
    struct diag diag;
    bool is_found = false;
    size_t start = 0;
    size_t end = 0;
    assert_ok(regex_cache_create(&cache, &diag), &diag);
    if (regex_cache_find(cache, text_of(pattern), &regex, &diag) != STATUS_OK) {
        if (expected[0] != '!' || !strstr(diag.message, expected + 1)) {
            fail_msg("%s: %s instead of %s", pattern, diag.message, expected);
        }
        regex_cache_destroy(cache);
        return;
    }
    assert_ok(regex_find(regex, text_of(text), 0, &is_found, &diag), &diag);
    char got[128] = "-";
    if (is_found && regex_group(regex, 0, &start, &end)) {
        (void)snprintf(got, sizeof(got), "%.*s", (int)(end - start), text + start);
    }
    if (strcmp(got, expected) != 0) {
        fail_msg("%s on %s: %s instead of %s", pattern, text, got, expected);
    }
    regex_cache_destroy(cache);
}

static void dialects_are_bridged(void **state)
{
    (void)state;
    assert_match("[a-c[x-z]]+", "mabxyn", "abxy");
    assert_match("[a-z&&[^aeiou]]+", "aeibcdo", "bcd");
    assert_match("[^a-c[x-z]]+", "abmnx", "mn");
    assert_match("[a-z&&[def]&&[^e]]+", "cdefg", "d");
    assert_match("[\\d&&[^5]]+", "5123", "123");
    assert_match("\\p{Alpha}+", "12ab3", "ab");
    assert_match("[\\p{Punct}x]+", "ab,x!", ",x!");
    assert_match("\\P{Lower}+", "abCD", "CD");
    assert_match("\\p{IsLatin}+\\p{Lu}", "\xC3\xA4X", "\xC3\xA4X");
    assert_match("\\u0041\\x42\\0103", "xABC", "ABC");
    assert_match("\\uD83D\\uDE00", "a\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80");
    assert_match("\\Qa.b\\E+", "xa.bb", "a.bb");
    assert_match("[\\Q]^\\E]+", "a]^b", "]^");
    assert_match("(a)(b)\\2\\1", "abba", "abba");
    assert_match("(?i)ABC(?-i:d)", "xabcd", "abcd");
    assert_match("(?U)\\w+", "ab c", "ab");
    assert_match("a{2,3}+", "aaaa", "aaa");
    assert_match("^$", "", "");
    assert_match("a{x", "", "!Illegal repetition");
    assert_match("{\"a\"}", "", "!Illegal repetition");
    assert_match("(*ACCEPT)", "", "!Dangling meta character '*'");
    assert_match("(?R)", "", "!Unknown inline modifier");
    assert_match("\\K", "", "!Illegal/unsupported escape sequence");
    assert_match("a\\", "", "!Unexpected end of pattern");
    assert_match("[a-", "", "!Unclosed character class");
    assert_match("[z-a]", "", "!Illegal character range");
    assert_match("(a", "", "!missing closing parenthesis");
}

static void hopeless_patterns_end(void **state)
{
    (void)state;
    struct regex_cache *cache = NULL;
    struct regex *regex = NULL;
    struct diag diag;
    bool is_found = false;
    static const char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
    assert_ok(regex_cache_create(&cache, &diag), &diag);
    assert_ok(regex_cache_find(cache, TEXT("(a|aa)+$"), &regex, &diag), &diag);
    assert_int_equal(regex_find(regex, text_of(text), 0, &is_found, &diag), STATUS_INVALID);
    assert_non_null(strstr(diag.message, "too costly"));
    regex_cache_destroy(cache);
}

/* A text of so many bytes as a literal in notation. */
static const char *long_text(struct arena *arena, size_t bytes)
{
    char *text = arena_alloc(arena, bytes + 3);
    memset(text, 'a', bytes + 2);
    text[0] = text[bytes + 1] = '\'';
    text[bytes + 2] = '\0';
    return text;
}

static void results_beyond_a_record_are_refused(void **state)
{
    (void)state;
    struct arena arena;
    const char *type = NULL;
    arena_init(&arena);
    const char *half = long_text(&arena, RECORD_BYTES_MAX / 2);
    const char *two = arena_printf(&arena, "%s, %s", half, half).data;
    const char *three = arena_printf(&arena, "%s, 'b'", two).data;
    const char *fits = function_run(&arena, "CONCAT", "VARCHAR, VARCHAR", two, &type);
    assert_int_equal(strlen(fits), RECORD_BYTES_MAX + 2);
    const char *refused =
        function_run(&arena, "CONCAT", "VARCHAR, VARCHAR, VARCHAR", three, &type);
    assert_string_equal(refused, "!the result would be longer than 16777216 bytes");
    /* A needle of some length: the sanitizer looks at all that is left at every find. */
    const char *needle = long_text(&arena, 4096);
    const char *replace = arena_printf(&arena, "%s, %s, %s", half, needle, half).data;
    refused = function_run(&arena, "REPLACE", "VARCHAR, VARCHAR, VARCHAR", replace, &type);
    assert_string_equal(refused, "!the result would be longer than 16777216 bytes");
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_counted_in_utf16_units),
        cmocka_unit_test(case_and_characters),
        cmocka_unit_test(joining_and_splitting),
        cmocka_unit_test(results_beyond_a_record_are_refused),
        cmocka_unit_test(regular_expressions_are_java_s),
        cmocka_unit_test(dialects_are_bridged),
        cmocka_unit_test(hopeless_patterns_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
