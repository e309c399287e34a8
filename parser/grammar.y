/* grammar.y: the language, rule by rule (spec: ksqlDB's SqlBase grammar).
 *
 * Every rule calls one function of parser/builder.h or fills one plain struct. Actions keep
 * running for a moment after the first failure, so they check what they are given for NULL before
 * they look into it.
 *
 * What LALR(1) cannot see is settled before tokens come here (parser/token_list.c): whether EMIT,
 * PARTITION and IF are keywords or names, whether a bracket opens the parameters of a lambda,
 * whether a minus belongs to a number. The first token is always one of the four GOAL tokens.
 */
%name grammar
%token_prefix TOKEN_
%token_type {const struct token *}
%extra_argument {struct builder *b}
/* Room for a tree of PARSER_DEPTH_MAX levels with all its brackets, at 7 symbols for the costliest
 * one: ( value NOT IN ( expressions , */
%stack_size 4000

%include {
#include "parser/grammar.h"

#include <assert.h>

#include "parser/builder.h"
#include "parser/grammar_api.h"

/* The first syntax error ends the parse. */
#define YYNOERRORRECOVERY 1
#define YYMALLOCARGTYPE size_t
}

%syntax_error {
    (void)yymajor;
    builder_syntax_error(b, TOKEN);
}
%stack_overflow {
    builder_too_large(b);
}

/* The order is the one in which messages list what was expected. */
%token SEMICOLON COMMA LP RP DOT LB RB LT GT STRING_WORD.
%token EMIT CHANGES FINAL SELECT FROM AS ALL DISTINCT WHERE WITHIN WINDOW GROUP BY HAVING LIMIT AT
    OR AND IN NOT EXISTS BETWEEN LIKE ESCAPE IS NULL TRUE FALSE TIME INTERVAL DAY HOUR MINUTE SECOND
    MILLISECOND DAYS HOURS MINUTES SECONDS MILLISECONDS ZONE TUMBLING HOPPING SIZE ADVANCE
    RETENTION GRACE PERIOD CASE WHEN THEN ELSE END JOIN FULL OUTER INNER LEFT RIGHT ON PARTITION
    STRUCT WITH VALUES CREATE TABLE TOPIC STREAM STREAMS INSERT DELETE INTO DESCRIBE EXTENDED PRINT
    EXPLAIN TYPE TYPES CAST SHOW LIST TABLES TOPICS QUERIES TERMINATE PAUSE RESUME COLUMN FUNCTIONS
    FUNCTION DROP ARRAY MAP SET DEFINE UNDEFINE SESSION SAMPLE PROPERTIES BEGINNING UNSET RUN
    SCRIPT DECIMAL KEY CONNECTOR CONNECTORS SINK SOURCE PRIMARY REPLACE ASSERT ADD ALTER VARIABLES
    PLUGINS HEADERS HEADER SYSTEM TIMEOUT SCHEMA SUBJECT ID IF.
%token EQ NEQ LTE GTE PLUS MINUS STAR SLASH PERCENT CONCAT ASSIGN ARROW LAMBDA.
%token STRING INTEGER_VALUE DECIMAL_VALUE FLOATING_POINT_VALUE IDENT QUOTED_IDENT VARIABLE.
%token LAMBDA_LP RESERVED UNRECOGNIZED GOAL_STATEMENT GOAL_EXPRESSION GOAL_TYPE GOAL_COLUMNS.

/* Free words. Lemon tries the fallback before a default reduction, so no state may both shift IDENT
 * and reduce on one of these: "lemon -c" lists what every state reduces on. */
%fallback IDENT
    ADD ALTER ASSERT CHANGES COLUMN DAY DEFINE ESCAPE EXPLAIN FINAL FUNCTION FUNCTIONS GRACE HEADER
    HEADERS HOUR ID INTERVAL KEY MINUTE PERIOD PLUGINS PRIMARY REPLACE SCHEMA SECOND SESSION SET
    SHOW SINK SOURCE SUBJECT SYSTEM TABLES TIME TIMEOUT TYPE TYPES UNDEFINE VARIABLES ZONE
    STRING_WORD.

%left OR.
%left AND.
%right NOT.
%left CONCAT.
%left PLUS MINUS.
%left STAR SLASH PERCENT.
%right SIGN.
%left AT.
/* ARRAY[, MAP( and STRUCT( construct; anywhere else the three words are names. */
%nonassoc KEYWORD_AS_NAME.
%nonassoc LB LP.

start ::= GOAL_STATEMENT statement(S). { b->statement = S; }
start ::= GOAL_EXPRESSION expression(E). { b->expression = E; }
start ::= GOAL_TYPE type(T). { b->type = T; }
start ::= GOAL_COLUMNS columns(C). { b->columns = C; }

/* ---- Names ---- */

%type name {const struct token *}
name(A) ::= IDENT(T). { A = T; }
name(A) ::= QUOTED_IDENT(T). { A = T; }
name(A) ::= ARRAY(T). [KEYWORD_AS_NAME] { A = T; }
name(A) ::= MAP(T). [KEYWORD_AS_NAME] { A = T; }
name(A) ::= STRUCT(T). [KEYWORD_AS_NAME] { A = T; }

