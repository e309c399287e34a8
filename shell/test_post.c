/* test_post.c
 *
 * Every fact is made a text and compared with the text that the case states, so that one function
 * does all comparing and wording. The engine keeps no topics for its internal hand-overs: a case
 * that expects one fails, and a blacklist of them holds.
 */
#include "shell/test_post.h"

#include <regex.h>

#include "base/buffer.h"
#include "shell/test_catalog.h"
#include "shell/test_ddl.h"
#include "topics/topics.h"

struct post_check {
    struct arena *arena;
    struct engine *engine;
    struct text subject; /* the source or topic that is being checked */
    struct diag *diag;
};

/* --- One fact ----------------------------------------------------------------------------- */

static enum status fail_fact(const struct post_check *check, const char *what, struct text expected,
                             struct text actual)
{
    return diag_fail(check->diag, STATUS_INVALID, SQL_POS_NONE,
                     "%.*s: %s\n  expected: %.*s\n  actual:   %.*s", TEXT_ARGS(check->subject),
                     what, TEXT_ARGS(expected), TEXT_ARGS(actual));
}

/* expected NULL: the case does not state it. Letters' case does not count. */
static enum status check_text(const struct post_check *check, const char *what,
                              const struct tree *expected, struct text actual)
{
    if (!expected || text_equal_nocase(expected->text, actual)) {
        return STATUS_OK;
    }
    return fail_fact(check, what, expected->source, actual);
}

static enum status check_number(const struct post_check *check, const char *what,
                                const struct tree *expected, int64_t actual)
{
    const struct text text = arena_printf(check->arena, "%lld", (long long)actual);
    if (!text.data) {
        return diag_no_memory(check->diag);
    }
    return !expected || (expected->kind == TREE_NUMBER && text_equal(expected->text, text))
               ? STATUS_OK
               : fail_fact(check, what, expected->source, text);
}

/* --- Formats ------------------------------------------------------------------------------ */

static const char *const window_names[] = {
    [WINDOW_TUMBLING] = "TUMBLING", [WINDOW_HOPPING] = "HOPPING", [WINDOW_SESSION] = "SESSION"};

/* The feature that DESCRIBE would list; only a format that could do otherwise has one. */
static struct text feature_of(const struct test_side *side)
{
    const struct format_info *info = format_info(side->format);
    if (!info->can_wrap || !info->can_unwrap || side->wrap == FORMAT_WRAP_NONE_SET) {
        return (struct text){NULL, 0};
    }
    return side->wrap == FORMAT_WRAP_SINGLES ? TEXT("WRAP_SINGLES") : TEXT("UNWRAP_SINGLES");
}

static enum status check_features(const struct post_check *check, const struct tree *expected,
                                  const struct test_side *side)
{
    const struct text actual = feature_of(side);
    if (!expected) {
        return STATUS_OK;
    }
    const bool match = expected->count == (actual.data ? 1 : 0) &&
                       (!actual.data || text_equal(expected->first->text, actual));
    return match ? STATUS_OK : fail_fact(check, "features", expected->source, actual);
}

static struct text property_of(const struct test_side *side, struct text name)
{
    static const char *const nullable[] = {[FORMAT_NULLABLE_NOT] = "(none)",
                                           [FORMAT_NULLABLE_OPTIONAL] = "optional",
                                           [FORMAT_NULLABLE_WRAPPER] = "wrapper"};
    const bool is_protobuf =
        side->format == FORMAT_PROTOBUF || side->format == FORMAT_PROTOBUF_NOSR;
    if (text_equal(name, TEXT("delimiter"))) {
        return side->delimiter;
    }
    if (text_equal(name, TEXT("fullSchemaName")) && side->schema.full_name.data) {
        return side->schema.full_name;
    }
    if (text_equal(name, TEXT("nullableRepresentation"))) {
        return text_of(nullable[side->schema.nullable]);
    }
    /* Messages that wrap a number or text are read as what they wrap, always. */
    return text_equal(name, TEXT("unwrapPrimitives")) && is_protobuf ? TEXT("true")
                                                                     : TEXT("(none)");
}

static enum status check_properties(const struct post_check *check, const struct tree *expected,
                                    const struct test_side *side)
{
    const struct tree *property = tree_is(expected, TREE_OBJECT) ? expected->first : NULL;
    for (; property; property = property->next) {
        TRY(check_text(check, "format property", property, property_of(side, property->name)));
    }
    return STATUS_OK;
}

