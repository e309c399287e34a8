/* test_case.h: files of test cases: read, and their cases multiplied.
 *
 * A file is {"tests": [case, ...]}, in the form in which ksqlDB publishes its own cases (docs:
 * tests/conformance/README.md). A case whose member "format" lists several formats stands for
 * one case per format, with {FORMAT} replaced everywhere; "config" and {CONFIG} likewise.
 * Thread: one at a time. */
#ifndef SHELL_TEST_CASE_H
#define SHELL_TEST_CASE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "shell/test_tree.h"

struct test_file {
    struct arena arena;
    const char *path; /* borrowed */
    struct buffer text;
    const struct tree *tests; /* the first case */
};

struct test_case {
    struct text file;        /* the path's last part */
    struct text name;        /* with " - " and the format or configuration where it has several */
    const struct tree *body; /* after replacement */
    bool is_rest;            /* to be asked of a server: it says what to answer, or lies in rest/ */
};

/* Initialises file in place; release it in any case. */
MUST_USE enum status test_file_open(struct test_file *file, const char *path, struct diag *diag);
void test_file_release(struct test_file *file);

/* Calls visit for each case, in order; the case lives until visit returns. Ends early when visit
 * fails, with its status. */
typedef enum status test_case_visit(void *context, const struct test_case *test, struct diag *diag);
MUST_USE enum status test_file_each(const struct test_file *file, test_case_visit *visit,
                                    void *context, struct diag *diag);

/* Whether the version whose behaviour Leat follows lies outside of the case's "versions". */
MUST_USE enum status test_case_is_excluded(const struct test_case *test, bool *out,
                                           struct diag *diag);

#endif
