/* time_zone_rules.c
 *
 * A TZif file is a sorted list of instants at which another type of local time (offset, name,
 * daylight or not) begins, and a footer: a POSIX TZ string that tells how it goes on for ever
 * ("CET-1CEST,M3.5.0,M10.5.0/3"). Looking up an instant is a binary search, or, behind the last
 * instant, two dates computed from the rule.
 *
 * The file's first block holds 32-bit times for old readers and is skipped. All counts are
 * checked against the size of the file before anything is read, and all indexes before they
 * are kept, so that a broken file is an error and not a crash.
 */
#include "base/time_zone_rules.h"

#include <assert.h>

#include "base/civil_time.h"

enum {
    HEADER_BYTES = 44,
    TYPE_BYTES = 6,
    TIMES_MAX = 4096,
    TYPES_MAX = 256,
    SECONDS_PER_DAY = 86400
};

/* A day of the year in a POSIX rule. */
enum rule_day {
    RULE_DAY_MONTH_WEEK, /* Mm.w.d */
    RULE_DAY_JULIAN,     /* Jn: 1 to 365, February 29 never counted */
    RULE_DAY_ZERO_BASED  /* n: 0 to 365 */
};

struct rule_date {
    enum rule_day kind;
    int32_t month;   /* 1 to 12 */
    int32_t week;    /* 1 to 5; 5 is the last */
    int32_t day;     /* of the week, 0 is Sunday; or of the year */
    int32_t seconds; /* of local time after midnight, may be negative or beyond a day */
};

/* What holds behind the last transition. */
struct rule {
    bool is_known; /* false: the last transition holds for ever */
    bool has_daylight;
    struct time_zone_state standard;
    struct time_zone_state daylight;
    struct rule_date begin; /* of daylight, in standard time */
    struct rule_date end;   /* in daylight time */
};

struct time_zone_rules {
    struct text id;
    size_t count;
    const int64_t *times; /* sorted epoch seconds */
    const unsigned char *time_types;
    const struct time_zone_state *types; /* the first holds before the first time */
    struct rule rule;
};

struct text time_zone_rules_id(const struct time_zone_rules *rules)
{
    return rules->id;
}

/* ---- the file ---- */

