/* date_functions_test.c: the DATE / TIME family by example. */
#include "tests/test.h"

#include "tests/functions/expr_run.h"

#define RUN(cases) expr_run_all((cases), sizeof(cases) / sizeof((cases)[0]))

/* The same value in all four rows. */
#define ALWAYS(value) value ", " value ", " value ", " value

static void intervals_are_added_in_milliseconds(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(call dateadd DAYS 10 day)", "DATE", "10, 18303, NULL, 9"},
        {"(call dateadd HOURS 23 day)", "DATE", "0, 18293, NULL, 0"},
        {"(call datesub DAYS i day)", "DATE", "-1, 18291, NULL, 2147483647"},
        {"(call timeadd SECONDS 2 clock)", "TIME", "2000, 3663001, NULL, 1999"},
        {"(call timesub SECOND 2 clock)", "TIME", "86398000, 3659001, NULL, 86397999"},
        {"(call timeadd DAYS i clock)", "TIME", "0, 3661001, NULL, 86399999"},
        {"(call timestampadd HOURS 1 ts)", "TIMESTAMP", "3600000, 1580518800000, NULL, 3599999"},
        {"(call timestampsub DAYS -1 ts)", "TIMESTAMP",
         "86400000, 1580601600000, NULL, 86399999"},
        {"(call dateadd day 5 day)", "",
         "!Function 'dateadd' does not accept parameters (DATE, INTEGER, DATE)."},
    };
    RUN(cases);
}

static void numbers_are_converted(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(call unix_timestamp)", "BIGINT", ALWAYS("1580515200000")},
        {"(call unix_timestamp ts)", "BIGINT", "0, 1580515200000, NULL, -1"},
        {"(call unix_date day)", "INTEGER", "0, 18293, NULL, -1"},
        {"(> (call unix_date) 18291)", "BOOLEAN", ALWAYS("true")},
        {"(call from_unixtime l)", "TIMESTAMP", "1, 9223372036854775807, NULL, -5"},
        {"(call from_days i)", "DATE", "1, 2, NULL!, -2147483648"},
        {"(call convert_tz ts 'America/Los_Angeles' 'America/New_York')", "TIMESTAMP",
         "10800000, 1580526000000, NULL, 10799999"},
        {"(call convert_tz ts 'UTC' '+02:30')", "TIMESTAMP",
         "9000000, 1580524200000, NULL, 8999999"},
        {"(call convert_tz ts 'UTC' 'Nowhere/Land')", "TIMESTAMP", "NULL!, NULL!, NULL, NULL!"},
    };
    RUN(cases);
}

static void moments_are_formatted(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(call format_date day 'dd-MMM-yyyy''!''')", "STRING",
         "'01-Jan-1970!', '01-Feb-2020!', NULL, '31-Dec-1969!'"},
        {"(call format_date day 'HH')", "STRING", "NULL!, NULL!, NULL, NULL!"},
        {"(call format_date day NULL)", "STRING", ALWAYS("NULL")},
        {"(call format_time clock 'HH:mm:ss.SSS')", "STRING",
         "'00:00:00.000', '01:01:01.001', NULL, '23:59:59.999'"},
        {"(call format_timestamp ts 'yyyy-MM-dd HH:mm:ss zzz')", "STRING",
         "'1970-01-01 00:00:00 GMT', '2020-02-01 00:00:00 GMT', NULL, '1969-12-31 23:59:59 GMT'"},
        {"(call format_timestamp ts 'yyyy-MM-dd HH:mm zzz' 'America/Los_Angeles')", "STRING",
         "'1969-12-31 16:00 PST', '2020-01-31 16:00 PST', NULL, '1969-12-31 15:59 PST'"},
        {"(call datetostring i 'yyyy-MM-dd')", "STRING",
         "'1970-01-02', '1970-01-03', NULL!, '+5877642-06-23'"},
        {"(call timestamptostring 1526075913000L 'yyyy-MM-dd HH:mm:ss zzz' 'Europe/London')",
         "STRING", ALWAYS("'2018-05-11 22:58:33 BST'")},
    };
    RUN(cases);
}

static void texts_are_parsed(void **state)
{
    (void)state;
    static const struct expr_case cases[] = {
        {"(call parse_date t 'yyyy-MM-dd')", "DATE", "NULL!, 18322, 18293, NULL!"},
        {"(call parse_date '01-JAN-2022' 'dd-MMM-yyyy')", "DATE", ALWAYS("18993")},
        {"(call parse_date '2022 10' 'yyyy HH')", "DATE", ALWAYS("NULL!")},
        {"(call parse_time '01:00:00 Pm' 'hh:mm:ss a')", "TIME", ALWAYS("46800000")},
        {"(call parse_time '2020 01' 'yyyy HH')", "TIME", ALWAYS("NULL!")},
        {"(call parse_timestamp t 'yyyy-MM-dd')", "TIMESTAMP",
         "NULL!, 1582934400000, 1580515200000, NULL!"},
        {"(call parse_timestamp '2020-02-01 01' 'yyyy-MM-dd HH' 'Europe/Berlin')", "TIMESTAMP",
         ALWAYS("1580515200000")},
        {"(call parse_timestamp '2020' 'yyyy' 'Nowhere/Land')", "TIMESTAMP", ALWAYS("NULL!")},
        {"(call parse_timestamp s 'yyyy')", "TIMESTAMP", "NULL!, NULL!, NULL, NULL!"},
        {"(call stringtodate '01-Jan-2022' 'dd-MMM-yyyy')", "INTEGER", ALWAYS("18993")},
        {"(call stringtodate s 'yyyy')", "INTEGER", ALWAYS("NULL!")},
        {"(call stringtotimestamp '2018-05-11T21:58:33Z' 'yyyy-MM-dd''T''HH:mm:ssX')", "BIGINT",
         ALWAYS("1526075913000")},
        {"(call stringtotimestamp NULL 'yyyy')", "BIGINT", ALWAYS("NULL!")},
        {"(call parse_timestamp t s)", "TIMESTAMP", "NULL!, NULL!, NULL, NULL!"},
    };
    RUN(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_added_in_milliseconds),
        cmocka_unit_test(numbers_are_converted),
        cmocka_unit_test(moments_are_formatted),
        cmocka_unit_test(texts_are_parsed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
