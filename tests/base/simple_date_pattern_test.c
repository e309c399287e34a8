/* simple_date_pattern_test.c: dates are read as PARSE_DATE reads them.
 *
 * The table comes from FastDateFormat of commons-lang 3.12 in GMT, in the year 2026.
 */
#include "tests/test.h"

#include "base/simple_date_pattern.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
static const struct {
    const char *pattern;
    const char *text;
    bool valid;
    int64_t days;
    const char *message;
} rows[] = {
    {"yyyy-MM-dd'Lit'", "2018-05-11Lit", true, 17662, ""},
    {"yyyy-MM-dd'Lit'", "2018-05-11lit", false, 0, "Unparseable date: 2018-05-11lit"},
    {"dd/MM/yyyy", "11/05/2019", true, 18027, ""},
    {"dd-MMM-yyyy", "01-Jan-2022", true, 18993, ""},
    {"dd-MMM-yyyy", "01-JAN-2022", true, 18993, ""},
    {"MMM-yyyy", "JAN-2022", true, 18993, ""},
    {"dd-MMMM-yyyy", "01-jan-2022", true, 18993, ""},
    {"dd-MMMM-yyyy", "01-February-2022", true, 19024, ""},
    {"dd-MMM-yyyy", "01-February-2022", true, 19024, ""},
    {"dd-MM-yyyy", "01-01-1970", true, 0, ""},
    {"yyyy-MM-dd", "abcd", false, 0, "Unparseable date: abcd"},
    {"yyyy-MM-dd", "2022-02-02", true, 19025, ""},
    {"yyyy-MM-dd", "2021-13-45", true, 19037, ""},
    {"yyyy-MM-dd", "2021-00-00", true, 18596, ""},
    {"yyyy-MM-dd", "2021-02-29", true, 18687, ""},
    {"yyyy-MM-dd", "2021-2-9", true, 18667, ""},
    {"yyyy-MM-dd", "2021-02-09 and more", true, 18667, ""},
    {"yyyyMMdd", "20210209", true, 18667, ""},
    {"yyyyMMdd", "202129", false, 0, "Unparseable date: 202129"},
    {"yyyyMMdd", " 20210209", false, 0, "Unparseable date:  20210209"},
    {"yyyy-MM-dd", " 2021- 02-09", true, 18667, ""},
    {"yyyy MM dd", "2021  02 09", true, 18667, ""},
    {"yy-MM-dd", "69-01-01", true, -365, ""},
    {"yy-MM-dd", "2069-01-01", true, 36160, ""},
    {"yy-MM-dd", "7-01-01", true, 13514, ""},
    {"y-M-d", "21-1-1", true, 18628, ""},
    {"yyyy-DDD", "2021-060", true, 18687, ""},
    {"yyyy-DDD", "2021-400", true, 19027, ""},
    {"DDD-yyyy-MM-dd", "060-2021-05-05", true, 18752, ""},
    {"yyyy-MM-dd-D", "2021-05-05-060", true, 18687, ""},
    {"yyyy-MM-dd HH:mm", "2021-05-05 00:00", true, 18752, ""},
    {"yyyy-MM-dd HH:mm", "2021-05-05 24:00", true, 18753, ""},
    {"yyyy-MM-dd HH:mm", "2021-05-05 12:00", false, 0, "Date format contains time field."},
    {"yyyy-MM-dd hh a", "2021-05-05 12 AM", true, 18752, ""},
    {"yyyy-MM-dd hh a", "2021-05-05 12 pm", false, 0, "Date format contains time field."},
    {"yyyy-MM-dd kk", "2021-05-05 24", true, 18752, ""},
    {"yyyy-MM-dd X", "2021-05-05 Z", true, 18752, ""},
    {"yyyy-MM-dd X", "2021-05-05 +02", false, 0, "Date format contains time field."},
    {"yyyy-MM-dd XXX", "2021-05-05 +24:00", false, 0, "Unparseable date: 2021-05-05 +24:00"},
    {"yyyy-MM-dd Z", "2021-05-05 +0000", true, 18752, ""},
    {"yyyy-MM-dd z", "2021-05-05 GMT", true, 18752, ""},
    {"yyyy-MM-dd z", "2021-05-05 UTC", true, 18752, ""},
    {"yyyy-MM-dd z", "2021-05-05 GMT+0:00", true, 18752, ""},
    {"EEE, d MMM yyyy", "Wed, 5 May 2021", true, 18752, ""},
    {"EEEE, d MMM yyyy", "Thursday, 5 May 2021", true, 18752, ""},
    {"E d.M.yyyy", "Xyz 5.5.2021", false, 0, "Unparseable date: Xyz 5.5.2021"},
    {"G yyyy", "BC 0005", true, -720991, ""},
    {"yyyy-MM-dd G", "0044-03-15 BC", true, -735162, ""},
    {"yyyy-MM-dd", "1582-10-15", true, -141427, ""},
    {"yyyy-MM-dd", "1582-10-14", true, -141418, ""},
    {"yyyy-MM-dd", "1582-10-04", true, -141428, ""},
    {"yyyy-MM-dd", "1500-02-29", true, -171596, ""},
    {"yyyy-MM-dd", "0001-01-01", true, -719164, ""},
    {"yyyy-MM-dd", "0000-01-01", true, -719530, ""},
    {"yyyy-MM-dd", "99999-01-01", true, 35804357, ""},
    {"yyyy-MM-dd", "-2021-01-01", false, 0, "Unparseable date: -2021-01-01"},
    {"'[yyyy]' yyyy", "[yyyy] 2021", true, 18628, ""},
    {"[yyyy]", "[2021]", true, 18628, ""},
    {"yyyy''MM", "2021'05", true, 18748, ""},
    {"YYYY", "2021", true, 18628, ""},
    {"b", "1", false, 0, "Illegal pattern component: b"},
    {"yyyy p", "2021", false, 0, "Illegal pattern component: p"},
    {"yyyy-MM-dd'", "2021-01-01", false, 0, "Unterminated quote"},
    {"XXXX", "Z", false, 0, "invalid number of X"},
    {"HH", "24", true, 1, ""},
    {"ss", "60", false, 0, "Date format contains time field."},
    {"yyyy-MM-dd'T'HH:mm:ss.SSSX", "2021-05-05T00:00:00.000Z", true, 18752, ""},
};
/* clang-format on */

