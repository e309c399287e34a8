/* memory_catalog.c
 *
 * Sources, topics, types and settings are short lists, searched from end to start. Executing a
 * statement means planning it and registering what it defines; nothing runs.
 */
#include "tests/planner/memory_catalog.h"

#include <assert.h>

#include "functions/registry.h"

static const struct source *find_source(void *context, struct text name)
{
    const struct memory_catalog *self = context;
    for (size_t i = self->source_count; i > 0; i--) {
        if (text_equal(self->sources[i - 1]->name, name)) {
            return self->sources[i - 1];
        }
    }
    return NULL;
}

static void each_source(void *context, void *visit_context,
                        void (*visit)(void *visit_context, const struct source *source))
{
    const struct memory_catalog *self = context;
    for (size_t i = 0; i < self->source_count; i++) {
        visit(visit_context, self->sources[i]);
    }
}

static const struct type *find_type(void *context, struct text name)
{
    const struct memory_catalog *self = context;
    for (size_t i = self->type_count; i > 0; i--) {
        if (text_equal(self->type_names[i - 1], name)) {
            return self->types[i - 1];
        }
    }
    return NULL;
}

static bool find_topic(void *context, struct text topic, struct catalog_topic *out)
{
    const struct memory_catalog *self = context;
    for (size_t i = 0; i < self->topic_count; i++) {
        if (text_equal(self->topics[i], topic)) {
            *out = (struct catalog_topic){self->topic_partitions[i], -1};
            return true;
        }
    }
    *out = (struct catalog_topic){4, -1};
    return self->has_all_topics && !text_starts_with(topic, TEXT("new"));
}

static struct text find_setting(void *context, struct text name)
{
    const struct memory_catalog *self = context;
    for (size_t i = self->setting_count; i > 0; i--) {
        if (text_equal(self->setting_names[i - 1], name)) {
            return self->setting_values[i - 1];
        }
    }
    return (struct text){NULL, 0};
}

static int64_t now_ms(void *clock)
{
    (void)clock;
    return 0;
}

void memory_catalog_init(struct memory_catalog *self, struct arena *arena, struct diag *diag)
{
    *self = (struct memory_catalog){.arena = arena, .has_all_topics = true};
    self->catalog = (struct catalog){.context = self,
                                     .find_source = find_source,
                                     .each_source = each_source,
                                     .find_type = find_type,
                                     .find_topic = find_topic,
                                     .find_setting = find_setting};
    self->planner = (struct planner){.catalog = &self->catalog,
                                     .registry = function_registry_builtin(),
                                     .arena = arena,
                                     .diag = diag,
                                     .constants = &self->constants};
    self->constants = (struct expr_context){.arena = arena, .now_ms = now_ms};
}

void memory_catalog_add_topic(struct memory_catalog *self, struct text topic,
                              uint32_t partition_count)
{
    assert(self->topic_count < MEMORY_CATALOG_MAX);
    self->topics[self->topic_count] = topic;
    self->topic_partitions[self->topic_count++] = partition_count;
}

void memory_catalog_set(struct memory_catalog *self, struct text name, struct text value)
{
    assert(self->setting_count < MEMORY_CATALOG_MAX);
    self->setting_names[self->setting_count] = name;
    self->setting_values[self->setting_count++] = value;
}

static void remove_source(struct memory_catalog *self, struct text name)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->source_count; i++) {
        if (!text_equal(self->sources[i]->name, name)) {
            self->plans[kept] = self->plans[i];
            self->sources[kept++] = self->sources[i];
        }
    }
    self->source_count = kept;
}

static void add_source(struct memory_catalog *self, const struct source *source,
                       uint32_t partition_count)
{
    struct source *copy = arena_alloc(self->arena, sizeof(*copy));
    assert(copy && self->source_count < MEMORY_CATALOG_MAX);
    *copy = *source;
    remove_source(self, source->name);
    self->plans[self->source_count] = NULL;
    self->sources[self->source_count++] = copy;
    if (partition_count > 0) {
        memory_catalog_add_topic(self, source->topic, partition_count);
    }
}

static void print_source(const struct source *source, struct buffer *out)
{
    if (out) {
        buffer_printf(out, "%s %.*s: ", source->is_table ? "TABLE" : "STREAM",
                      TEXT_ARGS(source->name));
        schema_print(&source->schema, source->is_table, out);
        buffer_append_byte(out, '\n');
    }
}

static void print_plan(const struct plan *plan, struct buffer *out)
{
    if (out) {
        plan_print(plan, out);
    }
}

static enum status check_replaced(struct memory_catalog *self, const struct source *source)
{
    const struct source *old = find_source(self, source->name);
    return old ? plan_check_source_upgrade(old, source, self->planner.diag) : STATUS_OK;
}

static enum status check_replaced_plan(struct memory_catalog *self, const struct source *source,
                                       const struct plan *plan)
{
    for (size_t i = 0; i < self->source_count; i++) {
        if (text_equal(self->sources[i]->name, source->name) && self->plans[i]) {
            return plan_check_upgrade(self->plans[i], plan, self->planner.diag);
        }
    }
    return STATUS_OK;
}

