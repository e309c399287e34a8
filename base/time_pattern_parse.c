/* time_pattern_parse.c
 *
 * Reading by a program. Each item looks at the text at the cursor and moves it, or fails and
 * leaves the place of the failure. Values go into raw fields; setting a field twice to different
 * values fails like a mismatch. An optional section that fails puts everything back as it was.
 *
 * The steps and error positions are those of DateTimeFormatterBuilder's printer-parsers in
 * strict mode, without regard to case.
 */
#include "base/time_pattern.h"

#include <assert.h>

#include "base/time_error.h"
#include "base/time_pattern_program.h"
#include "base/time_zone_name.h"
#include "base/utf8.h"

enum { DIGITS_MAX = 18 }; /* more do not fit a value */

struct reader {
    const struct time_pattern *pattern;
    struct text text;
    size_t at;
    struct time_parsed parsed;
    struct time_zone_cache *zones;
    struct diag *diag;
};

/* What an item came to. */
enum outcome {
    OUTCOME_MATCHED,
    OUTCOME_FAILED, /* reader->at is where */
    OUTCOME_ERROR   /* the diag is filled: no other reading is tried */
};

static enum outcome fail_at(struct reader *reader, size_t at)
{
    reader->at = at;
    return OUTCOME_FAILED;
}

static bool peek(const struct reader *reader, size_t at, char c)
{
    return at < reader->text.bytes && reader->text.data[at] == c;
}

/* The value of the digit at at, or -1. */
static int32_t digit_at(struct text text, size_t at)
{
    const bool is_digit = at < text.bytes && text.data[at] >= '0' && text.data[at] <= '9';
    return is_digit ? text.data[at] - '0' : -1;
}

/* Stores a value read from start to end. */
static enum outcome set_field(struct reader *reader, enum time_field field, int64_t value,
                              size_t start, size_t end)
{
    struct time_parsed *parsed = &reader->parsed;
    if (time_parsed_has(parsed, field) && parsed->values[field] != value) {
        return fail_at(reader, start);
    }
    parsed->present |= 1U << field;
    parsed->values[field] = value;
    reader->at = end;
    return OUTCOME_MATCHED;
}

static enum outcome set_zone(struct reader *reader, struct text id, size_t end)
{
    reader->parsed.has_zone = true;
    const enum status status =
        time_zone_cache_find(reader->zones, id, &reader->parsed.zone, reader->diag);
    reader->at = end;
    return status == STATUS_OK ? OUTCOME_MATCHED : OUTCOME_ERROR;
}

/* ---- literals and numbers ---- */

static enum outcome read_literal(struct reader *reader, const struct time_item *item)
{
    const char *expected = item->literal.data;
    const char *expected_end = expected + item->literal.bytes;
    const char *next = reader->text.data + reader->at;
    const char *end = reader->text.data + reader->text.bytes;
    while (expected < expected_end) {
        if (next == end) {
            return OUTCOME_FAILED;
        }
        const uint32_t want = utf8_next(&expected, expected_end);
        const uint32_t have = utf8_next(&next, end);
        if (want != have && utf8_upper_code(want) != utf8_upper_code(have)) {
            return OUTCOME_FAILED;
        }
    }
    reader->at = (size_t)(next - reader->text.data);
    return OUTCOME_MATCHED;
}

static size_t count_digits(struct text text, size_t at, size_t most)
{
    size_t count = 0;
    while (count < most && digit_at(text, at + count) >= 0) {
        count++;
    }
    return count;
}

static int64_t digits_value(struct text text, size_t at, size_t count)
{
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value * 10 + digit_at(text, at + i);
    }
    return value;
}

/* The number of digits that an item takes at at, leaving those that numbers behind it need; 0
 * if there are too few. */
static size_t choose_width(struct reader *reader, const struct time_item *item, size_t at)
{
    const size_t least = (size_t)item->min_width;
    const size_t behind = (size_t)item->subsequent_width;
    const size_t found = count_digits(reader->text, at, (size_t)item->max_width + behind);
    if (found < least) {
        return 0;
    }
    if (behind == 0) {
        return found;
    }
    return found > least + behind ? found - behind : least;
}

