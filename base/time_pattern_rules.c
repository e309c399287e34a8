/* time_pattern_rules.c
 *
 * What a run of one letter means, in both dialects: two tables of letters, and a function for
 * each kind of rule. The rules are those of DateTimeFormatterBuilder.appendPattern, where the
 * meaning depends on the length of the run.
 *
 * Adjacent numbers ("yyyyMMdd") need care: when a number of fixed width directly follows
 * another number, the first must leave that many digits. The first number of such a run
 * collects the widths behind it in subsequent_width; reading then takes all digits it can and
 * gives that many back. Anything else between two numbers ends the run.
 */
#include "base/time_pattern_compiler.h"

enum { WIDTH_MAX = 19 };

enum status time_pattern_fail_letter(const struct time_pattern_compiler *compiler, const char *what,
                                     char letter)
{
    return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE, "%s: %c", what, letter);
}

static enum status too_many(const struct time_pattern_compiler *compiler, char letter)
{
    return time_pattern_fail_letter(compiler, "Too many pattern letters", letter);
}

void time_pattern_append(struct time_pattern_compiler *compiler, struct time_item item)
{
    item.pad_width = compiler->pad_width;
    compiler->pad_width = 0;
    compiler->active = TIME_PATTERN_NO_ACTIVE;
    compiler->program->items[compiler->program->count++] = item;
}

static bool is_fixed(const struct time_item *item)
{
    return item->min_width == item->max_width && item->sign == TIME_SIGN_NOT_NEGATIVE;
}

static void append_number(struct time_pattern_compiler *compiler, struct time_item item)
{
    const int32_t active = compiler->active;
    struct time_item *base =
        active == TIME_PATTERN_NO_ACTIVE ? NULL : &compiler->program->items[active];
    const int32_t own = (int32_t)compiler->program->count;
    const bool padded = compiler->pad_width > 0;
    if (base && is_fixed(&item)) {
        base->subsequent_width += item.max_width;
        time_pattern_append(compiler, item);
        compiler->active = active;
        return;
    }
    if (base) {
        base->subsequent_width = 0;
    }
    time_pattern_append(compiler, item);
    compiler->active = padded ? TIME_PATTERN_NO_ACTIVE : own;
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

static enum status check_width(const struct time_pattern_compiler *compiler, int32_t width)
{
    if (width > WIDTH_MAX) {
        return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE,
                         "The minimum width must be from 1 to 19 inclusive but was %d", width);
    }
    return STATUS_OK;
}

/* ---- the rules: each compiles one run of letters ---- */

