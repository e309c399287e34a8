/* print_statement.c
 *
 * Statements and the lists they hold, in ksqlDB's wording. Topics and query ids always print
 * quoted where their case could get lost.
 */
#include <inttypes.h>

#include "parser/printer.h"

static const char *source_word(enum ast_source_kind kind)
{
    return kind == AST_SOURCE_STREAM ? "STREAM " : "TABLE ";
}

static void print_word_if(struct buffer *out, bool condition, const char *word)
{
    if (condition) {
        buffer_append_string(out, word);
    }
}

static void print_constraint(struct buffer *out, const struct column_definition *column)
{
    switch (column->constraint) {
    case COLUMN_CONSTRAINT_NONE:
        break;
    case COLUMN_CONSTRAINT_KEY:
        buffer_append_string(out, " KEY");
        break;
    case COLUMN_CONSTRAINT_PRIMARY_KEY:
        buffer_append_string(out, " PRIMARY KEY");
        break;
    case COLUMN_CONSTRAINT_HEADERS:
        buffer_append_string(out, " HEADERS");
        break;
    case COLUMN_CONSTRAINT_HEADER:
        buffer_append_string(out, " HEADER(");
        printer_string(out, column->header_key);
        buffer_append_byte(out, ')');
        break;
    }
}

static void print_column(struct buffer *out, const struct column_definition *column)
{
    printer_name(out, column->name.name);
    buffer_append_byte(out, ' ');
    printer_type(out, column->type);
    print_constraint(out, column);
}

void printer_columns(struct buffer *out, const struct column_definition_list *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        print_column(out, &columns->items[i]);
    }
}

/* " (A INTEGER, ..)"; nothing without columns. */
static void print_bracketed_columns(struct buffer *out,
                                    const struct column_definition_list *columns)
{
    if (columns->count > 0) {
        buffer_append_string(out, " (");
        printer_columns(out, columns);
        buffer_append_byte(out, ')');
    }
}

/* A name without a letter that upper case would change stands bare; others become a string. */
static void print_property_name(struct buffer *out, struct text name)
{
    if (printer_must_quote(name)) {
        printer_string(out, name);
    } else {
        buffer_append_text(out, name);
    }
}

void printer_properties(struct buffer *out, const struct property_list *properties)
{
    if (!properties->is_present) {
        return;
    }
    buffer_append_string(out, " WITH (");
    for (size_t i = 0; i < properties->count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        print_property_name(out, properties->items[i].written_name);
        buffer_append_byte(out, '=');
        printer_expression(out, properties->items[i].value);
    }
    buffer_append_byte(out, ')');
}

static void print_timeout(struct buffer *out, const struct duration *timeout)
{
    if (timeout->is_present) {
        buffer_printf(out, " TIMEOUT %" PRId64 " %s", timeout->count, printer_unit(timeout->unit));
    }
}

static void print_names(struct buffer *out, const struct identifier_list *names)
{
    for (size_t i = 0; i < names->count; i++) {
        buffer_append_string(out, i > 0 ? ", " : " (");
        printer_name(out, names->items[i].name);
    }
    print_word_if(out, names->count > 0, ")");
}

/* " word (1, 'a')" */
static void print_row(struct buffer *out, const char *word, const struct expression_list *row)
{
    buffer_append_string(out, word);
    for (size_t i = 0; i < row->count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        printer_expression(out, row->items[i]);
    }
    buffer_append_byte(out, ')');
}

/* ---- By kind of statement ---- */

static void print_create_source(struct buffer *out, const struct create_source_statement *create)
{
    buffer_append_string(out, "CREATE ");
    print_word_if(out, create->or_replace, "OR REPLACE ");
    print_word_if(out, create->is_read_only, "SOURCE ");
    buffer_append_string(out, source_word(create->kind));
    print_word_if(out, create->if_not_exists, "IF NOT EXISTS ");
    printer_name(out, create->name.name);
    print_bracketed_columns(out, &create->columns);
    printer_properties(out, &create->properties);
}

