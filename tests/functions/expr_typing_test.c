/* expr_typing_test.c: types of expressions and the messages of those that have none, in
 * ksqlDB's words. What they evaluate to is only looked at where it shows a conversion. */
#include "tests/test.h"

#include "tests/functions/expr_run.h"

#define RUN(cases) expr_run_all((cases), sizeof(cases) / sizeof((cases)[0]))

static void arithmetic_takes_the_wider_type(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(+ i 1)", "INTEGER", "2, 3, NULL!, -2147483647"},
        {"(+ i l)", "BIGINT", "2, -9223372036854775807, NULL!, -2147483653"},
        {"(+ 1 l)", "BIGINT", "2, -9223372036854775808, NULL!, -4"},
        {"(* i 1.5e0)", "DOUBLE", "1.5, 3.0, NULL!, -3.221225472E9"},
        {"(+ m d)", "DOUBLE", "11.6, 0.0, NULL!, NaN"},
        {"(+ m n)", "DECIMAL(6, 3)", "12.100, 0.000, NULL!, -2.220"},
        {"(- m 1)", "DECIMAL(13, 2)", "9.10, -1.00, NULL!, -4.33"},
        {"(* m n)", "DECIMAL(10, 5)", "20.20000, 0.00000, NULL!, -3.69630"},
        {"(/ m n)", "DECIMAL(13, 8)", "5.05000000, NULL!, NULL!, -3.00000000"},
        {"(% m n)", "DECIMAL(5, 3)", "0.100, NULL!, NULL!, 0.000"},
        {"(+ l m)", "DECIMAL(22, 2)", "11.10, 9223372036854775807.00, NULL!, -8.33"},
        {"(+ s t)", "STRING", "'abcb', '2020-02-30', NULL!, '2e17'"},
        {"(neg 5)", "INTEGER", "-5, -5, -5, -5"},
        {"(+ b 1)", "", "!Unsupported arithmetic types. BOOLEAN INTEGER"},
        {"(- s t)", "", "!Unsupported arithmetic types. STRING STRING"},
        {"(+ 1 NULL)", "",
         "!Error processing expression: (1 + null). Arithmetic on types INTEGER and null are not "
         "supported."},
        {"(+ p NULL)", "",
         "!Error processing expression: (p + null). Arithmetic on types MAP<STRING, INTEGER> and "
         "null are not supported."},
    };
    RUN(cases);
}

static void comparison_wants_comparable_types(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(< i l)", "BOOLEAN", "false, true, false, true"},
        {"(= m 10.1)", "BOOLEAN", "true, false, false, false"},
        {"(>= d 1)", "BOOLEAN", "true, false, false, false"},
        {"(= day '1970-01-01')", "BOOLEAN", "true, false, false, false"},
        {"(< '2020-01-31T12:00' ts)", "BOOLEAN", "false, true, false, false"},
        {"(= day ts)", "BOOLEAN", "true, true, false, false"},
        {"(= a (array 1 2L))", "BOOLEAN", "true, false, false, false"},
        {"(= u (struct F 4L G ''))", "BOOLEAN", "false, false, false, true"},
        {"(> i 'x')", "", "!Cannot compare i (INTEGER) to 'x' (STRING) with GREATER_THAN."},
        {"(< b true)", "", "!Cannot compare b (BOOLEAN) to true (BOOLEAN) with LESS_THAN."},
        {"(< a a)", "",
         "!Cannot compare a (ARRAY<INTEGER>) to a (ARRAY<INTEGER>) with LESS_THAN."},
        {"(<= u u)", "",
         "!Cannot compare u (STRUCT<`F` INTEGER, `G` STRING>) to u (STRUCT<`F` INTEGER, `G` "
         "STRING>) with LESS_THAN_OR_EQUAL."},
        {"(distinct clock ts)", "",
         "!Cannot compare clock (TIME) to ts (TIMESTAMP) with IS_DISTINCT_FROM."},
        {"(<> NULL NULL)", "",
         "!Comparison with NULL not supported: NULL <> NULL\nUse 'IS NULL' or 'IS NOT NULL'"},
        {"(= i NULL)", "", "!Comparison with NULL not supported: INTEGER = NULL"},
    };
    RUN(cases);
}

