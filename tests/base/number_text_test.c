/* number_text_test.c: numbers are written and read as the JDK does it.
 *
 * The tables come from Double.toString, Double.parseDouble, Integer.parseInt and Long.parseLong.
 */
#include "tests/test.h"

#include "base/number_text.h"

static double double_of_bits(uint64_t bits)
{
    double value = 0;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static uint64_t bits_of_double(double value)
{
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

/* clang-format off */
static const struct {
    uint64_t bits;
    const char *text;
} double_rows[] = {
    {0x0000000000000000ULL, "0.0"},
    {0x8000000000000000ULL, "-0.0"},
    {0x3FF0000000000000ULL, "1.0"},
    {0xBFF0000000000000ULL, "-1.0"},
    {0x3FB999999999999AULL, "0.1"},
    {0x3F50624DD2F1A9FCULL, "0.001"},
    {0x3F50624DD2F1A9FBULL, "9.999999999999998E-4"},
    {0x416312CFE0000000ULL, "9999999.0"},
    {0x416312D000000000ULL, "1.0E7"},
    {0x416312CFFFFFFFFFULL, "9999999.999999998"},
    {0x416312D000000001ULL, "1.0000000000000002E7"},
    {0x419D6F3454000000ULL, "1.23456789E8"},
    {0x4202A05F20000000ULL, "1.0E10"},
    {0x7FEFFFFFFFFFFFFFULL, "1.7976931348623157E308"},
    {0x0010000000000000ULL, "2.2250738585072014E-308"},
    {0x400921FB54442D18ULL, "3.141592653589793"},
    {0x4005BF0A8B145769ULL, "2.718281828459045"},
    {0x3FD5555555555555ULL, "0.3333333333333333"},
    {0x4059000000000000ULL, "100.0"},
    {0x3F5426FE718A86D7ULL, "0.00123"},
    {0x40C81CD6C8B43958ULL, "12345.678"},
    {0x444B1AE4D6E2EF50ULL, "1.0E21"},
    {0x4480F0CF064DD592ULL, "1.0E22"},
    {0x44B52D02C7E14AF6ULL, "1.0E23"},
    {0x433FFFFFFFFFFFFFULL, "9.007199254740991E15"},
    {0x4340000000000000ULL, "9.007199254740992E15"},
    {0xBE8421F5F40D8376ULL, "-1.5E-7"},
    {0x3EFF75104D551D69ULL, "3.0E-5"},
    {0x3F60624DD2F1A9FCULL, "0.002"},
    {0x3F747AE147AE147BULL, "0.005"},
    {0x430C6BF526340000ULL, "1.0E15"},
    {0x40FE240B33333333ULL, "123456.7"},
    {0x4011666666666666ULL, "4.35"},
    {0x3FD3333333333333ULL, "0.3"},
    {0x000FFFFFFFFFFFFFULL, "2.225073858507201E-308"},
    {0xBB0F1798A3773418ULL, "-3.2148553208128307E-24"},
    {0xBFC9945A02770B39ULL, "-0.19983983154642163"},
    {0x592AD3097D984A5DULL, "3.4633604772920904E121"},
    {0xE5B3F440BE1A4792ULL, "-8.279990211479218E181"},
    {0xB54B190491B3CA5DULL, "-5.658269194963869E-52"},
    {0x5A1715FFF3E147A1ULL, "9.767101633242422E125"},
    {0x1EE88EE940AE7FDFULL, "8.733929219258122E-160"},
    {0xD993E7BEB252EDFCULL, "-3.289621667188833E123"},
    {0x154DE301AFCAC4E5ULL, "4.654484511776613E-206"},
    {0xEDC26F161BFBA4CEULL, "-5.205767877210675E220"},
    {0xA440E2651DB344E9ULL, "-4.645970238950138E-134"},
    {0xC8E60506BDF81CB7ULL, "-1.534544531262179E43"},
    {0x96C697FBB2583069ULL, "-5.9033690162491605E-199"},
    {0x7914DD2D973295F1ULL, "1.805897711291443E275"},
    {0x4121C8E0996DA4A6ULL, "582768.2996646359"},
    {0x61F44C359FC917B3ULL, "7.305405769107958E163"},
    {0xC54C61ED9F024BA7ULL, "-6.862475166839405E25"},
    {0x384E818EB69539D9ULL, "1.7929864633817135E-37"},
    {0x5021AA93D7917884ULL, "1.0228099578047008E78"},
    {0xDDDDA85CAF3464C4ULL, "-1.4466214122376197E144"},
    {0x1A7850EAF96443E0ULL, "3.6624885811820395E-181"},
    {0x70F3A3B34779AB7EULL, "1.2488953108755662E236"},
    {0x85C8A30A98496CB6ULL, "-8.482810585750134E-281"},
    {0x1A64D9FFEE20A422ULL, "1.5703310037479966E-181"},
    {0x98EC899916E40159ULL, "-1.2809982406900431E-188"},
    {0xBF8FC3C9002AE27AULL, "-0.015510149304973842"},
    {0x644C17A3C64D14B5ULL, "1.3896180822484745E175"},
    {0xD5C23197DCC7F8E9ULL, "-1.3039774886412888E105"},
    {0x76A2C3B0C5C503DAULL, "2.954345463987071E263"},
    {0x72D87D347342238BULL, "1.6721259458884787E245"},
    {0xE9B69E13F4F50FBBULL, "-1.7312570964666348E201"},
    {0x1C021A10A968019AULL, "9.148600733174657E-174"},
    {0x9A1C1880EC0A4F32ULL, "-6.612151073277912E-183"},
    {0x325A3908BD8E0113ULL, "3.890629301667642E-66"},
    {0x9BB632E1E9FF3D46ULL, "-3.505994591178788E-175"},
    {0x9CBA734C0BC86099ULL, "-2.7377536341914E-170"},
    {0xC74C216A02F967B0ULL, "-2.9212406132320878E35"},
    {0x0A18B094FCA8EB98ULL, "5.018117871718462E-260"},
    {0x818ABFE952F5019BULL, "-3.120559859841067E-301"},
    {0xEF20BC9E5AD9D4ACULL, "-1.9824349446275663E227"},
    {0x40E13B9538EF34D7ULL, "35292.6632"},
    {0x40F7A1D8F9724745ULL, "96797.5609"},
    {0x40E5B50CE631F8A1ULL, "44456.4031"},
    {0x40F27B47837B4A23ULL, "75700.4696"},
    {0x40E0B2F632CA57A8ULL, "34199.6937"},
    {0x40D90DA989374BC7ULL, "25654.649"},
    {0x40E09C205FD8ADACULL, "34017.0117"},
    {0x40EBF88D182A9931ULL, "57284.4092"},
    {0x40E40947E76C8B44ULL, "41034.247"},
    {0x40D306F1288CE704ULL, "19483.7681"},
    {0x40F1203C60AA64C3ULL, "70147.7736"},
    {0x40F41D270346DC5DULL, "82386.4383"},
    {0x40C58435916872B0ULL, "11016.4185"},
    {0x40DD691DFBE76C8BULL, "30116.4685"},
    {0x40F1ACFF5FD8ADACULL, "72399.9609"},
    {0x40DC4205D14E3BCDULL, "28936.0909"},
    {0x40DF2A3E4DD2F1AAULL, "31912.9735"},
    {0x40F21C4D1D7DBF48ULL, "74180.8197"},
    {0x40F279D17F62B6AEULL, "75677.0936"},
    {0x40CA20874F0D844DULL, "13377.0571"},
    {0x40E1AFAEFDF3B646ULL, "36221.4685"},
    {0x40E73A1BC504816FULL, "47568.8678"},
    {0x40F376DE2FEC56D6ULL, "79725.8867"},
    {0x40DB3153381D7DBFULL, "27845.3003"},
    {0x40F2342771DE69ADULL, "74562.4653"},
    {0x40ECFE217E90FF97ULL, "59377.0467"},
    {0x40F6FA842A305532ULL, "94120.2603"},
    {0x40F02E18C91D14E4ULL, "66273.5491"},
    {0x40F308426AE7D567ULL, "77956.1511"},
    {0x40E4F2E6CBFB15B5ULL, "42903.2124"},
    {0x4117DA5ED5097F76ULL, "390807.7080440441"},
    {0x429B5D06F697338BULL, "7.521590683084886E12"},
    {0x4110D13845A61C3EULL, "275534.0680164731"},
    {0x40F3E8413F828524ULL, "81540.07800533302"},
    {0x407B09F1BB54C203ULL, "432.6215165434698"},
    {0x41C8CCDDEA8A1D54ULL, "8.3215867707902E8"},
    {0x3F70716BBB43297FULL, "0.004014416528841712"},
    {0x422644EB24A3D063ULL, "4.7822770769907005E10"},
    {0x40803E1E50141D58ULL, "519.7648011752563"},
    {0x411FF37F7D03F2BAULL, "523487.8720853735"},
    {0x42A220F68FAC5646ULL, "9.966392432171137E12"},
    {0x4013C62C2B8A1E63ULL, "4.943527870469185"},
    {0x41C926D86E23ABACULL, "8.439523482786765E8"},
    {0x424B8E68731A5504ULL, "2.3670665374866418E11"},
    {0x40546A3302484B49ULL, "81.65936333713502"},
    {0x4121C967DCA83004ULL, "582835.9309706693"},
    {0x3F0944ECA413E529ULL, "4.819724245836772E-5"},
    {0x42330AC941879A53ULL, "8.178534029560283E10"},
    {0x40F30F6FAA3CC4E5ULL, "78070.9790618602"},
    {0x3F14D1DB24002BD7ULL, "7.942104366535863E-5"},
    {0x4251DFEB61A8FB00ULL, "3.070847566439219E11"},
    {0x3F190958C3FA9B35ULL, "9.550670892597981E-5"},
    {0x42A06EB903F477BAULL, "9.033868245563863E12"},
    {0x415DA169BC09E141ULL, "7767462.938103021"},
    {0x4221F4681FC998BCULL, "3.855745430879831E10"},
    {0x3F40D86E6CA5A852ULL, "5.140818769124955E-4"},
    {0x3F7422EC782ABE28ULL, "0.004916118343927724"},
    {0x400350394995004DULL, "2.414171767100959"},
    {0x41A5A75B4D56E25EULL, "1.816447106696958E8"},
    {0x4044AF098ED18474ULL, "41.36747918348638"},
    {0x0000000000000001ULL, "4.9E-324"},
    {0x0000000000000002ULL, "9.9E-324"},
    {0x0000000000000014ULL, "9.9E-323"},
    {0x7FF0000000000000ULL, "Infinity"},
    {0xFFF0000000000000ULL, "-Infinity"},
    {0x7FF8000000000000ULL, "NaN"},
    {0xFFF8000000000000ULL, "NaN"},
};

static const struct {
    const char *text;
    bool valid;
    uint64_t bits;
} parse_double_rows[] = {
    {"1", true, 0x3FF0000000000000ULL},
    {"1.", true, 0x3FF0000000000000ULL},
    {".5", true, 0x3FE0000000000000ULL},
    {"-.5", true, 0xBFE0000000000000ULL},
    {"+.5", true, 0x3FE0000000000000ULL},
    {"1e5", true, 0x40F86A0000000000ULL},
    {"1E5", true, 0x40F86A0000000000ULL},
    {"1e+5", true, 0x40F86A0000000000ULL},
    {"1e-5", true, 0x3EE4F8B588E368F1ULL},
    {"-1.5E+3", true, 0xC097700000000000ULL},
    {"1d", true, 0x3FF0000000000000ULL},
    {"1D", true, 0x3FF0000000000000ULL},
    {"1f", true, 0x3FF0000000000000ULL},
    {"1.5F", true, 0x3FF8000000000000ULL},
    {"1e5d", true, 0x40F86A0000000000ULL},
    {"  1.5  ", true, 0x3FF8000000000000ULL},
    {"\t1\n", true, 0x3FF0000000000000ULL},
    {"1 2", false, 0},
    {"", false, 0},
    {"  ", false, 0},
    {".", false, 0},
    {"-", false, 0},
    {"+", false, 0},
    {"e5", false, 0},
    {".e5", false, 0},
    {"1e", false, 0},
    {"1e+", false, 0},
    {"1ee5", false, 0},
    {"1.2.3", false, 0},
    {"--1", false, 0},
    {"+-1", false, 0},
    {"1_0", false, 0},
    {"1,5", false, 0},
    {"0x10", false, 0},
    {"1dd", false, 0},
    {"NaN", true, 0x7FF8000000000000ULL},
    {"-NaN", true, 0x7FF8000000000000ULL},
    {"+NaN", true, 0x7FF8000000000000ULL},
    {"nan", false, 0},
    {"Infinity", true, 0x7FF0000000000000ULL},
    {"-Infinity", true, 0xFFF0000000000000ULL},
    {"+Infinity", true, 0x7FF0000000000000ULL},
    {"infinity", false, 0},
    {"inf", false, 0},
    {"Infinityd", false, 0},
    {"1e400", true, 0x7FF0000000000000ULL},
    {"-1e400", true, 0xFFF0000000000000ULL},
    {"1e-400", true, 0x0000000000000000ULL},
    {"0e999999999999", true, 0x0000000000000000ULL},
    {"1e99999999999", true, 0x7FF0000000000000ULL},
    {"1e-99999999999", true, 0x0000000000000000ULL},
    {"00001.5", true, 0x3FF8000000000000ULL},
    {"0.0000000000000000000000000000001", true, 0x398039D665896880ULL},
    {"123456789012345678901234567890", true, 0x45F8EE90FF6C373EULL},
    {"179769313486231580793728971405301e276", true, 0x7FEFFFFFFFFFFFFFULL},
    {"1.7976931348623159e308", true, 0x7FF0000000000000ULL},
    {"1.7976931348623158e308", true, 0x7FEFFFFFFFFFFFFFULL},
    {"2.4703282292062327e-324", true, 0x0000000000000000ULL},
    {"2.4703282292062328e-324", true, 0x0000000000000001ULL},
    {"4.9e-324", true, 0x0000000000000001ULL},
    {"9007199254740993", true, 0x4340000000000000ULL},
    {"9007199254740992.99999999999999999999999", true, 0x4340000000000000ULL},
    {"9007199254740993.0000000000000000000000001", true, 0x4340000000000001ULL},
    {"2.2250738585072012e-308", true, 0x0010000000000000ULL},
    {"2.2250738585072011e-308", true, 0x000FFFFFFFFFFFFFULL},
    {"1.00000000000000011102230246251565404236316680908203125", true, 0x3FF0000000000000ULL},
    {"1.00000000000000011102230246251565404236316680908203124", true, 0x3FF0000000000000ULL},
    {"1.00000000000000011102230246251565404236316680908203126", true, 0x3FF0000000000001ULL},
    {"8.5", true, 0x4021000000000000ULL},
    {"100000000000000000000000e-23", true, 0x3FF0000000000000ULL},
    {"7.2057594037927933e16", true, 0x4370000000000000ULL},
    {" 1", false, 0},
};

static const struct {
    const char *text;
    bool int32_valid;
    int32_t int32;
    bool int64_valid;
    int64_t int64;
} parse_integer_rows[] = {
    {"0", true, 0, true, 0},
    {"-0", true, 0, true, 0},
    {"+0", true, 0, true, 0},
    {"1", true, 1, true, 1},
    {"-1", true, -1, true, -1},
    {"+1", true, 1, true, 1},
    {"2147483647", true, 2147483647, true, 2147483647},
    {"2147483648", false, 0, true, 2147483648LL},
    {"-2147483648", true, INT32_MIN, true, -2147483648LL},
    {"-2147483649", false, 0, true, -2147483649LL},
    {"9223372036854775807", false, 0, true, INT64_MAX},
    {"9223372036854775808", false, 0, false, 0},
    {"-9223372036854775808", false, 0, true, INT64_MIN},
    {"-9223372036854775809", false, 0, false, 0},
    {"", false, 0, false, 0},
    {"+", false, 0, false, 0},
    {"-", false, 0, false, 0},
    {"+-1", false, 0, false, 0},
    {" 1", false, 0, false, 0},
    {"1 ", false, 0, false, 0},
    {"1.0", false, 0, false, 0},
    {"1e3", false, 0, false, 0},
    {"0x1", false, 0, false, 0},
    {"007", true, 7, true, 7},
    {"99999999999999999999", false, 0, false, 0},
    {"-00000000000000000000000000001", true, -1, true, -1},
};
/* clang-format on */

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static void doubles_are_written_like_java(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(double_rows); i++) {
        char out[NUMBER_TEXT_DOUBLE_BYTES_MAX + 1];
        const size_t length = number_text_double(out, double_of_bits(double_rows[i].bits));
        assert_true(length <= NUMBER_TEXT_DOUBLE_BYTES_MAX);
        out[length] = '\0';
        assert_string_equal(out, double_rows[i].text);
    }
}

static void written_doubles_read_back(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252ULL;
    for (size_t i = 0; i < 20000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        const double value = double_of_bits(i % 2 ? bits : bits & 0x800FFFFFFFFFFFFFULL);
        if (value - value != 0) {
            continue;
        }
        char out[NUMBER_TEXT_DOUBLE_BYTES_MAX];
        const struct text text = {out, number_text_double(out, value)};
        double back = 0;
        assert_true(number_text_parse_double(text, NUMBER_TEXT_NAMES_REFUSED, &back));
        assert_int_equal(bits_of_double(back), bits_of_double(value));
    }
}

static void doubles_are_read_like_java(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(parse_double_rows); i++) {
        double value = 0;
        const bool valid = number_text_parse_double(text_of(parse_double_rows[i].text),
                                                    NUMBER_TEXT_NAMES_ALLOWED, &value);
        if (valid != parse_double_rows[i].valid ||
            (valid && bits_of_double(value) != parse_double_rows[i].bits)) {
            fail_msg("'%s' gives %d %a", parse_double_rows[i].text, valid, value);
        }
    }
}