static void print_create_as(struct buffer *out, const struct create_as_statement *create)
{
    buffer_append_string(out, "CREATE ");
    print_word_if(out, create->or_replace, "OR REPLACE ");
    buffer_append_string(out, source_word(create->kind));
    print_word_if(out, create->if_not_exists, "IF NOT EXISTS ");
    printer_name(out, create->name.name);
    printer_properties(out, &create->properties);
    buffer_append_string(out, " AS ");
    printer_query(out, create->query, true);
}

static void print_insert_select(struct buffer *out, const struct insert_select_statement *insert)
{
    buffer_append_string(out, "INSERT INTO ");
    printer_name(out, insert->target.name);
    printer_properties(out, &insert->properties);
    buffer_append_byte(out, ' ');
    printer_query(out, insert->query, true);
}

static void print_values(struct buffer *out, const char *words,
                         const struct insert_values_statement *values, const char *row_word)
{
    buffer_append_string(out, words);
    printer_name(out, values->target.name);
    print_names(out, &values->columns);
    print_row(out, row_word, &values->values);
}

static void print_drop_source(struct buffer *out, const struct drop_source_statement *drop)
{
    buffer_append_string(out, "DROP ");
    buffer_append_string(out, source_word(drop->kind));
    print_word_if(out, drop->if_exists, "IF EXISTS ");
    printer_name(out, drop->name.name);
    print_word_if(out, drop->delete_topic, " DELETE TOPIC");
}

static void print_drop_named(struct buffer *out, const char *words,
                             const struct drop_named_statement *drop)
{
    buffer_append_string(out, words);
    print_word_if(out, drop->if_exists, "IF EXISTS ");
    printer_name(out, drop->name.name);
}

static void print_alter_source(struct buffer *out, const struct alter_source_statement *alter)
{
    buffer_append_string(out, "ALTER ");
    buffer_append_string(out, source_word(alter->kind));
    printer_name(out, alter->name.name);
    for (size_t i = 0; i < alter->columns.count; i++) {
        buffer_append_string(out, i > 0 ? ",\nADD COLUMN " : "\nADD COLUMN ");
        print_column(out, &alter->columns.items[i]);
    }
}

static void print_create_type(struct buffer *out, const struct create_type_statement *create)
{
    buffer_append_string(out, "CREATE TYPE ");
    print_word_if(out, create->if_not_exists, "IF NOT EXISTS ");
    printer_name(out, create->name.name);
    buffer_append_string(out, " AS ");
    printer_type(out, create->type);
}

static void print_create_connector(struct buffer *out,
                                   const struct create_connector_statement *create)
{
    buffer_append_string(out, create->kind == CONNECTOR_SOURCE ? "CREATE SOURCE CONNECTOR "
                                                               : "CREATE SINK CONNECTOR ");
    print_word_if(out, create->if_not_exists, "IF NOT EXISTS ");
    printer_name(out, create->name.name);
    printer_properties(out, &create->properties);
}

static const char *const list_texts[] = {
    [LIST_PROPERTIES] = "PROPERTIES",
    [LIST_TOPICS] = "TOPICS",
    [LIST_STREAMS] = "STREAMS",
    [LIST_TABLES] = "TABLES",
    [LIST_FUNCTIONS] = "FUNCTIONS",
    [LIST_CONNECTORS] = "CONNECTORS",
    [LIST_CONNECTOR_PLUGINS] = "CONNECTOR PLUGINS",
    [LIST_TYPES] = "TYPES",
    [LIST_VARIABLES] = "VARIABLES",
    [LIST_QUERIES] = "QUERIES",
};

static void print_list(struct buffer *out, const struct list_statement *list)
{
    buffer_append_string(out, list->is_show ? "SHOW " : "LIST ");
    print_word_if(out, list->is_all, "ALL ");
    print_word_if(out, list->connector == CONNECTOR_SOURCE, "SOURCE ");
    print_word_if(out, list->connector == CONNECTOR_SINK, "SINK ");
    buffer_append_string(out, list_texts[list->subject]);
    print_word_if(out, list->is_extended, " EXTENDED");
}