static void case_wants_one_type(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(case (= i 1) 'one' 'other')", "STRING", "'one', 'other', 'other', 'other'"},
        {"(case (= i 1) NULL (= i 2) 5L)", "BIGINT", "NULL, 5, NULL, NULL"},
        {"(case (null? i) NULL i)", "INTEGER", "1, 2, NULL, -2147483648"},
        {"(case b 1 2L)", "",
         "!Invalid Case expression. Type for the default clause should be the same as for 'THEN' "
         "clauses.\nTHEN type: INTEGER.\nDEFAULT type: BIGINT."},
        {"(case b 1 b 'x')", "",
         "!Invalid Case expression. Type for all 'THEN' clauses should be the same."},
        {"(case i 1)", "", "!WHEN operand type should be boolean."},
        {"(case b NULL NULL)", "", "!Invalid Case expression. All case branches have NULL type"},
    };
    RUN(cases);
}

static void lists_find_one_type(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(in i 1 '2' NULL l)", "BOOLEAN", "true, true, false, false"},
        {"(in i '2e0')", "BOOLEAN", "false, true, false, false"},
        {"(in m 10.1 0 '-3.330')", "BOOLEAN", "true, true, false, true"},
        {"(in b 'y' 'TrUe')", "BOOLEAN", "true, false, false, true"},
        {"(in s 20 'abc')", "BOOLEAN", "true, false, false, false"},
        {"(in a (array '1' 2) (array NULL 7L))", "BOOLEAN", "true, false, false, true"},
        {"(in u (struct F 1 G 'one'))", "BOOLEAN", "true, false, false, false"},
        {"(in NULL NULL)", "BOOLEAN", "false, false, false, false"},
        {"(in b true s)", "",
         "!operator does not exist: BOOLEAN = STRING (s)\nHint: You might need to add explicit "
         "type casts."},
        {"(in i 10 '10 - not')", "", "!invalid input syntax for type INTEGER: \"10 - not\"."},
        {"(in l 10 true)", "", "!operator does not exist: BIGINT = BOOLEAN (true)"},
        {"(in m 10 true)", "", "!operator does not exist: DECIMAL(12, 2) = BOOLEAN (true)"},
        {"(in s 10 d)", "", "!operator does not exist: STRING = DOUBLE (d)"},
        {"(in a (array '10' 'x'))", "", "!invalid input syntax for type INTEGER: \"x\""},
        {"(in a (array b))", "",
         "!operator does not exist: ARRAY<INTEGER> = ARRAY<BOOLEAN> ((array b))"},
        {"(in p 10)", "", "!operator does not exist: MAP<STRING, INTEGER> = INTEGER (10)"},
        {"(array NULL 10 '20' i l)", "ARRAY<BIGINT>",
         "[NULL, 10, 20, 1, 1], [NULL, 10, 20, 2, 9223372036854775807], [NULL, 10, 20, NULL, "
         "NULL], [NULL, 10, 20, -2147483648, -5]"},
        {"(array '2e1' 1)", "ARRAY<STRING>", "['2e1', '1'], ['2e1', '1'], ['2e1', '1'], ['2e1', "
                                             "'1']"},
        {"(array 10 '2e1')", "ARRAY<DECIMAL(10, 0)>", "[10, 20], [10, 20], [10, 20], [10, 20]"},
        {"(array 1L '2147483648000' '0.25')", "ARRAY<DECIMAL(21, 2)>",
         "[1.00, 2147483648000.00, 0.25], [1.00, 2147483648000.00, 0.25], [1.00, "
         "2147483648000.00, 0.25], [1.00, 2147483648000.00, 0.25]"},
        {"(array 1 '2147483648')", "ARRAY<BIGINT>",
         "[1, 2147483648], [1, 2147483648], [1, 2147483648], [1, 2147483648]"},
        {"(array NULL (struct X i Y l) (struct Y i Z l))",
         "ARRAY<STRUCT<`X` INTEGER, `Y` BIGINT, `Z` BIGINT>>",
         "[NULL, [1, 1, NULL], [NULL, 1, 1]], [NULL, [2, 9223372036854775807, NULL], [NULL, 2, "
         "9223372036854775807]], [NULL, [NULL, NULL, NULL], [NULL, NULL, NULL]], [NULL, "
         "[-2147483648, -5, NULL], [NULL, -2147483648, -5]]"},
        {"(array)", "", "!Array constructor cannot be empty. Please supply at least one element "
                        "(see https://github.com/confluentinc/ksql/issues/4239)."},
        {"(array NULL)", "", "!Cannot construct an array with all NULL elements (see "},
        {"(map s b 10 'no')", "MAP<STRING, BOOLEAN>",
         "{'abc': true, '10': false}, {'': false, '10': false}, {'null': NULL, '10': "
         "false}, {'2e1': true, '10': false}"},
        {"(map 'k' i 'l' 'hello')", "", "!invalid input syntax for type INTEGER: \"hello\"."},
        {"(map 'k' NULL)", "", "!Cannot construct a map with all NULL values (see "},
        {"(map NULL 1)", "", "!Cannot construct a map with all NULL keys (see "},
        {"(map)", "", "!Map constructor cannot be empty. Please supply at least one key value "},
        {"(struct A 1 A 2)", "", "!Duplicate field names found in STRUCT"},
        {"(struct A 1 B s)", "STRUCT<`A` INTEGER, `B` STRING>",
         "[1, 'abc'], [1, ''], [1, NULL], [1, '2e1']"},
    };
    RUN(cases);
}

