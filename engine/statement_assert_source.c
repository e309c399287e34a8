/* statement_assert_source.c
 *
 * ASSERT STREAM and ASSERT TABLE of SQL test files: what is written is read as a CREATE statement
 * of the same name would be, as if neither the source nor the lack of its topic were known, and
 * both are compared fact by fact. Source: ksqlDB's AssertExecutor.
 */
#include "engine/execution.h"
#include "engine/serde.h"

/* Every topic exists, so that no assertion fails for one that does not. */
static bool find_any_topic(void *context, struct text name, struct catalog_topic *out)
{
    (void)context;
    (void)name;
    *out = (struct catalog_topic){.partition_count = 1, .retention_ms = -1};
    return true;
}

static enum status plan_expected(struct execution *execution, struct source_definition *out)
{
    const struct assert_source_statement *assertion = &execution->statement->assert_source;
    const struct create_source_statement create = {.kind = assertion->kind,
                                                   .name = assertion->name,
                                                   .columns = assertion->columns,
                                                   .properties = assertion->properties};
    execution->hidden = assertion->name.name;
    execution->catalog.find_topic = find_any_topic;
    const struct planner planner = execution_planner(execution, execution->arena);
    const enum status status = plan_create_source(&planner, &create, out);
    execution->hidden = (struct text){NULL, 0};
    return status;
}

static bool same_text(struct text a, struct text b)
{
    return (!a.data && !b.data) || text_equal(a, b);
}

/* What differs first; NULL: nothing. */
static const char *first_difference(const struct source *expected, const struct source *actual)
{
    const struct {
        const char *what;
        bool is_same;
    } facts[] = {
        {"type", expected->is_table == actual->is_table},
        {"schema", schema_equal(&expected->schema, &actual->schema)},
        {"kafka topic", text_equal(expected->topic, actual->topic)},
        {"key format", expected->key_serde.format == actual->key_serde.format},
        {"value format", expected->value_serde.format == actual->value_serde.format},
        {"value serde features", serde_wrap(&expected->value_serde, FORMAT_VALUE) ==
                                     serde_wrap(&actual->value_serde, FORMAT_VALUE)},
        {"timestamp column", same_text(expected->timestamp.column, actual->timestamp.column)},
        {"timestamp format", same_text(expected->timestamp.pattern, actual->timestamp.pattern)},
    };
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        if (!facts[i].is_same) {
            return facts[i].what;
        }
    }
    return NULL;
}

enum status statement_assert_source(struct execution *execution)
{
    const struct identifier *name = &execution->statement->assert_source.name;
    const struct source *actual =
        catalog_store_find_source(&execution->engine->catalog, name->name);
    struct source_definition expected;
    if (!actual) {
        return diag_fail(execution->diag, STATUS_MISSING, name->pos, "%.*s does not exist.",
                         TEXT_ARGS(name->name));
    }
    TRY(plan_expected(execution, &expected));
    const char *what = first_difference(&expected.source, actual);
    return what ? diag_fail(execution->diag, STATUS_CONFLICT, name->pos,
                            "Expected %s does not match actual for source %.*s.", what,
                            TEXT_ARGS(name->name))
                : STATUS_OK;
}
