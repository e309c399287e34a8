/* test_tree.c
 *
 * The document is checked as a whole by the JSON format's own scanner; building the tree from a
 * text that is known to be sound then only fails for depth and memory. Children are linked, since
 * they are read in order and documents are small; finding a member is a walk.
 */
#include "shell/test_tree.h"

#include "base/buffer.h"
#include "base/number_text.h"
#include "formats/json_scan.h"

struct tree_builder {
    struct arena *arena;
    struct json_scan scan;
    uint32_t depth;
    struct diag *diag;
};

static enum status build(struct tree_builder *builder, const char **at, struct tree **out);

static struct sql_pos position_of(struct text json, const char *at)
{
    struct sql_pos pos = {.line = 1, .column = 1, .offset_bytes = (uint32_t)(at - json.data)};
    for (const char *p = json.data; p < at; p++) {
        pos.column = *p == '\n' ? 1 : pos.column + 1;
        pos.line += *p == '\n';
    }
    return pos;
}

static enum status fail_at_fault(struct json_scan *scan, struct text json, struct diag *diag)
{
    struct buffer message;
    buffer_init(&message);
    json_fault_print(scan, &message);
    const struct sql_pos pos = position_of(json, scan->fault_at);
    const enum status status = diag_fail(diag, STATUS_INVALID, pos, "line %u, column %u: %.*s",
                                         pos.line, pos.column, TEXT_ARGS(buffer_text(&message)));
    buffer_release(&message);
    return status;
}

/* Everything that the builder later relies on. */
static enum status check_document(struct json_scan *scan, struct text json, struct diag *diag)
{
    const char *at = json_skip_space(scan, scan->begin);
    if (at == scan->end) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "the JSON document is empty");
    }
    at = json_skip_value(scan, at);
    if (!at) {
        return fail_at_fault(scan, json, diag);
    }
    at = json_skip_space(scan, at);
    const struct sql_pos pos = position_of(json, at);
    return at == scan->end ? STATUS_OK
                           : diag_fail(diag, STATUS_INVALID, pos,
                                       "line %u, column %u: the JSON document ends here, but more "
                                       "text follows",
                                       pos.line, pos.column);
}

static bool at_end(struct tree_builder *builder, const char **at, char closing)
{
    *at = json_skip_space(&builder->scan, *at);
    if (**at == ',') {
        *at = json_skip_space(&builder->scan, *at + 1);
    }
    return **at == closing;
}

/* *at stands behind the opening bracket; moves behind the closing one. */
static enum status build_children(struct tree_builder *builder, const char **at, bool is_object,
                                  struct tree *parent)
{
    const struct tree **link = &parent->first;
    while (!at_end(builder, at, is_object ? '}' : ']')) {
        struct json_string name = {0};
        if (is_object) {
            *at = json_scan_key(&builder->scan, *at, &name);
        }
        struct tree *child = NULL;
        TRY(build(builder, at, &child));
        if (is_object) {
            child->name = json_string_text(builder->arena, name);
            if (!child->name.data) {
                return diag_no_memory(builder->diag);
            }
        }
        *link = child;
        link = &child->next;
        parent->count++;
    }
    (*at)++;
    return STATUS_OK;
}

static enum status build_container(struct tree_builder *builder, const char **at, struct tree *node)
{
    if (builder->depth == TREE_DEPTH_MAX) {
        return diag_fail(builder->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "the JSON document nests deeper than %d levels", TREE_DEPTH_MAX);
    }
    const bool is_object = **at == '{';
    node->kind = is_object ? TREE_OBJECT : TREE_ARRAY;
    (*at)++;
    builder->depth++;
    TRY(build_children(builder, at, is_object, node));
    builder->depth--;
    return STATUS_OK;
}

static enum status build_string(struct tree_builder *builder, const char **at, struct tree *node)
{
    struct json_string string = {0};
    node->kind = TREE_STRING;
    *at = json_scan_string(&builder->scan, *at + 1, &string);
    node->text = json_string_text(builder->arena, string);
    return node->text.data ? STATUS_OK : diag_no_memory(builder->diag);
}

static enum tree_kind word_kind(char first)
{
    if (first == 'n') {
        return TREE_NULL;
    }
    return first == 't' || first == 'f' ? TREE_BOOLEAN : TREE_NUMBER;
}

