/* time_pattern_test.c: patterns format and parse as java.time.format does.
 *
 * The tables come from DateTimeFormatter of JDK 17 in the English locale. Timestamps are parsed
 * there the way ksqlDB does it: what the text gives is laid upon 1970-01-01T00:00, field by
 * field, from the largest unit to the smallest.
 */
#include "tests/test.h"

#include "base/memory.h"
#include "base/time_pattern.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
static const struct {
    const char *pattern;
    const char *zone;
    int64_t ms;
    bool valid;
    const char *text; /* or the message */
} format_rows[] = {
    {"yyyy-MM-dd", "UTC+5", 581255958983LL, true, "1988-06-02"},
    {"yyyy-MM-dd'T'HH:mm:ss", "Australia/Lord_Howe", 660639141393LL, true, "1990-12-08T17:52:21"},
    {"yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "UTC+5", 1938569579009LL, true, "2031-06-07T08:32:59.009+05:00"},
    {"yyyy-MM-dd HH:mm:ss zzz", "America/Los_Angeles", 1184014885506LL, true, "2007-07-09 14:01:25 PDT"},
    {"yyyy-MM-dd HH:mm:ss Z", "UTC", 916525732792LL, true, "1999-01-16 22:28:52 +0000"},
    {"dd/MMM/yyyy:HH:mm:ss Z", "Europe/Dublin", 75709449004LL, true, "26/May/1972:07:24:09 +0100"},
    {"EEE, d MMM yyyy HH:mm:ss zzz", "-00:30", 948424941780LL, true, "Fri, 21 Jan 2000 02:52:21 -00:30"},
    {"EEEE, MMMM d, yyyy h:mm a", "Z", 143384503181LL, true, "Thursday, July 18, 1974 1:01 PM"},
    {"yyyyMMddHHmmssSSS", "Europe/London", 1697515221355LL, true, "20231017050021355"},
    {"yy-MM-dd HH:mm:ssX", "Europe/London", 47969504165LL, true, "71-07-10 05:51:44+01"},
    {"yyyy-DDD", "UTC", 196392669687LL, true, "1976-083"},
    {"YYYY-'W'ww-e", "Z", 1391756602217LL, true, "2014-W06-6"},
    {"HH:mm:ss", "UTC+5", 1743976075399LL, true, "02:47:55"},
    {"hh:mm:ss a", "UTC+5", 1117552821526LL, true, "08:20:21 PM"},
    {"yyyy-MM-dd[ HH:mm[:ss[.SSS]]]", "UTC", -64926567625108LL, true, "0089-07-24 02:19:34.892"},
    {"yyyy.MM.dd G 'at' HH:mm:ss z", "America/Sao_Paulo", 15422438772LL, true, "1970.06.28 AD at 09:00:38 BRT"},
    {"K:mm a, z", "+02:00", 565752719727LL, true, "3:31 AM, +02:00"},
    {"yyyyy.MMMMM.dd GGG hh:mm a", "America/Los_Angeles", 954935205861LL, true, "02000.A.05 AD 04:46 AM"},
    {"h 'o''clock' a, zzzz", "UTC+5", 1451389865103LL, true, "4 o'clock PM, UTC+05:00"},
    {"uuuu-MM-dd", "America/Sao_Paulo", 58989344524LL, true, "1971-11-14"},
    {"kk:mm", "Z", -64174942779623LL, true, "11:00"},
    {"QQQ yyyy", "UTC+5", 1712049771297LL, true, "Q2 2024"},
    {"yyyy-MM-dd VV", "Z", 1162288933618LL, true, "2006-10-31 Z"},
    {"d.M.yy H:m:s", "Europe/London", 1261345108967LL, true, "20.12.09 21:38:28"},
    {"SSSSSSSSS", "Asia/Kolkata", 1817661097816LL, true, "816000000"},
    {"A", "America/Sao_Paulo", 229012986045LL, true, "42186045"},
    {"N", "America/Los_Angeles", 974943997141LL, true, "63997141000000"},
    {"n", "UTC", 1802018049584LL, true, "584000000"},
    {"w XX'T'ww c/G.yy", "America/Sao_Paulo", 1248382645593LL, true, "30 -0300T30 5/AD.09"},
    {"yyyy, F", "Europe/Berlin", 775304124105LL, true, "1994, 6"},
    {"hh a/XXX", "Europe/London", 1631485752862LL, true, "11 PM/+01:00"},
    {"s-Q", "America/Sao_Paulo", 521711712122LL, true, "12-3"},
    {"YYYY-XXh a-m w, OOOO", "-00:30", 1758510487098LL, true, "2025--00302 AM-38 39, GMT-00:30"},
    {"F MM/[ kk", "Australia/Lord_Howe", 140114650046LL, true, "4 06/ 02"},
    {"y", "Europe/Berlin", 263808398140LL, true, "1978"},
    {"w'T'XA, HH'T'YYYY.", "UTC+5", -61153955908623LL, true, "7T+0568491377, 19T0032."},
    {"'at'zzzz, W'T'F", "-00:30", 564303483554LL, true, "at-00:30, 3T5"},
    {"d-''", "Europe/London", 926622451558LL, true, "13-'"},
    {"[:y.W, ''", "UTC+5", 1692271868410LL, true, ":2023.3, '"},
    {"yy:Gwwn:yyyy", "America/Los_Angeles", 1051045382113LL, true, "03:AD17113000000:2003"},
    {"h a.ZZZZ.SSSy", "Z", 1948846784353LL, true, "2 AM.GMT.3532031"},
    {"XXX.QQQ", "America/Los_Angeles", 1281778506385LL, true, "-07:00.Q3"},
    {"N, w'T'dQ.F/z", "Asia/Kolkata", 1133351085864LL, true, "62085864000000, 49T304.2/IST"},
    {"F'', [/ppH", "Asia/Kolkata", 563671365943LL, true, "5', / 4"},
    {"Ss, QQQ'T'MMM'T'zd", "-00:30", 1163731590180LL, true, "130, Q4TNovT-00:3017"},
    {"W.XX:y", "Europe/London", 439048521465LL, true, "5.Z:1983"},
    {"DDD.Qzzzz", "America/Sao_Paulo", 64742911125LL, true, "020.1Brasilia Standard Time"},
    {"hh a-XXkk", "Europe/London", 1991869559410LL, true, "01 AM-Z01"},
    {"N", "Europe/Berlin", 816304387192LL, true, "787192000000"},
    {"DDD", "America/Sao_Paulo", 427861313992LL, true, "204"},
    {"d", "Europe/Berlin", 1878455263135LL, true, "11"},
    {"'at', zzzzuuuu'T'ZZZZZ", "UTC+5", 216400620650LL, true, "at, UTC+05:001976T+05:00"},
    {"Z-v:vww, YYYY", "Asia/Kolkata", 265926959654LL, true, "+0530-IT:IT23, 1978"},
    {"s'T'ZZZZZ", "-00:30", 553786139640LL, true, "59T-00:30"},
    {"kk.VV ppH.z:NO", "Europe/Dublin", 1385614097243LL, true, "04.Europe/Dublin  4.GMT:17297243000000GMT"},
    {"'at''T'dd/O'T'ZZZZZ ", "Europe/Berlin", -68207770655086LL, true, "at'T01/GMT+0:53:28T+00:53:28 "},
    {"yyyy s, XXX:qqq", "UTC", 1200479909475LL, true, "2008 29, Z:Q1"},
    {"ww/vvvv:zzzz.G", "UTC+5", 1470726480108LL, true, "33/UTC+05:00:UTC+05:00.AD"},
    {"yy, E-X SSS", "-00:30", 696139686072LL, true, "92, Thu--0030 072"},
    {"YYYY'T'SSSSSS:ZZZZ/S", "Z", 273892665929LL, true, "1978T929000:GMT/9"},
    {"VV", "UTC", 319442650451LL, true, "UTC"},
    {"s'T'''M.M", "Europe/London", 694048284993LL, true, "24T'12.12"},
    {"Z, MM", "+02:00", 1588210412066LL, true, "+0200, 04"},
    {"Z pppd/QQQ.d:[-DDD", "-00:30", 782515303223LL, true, "-0030  18/Q4.18:-291"},
    {"E m/w H", "America/Los_Angeles", 850385824352LL, true, "Thu 17/50 2"},
    {"h ass SSS", "Australia/Lord_Howe", -65776828554793LL, true, "1 PM25 207"},
    {"vvvvEEEE/", "Australia/Lord_Howe", 1398445796939LL, true, "Lord Howe TimeSaturday/"},
    {"H, [.uuuu'T'W:e", "Europe/Dublin", 380498690461LL, true, "22, .1982T4:5"},
    {"MM-yyyy'T'EEEE'T'KK aM", "Australia/Lord_Howe", 220665626067LL, true, "12-1976TWednesdayT10 AM12"},
    {"'at' xF.SSS.ppHG", "-00:30", 1369457441708LL, true, "at -00304.708. 4AD"},
    {"d E:SSSSSS-WVVVV", "Z", 1325147708161LL, false, "Pattern letter count must be 2: V"},
    {"pppd'':DDD", "Europe/Dublin", 648084231999LL, true, " 16':197"},
    {"DDD'T'qqqXXX-Q", "America/Sao_Paulo", 245997577104LL, true, "291TQ4-03:00-4"},
    {"G", "Europe/Dublin", 1273346717072LL, true, "AD"},
    {"EEEEED, sse L", "Asia/Kolkata", 116094375047LL, true, "W248, 154 9"},
    {"EEEEE:H/'':MMMM.mm-XXX", "America/Los_Angeles", -64805974817668LL, true, "F:12/':May.26--07:52"},
    {"c", "America/Sao_Paulo", 688807185783LL, true, "4"},
    {"v:MMM.zzzz:d-XX'T'", "UTC", 1167728582718LL, true, "UTC:Jan.Coordinated Universal Time:2-ZT"},
    {"YYYY", "+02:00", 165449528135LL, true, "1975"},
    {"G, S'T'E", "Europe/Dublin", 478937864298LL, true, "AD, 2TWed"},
    {"xEEEEE", "Australia/Lord_Howe", 1117679674089LL, true, "+1030T"},
    {"XyyyyG.XX", "America/Sao_Paulo", 109797459584LL, true, "-031973AD.-0300"},
    {"Q-DDDW.Xm", "UTC", 1981806880421LL, true, "4-2934.Z54"},
    {"E/W:''v.LLL'T'DDD", "Australia/Lord_Howe", 727103820917LL, true, "Sat/3:'LHT.JanT016"},
    {"EEEE", "Europe/London", 1097373743098LL, true, "Sunday"},
    {"XXX:yy, s:N/E", "UTC+5", -66092822995168LL, true, "+05:00:26, 4:84604832000000/Sun"},
    {"F", "America/Sao_Paulo", 1275557533598LL, true, "3"},
};

static const struct {
    const char *pattern;
    const char *text;
    const char *zone;
    bool valid;
    int64_t ms;
    const char *message;
} parse_rows[] = {
    {"yyyy-MM-dd", "12988-06-02", "UTC", false, 0, "Text '12988-06-02' could not be parsed at index 0"},
    {"yyyy-MM-dd'T'HH:mm:ss", "1990-12-08T17:52:21", "America/Sao_Paulo", true, 660685941000LL, ""},
    {"yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2031-06P-07T08:32:59.009+05:00", "UTC", false, 0, "Text '2031-06P-07T08:32:59.009+05:00' could not be parsed at index 7"},
    {"yyyy-MM-dd HH:mm:ss zzz", "2007-07-09 14:01:25 PDT", "Z", true, 1184014885000LL, ""},
    {"yyyy-MM-dd HH:mm:ss Z", "1999-01-16 22:28:52 +0000", "UTC+5", true, 916525732000LL, ""},
    {"dd/MMM/yyyy:HH:mm:ss Z", "26/May/1972:07:24:09 +0100", "Australia/Lord_Howe", true, 75709449000LL, ""},
    {"EEE, d MMM yyyy HH:mm:ss zzz", "Fri, 21 Jan 2000 02:52:21 -00:30", "America/Sao_Paulo", true, 948424941000LL, ""},
    {"EEEE, MMMM d, yyyy h:mm a", "Thursday, July 18, 1974 1:01 PM", "Europe/Dublin", true, 143380860000LL, ""},
    {"yyyyMMddHHmmssSSS", "20235017050021355", "America/Los_Angeles", false, 0, "Text '20235017050021355' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): 50"},
    {"yy-MM-dd HH:mm:ssX", "71-07-10 05:51:44+01", "UTC+5", true, 3203729504000LL, ""},
    {"yyyy-DDD", "1976-083", "Z", true, 196387200000LL, ""},
    {"YYYY-'W'ww-e", "2034-W06-6", "UTC", true, 2023142400000LL, ""},
    {"HH:mm:ss", "02:47:55", "Australia/Lord_Howe", true, -25925000LL, ""},
    {"hh:mm:ss a", "08:20:21 PM", "America/Sao_Paulo", true, 84021000LL, ""},
    {"yyyy-MM-dd[ HH:mm[:ss[.SSS]]]", "0089-07-24 02:19:34.892", "America/Sao_Paulo", true, -59340882837108LL, ""},
    {"yyyy.MM.dd G 'at' HH:mm:ss z", "1970.06.28 AD at 09:00:8 BRT", "Australia/Lord_Howe", false, 0, "Text '1970.06.28 AD at 09:00:8 BRT' could not be parsed at index 23"},
    {"K:mm a, z", "3:31 AM, +02:00", "Europe/London", true, 5460000LL, ""},
    {"yyyyy.MMMMM.dd GGG hh:mm a", "02000.A.03 AD 04:46 AM", "Europe/Berlin", true, 965270760000LL, ""},
    {"h 'o''clock' a, zzzz", "4 o'clock PM, UTC+05:00", "+02:00", true, 39600000LL, ""},
    {"uuuu-MM-dd", "1971-11-14", "Europe/London", true, 58924800000LL, ""},
    {"kk:mm", "11:00", "America/Sao_Paulo", true, 50400000LL, ""},
    {"QQQ yyyy", "Q22024", "Europe/Berlin", false, 0, "Text 'Q22024' could not be parsed at index 2"},
    {"yyyy-MM-dd VV", "2006-10-31 Z", "Australia/Lord_Howe", true, 1162252800000LL, ""},
    {"d.M.yy H:m:s", "20.32.09 21:38:28", "UTC+5", false, 0, "Text '20.32.09 21:38:28' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): 32"},
    {"SSSSSSSSS", "816000000", "America/Los_Angeles", true, 28800816LL, ""},
    {"A", "42186045", "UTC", true, 42186045LL, ""},
    {"N", "6997141000000", "Europe/Berlin", true, 3397141LL, ""},
    {"n", "584000000", "America/Los_Angeles", true, 28800584LL, ""},
    {"w XX'T'ww c/G.yy", "30 -0300T30 5/AD.09", "America/Sao_Paulo", true, 1230778800000LL, ""},
    {"yyyy, F", "194, 6", "Z", false, 0, "Text '194, 6' could not be parsed at index 0"},
    {"hh a/XXX", "11 P/+01:00", "UTC+5", false, 0, "Text '11 P/+01:00' could not be parsed at index 3"},
    {"s-Q", "12-3", "UTC", true, 12000LL, ""},
    {"YYYY-XXh a-m w, OOOO", "2025--00302 AM-38 39, GMT-00:30", "America/Sao_Paulo", true, 11280000LL, ""},
    {"F MM/[ kk", "4 06/ 02", "Europe/London", true, 13309200000LL, ""},
    {"y", "1978", "America/Sao_Paulo", true, 252471600000LL, ""},
    {"w'T'XA, HH'T'YYYY.", "7T+0568491377, 19T0032.", "Europe/Berlin", true, 50491377LL, ""},
    {"'at'zzzz, W'T'F", "at-00:30, 3T5", "Europe/Dublin", true, 347400000LL, ""},
    {"d-''", "13-'", "Europe/Berlin", true, 1033200000LL, ""},
    {"[:y.W, ''", ":2023.3, '", "UTC+5", true, 1672513200000LL, ""},
    {"yy:Gwwn:yyyy", "03:AD17113000000:2003", "UTC", true, 1041379200113LL, ""},
    {"h a.ZZZZ.SSSy", "2 AM.GMT.3532031", "America/Los_Angeles", true, 1924999200353LL, ""},
    {"XXX.QQQ", "--07:00.Q3", "UTC+5", false, 0, "Text '--07:00.Q3' could not be parsed at index 0"},
    {"N, w'T'dQ.F/z", "62085864000000, 49T304.2/IST", "Europe/Berlin", false, 0, "Text '62085864000000, 49T304.2/IST' could not be parsed at index 22"},
    {"F'', [/ppH", "5', / 4", "+02:00", true, 352800000LL, ""},
    {"Ss, QQQ'T'MMM'T'zd", "130, Q4TNOVT-00:3017", "+02:00", true, 27649830100LL, ""},
    {"W.XX:y", "5.Z:193", "America/Sao_Paulo", true, -56076624000000LL, ""},
    {"DDD.Qzzzz", "020.1Brasilia Standard Time", "UTC+5", true, 1652400000LL, ""},
    {"hh a-XXkk", "01 AM-Z01", "Europe/Berlin", true, 3600000LL, ""},
    {"N", "787192000000", "Australia/Lord_Howe", true, -35212808LL, ""},
    {"DDD", "04", "UTC", false, 0, "Text '04' could not be parsed at index 0"},
    {"d", "1", "UTC", true, 0LL, ""},
    {"'at', zzzzuuuu'T'ZZZZZ", "at, UTC+05:001976T+05:00", "UTC", true, 189284400000LL, ""},
    {"Z-v:vww, YYYY", "+0530-IT:IT23, 1978", "Europe/Berlin", true, 0LL, ""},
    {"s'T'ZZZZZ", "59T-00:30", "America/Sao_Paulo", true, 1859000LL, ""},
    {"kk.VV ppH.z:NO", "04.Europe/Dublin  4.GMT:17297243000000GMT", "UTC", true, 17297243LL, ""},
    {"'at''T'dd/O'T'ZZZZZ ", "at'T01/GMT+0:53:28T+00:53:28 ", "+02:00", true, -3208000LL, ""},
    {"yyyy s, XXX:qqq", "2008 29, z:q1", "UTC", true, 1199145629000LL, ""},
    {"ww/vvvv:zzzz.G", "33/UTC+05:00:UTC+05:00.AD", "Z", true, -18000000LL, ""},
    {"yy, E-X SSS", "92, Thu--0030 072", "Z", true, 3850158600072LL, ""},
    {"YYYY'T'SSSSSS:ZZZZ/S", "1978T929000:GMT/9", "Australia/Lord_Howe", false, 0, "Text '1978T929000:GMT/9' could not be parsed at index 16"},
    {"VV", "UT", "-00:30", true, 0LL, ""},
    {"s'T'''M.M", "24T'12.12", "America/Los_Angeles", true, 28886424000LL, ""},
    {"Z, MM", "+0200, 04", "Europe/Berlin", true, 7768800000LL, ""},
    {"Z pppd/QQQ.d:[-DDD", "-0030  18/Q4.18:-291", "+02:00", true, 25057800000LL, ""},
    {"E m/w H", "Thu 17/50 2", "Z", true, 8220000LL, ""},
    {"h ass SSS", "1 PM25-207", "Z", false, 0, "Text '1 PM25-207' could not be parsed at index 6"},
    {"vvvvEEEE/", "LorPd Howe TimeSaturday/", "UTC+5", false, 0, "Text 'LorPd Howe TimeSaturday/' could not be parsed at index 0"},
    {"H, [.uuuu'T'W:e", "22, .1982T4:5", "Europe/Berlin", true, 378680400000LL, ""},
    {"MM-yyyy'T'EEEE'T'KK aM", "12-1976TWednesdayT10 AM12", "Z", true, 218282400000LL, ""},
    {"'at' xF.SSS.ppHG", "at -00304.708. .AD", "+02:00", false, 0, "Text 'at -00304.708. .AD' could not be parsed at index 29"},
    {"d E:SSSSSS-WVVVV", "20320-01-02", "Europe/Berlin", false, 0, "Pattern letter count must be 2: V"},
    {"pppd'':DDD", " 16':197", "Australia/Lord_Howe", true, 16898400000LL, ""},
    {"DDD'T'qqqXXX-Q", "291TQ4-03:00-4", "Europe/London", true, 25066800000LL, ""},
    {"G", "A:D", "Europe/London", false, 0, "Text 'A:D' could not be parsed at index 0"},
    {"EEEEED, sse L", "W248, 154 9", "Europe/Berlin", true, 21078015000LL, ""},
    {"EEEEE:H/'':MMMM.mm-XXX", "F:12/':May.26--07:52", "Europe/London", true, 10441080000LL, ""},
    {"c", "4", "Australia/Lord_Howe", true, -122400000LL, ""},
    {"v:MMM.zzzz:d-XX'T'", "UTC:Jan.Coordinated Universal Time:2-ZT", "+02:00", true, 86400000LL, ""},
    {"YYYY", "1975", "America/Sao_Paulo", true, 10800000LL, ""},
    {"G, S'T'E", "AD, 2TWed", "Asia/Kolkata", true, -106199800LL, ""},
    {"xEEEEE", "+1030T", "Europe/Berlin", true, -37800000LL, ""},
    {"XyyyyG.XX", "-031973AD.-030a", "Asia/Kolkata", false, 0, "Text '-031973AD.-030a' could not be parsed at index 5"},
    {"Q-DDDW.Xm", "4-2934.Z54", "Z", true, 25232040000LL, ""},
    {"E/W:''v.LLL'T'DDD", "Sat/3:'LHT.ZJanT016", "+02:00", false, 0, "Text 'Sat/3:'LHT.ZJanT016' could not be parsed at index 11"},
    {"EEEE", "Sunday", "America/Los_Angeles", true, 288000000LL, ""},
    {"XXX:yy, s:N/E", "+05:00:26, 4:84604832000000/Sun", "UTC+5", true, 1767551404832LL, ""},
    {"F", "3", "America/Sao_Paulo", true, 183600000LL, ""},
    {"yyyy-MM-dd", "2021-02-31", "Europe/Berlin", true, 1614466800000LL, ""},
    {"yyyyMMddHHmmssSSS", "20210203040506789", "Europe/Berlin", true, 1612321506789LL, ""},
    {"HH:mm", "24:00", "Europe/Berlin", true, -3600000LL, ""},
    {"hh a", "12 pm", "Europe/Berlin", true, 39600000LL, ""},
    {"hh", "12", "Europe/Berlin", true, -3600000LL, ""},
    {"yyyy-MM-dd E", "2021-05-03 Tue", "Europe/Berlin", false, 0, "Text '2021-05-03 Tue' could not be parsed: Conflict found: Field DayOfWeek 1 differs from DayOfWeek 2 derived from 2021-05-03"},
    {"YYYY-'W'ww-e", "2021-W19-2", "Europe/Berlin", true, 1619992800000LL, ""},
    {"YYYY-ww-E", "2021-53-Mon", "Europe/Berlin", true, 1639954800000LL, ""},
    {"yyyy MM W e", "2021 05 2 2", "Europe/Berlin", true, 1619992800000LL, ""},
    {"yyyy-DDD", "2021-366", "Europe/Berlin", false, 0, "Text '2021-366' could not be parsed: Invalid date 'DayOfYear 366' as '2021' is not a leap year"},
    {"yyyy-DDD", "2020-366", "Europe/Berlin", true, 1609369200000LL, ""},
    {"DDD", "366", "Europe/Berlin", false, 0, "Leap day cannot be parsed without supplying the year field"},
    {"DDD", "365", "Europe/Berlin", true, 31446000000LL, ""},
    {"G yyyy", "BC 0005", "Europe/Berlin", true, -62293452808000LL, ""},
    {"Q yyyy-MM-dd", "1 2021-05-03", "Europe/Berlin", false, 0, "Text '1 2021-05-03' could not be parsed: Conflict found: Field QuarterOfYear 2 differs from QuarterOfYear 1 derived from 2021-05-03"},
    {"yy", "69", "Europe/Berlin", true, 3124220400000LL, ""},
    {"y M d", "2021 13 1", "Europe/Berlin", false, 0, "Text '2021 13 1' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): 13"},
    {"mm:ss", "61:00", "Europe/Berlin", false, 0, "Text '61:00' could not be parsed: Invalid value for MinuteOfHour (valid values 0 - 59): 61"},
    {"ss", "30", "Europe/Berlin", true, -3570000LL, ""},
    {"H s", "10 5", "Europe/Berlin", true, 32405000LL, ""},
    {"A", "1000", "Europe/Berlin", true, -3599000LL, ""},
    {"yyyy-MM-dd HH:mm", "2021-05-03 24:00", "Europe/Berlin", true, 1620079200000LL, ""},
    {"VV", "europe/berlin", "Europe/Berlin", true, -3600000LL, ""},
    {"z", "pst", "Europe/Berlin", true, 28800000LL, ""},
    {"zzzz", "Pacific Standard Time", "Europe/Berlin", true, 28800000LL, ""},
    {"VV", "UTC+2", "Europe/Berlin", false, 0, "Text 'UTC+2' could not be parsed, unparsed text found at index 3"},
    {"VV", "UTC+02:00", "Europe/Berlin", true, -7200000LL, ""},
    {"O", "GMT+8", "Europe/Berlin", true, -28800000LL, ""},
    {"OOOO", "GMT+08:00", "Europe/Berlin", true, -28800000LL, ""},
    {"O", "GMT-8:30", "Europe/Berlin", true, 30600000LL, ""},
    {"X", "+0230", "Europe/Berlin", true, -9000000LL, ""},
    {"X", "+02:30", "Europe/Berlin", false, 0, "Text '+02:30' could not be parsed, unparsed text found at index 3"},
    {"X", "+24", "Europe/Berlin", false, 0, "Text '+24' could not be parsed: Value out of range: Hour[0-23], Minute[0-59], Second[0-59]"},
    {"XXX", "-18:01", "Europe/Berlin", false, 0, "Zone offset not in valid range: -18:00 to +18:00"},
    {"MMM", "sept", "Europe/Berlin", false, 0, "Text 'sept' could not be parsed, unparsed text found at index 3"},
    {"LLLL", "September", "Europe/Berlin", true, 20991600000LL, ""},
    {"E", "monday", "Europe/Berlin", false, 0, "Text 'monday' could not be parsed, unparsed text found at index 3"},
    {"EEEEE", "M", "Europe/Berlin", true, -262800000LL, ""},
    {"[yyyy][-MM]", "2021", "Europe/Berlin", true, 1609455600000LL, ""},
    {"yyyy[-MM]", "2021-05", "Europe/Berlin", true, 1619820000000LL, ""},
    {"d'T'", "3t", "Europe/Berlin", true, 169200000LL, ""},
    {"ppd", "  3", "Europe/Berlin", false, 0, "Text '  3' could not be parsed at index 2"},
    {"ppd", " 3", "Europe/Berlin", true, 169200000LL, ""},
    {"k", "24", "Europe/Berlin", true, -3600000LL, ""},
    {"k", "0", "Europe/Berlin", true, -3600000LL, ""},
    {"K a", "12 AM", "Europe/Berlin", false, 0, "Text '12 AM' could not be parsed: Invalid value for HourOfAmPm (valid values 0 - 11): 12"},
    {"yyyy yyyy", "2021 2022", "Europe/Berlin", false, 0, "Text '2021 2022' could not be parsed at index 5"},
    {"u", "-5", "Europe/Berlin", true, -62324988808000LL, ""},
    {"u", "+5", "Europe/Berlin", false, 0, "Text '+5' could not be parsed at index 0"},
    {"F", "3", "Europe/Berlin", true, 169200000LL, ""},
    {"n", "5", "Europe/Berlin", true, -3600000LL, ""},
    {"h:mm", "5:30", "Europe/Berlin", true, 16200000LL, ""},
    {"MM dd", "02 30", "Europe/Berlin", false, 0, "Invalid date 'FEBRUARY 30'"},
    {"dd", "31", "Europe/Berlin", true, 2588400000LL, ""},
    {"E", "Sun", "Europe/Berlin", true, 255600000LL, ""},
    {"a", "PM", "Europe/Berlin", true, 61200000LL, ""},
    {"yyyy-MM-dd HH:mm VV", "2021-10-31 02:30 Europe/Berlin", "Europe/Berlin", true, 1635640200000LL, ""},
    {"yyyy-MM-dd HH:mm VV", "2021-03-28 02:30 Europe/Berlin", "Europe/Berlin", true, 1616895000000LL, ""},
    {"yyyy-MM-dd HH:mmX VV", "2021-10-31 02:30+01 Europe/Berlin", "Europe/Berlin", true, 1635643800000LL, ""},
    {"yyyy", "0000", "Europe/Berlin", false, 0, "Text '0000' could not be parsed: Invalid value for YearOfEra (valid values 1 - 999999999/1000000000): 0"},
    {"yyyy", "12345", "Europe/Berlin", false, 0, "Text '12345' could not be parsed at index 0"},
    {"yyyy", "+12345", "Europe/Berlin", true, 327403378800000LL, ""},
    {"yyyy", "+1234", "Europe/Berlin", false, 0, "Text '+1234' could not be parsed at index 0"},
    {"'über' yyyy", "ÜBER 2020", "Europe/Berlin", true, 1577833200000LL, ""},
    {"yyyy-MM-dd", "2021-05-03 and a very long tail of text that will be cut off in the message", "Europe/Berlin", false, 0, "Text '2021-05-03 and a very long tail of text that will be cut off in ...' could not be parsed, unparsed text found at index 10"},
    {"yyyy-MM-dd", "äöü", "Europe/Berlin", false, 0, "Text 'äöü' could not be parsed at index 0"},
    {"", "", "Europe/Berlin", true, -3600000LL, ""},
    {"", "x", "Europe/Berlin", false, 0, "Text 'x' could not be parsed, unparsed text found at index 0"},
    {"yyyy-MM-dd'T'HH:mm:ssX", "2020-05-11T21:58:33z", "Europe/Berlin", true, 1589234313000LL, ""},
    {"yyyy-MM-dd'T'HH:mm:ss.SX", "2019-08-27T13:31:09.2+0000", "Europe/Berlin", true, 1566912669200LL, ""},
    {"yyyy", "2019", "Europe/Berlin", true, 1546297200000LL, ""},
    {"MMM-yyyy", "JAN-2022", "Europe/Berlin", true, 1640991600000LL, ""},
    {"N", "86400000000000", "Europe/Berlin", false, 0, "Text '86400000000000' could not be parsed: Invalid value for NanoOfDay (valid values 0 - 86399999999999): 86400000000000"},
    {"H:m:s.n", "1:2:3.999999999", "Europe/Berlin", true, 123999LL, ""},
};

static const struct {
    const char *pattern;
    bool valid;
    const char *message;
} compile_rows[] = {
    {"b", false, "Unknown pattern letter: b"},
    {"j", false, "Unknown pattern letter: j"},
    {"C", false, "Unknown pattern letter: C"},
    {"aa", false, "Too many pattern letters: a"},
    {"GGGGGG", false, "Too many pattern letters: G"},
    {"yyyyyyyyyyyyyyyyyyyy", false, "The minimum width must be from 1 to 19 inclusive but was 20"},
    {"SSSSSSSSSS", false, "Minimum width must be from 0 to 9 inclusive but was 10"},
    {"nnnnnnnnnnnnnnnnnnnn", false, "The minimum width must be from 1 to 19 inclusive but was 20"},
    {"V", false, "Pattern letter count must be 2: V"},
    {"VVV", false, "Pattern letter count must be 2: V"},
    {"zzzzz", false, "Too many pattern letters: z"},
    {"ZZZZZZ", false, "Too many pattern letters: Z"},
    {"OO", false, "Pattern letter count must be 1 or 4: O"},
    {"XXXXXX", false, "Too many pattern letters: X"},
    {"xxxxxx", false, "Too many pattern letters: x"},
    {"WW", false, "Too many pattern letters: W"},
    {"www", false, "Too many pattern letters: w"},
    {"vv", false, "Wrong number of pattern letters: v"},
    {"cc", false, "Invalid pattern \"cc\""},
    {"eeeeee", false, "Too many pattern letters: e"},
    {"MMMMMM", false, "Too many pattern letters: M"},
    {"FF", false, "Too many pattern letters: F"},
    {"ddd", false, "Too many pattern letters: d"},
    {"HHH", false, "Too many pattern letters: H"},
    {"DDDD", false, "Too many pattern letters: D"},
    {"p", false, "Pad letter 'p' must be followed by valid pad pattern: p"},
    {"pp-", false, "Pad letter 'p' must be followed by valid pad pattern: pp-"},
    {"ppp", false, "Pad letter 'p' must be followed by valid pad pattern: ppp"},
    {"'", false, "Pattern ends with an incomplete string literal: '"},
    {"'a", false, "Pattern ends with an incomplete string literal: 'a"},
    {"yyyy''", true, ""},
    {"]", false, "Pattern invalid as it contains ] without previous ["},
    {"]]", false, "Pattern invalid as it contains ] without previous ["},
    {"[yyyy]]", false, "Pattern invalid as it contains ] without previous ["},
    {"QQQQQQ", false, "Too many pattern letters: Q"},
    {"{a}", false, "Pattern includes reserved character: '{'"},
    {"#", false, "Pattern includes reserved character: '#'"},
    {"a}", false, "Pattern includes reserved character: '}'"},
    {"ä", true, ""},
    {"yyyy''''", true, ""},
    {"[", true, ""},
    {"[yyyy", true, ""},
};

/* Of 2021-05-03 or 14:05:06.007. */
static const struct {
    const char *pattern;
    bool is_date;
    bool valid;
    const char *text;
} partial_rows[] = {
    {"yyyy-MM-dd", true, true, "2021-05-03"},
    {"HH", true, false, "Unsupported field: HourOfDay"},
    {"[HH]yyyy", true, true, "2021"},
    {"VV", true, false, "Unable to extract ZoneId from temporal 2021-05-03"},
    {"[VV]yyyy", true, true, "2021"},
    {"z", true, false, "Unable to extract ZoneId from temporal 2021-05-03"},
    {"X", true, false, "Unsupported field: OffsetSeconds"},
    {"S", true, false, "Unsupported field: NanoOfSecond"},
    {"[yyyy[ HH]]", true, true, "2021"},
    {"dd-MM-yyyy'Sophia'", true, true, "03-05-2021Sophia"},
    {"w", true, true, "19"},
    {"[X]d", true, true, "3"},
    {"O", true, false, "Unsupported field: OffsetSeconds"},
    {"[O]M", true, true, "5"},
    {"HH:mm:ss.SSS", false, true, "14:05:06.007"},
    {"hh:mm a", false, true, "02:05 PM"},
    {"yyyy", false, false, "Unsupported field: YearOfEra"},
    {"w", false, false, "Unsupported field: DayOfWeek"},
    {"e", false, false, "Unsupported field: DayOfWeek"},
    {"Q", false, false, "Unsupported field: QuarterOfYear"},
    {"dd", false, false, "Unsupported field: DayOfMonth"},
    {"z", false, false, "Unable to extract ZoneId from temporal 14:05:06.007"},
    {"[yyyy]HH", false, true, "14"},
    {"A", false, true, "50706007"},
    {"N", false, true, "50706007000000"},
    {"n", false, true, "7000000"},
    {"k", false, true, "14"},
};

static const struct {
    const char *pattern;
    const char *text;
    bool is_date;
    bool valid;
    int64_t value;
    const char *message;
} parse_partial_rows[] = {
    {"HH:mm:ss'Lit'", "00:01:05Lit", false, true, 65000, ""},
    {"HH/mm/ss", "11/05/19", false, true, 39919000, ""},
    {"hh:mm:ss a", "01:00:00 PM", false, true, 46800000, ""},
    {"hh:mm:ss a", "01:00:00 Pm", false, true, 46800000, ""},
    {"HH", "24", false, true, 0, ""},
    {"yyyy HH", "2020 10", false, false, 0, "Time format contains date field."},
    {"mm:ss", "10:20", false, false, 0, "Unable to obtain LocalTime from TemporalAccessor: {MinuteOfHour=10, SecondOfMinute=20},ISO of type java.time.format.Parsed"},
    {"E HH", "Mon 10", false, false, 0, "Time format contains date field."},
    {"HH:mm X", "10:20 Z", false, true, 37200000, ""},
    {"A", "5", false, true, 5, ""},
    {"yyyy-MM-dd'Lit'", "2018-05-11Lit", true, true, 17662, ""},
    {"dd/MM/yyyy", "11/05/2019", true, true, 18027, ""},
    {"dd-MMM-yyyy", "01-Jan-2022", true, true, 18993, ""},
    {"dd-MM-yyyy", "01-01-1970", true, true, 0, ""},
    {"yyyy-MM-dd HH:mm", "2020-05-11 24:00", true, true, 18394, ""},
    {"yyyy-MM", "2020-05", true, false, 0, "Text '2020-05' could not be parsed: Unable to obtain LocalDate from TemporalAccessor: {Year=2020, MonthOfYear=5},ISO of type java.time.format.Parsed"},
    {"yyyy-DDD", "2020-060", true, true, 18321, ""},
    {"yyyy-MM-dd", "1969-12-31", true, true, -1, ""},
    {"YYYY-ww-e", "2020-01-1", true, true, 18259, ""},
    {"yyyy-MM-dd", "abcd", true, false, 0, "Text 'abcd' could not be parsed at index 0"},
};
/* clang-format on */

struct fixture {
    struct time_zone_cache *zones;
    struct arena arena;
    struct buffer buffer;
    struct diag diag;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    diag_reset(&fixture.diag);
    assert_ok(time_zone_cache_create(&fixture.zones, &fixture.diag), &fixture.diag);
    arena_init(&fixture.arena);
    buffer_init(&fixture.buffer);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    time_zone_cache_destroy(fixture->zones);
    arena_release(&fixture->arena);
    buffer_release(&fixture->buffer);
    return 0;
}

static enum status compile(struct fixture *fixture, const char *pattern,
                           const struct time_pattern **out)
{
    arena_reset(&fixture->arena);
    buffer_reset(&fixture->buffer);
    diag_reset(&fixture->diag);
    return time_pattern_compile(text_of(pattern), TIME_PATTERN_JAVA_TIME, &fixture->arena, out,
                                &fixture->diag);
}

/* What came out: the buffer's text, or the message of a failure. */
static void check_text(struct fixture *fixture, enum status status, bool valid,
                       const char *expected, const char *pattern)
{
    const struct text text =
        status == STATUS_OK ? buffer_text(&fixture->buffer) : text_of(fixture->diag.message);
    if ((status == STATUS_OK) != valid || !text_equal(text, text_of(expected))) {
        fail_msg("%s: '%.*s', not '%s'", pattern, TEXT_ARGS(text), expected);
    }
}

static struct time_zone find_zone(struct fixture *fixture, const char *id)
{
    struct time_zone zone;
    assert_ok(time_zone_cache_find(fixture->zones, text_of(id), &zone, &fixture->diag),
              &fixture->diag);
    return zone;
}

static void timestamps_are_formatted_like_java(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ROWS(format_rows); i++) {
        const struct time_pattern *pattern = NULL;
        const struct time_zone zone = find_zone(fixture, format_rows[i].zone);
        enum status status = compile(fixture, format_rows[i].pattern, &pattern);
        if (status == STATUS_OK) {
            status = time_pattern_format_timestamp(pattern, format_rows[i].ms, &zone,
                                                   &fixture->buffer, &fixture->diag);
        }
        check_text(fixture, status, format_rows[i].valid, format_rows[i].text,
                   format_rows[i].pattern);
    }
}

