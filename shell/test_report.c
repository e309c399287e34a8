/* test_report.c
 *
 * Results are printed as they come, so that a run that is stopped has said something. The JUnit
 * file counts its cases in its first element, so its elements are kept until the end.
 */
#include "shell/test_report.h"

#include <errno.h>
#include <string.h>

#include "base/utf8.h"

static const char *const verdict_names[TEST_VERDICT_COUNT] = {
    [TEST_PASSED] = "pass", [TEST_FAILED] = "FAIL", [TEST_SKIPPED] = "skip"};

void test_report_init(struct test_report *report, bool is_verbose)
{
    *report = (struct test_report){.is_verbose = is_verbose};
    buffer_init(&report->cases);
}

void test_report_release(struct test_report *report)
{
    buffer_release(&report->cases);
}

/* Any bytes: what is not UTF-8, and characters that XML has no way to write, are replaced. */
static void append_xml(struct buffer *out, struct text text)
{
    const char *at = text.data;
    while (at < text.data + text.bytes) {
        char encoded[UTF8_BYTES_MAX];
        const uint32_t code = utf8_next(&at, text.data + text.bytes);
        if (code == '<') {
            buffer_append_string(out, "&lt;");
        } else if (code == '&') {
            buffer_append_string(out, "&amp;");
        } else if (code == '"') {
            buffer_append_string(out, "&quot;");
        } else {
            const bool is_writable = code >= ' ' || code == '\n' || code == '\t';
            buffer_append(out, encoded, utf8_encode(encoded, is_writable ? code : '?'));
        }
    }
}

static void append_case(struct buffer *out, struct text file, struct text name,
                        enum test_verdict verdict, struct text why_not, double seconds)
{
    buffer_append_string(out, "  <testcase classname=\"");
    append_xml(out, file);
    buffer_append_string(out, "\" name=\"");
    append_xml(out, name);
    buffer_printf(out, "\" time=\"%.3f\">", seconds);
    if (verdict == TEST_SKIPPED) {
        buffer_append_string(out, "<skipped/>");
    } else if (verdict == TEST_FAILED) {
        buffer_append_string(out, "<failure>");
        append_xml(out, why_not);
        buffer_append_string(out, "</failure>");
    }
    buffer_append_string(out, "</testcase>\n");
}

static void print_indented(struct text lines)
{
    for (size_t i = 0; i < lines.bytes; i++) {
        if (i == 0 || lines.data[i - 1] == '\n') {
            (void)fputs("    ", stdout);
        }
        (void)putchar(lines.data[i]);
    }
    if (lines.bytes > 0) {
        (void)putchar('\n');
    }
}

void test_report_add(struct test_report *report, struct text file, struct text name,
                     enum test_verdict verdict, struct text why_not, double seconds)
{
    report->counts[verdict]++;
    append_case(&report->cases, file, name, verdict, why_not, seconds);
    if (verdict == TEST_FAILED || report->is_verbose) {
        (void)printf("%s %.*s: %.*s\n", verdict_names[verdict], TEXT_ARGS(file), TEXT_ARGS(name));
        print_indented(why_not);
    }
}

void test_report_print_summary(const struct test_report *report)
{
    (void)printf("%u passed, %u failed, %u skipped\n", report->counts[TEST_PASSED],
                 report->counts[TEST_FAILED], report->counts[TEST_SKIPPED]);
}

enum status test_report_write_junit(struct test_report *report, const char *path, struct diag *diag)
{
    TRY(buffer_status(&report->cases, diag));
    FILE *file = fopen(path, "we");
    if (!file) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot write %s: %s", path,
                         strerror(errno));
    }
    const uint32_t *counts = report->counts;
    (void)fprintf(file,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<testsuite name=\"leat test\" tests=\"%u\" failures=\"%u\" skipped=\"%u\">\n",
                  counts[TEST_PASSED] + counts[TEST_FAILED] + counts[TEST_SKIPPED],
                  counts[TEST_FAILED], counts[TEST_SKIPPED]);
    (void)fwrite(report->cases.data, 1, report->cases.bytes, file);
    (void)fputs("</testsuite>\n", file);
    const bool is_written = !ferror(file);
    return fclose(file) == 0 && is_written
               ? STATUS_OK
               : diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot write %s", path);
}
