/* status_test.c: what a diag holds after a failure. */
#include "tests/test.h"

static void failure_fills_the_diag_and_returns_its_status(void **state)
{
    (void)state;
    struct diag diag;
    diag_reset(&diag);
    const struct sql_pos pos = {.line = 2, .column = 7};
    assert_int_equal(diag_fail(&diag, STATUS_MISSING, pos, "no '%s'", "X"), STATUS_MISSING);
    assert_string_equal(diag.message, "no 'X'");
    assert_int_equal(diag.pos.line, 2);
    diag_prefix(&diag, "Invalid %s: ", "Select");
    diag_append(&diag, "!");
    assert_string_equal(diag.message, "Invalid Select: no 'X'!");
}

static void long_message_is_cut_between_characters(void **state)
{
    (void)state;
    static char text[DIAG_MESSAGE_BYTES_MAX + 10];
    for (size_t i = 0; i + 2 < sizeof(text); i += 2) {
        memcpy(text + i, "\xC3\xA4", 2);
    }
    struct diag diag;
    diag_reset(&diag);
    (void)diag_fail(&diag, STATUS_INVALID, SQL_POS_NONE, "%s", text);
    assert_int_equal(strlen(diag.message) % 2, 0);
    assert_true(strlen(diag.message) >= DIAG_MESSAGE_BYTES_MAX - 3);
}

static void a_missing_diag_is_allowed(void **state)
{
    (void)state;
    assert_int_equal(diag_fail(NULL, STATUS_IO, SQL_POS_NONE, "x"), STATUS_IO);
    assert_true(status_is_retriable(STATUS_NO_MEMORY));
    assert_false(status_is_retriable(STATUS_INVALID));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failure_fills_the_diag_and_returns_its_status),
        cmocka_unit_test(long_message_is_cut_between_characters),
        cmocka_unit_test(a_missing_diag_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
