/* time_pattern.c
 *
 * Compiling patterns. The rules are those of DateTimeFormatterBuilder.appendPattern: a run of
 * one letter is a field whose meaning depends on the length of the run; the table below says
 * which rule a letter follows, and the functions under it are the rules.
 *
 * Adjacent numbers ("yyyyMMdd") need care: when a number of fixed width directly follows
 * another number, the first must leave that many digits. The first number of such a run
 * collects the widths behind it in subsequent_width; reading then takes all digits it can and
 * gives that many back. Anything else between two numbers ends the run.
 *
 * The dialect of SimpleDateFormat shares the items but not the rules: there the length of a run
 * only tells numbers from names, brackets are plain text, and reading is another program
 * (simple_date_pattern.c).
 */
#include "base/time_pattern.h"

#include <assert.h>

#include "base/time_pattern_program.h"
#include "base/utf8.h"

enum { WIDTH_MAX = 19, NO_ACTIVE = -1 };

struct compiler {
    struct text pattern;
    size_t at;
    struct time_pattern *program;
    char *literals; /* room for all literal text, as it takes no more than the pattern */
    int32_t active; /* the number that subsequent fixed-width ones report to, or NO_ACTIVE */
    int32_t pad_width;
    uint32_t open[TIME_PATTERN_DEPTH_MAX]; /* optional sections not yet closed */
    size_t depth;
    struct diag *diag;
};

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static enum status fail_letter(const struct compiler *compiler, const char *what, char letter)
{
    return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE, "%s: %c", what, letter);
}

static enum status fail_pattern(const struct compiler *compiler, const char *what)
{
    return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE, "%s: %.*s", what,
                     TEXT_ARGS(compiler->pattern));
}

static enum status too_many(const struct compiler *compiler, char letter)
{
    return fail_letter(compiler, "Too many pattern letters", letter);
}

/* The run of one letter at the cursor, which moves behind it. */
static int32_t take_run(struct compiler *compiler)
{
    const size_t start = compiler->at;
    const char letter = compiler->pattern.data[start];
    while (compiler->at < compiler->pattern.bytes &&
           compiler->pattern.data[compiler->at] == letter) {
        compiler->at++;
    }
    return (int32_t)(compiler->at - start);
}

/* Every item goes through here, so that padding reaches it and a run of numbers ends. There is
 * room: an item takes at least one byte of the pattern. */
static void append(struct compiler *compiler, struct time_item item)
{
    item.pad_width = compiler->pad_width;
    compiler->pad_width = 0;
    compiler->active = NO_ACTIVE;
    compiler->program->items[compiler->program->count++] = item;
}

static bool is_fixed(const struct time_item *item)
{
    return item->min_width == item->max_width && item->sign == TIME_SIGN_NOT_NEGATIVE;
}

static void append_number(struct compiler *compiler, struct time_item item)
{
    const int32_t active = compiler->active;
    struct time_item *base = active == NO_ACTIVE ? NULL : &compiler->program->items[active];
    const int32_t own = (int32_t)compiler->program->count;
    const bool padded = compiler->pad_width > 0;
    if (base && is_fixed(&item)) {
        base->subsequent_width += item.max_width;
        append(compiler, item);
        compiler->active = active;
        return;
    }
    if (base) {
        base->subsequent_width = 0;
    }
    append(compiler, item);
    compiler->active = padded ? NO_ACTIVE : own;
}

static struct time_item number(enum time_field field, int32_t min_width, int32_t max_width,
                               enum time_sign sign)
{
    return (struct time_item){.kind = TIME_ITEM_NUMBER,
                              .field = field,
                              .sign = sign,
                              .min_width = min_width,
                              .max_width = max_width};
}

static struct time_item named(enum time_item_kind kind, enum time_field field,
                              enum time_style style)
{
    return (struct time_item){.kind = kind, .field = field, .style = style};
}

static enum status check_width(const struct compiler *compiler, int32_t width)
{
    if (width > WIDTH_MAX) {
        return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE,
                         "The minimum width must be from 1 to 19 inclusive but was %d", width);
    }
    return STATUS_OK;
}

/* ---- the rules: each compiles one run of letters ---- */

struct letter_rule {
    char letter;
    enum time_field field;
    enum status (*compile)(struct compiler *compiler, const struct letter_rule *rule,
                           int32_t count);
};