%type identifier {struct identifier}
identifier(A) ::= name(T). { A = builder_identifier(b, T); }

%type identifiers {struct identifier_list}
identifiers(A) ::= identifier(I). { A = builder_add_identifier(b, (struct identifier_list){0}, I); }
identifiers(A) ::= identifiers(L) COMMA identifier(I). { A = builder_add_identifier(b, L, I); }

%type source_name {struct identifier}
source_name(A) ::= identifier(I). { A = builder_source_name(b, I); }

/* A topic or subject: its case is kept. */
%type resource_name {struct identifier}
resource_name(A) ::= name(T). { A = builder_resource_name(b, T); }
resource_name(A) ::= STRING(T). { A = builder_resource_name(b, T); }

/* ---- Expressions ---- */

%type expression {struct expression *}
%type predicate {struct expression *}
%type value {struct expression *}
%type primary {struct expression *}
%type literal {struct expression *}
%type number {const struct token *}

expression(A) ::= predicate(P). { A = P; }
expression(A) ::= NOT(T) expression(E). { A = builder_not(b, T, E); }
expression(A) ::= expression(L) AND expression(R). {
    A = builder_logical(b, AST_LOGICAL_AND, L, R);
}
expression(A) ::= expression(L) OR expression(R). { A = builder_logical(b, AST_LOGICAL_OR, L, R); }

%type negation {bool}
negation(A) ::= . { A = false; }
negation(A) ::= NOT. { A = true; }

predicate(A) ::= value(V). { A = V; }
predicate(A) ::= value(L) EQ(T) value(R). {
    A = builder_comparison(b, AST_COMPARISON_EQUAL, T, L, R);
}
predicate(A) ::= value(L) NEQ(T) value(R). {
    A = builder_comparison(b, AST_COMPARISON_NOT_EQUAL, T, L, R);
}
predicate(A) ::= value(L) LT(T) value(R). {
    A = builder_comparison(b, AST_COMPARISON_LESS_THAN, T, L, R);
}
predicate(A) ::= value(L) LTE(T) value(R). {
    A = builder_comparison(b, AST_COMPARISON_LESS_THAN_OR_EQUAL, T, L, R);
}
predicate(A) ::= value(L) GT(T) value(R). {
    A = builder_comparison(b, AST_COMPARISON_GREATER_THAN, T, L, R);
}
predicate(A) ::= value(L) GTE(T) value(R). {
    A = builder_comparison(b, AST_COMPARISON_GREATER_THAN_OR_EQUAL, T, L, R);
}
predicate(A) ::= value(V) negation(N) BETWEEN value(L) AND value(U). {
    A = builder_negate(b, N, builder_between(b, V, L, U));
}
predicate(A) ::= value(V) negation(N) IN LP expressions(L) RP(T). {
    A = builder_negate(b, N, builder_in(b, V, L, T));
}
predicate(A) ::= value(V) negation(N) LIKE value(P). {
    A = builder_negate(b, N, builder_like(b, V, P, NULL));
}
predicate(A) ::= value(V) negation(N) LIKE value(P) ESCAPE STRING(T). {
    A = builder_negate(b, N, builder_like(b, V, P, T));
}
predicate(A) ::= value(V) IS negation(N) NULL(T). { A = builder_is_null(b, V, N, T); }
predicate(A) ::= value(L) IS(T) negation(N) DISTINCT FROM value(R). {
    A = builder_negate(b, N, builder_comparison(b, AST_COMPARISON_IS_DISTINCT_FROM, T, L, R));
}

value(A) ::= primary(P). { A = P; }
value(A) ::= value(V) AT TIME ZONE STRING(T). { A = builder_at_time_zone(b, V, T); }
value(A) ::= MINUS(T) value(V). [SIGN] { A = builder_sign(b, T, true, V); }
value(A) ::= PLUS(T) value(V). [SIGN] { A = builder_sign(b, T, false, V); }
value(A) ::= value(L) STAR(T) value(R). {
    A = builder_arithmetic(b, AST_ARITHMETIC_MULTIPLY, T, L, R);
}
value(A) ::= value(L) SLASH(T) value(R). {
    A = builder_arithmetic(b, AST_ARITHMETIC_DIVIDE, T, L, R);
}
value(A) ::= value(L) PERCENT(T) value(R). {
    A = builder_arithmetic(b, AST_ARITHMETIC_MODULUS, T, L, R);
}
value(A) ::= value(L) PLUS(T) value(R). { A = builder_arithmetic(b, AST_ARITHMETIC_ADD, T, L, R); }
value(A) ::= value(L) MINUS(T) value(R). {
    A = builder_arithmetic(b, AST_ARITHMETIC_SUBTRACT, T, L, R);
}
value(A) ::= value(L) CONCAT value(R). { A = builder_concat(b, L, R); }

%type expressions {struct expression_list}
expressions(A) ::= expression(E). { A = builder_add_expression(b, (struct expression_list){0}, E); }
expressions(A) ::= expressions(L) COMMA expression(E). { A = builder_add_expression(b, L, E); }

