/* civil_time_test.c: dates, times and their ISO texts agree with java.time. */
#include "tests/test.h"

#include "base/civil_time.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
static const struct {
    int64_t days;
    int64_t year;
    int32_t month;
    int32_t day;
    int32_t day_of_year;
    int32_t day_of_week;
    const char *text;
} date_rows[] = {
    {0, 1970, 1, 1, 1, 4, "1970-01-01"},
    {-1, 1969, 12, 31, 365, 3, "1969-12-31"},
    {1, 1970, 1, 2, 2, 5, "1970-01-02"},
    {18262, 2020, 1, 1, 1, 3, "2020-01-01"},
    {18321, 2020, 2, 29, 60, 6, "2020-02-29"},
    {18322, 2020, 3, 1, 61, 7, "2020-03-01"},
    {-719528, 0, 1, 1, 1, 6, "0000-01-01"},
    {-719529, -1, 12, 31, 365, 5, "-0001-12-31"},
    {-719162, 1, 1, 1, 1, 1, "0001-01-01"},
    {-719163, 0, 12, 31, 366, 7, "0000-12-31"},
    {2932896, 9999, 12, 31, 365, 5, "9999-12-31"},
    {2932897, 10000, 1, 1, 1, 6, "+10000-01-01"},
    {-1000000, -768, 2, 4, 35, 3, "-0768-02-04"},
    {2147483647, 5881580, 7, 11, 193, 5, "+5881580-07-11"},
    {INT32_MIN, -5877641, 6, 23, 174, 2, "-5877641-06-23"},
    {11016, 2000, 2, 29, 60, 2, "2000-02-29"},
    {11017, 2000, 3, 1, 61, 3, "2000-03-01"},
    {-25509, 1900, 2, 28, 59, 3, "1900-02-28"},
    {479487, 3282, 10, 16, 289, 5, "3282-10-16"},
    {450092, 3202, 4, 24, 114, 3, "3202-04-24"},
    {-266526, 1240, 4, 11, 102, 3, "1240-04-11"},
    {569424, 3529, 1, 12, 12, 6, "3529-01-12"},
    {614506, 3652, 6, 17, 169, 1, "3652-06-17"},
    {517605, 3387, 2, 26, 57, 1, "3387-02-26"},
    {-512146, 567, 10, 17, 290, 6, "0567-10-17"},
    {686691, 3850, 2, 5, 36, 2, "3850-02-05"},
    {-442278, 759, 2, 1, 32, 7, "0759-02-01"},
    {-622679, 265, 3, 1, 60, 3, "0265-03-01"},
    {525831, 3409, 9, 5, 248, 2, "3409-09-05"},
    {-154697, 1546, 6, 16, 167, 7, "1546-06-16"},
    {200747, 2519, 8, 18, 230, 5, "2519-08-18"},
    {686560, 3849, 9, 27, 270, 4, "3849-09-27"},
    {-796572, -211, 1, 22, 22, 4, "-0211-01-22"},
    {-381910, 924, 5, 14, 135, 7, "0924-05-14"},
    {523978, 3404, 8, 9, 222, 4, "3404-08-09"},
    {-749785, -83, 2, 28, 59, 3, "-0083-02-28"},
    {274017, 2720, 3, 27, 87, 6, "2720-03-27"},
    {-351983, 1006, 4, 22, 112, 2, "1006-04-22"},
    {-9692, 1943, 6, 20, 171, 7, "1943-06-20"},
    {-248835, 1288, 9, 17, 261, 5, "1288-09-17"},
    {444808, 3187, 11, 5, 309, 4, "3187-11-05"},
    {691356, 3862, 11, 14, 318, 5, "3862-11-14"},
    {-185239, 1462, 11, 1, 305, 6, "1462-11-01"},
    {413402, 3101, 11, 10, 314, 7, "3101-11-10"},
    {-554820, 450, 12, 15, 349, 4, "0450-12-15"},
    {-45353, 1845, 10, 30, 303, 4, "1845-10-30"},
    {-104285, 1684, 6, 23, 175, 5, "1684-06-23"},
    {-751680, -89, 12, 22, 356, 5, "-0089-12-22"},
    {-629311, 247, 1, 3, 3, 7, "0247-01-03"},
    {-786708, -184, 1, 26, 26, 5, "-0184-01-26"},
    {-791443, -197, 2, 8, 39, 2, "-0197-02-08"},
    {-390871, 899, 10, 31, 304, 6, "0899-10-31"},
    {-242293, 1306, 8, 17, 229, 2, "1306-08-17"},
    {249030, 2651, 10, 28, 301, 2, "2651-10-28"},
    {400946, 3067, 10, 3, 276, 4, "3067-10-03"},
    {-619457, 273, 12, 26, 360, 5, "0273-12-26"},
    {369569, 2981, 11, 5, 309, 1, "2981-11-05"},
    {443633, 3184, 8, 17, 230, 5, "3184-08-17"},
    {386884, 3029, 4, 3, 93, 5, "3029-04-03"},
    {-522549, 539, 4, 24, 114, 5, "0539-04-24"},
    {1870, 1975, 2, 14, 45, 5, "1975-02-14"},
    {-64643, 1793, 1, 5, 5, 6, "1793-01-05"},
    {-56459, 1815, 6, 4, 155, 7, "1815-06-04"},
    {-551802, 459, 3, 21, 80, 5, "0459-03-21"},
    {576452, 3548, 4, 10, 101, 6, "3548-04-10"},
    {-456958, 718, 11, 23, 327, 6, "0718-11-23"},
    {-355947, 995, 6, 14, 165, 7, "0995-06-14"},
    {-272405, 1224, 3, 7, 67, 4, "1224-03-07"},
    {1522789850, 4171227, 1, 1, 1, 5, "+4171227-01-01"},
    {-1175623686, -3216779, 9, 3, 246, 5, "-3216779-09-03"},
    {1296409424, 3551418, 6, 13, 164, 6, "+3551418-06-13"},
    {2035125275, 5573953, 10, 2, 275, 5, "+5573953-10-02"},
    {538735007, 1476976, 5, 8, 129, 3, "+1476976-05-08"},
    {490747824, 1345591, 11, 28, 332, 4, "+1345591-11-28"},
};

