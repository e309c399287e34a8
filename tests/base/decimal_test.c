/* decimal_test.c: DECIMAL arithmetic and conversion give BigDecimal's digits and ksqlDB's errors.
 *
 * The tables come from java.math.BigDecimal, used the way ksqlDB uses it: operators with a
 * MathContext of the result's precision and rounding UNNECESSARY, then setScale.
 */
#include "tests/test.h"

#include "base/decimal.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
static const struct {
    char op;
    struct decimal_type a_type;
    const char *a;
    struct decimal_type b_type;
    const char *b;
    const char *result; /* or the message of the failure */
} operator_rows[] = {
    {'+', {4, 2}, "10.10", {4, 2}, "5.10", "15.20"},
    {'-', {4, 2}, "0.00", {4, 2}, "0.01", "-0.01"},
    {'*', {4, 2}, "-2.00", {4, 2}, "99.99", "-199.9800"},
    {'/', {4, 2}, "10.10", {4, 2}, "2.00", "5.0500000"},
    {'/', {4, 2}, "1.00", {4, 2}, "3.00", "Rounding necessary"},
    {'/', {4, 2}, "1.00", {4, 2}, "0.00", "Division by zero"},
    {'/', {4, 2}, "0.00", {4, 2}, "0.00", "Division undefined"},
    {'%', {4, 2}, "10.10", {4, 2}, "-2.00", "0.10"},
    {'%', {4, 2}, "-10.10", {4, 2}, "2.00", "-0.10"},
    {'%', {4, 2}, "10.10", {4, 2}, "0.00", "Division by zero"},
    {'%', {4, 2}, "0.00", {4, 2}, "0.00", "Division undefined"},
    {'/', {4, 2}, "99.99", {4, 2}, "0.01", "9999.0000000"},
    {'/', {4, 2}, "-0.01", {4, 2}, "99.99", "Rounding necessary"},
    {'/', {4, 2}, "1.28", {4, 2}, "0.64", "2.0000000"},
    {'/', {4, 2}, "0.07", {4, 2}, "0.49", "Rounding necessary"},
    {'%', {10, 0}, "1234567890", {3, 2}, "1.23", "Division impossible"},
    {'%', {10, 0}, "1230000000", {3, 2}, "1.23", "0.00"},
    {'%', {10, 0}, "1230000001", {3, 2}, "1.23", "1.00"},
    {'%', {38, 0}, "99999999999999999999999999999999999999", {5, 5}, "0.00007", "Division impossible"},
    {'%', {38, 0}, "99999999999999999999999999999999999999", {38, 37}, "7.0000000000000000000000000000000000001", "6.5714285714285714285714285714285714287"},
    {'%', {38, 37}, "7.0000000000000000000000000000000000001", {38, 0}, "99999999999999999999999999999999999999", "7.0000000000000000000000000000000000001"},
    {'*', {38, 0}, "99999999999999999999999999999999999999", {38, 0}, "10", "Decimal value needs more than 38 digits"},
    {'*', {20, 0}, "10000000000000000000", {20, 0}, "-9999999999999999999", "-99999999999999999990000000000000000000"},
    {'/', {38, 10}, "1.0000000000", {38, 10}, "1.0000000000", "Decimal value needs more than 38 digits"},
    {'/', {20, 10}, "1.0000000000", {20, 10}, "8.0000000000", "0.1250000000000000000000000000000"},
    {'/', {20, 10}, "9999999999.0000000000", {20, 10}, "0.0000000001", "Decimal value needs more than 38 digits"},
    {'+', {38, 0}, "99999999999999999999999999999999999999", {38, 38}, "0.00000000000000000000000000000000000001", "Decimal value needs more than 38 digits"},
    {'+', {38, 0}, "99999999999999999999999999999999999999", {38, 0}, "1", "100000000000000000000000000000000000000"},
    {'+', {19, 8}, "0.18939082", {12, 11}, "-0.00000000432", "0.18939081568"},
    {'-', {15, 3}, "647.585", {9, 6}, "-0.017398", "647.602398"},
    {'*', {17, 1}, "-58819868419722.9", {20, 17}, "0.00774246931751345", "-455411026499.882892332366023005"},
    {'/', {10, 4}, "0.0000", {6, 0}, "0", "Division undefined"},
    {'%', {15, 4}, "-384225762.4837", {2, 1}, "9.0", "Division impossible"},
    {'+', {5, 5}, "-0.07567", {2, 0}, "-6", "-6.07567"},
    {'-', {8, 5}, "0.00483", {7, 2}, "279.36", "-279.35517"},
    {'*', {2, 2}, "-0.72", {4, 2}, "0.26", "-0.1872"},
    {'/', {10, 4}, "507.0933", {8, 4}, "0.0100", "50709.3300000000000"},
    {'%', {5, 1}, "0.7", {13, 11}, "0.46187985271", "0.23812014729"},
    {'+', {5, 1}, "0.0", {8, 7}, "-9.6327272", "-9.6327272"},
    {'-', {4, 1}, "0.8", {2, 0}, "6", "-5.2"},
    {'*', {12, 4}, "0.0000", {3, 3}, "-0.001", "0.0000000"},
    {'/', {4, 3}, "9.556", {4, 1}, "8.0", "1.19450000"},
    {'%', {6, 0}, "-1433", {1, 0}, "5", "Division impossible"},
    {'+', {10, 7}, "-0.0289350", {15, 12}, "0.000000000000", "-0.028935000000"},
    {'-', {6, 0}, "310565", {7, 5}, "0.00661", "310564.99339"},
    {'*', {8, 4}, "-1.9728", {4, 4}, "0.0000", "0.00000000"},
    {'/', {15, 12}, "0.000000000000", {15, 4}, "0.0320", "0.0000000000000000000000000000"},
    {'%', {15, 1}, "0.0", {9, 0}, "679", "0.0"},
    {'+', {15, 7}, "0.0544996", {8, 1}, "274.7", "274.7544996"},
    {'-', {10, 6}, "0.005396", {19, 7}, "-0.0000080", "0.0054040"},
    {'*', {17, 17}, "-0.00000387477984199", {3, 0}, "212", "-0.00082145332650188"},
    {'/', {12, 11}, "0.00000009974", {14, 7}, "-0.4045928", "Rounding necessary"},
    {'%', {17, 15}, "0.962467276221138", {3, 0}, "247", "0.962467276221138"},
    {'+', {2, 2}, "-0.95", {16, 7}, "0.0000000", "-0.9500000"},
    {'-', {18, 6}, "73765.858914", {9, 4}, "248.7909", "73517.068014"},
    {'*', {5, 5}, "-0.00389", {2, 0}, "-22", "0.08558"},
    {'/', {15, 3}, "164226943051.530", {13, 1}, "2860524251.2", "Rounding necessary"},
    {'%', {19, 17}, "0.00000000005917014", {14, 6}, "-976252.160095", "0.00000000005917014"},
    {'+', {16, 1}, "98368679832837.7", {19, 13}, "-8277.6344423458508", "98368679824560.0655576541492"},
    {'-', {17, 4}, "0.0448", {15, 6}, "-0.000144", "0.044944"},
    {'*', {20, 15}, "-0.000002696036960", {12, 7}, "-52.8720736", "0.0001425450645774402560"},
    {'/', {9, 6}, "29.211940", {9, 4}, "-0.0004", "-73029.8500000000000000"},
    {'%', {13, 5}, "-4.11994", {2, 1}, "-0.5", "-0.11994"},
    {'+', {14, 7}, "71.8620139", {2, 2}, "-0.09", "71.7720139"},
    {'-', {16, 15}, "0.000000000000000", {17, 5}, "-0.03772", "0.037720000000000"},
    {'*', {7, 3}, "-6387.540", {19, 19}, "0.0002887246997875308", "-1.8442405688808444862320"},
    {'/', {1, 1}, "-0.9", {2, 0}, "1", "-0.900000"},
    {'%', {4, 3}, "0.042", {10, 4}, "0.0008", "0.0004"},
    {'+', {8, 5}, "0.00003", {13, 5}, "0.00006", "0.00009"},
    {'-', {20, 15}, "0.000002238182109", {10, 10}, "0.0516427881", "-0.051640549917891"},
    {'*', {9, 5}, "-710.86523", {3, 0}, "6", "-4265.19138"},
    {'/', {5, 2}, "-0.03", {2, 1}, "-5.6", "Rounding necessary"},
    {'%', {15, 12}, "-0.000000000948", {7, 7}, "0.0065894", "-0.000000000948"},
    {'+', {15, 4}, "-4792935750.3484", {17, 17}, "0.00000139257083222", "-4792935750.34839860742916778"},
    {'-', {13, 4}, "0.8809", {15, 1}, "-537340.4", "537341.2809"},
    {'*', {1, 0}, "6", {12, 11}, "0.00000000725", "0.00000004350"},
    {'/', {5, 0}, "-60", {6, 0}, "931746", "Rounding necessary"},
    {'%', {16, 15}, "-0.041764625736487", {20, 11}, "-0.00000053679", "-0.000000216576487"},
    {'+', {4, 1}, "-6.9", {16, 8}, "0.00000000", "-6.90000000"},
    {'-', {2, 0}, "9", {9, 7}, "-8.7077056", "17.7077056"},
    {'*', {5, 5}, "-0.00961", {17, 14}, "0.00000048910565", "-0.0000000047003052965"},
    {'/', {8, 2}, "-3.83", {7, 0}, "3200", "-0.0011968750"},
    {'%', {12, 4}, "-16.2924", {12, 4}, "18598749.4750", "-16.2924"},
    {'+', {8, 8}, "0.00048580", {10, 4}, "-160.3284", "-160.32791420"},
    {'-', {10, 10}, "0.0000000000", {17, 9}, "12426.860558667", "-12426.8605586670"},
    {'*', {10, 0}, "-5395", {18, 10}, "0.0000000011", "-0.0000059345"},
    {'/', {4, 3}, "-0.004", {10, 4}, "-442418.5041", "Rounding necessary"},
    {'%', {1, 0}, "0", {3, 0}, "-126", "0"},
    {'+', {9, 6}, "0.000000", {7, 7}, "0.0000000", "0.0000000"},
    {'-', {1, 1}, "0.1", {18, 12}, "0.000515681160", "0.099484318840"},
    {'*', {18, 11}, "876.24036409432", {10, 5}, "405.14098", "355000.8798247296172336"},
    {'/', {15, 3}, "-897630485959.103", {18, 8}, "-0.79945354", "Rounding necessary"},
    {'%', {20, 9}, "6.376197435", {4, 1}, "201.4", "6.376197435"},
    {'+', {13, 8}, "-0.00007880", {15, 5}, "86.38894", "86.38886120"},
    {'-', {7, 6}, "0.000593", {17, 13}, "-0.0000000006173", "0.0005930006173"},
    {'*', {5, 3}, "-0.039", {10, 0}, "0", "0.000"},
    {'/', {14, 2}, "0.00", {18, 15}, "-0.000000000044699", "0.000000000000000000000"},
    {'%', {17, 17}, "0.84782594935618040", {1, 1}, "-0.7", "0.14782594935618040"},
    {'+', {10, 1}, "88888664.9", {20, 9}, "-0.000006374", "88888664.899993626"},
    {'-', {2, 0}, "4", {18, 12}, "0.056679121641", "3.943320878359"},
    {'*', {17, 2}, "-48553.60", {16, 4}, "0.5188", "-25189.607680"},
    {'/', {20, 8}, "-1693924.25181293", {4, 1}, "0.0", "Division by zero"},
    {'%', {18, 0}, "9521638", {12, 10}, "0.0000000004", "0.0000000000"},
    {'+', {17, 1}, "-9.9", {18, 9}, "0.000000705", "-9.899999295"},
    {'-', {11, 11}, "0.00000004538", {20, 18}, "-76.701115123831900963", "76.701115169211900963"},
    {'*', {18, 6}, "-0.000041", {19, 15}, "-0.000000000064773", "0.000000000000002655693"},
    {'/', {9, 4}, "0.3091", {8, 0}, "25", "0.0123640000000"},
    {'%', {7, 0}, "835952", {20, 12}, "-0.000000000006", "0.000000000002"},
    {'+', {18, 18}, "-0.000000000000000036", {17, 9}, "0.000073296", "0.000073295999999964"},
    {'-', {15, 14}, "0.00007661479912", {8, 6}, "0.054049", "-0.05397238520088"},
    {'*', {10, 0}, "-5052749151", {6, 3}, "6.453", "-32605390271.403"},
    {'/', {13, 1}, "0.0", {16, 13}, "0.0000000000025", "0.000000000000000000"},
    {'%', {10, 5}, "-21.95480", {15, 2}, "-3245854293621.40", "-21.95480"},
    {'+', {14, 3}, "-78375.641", {18, 12}, "0.048422496394", "-78375.592577503606"},
    {'-', {20, 1}, "-70883203.7", {10, 2}, "-268.78", "-70882934.92"},
    {'*', {6, 3}, "-0.009", {3, 1}, "62.5", "-0.5625"},
    {'/', {4, 3}, "0.446", {18, 17}, "0.00000000000000400", "111500000000000.0000000000000000000000"},
    {'%', {1, 0}, "5", {15, 9}, "68319.199266249", "5.000000000"},
    {'+', {18, 13}, "-0.0000261143244", {8, 5}, "0.02822", "0.0281938856756"},
    {'-', {5, 1}, "-1.9", {13, 3}, "-203503.371", "203501.471"},
    {'*', {19, 11}, "-0.00000000002", {2, 2}, "0.00", "0.0000000000000"},
    {'/', {19, 2}, "-1626389776.23", {1, 1}, "-0.3", "5421299254.100000"},
    {'%', {12, 3}, "-1806177.934", {17, 7}, "29959735.6440317", "-1806177.9340000"},
    {'+', {16, 10}, "855727.5014554100", {11, 9}, "0.000007083", "855727.5014624930"},
    {'-', {8, 3}, "228.158", {19, 10}, "-0.0000000081", "228.1580000081"},
    {'*', {8, 8}, "0.02335012", {2, 1}, "0.1", "0.002335012"},
    {'/', {9, 0}, "57466", {9, 6}, "0.000752", "Rounding necessary"},
    {'%', {3, 0}, "11", {15, 0}, "40", "11"},
    {'+', {14, 2}, "-208017421.24", {14, 8}, "-0.00000874", "-208017421.24000874"},
    {'-', {12, 6}, "-7.960942", {13, 2}, "-376.84", "368.879058"},
    {'*', {18, 9}, "46546.685006646", {15, 10}, "-0.0000000038", "-0.0001768774030252548"},
    {'/', {4, 1}, "9.2", {11, 11}, "0.00000000320", "2875000000.0000000000000"},
    {'%', {14, 13}, "0.0000000007890", {15, 10}, "-47.9106186051", "0.0000000007890"},
    {'+', {6, 3}, "873.422", {16, 3}, "-427.830", "445.592"},
    {'-', {17, 17}, "-0.00096214369840560", {15, 3}, "-82346914837.639", "82346914837.63803785630159440"},
    {'*', {20, 3}, "-5065750.359", {18, 14}, "-0.00000000026908", "0.00136309210659972"},
    {'/', {11, 6}, "-65.760115", {4, 1}, "0.0", "Division by zero"},
    {'%', {3, 3}, "0.079", {11, 7}, "-2242.7156196", "0.0790000"},
    {'+', {3, 1}, "7.2", {9, 7}, "0.0000821", "7.2000821"},
    {'-', {18, 1}, "-376663165222.0", {9, 5}, "0.00002", "-376663165222.00002"},
    {'*', {15, 10}, "-142.1698488559", {6, 1}, "245.2", "-34860.04693946668"},
    {'/', {14, 2}, "-61034004846.13", {14, 11}, "0.00000066051", "Rounding necessary"},
    {'%', {15, 11}, "7.48780281248", {13, 10}, "-0.0000000013", "0.00000000038"},
    {'+', {14, 5}, "-0.00061", {18, 2}, "0.59", "0.58939"},
    {'-', {7, 0}, "45500", {14, 8}, "5356.00619277", "40143.99380723"},
    {'*', {13, 3}, "52922.843", {8, 1}, "54.0", "2857833.5220"},
    {'/', {12, 2}, "437.43", {10, 3}, "0.640", "683.4843750000000"},
    {'%', {4, 2}, "-0.09", {19, 0}, "-166241", "-0.09"},
    {'+', {17, 10}, "9607.8284312708", {13, 4}, "894.3651", "10502.1935312708"},
    {'-', {12, 10}, "0.0000000000", {10, 5}, "-0.03560", "0.0356000000"},
    {'*', {7, 3}, "9936.395", {10, 3}, "-4937970.363", "-49065624025.061385"},
    {'/', {4, 4}, "-0.0005", {10, 3}, "0.000", "Division by zero"},
    {'%', {15, 13}, "0.0000000000095", {2, 2}, "0.86", "0.0000000000095"},
    {'+', {19, 18}, "0.000000052605409144", {15, 5}, "-0.00006", "-0.000059947394590856"},
    {'-', {20, 4}, "8182320056835010.8498", {12, 10}, "0.0000000000", "8182320056835010.8498000000"},
    {'*', {9, 0}, "2305623", {9, 8}, "0.00000089", "2.05200447"},
    {'/', {20, 15}, "0.000000004669352", {14, 12}, "0.000000250201", "Rounding necessary"},
    {'%', {11, 6}, "-0.317764", {17, 2}, "3.15", "-0.317764"},
    {'+', {1, 0}, "-8", {19, 18}, "-0.068818188960984140", "-8.068818188960984140"},
    {'-', {6, 0}, "-7502", {15, 8}, "0.00000003", "-7502.00000003"},
    {'*', {8, 8}, "-0.82828114", {3, 3}, "-0.002", "0.00165656228"},
    {'/', {14, 14}, "0.00690782064499", {18, 17}, "0.00000000000000005", "Decimal value needs more than 38 digits"},
    {'%', {9, 2}, "-0.08", {7, 5}, "-64.91666", "-0.08000"},
    {'+', {1, 1}, "0.9", {7, 6}, "-0.000020", "0.899980"},
    {'-', {11, 1}, "139648.0", {4, 0}, "860", "138788.0"},
    {'*', {3, 0}, "-98", {17, 6}, "816242009.357545", "-79991716917.039410"},
    {'/', {18, 10}, "0.0063982956", {16, 7}, "0.0000004", "15995.739000000000000000000000000"},
    {'%', {19, 11}, "0.00000000000", {8, 7}, "0.0000017", "0.00000000000"},
    {'+', {3, 3}, "0.006", {12, 3}, "-85926.197", "-85926.191"},
    {'-', {11, 7}, "-0.0000001", {15, 2}, "-658090872533.01", "658090872533.0099999"},
    {'*', {7, 6}, "0.154788", {19, 9}, "0.000000000", "0.000000000000000"},
    {'/', {8, 5}, "435.71755", {20, 13}, "-0.0000001834143", "Rounding necessary"},
    {'%', {11, 2}, "0.08", {3, 1}, "0.0", "Division by zero"},
    {'+', {18, 17}, "-0.00000004175290156", {20, 20}, "0.00000000000555342158", "-0.00000004174734813842"},
    {'-', {16, 7}, "-45.7050471", {12, 10}, "-0.0000009297", "-45.7050461703"},
    {'*', {7, 6}, "-0.000002", {16, 2}, "23402962.75", "-46.80592550"},
    {'/', {15, 8}, "-0.01866245", {12, 12}, "0.093858543730", "Rounding necessary"},
    {'%', {7, 2}, "4015.37", {3, 0}, "7", "4.37"},
};