static uint32_t get_uint32(const char *data)
{
    const unsigned char *bytes = (const unsigned char *)data;
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t get_int64(const char *data)
{
    return (int64_t)((uint64_t)get_uint32(data) << 32 | get_uint32(data + 4));
}

struct header {
    uint32_t is_utc_count;
    uint32_t is_standard_count;
    uint32_t leap_count;
    uint32_t time_count;
    uint32_t type_count;
    uint32_t name_bytes;
};

static bool read_header(struct text file, struct header *out)
{
    if (file.bytes < HEADER_BYTES || memcmp(file.data, "TZif", 4) != 0 || file.data[4] < '2') {
        return false;
    }
    const char *counts = file.data + 20;
    *out =
        (struct header){get_uint32(counts),      get_uint32(counts + 4),  get_uint32(counts + 8),
                        get_uint32(counts + 12), get_uint32(counts + 16), get_uint32(counts + 20)};
    return true;
}

/* Bytes of a block behind its header. Counts are 32-bit, so the sum fits 64 bits. */
static uint64_t block_bytes(const struct header *header, uint64_t time_bytes)
{
    return header->time_count * (time_bytes + 1) + header->type_count * (uint64_t)TYPE_BYTES +
           header->name_bytes + header->leap_count * (time_bytes + 4) + header->is_standard_count +
           header->is_utc_count;
}

static struct text rest_of(struct text text, size_t from)
{
    return (struct text){text.data + from, text.bytes - from};
}

/* Moves *file to the second block's data; false if the file is not well-formed up to there. */
static bool find_block(struct text *file, struct header *header)
{
    struct header first;
    if (!read_header(*file, &first)) {
        return false;
    }
    const uint64_t skip = HEADER_BYTES + block_bytes(&first, 4);
    if (skip > file->bytes) {
        return false;
    }
    *file = rest_of(*file, (size_t)skip);
    if (!read_header(*file, header) || header->type_count == 0 || header->type_count > TYPES_MAX ||
        header->time_count > TIMES_MAX || block_bytes(header, 8) > file->bytes - HEADER_BYTES) {
        return false;
    }
    *file = rest_of(*file, HEADER_BYTES);
    return true;
}

/* names holds all names, each ended by a NUL, and one more NUL behind the last. */
static bool read_types(const char *data, const struct header *header, const char *names,
                       struct time_zone_state *types)
{
    for (uint32_t i = 0; i < header->type_count; i++) {
        const char *type = data + i * (size_t)TYPE_BYTES;
        const unsigned char name_at = (unsigned char)type[5];
        if (name_at >= header->name_bytes) {
            return false;
        }
        types[i] =
            (struct time_zone_state){(int32_t)get_uint32(type), type[4] != 0, names + name_at};
        if (types[i].offset_seconds < -SECONDS_PER_DAY ||
            types[i].offset_seconds > SECONDS_PER_DAY) {
            return false;
        }
    }
    return true;
}

static bool read_times(const char *data, const struct header *header, int64_t *times,
                       unsigned char *time_types)
{
    const char *indexes = data + header->time_count * (size_t)8;
    for (uint32_t i = 0; i < header->time_count; i++) {
        times[i] = get_int64(data + i * (size_t)8);
        time_types[i] = (unsigned char)indexes[i];
        if (time_types[i] >= header->type_count || (i > 0 && times[i] <= times[i - 1])) {
            return false;
        }
    }
    return true;
}

/* ---- the footer ---- */

static bool take(struct text *text, char c)
{
    if (text->bytes == 0 || text->data[0] != c) {
        return false;
    }
    *text = rest_of(*text, 1);
    return true;
}

static bool take_number(struct text *text, int32_t most, int32_t *out)
{
    int32_t value = 0;
    size_t digits = 0;
    while (digits < 3 && digits < text->bytes && text->data[digits] >= '0' &&
           text->data[digits] <= '9') {
        value = value * 10 + (text->data[digits++] - '0');
    }
    *text = rest_of(*text, digits);
    *out = value;
    return digits > 0 && value <= most;
}

/* [sign]h[:m[:s]] */
static bool take_time(struct text *text, int32_t *out_seconds)
{
    const bool negative = take(text, '-');
    if (!negative) {
        (void)take(text, '+');
    }
    int32_t parts[3] = {0, 0, 0};
    if (!take_number(text, 167, &parts[0])) {
        return false;
    }
    for (size_t i = 1; i < 3 && take(text, ':'); i++) {
        if (!take_number(text, 59, &parts[i])) {
            return false;
        }
    }
    const int32_t seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
    *out_seconds = negative ? -seconds : seconds;
    return true;
}

/* A name of letters, or anything between < and >. */
static bool take_name(struct text *text, struct arena *arena, const char **out)
{
    const bool quoted = take(text, '<');
    size_t bytes = 0;
    while (bytes < text->bytes) {
        const char c = text->data[bytes];
        const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (quoted ? c == '>' : !letter) {
            break;
        }
        bytes++;
    }
    const struct text name = arena_text(arena, (struct text){text->data, bytes});
    *text = rest_of(*text, bytes);
    *out = name.data;
    return name.data && bytes > 0 && (!quoted || take(text, '>'));
}

/* ,date[/time] */
static bool take_date(struct text *text, struct rule_date *out)
{
    *out = (struct rule_date){.seconds = 2 * 3600};
    if (!take(text, ',')) {
        return false;
    }
    bool valid = false;
    if (take(text, 'M')) {
        out->kind = RULE_DAY_MONTH_WEEK;
        valid = take_number(text, 12, &out->month) && take(text, '.') &&
                take_number(text, 5, &out->week) && take(text, '.') &&
                take_number(text, 6, &out->day) && out->month >= 1 && out->week >= 1;
    } else if (take(text, 'J')) {
        out->kind = RULE_DAY_JULIAN;
        valid = take_number(text, 365, &out->day) && out->day >= 1;
    } else {
        out->kind = RULE_DAY_ZERO_BASED;
        valid = take_number(text, 365, &out->day);
    }
    return valid && (!take(text, '/') || take_time(text, &out->seconds));
}

/* std offset [dst [offset] ,begin,end]; an empty text leaves the rule unknown. POSIX counts
 * offsets west of UTC. */
static bool read_rule(struct text text, struct arena *arena, struct rule *out)
{
    *out = (struct rule){.is_known = text.bytes > 0};
    int32_t west = 0;
    if (text.bytes == 0) {
        return true;
    }
    if (!take_name(&text, arena, &out->standard.abbreviation) || !take_time(&text, &west)) {
        return false;
    }
    out->standard.offset_seconds = -west;
    if (text.bytes == 0) {
        return true;
    }
    west -= 3600;
    out->has_daylight = true;
    out->daylight.is_daylight = true;
    if (!take_name(&text, arena, &out->daylight.abbreviation)) {
        return false;
    }
    if (text.bytes > 0 && text.data[0] != ',' && !take_time(&text, &west)) {
        return false;
    }
    out->daylight.offset_seconds = -west;
    return take_date(&text, &out->begin) && take_date(&text, &out->end) && text.bytes == 0;
}

/* The text between the newlines behind the second block. */
static bool find_footer(struct text rest, struct text *out)
{
    if (!take(&rest, '\n')) {
        return false;
    }
    const char *end = memchr(rest.data, '\n', rest.bytes);
    *out = (struct text){rest.data, end ? (size_t)(end - rest.data) : 0};
    return end != NULL;
}

/* Ireland and Morocco: the database calls their summer standard and their winter a negative
 * daylight saving. Java does not, so it is turned round: one hour ahead of UTC is daylight. */
static void turn_negative_daylight(struct text id, struct time_zone_state *types, size_t count,
                                   struct rule *rule)
{
    static const char *const ids[] = {"Europe/Dublin", "Eire", "Africa/Casablanca",
                                      "Africa/El_Aaiun"};
    bool is_listed = false;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        is_listed |= text_equal(id, text_of(ids[i]));
    }
    for (size_t i = 0; is_listed && i < count; i++) {
        types[i].is_daylight = types[i].offset_seconds >= 3600;
    }
    if (is_listed) {
        rule->standard.is_daylight = rule->standard.offset_seconds >= 3600;
        rule->daylight.is_daylight = rule->daylight.offset_seconds >= 3600;
    }
}

