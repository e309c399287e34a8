/* file_text.c
 *
 * Small things that every subcommand needs once.
 */
#include "shell/file_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status read_stream(FILE *file, const char *path, struct buffer *out,
                               struct diag *diag)
{
    char chunk[65536];
    size_t bytes = 0;
    while ((bytes = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        buffer_append(out, chunk, bytes);
    }
    if (ferror(file)) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot read %s", path);
    }
    return buffer_status(out, diag);
}

enum status file_text_read(const char *path, struct buffer *out, struct diag *diag)
{
    if (strcmp(path, "-") == 0) {
        return read_stream(stdin, "standard input", out, diag);
    }
    FILE *file = fopen(path, "re");
    if (!file) {
        return diag_fail(diag, STATUS_MISSING, SQL_POS_NONE, "cannot open %s: %s", path,
                         strerror(errno));
    }
    const enum status status = read_stream(file, path, out, diag);
    (void)fclose(file);
    return status;
}

enum status durability_parse(const char *name, enum durability *out, struct diag *diag)
{
    if (strcmp(name, "power-loss") == 0) {
        *out = DURABILITY_POWER_LOSS;
        return STATUS_OK;
    }
    if (strcmp(name, "process-crash") == 0) {
        *out = DURABILITY_PROCESS_CRASH;
        return STATUS_OK;
    }
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                     "durability can be power-loss or process-crash, not '%s'", name);
}

enum status number_option_parse(const char *option, const char *text, int64_t min, int64_t max,
                                int64_t *out, struct diag *diag)
{
    char *end = NULL;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < min || value > max) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "--%s wants a whole number from %" PRId64 " to %" PRId64 ", not '%s'",
                         option, min, max, text);
    }
    *out = value;
    return STATUS_OK;
}

enum status extension_option_add(struct extension_options *extensions, const char *path,
                                 struct diag *diag)
{
    if (extensions->count == EXTENSION_OPTIONS_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "--extension may be given at most %d times", EXTENSION_OPTIONS_MAX);
    }
    extensions->paths[extensions->count++] = path;
    return STATUS_OK;
}
