/* time_pattern.c
 *
 * Compiling patterns: runs of letters, quoted text, optional sections and padding, as
 * DateTimeFormatterBuilder.appendPattern takes them apart. What a run of letters means is the
 * business of time_pattern_rules.c.
 *
 * The dialect of SimpleDateFormat shares the items but not the rules: there the length of a run
 * only tells numbers from names, brackets are plain text, and reading is another program
 * (simple_date_pattern.c).
 */
#include "base/time_pattern.h"

#include <assert.h>

#include "base/time_pattern_compiler.h"
#include "base/utf8.h"

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static enum status fail_pattern(const struct time_pattern_compiler *compiler, const char *what)
{
    return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE, "%s: %.*s", what,
                     TEXT_ARGS(compiler->pattern));
}

/* The run of one letter at the cursor, which moves behind it. */
static int32_t take_run(struct time_pattern_compiler *compiler)
{
    const size_t start = compiler->at;
    const char letter = compiler->pattern.data[start];
    while (compiler->at < compiler->pattern.bytes &&
           compiler->pattern.data[compiler->at] == letter) {
        compiler->at++;
    }
    return (int32_t)(compiler->at - start);
}

static enum status compile_letters(struct time_pattern_compiler *compiler)
{
    const size_t start = compiler->at;
    const char *data = compiler->pattern.data;
    const bool simple = compiler->program->dialect == TIME_PATTERN_SIMPLE_DATE;
    int32_t count = take_run(compiler);
    char letter = data[start];
    if (letter == 'p' && !simple) {
        if (compiler->at == compiler->pattern.bytes || !is_letter(data[compiler->at])) {
            return fail_pattern(compiler, "Pad letter 'p' must be followed by valid pad pattern");
        }
        compiler->pad_width = count;
        compiler->active = TIME_PATTERN_NO_ACTIVE;
        letter = data[compiler->at];
        count = take_run(compiler);
    }
    const struct time_pattern_rule *rule = time_pattern_find_rule(compiler, letter);
    if (!rule && simple) {
        return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE,
                         "Illegal pattern component: %.*s", count, data + start);
    }
    if (!rule) {
        return time_pattern_fail_letter(compiler, "Unknown pattern letter", letter);
    }
    const uint32_t first = compiler->program->count;
    TRY(rule->compile(compiler, rule, count));
    compiler->program->items[first].letter = letter;
    compiler->program->items[first].count = count;
    return STATUS_OK;
}

/* text may already stand where it is to be kept. */
static void append_literal(struct time_pattern_compiler *compiler, struct text text)
{
    memmove(compiler->literals, text.data, text.bytes);
    time_pattern_append(compiler, (struct time_item){.kind = TIME_ITEM_LITERAL,
                                                     .literal = {compiler->literals, text.bytes}});
    compiler->literals += text.bytes;
}

/* Text between quotes, where two quotes stand for one; nothing between them is a quote too. */
static enum status compile_quoted(struct time_pattern_compiler *compiler)
{
    const struct text pattern = compiler->pattern;
    char *put = compiler->literals;
    bool is_closed = false;
    size_t at = compiler->at + 1;
    while (at < pattern.bytes && !is_closed) {
        const bool is_quote = pattern.data[at] == '\'';
        if (is_quote && at + 1 < pattern.bytes && pattern.data[at + 1] == '\'') {
            at++;
        } else {
            is_closed = is_quote;
        }
        *put = pattern.data[at++];
        put += !is_closed;
    }
    if (!is_closed && compiler->program->dialect == TIME_PATTERN_SIMPLE_DATE) {
        return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE, "Unterminated quote");
    }
    if (!is_closed) {
        return fail_pattern(compiler, "Pattern ends with an incomplete string literal");
    }
    const struct text text = {compiler->literals, (size_t)(put - compiler->literals)};
    compiler->at = at;
    append_literal(compiler, text.bytes ? text : TEXT("'"));
    return STATUS_OK;
}

static enum status open_section(struct time_pattern_compiler *compiler)
{
    if (compiler->depth == TIME_PATTERN_DEPTH_MAX) {
        return diag_fail(compiler->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Pattern nests optional sections deeper than %d", TIME_PATTERN_DEPTH_MAX);
    }
    compiler->open[compiler->depth++] = compiler->program->count;
    time_pattern_append(compiler, (struct time_item){.kind = TIME_ITEM_OPTIONAL});
    return STATUS_OK;
}

static void close_section(struct time_pattern_compiler *compiler)
{
    const uint32_t open = compiler->open[--compiler->depth];
    compiler->program->items[open].end = compiler->program->count;
    compiler->active = TIME_PATTERN_NO_ACTIVE;
}

/* [ ] { } # mean something in java.time's patterns only. */
static enum status compile_special(struct time_pattern_compiler *compiler)
{
    const char c = compiler->pattern.data[compiler->at++];
    if (c == '[') {
        return open_section(compiler);
    }
    if (c != ']') {
        return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE,
                         "Pattern includes reserved character: '%c'", c);
    }
    if (compiler->depth == 0) {
        return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE,
                         "Pattern invalid as it contains ] without previous [");
    }
    close_section(compiler);
    return STATUS_OK;
}

static enum status compile_next(struct time_pattern_compiler *compiler)
{
    const char *next = compiler->pattern.data + compiler->at;
    const char *end = compiler->pattern.data + compiler->pattern.bytes;
    const bool simple = compiler->program->dialect == TIME_PATTERN_SIMPLE_DATE;
    if (is_letter(*next)) {
        return compile_letters(compiler);
    }
    if (*next == '\'') {
        return compile_quoted(compiler);
    }
    if (!simple && memchr("[]{}#", *next, 5)) {
        return compile_special(compiler);
    }
    const char *start = next;
    (void)utf8_next(&next, end);
    append_literal(compiler, (struct text){start, (size_t)(next - start)});
    compiler->at += (size_t)(next - start);
    return STATUS_OK;
}

enum status time_pattern_compile(struct text pattern, enum time_pattern_dialect dialect,
                                 struct arena *arena, const struct time_pattern **out,
                                 struct diag *diag)
{
    if (pattern.bytes > TIME_PATTERN_BYTES_MAX) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Date-time pattern of %zu bytes is longer than %d", pattern.bytes,
                         TIME_PATTERN_BYTES_MAX);
    }
    struct time_pattern *program =
        arena_alloc(arena, sizeof(*program) + pattern.bytes * sizeof(program->items[0]));
    char *literals = arena_alloc(arena, pattern.bytes);
    if (!program || !literals) {
        return diag_no_memory(diag);
    }
    program->dialect = dialect;
    program->count = 0;
    struct time_pattern_compiler compiler = {.pattern = pattern,
                                             .program = program,
                                             .literals = literals,
                                             .active = TIME_PATTERN_NO_ACTIVE,
                                             .diag = diag};
    while (compiler.at < pattern.bytes) {
        TRY(compile_next(&compiler));
    }
    while (compiler.depth > 0) {
        close_section(&compiler);
    }
    *out = program;
    return STATUS_OK;
}
