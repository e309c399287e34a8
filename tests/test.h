/* test.h: what every cmocka test includes, in the order that cmocka needs. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"

/* Requires STATUS_OK and prints the diag's message where it is not. */
#define assert_ok(call, diag)                                                                      \
    do {                                                                                           \
        const enum status assert_ok_status_ = (call);                                              \
        if (assert_ok_status_ != STATUS_OK) {                                                      \
            fail_msg("%s: %s: %s", #call, status_name(assert_ok_status_), (diag)->message);        \
        }                                                                                          \
    } while (0)

#endif