/* Whether a number's sign and width go together, and where to fail if not. */
static bool sign_fits(const struct time_item *item, size_t digits, bool plus, bool minus)
{
    if (minus || item->sign != TIME_SIGN_EXCEEDS_PAD) {
        return true;
    }
    return plus == (digits > (size_t)item->min_width);
}

static enum outcome read_number(struct reader *reader, const struct time_item *item)
{
    const size_t start = reader->at;
    const bool plus = peek(reader, start, '+');
    const bool minus = peek(reader, start, '-');
    if ((minus && item->sign == TIME_SIGN_NOT_NEGATIVE) ||
        (plus && item->sign != TIME_SIGN_EXCEEDS_PAD)) {
        return OUTCOME_FAILED;
    }
    const size_t first = start + (plus || minus);
    const size_t width = choose_width(reader, item, first);
    if (width == 0) {
        return fail_at(reader, first);
    }
    const size_t used = width < DIGITS_MAX ? width : DIGITS_MAX;
    const int64_t value = digits_value(reader->text, first, used);
    if ((minus && value == 0) || !sign_fits(item, width, plus, minus)) {
        return fail_at(reader, start);
    }
    if (item->kind == TIME_ITEM_REDUCED) {
        return set_field(reader, item->field, 2000 + value, start, first + used);
    }
    return set_field(reader, item->field, minus ? -value : value, first, first + used);
}

static enum outcome read_fraction(struct reader *reader, const struct time_item *item)
{
    const size_t width = (size_t)item->max_width;
    if (count_digits(reader->text, reader->at, width) < width) {
        return OUTCOME_FAILED;
    }
    int64_t nanos = digits_value(reader->text, reader->at, width);
    for (size_t i = width; i < 9; i++) {
        nanos *= 10;
    }
    return set_field(reader, item->field, nanos, reader->at, reader->at + width);
}

static enum outcome read_text(struct reader *reader, const struct time_item *item)
{
    int64_t value = 0;
    const struct text rest = {reader->text.data + reader->at, reader->text.bytes - reader->at};
    const size_t bytes = time_pattern_match_name(item->field, item->style, rest, &value);
    if (bytes == 0) {
        return OUTCOME_FAILED;
    }
    return set_field(reader, item->field, value, reader->at, reader->at + bytes);
}

/* ---- offsets and zones ---- */

static bool starts_with(const struct reader *reader, size_t at, const char *string)
{
    const size_t bytes = strlen(string);
    return bytes <= reader->text.bytes - at &&
           strncasecmp(reader->text.data + at, string, bytes) == 0;
}

/* [:]dd at *at, which moves behind it; false and unmoved if that is not there or above most. */
static bool take_part(struct text text, bool colon, int32_t most, size_t *at, int32_t *out)
{
    size_t next = *at;
    if (colon && (next >= text.bytes || text.data[next++] != ':')) {
        return false;
    }
    const int32_t tens = digit_at(text, next);
    const int32_t ones = tens < 0 ? -1 : digit_at(text, next + 1);
    if (ones < 0 || tens * 10 + ones > most) {
        return false;
    }
    *out = tens * 10 + ones;
    *at = next + 2;
    return true;
}

/* A signed offset in a form at at; returns its end, or at if there is none. */
static size_t take_offset(struct text text, enum time_offset_form form, size_t at, int32_t parts[3])
{
    const bool colon = form == TIME_OFFSET_HH_MM || form == TIME_OFFSET_HH_MM_ss;
    const bool seconds = form == TIME_OFFSET_HHMMss || form == TIME_OFFSET_HH_MM_ss;
    size_t next = at + 1;
    if (at >= text.bytes || (text.data[at] != '+' && text.data[at] != '-') ||
        !take_part(text, false, 59, &next, &parts[0])) {
        return at;
    }
    if (!take_part(text, colon, 59, &next, &parts[1])) {
        return form == TIME_OFFSET_HHmm ? next : at;
    }
    if (seconds) {
        (void)take_part(text, colon, 59, &next, &parts[2]);
    }
    return next;
}