static enum status check_window(const struct post_check *check, const struct tree *type,
                                const struct tree *size, const struct window_spec *window)
{
    if (tree_is_null(type)) {
        return window->kind == WINDOW_NONE ? STATUS_OK
                                           : fail_fact(check, "window type", TEXT("(none)"),
                                                       text_of(window_names[window->kind]));
    }
    const struct text actual =
        window->kind == WINDOW_NONE ? TEXT("(none)") : text_of(window_names[window->kind]);
    TRY(check_text(check, "window type", type, actual));
    return tree_is_null(size) ? STATUS_OK
                              : check_number(check, "window size", size, window->size_ms);
}

static enum status check_format(const struct post_check *check, const struct tree *expected,
                                const struct source *source, enum format_side which)
{
    struct test_side side;
    if (tree_is_null(expected)) {
        return STATUS_OK;
    }
    TRY(test_side_of(check->arena, source, which, &side, check->diag));
    const char *what = which == FORMAT_KEY ? "key format" : "value format";
    const struct text name = text_of(format_info(side.format)->name);
    if (expected->kind != TREE_OBJECT) {
        return check_text(check, what, expected, name);
    }
    TRY(check_text(check, what, tree_find(expected, TEXT("format")), name));
    TRY(check_features(check, tree_find(expected, TEXT("features")), &side));
    TRY(check_properties(check, tree_find(expected, TEXT("properties")), &side));
    if (which == FORMAT_VALUE) {
        return STATUS_OK;
    }
    const struct tree *info = tree_find(expected, TEXT("windowInfo"));
    const struct tree *type = tree_find(expected, TEXT("windowType"));
    return info ? check_window(check, tree_find(info, TEXT("type")), tree_find(info, TEXT("size")),
                               &source->window)
                : check_window(check, type, tree_find(expected, TEXT("windowSize")),
                               &source->window);
}

/* --- Sources ------------------------------------------------------------------------------ */

static enum status check_schema(const struct post_check *check, const struct tree *expected,
                                const struct source *source)
{
    struct buffer stated;
    struct buffer declared;
    struct buffer found;
    if (!expected) {
        return STATUS_OK;
    }
    buffer_init(&stated);
    buffer_init(&declared);
    buffer_init(&found);
    schema_print(&source->schema, source->is_table, &declared);
    test_ddl_normalize(expected->text, &stated);
    test_ddl_normalize(buffer_text(&declared), &found);
    const bool match = !stated.has_failed && !found.has_failed &&
                       text_equal(buffer_text(&stated), buffer_text(&found));
    const enum status status =
        match ? STATUS_OK : fail_fact(check, "schema", expected->text, buffer_text(&declared));
    buffer_release(&stated);
    buffer_release(&declared);
    buffer_release(&found);
    return status;
}

static enum status check_source(struct post_check *check, const struct tree *expected)
{
    struct test_side key;
    struct test_side value;
    TRY(tree_get_text(expected, "name", &check->subject, check->diag));
    const struct source *source = inspect_find_source(check->engine, check->subject);
    if (!source) {
        return fail_fact(check, "source", TEXT("exists"), TEXT("there is none"));
    }
    TRY(test_side_of(check->arena, source, FORMAT_KEY, &key, check->diag));
    TRY(test_side_of(check->arena, source, FORMAT_VALUE, &value, check->diag));
    TRY(check_text(check, "type", tree_find(expected, TEXT("type")),
                   source->is_table ? TEXT("table") : TEXT("stream")));
    TRY(check_schema(check, tree_find(expected, TEXT("schema")), source));
    TRY(check_format(check, tree_find(expected, TEXT("keyFormat")), source, FORMAT_KEY));
    TRY(check_format(check, tree_find(expected, TEXT("valueFormat")), source, FORMAT_VALUE));
    TRY(check_features(check, tree_find(expected, TEXT("keyFeatures")), &key));
    TRY(check_features(check, tree_find(expected, TEXT("valueFeatures")), &value));
    return check_text(check, "isSource", tree_find(expected, TEXT("isSource")),
                      source->is_read_only ? TEXT("true") : TEXT("false"));
}

/* --- Topics ------------------------------------------------------------------------------- */

/* The newest schema of one side of the topic. JSON is compared as a document; the text of another
 * language stands in a string. */