/* u y Y: two letters are a reduced year. */
static enum status compile_year(struct time_pattern_compiler *compiler,
                                const struct time_pattern_rule *rule, int32_t count)
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
static enum status compile_two_digits(struct time_pattern_compiler *compiler,
                                      const struct time_pattern_rule *rule, int32_t count)
{
    if (count > 2) {
        return too_many(compiler, rule->letter);
    }
    append_number(compiler, count == 1 ? number(rule->field, 1, WIDTH_MAX, TIME_SIGN_NORMAL)
                                       : number(rule->field, 2, 2, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

/* M L Q q E: short runs are numbers (but E a name), longer ones names. */
static enum status compile_text_or_number(struct time_pattern_compiler *compiler,
                                          const struct time_pattern_rule *rule, int32_t count)
{
    if (count > 5) {
        return too_many(compiler, rule->letter);
    }
    if (count <= 2 && rule->letter != 'E') {
        return compile_two_digits(compiler, rule, count);
    }
    static const enum time_style styles[] = {TIME_STYLE_SHORT, TIME_STYLE_FULL, TIME_STYLE_NARROW};
    time_pattern_append(compiler,
                        named(TIME_ITEM_TEXT, rule->field, styles[count <= 3 ? 0 : count - 3]));
    return STATUS_OK;
}

/* e c: numbers count from Sunday, names are those of E. */
static enum status compile_local_day(struct time_pattern_compiler *compiler,
                                     const struct time_pattern_rule *rule, int32_t count)
{
    if (rule->letter == 'c' && count == 2) {
        return diag_fail(compiler->diag, STATUS_INVALID, SQL_POS_NONE, "Invalid pattern \"cc\"");
    }
    if (count > 2) {
        const struct time_pattern_rule day = {rule->letter, TIME_FIELD_DAY_OF_WEEK, NULL};
        return compile_text_or_number(compiler, &day, count);
    }
    append_number(compiler, number(rule->field, count, count, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

static enum status compile_era(struct time_pattern_compiler *compiler,
                               const struct time_pattern_rule *rule, int32_t count)
{
    if (count > 5) {
        return too_many(compiler, rule->letter);
    }
    enum time_style style = count == 4 ? TIME_STYLE_FULL : TIME_STYLE_SHORT;
    style = count == 5 ? TIME_STYLE_NARROW : style;
    time_pattern_append(compiler, named(TIME_ITEM_TEXT, rule->field, style));
    return STATUS_OK;
}

static enum status compile_half_day(struct time_pattern_compiler *compiler,
                                    const struct time_pattern_rule *rule, int32_t count)
{
    if (count > 1) {
        return too_many(compiler, rule->letter);
    }
    time_pattern_append(compiler, named(TIME_ITEM_TEXT, rule->field, TIME_STYLE_SHORT));
    return STATUS_OK;
}

static enum status compile_fraction(struct time_pattern_compiler *compiler,
                                    const struct time_pattern_rule *rule, int32_t count)
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

static enum status compile_day_of_year(struct time_pattern_compiler *compiler,
                                       const struct time_pattern_rule *rule, int32_t count)
{
    if (count > 3) {
        return too_many(compiler, rule->letter);
    }
    append_number(compiler, count == 1 ? number(rule->field, 1, WIDTH_MAX, TIME_SIGN_NORMAL)
                                       : number(rule->field, count, 3, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

/* A n N: any number of digits from count on. */
static enum status compile_long_number(struct time_pattern_compiler *compiler,
                                       const struct time_pattern_rule *rule, int32_t count)
{
    TRY(check_width(compiler, count));
    append_number(compiler, number(rule->field, count, WIDTH_MAX, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

static enum status compile_single(struct time_pattern_compiler *compiler,
                                  const struct time_pattern_rule *rule, int32_t count)
{
    if (count > 1) {
        return too_many(compiler, rule->letter);
    }
    const bool is_week = rule->field == TIME_FIELD_WEEK_OF_MONTH;
    append_number(compiler, is_week ? number(rule->field, 1, 1, TIME_SIGN_NOT_NEGATIVE)
                                    : number(rule->field, 1, WIDTH_MAX, TIME_SIGN_NORMAL));
    return STATUS_OK;
}

static enum status compile_week(struct time_pattern_compiler *compiler,
                                const struct time_pattern_rule *rule, int32_t count)
{
    if (count > 2) {
        return too_many(compiler, rule->letter);
    }
    append_number(compiler, number(rule->field, count, 2, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

static enum status compile_zone_id(struct time_pattern_compiler *compiler,
                                   const struct time_pattern_rule *rule, int32_t count)
{
    if (count != 2) {
        return time_pattern_fail_letter(compiler, "Pattern letter count must be 2", rule->letter);
    }
    time_pattern_append(compiler, named(TIME_ITEM_ZONE_ID, rule->field, TIME_STYLE_SHORT));
    return STATUS_OK;
}

static enum status compile_zone_text(struct time_pattern_compiler *compiler,
                                     const struct time_pattern_rule *rule, int32_t count)
{
    if (count > 4) {
        return too_many(compiler, rule->letter);
    }
    time_pattern_append(compiler, named(TIME_ITEM_ZONE_TEXT, rule->field,
                                        count == 4 ? TIME_STYLE_FULL : TIME_STYLE_SHORT));
    return STATUS_OK;
}

static enum status compile_generic_zone(struct time_pattern_compiler *compiler,
                                        const struct time_pattern_rule *rule, int32_t count)
{
    if (count != 1 && count != 4) {
        return time_pattern_fail_letter(compiler, "Wrong number of pattern letters", rule->letter);
    }
    time_pattern_append(compiler, named(TIME_ITEM_GENERIC_ZONE_TEXT, rule->field,
                                        count == 4 ? TIME_STYLE_FULL : TIME_STYLE_SHORT));
    return STATUS_OK;
}

static enum status compile_localized_offset(struct time_pattern_compiler *compiler,
                                            const struct time_pattern_rule *rule, int32_t count)
{
    if (count != 1 && count != 4) {
        return time_pattern_fail_letter(compiler, "Pattern letter count must be 1 or 4",
                                        rule->letter);
    }
    time_pattern_append(compiler, named(TIME_ITEM_LOCALIZED_OFFSET, rule->field,
                                        count == 4 ? TIME_STYLE_FULL : TIME_STYLE_SHORT));
    return STATUS_OK;
}

static void append_offset(struct time_pattern_compiler *compiler, enum time_offset_form form,
                          const char *zero_text)
{
    time_pattern_append(compiler, (struct time_item){.kind = TIME_ITEM_OFFSET,
                                                     .field = TIME_FIELD_OFFSET_SECONDS,
                                                     .offset_form = form,
                                                     .zero_text = zero_text});
}

static enum status compile_rfc_offset(struct time_pattern_compiler *compiler,
                                      const struct time_pattern_rule *rule, int32_t count)
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
static enum status compile_iso_offset(struct time_pattern_compiler *compiler,
                                      const struct time_pattern_rule *rule, int32_t count)
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
static const struct time_pattern_rule java_rules[] = {
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
static enum status compile_simple_number(struct time_pattern_compiler *compiler,
                                         const struct time_pattern_rule *rule, int32_t count)
{
    time_pattern_append(compiler, number(rule->field, 1, count, TIME_SIGN_NOT_NEGATIVE));
    return STATUS_OK;
}

static enum status compile_simple_text(struct time_pattern_compiler *compiler,
                                       const struct time_pattern_rule *rule, int32_t count)
{
    const bool is_month = rule->field == TIME_FIELD_MONTH_OF_YEAR;
    if (is_month && count < 3) {
        return compile_simple_number(compiler, rule, count);
    }
    time_pattern_append(compiler, named(TIME_ITEM_TEXT, rule->field, TIME_STYLE_FULL));
    return STATUS_OK;
}

static enum status compile_simple_zone(struct time_pattern_compiler *compiler,
                                       const struct time_pattern_rule *rule, int32_t count)
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
    time_pattern_append(compiler, named(TIME_ITEM_ZONE_TEXT, rule->field, TIME_STYLE_SHORT));
    return STATUS_OK;
}

/* Week fields are read and have no effect, as beside a day of the month in Java. */
static const struct time_pattern_rule simple_rules[] = {
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

const struct time_pattern_rule *time_pattern_find_rule(const struct time_pattern_compiler *compiler,
                                                       char letter)
{
    const bool simple = compiler->program->dialect == TIME_PATTERN_SIMPLE_DATE;
    const struct time_pattern_rule *rules = simple ? simple_rules : java_rules;
    const size_t count = simple ? sizeof(simple_rules) / sizeof(simple_rules[0])
                                : sizeof(java_rules) / sizeof(java_rules[0]);
    for (size_t i = 0; i < count; i++) {
        if (rules[i].letter == letter) {
            return &rules[i];
        }
    }
    return NULL;
}