static const char *const describe_texts[] = {
    [DESCRIBE_SOURCE] = "DESCRIBE ",
    [DESCRIBE_STREAMS] = "DESCRIBE STREAMS",
    [DESCRIBE_TABLES] = "DESCRIBE TABLES",
    [DESCRIBE_FUNCTION] = "DESCRIBE FUNCTION ",
    [DESCRIBE_CONNECTOR] = "DESCRIBE CONNECTOR ",
};

static void print_describe(struct buffer *out, const struct describe_statement *describe)
{
    buffer_append_string(out, describe_texts[describe->subject]);
    if (describe->name.name.data) {
        printer_name(out, describe->name.name);
    }
    print_word_if(out, describe->is_extended, " EXTENDED");
}

/* A topic, subject or query id: bare if it was, since its case is kept. */
static void print_resource(struct buffer *out, const struct identifier *name)
{
    if (name->is_quoted) {
        printer_string(out, name->name);
    } else {
        buffer_append_text(out, name->name);
    }
}

static void print_print(struct buffer *out, const struct print_statement *print)
{
    buffer_append_string(out, "PRINT ");
    print_resource(out, &print->topic);
    print_word_if(out, print->from_beginning, " FROM BEGINNING");
    if (print->has_interval) {
        buffer_printf(out, " INTERVAL %" PRId64, print->interval);
    }
    if (print->has_limit) {
        buffer_printf(out, " LIMIT %" PRId64, print->limit);
    }
}

/* No string may stand here: a quoted id prints with `. */
static void print_query_id(struct buffer *out, const struct identifier *id)
{
    if (id->is_quoted) {
        printer_name(out, id->name);
    } else {
        buffer_append_text(out, id->name);
    }
}

static void print_query_control(struct buffer *out, const char *word,
                                const struct query_control_statement *control)
{
    buffer_append_string(out, word);
    if (control->is_all) {
        buffer_append_string(out, "ALL");
    } else {
        print_query_id(out, &control->query_id);
    }
}

static void print_setting(struct buffer *out, const char *word,
                          const struct setting_statement *setting)
{
    buffer_append_string(out, word);
    printer_string(out, setting->key);
    if (setting->value.data) {
        buffer_append_byte(out, '=');
        printer_string(out, setting->value);
    }
}

static void print_variable(struct buffer *out, const char *word,
                           const struct variable_statement *variable)
{
    buffer_append_string(out, word);
    buffer_append_text(out, variable->name);
    if (variable->value.data) {
        buffer_append_byte(out, '=');
        printer_string(out, variable->value);
    }
}

static void print_explain(struct buffer *out, const struct explain_statement *explain)
{
    buffer_append_string(out, "EXPLAIN \n");
    if (explain->statement) {
        printer_statement(out, explain->statement);
    } else {
        print_query_id(out, &explain->query_id);
    }
}

static void print_assert_topic(struct buffer *out, const struct assert_topic_statement *topic)
{
    buffer_append_string(out, topic->not_exists ? "ASSERT NOT EXISTS TOPIC " : "ASSERT TOPIC ");
    print_resource(out, &topic->topic);
    printer_properties(out, &topic->properties);
    print_timeout(out, &topic->timeout);
}

static void print_assert_schema(struct buffer *out, const struct assert_schema_statement *schema)
{
    buffer_append_string(out, schema->not_exists ? "ASSERT NOT EXISTS SCHEMA" : "ASSERT SCHEMA");
    if (schema->has_subject) {
        buffer_append_string(out, " SUBJECT ");
        print_resource(out, &schema->subject);
    }
    if (schema->has_id) {
        buffer_printf(out, " ID %" PRId64, schema->id);
    }
    print_timeout(out, &schema->timeout);
}