%type expressions_or_none {struct expression_list}
expressions_or_none(A) ::= . { A = (struct expression_list){0}; }
expressions_or_none(A) ::= expressions(L). { A = L; }

number(A) ::= INTEGER_VALUE(T). { A = T; }
number(A) ::= DECIMAL_VALUE(T). { A = T; }
number(A) ::= FLOATING_POINT_VALUE(T). { A = T; }

literal(A) ::= NULL(T). { A = builder_null(b, T); }
literal(A) ::= TRUE(T). { A = builder_boolean(b, T, true); }
literal(A) ::= FALSE(T). { A = builder_boolean(b, T, false); }
literal(A) ::= STRING(T). { A = builder_string(b, T); }
literal(A) ::= number(T). { A = builder_number(b, T); }

primary(A) ::= literal(L). { A = L; }
primary(A) ::= DECIMAL(N) STRING(T). { A = builder_typed_literal(b, N, T); }
primary(A) ::= name(N) STRING(T). { A = builder_typed_literal(b, N, T); }
primary(A) ::= CASE(F) value(V) case_branches(C) otherwise(O) END(L). {
    A = builder_case(b, F, V, C, O, L);
}
primary(A) ::= CASE(F) case_branches(C) otherwise(O) END(L). {
    A = builder_case(b, F, NULL, C, O, L);
}
primary(A) ::= CAST(F) LP expression(E) AS type(T) RP(L). { A = builder_cast(b, F, E, T, L); }
primary(A) ::= ARRAY(F) LB expressions_or_none(E) RB(L). { A = builder_array(b, F, E, L); }
primary(A) ::= MAP(F) LP map_entries_or_none(E) RP(L). { A = builder_map(b, F, E, L); }
primary(A) ::= STRUCT(F) LP struct_entries_or_none(E) RP(L). { A = builder_struct(b, F, E, L); }
primary(A) ::= identifier(N) LP STAR RP(L). {
    A = builder_call(b, N, true, (struct expression_list){0}, L);
}
primary(A) ::= identifier(N) LP arguments(E) RP(L). { A = builder_call(b, N, false, E, L); }
primary(A) ::= primary(P) LB value(I) RB(L). { A = builder_subscript(b, P, I, L); }
primary(A) ::= identifier(N). { A = builder_column(b, NULL, N); }
primary(A) ::= identifier(S) DOT identifier(N). { A = builder_column(b, &S, N); }
primary(A) ::= primary(P) ARROW identifier(N). { A = builder_dereference(b, P, N); }
primary(A) ::= LP expression(E) RP. { A = E; }

%type case_branches {struct case_branch_list}
case_branches(A) ::= WHEN expression(W) THEN expression(T). {
    A = builder_add_branch(b, (struct case_branch_list){0}, W, T);
}
case_branches(A) ::= case_branches(L) WHEN expression(W) THEN expression(T). {
    A = builder_add_branch(b, L, W, T);
}

%type otherwise {struct expression *}
otherwise(A) ::= . { A = NULL; }
otherwise(A) ::= ELSE expression(E). { A = E; }

%type map_entries {struct map_entry_list}
%type map_entries_or_none {struct map_entry_list}
map_entries_or_none(A) ::= . { A = (struct map_entry_list){0}; }
map_entries_or_none(A) ::= map_entries(L). { A = L; }
map_entries(A) ::= expression(K) ASSIGN expression(V). {
    A = builder_add_map_entry(b, (struct map_entry_list){0}, K, V);
}
map_entries(A) ::= map_entries(L) COMMA expression(K) ASSIGN expression(V). {
    A = builder_add_map_entry(b, L, K, V);
}

%type struct_entries {struct struct_entry_list}
%type struct_entries_or_none {struct struct_entry_list}
struct_entries_or_none(A) ::= . { A = (struct struct_entry_list){0}; }
struct_entries_or_none(A) ::= struct_entries(L). { A = L; }
struct_entries(A) ::= identifier(N) ASSIGN expression(V). {
    A = builder_add_struct_entry(b, (struct struct_entry_list){0}, N, V);
}
struct_entries(A) ::= struct_entries(L) COMMA identifier(N) ASSIGN expression(V). {
    A = builder_add_struct_entry(b, L, N, V);
}

/* Lambdas come last, behind at least one ordinary argument. */
%type arguments {struct expression_list}
%type plain_arguments {struct expression_list}
%type lambda_arguments {struct expression_list}
%type argument {struct expression *}
%type lambda {struct expression *}
arguments(A) ::= . { A = (struct expression_list){0}; }
arguments(A) ::= plain_arguments(L). { A = L; }
arguments(A) ::= lambda_arguments(L). { A = L; }
plain_arguments(A) ::= argument(E). {
    A = builder_add_expression(b, (struct expression_list){0}, E);
}
plain_arguments(A) ::= plain_arguments(L) COMMA argument(E). {
    A = builder_add_expression(b, L, E);
}
lambda_arguments(A) ::= plain_arguments(L) COMMA lambda(E). { A = builder_add_expression(b, L, E); }
lambda_arguments(A) ::= lambda_arguments(L) COMMA lambda(E). {
    A = builder_add_expression(b, L, E);
}

