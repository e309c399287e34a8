/* expr_run.c
 *
 * A small reader of prefix expressions that calls the builders, and the batch that they are
 * evaluated over. The columns cover each type, with a NULL in the third row.
 */
#include "tests/functions/expr_run.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/batch.h"
#include "functions/regex.h"
#include "functions/registry.h"
#include "base/time_zone.h"
#include "tests/functions/notation.h"
#include "tests/test.h"

enum { ROWS = 4, OPERANDS_MAX = 16, TOKEN_MAX = 128, LAMBDA_NAMES_MAX = 8 };

static const struct {
    const char *name;
    const char *type;
    const char *rows[ROWS];
} fixture[] = {
    {"b", "BOOLEAN", {"true", "false", "NULL", "true"}},
    {"i", "INT", {"1", "2", "NULL", "-2147483648"}},
    {"j", "INT", {"10", "0", "3", "-1"}},
    {"l", "BIGINT", {"1", "9223372036854775807", "NULL", "-5"}},
    {"d", "DOUBLE", {"1.5", "0.0", "NULL", "NaN"}},
    {"m", "DECIMAL(4, 2)", {"10.10", "0.00", "NULL", "-3.33"}},
    {"n", "DECIMAL(5, 3)", {"2.000", "0.000", "NULL", "1.110"}},
    {"s", "VARCHAR", {"'abc'", "''", "NULL", "'2e1'"}},
    {"t", "VARCHAR", {"'b'", "'2020-02-30'", "'2020-02-01'", "'7'"}},
    {"y", "BYTES", {"x'61FF'", "x''", "NULL", "x'61'"}},
    {"day", "DATE", {"0", "18293", "NULL", "-1"}},
    {"clock", "TIME", {"0", "3661001", "NULL", "86399999"}},
    {"ts", "TIMESTAMP", {"0", "1580515200000", "NULL", "-1"}},
    {"a", "ARRAY<INT>", {"[1, 2]", "[]", "NULL", "[NULL, 7]"}},
    {"p", "MAP<VARCHAR, INT>", {"{'x': 1}", "{}", "NULL", "{'x': NULL, 'y': 2}"}},
    {"u", "STRUCT<F INT, G VARCHAR>", {"[1, 'one']", "[NULL, NULL]", "NULL", "[4, '']"}},
};

enum { COLUMNS = sizeof(fixture) / sizeof(fixture[0]) };

struct lambda_name {
    char name[TOKEN_MAX];
    const struct type *type;
    uint32_t slot;
};

struct reader {
    struct expr_build build;
    const char *next;
    uint32_t slot_count;
    size_t lambda_name_count;
    struct lambda_name lambda_names[LAMBDA_NAMES_MAX];
};

static struct regex_cache *regexes;
static struct time_zone_cache *zones;
static struct buffer reports;

struct batch *expr_run_batch(struct arena *arena)
{
    struct batch *batch = NULL;
    struct diag diag;
    assert_ok(batch_create(arena, COLUMNS, ROWS, &batch, &diag), &diag);
    batch->row_count = ROWS;
    for (uint32_t at = 0; at < COLUMNS; at++) {
        const struct type *type = notation_type(arena, fixture[at].type);
        assert_ok(column_init(&batch->columns[at], arena, type, ROWS, &diag), &diag);
        for (size_t row = 0; row < ROWS; row++) {
            column_set(&batch->columns[at], row,
                       notation_value(arena, type, fixture[at].rows[row]));
        }
    }
    return batch;
}

/* --- Reading ------------------------------------------------------------------------------ */

static enum status read_expr(struct reader *reader, const struct expr **out);

static void skip_blanks(struct reader *reader)
{
    while (*reader->next == ' ') {
        reader->next++;
    }
}

static struct text read_token(struct reader *reader)
{
    skip_blanks(reader);
    const char *start = reader->next;
    if (*start == '\'') {
        do {
            reader->next = strchr(reader->next + 1, '\'') + 1;
        } while (*reader->next == '\'');
    } else {
        while (*reader->next && !strchr(" ()", *reader->next)) {
            reader->next++;
        }
        if (*reader->next == '(' && reader->next > start) { /* DECIMAL(4,2) */
            reader->next = strchr(reader->next, ')') + 1;
            while (*reader->next && !strchr(" )", *reader->next)) {
                reader->next++;
            }
        }
    }
    return (struct text){start, (size_t)(reader->next - start)};
}

