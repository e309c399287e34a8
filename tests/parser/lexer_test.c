/* lexer_test.c: what is a token, and where it stands. */
#include "tests/test.h"

#include "parser/grammar.h"
#include "parser/keywords.h"
#include "parser/lexer.h"

/* Requires that sql is exactly the tokens of kinds, which ends with 0. */
static void assert_kinds(const char *sql, const int *kinds)
{
    struct lexer lexer;
    lexer_init(&lexer, text_of(sql));
    for (size_t i = 0;; i++) {
        const struct token token = lexer_next(&lexer);
        if (token.kind != kinds[i]) {
            fail_msg("%s: token %zu is kind %d, not %d", sql, i, token.kind, kinds[i]);
        }
        if (token.kind == 0) {
            return;
        }
    }
}

#define KINDS(...) ((const int[]){__VA_ARGS__, 0})

static void names_may_start_with_a_digit(void **state)
{
    (void)state;
    assert_kinds("1R0 _a a@b a1", KINDS(TOKEN_IDENT, TOKEN_IDENT, TOKEN_IDENT, TOKEN_IDENT));
    assert_kinds("1E5X", KINDS(TOKEN_IDENT));
    assert_kinds("1E", KINDS(TOKEN_IDENT));
}

static void numbers_tell_their_type(void **state)
{
    (void)state;
    assert_kinds("1 1. .5 1.50", KINDS(TOKEN_INTEGER_VALUE, TOKEN_DECIMAL_VALUE,
                                       TOKEN_DECIMAL_VALUE, TOKEN_DECIMAL_VALUE));
    assert_kinds("1E1 1.2e-3 .5E2 1e+7",
                 KINDS(TOKEN_FLOATING_POINT_VALUE, TOKEN_FLOATING_POINT_VALUE,
                       TOKEN_FLOATING_POINT_VALUE, TOKEN_FLOATING_POINT_VALUE));
    assert_kinds("1.5x", KINDS(TOKEN_DECIMAL_VALUE, TOKEN_IDENT));
    assert_kinds("a.b", KINDS(TOKEN_IDENT, TOKEN_DOT, TOKEN_IDENT));
}

static void quotes_are_escaped_by_doubling(void **state)
{
    (void)state;
    assert_kinds("'it''s' \"a\"\"b\" `c``d`",
                 KINDS(TOKEN_STRING, TOKEN_QUOTED_IDENT, TOKEN_QUOTED_IDENT));
    assert_kinds("'two\nlines; -- no comment'", KINDS(TOKEN_STRING));
    assert_kinds("'' \"\"", KINDS(TOKEN_STRING, TOKEN_QUOTED_IDENT));
}

static void comments_are_blanks(void **state)
{
    (void)state;
    assert_kinds("a -- b\nc --", KINDS(TOKEN_IDENT, TOKEN_IDENT));
    assert_kinds("a/* b ; ' */c", KINDS(TOKEN_IDENT, TOKEN_IDENT));
    assert_kinds("--@test: x\na", KINDS(TOKEN_IDENT));
    assert_kinds("/**/", KINDS(0));
}

static void operators_take_the_longest_match(void **state)
{
    (void)state;
    assert_kinds("<> != <= >= || := -> =>",
                 KINDS(TOKEN_NEQ, TOKEN_NEQ, TOKEN_LTE, TOKEN_GTE, TOKEN_CONCAT, TOKEN_ASSIGN,
                       TOKEN_ARROW, TOKEN_LAMBDA));
    assert_kinds("<=>", KINDS(TOKEN_LTE, TOKEN_GT));
    assert_kinds(">>", KINDS(TOKEN_GT, TOKEN_GT));
}

static void variables_are_one_token(void **state)
{
    (void)state;
    assert_kinds("${a_1}", KINDS(TOKEN_VARIABLE));
    assert_kinds("${1}", KINDS(TOKEN_UNRECOGNIZED, TOKEN_UNRECOGNIZED, TOKEN_INTEGER_VALUE,
                               TOKEN_UNRECOGNIZED));
    assert_kinds("${a", KINDS(TOKEN_UNRECOGNIZED, TOKEN_UNRECOGNIZED, TOKEN_IDENT));
}

static void unclosed_text_is_one_token_at_its_start(void **state)
{
    (void)state;
    static const char *const texts[] = {"a 'b c", "a \"b c", "a `b", "a /* b"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct lexer lexer;
        lexer_init(&lexer, text_of(texts[i]));
        assert_int_equal(lexer_next(&lexer).kind, TOKEN_IDENT);
        const struct token token = lexer_next(&lexer);
        assert_int_equal(token.kind, TOKEN_UNRECOGNIZED);
        assert_int_equal(token.pos.column, 3);
        assert_true(lexer.is_open);
        assert_int_equal(lexer_next(&lexer).kind, 0);
    }
}

static void positions_count_lines_and_characters(void **state)
{
    (void)state;
    struct lexer lexer;
    lexer_init(&lexer, TEXT("a\n '\xC3\xA4\xE2\x82\xAC' b"));
    (void)lexer_next(&lexer);
    const struct token string = lexer_next(&lexer);
    assert_int_equal(string.pos.line, 2);
    assert_int_equal(string.pos.column, 2);
    assert_int_equal(string.pos.offset_bytes, 3);
    assert_int_equal(string.pos.bytes, 7);
    const struct token name = lexer_next(&lexer);
    assert_int_equal(name.pos.column, 7);
    assert_int_equal(lexer_next(&lexer).kind, 0);
    assert_int_equal(lexer_next(&lexer).kind, 0);
}

static void any_byte_is_some_token(void **state)
{
    (void)state;
    for (int c = 1; c < 256; c++) {
        const char text[] = {(char)c, '\0'};
        struct lexer lexer;
        lexer_init(&lexer, (struct text){text, 1});
        (void)lexer_next(&lexer);
        assert_int_equal(lexer_next(&lexer).kind, 0);
    }
    struct lexer lexer;
    lexer_init(&lexer, (struct text){"\0a", 2});
    assert_int_equal(lexer_next(&lexer).kind, TOKEN_UNRECOGNIZED);
    assert_int_equal(lexer_next(&lexer).kind, TOKEN_IDENT);
}

static void keywords_are_sorted_and_found_in_any_case(void **state)
{
    (void)state;
    size_t count = 0;
    const struct keyword *all = keywords_all(&count);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || text_compare(all[i - 1].text, all[i].text) < 0);
        assert_ptr_equal(keyword_find(all[i].text), &all[i]);
    }
    assert_non_null(keyword_find(TEXT("sElEcT")));
    assert_null(keyword_find(TEXT("SELEC")));
    assert_null(keyword_find(TEXT("")));
    assert_ptr_equal(keyword_of_token(TOKEN_FROM), keyword_find(TEXT("FROM")));
    assert_null(keyword_of_token(TOKEN_COMMA));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_may_start_with_a_digit),
        cmocka_unit_test(numbers_tell_their_type),
        cmocka_unit_test(quotes_are_escaped_by_doubling),
        cmocka_unit_test(comments_are_blanks),
        cmocka_unit_test(operators_take_the_longest_match),
        cmocka_unit_test(variables_are_one_token),
        cmocka_unit_test(unclosed_text_is_one_token_at_its_start),
        cmocka_unit_test(positions_count_lines_and_characters),
        cmocka_unit_test(any_byte_is_some_token),
        cmocka_unit_test(keywords_are_sorted_and_found_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
