/* time_pattern_text.c
 *
 * The English names of months, days, eras, quarters and half days (CLDR, as JDK 17 has them).
 * Matching takes the longest name, so that "March" is not read as "Mar". Narrow names are not
 * unique; the last one wins, as in Java's tables.
 */
#include "base/time_pattern_program.h"

#include <assert.h>

enum { STYLE_COUNT = 3, NAMES_MAX = 12 };

/* Names of the values from first on, for each style. */
struct name_table {
    enum time_field field;
    int64_t first;
    size_t count;
    const char *names[STYLE_COUNT][NAMES_MAX];
};

static const struct name_table tables[] = {
    {TIME_FIELD_MONTH_OF_YEAR,
     1,
     12,
     {[TIME_STYLE_SHORT] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
                            "Nov", "Dec"},
      [TIME_STYLE_FULL] = {"January", "February", "March", "April", "May", "June", "July", "August",
                           "September", "October", "November", "December"},
      [TIME_STYLE_NARROW] = {"J", "F", "M", "A", "M", "J", "J", "A", "S", "O", "N", "D"}}},
    {TIME_FIELD_DAY_OF_WEEK,
     1,
     7,
     {[TIME_STYLE_SHORT] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
      [TIME_STYLE_FULL] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
                           "Sunday"},
      [TIME_STYLE_NARROW] = {"M", "T", "W", "T", "F", "S", "S"}}},
    {TIME_FIELD_QUARTER_OF_YEAR,
     1,
     4,
     {[TIME_STYLE_SHORT] = {"Q1", "Q2", "Q3", "Q4"},
      [TIME_STYLE_FULL] = {"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"},
      [TIME_STYLE_NARROW] = {"1", "2", "3", "4"}}},
    {TIME_FIELD_ERA,
     0,
     2,
     {[TIME_STYLE_SHORT] = {"BC", "AD"},
      [TIME_STYLE_FULL] = {"Before Christ", "Anno Domini"},
      [TIME_STYLE_NARROW] = {"B", "A"}}},
    {TIME_FIELD_AMPM_OF_DAY,
     0,
     2,
     {[TIME_STYLE_SHORT] = {"AM", "PM"},
      [TIME_STYLE_FULL] = {"AM", "PM"},
      [TIME_STYLE_NARROW] = {"a", "p"}}},
};

static const struct name_table *find_table(enum time_field field)
{
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        if (tables[i].field == field) {
            return &tables[i];
        }
    }
    return NULL;
}

const char *time_pattern_name(enum time_field field, enum time_style style, int64_t value)
{
    const struct name_table *table = find_table(field);
    const bool known =
        table && value >= table->first && value < table->first + (int64_t)table->count;
    return known ? table->names[style][value - table->first] : NULL;
}

size_t time_pattern_match_name(enum time_field field, enum time_style style, struct text text,
                               int64_t *out_value)
{
    const struct name_table *table = find_table(field);
    assert(table);
    size_t longest = 0;
    for (size_t i = 0; i < table->count; i++) {
        const struct text name = text_of(table->names[style][i]);
        const struct text start = {text.data, name.bytes};
        if (name.bytes >= longest && name.bytes <= text.bytes && text_equal_nocase(start, name)) {
            longest = name.bytes;
            *out_value = table->first + (int64_t)i;
        }
    }
    if (longest == 0 && style == TIME_STYLE_FULL) {
        return time_pattern_match_name(field, TIME_STYLE_SHORT, text, out_value);
    }
    return longest;
}