static const char *terminated(struct reader *reader, struct text text)
{
    return arena_text(reader->build.arena, text).data;
}

static const char *literal_type(struct reader *reader, struct text *token)
{
    const char *text = terminated(reader, *token);
    if (text[0] == '\'') {
        return "VARCHAR";
    }
    if (text_equal(*token, TEXT("true")) || text_equal(*token, TEXT("false"))) {
        return "BOOLEAN";
    }
    if (strchr(text, 'e')) {
        return "DOUBLE";
    }
    const char *point = strchr(text, '.');
    if (point) {
        const size_t scale = strlen(point + 1);
        const size_t sign = text[0] == '-';
        return arena_printf(reader->build.arena, "DECIMAL(%zu, %zu)", strlen(text) - 1 - sign,
                            scale)
            .data;
    }
    if (text[token->bytes - 1] == 'L') {
        token->bytes--;
        return "BIGINT";
    }
    return "INT";
}

static enum status read_leaf(struct reader *reader, const struct expr **out)
{
    struct text token = read_token(reader);
    reader->build.text = token;
    for (size_t i = 0; i < reader->lambda_name_count; i++) {
        const struct lambda_name *lambda = &reader->lambda_names[i];
        if (text_equal(token, text_of(lambda->name))) {
            return expr_lambda_argument(&reader->build, lambda->slot, lambda->type, out);
        }
    }
    for (uint32_t at = 0; at < COLUMNS; at++) {
        if (text_equal(token, text_of(fixture[at].name))) {
            return expr_column(&reader->build, at,
                               notation_type(reader->build.arena, fixture[at].type), out);
        }
    }
    if (text_equal(token, TEXT("NULL"))) {
        reader->build.text = TEXT("null");
        return expr_literal(&reader->build, type_of(TYPE_NULL), VALUE_NULL, out);
    }
    const struct type *type =
        notation_type(reader->build.arena, literal_type(reader, &token));
    return expr_literal(&reader->build, type,
                        notation_value(reader->build.arena, type, terminated(reader, token)),
                        out);
}

static enum status read_operands(struct reader *reader, const struct expr **operands,
                                 uint32_t *count)
{
    *count = 0;
    for (;;) {
        skip_blanks(reader);
        if (*reader->next == ')') {
            return STATUS_OK;
        }
        assert_true(*count < OPERANDS_MAX && *reader->next);
        TRY(read_expr(reader, &operands[*count]));
        (*count)++;
    }
}

/* What a lambda argument needs until its types are known. */
struct pending_lambda {
    struct reader *reader;
    const char *source; /* behind "(lambda" */
};

static enum status read_lambda_body(void *context, const struct type *const *types,
                                    uint32_t *first_slot, const struct expr **body,
                                    struct diag *diag)
{
    (void)diag;
    struct pending_lambda *lambda = context;
    struct reader *reader = lambda->reader;
    const char *after = reader->next;
    const size_t outer_names = reader->lambda_name_count;
    reader->next = strchr(lambda->source, '(') + 1;
    *first_slot = reader->slot_count;
    for (uint32_t i = 0; *reader->next != ')'; i++) {
        struct lambda_name *name = &reader->lambda_names[reader->lambda_name_count++];
        *name = (struct lambda_name){.type = types[i], .slot = reader->slot_count++};
        (void)snprintf(name->name, sizeof(name->name), "%s",
                       terminated(reader, read_token(reader)));
        skip_blanks(reader);
    }
    reader->next++;
    const enum status status = read_expr(reader, body);
    reader->next = after;
    reader->lambda_name_count = outer_names;
    return status;
}

static void skip_expr(struct reader *reader)
{
    unsigned depth = 0;
    do {
        depth += *reader->next == '(';
        depth -= *reader->next == ')';
        reader->next++;
    } while (depth > 0);
}