static void print_assert_source(struct buffer *out, const struct assert_source_statement *source)
{
    buffer_append_string(out, "ASSERT ");
    buffer_append_string(out, source_word(source->kind));
    printer_name(out, source->name.name);
    print_bracketed_columns(out, &source->columns);
    printer_properties(out, &source->properties);
}

void printer_statement(struct buffer *out, const struct statement *statement)
{
    switch (statement->kind) {
    case STATEMENT_QUERY:
        printer_query(out, statement->query, false);
        break;
    case STATEMENT_CREATE_SOURCE:
        print_create_source(out, &statement->create_source);
        break;
    case STATEMENT_CREATE_AS:
        print_create_as(out, &statement->create_as);
        break;
    case STATEMENT_INSERT_SELECT:
        print_insert_select(out, &statement->insert_select);
        break;
    case STATEMENT_INSERT_VALUES:
        print_values(out, "INSERT INTO ", &statement->values, " VALUES (");
        break;
    case STATEMENT_DROP_SOURCE:
        print_drop_source(out, &statement->drop_source);
        break;
    case STATEMENT_ALTER_SOURCE:
        print_alter_source(out, &statement->alter_source);
        break;
    case STATEMENT_CREATE_TYPE:
        print_create_type(out, &statement->create_type);
        break;
    case STATEMENT_DROP_TYPE:
        print_drop_named(out, "DROP TYPE ", &statement->drop_named);
        break;
    case STATEMENT_CREATE_CONNECTOR:
        print_create_connector(out, &statement->create_connector);
        break;
    case STATEMENT_DROP_CONNECTOR:
        print_drop_named(out, "DROP CONNECTOR ", &statement->drop_named);
        break;
    case STATEMENT_LIST:
        print_list(out, &statement->list);
        break;
    case STATEMENT_DESCRIBE:
        print_describe(out, &statement->describe);
        break;
    case STATEMENT_PRINT:
        print_print(out, &statement->print);
        break;
    case STATEMENT_TERMINATE:
        print_query_control(out, "TERMINATE ", &statement->query_control);
        break;
    case STATEMENT_PAUSE:
        print_query_control(out, "PAUSE ", &statement->query_control);
        break;
    case STATEMENT_RESUME:
        print_query_control(out, "RESUME ", &statement->query_control);
        break;
    case STATEMENT_SET:
        print_setting(out, "SET ", &statement->setting);
        break;
    case STATEMENT_UNSET:
        print_setting(out, "UNSET ", &statement->setting);
        break;
    case STATEMENT_ALTER_SYSTEM:
        print_setting(out, "ALTER SYSTEM ", &statement->setting);
        break;
    case STATEMENT_DEFINE:
        print_variable(out, "DEFINE ", &statement->variable);
        break;
    case STATEMENT_UNDEFINE:
        print_variable(out, "UNDEFINE ", &statement->variable);
        break;
    case STATEMENT_EXPLAIN:
        print_explain(out, &statement->explain);
        break;
    case STATEMENT_ASSERT_TOPIC:
        print_assert_topic(out, &statement->assert_topic);
        break;
    case STATEMENT_ASSERT_SCHEMA:
        print_assert_schema(out, &statement->assert_schema);
        break;
    case STATEMENT_ASSERT_VALUES:
        print_values(out, "ASSERT VALUES ", &statement->values, " VALUES (");
        break;
    case STATEMENT_ASSERT_NULL_VALUES:
        print_values(out, "ASSERT NULL VALUES ", &statement->values, " KEY (");
        break;
    case STATEMENT_ASSERT_SOURCE:
        print_assert_source(out, &statement->assert_source);
        break;
    case STATEMENT_RUN_SCRIPT:
        buffer_append_string(out, "RUN SCRIPT ");
        printer_string(out, statement->script_path);
        break;
    case STATEMENT_KIND_COUNT:
        break; /* no statement has it */
    }
}