static void timestamps_are_parsed_like_ksqldb(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ROWS(parse_rows); i++) {
        const struct time_pattern *pattern = NULL;
        const struct time_zone zone = find_zone(fixture, parse_rows[i].zone);
        int64_t ms = 0;
        enum status status = compile(fixture, parse_rows[i].pattern, &pattern);
        if (status == STATUS_OK) {
            status = time_pattern_parse_timestamp(pattern, text_of(parse_rows[i].text), &zone,
                                                  fixture->zones, &ms, &fixture->diag);
        }
        if ((status == STATUS_OK) != parse_rows[i].valid || ms != parse_rows[i].ms) {
            fail_msg("%s '%s': %lld %s", parse_rows[i].pattern, parse_rows[i].text, (long long)ms,
                     fixture->diag.message);
        }
        assert_string_equal(fixture->diag.message, parse_rows[i].message);
    }
}

static void wrong_patterns_are_refused_with_java_messages(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ROWS(compile_rows); i++) {
        const struct time_pattern *pattern = NULL;
        const enum status status = compile(fixture, compile_rows[i].pattern, &pattern);
        assert_int_equal(status == STATUS_OK, compile_rows[i].valid);
        assert_string_equal(fixture->diag.message, compile_rows[i].message);
    }
}

static void fields_that_a_value_lacks_are_refused_or_skipped(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ROWS(partial_rows); i++) {
        const struct time_pattern *pattern = NULL;
        assert_ok(compile(fixture, partial_rows[i].pattern, &pattern), &fixture->diag);
        buffer_append_string(&fixture->buffer, "");
        const enum status status =
            partial_rows[i].is_date
                ? time_pattern_format_date(pattern, 18750, &fixture->buffer, &fixture->diag)
                : time_pattern_format_time(pattern, 50706007, &fixture->buffer, &fixture->diag);
        check_text(fixture, status, partial_rows[i].valid, partial_rows[i].text,
                   partial_rows[i].pattern);
    }
}

