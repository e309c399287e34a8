/* bytes_functions_test.c: functions between bytes, encodings and numbers; MASK and padding. */
#include "tests/test.h"

#include "functions/character_class.h"
#include "functions/md5.h"
#include "tests/functions/function_run.h"

static void bytes_and_their_texts(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"FROM_BYTES", "BYTES, VARCHAR", "x'1AB2', 'HEX'", "STRING", "'1AB2'"},
        {"FROM_BYTES", "BYTES, VARCHAR", "x'21', 'base64'", "STRING", "'IQ=='"},
        {"FROM_BYTES", "BYTES, VARCHAR", "x'41C3A4FF', 'utf8'", "STRING",
         "'A\xC3\xA4\xEF\xBF\xBD'"},
        {"FROM_BYTES", "BYTES, VARCHAR", "x'41C3', 'ascii'", "STRING", "'A\xEF\xBF\xBD'"},
        {"FROM_BYTES", "BYTES, VARCHAR", "x'', 'hex'", "STRING", "''"},
        {"FROM_BYTES", "BYTES, VARCHAR", "NULL, 'hex'", "STRING", "NULL"},
        {"FROM_BYTES", "BYTES, VARCHAR", "x'00', 'utf16'", "",
         "!Unknown encoding type 'utf16'. Supported formats are 'hex', 'utf8', 'ascii', and "
         "'base64'."},
        {"TO_BYTES", "VARCHAR, VARCHAR", "'1aB2', 'hex'", "BYTES", "x'1AB2'"},
        {"TO_BYTES", "VARCHAR, VARCHAR", "'1', 'hex'", "", "!Odd number of characters."},
        {"TO_BYTES", "VARCHAR, VARCHAR", "'1g', 'hex'", "",
         "!Illegal hexadecimal character g at index 1"},
        {"TO_BYTES", "VARCHAR, VARCHAR", "'\xC3\xA4\xF0\x9F\x98\x80', 'ascii'", "BYTES", "x'3F3F'"},
        {"TO_BYTES", "VARCHAR, VARCHAR", "'\xC3\xA4', 'UTF8'", "BYTES", "x'C3A4'"},
        {"TO_BYTES", "VARCHAR, VARCHAR", "'IQ==', 'base64'", "BYTES", "x'21'"},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'Example!', 'ascii', 'hex'", "STRING",
         "'4578616d706c6521'"},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'\xCE\x95\xCE\xBB', 'ascii', 'base64'", "STRING",
         "'Pz8='"},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'\xCE\x95', 'utf8', 'ascii'", "STRING",
         "'\xEF\xBF\xBD\xEF\xBF\xBD'"},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'zpXO', 'base64', 'hex'", "STRING", "'ce95ce'"},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "' z-p_\nX=O', 'base64', 'hex'", "STRING",
         "'cfea7f'"},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'0x4578', 'hex', 'UTF8'", "STRING", "'Ex'"},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'0x457', 'hex', 'base64'", "STRING", "'BFc='"},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'X''4578''', 'hex', 'utf8'", "STRING", "'Ex'"},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'457', 'hex', 'utf8'", "",
         "!Odd number of characters."},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'a', 'utf8', 'utf8'", "",
         "!Supported input and output encodings are: hex, utf8, ascii and base64"},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'a', 'null', 'utf8'", "",
         "!Supported input and output encodings are: hex, utf8, ascii and base64"},
        {"ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'a', NULL, 'utf8'", "STRING", "NULL"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
    function_run_without_memory("ENCODE", "VARCHAR, VARCHAR, VARCHAR", "'0x457', 'hex', 'base64'");
}

