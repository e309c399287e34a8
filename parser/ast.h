/* ast.h: what SQL text says, before anything is looked up.
 *
 * Nodes are plain structs in the arena that the caller gave to the parser; they live as long as
 * it and are never freed singly. They are read-only once parsed. Every struct text in them points
 * into that arena, never into the text that was parsed. Nothing here is typed or resolved: whether
 * a column, function, source or custom type exists is the planner's question.
 *
 * A list is an array with a count; items is NULL when count is 0. A pointer that the grammar
 * makes optional is NULL when the clause is absent.
 *
 * Every node's pos spans the node: line, column and offset of its first token, and the bytes up to
 * the end of its last. Thread: any, after parsing. */
#ifndef PARSER_AST_H
#define PARSER_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

/* A name of a source, column, field, function, type, topic, ... The quotes are gone. */
struct identifier {
    struct text name; /* upper case unless quoted, but a topic or subject keeps its case */
    bool is_quoted;   /* written with "..." or `...` (or, for a topic, as a string) */
    struct sql_pos pos;
};

struct identifier_list {
    struct identifier *items;
    size_t count;
};

/* ---- Types ---- */

enum type_name_kind {
    TYPE_NAME_SIMPLE, /* BOOLEAN, INTEGER, BIGINT, DOUBLE, STRING, BYTES, DATE, TIME, TIMESTAMP
                         by these names (INT and VARCHAR are replaced), or a custom type */
    TYPE_NAME_DECIMAL,
    TYPE_NAME_ARRAY,
    TYPE_NAME_MAP,
    TYPE_NAME_STRUCT,
};

struct type_name_field;

struct type_name {
    enum type_name_kind kind;
    uint32_t depth; /* levels from here down, this one included */
    struct sql_pos pos;
    union {
        struct identifier simple; /* a quoted name is always a custom type */
        struct {
            int32_t precision; /* as written: the planner checks the range */
            int32_t scale;
        } decimal;
        struct type_name *element; /* ARRAY */
        struct {
            struct type_name *key;
            struct type_name *value;
        } map;
        struct {
            struct type_name_field *items;
            size_t count; /* may be 0 */
        } fields;         /* STRUCT */
    };
};

struct type_name_field {
    struct identifier name;
    struct type_name *type;
};

/* ---- Expressions ---- */

enum expression_kind {
    EXPRESSION_NULL,
    EXPRESSION_BOOLEAN,
    EXPRESSION_INTEGER, /* fits 32 bits */
    EXPRESSION_BIGINT,
    EXPRESSION_DECIMAL,
    EXPRESSION_DOUBLE,
    EXPRESSION_STRING,
    EXPRESSION_COLUMN,
    EXPRESSION_ARITHMETIC, /* + - * / % */
    EXPRESSION_SIGN,       /* unary + and -; a minus before a number is part of the literal */
    EXPRESSION_CONCAT,     /* || */
    EXPRESSION_COMPARISON,
    EXPRESSION_LOGICAL, /* AND, OR */
    EXPRESSION_NOT,     /* also holds NOT BETWEEN, NOT IN, NOT LIKE and IS NOT DISTINCT FROM */
    EXPRESSION_BETWEEN,
    EXPRESSION_IN,
    EXPRESSION_LIKE,
    EXPRESSION_IS_NULL,
    EXPRESSION_CASE,
    EXPRESSION_CAST,
    EXPRESSION_ARRAY,
    EXPRESSION_MAP,
    EXPRESSION_STRUCT,
    EXPRESSION_CALL,
    EXPRESSION_INTERVAL_UNIT, /* bare DAYS, SECONDS, ... as a function argument */
    EXPRESSION_SUBSCRIPT,     /* base[index] */
    EXPRESSION_DEREFERENCE,   /* base->field */
    EXPRESSION_LAMBDA,        /* as a function argument only */
    EXPRESSION_AT_TIME_ZONE,  /* parses; ksqlDB does not implement it */
    EXPRESSION_KIND_COUNT
};