static const struct {
    int32_t ms_of_day;
    const char *text;
} time_rows[] = {
    {0, "00:00"},
    {1, "00:00:00.001"},
    {10, "00:00:00.010"},
    {1000, "00:00:01"},
    {59999, "00:00:59.999"},
    {60000, "00:01"},
    {60001, "00:01:00.001"},
    {3600000, "01:00"},
    {3600001, "01:00:00.001"},
    {43200000, "12:00"},
    {86399999, "23:59:59.999"},
    {86399000, "23:59:59"},
    {86400000, "00:00"}, /* the end of the day is the start of the next */
    {86340000, "23:59"},
    {45296789, "12:34:56.789"},
};

static const struct {
    int64_t ms;
    const char *text;
} timestamp_rows[] = {
    {0LL, "1970-01-01T00:00:00.000"},
    {-1LL, "1969-12-31T23:59:59.999"},
    {1LL, "1970-01-01T00:00:00.001"},
    {1526075913000LL, "2018-05-11T21:58:33.000"},
    {253402300799999LL, "9999-12-31T23:59:59.999"},
    {253402300800000LL, "+10000-01-01T00:00:00.000"},
    {-62135596800000LL, "0001-01-01T00:00:00.000"},
    {-62135596800001LL, "0001-12-31T23:59:59.999"},
    {-62167219200000LL, "0001-01-01T00:00:00.000"},
    {-62167219200001LL, "0002-12-31T23:59:59.999"},
    {9223372036854775807LL, "+292278994-08-17T07:12:55.807"},
    {INT64_MIN, "+292275056-05-16T16:47:04.192"},
    {951782400000LL, "2000-02-29T00:00:00.000"},
    {-2085589897408LL, "1903-11-30T05:28:22.592"},
    {2669386226346LL, "2054-08-03T16:10:26.346"},
    {-1366540045656LL, "1926-09-12T13:32:34.344"},
    {-1192606692200LL, "1932-03-17T16:21:47.800"},
    {-293151090531LL, "1960-09-17T01:08:29.469"},
    {116892137778LL, "1973-09-14T22:02:17.778"},
    {592782978444LL, "1988-10-13T21:56:18.444"},
    {2376438826629LL, "2045-04-22T01:53:46.629"},
    {2414125978876LL, "2046-07-02T06:32:58.876"},
    {3093188401061LL, "2068-01-07T19:00:01.061"},
    {-2102339373073LL, "1903-05-20T08:50:26.927"},
    {1885200153554LL, "2029-09-27T10:42:33.554"},
    {77634940542LL, "1972-06-17T13:15:40.542"},
    {-3781680068LL, "1969-11-18T05:31:59.932"},
    {5768200019658LL, "2152-10-14T13:46:59.658"},
    {-647217887906LL, "1949-06-29T01:15:12.094"},
    {815614350995LL, "1995-11-05T23:32:30.995"},
    {-768815531510LL, "1945-08-21T16:07:48.490"},
    {1264792951777LL, "2010-01-29T19:22:31.777"},
    {227222525697LL, "1977-03-14T21:22:05.697"},
    {-269604150087LL, "1961-06-16T13:57:29.913"},
    {40555961635LL, "1971-04-15T09:32:41.635"},
    {-2730027823913LL, "1883-06-28T10:56:16.087"},
    {1914173548437LL, "2030-08-28T18:52:28.437"},
    {1945524242276LL, "2031-08-26T15:24:02.276"},
    {487374212692LL, "1985-06-11T21:43:32.692"},
    {-1416444415068LL, "1925-02-11T23:13:04.932"},
    {2296306242807LL, "2042-10-07T14:50:42.807"},
    {824031108648LL, "1996-02-11T09:31:48.648"},
    {-889665472134LL, "1941-10-22T22:42:07.866"},
    {-355709817531231117LL, "+11270027-08-11T00:26:08.883"},
    {-437506198091557755LL, "+13862051-06-30T10:07:22.245"},
    {-310732372615861809LL, "+9844748-02-05T03:08:58.191"},
    {666083567182100531LL, "+21109317-12-26T02:08:20.531"},
    {221009038451773203LL, "+7005467-08-18T01:56:13.203"},
};