static void casts_follow_the_matrix(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(cast i BIGINT)", "BIGINT", "1, 2, NULL, -2147483648"},
        {"(cast l INT)", "INTEGER", "1, -1, NULL, -5"},
        {"(cast d INT)", "INTEGER", "1, 0, NULL, 0"},
        {"(cast 3e10 INT)", "INTEGER", "2147483647, 2147483647, 2147483647, 2147483647"},
        {"(cast m INT)", "INTEGER", "10, 0, NULL, -3"},
        {"(cast m DECIMAL(3,1))", "DECIMAL(3, 1)", "10.1, 0.0, NULL, -3.3"},
        {"(cast m DECIMAL(3,2))", "DECIMAL(3, 2)", "NULL!, 0.00, NULL, -3.33"},
        {"(cast m VARCHAR)", "STRING", "'10.10', '0.00', NULL, '-3.33'"},
        {"(cast d VARCHAR)", "STRING", "'1.5', '0.0', NULL, 'NaN'"},
        {"(cast s INT)", "INTEGER", "NULL!, NULL!, NULL, NULL!"},
        {"(cast ' 7 ' BIGINT)", "BIGINT", "7, 7, 7, 7"},
        {"(cast s DOUBLE)", "DOUBLE", "NULL!, NULL!, NULL, 20.0"},
        {"(cast 'NaN' DOUBLE)", "DOUBLE", "NULL!, NULL!, NULL!, NULL!"},
        {"(cast 'tRu' BOOLEAN)", "BOOLEAN", "true, true, true, true"},
        {"(cast s BOOLEAN)", "BOOLEAN", "false, false, NULL, false"},
        {"(cast t DATE)", "DATE", "NULL!, NULL!, 18293, NULL!"},
        {"(cast ts VARCHAR)", "STRING",
         "'1970-01-01T00:00:00.000', '2020-02-01T00:00:00.000', NULL, '1969-12-31T23:59:59.999'"},
        {"(cast ts DATE)", "DATE", "0, 18293, NULL, -1"},
        {"(cast ts TIME)", "TIME", "0, 0, NULL, 86399999"},
        {"(cast day TIMESTAMP)", "TIMESTAMP", "0, 1580515200000, NULL, -86400000"},
        {"(cast clock VARCHAR)", "STRING", "'00:00', '01:01:01', NULL, '23:59:59'"},
        {"(cast 'YWI=' BYTES)", "BYTES", "x'6162', x'6162', x'6162', x'6162'"},
        {"(cast a ARRAY<VARCHAR>)", "ARRAY<STRING>", "['1', '2'], [], NULL, [NULL, '7']"},
        {"(cast a VARCHAR)", "STRING", "'[1, 2]', '[]', NULL, '[null, 7]'"},
        {"(cast p VARCHAR)", "STRING", "'{x=1}', '{}', NULL, '{x=null, y=2}'"},
        {"(cast u VARCHAR)", "STRING", "'Struct{F=1,G=one}', 'Struct{}', NULL, 'Struct{F=4,G=}'"},
        {"(cast NULL ARRAY<INT>)", "ARRAY<INTEGER>", "NULL, NULL, NULL, NULL"},
        {"(cast s ARRAY<INT>)", "", "!Cast of STRING to ARRAY<INTEGER> is not supported"},
        {"(cast b INT)", "", "!Cast of BOOLEAN to INTEGER is not supported"},
        {"(cast y VARCHAR)", "", "!Cast of BYTES to STRING is not supported"},
    };
    RUN(cases);
}

