/* utf8_case_table.h: case mappings beyond ASCII. Private to utf8_case.c. */
#ifndef BASE_UTF8_CASE_TABLE_H
#define BASE_UTF8_CASE_TABLE_H

#include <stdint.h>

enum {
    UTF8_UPPER_RUN_COUNT = 194,
    UTF8_LOWER_RUN_COUNT = 176,
    UTF8_UPPER_EXPANSION_COUNT = 102,
    UTF8_EXPANSION_MAX = 3 /* code points that one can become */
};

/* Each stride-th code point from first to last becomes itself plus delta. Runs are sorted and
 * do not overlap. */
struct utf8_case_run {
    uint32_t first;
    uint32_t last;
    uint32_t stride;
    int32_t delta;
};

/* Code points whose upper case is several; unused places are 0. Sorted. */
struct utf8_case_expansion {
    uint32_t code;
    uint32_t upper[UTF8_EXPANSION_MAX];
};

extern const struct utf8_case_run utf8_upper_runs[UTF8_UPPER_RUN_COUNT];
extern const struct utf8_case_run utf8_lower_runs[UTF8_LOWER_RUN_COUNT];
extern const struct utf8_case_expansion utf8_upper_expansions[UTF8_UPPER_EXPANSION_COUNT];

#endif