struct parse_row {
    const char *text;
    bool valid;
    int32_t value;
    const char *message;
};

static const struct parse_row parse_date_rows[] = {
    {"2020-02-29", true, 18321, ""},
    {"2020-02", true, 18293, ""},
    {"2020", true, 18262, ""},
    {"1970-01-01", true, 0, ""},
    {"1969-12-31", true, -1, ""},
    {"2021-02-29", false, 0, "Text '2021-02-29' could not be parsed: Invalid date 'February 29' as '2021' is not a leap year"},
    {"2021-02-30", false, 0, "Text '2021-02-30' could not be parsed: Invalid date 'FEBRUARY 30'"},
    {"2021-04-31", false, 0, "Text '2021-04-31' could not be parsed: Invalid date 'APRIL 31'"},
    {"2020-13-01", false, 0, "Text '2020-13-01' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): 13"},
    {"2020-00-01", false, 0, "Text '2020-00-01' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): 0"},
    {"2020-01-00", false, 0, "Text '2020-01-00' could not be parsed: Invalid value for DayOfMonth (valid values 1 - 28/31): 0"},
    {"2020-01-32", false, 0, "Text '2020-01-32' could not be parsed: Invalid value for DayOfMonth (valid values 1 - 28/31): 32"},
    {"2020-1-1", false, 0, "Text '2020-1-1' could not be parsed at index 5"},
    {"20-01-01", false, 0, "Text '20-01-01' could not be parsed at index 0"},
    {"2020-01-1", false, 0, "Text '2020-01-1' could not be parsed at index 8"},
    {"2020/01/01", false, 0, "Text '2020/01/01-01-01' could not be parsed at index 4"},
    {"foo", false, 0, "Text 'foo-01-01' could not be parsed at index 0"},
    {"", false, 0, "Text '-01-01' could not be parsed at index 1"},
    {"2020-", false, 0, "Text '2020--01-01' could not be parsed at index 5"},
    {"2020--01", false, 0, "Text '2020--01' could not be parsed at index 5"},
    {"-2020", false, 0, "Text '-2020-01' could not be parsed at index 8"},
    {"-0001-01-01", true, -719893, ""},
    {"-2020-05-06", true, -1457192, ""},
    {"+10000-01-01", true, 2932897, ""},
    {"+2020-01-01", false, 0, "Text '+2020-01-01' could not be parsed at index 0"},
    {"10000-01-01", false, 0, "Text '10000-01-01' could not be parsed at index 0"},
    {"2020-01-01x", false, 0, "Text '2020-01-01x' could not be parsed, unparsed text found at index 10"},
    {"2020-01-01-", false, 0, "Text '2020-01-01-' could not be parsed, unparsed text found at index 10"},
    {"2020-01-01T00:00", false, 0, "Text '2020-01-01T00:00' could not be parsed, unparsed text found at index 10"},
    {" 2020-01-01", false, 0, "Text ' 2020-01-01' could not be parsed at index 0"},
    {"0000-01-01", true, -719528, ""},
    {"-0000-01-01", false, 0, "Text '-0000-01-01' could not be parsed at index 0"},
    {"-12345-01-01", true, -5228446, ""},
    {"-01234-01-01", true, -1170237, ""},
    {"+5881580-07-11", true, 2147483647, ""},
    {"+5881580-07-12", false, 0, "Text '+5881580-07-12' could not be parsed: beyond the range of DATE"},
};