static enum status parse(const char *pattern_text, const char *text, int64_t *out_days,
                         struct diag *diag)
{
    struct arena arena;
    const struct time_pattern *pattern = NULL;
    arena_init(&arena);
    diag_reset(diag);
    enum status status = time_pattern_compile(text_of(pattern_text), TIME_PATTERN_SIMPLE_DATE,
                                              &arena, &pattern, diag);
    if (status == STATUS_OK) {
        status = simple_date_pattern_parse_date(pattern, text_of(text), 2026, out_days, diag);
    }
    arena_release(&arena);
    return status;
}

static void dates_are_read_leniently(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct diag diag;
        int64_t days = 0;
        const enum status status = parse(rows[i].pattern, rows[i].text, &days, &diag);
        if ((status == STATUS_OK) != rows[i].valid || days != rows[i].days) {
            fail_msg("%s '%s': %lld %s", rows[i].pattern, rows[i].text, (long long)days,
                     diag.message);
        }
        assert_string_equal(diag.message, rows[i].message);
    }
}

static void numbers_beyond_an_int_are_refused(void **state)
{
    (void)state;
    struct diag diag;
    int64_t days = 0;
    assert_int_equal(parse("yyyy-MM-dd", "99999999999-01-01", &days, &diag), STATUS_INVALID);
    assert_int_equal(parse("yyyy-MM-dd", "2147483647-01-01", &days, &diag), STATUS_INVALID);
    assert_int_equal(parse("yyyy-MM-dd", "", &days, &diag), STATUS_INVALID);
    assert_string_equal(diag.message, "Unparseable date: ");
    assert_int_equal(days, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_leniently),
        cmocka_unit_test(numbers_beyond_an_int_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
