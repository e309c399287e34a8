/* options.c
 *
 * getopt_long does the splitting; the table says what to do with each option. A kind of argument
 * that needs its own parser is one case here.
 */
#include "shell/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "shell/file_text.h"
#include "shell/nexmark.h"
#include "shell/row_writer.h"

enum { OPTION_ROWS_MAX = 32, HELP_CODE = 1, FIRST_ROW_CODE = 2 };

static void print_row(FILE *out, const struct option_row *row)
{
    char left[40];
    (void)snprintf(left, sizeof(left), "--%s%s%s", row->name, row->argument ? " " : "",
                   row->argument ? row->argument : "");
    (void)fprintf(out, "  %-22s ", left);
    for (const char *text = row->summary; *text; text++) {
        if (*text == '\n') {
            (void)fprintf(out, "\n%25s", "");
        } else {
            (void)fputc(*text, out);
        }
    }
    (void)fputc('\n', out);
}

static void print_help(FILE *out, const struct option_table *table)
{
    (void)fputs(table->usage, out);
    for (size_t i = 0; i < table->row_count; i++) {
        print_row(out, &table->rows[i]);
    }
    (void)fprintf(out, "  %-22s print this\n", "--help");
    if (table->footer) {
        (void)fputs(table->footer, out);
    }
}

int options_usage_error(const struct option_table *table, const char *message)
{
    (void)fprintf(stderr, "%s: %s\n\n", table->command, message);
    print_help(stderr, table);
    return 2;
}

static enum status take_character(const char *text, struct option_character *out,
                                  const char *name, struct diag *diag)
{
    if (strlen(text) != 1) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "--%s wants one character", name);
    }
    *out = (struct option_character){.is_set = true, .character = text[0]};
    return STATUS_OK;
}

static enum status take_row(const struct option_row *row, const char *text, void *target,
                            struct diag *diag)
{
    void *member = (char *)target + row->offset;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return STATUS_OK;
    case OPTION_TEXT:
        *(const char **)member = text;
        return STATUS_OK;
    case OPTION_NUMBER:
        return number_option_parse(row->name, text, row->min, row->max, member, diag);
    case OPTION_CHARACTER:
        return take_character(text, member, row->name, diag);
    case OPTION_DURABILITY:
        return durability_parse(text, member, diag);
    case OPTION_ROW_FORMAT:
        return row_format_parse(text, member, diag);
    case OPTION_PROFILE:
        return nexmark_profile_parse(text, member, diag);
    case OPTION_EXTENSION:
        return extension_option_add(member, text, diag);
    }
    return STATUS_INVALID;
}

/* The table in getopt's form; codes count from FIRST_ROW_CODE. */
static void fill_getopt(const struct option_table *table, struct option *out)
{
    for (size_t i = 0; i < table->row_count; i++) {
        out[i] = (struct option){.name = table->rows[i].name,
                                 .has_arg = table->rows[i].argument ? required_argument
                                                                    : no_argument,
                                 .val = (int)i + FIRST_ROW_CODE};
    }
    out[table->row_count] = (struct option){.name = "help", .val = HELP_CODE};
    out[table->row_count + 1] = (struct option){.name = NULL};
}

int options_parse(const struct option_table *table, int argc, char **argv, void *target,
                  int *out_first)
{
    struct option options[OPTION_ROWS_MAX + 2];
    struct diag diag;
    int code = 0;
    fill_getopt(table, options);
    optind = 1;
    opterr = 0;
    while ((code = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (code == HELP_CODE) {
            print_help(stdout, table);
            return 0;
        }
        if (code < FIRST_ROW_CODE || code >= FIRST_ROW_CODE + (int)table->row_count) {
            return options_usage_error(table, "an option is unknown or lacks its argument");
        }
        const struct option_row *row = &table->rows[code - FIRST_ROW_CODE];
        if (take_row(row, optarg, target, &diag) != STATUS_OK) {
            return options_usage_error(table, diag.message);
        }
    }
    *out_first = optind;
    return OPTIONS_GO_ON;
}
