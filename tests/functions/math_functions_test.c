/* math_functions_test.c: the MATHEMATICAL family and GEO_DISTANCE by example. Expected values of
 * doubles are those that Java gives. */
#include "tests/test.h"

#include "tests/functions/function_run.h"

static void whole_numbers_and_rounding(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"ABS", "INT", "-2147483648", "INTEGER", "-2147483648"},
        {"ABS", "BIGINT", "-9223372036854775807", "BIGINT", "9223372036854775807"},
        {"ABS", "DOUBLE", "-0.0", "DOUBLE", "0.0"},
        {"ABS", "DECIMAL(2, 1)", "-3.2", "DECIMAL(2, 1)", "3.2"},
        {"ABS", "INT", "NULL", "INTEGER", "NULL"},
        {"CEIL", "INT", "-3", "INTEGER", "-3"},
        {"CEIL", "DOUBLE", "-1.5", "DOUBLE", "-1.0"},
        {"CEIL", "DOUBLE", "-0.5", "DOUBLE", "-0.0"},
        {"CEIL", "DECIMAL(4, 2)", "12.34", "DECIMAL(4, 2)", "13.00"},
        {"CEIL", "DECIMAL(2, 1)", "9.9", "DECIMAL(2, 1)", "10.0"},
        {"CEIL", "DECIMAL(4, 2)", "-12.34", "DECIMAL(4, 2)", "-12.00"},
        {"FLOOR", "DECIMAL(2, 1)", "-1.1", "DECIMAL(2, 1)", "-2.0"},
        {"FLOOR", "DOUBLE", "-1.1", "DOUBLE", "-2.0"},
        {"FLOOR", "BIGINT", "7", "BIGINT", "7"},
        {"ROUND", "INT", "7", "BIGINT", "7"},
        {"ROUND", "INT", "NULL", "BIGINT", "NULL"},
        {"ROUND", "DOUBLE", "1.5", "BIGINT", "2"},
        {"ROUND", "DOUBLE", "-1.5", "BIGINT", "-1"},
        {"ROUND", "DOUBLE", "-1.7", "BIGINT", "-2"},
        {"ROUND", "DOUBLE", "0.49999999999999994", "BIGINT", "0"},
        {"ROUND", "DOUBLE", "9007199254740993.0", "BIGINT", "9007199254740992"},
        {"ROUND", "DOUBLE", "1e30", "BIGINT", "9223372036854775807"},
        {"ROUND", "DOUBLE", "-Infinity", "BIGINT", "-9223372036854775808"},
        {"ROUND", "DOUBLE", "NaN", "BIGINT", "0"},
        {"ROUND", "DOUBLE, INT", "1.234567, 2", "DOUBLE", "1.23"},
        {"ROUND", "DOUBLE, INT", "1.005, 2", "DOUBLE", "1.01"},
        {"ROUND", "DOUBLE, INT", "-1.005, 2", "DOUBLE", "-1.0"},
        {"ROUND", "DOUBLE, INT", "-1.5, 0", "DOUBLE", "-1.0"},
        {"ROUND", "DOUBLE, INT", "12345.678, -1", "DOUBLE", "12350.0"},
        {"ROUND", "DOUBLE, INT", "-12345.678, -2", "DOUBLE", "-12300.0"},
        {"ROUND", "DOUBLE, INT", "1.7, -1", "DOUBLE", "0.0"},
        {"ROUND", "DOUBLE, INT", "1.5, 2147483647", "DOUBLE", "1.5"},
        {"ROUND", "DOUBLE, INT", "1.5, -2147483648", "DOUBLE", "0.0"},
        {"ROUND", "DOUBLE, INT", "-0.0, 1", "DOUBLE", "0.0"},
        {"ROUND", "DOUBLE, INT", "NaN, 1", "DOUBLE", "!Infinite or NaN"},
        {"ROUND", "DOUBLE, INT", "1.5, NULL", "DOUBLE", "NULL"},
        {"ROUND", "DECIMAL(5, 2)", "123.50", "DECIMAL(3, 0)", "124"},
        {"ROUND", "DECIMAL(5, 2)", "-123.50", "DECIMAL(3, 0)", "-123"},
        {"ROUND", "DECIMAL(2, 2)", NULL, "", "!DECIMAL precision must be >= 1: DECIMAL(0,0)"},
        {"ROUND", "DECIMAL(6, 3), INT", "123.455, 2", "DECIMAL(6, 3)", "123.460"},
        {"ROUND", "DECIMAL(6, 3), INT", "-123.455, 2", "DECIMAL(6, 3)", "-123.450"},
        {"ROUND", "DECIMAL(6, 3), INT", "155.455, -1", "DECIMAL(6, 3)", "160.000"},
        {"ROUND", "DECIMAL(6, 3), INT", "155.455, 100", "DECIMAL(6, 3)", "155.455"},
        {"ROUND", "DECIMAL(6, 3), INT", "155.455, -100", "DECIMAL(6, 3)", "0.000"},
        {"TRUNC", "DOUBLE", "-1.7", "BIGINT", "-1"},
        {"TRUNC", "BIGINT", "5", "BIGINT", "5"},
        {"TRUNC", "INT", "NULL", "BIGINT", "NULL"},
        {"TRUNC", "DOUBLE, INT", "1.789, 1", "DOUBLE", "1.7"},
        {"TRUNC", "DOUBLE, INT", "-1789.0, -2", "DOUBLE", "-1700.0"},
        {"TRUNC", "DECIMAL(4, 2)", "-12.99", "DECIMAL(2, 0)", "-12"},
        {"TRUNC", "DECIMAL(4, 2), INT", "12.99, 1", "DECIMAL(4, 2)", "12.90"},
        {"SIGN", "DOUBLE", "-0.1", "INTEGER", "-1"},
        {"SIGN", "DOUBLE", "NaN", "INTEGER", "0"},
        {"SIGN", "BIGINT", "12", "INTEGER", "1"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void functions_of_doubles(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"ACOS", "INT", "2", "DOUBLE", "NaN"},
        {"ACOS", "DOUBLE", "0.43", "DOUBLE", "1.1263035498590777"},
        {"ASIN", "BIGINT", "1", "DOUBLE", "1.5707963267948966"},
        {"ATAN", "DOUBLE", "0.43", "DOUBLE", "0.40609805831761564"},
        {"ATAN2", "INT, INT", "-2, 0", "DOUBLE", "-1.5707963267948966"},
        {"ATAN2", "DOUBLE, DOUBLE", "1.1, NULL", "DOUBLE", "NULL"},
        {"CBRT", "INT", "-8", "DOUBLE", "-2.0"},
        {"COS", "INT", "0", "DOUBLE", "1.0"},
        {"COSH", "INT", "0", "DOUBLE", "1.0"},
        {"COT", "INT", "0", "DOUBLE", "Infinity"},
        {"COT", "DOUBLE", "-0.0", "DOUBLE", "-Infinity"},
        {"DEGREES", "INT", "2", "DOUBLE", "114.59155902616465"},
        {"EXP", "INT", "-1", "DOUBLE", "0.36787944117144233"},
        {"LN", "INT", "0", "DOUBLE", "-Infinity"},
        {"LN", "BIGINT", "2", "DOUBLE", "0.6931471805599453"},
        {"LOG", "INT", "13", "DOUBLE", "2.5649493574615367"},
        {"LOG", "INT, INT", "15, 13", "DOUBLE", "0.9471572411831843"},
        {"LOG", "INT, INT", "1, 13", "DOUBLE", "NaN"},
        {"LOG", "DOUBLE, DOUBLE", "-15.0, 13.0", "DOUBLE", "NaN"},
        {"LOG", "BIGINT, BIGINT", "15, 0", "DOUBLE", "-Infinity"},
        {"PI", "", "", "DOUBLE", "3.141592653589793"},
        {"POWER", "INT, INT", "15, 13", "DOUBLE", "1.946195068359375E15"},
        {"POWER", "DOUBLE, DOUBLE", "1.0, NaN", "DOUBLE", "NaN"},
        {"POWER", "DOUBLE, DOUBLE", "-1.0, Infinity", "DOUBLE", "NaN"},
        {"POWER", "DOUBLE, DOUBLE", "NaN, 0.0", "DOUBLE", "1.0"},
        {"RADIANS", "INT", "180", "DOUBLE", "3.141592653589793"},
        {"RANDOM", "", "", "DOUBLE", "0.5"},
        {"SIN", "INT", "NULL", "DOUBLE", "NULL"},
        {"SINH", "INT", "0", "DOUBLE", "0.0"},
        {"SQRT", "INT", "-1", "DOUBLE", "NaN"},
        {"SQRT", "BIGINT", "2", "DOUBLE", "1.4142135623730951"},
        {"TAN", "INT", "0", "DOUBLE", "0.0"},
        {"TANH", "INT", "0", "DOUBLE", "0.0"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void greatest_and_least(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"GREATEST", "INT, INT, INT", "2147483647, NULL, 5", "INTEGER", "2147483647"},
        {"LEAST", "INT, INT, INT", "3, NULL, -5", "INTEGER", "-5"},
        {"GREATEST", "INT", "NULL", "INTEGER", "NULL"},
        {"LEAST", "DECIMAL(9, 2), DECIMAL(7, 6)", "1234567.89, 0.123456", "DECIMAL(13, 6)",
         "0.123456"},
        {"GREATEST", "DECIMAL(9, 2), DECIMAL(7, 6)", "1234567.89, 0.123456", "DECIMAL(13, 6)",
         "1234567.890000"},
        {"GREATEST", "VARCHAR, VARCHAR", "'apple', 'zebra'", "STRING", "'zebra'"},
        {"GREATEST", "BYTES, BYTES", "x'01', x'FF'", "BYTES", "x'01'"},
        {"GREATEST", "DOUBLE, DOUBLE", "1.0, NaN", "DOUBLE", "NaN"},
        {"LEAST", "DATE, DATE", "19071, -5883", "DATE", "-5883"},
        {"LEAST", "TIME, TIME", "10, 5", "TIME", "5"},
        {"GREATEST", "TIMESTAMP, TIMESTAMP", "10, 5", "TIMESTAMP", "10"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

static void distances_on_the_earth(void **state)
{
    (void)state;
    static const char four[] = "DOUBLE, DOUBLE, DOUBLE, DOUBLE";
    static const char five[] = "DOUBLE, DOUBLE, DOUBLE, DOUBLE, VARCHAR";
    static const struct function_case cases[] = {
        {"GEO_DISTANCE", four, "37.4439, -122.1663, 51.5257, -0.1122", "DOUBLE",
         "8634.659796579546"},
        {"GEO_DISTANCE", four, "39.18660374, -76.73262144, 39.18660374, -76.73222145", "DOUBLE",
         "0.034473668114483255"},
        {"GEO_DISTANCE", five, "37.4439, -122.1663, 51.5257, -0.1122, ' Kilometres '", "DOUBLE",
         "8634.659796579546"},
        {"GEO_DISTANCE", five, "37.4439, -122.1663, 51.5257, -0.1122, NULL", "DOUBLE",
         "8634.659796579546"},
        {"GEO_DISTANCE", five, "0.0, 0.0, 0.0, 180.0, 'mi'", "DOUBLE", "12437.565315561991"},
        {"GEO_DISTANCE", four, "NULL, 0.0, 0.0, 0.0", "DOUBLE", "NULL"},
        {"GEO_DISTANCE", four, "90.1, 0.0, 0.0, 0.0", "DOUBLE",
         "!valid latitude values for GeoDistance function are in the range of -90 to 90 and valid "
         "longitude values in that of -180 to 180"},
        {"GEO_DISTANCE", five, "0.0, 0.0, 0.0, 0.0, 'furlong'", "DOUBLE",
         "!GeoDistance function units parameter must be one of [mi, mile, miles] or [km, "
         "kilometer, kilometers, kilometre, kilometres]. Values are case insensitive. Got: "
         "furlong"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_and_rounding),
        cmocka_unit_test(functions_of_doubles),
        cmocka_unit_test(greatest_and_least),
        cmocka_unit_test(distances_on_the_earth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
