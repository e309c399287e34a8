/* test_case.h: files of test cases: read, and their cases multiplied. What ends in .sql holds SQL
 * test cases (shell/test_sql.h), anything else JSON:
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
    bool is_sql;
    const struct tree *tests; /* the first case; JSON only */
};

struct test_case {
    struct text file;        /* the path's last part */
    struct text name;        /* with " - " and the format or configuration where it has several */
    const char *path;        /* of the file, whole */
    const struct tree *body; /* after replacement; NULL: an SQL case */
    struct text sql;         /* of an SQL case: its text, directives included */
    bool is_rest;            /* to be asked of a server: it says what to answer, or lies in rest/ */
};

/* Initialises file in place; release it in any case. */
MUST_USE enum status test_file_open(struct test_file *file, const char *path, struct diag *diag);
void test_file_release(struct test_file *file);
/* The path's last part. */
struct text test_file_name(const struct test_file *file);

/* Calls visit for each case, in order; the case lives until visit returns. Ends early when visit
 * fails, with its status. */
typedef enum status test_case_visit(void *context, const struct test_case *test, struct diag *diag);
MUST_USE enum status test_file_each(const struct test_file *file, test_case_visit *visit,
                                    void *context, struct diag *diag);

/* Whether the version whose behaviour Leat follows lies outside of the case's "versions". */
MUST_USE enum status test_case_is_excluded(const struct test_case *test, bool *out,
                                           struct diag *diag);

#endif
