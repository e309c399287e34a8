/* options.c
 *
 * getopt_long does the splitting; the table says what to do with each option. A kind of argument
 * that needs its own parser is one case here.
 */
#include "shell/options.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "shell/file_text.h"
#include "shell/nexmark.h"
#include "shell/row_writer.h"

enum { OPTION_ROWS_MAX = 32, FIRST_ROW_CODE = 256, HELP_CODE = 'h' };

/* The short form of a row; '\0': none. */
static char letter_of(const struct option_table *table, size_t row)
{
    return table->letters && table->letters[row] != '-' ? table->letters[row] : '\0';
}

static void print_row(FILE *out, const struct option_row *row, char letter)
{
    char left[40];
    char small[5] = "";
    if (letter) {
        (void)snprintf(small, sizeof(small), "-%c, ", letter);
    }
    (void)snprintf(left, sizeof(left), "%s--%s%s%s", small, row->name, row->argument ? " " : "",
                   row->argument ? row->argument : "");
    (void)fprintf(out, strlen(left) > 22 ? "  %s\n%25s" : "  %-22s ", left, "");
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
        print_row(out, &table->rows[i], letter_of(table, i));
    }
    (void)fprintf(out, "  %-22s print this\n", "-h, --help");
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

static enum status take_text(const char *text, struct option_texts *out, const char *name,
                             struct diag *diag)
{
    if (out->count == OPTION_TEXTS_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "--%s is given more than %d times",
                         name, OPTION_TEXTS_MAX);
    }
    out->items[out->count++] = text;
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
    case OPTION_TEXTS:
        return take_text(text, member, row->name, diag);
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

/* The table in getopt's form; codes of rows count from FIRST_ROW_CODE. */
static void fill_getopt(const struct option_table *table, struct option *out, char *letters)
{
    *letters++ = 'h';
    for (size_t i = 0; i < table->row_count; i++) {
        const struct option_row *row = &table->rows[i];
        out[i] = (struct option){.name = row->name,
                                 .has_arg = row->argument ? required_argument : no_argument,
                                 .val = (int)i + FIRST_ROW_CODE};
        if (letter_of(table, i)) {
            *letters++ = letter_of(table, i);
        }
        if (letter_of(table, i) && row->argument) {
            *letters++ = ':';
        }
    }
    *letters = '\0';
    out[table->row_count] = (struct option){.name = "help", .val = HELP_CODE};
    out[table->row_count + 1] = (struct option){.name = NULL};
}

/* The row of getopt's code; NULL: there is none, or its argument is missing. */
static const struct option_row *find_row(const struct option_table *table, int code)
{
    for (size_t i = 0; i < table->row_count; i++) {
        if (code == (int)i + FIRST_ROW_CODE || code == letter_of(table, i)) {
            return &table->rows[i];
        }
    }
    return NULL;
}

/* getopt leaves the letter of a short option in optopt, of an unknown long one 0. */
static int refuse_option(const struct option_table *table, char **argv)
{
    const char letter[] = {'-', (char)optopt, '\0'};
    const bool is_short = optopt > ' ' && optopt < FIRST_ROW_CODE;
    char message[256];
    (void)snprintf(message, sizeof(message), "'%s' is unknown or lacks its argument",
                   is_short ? letter : argv[optind - 1]);
    return options_usage_error(table, message);
}

int options_parse(const struct option_table *table, int argc, char **argv, void *target,
                  int *out_first)
{
    struct option options[OPTION_ROWS_MAX + 2];
    char letters[2 * OPTION_ROWS_MAX + 2];
    struct diag diag;
    int code = 0;
    assert(table->row_count <= OPTION_ROWS_MAX);
    assert(!table->letters || strlen(table->letters) == table->row_count);
    fill_getopt(table, options, letters);
    optind = 1;
    opterr = 0;
    while ((code = getopt_long(argc, argv, letters, options, NULL)) != -1) {
        if (code == HELP_CODE) {
            print_help(stdout, table);
            return 0;
        }
        const struct option_row *row = find_row(table, code);
        if (!row) {
            return refuse_option(table, argv);
        }
        if (take_row(row, optarg, target, &diag) != STATUS_OK) {
            return options_usage_error(table, diag.message);
        }
    }
    *out_first = optind;
    return OPTIONS_GO_ON;
}