static enum status check_registered(const struct post_check *check, const char *what,
                                    const struct tree *expected, enum format_side side)
{
    const struct schema_registry *registry = inspect_registry(check->engine);
    struct registered_schema schema;
    const struct tree *actual = NULL;
    struct diag no_json;
    uint32_t id = 0;
    if (tree_is_null(expected)) {
        return STATUS_OK;
    }
    if (!inspect_find_schema(check->engine, check->subject, side, &id)) {
        return fail_fact(check, what, expected->source, TEXT("(none)"));
    }
    TRY(registry->find(registry->context, id, check->arena, &schema, check->diag));
    const bool match =
        schema.format == FORMAT_PROTOBUF
            ? text_equal(schema.text, expected->text)
            : tree_parse(check->arena, schema.text, &actual, &no_json) == STATUS_OK &&
                  tree_equal(actual, expected);
    return match ? STATUS_OK : fail_fact(check, what, expected->source, schema.text);
}

static enum status check_topic(struct post_check *check, const struct tree *expected)
{
    TRY(tree_get_text(expected, "name", &check->subject, check->diag));
    struct topic *topic = topics_find(engine_topics(check->engine), check->subject);
    if (!topic) {
        return fail_fact(check, "topic", TEXT("exists"), TEXT("there is none"));
    }
    const uint32_t partition_count = topic_partition_count(topic);
    topic_unref(topic);
    TRY(check_number(check, "partitions", tree_find(expected, TEXT("partitions")),
                     partition_count));
    TRY(check_registered(check, "key schema", tree_find(expected, TEXT("keySchema")),
                         FORMAT_KEY));
    TRY(check_registered(check, "value schema", tree_find(expected, TEXT("valueSchema")),
                         FORMAT_VALUE));
    const struct source *source = inspect_find_source_by_topic(check->engine, check->subject);
    if (!source) {
        return fail_fact(check, "formats", TEXT("declared"), TEXT("no source declares them"));
    }
    TRY(check_format(check, tree_find(expected, TEXT("keyFormat")), source, FORMAT_KEY));
    return check_format(check, tree_find(expected, TEXT("valueFormat")), source, FORMAT_VALUE);
}

static enum status check_no_match(const struct post_check *check, const regex_t *pattern,
                                  struct text blacklist)
{
    struct topic **all = NULL;
    size_t count = 0;
    enum status status = STATUS_OK;
    TRY(topics_list(engine_topics(check->engine), &all, &count, check->diag));
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        const struct text name = topic_name(all[i]);
        const struct text copy = arena_text(check->arena, name); /* regexec wants a final NUL */
        if (!copy.data) {
            status = diag_no_memory(check->diag);
        } else if (regexec(pattern, copy.data, 0, NULL, 0) == 0) {
            status = fail_fact(check, "a topic of the blacklist exists", blacklist, name);
        }
    }
    topics_free_list(all);
    return status;
}

static enum status check_blacklist(const struct post_check *check, const struct tree *topics)
{
    struct text blacklist;
    regex_t pattern;
    TRY(tree_get_text(topics, "blacklist", &blacklist, check->diag));
    if (!blacklist.data) {
        return STATUS_OK;
    }
    const struct text anchored = arena_printf(check->arena, "^(%.*s)$", TEXT_ARGS(blacklist));
    if (!anchored.data) {
        return diag_no_memory(check->diag);
    }
    if (regcomp(&pattern, anchored.data, REG_EXTENDED | REG_NOSUB) != 0) {
        return diag_fail(check->diag, STATUS_INVALID, SQL_POS_NONE,
                         "\"blacklist\" is no regular expression: %.*s", TEXT_ARGS(blacklist));
    }
    const enum status status = check_no_match(check, &pattern, blacklist);
    regfree(&pattern);
    return status;
}

enum status test_post_check(struct arena *arena, struct engine *engine, const struct tree *post,
                            struct diag *diag)
{
    struct post_check check = {.arena = arena, .engine = engine, .diag = diag};
    const struct tree *topics = tree_find(post, TEXT("topics"));
    const struct tree *item = NULL;
    TRY(tree_get_items(post, "sources", &item, diag));
    for (; item; item = item->next) {
        TRY(check_source(&check, item));
    }
    TRY(tree_get_items(topics, "topics", &item, diag));
    for (; item; item = item->next) {
        TRY(check_topic(&check, item));
    }
    check.subject = TEXT("topics");
    return check_blacklist(&check, topics);
}