static const struct parse_row parse_time_rows[] = {
    {"00:00", true, 0, ""},
    {"23:59", true, 86340000, ""},
    {"23:59:59", true, 86399000, ""},
    {"23:59:59.999", true, 86399999, ""},
    {"10:15:30.", true, 36930000, ""},
    {"10:15:30.1", true, 36930100, ""},
    {"10:15:30.123456789", true, 36930123, ""},
    {"10:15:30.1234567890", false, 0, "Text '10:15:30.1234567890' could not be parsed, unparsed text found at index 18"},
    {"10:15:", false, 0, "Text '10:15:' could not be parsed, unparsed text found at index 5"},
    {"10:15:3", false, 0, "Text '10:15:3' could not be parsed, unparsed text found at index 5"},
    {"10:15:30,5", false, 0, "Text '10:15:30,5' could not be parsed, unparsed text found at index 8"},
    {"24:00", false, 0, "Text '24:00' could not be parsed: Invalid value for HourOfDay (valid values 0 - 23): 24"},
    {"24:00:00", false, 0, "Text '24:00:00' could not be parsed: Invalid value for HourOfDay (valid values 0 - 23): 24"},
    {"10:60", false, 0, "Text '10:60' could not be parsed: Invalid value for MinuteOfHour (valid values 0 - 59): 60"},
    {"10:59:60", false, 0, "Text '10:59:60' could not be parsed: Invalid value for SecondOfMinute (valid values 0 - 59): 60"},
    {"1:00", false, 0, "Text '1:00' could not be parsed at index 0"},
    {"10", false, 0, "Text '10' could not be parsed at index 2"},
    {"10:1", false, 0, "Text '10:1' could not be parsed at index 3"},
    {"", false, 0, "Text '' could not be parsed at index 0"},
    {"noon", false, 0, "Text 'noon' could not be parsed at index 0"},
    {"10:15Z", false, 0, "Text '10:15Z' could not be parsed, unparsed text found at index 5"},
    {" 10:15", false, 0, "Text ' 10:15' could not be parsed at index 0"},
    {"10:15:30.abc", false, 0, "Text '10:15:30.abc' could not be parsed, unparsed text found at index 9"},
    {"-1:00", false, 0, "Text '-1:00' could not be parsed at index 0"},
    {"10.15", false, 0, "Text '10.15' could not be parsed at index 2"},
};

static const struct {
    const char *text;
    bool valid;
    int64_t ms;
} parse_timestamp_rows[] = {
    {"2020", true, 1577836800000LL},
    {"2020-05", true, 1588291200000LL},
    {"2020-05-03", true, 1588464000000LL},
    {"2020-05-03T", true, 1588464000000LL},
    {"2020-05-03T1", true, 1588500000000LL},
    {"2020-05-03T10", true, 1588500000000LL},
    {"2020-05-03T10:", true, 1588500000000LL},
    {"2020-05-03T10:1", true, 1588500600000LL},
    {"2020-05-03T10:15", true, 1588500900000LL},
    {"2020-05-03T10:15:", true, 1588500900000LL},
    {"2020-05-03T10:15:30", true, 1588500930000LL},
    {"2020-05-03T10:15:30.", true, 1588500930000LL},
    {"2020-05-03T10:15:30.1", true, 1588500930100LL},
    {"2020-05-03T10:15:30.123", true, 1588500930123LL},
    {"2020-05-03T10:15:30.1234", false, 0},
    {"2020-05-03T10:15:30.123Z", true, 1588500930123LL},
    {"2020-05-03T10:15:30Z", true, 1588500930000LL},
    {"2020-05-03TZ", true, 1588464000000LL},
    {"2020-05-03T+0100", true, 1588460400000LL},
    {"2020-05-03T10:15:30.123+0445", true, 1588483830123LL},
    {"2020-05-03T10:15:30.123-08:00", true, 1588529730123LL},
    {"2020-05-03T10-8", true, 1588528800000LL},
    {"2020-05-03T10:15:30+25", false, 0},
    {"2020-05-03T10:15:30+abc", false, 0},
    {"2020T10", true, 1577872800000LL},
    {"2020-05T10:15", true, 1588328100000LL},
    {"foo", false, 0},
    {"", false, 0},
    {"T", false, 0},
    {"2021-02-29", true, 1614470400000LL},
    {"2020-13-01T00", false, 0},
    {"2020-05-03T24:00:00", true, 1588550400000LL},
    {"2020-05-03T10:60", false, 0},
    {"2020-05-03 10:15:30", false, 0},
    {"+10000-01-01", true, 253402300800000LL},
    {"-2020-01-01", false, 0},
    {"0000-01-01", false, 0},
    {"1969-12-31T23:59:59.999", true, -1LL},
    {"2020-05-03t10", false, 0},
    {"20200503", false, 0},
};