argument(A) ::= expression(E). { A = E; }
argument(A) ::= reserved_unit(T). { A = builder_unit_argument(b, T); }

lambda(A) ::= identifier(I) LAMBDA expression(E). {
    A = builder_lambda(b, builder_add_identifier(b, (struct identifier_list){0}, I), E);
}
lambda(A) ::= LAMBDA_LP identifiers(L) RP LAMBDA expression(E). { A = builder_lambda(b, L, E); }

/* The units that cannot be a name; a bare DAY is a column. */
%type reserved_unit {const struct token *}
reserved_unit(A) ::= MILLISECOND(T). { A = T; }
reserved_unit(A) ::= DAYS(T). { A = T; }
reserved_unit(A) ::= HOURS(T). { A = T; }
reserved_unit(A) ::= MINUTES(T). { A = T; }
reserved_unit(A) ::= SECONDS(T). { A = T; }
reserved_unit(A) ::= MILLISECONDS(T). { A = T; }

%type unit {const struct token *}
unit(A) ::= reserved_unit(T). { A = T; }
unit(A) ::= DAY(T). { A = T; }
unit(A) ::= HOUR(T). { A = T; }
unit(A) ::= MINUTE(T). { A = T; }
unit(A) ::= SECOND(T). { A = T; }

%type duration {struct duration}
duration(A) ::= number(N) unit(U). { A = builder_duration(b, N, U); }

/* ---- Types ---- */

%type type {struct type_name *}
type(A) ::= type(E) ARRAY(L). { A = builder_array_type(b, E, NULL, L); }
type(A) ::= ARRAY(F) LT type(E) GT(L). { A = builder_array_type(b, E, F, L); }
type(A) ::= MAP(F) LT type(K) COMMA type(V) GT(L). { A = builder_map_type(b, F, K, V, L); }
type(A) ::= STRUCT(F) LT GT(L). { A = builder_struct_type(b, F, (struct type_field_list){0}, L); }
type(A) ::= STRUCT(F) NEQ(L). { A = builder_struct_type(b, F, (struct type_field_list){0}, L); }
type(A) ::= STRUCT(F) LT type_fields(L) GT(T). { A = builder_struct_type(b, F, L, T); }
type(A) ::= DECIMAL(F) LP number(P) COMMA number(S) RP(L). {
    A = builder_decimal_type(b, F, P, S, L);
}
type(A) ::= identifier(I). { A = builder_simple_type(b, I, NULL); }
type(A) ::= identifier(I) LP type_parameters RP(L). { A = builder_simple_type(b, I, L); }

/* Accepted and ignored, as in VARCHAR(20). */
type_parameters ::= type_parameter.
type_parameters ::= type_parameters COMMA type_parameter.
type_parameter ::= INTEGER_VALUE.
type_parameter ::= STRING_WORD.

%type type_fields {struct type_field_list}
type_fields(A) ::= identifier(N) type(T). {
    A = builder_add_type_field(b, (struct type_field_list){0}, N, T);
}
type_fields(A) ::= type_fields(L) COMMA identifier(N) type(T). {
    A = builder_add_type_field(b, L, N, T);
}

/* ---- Queries ---- */

%type query {struct select_query *}
query(A) ::= SELECT(F) select_items(I) FROM relation(R) window(W) where(C) group_by(G)
             partition_by(P) having(H) emit(E) limit(L). {
    A = builder_query(b, F, &(struct query_clauses){I, R, W, C, G, P, H, E, L});
}

%type select_items {struct select_item_list}
%type select_item {struct select_item *}
select_items(A) ::= select_item(I). { A = builder_add_item(b, (struct select_item_list){0}, I); }
select_items(A) ::= select_items(L) COMMA select_item(I). { A = builder_add_item(b, L, I); }

select_item(A) ::= expression(E). { A = builder_item(b, E, NULL); }
select_item(A) ::= expression(E) AS identifier(N). { A = builder_item(b, E, &N); }
select_item(A) ::= expression(E) identifier(N). { A = builder_item(b, E, &N); }
select_item(A) ::= primary(P) ARROW STAR(T). { A = builder_struct_star(b, P, T); }
select_item(A) ::= identifier(S) DOT STAR(T). { A = builder_source_star(b, S, T); }
select_item(A) ::= STAR(T). { A = builder_star(b, T); }

%type relation {struct relation}
relation(A) ::= source(S). { A = builder_relation(b, S); }
relation(A) ::= relation(R) join(J). { A = builder_add_join(b, R, J); }

%type source {struct select_source *}
source(A) ::= source_name(N). { A = builder_source(b, N, NULL); }
source(A) ::= source_name(N) AS source_name(I). { A = builder_source(b, N, &I); }
source(A) ::= source_name(N) source_name(I). { A = builder_source(b, N, &I); }

%type join {struct select_join *}
join(A) ::= join_type(T) JOIN source(S) within(W) ON expression(E). {
    A = builder_join(b, T, S, W, E);
}