static void number_names_can_be_refused(void **state)
{
    (void)state;
    double value = 5;
    assert_false(number_text_parse_double(TEXT("NaN"), NUMBER_TEXT_NAMES_REFUSED, &value));
    assert_false(number_text_parse_double(TEXT("-Infinity"), NUMBER_TEXT_NAMES_REFUSED, &value));
    assert_true(value == 5);
}

static void a_thousand_digits_are_rounded_once(void **state)
{
    (void)state;
    char text[1200];
    memset(text, '0', sizeof(text));
    memcpy(text, "9007199254740993.", 17); /* half way between two doubles, and even is below */
    double value = 0;
    struct text input = {text, sizeof(text)};
    assert_true(number_text_parse_double(input, NUMBER_TEXT_NAMES_REFUSED, &value));
    assert_true(value == 9007199254740992.0);
    text[sizeof(text) - 1] = '1';
    assert_true(number_text_parse_double(input, NUMBER_TEXT_NAMES_REFUSED, &value));
    assert_true(value == 9007199254740994.0);
}

static void integers_are_read_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(parse_integer_rows); i++) {
        const struct text text = text_of(parse_integer_rows[i].text);
        int32_t int32 = 0;
        int64_t int64 = 0;
        assert_int_equal(number_text_parse_int32(text, &int32), parse_integer_rows[i].int32_valid);
        assert_int_equal(int32, parse_integer_rows[i].int32);
        assert_int_equal(number_text_parse_int64(text, &int64), parse_integer_rows[i].int64_valid);
        assert_int_equal(int64, parse_integer_rows[i].int64);
    }
}