static enum outcome read_offset(struct reader *reader, const struct time_item *item)
{
    const size_t start = reader->at;
    if (start == reader->text.bytes) {
        return OUTCOME_FAILED;
    }
    if (starts_with(reader, start, item->zero_text)) {
        return set_field(reader, item->field, 0, start, start + strlen(item->zero_text));
    }
    int32_t parts[3] = {0, 0, 0};
    const size_t end = take_offset(reader->text, item->offset_form, start, parts);
    if (end == start) {
        return OUTCOME_FAILED;
    }
    if (parts[0] > 23) {
        (void)time_error_because(reader->text, reader->diag,
                                 "Value out of range: Hour[0-23], Minute[0-59], Second[0-59]");
        return OUTCOME_ERROR;
    }
    const int64_t seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
    return set_field(reader, item->field, reader->text.data[start] == '-' ? -seconds : seconds,
                     start, end);
}

/* h[h][:mm[:ss]] behind "GMT" and a sign; a full one has two digits and minutes. */
static size_t take_localized_parts(struct text text, bool is_full, size_t at, int32_t parts[3])
{
    size_t next = at;
    if (is_full) {
        if (!take_part(text, false, 59, &next, &parts[0]) ||
            !take_part(text, true, 99, &next, &parts[1])) {
            return at;
        }
    } else {
        const size_t digits = count_digits(text, next, 2);
        parts[0] = (int32_t)digits_value(text, next, digits);
        next += digits;
        if (digits == 0 || !take_part(text, true, 99, &next, &parts[1])) {
            return next;
        }
    }
    (void)take_part(text, true, 99, &next, &parts[2]);
    return next;
}

static enum outcome read_localized_offset(struct reader *reader, const struct time_item *item)
{
    const size_t start = reader->at;
    const size_t sign = start + 3;
    if (!starts_with(reader, start, "GMT")) {
        return OUTCOME_FAILED;
    }
    if (!peek(reader, sign, '+') && !peek(reader, sign, '-')) {
        return set_field(reader, item->field, 0, start, sign);
    }
    int32_t parts[3] = {0, 0, 0};
    const size_t end =
        take_localized_parts(reader->text, item->style == TIME_STYLE_FULL, sign + 1, parts);
    if (end == sign + 1) {
        return OUTCOME_FAILED;
    }
    const int64_t seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
    return set_field(reader, item->field, peek(reader, sign, '-') ? -seconds : seconds, start, end);
}

/* A zone that is a prefix (or nothing) and an offset like +02:00: "UTC+02:00". Behind a prefix
 * the offset is optional. */
static enum outcome read_offset_zone(struct reader *reader, const char *prefix)
{
    char id[TIME_ZONE_ID_BYTES_MAX];
    const size_t start = reader->at;
    const size_t prefix_bytes = strlen(prefix);
    int32_t parts[3] = {0, 0, 0};
    const size_t sign = start + prefix_bytes;
    const size_t end = take_offset(reader->text, TIME_OFFSET_HH_MM_ss, sign, parts);
    const int32_t seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
    if (end == sign ? prefix_bytes == 0 : seconds > 18 * 3600) {
        return OUTCOME_FAILED;
    }
    memcpy(id, prefix, prefix_bytes);
    memcpy(id + prefix_bytes, reader->text.data + sign, end - sign);
    return set_zone(reader, (struct text){id, prefix_bytes + end - sign}, end);
}

static enum outcome read_zone(struct reader *reader, const struct time_item *item)
{
    const size_t start = reader->at;
    const bool with_names = item->kind != TIME_ITEM_ZONE_ID;
    if (start == reader->text.bytes) {
        return OUTCOME_FAILED;
    }
    if (peek(reader, start, '+') || peek(reader, start, '-')) {
        return read_offset_zone(reader, "");
    }
    if (starts_with(reader, start, "GMT0")) {
        return set_zone(reader, TEXT("GMT0"), start + 4);
    }
    static const char *const prefixes[] = {"UTC", "GMT", "UT"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        if (starts_with(reader, start, prefixes[i])) {
            return read_offset_zone(reader, prefixes[i]);
        }
    }
    struct text id = {NULL, 0};
    const struct text rest = {reader->text.data + start, reader->text.bytes - start};
    const size_t bytes =
        time_zone_name_match(rest, with_names, item->style == TIME_STYLE_FULL, &id);
    if (bytes > 0) {
        return set_zone(reader, id, start + bytes);
    }
    return starts_with(reader, start, "Z") ? set_zone(reader, TEXT("Z"), start + 1)
                                           : OUTCOME_FAILED;
}

