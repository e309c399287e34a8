/* build_statement.c
 *
 * Statements and the lists they hold. pos and text of a statement are set by parser.c, which knows
 * its first and last token.
 *
 * The checks that ksqlDB makes while it builds its tree are made here too, with its words: KEY on
 * a table, PRIMARY KEY on a stream, SOURCE with AS SELECT, the id of ASSERT SCHEMA.
 */
#include "parser/builder.h"

struct statement *builder_statement(struct builder *b, enum statement_kind kind)
{
    struct statement *statement = builder_new(b, sizeof(*statement));
    if (statement) {
        statement->kind = kind;
    }
    return statement;
}

struct statement *builder_list(struct builder *b, struct list_statement list)
{
    struct statement *statement = builder_statement(b, STATEMENT_LIST);
    if (statement) {
        statement->list = list;
    }
    return statement;
}

struct statement *builder_describe(struct builder *b, struct describe_statement describe)
{
    struct statement *statement = builder_statement(b, STATEMENT_DESCRIBE);
    if (statement) {
        statement->describe = describe;
    }
    return statement;
}

struct statement *builder_print(struct builder *b, struct identifier topic, bool from_beginning,
                                const struct token *interval, const struct token *limit)
{
    struct statement *statement = builder_statement(b, STATEMENT_PRINT);
    if (!statement) {
        return NULL;
    }
    statement->print.topic = topic;
    statement->print.from_beginning = from_beginning;
    if (interval) {
        statement->print.has_interval = true;
        statement->print.interval = builder_integer(b, interval, "INTERVAL");
    }
    if (limit) {
        statement->print.has_limit = true;
        statement->print.limit = builder_integer(b, limit, "LIMIT");
    }
    return statement;
}

struct statement *builder_query_control(struct builder *b, enum statement_kind kind,
                                        const struct token *query_id)
{
    struct statement *statement = builder_statement(b, kind);
    if (!statement) {
        return NULL;
    }
    statement->query_control.is_all = query_id == NULL;
    if (query_id) {
        statement->query_control.query_id = builder_resource_name(b, query_id);
    }
    return statement;
}

struct statement *builder_setting(struct builder *b, enum statement_kind kind,
                                  const struct token *key, const struct token *value)
{
    struct statement *statement = builder_statement(b, kind);
    if (!statement) {
        return NULL;
    }
    statement->setting.key = builder_unquote(b, key);
    if (value) {
        statement->setting.value = builder_unquote(b, value);
    }
    return statement;
}

struct statement *builder_variable(struct builder *b, enum statement_kind kind,
                                   const struct token *name, const struct token *value)
{
    struct statement *statement = builder_statement(b, kind);
    if (!statement) {
        return NULL;
    }
    statement->variable.name = builder_text(b, name->text);
    if (value) {
        statement->variable.value = builder_unquote(b, value);
    }
    return statement;
}

struct statement *builder_create(struct builder *b, struct create_source_statement create)
{
    struct statement *statement = builder_statement(b, STATEMENT_CREATE_SOURCE);
    if (statement) {
        statement->create_source = create;
    }
    return statement;
}

static const char key_explanation[] =
    "Tables have PRIMARY KEYs, which are unique and NON NULL.\n"
    "Streams have KEYs, which have no uniqueness or NON NULL constraints.";

/* Source: ksqlDB's CreateStream and CreateTable. */
static void check_keys(struct builder *b, enum ast_source_kind kind,
                       struct column_definition_list columns)
{
    for (size_t i = 0; i < columns.count; i++) {
        const struct column_definition *column = &columns.items[i];
        const int bytes = (int)(column->name.name.bytes < 200 ? column->name.name.bytes : 200);
        if (kind == AST_SOURCE_STREAM && column->constraint == COLUMN_CONSTRAINT_PRIMARY_KEY) {
            builder_fail_at(b, column->pos,
                            "Column `%.*s` is a 'PRIMARY KEY' column: please use 'KEY' for "
                            "streams.\n%s",
                            bytes, column->name.name.data, key_explanation);
        }
        if (kind == AST_SOURCE_TABLE && column->constraint == COLUMN_CONSTRAINT_KEY) {
            builder_fail_at(b, column->pos,
                            "Column `%.*s` is a 'KEY' column: please use 'PRIMARY KEY' for "
                            "tables.\n%s",
                            bytes, column->name.name.data, key_explanation);
        }
    }
}

struct statement *builder_create_source(struct builder *b, struct statement *head,
                                        struct column_definition_list columns,
                                        struct property_list properties)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    head->create_source.columns = columns;
    head->create_source.properties = properties;
    check_keys(b, head->create_source.kind, columns);
    return head;
}