static bool is_unit(struct reader *reader)
{
    return strncmp(reader->next, "DAYS", 4) == 0 || strncmp(reader->next, "HOURS", 5) == 0 ||
           strncmp(reader->next, "SECOND", 6) == 0;
}

static enum status read_call(struct reader *reader, struct text text, const struct expr **out)
{
    const struct text name = read_token(reader);
    struct expr_argument arguments[OPERANDS_MAX] = {{0}};
    struct pending_lambda lambdas[OPERANDS_MAX];
    uint32_t count = 0;
    for (skip_blanks(reader); *reader->next != ')'; skip_blanks(reader)) {
        struct expr_argument *argument = &arguments[count];
        if (strncmp(reader->next, "(lambda", 7) == 0) {
            lambdas[count] = (struct pending_lambda){reader, reader->next + 7};
            const char *names = strchr(reader->next + 1, '(') + 1;
            argument->lambda_argument_count = 1;
            for (; *names != ')'; names++) {
                argument->lambda_argument_count += *names == ' ';
            }
            argument->body_of = read_lambda_body;
            argument->context = &lambdas[count];
            skip_expr(reader);
        } else if (is_unit(reader)) {
            argument->unit = read_token(reader);
        } else {
            TRY(read_expr(reader, &argument->expr));
        }
        count++;
    }
    reader->build.text = text;
    return expr_call(&reader->build, name, arguments, count, out);
}

static enum status build_struct(struct reader *reader, struct text text, const struct expr **out)
{
    struct text names[OPERANDS_MAX];
    const struct expr *values[OPERANDS_MAX];
    uint32_t count = 0;
    for (skip_blanks(reader); *reader->next != ')'; skip_blanks(reader)) {
        names[count] = read_token(reader);
        TRY(read_expr(reader, &values[count]));
        count++;
    }
    reader->build.text = text;
    return expr_struct(&reader->build, names, values, count, out);
}

static const struct {
    const char *name;
    enum expr_op op;
} operators[] = {
    {"+", OP_ADD},          {"-", OP_SUBTRACT},
    {"*", OP_MULTIPLY},     {"/", OP_DIVIDE},
    {"%", OP_MODULUS},      {"=", OP_EQUAL},
    {"<>", OP_NOT_EQUAL},   {"<", OP_LESS},
    {"<=", OP_LESS_EQUAL},  {">", OP_GREATER},
    {">=", OP_GREATER_EQUAL}, {"distinct", OP_IS_DISTINCT_FROM},
    {"same", OP_IS_NOT_DISTINCT_FROM},
};

static enum status build_list(struct reader *reader, const char *head,
                              const struct expr **operands, uint32_t count,
                              const struct expr **out)
{
    struct expr_build *build = &reader->build;
    if (strcmp(head, "in") == 0) {
        return expr_in(build, operands[0], operands + 1, count - 1, out);
    }
    if (strcmp(head, "array") == 0) {
        return expr_array(build, operands, count, out);
    }
    if (strcmp(head, "case") == 0) {
        return expr_case(build, operands, count / 2, count % 2 ? operands[count - 1] : NULL, out);
    }
    if (strcmp(head, "map") == 0) {
        const struct expr *sides[2][OPERANDS_MAX];
        for (uint32_t i = 0; i < count; i++) {
            sides[i % 2][i / 2] = operands[i];
        }
        return expr_map(build, sides[0], sides[1], count / 2, out);
    }
    if (strcmp(head, "like") == 0) {
        const uint32_t escape = count > 2 ? (unsigned char)operands[2]->literal.text.data[0] : 0;
        return expr_like(build, operands[0], operands[1], escape, out);
    }
    fail_msg("no such form: %s", head);
    return STATUS_INVALID;
}