enum status time_zone_rules_decode(struct text id, struct text file, struct arena *arena,
                                   const struct time_zone_rules **out, struct diag *diag)
{
    struct header header;
    if (!find_block(&file, &header)) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "'%.*s' is not a time zone file",
                         TEXT_ARGS(id));
    }
    struct time_zone_rules *rules = ARENA_NEW(arena, struct time_zone_rules);
    int64_t *times = arena_array(arena, header.time_count, sizeof(*times));
    unsigned char *time_types = arena_alloc(arena, header.time_count);
    struct time_zone_state *types = arena_array(arena, header.type_count, sizeof(*types));
    const char *type_data = file.data + header.time_count * (size_t)9;
    const char *name_data = type_data + header.type_count * (size_t)TYPE_BYTES;
    const struct text names = arena_text(arena, (struct text){name_data, header.name_bytes});
    const struct text own_id = arena_text(arena, id);
    if (!rules || !times || !time_types || !types || !names.data || !own_id.data) {
        return diag_no_memory(diag);
    }
    struct text footer;
    if (!read_times(file.data, &header, times, time_types) ||
        !read_types(type_data, &header, names.data, types) ||
        !find_footer(rest_of(file, (size_t)block_bytes(&header, 8)), &footer) ||
        !read_rule(footer, arena, &rules->rule)) {
        return diag_fail(diag, STATUS_CORRUPT, SQL_POS_NONE, "broken time zone file '%.*s'",
                         TEXT_ARGS(id));
    }
    turn_negative_daylight(id, types, header.type_count, &rules->rule);
    rules->id = own_id;
    rules->count = header.time_count;
    rules->times = times;
    rules->time_types = time_types;
    rules->types = types;
    *out = rules;
    return STATUS_OK;
}

/* ---- looking up ---- */

static int64_t rule_day(const struct rule_date *date, int64_t year)
{
    const int64_t first = civil_time_days((struct civil_time_date){year, 1, 1});
    switch (date->kind) {
    case RULE_DAY_JULIAN:
        return first + date->day - 1 + (date->day >= 60 && civil_time_is_leap_year(year));
    case RULE_DAY_ZERO_BASED:
        return first + date->day;
    case RULE_DAY_MONTH_WEEK:
        break;
    }
    const int64_t month = civil_time_days((struct civil_time_date){year, date->month, 1});
    const int32_t weekday = civil_time_day_of_week(month) % 7; /* 0 is Sunday */
    const int32_t first_match = (date->day - weekday + 7) % 7;
    int32_t day = first_match + (date->week - 1) * 7;
    if (day >= civil_time_days_in_month(year, date->month)) {
        day -= 7;
    }
    return month + day;
}

/* The instant of a rule's date in a year, given the offset that holds before it. */
static int64_t rule_instant(const struct rule_date *date, int64_t year, int32_t offset_seconds)
{
    return rule_day(date, year) * SECONDS_PER_DAY + date->seconds - offset_seconds;
}

static int64_t year_at(int64_t epoch_seconds, int32_t offset_seconds)
{
    const int64_t local = epoch_seconds + offset_seconds;
    const int64_t days = local / SECONDS_PER_DAY - (local % SECONDS_PER_DAY < 0);
    return civil_time_date(days).year;
}

static struct time_zone_state rule_at(const struct rule *rule, int64_t epoch_seconds)
{
    if (!rule->has_daylight) {
        return rule->standard;
    }
    const int64_t year = year_at(epoch_seconds, rule->standard.offset_seconds);
    const int64_t begin = rule_instant(&rule->begin, year, rule->standard.offset_seconds);
    const int64_t end = rule_instant(&rule->end, year, rule->daylight.offset_seconds);
    const bool daylight = begin < end ? epoch_seconds >= begin && epoch_seconds < end
                                      : epoch_seconds >= begin || epoch_seconds < end;
    return daylight ? rule->daylight : rule->standard;
}

struct time_zone_state time_zone_rules_at(const struct time_zone_rules *rules,
                                          int64_t epoch_seconds)
{
    size_t low = 0; /* the number of times not behind epoch_seconds */
    size_t high = rules->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (rules->times[middle] <= epoch_seconds) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == rules->count && rules->rule.is_known) {
        return rule_at(&rules->rule, epoch_seconds);
    }
    return low == 0 ? rules->types[0] : rules->types[rules->time_types[low - 1]];
}
