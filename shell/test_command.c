/* test_command.c
 *
 * `leat test`: files and directories of test cases, one after the other, each case in a process
 * of its own. What fails is shown with what was expected; the last line counts.
 */
#include "shell/test_command.h"

#include <errno.h>
#include <fts.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bounds.h"
#include "base/buffer.h"
#include "shell/file_text.h"
#include "shell/options.h"
#include "shell/test_case.h"
#include "shell/test_report.h"
#include "shell/test_sql.h"
#include "shell/test_worker.h"

struct test_session {
    bool is_verbose;
    const char *only; /* NULL: all cases */
    int64_t batch_rows;
    const char *junit_path;
    struct extension_options extensions;
    struct buffer why_not; /* of the case at hand */
    struct test_report report;
    struct diag diag;
};

static const struct option_row rows[] = {
    {"only", OPTION_TEXT, offsetof(struct test_session, only), "TEXT",
     "only cases whose name or file contains TEXT", 0, 0},
    {"batch", OPTION_NUMBER, offsetof(struct test_session, batch_rows), "N",
     "hand up to N records at a time to the operators (default 1)", 1, BATCH_ROWS_MAX},
    {"verbose", OPTION_FLAG, offsetof(struct test_session, is_verbose), NULL,
     "show the cases that pass, too", 0, 0},
    {"junit", OPTION_TEXT, offsetof(struct test_session, junit_path), "FILE",
     "also write the results to FILE, as JUnit does", 0, 0},
    {"extension", OPTION_EXTENSION, offsetof(struct test_session, extensions), "FILE",
     "load functions from a shared object; may be repeated", 0, 0},
};

static const struct option_table options = {
    .command = "leat test",
    .usage = "usage: leat test [OPTIONS] PATH...\n\n"
             "Runs the test cases in the files given, and in all *.json and *.sql below the\n"
             "directories given. The form is that of ksqlDB's own cases: statements, input\n"
             "records and the output records that must follow, or SQL with assertions.\n\n",
    .footer = "\nExit code: 0 all passed, 1 a case failed, 2 wrong usage or no case found.\n",
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

/* --- Cases -------------------------------------------------------------------------------- */

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static bool contains(struct text text, const char *part)
{
    return memmem(text.data, text.bytes, part, strlen(part)) != NULL;
}

static struct test_options case_options(const struct test_session *session)
{
    return (struct test_options){.batch_rows = (uint32_t)session->batch_rows,
                                 .extensions = session->extensions.paths,
                                 .extension_count = session->extensions.count};
}

static enum status judge_case(struct test_session *session, const struct test_case *test,
                              enum test_verdict *out, struct diag *diag)
{
    bool is_excluded = false;
    bool is_passed = false;
    *out = TEST_FAILED;
    if (test_case_is_excluded(test, &is_excluded, diag) != STATUS_OK) {
        buffer_append_string(&session->why_not, diag->message);
        return STATUS_OK;
    }
    if (is_excluded) {
        *out = TEST_SKIPPED;
        return STATUS_OK;
    }
    const struct test_options how = case_options(session);
    TRY(test_worker_run(test, &how, &is_passed, &session->why_not, diag));
    *out = is_passed ? TEST_PASSED : TEST_FAILED;
    return STATUS_OK;
}

static enum status run_case(void *context, const struct test_case *test, struct diag *diag)
{
    struct test_session *session = context;
    enum test_verdict verdict = TEST_FAILED;
    if (session->only && !contains(test->name, session->only) &&
        !contains(test->file, session->only)) {
        return STATUS_OK;
    }
    const double start = seconds_now();
    buffer_reset(&session->why_not);
    TRY(judge_case(session, test, &verdict, diag));
    test_report_add(&session->report, test->file, test->name, verdict,
                    buffer_text(&session->why_not), seconds_now() - start);
    return STATUS_OK;
}

/* A file that cannot be read to its end counts as one failed case. */
static void run_file(struct test_session *session, const char *path)
{
    struct test_file file;
    enum status status = test_file_open(&file, path, &session->diag);
    if (status == STATUS_OK) {
        status = test_file_each(&file, run_case, session, &session->diag);
    }
    if (status != STATUS_OK) {
        test_report_add(&session->report, text_of(path), TEXT("(the file)"), TEST_FAILED,
                        text_of(session->diag.message), 0);
    }
    test_file_release(&file);
}

/* --- Files -------------------------------------------------------------------------------- */

static int compare_names(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_case_file(const FTSENT *entry)
{
    const struct text name = {entry->fts_name, entry->fts_namelen};
    const struct text suffix = TEXT(".json");
    return entry->fts_level == 0 || /* given by name */
           test_sql_is_path(entry->fts_name) ||
           (name.bytes > suffix.bytes &&
            strcmp(name.data + name.bytes - suffix.bytes, suffix.data) == 0);
}

/* Returns -1, or the exit code when a path cannot be read. */
static int run_paths(struct test_session *session, char **paths)
{
    int code = -1;
    FTS *walk = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, compare_names);
    FTSENT *entry = NULL;
    while (walk && (entry = fts_read(walk))) {
        if (entry->fts_info == FTS_F && is_case_file(entry)) {
            run_file(session, entry->fts_path);
        } else if (entry->fts_info == FTS_NS || entry->fts_info == FTS_DNR ||
                   entry->fts_info == FTS_ERR) {
            (void)fprintf(stderr, "leat test: %s: %s\n", entry->fts_path,
                          strerror(entry->fts_errno));
            code = 2;
        }
    }
    if (!walk) {
        (void)fprintf(stderr, "leat test: %s\n", strerror(errno));
        return 2;
    }
    (void)fts_close(walk);
    return code;
}

static int finish(struct test_session *session, int code)
{
    const uint32_t *counts = session->report.counts;
    if (session->junit_path && test_report_write_junit(&session->report, session->junit_path,
                                                       &session->diag) != STATUS_OK) {
        (void)fprintf(stderr, "leat test: %s\n", session->diag.message);
        code = 2;
    }
    if (code < 0 && counts[TEST_PASSED] + counts[TEST_FAILED] + counts[TEST_SKIPPED] == 0) {
        (void)fputs("leat test: there is no such case\n", stderr);
        code = 2;
    }
    test_report_print_summary(&session->report);
    if (code >= 0) {
        return code;
    }
    return counts[TEST_FAILED] > 0 ? 1 : 0;
}

int test_command(int argc, char **argv)
{
    struct test_session session = {.batch_rows = 1};
    int first = 0;
    int code = options_parse(&options, argc, argv, &session, &first);
    if (code == OPTIONS_GO_ON && first == argc) {
        code = options_usage_error(&options, "a file or directory is needed");
    }
    if (code != OPTIONS_GO_ON) {
        return code;
    }
    const struct test_options how = case_options(&session);
    if (test_options_check(&how, &session.diag) != STATUS_OK) {
        (void)fprintf(stderr, "leat test: %s\n", session.diag.message);
        return 2;
    }
    buffer_init(&session.why_not);
    test_report_init(&session.report, session.is_verbose);
    code = finish(&session, run_paths(&session, argv + first));
    test_report_release(&session.report);
    buffer_release(&session.why_not);
    return code;
}