/* Recursion is bounded by TREE_DEPTH_MAX. */
static enum status build(struct tree_builder *builder, const char **at, struct tree **out)
{
    struct tree *node = ARENA_NEW(builder->arena, struct tree);
    if (!node) {
        return diag_no_memory(builder->diag);
    }
    const char *begin = *at;
    if (*begin == '{' || *begin == '[') {
        TRY(build_container(builder, at, node));
    } else if (*begin == '"') {
        TRY(build_string(builder, at, node));
    } else {
        node->kind = word_kind(*begin);
        *at = json_skip_value(&builder->scan, begin);
    }
    node->source = (struct text){begin, (size_t)(*at - begin)};
    if (node->kind != TREE_STRING) {
        node->text = node->source;
    }
    *out = node;
    return STATUS_OK;
}

enum status tree_parse(struct arena *arena, struct text json, const struct tree **out,
                       struct diag *diag)
{
    struct tree_builder builder = {
        .arena = arena,
        .scan = {.begin = json.data, .end = json.data + json.bytes},
        .diag = diag,
    };
    struct tree *root = NULL;
    TRY(check_document(&builder.scan, json, diag));
    const char *at = json_skip_space(&builder.scan, json.data);
    TRY(build(&builder, &at, &root));
    *out = root;
    return STATUS_OK;
}

static bool members_equal(const struct tree *a, const struct tree *b)
{
    for (const struct tree *member = a->first; member; member = member->next) {
        const struct tree *other = tree_find(b, member->name);
        if (!other || !tree_equal(member, other)) {
            return false;
        }
    }
    return true;
}

/* Recursion is bounded by TREE_DEPTH_MAX. */
bool tree_equal(const struct tree *a, const struct tree *b)
{
    if (a->kind != b->kind || a->count != b->count) {
        return false;
    }
    if (a->kind == TREE_OBJECT) {
        return members_equal(a, b);
    }
    if (a->kind != TREE_ARRAY) {
        return text_equal(a->text, b->text);
    }
    const struct tree *other = b->first;
    for (const struct tree *item = a->first; item; item = item->next, other = other->next) {
        if (!tree_equal(item, other)) {
            return false;
        }
    }
    return true;
}

bool tree_is(const struct tree *tree, enum tree_kind kind)
{
    return tree && tree->kind == kind;
}

bool tree_is_null(const struct tree *tree)
{
    return !tree || tree->kind == TREE_NULL;
}

const struct tree *tree_find(const struct tree *object, struct text name)
{
    const struct tree *found = NULL;
    if (!tree_is(object, TREE_OBJECT)) {
        return NULL;
    }
    for (const struct tree *member = object->first; member; member = member->next) {
        if (text_equal(member->name, name)) {
            found = member;
        }
    }
    return found;
}

/* --- Members of a known kind -------------------------------------------------------------- */

static enum status fail_kind(const struct tree *member, const char *name, const char *wanted,
                             struct diag *diag)
{
    return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "\"%s\" must be %s, not %.*s", name,
                     wanted, TEXT_ARGS(member->source));
}

enum status tree_get_int64(const struct tree *object, const char *name, int64_t fallback,
                           int64_t *out, struct diag *diag)
{
    const struct tree *member = tree_find(object, text_of(name));
    if (tree_is_null(member)) {
        *out = fallback;
        return STATUS_OK;
    }
    return member->kind == TREE_NUMBER && number_text_parse_int64(member->text, out)
               ? STATUS_OK
               : fail_kind(member, name, "a whole number", diag);
}

enum status tree_get_text(const struct tree *object, const char *name, struct text *out,
                          struct diag *diag)
{
    const struct tree *member = tree_find(object, text_of(name));
    *out = (struct text){NULL, 0};
    if (tree_is_null(member)) {
        return STATUS_OK;
    }
    *out = member->text;
    return member->kind == TREE_STRING ? STATUS_OK : fail_kind(member, name, "a string", diag);
}

enum status tree_get_items(const struct tree *object, const char *name, const struct tree **out,
                           struct diag *diag)
{
    const struct tree *member = tree_find(object, text_of(name));
    *out = NULL;
    if (tree_is_null(member)) {
        return STATUS_OK;
    }
    *out = member->first;
    return member->kind == TREE_ARRAY ? STATUS_OK : fail_kind(member, name, "an array", diag);
}
