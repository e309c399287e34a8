/* time_pattern_program.h: the compiled form of a pattern. Private to the time_pattern files,
 * simple_date_pattern.c and time_pattern_text.c.
 *
 * A program is a list of items, each of which writes or reads one piece of text. An optional
 * section is an item followed by those inside it. */
#ifndef BASE_TIME_PATTERN_PROGRAM_H
#define BASE_TIME_PATTERN_PROGRAM_H

#include "base/time_field.h"
#include "base/time_pattern.h"

enum time_item_kind {
    TIME_ITEM_LITERAL,
    TIME_ITEM_NUMBER,
    TIME_ITEM_REDUCED,  /* two digits of a year, 2000 to 2099 */
    TIME_ITEM_FRACTION, /* the first max_width of nine digits of nanoseconds */
    TIME_ITEM_TEXT,     /* the name of a month, day, era, quarter, half day */
    TIME_ITEM_OFFSET,
    TIME_ITEM_LOCALIZED_OFFSET, /* GMT+8 */
    TIME_ITEM_ZONE_ID,
    TIME_ITEM_ZONE_TEXT,
    TIME_ITEM_GENERIC_ZONE_TEXT,
    TIME_ITEM_OPTIONAL /* the items behind it up to end */
};

enum time_sign {
    TIME_SIGN_NORMAL,       /* a minus where needed */
    TIME_SIGN_NOT_NEGATIVE, /* never a sign */
    TIME_SIGN_EXCEEDS_PAD   /* a minus, and a plus where the number exceeds its width */
};

enum time_style { TIME_STYLE_SHORT, TIME_STYLE_FULL, TIME_STYLE_NARROW };

/* How an offset is written behind its hours; each is one pattern of Java's. */
enum time_offset_form {
    TIME_OFFSET_HHmm,   /* minutes only if not 0 */
    TIME_OFFSET_HHMM,   /* minutes always */
    TIME_OFFSET_HH_MM,  /* with colons */
    TIME_OFFSET_HHMMss, /* seconds only if not 0 */
    TIME_OFFSET_HH_MM_ss
};

struct time_item {
    enum time_item_kind kind;
    enum time_field field;
    enum time_sign sign;
    enum time_style style;
    enum time_offset_form offset_form;
    int32_t min_width;
    int32_t max_width;
    /* Digits that fixed-width numbers directly behind this one will need. */
    int32_t subsequent_width;
    int32_t pad_width;     /* 0: not padded */
    uint32_t end;          /* OPTIONAL: the index behind its last item */
    struct text literal;   /* LITERAL */
    const char *zero_text; /* OFFSET: what stands for no offset */
    char letter;           /* of the pattern; for the simple dialect */
    int32_t count;         /* how often it stands there */
};

struct time_pattern {
    enum time_pattern_dialect dialect;
    uint32_t count;
    struct time_item items[];
};

/* What parsing found, before and after resolving. */
struct time_parsed {
    uint32_t present; /* a bit per field */
    int64_t values[TIME_FIELD_COUNT];
    bool has_zone;
    struct time_zone zone;
    struct time_moment moment; /* date and time, where they could be resolved */
    int32_t excess_days;       /* 1 for 24:00 without a date */
};

static inline bool time_parsed_has(const struct time_parsed *parsed, enum time_field field)
{
    return (parsed->present >> field & 1U) != 0;
}

/* Reads text by the program of the java.time dialect, all of it, into raw fields. */
MUST_USE enum status time_pattern_read(const struct time_pattern *pattern, struct text text,
                                       struct time_zone_cache *zones, struct time_parsed *out,
                                       struct diag *diag);

/* Turns raw fields into a date and a time where they suffice, checks values and conflicts, and
 * leaves the fields that it could not use: java.time.format.Parsed.resolve, SMART. */
MUST_USE enum status time_pattern_resolve(struct text text, struct time_parsed *parsed,
                                          struct diag *diag);

/* The name of a field's value; NULL if it has none. */
const char *time_pattern_name(enum time_field field, enum time_style style, int64_t value);

/* The longest name of the field that stands at the beginning of text, without regard to case;
 * 0 if none does. A full style takes short names too. */
size_t time_pattern_match_name(enum time_field field, enum time_style style, struct text text,
                               int64_t *out_value);

#endif