static void calls_find_their_overload(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(call abs i)", "INTEGER", "1, 2, NULL, -2147483648"},
        {"(call geo_distance 51.0 0 51 0)", "DOUBLE", "0.0, 0.0, 0.0, 0.0"},
        {"(call GREATEST i NULL 5)", "INTEGER", "5, 5, 5, 5"},
        {"(call greatest m n)", "DECIMAL(5, 3)", "10.100, 0.000, NULL, 1.110"},
        {"(call greatest ts NULL '2022-06-14')", "TIMESTAMP",
         "1655164800000, 1655164800000, 1655164800000, 1655164800000"},
        {"(call coalesce s 'x')", "STRING", "'abc', '', 'x', '2e1'"},
        {"(call coalesce NULL i)", "INTEGER", "1, 2, NULL, -2147483648"},
        {"(call ifnull a (array 3))", "ARRAY<INTEGER>", "[1, 2], [], [3], [NULL, 7]"},
        {"(call nosuch i)", "", "!Can't find any functions with the name 'NOSUCH'"},
        {"(call greatest i l)", "",
         "!Function 'greatest' cannot be resolved due to ambiguous method parameters (INTEGER, "
         "BIGINT).\nUse CAST() to explicitly cast your parameters to one of the supported "
         "function calls.\nValid function calls are:\n"},
        {"(call greatest NULL NULL)", "",
         "!Function 'greatest' cannot be resolved due to ambiguous method parameters (null, "
         "null)."},
        {"(call greatest)", "", "!Function 'greatest' does not accept parameters ().\nValid "
                                "alternatives are:\n"},
        {"(call lcase i)", "",
         "!Function 'lcase' does not accept parameters (INTEGER).\nValid alternatives "
         "are:\nlcase(VARCHAR input)\nFor detailed information on a function run: DESCRIBE "
         "FUNCTION <Function-Name>;"},
        {"(call coalesce)", "", "!Function 'COALESCE' does not accept parameters ()"},
        {"(call coalesce 1 2L)", "", "!Function 'COALESCE' does not accept parameters (INTEGER, "},
        {"(call coalesce NULL)", "", "!Can't infer a type of null. Please explicitly cast it to "},
    };
    RUN(cases);
}

static void access_is_checked(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(at a 1)", "INTEGER", "1, NULL, NULL, NULL"},
        {"(at a -1)", "INTEGER", "2, NULL, NULL, 7"},
        {"(at a 0)", "INTEGER", "NULL, NULL, NULL, NULL"},
        {"(at a j)", "INTEGER", "NULL, NULL, NULL, 7"},
        {"(at a NULL)", "INTEGER", "NULL, NULL, NULL, NULL"},
        {"(at p 'y')", "INTEGER", "NULL, NULL, NULL, 2"},
        {"(field u G)", "STRING", "'one', NULL, NULL, ''"},
        {"(field u H)", "", "!Could not find field 'H' in 'u'."},
        {"(field i H)", "", "!Expected STRUCT type, got: INTEGER"},
        {"(at s 1)", "", "!s is STRING and cannot be subscripted: expected ARRAY or MAP"},
        {"(at a s)", "", "!Cannot subscript a (ARRAY<INTEGER>) with s (STRING)"},
        {"(and i b)", "", "!AND needs BOOLEAN operands, but i is INTEGER"},
        {"(like i 'x')", "", "!LIKE needs STRING operands, but i is INTEGER"},
    };
    RUN(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_takes_the_wider_type),
        cmocka_unit_test(comparison_wants_comparable_types),
        cmocka_unit_test(case_wants_one_type),
        cmocka_unit_test(lists_find_one_type),
        cmocka_unit_test(casts_follow_the_matrix),
        cmocka_unit_test(calls_find_their_overload),
        cmocka_unit_test(access_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
