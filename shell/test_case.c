/* test_case.c
 *
 * Placeholders stand in statements, topics, properties and wherever else; so they are replaced
 * in the text of the case, which is then parsed again. That costs a second parse per case and
 * saves knowing where they may stand.
 */
#include "shell/test_case.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "shell/file_text.h"
#include "shell/test_sql.h"

/* --- Files -------------------------------------------------------------------------------- */

enum status test_file_open(struct test_file *file, const char *path, struct diag *diag)
{
    *file = (struct test_file){.path = path};
    arena_init(&file->arena);
    buffer_init(&file->text);
    TRY(file_text_read(path, &file->text, diag));
    file->is_sql = test_sql_is_path(path);
    if (file->is_sql) {
        return STATUS_OK;
    }
    const struct tree *root = NULL;
    TRY(tree_parse(&file->arena, buffer_text(&file->text), &root, diag));
    if (!tree_is(tree_find(root, TEXT("tests")), TREE_ARRAY)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "there is no array \"tests\"");
    }
    return tree_get_items(root, "tests", &file->tests, diag);
}

void test_file_release(struct test_file *file)
{
    arena_release(&file->arena);
    buffer_release(&file->text);
}

/* Whether the file lies in a folder of this name. */
static bool lies_in(const char *path, const char *folder)
{
    const struct text name = text_of(folder);
    const char *slash = strrchr(path, '/');
    const size_t bytes = slash ? (size_t)(slash - path) : 0;
    return bytes >= name.bytes && text_equal((struct text){slash - name.bytes, name.bytes}, name) &&
           (bytes == name.bytes || slash[-1 - (ptrdiff_t)name.bytes] == '/');
}

struct text test_file_name(const struct test_file *file)
{
    const char *slash = strrchr(file->path, '/');
    return text_of(slash ? slash + 1 : file->path);
}

/* --- Placeholders ------------------------------------------------------------------------- */

/* One placeholder and what to put in its place; item NULL: the case has none of this kind. */
struct choice {
    struct text placeholder;
    const struct tree *item;
};

enum { CHOICE_FORMAT, CHOICE_CONFIG, CHOICE_COUNT };

static const struct choice *choice_at(const struct choice *choices, struct text rest)
{
    for (int i = 0; i < CHOICE_COUNT; i++) {
        if (choices[i].item && text_starts_with(rest, choices[i].placeholder)) {
            return &choices[i];
        }
    }
    return NULL;
}

static void replace(struct buffer *out, struct text source, const struct choice *choices)
{
    size_t at = 0;
    while (at < source.bytes) {
        const struct text rest = {source.data + at, source.bytes - at};
        const struct choice *choice = choice_at(choices, rest);
        if (choice) {
            buffer_append_text(out, choice->item->text);
            at += choice->placeholder.bytes;
        } else {
            buffer_append_byte(out, source.data[at]);
            at++;
        }
    }
}

static void append_name(struct buffer *out, const struct tree *body, const struct choice *choices)
{
    const struct tree *name = tree_find(body, TEXT("name"));
    buffer_append_text(out, name ? name->text : TEXT("(no name)"));
    for (int i = 0; i < CHOICE_COUNT; i++) {
        if (choices[i].item) {
            buffer_append_string(out, " - ");
            buffer_append_text(out, choices[i].item->text);
        }
    }
}

/* --- Cases -------------------------------------------------------------------------------- */

struct expansion {
    struct text file;
    const char *path;
    bool is_rest; /* by its folder */
    test_case_visit *visit;
    void *context;
    struct arena arena; /* of one case */
    struct buffer source;
    struct buffer name;
};