static const struct {
    const char *text;
    bool valid;
    int32_t seconds;
} offset_rows[] = {
    {"Z", true, 0},
    {"z", false, 0},
    {"+0", true, 0},
    {"+1", true, 3600},
    {"-1", true, -3600},
    {"+18", true, 64800},
    {"+19", false, 0},
    {"+01", true, 3600},
    {"+0130", true, 5400},
    {"+01:30", true, 5400},
    {"+013015", true, 5415},
    {"+01:30:15", true, 5415},
    {"+18:00", true, 64800},
    {"+18:00:01", false, 0},
    {"+18:01", false, 0},
    {"-18:00", true, -64800},
    {"+1:30", false, 0},
    {"+01:3", false, 0},
    {"+01:3015", false, 0},
    {"+0130:15", false, 0},
    {"+01:60", false, 0},
    {"+01:00:60", false, 0},
    {"", false, 0},
    {"+", false, 0},
    {"1", false, 0},
    {"+aa", false, 0},
    {"UTC", false, 0},
    {"+01:30:1", false, 0},
    {"-00:30", true, -1800},
    {"+01:30:", false, 0},
    {"-0445", true, -17100},
};
/* clang-format on */

static void dates_convert_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(date_rows); i++) {
        const struct civil_time_date date = civil_time_date(date_rows[i].days);
        assert_int_equal(date.year, date_rows[i].year);
        assert_int_equal(date.month, date_rows[i].month);
        assert_int_equal(date.day, date_rows[i].day);
        assert_int_equal(civil_time_days(date), date_rows[i].days);
        assert_int_equal(civil_time_day_of_year(date), date_rows[i].day_of_year);
        assert_int_equal(civil_time_day_of_week(date_rows[i].days), date_rows[i].day_of_week);
    }
}

static void every_day_of_eight_centuries_follows_the_one_before(void **state)
{
    (void)state;
    struct civil_time_date last = civil_time_date(-150001);
    for (int64_t days = -150000; days < 150000; days++) {
        const struct civil_time_date date = civil_time_date(days);
        assert_int_equal(civil_time_days(date), days);
        if (date.day != last.day + 1) {
            assert_int_equal(date.day, 1);
            assert_int_equal(last.day, civil_time_days_in_month(last.year, last.month));
        }
        last = date;
    }
}

static void dates_are_written_like_local_date(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(date_rows); i++) {
        char out[CIVIL_TIME_DATE_BYTES_MAX + 1];
        out[civil_time_date_text(out, date_rows[i].days)] = '\0';
        assert_string_equal(out, date_rows[i].text);
    }
}

static void times_are_written_like_local_time(void **state)
{
    (void)state;
    char out[CIVIL_TIME_TIME_BYTES_MAX + 1];
    for (size_t i = 0; i < ROWS(time_rows); i++) {
        out[civil_time_time_text(out, time_rows[i].ms_of_day, CIVIL_TIME_PARTS_SHORTEST)] = '\0';
        assert_string_equal(out, time_rows[i].text);
    }
    out[civil_time_time_text(out, 3600000, CIVIL_TIME_PARTS_SECONDS)] = '\0';
    assert_string_equal(out, "01:00:00");
    out[civil_time_time_text(out, 3600007, CIVIL_TIME_PARTS_SECONDS)] = '\0';
    assert_string_equal(out, "01:00:00");
    out[civil_time_time_text(out, 3600007, CIVIL_TIME_PARTS_MILLIS)] = '\0';
    assert_string_equal(out, "01:00:00.007");
}