static void numbers_in_bytes(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"INT_FROM_BYTES", "BYTES", "x'000007E5'", "INTEGER", "2021"},
        {"INT_FROM_BYTES", "BYTES, VARCHAR", "x'E5070000', 'little_endian'", "INTEGER", "2021"},
        {"INT_FROM_BYTES", "BYTES", "x'FFFFFFFF'", "INTEGER", "-1"},
        {"INT_FROM_BYTES", "BYTES", "x'0000'", "",
         "!Number of bytes must be equal to 4, but found 2"},
        {"INT_FROM_BYTES", "BYTES, VARCHAR", "x'00000000', 'MIDDLE'", "",
         "!Byte order must be BIG_ENDIAN or LITTLE_ENDIAN. Unknown byte order 'MIDDLE'."},
        {"INT_FROM_BYTES", "BYTES", "NULL", "INTEGER", "NULL"},
        {"BIGINT_FROM_BYTES", "BYTES, VARCHAR", "x'000000012A05F200', 'BIG_ENDIAN'", "BIGINT",
         "5000000000"},
        {"BIGINT_FROM_BYTES", "BYTES", "x'FFFFFFFFFFFFFFFE'", "BIGINT", "-2"},
        {"DOUBLE_FROM_BYTES", "BYTES", "x'4080A6FD9BC9F582'", "DOUBLE", "532.8738323"},
        {"DOUBLE_FROM_BYTES", "BYTES, VARCHAR", "x'82F5C99BFDA68040', 'LITTLE_ENDIAN'", "DOUBLE",
         "532.8738323"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void md5_of_all_lengths_around_a_block(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"MD5", "VARCHAR", "''", "STRING", "'d41d8cd98f00b204e9800998ecf8427e'"},
        {"MD5", "VARCHAR", "'r1'", "STRING", "'7c92cf1eee8d99cc85f8355a3d6e4b86'"},
        {"MD5", "VARCHAR", "'message digest'", "STRING", "'f96b697d7cb7938d525a2f31aaf161d0'"},
        {"MD5", "VARCHAR",
         "'12345678901234567890123456789012345678901234567890123456789012345678901234567890'",
         "STRING", "'57edf4a22be3c955ac49da2e2107b67a'"},
        {"MD5", "VARCHAR", "NULL", "STRING", "NULL"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
    /* The digest of the digests of 'a' * n for n = 0 to 199: made with JDK 17. */
    char text[200];
    unsigned char digests[200 * MD5_BYTES];
    unsigned char digest[MD5_BYTES];
    memset(text, 'a', sizeof(text));
    for (size_t n = 0; n < 200; n++) {
        md5_digest((struct text){text, n}, digests + n * MD5_BYTES);
    }
    md5_digest((struct text){(const char *)digests, sizeof(digests)}, digest);
    static const unsigned char expected[MD5_BYTES] = {0x93, 0x70, 0x23, 0x7C, 0xF2, 0xC0,
                                                      0x13, 0x41, 0x8A, 0xDA, 0x10, 0xF8,
                                                      0xF1, 0xB5, 0x21, 0x0B};
    assert_memory_equal(digest, expected, MD5_BYTES);
}

static void masks(void **state)
{
    (void)state;
    static const char five[] = "VARCHAR, VARCHAR, VARCHAR, VARCHAR, VARCHAR";
    static const char six[] = "VARCHAR, INT, VARCHAR, VARCHAR, VARCHAR, VARCHAR";
    static const struct function_case cases[] = {
        {"MASK", "VARCHAR", "'AbCd#$123xy Z'", "STRING", "'XxXx--nnnxx-X'"},
        {"MASK", "VARCHAR", "NULL", "STRING", "NULL"},
        {"MASK", "VARCHAR", "''", "STRING", "''"},
        {"MASK", "VARCHAR", "'\xC3\x84\xC3\xA4\xD9\xA3\xE2\x82\xAC'", "STRING", "'Xxn-'"},
        {"MASK", "VARCHAR", "'\xF0\x9D\x90\x80'", "STRING", "'X-'"},
        {"MASK", five, "'AbC#1', 'Q', NULL, 'd', '\xE2\x82\xAC'", "STRING",
         "'QbQ\xE2\x82\xAC"
         "d'"},
        {"MASK", five, "'A\xF0\x9F\x98\x80', NULL, NULL, NULL, NULL", "STRING",
         "'A\xF0\x9F\x98\x80?'"},
        {"MASK", five, "'A', 'QQ', NULL, NULL, NULL", "",
         "!Invalid mask character. Must be only single character, but was 'QQ'"},
        {"MASK_LEFT", "VARCHAR, INT", "'AbCd#$123xy Z', 5", "STRING", "'XxXx-$123xy Z'"},
        {"MASK_LEFT", "VARCHAR, INT", "'Ab', 5", "STRING", "'Xx'"},
        {"MASK_RIGHT", "VARCHAR, INT", "'AbCd#$123xy Z', 5", "STRING", "'AbCd#$12nxx-X'"},
        {"MASK_RIGHT", "VARCHAR, INT", "'Ab', 0", "STRING", "'Ab'"},
        {"MASK_KEEP_LEFT", "VARCHAR, INT", "'AbCd', 1", "STRING", "'AxXx'"},
        {"MASK_KEEP_RIGHT", "VARCHAR, INT", "'AbCd', 1", "STRING", "'XxXd'"},
        {"MASK_KEEP_RIGHT", "VARCHAR, INT", "'AbCd', 9", "STRING", "'AbCd'"},
        {"MASK_KEEP_RIGHT", "VARCHAR, INT", "NULL, 1", "STRING", "NULL"},
        {"MASK_KEEP_RIGHT", "VARCHAR, INT", "'a', NULL", "STRING", "NULL"},
        {"MASK_KEEP_LEFT", "VARCHAR, INT", "'AbCd', -1", "",
         "!function mask_keep_left requires a non-negative number of characters to mask or "
         "skip"},
        {"MASK_LEFT", six, "'AbCd', 2, 'U', 'l', NULL, NULL", "STRING", "'UlCd'"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
    function_run_without_memory("MASK_LEFT", "VARCHAR, INT", "'AbCd', 2");
}

static void characters_have_java_classes(void **state)
{
    (void)state;
    assert_int_equal(character_class_of('Z'), CHARACTER_UPPER);
    assert_int_equal(character_class_of(0xDF), CHARACTER_LOWER);    /* sharp s */
    assert_int_equal(character_class_of(0x1C5), CHARACTER_OTHER);   /* title case */
    assert_int_equal(character_class_of(0x2160), CHARACTER_OTHER);  /* Roman numeral */
    assert_int_equal(character_class_of(0x1D7CE), CHARACTER_DIGIT); /* bold zero */
    assert_int_equal(character_class_of(0x4E2D), CHARACTER_OTHER);  /* a Han character */
    assert_int_equal(character_class_of(0x10FFFF), CHARACTER_OTHER);
}

static void padding(void **state)
{
    (void)state;
    static const char text[] = "VARCHAR, INT, VARCHAR";
    static const char bytes[] = "BYTES, INT, BYTES";
    static const struct function_case cases[] = {
        {"LPAD", text, "'foo', 7, 'Bar'", "STRING", "'BarBfoo'"},
        {"RPAD", text, "'foo', 7, 'Bar'", "STRING", "'fooBarB'"},
        {"LPAD", text, "'foo', 2, 'Bar'", "STRING", "'fo'"},
        {"RPAD", text, "'foo', 3, 'Bar'", "STRING", "'foo'"},
        {"LPAD", text, "'foo', -1, 'Bar'", "STRING", "NULL"},
        {"LPAD", text, "'foo', 7, ''", "STRING", "NULL"},
        {"LPAD", text, "'foo', 7, NULL", "STRING", "NULL"},
        {"LPAD", text, "'foo', NULL, 'Bar'", "STRING", "NULL"},
        {"LPAD", text, "NULL, 7, 'Bar'", "STRING", "NULL"},
        {"RPAD", text, "'', 7, 'Bar'", "STRING", "'BarBarB'"},
        {"RPAD", text, "'a', 0, 'b'", "STRING", "''"},
        {"RPAD", text, "'a', 4, '\xF0\x9F\x98\x80'", "STRING", "'a\xF0\x9F\x98\x80?'"},
        {"RPAD", text, "'a', 16777217, 'b'", "",
         "!cannot pad to 16777217 characters; the limit is 16777216"},
        {"LPAD", bytes, "x'796573', 8, x'6E6F'", "BYTES", "x'6E6F6E6F6E796573'"},
        {"RPAD", bytes, "x'796573', 5, x'6E6F'", "BYTES", "x'7965736E6F'"},
        {"RPAD", bytes, "x'796573', 2, x'6E6F'", "BYTES", "x'7965'"},
        {"RPAD", bytes, "x'796573', 3, x''", "BYTES", "NULL"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
    function_run_without_memory("LPAD", text, "'foo', 7, 'Bar'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_and_their_texts),
        cmocka_unit_test(numbers_in_bytes),
        cmocka_unit_test(md5_of_all_lengths_around_a_block),
        cmocka_unit_test(masks),
        cmocka_unit_test(characters_have_java_classes),
        cmocka_unit_test(padding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