struct statement *builder_create_as(struct builder *b, struct statement *head,
                                    struct property_list properties, const struct token *as,
                                    struct select_query *query)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    const struct create_source_statement create = head->create_source;
    if (create.is_read_only) {
        builder_syntax_error(b, as);
        return NULL;
    }
    head->kind = STATEMENT_CREATE_AS;
    head->create_as = (struct create_as_statement){
        .kind = create.kind,
        .or_replace = create.or_replace,
        .if_not_exists = create.if_not_exists,
        .name = create.name,
        .properties = properties,
        .query = query,
    };
    return head;
}

struct statement *builder_create_connector(struct builder *b,
                                           struct create_connector_statement create)
{
    struct statement *statement = builder_statement(b, STATEMENT_CREATE_CONNECTOR);
    if (statement) {
        statement->create_connector = create;
    }
    return statement;
}

struct statement *builder_drop_named(struct builder *b, enum statement_kind kind, bool if_exists,
                                     struct identifier name)
{
    struct statement *statement = builder_statement(b, kind);
    if (statement) {
        statement->drop_named = (struct drop_named_statement){if_exists, name};
    }
    return statement;
}

struct statement *builder_values(struct builder *b, enum statement_kind kind,
                                 struct identifier target, struct identifier_list columns,
                                 struct expression_list values)
{
    struct statement *statement = builder_statement(b, kind);
    if (statement) {
        statement->values = (struct insert_values_statement){target, columns, values};
    }
    return statement;
}

struct statement *builder_explain(struct builder *b, struct statement *explained,
                                  const struct token *query_id)
{
    struct statement *statement = builder_statement(b, STATEMENT_EXPLAIN);
    if (!statement) {
        return NULL;
    }
    statement->explain.statement = explained;
    if (query_id) {
        statement->explain.query_id = builder_resource_name(b, query_id);
    }
    return statement;
}

struct statement *builder_assert_topic(struct builder *b, struct assert_topic_statement topic)
{
    struct statement *statement = builder_statement(b, STATEMENT_ASSERT_TOPIC);
    if (statement) {
        statement->assert_topic = topic;
    }
    return statement;
}

struct statement *builder_assert_schema(struct builder *b, bool not_exists,
                                        struct identifier subject, const struct expression *id,
                                        struct duration timeout)
{
    struct statement *statement = builder_statement(b, STATEMENT_ASSERT_SCHEMA);
    if (!statement) {
        return NULL;
    }
    statement->assert_schema = (struct assert_schema_statement){
        .not_exists = not_exists,
        .has_subject = subject.name.data != NULL,
        .subject = subject,
        .has_id = id != NULL,
        .timeout = timeout,
    };
    if (id && id->kind != EXPRESSION_INTEGER) {
        builder_fail(b, id->pos, "ID must be an integer");
    } else if (id) {
        statement->assert_schema.id = id->integer;
    }
    return statement;
}

struct column_definition *builder_column_definition(struct builder *b, struct identifier name,
                                                    struct type_name *type,
                                                    struct constraint_words words)
{
    struct column_definition *column = builder_new(b, sizeof(*column));
    if (!column) {
        return NULL;
    }
    column->name = name;
    column->type = type;
    column->constraint = words.constraint;
    column->pos = builder_span(name.pos, words.last ? words.last->pos : type->pos);
    if (words.header_key) {
        column->header_key = builder_unquote(b, words.header_key);
    }
    return column;
}

struct column_definition_list builder_add_column(struct builder *b,
                                                 struct column_definition_list list,
                                                 const struct column_definition *column)
{
    list.items = builder_grow(b, list.items, list.count, sizeof(*list.items));
    if (!list.items) {
        return (struct column_definition_list){0};
    }
    list.items[list.count++] = *column;
    return list;
}

struct property *builder_property(struct builder *b, struct identifier name,
                                  struct expression *value)
{
    struct property *property = builder_new(b, sizeof(*property));
    if (property) {
        property->name = builder_upper_text(b, name.name);
        property->written_name = name.name;
        property->pos = name.pos;
        property->value = value;
    }
    return property;
}

struct property_list builder_add_property(struct builder *b, struct property_list list,
                                          const struct property *property)
{
    list.items = builder_grow(b, list.items, list.count, sizeof(*list.items));
    if (!list.items) {
        return (struct property_list){0};
    }
    list.items[list.count++] = *property;
    return list;
}

struct property_list builder_properties(struct property_list list, const struct token *first,
                                        const struct token *last)
{
    list.is_present = true;
    list.pos = builder_span(first->pos, last->pos);
    return list;
}