%type join_type {struct join_words}
join_type(A) ::= . { A = (struct join_words){AST_JOIN_INNER, NULL}; }
join_type(A) ::= INNER(T). { A = (struct join_words){AST_JOIN_INNER, T}; }
join_type(A) ::= LEFT(T) outer. { A = (struct join_words){AST_JOIN_LEFT, T}; }
join_type(A) ::= RIGHT(T) outer. { A = (struct join_words){AST_JOIN_RIGHT, T}; }
join_type(A) ::= FULL(T) outer. { A = (struct join_words){AST_JOIN_FULL, T}; }
outer ::= .
outer ::= OUTER.

%type within {struct within *}
within(A) ::= . { A = NULL; }
within(A) ::= WITHIN duration(D) grace(G). { A = builder_within(b, D, D, false, G); }
within(A) ::= WITHIN LP duration(B) COMMA duration(C) RP grace(G). {
    A = builder_within(b, B, C, true, G);
}

%type grace {struct duration}
grace(A) ::= . { A = (struct duration){0}; }
grace(A) ::= GRACE PERIOD duration(D). { A = D; }

/* The name is spelled out in two rules: after an empty one SESSION would be taken for a name. */
%type window {struct select_window *}
%type window_form {struct select_window *}
window(A) ::= . { A = NULL; }
window(A) ::= WINDOW(F) window_form(W). { A = builder_name_window(b, W, F, NULL); }
window(A) ::= WINDOW(F) IDENT(N) window_form(W). { A = builder_name_window(b, W, F, N); }
window_form(A) ::= TUMBLING LP SIZE duration(S) window_limits(L) RP(T). {
    A = builder_window(b, AST_WINDOW_TUMBLING, S, (struct duration){0}, L, T);
}
window_form(A) ::= HOPPING LP SIZE duration(S) COMMA ADVANCE BY duration(D) window_limits(L)
                   RP(T). {
    A = builder_window(b, AST_WINDOW_HOPPING, S, D, L, T);
}
window_form(A) ::= SESSION LP duration(S) window_limits(L) RP(T). {
    A = builder_window(b, AST_WINDOW_SESSION, S, (struct duration){0}, L, T);
}

%type window_limits {struct window_limits *}
window_limits(A) ::= . { A = NULL; }
window_limits(A) ::= COMMA RETENTION duration(R). {
    A = builder_window_limits(b, R, (struct duration){0});
}
window_limits(A) ::= COMMA GRACE PERIOD duration(G). {
    A = builder_window_limits(b, (struct duration){0}, G);
}
window_limits(A) ::= COMMA RETENTION duration(R) COMMA GRACE PERIOD duration(G). {
    A = builder_window_limits(b, R, G);
}

%type where {struct expression *}
where(A) ::= . { A = NULL; }
where(A) ::= WHERE expression(E). { A = E; }

%type having {struct expression *}
having(A) ::= . { A = NULL; }
having(A) ::= HAVING expression(E). { A = E; }

%type values {struct expression_list}
values(A) ::= value(E). { A = builder_add_expression(b, (struct expression_list){0}, E); }
values(A) ::= values(L) COMMA value(E). { A = builder_add_expression(b, L, E); }

/* (a) is an expression in brackets; () and (a, b, ..) are the list in brackets. */
%type grouping {struct expression_list}
grouping(A) ::= values(L). { A = L; }
grouping(A) ::= LP RP. { A = (struct expression_list){0}; }
grouping(A) ::= LP value(F) COMMA values(L) RP. { A = builder_prepend_expression(b, F, L); }

%type group_by {struct grouping}
group_by(A) ::= . { A = (struct grouping){0}; }
group_by(A) ::= GROUP(T) BY grouping(L). { A = (struct grouping){L, T}; }

%type partition_by {struct grouping}
partition_by(A) ::= . { A = (struct grouping){0}; }
partition_by(A) ::= PARTITION(T) BY grouping(L). { A = (struct grouping){L, T}; }

%type emit {struct emit_words}
emit(A) ::= . { A = (struct emit_words){AST_EMIT_NONE, NULL, NULL}; }
emit(A) ::= EMIT(F) CHANGES(T). { A = (struct emit_words){AST_EMIT_CHANGES, F, T}; }
emit(A) ::= EMIT(F) FINAL(T). { A = (struct emit_words){AST_EMIT_FINAL, F, T}; }

%type limit {const struct token *}
limit(A) ::= . { A = NULL; }
limit(A) ::= LIMIT number(T). { A = T; }

/* ---- Parts of statements ---- */

%type source_kind {enum ast_source_kind}
source_kind(A) ::= STREAM. { A = AST_SOURCE_STREAM; }
source_kind(A) ::= TABLE. { A = AST_SOURCE_TABLE; }

%type if_not_exists {bool}
if_not_exists(A) ::= . { A = false; }
if_not_exists(A) ::= IF NOT EXISTS. { A = true; }

%type if_exists {bool}
if_exists(A) ::= . { A = false; }
if_exists(A) ::= IF EXISTS. { A = true; }

%type extended {bool}
extended(A) ::= . { A = false; }
extended(A) ::= EXTENDED. { A = true; }

%type columns {struct column_definition_list}
columns(A) ::= column(C). { A = builder_add_column(b, (struct column_definition_list){0}, C); }
columns(A) ::= columns(L) COMMA column(C). { A = builder_add_column(b, L, C); }