static void dates_and_times_are_parsed_alone(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ROWS(parse_partial_rows); i++) {
        const struct time_pattern *pattern = NULL;
        const struct text text = text_of(parse_partial_rows[i].text);
        int64_t days = 0;
        int32_t ms_of_day = 0;
        assert_ok(compile(fixture, parse_partial_rows[i].pattern, &pattern), &fixture->diag);
        const enum status status =
            parse_partial_rows[i].is_date
                ? time_pattern_parse_date(pattern, text, fixture->zones, &days, &fixture->diag)
                : time_pattern_parse_time(pattern, text, fixture->zones, &ms_of_day,
                                          &fixture->diag);
        assert_int_equal(status == STATUS_OK, parse_partial_rows[i].valid);
        assert_int_equal(days + ms_of_day, parse_partial_rows[i].value);
        assert_string_equal(fixture->diag.message, parse_partial_rows[i].message);
    }
}

static void full_style_takes_short_names_too(void **state)
{
    struct fixture *fixture = *state;
    const struct time_pattern *pattern = NULL;
    int64_t days = 0;
    assert_ok(compile(fixture, "d MMMM yyyy", &pattern), &fixture->diag);
    assert_ok(
        time_pattern_parse_date(pattern, TEXT("3 feb 1970"), fixture->zones, &days, &fixture->diag),
        &fixture->diag);
    assert_int_equal(days, 33);
}

