/* test_command.c
 *
 * `leat test`: files and directories of test cases, one after the other, each case in a process
 * of its own. What fails is shown with what was expected; the last line counts.
 */
#include "shell/test_command.h"

#include <errno.h>
#include <fts.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bounds.h"
#include "base/buffer.h"
#include "shell/file_text.h"
#include "shell/test_case.h"
#include "shell/test_report.h"
#include "shell/test_worker.h"

struct test_session {
    bool is_verbose;
    const char *only; /* NULL: all cases */
    int64_t batch_rows;
    const char *junit_path;
    struct buffer why_not; /* of the case at hand */
    struct test_report report;
    struct diag diag;
};

static const char help[] =
    "usage: leat test [OPTIONS] PATH...\n\n"
    "Runs the test cases in the files given, and in all *.json below the directories given. The\n"
    "form is that of ksqlDB's own cases: statements, input records and the output records that\n"
    "must follow.\n\n"
    "  --only TEXT    only cases whose name or file contains TEXT\n"
    "  --batch N      hand up to N records at a time to the operators (default 1)\n"
    "  --verbose      show the cases that pass, too\n"
    "  --junit FILE   also write the results to FILE, as JUnit does\n"
    "  --help         print this\n\n"
    "Exit code: 0 all passed, 1 a case failed, 2 wrong usage or no case found.\n";

enum { OPTION_HELP = 1, OPTION_ONLY, OPTION_BATCH, OPTION_VERBOSE, OPTION_JUNIT };

static const struct option options[] = {
    {"help", no_argument, NULL, OPTION_HELP},
    {"only", required_argument, NULL, OPTION_ONLY},
    {"batch", required_argument, NULL, OPTION_BATCH},
    {"verbose", no_argument, NULL, OPTION_VERBOSE},
    {"junit", required_argument, NULL, OPTION_JUNIT},
    {NULL, 0, NULL, 0},
};

/* --- Options ------------------------------------------------------------------------------ */

static int usage_error(const char *message)
{
    (void)fprintf(stderr, "leat test: %s\n\n%s", message, help);
    return 2;
}

/* Returns -1 to go on, or the exit code. */
static int take_option(struct test_session *session, int option)
{
    switch (option) {
    case OPTION_HELP:
        (void)fputs(help, stdout);
        return 0;
    case OPTION_ONLY:
        session->only = optarg;
        return -1;
    case OPTION_VERBOSE:
        session->is_verbose = true;
        return -1;
    case OPTION_JUNIT:
        session->junit_path = optarg;
        return -1;
    case OPTION_BATCH:
        return number_option_parse("batch", optarg, 1, BATCH_ROWS_MAX, &session->batch_rows,
                                   &session->diag) == STATUS_OK
                   ? -1
                   : usage_error(session->diag.message);
    default:
        (void)fputs(help, stderr);
        return 2;
    }
}

static int take_options(struct test_session *session, int argc, char **argv)
{
    int option = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        const int code = take_option(session, option);
        if (code >= 0) {
            return code;
        }
    }
    return optind < argc ? -1 : usage_error("a file or directory is needed");
}

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
    TRY(test_worker_run(test, (uint32_t)session->batch_rows, &is_passed, &session->why_not, diag));
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
    int code = take_options(&session, argc, argv);
    if (code >= 0) {
        return code;
    }
    buffer_init(&session.why_not);
    test_report_init(&session.report, session.is_verbose);
    code = finish(&session, run_paths(&session, argv + optind));
    test_report_release(&session.report);
    buffer_release(&session.why_not);
    return code;
}