static enum status build_form(struct reader *reader, const char *head,
                              const struct expr **operands, uint32_t count,
                              const struct expr **out)
{
    struct expr_build *build = &reader->build;
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (strcmp(head, operators[i].name) == 0) {
            return operators[i].op <= OP_MODULUS
                       ? expr_arithmetic(build, operators[i].op, operands[0], operands[1], out)
                       : expr_compare(build, operators[i].op, operands[0], operands[1], out);
        }
    }
    if (strcmp(head, "and") == 0 || strcmp(head, "or") == 0) {
        return expr_logical(build, head[0] == 'a' ? EXPR_AND : EXPR_OR, operands[0], operands[1],
                            out);
    }
    if (strcmp(head, "not") == 0) {
        return expr_not(build, operands[0], out);
    }
    if (strcmp(head, "neg") == 0) {
        return expr_negate(build, operands[0], out);
    }
    if (strcmp(head, "null?") == 0) {
        return expr_is_null(build, operands[0], out);
    }
    if (strcmp(head, "at") == 0) {
        return expr_subscript(build, operands[0], operands[1], out);
    }
    return build_list(reader, head, operands, count, out);
}

static enum status read_form(struct reader *reader, const char *start, const struct expr **out)
{
    const char *head = terminated(reader, read_token(reader));
    const char *after = start;
    unsigned depth = 0;
    do {
        depth += *after == '(';
        depth -= *after == ')';
        after++;
    } while (depth > 0);
    const struct text text = {start, (size_t)(after - start)};
    const struct expr *operands[OPERANDS_MAX];
    uint32_t count = 0;
    if (strcmp(head, "call") == 0) {
        return read_call(reader, text, out);
    }
    if (strcmp(head, "struct") == 0) {
        return build_struct(reader, text, out);
    }
    if (strcmp(head, "cast") == 0 || strcmp(head, "field") == 0) {
        TRY(read_expr(reader, &operands[0]));
        const struct text word = read_token(reader);
        reader->build.text = text;
        return head[0] == 'f' ? expr_field(&reader->build, operands[0], word, out)
                              : expr_cast(&reader->build, operands[0],
                                          notation_type(reader->build.arena,
                                                        terminated(reader, word)),
                                          out);
    }
    TRY(read_operands(reader, operands, &count));
    reader->build.text = text;
    return build_form(reader, head, operands, count, out);
}

static enum status read_expr(struct reader *reader, const struct expr **out)
{
    skip_blanks(reader);
    if (*reader->next != '(') {
        return read_leaf(reader, out);
    }
    const char *start = reader->next++;
    TRY(read_form(reader, start, out));
    skip_blanks(reader);
    assert_true(*reader->next == ')');
    reader->next++;
    return STATUS_OK;
}

enum status expr_run_build(struct arena *arena, const char *expression, const struct expr **out,
                           struct diag *diag)
{
    struct reader reader = {
        .build = {.arena = arena, .registry = function_registry_builtin(), .diag = diag},
        .next = expression};
    reader.build.pos = (struct sql_pos){1, 1, 0, 0};
    return read_expr(&reader, out);
}

/* --- Evaluating --------------------------------------------------------------------------- */

static int64_t fixed_now(void *clock)
{
    (void)clock;
    return 1580515200000;
}

static uint64_t fixed_random(void *clock)
{
    (void)clock;
    return UINT64_C(0x0123456789ABCDEF);
}

static void report(void *context, size_t row, const struct expr *expr, const char *message)
{
    (void)context;
    buffer_printf(&reports, "%zu: %.*s: %s\n", row, TEXT_ARGS(expr->text), message);
}

struct expr_context *expr_run_context(struct arena *arena)
{
    static const struct expr_errors errors = {report, NULL};
    struct diag diag;
    struct expr_context *context = ARENA_NEW(arena, struct expr_context);
    if (!regexes) {
        assert_ok(regex_cache_create(&regexes, &diag), &diag);
        assert_ok(time_zone_cache_create(&zones, &diag), &diag);
    }
    *context = (struct expr_context){.arena = arena,
                                     .errors = &errors,
                                     .nested_errors_are_null = true,
                                     .now_ms = fixed_now,
                                     .random = fixed_random,
                                     .zones = zones,
                                     .regexes = regexes};
    return context;
}

void expr_run_release(void)
{
    regex_cache_destroy(regexes);
    time_zone_cache_destroy(zones);
    regexes = NULL;
    zones = NULL;
    buffer_release(&reports);
}

const char *expr_run_reports(struct arena *arena)
{
    const char *text = arena_text(arena, buffer_text(&reports)).data;
    buffer_reset(&reports);
    return text;
}