static void hostile_patterns_meet_a_limit(void **state)
{
    struct fixture *fixture = *state;
    char text[TIME_PATTERN_BYTES_MAX + 2];
    const struct time_pattern *pattern = NULL;
    memset(text, '-', sizeof(text));
    text[TIME_PATTERN_BYTES_MAX] = '\0';
    assert_ok(compile(fixture, text, &pattern), &fixture->diag);
    text[TIME_PATTERN_BYTES_MAX] = '-';
    text[TIME_PATTERN_BYTES_MAX + 1] = '\0';
    assert_int_equal(compile(fixture, text, &pattern), STATUS_LIMIT);
    memset(text, '[', TIME_PATTERN_DEPTH_MAX + 1);
    text[TIME_PATTERN_DEPTH_MAX] = '\0';
    assert_ok(compile(fixture, text, &pattern), &fixture->diag);
    text[TIME_PATTERN_DEPTH_MAX] = '[';
    text[TIME_PATTERN_DEPTH_MAX + 1] = '\0';
    assert_int_equal(compile(fixture, text, &pattern), STATUS_LIMIT);
}

static void failed_format_leaves_the_buffer_as_it_was(void **state)
{
    struct fixture *fixture = *state;
    const struct time_pattern *pattern = NULL;
    assert_ok(compile(fixture, "yyyy-MM-dd HH", &pattern), &fixture->diag);
    buffer_append_string(&fixture->buffer, "before");
    assert_int_equal(time_pattern_format_date(pattern, 0, &fixture->buffer, &fixture->diag),
                     STATUS_INVALID);
    assert_true(text_equal(buffer_text(&fixture->buffer), TEXT("before")));
}