/* Rounded to whole numbers: HALF_UP, HALF_DOWN, DOWN, UP, FLOOR, CEILING. */
static const struct {
    const char *value;
    const char *rounded[6];
} rounding_rows[] = {
    {"0.00", {"0", "0", "0", "0", "0", "0", }},
    {"1.49", {"1", "1", "1", "2", "1", "2", }},
    {"1.50", {"2", "1", "1", "2", "1", "2", }},
    {"1.51", {"2", "2", "1", "2", "1", "2", }},
    {"-1.49", {"-1", "-1", "-1", "-2", "-2", "-1", }},
    {"-1.50", {"-2", "-1", "-1", "-2", "-2", "-1", }},
    {"-1.51", {"-2", "-2", "-1", "-2", "-2", "-1", }},
    {"2.50", {"3", "2", "2", "3", "2", "3", }},
    {"-2.50", {"-3", "-2", "-2", "-3", "-3", "-2", }},
    {"9.99", {"10", "10", "9", "10", "9", "10", }},
    {"-9.99", {"-10", "-10", "-9", "-10", "-10", "-9", }},
    {"0.01", {"0", "0", "0", "1", "0", "1", }},
    {"-0.01", {"0", "0", "0", "-1", "-1", "0", }},
    {"0.49", {"0", "0", "0", "1", "0", "1", }},
    {"0.50", {"1", "0", "0", "1", "0", "1", }},
    {"-0.50", {"-1", "0", "0", "-1", "-1", "0", }},
    {"150.00", {"150", "150", "150", "150", "150", "150", }},
    {"-150.00", {"-150", "-150", "-150", "-150", "-150", "-150", }},
    {"99999999999999999999999999999999999.50", {"100000000000000000000000000000000000", "99999999999999999999999999999999999", "99999999999999999999999999999999999", "100000000000000000000000000000000000", "99999999999999999999999999999999999", "100000000000000000000000000000000000", }},
    {"-99999999999999999999999999999999999.49", {"-99999999999999999999999999999999999", "-99999999999999999999999999999999999", "-99999999999999999999999999999999999", "-100000000000000000000000000000000000", "-100000000000000000000000000000000000", "-99999999999999999999999999999999999", }},
};

