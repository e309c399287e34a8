/* test_rest_compare.c
 *
 * Rows without an order are matched greedily, each expected one with the first that is left: an
 * expected row states all columns of the actual one, so which of several it takes is all the same.
 * That is quadratic, and the lists are short.
 */
#include "shell/test_rest_compare.h"

#include <string.h>

#include "shell/test_compare.h"

/* --- Texts -------------------------------------------------------------------------------- */

/* Takes prefix off *text. */
static bool take(struct text *text, struct text prefix)
{
    if (!text_starts_with(*text, prefix)) {
        return false;
    }
    *text = (struct text){text->data + prefix.bytes, text->bytes - prefix.bytes};
    return true;
}

static bool texts_match(struct text actual, struct text expected, struct text statement,
                        bool is_prefix)
{
    while (expected.bytes > 0) {
        struct text piece = {expected.data, 1};
        if (take(&expected, TEXT("{STATEMENT}"))) {
            piece = statement;
        } else {
            (void)take(&expected, piece);
        }
        if (!take(&actual, piece)) {
            return false;
        }
    }
    return is_prefix || actual.bytes == 0;
}

/* --- Values ------------------------------------------------------------------------------- */

static bool members_match(const struct tree *actual, const struct tree *member,
                          struct text statement)
{
    const struct text mark = TEXT("|starts_with");
    struct text name = member->name;
    const bool is_prefix =
        name.bytes > mark.bytes &&
        text_equal((struct text){name.data + name.bytes - mark.bytes, mark.bytes}, mark);
    name.bytes -= is_prefix ? mark.bytes : 0;
    const struct tree *found = tree_find(actual, name);
    if (!found) {
        return member->kind == TREE_NULL;
    }
    if (is_prefix) {
        return found->kind == TREE_STRING &&
               texts_match(found->text, member->text, statement, true);
    }
    return test_rest_matches(found, member, statement);
}

static bool objects_match(const struct tree *actual, const struct tree *expected,
                          struct text statement)
{
    for (const struct tree *member = expected->first; member; member = member->next) {
        if (!members_match(actual, member, statement)) {
            return false;
        }
    }
    return true;
}

static bool arrays_match(const struct tree *actual, const struct tree *expected,
                         struct text statement)
{
    const struct tree *item = actual->first;
    for (const struct tree *want = expected->first; want; want = want->next, item = item->next) {
        if (!item || !test_rest_matches(item, want, statement)) {
            return false;
        }
    }
    return item == NULL;
}

/* Recursion is bounded by TREE_DEPTH_MAX. */
bool test_rest_matches(const struct tree *actual, const struct tree *expected,
                       struct text statement)
{
    if (actual->kind != expected->kind) {
        return false;
    }
    switch (actual->kind) {
    case TREE_NULL:
        return true;
    case TREE_NUMBER:
        return test_compare_numbers(actual, expected);
    case TREE_ARRAY:
        return arrays_match(actual, expected, statement);
    case TREE_OBJECT:
        return objects_match(actual, expected, statement);
    case TREE_BOOLEAN:
        return text_equal(actual->text, expected->text);
    case TREE_STRING:
        break;
    }
    return texts_match(actual->text, expected->text, statement, false);
}

/* --- Rows --------------------------------------------------------------------------------- */

/* Ticks off the first row that matches; of all rows that are left, or of the first if
 * is_ordered. */
static bool tick_off(const struct tree *actual, const struct tree *expected, struct text statement,
                     bool is_ordered, bool *ticked)
{
    size_t i = 0;
    for (const struct tree *row = actual->first; row; row = row->next, i++) {
        if (!ticked[i]) {
            ticked[i] = test_rest_matches(row, expected, statement);
            if (ticked[i] || is_ordered) {
                return ticked[i];
            }
        }
    }
    return false;
}

static const struct tree *first_left(const struct tree *actual, const bool *ticked)
{
    const struct tree *row = actual->first;
    for (size_t i = 0; row && ticked[i]; i++) {
        row = row->next;
    }
    return row;
}

static enum status report(struct text statement, const char *what, const struct tree *row,
                          const struct tree *actual, struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "%.*s\n  %s: %.*s\n  all rows: %.*s",
                     TEXT_ARGS(statement), what, TEXT_ARGS(row->source),
                     TEXT_ARGS(actual->source));
}

enum status test_rest_compare_rows(struct arena *arena, const struct tree *actual,
                                   const struct tree *expected, struct text statement,
                                   bool is_ordered, struct diag *diag)
{
    bool *ticked = arena_array(arena, actual->count + 1, sizeof(*ticked));
    if (!ticked) {
        return diag_no_memory(diag);
    }
    memset(ticked, 0, (actual->count + 1) * sizeof(*ticked));
    for (const struct tree *row = expected->first; row; row = row->next) {
        if (!tick_off(actual, row, statement, is_ordered, ticked)) {
            return report(statement, "a row is missing", row, actual, diag);
        }
    }
    const struct tree *left = first_left(actual, ticked);
    return left ? report(statement, "there is a row too many", left, actual, diag) : STATUS_OK;
}
