/* parser_fuzz.c: any bytes parse or fail cleanly, and what parses survives printing.
 *
 * For libFuzzer (build with LEAT_FUZZ). Finds crashes, leaks and hangs through the sanitizers, and
 * trees whose print does not parse or prints differently. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "parser/parser.h"
#include "parser/printer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const struct parser_variable variable = {{"v", 1}, {"x", 1}};
static const struct parser_options options = {
    .variables = &variable, .variable_count = 1, .allow_test_statements = true};

static struct text print(struct arena *arena, const struct statement *statement)
{
    struct buffer out;
    buffer_init(&out);
    printer_statement(&out, statement);
    const struct text text = arena_text(arena, buffer_text(&out));
    buffer_release(&out);
    return text;
}

/* Printing may lengthen a text past the limit of a statement: that is no failure. */
static void check_round_trip(struct arena *arena, const struct statement *first)
{
    static const struct parser_options plain = {.allow_test_statements = true};
    struct diag diag;
    struct statement *second = NULL;
    const struct text printed = print(arena, first);
    const enum status status = parser_parse_statement(printed, &plain, arena, &second, &diag);
    if (status != STATUS_LIMIT &&
        (status != STATUS_OK || !text_equal(print(arena, second), printed))) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena;
    struct diag diag;
    struct statement_list list = {0};
    struct statement_splitter splitter;
    struct statement_text text;
    arena_init(&arena);
    const struct text sql = {(const char *)data, bytes};
    statement_splitter_init(&splitter, sql);
    while (statement_splitter_next(&splitter, &text)) {
    }
    if (parser_parse_script(sql, &options, &arena, &list, &diag) == STATUS_OK) {
        for (size_t i = 0; i < list.count; i++) {
            check_round_trip(&arena, list.items[i]);
        }
    }
    arena_release(&arena);
    return 0;
}