static void lack_of_memory_is_reported(void **state)
{
    struct fixture *fixture = *state;
    const struct time_pattern *pattern = NULL;
    arena_release(&fixture->arena);
    memory_fail_after(1);
    assert_int_equal(compile(fixture, "yyyy", &pattern), STATUS_NO_MEMORY);
    memory_fail_after(0);
    assert_ok(compile(fixture, "yyyy", &pattern), &fixture->diag);
    buffer_release(&fixture->buffer);
    memory_fail_after(1);
    assert_int_equal(time_pattern_format_date(pattern, 0, &fixture->buffer, &fixture->diag),
                     STATUS_NO_MEMORY);
    memory_fail_after(0);
    buffer_reset(&fixture->buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timestamps_are_formatted_like_java),
        cmocka_unit_test(timestamps_are_parsed_like_ksqldb),
        cmocka_unit_test(wrong_patterns_are_refused_with_java_messages),
        cmocka_unit_test(fields_that_a_value_lacks_are_refused_or_skipped),
        cmocka_unit_test(dates_and_times_are_parsed_alone),
        cmocka_unit_test(full_style_takes_short_names_too),
        cmocka_unit_test(hostile_patterns_meet_a_limit),
        cmocka_unit_test(failed_format_leaves_the_buffer_as_it_was),
        cmocka_unit_test(lack_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