enum ast_arithmetic {
    AST_ARITHMETIC_ADD,
    AST_ARITHMETIC_SUBTRACT,
    AST_ARITHMETIC_MULTIPLY,
    AST_ARITHMETIC_DIVIDE,
    AST_ARITHMETIC_MODULUS,
};

enum ast_comparison {
    AST_COMPARISON_EQUAL,
    AST_COMPARISON_NOT_EQUAL,
    AST_COMPARISON_LESS_THAN,
    AST_COMPARISON_LESS_THAN_OR_EQUAL,
    AST_COMPARISON_GREATER_THAN,
    AST_COMPARISON_GREATER_THAN_OR_EQUAL,
    AST_COMPARISON_IS_DISTINCT_FROM,
};

enum ast_logical { AST_LOGICAL_AND, AST_LOGICAL_OR };

enum ast_interval_unit {
    AST_INTERVAL_DAYS,
    AST_INTERVAL_HOURS,
    AST_INTERVAL_MINUTES,
    AST_INTERVAL_SECONDS,
    AST_INTERVAL_MILLISECONDS,
};

struct expression;

struct expression_list {
    struct expression **items;
    size_t count;
};

struct case_branch {
    struct expression *when; /* of a simple CASE: the value to equal */
    struct expression *then;
};

struct map_entry {
    struct expression *key;
    struct expression *value;
};

struct struct_entry {
    struct identifier name;
    struct expression *value;
};

struct expression {
    enum expression_kind kind;
    uint32_t depth; /* levels of the tree from here down, this one included */
    struct sql_pos pos;
    union {
        bool boolean;
        int32_t integer;
        int64_t bigint;
        double real; /* DOUBLE; always finite */
        struct {
            struct text digits; /* [-]digits[.digits]: "00.5" and ".5" are "0.5", "1." is "1" */
            int32_t precision;  /* >= 1; scale + 1 when the absolute value is below 1 */
            int32_t scale;      /* >= 0 */
        } decimal;
        struct text string; /* unescaped */
        struct {
            bool has_source;
            struct identifier source; /* the qualifier, when has_source */
            struct identifier name;
        } column;
        struct {
            enum ast_arithmetic op;
            struct sql_pos op_pos; /* of the operator alone */
            struct expression *left;
            struct expression *right;
        } arithmetic;
        struct {
            bool is_minus;
            struct expression *operand;
        } sign;
        struct {
            struct expression *left;
            struct expression *right;
        } concat;
        struct {
            enum ast_comparison op;
            struct sql_pos op_pos; /* of the operator alone */
            struct expression *left;
            struct expression *right;
        } comparison;
        struct {
            enum ast_logical op;
            struct expression *left;
            struct expression *right;
        } logical;
        struct expression *operand; /* NOT */
        struct {
            struct expression *value;
            struct expression *min;
            struct expression *max;
        } between;
        struct {
            struct expression *value;
            struct expression_list list; /* at least one */
        } in;
        struct {
            struct expression *value;
            struct expression *pattern;
            struct text escape; /* one character; data is NULL when there is no ESCAPE */
        } like;
        struct {
            struct expression *value;
            bool is_negated; /* IS NOT NULL */
        } is_null;
        struct {
            struct expression *subject; /* NULL: a searched CASE */
            struct case_branch *branches;
            size_t branch_count;          /* at least one */
            struct expression *otherwise; /* NULL: no ELSE */
        } conditional;                    /* CASE */
        struct {
            struct expression *value;
            struct type_name *type;
        } cast;
        struct expression_list array; /* may be empty: the planner refuses that */
        struct {
            struct map_entry *entries;
            size_t count; /* may be 0: the planner refuses that */
        } map;
        struct {
            struct struct_entry *entries;
            size_t count; /* may be 0 */
        } structure;
        struct {
            struct identifier name;
            bool is_star; /* F(*): args is empty */
            struct expression_list args;
        } call;
        enum ast_interval_unit interval_unit;
        struct {
            struct expression *base;
            struct expression *index;
        } subscript;
        struct {
            struct expression *base;
            struct identifier field;
        } dereference;
        struct {
            struct identifier_list params; /* 1 or more; duplicates are the planner's to refuse */
            struct expression *body;
        } lambda;
        struct {
            struct expression *value;
            struct text zone;
        } at_time_zone;
    };
};