#define H DECIMAL_ROUNDING_HALF_UP
#define E DECIMAL_ROUNDING_UNNECESSARY

/* As DECIMAL(4,2). */
static const struct {
    const char *text;
    enum decimal_rounding rounding;
    bool valid;
    const char *result; /* or the message; "" for one that Java words otherwise */
} parse_rows[] = {
    {"0", H, true, "0.00"},
    {"0", E, true, "0.00"},
    {"1", H, true, "1.00"},
    {"1", E, true, "1.00"},
    {"-1", H, true, "-1.00"},
    {"-1", E, true, "-1.00"},
    {"+1", H, true, "1.00"},
    {"+1", E, true, "1.00"},
    {"1.5", H, true, "1.50"},
    {"1.5", E, true, "1.50"},
    {"1.", H, true, "1.00"},
    {"1.", E, true, "1.00"},
    {"-.5", H, true, "-0.50"},
    {"-.5", E, true, "-0.50"},
    {".5", H, true, "0.50"},
    {".5", E, true, "0.50"},
    {"1e2", H, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 100"},
    {"1e2", E, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 100"},
    {"1E+2", H, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 100"},
    {"1E+2", E, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 100"},
    {"1.5e-1", H, true, "0.15"},
    {"1.5e-1", E, true, "0.15"},
    {"12.345", H, true, "12.35"},
    {"12.345", E, false, "Cannot fit decimal '12.345' into DECIMAL(4, 2) without rounding. (Requires 5,3)"},
    {"9.995", H, true, "10.00"},
    {"9.995", E, false, "Cannot fit decimal '9.995' into DECIMAL(4, 2) without rounding. (Requires 4,3)"},
    {"9.994", H, true, "9.99"},
    {"9.994", E, false, "Cannot fit decimal '9.994' into DECIMAL(4, 2) without rounding. (Requires 4,3)"},
    {"99.99", H, true, "99.99"},
    {"99.99", E, true, "99.99"},
    {"99.995", H, true, "100.00"},
    {"99.995", E, false, "Cannot fit decimal '99.995' into DECIMAL(4, 2) without rounding. (Requires 5,3)"},
    {"100", H, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 100"},
    {"100", E, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 100"},
    {"-100", H, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got -100"},
    {"-100", E, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got -100"},
    {"1e10", H, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 10000000000"},
    {"1e10", E, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 10000000000"},
    {"0.0001e4", H, true, "1.00"},
    {"0.0001e4", E, true, "1.00"},
    {"00012.50", H, true, "12.50"},
    {"00012.50", E, true, "12.50"},
    {"0.005", H, true, "0.01"},
    {"0.005", E, false, "Cannot fit decimal '0.005' into DECIMAL(4, 2) without rounding. (Requires 1,3)"},
    {"0.0049999999999999", H, true, "0.00"},
    {"0.0049999999999999", E, false, "Cannot fit decimal '0.0049999999999999' into DECIMAL(4, 2) without rounding. (Requires 14,16)"},
    {"-0.005", H, true, "-0.01"},
    {"-0.005", E, false, "Cannot fit decimal '-0.005' into DECIMAL(4, 2) without rounding. (Requires 1,3)"},
    {"0.0000000000001", H, true, "0.00"},
    {"0.0000000000001", E, false, "Cannot fit decimal '0.0000000000001' into DECIMAL(4, 2) without rounding. (Requires 1,13)"},
    {"1e-40", H, true, "0.00"},
    {"1e-40", E, false, "Cannot fit decimal '0.0000000000000000000000000000000000000001' into DECIMAL(4, 2) without rounding. (Requires 1,40)"},
    {"0e500", H, true, "0.00"},
    {"0e500", E, true, "0.00"},
    {"0e-500", H, true, "0.00"},
    {"0e-500", E, true, "0.00"},
    {"", H, false, ""},
    {"", E, false, ""},
    {"+", H, false, "No digits found."},
    {"+", E, false, "No digits found."},
    {"-", H, false, "No digits found."},
    {"-", E, false, "No digits found."},
    {".", H, false, "No digits found."},
    {".", E, false, "No digits found."},
    {"e5", H, false, "No digits found."},
    {"e5", E, false, "No digits found."},
    {"1e", H, false, ""},
    {"1e", E, false, ""},
    {"1e+", H, false, ""},
    {"1e+", E, false, ""},
    {"1e5.5", H, false, "Not a digit."},
    {"1e5.5", E, false, "Not a digit."},
    {"1.2.3", H, false, "Character array contains more than one decimal point."},
    {"1.2.3", E, false, "Character array contains more than one decimal point."},
    {"abc", H, false, "Character a is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"abc", E, false, "Character a is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"1a", H, false, "Character a is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"1a", E, false, "Character a is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {" 1", H, false, "Character   is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {" 1", E, false, "Character   is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"1 ", H, false, "Character   is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"1 ", E, false, "Character   is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"1_0", H, false, "Character _ is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"1_0", E, false, "Character _ is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"0x1", H, false, "Character x is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"0x1", E, false, "Character x is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"NaN", H, false, "Character N is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"NaN", E, false, "Character N is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"1e99999999999", H, false, "Too many nonzero exponent digits."},
    {"1e99999999999", E, false, "Too many nonzero exponent digits."},
    {"1e00000000000000001", H, true, "10.00"},
    {"1e00000000000000001", E, true, "10.00"},
    {"1e2147483648", H, false, "Exponent overflow."},
    {"1e2147483648", E, false, "Exponent overflow."},
    {"1€", H, false, "Character € is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"1€", E, false, "Character € is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"€1", H, false, "Character € is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"€1", E, false, "Character € is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {"12345678901234567890123456789012345678901234567890", H, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 12345678901234567890123456789012345678901234567890"},
    {"12345678901234567890123456789012345678901234567890", E, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 12345678901234567890123456789012345678901234567890"},
    {"0.12345678901234567890123456789012345678901234567890", H, true, "0.12"},
    {"0.12345678901234567890123456789012345678901234567890", E, false, "Cannot fit decimal '0.12345678901234567890123456789012345678901234567890' into DECIMAL(4, 2) without rounding. (Requires 50,50)"},
};

static const struct {
    double value;
    bool valid;
    const char *result;
} double_rows[] = {
    {0.0, true, "0.00"},
    {-0.0, true, "0.00"},
    {1.0, true, "1.00"},
    {0.1, true, "0.10"},
    {1.005, true, "1.01"},
    {-1.005, true, "-1.01"},
    {12.345, true, "12.35"},
    {99.994, true, "99.99"},
    {99.996, true, "100.00"},
    {100.0, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 100.0"},
    {1.0E10, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 10000000000"},
    {1.0E-7, true, "0.00"},
    {123456.789, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 123456.789"},
    {__builtin_nan(""), false, "Character N is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {-__builtin_inf(), false, "Character I is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."},
    {0.3, true, "0.30"},
    {1.0E22, false, "Numeric field overflow: A field with precision 4 and scale 2 must round to an absolute value less than 10^2. Got 10000000000000000000000"},
};

static const struct {
    const char *text;
    struct decimal_type type;
    uint64_t double_bits;
    int64_t int64;
} conversion_rows[] = {
    {"-0.000000000040443484", {27, 18}, 0xBDC63BEA13660992ULL, 0LL},
    {"0.01", {3, 2}, 0x3F847AE147AE147BULL, 0LL},
    {"0.00000095073", {17, 11}, 0x3EAFE6B561375BC4ULL, 0LL},
    {"-255.69", {5, 2}, 0xC06FF6147AE147AEULL, -255LL},
    {"0.0085", {9, 4}, 0x3F816872B020C49CULL, 0LL},
    {"535245.92370320", {34, 8}, 0x4120559BD8EFA036ULL, 535245LL},
    {"-0.000000000099537", {37, 15}, 0xBDDB5C4B2F375956ULL, 0LL},
    {"857193.883", {36, 3}, 0x412A28D3C4189375ULL, 857193LL},
    {"3122021970155744.79856611012527837931", {37, 20}, 0x43262EECC50631C2ULL, 3122021970155744LL},
    {"-0.0496", {8, 4}, 0xBFA9652BD3C36113ULL, 0LL},
    {"3", {12, 0}, 0x4008000000000000ULL, 3LL},
    {"0.00563553", {19, 8}, 0x3F77154810BAE340ULL, 0LL},
    {"-0.060862430", {20, 9}, 0xBFAF295C44CF67DDULL, 0LL},
    {"504668296315.745498175659820", {31, 15}, 0x425D6024C51EEFB6ULL, 504668296315LL},
    {"0.0000000000294386", {34, 16}, 0x3DC02F1D580B4D9CULL, 0LL},
    {"-0.2", {1, 1}, 0xBFC999999999999AULL, 0LL},
    {"0.0354", {13, 4}, 0x3FA21FF2E48E8A72ULL, 0LL},
    {"6216193797762622.41668886", {24, 8}, 0x43361598672BAE3EULL, 6216193797762622LL},
    {"-6.7418", {6, 4}, 0xC01AF79A6B50B0F2ULL, -6LL},
    {"5.108757856", {17, 9}, 0x40146F5E382ACFF4ULL, 5LL},
    {"0.000013645910", {20, 12}, 0x3EEC9E1796EE433DULL, 0LL},
    {"-0.8", {4, 1}, 0xBFE999999999999AULL, 0LL},
    {"0.000000030414", {23, 12}, 0x3E6054117E2239ACULL, 0LL},
    {"0.0000004595579812584883", {25, 22}, 0x3E9ED7256049A7C7ULL, 0LL},
    {"-8834626721.9137337294", {30, 10}, 0xC20074ADA50F4F54ULL, -8834626721LL},
    {"5035.3628327926769665421627988385", {37, 28}, 0x40B3AB5CE29C2277ULL, 5035LL},
    {"385.5260", {37, 4}, 0x4078186A7EF9DB23ULL, 385LL},
    {"-0.00072", {6, 5}, 0xBF4797CC39FFD60FULL, 0LL},
    {"0.01", {2, 2}, 0x3F847AE147AE147BULL, 0LL},
    {"0.00004193538104", {36, 14}, 0x3F05FC78B88CB11FULL, 0LL},
    {"-26.2212", {17, 4}, 0xC03A38A0902DE00DULL, -26LL},
    {"564606313.1810", {13, 4}, 0x41C0D39AB4972B02ULL, 564606313LL},
    {"0.78395", {24, 5}, 0x3FE9161E4F765FD9ULL, 0LL},
    {"-963804329565.169599", {22, 6}, 0xC26C0CE6DECBA56DULL, -963804329565LL},
    {"726484541", {32, 0}, 0x41C5A6A31E800000ULL, 726484541LL},
    {"0.000000004921547281", {18, 18}, 0x3E35234C680344A3ULL, 0LL},
    {"-0.00000000749", {31, 11}, 0xBE4015ABC9AC0AD2ULL, 0LL},
    {"41814.58", {8, 2}, 0x40E46AD28F5C28F6ULL, 41814LL},
    {"271.9", {4, 1}, 0x4070FE6666666666ULL, 271LL},
    {"-0.00062818180550", {15, 14}, 0xBF44959227C095CEULL, 0LL},
    {"0.05473049208", {20, 11}, 0x3FAC05A29327B97CULL, 0LL},
    {"0.9380738062212", {26, 13}, 0x3FEE04B35BDE8996ULL, 0LL},
    {"-0.00000000000487164643258", {32, 23}, 0xBD956CFC7BD66DD8ULL, 0LL},
    {"0.00000000000003895350341852876", {31, 29}, 0x3D25EDCA9DDE3658ULL, 0LL},
    {"6399930908.97946850118", {29, 11}, 0x41F7D77321CFABE7ULL, 6399930908LL},
    {"-0.00000000003", {11, 11}, 0xBDC07E1FE91B0B70ULL, 0LL},
    {"0.0000000000000000236381500270", {31, 28}, 0x3C7B40C01E543B7DULL, 0LL},
    {"0.00000000000025417740067023389094819", {36, 35}, 0x3D51E2DA5D6831D3ULL, 0LL},
    {"-0.00000000000000000000028818162", {29, 29}, 0xBB75C63E439157A4ULL, 0LL},
    {"16.38", {4, 2}, 0x40306147AE147AE1ULL, 16LL},
    {"21", {3, 0}, 0x4035000000000000ULL, 21LL},
    {"-0.00003488956", {16, 11}, 0xBF024ACC27438F6FULL, 0LL},
    {"321262533647.131", {19, 3}, 0x4252B32F4F03C862ULL, 321262533647LL},
    {"9679.3403", {9, 4}, 0x40C2E7AB8EF34D6AULL, 9679LL},
    {"-95.16648127549", {19, 11}, 0xC057CAA7A114680FULL, -95LL},
    {"1293450159749942.0593151", {31, 7}, 0x4312618B5539ECD8ULL, 1293450159749942LL},
    {"2.3548802499238519826773", {36, 22}, 0x4002D6CB74DB5AA0ULL, 2LL},
    {"-0.0008449773580944949683872665", {35, 28}, 0xBF4BB02F0F3756FDULL, 0LL},
    {"0.000005267408511588281636864", {28, 27}, 0x3ED617D63A07FD19ULL, 0LL},
    {"325.81", {25, 2}, 0x40745CF5C28F5C29ULL, 325LL},
};
/* clang-format on */

static int128 value_of(const char *text, struct decimal_type type)
{
    struct diag diag;
    int128 value = 0;
    diag_reset(&diag);
    assert_ok(decimal_parse(text_of(text), type, E, &value, &diag), &diag);
    return value;
}

static void assert_decimal(int128 value, int32_t scale, const char *expected, const char *what)
{
    char out[128];
    assert_true(decimal_text_bytes_max(scale) < sizeof(out));
    out[decimal_text(out, value, scale)] = '\0';
    if (strcmp(out, expected) != 0) {
        fail_msg("%s gives %s, not %s", what, out, expected);
    }
}

static enum decimal_result apply(size_t row, struct decimal_type *type, int128 *out)
{
    const struct decimal_type at = operator_rows[row].a_type;
    const struct decimal_type bt = operator_rows[row].b_type;
    const int128 a = value_of(operator_rows[row].a, at);
    const int128 b = value_of(operator_rows[row].b, bt);
    switch (operator_rows[row].op) {
    case '+':
        *type = decimal_type_of_add(at, bt);
        return decimal_add(a, at.scale, b, bt.scale, out);
    case '-':
        *type = decimal_type_of_add(at, bt);
        return decimal_subtract(a, at.scale, b, bt.scale, out);
    case '*':
        *type = decimal_type_of_multiply(at, bt);
        return decimal_multiply(a, b, out);
    case '/':
        *type = decimal_type_of_divide(at, bt);
        return decimal_divide(a, at.scale, b, bt.scale, type->scale, out);
    default:
        *type = decimal_type_of_remainder(at, bt);
        return decimal_remainder(a, at.scale, b, bt.scale, type->precision, out);
    }
}

static void operators_give_big_decimal_results(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(operator_rows); i++) {
        char what[160];
        snprintf(what, sizeof(what), "%s %c %s", operator_rows[i].a, operator_rows[i].op,
                 operator_rows[i].b);
        struct decimal_type type = {0, 0};
        int128 value = 0;
        const enum decimal_result result = apply(i, &type, &value);
        if (result == DECIMAL_OK) {
            assert_decimal(value, type.scale, operator_rows[i].result, what);
        } else if (strcmp(decimal_result_message(result), operator_rows[i].result) != 0) {
            fail_msg("%s fails: %s", what, decimal_result_message(result));
        }
    }
}

static void rounding_modes_differ_as_in_java(void **state)
{
    (void)state;
    static const enum decimal_rounding modes[] = {
        DECIMAL_ROUNDING_HALF_UP, DECIMAL_ROUNDING_HALF_DOWN, DECIMAL_ROUNDING_DOWN,
        DECIMAL_ROUNDING_UP,      DECIMAL_ROUNDING_FLOOR,     DECIMAL_ROUNDING_CEILING};
    const struct decimal_type type = {38, 2};
    for (size_t i = 0; i < ROWS(rounding_rows); i++) {
        const int128 value = value_of(rounding_rows[i].value, type);
        for (size_t mode = 0; mode < ROWS(modes); mode++) {
            int128 out = 0;
            assert_int_equal(decimal_rescale(value, 2, 0, modes[mode], &out), DECIMAL_OK);
            assert_decimal(out, 0, rounding_rows[i].rounded[mode], rounding_rows[i].value);
        }
    }
}

static void rescale_reports_what_it_cannot_do(void **state)
{
    (void)state;
    int128 out = 7;
    assert_int_equal(decimal_rescale(150, 2, 1, E, &out), DECIMAL_OK);
    assert_true(out == 15);
    assert_int_equal(decimal_rescale(151, 2, 1, E, &out), DECIMAL_INEXACT);
    assert_int_equal(decimal_rescale(1, 0, 39, E, &out), DECIMAL_OVERFLOW);
    assert_int_equal(decimal_rescale(2, 0, 38, E, &out), DECIMAL_OVERFLOW);
    assert_true(out == 15);
    assert_int_equal(decimal_rescale(1, 100, 0, E, &out), DECIMAL_INEXACT);
    assert_int_equal(decimal_rescale(-1, 100, 0, DECIMAL_ROUNDING_FLOOR, &out), DECIMAL_OK);
    assert_true(out == -1);
    assert_int_equal(decimal_rescale(0, 0, 1000, E, &out), DECIMAL_OK);
    assert_int_equal(decimal_rescale(1250, 0, -2, H, &out), DECIMAL_OK);
    assert_true(out == 13);
}

static void text_is_read_like_big_decimal(void **state)
{
    (void)state;
    const struct decimal_type type = {4, 2};
    for (size_t i = 0; i < ROWS(parse_rows); i++) {
        struct diag diag;
        diag_reset(&diag);
        int128 value = 0;
        const enum status status =
            decimal_parse(text_of(parse_rows[i].text), type, parse_rows[i].rounding, &value, &diag);
        if (parse_rows[i].valid != (status == STATUS_OK)) {
            fail_msg("'%s': %s", parse_rows[i].text, diag.message);
        }
        if (status == STATUS_OK) {
            assert_decimal(value, type.scale, parse_rows[i].result, parse_rows[i].text);
        } else if (parse_rows[i].result[0]) {
            assert_string_equal(diag.message, parse_rows[i].result);
        }
    }
}

static void doubles_go_through_their_text(void **state)
{
    (void)state;
    const struct decimal_type type = {4, 2};
    for (size_t i = 0; i < ROWS(double_rows); i++) {
        struct diag diag;
        diag_reset(&diag);
        int128 value = 0;
        const enum status status = decimal_of_double(double_rows[i].value, type, H, &value, &diag);
        assert_int_equal(status == STATUS_OK, double_rows[i].valid);
        if (status == STATUS_OK) {
            assert_decimal(value, type.scale, double_rows[i].result, "double");
        } else {
            assert_string_equal(diag.message, double_rows[i].result);
        }
    }
}

static void values_convert_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(conversion_rows); i++) {
        const struct decimal_type type = conversion_rows[i].type;
        const int128 value = value_of(conversion_rows[i].text, type);
        const double number = decimal_to_double(value, type.scale);
        uint64_t bits = 0;
        memcpy(&bits, &number, sizeof(bits));
        assert_int_equal(bits, conversion_rows[i].double_bits);
        assert_int_equal(decimal_to_int64(value, type.scale), conversion_rows[i].int64);
        assert_decimal(value, type.scale, conversion_rows[i].text, "text");
    }
}

static void casts_check_the_bound_before_rounding(void **state)
{
    (void)state;
    struct diag diag;
    diag_reset(&diag);
    int128 out = 0;
    assert_ok(decimal_cast(9995, 3, (struct decimal_type){3, 2}, H, &out, &diag), &diag);
    assert_true(out == 1000);
    assert_ok(decimal_of_int64(-99, (struct decimal_type){4, 2}, &out, &diag), &diag);
    assert_true(out == -9900);
    assert_int_equal(decimal_of_int64(100, (struct decimal_type){4, 2}, &out, &diag),
                     STATUS_INVALID);
    assert_string_equal(diag.message, "Numeric field overflow: A field with precision 4 and scale "
                                      "2 must round to an absolute value less than 10^2. Got 100");
    assert_int_equal(decimal_cast(12345, 3, (struct decimal_type){4, 2}, E, &out, &diag),
                     STATUS_INVALID);
    assert_string_equal(diag.message, "Cannot fit decimal '12.345' into DECIMAL(4, 2) without "
                                      "rounding. (Requires 5,3)");
    assert_true(out == -9900);
}

static void thirty_eight_digits_are_the_limit(void **state)
{
    (void)state;
    struct diag diag;
    diag_reset(&diag);
    int128 out = 0;
    const struct decimal_type wide = {50, 30};
    assert_ok(decimal_parse(TEXT("99999999"), wide, E, &out, &diag), &diag);
    assert_int_equal(decimal_parse(TEXT("100000000"), wide, E, &out, &diag), STATUS_INVALID);
    assert_string_equal(diag.message, "DECIMAL(50, 30) value needs more than 38 digits: 100000000");
    int128 most = 0;
    const char *nines = "99999999999999999999999999999999999999";
    assert_ok(decimal_parse(text_of(nines), (struct decimal_type){38, 0}, E, &most, &diag), &diag);
    assert_int_equal(decimal_add(most, 0, 2, 0, &out), DECIMAL_OVERFLOW);
    assert_int_equal(decimal_multiply(most, most, &out), DECIMAL_OVERFLOW);
    assert_int_equal(decimal_digits(most), 38);
    assert_int_equal(decimal_digits(0), 1);
    assert_int_equal(decimal_digits(-1000), 4);
}

static void comparison_ignores_the_scale(void **state)
{
    (void)state;
    const int128 most =
        value_of("99999999999999999999999999999999999999", (struct decimal_type){38, 0});
    assert_int_equal(decimal_compare(10, 1, 100, 2), 0);
    assert_int_equal(decimal_compare(0, 0, 0, 30), 0);
    assert_true(decimal_compare(11, 1, 100, 2) > 0);
    assert_true(decimal_compare(-11, 1, -100, 2) < 0);
    assert_true(decimal_compare(-1, 0, 1, 38) < 0);
    assert_true(decimal_compare(most, 0, most, 38) > 0);
    assert_true(decimal_compare(-most, 0, -most, 38) < 0);
    assert_true(decimal_compare(most, 38, most, 0) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_give_big_decimal_results),
        cmocka_unit_test(rounding_modes_differ_as_in_java),
        cmocka_unit_test(rescale_reports_what_it_cannot_do),
        cmocka_unit_test(text_is_read_like_big_decimal),
        cmocka_unit_test(doubles_go_through_their_text),
        cmocka_unit_test(values_convert_back),
        cmocka_unit_test(casts_check_the_bound_before_rounding),
        cmocka_unit_test(thirty_eight_digits_are_the_limit),
        cmocka_unit_test(comparison_ignores_the_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