/* u y Y: two letters are a reduced year. */
static enum status compile_year(struct compiler *compiler, const struct letter_rule *rule,
                                int32_t count)
{
    TRY(check_width(compiler, count));
    if (count == 2) {
        struct time_item item = number(rule->field, 2, 2, TIME_SIGN_NOT_NEGATIVE);
        item.kind = TIME_ITEM_REDUCED;
        append_number(compiler, item);
    } else {
        append_number(compiler, number(rule->field, count, WIDTH_MAX,
                                       count < 4 ? TIME_SIGN_NORMAL : TIME_SIGN_EXCEEDS_PAD));
    }
    return STATUS_OK;
}

/* d h H k K m s: one letter is any number, two are two digits. */
static enum status compile_two_digits(struct compiler *compiler, const struct letter_rule *rule,
                                      int32_t count)
{
    if (count > 2) {
        return too_many(compiler, rule->letter);
    }
    append_number(compiler, count == 1 ? number(rule->field, 1, WIDTH_MAX, TIME_SIGN_NORMAL)
                                       : number(rule->field, 2, 2, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

/* M L Q q E: short runs are numbers (but E a name), longer ones names. */
static enum status compile_text_or_number(struct compiler *compiler, const struct letter_rule *rule,
                                          int32_t count)
{
    if (count > 5) {
        return too_many(compiler, rule->letter);
    }
    if (count <= 2 && rule->letter != 'E') {
        return compile_two_digits(compiler, rule, count);
    }
    static const enum time_style styles[] = {TIME_STYLE_SHORT, TIME_STYLE_FULL, TIME_STYLE_NARROW};
    append(compiler, named(TIME_ITEM_TEXT, rule->field, styles[count <= 3 ? 0 : count - 3]));
    return STATUS_OK;
}

/* e c: numbers count from Sunday, names are those of E. */
static enum status compile_local_day(struct compiler *compiler, const struct letter_rule *rule,
                                     int32_t count)
{
    if (rule->letter == 'c' && count == 2) {
        return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE, "Invalid pattern \"cc\"");
    }
    if (count > 2) {
        const struct letter_rule day = {rule->letter, TIME_FIELD_DAY_OF_WEEK, NULL};
        return compile_text_or_number(compiler, &day, count);
    }
    append_number(compiler, number(rule->field, count, count, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

static enum status compile_era(struct compiler *compiler, const struct letter_rule *rule,
                               int32_t count)
{
    if (count > 5) {
        return too_many(compiler, rule->letter);
    }
    enum time_style style = count == 4 ? TIME_STYLE_FULL : TIME_STYLE_SHORT;
    style = count == 5 ? TIME_STYLE_NARROW : style;
    append(compiler, named(TIME_ITEM_TEXT, rule->field, style));
    return STATUS_OK;
}

static enum status compile_half_day(struct compiler *compiler, const struct letter_rule *rule,
                                    int32_t count)
{
    if (count > 1) {
        return too_many(compiler, rule->letter);
    }
    append(compiler, named(TIME_ITEM_TEXT, rule->field, TIME_STYLE_SHORT));
    return STATUS_OK;
}

static enum status compile_fraction(struct compiler *compiler, const struct letter_rule *rule,
                                    int32_t count)
{
    if (count > 9) {
        return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE,
                         "Minimum width must be from 0 to 9 inclusive but was %d", count);
    }
    struct time_item item = number(rule->field, count, count, TIME_SIGN_NOT_NEGATIVE);
    item.kind = TIME_ITEM_FRACTION;
    append_number(compiler, item);
    return STATUS_OK;
}

static enum status compile_day_of_year(struct compiler *compiler, const struct letter_rule *rule,
                                       int32_t count)
{
    if (count > 3) {
        return too_many(compiler, rule->letter);
    }
    append_number(compiler, count == 1 ? number(rule->field, 1, WIDTH_MAX, TIME_SIGN_NORMAL)
                                       : number(rule->field, count, 3, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

/* A n N: any number of digits from count on. */
static enum status compile_long_number(struct compiler *compiler, const struct letter_rule *rule,
                                       int32_t count)
{
    TRY(check_width(compiler, count));
    append_number(compiler, number(rule->field, count, WIDTH_MAX, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

static enum status compile_single(struct compiler *compiler, const struct letter_rule *rule,
                                  int32_t count)
{
    if (count > 1) {
        return too_many(compiler, rule->letter);
    }
    const bool is_week = rule->field == TIME_FIELD_WEEK_OF_MONTH;
    append_number(compiler, is_week ? number(rule->field, 1, 1, TIME_SIGN_NOT_NEGATIVE)
                                    : number(rule->field, 1, WIDTH_MAX, TIME_SIGN_NORMAL));
    return STATUS_OK;
}

static enum status compile_week(struct compiler *compiler, const struct letter_rule *rule,
                                int32_t count)
{
    if (count > 2) {
        return too_many(compiler, rule->letter);
    }
    append_number(compiler, number(rule->field, count, 2, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

static enum status compile_zone_id(struct compiler *compiler, const struct letter_rule *rule,
                                   int32_t count)
{
    if (count != 2) {
        return fail_letter(compiler, "Pattern letter count must be 2", rule->letter);
    }
    append(compiler, named(TIME_ITEM_ZONE_ID, rule->field, TIME_STYLE_SHORT));
    return STATUS_OK;
}

static enum status compile_zone_text(struct compiler *compiler, const struct letter_rule *rule,
                                     int32_t count)
{
    if (count > 4) {
        return too_many(compiler, rule->letter);
    }
    append(compiler, named(TIME_ITEM_ZONE_TEXT, rule->field,
                           count == 4 ? TIME_STYLE_FULL : TIME_STYLE_SHORT));
    return STATUS_OK;
}

static enum status compile_generic_zone(struct compiler *compiler, const struct letter_rule *rule,
                                        int32_t count)
{
    if (count != 1 && count != 4) {
        return fail_letter(compiler, "Wrong number of pattern letters", rule->letter);
    }
    append(compiler, named(TIME_ITEM_GENERIC_ZONE_TEXT, rule->field,
                           count == 4 ? TIME_STYLE_FULL : TIME_STYLE_SHORT));
    return STATUS_OK;
}

static enum status compile_localized_offset(struct compiler *compiler,
                                            const struct letter_rule *rule, int32_t count)
{
    if (count != 1 && count != 4) {
        return fail_letter(compiler, "Pattern letter count must be 1 or 4", rule->letter);
    }
    append(compiler, named(TIME_ITEM_LOCALIZED_OFFSET, rule->field,
                           count == 4 ? TIME_STYLE_FULL : TIME_STYLE_SHORT));
    return STATUS_OK;
}

static void append_offset(struct compiler *compiler, enum time_offset_form form,
                          const char *zero_text)
{
    append(compiler, (struct time_item){.kind = TIME_ITEM_OFFSET,
                                        .field = TIME_FIELD_OFFSET_SECONDS,
                                        .offset_form = form,
                                        .zero_text = zero_text});
}

static enum status compile_rfc_offset(struct compiler *compiler, const struct letter_rule *rule,
                                      int32_t count)
{
    if (count > 5) {
        return too_many(compiler, rule->letter);
    }
    if (count == 4) {
        return compile_localized_offset(compiler, rule, count);
    }
    if (count == 5) {
        append_offset(compiler, TIME_OFFSET_HH_MM_ss, "Z");
    } else {
        append_offset(compiler, TIME_OFFSET_HHMM, "+0000");
    }
    return STATUS_OK;
}

/* X writes Z for no offset, x writes zeros. */
static enum status compile_iso_offset(struct compiler *compiler, const struct letter_rule *rule,
                                      int32_t count)
{
    static const enum time_offset_form forms[] = {TIME_OFFSET_HHmm, TIME_OFFSET_HHMM,
                                                  TIME_OFFSET_HH_MM, TIME_OFFSET_HHMMss,
                                                  TIME_OFFSET_HH_MM_ss};
    static const char *const zeros[] = {"+00", "+0000", "+00:00", "+0000", "+00:00"};
    if (count > 5) {
        return too_many(compiler, rule->letter);
    }
    append_offset(compiler, forms[count - 1], rule->letter == 'X' ? "Z" : zeros[count - 1]);
    return STATUS_OK;
}

/* Sorted by letter, capitals first. */
static const struct letter_rule java_rules[] = {
    {'A', TIME_FIELD_MILLI_OF_DAY, compile_long_number},
    {'D', TIME_FIELD_DAY_OF_YEAR, compile_day_of_year},
    {'E', TIME_FIELD_DAY_OF_WEEK, compile_text_or_number},
    {'F', TIME_FIELD_ALIGNED_DAY_OF_WEEK_IN_MONTH, compile_single},
    {'G', TIME_FIELD_ERA, compile_era},
    {'H', TIME_FIELD_HOUR_OF_DAY, compile_two_digits},
    {'K', TIME_FIELD_HOUR_OF_AMPM, compile_two_digits},
    {'L', TIME_FIELD_MONTH_OF_YEAR, compile_text_or_number},
    {'M', TIME_FIELD_MONTH_OF_YEAR, compile_text_or_number},
    {'N', TIME_FIELD_NANO_OF_DAY, compile_long_number},
    {'O', TIME_FIELD_OFFSET_SECONDS, compile_localized_offset},
    {'Q', TIME_FIELD_QUARTER_OF_YEAR, compile_text_or_number},
    {'S', TIME_FIELD_NANO_OF_SECOND, compile_fraction},
    {'V', TIME_FIELD_OFFSET_SECONDS, compile_zone_id},
    {'W', TIME_FIELD_WEEK_OF_MONTH, compile_single},
    {'X', TIME_FIELD_OFFSET_SECONDS, compile_iso_offset},
    {'Y', TIME_FIELD_WEEK_BASED_YEAR, compile_year},
    {'Z', TIME_FIELD_OFFSET_SECONDS, compile_rfc_offset},
    {'a', TIME_FIELD_AMPM_OF_DAY, compile_half_day},
    {'c', TIME_FIELD_LOCAL_DAY_OF_WEEK, compile_local_day},
    {'d', TIME_FIELD_DAY_OF_MONTH, compile_two_digits},
    {'e', TIME_FIELD_LOCAL_DAY_OF_WEEK, compile_local_day},
    {'h', TIME_FIELD_CLOCK_HOUR_OF_AMPM, compile_two_digits},
    {'k', TIME_FIELD_CLOCK_HOUR_OF_DAY, compile_two_digits},
    {'m', TIME_FIELD_MINUTE_OF_HOUR, compile_two_digits},
    {'n', TIME_FIELD_NANO_OF_SECOND, compile_long_number},
    {'q', TIME_FIELD_QUARTER_OF_YEAR, compile_text_or_number},
    {'s', TIME_FIELD_SECOND_OF_MINUTE, compile_two_digits},
    {'u', TIME_FIELD_YEAR, compile_year},
    {'v', TIME_FIELD_OFFSET_SECONDS, compile_generic_zone},
    {'w', TIME_FIELD_WEEK_OF_WEEK_BASED_YEAR, compile_week},
    {'x', TIME_FIELD_OFFSET_SECONDS, compile_iso_offset},
    {'y', TIME_FIELD_YEAR_OF_ERA, compile_year},
    {'z', TIME_FIELD_OFFSET_SECONDS, compile_zone_text},
};

/* The simple dialect: any length; three letters or more are a name where there are names. */
static enum status compile_simple_number(struct compiler *compiler, const struct letter_rule *rule,
                                         int32_t count)
{
    append(compiler, number(rule->field, 1, count, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

static enum status compile_simple_text(struct compiler *compiler, const struct letter_rule *rule,
                                       int32_t count)
{
    const bool is_month = rule->field == TIME_FIELD_MONTH_OF_YEAR;
    if (is_month && count < 3) {
        return compile_simple_number(compiler, rule, count);
    }
    append(compiler, named(TIME_ITEM_TEXT, rule->field, TIME_STYLE_FULL));
    return STATUS_OK;
}

static enum status compile_simple_zone(struct compiler *compiler, const struct letter_rule *rule,
                                       int32_t count)
{
    if (rule->letter == 'X') {
        return count > 3
                   ? diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE, "invalid number of X")
                   : compile_iso_offset(compiler, rule, count);
    }
    if (rule->letter == 'Z' && count == 2) {
        append_offset(compiler, TIME_OFFSET_HH_MM, "Z");
        return STATUS_OK;
    }
    append(compiler, named(TIME_ITEM_ZONE_TEXT, rule->field, TIME_STYLE_SHORT));
    return STATUS_OK;
}

/* Week fields are read and have no effect, as beside a day of the month in Java. */
static const struct letter_rule simple_rules[] = {
    {'D', TIME_FIELD_DAY_OF_YEAR, compile_simple_number},
    {'E', TIME_FIELD_DAY_OF_WEEK, compile_simple_text},
    {'F', TIME_FIELD_WEEK_OF_MONTH, compile_simple_number},
    {'G', TIME_FIELD_ERA, compile_simple_text},
    {'H', TIME_FIELD_HOUR_OF_DAY, compile_simple_number},
    {'K', TIME_FIELD_HOUR_OF_AMPM, compile_simple_number},
    {'L', TIME_FIELD_MONTH_OF_YEAR, compile_simple_text},
    {'M', TIME_FIELD_MONTH_OF_YEAR, compile_simple_text},
    {'S', TIME_FIELD_NANO_OF_SECOND, compile_simple_number},
    {'W', TIME_FIELD_WEEK_OF_MONTH, compile_simple_number},
    {'X', TIME_FIELD_OFFSET_SECONDS, compile_simple_zone},
    {'Y', TIME_FIELD_YEAR, compile_simple_number},
    {'Z', TIME_FIELD_OFFSET_SECONDS, compile_simple_zone},
    {'a', TIME_FIELD_AMPM_OF_DAY, compile_simple_text},
    {'d', TIME_FIELD_DAY_OF_MONTH, compile_simple_number},
    {'h', TIME_FIELD_CLOCK_HOUR_OF_AMPM, compile_simple_number},
    {'k', TIME_FIELD_CLOCK_HOUR_OF_DAY, compile_simple_number},
    {'m', TIME_FIELD_MINUTE_OF_HOUR, compile_simple_number},
    {'s', TIME_FIELD_SECOND_OF_MINUTE, compile_simple_number},
    {'u', TIME_FIELD_LOCAL_DAY_OF_WEEK, compile_simple_number},
    {'w', TIME_FIELD_WEEK_OF_WEEK_BASED_YEAR, compile_simple_number},
    {'y', TIME_FIELD_YEAR, compile_simple_number},
    {'z', TIME_FIELD_OFFSET_SECONDS, compile_simple_zone},
};

/* ---- the pattern ---- */

static const struct letter_rule *find_rule(const struct compiler *compiler, char letter)
{
    const bool simple = compiler->program->dialect == TIME_PATTERN_SIMPLE_DATE;
    const struct letter_rule *rules = simple ? simple_rules : java_rules;
    const size_t count = simple ? sizeof(simple_rules) / sizeof(simple_rules[0])
                                : sizeof(java_rules) / sizeof(java_rules[0]);
    for (size_t i = 0; i < count; i++) {
        if (rules[i].letter == letter) {
            return &rules[i];
        }
    }
    return NULL;
}

static enum status compile_letters(struct compiler *compiler)
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
        compiler->active = NO_ACTIVE;
        letter = data[compiler->at];
        count = take_run(compiler);
    }
    const struct letter_rule *rule = find_rule(compiler, letter);
    if (!rule && simple) {
        return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE,
                         "Illegal pattern component: %.*s", count, data + start);
    }
    if (!rule) {
        return fail_letter(compiler, "Unknown pattern letter", letter);
    }
    const uint32_t first = compiler->program->count;
    TRY(rule->compile(compiler, rule, count));
    compiler->program->items[first].letter = letter;
    compiler->program->items[first].count = count;
    return STATUS_OK;
}

/* text may already stand where it is to be kept. */
static void append_literal(struct compiler *compiler, struct text text)
{
    memmove(compiler->literals, text.data, text.bytes);
    append(compiler, (struct time_item){.kind = TIME_ITEM_LITERAL,
                                        .literal = {compiler->literals, text.bytes}});
    compiler->literals += text.bytes;
}

/* Text between quotes, where two quotes stand for one; nothing between them is a quote too. */
static enum status compile_quoted(struct compiler *compiler)
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

static enum status open_section(struct compiler *compiler)
{
    if (compiler->depth == TIME_PATTERN_DEPTH_MAX) {
        return diag_fail(compiler->diag, STATUS_LIMIT, SQL_POS_NONE,
                         "Pattern nests optional sections deeper than %d", TIME_PATTERN_DEPTH_MAX);
    }
    compiler->open[compiler->depth++] = compiler->program->count;
    append(compiler, (struct time_item){.kind = TIME_ITEM_OPTIONAL});
    return STATUS_OK;
}

static void close_section(struct compiler *compiler)
{
    const uint32_t open = compiler->open[--compiler->depth];
    compiler->program->items[open].end = compiler->program->count;
    compiler->active = NO_ACTIVE;
}

/* [ ] { } # mean something in java.time's patterns only. */
static enum status compile_special(struct compiler *compiler)
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

static enum status compile_next(struct compiler *compiler)
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
    struct compiler compiler = {.pattern = pattern,
                                .program = program,
                                .literals = literals,
                                .active = NO_ACTIVE,
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