/* ---- the program ---- */

static enum outcome read_plain_item(struct reader *reader, const struct time_item *item)
{
    switch (item->kind) {
    case TIME_ITEM_LITERAL:
        return read_literal(reader, item);
    case TIME_ITEM_NUMBER:
    case TIME_ITEM_REDUCED:
        return read_number(reader, item);
    case TIME_ITEM_FRACTION:
        return read_fraction(reader, item);
    case TIME_ITEM_TEXT:
        return read_text(reader, item);
    case TIME_ITEM_OFFSET:
        return read_offset(reader, item);
    case TIME_ITEM_LOCALIZED_OFFSET:
        return read_localized_offset(reader, item);
    case TIME_ITEM_ZONE_ID:
    case TIME_ITEM_ZONE_TEXT:
    case TIME_ITEM_GENERIC_ZONE_TEXT:
        return read_zone(reader, item);
    case TIME_ITEM_OPTIONAL:
        break;
    }
    return OUTCOME_MATCHED;
}

/* Exactly pad_width characters: spaces, then the item up to their end. */
static enum outcome read_padded_item(struct reader *reader, const struct time_item *item)
{
    const struct text whole = reader->text;
    const size_t start = reader->at;
    const size_t width = (size_t)item->pad_width;
    if (start == whole.bytes || width > whole.bytes - start) {
        return OUTCOME_FAILED;
    }
    const size_t end = start + width;
    while (reader->at < end && peek(reader, reader->at, ' ')) {
        reader->at++;
    }
    const size_t first = reader->at;
    reader->text.bytes = end;
    const enum outcome outcome = read_plain_item(reader, item);
    reader->text = whole;
    if (outcome == OUTCOME_ERROR || (outcome == OUTCOME_MATCHED && reader->at == end)) {
        return outcome;
    }
    return fail_at(reader, start + first); /* Java adds the two, wherever that is */
}

static enum outcome read_range(struct reader *reader, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        const struct time_item *item = &reader->pattern->items[i];
        enum outcome outcome = OUTCOME_MATCHED;
        if (item->kind == TIME_ITEM_OPTIONAL) {
            const size_t at = reader->at;
            const struct time_parsed before = reader->parsed;
            outcome = read_range(reader, i + 1, item->end);
            if (outcome == OUTCOME_FAILED) {
                reader->at = at;
                reader->parsed = before;
                outcome = OUTCOME_MATCHED;
            }
            i = item->end - 1;
        } else {
            outcome = item->pad_width > 0 ? read_padded_item(reader, item)
                                          : read_plain_item(reader, item);
        }
        if (outcome != OUTCOME_MATCHED) {
            return outcome;
        }
    }
    return OUTCOME_MATCHED;
}

enum status time_pattern_read(const struct time_pattern *pattern, struct text text,
                              struct time_zone_cache *zones, struct time_parsed *out,
                              struct diag *diag)
{
    assert(pattern->dialect == TIME_PATTERN_JAVA_TIME);
    struct diag own_diag; /* zones report here; a caller without a diag gets the status */
    diag_reset(&own_diag);
    struct reader reader = {
        .pattern = pattern, .text = text, .zones = zones, .diag = diag ? diag : &own_diag};
    const enum outcome outcome = read_range(&reader, 0, pattern->count);
    if (outcome == OUTCOME_ERROR) {
        return reader.diag->status;
    }
    if (outcome == OUTCOME_FAILED) {
        return time_error_at(text, reader.at, diag);
    }
    if (reader.at < text.bytes) {
        return time_error_unparsed(text, reader.at, diag);
    }
    *out = reader.parsed;
    return STATUS_OK;
}