static enum status create_source(struct memory_catalog *self,
                                 const struct create_source_statement *statement,
                                 struct buffer *out)
{
    struct source_definition definition;
    TRY(plan_create_source(&self->planner, statement, &definition));
    TRY(check_replaced(self, &definition.source));
    add_source(self, &definition.source, definition.partition_count);
    print_source(&definition.source, out);
    return STATUS_OK;
}

static enum status create_as(struct memory_catalog *self,
                             const struct create_as_statement *statement, struct buffer *out)
{
    struct source_definition definition;
    struct plan *plan;
    TRY(plan_create_as(&self->planner, statement, &definition, &plan));
    TRY(check_replaced(self, &definition.source));
    TRY(check_replaced_plan(self, &definition.source, plan));
    add_source(self, &definition.source, definition.partition_count);
    self->plans[self->source_count - 1] = plan;
    print_source(&definition.source, out);
    print_plan(plan, out);
    return STATUS_OK;
}

static enum status insert_select(struct memory_catalog *self,
                                 const struct insert_select_statement *statement,
                                 struct buffer *out)
{
    struct plan *plan;
    TRY(plan_insert_select(&self->planner, statement, &plan));
    print_plan(plan, out);
    return STATUS_OK;
}

static enum status insert_values(struct memory_catalog *self,
                                 const struct insert_values_statement *statement,
                                 struct buffer *out)
{
    struct insert_plan plan;
    TRY(plan_insert_values(&self->planner, statement, &self->constants, &plan));
    if (out) {
        buffer_printf(out, "VALUES");
        for (uint32_t i = 0; i < plan.source->schema.column_count; i++) {
            buffer_printf(out, " %.*s%s", TEXT_ARGS(plan.source->schema.columns[i].name),
                          plan.values[i].is_null ? "=NULL" : "");
        }
        buffer_printf(out, "%s\n", plan.has_time ? " with time" : "");
    }
    return STATUS_OK;
}

static enum status alter_source(struct memory_catalog *self,
                                const struct alter_source_statement *statement, struct buffer *out)
{
    struct source source;
    TRY(plan_alter_source(&self->planner, statement, &source));
    add_source(self, &source, 0);
    print_source(&source, out);
    return STATUS_OK;
}

static enum status create_type(struct memory_catalog *self,
                               const struct create_type_statement *statement)
{
    const struct type *type;
    TRY(plan_type(&self->planner, statement->type, &type));
    assert(self->type_count < MEMORY_CATALOG_MAX);
    self->type_names[self->type_count] = statement->name.name;
    self->types[self->type_count++] = type;
    return STATUS_OK;
}

/* The header of a push query's answer marks no keys. */
static struct schema without_keys(const struct memory_catalog *self, const struct schema *schema)
{
    struct schema_column *columns =
        arena_array(self->arena, schema->column_count, sizeof(*columns));
    assert(columns);
    for (uint32_t i = 0; i < schema->column_count; i++) {
        columns[i] = schema->columns[i];
        columns[i].role = COLUMN_VALUE;
    }
    return (struct schema){.column_count = schema->column_count, .columns = columns};
}

static enum status query(struct memory_catalog *self, const struct select_query *select,
                         struct buffer *out)
{
    if (select->emit != AST_EMIT_NONE) {
        struct plan *plan;
        TRY(plan_push(&self->planner, select, &plan));
        self->answer = without_keys(self, &plan->root->schema);
        print_plan(plan, out);
        return STATUS_OK;
    }
    struct pull_plan plan;
    TRY(plan_pull(&self->planner, select, &plan));
    self->answer = plan.schema;
    if (out) {
        pull_plan_print(&plan, out);
    }
    return STATUS_OK;
}

enum status memory_catalog_execute(struct memory_catalog *self, const struct statement *statement,
                                   struct buffer *out)
{
    if (statement->kind == STATEMENT_CREATE_SOURCE) {
        return create_source(self, &statement->create_source, out);
    }
    if (statement->kind == STATEMENT_CREATE_AS) {
        return create_as(self, &statement->create_as, out);
    }
    if (statement->kind == STATEMENT_INSERT_SELECT) {
        return insert_select(self, &statement->insert_select, out);
    }
    if (statement->kind == STATEMENT_INSERT_VALUES) {
        return insert_values(self, &statement->values, out);
    }
    if (statement->kind == STATEMENT_ALTER_SOURCE) {
        return alter_source(self, &statement->alter_source, out);
    }
    if (statement->kind == STATEMENT_CREATE_TYPE) {
        return create_type(self, &statement->create_type);
    }
    if (statement->kind == STATEMENT_QUERY) {
        return query(self, statement->query, out);
    }
    if (statement->kind == STATEMENT_DROP_SOURCE) {
        remove_source(self, statement->drop_source.name.name);
    }
    if (statement->kind == STATEMENT_SET) {
        memory_catalog_set(self, statement->setting.key, statement->setting.value);
    }
    return STATUS_OK;
}