%type column {struct column_definition *}
column(A) ::= identifier(N) type(T) constraint(C). { A = builder_column_definition(b, N, T, C); }

%type constraint {struct constraint_words}
constraint(A) ::= . { A = (struct constraint_words){COLUMN_CONSTRAINT_NONE, NULL, NULL}; }
constraint(A) ::= KEY(T). { A = (struct constraint_words){COLUMN_CONSTRAINT_KEY, NULL, T}; }
constraint(A) ::= PRIMARY KEY(T). {
    A = (struct constraint_words){COLUMN_CONSTRAINT_PRIMARY_KEY, NULL, T};
}
constraint(A) ::= HEADERS(T). { A = (struct constraint_words){COLUMN_CONSTRAINT_HEADERS, NULL, T}; }
constraint(A) ::= HEADER LP STRING(K) RP(T). {
    A = (struct constraint_words){COLUMN_CONSTRAINT_HEADER, K, T};
}

%type column_list {struct column_definition_list}
column_list(A) ::= . { A = (struct column_definition_list){0}; }
column_list(A) ::= LP columns(L) RP. { A = L; }

%type with {struct property_list}
with(A) ::= . { A = (struct property_list){0}; }
with(A) ::= required_with(L). { A = L; }

%type required_with {struct property_list}
required_with(A) ::= WITH(F) LP properties(L) RP(T). { A = builder_properties(L, F, T); }

%type properties {struct property_list}
properties(A) ::= property(P). { A = builder_add_property(b, (struct property_list){0}, P); }
properties(A) ::= properties(L) COMMA property(P). { A = builder_add_property(b, L, P); }

%type property {struct property *}
property(A) ::= identifier(N) EQ literal(V). { A = builder_property(b, N, V); }
property(A) ::= STRING(T) EQ literal(V). { A = builder_property(b, builder_identifier(b, T), V); }

%type names {struct identifier_list}
names(A) ::= . { A = (struct identifier_list){0}; }
names(A) ::= LP identifiers(L) RP. { A = L; }

%type row {struct expression_list}
row(A) ::= LP RP. { A = (struct expression_list){0}; }
row(A) ::= LP values(L) RP. { A = L; }

%type timeout {struct duration}
timeout(A) ::= . { A = (struct duration){0}; }
timeout(A) ::= TIMEOUT duration(D). { A = D; }

/* ---- Statements ---- */

%type statement {struct statement *}
statement(A) ::= query(Q). {
    A = builder_statement(b, STATEMENT_QUERY);
    if (A) { A->query = Q; }
}

%type list_words {bool}
list_words(A) ::= LIST. { A = false; }
list_words(A) ::= SHOW. { A = true; }
statement(A) ::= list_words(S) PROPERTIES. {
    A = builder_list(b, (struct list_statement){.subject = LIST_PROPERTIES, .is_show = S});
}
statement(A) ::= list_words(S) TOPICS extended(E). {
    A = builder_list(b, (struct list_statement){LIST_TOPICS, S, false, E, CONNECTOR_ANY});
}
statement(A) ::= list_words(S) ALL TOPICS extended(E). {
    A = builder_list(b, (struct list_statement){LIST_TOPICS, S, true, E, CONNECTOR_ANY});
}
statement(A) ::= list_words(S) STREAMS extended(E). {
    A = builder_list(b, (struct list_statement){LIST_STREAMS, S, false, E, CONNECTOR_ANY});
}
statement(A) ::= list_words(S) TABLES extended(E). {
    A = builder_list(b, (struct list_statement){LIST_TABLES, S, false, E, CONNECTOR_ANY});
}
statement(A) ::= list_words(S) QUERIES extended(E). {
    A = builder_list(b, (struct list_statement){LIST_QUERIES, S, false, E, CONNECTOR_ANY});
}
statement(A) ::= list_words(S) FUNCTIONS. {
    A = builder_list(b, (struct list_statement){.subject = LIST_FUNCTIONS, .is_show = S});
}
statement(A) ::= list_words(S) CONNECTORS. {
    A = builder_list(b, (struct list_statement){LIST_CONNECTORS, S, false, false, CONNECTOR_ANY});
}
statement(A) ::= list_words(S) SOURCE CONNECTORS. {
    A = builder_list(b, (struct list_statement){.subject = LIST_CONNECTORS, .is_show = S,
                                                .connector = CONNECTOR_SOURCE});
}
statement(A) ::= list_words(S) SINK CONNECTORS. {
    A = builder_list(b, (struct list_statement){.subject = LIST_CONNECTORS, .is_show = S,
                                                .connector = CONNECTOR_SINK});
}
statement(A) ::= list_words(S) CONNECTOR PLUGINS. {
    A = builder_list(b, (struct list_statement){.subject = LIST_CONNECTOR_PLUGINS, .is_show = S});
}
statement(A) ::= list_words(S) TYPES. {
    A = builder_list(b, (struct list_statement){.subject = LIST_TYPES, .is_show = S});
}
statement(A) ::= list_words(S) VARIABLES. {
    A = builder_list(b, (struct list_statement){.subject = LIST_VARIABLES, .is_show = S});
}