static enum status visit_one(struct expansion *expansion, const struct tree *body,
                             const struct choice *choices, struct diag *diag)
{
    struct test_case test = {.file = expansion->file, .path = expansion->path, .body = body};
    arena_reset(&expansion->arena);
    buffer_reset(&expansion->source);
    buffer_reset(&expansion->name);
    replace(&expansion->source, body->source, choices);
    append_name(&expansion->name, body, choices);
    TRY(buffer_status(&expansion->source, diag));
    TRY(buffer_status(&expansion->name, diag));
    TRY(tree_parse(&expansion->arena, buffer_text(&expansion->source), &test.body, diag));
    test.name = buffer_text(&expansion->name);
    test.is_rest = expansion->is_rest || tree_find(test.body, TEXT("responses")) ||
                   tree_find(test.body, TEXT("expectedError"));
    return expansion->visit(expansion->context, &test, diag);
}

/* Every configuration of a case whose format is chosen. */
static enum status visit_configs(struct expansion *expansion, const struct tree *body,
                                 struct choice *choices, struct diag *diag)
{
    const struct tree *config = NULL;
    TRY(tree_get_items(body, "config", &config, diag));
    do {
        choices[CHOICE_CONFIG].item = config;
        TRY(visit_one(expansion, body, choices, diag));
        config = config ? config->next : NULL;
    } while (config);
    return STATUS_OK;
}

static enum status visit_formats(struct expansion *expansion, const struct tree *body,
                                 struct diag *diag)
{
    struct choice choices[CHOICE_COUNT] = {
        [CHOICE_FORMAT] = {TEXT("{FORMAT}"), NULL}, [CHOICE_CONFIG] = {TEXT("{CONFIG}"), NULL}};
    const struct tree *format = NULL;
    TRY(tree_get_items(body, "format", &format, diag));
    do {
        choices[CHOICE_FORMAT].item = format;
        TRY(visit_configs(expansion, body, choices, diag));
        format = format ? format->next : NULL;
    } while (format);
    return STATUS_OK;
}

enum status test_file_each(const struct test_file *file, test_case_visit *visit, void *context,
                           struct diag *diag)
{
    if (file->is_sql) {
        return test_sql_each(file, visit, context, diag);
    }
    struct expansion expansion = {.file = test_file_name(file),
                                  .path = file->path,
                                  .is_rest = lies_in(file->path, "rest"),
                                  .visit = visit,
                                  .context = context};
    enum status status = STATUS_OK;
    arena_init(&expansion.arena);
    buffer_init(&expansion.source);
    buffer_init(&expansion.name);
    for (const struct tree *body = file->tests; body && status == STATUS_OK; body = body->next) {
        status = visit_formats(&expansion, body, diag);
    }
    buffer_release(&expansion.source);
    buffer_release(&expansion.name);
    arena_release(&expansion.arena);
    return status;
}

/* --- Versions ----------------------------------------------------------------------------- */

/* The ksqlDB version (as Confluent Platform numbers it) whose behaviour Leat follows. */
static const int current_version[3] = {8, 0, 0};

/* <0, 0, >0: the version of the text compared with the current one; parts left out are 0. */
static enum status compare_with_current(struct text version, int *out, struct diag *diag)
{
    char copy[32] = "";
    int parts[3] = {0, 0, 0};
    (void)snprintf(copy, sizeof(copy), "%.*s", TEXT_ARGS(version));
    if (sscanf(copy, "%4d.%4d.%4d", &parts[0], &parts[1], &parts[2]) < 1) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "\"%.*s\" is no version",
                         TEXT_ARGS(version));
    }
    *out = 0;
    for (int i = 0; i < 3 && *out == 0; i++) {
        *out = (parts[i] > current_version[i]) - (parts[i] < current_version[i]);
    }
    return STATUS_OK;
}

enum status test_case_is_excluded(const struct test_case *test, bool *out, struct diag *diag)
{
    const struct tree *versions = tree_find(test->body, TEXT("versions"));
    struct text oldest;
    struct text newest;
    int order = 0;
    *out = false;
    TRY(tree_get_text(versions, "min", &oldest, diag));
    TRY(tree_get_text(versions, "max", &newest, diag));
    if (oldest.data) {
        TRY(compare_with_current(oldest, &order, diag));
        *out = order > 0;
    }
    if (newest.data) {
        TRY(compare_with_current(newest, &order, diag));
        *out = *out || order < 0;
    }
    return STATUS_OK;
}
