/* crc32c_test.c: the checksum is the standard one and can be continued. */
#include "tests/test.h"

#include "state/crc32c.h"

static void known_values_are_met(void **state)
{
    (void)state;
    assert_int_equal(crc32c(0, "123456789", 9), 0xE3069283U);
    assert_int_equal(crc32c(0, "", 0), 0);
    const char zeros[32] = {0};
    assert_int_equal(crc32c(0, zeros, sizeof(zeros)), 0x8A9136AAU);
}

static void pieces_give_the_same_as_the_whole(void **state)
{
    (void)state;
    const char *text = "the quick brown fox jumps over the lazy dog";
    const size_t bytes = strlen(text);
    for (size_t cut = 0; cut <= bytes; cut++) {
        assert_int_equal(crc32c(crc32c(0, text, cut), text + cut, bytes - cut),
                         crc32c(0, text, bytes));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values_are_met),
        cmocka_unit_test(pieces_give_the_same_as_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