/* ---- Queries ---- */

/* n unit, as in 10 SECONDS. */
struct duration {
    int64_t count; /* >= 0 */
    enum ast_interval_unit unit;
    int64_t ms; /* the same in milliseconds; the parser refuses what does not fit */
    bool is_present;
    struct sql_pos pos;
};

enum select_item_kind {
    SELECT_ITEM_EXPRESSION,
    SELECT_ITEM_STAR,        /* *            expression is NULL */
    SELECT_ITEM_SOURCE_STAR, /* source.*     expression is NULL */
    SELECT_ITEM_STRUCT_STAR, /* struct->*    expression is the struct */
};

struct select_item {
    enum select_item_kind kind;
    struct sql_pos pos;
    struct expression *expression;
    bool has_alias;
    struct identifier alias;  /* when has_alias; only for SELECT_ITEM_EXPRESSION */
    struct identifier source; /* only for SELECT_ITEM_SOURCE_STAR */
};

/* A source in FROM or JOIN. */
struct select_source {
    struct identifier name;
    bool has_alias;
    struct identifier alias; /* equals name when there is none */
};

enum ast_join_type { AST_JOIN_INNER, AST_JOIN_LEFT, AST_JOIN_RIGHT, AST_JOIN_FULL };

struct select_join {
    enum ast_join_type type;
    struct sql_pos pos;
    struct select_source source;
    struct duration within_before; /* both present or neither; equal for WITHIN n unit */
    struct duration within_after;
    bool is_within_pair; /* written WITHIN (before, after) */
    struct duration within_grace;
    struct expression *on;
};

enum ast_window_kind { AST_WINDOW_TUMBLING, AST_WINDOW_HOPPING, AST_WINDOW_SESSION };

struct select_window {
    enum ast_window_kind kind;
    struct sql_pos pos;
    bool has_name;
    struct identifier name;  /* cosmetic */
    struct duration size;    /* TUMBLING, HOPPING: the size; SESSION: the gap */
    struct duration advance; /* HOPPING only */
    struct duration retention;
    struct duration grace;
};

enum ast_emit { AST_EMIT_NONE, AST_EMIT_CHANGES, AST_EMIT_FINAL };

struct select_query {
    struct sql_pos pos;
    struct select_item *items; /* at least one */
    size_t item_count;
    struct select_source from;
    struct select_join *joins;
    size_t join_count;
    struct select_window *window;
    struct expression *where;
    struct expression_list group_by;     /* count 0 with has_group_by: GROUP BY () */
    struct expression_list partition_by; /* likewise */
    bool has_group_by;
    bool has_partition_by;
    struct sql_pos group_by_pos;
    struct sql_pos partition_by_pos;
    struct expression *having;
    enum ast_emit emit;
    struct sql_pos emit_pos;
    bool has_limit;
    int64_t limit; /* may be negative: the engine refuses that with ksqlDB's words */
    struct sql_pos limit_pos;
};

/* ---- Statements ---- */

/* One entry of a WITH clause. */
struct property {
    struct text name;         /* upper case, whether quoted or not */
    struct text written_name; /* upper case unless quoted: connectors need their exact keys */
    struct sql_pos pos;       /* of the name */
    struct expression *value; /* a literal: NULL .. STRING */
};

struct property_list {
    struct property *items;
    size_t count;
    struct sql_pos pos;
    bool is_present; /* then at least one item */
};

