/* test_report.h: what became of the cases: lines for people, a JUnit file for tools.
 *
 * Thread: one at a time. */
#ifndef SHELL_TEST_REPORT_H
#define SHELL_TEST_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/status.h"
#include "base/text.h"

enum test_verdict { TEST_PASSED, TEST_FAILED, TEST_SKIPPED, TEST_VERDICT_COUNT };

struct test_report {
    bool is_verbose;
    uint32_t counts[TEST_VERDICT_COUNT];
    struct buffer cases; /* the JUnit elements */
};

void test_report_init(struct test_report *report, bool is_verbose);
void test_report_release(struct test_report *report);

/* Prints the case if it failed (or is_verbose) and keeps it for the JUnit file. */
void test_report_add(struct test_report *report, struct text file, struct text name,
                     enum test_verdict verdict, struct text why_not, double seconds);

/* "N passed, N failed, N skipped". */
void test_report_print_summary(const struct test_report *report);

MUST_USE enum status test_report_write_junit(struct test_report *report, const char *path,
                                             struct diag *diag);

#endif