/* The rows as "1, NULL!, 3". */
static void print_row(struct arena *arena, const struct column *column, size_t row, bool failed,
                      struct buffer *out)
{
    const struct value value = column_get(column, row);
    buffer_append_string(out, notation_print(arena, column->type, &value));
    buffer_append_string(out, failed ? "!" : "");
}

static void eval_rows(struct arena *arena, const struct expr *expr, const struct batch *batch,
                      const uint32_t *rows, size_t count, struct buffer *out)
{
    struct column column;
    struct diag diag;
    uint8_t failed[ROWS] = {0};
    struct expr_context *context = expr_run_context(arena);
    assert_ok(expr_eval(expr, batch, rows, count, context, &column, failed, &diag), &diag);
    for (size_t i = 0; i < count; i++) {
        const size_t row = rows ? rows[i] : i;
        buffer_append_string(out, out->bytes ? ", " : "");
        print_row(arena, &column, row, failed[row], out);
    }
}

/* One row as a batch of its own. */
static void cut_row(struct arena *arena, const struct batch *batch, uint32_t row,
                    struct batch **out)
{
    struct diag diag;
    assert_ok(batch_create(arena, batch->column_count, 1, out, &diag), &diag);
    (*out)->row_count = 1;
    for (uint32_t at = 0; at < batch->column_count; at++) {
        struct column *column = &(*out)->columns[at];
        assert_ok(column_init(column, arena, batch->columns[at].type, 1, &diag), &diag);
        column_copy_row(column, 0, &batch->columns[at], row);
    }
}

static void check(const struct expr_case *test, const char *how, struct buffer *got,
                  const char *expected)
{
    buffer_append_byte(got, '\0');
    if (strcmp(got->data, expected) != 0) {
        fail_msg("%s %s gives %s instead of %s", test->expression, how, got->data, expected);
    }
    buffer_reset(got);
}

static void check_rows(struct arena *arena, const struct expr_case *test,
                       const struct expr *expr)
{
    struct batch *batch = expr_run_batch(arena);
    struct buffer got;
    struct buffer some;
    buffer_init(&got);
    buffer_init(&some);
    eval_rows(arena, expr, batch, NULL, ROWS, &got);
    check(test, "over all rows", &got, test->expected);
    for (uint32_t row = 0; row < ROWS; row++) {
        struct batch *single = NULL;
        cut_row(arena, batch, row, &single);
        struct buffer one;
        buffer_init(&one);
        eval_rows(arena, expr, single, NULL, 1, &one);
        buffer_append_string(&got, row > 0 ? ", " : "");
        buffer_append_text(&got, buffer_text(&one));
        if (row % 2 == 1) {
            buffer_append_string(&some, row > 1 ? ", " : "");
            buffer_append_text(&some, buffer_text(&one));
        }
        buffer_release(&one);
    }
    check(test, "row by row", &got, test->expected);
    const uint32_t odd[] = {1, 3};
    eval_rows(arena, expr, batch, odd, 2, &got);
    buffer_append_byte(&some, '\0');
    check(test, "over every second row", &got, some.data);
    buffer_release(&some);
    buffer_release(&got);
}

static void run_case(struct arena *arena, const struct expr_case *test)
{
    struct diag diag;
    diag_reset(&diag);
    const struct expr *expr = NULL;
    const enum status status = expr_run_build(arena, test->expression, &expr, &diag);
    if (test->expected[0] == '!') {
        const char *start = test->expected + 1;
        if (status == STATUS_OK || strncmp(diag.message, start, strlen(start)) != 0) {
            fail_msg("%s gives \"%s\" instead of \"%s\"", test->expression, diag.message, start);
        }
        return;
    }
    if (status != STATUS_OK) {
        fail_msg("%s does not build: %s", test->expression, diag.message);
    }
    struct buffer type;
    buffer_init(&type);
    type_print(expr->type, &type);
    check(test, "by its type", &type, test->type);
    buffer_release(&type);
    check_rows(arena, test, expr);
}

void expr_run_all(const struct expr_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena arena;
        arena_init(&arena);
        run_case(&arena, &cases[i]);
        (void)expr_run_reports(&arena);
        arena_release(&arena);
    }
    expr_run_release();
}