static void check_integer(int64_t value)
{
    char expected[32];
    char out[32];
    snprintf(expected, sizeof(expected), "%lld", (long long)value);
    out[number_text_int64(out, value)] = '\0';
    assert_string_equal(out, expected);
    snprintf(expected, sizeof(expected), "%llu", (unsigned long long)value);
    out[number_text_uint64(out, (uint64_t)value)] = '\0';
    assert_string_equal(out, expected);
}

static void integers_of_every_length_are_written(void **state)
{
    (void)state;
    check_integer(INT64_MIN);
    check_integer(INT64_MAX);
    check_integer(-1);
    for (int64_t power = 1; power <= 1000000000000000000; power *= 10) {
        for (int64_t step = -2; step <= 2; step++) {
            check_integer(power + step);
            check_integer(-power - step);
            check_integer(power * 7 + step);
        }
        if (power == 1000000000000000000) {
            break;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_are_written_like_java),
        cmocka_unit_test(written_doubles_read_back),
        cmocka_unit_test(doubles_are_read_like_java),
        cmocka_unit_test(number_names_can_be_refused),
        cmocka_unit_test(a_thousand_digits_are_rounded_once),
        cmocka_unit_test(integers_are_read_strictly),
        cmocka_unit_test(integers_of_every_length_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
