/* base64_test.c: encoding and decoding agree with java.util.Base64. */
#include "tests/test.h"

#include "base/base64.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
static const struct {
    const char *text;
    bool valid;
    size_t bytes;
    const char *data; /* or the message */
} decode_rows[] = {
    {"", true, 0, ""},
    {"=", false, 0, "Input byte[] should at least have 2 bytes for base64 bytes"},
    {"==", false, 0, "Input byte array has wrong 4-byte ending unit"},
    {"A", false, 0, "Input byte[] should at least have 2 bytes for base64 bytes"},
    {"AA", true, 1, "\000"},
    {"AA=", false, 0, "Input byte array has wrong 4-byte ending unit"},
    {"AA==", true, 1, "\000"},
    {"AA===", false, 0, "Input byte array has incorrect ending byte at 4"},
    {"AAA", true, 2, "\000\000"},
    {"AAA=", true, 2, "\000\000"},
    {"AAA==", false, 0, "Input byte array has incorrect ending byte at 4"},
    {"AAAA", true, 3, "\000\000\000"},
    {"AAAA=", false, 0, "Input byte array has wrong 4-byte ending unit"},
    {"AAAAA", false, 0, "Last unit does not have enough valid bits"},
    {"AAAAAA", true, 4, "\000\000\000\000"},
    {"AAAAAA==", true, 4, "\000\000\000\000"},
    {"AB==", true, 1, "\000"},
    {"/w==", true, 1, "\377"},
    {"_w==", false, 0, "Illegal base64 character 5f"},
    {"-w==", false, 0, "Illegal base64 character 2d"},
    {"+/+/", true, 3, "\373\377\277"},
    {"A A=", false, 0, "Illegal base64 character 20"},
    {"AA==AA==", false, 0, "Input byte array has incorrect ending byte at 4"},
    {"AAA=A", false, 0, "Input byte array has incorrect ending byte at 4"},
    {"A=AA", false, 0, "Last unit does not have enough valid bits"},
    {"A===", false, 0, "Last unit does not have enough valid bits"},
    {"QQ\n==", false, 0, "Illegal base64 character a"},
    {"YWJj", true, 3, "\141\142\143"},
    {"YWJjZA==", true, 4, "\141\142\143\144"},
    {"YWJjZA=", false, 0, "Input byte array has wrong 4-byte ending unit"},
    {"YWJjZA", true, 4, "\141\142\143\144"},
    {"YWJjZGU=", true, 5, "\141\142\143\144\145"},
    {"AAAé", false, 0, "Illegal base64 character -17"},
    {"AA€A", false, 0, "Illegal base64 character 3f"},
    {"ÿA", false, 0, "Illegal base64 character -1"},
    {"A*", false, 0, "Illegal base64 character 2a"},
};

static const struct {
    size_t bytes;
    const char *data;
    const char *text;
} encode_rows[] = {
    {0, "", ""},
    {1, "\114", "TA=="},
    {2, "\230\005", "mAU="},
    {3, "\205\210\054", "hYgs"},
    {4, "\352\347\044\316", "6uckzg=="},
    {5, "\360\306\056\021\204", "8MYuEYQ="},
    {6, "\212\357\245\304\050\304", "iu+lxCjE"},
    {7, "\246\232\062\072\163\106\062", "ppoyOnNGMg=="},
    {8, "\343\264\012\251\204\050\122\132", "47QKqYQoUlo="},
    {9, "\213\050\202\316\035\267\005\021\252", "iyiCzh23BRGq"},
    {10, "\314\157\134\151\140\330\250\317\023\125", "zG9caWDYqM8TVQ=="},
    {11, "\074\314\006\362\247\337\147\335\236\214\031", "PMwG8qffZ92ejBk="},
    {12, "\110\254\077\266\163\335\007\351\266\327\234\223", "SKw/tnPdB+m215yT"},
    {13, "\315\014\310\377\322\266\225\012\032\365\074\212\366", "zQzI/9K2lQoa9TyK9g=="},
    {14, "\025\101\076\372\362\062\254\172\235\141\217\050\147\103", "FUE++vIyrHqdYY8oZ0M="},
    {15, "\025\023\221\214\121\325\245\166\000\237\362\027\362\377\144", "FRORjFHVpXYAn/IX8v9k"},
    {16, "\363\007\202\161\214\333\347\147\022\121\261\151\207\134\372\022", "8weCcYzb52cSUbFph1z6Eg=="},
    {17, "\263\347\127\111\362\302\036\355\341\054\123\053\205\134\002\273\314", "s+dXSfLCHu3hLFMrhVwCu8w="},
    {18, "\214\047\021\034\160\205\163\361\137\317\334\035\370\376\376\343\135\017", "jCcRHHCFc/Ffz9wd+P7+410P"},
    {19, "\247\157\047\211\173\327\245\214\113\000\131\222\352\045\114\140\212\261\015", "p28niXvXpYxLAFmS6iVMYIqxDQ=="},
    {20, "\135\173\327\133\207\353\326\260\374\253\047\043\255\360\021\366\004\245\020\031", "XXvXW4fr1rD8qycjrfAR9gSlEBk="},
    {21, "\255\354\162\125\243\037\155\154\347\323\217\102\224\063\102\127\327\124\134\153\176", "rexyVaMfbWzn049ClDNCV9dUXGt+"},
    {22, "\106\014\032\040\064\003\151\073\105\316\163\277\072\124\234\017\102\171\364\167\071\017", "RgwaIDQDaTtFznO/OlScD0J59Hc5Dw=="},
    {23, "\264\075\116\053\127\117\261\077\064\334\217\163\204\022\364\154\366\344\163\110\062\306\004", "tD1OK1dPsT803I9zhBL0bPbkc0gyxgQ="},
};
/* clang-format on */

static void decoder_takes_and_refuses_what_java_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(decode_rows); i++) {
        const struct text text = text_of(decode_rows[i].text);
        struct diag diag;
        diag_reset(&diag);
        char out[32];
        size_t bytes = 99;
        assert_true(base64_decoded_bytes_max(text.bytes) <= sizeof(out));
        const enum status status = base64_decode(text, out, &bytes, &diag);
        if (!decode_rows[i].valid) {
            assert_int_equal(status, STATUS_INVALID);
            assert_string_equal(diag.message, decode_rows[i].data);
            assert_int_equal(bytes, 99);
        } else {
            assert_ok(status, &diag);
            assert_int_equal(bytes, decode_rows[i].bytes);
            assert_memory_equal(out, decode_rows[i].data, bytes);
        }
    }
}

static void bytes_of_every_length_survive_the_round_trip(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(encode_rows); i++) {
        const struct text data = {encode_rows[i].data, encode_rows[i].bytes};
        char text[64];
        char back[64];
        size_t bytes = 0;
        struct diag diag;
        diag_reset(&diag);
        const size_t length = base64_encode(text, data);
        assert_int_equal(length, base64_encoded_bytes(data.bytes));
        assert_int_equal(length, strlen(encode_rows[i].text));
        assert_memory_equal(text, encode_rows[i].text, length);
        assert_ok(base64_decode((struct text){text, length}, back, &bytes, &diag), &diag);
        assert_int_equal(bytes, data.bytes);
        assert_memory_equal(back, data.data, bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoder_takes_and_refuses_what_java_does),
        cmocka_unit_test(bytes_of_every_length_survive_the_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