enum column_constraint {
    COLUMN_CONSTRAINT_NONE,
    COLUMN_CONSTRAINT_KEY,
    COLUMN_CONSTRAINT_PRIMARY_KEY,
    COLUMN_CONSTRAINT_HEADERS,
    COLUMN_CONSTRAINT_HEADER, /* HEADER('k') */
};

struct column_definition {
    struct identifier name;
    struct type_name *type;
    enum column_constraint constraint;
    struct text header_key; /* of COLUMN_CONSTRAINT_HEADER */
    struct sql_pos pos;
};

struct column_definition_list {
    struct column_definition *items;
    size_t count;
};

enum ast_source_kind { AST_SOURCE_STREAM, AST_SOURCE_TABLE };

enum statement_kind {
    STATEMENT_QUERY,
    STATEMENT_CREATE_SOURCE, /* CREATE STREAM or TABLE with columns */
    STATEMENT_CREATE_AS,     /* CREATE STREAM or TABLE ... AS SELECT */
    STATEMENT_INSERT_SELECT,
    STATEMENT_INSERT_VALUES,
    STATEMENT_DROP_SOURCE,
    STATEMENT_ALTER_SOURCE,
    STATEMENT_CREATE_TYPE,
    STATEMENT_DROP_TYPE,
    STATEMENT_CREATE_CONNECTOR,
    STATEMENT_DROP_CONNECTOR,
    STATEMENT_LIST,
    STATEMENT_DESCRIBE,
    STATEMENT_PRINT,
    STATEMENT_TERMINATE,
    STATEMENT_PAUSE,
    STATEMENT_RESUME,
    STATEMENT_SET,
    STATEMENT_UNSET,
    STATEMENT_ALTER_SYSTEM,
    STATEMENT_DEFINE,
    STATEMENT_UNDEFINE,
    STATEMENT_EXPLAIN,
    STATEMENT_ASSERT_TOPIC,
    STATEMENT_ASSERT_SCHEMA,
    STATEMENT_ASSERT_VALUES,      /* SQL tests only, as are the ones below */
    STATEMENT_ASSERT_NULL_VALUES, /* a tombstone */
    STATEMENT_ASSERT_SOURCE,
    STATEMENT_RUN_SCRIPT,
    STATEMENT_KIND_COUNT
};

enum list_subject {
    LIST_PROPERTIES,
    LIST_TOPICS,
    LIST_STREAMS,
    LIST_TABLES,
    LIST_FUNCTIONS,
    LIST_CONNECTORS,
    LIST_CONNECTOR_PLUGINS,
    LIST_TYPES,
    LIST_VARIABLES,
    LIST_QUERIES,
};

enum describe_subject {
    DESCRIBE_SOURCE,
    DESCRIBE_STREAMS,
    DESCRIBE_TABLES,
    DESCRIBE_FUNCTION,
    DESCRIBE_CONNECTOR,
};

enum connector_kind { CONNECTOR_ANY, CONNECTOR_SOURCE, CONNECTOR_SINK };

struct statement;

struct create_source_statement {
    enum ast_source_kind kind;
    bool or_replace;
    bool if_not_exists;
    bool is_read_only; /* CREATE SOURCE STREAM or TABLE */
    struct identifier name;
    struct column_definition_list columns;
    struct property_list properties;
};

struct create_as_statement {
    enum ast_source_kind kind;
    bool or_replace;
    bool if_not_exists;
    struct identifier name;
    struct property_list properties;
    struct select_query *query;
};

struct insert_select_statement {
    struct identifier target;
    struct property_list properties;
    struct select_query *query;
};

/* INSERT INTO .. VALUES, ASSERT VALUES, ASSERT NULL VALUES .. KEY. */
struct insert_values_statement {
    struct identifier target;
    struct identifier_list columns; /* count 0: all */
    struct expression_list values;  /* may be empty: the engine refuses that */
};