statement(A) ::= DESCRIBE source_name(N) extended(E). {
    A = builder_describe(b, (struct describe_statement){DESCRIBE_SOURCE, E, N});
}
statement(A) ::= DESCRIBE STREAMS extended(E). {
    const struct identifier none = {0};
    A = builder_describe(b, (struct describe_statement){DESCRIBE_STREAMS, E, none});
}
statement(A) ::= DESCRIBE TABLES extended(E). {
    const struct identifier none = {0};
    A = builder_describe(b, (struct describe_statement){DESCRIBE_TABLES, E, none});
}
statement(A) ::= DESCRIBE FUNCTION identifier(N). {
    A = builder_describe(b, (struct describe_statement){DESCRIBE_FUNCTION, false, N});
}
statement(A) ::= DESCRIBE CONNECTOR identifier(N). {
    A = builder_describe(b, (struct describe_statement){DESCRIBE_CONNECTOR, false, N});
}

%type from_beginning {bool}
from_beginning(A) ::= . { A = false; }
from_beginning(A) ::= FROM BEGINNING. { A = true; }
%type interval {const struct token *}
interval(A) ::= . { A = NULL; }
interval(A) ::= INTERVAL number(T). { A = T; }
interval(A) ::= SAMPLE number(T). { A = T; }
statement(A) ::= PRINT resource_name(N) from_beginning(F) interval(I) limit(L). {
    A = builder_print(b, N, F, I, L);
}

statement(A) ::= TERMINATE name(N). { A = builder_query_control(b, STATEMENT_TERMINATE, N); }
statement(A) ::= TERMINATE ALL. { A = builder_query_control(b, STATEMENT_TERMINATE, NULL); }
statement(A) ::= PAUSE name(N). { A = builder_query_control(b, STATEMENT_PAUSE, N); }
statement(A) ::= PAUSE ALL. { A = builder_query_control(b, STATEMENT_PAUSE, NULL); }
statement(A) ::= RESUME name(N). { A = builder_query_control(b, STATEMENT_RESUME, N); }
statement(A) ::= RESUME ALL. { A = builder_query_control(b, STATEMENT_RESUME, NULL); }

statement(A) ::= SET STRING(K) EQ STRING(V). { A = builder_setting(b, STATEMENT_SET, K, V); }
statement(A) ::= UNSET STRING(K). { A = builder_setting(b, STATEMENT_UNSET, K, NULL); }
statement(A) ::= ALTER SYSTEM STRING(K) EQ STRING(V). {
    A = builder_setting(b, STATEMENT_ALTER_SYSTEM, K, V);
}
statement(A) ::= DEFINE IDENT(N) EQ STRING(V). { A = builder_variable(b, STATEMENT_DEFINE, N, V); }
statement(A) ::= UNDEFINE IDENT(N). { A = builder_variable(b, STATEMENT_UNDEFINE, N, NULL); }

/* Everything up to the name of CREATE STREAM and CREATE TABLE. */
%type create_head {struct statement *}
create_head(A) ::= CREATE source_kind(K) if_not_exists(I) source_name(N). {
    A = builder_create(b, (struct create_source_statement){K, false, I, false, N, {0}, {0}});
}
create_head(A) ::= CREATE SOURCE source_kind(K) if_not_exists(I) source_name(N). {
    A = builder_create(b, (struct create_source_statement){K, false, I, true, N, {0}, {0}});
}
create_head(A) ::= CREATE OR REPLACE source_kind(K) if_not_exists(I) source_name(N). {
    A = builder_create(b, (struct create_source_statement){K, true, I, false, N, {0}, {0}});
}
create_head(A) ::= CREATE OR REPLACE SOURCE source_kind(K) if_not_exists(I) source_name(N). {
    A = builder_create(b, (struct create_source_statement){K, true, I, true, N, {0}, {0}});
}
statement(A) ::= create_head(H) LP columns(C) RP with(W). { A = builder_create_source(b, H, C, W); }
statement(A) ::= create_head(H) with(W). {
    A = builder_create_source(b, H, (struct column_definition_list){0}, W);
}
statement(A) ::= create_head(H) with(W) AS(T) query(Q). { A = builder_create_as(b, H, W, T, Q); }

statement(A) ::= CREATE SINK CONNECTOR if_not_exists(I) identifier(N) required_with(W). {
    A = builder_create_connector(b, (struct create_connector_statement){CONNECTOR_SINK, I, N, W});
}
statement(A) ::= CREATE SOURCE CONNECTOR if_not_exists(I) identifier(N) required_with(W). {
    A = builder_create_connector(b, (struct create_connector_statement){CONNECTOR_SOURCE, I, N, W});
}
statement(A) ::= CREATE TYPE if_not_exists(I) identifier(N) AS type(T). {
    A = builder_statement(b, STATEMENT_CREATE_TYPE);
    if (A) { A->create_type = (struct create_type_statement){I, N, T}; }
}

statement(A) ::= INSERT INTO source_name(N) with(W) query(Q). {
    A = builder_statement(b, STATEMENT_INSERT_SELECT);
    if (A) { A->insert_select = (struct insert_select_statement){N, W, Q}; }
}
statement(A) ::= INSERT INTO source_name(N) names(C) VALUES row(R). {
    A = builder_values(b, STATEMENT_INSERT_VALUES, N, C, R);
}