static void timestamps_are_written_with_the_year_of_the_era(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(timestamp_rows); i++) {
        char out[CIVIL_TIME_TIMESTAMP_BYTES_MAX + 1];
        out[civil_time_timestamp_text(out, timestamp_rows[i].ms)] = '\0';
        assert_string_equal(out, timestamp_rows[i].text);
    }
}

static void check_row(const struct parse_row *row, enum status status, int32_t value,
                      const struct diag *diag)
{
    if ((status == STATUS_OK) != row->valid) {
        fail_msg("'%s': %s", row->text, diag->message);
    }
    if (row->valid) {
        assert_int_equal(value, row->value);
    } else {
        assert_int_equal(status, STATUS_INVALID);
        assert_string_equal(diag->message, row->message);
    }
}

static void dates_may_miss_month_and_day(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(parse_date_rows); i++) {
        struct diag diag;
        diag_reset(&diag);
        int32_t days = 0;
        const enum status status =
            civil_time_parse_date(text_of(parse_date_rows[i].text), &days, &diag);
        check_row(&parse_date_rows[i], status, days, &diag);
    }
}

static void times_are_read_like_local_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(parse_time_rows); i++) {
        struct diag diag;
        diag_reset(&diag);
        int32_t ms = 0;
        const enum status status =
            civil_time_parse_time(text_of(parse_time_rows[i].text), &ms, &diag);
        check_row(&parse_time_rows[i], status, ms, &diag);
    }
}

static void timestamps_may_be_partial_and_carry_an_offset(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(parse_timestamp_rows); i++) {
        struct diag diag;
        diag_reset(&diag);
        int64_t ms = 0;
        const enum status status =
            civil_time_parse_timestamp(text_of(parse_timestamp_rows[i].text), &ms, &diag);
        if ((status == STATUS_OK) != parse_timestamp_rows[i].valid ||
            ms != parse_timestamp_rows[i].ms) {
            fail_msg("'%s': %lld %s", parse_timestamp_rows[i].text, (long long)ms, diag.message);
        }
    }
}

static void refused_timestamp_says_what_is_expected(void **state)
{
    (void)state;
    struct diag diag;
    diag_reset(&diag);
    int64_t ms = 0;
    assert_int_equal(civil_time_parse_timestamp(TEXT("2020-13-01T00"), &ms, &diag), STATUS_INVALID);
    assert_string_equal(
        diag.message,
        "Failed to parse timestamp '2020-13-01T00': Text '2020-13-01T00:00:00.000' could not be "
        "parsed: Invalid value for MonthOfYear (valid values 1 - 12): 13\n"
        "Required format is: \"yyyy-MM-dd'T'HH:mm:ss.SSS\", with an optional numeric timezone. "
        "Partials are also supported, e.g. \"2020-05-26\"");
    char text[2000];
    memset(text, '1', sizeof(text));
    assert_int_equal(civil_time_parse_timestamp((struct text){text, sizeof(text)}, &ms, &diag),
                     STATUS_INVALID);
    assert_int_equal(civil_time_parse_timestamp(TEXT("+999999999-01-01"), &ms, &diag),
                     STATUS_INVALID);
    assert_int_equal(ms, 0);
}

static void offsets_are_read_like_zone_offset(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(offset_rows); i++) {
        int32_t seconds = 0;
        if (civil_time_parse_offset(text_of(offset_rows[i].text), &seconds) !=
                offset_rows[i].valid ||
            seconds != offset_rows[i].seconds) {
            fail_msg("'%s' gives %d", offset_rows[i].text, seconds);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_convert_both_ways),
        cmocka_unit_test(every_day_of_eight_centuries_follows_the_one_before),
        cmocka_unit_test(dates_are_written_like_local_date),
        cmocka_unit_test(times_are_written_like_local_time),
        cmocka_unit_test(timestamps_are_written_with_the_year_of_the_era),
        cmocka_unit_test(dates_may_miss_month_and_day),
        cmocka_unit_test(times_are_read_like_local_time),
        cmocka_unit_test(timestamps_may_be_partial_and_carry_an_offset),
        cmocka_unit_test(refused_timestamp_says_what_is_expected),
        cmocka_unit_test(offsets_are_read_like_zone_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