struct drop_source_statement {
    enum ast_source_kind kind;
    bool if_exists;
    bool delete_topic;
    struct identifier name;
};

struct alter_source_statement {
    enum ast_source_kind kind;
    struct identifier name;
    struct column_definition_list columns; /* at least one, without constraints */
};

struct create_type_statement {
    bool if_not_exists;
    struct identifier name;
    struct type_name *type;
};

struct create_connector_statement {
    enum connector_kind kind; /* never CONNECTOR_ANY */
    bool if_not_exists;
    struct identifier name;
    struct property_list properties;
};

/* DROP TYPE, DROP CONNECTOR. */
struct drop_named_statement {
    bool if_exists;
    struct identifier name;
};

struct list_statement {
    enum list_subject subject;
    bool is_show;                  /* written SHOW, not LIST */
    bool is_all;                   /* TOPICS */
    bool is_extended;              /* TOPICS, STREAMS, TABLES, QUERIES */
    enum connector_kind connector; /* CONNECTORS */
};

struct describe_statement {
    enum describe_subject subject;
    bool is_extended;
    struct identifier name; /* of a source, function or connector */
};

struct print_statement {
    struct identifier topic;
    bool from_beginning;
    bool has_interval;
    int64_t interval; /* every n-th record */
    bool has_limit;
    int64_t limit;
};

/* TERMINATE, PAUSE, RESUME. */
struct query_control_statement {
    bool is_all;
    struct identifier query_id; /* when not is_all; as written: compare without case */
};

/* SET, UNSET, ALTER SYSTEM. */
struct setting_statement {
    struct text key;
    struct text value; /* not of UNSET */
};

/* DEFINE, UNDEFINE. */
struct variable_statement {
    struct text name; /* as written; compared without regard to case */
    struct text value;
};

/* Exactly one of the two: EXPLAIN of a statement or of a running query. */
struct explain_statement {
    struct statement *statement; /* NULL: by query_id */
    struct identifier query_id;  /* as written: compare without case */
};

struct assert_topic_statement {
    bool not_exists;
    struct identifier topic;
    struct property_list properties;
    struct duration timeout;
};

struct assert_schema_statement {
    bool not_exists;
    bool has_subject;
    struct identifier subject;
    bool has_id;
    int64_t id;
    struct duration timeout;
};

struct assert_source_statement {
    enum ast_source_kind kind;
    struct identifier name;
    struct column_definition_list columns;
    struct property_list properties;
};

struct statement {
    enum statement_kind kind;
    struct sql_pos pos; /* in the text given to the parser */
    /* The statement's text from its first to its last token, without the ';', variables
     * replaced. It can be parsed again by itself. */
    struct text text;
    union {
        struct select_query *query;
        struct create_source_statement create_source;
        struct create_as_statement create_as;
        struct insert_select_statement insert_select;
        struct insert_values_statement values; /* INSERT_VALUES, ASSERT_VALUES, .._NULL_VALUES */
        struct drop_source_statement drop_source;
        struct alter_source_statement alter_source;
        struct create_type_statement create_type;
        struct create_connector_statement create_connector;
        struct drop_named_statement drop_named; /* DROP_TYPE, DROP_CONNECTOR */
        struct list_statement list;
        struct describe_statement describe;
        struct print_statement print;
        struct query_control_statement query_control; /* TERMINATE, PAUSE, RESUME */
        struct setting_statement setting;             /* SET, UNSET, ALTER_SYSTEM */
        struct variable_statement variable;           /* DEFINE, UNDEFINE */
        struct explain_statement explain;
        struct assert_topic_statement assert_topic;
        struct assert_schema_statement assert_schema;
        struct assert_source_statement assert_source;
        struct text script_path; /* RUN_SCRIPT */
    };
};

struct statement_list {
    struct statement **items;
    size_t count;
};

#endif