%type delete_topic {bool}
delete_topic(A) ::= . { A = false; }
delete_topic(A) ::= DELETE TOPIC. { A = true; }
statement(A) ::= DROP source_kind(K) if_exists(I) source_name(N) delete_topic(D). {
    A = builder_statement(b, STATEMENT_DROP_SOURCE);
    if (A) { A->drop_source = (struct drop_source_statement){K, I, D, N}; }
}
statement(A) ::= DROP CONNECTOR if_exists(I) identifier(N). {
    A = builder_drop_named(b, STATEMENT_DROP_CONNECTOR, I, N);
}
statement(A) ::= DROP TYPE if_exists(I) identifier(N). {
    A = builder_drop_named(b, STATEMENT_DROP_TYPE, I, N);
}

%type additions {struct column_definition_list}
%type addition {struct column_definition *}
additions(A) ::= addition(C). { A = builder_add_column(b, (struct column_definition_list){0}, C); }
additions(A) ::= additions(L) COMMA addition(C). { A = builder_add_column(b, L, C); }
addition(A) ::= ADD identifier(N) type(T). {
    A = builder_column_definition(b, N, T, (struct constraint_words){0});
}
addition(A) ::= ADD COLUMN identifier(N) type(T). {
    A = builder_column_definition(b, N, T, (struct constraint_words){0});
}
statement(A) ::= ALTER source_kind(K) source_name(N) additions(C). {
    A = builder_statement(b, STATEMENT_ALTER_SOURCE);
    if (A) { A->alter_source = (struct alter_source_statement){K, N, C}; }
}

statement(A) ::= EXPLAIN statement(S). { A = builder_explain(b, S, NULL); }
statement(A) ::= EXPLAIN name(N). { A = builder_explain(b, NULL, N); }

statement(A) ::= ASSERT TOPIC resource_name(N) with(W) timeout(T). {
    A = builder_assert_topic(b, (struct assert_topic_statement){false, N, W, T});
}
statement(A) ::= ASSERT NOT EXISTS TOPIC resource_name(N) with(W) timeout(T). {
    A = builder_assert_topic(b, (struct assert_topic_statement){true, N, W, T});
}
statement(A) ::= ASSERT SCHEMA subject(N) schema_id(I) timeout(T). {
    A = builder_assert_schema(b, false, N, I, T);
}
statement(A) ::= ASSERT NOT EXISTS SCHEMA subject(N) schema_id(I) timeout(T). {
    A = builder_assert_schema(b, true, N, I, T);
}
%type subject {struct identifier}
subject(A) ::= . { A = (struct identifier){0}; }
subject(A) ::= SUBJECT resource_name(N). { A = N; }
%type schema_id {struct expression *}
schema_id(A) ::= . { A = NULL; }
schema_id(A) ::= ID literal(L). { A = L; }

/* SQL test files only: token_list.c stops them elsewhere. */
statement(A) ::= ASSERT VALUES source_name(N) names(C) VALUES row(R). {
    A = builder_values(b, STATEMENT_ASSERT_VALUES, N, C, R);
}
statement(A) ::= ASSERT NULL VALUES source_name(N) names(C) KEY row(R). {
    A = builder_values(b, STATEMENT_ASSERT_NULL_VALUES, N, C, R);
}
statement(A) ::= ASSERT source_kind(K) source_name(N) column_list(C) with(W). {
    A = builder_statement(b, STATEMENT_ASSERT_SOURCE);
    if (A) { A->assert_source = (struct assert_source_statement){K, N, C, W}; }
}
statement(A) ::= RUN SCRIPT STRING(T). {
    A = builder_statement(b, STATEMENT_RUN_SCRIPT);
    if (A) { A->script_path = builder_unquote(b, T); }
}

%code {
_Static_assert(YYNTOKEN <= GRAMMAR_TOKEN_COUNT_MAX, "raise GRAMMAR_TOKEN_COUNT_MAX");

const int grammar_token_count = YYNTOKEN;

/* Walks the parser's tables as grammar() would for this token, on a copy of the states. */
bool grammar_accepts(const void *parser, int token)
{
    const yyParser *self = parser;
    YYACTIONTYPE states[YYSTACKDEPTH + 1];
    int top = (int)(self->yytos - self->yystack);
    for (int i = 0; i <= top; i++) {
        states[i] = self->yystack[i].stateno;
    }
    for (;;) {
        const YYACTIONTYPE action = yy_find_shift_action((YYCODETYPE)token, states[top]);
        if (action < YY_MIN_REDUCE) {
            return action <= YY_MAX_SHIFTREDUCE || action == YY_ACCEPT_ACTION;
        }
        const int rule = action - YY_MIN_REDUCE;
        top += yyRuleInfoNRhs[rule];
        if (top >= YYSTACKDEPTH) {
            return false;
        }
        states[top + 1] = yy_find_reduce_action(states[top], (YYCODETYPE)yyRuleInfoLhs[rule]);
        top++;
    }
}
}
